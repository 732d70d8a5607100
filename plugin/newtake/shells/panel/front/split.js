// The bar between the viewer and the timeline: dragged, moved by keys, and remembered.

import { byId } from "./elements.js";

const KEPT = "newtake.viewer";
const LEAST_PX = 110; // less than that, and the viewer is closed
const TIMELINE_PX = 130;
const STEP = 0.04;
const USUAL = [0.4, 0.66]; // of the room, as far as the tracks need it

export function startSplit(store, onChange) {
  const split = byId("split");
  const work = byId("work");
  const toggle = byId("viewer-toggle");
  let { share, open } = kept();

  function show() {
    const room = work.clientHeight;
    const most = Math.max(0.2, (room - TIMELINE_PX) / Math.max(1, room));
    const now = Math.min(most, share ?? usual(store.edit, room));
    const isOpen = open && room > LEAST_PX + TIMELINE_PX;
    byId("viewer").hidden = split.hidden = !isOpen;
    work.style.setProperty("--viewer", `${(now * 100).toFixed(2)}%`);
    split.setAttribute("aria-valuenow", String(Math.round(now * 100)));
    toggle.setAttribute("aria-expanded", String(isOpen));
    onChange();
  }

  function set(next) {
    share = next;
    const px = (share ?? 1) * work.clientHeight;
    open = px >= LEAST_PX;
    if (!open) share = null;
    keep();
    show();
  }

  function keep() {
    localStorage.setItem(KEPT, JSON.stringify({ share, open }));
  }

  split.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    split.setPointerCapture(event.pointerId);
    const box = work.getBoundingClientRect();
    const grip = event.clientY - split.getBoundingClientRect().top;
    const move = ({ clientY }) => {
      share = Math.max(0.1, (clientY - grip - box.top) / box.height);
      show();
    };
    const end = ({ clientY }) => {
      split.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) split.removeEventListener(name, end);
      set((clientY - grip - box.top) / box.height);
    };
    split.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) split.addEventListener(name, end);
  });
  split.addEventListener("dblclick", () => set(null));
  split.addEventListener("keydown", (event) => {
    const now = Number(split.getAttribute("aria-valuenow")) / 100;
    const to = { ArrowUp: now - STEP, ArrowDown: now + STEP, Home: 0.2, End: 1, Enter: 0 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    set(to);
    if (split.hidden) toggle.focus();
  });
  toggle.addEventListener("click", () => {
    open = byId("viewer").hidden;
    keep();
    show();
  });
  store.subscribe("edit", () => {
    if (share === null) show();
  });
  new ResizeObserver(show).observe(work);
  addEventListener("storage", (event) => {
    if (event.key !== KEPT) return;
    ({ share, open } = kept());
    show();
  });
  show();
}

// What the tracks leave, so that few of them are no waste and many can be seen.
function usual(edit, room) {
  const heights = (edit?.tracks ?? []).map((track) => (track.kind === "audio" ? 31 : 73));
  const timeline = 110 + heights.reduce((sum, each) => sum + each, 0);
  return Math.min(USUAL[1], Math.max(USUAL[0], 1 - timeline / Math.max(1, room)));
}

function kept() {
  try {
    const { share, open } = JSON.parse(localStorage.getItem(KEPT)) ?? {};
    return { share: Number.isFinite(share) && share > 0 && share <= 1 ? share : null, open: open !== false };
  } catch {
    return { share: null, open: true };
  }
}
