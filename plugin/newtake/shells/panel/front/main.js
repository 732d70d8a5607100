// The page: follows the server's state and edit, and starts each part over one store.

import { startArriving } from "./arriving.js";
import { startChooser } from "./chooser.js";
import { startCompare } from "./compare.js";
import { startFacts } from "./edit_facts.js";
import { startEditor } from "./editor.js";
import { byId, tellTrouble } from "./elements.js";
import { startNotify } from "./notify.js";
import { startQueue } from "./queue.js";
import { startRestyle } from "./restyle.js";
import { startSaving } from "./saving.js";
import { get, listen, wordsOf } from "./server.js";
import { createStore } from "./store.js";
import { startTheme } from "./theme.js";
import { startTimeline } from "./timeline.js";
import { startViewer } from "./viewer.js";

export const store = createStore();
let fetching = false;

// Fetch the edit document until it is of the revision that the newest state says.
async function followEdit() {
  if (fetching) return;
  fetching = true;
  try {
    while (store.state.edit && store.edit?.revision !== store.state.edit.revision) {
      const wanted = store.state.edit.revision;
      const edit = await get("edit");
      store.set("edit", edit);
      if (edit.revision !== wanted && store.state.edit.revision === wanted) break;
    }
  } catch (error) {
    // Of a file that is gone the bar of saving says what can be done.
    const isSaid = wordsOf(error).error === "Gone" || store.state.edit.gone;
    if (!isSaid) tellTrouble(byId("edit-trouble"), wordsOf(error));
  } finally {
    fetching = false;
  }
}

function show(state) {
  store.set("state", state);
  tellTrouble(byId("edit-trouble"), state.edit?.trouble ?? null);
  followEdit();
}

function showAway(words) {
  tellTrouble(byId("ended"), words);
  document.body.classList.toggle("is-away", words !== null);
}

startTheme();
startEditor(store);
startFacts(store);
startChooser(store);
startSaving(store);
startTimeline(store);
startViewer(store);
startRestyle(store);
startQueue(store);
startCompare(store);
startNotify(store);
startArriving(store);
listen(show, showAway);
