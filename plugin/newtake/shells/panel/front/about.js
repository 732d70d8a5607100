// What is known of how a take was made, as text on the page.

import { element, say, troubleText } from "./elements.js";
import { takeName } from "./menu_clip.js";
import { ask, wordsOf } from "./server.js";

// Registers the act "about" {clip, take}.
export function offerAbout(store) {
  const dialog = element("dialog", { id: "about", "aria-labelledby": "about-title" });
  document.body.append(dialog);
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  store.on("about", async ({ clip, take }) => {
    const name = `${takeName(store.takeOf(clip, take))} of ${store.clipOf(clip).name}`;
    try {
      show(name, await ask("about", { clip, take }));
    } catch (error) {
      say(troubleText(wordsOf(error)));
    }
  });

  function show(name, { lines, notes }) {
    dialog.replaceChildren(
      element("h2", { id: "about-title" }, name),
      element("dl", { tabindex: 0, "aria-label": `About ${name}` },
        lines.map(([term, text]) => [element("dt", {}, term), element("dd", {}, text)])),
      notes.length ? element("ul", { className: "notes" }, notes.map((note) => element("li", {}, note))) : "",
      element("div", { className: "buttons" },
        element("button", { type: "button", className: "main", onclick: () => dialog.close() }, "Close")));
    dialog.showModal();
    dialog.querySelector("dl").focus();
  }
}
