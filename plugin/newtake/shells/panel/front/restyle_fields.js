// The fields that the dialog is built of: a label, a control, a line that says what binds it.

import { element } from "./elements.js";

let count = 0;
const newId = (word) => `restyle-${word}-${++count}`;

// A label over a control, with room beneath for a rule's words. `mark` says where a value came from.
export function field(labelText, control, { className = "", id = newId("field") } = {}) {
  control.id ||= id;
  const note = element("p", { className: "hint rule", id: `${control.id}-note` });
  const mark = element("span", { className: "came-from" });
  const node = element("div", { className: `field ${className}` },
    element("label", { for: control.id }, labelText, " ", mark), control, note);
  control.setAttribute("aria-describedby", note.id);
  return { node, control, note, mark };
}

// One of a few values, all in sight: radio buttons in a row.
export function segments(labelText, options, changed, { className = "" } = {}) {
  const name = newId("segments");
  const note = element("p", { className: "hint rule", id: `${name}-note` });
  const mark = element("span", { className: "came-from" });
  const inputs = options.map(([value, text]) => {
    const input = element("input", { type: "radio", name, value: String(value), onchange: () => changed(value) });
    return { value, input, label: element("label", {}, input, element("span", {}, text)) };
  });
  const node = element("fieldset", { className: `segments ${className}`, "aria-describedby": note.id },
    element("legend", {}, labelText, " ", mark),
    element("div", { className: "choices" }, inputs.map((each) => each.label)),
    note);
  return {
    node, note, mark,
    set value(wanted) {
      for (const each of inputs) each.input.checked = each.value === wanted;
    },
  };
}

export function select(labelText, options, changed) {
  const control = element("select", {}, options.map(([value, text]) => element("option", { value }, text)));
  control.addEventListener("change", () => changed(control.value));
  return field(labelText, control);
}

// A box to tick, with the rule that keeps it from being ticked beside it.
export function tick(labelText, changed) {
  const note = element("span", { className: "hint rule", id: newId("tick-note") });
  const mark = element("span", { className: "came-from" });
  const control = element("input", { type: "checkbox", "aria-describedby": note.id });
  control.addEventListener("change", () => changed(control.checked));
  const node = element("div", { className: "tickbox" },
    element("label", {}, control, " ", labelText, " ", mark), note);
  return { node, control, note, mark };
}

// Where a value came from, shown at its label; "" takes it away.
export function setMark(mark, text) {
  mark.textContent = text;
  mark.hidden = !text;
}
