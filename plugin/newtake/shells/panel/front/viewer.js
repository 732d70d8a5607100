// The viewer: the frame under the playhead, as the timeline shows it.
//
// Rule: the label beneath names the frame that is drawn; both change together.

import { byId, element, say } from "./elements.js";
import { meantToCompare } from "./compare_meant.js";
import { startSplit } from "./split.js";
import { wordsOf } from "./server.js";
import { pageHasKeys } from "./timeline_keys.js";
import { selectedTake } from "./timeline_cell.js";
import { AHEAD, heightFor, labelOf, notesOf, ORIGINAL, shownAt, shownTake, stillOf, whyNone } from "./viewer_shown.js";
import { ViewerStills } from "./viewer_stills.js";

const LATE_MS = 350;
const REST_MS = 200;

export function startViewer(store) {
  byId("viewer").replaceChildren(...nodes());
  const viewer = new Viewer(store);
  startSplit(store, () => viewer.follow());
}

class Viewer {
  constructor(store) {
    this.store = store;
    this.isHeld = false;
    this.way = 1;
    this.frame = null; // record frame that was wanted last
    this.wanted = ""; // the name of its still
    this.reach = 0; // the record frame up to which the server was told that they will be wanted
    this.drawn = null; // {frame, clip, take} of the picture that is there
    this.stills = new ViewerStills((wish, bitmap) => this.draw(wish, bitmap), (wish, error) => this.refuse(wish, error));
    for (const name of ["playhead", "edit"]) store.subscribe(name, () => this.follow());
    store.subscribe("selection", () => this.showCompare());
    new ResizeObserver(() => this.follow()).observe(byId("viewer-stage"));
    this.followHold();
    byId("viewer-back").addEventListener("click", (event) => store.act("step", { frames: event.shiftKey ? -10 : -1 }));
    byId("viewer-play").addEventListener("click", () => store.act("play"));
    store.subscribe("speed", (speed) => this.showPlaying(speed));
    byId("viewer-forth").addEventListener("click", (event) => store.act("step", { frames: event.shiftKey ? 10 : 1 }));
    byId("viewer-compare").addEventListener("click", () => this.compare());
    byId("viewer-stage").addEventListener("dblclick", () => this.compare([]));
    store.on("compare here", () => this.compare());
  }

  showPlaying(speed) {
    const button = byId("viewer-play");
    button.textContent = speed ? "❚❚" : "▶";
    button.setAttribute("aria-label", speed ? "Stop" : "Play");
  }

  // Have shown what the playhead is at.
  follow() {
    const { edit, playhead } = this.store;
    if (!edit || byId("viewer").hidden) return;
    if (this.frame !== null && playhead !== this.frame) this.way = playhead < this.frame ? -1 : 1;
    this.frame = playhead;
    const shown = shownAt(edit, playhead);
    this.showButtons(shown.item);
    const label = (take) => ({ label: labelOf(shown, take, playhead, edit), notes: notesOf(shown), frame: playhead, shown });
    if (!shown.item || playhead < edit.start || playhead >= edit.end) {
      this.stills.forget();
      this.wanted = "";
      this.blank(label({ name: "" }), whyNone(shown));
      return;
    }
    const take = shownTake(shown.item, this.isHeld);
    const still = stillOf(shown.item, take.key, playhead, this.height(), 0);
    const wish = { ...still, ...label(take), take };
    const said = JSON.stringify([still.name, wish.label, wish.notes]);
    if (said === this.wanted) return;
    this.wanted = said;
    this.late();
    this.stills.want(wish);
  }

  height() {
    return heightFor(byId("viewer-stage").clientHeight * devicePixelRatio);
  }

  // A picture that takes its time is said to: what is there meanwhile is the frame of its label.
  late() {
    clearTimeout(this.lateness);
    this.lateness = setTimeout(() => byId("viewer-stage").setAttribute("aria-busy", "true"), LATE_MS);
  }

  arrived(wish) {
    if (wish.frame !== this.frame) return;
    clearTimeout(this.lateness);
    byId("viewer-stage").setAttribute("aria-busy", "false");
  }

  draw(wish, bitmap) {
    const canvas = byId("viewer-picture");
    canvas.width = bitmap.width;
    canvas.height = bitmap.height;
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    bitmap.close();
    canvas.hidden = false;
    const stepped = wish.frame - (this.drawn?.frame ?? wish.frame);
    this.tell(wish, null);
    if (stepped && (Math.abs(stepped) === 1 || this.store.speed)) this.keepAhead(wish);
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.prepare(wish), REST_MS);
  }

  // The frames that somebody comes to by stepping on are made before they are asked for.
  keepAhead({ frame }) {
    const { edit } = this.store;
    const { way } = this;
    const left = (this.reach - frame) * way;
    if (left < 0 || left > 2 * AHEAD) this.reach = frame;
    if ((this.reach - frame) * way > AHEAD / 2) return;
    const next = this.reach + way;
    const { item } = shownAt(edit, next);
    if (!item) return;
    this.reach = Math.max(item.start, Math.min(item.end - 1, next + way * AHEAD));
    this.stills.prepare(stillOf(item, shownTake(item, this.isHeld).key, next, this.height(), way));
  }

  refuse(wish, error) {
    byId("viewer-picture").hidden = true;
    this.tell(wish, wordsOf(error));
  }

  blank(wish, why) {
    byId("viewer-picture").hidden = true;
    this.tell(wish, why ? { what: why } : null);
  }

  tell(wish, trouble) {
    this.arrived(wish);
    const { label, notes, take, frame } = wish;
    byId("viewer-timecode").textContent = label.timecode;
    byId("viewer-count").textContent = label.count;
    byId("viewer-name").textContent = byId("viewer-name").title = label.name;
    byId("viewer-take").textContent = label.take;
    byId("viewer-take").title = take?.title ?? "";
    byId("viewer-take").dataset.original = String(take?.key === ORIGINAL);
    byId("viewer-notes").textContent = byId("viewer-notes").title = notes.join(" ");
    byId("viewer-why").hidden = !trouble;
    byId("viewer-why").textContent = trouble ? [trouble.what, trouble.why].filter(Boolean).join(" ") : "";
    byId("viewer-picture").setAttribute("aria-label", pictureWords(label));
    byId("viewer").dataset.frame = String(frame);
    this.drawn = { frame, clip: wish.shown.item?.key ?? "", take: take?.key ?? "" };
  }

  // The frames that come, and the original of this one for whoever holds it up.
  prepare(wish) {
    if (wish.frame !== this.frame) return;
    this.keepAhead(wish);
    if (wish.take.key !== ORIGINAL) this.stills.prepare(stillOf(wish.shown.item, ORIGINAL, wish.frame, this.height(), 0));
  }

  showButtons(item) {
    const used = item && selectedTake(item);
    disable(byId("viewer-original"), !item ? "There is no clip here." : used ? "" : item.takes.length ? "The original is selected." : "The clip has no takes yet.");
    this.showCompare();
  }

  // The button names the clip where that is another one than the viewer shows.
  showCompare() {
    const { edit, playhead } = this.store;
    if (!edit) return;
    const { item } = shownAt(edit, playhead);
    const { clip, why } = meantToCompare(this.store.chosen(), item);
    const button = byId("viewer-compare");
    disable(button, why);
    button.textContent = clip && clip.key !== item?.key ? `Compare ${clip.name}…` : "Compare…";
  }

  compare(chosen = this.store.chosen()) {
    const { edit, playhead } = this.store;
    if (!edit) return undefined;
    const { clip, why } = meantToCompare(chosen, shownAt(edit, playhead).item);
    if (why) return say(why);
    const take = selectedTake(clip) ?? clip.takes.at(-1);
    const isHere = clip.start <= playhead && playhead < clip.end;
    return this.store.act("compare", { clip: clip.key, take: take.key, frame: isHere ? playhead : null });
  }

  hold(isHeld) {
    if (isHeld && byId("viewer-original").dataset.why) {
      say(byId("viewer-original").dataset.why);
      return;
    }
    if (this.isHeld === isHeld) return;
    this.isHeld = isHeld;
    byId("viewer-original").setAttribute("aria-pressed", String(isHeld));
    this.follow();
  }

  followHold() {
    const button = byId("viewer-original");
    const isKey = (event) => event.key.toLowerCase() === "b" && !event.ctrlKey && !event.metaKey && !event.altKey;
    const onButton = (event) => event.target === button && (event.key === " " || event.key === "Enter");
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      this.hold(true);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"])
      button.addEventListener(end, () => this.hold(false));
    document.addEventListener("keydown", (event) => {
      if (!pageHasKeys(event) || !(isKey(event) || onButton(event))) return;
      event.preventDefault();
      if (!event.repeat) this.hold(true);
    });
    document.addEventListener("keyup", (event) => {
      if (isKey(event) || onButton(event)) this.hold(false);
    });
    addEventListener("blur", () => this.hold(false));
  }
}

const pictureWords = ({ name, take, count, timecode }) =>
  [name, take, count && `frame ${count.replace(" / ", " of ")}`, timecode].filter(Boolean).join(", ");

// A button that says why it does nothing, to the keyboard as well.
function disable(button, why) {
  button.dataset.why = why;
  if (why) button.setAttribute("aria-disabled", "true");
  else button.removeAttribute("aria-disabled");
  button.title = why || button.dataset.title;
}

function nodes() {
  const button = (id, text, title, keys) =>
    element("button", { id: `viewer-${id}`, type: "button", title, "aria-keyshortcuts": keys, data: { title } }, text);
  const step = (id, text, words, keys) => {
    const made = button(id, text, `${words} (${keys}; ten with Shift)`, keys);
    made.setAttribute("aria-label", words);
    return made;
  };
  const playButton = () => {
    const made = button("play", "▶", "Play from the playhead (L; J backwards, K stops)", "L");
    made.setAttribute("aria-label", "Play");
    return made;
  };
  return [
    element("div", { id: "viewer-stage", tabindex: "0", role: "group", "aria-label": "Frame under the playhead" },
      element("canvas", { id: "viewer-picture", role: "img", hidden: true, width: 16, height: 9 }),
      element("p", { id: "viewer-why", hidden: true })),
    element("div", { id: "viewer-bar" },
      element("span", { id: "viewer-label" },
        element("span", { id: "viewer-name", className: "name" }),
        element("span", { id: "viewer-take" }),
        element("span", { id: "viewer-notes", className: "warning" })),
      element("span", { id: "viewer-steps" },
        element("output", { id: "viewer-count", className: "timecode", "aria-label": "Frame of the clip" }),
        step("back", "◁|", "Back one frame", ","),
        playButton(),
        step("forth", "|▷", "On one frame", "."),
        element("output", { id: "viewer-timecode", className: "timecode", "aria-label": "Record timecode of the picture" })),
      element("span", { id: "viewer-acts" },
        button("original", "Original", "Hold to see the original (B)", "B"),
        button("compare", "Compare…", "Compare the takes of the selected clip, or else of this one (C)", "C"))),
  ];
}
