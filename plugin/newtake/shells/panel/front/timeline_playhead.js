// The playhead: its line, and its record timecode, which can be typed into.

import { say } from "./elements.js";
import { frameOf, label, nominal } from "./timecode.js";

// The frame that somebody means: a timecode; digits from the right as editors type them ("412" is
// 4 seconds 12); or a way from here ("+24", "-1:00"). Throws an Error that says what is wrong.
export function frameMeant(text, from, edit) {
  const typed = text.trim();
  const way = /^([+-])(.+)$/.exec(typed);
  const written = way ? way[2] : typed;
  if (way && /^\d+$/.test(written) && written.length <= 2) return from + Number(written) * (way[1] === "-" ? -1 : 1);
  const full = completed(written, edit);
  if (!way) return frameOf(full, edit);
  const length = frameOf(full, { ...edit, drop: false });
  return from + (way[1] === "-" ? -length : length);
}

// All eight digits of a timecode of which only the last ones were typed.
function completed(text, edit) {
  const parts = text.split(/[:;.]/);
  if (parts.some((part) => !/^\d*$/.test(part)) || !/\d/.test(text)) return text;
  const wide = Math.max(2, String(nominal(edit.rate) - 1).length);
  if (parts.length === 1 && text.length <= 6 + wide) {
    const digits = text.padStart(6 + wide, "0");
    return `${digits.slice(0, 2)}:${digits.slice(2, 4)}:${digits.slice(4, 6)}:${digits.slice(6)}`;
  }
  if (parts.length > 4) return text;
  const all = [...Array(4 - parts.length).fill("00"), ...parts.map((part) => part.padStart(2, "0"))];
  return `${all.slice(0, 3).join(":")}${text.includes(";") ? ";" : ":"}${all[3]}`;
}

export class Playhead {
  constructor(store, view, { line, handle, field }) {
    this.store = store;
    this.view = view;
    this.line = line;
    this.handle = handle;
    this.field = field;
    this.isTyped = false; // whether somebody is writing into the field
    field.addEventListener("focus", () => field.select());
    field.addEventListener("keydown", (event) => this._key(event));
    field.addEventListener("input", () => { this.isTyped = true; });
    field.addEventListener("blur", () => this.shownAgain());
    store.subscribe("playhead", () => this.show());
  }

  // Go to a record frame of the edit, and show it.
  go(frame) {
    const { edit } = this.store;
    if (!edit) return;
    const last = Math.max(edit.start, edit.end - 1);
    this.store.set("playhead", Math.min(last, Math.max(edit.start, Math.round(frame))));
    this.view.show(this.store.playhead, this.store.playhead + 1);
  }

  // Show where it is; what is being typed stays.
  show() {
    const { edit, playhead } = this.store;
    if (!edit) return;
    const text = label(playhead, edit);
    if (!this.isTyped && this.field.value !== text) {
      this.field.value = text;
      if (document.activeElement === this.field) this.field.select();
    }
    this.draw();
  }

  shownAgain() {
    this.isTyped = false;
    this.field.setAttribute("aria-invalid", "false");
    this.show();
  }

  draw() {
    if (!this.view.edit) return;
    const place = `translateX(${this.view.xOf(this.store.playhead).toFixed(1)}px)`;
    this.line.style.transform = this.handle.style.transform = place;
  }

  _key(event) {
    event.stopPropagation();
    if (event.key === "Escape") {
      this.shownAgain();
      this.field.select();
    }
    if (event.key !== "Enter") return;
    const { edit } = this.store;
    try {
      const frame = frameMeant(this.field.value, this.store.playhead, edit);
      const outside = frame < edit.start || frame >= edit.end;
      this.go(frame);
      this.shownAgain();
      if (outside) say(`The timeline has ${label(edit.start, edit)} – ${label(edit.end, edit)}; the playhead is at its ${frame < edit.start ? "start" : "end"}.`);
    } catch (error) {
      this.field.setAttribute("aria-invalid", "true");
      say(error.message);
    }
    this.field.select();
  }
}
