// The journal's jobs: step, time, notes, errors; cancelling and going on; what waits for a timeline.

import { byId, dollars, element, many, tellTrouble, troubleLines, updateList } from "./elements.js";
import { question } from "./question.js";
import { ask, wordsOf } from "./server.js";

const STEPS = ["export", "upload", "submit", "wait", "download", "conform", "relink"];
const DOING = {
  export: "cutting the plate",
  upload: "uploading",
  submit: "submitting",
  wait: "waiting for the service",
  download: "downloading",
  conform: "conforming",
  relink: "bringing it into Resolve",
};
let clock = 0;

export function showQueue(state) {
  clock = state.now - Date.now() / 1000;
  tellTrouble(byId("queue-trouble"), state.trouble);
  byId("waiting").replaceChildren(...state.waiting.map(waitingEntry));
  updateList(byId("jobs"), state.jobs, (job) => job.id, jobEntry);
  if (!state.jobs.length && !state.trouble)
    byId("queue-words").textContent = "No jobs yet. What you restyle is listed here, and goes on while you edit.";
  else if (byId("queue-words").textContent.startsWith("No jobs")) say("");
  tick();
}

function say(text) {
  byId("queue-words").textContent = text;
}

function waitingEntry(each) {
  const verb = each.takes === 1 ? "is" : "are";
  const text = `${many(each.takes, "take")} ${verb} ready for the timeline ${each.timeline}`;
  return element("p", { className: "ready" }, each.here ? `${text}: ` : `${text}; open it in Resolve to bring ${each.takes === 1 ? "it" : "them"} in.`,
    each.here ? element("button", { type: "button", data: { focus: "collect" }, onclick: collect }, `Bring ${each.takes === 1 ? "it" : "them"} in`) : "");
}

function jobEntry(job) {
  return element("li", { className: job.status, data: { job: job.id } },
    element("div", { className: "jobhead" },
      element("span", { className: "name" }, job.clip),
      element("span", { className: "stepword" }, stepWords(job)),
      element("span", { className: "elapsed", data: { from: job.started_at, to: job.ended_at ?? "" } })),
    steps(job),
    progress(job),
    element("div", { className: "facts" }, [`“${job.prompt}”`, job.settings, job.timeline].filter(Boolean).join("   ")),
    job.takes.map((take) => element("div", { className: "take" }, take)),
    job.notes.map((note) => element("div", { className: "hint" }, note)),
    job.failure ? element("div", { className: "trouble" }, job.failed_at ? element("div", { className: "label" }, `Stopped at ${job.failed_at}`) : "", troubleLines(job.failure)) : "",
    element("div", { className: "jobfoot" },
      element("span", { className: "hint" }, `${job.money}   job ${job.id}`),
      job.can_cancel ? button(job, "cancel", "Cancel", () => cancel(job)) : "",
      job.can_resume ? button(job, "resume", resumeWords(job), () => resume(job)) : ""));
}

const button = (job, name, text, onclick) =>
  element("button", { type: "button", className: "quiet", data: { focus: `${name}-${job.id}` }, "aria-label": `${text}: ${job.clip}`, onclick }, text);

function stepWords(job) {
  if (job.running) return DOING[job.step] ?? job.step;
  if (job.status === "active") return job.step ? `stopped before ${job.step}` : "";
  if (job.status === "failed") return "failed";
  if (job.status === "unsure") return "whether it was submitted is not known";
  return job.status;
}

function steps(job) {
  const at = job.status === "done" ? STEPS.length : STEPS.indexOf(job.step);
  return element("ol", { className: "steps", "aria-hidden": "true" },
    STEPS.map((step, place) => element("li", { className: place < at ? "past" : place === at && job.running ? "now" : "" , title: step})));
}

function progress(job) {
  if (!job.running || job.done === null) return "";
  const amount = job.unit === "MB" ? (count) => (count / 1e6).toFixed(1) : String;
  const text = job.total ? `${amount(job.done)} of ${amount(job.total)} ${job.unit}` : `${amount(job.done)} ${job.unit}`;
  return element("div", { className: "progress" },
    job.total ? element("progress", { max: job.total, value: Math.min(job.done, job.total), "aria-label": `${job.clip}: ${job.step}` }) : "",
    element("span", { className: "hint" }, text));
}

const submits = (job) => job.resume_price !== null || job.resume_unknown;

function resumeWords(job) {
  if (job.resume_price !== null) return `Resume for ${dollars(job.resume_price)}`;
  return submits(job) ? "Resume; the price is not known" : "Resume";
}

async function act(work) {
  try {
    say(await work() ?? "");
  } catch (error) {
    const words = wordsOf(error);
    say([words.what, words.why, words.next].filter(Boolean).join(" "));
  }
}

function cancel(job) {
  return act(async () => (await ask("cancel", { job: job.id })).text);
}

function collect() {
  return act(async () => (await ask("collect")).text);
}

function resume(job) {
  const go = async (agreed) => {
    await ask("resume", { job: job.id, price: job.resume_price, agree_public: Boolean(agreed.agree_public) });
    say("");
  };
  if (submits(job)) return askToResume(job, go, []);
  return go({}).catch((error) => {
    const words = wordsOf(error);
    if (words.error === "Consent") askToResume(job, go, [{ name: "agree_public", text: words.why }]);
    else say([words.what, words.why, words.next].filter(Boolean).join(" "));
  });
}

function askToResume(job, go, agreements) {
  const price = job.resume_price === null ? "" : ` for ${dollars(job.resume_price)}`;
  const wanted = [...agreements];
  if (job.resume_unknown) wanted.push({ name: "unknown", text: "Go on without knowing the price." });
  question({
    title: submits(job) ? `Submit ${job.clip}${price}?` : `Go on with ${job.clip}?`,
    lines: [`“${job.prompt}” (${job.settings}).`, submits(job) ? "It was not submitted yet." : ""],
    agreements: wanted,
    yes: `Resume${price}`,
    act: go,
    onConsent: (text) => askToResume(job, go, [{ name: "agree_public", text }]),
  });
}

function tick() {
  const now = Date.now() / 1000 + clock;
  for (const each of document.querySelectorAll(".elapsed")) {
    const end = each.dataset.to ? Number(each.dataset.to) : now;
    const seconds = Math.max(0, Math.round(end - Number(each.dataset.from)));
    each.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }
}

export function startQueue() {
  setInterval(tick, 1000);
}
