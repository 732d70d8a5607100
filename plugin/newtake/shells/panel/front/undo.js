// Undo and redo of what is done on this page without paying: takes that were selected or starred, and
// marked ranges. What costs something, or removes a take, is no step that could be taken back.

import { say, troubleText } from "./elements.js";
import { ask, wordsOf } from "./server.js";
import { selectedTake } from "./timeline_cell.js";

const STEPS_MAX = 100;
const OPPOSITE = { star: "unstar", unstar: "star" };

// The changes that take back `changes` ({clip, what, take}), with takes as they are before them;
// null where one cannot be taken back.
export function takenBack(changes, clipOf) {
  if (changes.some(({ what }) => what === "remove")) return null;
  return changes.map(({ clip, what, take }) => what === "use"
    ? { clip, what, take: selectedTake(clipOf(clip) ?? { takes: [] })?.key ?? "original" }
    : { clip, what: OPPOSITE[what], take });
}

export function startUndo(store) {
  const done = [];
  const undone = [];
  let ranges = store.ranges;
  let isOurs = false; // while marks are changed from here

  function did(step) {
    done.push(step);
    if (done.length > STEPS_MAX) done.shift();
    undone.length = 0;
  }

  async function changeTakes(changes) {
    const back = takenBack(changes, store.clipOf);
    const { text = "" } = await ask("takes", { changes });
    did(back && { undo: () => taken(back), redo: () => taken(changes) });
    return text;
  }

  const taken = async (changes) => (await ask("takes", { changes })).text ?? "";

  function marked(wanted) {
    isOurs = true;
    store.set("ranges", wanted);
    isOurs = false;
    return wanted.length ? "The marks are as they were." : "Nothing is marked.";
  }

  store.subscribe("ranges", (now) => {
    const before = ranges;
    ranges = now;
    if (!isOurs && JSON.stringify(before) !== JSON.stringify(now)) did({ undo: () => marked(before), redo: () => marked(now) });
  });

  async function go(from, to, way, word) {
    if (!from.length) return say(`There is nothing to ${way}.`);
    const step = from.pop();
    if (!step) return say("A take that was removed is not put back; its files stay on disk.");
    try {
      const text = await step[way]();
      to.push(step);
      return say(`${word}: ${text}`);
    } catch (error) {
      return say(troubleText(wordsOf(error)));
    }
  }

  store.on("takes", ({ changes }) => changeTakes(changes).then(say, (error) => say(troubleText(wordsOf(error)))));
  store.on("change takes", ({ changes }) => changeTakes(changes));
  store.on("undo", () => go(done, undone, "undo", "Undone"));
  store.on("redo", () => go(undone, done, "redo", "Done again"));
}
