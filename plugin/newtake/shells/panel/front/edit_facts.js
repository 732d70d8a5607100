// What is said of the timeline as a whole: its rate in the header, and what a person should know of
// it, until it is put away.

import { byId, element } from "./elements.js";
import { rateWord } from "./timecode.js";

const READ = "newtake.read";

export function startFacts(store) {
  let read = kept();
  const box = byId("edit-notes");

  function show() {
    const { edit, state } = store;
    byId("rate").textContent = edit ? `${rateWord(edit.rate)} fps${edit.drop ? " drop" : ""}` : "";
    const notes = [...(state?.edit?.notes ?? []), ...(edit?.notes ?? [])].map(sentence);
    const unread = notes.filter((note) => !read.includes(note));
    const text = unread.join(" ");
    if (box.dataset.text === text) return;
    box.dataset.text = text;
    box.hidden = !unread.length;
    box.replaceChildren(
      element("div", {}, unread.map((note) => element("p", {}, note))),
      element("button", { type: "button", className: "quiet", "aria-label": "Put away what is said of the timeline", title: "Put away", onclick: () => {
        read = [...new Set([...read, ...unread])];
        sessionStorage.setItem(READ, JSON.stringify(read));
        show();
      } }, "✕"));
  }

  store.subscribe("edit", show);
  store.subscribe("state", show);
}

function kept() {
  try {
    const read = JSON.parse(sessionStorage.getItem(READ) ?? "[]");
    return Array.isArray(read) ? read : [];
  } catch {
    return [];
  }
}

// Notes are clauses in lists elsewhere.
const sentence = (note) => `${note.charAt(0).toUpperCase()}${note.slice(1)}`.replace(/([^.!?])$/, "$1.");
