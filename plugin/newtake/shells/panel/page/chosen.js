// The clips that are chosen in Resolve now, and how they are chosen.

import { byId, element, many, tellTrouble, updateList } from "./elements.js";
import { ask, wordsOf } from "./server.js";

const COLOURS = [
  "Orange", "Apricot", "Yellow", "Lime", "Olive", "Green", "Teal", "Navy",
  "Blue", "Purple", "Violet", "Pink", "Tan", "Beige", "Brown", "Chocolate",
];

export function showEditor(editor) {
  const names = editor.timeline ? `${editor.project} / ${editor.timeline}` : "no timeline is open";
  const texts = {
    here: `${editor.product} ${editor.version}: ${names}`,
    busy: "DaVinci Resolve does not answer; a dialog may be open there.",
    away: "DaVinci Resolve is away; the queue goes on.",
    looking: "Looking for DaVinci Resolve…",
  };
  const line = byId("editor");
  line.dataset.state = editor.state;
  line.textContent = texts[editor.state];
  line.title = editor.trouble ? [editor.trouble.why, editor.trouble.next].filter(Boolean).join(" ") : "";
}

export function showChosen(chosen, editor) {
  const follows = editor.follows && (chosen.how === "auto" || chosen.how === "selection");
  byId("chosen-sentence").textContent =
    chosen.sentence + (chosen.sentence && follows ? " Follows the selection." : "");
  tellTrouble(byId("chosen-trouble"), chosen.trouble ?? (editor.state === "away" ? editor.trouble : null));
  if (document.activeElement !== byId("how")) {
    byId("how").value = chosen.how.split(":")[0];
    showColour();
  }
  updateList(byId("clips"), chosen.clips, (clip) => clip.key, clipEntry);
}

function clipEntry(clip) {
  const facts = [clip.track, clip.record, `${many(clip.frames, "frame")} at ${clip.rate}`];
  if (clip.part) facts.push(clip.part);
  if (clip.takes) facts.push(many(clip.takes, "take"));
  return element("li", { className: clip.refusal ? "refused" : "" },
    element("div", { className: "name" }, clip.name),
    element("div", { className: "facts" }, facts.join("   ")),
    clip.refusal ? element("div", { className: "refusal" }, `Cannot be restyled: ${clip.refusal}`) : "",
    clip.notes.map((note) => element("div", { className: "hint" }, note)));
}

function showColour() {
  byId("colour").hidden = byId("how").value !== "colour";
}

async function look() {
  showColour();
  try {
    await ask("look", { how: byId("how").value, colour: byId("colour").value });
  } catch (error) {
    tellTrouble(byId("chosen-trouble"), wordsOf(error));
  }
}

export function startChosen() {
  byId("colour").append(...COLOURS.map((name) => element("option", {}, name)));
  for (const id of ["how", "colour"]) byId(id).addEventListener("change", look);
  byId("refresh").addEventListener("click", look);
}
