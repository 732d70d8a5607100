// The plan as the dialog shows it: the plates, the frames of the chosen one, what is left out.

import { element, many } from "./elements.js";
import { stripOf } from "./strip.js";

const COLUMNS = [
  ["clip", "Clip"], ["sent", "Sent"], ["frames", "Clip’s frames"], ["handles", "Handles"],
  ["held", "Held"], ["price", "Price"],
];

// `store` has the edit document, for the stills' versions.
export function planView(store) {
  let plan = null;
  let at = 0;
  let keyed = null;
  const table = element("div", { className: "plates" });
  const strip = element("div", { className: "strip-place" });
  const lines = element("div", { className: "plan-lines" });
  const empty = element("p", { className: "hint", id: "restyle-plan-empty" });
  const node = element("div", { id: "restyle-plan" }, empty, strip, table, lines);

  const itemOf = (id) =>
    (store.edit?.tracks ?? []).flatMap((track) => track.items).find((item) => item.id === id) ?? null;

  function drawStrip(again) {
    const wanted = plan?.strips?.[at];
    const name = plan?.rows[at]?.clip ?? "";
    const key = wanted ? JSON.stringify([wanted, name, strip.clientWidth]) : "";
    if (key === keyed && !again) return;
    keyed = key;
    if (!wanted) {
      strip.replaceChildren();
      return;
    }
    const version = itemOf(wanted.clip)?.version ?? "";
    const several = plan.rows.length > 1;
    strip.replaceChildren(
      several ? element("h3", {}, name) : "",
      stripOf(wanted, { width: strip.clientWidth || 640, version, name }));
  }

  function choose(row) {
    at = row;
    for (const button of table.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(Number(button.dataset.row) === at));
    for (const line of table.querySelectorAll("tbody tr")) line.classList.toggle("now", Number(line.dataset.row) === at);
    drawStrip();
  }

  // Up and down go through the plates.
  table.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!by || !event.target.closest("button")) return;
    event.preventDefault();
    const to = Math.min(plan.rows.length - 1, Math.max(0, at + by));
    choose(to);
    table.querySelector(`button[data-row="${to}"]`).focus();
  });

  function cell(row, index, word) {
    const text = String(row[word]);
    if (word !== "clip") return element("td", { className: `col-${word}` }, word === "held" && row.held === 0 ? "none" : text);
    if (plan.rows.length === 1) return element("th", { scope: "row", title: text }, text);
    return element("th", { scope: "row", title: text }, element("button", {
      type: "button", className: "quiet", "aria-pressed": String(index === at),
      data: { row: index, focus: `plate-${index}` }, title: "Show its frames", onclick: () => choose(index),
    }, text));
  }

  function drawTable() {
    if (!plan.rows.length) {
      table.replaceChildren();
      return;
    }
    const focused = document.activeElement?.dataset?.focus;
    table.replaceChildren(element("table", {},
      element("thead", {}, element("tr", {}, COLUMNS.map(([word, title]) => element("th", { scope: "col", className: `col-${word}` }, title)))),
      element("tbody", {}, plan.rows.map((row, index) =>
        element("tr", { className: index === at && plan.rows.length > 1 ? "now" : "", data: { row: index } },
          COLUMNS.map(([word]) => cell(row, index, word)))))));
    if (focused) table.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  function drawLines() {
    const facts = [
      ["Written to", plan.writes], ["Takes", plan.takes], ["Price", plan.price_basis],
      ["The model reads", plan.prompt ?? ""],
    ].filter(([, text]) => text);
    lines.replaceChildren(
      ...plan.refused.map(([clip, why]) => element("p", { className: "refusal" }, element("b", {}, clip), ` is left out: ${why}`)),
      element("ul", { className: "notes" }, plan.notes.map((note) => element("li", {}, note))),
      element("dl", {}, facts.map(([term, text]) => [element("dt", {}, term), element("dd", {}, text)])));
  }

  return {
    node,
    // `stale`: shown, and not for what is wanted now.
    show({ plan: next, stale }, emptyText) {
      node.classList.toggle("stale", stale);
      if (stale && plan) return;
      const before = plan?.rows.map((row) => row.clip).join("\n");
      plan = next;
      empty.textContent = plan ? (plan.rows.length ? "" : `Nothing would be sent: ${many(plan.refused.length, "clip")} left out.`) : emptyText;
      if (!plan) {
        table.replaceChildren();
        lines.replaceChildren();
        drawStrip();
        return;
      }
      if (before !== plan.rows.map((row) => row.clip).join("\n")) at = 0;
      drawTable();
      drawStrip();
      drawLines();
    },
    redraw: () => drawStrip(true),
  };
}
