// A few lines beside what the pointer rests on or the cursor is at.

import { byId, element } from "./elements.js";

const WAIT_MS = 350;
const GAP_PX = 6;

export class Tip {
  constructor(grid) {
    this.grid = grid;
    this.box = element("div", { className: "tip", id: "timeline-tip", role: "tooltip", hidden: true });
    byId("timeline").append(this.box);
    this.of = null;
    this._wait = 0;
  }

  // Show lines beside a node: after a moment, or at once.
  show(node, lines, { soon = false, warning = false } = {}) {
    if (this.of === node) return;
    this.hide();
    this.of = node;
    this._wait = setTimeout(() => this._draw(node, lines, warning), soon ? 0 : WAIT_MS);
  }

  hide() {
    clearTimeout(this._wait);
    this.of = null;
    this.box.hidden = true;
    this.grid.removeAttribute("aria-describedby");
  }

  _draw(node, lines, warning) {
    if (!node.isConnected) return this.hide();
    this.box.replaceChildren(
      ...lines.map((line, at) => element("div", { className: at === 0 ? "tip-title" : line.startsWith("Cannot") ? "refusal" : "" }, line)));
    this.box.hidden = false;
    if (warning) this.grid.setAttribute("aria-describedby", this.box.id);
    const at = node.getBoundingClientRect();
    const { width, height } = this.box.getBoundingClientRect();
    const left = Math.max(GAP_PX, Math.min(Math.max(at.left, 70), innerWidth - width - GAP_PX));
    const under = at.bottom + GAP_PX;
    this.box.style.left = `${left}px`;
    this.box.style.top = `${under + height < innerHeight ? under : Math.max(0, at.top - height - GAP_PX)}px`;
    return undefined;
  }
}
