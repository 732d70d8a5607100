// The bar above the tracks: timecode, marks and ranges, what is selected, zoom.

import { byId, element, many } from "./elements.js";
import { canRestyle } from "./timeline_cell.js";
import { clampScale, fitScale } from "./timeline_layout.js";

const ZOOM_STEPS = 1000;

const button = (label, text, keys, className = "quiet") =>
  element("button", { type: "button", className, "aria-label": label, title: keys ? `${label} (${keys})` : label, "aria-keyshortcuts": keys }, text);

export function barNodes() {
  const nodes = {
    timecode: element("input", { type: "text", className: "timecode", id: "timeline-timecode", "aria-label": "Playhead, record timecode", title: "Playhead, record timecode. Type a timecode, its last digits (412 is 4 seconds 12), or +24", autocomplete: "off", spellcheck: "false", size: 11 }),
    markIn: button("Mark in", "In", "I"),
    markOut: button("Mark out", "Out", "O"),
    markClip: button("Mark the clip under the playhead", "Mark clip", "X"),
    restyleRanges: element("button", { type: "button", className: "main", id: "restyle-ranges", hidden: true }),
    clear: button("Clear all marks", "Clear", "Alt+X"),
    ranges: element("ul", { className: "ranges", "aria-label": "Marked ranges" }),
    meant: element("span", { id: "timeline-meant" }),
    follow: element("button", { type: "button", className: "quiet", id: "follow-resolve", hidden: true, title: "Forget what is selected on this page, and follow the selection in Resolve again" }, "Follow Resolve"),
    restyle: element("button", { type: "button", className: "main", id: "restyle-clips" }),
    menu: element("button", { type: "button", id: "clip-menu", "aria-label": "Menu of the selected clips", "aria-haspopup": "menu", title: "Menu of the selected clips (Enter on the timeline)" }, "…"),
    out: button("Zoom out", "−", "-"),
    zoom: element("input", { type: "range", min: 0, max: ZOOM_STEPS, step: 1, "aria-label": "Zoom", title: "Zoom (Ctrl+wheel)" }),
    in: button("Zoom in", "+", "+"),
    fit: button("Fit the timeline", "Fit", "Shift+Z"),
    keys: button("Keys of the timeline", "?", "?"),
  };
  const group = (label, ...children) => element("div", { className: "bar-group", role: "group", "aria-label": label }, children);
  const node = element("div", { className: "timeline-bar" },
    element("div", { className: "bar-row" },
      group("Playhead and marks", nodes.timecode, nodes.markIn, nodes.markOut, nodes.markClip),
      group("Selection", nodes.meant, nodes.follow, nodes.restyle, nodes.menu),
      group("Zoom", nodes.out, nodes.zoom, nodes.in, nodes.fit, nodes.keys)));
  const marked = element("div", { className: "bar-row marked", role: "group", "aria-label": "Marked for restyling", hidden: true },
    element("span", { className: "label" }, "Ranges"), nodes.ranges, nodes.restyleRanges, nodes.clear);
  return { ...nodes, node, marked, connect: (parts) => connect(nodes, marked, parts), show: (store, selection) => show(nodes, store, selection), showZoom: (view) => showZoom(nodes, view) };
}

function connect(nodes, marked, { store, view, selection, ranges, markClip, restyleSelected, openMenuAt }) {
  const middle = () => (store.playhead >= view.from && store.playhead <= view.to ? store.playhead : (view.from + view.to) / 2);
  nodes.markIn.addEventListener("click", () => ranges.mark("in"));
  nodes.markOut.addEventListener("click", () => ranges.mark("out"));
  nodes.markClip.addEventListener("click", markClip);
  nodes.follow.addEventListener("click", () => {
    selection.clear();
    byId("clip-menu").focus();
  });
  nodes.restyle.addEventListener("click", () => {
    if (nodes.restyle.getAttribute("aria-disabled") !== "true") restyleSelected();
  });
  nodes.menu.addEventListener("click", () => {
    const box = nodes.menu.getBoundingClientRect();
    openMenuAt(box.left, box.bottom + 2, nodes.menu);
  });
  nodes.out.addEventListener("click", () => view.zoom(1 / 1.5, middle()));
  nodes.in.addEventListener("click", () => view.zoom(1.5, middle()));
  nodes.fit.addEventListener("click", () => view.fit());
  nodes.keys.addEventListener("click", () => byId("timeline-keys").showModal());
  nodes.zoom.addEventListener("input", () => {
    const [least, most] = bounds(view);
    view.setScale(least * (most / least) ** (Number(nodes.zoom.value) / ZOOM_STEPS), middle());
  });
  const showRow = () => {
    marked.hidden = store.ranges.length === 0 && store.pending.every((each) => each === null);
  };
  store.subscribe("ranges", showRow);
  store.subscribe("pending", showRow);
}

function show(nodes, store, selection) {
  const chosen = store.chosen();
  const able = chosen.filter(canRestyle);
  nodes.meant.textContent = selection.shortWords;
  nodes.meant.title = selection.words;
  nodes.follow.hidden = !selection.own || store.state?.edit?.kind !== "resolve";
  nodes.restyle.textContent = able.length ? `Restyle ${many(able.length, "clip")}…` : "Restyle…";
  const why = able.length ? "" : chosen.length ? "None of the selected clips can be restyled." : "Select clips first.";
  nodes.restyle.title = why;
  if (why) nodes.restyle.setAttribute("aria-disabled", "true");
  else nodes.restyle.removeAttribute("aria-disabled");
}

// The scales between which the slider moves.
const bounds = (view) => [fitScale(view.edit, view.width), clampScale(Infinity, view.edit, view.width)];

function showZoom(nodes, view) {
  const [least, most] = bounds(view);
  const share = most > least ? Math.log(view.scale / least) / Math.log(most / least) : 0;
  const value = String(Math.round(ZOOM_STEPS * Math.min(1, Math.max(0, share))));
  if (nodes.zoom.value !== value) nodes.zoom.value = value;
}
