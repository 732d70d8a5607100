// Plays the timeline in the viewer, by the usual keys: the playhead moves in real time, or a multiple
// of it, and the viewer shows of its frames as many as the pictures arrive for.

import { say } from "./elements.js";
import { perSecond } from "./timecode.js";
import { firstOf } from "./timeline_layout.js";

const FASTEST = 8;

// The speed after another press of J or L: from standing still 1, then twice as much each time.
export const faster = (speed, way) => (speed * way > 0 ? way * Math.min(FASTEST, Math.abs(speed) * 2) : way);

export class Shuttle {
  // `onMove(speed)` is told of every change; 0 stands still.
  constructor(store, playhead, onMove) {
    this.store = store;
    this.playhead = playhead;
    this.onMove = onMove;
    this.speed = 0;
    this.at = null; // where the playhead was put last
    store.subscribe("playhead", (frame) => {
      if (this.speed && frame !== this.at) this.stop();
    });
    store.subscribe("dialogs", () => this.stop());
  }

  press(way) {
    this.play(faster(this.speed, way));
  }

  toggle() {
    if (this.speed) this.stop();
    else this.play(1);
  }

  stop() {
    if (!this.speed) return;
    this.speed = 0;
    this.onMove(0);
  }

  play(speed) {
    const { edit } = this.store;
    if (!edit) return;
    // From the last frame it plays from the start again.
    if (speed > 0 && this.store.playhead >= edit.end - 1) this.playhead.go(firstOf(edit));
    this.speed = speed;
    this.onMove(speed);
    this.run(speed, this.store.playhead, performance.now());
    if (Math.abs(speed) > 1) say(`${speed > 0 ? "Forwards" : "Backwards"}, ${Math.abs(speed)} times as fast.`);
  }

  run(speed, from, began) {
    const step = (now) => {
      const { edit } = this.store;
      if (this.speed !== speed || this.began !== began) return;
      const frame = from + Math.trunc((Math.max(0, now - began) / 1000) * perSecond(edit.rate) * speed);
      this.at = Math.max(edit.start, Math.min(edit.end - 1, frame));
      if (this.at !== this.store.playhead) this.playhead.go(this.at);
      if (frame < edit.start || frame >= edit.end - 1) this.stop();
      else requestAnimationFrame(step);
    };
    this.began = began;
    this.at = from;
    requestAnimationFrame(step);
  }
}
