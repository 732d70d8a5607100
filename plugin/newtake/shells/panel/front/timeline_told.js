// What a screen reader has of a track: every clip lies in a cell, however much of it is drawn.
//
// Clips that are drawn apart are cells of their own. The others, drawn together or beside the window,
// are told as runs: one cell each, which says how many and which. The arrow keys lead into them.

import { element, many } from "./elements.js";
import { label } from "./timecode.js";
import { clipLines } from "./timeline_cell.js";

// The runs of clips that are not among `apart` (sorted places): [[first, count]].
export function runsBetween(apart, length) {
  const runs = [];
  let next = 0;
  for (const at of [...apart, length]) {
    if (at > next) runs.push([next, at - next]);
    next = at + 1;
  }
  return runs;
}

// Tell the track `node` of the row `number`, of whose clips those at the places `apart` are drawn
// apart; `idOf(row, at)` is the id of such a cell.
export function tellRow({ node, box, row, number, apart, idOf, edit, jobs }) {
  const sorted = [...apart].sort((a, b) => a - b);
  const runs = runsBetween(sorted, row.clips.length);
  const cells = [...sorted.map((at) => [at, idOf(number, at)]), ...runs.map(([at]) => [at, runId(number, at)])];
  node.setAttribute("aria-owns", [headId(number), ...cells.sort((a, b) => a[0] - b[0]).map(([, id]) => id)].join(" "));
  const words = runs.map(([at, count]) => wordsOf(row.clips.slice(at, at + count), edit, jobs));
  const key = JSON.stringify([runs, words]);
  if (box.told === key) return;
  box.told = key;
  box.replaceChildren(...runs.map(([at, count], place) => element("span", {
    role: "gridcell", id: runId(number, at), "aria-colindex": at + 1, "aria-colspan": count > 1 ? count : null, "aria-label": words[place],
  })));
}

// Take away what was told in `box`: a clip of it is drawn apart now, and would be there twice.
export function untell(box) {
  if (!box.told) return;
  box.told = "";
  box.replaceChildren();
}

export const headId = (number) => `track-${number}`;
const runId = (number, at) => `clips-${number}-${at}`;

function wordsOf(clips, edit, jobs) {
  const [first, last] = [clips[0], clips.at(-1)];
  if (clips.length === 1) return clipLines(first, edit, jobs.get(first.key)).join(", ");
  return `${many(clips.length, "clip")}, from ${first.name || "(no name)"} to ${last.name || "(no name)"}, ` +
    `${label(first.start, edit)} – ${label(last.end, edit)}`;
}
