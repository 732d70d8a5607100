// The ruler: record timecode, markers in their colours, and what is said of a marker.

import { element } from "./elements.js";
import { label } from "./timecode.js";
import { ticksOf } from "./timeline_layout.js";

// The colours that Resolve, Avid and OpenTimelineIO name, as they are seen on a dark ground.
const COLOURS = {
  red: "#e5484d", orange: "#ef8e3a", yellow: "#e6c229", green: "#4cae5a", cyan: "#2fb6c9",
  blue: "#4a86e8", purple: "#9a62d8", magenta: "#d552b5", pink: "#ee86b7", white: "#f2f2f2",
  black: "#111111", fuchsia: "#d33d8f", rose: "#e59aa8", lavender: "#b3a1dd", sky: "#86c5ea",
  mint: "#8fd3b0", lemon: "#e9e07a", sand: "#c4a87a", cocoa: "#7d5a41", cream: "#efe3c6",
};
export const markerColour = (name) => COLOURS[name.toLowerCase()] ?? "#9aa3ad";

export const markerWords = (marker, edit) =>
  [
    marker.name || "Marker",
    marker.end - marker.start > 1
      ? `${label(marker.start, edit)} – ${label(marker.end, edit)}`
      : label(marker.start, edit),
    marker.note,
  ].filter(Boolean);

export class Ruler {
  constructor(ticks, markers) {
    this.ticks = ticks;
    this.markers = markers;
    this._drawn = "";
    this._window = [0, 0, 0];
    this._sorted = [];
  }

  setEdit(edit) {
    this._sorted = [...edit.markers].sort((a, b) => a.start - b.start || a.end - b.end);
    this._window = [0, 0, 0];
  }

  // The marker before or after a record frame; null where there is none.
  beside(frame, direction) {
    const found = direction > 0
      ? this._sorted.find((marker) => marker.start > frame)
      : this._sorted.findLast((marker) => marker.start < frame);
    return found ?? null;
  }

  draw(view) {
    const spare = (view.to - view.from) * 0.5;
    const [from, to, scale] = this._window;
    if (scale === view.scale && view.from >= from && view.to <= to) return;
    this._window = [view.from - spare, view.to + spare, view.scale];
    const { ticks, parts, step } = ticksOf(view.edit, view.from - spare, view.to + spare, view.scale);
    this.ticks.style.setProperty("--part", `${((step * view.scale) / parts).toFixed(3)}px`);
    this.ticks.replaceChildren(
      ...ticks.map(({ frame, text }, at) => {
        const end = ticks[at + 1]?.frame ?? frame + step;
        const tick = element("span", { className: "tick" }, text);
        tick.style.left = `${view.xOf(frame).toFixed(1)}px`;
        tick.style.width = `${((end - frame) * view.scale).toFixed(1)}px`;
        return tick;
      }),
    );
    this._drawMarkers(view, spare);
  }

  _drawMarkers(view, spare) {
    const shown = [];
    let last = -Infinity;
    for (let at = 0; at < this._sorted.length; at += 1) {
      const marker = this._sorted[at];
      if (marker.start > view.to + spare) break;
      if (marker.end < view.from - spare) continue;
      const x = view.xOf(marker.start);
      // Thousands of markers on one spot are one spot.
      if (x - last < 2 && shown.length > 400) continue;
      last = x;
      const words = markerWords(marker, view.edit).join(", ");
      const node = element("span", { className: "marker", role: "img", "aria-label": words, data: { marker: at } });
      node.style.left = `${x.toFixed(1)}px`;
      node.style.setProperty("--colour", markerColour(marker.colour));
      const width = (marker.end - marker.start) * view.scale;
      if (marker.end - marker.start > 1 && width > 8) {
        node.style.width = `${width.toFixed(1)}px`;
        node.classList.add("long");
      }
      shown.push(node);
    }
    this.markers.replaceChildren(...shown);
  }

  markerOf = (node) => this._sorted[Number(node.dataset.marker)];
}
