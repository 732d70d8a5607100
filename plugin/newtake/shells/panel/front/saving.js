// Saving the timeline's file: Save, Save as, what another program changed, and leaving.

import { byId, element, many, say, tellTrouble, troubleLines } from "./elements.js";
import { startSaveAs } from "./saving_as.js";
import { ask, wordsOf } from "./server.js";

let store = null;
let busy = false;
let openSaveAs = null;
let unread = false; // whether the trouble that is said is of a file that could not be read anew

export function startSaving(shared) {
  store = shared;
  openSaveAs = startSaveAs(store, saved);
  byId("save").addEventListener("click", () => save(false));
  byId("save-as").addEventListener("click", openSaveAs);
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    // Never the browser's own "save this page", also where nothing can be saved.
    event.preventDefault();
    if (byId("save-bar").hidden || document.querySelector("dialog:modal")) return;
    if (event.shiftKey || store.state.edit.why_not) openSaveAs();
    else save(false);
  });
  addEventListener("beforeunload", (event) => {
    if (store.state?.edit?.unsaved && isFile()) event.preventDefault();
  });
  store.subscribe("state", show);
}

const isFile = () => store.state?.edit?.kind === "otio";

function show(state) {
  const { edit } = state;
  if (!edit) return;
  const file = isFile();
  byId("title").textContent = edit.title;
  byId("title").title = edit.path ?? "";
  document.title = `${file && edit.unsaved ? `(${edit.unsaved}) ` : ""}${edit.title ? `${edit.title} – ` : ""}New Take`;
  byId("save-bar").hidden = !file;
  if (!file) return;
  byId("unsaved").textContent = edit.unsaved ? many(edit.unsaved, "unsaved change") : edit.gone ? "file gone" : "saved";
  byId("unsaved").classList.toggle("some", edit.unsaved > 0);
  const button = byId("save");
  const toWrite = edit.unsaved > 0 || (edit.gone && !nothingLeft(edit));
  button.disabled = busy || Boolean(edit.why_not) || !toWrite;
  button.title = edit.why_not || (toWrite ? `Writes ${edit.saves_to} (Ctrl+S)` : edit.gone ? "The file is gone." : "Everything is in the file.");
  byId("save-as").disabled = busy || nothingLeft(edit);
  byId("save-as").title = `Writes another file, ${edit.suggested} for one (Ctrl+Shift+S)`;
  showChanged(edit);
  if (!edit.unsaved || (unread && !edit.changed_outside)) tellTrouble(byId("save-trouble"), null);
}

function showChanged(edit) {
  const box = byId("changed-outside");
  const kind = edit.gone ? "gone" : edit.changed_outside ? "changed" : "";
  box.hidden = !kind;
  if (!kind) box.dataset.kind = "";
  const key = `${kind} ${edit.unsaved} ${edit.held}`;
  if (!kind || box.dataset.kind === key) return;
  box.dataset.kind = key;
  const unsaved = edit.unsaved ? `${many(edit.unsaved, "unsaved change")} of this page ${edit.unsaved === 1 ? "is" : "are"} not in it.` : "This page has no unsaved changes.";
  const button = (id, text, title, onclick) => element("button", { type: "button", id, title, onclick }, text);
  box.replaceChildren(
    ...troubleLines(kind === "gone"
      ? { what: `The file is gone: ${edit.path}`, why: `Another program moved or removed it. ${unsaved}`, next: nextOfGone(edit) }
      : { what: `Another program has changed ${edit.path}`, why: unsaved, next: edit.unsaved ? "Reload it, with the unsaved takes carried over; or save over it, which keeps the other version in New Take's folder." : "Reload it." }),
    element("div", { className: "buttons" },
      kind === "changed" ? button("reload", "Reload and carry over", "Reads the file anew and gives its clips the unsaved takes", reload) : "",
      edit.why_not || nothingLeft(edit) || (kind === "changed" && !edit.unsaved) ? "" : button("save-anyway", kind === "gone" ? "Save" : "Save anyway", kind === "gone" ? `Writes ${edit.saves_to}` : "Writes over what the other program wrote", () => save(true)),
      nothingLeft(edit) ? "" : button("save-elsewhere", "Save as…", "Leaves the file as it is", openSaveAs)));
}

// The file is gone, and nothing of it is held that a save could write.
const nothingLeft = (edit) => edit.gone && edit.held === false;

function nextOfGone(edit) {
  if (nothingLeft(edit)) return "Put the file back where it was. There is nothing here that could be saved.";
  const as = edit.unsaved ? "anew" : "as it was last seen";
  return edit.why_not ? "Save as writes another file." : `Save writes it ${as}; Save as writes another.`;
}

async function reload() {
  unread = true;
  await work(async () => say((await ask("reload")).text ?? ""));
}

async function save(even) {
  if (busy) return;
  const { edit } = store.state;
  if (nothingLeft(edit)) {
    say(`The file is gone. ${nextOfGone(edit)}`);
    return;
  }
  if (!edit.unsaved && !edit.gone && !even) {
    say("Everything is in the file.");
    return;
  }
  unread = false;
  await work(async () => saved(await ask("save", { as: null, replace: false, even_if_changed: even || edit.gone })));
}

function saved({ path, kept, notes }) {
  tellTrouble(byId("save-trouble"), null);
  say([`Saved ${path}.`, kept && `The file as it was lies at ${kept}.`, ...(notes ?? [])].filter(Boolean).join(" "));
}

async function work(deed) {
  busy = true;
  show(store.state);
  try {
    await deed();
    tellTrouble(byId("save-trouble"), null);
  } catch (error) {
    tellTrouble(byId("save-trouble"), wordsOf(error));
  }
  busy = false;
  show(store.state);
}
