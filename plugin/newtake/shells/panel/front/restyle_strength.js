// The strength: one slider over the service's nine named steps, or the model by itself, or automatic
// controls. Touching the slider takes the strength over by hand.

import { element } from "./elements.js";
import { segments } from "./restyle_fields.js";
import { strengthWord } from "./restyle_settings.js";

const WHO = [["own", "Model’s own"], ["hand", "By hand"], ["auto", "Auto controls"]];
const SAYS = { own: "not set: the model decides", auto: "not set: automatic controls" };

// `changed({control})` or `changed({control, edit_strength})` when a person chooses.
export function strengthField(steps, changed) {
  const who = segments("Strength", WHO, (control) => changed({ control }), { className: "who" });
  const slider = element("input", {
    type: "range", id: "restyle-strength", min: 0, max: steps.length - 1, step: 1,
    "aria-label": "Strength, from adhere to reimagine", "aria-describedby": "restyle-strength-rule",
  });
  const word = element("output", { id: "restyle-strength-word", for: "restyle-strength" });
  const take = (at) => changed({ control: "hand", edit_strength: steps[at] });
  slider.addEventListener("input", () => take(Number(slider.value)));
  // A press on the thumb where it stands changes no value, and takes it over all the same.
  slider.addEventListener("click", () => take(Number(slider.value)));

  // The slider's names are for the eye: to others it says each step itself.
  const groups = [...new Set(steps.map((step) => step.split("_")[0]))];
  const ticks = element("div", { className: "strength-steps", "aria-hidden": "true" }, steps.map((step, at) =>
    element("span", { data: { step }, onclick: () => take(at) }, step.split("_")[1])));
  const names = element("div", { className: "strength-groups", "aria-hidden": "true" },
    groups.map((name) => element("span", { data: { group: name } }, name)));
  const rule = element("p", { className: "hint rule bites", id: "restyle-strength-rule" });
  const node = element("div", { className: "strength" }, who.node,
    element("div", { className: "slider" }, names, slider, ticks), rule);
  who.node.querySelector("legend").append(word);

  return {
    node,
    mark: who.mark,
    // Show the values, and the rule that keeps the slider from counting, "" for none.
    show(values, ruleText) {
      const byHand = values.control === "hand";
      who.value = values.control;
      slider.value = String(steps.indexOf(values.edit_strength));
      node.classList.toggle("unused", !byHand);
      const text = byHand ? strengthWord(values.edit_strength) : SAYS[values.control];
      slider.setAttribute("aria-valuetext", text);
      word.textContent = text;
      rule.textContent = ruleText ? `${ruleText} Moving the slider sets it by hand.` : "";
      for (const tickNode of ticks.children)
        tickNode.classList.toggle("now", byHand && tickNode.dataset.step === values.edit_strength);
      for (const name of names.children)
        name.classList.toggle("now", byHand && values.edit_strength.startsWith(name.dataset.group));
    },
  };
}
