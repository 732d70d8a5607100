// What the pointer does: selects clips, draws a band around them, marks ranges, moves the playhead.

import { element, say } from "./elements.js";
import { markerWords } from "./timeline_ruler.js";
import { clipsWithin } from "./timeline_selection.js";

const DRAG_PX = 4;

// The track (a row's number) and the clip under the pointer; null where there is none.
export function clipUnder(event, view, lanes) {
  const lane = event.target.closest?.(".lane") ?? event.target.closest?.(".track")?.querySelector(".lane");
  const row = lane ? Number(lane.dataset.row) : -1;
  if (row < 0 || lanes.rows[row].kind === "audio") return null;
  const frame = view.frameAt(event.clientX);
  return lanes.rows[row].clips.find((clip) => clip.start <= frame && frame < clip.end) ?? null;
}

export function followPointer({ view, lanes, selection, ranges, playhead, ruler, nodes, openMenuAt }) {
  const { scroller, sheet, grid, rulerBox, handle } = nodes;

  // Call `moved(event, dragged)` while a button stays down, then `done(event, dragged)`.
  function drag(event, moved, done) {
    const from = [event.clientX, event.clientY];
    let dragged = false;
    const node = event.currentTarget;
    node.setPointerCapture(event.pointerId);
    const onMove = (move) => {
      dragged ||= Math.hypot(move.clientX - from[0], move.clientY - from[1]) >= DRAG_PX;
      if (!dragged) return;
      scrollAtEdge(move);
      moved(move);
    };
    const end = (up) => {
      node.removeEventListener("pointermove", onMove);
      node.removeEventListener("pointerup", end);
      node.removeEventListener("pointercancel", end);
      done(up, dragged && up.type === "pointerup", up.type === "pointercancel");
    };
    node.addEventListener("pointermove", onMove);
    node.addEventListener("pointerup", end);
    node.addEventListener("pointercancel", end);
  }

  function scrollAtEdge({ clientX }) {
    const box = scroller.getBoundingClientRect();
    if (clientX > box.right - 16) scroller.scrollLeft += 24;
    else if (clientX < box.left + 80) scroller.scrollLeft -= 24;
  }

  rulerBox.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !view.edit) return;
    if (event.target === handle) {
      drag(event, (move) => playhead.go(Math.floor(view.frameAt(move.clientX))), () => {});
      return;
    }
    const marker = event.target.closest(".marker");
    const start = view.frameAt(event.clientX);
    const between = (move) => {
      const [from, to] = [start, view.frameAt(move.clientX)].sort((a, b) => a - b);
      return [Math.max(view.edit.start, Math.floor(from)), Math.min(view.edit.end, Math.floor(to) + 1)];
    };
    drag(
      event,
      (move) => {
        ranges.drawing = between(move);
        ranges.draw();
      },
      (up, dragged, cancelled) => {
        ranges.drawing = null;
        if (dragged) ranges.add(between(up));
        else if (!cancelled && marker) {
          const meant = ruler.markerOf(marker);
          playhead.go(meant.start);
          say(markerWords(meant, view.edit).join(", "));
        } else if (!cancelled) playhead.go(Math.floor(start));
        ranges.draw();
      },
    );
  });

  sheet.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !view.edit || event.target.closest(".ruler, .track-name")) return;
    event.preventDefault();
    grid.focus({ preventScroll: true });
    const clip = clipUnder(event, view, lanes);
    if (event.target.closest(".clip-menu") && clip) {
      if (!selection.store.selection.has(clip.key)) selection.only(clip.key);
      const box = event.target.getBoundingClientRect();
      openMenuAt(box.left, box.bottom);
      return;
    }
    const keep = event.ctrlKey || event.metaKey;
    const before = keep ? [...selection.store.selection] : [];
    const from = { frame: view.frameAt(event.clientX), y: event.clientY + scroller.scrollTop };
    const band = element("span", { className: "rubber" });
    drag(
      event,
      (move) => {
        if (!band.isConnected) sheet.append(band);
        const to = { frame: view.frameAt(move.clientX), y: move.clientY + scroller.scrollTop };
        drawBand(band, from, to);
        const rows = rowsBetween(from.y, to.y);
        const [a, b] = [from.frame, to.frame].sort((one, other) => one - other);
        selection.choose([...before, ...(rows ? clipsWithin(lanes.rows, rows, a, b) : [])]);
      },
      (up, dragged, cancelled) => {
        band.remove();
        if (dragged) say(`${selection.words}.`);
        else if (!cancelled) click(clip, event);
      },
    );
  });

  function click(clip, { shiftKey, ctrlKey, metaKey }) {
    if (!clip) {
      if (!shiftKey && !ctrlKey && !metaKey) selection.clear();
    } else if (shiftKey) selection.extend(clip.key, ctrlKey || metaKey);
    else if (ctrlKey || metaKey) selection.toggle(clip.key);
    else selection.only(clip.key);
  }

  function drawBand(band, from, to) {
    const top = sheet.getBoundingClientRect().top + scroller.scrollTop;
    const [a, b] = [from.frame, to.frame].sort((one, other) => one - other);
    const [high, low] = [from.y, to.y].sort((one, other) => one - other);
    band.style.transform = `translate(${view.xOf(a)}px, ${high - top}px)`;
    band.style.width = `${(b - a) * view.scale}px`;
    band.style.height = `${low - high}px`;
  }

  // The first and the last row that a band touches; null where it touches none.
  function rowsBetween(one, other) {
    const [high, low] = [one, other].sort((a, b) => a - b);
    const touched = [...grid.children].filter((track) => {
      const box = track.getBoundingClientRect();
      return box.top + scroller.scrollTop < low && box.bottom + scroller.scrollTop > high;
    });
    if (!touched.length) return null;
    const number = (track) => Number(track.querySelector(".lane").dataset.row);
    return [number(touched[0]), number(touched[touched.length - 1])];
  }

  sheet.addEventListener("contextmenu", (event) => {
    if (!view.edit || event.target.closest(".ruler, .sound")) return;
    event.preventDefault();
    const clip = clipUnder(event, view, lanes);
    if (!clip) return;
    grid.focus({ preventScroll: true });
    if (selection.store.selection.has(clip.key)) selection.cursor = clip.key;
    else selection.only(clip.key);
    openMenuAt(event.clientX, event.clientY);
  });
}
