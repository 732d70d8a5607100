// Which frame of which clip the timeline shows at a record frame: pure.

import { label } from "./timecode.js";
import { selectedTake } from "./timeline_cell.js";

export const ORIGINAL = "original";
const HEIGHTS = [288, 576, 1080]; // those that the server makes
export const AHEAD = 40; // record frames

// What is seen at `frame`: {item, track, above, dissolve}. The topmost clip with media is `item`
// (null in a gap); `above` are those over it that have none, such as titles; `dissolve` is the
// transition that lies over it there.
export function shownAt(edit, frame) {
  const above = [];
  for (const track of [...edit.tracks].reverse()) {
    if (track.kind !== "video") continue;
    const here = track.items.filter((item) => item.start <= frame && frame < item.end);
    const item = here.find((each) => each.kind === "clip");
    if (!item) continue;
    const dissolve = here.find((each) => each.kind === "transition") ?? null;
    if (item.media || item.takes.length) return { item, track: track.name, above, dissolve };
    above.push(item);
  }
  return { item: null, track: "", above, dissolve: null };
}

// The take that is shown of a clip: `key` and `name`; the original where it is held up to compare.
export function shownTake(item, isHeld) {
  const take = isHeld ? null : selectedTake(item);
  if (take) return { key: take.key, name: `Take ${take.number}${take.exr ? " EXR" : ""}${take.starred ? " ★" : ""}`, title: take.name };
  return { key: ORIGINAL, name: "Original", title: item.media };
}

// The height of a still to ask for, where it is drawn `pixels` of the screen high.
export const heightFor = (pixels) => HEIGHTS.find((each) => each >= pixels * 0.9) ?? HEIGHTS.at(-1);

// A still's address, and the name by which it is kept. With a `way` (1 or -1) the server makes the
// frames that lie in that direction in the same run.
export function stillOf(item, take, frame, height, way) {
  const name = `media/still/${item.id}/${encodeURIComponent(take)}/r${frame}.jpg?h=${height}&v=${encodeURIComponent(item.version)}`;
  return { name, address: way ? `${name}&ahead=${way * AHEAD}` : name };
}

// What is said beneath the picture of a frame.
export function labelOf(shown, take, frame, edit) {
  const timecode = label(frame, edit);
  const { item } = shown;
  if (!item) return { name: shown.above[0]?.name ?? "No clip", take: "", count: "", timecode };
  const count = `${frame - item.start + 1} / ${item.end - item.start}`;
  return { name: item.name || item.media || "(no name)", take: take.name, count, timecode };
}

// What a person has to know of the picture beyond its label: sentences.
export function notesOf(shown) {
  const { item, above, dissolve } = shown;
  const named = (each) => `${each.name || "a clip"}${each.refusal ? ` (${each.refusal})` : ""}`;
  return [
    above.length && item ? `Not drawn here: ${above.map(named).join("; ")}.` : "",
    dissolve ? `${dissolve.name || "A transition"} is not drawn: this clip alone.` : "",
    item?.refusal ? `Cannot be restyled: ${item.refusal}` : "",
  ].filter(Boolean);
}

// Why there is no picture at all; empty for a plain gap.
export function whyNone(shown) {
  const [first] = shown.above;
  if (!first) return "";
  return first.refusal ? `${first.name || "This clip"} cannot be shown: ${first.refusal}.` : `${first.name || "This clip"} has no media to show.`;
}
