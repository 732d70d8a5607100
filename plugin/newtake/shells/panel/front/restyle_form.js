// The form: how the clips should look. Holds the values, shows what rules and a style make of them.

import { element } from "./elements.js";
import { segments, select, setMark, tick } from "./restyle_fields.js";
import { moreFields } from "./restyle_more.js";
import { asked, controlOf, isAsBrought, isFrames, laidOver } from "./restyle_settings.js";
import { strengthField } from "./restyle_strength.js";
import { styleField } from "./restyle_style.js";

const FRAMES_FROM = [["source", "source media"], ["render", "Resolve’s render, graded"]];
const PARTIALS = { split: "split the clip", "cut-in": "cut into the whole clip" };
const GROWS_TO = 0.34; // of the window's height

// `changed()` after every change by a person. `kind` is the edit's: "otio" or "resolve";
// `uploader` what this machine's settings say of it.
export function createForm({ rules, styles, tables, values: first, firstFrame, ranges, kind, uploader, changed }) {
  let values = first;
  let before = {};

  const styleOf = () => styles.find((each) => each.name === values.style) ?? null;
  const set = (changes) => {
    values = { ...values, ...changes };
    draw();
    changed();
  };
  const options = (list, words) => list.map((each) => [each, words[each] ?? each]);

  const prompt = element("textarea", {
    id: "restyle-prompt", rows: 3, spellcheck: "true", "aria-describedby": "restyle-count restyle-prompt-hint",
    "aria-keyshortcuts": "Control+Enter", placeholder: "a hand-painted watercolor, visible paper grain",
    oninput: () => set({ prompt: prompt.value }),
  });
  const countWord = element("span", { id: "restyle-count", className: "facts" });
  const promptHint = element("p", { className: "hint", id: "restyle-prompt-hint" });
  const promptField = element("div", { className: "field prompt" },
    element("div", { className: "label-row" }, element("label", { for: "restyle-prompt" }, "Prompt"), countWord), prompt, promptHint);

  const style = styleField(styles, {
    choose: chooseStyle,
    setField: (name, text) => set({ fields: { ...values.fields, [name]: text } }),
  });
  const strength = strengthField(rules.strengths, set);
  const resolution = segments("Resolution", options(rules.resolutions, {}), (value) => set({ resolution: value }));
  const duration = segments("Sent as", options(rules.durations, { "5s": "5 s", "10s": "10 s" }), (value) => set({ duration: value }));
  const counts = Array.from({ length: rules.variations.max }, (_, at) => at + rules.variations.min);
  const variations = segments("Variations", counts.map((each) => [each, String(each)]), (value) => set({ variations: value }));
  const hdr = tick("HDR", (value) => set({ hdr: value }));
  const exr = tick("EXR frames", (value) => set({ exr_export: value }));
  const partial = segments("Parts of clips", options(rules.partials, PARTIALS), (value) => set({ partial: value }));
  const from = select("Frames from", FRAMES_FROM, (value) => set({ from_render: value === "render" }));
  const more = moreFields({ rules, tables, kind, uploader, set });
  const { handles, cadence, continuity } = more;

  const node = element("form", { className: "wish", autocomplete: "off", onsubmit: (event) => event.preventDefault() },
    promptField, style.node, strength.node,
    element("div", { className: "row choices-row" }, resolution.node, duration.node, variations.node),
    element("div", { className: "ticks-row" }, hdr.node, exr.node),
    // No script of Resolve's splits a clip: there parts are always cut in.
    ranges && kind === "otio" ? partial.node : "",
    kind === "resolve" ? from.node : "",
    firstFrame.node, more.node);

  // A style's settings are taken over into the controls; what they replaced comes back when another
  // style, or none, is chosen, where nobody has changed it since.
  function chooseStyle(next) {
    const restored = {};
    for (const [name, value] of Object.entries(styleOf()?.settings ?? {}))
      if (isAsBrought(values, name, value)) Object.assign(restored, before[name]);
    values = { ...values, ...restored, style: next?.name ?? null, fields: {} };
    before = {};
    if (next) takeOver(next);
    draw();
    changed();
  }

  function takeOver(next) {
    const { first_frame: _, ...settings } = next.settings;
    for (const name of Object.keys(settings)) {
      const held = { edit_strength: ["control", "edit_strength"], auto_controls: ["control"] }[name] ?? [name];
      before[name] = Object.fromEntries(held.map((each) => [each, values[each]]));
    }
    values = laidOver(values, Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== null)));
  }

  const ruled = { hdr, exr_export: exr, handles };
  const marked = {
    resolution, duration, variations, hdr, exr_export: exr, handles, cadence, continuity, edit_strength: strength,
  };

  function drawMarks() {
    const chosen = styleOf();
    const title = chosen ? chosen.title || chosen.name : "";
    const came = new Set(Object.entries(chosen?.settings ?? {})
      .filter(([name, value]) => value !== null && isAsBrought(values, name, value))
      .map(([name]) => controlOf(name)));
    for (const [name, control] of Object.entries(marked)) setMark(control.mark, came.has(name) ? `from ${title}` : "");
    if (["handles", "cadence", "continuity"].some((name) => came.has(name))) more.node.open = true;
  }

  function draw() {
    const { settings, refused } = asked(values, rules.rules, kind);
    if (prompt.value !== values.prompt) prompt.value = values.prompt;
    grow();
    const length = [...values.prompt].length;
    countWord.textContent = `${length} / ${rules.prompt_max}`;
    countWord.classList.toggle("over", length > rules.prompt_max);
    promptHint.textContent = styleOf() && !values.prompt && !styleOf().needs_prompt ? "The style’s words alone are sent; say what to add." : "";
    style.show(styleOf(), values);
    strength.show(values, refused.edit_strength ?? "");
    resolution.value = values.resolution;
    duration.value = values.duration;
    variations.value = values.variations;
    partial.value = values.partial;
    hdr.control.checked = settings.hdr;
    exr.control.checked = settings.exr_export;
    more.show(values);
    from.control.value = values.from_render ? "render" : "source";
    from.note.textContent = values.from_render
      ? "Resolve renders the clip with its grade and effects. The take goes on a track above the clip, where no grade is applied to it again; the frames beside are the source’s."
      : "";
    for (const [name, control] of Object.entries(ruled)) {
      control.control.disabled = name in refused;
      control.note.textContent = refused[name] ?? "";
      // Loud only where it takes away what somebody asked for.
      control.note.classList.toggle("bites", name in refused && Boolean(values[name]));
    }
    if (!refused.handles && !isFrames(values.handles)) handles.note.textContent = "A number of frames, please.";
    drawMarks();
  }

  function grow() {
    prompt.style.height = "auto";
    prompt.style.height = `${Math.min(prompt.scrollHeight + 2, innerHeight * GROWS_TO)}px`;
  }

  draw();
  more.unfold(values);
  return {
    node, prompt, draw,
    get values() { return values; },
    get style() { return styleOf(); },
    // The settings in the words of api/plan, under the rules.
    get settings() { return asked(values, rules.rules, kind).settings; },
    setPicture: (picture) => set({ first_frame: picture }),
    takeStyle: chooseStyle,
    // Why these values can be planned for by nobody; "" where they can.
    problem() {
      const length = [...values.prompt].length;
      if (length > rules.prompt_max)
        return `The prompt has ${length} characters; the model reads at most ${rules.prompt_max}.`;
      return more.problem(values);
    },
  };
}
