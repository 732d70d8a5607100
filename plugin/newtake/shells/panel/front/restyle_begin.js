// What the button will do, in one sentence, and the button: it names the price, and while it cannot
// begin it says why.

import { dollars, element, many, tellTrouble } from "./elements.js";
import { ask, Gone, wordsOf } from "./server.js";

// The budget as it was typed: null for none, undefined where it is no amount.
export function amount(text) {
  const plain = text.trim().replace(",", ".").replace(/^\$\s*/, "");
  if (!plain) return null;
  return /^\d{1,8}(\.\d{1,4})?$/.test(plain) ? plain : undefined;
}

export const priceWords = (plan) => {
  if (plan.price === null) return "price not known";
  return `${dollars(plan.price)}${plan.provider === "sandbox" ? " of sandbox money" : ""}`;
};

const PICTURE_WORDS = "the first-frame image shown here"; // as the server says it
const sentence = (text) => text.replace(/\.?$/, ".");

// What a person has to agree to before a plan can begin: [{name, text}].
export function agreementsOf(plan) {
  if (!plan?.clips) return [];
  const found = [];
  if (plan.publishes) found.push({ name: "agree_public", text: plan.publishes });
  if (plan.repeats.length)
    found.push({ name: "again", text: `${plan.repeats.map(sentence).join(" ")} Make another take all the same, and pay again.` });
  if (plan.price === null) found.push({ name: "unknown", text: "Go on without knowing the price." });
  return found;
}

// Why a plan cannot be begun as things stand; "" where it can.
export function hindrance({ known, nothing, form, agreed, budget, beginning }) {
  const { plan, stale, trouble } = known;
  if (beginning) return "Beginning…";
  if (nothing) return nothing;
  if (form) return form;
  if (budget === undefined) return "The budget is no amount: write US dollars, as in 5 or 2.50.";
  if (stale) return plan ? "The plan is being made anew…" : "The plan is being made…";
  if (trouble) return `There is no plan: ${trouble.what}`;
  if (!plan) return "There is no plan yet.";
  if (!plan.clips) return "None of these clips can be restyled.";
  if (plan.missing) return `${plan.missing.replace(/\.$/, "")}.`;
  if (budget !== null && plan.price !== null && Number(plan.price) > Number(budget))
    return `It would cost ${dollars(plan.price)}, more than the budget of ${dollars(budget)}.`;
  if (agreementsOf(plan).some(({ name, text }) => agreed.get(name) !== text)) return "Tick what you agree to.";
  return "";
}

// `begun(jobs)` when the server has begun a plan, `refused()` when it did not and another is needed.
export function beginBar({ begun, refused, hurry }) {
  let known = { plan: null, stale: false, trouble: null };
  let reasons = { nothing: "", form: "" };
  let beginning = false;
  // A tick holds for the very words that were read.
  const agreed = new Map();

  const told = element("p", { id: "restyle-sentence", "aria-live": "polite" });
  const agreements = element("div", { id: "restyle-agree" });
  const trouble = element("div", { id: "restyle-begin-trouble", className: "trouble", role: "alert", hidden: true });
  const why = element("p", { id: "restyle-why", className: "hint", role: "status" });
  const budgetInput = element("input", {
    type: "text", id: "restyle-budget", inputmode: "decimal", placeholder: "none", size: 6, autocomplete: "off", oninput: draw,
  });
  const button = element("button", { type: "button", id: "restyle-begin", className: "main", "aria-describedby": "restyle-why", onclick: begin });
  const node = element("footer", { className: "begin" },
    trouble, told, agreements,
    element("div", { className: "begin-row" },
      element("label", { for: "restyle-budget" }, "Budget, US$ "), budgetInput, why, button));

  const reason = () => hindrance({ known, ...reasons, agreed, budget: amount(budgetInput.value), beginning });

  function drawAgreements() {
    const wanted = agreementsOf(known.plan);
    const text = JSON.stringify(wanted);
    if (agreements.dataset.value === text) return;
    agreements.dataset.value = text;
    agreements.replaceChildren(...wanted.map(({ name, text: words }) => {
      const box = element("input", { type: "checkbox", name, onchange: (event) => {
        agreed.set(name, event.target.checked ? words : "");
        draw();
      } });
      box.checked = agreed.get(name) === words;
      return element("label", { className: "agree" }, box, " ", words);
    }));
  }

  function draw() {
    const { plan, stale } = known;
    drawAgreements();
    const ready = plan && plan.clips;
    tell(ready ? plan.sentence : "", reasons.picture);
    told.classList.toggle("stale", stale);
    button.textContent = ready ? `Restyle ${many(plan.clips, "clip")}, ${priceWords(plan)}` : "Restyle";
    const hindered = reason();
    button.setAttribute("aria-disabled", String(Boolean(hindered)));
    why.textContent = hindered;
  }

  // The sentence, with the picture and its size where it speaks of the first frame.
  function tell(text, picture) {
    const key = JSON.stringify([text, picture?.id ?? ""]);
    if (told.dataset.value === key) return;
    told.dataset.value = key;
    const [before, after] = text.split(PICTURE_WORDS);
    if (after === undefined || !picture) {
      told.textContent = text;
      return;
    }
    const size = picture.width ? `${picture.width} × ${picture.height}` : "";
    told.replaceChildren(
      `${before}the first-frame image `,
      element("img", { className: "sentence-picture", src: `media/first_frame/${picture.id}`, alt: picture.name ?? "", draggable: "false", onerror: (event) => event.target.remove() }),
      `${size ? ` (${size})` : ""}${after}`);
  }

  async function begin() {
    if (reason()) {
      hurry();
      return;
    }
    const { plan } = known;
    beginning = true;
    tellTrouble(trouble, null);
    draw();
    try {
      const { jobs } = await ask("restyle", {
        plan: plan.id,
        price: plan.price,
        budget: amount(budgetInput.value),
        agree_public: Boolean(plan.publishes) && agreed.get("agree_public") === plan.publishes,
        again: plan.repeats.length > 0,
      });
      beginning = false;
      begun(jobs, plan);
    } catch (error) {
      beginning = false;
      tellTrouble(trouble, wordsOf(error));
      // Without an answer the same plan is asked for once more: it can be begun only once.
      if (error instanceof Gone) draw();
      else refused();
    }
  }

  return {
    node, button, draw, begin,
    show(next, nextReasons) {
      known = next;
      reasons = nextReasons;
      draw();
    },
    // For another edit: nothing is agreed to and nothing has failed.
    reset() {
      agreed.clear();
      beginning = false;
      tellTrouble(trouble, null);
    },
    clearTrouble: () => tellTrouble(trouble, null),
    get isBeginning() { return beginning; },
  };
}
