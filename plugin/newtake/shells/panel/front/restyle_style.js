// The style: a list that is searched by typing, and the chosen one's words, fields and settings.

import { element } from "./elements.js";
import { isAsBrought, settingWords } from "./restyle_settings.js";

const SHOWN_MAX = 60;
const PLACES = { timeline: "beside the timeline", user: "yours", shipped: "", file: "file" };

// The styles whose name, title or words hold every word of the search, those by name first.
export function found(styles, search) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const holds = (text, word) => text.toLowerCase().includes(word);
  const all = styles.filter((style) => words.every((word) =>
    [style.name, style.title, style.prompt, style.about ?? ""].some((text) => holds(text, word))));
  const named = (style) => words.every((word) => holds(`${style.name} ${style.title}`, word));
  return [...all.filter(named), ...all.filter((style) => !named(style))];
}

// A style's words in pieces: {text} as it stands, {field, value} where a field goes.
export function pieces(template, fields) {
  return template.split(/(\{\{|\}\}|\{[a-z][a-z0-9_]*\})/).filter(Boolean).map((piece) => {
    if (piece === "{{" || piece === "}}") return { text: piece[0] };
    const name = /^\{(.+)\}$/.exec(piece)?.[1];
    if (!name) return { text: piece };
    return { field: name, value: name === "prompt" ? "your prompt" : (fields[name] ?? name) };
  });
}

// `choose(style)` when a person takes one (null: none), `setField(name, text)` for its fields.
export function styleField(styles, { choose, setField }) {
  let shown = [];
  let at = -1;
  let chosen = null;

  const list = element("ul", { id: "restyle-styles", role: "listbox", "aria-label": "Styles", hidden: true });
  const input = element("input", {
    type: "text", id: "restyle-style", role: "combobox", autocomplete: "off", spellcheck: "false",
    placeholder: "none; type to search", "aria-expanded": "false", "aria-controls": "restyle-styles",
    "aria-autocomplete": "list",
  });
  const none = element("button", { type: "button", className: "quiet", onclick: () => choose(null) }, "No style");
  const card = element("div", { className: "style-card", hidden: true });
  const node = element("div", { className: "field style" },
    element("label", { for: "restyle-style" }, "Style"),
    element("div", { className: "picker" }, input, none, list), card);

  const isOpen = () => !list.hidden;
  function close() {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    input.value = chosen ? chosen.title || chosen.name : "";
  }
  function open(search) {
    shown = found(styles, search).slice(0, SHOWN_MAX);
    at = shown.length ? Math.max(0, search ? 0 : shown.indexOf(chosen)) : -1;
    list.replaceChildren(...shown.map((style, index) => element("li", {
      id: `restyle-style-${index}`, role: "option", data: { style: style.name },
      onpointerdown: (event) => { event.preventDefault(); take(style); },
    },
    element("span", { className: "name" }, style.title || style.name),
    element("span", { className: "facts" }, [style.recent ? "recent" : "", PLACES[style.place] ?? style.place].filter(Boolean).join(", ")),
    element("span", { className: "hint" }, style.about || style.prompt))));
    if (!shown.length) list.append(element("li", { className: "hint", role: "option", "aria-disabled": "true" }, `No style has “${search}”.`));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    move(0);
  }
  function move(by) {
    if (!shown.length) return;
    at = (at + by + shown.length) % shown.length;
    [...list.children].forEach((each, index) => each.setAttribute("aria-selected", String(index === at)));
    list.children[at].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", `restyle-style-${at}`);
  }
  function take(style) {
    chosen = style;
    close();
    choose(style);
  }

  input.addEventListener("input", () => open(input.value));
  input.addEventListener("click", () => { if (!isOpen()) { input.select(); open(""); } });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      if (isOpen()) move(by);
      else open("");
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && isOpen()) {
      event.preventDefault();
      if (at >= 0) take(shown[at]);
    } else if (event.key === "Escape" && isOpen()) {
      // The list closes, the dialog stays.
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });

  let drawn = null;
  function drawCard(style, values) {
    if (drawn !== style) {
      drawn = style;
      card.replaceChildren(
        element("p", { className: "style-words" }),
        element("div", { className: "row fields" }, Object.keys(style.fields).map((name) => {
          const id = `restyle-field-${name}`;
          return element("div", { className: "field" }, element("label", { for: id }, name.replaceAll("_", " ")),
            element("input", { type: "text", id, data: { field: name }, placeholder: style.fields[name], spellcheck: "false", oninput: (event) => setField(name, event.target.value) }));
        })),
        element("p", { className: "brings facts" }));
    }
    const words = { ...style.fields, ...Object.fromEntries(Object.entries(values.fields).filter(([, text]) => text)) };
    card.querySelector(".style-words").replaceChildren(...pieces(style.prompt, words).map((piece) =>
      piece.field ? element("span", { className: "style-slot", title: piece.field }, piece.value) : piece.text));
    for (const fieldInput of card.querySelectorAll("[data-field]")) {
      const text = values.fields[fieldInput.dataset.field] ?? style.fields[fieldInput.dataset.field];
      if (fieldInput.value !== text && document.activeElement !== fieldInput) fieldInput.value = text;
    }
    const brought = Object.entries(style.settings).filter(([, value]) => value !== null);
    card.querySelector(".brings").replaceChildren(...(brought.length ? ["Brings ", ...brought.flatMap(([name, value], index) => {
      const same = isAsBrought(values, name, value);
      const words = settingWords(name, value);
      return [index ? ", " : "", element(same ? "b" : "s", { title: same ? "Taken over" : "You chose otherwise" }, words)];
    }), "."] : []));
  }

  return {
    node,
    get isOpen() { return isOpen(); },
    show(style, values) {
      chosen = style;
      if (!isOpen()) input.value = style ? style.title || style.name : "";
      none.hidden = !style;
      card.hidden = !style;
      if (style) drawCard(style, values);
      else drawn = null;
    },
  };
}
