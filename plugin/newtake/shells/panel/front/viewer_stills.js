// Fetches the stills of the viewer: what is wanted last is shown last, whatever comes late.

import { Gone, Trouble } from "./server.js";

const AT_ONCE = 2; // a slow frame does not hold up the newest
const KEPT = 240; // JPEGs, some 100 kB each

export class ViewerStills {
  // `onPicture(wish, bitmap)` and `onTrouble(wish, error)`, each only for a wish that is newer than
  // every one that was shown.
  constructor(onPicture, onTrouble) {
    this.onPicture = onPicture;
    this.onTrouble = onTrouble;
    this.kept = new Map(); // name -> Blob, the newest last
    this.loading = new Set();
    this.next = null;
    this.number = 0;
    this.shown = 0; // number of the wish that is shown
  }

  // `wish` is {name, address} and whatever its picture is to be drawn with.
  want(wish) {
    this.number += 1;
    this.next = { ...wish, number: this.number };
    this.go();
  }

  // Nothing that was asked for is wanted any more.
  forget() {
    this.next = null;
    this.number += 1;
    this.shown = this.number;
    for (const call of this.loading) call.abort.abort();
  }

  // Have a picture there in case it is wanted.
  async prepare({ name, address }) {
    if (this.kept.has(name)) return;
    try {
      await this.fetch(name, address);
    } catch {
      // Its own wish says what is wrong with it.
    }
  }

  go() {
    const kept = this.next && this.kept.has(this.next.name);
    if (!this.next || (this.loading.size >= AT_ONCE && !kept)) return;
    const wish = this.next;
    this.next = null;
    const call = { abort: new AbortController(), wish };
    this.loading.add(call);
    this.load(wish, call.abort.signal).finally(() => {
      this.loading.delete(call);
      this.go();
    });
  }

  async load(wish, signal) {
    const isOld = () => wish.number <= this.shown;
    try {
      const blob = this.kept.get(wish.name) ?? (await this.fetch(wish.name, wish.address, signal));
      const bitmap = await createImageBitmap(blob);
      if (isOld()) return bitmap.close();
      this.shown = wish.number;
      this.onPicture(wish, bitmap);
    } catch (error) {
      if (signal.aborted || isOld()) return undefined;
      this.shown = wish.number;
      this.onTrouble(wish, error);
    }
    return undefined;
  }

  async fetch(name, address, signal) {
    let answer;
    try {
      answer = await fetch(address, { signal });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Gone();
    }
    if (!answer.ok) throw new Trouble(await words(answer));
    const blob = await answer.blob();
    this.kept.delete(name);
    this.kept.set(name, blob);
    if (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    return blob;
  }
}

async function words(answer) {
  try {
    return await answer.json();
  } catch {
    return { what: "There is no picture of this frame." };
  }
}
