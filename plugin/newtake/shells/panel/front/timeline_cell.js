// One clip as it is drawn: its name, what it is called to a screen reader, its takes and job.

import { element, many } from "./elements.js";
import { hasFreshlyFailed } from "./queue_words.js";
import { label } from "./timecode.js";
import { FLAG } from "./timeline_layout.js";

const PICTURE_PX = 14;
const NAME_PX = 26;
const BADGE_PX = 44;
const BUTTON_PX = 72;

// Whether a clip can be restyled, be it only from what its editor renders of it.
export const canRestyle = (clip) => !clip.refusal || Boolean(clip.renders);

export const refusalWords = (clip) => `Cannot be restyled${clip.renders ? " from its file" : ""}: ${clip.refusal}`;

export const selectedTake = (item) => item.takes.find((take) => take.selected) ?? null;

// What is said of the takes in few signs, and in words.
export function takesBadge(item) {
  if (!item.takes.length) return null;
  const selected = selectedTake(item);
  const starred = item.takes.filter((take) => take.starred);
  const sign = starred.length ? (selected?.starred ? " ★" : " ☆") : "";
  const stars = starred.map((take) => `take ${take.number}`).join(", ");
  // Where one was removed, "3/1" would read as the third of one.
  const whole = item.takes.every((take) => take.number <= item.takes.length);
  const text = selected && !whole ? `take ${selected.number}` : `${selected ? selected.number : "orig"}/${item.takes.length}`;
  // Of what it lacks the clip's own notes say more.
  const lacks = selected?.lacks ? " !" : "";
  return {
    text: `${text}${sign}${lacks}`,
    lacks: selected?.lacks ?? "",
    words: `${many(item.takes.length, "take")}, ${selected ? `take ${selected.number}` : "the original"} selected${
      stars ? `, starred: ${stars}` : ""}`,
  };
}

// The job that each clip's badge tells of: one under way or to be settled, else the newest one where
// that failed within the day.
export function jobsOfClips({ jobs, now }) {
  const told = new Map();
  const newest = new Set();
  for (const job of jobs) {
    if (!job.clip_key || job.timeline_here === false) continue;
    const isNewest = !newest.has(job.clip_key);
    newest.add(job.clip_key);
    const old = told.get(job.clip_key);
    if (isOpen(job) ? !old || !isOpen(old) : isNewest && !isOpen(job) && hasFreshlyFailed(job, now))
      told.set(job.clip_key, job);
  }
  return told;
}

const isOpen = (job) => job.running || job.needs_settling;
const hasFailed = (job) => job.status === "failed" && !job.waits && !isOpen(job);

// What of a job a cell shows: drawn anew when it is another.
export const jobMark = (job) =>
  job ? [job.id, job.status, job.running, job.step, job.done, job.needs_settling, job.waits, job.failed_at].join(" ") : "";

export function jobWords(job) {
  if (hasFailed(job)) return `restyling failed${job.failed_at ? ` at ${job.failed_at}` : ""}: see the queue`;
  if (job.waits) return "its take waits to be brought in: see the queue";
  if (job.needs_settling) return "a job has to be settled";
  const share = job.total ? ` ${Math.floor((100 * (job.done ?? 0)) / job.total)} %` : "";
  return `restyling: ${job.step || job.status}${share}`;
}

// Everything that is to be known of a clip, as lines: on hover, and in its name.
export function clipLines(item, edit, job) {
  const lines = [
    item.name || "(no name)",
    `${label(item.start, edit)} – ${label(item.end, edit)}, ${many(item.end - item.start, "frame")}`,
  ];
  if (item.media && item.media !== item.name) lines.push(item.media);
  if (item.part_of) lines.push(item.part_of);
  const takes = takesBadge(item);
  if (takes) lines.push(takes.words);
  if (job) lines.push(jobWords(job));
  if (item.refusal) lines.push(refusalWords(item));
  return [...lines, ...item.notes];
}

export function makeCell(piece, id, edit, job) {
  const { item } = piece;
  const cell = element(
    "div",
    { role: "gridcell", id, "aria-colindex": piece.at + 1, "aria-label": clipLines(item, edit, job).join(", ") },
  );
  fill(cell, piece, job);
  return cell;
}

// Parts of a cell come and go with its width: what cannot be read is not drawn.
export function fill(cell, piece, job) {
  const { item, width, flag } = piece;
  cell.className = cellClass(flag, width);
  cell.setAttribute("aria-selected", flag & FLAG.selected ? "true" : "false");
  if (width >= PICTURE_PX && !cell.firstElementChild)
    cell.append(element("span", { className: "stills", "aria-hidden": "true" }), element("span", { className: "clip-head" }));
  const head = cell.lastElementChild;
  if (!head) return;
  part(head, "clip-name", width >= NAME_PX, () => element("span", { className: "clip-name" }, item.name));
  const takes = width >= BADGE_PX ? takesBadge(item) : null;
  part(head, "takes", takes, () => element("span", { className: takes.lacks ? "takes lacking" : "takes" }, takes.text));
  part(head, "job", job && width >= NAME_PX, () =>
    element("span", { className: `job${job.needs_settling ? " settle" : hasFailed(job) ? " failed" : job.waits ? " waits" : ""}` }, jobSign(job, width)));
  part(head, "clip-menu", width >= BUTTON_PX, () =>
    element("button", { className: "clip-menu", type: "button", tabindex: -1, "aria-label": `Menu of ${item.name}` }, "…"));
}

function jobSign(job, width) {
  if (hasFailed(job)) return width < 110 ? "!" : "! failed";
  if (job.needs_settling) return width < 110 ? "?" : "? settle";
  return width < 110 ? "" : job.waits ? "waits" : job.step || job.status;
}

function part(head, name, wanted, make) {
  const old = [...head.children].find((child) => child.classList.contains(name));
  if (!wanted) old?.remove();
  else if (!old) head.append(make());
}

function cellClass(flag, width) {
  const names = ["clip"];
  if (flag & FLAG.refused) names.push("refused");
  if (flag & FLAG.selected) names.push("selected");
  if (flag & FLAG.takes) names.push("taken");
  if (flag & FLAG.cursor) names.push("cursor");
  if (flag & FLAG.running) names.push("running");
  if (width > 700) names.push("wide");
  return names.join(" ");
}

export function blockClass(flag) {
  return `${cellClass(flag, 0)} block`;
}
