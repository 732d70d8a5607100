// Which frame of which clip can be the first-frame image: pure.

import { label } from "./timecode.js";

// What is restyled of each clip: [{item, first}] with the record frame where it begins, by record.
// Clips that cannot be restyled are none of them.
export function meant({ clips, ranges }, store) {
  const named = clips.map((key) => store.clipOf(key)).filter(Boolean);
  const spans = clips.length || ranges.length
    ? named.map((item) => ({ item, first: item.start, last: item.end }))
    : chosenInEditor(store);
  for (const [start, end] of ranges)
    for (const track of store.edit?.tracks ?? [])
      for (const item of track.items)
        if (item.kind === "clip" && track.kind === "video" && item.start < end && start < item.end)
          spans.push({ item, first: Math.max(start, item.start), last: Math.min(end, item.end) });
  return spans.filter(({ item }) => !item.refusal).sort((a, b) => a.first - b.first);
}

// What is chosen in a running editor, which may be parts of clips.
function chosenInEditor(store) {
  return (store.state?.chosen?.clips ?? []).flatMap((chosen) => {
    const item = store.clipOf(chosen.key);
    if (!item) return [];
    if (!chosen.length) return [{ item, first: item.start, last: item.end }];
    const first = item.start + chosen.first - item.head;
    return [{ item, first, last: first + chosen.length }];
  });
}

// The frame under the playhead: {item, frame, into} (the record frame, and how many record frames it
// is into what is restyled), or {why} where there is none.
export function underPlayhead(subject, store) {
  const spans = meant(subject, store);
  const { playhead } = store;
  // Of clips above each other the topmost is seen, which comes last.
  const span = spans.filter(({ first, last }) => first <= playhead && playhead < last).at(-1);
  if (!span) return { why: spans.length > 1 ? "The playhead is on none of these clips." : "The playhead is not on this clip." };
  return { item: span.item, frame: playhead, into: playhead - span.first };
}

// The first frame of what is restyled, as `underPlayhead` has it.
export function firstOf(subject, store) {
  const span = meant(subject, store)[0];
  return span ? { item: span.item, frame: span.first, into: 0 } : { why: "None of these clips can be restyled." };
}

// The server reckons which media frame shows at a record frame.
export const pictureAddress = ({ item, frame }) =>
  `media/picture/${item.id}/original/r${frame}.png${item.version ? `?v=${encodeURIComponent(item.version)}` : ""}`;

export const pictureName = ({ item, frame }, edit) => `${item.name} ${label(frame, edit)}`;

// A file's name for a picture, without what file systems refuse.
export const fileName = (name) =>
  `${name.replace(/\.[A-Za-z][A-Za-z0-9]{1,4}$/, "").replace(/[^\p{L}\p{N}. -]+/gu, "_").trim() || "first_frame"}.png`;
