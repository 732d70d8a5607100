// The one dialog: asks before anything that costs money or makes something public.

import { byId, element, tellTrouble } from "./elements.js";
import { wordsOf } from "./server.js";

// Ask; `act` is called with what was ticked when the answer is yes. What it throws is shown, but for
// a consent that is missing, which `onConsent` may ask for.
export function question({ title, lines, agreements, yes, act, onConsent }) {
  const dialog = byId("ask");
  const button = byId("ask-yes");
  byId("ask-title").textContent = title;
  byId("ask-text").replaceChildren(...lines.filter(Boolean).map((line) => element("p", {}, line)));
  const ticks = agreements.map(({ name, text }) =>
    element("label", { className: "agree" }, element("input", { type: "checkbox", name }), " ", text));
  byId("ask-agree").replaceChildren(...ticks);
  tellTrouble(byId("ask-trouble"), null);
  button.textContent = yes;

  const boxes = () => [...byId("ask-agree").querySelectorAll("input")];
  const allow = () => { button.disabled = !boxes().every((box) => box.checked); };
  byId("ask-agree").onchange = allow;
  allow();
  button.onclick = async () => {
    button.disabled = true;
    const agreed = Object.fromEntries(boxes().map((box) => [box.name, box.checked]));
    try {
      await act(agreed);
      dialog.close("yes");
    } catch (error) {
      const words = wordsOf(error);
      if (words.error === "Consent" && onConsent) {
        dialog.close("consent");
        onConsent(words.why);
      } else tellTrouble(byId("ask-trouble"), words);
    }
  };
  dialog.showModal();
  (button.disabled ? boxes()[0] : button)?.focus();
}
