// The dialog that restyles: the form, the plan beside it, and the button that begins it.

import { byId, element, say, tellTrouble } from "./elements.js";
import { firstFrameField } from "./first_frame.js";
import { beginBar } from "./restyle_begin.js";
import { keepFocusInside } from "./restyle_focus.js";
import { createForm } from "./restyle_form.js";
import { planView } from "./restyle_plan.js";
import { createPlanner } from "./restyle_planner.js";
import { BEGINNING, laidOver, OF_THE_TIMELINE, remember, remembered } from "./restyle_settings.js";
import { subjectWords } from "./restyle_subject.js";
import { ask, get, wordsOf } from "./server.js";

export function startRestyle(store) {
  const dialog = byId("restyle");
  let rules = null;
  let opened = null; // what there is while it is open
  let openings = 0;

  // Open it for clips (keys) and ranges (record frames, half-open), with settings in the words of
  // api/plan, or else with those that were used last; `note` is said of where they come from.
  async function open({ clips = [], ranges = [], settings = null, note = "" } = {}) {
    close();
    const opening = openings;
    dialog.replaceChildren(element("p", { className: "hint", role: "status", tabindex: -1 }, "Reading the styles…"));
    dialog.showModal();
    store.set("dialogs", new Set([...store.dialogs, "restyle"]));
    try {
      const [ruled, styles, tables] = await Promise.all([rules ?? get("rules"), get("styles"), get("tables")]);
      if (opening !== openings || !dialog.open) return;
      rules = ruled;
      opened = build({ subject: { clips, ranges }, settings, note, styles, tables });
    } catch (error) {
      if (opening !== openings) return;
      const trouble = element("div", { className: "trouble", role: "alert" });
      tellTrouble(trouble, wordsOf(error));
      dialog.replaceChildren(trouble, element("div", { className: "buttons" },
        element("button", { type: "button", onclick: close }, "Close")));
    }
  }

  function build({ subject, settings, note, styles, tables }) {
    const bring = settings?.style && !("prompt" in settings) ? styles.find((style) => style.name === settings.style) : null;
    const timeline = `${store.state?.edit?.kind} ${store.state?.edit?.path || store.state?.edit?.title}`;
    const base = remembered(rules, timeline);
    base.provider ??= store.state?.provider ?? null;
    // Settings that are given are all there is, but for what belongs to the timeline; a style that is
    // asked for by its name lies over those of the last time, but for their words and their style.
    if (settings && !bring) {
      const stays = ["provider", ...OF_THE_TIMELINE].map((name) => [name, base[name]]);
      Object.assign(base, BEGINNING, Object.fromEntries(stays));
    }
    if (bring || !styles.some((style) => style.name === base.style)) Object.assign(base, { style: null, fields: {} });
    if (bring) base.prompt = "";
    const values = bring ? base : laidOver(base, settings ?? {});
    const lost = values.style && !styles.some((style) => style.name === values.style) ? values.style : "";
    if (lost) Object.assign(values, { style: null, fields: {} });
    const notes = [note, lost ? `The style ${lost} is not there any more.` : ""].filter(Boolean);

    let form = null;
    const firstFrame = firstFrameField({
      store, limits: rules.first_frame, subject: () => subject,
      changed: (picture) => form.setPicture(picture),
    });
    const view = planView(store);
    const reasons = () => ({
      nothing: subjectWords(subject, store).nothing,
      form: firstFrame.isWaiting ? "The picture is being taken over…" : form.problem(),
      picture: form.values.first_frame,
    });
    const request = () => {
      const { nothing } = subjectWords(subject, store);
      return nothing || form.problem() ? null : { ...subject, ...form.settings };
    };
    const tell = (known) => {
      const { nothing, form: formReason } = reasons();
      planning.textContent = known.stale ? "planning…" : "";
      tellTrouble(planTrouble, known.stale ? null : known.trouble);
      view.show(known, known.trouble ? "" : nothing || formReason);
      bar.show(known, reasons());
    };
    const planner = createPlanner(request, tell);
    const changed = () => {
      firstFrame.tell(form.values.first_frame, subjectWords(subject, store).count, Boolean(form.style?.settings.first_frame));
      remember(form.values, timeline);
      planner.renew();
    };
    const bar = beginBar({
      begun: (jobs) => {
        close();
        say(jobs.length === 1 ? "Begun: the job is in the queue." : `Begun: ${jobs.length} jobs are in the queue.`);
      },
      refused: () => planner.renew(),
      hurry: () => planner.hurry(),
    });
    form = createForm({
      rules, styles, tables, values, firstFrame, ranges: subject.ranges.length > 0,
      kind: store.state?.edit?.kind ?? "otio", uploader: store.state?.uploader ?? "", changed,
    });

    const title = element("h2", { id: "restyle-title" });
    const detail = element("p", { className: "facts", id: "restyle-detail" });
    const planning = element("span", { className: "hint", role: "status" });
    const planTrouble = element("div", { id: "restyle-plan-trouble", className: "trouble", role: "alert", hidden: true });
    const leaving = leavingBar();
    const names = () => {
      const words = subjectWords(subject, store);
      title.textContent = `Restyle as new take: ${words.title}`;
      detail.textContent = words.detail;
    };
    names();
    dialog.replaceChildren(
      element("header", { className: "restyle-head" }, title, detail,
        element("button", { type: "button", className: "quiet", "aria-label": "Close", title: "Escape", onclick: leaveOrAsk }, "✕")),
      leaving.node,
      element("div", { className: "restyle-columns" },
        element("section", { className: "restyle-look", "aria-label": "Look" }, notes.map((each) => element("p", { className: "ready" }, each)), form.node),
        element("section", { className: "restyle-plan", "aria-labelledby": "restyle-plan-title" },
          element("div", { className: "title" }, element("h2", { id: "restyle-plan-title" }, "What would be sent"), planning),
          planTrouble, view.node)),
      bar.node);
    if (bring) form.takeStyle(bring);
    else changed();
    form.draw();
    view.redraw();
    // Not the button: an Enter that was held down for a moment too long would begin.
    form.prompt.focus();

    const revisions = () => JSON.stringify([store.state?.edit?.revision, subject.clips.length || subject.ranges.length ? 0 : store.state?.chosen?.revision]);
    let planned = revisions();
    const ends = [
      store.subscribe("state", () => {
        if (revisions() === planned) return;
        planned = revisions();
        names();
        firstFrame.draw();
        planner.renew();
      }),
      store.subscribe("edit", () => { names(); firstFrame.draw(); view.redraw(); }),
      store.subscribe("playhead", () => firstFrame.draw()),
    ];
    return { form, firstFrame, bar, planner, leaving, view, end: () => ends.forEach((each) => each()) };
  }

  // Asked when what was painted would be lost.
  function leavingBar() {
    const yes = element("button", { type: "button", onclick: close }, "Close");
    const no = element("button", { type: "button", onclick: () => stay() }, "Go on");
    const node = element("div", { className: "trouble", role: "alert", hidden: true },
      element("strong", {}, "The picture that you painted would be lost."),
      element("div", { className: "buttons" }, yes, no));
    const stay = () => {
      node.hidden = true;
      opened.form.prompt.focus();
    };
    return { node, stay, ask: () => { node.hidden = false; no.focus(); } };
  }

  function leaveOrAsk() {
    if (!opened) close();
    else if (!opened.leaving.node.hidden) opened.leaving.stay();
    else if (opened.firstFrame.isPainted) opened.leaving.ask();
    else close();
  }

  function close() {
    openings += 1;
    opened?.planner.stop();
    opened?.end();
    opened = null;
    dialog.classList.remove("dropping");
    if (!dialog.open) return;
    dialog.close();
    dialog.replaceChildren();
    store.set("dialogs", new Set([...store.dialogs].filter((each) => each !== "restyle")));
  }

  // Escape is a key press here and not the dialog's own wish to close, which cannot be declined twice.
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("keydown", (event) => {
    if (keepFocusInside(dialog, event)) return;
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      leaveOrAsk();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && opened) {
      event.preventDefault();
      opened.bar.button.focus();
      opened.bar.begin();
    }
    // Keys of the timeline beneath are not meant.
    event.stopPropagation();
  });

  dialog.addEventListener("paste", (event) => {
    const picture = opened?.firstFrame.pictureIn(event.clipboardData);
    if (!picture) return;
    event.preventDefault();
    opened.firstFrame.take(picture);
  });
  dialog.addEventListener("dragover", (event) => {
    if (!opened || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    dialog.classList.add("dropping");
  });
  dialog.addEventListener("dragleave", (event) => {
    if (!dialog.contains(event.relatedTarget)) dialog.classList.remove("dropping");
  });
  dialog.addEventListener("drop", (event) => {
    dialog.classList.remove("dropping");
    if (!opened) return;
    event.preventDefault();
    const picture = opened.firstFrame.pictureIn(event.dataTransfer);
    if (picture) opened.firstFrame.take(picture);
  });
  // A file that misses the dialog would be opened in the page's place.
  for (const kind of ["dragover", "drop"])
    addEventListener(kind, (event) => {
      if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    });
  let resizing = 0;
  addEventListener("resize", () => {
    cancelAnimationFrame(resizing);
    resizing = requestAnimationFrame(() => opened?.view.redraw());
  });

  store.on("restyle", open);
  // Open it with the settings that a take was made with.
  store.on("again", async ({ clip, take }) => {
    try {
      const { settings, note } = await ask("again", { clip, take });
      await open({ clips: [clip], settings: { prompt: "", style: null, first_frame: null, ...settings }, note });
    } catch (error) {
      say(wordsOf(error).what);
    }
  });
}
