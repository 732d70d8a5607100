// The plan of the chosen clips, live, and the question that begins it.

import { byId, dollars, element, many, tellTrouble } from "./elements.js";
import { question } from "./question.js";
import { ask, wordsOf } from "./server.js";
import { budget, wish } from "./wish.js";

const PAUSE_MS = 350;
let pending = null;
let asking = null;
let shown = null;
let clips = 0;

// Plan anew, as soon as nothing has changed for a moment; what is shown is out of date until then.
export function replan() {
  clearTimeout(pending);
  asking?.abort();
  shown = null;
  drawButton();
  pending = setTimeout(makePlan, PAUSE_MS);
}

export function planFor(chosen) {
  clips = chosen.clips.length;
  replan();
}

async function makePlan() {
  if (!clips) {
    draw(null);
    return;
  }
  const call = new AbortController();
  asking = call;
  byId("planning").textContent = "planning…";
  byId("plan").classList.add("stale");
  try {
    shown = await ask("plan", wish(), call.signal);
    draw(shown);
    tellTrouble(byId("plan-trouble"), null);
  } catch (error) {
    if (error.name === "AbortError" || call.signal.aborted) return;
    draw(null);
    tellTrouble(byId("plan-trouble"), wordsOf(error));
  }
  byId("planning").textContent = "";
}

function draw(plan) {
  drawButton();
  byId("plan").classList.remove("stale");
  if (!plan) {
    byId("plan").replaceChildren(clips ? "" : element("p", { className: "hint" }, "Choose clips in Resolve to see what would happen."));
    tellTrouble(byId("plan-trouble"), null);
    byId("planning").textContent = "";
    return;
  }
  const head = ["clip", "sent", "frames", "handles", "held", "price"];
  const table = element("table", {},
    element("thead", {}, element("tr", {}, head.map((word) => element("th", { scope: "col" }, word)))),
    element("tbody", {}, plan.rows.map((row) =>
      element("tr", {}, head.map((word) => element("td", { className: word }, String(row[word])))))));
  const lines = [
    ["Leaves this machine", plan.sending],
    ["Written to", plan.writes],
    ["Takes", plan.takes],
    ["Price", plan.price === null ? `not known (${plan.price_basis})` : `${dollars(plan.price)} (${plan.price_basis})`],
  ].filter(([, text]) => text);
  byId("plan").replaceChildren(
    ...(plan.rows.length ? [element("div", { className: "scroll", tabindex: "0", role: "region", "aria-label": "Plates" }, table)] : []),
    element("dl", {}, lines.map(([term, text]) => [element("dt", {}, term), element("dd", {}, text)])),
    ...plan.refused.map(([clip, why]) => element("p", { className: "refusal" }, `${clip} is left out: ${why}`)),
    ...plan.repeats.map((text) => element("p", { className: "warning" }, text)),
    ...plan.notes.map((note) => element("p", { className: "hint" }, note)),
  );
}

function priceWords(plan) {
  if (plan.price === null) return "for a price that is not known";
  const free = plan.provider === "sandbox" ? " of sandbox money" : "";
  return `for ${dollars(plan.price)}${free}`;
}

function drawButton() {
  const button = byId("restyle");
  const ready = shown && shown.clips && !shown.missing && budget() !== undefined;
  button.disabled = !ready;
  if (!shown || !shown.clips) button.textContent = "Restyle";
  else if (shown.missing) button.textContent = shown.missing;
  else button.textContent = `Restyle ${many(shown.clips, "clip")} ${priceWords(shown)}`;
}

function begin() {
  const plan = shown;
  if (!plan) return;
  const agreements = [];
  if (plan.publishes) agreements.push({ name: "agree_public", text: plan.publishes });
  if (plan.repeats.length)
    agreements.push({ name: "again", text: "Make another take all the same, and pay again." });
  if (plan.price === null)
    agreements.push({ name: "unknown", text: "Go on without knowing the price." });
  const limit = budget();
  question({
    title: `Restyle ${many(plan.clips, "clip")} ${priceWords(plan)}?`,
    lines: [
      `Sends ${plan.sending}.`,
      limit ? `Stops before it would cost more than ${dollars(limit)}.` : "",
      ...plan.repeats,
    ],
    agreements,
    yes: plan.price === null ? "Restyle" : `Restyle for ${dollars(plan.price)}`,
    act: async (agreed) => {
      await ask("restyle", {
        plan: plan.id,
        price: plan.price,
        budget: limit,
        agree_public: Boolean(agreed.agree_public),
        again: Boolean(agreed.again),
      });
      replan();
    },
  });
}

export function startPlan() {
  byId("restyle").addEventListener("click", begin);
}
