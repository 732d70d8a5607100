// The page: follows the server's state, and hands each part what it shows.

import { showChosen, showEditor, startChosen } from "./chosen.js";
import { byId, tellTrouble } from "./elements.js";
import { planFor, replan, startPlan } from "./plan.js";
import { showQueue, startQueue } from "./queue.js";
import { ask, GONE } from "./server.js";
import { adoptSettings, startWish } from "./wish.js";

const WAIT_SECONDS = 20;
const AGAIN_MS = 2000;
let planned = null;

function show(state) {
  adoptSettings(state.provider);
  showEditor(state.editor);
  showChosen(state.chosen, state.editor);
  showQueue(state);
  if (planned !== state.chosen.revision) {
    planned = state.chosen.revision;
    planFor(state.chosen);
  }
}

async function follow() {
  let seen = -1;
  for (;;) {
    try {
      const state = await ask("state", { seen, wait: seen < 0 ? 0 : WAIT_SECONDS });
      seen = state.revision;
      tellTrouble(byId("ended"), null);
      show(state);
    } catch (error) {
      tellTrouble(byId("ended"), error.words ?? GONE);
      seen = -1;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

function startTheme() {
  const button = byId("theme");
  const set = (theme) => {
    document.documentElement.dataset.theme = theme;
    button.setAttribute("aria-pressed", String(theme === "light"));
    localStorage.setItem("newtake.theme", theme);
  };
  set(localStorage.getItem("newtake.theme") ?? "dark");
  button.addEventListener("click", () =>
    set(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
}

startTheme();
startWish(replan);
startChosen();
startPlan();
startQueue();
follow();
