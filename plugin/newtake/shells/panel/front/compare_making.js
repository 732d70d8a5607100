// The comparison that is being made: asked for once, and made to its end also where it is closed.

import { byId } from "./elements.js";
import { makingEntry } from "./queue_words.js";
import { ask } from "./server.js";

export class Making {
  constructor(store) {
    this.store = store;
    this.wish = ""; // what is being made; empty for nothing
    this.answer = null;
    this.call = null;
    store.subscribe("state", () => this.list());
  }

  // What the server makes of two sides of a clip. What is under way is waited for, and given up only
  // for another wish.
  of(clip, keys) {
    const wish = JSON.stringify([clip.key, clip.version, keys]);
    if (this.wish === wish) return this.answer;
    this.call?.abort();
    const call = (this.call = new AbortController());
    this.wish = wish;
    this.answer = ask("compare", { clip: clip.key, sides: keys }, call.signal).finally(() => {
      if (this.call === call) this.wish = "";
    });
    return this.answer;
  }

  // Whether something is being made, waited for or not.
  get goesOn() {
    return this.wish !== "";
  }

  show(shows) {
    byId("compare-making").hidden = !shows;
    byId("compare-stage").setAttribute("aria-busy", String(shows));
    this.list();
  }

  list() {
    if (byId("compare-making").hidden) return;
    const making = this.store.state?.making ?? [];
    byId("compare-making-list").replaceChildren(...making.map(makingEntry));
  }
}
