// The timeline on the page: its bar, its tracks, and what ties the parts of it together.

import { element, say } from "./elements.js";
import { openMenu } from "./menu.js";
import { clipEntries, clipTitle } from "./menu_clip.js";
import { get } from "./server.js";
import { offerActs } from "./timeline_acts.js";
import { barNodes } from "./timeline_bar.js";
import { canRestyle, clipLines, jobsOfClips } from "./timeline_cell.js";
import { followKeys, keysDialog } from "./timeline_keys.js";
import { Lanes } from "./timeline_lanes.js";
import { firstOf } from "./timeline_layout.js";
import { Playhead } from "./timeline_playhead.js";
import { clipUnder, followPointer } from "./timeline_pointer.js";
import { Ranges } from "./timeline_ranges.js";
import { markerWords, Ruler } from "./timeline_ruler.js";
import { Selection } from "./timeline_selection.js";
import { Stills } from "./timeline_stills.js";
import { Tip } from "./timeline_tip.js";
import { View } from "./timeline_view.js";

export function startTimeline(store) {
  const nodes = build();
  const { grid, scroller, bar } = nodes;
  const known = { selection: store.selection, cursor: null, jobs: new Map() };
  const view = new View(scroller, nodes.sheet);
  const lanes = new Lanes(grid, nodes.sound, known);
  const selection = new Selection(store, lanes);
  const ruler = new Ruler(nodes.ticks, nodes.markers);
  const ranges = new Ranges(store, view, { bands: nodes.bands, list: bar.ranges, restyle: bar.restyleRanges, clear: bar.clear });
  const playhead = new Playhead(store, view, { line: nodes.line, handle: nodes.handle, field: bar.timecode });
  const stills = new Stills(lanes);
  const tip = new Tip(grid);
  let styles = [];
  let jobsSeen = -1;
  let isFirstDrawn = false;
  offerActs(store);

  view.onDraw(() => stills.move(view));
  view.onDraw(() => {
    const more = lanes.draw(view);
    if (!more && !performance.getEntriesByName("timeline drawn").length) performance.mark("timeline drawn");
    return more;
  });
  // The lowest picture track is where an edit is looked at first, also below many others.
  view.onDraw(() => {
    if (isFirstDrawn) return;
    isFirstDrawn = true;
    lanes.showRow(lanes.rows.filter((row) => row.kind !== "audio").length - 1);
    view.height = scroller.clientHeight;
  });
  view.onDraw(() => ruler.draw(view));
  view.onDraw(() => ranges.follow());
  view.onDraw(() => playhead.draw());
  view.onDraw(pointAtCursor);
  view.onDraw(showZoom);
  view.onSettled(() => stills.settle(view));
  view.onSettled(() => lanes.tell());

  store.subscribe("edit", (edit) => {
    const first = view.edit === null;
    lanes.setEdit(edit);
    ruler.setEdit(edit);
    view.setEdit(edit);
    if (first || store.playhead < edit.start || store.playhead >= edit.end) store.set("playhead", first ? firstOf(edit) : edit.start);
    nodes.empty.hidden = lanes.places.size > 0;
    selection.keepKnown();
    change();
    playhead.show();
    // Keys work from the beginning on.
    if (first && document.activeElement === document.body) grid.focus({ preventScroll: true });
  });
  store.subscribe("state", (state) => {
    known.jobs = jobsOfClips(state);
    if (view.edit) selection.follow();
    if (state.jobs.length !== jobsSeen) fetchStyles();
    jobsSeen = state.jobs.length;
    change();
  });
  store.subscribe("selection", () => change());

  function change() {
    known.selection = store.selection;
    known.cursor = selection.cursor;
    lanes.change();
    view.redraw();
    bar.show(store, selection);
  }

  async function fetchStyles() {
    try {
      styles = await get("styles");
    } catch {
      styles = []; // The menu goes without them; the dialog says what is wrong with styles.
    }
  }

  function pointAtCursor() {
    const place = lanes.places.get(selection.cursor);
    const id = place ? lanes.idOf(place.row, place.at) : null;
    const cell = id ? document.getElementById(id) : null;
    if (cell) grid.setAttribute("aria-activedescendant", id);
    else grid.removeAttribute("aria-activedescendant");
    const item = place ? selection.itemAt(place) : null;
    if (cell && item.refusal && document.activeElement === grid && grid.matches(":focus-visible"))
      tip.show(cell, clipLines(item, view.edit, known.jobs.get(item.key)), { soon: true, warning: true });
    else if (tip.of?.classList?.contains("clip") && tip.of !== cell && document.activeElement === grid && !tip.of.matches(":hover")) tip.hide();
  }

  function showZoom() {
    bar.showZoom(view);
  }

  // The menu of the clips that are selected, or of the one at the cursor.
  function openMenuAt(x, y, back = grid) {
    let clips = store.chosen();
    if (!clips.length && selection.cursor) clips = [store.clipOf(selection.cursor)];
    if (!clips.length) {
      say("Select a clip first.");
      return;
    }
    tip.hide();
    const act = (name, detail) => store.act(name, detail);
    openMenu({
      title: selection.followed && store.selection.size ? `${clipTitle(clips)} (chosen in Resolve)` : clipTitle(clips),
      entries: clipEntries(clips, { styles, act, inResolve: selection.followed && store.selection.size > 0, kind: store.state?.edit?.kind }),
      x,
      y,
      back,
    });
  }

  function openMenuAtCursor() {
    const key = selection.cursor ?? store.chosen()[0]?.key;
    const place = lanes.places.get(key);
    const cell = place && document.getElementById(lanes.idOf(place.row, place.at));
    const box = (cell ?? grid).getBoundingClientRect();
    const seen = scroller.getBoundingClientRect();
    openMenuAt(Math.max(seen.left + 72, Math.min(box.left + 12, seen.right - 40)), Math.min(box.top + 40, seen.bottom));
  }

  selection.setCursor = (key) => {
    selection.cursor = key;
    change();
  };
  lanes.showRow = (row) => {
    const track = grid.children[row];
    if (!track) return;
    const top = track.offsetTop - nodes.rulerBox.offsetHeight;
    const bottom = track.offsetTop + track.offsetHeight;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
  };

  followPointer({ view, lanes, selection, ranges, playhead, ruler, nodes, openMenuAt });
  const { markClip } = followKeys({ store, view, lanes, selection, ranges, playhead, ruler, grid, openMenuAtCursor });
  followHover();
  bar.connect({ store, view, selection, ranges, markClip, restyleSelected, openMenuAt });

  // Where Resolve's selection is meant it is asked for as such: of a clip it may mean a part.
  function restyleSelected() {
    const able = store.chosen().filter(canRestyle);
    store.act("restyle", { clips: selection.followed ? [] : able.map((clip) => clip.key), ranges: [] });
  }

  function followHover() {
    nodes.sheet.addEventListener("pointermove", (event) => {
      if (event.buttons || !view.edit) return tip.hide();
      const marker = event.target.closest(".marker");
      if (marker) return tip.show(marker, markerWords(ruler.markerOf(marker), view.edit), { soon: true });
      const between = event.target.closest(".transition, .gap");
      if (between) return tip.show(between, lanes.linesOf(between, view.edit));
      const cell = event.target.closest(".clip");
      const clip = cell && clipUnder(event, view, lanes);
      if (!clip) return tip.hide();
      if (cell.classList.contains("block") && tip.of === cell && tip.key !== clip.key) tip.hide();
      tip.key = clip.key;
      return tip.show(cell, clipLines(clip, view.edit, known.jobs.get(clip.key)), { soon: Boolean(clip.refusal), warning: false });
    });
    nodes.sheet.addEventListener("pointerleave", () => tip.hide());
    scroller.addEventListener("scroll", () => tip.hide(), { passive: true });
    grid.addEventListener("blur", () => tip.hide());
  }
}

function build() {
  const main = document.getElementById("timeline");
  const bar = barNodes();
  const nodes = { bar };
  const make = (name, tag, properties, ...children) => (nodes[name] = element(tag, properties, ...children));
  make("ticks", "div", { className: "ticks", "aria-hidden": "true" });
  make("markers", "div", { className: "markers", role: "group", "aria-label": "Markers" });
  make("bands", "div", { className: "bands", "aria-hidden": "true" });
  make("handle", "span", { className: "handle" });
  make("line", "div", { className: "playhead", "aria-hidden": "true" });
  make("rulerBox", "div", { className: "ruler" }, nodes.ticks, nodes.markers, nodes.handle);
  make("grid", "div", {
    className: "lanes", role: "grid", tabindex: 0, "aria-multiselectable": "true", "aria-label": "Clips on the video tracks",
  });
  make("sound", "div", { className: "sound", role: "group" });
  make("empty", "p", { className: "hint empty", hidden: true }, "This timeline has no clip on a video track.");
  make("sheet", "div", { className: "sheet" }, element("div", { className: "corner" }), nodes.rulerBox, nodes.grid, nodes.sound, nodes.bands, nodes.line);
  make("scroller", "div", { className: "scroller" }, nodes.sheet);
  main.replaceChildren(bar.node, nodes.empty, nodes.scroller, bar.marked);
  document.body.append(keysDialog());
  return nodes;
}
