// Ranges of record frames that are marked for restyling: reckoned, listed, and drawn.

import { element, many, say } from "./elements.js";
import { label } from "./timecode.js";

// The ranges with one more, in order; what overlaps becomes one, what only touches does not.
export function withRange(ranges, [start, end]) {
  const apart = [];
  for (const [from, to] of ranges) {
    if (from < end && to > start) [start, end] = [Math.min(from, start), Math.max(to, end)];
    else apart.push([from, to]);
  }
  return [...apart, [start, end]].sort((a, b) => a[0] - b[0]);
}

// In and out after a mark at a frame: {pending, range}. The frame of an out is part of the range.
export function marked([start, end], which, frame) {
  const pending = which === "in" ? [frame, end] : [start, frame + 1];
  const [from, to] = pending;
  if (from !== null && to !== null && from < to) return { pending: [null, null], range: [from, to] };
  // The mark that was set last is meant; the other one lies on the wrong side of it.
  if (from !== null && to !== null) return { pending: which === "in" ? [frame, null] : [null, frame + 1], range: null };
  return { pending, range: null };
}

export class Ranges {
  constructor(store, view, { bands, list, restyle, clear }) {
    this.store = store;
    this.view = view;
    this.bands = bands;
    this.list = list;
    this.restyle = restyle;
    this.clear = clear;
    this._scale = 0; // at which they are drawn
    this.drawing = null; // a range that is being dragged
    restyle.addEventListener("click", () => store.act("restyle", { clips: [], ranges: store.ranges }));
    clear.addEventListener("click", () => this.removeAll());
    store.subscribe("ranges", () => this.show());
    store.subscribe("pending", () => this.show());
    store.subscribe("edit", () => this.show());
    this.show();
  }

  add(range) {
    const { edit } = this.store;
    const inside = [Math.max(edit.start, range[0]), Math.min(edit.end, range[1])];
    if (inside[0] >= inside[1]) return say("Nothing is marked: there is no frame of the timeline there.");
    const ranges = withRange(this.store.ranges, inside);
    const joined = ranges.length <= this.store.ranges.length;
    this.store.set("ranges", ranges);
    const whole = ranges.find(([from, to]) => from <= inside[0] && to >= inside[1]);
    return say(`Marked ${this.words(whole)}${joined ? ", joined with what it overlapped" : ""}.`);
  }

  mark(which) {
    const frame = Math.round(this.store.playhead);
    const { pending, range } = marked(this.store.pending, which, frame);
    this.store.set("pending", pending);
    if (range) return this.add(range);
    return say(`${which === "in" ? "In" : "Out"} at ${label(frame, this.store.edit)}; ${which === "in" ? "O marks the out" : "I marks the in"}.`);
  }

  remove(at) {
    this.store.set("ranges", this.store.ranges.filter((_, number) => number !== at));
    say("Range removed.");
    (this.list.querySelector("button") ?? this.view.scroller.querySelector("[role=grid]"))?.focus();
  }

  removeAll() {
    this.store.set("pending", [null, null]);
    if (this.store.ranges.length) say("All ranges removed.");
    this.store.set("ranges", []);
  }

  words([from, to]) {
    const { edit } = this.store;
    return `${label(from, edit)} – ${label(to, edit)}, ${many(to - from, "frame")}`;
  }

  show() {
    const { ranges, pending, edit } = this.store;
    this.restyle.hidden = this.clear.hidden = ranges.length === 0;
    this.restyle.textContent = ranges.length === 1 ? "Restyle 1 range…" : `Restyle ${ranges.length} ranges…`;
    this.clear.hidden = ranges.length === 0 && pending.every((each) => each === null);
    if (!edit) return;
    this.list.replaceChildren(
      ...ranges.map((range, at) =>
        element("li", {},
          element("button", { type: "button", className: "quiet timecode go", title: "Show it: first frame – first frame after", onclick: () => this.view.show(...range) }, this.words(range)),
          element("button", { type: "button", className: "quiet", "aria-label": `Remove range ${this.words(range)}`, onclick: () => this.remove(at) }, "✕"))),
      ...(pending[0] !== null ? [element("li", { className: "timecode pending" }, `In ${label(pending[0], edit)}, no out yet`)] : []),
      ...(pending[1] !== null ? [element("li", { className: "timecode pending" }, `No in yet, out ${label(pending[1] - 1, edit)}`)] : []),
    );
    this.draw();
  }

  // The view moved: they move with it, unless the scale is another one.
  follow() {
    if (this._scale !== this.view.scale) this.draw();
  }

  draw() {
    const { view, store } = this;
    if (!view.edit) return;
    this._scale = view.scale;
    const bands = store.ranges.map((range) => ["band", ...range]);
    if (this.drawing) bands.push(["band drawing", ...this.drawing]);
    store.pending.forEach((frame, side) => {
      if (frame !== null) bands.push([`mark ${side ? "out" : "in"}`, frame, frame]);
    });
    this.bands.replaceChildren(
      ...bands.map(([className, from, to]) => {
        const band = element("span", { className });
        band.style.transform = `translateX(${view.xOf(from).toFixed(1)}px)`;
        band.style.width = `${Math.max(1, (to - from) * view.scale).toFixed(1)}px`;
        return band;
      }),
    );
  }
}
