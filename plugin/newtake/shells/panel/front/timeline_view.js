// The window onto the timeline: zoom, scroll, and what is redrawn when either changes.

import { clampScale, firstOf, FIT_SPARE_PX, fitScale } from "./timeline_layout.js";

export const HEAD_PX = 64; // the column of track names, which stays while the rest scrolls
const END_PX = 240; // room behind the last frame

export class View {
  constructor(scroller, sheet) {
    this.scroller = scroller;
    this.sheet = sheet;
    this.edit = null;
    this.scale = 1;
    this.before = null; // the scale and scroll from which "fit" came, to go back to
    this.fitted = true;
    // As of the last look: asking the browser while something is being drawn has it lay out all anew.
    this.width = 1; // of what shows the time, without the names of the tracks
    this.left = 0; // pixels scrolled
    this.height = 0; // of what shows the tracks, and the ruler
    this._drawers = [];
    this._settled = [];
    this._asked = false;
    this._idle = 0;
    scroller.addEventListener("scroll", () => this.redraw(), { passive: true });
    scroller.addEventListener("wheel", (event) => this._wheel(event), { passive: false });
    new ResizeObserver(() => this._resized()).observe(scroller);
  }

  // `drawer(view)` is called once in a frame in which something has to be drawn anew; one that
  // returns true is not done and is called in the next frame again.
  onDraw(drawer) {
    this._drawers.push(drawer);
  }

  // `then(view)` is called when nothing moved for a moment.
  onSettled(then) {
    this._settled.push(then);
  }

  setEdit(edit) {
    const first = this.edit === null;
    this.edit = edit;
    this.measure();
    if (first) this._fit();
    else this._apply(this.fitted ? fitScale(edit, this.width) : this.scale);
  }

  measure() {
    this.width = Math.max(1, this.scroller.clientWidth - HEAD_PX);
    this.left = this.scroller.scrollLeft;
  }

  // The record frames, with their fractions, at the left and the right edge.
  get from() {
    return this.edit.start + this.left / this.scale;
  }

  get to() {
    return this.from + this.width / this.scale;
  }

  xOf(frame) {
    return (frame - this.edit.start) * this.scale;
  }

  // The record frame under a pointer, with its fraction.
  frameAt(clientX) {
    const left = this.scroller.getBoundingClientRect().left + HEAD_PX;
    return this.edit.start + (clientX - left + this.scroller.scrollLeft) / this.scale;
  }

  redraw() {
    if (this._asked || !this.edit) return;
    this._asked = true;
    requestAnimationFrame(() => {
      this._asked = false;
      this.measure();
      let more = false;
      for (const drawer of this._drawers) if (drawer(this) === true) more = true;
      if (more) this.redraw();
      clearTimeout(this._idle);
      this._idle = setTimeout(() => this._settled.forEach((then) => then(this)), 90);
    });
  }

  // Zoom so that `frame` stays where it is: under the pointer, or under the playhead.
  zoom(factor, frame) {
    if (!this.edit) return;
    this.before = null;
    this.fitted = false;
    this.measure();
    const at = this.xOf(frame) - this.left;
    this._apply(this.scale * factor);
    this._scrollTo(this.xOf(frame) - at);
  }

  setScale(scale, frame) {
    this.zoom(scale / this.scale, frame);
  }

  // Show all clips; and again: what was shown before.
  fit() {
    if (!this.edit) return;
    if (this.before) {
      const { scale, from } = this.before;
      this.before = null;
      this.fitted = false;
      this._apply(scale);
      this._scrollTo(this.xOf(from));
      return;
    }
    this.measure();
    const before = this.fitted ? null : { scale: this.scale, from: this.from };
    this.fitted = true;
    this._fit();
    this.before = before;
  }

  // Scroll as little as it takes to show what lies between two record frames.
  show(start, end = start) {
    this.measure();
    const left = this.xOf(start);
    const right = this.xOf(end);
    const margin = Math.min(60, this.width / 6);
    if (left < this.left + 1) this._scrollTo(left - margin);
    else if (right > this.left + this.width)
      this._scrollTo(Math.min(left - margin, right - this.width + margin));
  }

  _scrollTo(left) {
    this.scroller.scrollLeft = left;
    this.left = this.scroller.scrollLeft;
  }

  _fit() {
    this._apply(fitScale(this.edit, this.width));
    this._scrollTo(this.xOf(firstOf(this.edit)));
  }

  _apply(scale) {
    this.scale = clampScale(scale, this.edit, this.width);
    const before = this.xOf(firstOf(this.edit));
    const width = this.xOf(this.edit.end);
    const spare = !this.fitted ? END_PX : before > 0 ? FIT_SPARE_PX : 0;
    this.sheet.style.width = `${Math.ceil(HEAD_PX + Math.max(this.width, width + spare))}px`;
    this.redraw();
  }

  _resized() {
    // What is lowest stays in sight: the tracks of an edit grow upwards.
    const height = this.scroller.clientHeight;
    if (this.height) this.scroller.scrollTop += this.height - height;
    this.height = height;
    if (!this.edit) return;
    this.measure();
    if (this.fitted) this._fit();
    else this._apply(this.scale);
  }

  _wheel(event) {
    if (!this.edit) return;
    if (event.ctrlKey || event.metaKey || event.altKey) {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const by = Math.max(-240, Math.min(240, event.deltaY * lines));
      this.zoom(Math.exp(-by * 0.0025), this.frameAt(event.clientX));
      return;
    }
    // Where there is nothing to scroll up or down, the wheel goes along the time.
    const upright = this.scroller.scrollHeight > this.scroller.clientHeight + 1;
    if (!upright && !event.shiftKey && event.deltaX === 0) {
      event.preventDefault();
      this.scroller.scrollLeft += event.deltaY * (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
    }
  }
}
