// What keys do on the timeline, and the list of them.

import { byId, element, isTyping, say } from "./elements.js";
import { menuIsOpen } from "./menu.js";
import { label } from "./timecode.js";
import { markerWords } from "./timeline_ruler.js";
import { Shuttle } from "./timeline_shuttle.js";
import { firstOf } from "./timeline_layout.js";
import { neighbour } from "./timeline_selection.js";

const KEYS = [
  ["Arrow keys", "the clip before, after, above, below"],
  ["Page up, Page down", "ten clips before, after (with Ctrl+Home, Ctrl+End: the first, the last of the track)"],
  ["Shift+arrows", "extend the selection"],
  ["D, Shift+D", "select the clip under the playhead; playhead to the selected clip"],
  ["Space, Ctrl+A, Esc", "select or deselect the clip, select all, select nothing"],
  ["Enter, Shift+F10, Menu", "menu of the selected clips"],
  ["I, O", "mark in, mark out at the playhead"],
  ["X, Alt+X", "mark the clip under the playhead, clear all marks"],
  [", and .", "playhead one frame back, forward (with Shift: ten)"],
  ["J K L", "play backwards, stop, play forwards; faster with each press"],
  ["← → in the viewer", "one frame back, forward; ↑ ↓: the cut before, after; Space: play, stop"],
  ["A, S", "playhead to the cut before, after"],
  ["M, Shift+M", "playhead to the marker after, before"],
  ["Home, End", "playhead to the first clip (again: the start), to the last frame"],
  ["B (hold)", "the original in the viewer"],
  ["C", "compare the takes of the selected clip, or else of the one in the viewer"],
  ["+, −, Ctrl+wheel", "zoom in, out"],
  ["Shift+Z", "fit the timeline, and back"],
  ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo: selected and starred takes, marks"],
];

const LEAP = 10; // clips

export function keysDialog() {
  const rows = KEYS.map(([keys, what]) => element("tr", {}, element("th", { scope: "row" }, keys), element("td", {}, what)));
  return element("dialog", { id: "timeline-keys", "aria-labelledby": "timeline-keys-title" },
    element("h2", { id: "timeline-keys-title" }, "Keys of the timeline"),
    element("table", {}, element("tbody", {}, rows)),
    element("form", { method: "dialog", className: "buttons" }, element("button", {}, "Close")));
}

export function followKeys({ store, view, lanes, selection, ranges, playhead, ruler, grid, openMenuAtCursor }) {
  const go = (key, extend) => {
    if (extend) selection.extend(key);
    else selection.only(key);
    const item = store.clipOf(key);
    view.show(item.start, item.end);
    lanes.showRow(selection.places.get(key).row);
  };

  function walk(direction, extend) {
    const place = selection.places.get(selection.cursor);
    if (!place) {
      const key = firstKey();
      if (key) go(key, false);
      return;
    }
    if (extend && !selection.anchor) selection.anchor = selection.cursor;
    const next = neighbour(lanes.rows, place, direction);
    if (next) go(selection.itemAt(next).key, extend);
  }

  // Along the track of the cursor: by so many clips, or as far as it goes.
  function leap(clips) {
    const place = selection.places.get(selection.cursor);
    if (!place) return walk([1, 0], false);
    const row = lanes.rows[place.row].clips;
    return go(row[Math.max(0, Math.min(row.length - 1, place.at + clips))].key, false);
  }

  function selectUnderPlayhead() {
    const clip = underPlayhead();
    if (!clip) return say("There is no clip under the playhead.");
    grid.focus();
    return go(clip.key, false);
  }

  // Select a clip, and show its first frame.
  function goTo(key) {
    go(key, false);
    playhead.go(store.clipOf(key).start);
  }

  function toSelected() {
    const [clip] = store.chosen();
    if (!clip) return say("Select a clip first.");
    return playhead.go(clip.start);
  }

  // Where the cursor begins: at what is selected, else at what is under the playhead, else first.
  function firstKey() {
    return store.chosen()[0]?.key ?? underPlayhead()?.key ?? selection.places.keys().next().value ?? null;
  }

  function underPlayhead() {
    const frame = store.playhead;
    const shown = lanes.rows
      .map((row, number) => ({ row, number }))
      .filter(({ row }) => row.kind !== "audio")
      .map(({ row, number }) => ({ number, clip: row.clips.find((clip) => clip.start <= frame && frame < clip.end) }))
      .filter(({ clip }) => clip);
    const here = selection.places.get(selection.cursor)?.row;
    return (shown.find(({ number }) => number === here) ?? shown.find(({ clip }) => !clip.refusal) ?? shown[0])?.clip ?? null;
  }

  function markClip() {
    const clip = underPlayhead();
    if (clip) ranges.add([clip.start, clip.end]);
    else say("There is no clip under the playhead.");
  }

  function toCut(direction) {
    const row = lanes.rows[selection.places.get(selection.cursor)?.row] ?? null;
    const rows = row ? [row] : lanes.rows.filter((each) => each.kind !== "audio");
    const cuts = rows.flatMap((each) => each.clips.flatMap((clip) => [clip.start, clip.end]));
    const beyond = cuts.filter((cut) => (cut - store.playhead) * direction > 0 && cut < store.edit.end);
    if (!beyond.length) return say("There is no further cut.");
    playhead.go(direction > 0 ? beyond.reduce((a, b) => Math.min(a, b)) : beyond.reduce((a, b) => Math.max(a, b)));
    return say(`Playhead at ${label(store.playhead, store.edit)}.`);
  }

  function toMarker(direction) {
    const marker = ruler.beside(store.playhead, direction);
    if (!marker) return say("There is no further marker.");
    playhead.go(marker.start);
    return say(markerWords(marker, store.edit).join(", "));
  }

  const zoomAt = () => (store.playhead >= view.from && store.playhead <= view.to ? store.playhead : (view.from + view.to) / 2);
  const step = (frames) => playhead.go(store.playhead + frames);
  store.on("step", ({ frames }) => step(frames));
  const shuttle = new Shuttle(store, playhead, (speed) => store.set("speed", speed));
  store.on("go to", ({ clip }) => goTo(clip));
  store.on("play", () => shuttle.toggle());

  // Of the whole page, while nobody writes and no dialog or menu is open.
  const anywhere = {
    i: () => ranges.mark("in"),
    o: () => ranges.mark("out"),
    x: () => markClip(),
    "alt+x": () => ranges.removeAll(),
    j: () => shuttle.press(-1),
    k: () => shuttle.stop(),
    l: () => shuttle.press(1),
    ",": () => step(-1),
    ".": () => step(1),
    "shift+,": () => step(-10),
    "shift+.": () => step(10),
    c: () => store.act("compare here"),
    d: () => selectUnderPlayhead(),
    "shift+d": () => toSelected(),
    a: () => toCut(-1),
    s: () => toCut(1),
    m: () => toMarker(1),
    "shift+m": () => toMarker(-1),
    // What lies before the first clip comes after another press.
    home: () => playhead.go(store.playhead > firstOf(store.edit) ? firstOf(store.edit) : store.edit.start),
    end: () => playhead.go(store.edit.end - 1),
    "+": () => view.zoom(1.5, zoomAt()),
    "shift++": () => view.zoom(1.5, zoomAt()),
    "=": () => view.zoom(1.5, zoomAt()),
    "-": () => view.zoom(1 / 1.5, zoomAt()),
    "shift+z": () => view.fit(),
    "ctrl+z": () => store.act("undo"),
    "ctrl+shift+z": () => store.act("redo"),
    "ctrl+y": () => store.act("redo"),
    "?": () => byId("timeline-keys").showModal(),
    "shift+?": () => byId("timeline-keys").showModal(),
  };
  // Where neither the tracks nor a control has the arrows.
  const inViewer = {
    " ": () => shuttle.toggle(),
    arrowleft: () => step(-1),
    arrowright: () => step(1),
    "shift+arrowleft": () => step(-10),
    "shift+arrowright": () => step(10),
    arrowup: () => toCut(-1),
    arrowdown: () => toCut(1),
  };
  const onGrid = {
    arrowleft: () => walk([-1, 0], false),
    arrowright: () => walk([1, 0], false),
    arrowup: () => walk([0, -1], false),
    arrowdown: () => walk([0, 1], false),
    "shift+arrowleft": () => walk([-1, 0], true),
    "shift+arrowright": () => walk([1, 0], true),
    "shift+arrowup": () => walk([0, -1], true),
    "shift+arrowdown": () => walk([0, 1], true),
    pageup: () => leap(-LEAP),
    pagedown: () => leap(LEAP),
    "ctrl+home": () => leap(-Infinity),
    "ctrl+end": () => leap(Infinity),
    " ": () => selection.cursor && selection.toggle(selection.cursor),
    "ctrl+a": () => {
      selection.all();
      say(`${selection.words}.`);
    },
    escape: () => selection.clear(),
    enter: () => openMenuAtCursor(),
    "shift+f10": () => openMenuAtCursor(),
    contextmenu: () => openMenuAtCursor(),
  };

  grid.addEventListener("keydown", (event) => use(onGrid, event));
  grid.addEventListener("focus", () => {
    if (selection.cursor === null && lanes.edit) selection.setCursor(firstKey());
  });
  document.addEventListener("keydown", (event) => {
    if (!pageHasKeys(event) || !store.edit || event.defaultPrevented) return;
    use(anywhere, event);
    // Where nothing has the keyboard, what the viewer leaves is the timeline's.
    if (event.target === document.body) return use({ ...onGrid, ...inViewer }, event);
    const isPressed = event.key === " " && event.target.closest("button");
    if (!isPressed && event.target.closest("#viewer")) use(inViewer, event);
    return undefined;
  });
  return { markClip };
}

// Whether a key press is the page's: nobody writes, and no dialog or menu is open.
export const pageHasKeys = (event) =>
  !menuIsOpen() && !document.querySelector("dialog[open]") && !isTyping(event);

function use(keys, event) {
  const held = [["ctrl", event.ctrlKey || event.metaKey], ["alt", event.altKey], ["shift", event.shiftKey]]
    .filter(([, down]) => down)
    .map(([name]) => `${name}+`);
  // Alt and Shift make other signs on some keyboards: then the key's place says which one it is.
  const places = { Comma: ",", Period: "." };
  const key = event.altKey && event.code.startsWith("Key") ? event.code.slice(3) : places[event.code] ?? event.key;
  const work = keys[held.join("") + key.toLowerCase()];
  if (!work) return;
  event.preventDefault();
  work();
}
