// Making elements. Text is only ever text: names and prompts come from elsewhere.

export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(made.dataset, value);
    else made.setAttribute(name === "className" ? "class" : name, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((each) => each !== "" && each !== null && each !== undefined));
  return made;
}

export const byId = (id) => document.getElementById(id);

// An error's what, why, next and money in a box that is hidden without one.
export function tellTrouble(box, trouble) {
  box.hidden = !trouble;
  box.replaceChildren(...(trouble ? troubleLines(trouble) : []));
}

export function troubleLines(trouble) {
  return [
    element("strong", {}, trouble.what),
    ...[["Why", trouble.why], ["Next", trouble.next], ["Money", trouble.money]]
      .filter(([, text]) => text)
      .map(([label, text]) => element("div", {}, element("span", { className: "label" }, label), " ", text)),
  ];
}

export const troubleText = (trouble) =>
  [trouble.what, trouble.why, trouble.next].filter(Boolean).join(" ");

// Give a list the entries of `values`, replacing only what changed, so that focus stays.
export function updateList(list, values, keyOf, make) {
  const known = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const nodes = values.map((value) => {
    const key = keyOf(value);
    const text = JSON.stringify(value);
    const old = known.get(key);
    if (old && old.dataset.value === text) return old;
    const made = make(value);
    made.dataset.key = key;
    made.dataset.value = text;
    return made;
  });
  const focused = document.activeElement?.dataset?.focus;
  nodes.forEach((node, at) => {
    if (list.children[at] !== node) list.insertBefore(node, list.children[at] ?? null);
  });
  while (list.children.length > nodes.length) list.lastElementChild.remove();
  if (focused && document.activeElement?.dataset?.focus !== focused)
    list.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}

const SAID_MS = 5000;
let said = null; // when something was said last

// Say something to everybody: a line at the foot of the page, read out by screen readers. It stays
// until somebody does another thing, and long enough to be read.
export function say(text) {
  if (said === null) for (const act of ["pointerdown", "keydown"]) addEventListener(act, forgetSaid, true);
  byId("said").textContent = text;
  said = performance.now();
}

function forgetSaid() {
  if (performance.now() - said > SAID_MS) byId("said").textContent = "";
}

// Whether a key press belongs to a field that is being written in.
export const isTyping = (event) =>
  event.target.closest?.("textarea, select, [contenteditable], input:not([type=range], [type=checkbox], [type=radio], [type=button])") !== null;

export const dollars = (text) => `$${Number(text).toFixed(2)}`;
export const many = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;
