// What is known of DaVinci Resolve, in the header: who answers, and what is open there.

import { byId } from "./elements.js";

export function startEditor(store) {
  store.subscribe("state", ({ editor }) => show(editor));
}

function show(editor) {
  const line = byId("editor");
  line.hidden = !editor;
  if (!editor) return;
  const names = editor.timeline ? `${editor.project} / ${editor.timeline}` : "no timeline is open";
  const texts = {
    here: `${editor.product} ${editor.version}: ${names}`,
    busy: "DaVinci Resolve does not answer; a dialog may be open there.",
    away: "DaVinci Resolve is away; the queue goes on.",
    looking: "Looking for DaVinci Resolve…",
  };
  line.dataset.state = editor.state;
  line.textContent = texts[editor.state];
  line.title = editor.trouble ? [editor.trouble.what, editor.trouble.why, editor.trouble.next].filter(Boolean).join(" ") : texts[editor.state];
}
