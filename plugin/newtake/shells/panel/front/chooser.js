// How clips are chosen in DaVinci Resolve, and which they are: a line above the timeline.

import { byId, element, tellTrouble } from "./elements.js";
import { ask, wordsOf } from "./server.js";

const WAYS = [
  ["auto", "what is there first"], ["selection", "selection"], ["marks", "in and out marks"],
  ["colour", "clip colour"], ["playhead", "playhead"], ["markers", "New Take’s markers"],
];
const COLOURS = [
  "Orange", "Apricot", "Yellow", "Lime", "Olive", "Green", "Teal", "Navy",
  "Blue", "Purple", "Violet", "Pink", "Tan", "Beige", "Brown", "Chocolate",
];
const REFUSED_MAX = 3;

export function startChooser(store) {
  const how = element("select", { id: "how", onchange: look }, WAYS.map(([word, text]) => element("option", { value: word }, text)));
  const colour = element("select", { id: "colour", "aria-label": "Clip colour", hidden: true, onchange: look }, COLOURS.map((name) => element("option", {}, name)));
  const refresh = element("button", { type: "button", id: "refresh", className: "quiet", title: "Ask Resolve anew", onclick: look }, "Refresh");
  const sentence = element("span", { id: "chosen-sentence", className: "facts", "aria-live": "polite" });
  const refused = element("ul", { id: "chosen-refused" });
  const trouble = element("div", { id: "chosen-trouble", className: "trouble", role: "alert", hidden: true });
  const line = element("div", { id: "chooser", role: "group", "aria-label": "Chosen in Resolve", hidden: true },
    element("div", { className: "row" }, element("label", { for: "how" }, "Chosen in Resolve by"), how, colour, refresh, sentence),
    refused, trouble);
  byId("bars").append(line);
  let told = "";

  store.subscribe("state", ({ chosen, editor }) => {
    line.hidden = !chosen;
    if (!chosen) return;
    const follows = editor?.follows && ["auto", "selection"].includes(chosen.how);
    sentence.textContent = chosen.sentence + (chosen.sentence && follows ? " Follows the selection." : "");
    if (document.activeElement !== how && document.activeElement !== colour) {
      const [word, name] = chosen.how.split(":");
      how.value = word;
      if (name) colour.value = name;
      colour.hidden = word !== "colour";
    }
    const words = editor?.state === "away" ? editor.trouble : chosen.trouble;
    const text = JSON.stringify([words, chosen.clips]);
    if (text === told) return;
    told = text;
    tellTrouble(trouble, words);
    refused.replaceChildren(...refusals(chosen.clips));
  });

  async function look() {
    colour.hidden = how.value !== "colour";
    try {
      await ask("look", { how: how.value, colour: how.value === "colour" ? colour.value : "" });
    } catch (error) {
      told = "";
      tellTrouble(trouble, wordsOf(error));
    }
  }
}

// Of what is chosen and cannot be restyled, why.
function refusals(clips) {
  const lines = clips.filter((clip) => clip.refusal).map((clip) => `${clip.name} (${clip.track}) cannot be restyled: ${clip.refusal}`);
  const rest = lines.length - REFUSED_MAX;
  const shown = lines.slice(0, REFUSED_MAX).map((text) => element("li", { className: "refusal" }, text));
  return rest > 0 ? [...shown, element("li", { className: "refusal" }, `and ${rest} more`)] : shown;
}
