// Pictures on clips: asked for when the view rests, only those in sight, and not waited for once
// they are out of it.

import { stillsOf } from "./timeline_layout.js";
import { selectedTake } from "./timeline_cell.js";
import { element } from "./elements.js";

const AT_ONCE = 4; // a browser opens six connections to one server, and the page needs the others
const PICTURE_PX = 78; // the width that places are reckoned with: 16:9 at the drawn height

export class Stills {
  constructor(lanes) {
    this.lanes = lanes;
    this.waiting = [];
    this.loading = new Set();
    this.missing = new Set(); // addresses that have no picture
  }

  // The view rests: show the pictures of what is in sight.
  settle(view) {
    const top = view.scroller.scrollTop;
    const bottom = top + view.scroller.clientHeight;
    const left = view.left;
    const right = left + view.width;
    const wanted = [];
    const cells = this.lanes.cells();
    // Where the tracks lie is read before anything is put into them: each reading afterwards would
    // have the browser lay out all anew.
    const upright = new Map();
    for (const { node } of cells) {
      const track = node.parentElement?.parentElement;
      if (track && !upright.has(track))
        upright.set(track, track.offsetTop < bottom && track.offsetTop + track.offsetHeight > top);
    }
    for (const { node, piece } of cells) {
      const box = node.firstElementChild;
      if (!box) continue;
      const seen = piece.x < right && piece.x + piece.width > left;
      if (!seen || !upright.get(node.parentElement?.parentElement)) this._drop(box);
      else wanted.push(...this._arrange(box, piece, view, left, right));
    }
    this.waiting = wanted;
    this._next();
  }

  // The view moves: nothing new is asked for, and what went out of sight is not waited for.
  move(view) {
    this.waiting = [];
    const left = view.left - 40;
    const right = left + view.width + 80;
    for (const picture of [...this.loading]) {
      const cell = picture.closest(".clip");
      const x = cell ? parseFloat(cell.style.left) + Number(picture.dataset.x) : NaN;
      if (!(x + PICTURE_PX > left && x < right)) this._cancel(picture);
    }
  }

  // The pictures that a clip should have; those it has stay. Returns those still to be loaded.
  _arrange(box, piece, view, left, right) {
    const { item } = piece;
    const height = devicePixelRatio > 1.3 ? 144 : 72;
    const take = selectedTake(item)?.key ?? "original";
    // Titles, nested edits and media that are offline have no picture to ask for.
    if (take === "original" && (!item.media || item.reason === "offline")) return [];
    const have = new Map([...box.children].map((picture) => [picture.dataset.address, picture]));
    const load = [];
    for (const { offset, x } of stillsOf(item, view.edit.start, left, right, view.scale, PICTURE_PX)) {
      // The server reckons which media frame shows there: clips may be retimed, or begin in a dissolve.
      const address = `media/still/${item.id}/${encodeURIComponent(take)}/r${item.start + offset}.jpg?h=${height}&v=${encodeURIComponent(item.version)}`;
      let picture = have.get(address);
      have.delete(address);
      if (this.missing.has(address)) continue;
      if (!picture) {
        picture = element("img", { alt: "", decoding: "async", draggable: "false", data: { address } });
        box.append(picture);
      }
      picture.dataset.x = String(x);
      picture.style.left = `${x.toFixed(1)}px`;
      if (!picture.getAttribute("src")) load.push(picture);
    }
    for (const picture of have.values()) this._remove(picture);
    return load;
  }

  _next() {
    while (this.loading.size < AT_ONCE && this.waiting.length) {
      const picture = this.waiting.shift();
      if (!picture.isConnected || picture.getAttribute("src")) continue;
      this.loading.add(picture);
      const done = (found) => {
        if (!this.loading.delete(picture)) return;
        if (found) picture.classList.add("loaded");
        else if (picture.getAttribute("src")) {
          this.missing.add(picture.dataset.address);
          picture.remove();
        }
        this._next();
      };
      picture.onload = () => done(true);
      picture.onerror = () => done(false);
      picture.src = picture.dataset.address;
    }
  }

  // Taking the address away ends the request.
  _cancel(picture) {
    this.loading.delete(picture);
    picture.onload = picture.onerror = null;
    picture.removeAttribute("src");
    picture.remove();
  }

  _remove(picture) {
    if (this.loading.has(picture)) this._cancel(picture);
    else picture.remove();
  }

  _drop(box) {
    for (const picture of [...box.children]) this._remove(picture);
  }
}

