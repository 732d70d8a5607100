// The dialog of Save as: another file, which the page then goes on with.

import { byId, element, tellTrouble } from "./elements.js";
import { ask, wordsOf } from "./server.js";

// Returns what opens it; `saved` gets what the server says of the written file.
export function startSaveAs(store, saved) {
  const dialog = byId("saveas");
  const path = element("input", { type: "text", id: "saveas-path", spellcheck: "false", autocomplete: "off", "aria-describedby": "saveas-hint" });
  const replace = element("input", { type: "checkbox", id: "saveas-replace" });
  const agreed = element("label", { className: "agree", hidden: true }, replace, " Replace the file that is there.");
  const trouble = element("div", { className: "trouble", role: "alert", id: "saveas-trouble", hidden: true });
  const yes = element("button", { type: "submit", className: "main", id: "saveas-yes" }, "Save");
  const form = element("form", { method: "dialog", autocomplete: "off" },
    element("h2", { id: "saveas-title" }, "Save as"),
    element("div", { className: "field" }, element("label", { for: "saveas-path" }, "File on this machine"), path),
    element("p", { className: "hint", id: "saveas-hint" }, "This page goes on with that file. The one that is open now stays as it is."),
    trouble, agreed,
    element("div", { className: "buttons" },
      element("button", { type: "button", className: "quiet", onclick: () => dialog.close() }, "Not now"), yes));
  dialog.append(form);

  const allow = () => { yes.disabled = !path.value.trim() || (!agreed.hidden && !replace.checked); };
  const anew = () => {
    agreed.hidden = true;
    replace.checked = false;
    tellTrouble(trouble, null);
    allow();
  };
  path.addEventListener("input", anew);
  replace.addEventListener("change", allow);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (yes.disabled) return;
    yes.disabled = true;
    try {
      saved(await ask("save", { as: path.value.trim(), replace: replace.checked, even_if_changed: false }));
      dialog.close();
    } catch (error) {
      const words = wordsOf(error);
      tellTrouble(trouble, words);
      agreed.hidden = words.error !== "Output";
      allow();
    }
  });
  return () => {
    const { edit } = store.state;
    path.value = edit.suggested || edit.saves_to || "";
    anew();
    dialog.showModal();
    path.focus();
    // The name is what is changed most: not the folder, not the suffix.
    path.setSelectionRange(path.value.lastIndexOf("/") + 1, Math.max(path.value.lastIndexOf("."), 0) || path.value.length);
  };
}
