// One movie whose drawn frame is always known: exact seeking, playing both ways, looping.
//
// Frames are grabbed whole from one <video>, so everything that is drawn of a frame is of that frame.
// A frame's number is its presentation time times the rate; the movie is all-intra and starts at 0.

import { perSecond } from "./timecode.js";

const PATIENCE_MS = 400;
// Where inside the wanted frame to seek, as parts of a frame: the middle first.
const PLACES = [0.5, 0.3, 0.7, 0.1];
const FAR_FRAMES = 3;

export const canPlay = () => "requestVideoFrameCallback" in HTMLVideoElement.prototype;

export class Movie {
  // `onFrame(number)` after each frame that was grabbed, `onMove()` when playing begins or ends.
  constructor(video, onFrame, onMove, onTrouble) {
    this.video = video;
    this.onFrame = onFrame;
    this.onMove = onMove;
    this.picture = null; // what to draw: the whole frame
    this.number = null; // its number; null before the first
    this.frames = 0;
    this.stale = true; // while there is no movie, or another one is being loaded
    this.speed = 0; // 0 stands still, negative is backwards
    this.range = [0, 0]; // in and out, half-open
    this.loops = true;
    this.wanted = null;
    this.settling = null;
    this.waiters = new Set();
    this.turning = 0;
    this.isEnding = false; // while it goes back to the last frame, which the video has passed
    this.run = null; // one for each playing backwards
    this.loading = null; // one for each movie
    video.addEventListener("error", () => { if (video.getAttribute("src")) onTrouble(video.error); });
    video.addEventListener("ended", () => { if (this.speed > 0) this.turn(); });
    const each = (now, meta) => {
      video.requestVideoFrameCallback(each);
      this.presented(meta.mediaTime);
    };
    video.requestVideoFrameCallback(each);
  }

  // Show frame `at` of another movie. The old picture stays until the new one is there.
  async load(url, frames, rate, at) {
    this.pause();
    this.stale = true;
    this.wanted = null;
    this.giveUp?.();
    this.frames = frames;
    this.rate = perSecond(rate);
    this.range = [0, frames];
    const loading = (this.loading = {});
    await this.settling;
    if (this.loading !== loading) return;
    await new Promise((resolve, reject) => {
      this.video.addEventListener("loadeddata", resolve, { once: true });
      this.video.addEventListener("error", reject, { once: true });
      this.video.src = url;
    });
    // What was waited for is another movie meanwhile.
    if (this.loading !== loading) return;
    this.stale = false;
    this.number = null;
    await this.seek(at);
  }

  unload() {
    this.pause();
    this.wanted = null;
    this.giveUp?.();
    this.stale = true;
    this.loading = null;
    this.frames = 0;
    this.range = [0, 0];
    this.video.removeAttribute("src");
    this.video.load();
    this.keep(null, null);
  }

  keep(picture, number) {
    this.picture?.close?.();
    this.picture = picture;
    this.number = number;
  }

  // Take the frame that the video shows now; its time comes with it where the browser tells it.
  grab(mediaTime) {
    const told = Math.round(mediaTime * this.rate);
    if (typeof VideoFrame === "function") {
      const picture = new VideoFrame(this.video);
      const number = Math.round((picture.timestamp / 1e6) * this.rate);
      return [picture, Math.abs(number - told) <= FAR_FRAMES ? number : told];
    }
    const canvas = document.createElement("canvas");
    canvas.width = this.video.videoWidth;
    canvas.height = this.video.videoHeight;
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    return [canvas, told];
  }

  presented(mediaTime) {
    if (this.stale || !this.video.videoWidth) return;
    const [picture, number] = this.grab(mediaTime);
    const end = this.range[1];
    if ((this.speed > 0 || this.isEnding) && number >= end) {
      picture.close?.();
      this.turn();
      return;
    }
    this.keep(picture, number);
    this.onFrame(number);
    for (const waiter of [...this.waiters]) waiter(number);
    if (this.speed > 0 && number === end - 1 && !this.turning)
      this.turning = setTimeout(() => this.turn(), 1000 / this.rate / this.speed);
  }

  // At the end of the range, while it plays: from the start again, or stand still.
  turn() {
    clearTimeout(this.turning);
    this.turning = 0;
    if (this.speed <= 0) return;
    if (!this.loops) {
      this.pause();
      this.isEnding = true;
      this.number = null;
      this.seek(this.range[1] - 1).finally(() => { this.isEnding = false; });
      return;
    }
    this.video.currentTime = (this.range[0] + 0.5) / this.rate;
    this.video.play().catch(() => {});
  }

  // Show exactly frame `number`; resolves when it, or a newer wish, is shown.
  seek(number) {
    if (this.stale) return Promise.resolve();
    this.wanted = Math.max(0, Math.min(this.frames - 1, number));
    this.settling ??= this.settle().finally(() => { this.settling = null; });
    return this.settling;
  }

  async settle() {
    while (this.wanted !== null && this.wanted !== this.number) {
      const target = this.wanted;
      for (const place of PLACES) {
        const arrived = this.arrival(target);
        this.video.currentTime = (target + place) / this.rate;
        if ((await arrived) || this.wanted !== target) break;
      }
      if (this.wanted === target) break;
    }
    this.wanted = null;
  }

  // Whether the frame is shown before long after the seek has ended.
  arrival(target) {
    return new Promise((resolve) => {
      let patience = 0;
      const end = (arrived) => {
        clearTimeout(patience);
        this.waiters.delete(look);
        this.video.removeEventListener("seeked", sought);
        this.giveUp = null;
        resolve(arrived);
      };
      this.giveUp = () => end(false);
      const look = (number) => { if (number === target) end(true); };
      const sought = () => { patience = setTimeout(() => end(false), PATIENCE_MS); };
      this.waiters.add(look);
      this.video.addEventListener("seeked", sought, { once: true });
    });
  }

  // From where the next step counts: what is wanted already, or what is shown.
  get place() {
    return this.wanted ?? this.number ?? 0;
  }

  step(frames) {
    this.pause();
    return this.seek(this.place + frames);
  }

  async play(speed = 1) {
    if (this.stale) return undefined;
    const [first, end] = this.range;
    const place = this.place;
    this.speed = speed;
    this.onMove();
    if (speed < 0) return this.playBackwards();
    if (place >= end - 1 || place < first) await this.seek(first);
    else await this.settling;
    if (this.speed !== speed) return undefined;
    this.video.playbackRate = speed;
    return this.video.play().catch(() => {});
  }

  // A browser plays only forwards: frames are sought one after the other, as many as it can show.
  async playBackwards() {
    const { speed } = this;
    const run = (this.run = {});
    const goesOn = () => this.speed === speed && this.run === run;
    this.video.pause();
    let from = this.place;
    let began = performance.now();
    while (goesOn()) {
      const [first, end] = this.range;
      let next = from + Math.ceil(((performance.now() - began) / 1000) * this.rate * speed);
      if (next < first) {
        if (!this.loops) {
          await this.seek(first);
          if (goesOn()) this.pause();
          return;
        }
        next = from = end - 1;
        began = performance.now();
      }
      if (next !== this.number) await this.seek(next);
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
  }

  pause() {
    clearTimeout(this.turning);
    this.turning = 0;
    if (this.speed === 0) return;
    this.speed = 0;
    this.video.pause();
    this.onMove();
  }
}
