// A menu of the page: opened at a place, walked with the arrow keys; entries that cannot be used say
// why, and can be reached all the same.

import { byId, element, say } from "./elements.js";

const MARGIN_PX = 6;
let open = null;

export const menuIsOpen = () => open !== null;

// Open a menu. `entries` are {label, hint?, why?, checked?, run?} or {group, entries} or "line";
// with `checked` (true or false) an entry is one of several. `back` gets the focus afterwards.
export function openMenu({ title, entries, x, y, back }) {
  closeMenu(false);
  const heading = element("div", { className: "menu-title", id: "menu-title" }, title);
  const menu = element("div", { role: "menu", "aria-labelledby": "menu-title" }, entries.map(drawn));
  const box = element("div", { className: "menu", id: "menu" }, heading, menu);
  open = { box, back };
  byId("timeline").append(box);
  place(box, x, y);
  box.addEventListener("keydown", onKey);
  box.addEventListener("contextmenu", (event) => event.preventDefault());
  box.addEventListener("pointermove", onPoint);
  box.addEventListener("click", (event) => use(event.target.closest(".entry")));
  document.addEventListener("pointerdown", onOutside, true);
  window.addEventListener("blur", onLeave);
  window.addEventListener("resize", onLeave);
  focus(items()[0]);
}

export function closeMenu(giveBack = true) {
  if (!open) return;
  const { box, back } = open;
  open = null;
  document.removeEventListener("pointerdown", onOutside, true);
  window.removeEventListener("blur", onLeave);
  window.removeEventListener("resize", onLeave);
  box.remove();
  if (giveBack) back?.focus();
}

function drawn(entry) {
  if (entry === "line") return element("div", { role: "separator" });
  if (entry.group)
    return element("div", { role: "group", "aria-label": entry.group }, element("div", { className: "menu-group", "aria-hidden": "true" }, entry.group), entry.entries.map(drawn));
  const isChoice = entry.checked !== undefined;
  const made = element(
    "div",
    {
      className: "entry",
      role: isChoice ? "menuitemradio" : "menuitem",
      "aria-checked": isChoice ? String(entry.checked) : null,
      "aria-disabled": entry.why ? "true" : null,
      tabindex: -1,
    },
    element("span", { className: "tickmark", "aria-hidden": "true" }, entry.checked ? "●" : ""),
    element("span", { className: "words" },
      element("span", { className: "entry-label" }, entry.label),
      entry.why ? element("span", { className: "why" }, entry.why) : "",
      entry.hint && !entry.why ? element("span", { className: "entry-hint" }, entry.hint) : ""),
  );
  made.entry = entry;
  return made;
}

function place(box, x, y) {
  const { width, height } = box.getBoundingClientRect();
  const left = Math.max(MARGIN_PX, Math.min(x, innerWidth - width - MARGIN_PX));
  const above = y + height > innerHeight - MARGIN_PX;
  const top = above ? Math.max(MARGIN_PX, Math.min(y, innerHeight - MARGIN_PX) - height) : y;
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

const items = () => [...open.box.querySelectorAll(".entry")];

function focus(item) {
  item?.focus({ preventScroll: false });
}

function use(item) {
  if (!item) return;
  const { entry } = item;
  if (entry.why) {
    say(`${entry.label}: ${entry.why}`);
    return;
  }
  // What it opens takes the focus from the place to which it has gone back.
  closeMenu();
  entry.run?.();
}

function onKey(event) {
  event.stopPropagation();
  const all = items();
  const at = all.indexOf(document.activeElement);
  const steps = {
    ArrowDown: () => focus(all[(at + 1) % all.length]),
    ArrowUp: () => focus(all[(at - 1 + all.length) % all.length]),
    Home: () => focus(all[0]),
    End: () => focus(all[all.length - 1]),
    Enter: () => use(all[at]),
    " ": () => use(all[at]),
    Escape: () => closeMenu(),
    Tab: () => closeMenu(),
  };
  if (event.key in steps) {
    event.preventDefault();
    steps[event.key]();
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const letter = event.key.toLowerCase();
    const from = [...all.slice(at + 1), ...all.slice(0, at + 1)];
    focus(from.find((item) => item.entry.label.toLowerCase().startsWith(letter)));
  }
}

function onPoint(event) {
  const item = event.target.closest(".entry");
  if (item && item !== document.activeElement) item.focus({ preventScroll: true });
}

function onOutside(event) {
  if (!open.box.contains(event.target)) closeMenu(false);
}

function onLeave() {
  closeMenu(false);
}
