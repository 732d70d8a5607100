// Which clips are meant: chosen on this page, or, where nothing is, as they are chosen in Resolve.

import { many } from "./elements.js";

// The clip beside `place` ({row, at}) in a direction; up and down go to the one at the same time.
export function neighbour(rows, place, [across, down]) {
  const row = rows[place.row];
  if (across) {
    const at = place.at + across;
    return at >= 0 && at < row.clips.length ? { row: place.row, at } : null;
  }
  const here = row.clips[place.at];
  const middle = (here.start + here.end) / 2;
  for (let number = place.row + down; number >= 0 && number < rows.length; number += down) {
    if (rows[number].kind === "audio" || !rows[number].clips.length) continue;
    return { row: number, at: nearest(rows[number].clips, middle) };
  }
  return null;
}

// The clip that shows a record frame, or else lies nearest to it.
export function nearest(clips, frame) {
  let best = 0;
  let least = Infinity;
  clips.forEach((clip, at) => {
    const far = frame < clip.start ? clip.start - frame : Math.max(0, frame - clip.end + 1);
    if (far < least) [best, least] = [at, far];
  });
  return best;
}

// The keys of the clips that touch the record frames and lie on the rows from one to the other.
export function clipsWithin(rows, [first, last], from, to) {
  return rows
    .slice(Math.min(first, last), Math.max(first, last) + 1)
    .filter((row) => row.kind !== "audio")
    .flatMap((row) => row.clips.filter((clip) => clip.start < to && clip.end > from).map((clip) => clip.key));
}

export class Selection {
  constructor(store, lanes) {
    this.store = store;
    this.lanes = lanes;
    this.cursor = null; // key of the clip that the arrow keys start from
    this.anchor = null; // key of the clip that Shift extends from
    this.own = false; // whether somebody chose on this page
  }

  get places() {
    return this.lanes.places;
  }

  itemAt = ({ row, at }) => this.lanes.rows[row].clips[at];

  choose(keys, cursor = this.cursor) {
    this.own = true;
    this.cursor = cursor;
    this.store.set("selection", new Set(keys));
  }

  only(key) {
    this.anchor = key;
    this.choose([key], key);
  }

  toggle(key) {
    const keys = new Set(this.store.selection);
    if (!keys.delete(key)) keys.add(key);
    this.anchor = key;
    this.choose(keys, key);
  }

  // Everything from the anchor to the clip, on all tracks that lie between.
  extend(key, keep = false) {
    const from = this.places.get(this.anchor) ?? this.places.get(key);
    const to = this.places.get(key);
    const [a, b] = [this.itemAt(from), this.itemAt(to)];
    const within = clipsWithin(this.lanes.rows, [from.row, to.row], Math.min(a.start, b.start), Math.max(a.end, b.end));
    this.anchor ??= key;
    this.choose(keep ? [...this.store.selection, ...within] : within, key);
  }

  all() {
    this.choose(this.places.keys());
  }

  clear() {
    this.own = false;
    this.anchor = null;
    this.store.set("selection", new Set(this._inResolve() ?? []));
  }

  // Another state: in Resolve the selection there is followed until somebody chooses here.
  follow() {
    const theirs = this._inResolve();
    if (this.own || theirs === null) return;
    const now = this.store.selection;
    if (theirs.length === now.size && theirs.every((key) => now.has(key))) return;
    this.store.set("selection", new Set(theirs));
  }

  // Another edit: what is not in it any more cannot be selected; what has another key now still is.
  keepKnown() {
    const keyNow = (key) => {
      const now = key === null ? null : (this.store.clipOf(key)?.key ?? null);
      return this.places.has(now) ? now : null;
    };
    const before = [...this.store.selection];
    const kept = new Set(before.map(keyNow).filter((key) => key !== null));
    if (before.length !== kept.size || before.some((key) => !kept.has(key))) this.store.set("selection", kept);
    this.cursor = keyNow(this.cursor);
    this.anchor = keyNow(this.anchor);
    this.follow();
  }

  // Whether the clips that are meant are those that Resolve says are selected.
  get followed() {
    return !this.own && this._inResolve() !== null;
  }

  // The same in few words, where Resolve is there: whose selection it is, and how many clips.
  get shortWords() {
    if (this.store.state?.edit?.kind !== "resolve") return this.words;
    return `${this.followed ? "Resolve" : "This page"}: ${many(this.store.chosen().length, "clip")}`;
  }

  get words() {
    const count = this.store.chosen().length;
    if (this.store.state?.edit?.kind !== "resolve")
      return count ? `${many(count, "clip")} selected` : "No clip selected";
    if (!this.followed) return `${many(count, "clip")} selected on this page, whatever Resolve says`;
    const far = this._theirs().length - count;
    const missing = far > 0 ? `, ${far} of them not on this timeline` : "";
    return count ? `${many(count, "clip")} selected in Resolve${missing}` : "Nothing selected in Resolve";
  }

  _theirs() {
    return this.store.state?.chosen?.clips ?? [];
  }

  // The keys that Resolve's selection has on this timeline; null where there is no Resolve.
  _inResolve() {
    if (this.store.state?.edit?.kind !== "resolve") return null;
    return this._theirs().map((clip) => clip.key).filter((key) => this.places.has(key));
  }
}
