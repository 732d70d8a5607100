// The room to paint on a first frame: brush, eraser, colour, size, undo and redo, by pen or by keys.

import { element } from "./elements.js";
import { fileName } from "./first_frame_source.js";
import { createPainting } from "./paint.js";
import { keepFocusInside } from "./restyle_focus.js";

const SIZES = { min: 1, max: 300 };
const KEPT = { tool: "brush", colour: "#e0a458", size: 24 };

// Paint on the picture (a Blob); a PNG with what was painted, or null where nothing is to be used.
export async function paintOn(blob, name) {
  const picture = await createImageBitmap(blob);
  return new Promise((resolve) => {
    const room = buildRoom(picture, name, (made) => {
      room.close();
      room.remove();
      picture.close();
      resolve(made);
    });
    document.body.append(room);
    room.showModal();
    room.querySelector("canvas").focus();
  });
}

function buildRoom(picture, name, finish) {
  const canvas = element("canvas", { tabindex: 0, role: "application", "aria-roledescription": "picture to paint on",
    "aria-label": `${name}. Arrow keys move the brush, space puts it down and lifts it.` });
  const painting = createPainting(canvas, picture);
  canvas.style.setProperty("--ratio", String(picture.width / picture.height));
  const ring = element("div", { className: "brush-ring", hidden: true });
  const stage = element("div", { className: "paint-stage" }, element("div", { className: "paint-sheet" }, canvas, ring));
  const tools = {};
  let leaving = false;
  let pen = null; // where the keys have the brush, in picture pixels
  let down = false;

  const tool = (word, label, key) => (tools[word] = element("button", { type: "button", "aria-keyshortcuts": key, title: `${label} (${key})`, onclick: () => pick(word) }, label));
  const colour = element("input", { type: "color", "aria-label": "Colour", value: KEPT.colour, oninput: () => { KEPT.colour = colour.value; pick("brush"); } });
  const size = element("input", { type: "range", "aria-label": "Size in pixels", ...SIZES, value: KEPT.size, title: "[ and ]", oninput: () => setSize(Number(size.value)) });
  const sizeWord = element("output", { className: "timecode" });
  const undo = element("button", { type: "button", title: "Ctrl+Z", "aria-keyshortcuts": "Control+Z", onclick: () => step("undo") }, "Undo");
  const redo = element("button", { type: "button", title: "Ctrl+Shift+Z", "aria-keyshortcuts": "Control+Shift+Z", onclick: () => step("redo") }, "Redo");
  const zoom = element("button", { type: "button", "aria-pressed": "false", title: "Z", "aria-keyshortcuts": "Z", onclick: toggleZoom }, "100 %");
  const asking = element("div", { className: "trouble", role: "alert", hidden: true },
    element("strong", {}, "What you painted would be lost."),
    element("div", { className: "buttons" },
      element("button", { type: "button", onclick: () => finish(null) }, "Throw it away"),
      element("button", { type: "button", onclick: stay }, "Go on painting")));
  const room = element("dialog", { id: "paint", "aria-label": `Paint on ${name}` },
    element("div", { className: "paint-bar", role: "toolbar", "aria-label": "Painting" },
      tool("brush", "Brush", "B"), tool("eraser", "Eraser", "E"), tool("picker", "Pick colour", "I"),
      colour, element("label", { className: "row" }, "Size ", size, sizeWord), undo, redo, zoom,
      element("span", { className: "facts" }, `${picture.width} × ${picture.height}`)),
    asking, stage,
    element("div", { className: "buttons" },
      element("button", { type: "button", onclick: save }, "Save as file…"),
      element("button", { type: "button", onclick: leave }, "Cancel"),
      element("button", { type: "button", className: "main", onclick: async () => finish(painting.canUndo ? await painting.blob() : null) }, "Use this picture")));

  const scale = () => canvas.getBoundingClientRect().width / picture.width;
  const stroke = () => ({ tool: KEPT.tool === "eraser" ? "eraser" : "brush", colour: KEPT.colour, size: KEPT.size });

  function pick(word) {
    KEPT.tool = word;
    for (const [each, button] of Object.entries(tools)) button.setAttribute("aria-pressed", String(each === word));
  }
  function setSize(pixels) {
    KEPT.size = Math.min(SIZES.max, Math.max(SIZES.min, Math.round(pixels)));
    size.value = String(KEPT.size);
    sizeWord.textContent = `${KEPT.size} px`;
    if (pen) showRing(...pen);
  }
  function step(way) {
    painting[way]();
    drawButtons();
  }
  function drawButtons() {
    undo.disabled = !painting.canUndo;
    redo.disabled = !painting.canRedo;
  }
  function toggleZoom() {
    const full = stage.classList.toggle("full");
    zoom.setAttribute("aria-pressed", String(full));
  }
  function showRing(x, y) {
    const factor = scale();
    const wide = Math.max(4, KEPT.size * factor);
    ring.hidden = false;
    Object.assign(ring.style, { width: `${wide}px`, height: `${wide}px`, left: `${x * factor}px`, top: `${y * factor}px` });
    ring.classList.toggle("down", down);
  }
  function pickColour(x, y) {
    colour.value = KEPT.colour = painting.colourAt(x, y);
    pick("brush");
  }
  function stay() {
    leaving = false;
    asking.hidden = true;
    canvas.focus();
  }
  function leave() {
    if (!painting.canUndo) {
      finish(null);
      return;
    }
    leaving = true;
    asking.hidden = false;
    asking.querySelector("button:last-child").focus();
  }
  async function save() {
    const link = element("a", { href: URL.createObjectURL(await painting.blob()), download: fileName(name) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  const placeOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * picture.width) / box.width, ((event.clientY - box.top) * picture.height) / box.height];
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.focus();
    const at = placeOf(event);
    if (KEPT.tool === "picker" || event.altKey) {
      pickColour(...at);
      return;
    }
    canvas.setPointerCapture(event.pointerId);
    down = true;
    painting.begin(stroke(), [...at, event.pressure]);
    drawButtons();
  });
  canvas.addEventListener("pointermove", (event) => {
    pen = null;
    showRing(...placeOf(event));
    if (!down) return;
    const moves = event.getCoalescedEvents?.() ?? [];
    painting.extend((moves.length ? moves : [event]).map((each) => [...placeOf(each), each.pressure]));
  });
  const lift = () => {
    down = false;
    painting.end();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => { if (!pen) ring.hidden = true; });
  canvas.addEventListener("blur", lift);

  function moveByKeys(event) {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!way && event.key !== " ") return false;
    pen ??= [picture.width / 2, picture.height / 2];
    if (!way) {
      if (event.repeat) return true;
      if (KEPT.tool === "picker") pickColour(...pen);
      else if (down) lift();
      else {
        down = true;
        painting.begin(stroke(), [...pen, 1]);
        drawButtons();
      }
    } else {
      const far = event.shiftKey ? KEPT.size * 4 : Math.max(1, KEPT.size / 2);
      pen = [
        Math.min(picture.width - 1, Math.max(0, pen[0] + way[0] * far)),
        Math.min(picture.height - 1, Math.max(0, pen[1] + way[1] * far)),
      ];
      if (down) painting.extend([[...pen, 1]]);
    }
    showRing(...pen);
    return true;
  }

  room.addEventListener("keydown", (event) => {
    // The dialog below has keys of its own.
    event.stopPropagation();
    if (keepFocusInside(room, event)) return;
    const key = event.key.toLowerCase();
    const control = event.ctrlKey || event.metaKey;
    if (key === "escape") {
      event.preventDefault();
      if (leaving) stay();
      else leave();
    } else if (control && key === "z") {
      event.preventDefault();
      step(event.shiftKey ? "redo" : "undo");
    } else if (control && key === "y") {
      event.preventDefault();
      step("redo");
    } else if (!control && event.target === canvas && moveByKeys(event)) event.preventDefault();
    else if (!control && !event.altKey) {
      const word = { b: "brush", e: "eraser", i: "picker" }[key];
      if (word) pick(word);
      else if (key === "[") setSize(KEPT.size - Math.max(1, KEPT.size * 0.1));
      else if (key === "]") setSize(KEPT.size + Math.max(1, KEPT.size * 0.1));
      else if (key === "z") toggleZoom();
    }
  });
  room.addEventListener("cancel", (event) => event.preventDefault());

  pick(KEPT.tool === "picker" ? "brush" : KEPT.tool);
  setSize(KEPT.size);
  drawButtons();
  return room;
}
