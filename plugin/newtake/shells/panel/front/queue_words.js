// What the queue says: steps, times and amounts as words and small elements.

import { dollars, element } from "./elements.js";

export const STEPS = ["select", "export", "upload", "submit", "wait", "download", "conform", "relink"];
const DOING = {
  select: "choosing the frames",
  export: "cutting the plate",
  upload: "uploading the plate",
  submit: "submitting",
  wait: "the service is at work",
  download: "downloading the result",
  conform: "conforming the take",
  relink: "adding the take to the timeline",
};
const ENDED = new Set(["done", "failed", "cancelled"]);

// Whether nothing more happens to the job by itself.
export const hasEnded = (job) => !job.running && ENDED.has(job.status);

const FRESH_SECONDS = 24 * 3600;

// Whether the job's failure is of today: then it stays with what is going on, and on its clip.
export const hasFreshlyFailed = (job, now) => job.status === "failed" && now - (job.ended_at ?? now) < FRESH_SECONDS;

export function stepWords(job) {
  if (job.elsewhere) return `running in another New Take: ${DOING[job.step] ?? job.step}`;
  if (job.running) return DOING[job.step] ?? job.step;
  if (job.waits) return job.timeline_here === false ? "waits for its timeline" : "waits to be brought in";
  if (job.status === "active") return job.step ? `stopped before ${job.step}` : "stopped";
  if (job.status === "failed") return job.failed_at ? `failed at ${job.failed_at}` : "failed";
  if (job.status === "unsure") return "it is not known whether it was submitted";
  return job.status;
}

// Seconds as the queue writes them: 0:07, 12:30, 1:02:03.
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value) => String(value).padStart(2, "0");
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

export function amountWords(done, total, unit) {
  const amount = unit === "MB" ? (count) => (count / 1e6).toFixed(1) : String;
  return total ? `${amount(done)} of ${amount(total)} ${unit}`.trim() : `${amount(done)} ${unit}`.trim();
}

// A bar and a percentage where the whole is known; else only what is done.
export function progress(done, total, unit, words) {
  if (done === null || done === undefined) return "";
  const percent = total ? ` · ${Math.floor((Math.min(done, total) / total) * 100)} %` : "";
  return element("div", { className: "progress" },
    total ? element("progress", { max: String(total), value: String(Math.min(done, total)), "aria-label": words }) : "",
    element("span", { className: "hint" }, `${amountWords(done, total, unit)}${percent}`));
}

export function makingEntry({ what, done, total }) {
  return element("li", {}, element("span", {}, what), progress(done, total, "", what));
}

export const submits = (job) => job.resume_price !== null || job.resume_unknown;

export const onceMoreWords = ({ once_more }) =>
  once_more.price === null ? "Restyle again…" : `Restyle again… ${dollars(once_more.price)}`;

export function resumeWords(job) {
  const verb = job.waits ? "Bring in" : { done: "Bring back", failed: "Retry" }[job.status] ?? "Resume";
  if (job.resume_price !== null) return `${verb} for ${dollars(job.resume_price)}`;
  return submits(job) ? `${verb}; the price is not known` : verb;
}
