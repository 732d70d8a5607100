// The picture of a comparison: which parts of the stacked frame are drawn where.

import { byId } from "./elements.js";

export const MODES = [
  { name: "wipe", title: "Wipe", key: "w" },
  { name: "side", title: "Side by side", key: "b" },
  { name: "onion", title: "Onion skin", key: "n" },
  { name: "difference", title: "Difference", key: "d" },
  { name: "single", title: "One side", key: "t" },
];
const GAP = 2;
const STEP = 0.01;
const LEAP = 0.1;

export class View {
  constructor(movie) {
    this.movie = movie;
    this.canvas = byId("compare-picture");
    this.seam = byId("compare-seam");
    this.stage = byId("compare-stage");
    this.mode = "wipe";
    this.at = 0.5; // the seam, and the opacity of the right side
    this.opacity = 0.5;
    this.single = 1;
    this.held = null; // the side that is shown while a key is held
    this.isTrue = false;
    this.size = null; // of one side; null while nothing is shown
    this.onChange = () => {};
    new ResizeObserver(() => this.layout()).observe(this.stage);
    this.startSeam();
  }

  clear() {
    this.size = null;
    this.canvas.width = 16; // which empties it
    this.canvas.hidden = this.seam.hidden = true;
  }

  show(size) {
    this.size = size;
    this.canvas.hidden = false;
    this.layout();
  }

  set(changes) {
    Object.assign(this, changes);
    this.layout();
    this.onChange();
  }

  // How the sides lie: in a row, or above each other where that shows them larger.
  get shape() {
    const { width, height } = this.size;
    if (this.mode !== "side" || this.held !== null) return { width, height, down: false };
    const [wide, high] = [this.stage.clientWidth, this.stage.clientHeight];
    const inRow = Math.min(wide / (2 * width + GAP), high / height);
    const inColumn = Math.min(wide / width, high / (2 * height + GAP));
    return inColumn > inRow * 1.1
      ? { width, height: 2 * height + GAP, down: true }
      : { width: 2 * width + GAP, height, down: false };
  }

  layout() {
    if (!this.size) return;
    const { width, height, down } = this.shape;
    const dots = devicePixelRatio || 1;
    const fit = Math.min(this.stage.clientWidth / width, this.stage.clientHeight / height);
    const scale = this.isTrue ? 1 / dots : fit;
    const [wide, high] = [Math.max(1, width * scale), Math.max(1, height * scale)];
    // Drawn at the screen's own pixels, but for a picture that is enlarged.
    const drawn = Math.min(1, scale * dots);
    this.canvas.width = Math.round(width * drawn);
    this.canvas.height = Math.round(height * drawn);
    this.canvas.style.width = `${wide}px`;
    this.canvas.style.height = `${high}px`;
    this.stage.classList.toggle("is-true", this.isTrue);
    // Each name on its own picture.
    this.stage.classList.toggle("is-down", down);
    this.stage.parentElement.style.setProperty("--second-top", `${this.canvas.offsetTop + high / 2}px`);
    const seam = this.seam.style;
    this.seam.hidden = this.mode !== "wipe" || this.held !== null;
    seam.left = `${this.canvas.offsetLeft + this.at * wide}px`;
    seam.top = `${this.canvas.offsetTop}px`;
    seam.height = `${high}px`;
    this.seam.setAttribute("aria-valuenow", String(Math.round(this.at * 100)));
    this.draw();
  }

  draw() {
    const picture = this.movie.picture;
    if (!picture || !this.size) return;
    const context = this.canvas.getContext("2d", { alpha: false });
    const { width, height, down } = this.shape;
    context.setTransform(this.canvas.width / width, 0, 0, this.canvas.height / height, 0, 0);
    context.imageSmoothingEnabled = this.canvas.width !== width;
    context.imageSmoothingQuality = "medium";
    const side = (number, x = 0, y = 0, from = 0, to = this.size.width) => {
      if (to > from)
        context.drawImage(picture, from, number * this.size.height, to - from, this.size.height,
          x + from, y, to - from, this.size.height);
    };
    if (this.held !== null) side(this.held);
    else if (this.mode === "single") side(this.single);
    else if (this.mode === "wipe") {
      const seam = Math.round(this.at * this.size.width);
      side(0, 0, 0, 0, seam);
      side(1, 0, 0, seam);
    } else if (this.mode === "side") {
      context.fillStyle = "#000";
      context.fillRect(0, 0, width, height);
      side(0);
      if (down) side(1, 0, this.size.height + GAP);
      else side(1, this.size.width + GAP);
    } else {
      side(0);
      if (this.mode === "onion") context.globalAlpha = this.opacity;
      else context.globalCompositeOperation = "difference";
      side(1);
      context.globalAlpha = 1;
      context.globalCompositeOperation = "source-over";
    }
  }

  moveSeam(at) {
    this.set({ at: Math.max(0, Math.min(1, at)) });
  }

  startSeam() {
    const follow = (event) => {
      const box = this.canvas.getBoundingClientRect();
      this.moveSeam((event.clientX - box.left) / box.width);
    };
    for (const surface of [this.canvas, this.seam]) {
      surface.addEventListener("pointerdown", (event) => {
        if (this.mode !== "wipe" || event.button !== 0) return;
        surface.setPointerCapture(event.pointerId);
        follow(event);
      });
      surface.addEventListener("pointermove", (event) => {
        if (surface.hasPointerCapture(event.pointerId)) follow(event);
      });
    }
    // Dragging does not take the arrow keys away from the frames.
    this.seam.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.stage.focus({ preventScroll: true });
    });
    this.seam.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? LEAP : STEP;
      const to = { ArrowLeft: this.at - step, ArrowRight: this.at + step, ArrowDown: this.at - step,
        ArrowUp: this.at + step, Home: 0, End: 1 }[event.key];
      if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.moveSeam(to);
    });
  }
}
