// Settling: a person's word on what became of a submission. Nothing is chosen beforehand.

import { byId, dollars, element, say, tellTrouble, troubleLines, updateList } from "./elements.js";
import { ask, wordsOf } from "./server.js";

const OTHER = "other";
const NOT_SENT = "not-sent";

export function settle(job, store) {
  const dialog = byId("settle");
  const other = element("input", { type: "text", id: "settle-id", "aria-label": "The submission's id", autocomplete: "off", spellcheck: "false" });
  const trouble = element("div", { className: "trouble", role: "alert", hidden: true });
  const yes = element("button", { type: "submit", className: "main", disabled: true }, "Settle");
  const choice = (value, text, hint, more = "") => [
    element("label", {}, element("input", { type: "radio", name: "settle", value }), " ", text, " ", more),
    element("p", { className: "hint" }, hint),
  ];
  const legend = element("legend", { "aria-live": "polite" });
  const looked = element("div", { className: "trouble", hidden: true });
  const listed = element("div", {});
  const lookAgain = element("button", { type: "button", className: "quiet", onclick: () => look() }, "Try again");
  const again = job.resume_price === null ? "" : ` for ${dollars(job.resume_price)}`;
  const form = element("form", { method: "dialog", autocomplete: "off" },
    element("h2", { id: "settle-title" }, `What became of the submission of ${job.clip}?`),
    element("p", {}, job.failure?.what ?? "Whether it was submitted is not known.", " ", job.failure?.why ?? ""),
    element("p", {}, `“${job.prompt}” (${job.settings}). Money: ${job.money}.`),
    element("p", {}, "Look at the service's own history before you answer; New Take does not guess."),
    element("fieldset", {},
      legend, looked, listed,
      choice(OTHER, "It is another submission:", "Its id, as the service's history has it. Nothing more is paid: New Take goes on with it.", other),
      choice(NOT_SENT, "It was not sent", `Nothing is submitted now. Resuming submits it${again}. If it was sent all the same, both are charged.`)),
    trouble,
    element("div", { className: "buttons" },
      element("button", { type: "button", className: "quiet", onclick: () => dialog.close() }, "Not now"), yes));

  let busy = false;
  const chosen = () => form.querySelector("input[name=settle]:checked")?.value;
  const answer = () => {
    const value = chosen();
    if (value === NOT_SENT) return { submission: null, not_sent: true };
    const submission = value === OTHER ? other.value.trim() : value;
    return submission ? { submission, not_sent: false } : null;
  };
  const look = async () => {
    try {
      await ask("look_up", { job: job.id });
    } catch (error) {
      tellTrouble(trouble, wordsOf(error));
    }
  };
  const show = (now) => {
    legend.textContent = lookWords(now);
    const why = now.look_up?.state === "failed" ? now.look_up.trouble : null;
    looked.hidden = !why;
    looked.replaceChildren(...(why ? [...troubleLines(why), lookAgain] : []));
    updateList(listed, now.candidates, (each) => each.submission, (each) => element("div", {}, choice(each.submission, `It is ${each.submission}`,
      [madeAt(each.created_at), each.text, "Nothing more is paid: New Take goes on with it."].filter(Boolean).join(" · "))));
    // What was chosen may not be listed any more.
    yes.disabled = busy || !answer();
  };
  form.addEventListener("input", (event) => {
    if (event.target === other) form.querySelector(`input[value=${OTHER}]`).checked = true;
    yes.disabled = busy || !answer();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (yes.disabled) return;
    busy = true;
    yes.disabled = true;
    try {
      const { text } = await ask("settle", { job: job.id, ...answer() });
      say(text ?? "");
      dialog.close();
    } catch (error) {
      tellTrouble(trouble, wordsOf(error));
      busy = false;
      yes.disabled = !answer();
    }
  });
  const leave = store.subscribe("state", (state) => {
    const now = state.jobs.find((each) => each.id === job.id);
    if (now) show(now);
  });
  dialog.addEventListener("close", leave, { once: true });
  show(job);
  dialog.replaceChildren(form);
  dialog.showModal();
  look();
}

// That nothing is listed is only said where the lists were read to their end.
function lookWords({ candidates, look_up: look }) {
  const asking = !look || look.state === "looking";
  if (look?.state === "failed")
    return candidates.length ? "The service could not be asked now. It listed these before, which may be it:" : "The service could not be asked whether it has it.";
  if (candidates.length) return `The service lists these, which may be it${asking ? "; it is being asked again" : ""}:`;
  return asking ? "Looking at the service's lists…" : "The service's lists show nothing that may be it.";
}

function madeAt(when) {
  if (!when) return "";
  return typeof when === "number" ? new Date(when * 1000).toLocaleString() : String(when);
}
