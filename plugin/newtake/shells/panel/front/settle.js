// Settling: a person's word on what became of a submission. Nothing is chosen beforehand.

import { byId, dollars, element, say, tellTrouble } from "./elements.js";
import { ask, wordsOf } from "./server.js";

const OTHER = "other";
const NOT_SENT = "not-sent";

export function settle(job) {
  const dialog = byId("settle");
  const other = element("input", { type: "text", id: "settle-id", "aria-label": "The submission's id", autocomplete: "off", spellcheck: "false" });
  const trouble = element("div", { className: "trouble", role: "alert", hidden: true });
  const yes = element("button", { type: "submit", className: "main", disabled: true }, "Settle");
  const choice = (value, text, hint, more = "") => [
    element("label", {}, element("input", { type: "radio", name: "settle", value }), " ", text, " ", more),
    element("p", { className: "hint" }, hint),
  ];
  const again = job.resume_price === null ? "" : ` for ${dollars(job.resume_price)}`;
  const form = element("form", { method: "dialog", autocomplete: "off" },
    element("h2", { id: "settle-title" }, `What became of the submission of ${job.clip}?`),
    element("p", {}, job.failure?.what ?? "Whether it was submitted is not known.", " ", job.failure?.why ?? ""),
    element("p", {}, `“${job.prompt}” (${job.settings}). Money: ${job.money}.`),
    element("p", {}, "Look at the service's own history before you answer; New Take does not guess."),
    element("fieldset", {},
      element("legend", {}, job.candidates.length ? "The service lists these, which may be it:" : "The service's lists show nothing that may be it."),
      job.candidates.map((each) => choice(each.submission, `It is ${each.submission}`,
        [madeAt(each.created_at), each.text, "Nothing more is paid: New Take goes on with it."].filter(Boolean).join(" · "))),
      choice(OTHER, "It is another submission:", "Its id, as the service's history has it. Nothing more is paid: New Take goes on with it.", other),
      choice(NOT_SENT, "It was not sent", `Nothing is submitted now. Resuming submits it${again}. If it was sent all the same, both are charged.`)),
    trouble,
    element("div", { className: "buttons" },
      element("button", { type: "button", className: "quiet", onclick: () => dialog.close() }, "Not now"), yes));

  const chosen = () => form.querySelector("input[name=settle]:checked")?.value;
  const answer = () => {
    const value = chosen();
    if (value === NOT_SENT) return { submission: null, not_sent: true };
    const submission = value === OTHER ? other.value.trim() : value;
    return submission ? { submission, not_sent: false } : null;
  };
  form.addEventListener("input", (event) => {
    if (event.target === other) form.querySelector(`input[value=${OTHER}]`).checked = true;
    yes.disabled = !answer();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (yes.disabled) return;
    yes.disabled = true;
    try {
      const { text } = await ask("settle", { job: job.id, ...answer() });
      say(text ?? "");
      dialog.close();
    } catch (error) {
      tellTrouble(trouble, wordsOf(error));
      yes.disabled = false;
    }
  });
  dialog.replaceChildren(form);
  dialog.showModal();
}

function madeAt(when) {
  if (!when) return "";
  return typeof when === "number" ? new Date(when * 1000).toLocaleString() : String(when);
}
