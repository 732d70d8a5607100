// Which two of a clip's pictures are compared, and what can be done with the take among them.

import { byId, element } from "./elements.js";

export const ORIGINAL = "original";

// The takes of a clip besides its original, which a clip may list among them.
export const takesOf = (clip) => clip.takes.filter((take) => take.key !== ORIGINAL);

const shortName = (take) => `Take ${take.number}${take.exr ? " EXR" : ""}`;

// The name of a side with its badges.
export function sideName(clip, key) {
  if (key === ORIGINAL) return takesOf(clip).some((take) => take.selected) ? "Original" : "Original · selected";
  const take = takesOf(clip).find((each) => each.key === key);
  if (!take) return key;
  const badges = [take.starred && "★", take.selected && "selected", take.exr && "EXR"];
  return [take.name, ...badges].filter(Boolean).join(" · ");
}

// The sides to begin with: the original on the left; the asked, selected or newest take on the right.
export function firstSides(clip, take) {
  const takes = takesOf(clip);
  const newest = [...takes].sort((a, b) => b.number - a.number)[0];
  const right = takes.find((each) => each.key === take) ?? takes.find((each) => each.selected) ?? newest;
  return right ? [ORIGINAL, right.key] : null;
}

export class Sides {
  // `onChange([left, right])` when a person chose others.
  constructor(store, onChange, close) {
    this.store = store;
    this.onChange = onChange;
    this.close = close;
    this.clip = null;
    this.keys = [ORIGINAL, ORIGINAL];
    for (const [at, id] of ["compare-left", "compare-right"].entries())
      byId(id).addEventListener("change", (event) => this.choose(at, event.target.value));
    byId("compare-swap").addEventListener("click", () => this.swap());
    byId("compare-star").addEventListener("click", () => this.star());
    byId("compare-use").addEventListener("click", () => this.use());
    byId("compare-remove").addEventListener("click", () => this.remove());
    byId("compare-again").addEventListener("click", () => this.again());
  }

  show(clip, keys) {
    this.clip = clip;
    this.keys = keys;
    this.draw();
  }

  // The take that the buttons are for: the right side, or the left where that is the original.
  get take() {
    const [left, right] = this.keys;
    return takesOf(this.clip).find((each) => each.key === (right === ORIGINAL ? left : right)) ?? null;
  }

  choose(at, key) {
    const other = this.keys[1 - at];
    // Nothing is compared with itself: the side that had it gets what this one had.
    const keys = other === key ? [this.keys[1], this.keys[0]] : this.keys.with(at, key);
    this.onChange(keys);
  }

  swap() {
    this.onChange([this.keys[1], this.keys[0]]);
  }

  draw() {
    const every = [ORIGINAL, ...takesOf(this.clip).map((take) => take.key)];
    for (const [at, id] of ["compare-left", "compare-right"].entries()) {
      byId(id).replaceChildren(...every.map((key) => element("option", { value: key }, sideName(this.clip, key))));
      byId(id).value = this.keys[at];
    }
    const { take } = this;
    for (const id of ["star", "use", "remove", "again"]) byId(`compare-${id}`).disabled = !take;
    if (!take) return;
    const text = (id, words) => { byId(`compare-${id}`).textContent = words; };
    const name = shortName(take);
    byId("compare-star").setAttribute("aria-pressed", String(take.starred));
    text("star", take.starred ? `★ ${name}` : `☆ Star ${name}`);
    byId("compare-use").disabled = take.selected;
    text("use", take.selected ? `${name} is selected` : `Select ${name}`);
    text("remove", `Remove ${name}…`);
    byId("compare-again").disabled = !take.has_record;
    byId("compare-again").title = take.has_record ? "" : "The settings of this take are not recorded.";
  }

  change(what) {
    this.store.act("takes", { changes: [{ clip: this.clip.key, what, take: this.take.key }] });
  }

  star() {
    if (this.take) this.change(this.take.starred ? "unstar" : "star");
  }

  use() {
    if (this.take && !this.take.selected) this.change("use");
  }

  remove() {
    this.store.act("remove", { clip: this.clip.key, take: this.take.key });
  }

  again() {
    const { take, clip } = this;
    this.close();
    this.store.act("again", { clip: clip.key, take: take.key });
  }
}
