// The queue: every job of the journal, what it does, and what can be done about it.

import { byId, element, many, tellTrouble, troubleLines, updateList } from "./elements.js";
import { cancel, collect, resume } from "./queue_acts.js";
import { clock, hasEnded, hasFreshlyFailed, makingEntry, onceMoreWords, progress, resumeWords, STEPS, stepWords } from "./queue_words.js";
import { settle } from "./settle.js";

const OPEN = "newtake.ended";
const SIDE = "newtake.side";
const SLOW = 2;

let store = null;
let lag = 0; // the server's clock minus this one's, in seconds

export function startQueue(shared) {
  store = shared;
  const ended = byId("ended-jobs");
  ended.open = sessionStorage.getItem(OPEN) === "yes";
  ended.addEventListener("toggle", () => sessionStorage.setItem(OPEN, ended.open ? "yes" : "no"));
  startSide();
  store.subscribe("state", show);
  // Whether a job's clip can be gone to depends on the edit.
  store.subscribe("edit", markClips);
  setInterval(tick, 1000);
}

// Where a person still has something to do: a failure of today stays with what is going on.
function isFolded(job, now) {
  if (!hasEnded(job) || job.waits || job.needs_settling || job.can_settle) return false;
  return !hasFreshlyFailed(job, now);
}

// What an entry is made from; the rest of the job moves many times a second and is drawn into it.
function still(job) {
  const { done, total, unit, step_started_at, typical_seconds, ...rest } = job;
  void [done, total, unit, step_started_at, typical_seconds];
  return rest;
}

function show(state) {
  lag = state.now - Date.now() / 1000;
  tellTrouble(byId("queue-trouble"), state.trouble);
  updateList(byId("waiting"), state.waiting, (each) => each.timeline, waitingEntry);
  byId("making").replaceChildren(...(state.making ?? []).map(makingEntry));
  const now = state.now;
  const open = state.jobs.filter((job) => !isFolded(job, now));
  const ended = state.jobs.filter((job) => isFolded(job, now));
  updateList(byId("jobs"), open.map(still), (job) => job.id, jobEntry);
  updateList(byId("jobs-ended"), ended.map(still), (job) => job.id, jobEntry);
  byId("ended-jobs").hidden = !ended.length;
  byId("ended-jobs-title").textContent = endedWords(ended);
  byId("queue-empty").textContent = state.jobs.length || state.trouble
    ? ""
    : "No jobs yet. What you restyle is listed here and goes on while you edit.";
  const moving = state.jobs.filter((job) => job.running).length;
  byId("side-toggle").textContent = moving ? `Queue ${moving}` : "Queue";
  state.jobs.forEach(drawMoving);
  markClips();
  tick();
}

function endedWords(jobs) {
  const counts = ["done", "failed", "cancelled"]
    .map((status) => [status, jobs.filter((job) => job.status === status).length])
    .filter(([, count]) => count);
  return `Ended: ${counts.map(([status, count]) => `${count} ${status}`).join(", ")}`;
}

function waitingEntry(each) {
  const one = each.takes + each.undone === 1;
  const text = each.takes
    ? `${many(each.takes, "take")} ${each.takes === 1 ? "is" : "are"} ready for the timeline ${each.timeline}${each.undone ? `, and an undo took away ${each.undone} more` : ""}`
    : `An undo took ${many(each.undone, "take")} from the timeline ${each.timeline}`;
  const them = one ? "it" : "them";
  return element("p", { className: "ready" },
    each.here ? `${text}: ` : `${text}; open it in ${store.state.edit?.kind === "blender" ? "Blender" : "Resolve"} to bring ${them} in.`,
    each.here ? element("button", { type: "button", data: { focus: "collect" }, onclick: collect }, `Bring ${them} in`) : "");
}

function jobEntry(job) {
  return element("li", { className: job.waits ? "waits" : job.status, data: { job: job.id, started: job.started_at, ended: job.ended_at ?? "" } },
    element("div", { className: "job-head" },
      element("button", { type: "button", className: "name", title: "Go to the clip", data: { focus: `clip-${job.id}`, clip: job.clip_key ?? "" }, onclick: () => goTo(job) }, job.clip),
      job.timeline_here === false ? element("span", { className: "job-elsewhere" }, `other timeline: ${job.place || job.timeline}`) : "",
      element("span", { className: "job-elapsed", title: "since it began" })),
    steps(job),
    element("div", { className: "job-step" },
      element("span", { className: "job-word" }, stepWords(job)),
      element("span", { className: "hint" })),
    element("div", { className: "job-progress" }),
    element("div", { className: "job-prompt" }, job.prompt ? element("q", {}, job.prompt) : "", ` ${job.settings}`),
    job.takes.map((take) => element("div", { className: "job-take" }, take)),
    job.notes.map((note) => element("div", { className: "hint" }, note)),
    job.failure ? element("div", { className: "trouble" }, troubleLines(job.failure)) : "",
    element("div", { className: "job-foot" },
      element("span", { className: "hint" }, `${job.money} · job ${job.id}`),
      job.can_settle ? button(job, "settle", "Settle…", () => settle(job, store)) : "",
      job.can_resume ? button(job, "resume", resumeWords(job), () => resume(job)) : "",
      job.once_more ? button(job, "once-more", onceMoreWords(job), () => restyleAgain(job)) : "",
      job.can_cancel ? button(job, "cancel", "Cancel", () => cancel(job)) : ""));
}

const button = (job, name, text, onclick) =>
  element("button", { type: "button", data: { focus: `${name}-${job.id}` }, "aria-label": `${text}: ${job.clip}`, onclick }, text);

function steps(job) {
  const done = job.status === "done";
  const at = done ? STEPS.length : STEPS.indexOf(job.step || job.failed_at);
  const here = job.running ? "now" : "stopped";
  const words = done ? "all eight steps are done" : at < 0 ? stepWords(job) : `step ${at + 1} of ${STEPS.length}, ${STEPS[at]}`;
  return element("div", { role: "img", "aria-label": `${job.clip}: ${words}` },
    element("ol", { className: "steps", "aria-hidden": "true" }, STEPS.map((step, place) =>
      element("li", { title: step, className: place < at ? "past" : place === at ? here : "" }))));
}

const entryOf = (job) =>
  document.querySelector(`#queue li[data-job="${CSS.escape(job.id)}"]`);

function drawMoving(job) {
  const entry = entryOf(job);
  if (!entry) return;
  entry.dataset.step = job.running && job.step_started_at ? String(job.step_started_at) : "";
  entry.dataset.typical = job.running && job.typical_seconds ? String(job.typical_seconds) : "";
  const box = entry.querySelector(".job-progress");
  const made = job.running ? progress(job.done, job.total, job.unit, `${job.clip}: ${job.step}`) : "";
  const bar = box.querySelector("progress");
  // The bar is kept while it moves, so that it is not read out as another one each time.
  if (made && bar && made.querySelector("progress")) {
    bar.max = job.total;
    bar.value = Math.min(job.done, job.total);
    box.querySelector(".hint").textContent = made.querySelector(".hint").textContent;
  } else box.replaceChildren(...(made ? [made] : []));
}

function markClips() {
  for (const name of document.querySelectorAll("#queue .job-head .name"))
    name.disabled = !store.clipOf(name.dataset.clip);
  for (const again of document.querySelectorAll('#queue [data-focus^="once-more-"]')) {
    const isHere = Boolean(store.clipOf(again.closest("li").querySelector(".name").dataset.clip));
    again.disabled = !isHere;
    again.title = isHere ? "Opens the dialog with these settings; nothing is submitted by that" : "Its clip is not on this timeline";
  }
}

const restyleAgain = ({ clip_key, once_more: { settings, note } }) =>
  store.act("restyle", { clips: [clip_key], settings, note });

function goTo(job) {
  const clip = store.clipOf(job.clip_key);
  if (!clip) return;
  store.act("go to", { clip: clip.key });
}

// Times go on between what the server sends.
function tick() {
  const now = Date.now() / 1000 + lag;
  for (const entry of document.querySelectorAll("#queue li[data-job]")) {
    const { started, ended, step, typical } = entry.dataset;
    entry.querySelector(".job-elapsed").textContent = clock((ended ? Number(ended) : now) - Number(started));
    const times = entry.querySelector(".job-step .hint");
    const inStep = step ? now - Number(step) : null;
    const words = inStep === null ? "" : clock(inStep);
    times.textContent = [words, typical && `typically ${clock(Number(typical))}`].filter(Boolean).join(" of ");
    times.classList.toggle("warning", Boolean(typical) && inStep > SLOW * Number(typical));
  }
}

function startSide() {
  const toggle = byId("side-toggle");
  const side = byId("side");
  const set = (open) => {
    side.hidden = !open;
    toggle.setAttribute("aria-expanded", String(open));
    localStorage.setItem(SIDE, open ? "open" : "shut");
  };
  set(localStorage.getItem(SIDE) !== "shut");
  toggle.addEventListener("click", () => set(side.hidden));
}
