// Draws the tracks: only what is in the window and a little beside it, a few at a time.

import { element, many } from "./elements.js";
import { label } from "./timecode.js";
import { blockClass, fill, jobMark, makeCell } from "./timeline_cell.js";
import { FLAG, firstAfter, piecesOf, rowsOf, THIN_PX } from "./timeline_layout.js";
import { headId, tellRow, untell } from "./timeline_told.js";

const BUDGET_MS = 7; // of a frame, for elements that are not there yet
const BESIDE = 0.6; // of the window's width, drawn on each side of it

export class Lanes {
  // `grid` gets the video tracks, `sound` the audio tracks; `known` says what is selected, where the
  // cursor is and which job runs: {selection: Set, cursor: key, jobs: Map}.
  constructor(grid, sound, known) {
    this.grid = grid;
    this.sound = sound;
    this.known = known;
    this.rows = [];
    this.edit = null;
    this.places = new Map(); // key -> {row, at}
    this._lanes = [];
    this._stale = true;
    this._window = [0, 0, 0];
  }

  setEdit(edit) {
    this.edit = edit;
    this.rows = rowsOf(edit);
    this.places = new Map();
    this.rows.forEach((row, number) => {
      if (row.kind !== "audio") row.clips.forEach((item, at) => this.places.set(item.key, { row: number, at }));
    });
    // What did not change stays as it is drawn, with its pictures.
    const same = this._lanes.length === this.rows.length && this.rows.every((row, at) => this._lanes[at].isOf(row));
    if (same) this.rows.forEach((row, at) => this._lanes[at].update(row));
    else this._lanes = this.rows.map((row, number) => new Lane(row, number));
    const video = this._lanes.filter((lane) => lane.row.kind !== "audio");
    if (!same) this.grid.replaceChildren(...video.map((lane) => lane.node));
    this.grid.setAttribute("aria-rowcount", video.length);
    this.grid.setAttribute("aria-colcount", Math.max(0, ...video.map((lane) => lane.row.clips.length)));
    const sound = this._lanes.filter((lane) => lane.row.kind === "audio");
    if (!same) this.sound.replaceChildren(...sound.map((lane) => lane.node));
    this.sound.setAttribute("aria-label", sound.length ? `Sound, which is not restyled: ${sound.map((lane) => lane.row.name).join(", ")}` : "No sound");
    this._stale = true;
  }

  // What is selected, or the cursor, or a job has changed.
  change() {
    this._stale = true;
  }

  // Draws what is missing; true where it could not finish within this frame's time.
  draw(view) {
    if (!this.edit) return false;
    const spare = (view.to - view.from) * BESIDE;
    const [from, to, scale] = this._window;
    const within = scale === view.scale && view.from - spare / 3 >= from && view.to + spare / 3 <= to;
    if (within && !this._stale) return false;
    this._window = [view.from - spare, view.to + spare, view.scale];
    this._stale = false;
    const until = performance.now() + BUDGET_MS;
    const flagOf = (item) => this._flag(item);
    const missing = [];
    for (const lane of this._lanes) lane.settle(view, this._window, flagOf, this, missing);
    const middle = view.xOf((view.from + view.to) / 2);
    missing.sort((a, b) => Math.abs(a.piece.x - middle) - Math.abs(b.piece.x - middle));
    for (let at = 0; at < missing.length; at += 1) {
      // Something is drawn in each frame, however slow the machine.
      if (at % 4 === 3 && performance.now() > until) {
        this._stale = true;
        return true;
      }
      missing[at].lane.add(missing[at], this);
    }
    return false;
  }

  // Say what is there to a screen reader, whatever of it is drawn.
  tell() {
    if (!this.edit || this._stale) return;
    for (const lane of this._lanes) if (lane.row.kind !== "audio") lane.tell(this);
  }

  idOf = (row, at) => `clip-${row}-${at}`;

  // What is said of a gap or a transition that is drawn.
  linesOf(node, edit) {
    const { item, kind } = this._lanes[Number(node.parentElement.dataset.row)].pieceOf(node);
    const what = kind === "gap" ? "Gap" : item.name || "Transition";
    return [what, `${label(item.start, edit)} – ${label(item.end, edit)}, ${many(item.end - item.start, "frame")}`];
  }

  // The clips that are drawn apart.
  cells() {
    return this._lanes.flatMap((lane) => lane.cells());
  }

  _flag(item) {
    const { selection, cursor, jobs } = this.known;
    return (
      (item.refusal ? FLAG.refused : 0) |
      (selection.has(item.key) ? FLAG.selected : 0) |
      (item.takes.length ? FLAG.takes : 0) |
      (item.key === cursor ? FLAG.cursor : 0) |
      (jobs.has(item.key) && jobs.get(item.key).status !== "failed" ? FLAG.running : 0)
    );
  }
}

class Lane {
  constructor(row, number) {
    this.row = row;
    this.number = number;
    this.drawn = new Map(); // name of a piece -> {node, piece, mark}
    const sound = row.kind === "audio";
    const [role, headRole] = sound ? [null, null] : ["row", "rowheader"];
    this.lane = element("div", { className: "lane", role: sound ? null : "none", data: { row: number } });
    this.node = element(
      "div",
      { className: `track ${sound ? "audio" : "video"}`, role, "aria-rowindex": sound ? null : number + 1 },
      element("div", { className: "track-name", role: headRole, id: headId(number) }, row.name),
      this.lane,
    );
    this.told = element("div", { className: "visually-hidden", role: "none" });
    if (!sound) this.node.append(this.told);
  }

  pieceOf(node) {
    const { piece, kind } = [...this.drawn.values()].find((each) => each.node === node);
    return { item: piece.item, kind };
  }

  isOf = (row) => this.row.name === row.name && this.row.kind === row.kind;

  // The track of a newer edit: what changed in it is drawn again.
  update(row) {
    const now = { clip: row.clips, sound: row.clips, gap: row.gaps, transition: row.transitions };
    for (const [name, { node, kind, piece }] of this.drawn) {
      if (!piece.item) continue;
      const item = now[kind][piece.at];
      if (JSON.stringify(item) === JSON.stringify(piece.item)) continue;
      node.remove();
      this.drawn.delete(name);
    }
    this.row = row;
  }

  cells() {
    return [...this.drawn.values()].filter((each) => each.kind === "clip" && each.piece.item);
  }

  tell(lanes) {
    const apart = this.cells().map(({ piece }) => piece.at);
    const { edit, known, idOf } = lanes;
    tellRow({ node: this.node, box: this.told, row: this.row, number: this.number, apart, idOf, edit, jobs: known.jobs });
  }

  // Move what is there already, take away what is not wanted, and note what is missing.
  settle(view, [from, to, scale], flagOf, lanes, missing) {
    const { clips, gaps, transitions } = this.row;
    const origin = view.edit.start;
    const wanted = new Set();
    const want = (name, kind, piece) => {
      wanted.add(name);
      const job = kind === "clip" && piece.item ? lanes.known.jobs.get(piece.item.key) : undefined;
      const mark = jobMark(job);
      const old = this.drawn.get(name);
      if (old && old.mark === mark) this.move(old, piece, job);
      else missing.push({ lane: this, name, kind, piece, mark, job });
    };
    const sound = this.row.kind === "audio";
    const flag = sound ? () => 0 : flagOf;
    for (const piece of piecesOf(clips, from, to, scale, origin, flag))
      want(piece.item ? `c${piece.at}` : `b${piece.at}`, sound ? "sound" : "clip", piece);
    if (!sound) {
      this._wantCursor(lanes, wanted, want, scale, origin, flag);
      for (const [items, kind] of [[gaps, "gap"], [transitions, "transition"]])
        for (let at = firstAfter(items, from); at < items.length && items[at].start < to; at += 1) {
          const width = (items[at].end - items[at].start) * scale;
          if (width >= THIN_PX)
            want(`${kind}${at}`, kind, { at, item: items[at], x: (items[at].start - origin) * scale, width, flag: 0, count: 1 });
        }
    }
    for (const [name, each] of this.drawn)
      if (!wanted.has(name)) {
        each.node.remove();
        this.drawn.delete(name);
      }
  }

  // The clip of the cursor is always there, so that a screen reader can be told of it.
  _wantCursor(lanes, wanted, want, scale, origin, flag) {
    const place = lanes.places.get(lanes.known.cursor);
    if (place?.row !== this.number || wanted.has(`c${place.at}`)) return;
    const item = this.row.clips[place.at];
    const piece = { at: place.at, item, x: (item.start - origin) * scale, width: Math.max(THIN_PX, (item.end - item.start) * scale), flag: flag(item), count: 1 };
    want(`c${place.at}`, "clip", piece);
  }

  add({ name, kind, piece, mark, job }, lanes) {
    this.drawn.get(name)?.node.remove();
    if (kind === "clip" && piece.item) untell(this.told);
    const made = { kind, piece: { x: NaN, width: NaN, flag: NaN }, mark, node: this._make(kind, piece, job, lanes) };
    this.drawn.set(name, made);
    this.move(made, piece, job);
    this.lane.append(made.node);
  }

  move(drawn, piece, job) {
    const { node, piece: old, kind } = drawn;
    if (old.x !== piece.x || old.width !== piece.width) {
      node.style.left = `${piece.x.toFixed(2)}px`;
      node.style.width = `${Math.max(1, piece.width - (piece.width > 6 ? 1 : 0)).toFixed(2)}px`;
    }
    if (kind === "clip" && (old.flag !== piece.flag || old.width !== piece.width)) {
      if (piece.item) fill(node, piece, job);
      else node.className = blockClass(piece.flag);
    }
    drawn.piece = piece;
  }

  _make(kind, piece, job, lanes) {
    const { item } = piece;
    if (kind === "clip")
      return item
        ? makeCell(piece, lanes.idOf(this.number, piece.at), lanes.edit, job)
        : element("div", { role: "none", className: "clip block" });
    if (kind === "sound")
      return element("div", { className: "sound-clip" }, item && piece.width > 26 ? element("span", { className: "clip-name" }, item.name) : "");
    return element("div", { className: kind, role: "none" });
  }
}
