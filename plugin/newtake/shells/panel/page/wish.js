// The form: how the clips should look, and the model's rules as they bite.

import { byId, element } from "./elements.js";

const STRENGTHS = ["adhere", "flex", "reimagine"].flatMap((word) => [1, 2, 3].map((step) => `${word}_${step}`));
const KEPT = "newtake.wish";
const FIELDS = ["prompt", "strength", "resolution", "variations", "from", "budget", "provider"];
const TICKS = ["hdr", "exr"];

const control = () => document.querySelector("input[name=control]:checked").value;

export function wish() {
  return {
    prompt: byId("prompt").value,
    resolution: byId("resolution").value,
    edit_strength: control() === "hand" ? STRENGTHS[byId("strength").value] : null,
    auto_controls: control() === "auto",
    hdr: byId("hdr").checked,
    exr_export: byId("exr").checked,
    variations: Number(byId("variations").value),
    from_render: byId("from").value === "render",
    provider: byId("provider").value,
  };
}

// The budget as it was typed: null for none, undefined where it is no amount.
export function budget() {
  const text = byId("budget").value.trim().replace(",", ".").replace(/^\$/, "");
  if (!text) return null;
  return /^\d{1,8}(\.\d{1,4})?$/.test(text) ? text : undefined;
}

function applyRules() {
  const hdr = byId("hdr");
  const exr = byId("exr");
  const small = byId("resolution").value === "540p";
  hdr.disabled = small;
  if (small) hdr.checked = false;
  exr.disabled = !hdr.checked;
  if (exr.disabled) exr.checked = false;
  byId("rules").textContent = small ? "HDR needs 720p or 1080p." : exr.disabled ? "EXR needs HDR." : "";
  const strength = byId("strength");
  strength.disabled = control() !== "hand";
  const word = STRENGTHS[strength.value].replace("_", " ");
  strength.setAttribute("aria-valuetext", word);
  byId("strength-word").textContent = strength.disabled ? "" : word;
  byId("from-hint").textContent =
    byId("from").value === "render"
      ? "Resolve renders the clip with its grade. The take has the grade in it, and the clip's grade applies on top."
      : "";
  byId("budget-hint").textContent =
    budget() === undefined
      ? "The budget is no amount: write US dollars, as in 5 or 2.50."
      : "";
}

function keep() {
  const values = Object.fromEntries(FIELDS.map((id) => [id, byId(id).value]));
  for (const id of TICKS) values[id] = byId(id).checked;
  sessionStorage.setItem(KEPT, JSON.stringify({ ...values, control: control() }));
}

function recall() {
  const values = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!values) return false;
  for (const id of FIELDS) byId(id).value = values[id];
  for (const id of TICKS) byId(id).checked = values[id];
  document.querySelector(`input[name=control][value=${values.control}]`).checked = true;
  return true;
}

let recalled = false;

// What this machine's settings say, where a person has not said anything yet.
export function adoptSettings(provider) {
  if (recalled) return;
  recalled = true;
  byId("provider").value = provider;
}

export function startWish(changed) {
  byId("strengths").append(...STRENGTHS.map((_, at) => element("option", { value: String(at) })));
  recalled = recall();
  applyRules();
  const form = byId("wish");
  form.addEventListener("input", () => {
    applyRules();
    keep();
    changed();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  byId("prompt").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    byId("restyle").focus();
  });
}
