// The first-frame image: dropped, pasted, chosen, or a frame of the clip; painted on; kept by the
// server, which knows it by an id from then on.

import { element, many, tellTrouble } from "./elements.js";
import { fileName, firstOf, pictureAddress, pictureName, underPlayhead } from "./first_frame_source.js";
import { paintOn } from "./first_frame_paint.js";
import { pictureProblem } from "./restyle_rules.js";
import { ask, wordsOf } from "./server.js";

const told = (what, next = "") => ({ what, why: "", next });

// `changed(picture)` with {id, width, height, name} or null; `subject()` is what is restyled.
export function firstFrameField({ store, limits, subject, changed }) {
  let picture = null;
  let bytes = null; // the picture itself, where this page has it
  let painted = false;
  let waiting = "";
  let calls = 0;
  let several = 1;
  let ofStyle = false;

  const trouble = element("div", { className: "trouble", role: "alert", hidden: true });
  const chooser = element("input", { type: "file", accept: limits.types.join(","), hidden: true, id: "restyle-picture-file",
    onchange: () => { take(chooser.files[0]); chooser.value = ""; } });
  const place = element("div", { className: "first-frame-place" });
  const status = element("p", { className: "hint", role: "status" });
  const node = element("div", { className: "field first-frame", role: "group", "aria-label": "First-frame image" },
    element("span", { className: "legend" }, "First-frame image"), place, chooser, status, trouble);

  // Take a file or a picture over. `name` is shown, and goes into a saved file's name.
  async function take(blob, name = blob?.name ?? "pasted picture", { isPainted = false } = {}) {
    if (!blob) return;
    const problem = pictureProblem(blob.type, blob.size, limits);
    if (problem) {
      tellTrouble(trouble, told(problem, "Save it as PNG, and drop that."));
      return;
    }
    await keep(() => blob, name, isPainted, "Taking the picture over…");
  }

  async function takeFrame(from) {
    const name = pictureName(from, store.edit);
    await keep(async () => {
      const answer = await fetch(pictureAddress(from));
      if (!answer.ok) throw new Error(`The frame ${name} cannot be read.`);
      return answer.blob();
    }, name, false, "Reading the frame…");
  }

  async function keep(fetched, name, isPainted, words) {
    const call = ++calls;
    waiting = words;
    tellTrouble(trouble, null);
    draw();
    changed(picture);
    try {
      const blob = await fetched();
      const kept = await ask("first_frame", blob);
      if (call !== calls) return;
      // A name that a person gave says more than the server's, which is made of the picture.
      set({ ...kept, name }, blob, isPainted);
    } catch (error) {
      if (call !== calls) return;
      waiting = "";
      const said = wordsOf(error);
      tellTrouble(trouble, said.error === "Page" ? told(said.why) : said);
      draw();
      changed(picture);
    }
  }

  function set(next, blob, isPainted) {
    picture = next;
    bytes = blob;
    painted = isPainted;
    waiting = "";
    draw();
    changed(picture);
  }

  function clear() {
    calls += 1;
    tellTrouble(trouble, null);
    set(null, null, false);
    node.querySelector("button")?.focus();
  }

  // The picture itself; the server has what this page has not.
  async function itself() {
    if (!bytes) {
      const answer = await fetch(`media/first_frame/${picture.id}`);
      if (!answer.ok) throw new Error("The picture is not kept any more.");
      bytes = await answer.blob();
    }
    return bytes;
  }

  // Do something with the picture itself, and say it where that cannot be.
  const withPicture = (work) => async () => {
    try {
      await work(await itself());
    } catch (error) {
      tellTrouble(trouble, told(error.message));
    }
  };

  const paint = withPicture(async (blob) => {
    const made = await paintOn(blob, picture.name);
    if (made) await take(made, picture.name, { isPainted: true });
    node.querySelector("[data-focus=paint]")?.focus();
  });

  const save = withPicture(async (blob) => {
    const link = element("a", { href: URL.createObjectURL(blob), download: fileName(picture.name) });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    status.textContent = `Saved as ${fileName(picture.name)}. Drop what you make of it here.`;
  });

  let preview = "";
  function shown() {
    URL.revokeObjectURL(preview);
    preview = bytes ? URL.createObjectURL(bytes) : "";
    return element("img", {
      src: preview || `media/first_frame/${picture.id}`, alt: `First frame: ${picture.name}`, draggable: "false",
      onerror: (event) => event.target.replaceWith(element("div", { className: "no-preview hint" }, "kept")),
    });
  }

  function frameButton(text, from, focus) {
    return element("button", { type: "button", disabled: Boolean(from.why), title: from.why ?? "", data: { focus }, onclick: () => takeFrame(from) }, text);
  }

  let drawnAs = "";
  function draw() {
    const playhead = underPlayhead(subject(), store);
    const first = firstOf(subject(), store);
    const as = JSON.stringify([picture, painted, waiting, several, ofStyle, playhead.frame, playhead.item?.id, playhead.why, first.frame, first.item?.id, first.why]);
    if (as === drawnAs) return;
    drawnAs = as;
    const focused = document.activeElement?.closest?.(".first-frame") ? document.activeElement.dataset.focus : null;
    if (picture) {
      place.className = "first-frame-place has-picture";
      place.replaceChildren(shown(), element("div", { className: "about" },
        element("div", { className: "name" }, picture.name, painted ? " (painted on)" : ""),
        element("div", { className: "facts" }, picture.width ? `${picture.width} × ${picture.height}` : ""),
        element("div", { className: "row" },
          element("button", { type: "button", data: { focus: "paint" }, onclick: paint }, "Paint on it…"),
          element("button", { type: "button", title: "To paint on it in another program, and drop the result here", data: { focus: "save" }, onclick: save }, "Save as file…"),
          element("button", { type: "button", className: "quiet", data: { focus: "replace" }, onclick: () => chooser.click() }, "Replace…"),
          element("button", { type: "button", className: "quiet", data: { focus: "remove" }, onclick: clear }, "Remove"))));
    } else {
      place.className = "first-frame-place";
      place.replaceChildren(
        element("p", { className: "hint" }, ofStyle ? "The style brings one. Drop or paste another, or" : "Drop or paste a picture, or"),
        element("div", { className: "row" },
          frameButton("Frame under the playhead", playhead, "playhead"),
          frameButton("First frame", first, "first"),
          element("button", { type: "button", data: { focus: "choose" }, onclick: () => chooser.click() }, "Choose a file…")));
    }
    if (focused) node.querySelector(`[data-focus="${focused}"]`)?.focus();
    const into = playhead.into ? `The model takes the image for the clip’s first frame; the playhead is ${many(playhead.into, "frame")} in.` : "";
    const noPicture = picture ? "" : playhead.why ?? into;
    status.textContent = waiting || (picture && several > 1 ? `It is the first frame of each of the ${several} edits.` : noPicture);
  }

  return {
    node, draw, take,
    // Where else in the dialog a picture is dropped or pasted: the file among what is carried.
    pictureIn(carried) {
      return [...(carried?.files ?? [])].find((file) => file.type.startsWith("image/")) ?? carried?.files?.[0] ?? null;
    },
    tell(next, count, styleHasOne) {
      several = count;
      ofStyle = styleHasOne;
      if (next?.id !== picture?.id) {
        picture = next;
        bytes = null;
        painted = false;
        tellTrouble(trouble, null);
      }
      draw();
    },
    get isWaiting() { return Boolean(waiting); },
    get isPainted() { return painted; },
  };
}
