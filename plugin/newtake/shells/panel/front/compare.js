// The comparison of a clip's takes: opening it, what it shows, and its keys.
//
// Names, numbers and notes are those of the picture that is there: they change with it, not before.

import { byId, element, say, tellTrouble } from "./elements.js";
import { Making } from "./compare_making.js";
import { canPlay, Movie } from "./compare_movie.js";
import { firstSides, ORIGINAL, Sides, sideName, takesOf } from "./compare_sides.js";
import { movieFrame, Transport, transportElements } from "./compare_transport.js";
import { MODES, View } from "./compare_view.js";
import { wordsOf } from "./server.js";

const TOO_OLD = {
  what: "This browser cannot tell which frame of a movie it shows.",
  next: "Use Chromium, Chrome or Edge 83, Safari 15.4, Firefox 132, or a newer one.",
};

export function startCompare(store) {
  byId("compare").append(frame());
  const comparison = new Comparison(store);
  store.on("compare", ({ clip, take, frame }) => comparison.open(clip, take, frame));
}

class Comparison {
  constructor(store) {
    this.store = store;
    this.dialog = byId("compare");
    this.turn = null; // the newest wish for a movie
    this.clip = null;
    this.pictured = null; // the sides whose picture is there
    this.coming = null; // what the next picture is of
    this.before = null; // where it stood before there was nothing to show
    this.making = new Making(store);
    this.movie = new Movie(byId("compare-video"), (number) => this.drawFrame(number),
      () => this.transport.showMove(), () => this.cannotPlay());
    this.view = new View(this.movie);
    this.view.onChange = () => this.showModes();
    this.transport = new Transport(this.movie);
    this.sides = new Sides(store, (keys) => this.compare(keys), () => this.dialog.close());
    this.startControls();
    store.subscribe("edit", () => this.follow());
  }

  startControls() {
    for (const { name } of MODES)
      byId(`compare-${name}`).addEventListener("click", () => this.mode(name));
    byId("compare-opacity").addEventListener("input", (event) =>
      this.view.set({ opacity: Number(event.target.value) / 100 }));
    byId("compare-true").addEventListener("click", () => this.view.set({ isTrue: !this.view.isTrue }));
    byId("compare-full").addEventListener("click", () => this.full());
    byId("compare-close").addEventListener("click", () => this.dialog.close());
    // A button that was clicked does not keep the space bar.
    this.dialog.addEventListener("click", (event) => {
      if (event.detail && event.target.closest("button") && this.dialog.open) this.focusPicture();
    });
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("keyup", (event) => {
      this.transport.keyUp(event);
      if (event.key.toLowerCase() === "s") this.view.set({ held: null });
    });
    this.dialog.addEventListener("close", () => this.closed());
    addEventListener("blur", () => { if (this.view.held !== null) this.view.set({ held: null }); });
    this.showModes();
    this.transport.showMove();
  }

  focusPicture() {
    byId("compare-stage").focus({ preventScroll: true, focusVisible: false });
  }

  // `frame` is the record frame to begin with; else it begins with the clip's first one.
  open(key, take, frame = null) {
    const clip = this.store.clipOf(key);
    const keys = clip && firstSides(clip, take);
    if (!keys) return;
    this.empty();
    this.before = null;
    this.clip = clip;
    this.sides.show(clip, keys);
    byId("compare-clip").textContent = clip.name;
    if (!this.dialog.open) this.dialog.showModal();
    this.focusPicture();
    this.store.set("dialogs", new Set(this.store.dialogs).add("compare"));
    this.compare(keys, frame);
  }

  closed() {
    if (this.turn && this.making.goesOn)
      say(`The comparison of ${this.clip.name || "the clip"} goes on being made: open it again to see it.`);
    this.turn = null;
    this.clip = null;
    this.making.show(false);
    this.empty();
    if (document.fullscreenElement) document.exitFullscreen();
    const dialogs = new Set(this.store.dialogs);
    dialogs.delete("compare");
    this.store.set("dialogs", dialogs);
  }

  // Have the movie of two sides made, and show it at the place that was shown.
  async compare(keys, frame = null) {
    const turn = (this.turn = {});
    const isOver = () => this.turn !== turn;
    this.sides.show(this.clip, keys);
    this.making.show(true);
    tellTrouble(byId("compare-trouble"), canPlay() ? null : TOO_OLD);
    try {
      const shown = await this.making.of(this.clip, keys);
      if (isOver()) return;
      await this.load(shown, keys, frame);
    } catch (error) {
      if (isOver() || error instanceof Event) return;
      this.empty();
      tellTrouble(byId("compare-trouble"), wordsOf(error));
    }
    if (!isOver()) this.making.show(false);
  }

  load(shown, keys, frame) {
    const { frames, range, place } = this.standing ?? { place: 0 };
    const at = frame === null ? place : movieFrame(frame, shown);
    this.coming = { shown, keys };
    const loaded = this.movie.load(shown.url, shown.frames, shown.rate, Math.min(at, shown.frames - 1));
    if (frames === shown.frames) this.movie.range = range;
    return loaded;
  }

  // Where it stands, to go on there with other sides.
  get standing() {
    const { frames, range, place } = this.movie;
    return frames ? { frames, range, place } : this.before;
  }

  // The first picture of another movie is there: all that is said is of it from now on.
  arrive({ shown, keys }) {
    this.coming = null;
    this.pictured = keys;
    this.transport.show(shown);
    this.view.show(shown);
    byId("compare-notes").replaceChildren(...shown.notes.map((note) => element("span", {}, note)));
    this.showNames();
  }

  // Show nothing, and say nothing of what was shown.
  empty() {
    this.before = this.standing;
    this.coming = null;
    this.pictured = null;
    this.movie.unload();
    this.view.clear();
    this.transport.clear();
    byId("compare-notes").replaceChildren();
    this.showNames();
  }

  cannotPlay() {
    const why = this.movie.video.error?.message;
    this.making.show(false);
    this.empty();
    tellTrouble(byId("compare-trouble"), {
      what: "This browser cannot show the comparison.",
      why: why || "It does not play H.264, or the movie is gone.",
      next: "Use Chromium, Chrome, Edge, Safari or Firefox with H.264; or close it and compare again.",
    });
  }

  // The edit changed: other badges, another take, or one less.
  follow() {
    if (!this.clip) return;
    const clip = this.store.clipOf(this.clip.key);
    if (!clip || !takesOf(clip).length) {
      this.dialog.close();
      return;
    }
    const isThere = (key) => key === ORIGINAL || takesOf(clip).some((take) => take.key === key);
    this.clip = clip;
    if (!(this.pictured ?? []).every(isThere)) this.empty();
    if (this.sides.keys.every(isThere)) this.sides.show(clip, this.sides.keys);
    else this.compare(firstSides(clip));
    this.showNames();
  }

  drawFrame(number) {
    if (this.coming) this.arrive(this.coming);
    else this.view.draw();
    this.transport.showFrame(number);
  }

  mode(name) {
    // The same again turns one side round.
    const single = name === "single" && this.view.mode === "single" ? 1 - this.view.single : this.view.single;
    this.view.set({ mode: name, single });
  }

  showModes() {
    const { mode, isTrue } = this.view;
    for (const { name } of MODES)
      byId(`compare-${name}`).setAttribute("aria-pressed", String(mode === name));
    byId("compare-true").setAttribute("aria-pressed", String(isTrue));
    byId("compare-fade").hidden = mode !== "onion";
    this.showNames();
  }

  showNames() {
    const { mode, single, held } = this.view;
    const names = this.pictured?.map((key) => sideName(this.clip, key)) ?? ["", ""];
    const alone = held ?? (mode === "single" ? single : null);
    byId("compare-name-left").textContent = alone === 1 ? "" : names[0];
    byId("compare-name-right").textContent = alone === 0 ? "" : names[1];
  }

  full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else byId("compare-frame").requestFullscreen();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { target, key } = event;
    // Fields keep their keys, and a button or slider that the keyboard is at keeps its own.
    if (target.closest("select") && (key.startsWith("Arrow") || key === " " || key.length === 1)) return;
    if (target.closest("button") && (key === " " || key === "Enter")) return;
    if (target.id === "compare-opacity" && (key.startsWith("Arrow") || key === "Home" || key === "End")) return;
    const mode = MODES.find((each) => each.key === key.toLowerCase());
    const works = {
      s: () => { if (this.view.held === null) this.view.set({ held: 0 }); },
      f: () => this.full(),
      1: () => this.view.set({ isTrue: !this.view.isTrue }),
      "*": () => this.sides.star(),
      u: () => this.sides.use(),
      r: () => this.sides.swap(),
    };
    const work = mode ? () => this.mode(mode.name) : works[key.toLowerCase()];
    if (work) {
      if (!event.repeat) work();
    } else if (!this.transport.key(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function frame() {
  const button = (id, text, key, words = "") =>
    element("button", { id: `compare-${id}`, type: "button", title: [words, key && `(${key})`].filter(Boolean).join(" ") || null }, text);
  const chooser = (id, words) =>
    element("label", {}, element("span", { className: "hint" }, words), " ", element("select", { id }));
  return element("div", { id: "compare-frame" },
    element("div", { className: "compare-row", id: "compare-head" },
      element("h2", { id: "compare-clip" }),
      chooser("compare-left", "Left"),
      button("swap", "⇄", "R", "Swap the sides"),
      chooser("compare-right", "Right"),
      element("div", { className: "compare-modes", role: "group", "aria-label": "How they are compared" },
        MODES.map(({ name, title, key }) => button(name, title, key.toUpperCase(),
          name === "single" ? "One side; again turns it round" : title))),
      element("label", { id: "compare-fade", hidden: true }, element("span", { className: "hint" }, "Opacity"), " ",
        element("input", { id: "compare-opacity", type: "range", min: "0", max: "100", value: "50", "aria-label": "Opacity of the right side" })),
      button("true", "1:1", "1", "True pixels"),
      button("full", "Full screen", "F"),
      button("close", "Close", "Esc")),
    element("div", { id: "compare-view" },
      element("div", { id: "compare-stage", tabindex: "0", role: "group", "aria-label": "Picture" },
        element("video", { id: "compare-video", muted: true, playsinline: true, preload: "auto", tabindex: "-1", "aria-hidden": "true" }),
        element("canvas", { id: "compare-picture", width: "16", height: "9", role: "img", "aria-label": "The compared frame" }),
        element("div", { id: "compare-seam", role: "slider", tabindex: "0", "aria-label": "Wipe", "aria-orientation": "horizontal", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": "50" })),
      element("span", { id: "compare-name-left", className: "compare-name" }),
      element("span", { id: "compare-name-right", className: "compare-name" }),
      element("div", { id: "compare-making", role: "status", hidden: true },
        element("p", {}, "The comparison is being made…"), element("ul", { id: "compare-making-list" })),
      element("div", { id: "compare-trouble", className: "trouble", role: "alert", hidden: true })),
    element("p", { id: "compare-notes", className: "hint" }),
    transportElements(),
    element("div", { className: "compare-row", id: "compare-acts" },
      button("star", "☆ Star", "*", "Star"),
      button("use", "Select", "U", "Select this take in the timeline"),
      button("again", "Use these settings again…", ""),
      button("remove", "Remove…", ""),
      element("span", { id: "compare-keys", className: "hint" }, "Space, J K L: play · ← →: one frame · Shift: ten · I O: loop between · hold S: left side alone")));
}
