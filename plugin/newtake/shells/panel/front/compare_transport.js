// Moving through a comparison: buttons, keys, the scrub bar, and what frame is shown.

import { byId, element } from "./elements.js";
import { label, perSecond, rateWord } from "./timecode.js";

const FASTEST = 8;
const LEAP = 10;

// The record frame that frame `number` of the movie is shown in.
export function recordFrame(number, shown) {
  if (shown.counts_record) return shown.record_start + number;
  const exact = (number * perSecond(shown.record_rate)) / perSecond(shown.rate);
  return shown.record_start + Math.floor(exact + 1e-6);
}

// The frame of the movie that is shown at a record frame, as near as there is one.
export function movieFrame(frame, shown) {
  const into = frame - shown.record_start;
  const exact = shown.counts_record ? into : (into * perSecond(shown.rate)) / perSecond(shown.record_rate);
  return Math.max(0, Math.min(shown.frames - 1, Math.ceil(exact - 1e-6)));
}

export function recordLabel(number, shown) {
  const text = label(recordFrame(number, shown), { rate: shown.record_rate, drop: shown.drop });
  return shown.counts_record ? text : `≈ ${text}`;
}

export class Transport {
  constructor(movie) {
    this.movie = movie;
    this.shown = null;
    this.isMuted = false; // by a person
    this.isSlow = false; // while K is held, J and L step
    const say = (id, act) => byId(id).addEventListener("click", act);
    say("compare-play", () => this.toggle());
    say("compare-back", () => movie.step(-1));
    say("compare-forth", () => movie.step(1));
    say("compare-first", () => this.go(movie.range[0]));
    say("compare-last", () => this.go(movie.range[1] - 1));
    say("compare-in", () => this.mark(movie.place, Math.max(movie.range[1], movie.place + 1)));
    say("compare-out", () => this.mark(Math.min(movie.range[0], movie.place), movie.place + 1));
    say("compare-clear", () => this.mark(0, movie.frames));
    say("compare-loop", () => this.loop(!movie.loops));
    say("compare-mute", () => this.turnSound());
    byId("compare-scrub").addEventListener("input", (event) => this.go(Number(event.target.value)));
    this.loop(true);
  }

  // Take over a comparison that the server made.
  show(shown) {
    this.shown = shown;
    byId("compare-scrub").max = String(shown.frames - 1);
    byId("compare-mute").hidden = !shown.sound;
    this.mute(!shown.sound || this.isMuted);
    byId("compare-rate").textContent = `${rateWord(shown.rate)} fps`;
    this.showRange();
  }

  // Nothing is shown.
  clear() {
    this.shown = null;
    for (const id of ["timecode", "number", "rate", "range"]) byId(`compare-${id}`).textContent = "";
    byId("compare-scrub").max = "0";
    byId("compare-scrub").removeAttribute("aria-valuetext");
    byId("compare-mute").hidden = true;
    byId("compare-marks").style.width = "0";
  }

  showFrame(number) {
    if (!this.shown) return;
    const timecode = recordLabel(number, this.shown);
    byId("compare-timecode").textContent = timecode;
    byId("compare-number").textContent = `${number + 1} / ${this.shown.frames}`;
    const scrub = byId("compare-scrub");
    const { wanted, speed } = this.movie;
    // While a person drags it on, it stays under the hand.
    if (wanted === null || wanted === number || speed) scrub.value = String(number);
    scrub.setAttribute("aria-valuetext", `${timecode}, frame ${number + 1} of ${this.shown.frames}`);
  }

  showMove() {
    const { speed } = this.movie;
    const button = byId("compare-play");
    button.textContent = speed ? "Pause" : "Play";
    button.removeAttribute("aria-label");
    byId("compare-speed").textContent = speed && speed !== 1 ? `${speed}×` : "";
  }

  go(number) {
    this.movie.pause();
    return this.movie.seek(number);
  }

  toggle() {
    if (this.movie.speed) this.movie.pause();
    else this.movie.play(1);
  }

  // As J and L do: each press is faster, the other way begins anew.
  shuttle(way) {
    const { speed } = this.movie;
    this.movie.play(speed * way > 0 ? way * Math.min(FASTEST, Math.abs(speed) * 2) : way);
  }

  mark(first, end) {
    if (!this.shown) return;
    this.movie.range = [Math.max(0, first), Math.min(this.movie.frames, end)];
    this.showRange();
  }

  loop(loops) {
    this.movie.loops = loops;
    byId("compare-loop").setAttribute("aria-pressed", String(loops));
  }

  turnSound() {
    if (!this.shown?.sound) return;
    this.isMuted = !this.isMuted;
    this.mute(this.isMuted);
  }

  mute(muted) {
    this.movie.video.muted = muted;
    const button = byId("compare-mute");
    button.setAttribute("aria-pressed", String(muted));
  }

  showRange() {
    const [first, end] = this.movie.range;
    const { frames } = this.movie;
    const marks = byId("compare-marks");
    const whole = first === 0 && end === frames;
    byId("compare-clear").disabled = whole;
    marks.style.left = `${(first / frames) * 100}%`;
    marks.style.width = `${((end - first) / frames) * 100}%`;
    byId("compare-range").textContent = whole || !this.shown
      ? ""
      : `${recordLabel(first, this.shown)} – ${recordLabel(end - 1, this.shown)}, ${end - first} frames`;
  }

  // Whether the key was one of these; then it is done.
  key(event) {
    const { movie } = this;
    const { key } = event;
    const works = {
      " ": () => this.toggle(),
      j: () => (this.isSlow ? movie.step(-1) : this.shuttle(-1)),
      k: () => { this.isSlow = true; movie.pause(); },
      l: () => (this.isSlow ? movie.step(1) : this.shuttle(1)),
      ArrowLeft: () => movie.step(event.shiftKey ? -LEAP : -1),
      ArrowRight: () => movie.step(event.shiftKey ? LEAP : 1),
      Home: () => this.go(0),
      End: () => this.go(movie.frames - 1),
      i: () => byId("compare-in").click(),
      o: () => byId("compare-out").click(),
      x: () => byId("compare-clear").click(),
      "/": () => this.loop(!movie.loops),
      m: () => this.turnSound(),
    };
    const work = works[key.length === 1 ? key.toLowerCase() : key];
    if (!work) return false;
    if (!(event.repeat && " jl".includes(key.toLowerCase()) && !this.isSlow)) work();
    return true;
  }

  keyUp(event) {
    if (event.key.toLowerCase() === "k") this.isSlow = false;
  }
}

// The elements that a Transport works with.
export function transportElements() {
  const button = (id, text, words, key) =>
    element("button", { id: `compare-${id}`, type: "button", "aria-label": words, title: `${words} (${key})` }, text);
  return [
    element("div", { id: "compare-bar" },
      element("div", { id: "compare-rail", "aria-hidden": "true" }, element("div", { id: "compare-marks" })),
      element("input", { id: "compare-scrub", type: "range", min: "0", max: "0", step: "1", value: "0", "aria-label": "Frame" })),
    element("div", { className: "compare-row" },
      element("output", { id: "compare-timecode", className: "timecode", "aria-label": "Record timecode" }),
      element("output", { id: "compare-number", className: "timecode", "aria-label": "Frame of the clip" }),
      element("span", { id: "compare-rate", className: "hint" }),
      element("span", { className: "compare-middle" },
        button("first", "|◀", "To the in point", "Home: first frame"),
        button("back", "◁|", "Back one frame", "←, ten with Shift"),
        button("play", "Play", "Play", "Space; J K L"),
        button("forth", "|▷", "On one frame", "→, ten with Shift"),
        button("last", "▶|", "To the out point", "End: last frame"),
        element("span", { id: "compare-speed", className: "timecode", role: "status" })),
      element("span", { id: "compare-range", className: "hint timecode" }),
      button("in", "In", "Mark in", "I"),
      button("out", "Out", "Mark out", "O"),
      button("clear", "Clear", "Clear in and out", "X"),
      button("loop", "Loop", "Loop", "/"),
      button("mute", "Mute", "Mute", "M")),
  ];
}
