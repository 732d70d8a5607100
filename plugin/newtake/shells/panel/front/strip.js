// The frames of one plate as a strip of stills: handles and held frames marked, numbers beneath.
//
// Numbers count media frames from the clip's first one: 0 is that frame, handles before it are
// negative. A `strip` is one of a plan's: {clip, take, first, frames, held, head, tail, clip_frames}.

import { element, many } from "./elements.js";
import { rateWord } from "./timecode.js";

const KINDS = { head: "head handle", clip: "clip", part: "part", tail: "tail handle", held: "held" };

// The plate's parts in order: [{kind, from, to}] in plate frames, half-open; empty ones left out.
export function parts(strip) {
  const ends = [
    ["head", strip.head], ["clip", strip.frames - strip.head - strip.tail],
    ["tail", strip.tail], ["held", strip.held],
  ];
  let from = 0;
  return ends.map(([kind, length]) => {
    const part = { kind, from, to: from + length };
    from += length;
    return part;
  }).filter((part) => part.to > part.from);
}

// About `count` frames of the plate to show: media frames at one step, the clip's first one among
// them, then the held ones, which show the last. Each is {place, kind, offset}: frame of the plate,
// part, media frame from the clip's first one. `run` is first, step and count of those at one step,
// which all are but the ones that are `alone`.
export function samples(strip, count) {
  const all = parts(strip);
  const total = strip.frames + strip.held;
  const forHeld = strip.held ? Math.max(1, Math.round((count * strip.held) / total)) : 0;
  const step = Math.max(1, Math.ceil(strip.frames / Math.max(1, count - forHeld)));
  const cells = [];
  for (let place = strip.head % step; place < strip.frames; place += step)
    cells.push({ place, kind: all.find((part) => place < part.to).kind, offset: strip.first + place });
  const inRun = cells.length;
  const first = cells[0].offset;
  // Handles are seen, be they shorter than a step.
  const alone = (place, kind) => ({ place, kind, offset: strip.first + place, alone: true });
  if (strip.head && cells[0].kind !== "head") cells.unshift(alone(0, "head"));
  if (strip.tail && cells.at(-1).kind !== "tail") cells.push(alone(strip.frames - 1, "tail"));
  for (let at = 0; at < forHeld; at += 1)
    cells.push({ place: strip.frames + Math.floor((at * strip.held) / forHeld), kind: "held", offset: strip.first + strip.frames - 1, alone: true });
  return { cells, run: [first, step, inRun] };
}

// Where only a part of a clip is restyled, its frames are not the clip's.
const kindOf = (kind, strip) => (kind === "clip" && strip.first + strip.head !== 0 ? "part" : kind);

const signed = (number) => String(number).replace("-", "−");

// What the plate consists of, in words: "−8 to −1 head handle, 0 to 95 clip, ...".
function wordsOf(strip) {
  return parts(strip).map(({ kind, from, to }) => {
    if (kind === "held") return `frame ${signed(strip.first + strip.frames - 1)} held ${to - from} times more`;
    const [first, last] = [strip.first + from, strip.first + to - 1].map(signed);
    return `${first === last ? first : `${first} to ${last}`} ${KINDS[kindOf(kind, strip)]}`;
  }).join(", ");
}

// A strip drawn for `width` pixels; `version` is the edit document's, of the clip's media.
export function stripOf(strip, { width, version = "", name = "" }) {
  const { cells, run } = samples(strip, Math.max(4, Math.floor(width / 78)));
  // The server makes these stills in one run over the media, once it knows which they are.
  const address = (cell) =>
    `media/still/${strip.clip}/${encodeURIComponent(strip.take)}/${cell.offset}.jpg?h=72` +
    `${version ? `&v=${encodeURIComponent(version)}` : ""}${cell.alone ? "" : `&strip=${run.join(",")}`}`;
  const stills = cells.map((cell) => element("div", {
    className: "plate-cell", data: { kind: cell.kind },
    title: `${KINDS[kindOf(cell.kind, strip)]}: media frame ${signed(cell.offset)} from the clip’s first`,
  },
  element("img", {
    src: address(cell), alt: "", height: 54, decoding: "async", draggable: "false",
    onerror: (event) => event.target.closest(".plate-cell").classList.add("missing"),
  }),
  element("span", { className: "plate-number" }, cell.kind === "held" ? "held" : signed(cell.offset))));
  const bars = parts(strip).map((part) => {
    const length = part.to - part.from;
    const bar = element("div", { className: "plate-bar", data: { kind: part.kind }, title: `${KINDS[kindOf(part.kind, strip)]}: ${many(length, "frame")}` },
      element("span", {}, `${length} ${kindOf(part.kind, strip)}`));
    bar.style.flexGrow = String(length);
    return bar;
  });
  const label = `${many(strip.frames, "media frame")} of ${name || "the clip"}: ${wordsOf(strip)}`;
  return element("figure", { className: "plate-strip" },
    element("div", { role: "img", "aria-label": label },
      element("div", { className: "plate-cells" }, stills), element("div", { className: "plate-bars" }, bars)),
    element("figcaption", { className: "hint" },
      `${many(strip.frames, "media frame")} at ${rateWord(strip.rate)}, counted from the clip’s first: ${wordsOf(strip)}.`));
}
