// A menu of the page: opened at a place, walked with the arrow keys; entries that cannot be used say
// why, and can be reached all the same.

import { byId, element, say } from "./elements.js";

const MARGIN_PX = 6;
let levels = []; // {box, owner}: the menu, then what was opened beside an entry of it
let back = null;

export const menuIsOpen = () => levels.length > 0;

// Open a menu. `entries` are {label, hint?, why?, checked?, more?, run?} or {group, entries} or
// "line"; with `checked` (true or false) an entry is one of several; `more` are the entries of a menu
// beside it. `back` gets the focus afterwards.
export function openMenu({ title, entries, x, y, back: giveTo }) {
  closeMenu(false);
  back = giveTo;
  const box = add(title, entries, null);
  place(box, x, y);
  document.addEventListener("pointerdown", onOutside, true);
  window.addEventListener("blur", onLeave);
  window.addEventListener("resize", onLeave);
  focus(items(box)[0]);
}

export function closeMenu(giveBack = true) {
  if (!levels.length) return;
  closeFrom(0);
  document.removeEventListener("pointerdown", onOutside, true);
  window.removeEventListener("blur", onLeave);
  window.removeEventListener("resize", onLeave);
  if (giveBack) back?.focus();
}

function add(title, entries, owner) {
  const id = `menu${levels.length || ""}`;
  const heading = element("div", { className: "menu-title", id: `${id}-title`, title }, title);
  const menu = element("div", { role: "menu", "aria-labelledby": `${id}-title` }, entries.map(drawn));
  const box = element("div", { className: "menu", id }, heading, menu);
  byId("timeline").append(box);
  levels.push({ box, owner });
  box.addEventListener("keydown", onKey);
  box.addEventListener("contextmenu", (event) => event.preventDefault());
  box.addEventListener("pointermove", onPoint);
  box.addEventListener("click", onClick);
  return box;
}

function closeFrom(level) {
  for (const { box, owner } of levels.splice(level)) {
    box.remove();
    owner?.setAttribute("aria-expanded", "false");
  }
}

function openMore(item) {
  if (!item?.entry.more) return;
  closeFrom(levelOf(item) + 1);
  item.setAttribute("aria-expanded", "true");
  const box = add(item.entry.label, item.entry.more, item);
  const beside = item.getBoundingClientRect();
  const { width } = box.getBoundingClientRect();
  const right = beside.right - 2;
  place(box, right + width > innerWidth - MARGIN_PX ? beside.left + 2 - width : right, beside.top - 4);
  focus(items(box)[0]);
}

function closeMore() {
  if (levels.length < 2) return;
  const { owner } = levels.at(-1);
  closeFrom(levels.length - 1);
  focus(owner);
}

function drawn(entry) {
  if (entry === "line") return element("div", { role: "separator" });
  if (entry.group)
    return element("div", { role: "group", className: "menu-some", "aria-label": entry.group },
      element("div", { className: "menu-group", "aria-hidden": "true" }, entry.group), entry.entries.map(drawn));
  const isChoice = entry.checked !== undefined;
  const made = element(
    "div",
    {
      className: "entry",
      role: isChoice ? "menuitemradio" : "menuitem",
      "aria-checked": isChoice ? String(entry.checked) : null,
      "aria-disabled": entry.why ? "true" : null,
      "aria-haspopup": entry.more ? "menu" : null,
      "aria-expanded": entry.more ? "false" : null,
      tabindex: -1,
    },
    element("span", { className: "tickmark", "aria-hidden": "true" }, entry.checked ? "●" : ""),
    element("span", { className: "words" },
      element("span", { className: "entry-label" }, entry.label),
      entry.why ? element("span", { className: "why" }, entry.why) : "",
      entry.hint && !entry.why ? element("span", { className: "entry-hint" }, entry.hint) : ""),
    entry.more ? element("span", { className: "entry-more", "aria-hidden": "true", title: "More of this take (→)" }, "▸") : "",
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

const items = (box) => [...box.querySelectorAll(".entry")];
const levelOf = (item) => levels.findIndex(({ box }) => box.contains(item));

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
  const all = items(event.currentTarget);
  const at = all.indexOf(document.activeElement);
  const steps = {
    ArrowDown: () => focus(all[(at + 1) % all.length]),
    ArrowUp: () => focus(all[(at - 1 + all.length) % all.length]),
    ArrowRight: () => openMore(all[at]),
    ArrowLeft: () => closeMore(),
    Home: () => focus(all[0]),
    End: () => focus(all[all.length - 1]),
    Enter: () => use(all[at]),
    " ": () => use(all[at]),
    Escape: () => (levels.length > 1 ? closeMore() : closeMenu()),
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

function onClick(event) {
  const item = event.target.closest(".entry");
  if (event.target.closest(".entry-more")) openMore(item);
  else use(item);
}

function onPoint(event) {
  const item = event.target.closest(".entry");
  if (!item || item === document.activeElement) return;
  const next = levels[levelOf(item) + 1];
  if (next && next.owner === item) return;
  if (next) closeFrom(levelOf(item) + 1);
  item.focus({ preventScroll: true });
}

function onOutside(event) {
  if (!levels.some(({ box }) => box.contains(event.target))) closeMenu(false);
}

function onLeave() {
  closeMenu(false);
}
