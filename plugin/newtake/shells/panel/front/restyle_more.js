// What is changed seldom: handles, cadence, the table that the model sees through, how takes are
// written, and where plates go. Each of the latter says in a sentence what it does.

import { element } from "./elements.js";
import { field, select } from "./restyle_fields.js";
import { BEGINNING, isCube, isFrames, isUploader } from "./restyle_settings.js";

const PROVIDERS = [["oxen", "Oxen"], ["sandbox", "sandbox on this machine, free"]];
const CADENCES = { auto: "by the clip’s rate", frame: "every frame", time: "real time" };
const CONTINUITIES = { carry: "one after the other, carried on", parallel: "all at once" };
const CODECS = { copy: "copy: as delivered", h264: "H.264", prores: "ProRes 422 HQ", dnxhr: "DNxHR" };
const LAYOUTS = { takes: "takes: in the clip", track: "track: above the clip", replace: "replace: instead of the original" };
const PROFILES = { auto: "as the timeline came", resolve: "DaVinci Resolve", generic: "other programs" };
const NO_LUT = "Without one the model is shown PQ and HLG tone-mapped to BT.709, and anything else, log included, as it is.";
const THROUGH = "The model sees the source through it, as BT.709, and the take comes back as the model saw it.";
const FOLDED = ["lut", "codec", "layout", "profile", "uploader", "fetch_url"];

// `kind` is the edit's: in an editor takes lie as that has them. `uploader` is the settings' own, as
// it can be shown; `tables` are paths of LUTs to choose from. `set(changes)` when a person changes something.
export function moreFields({ rules, tables, kind, uploader: own, set }) {
  const inFile = kind === "otio";
  const named = (list, words) => list.map((each) => [each, words[each] ?? each]);
  const written = (name, label, list, words) => {
    const made = select(label, named(list.map(([word]) => word), words), (value) => set({ [name]: value }));
    const sentences = Object.fromEntries(list);
    return { ...made, show: (value) => { made.control.value = value; made.note.textContent = sentences[value] ?? ""; } };
  };
  const typed = (name, label, placeholder, more = {}) => {
    const input = element("input", { type: "text", placeholder, spellcheck: "false", autocomplete: "off", oninput: () => set({ [name]: input.value }), ...more });
    const made = field(label, input, { id: `restyle-${name.replace("_", "-")}` });
    return { ...made, show: (value) => { if (input.value !== value) input.value = value; } };
  };

  const handles = typed("handles", "Handles, frames on each side", "as they come", { inputmode: "numeric", size: 4 });
  const cadence = select("Cadence", named(rules.cadences, CADENCES), (value) => set({ cadence: value }));
  const continuity = select("Parts of a long shot", named(rules.continuities, CONTINUITIES), (value) => set({ continuity: value }));
  const provider = select("Service", PROVIDERS, (value) => set({ provider: value }));
  const cubes = element("datalist", { id: "restyle-tables" }, tables.map((value) => element("option", { value })));
  const lut = typed("lut", "LUT, a .cube file of this machine", "none", { list: cubes.id });
  const codec = written("codec", "Codec of the takes", rules.writing.codecs, CODECS);
  const layout = written("layout", "Layout of the takes", rules.writing.layouts, LAYOUTS);
  const profile = written("profile", "Written for", rules.writing.profiles, PROFILES);
  const ways = element("datalist", { id: "restyle-uploaders" }, ["workbench", "repository:", "put:"].map((value) => element("option", { value })));
  const uploader = typed("uploader", "Uploader", own ? `as set: ${own}` : "as the settings say", { list: ways.id });
  const fetchUrl = typed("fetch_url", "Read again at", "the same address");

  const node = element("details", { className: "more" },
    element("summary", {}, "LUT, codec, layout, handles, service"),
    element("div", { className: "row" }, handles.node, cadence.node, continuity.node, provider.node),
    element("div", { className: "told-fields" },
      lut.node, cubes, codec.node, inFile ? [layout.node, profile.node] : "", uploader.node, ways, fetchUrl.node));

  return {
    node, handles, cadence, continuity,
    show(values) {
      handles.show(values.handles);
      cadence.control.value = values.cadence;
      continuity.control.value = values.continuity;
      provider.control.value = values.provider;
      lut.show(values.lut);
      lut.note.textContent = values.lut.trim() ? THROUGH : NO_LUT;
      codec.show(values.codec);
      layout.show(values.layout);
      profile.show(values.profile);
      uploader.show(values.uploader);
      uploader.note.textContent = goesBy(values.uploader.trim(), own);
      fetchUrl.show(values.fetch_url);
      fetchUrl.node.hidden = !values.uploader.trim().startsWith("put:");
      fetchUrl.note.textContent = "Where the model reads what was put, if that is another address.";
    },
    // What is folded away and not as it begins is brought into sight.
    unfold(values) {
      if (FOLDED.some((name) => values[name] !== BEGINNING[name] && (inFile || (name !== "layout" && name !== "profile")))) node.open = true;
    },
    problem(values) {
      if (!isFrames(values.handles) && !values.first_frame) return "The handles are no number of frames.";
      if (!isCube(values.lut)) return "The LUT is no path of a .cube file.";
      if (!isUploader(values.uploader)) return "The uploader is none: see what is said under it.";
      return "";
    },
  };
}

// Where plates go, in a sentence.
function goesBy(word, own) {
  if (!word) return own ? `Plates go as this machine’s settings say: ${own}.` : "Plates go as this machine’s settings say.";
  if (word === "workbench") return "Plates go into your account’s private playground, opened to the model by a link that expires.";
  if (isUploader(word))
    return word.startsWith("put:")
      ? "Plates go by HTTP PUT to your own storage; the address is used by this page and kept in no file."
      : "Plates go into that public repository at Oxen, where anybody can watch them; you are asked before the first.";
  return "Say workbench, repository:NAMESPACE/NAME or put:URL; a command is set in settings.toml alone.";
}
