// Where things lie on the timeline: reckoned from the edit document, without drawing anything.
//
// `scale` is pixels for each record frame; x counts pixels from the edit's first frame.

import { frameOf, label, nominal } from "./timecode.js";

export const THIN_PX = 3;
const SHEET_PX_MAX = 12_000_000; // browsers lose precision, and then elements, beyond some 16 million
const FRAME_PX_MAX = 48;
const TICK_PX = 112;
export const FIT_SPARE_PX = 24; // behind the last frame where the edit is fitted

export const FLAG = { refused: 1, selected: 2, takes: 4, cursor: 8, running: 16 };

// The tracks as they are drawn, top first: the highest video track down to V1, then A1 and on.
export function rowsOf(edit) {
  const row = (track) => {
    const sorted = [...track.items].sort((a, b) => a.start - b.start || a.end - b.end);
    return {
      name: track.name,
      kind: track.kind,
      clips: sorted.filter((item) => item.kind === "clip"),
      gaps: sorted.filter((item) => item.kind === "gap"),
      transitions: sorted.filter((item) => item.kind === "transition"),
    };
  };
  const video = edit.tracks.filter((track) => track.kind !== "audio").reverse();
  const audio = edit.tracks
    .filter((track) => track.kind === "audio")
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  return [...video, ...audio].map(row);
}

// The place of the first item that ends after `frame`; items are sorted and do not overlap.
export function firstAfter(items, frame) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].end > frame) high = middle;
    else low = middle + 1;
  }
  return low;
}

// What to draw of `items` between two record frames: an item each, or one block for a run of
// items that are too thin to be seen apart.
export function piecesOf(items, from, to, scale, origin, flagOf) {
  const pieces = [];
  let block = null;
  for (let at = firstAfter(items, from); at < items.length && items[at].start < to; at += 1) {
    const item = items[at];
    const x = (item.start - origin) * scale;
    const width = (item.end - item.start) * scale;
    const flag = flagOf(item);
    if (width >= THIN_PX) {
      pieces.push({ at, item, x, width, flag, count: 1 });
      block = null;
      continue;
    }
    const end = block ? block.x + block.width : 0;
    if (block && x - end < 1 && (block.flag === flag || block.width < THIN_PX)) {
      block.width = x + width - block.x;
      block.count += 1;
      const refused = block.flag & flag & FLAG.refused;
      block.flag = ((block.flag | flag) & ~FLAG.refused) | refused;
    } else {
      block = { at, item: null, x, width, flag, count: 1 };
      pieces.push(block);
    }
  }
  return pieces;
}

const firsts = new WeakMap();

// The record frame of the first clip: before it there may be an hour of nothing, up to 01:00:00:00.
export function firstOf(edit) {
  if (!firsts.has(edit)) {
    const starts = edit.tracks.flatMap((track) => track.items).filter((item) => item.kind === "clip").map((item) => item.start);
    firsts.set(edit, starts.length ? starts.reduce((a, b) => Math.min(a, b)) : edit.start);
  }
  return firsts.get(edit);
}

// The scale at which all clips together are as wide as `width` pixels.
export function fitScale(edit, width) {
  return Math.max(1, width - FIT_SPARE_PX) / Math.max(1, edit.end - firstOf(edit));
}

export function clampScale(scale, edit, width) {
  const frames = Math.max(1, edit.end - edit.start);
  const most = Math.min(FRAME_PX_MAX, Math.max(SHEET_PX_MAX / frames, 1e-6));
  const least = Math.min(fitScale(edit, width), most);
  return Math.min(most, Math.max(least, scale));
}

// Marks of the ruler between two record frames: [{frame, text}] and how many parts lie between.
export function ticksOf(edit, from, to, scale) {
  const base = nominal(edit.rate);
  const steps = [1, 2, 5, 10, ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map((s) => s * base)];
  const step = steps.find((each) => each * scale >= TICK_PX) ?? 7200 * base;
  const ticks = [];
  const last = countOf(Math.max(0, to), edit);
  for (let count = Math.floor(countOf(Math.max(0, from), edit) / step) * step; count <= last; count += step) {
    const frame = frameOfCount(count, edit);
    ticks.push({ frame, text: label(frame, edit) });
  }
  const parts = step >= base ? (step === 15 * base ? 3 : 5) : step;
  return { ticks, parts, step };
}

// The number that a frame's label says, counted without drop-frame's holes, and back.
function countOf(frame, edit) {
  const [hours, minutes, seconds, frames] = label(frame, edit).split(/[:;]/).map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * nominal(edit.rate) + frames;
}

function frameOfCount(count, edit) {
  const base = nominal(edit.rate);
  const seconds = Math.floor(count / base);
  const part = (value) => String(value).padStart(2, "0");
  const head = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(part).join(":");
  try {
    return frameOf(`${head}:${part(count % base)}`, edit);
  } catch {
    // A label that drop-frame leaves out: the first one that follows it.
    return frameOf(`${head}:${part(Math.floor(base / 15))}`, edit);
  }
}

const LADDER = [1, 1.5, 2, 3, 4, 5, 6, 8];

// How many record frames lie between two pictures along a clip: about two widths of a picture.
export function stillStep(scale, pictureWidth) {
  const wanted = (2 * pictureWidth) / scale;
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, wanted)));
  for (const size of [unit, unit * 10])
    for (const rung of LADDER) if (rung * size >= wanted) return Math.ceil(rung * size);
  return Math.ceil(wanted);
}

// The pictures of a clip that lie between two x: [{offset (record frames), x from its start}].
export function stillsOf(item, origin, from, to, scale, pictureWidth) {
  const left = (item.start - origin) * scale;
  const width = (item.end - item.start) * scale;
  const step = stillStep(scale, pictureWidth);
  const first = Math.max(0, Math.ceil((from - left - pictureWidth) / (step * scale)));
  const found = [];
  for (let number = first; ; number += 1) {
    const x = number * step * scale;
    if (left + x > to || (number > 0 && x + pictureWidth * 0.6 > width)) break;
    found.push({ offset: number * step, x });
  }
  return found;
}
