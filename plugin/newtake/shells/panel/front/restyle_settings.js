// The settings of one edit as the form holds them: where they begin, what is asked of the server for
// them, and what is remembered of them until the next time.
//
// They have the names of api/plan, but that `control` says who sets the strength ("own": the model
// by itself, "hand": `edit_strength`, "auto": automatic controls), `handles` is as it was typed, and
// `first_frame` is the picture {id, width, height, name} or null. What is typed is "" where it is not.

import { underRules } from "./restyle_rules.js";

const KEPT = "newtake.restyle";
const NOT_KEPT = ["first_frame", "fetch_url"];
// Remembered for the timeline that they were chosen for: another one's footage is no log of that camera.
export const OF_THE_TIMELINE = ["lut", "codec", "layout", "profile", "uploader"];
const TYPED = ["lut", "uploader", "fetch_url"];

export const BEGINNING = Object.freeze({
  prompt: "",
  style: null,
  fields: {},
  resolution: "540p", // the command's own
  duration: "auto",
  control: "own",
  edit_strength: "flex_2",
  hdr: false,
  exr_export: false,
  variations: 1,
  first_frame: null,
  partial: "split",
  handles: "",
  cadence: "auto",
  continuity: "carry",
  from_render: false,
  provider: null,
  lut: "",
  codec: "auto",
  layout: "takes",
  profile: "auto",
  uploader: "",
  fetch_url: "",
});

// The values with settings in the words of api/plan laid over them.
export function laidOver(values, settings) {
  const laid = { ...values };
  for (const [name, value] of Object.entries(settings)) {
    if (!(name in BEGINNING) || value === undefined) continue;
    if (name === "edit_strength") {
      if (value) Object.assign(laid, { control: "hand", edit_strength: value });
    } else if (name === "handles") laid.handles = value ? String(value) : "";
    else if (name === "first_frame" && typeof value === "string") laid.first_frame = { id: value, name: "picture of that take" };
    else if (TYPED.includes(name)) laid[name] = value ?? "";
    else if (name === "fields") laid.fields = { ...value };
    else if (value !== null || name === "style" || name === "first_frame") laid[name] = value;
  }
  if (settings.auto_controls) laid.control = "auto";
  else if ("edit_strength" in settings && !settings.edit_strength) laid.control = "own";
  return laid;
}

// Whether what was typed is a number of frames; nothing is none.
export const isFrames = (text) => /^\d{0,4}$/.test(text.trim());

// Whether what was typed can be the path of a table; nothing is none.
export const isCube = (text) => !text.trim() || /\.cube$/i.test(text.trim());

// Whether what was typed names an uploader that a page may choose; nothing is the settings' own.
export const isUploader = (text) => /^(workbench|repository:[^/:\s]+\/[^/:\s]+|put:https?:\/\/\S+)?$/.test(text.trim());

// What the rules leave of the values, in the words of api/plan, and why what is refused is. In an
// editor takes lie as that has them: layout and profile are a file's alone.
export function asked(values, rules, kind = "otio") {
  const handles = isFrames(values.handles) ? Number(values.handles) : 0;
  const { kept, refused } = underRules({
    prompt: values.prompt,
    style: values.style,
    fields: values.style ? values.fields : {},
    resolution: values.resolution,
    duration: values.duration,
    edit_strength: values.control === "hand" ? values.edit_strength : null,
    auto_controls: values.control === "auto",
    hdr: values.hdr,
    exr_export: values.exr_export,
    variations: values.variations,
    first_frame: values.first_frame?.id ?? null,
    partial: values.partial,
    handles: handles || null,
    cadence: values.cadence,
    continuity: values.continuity,
    from_render: values.from_render,
    provider: values.provider,
    lut: values.lut.trim() || null,
    codec: values.codec,
    layout: kind === "otio" ? values.layout : null,
    profile: kind === "otio" ? values.profile : null,
    uploader: values.uploader.trim() || null,
    fetch_url: (values.uploader.trim().startsWith("put:") && values.fetch_url.trim()) || null,
  }, rules);
  return { settings: kept, refused };
}

// `timeline` is the one that they were chosen for.
export function remember(values, timeline) {
  const kept = Object.fromEntries(Object.entries(values).filter(([name]) => !NOT_KEPT.includes(name)));
  kept.timeline = timeline;
  // Such an address may hold a signature.
  if (kept.uploader.trim().startsWith("put:")) kept.uploader = "";
  try {
    localStorage.setItem(KEPT, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing for pages: then the next time begins anew.
  }
}

// What was remembered, without a value that the service does not have (any more).
export function remembered(rules, timeline) {
  let kept;
  try {
    kept = JSON.parse(localStorage.getItem(KEPT) ?? "{}");
  } catch {
    kept = {};
  }
  const values = { ...BEGINNING };
  for (const [name, value] of Object.entries(kept ?? {})) {
    const begins = BEGINNING[name];
    if (!(name in BEGINNING) || NOT_KEPT.includes(name)) continue;
    if (OF_THE_TIMELINE.includes(name) && kept.timeline !== timeline) continue;
    if (begins === null ? value === null || typeof value === "string" : value !== null && typeof value === typeof begins)
      values[name] = value;
  }
  const lists = {
    resolution: rules.resolutions, duration: rules.durations, edit_strength: rules.strengths,
    cadence: rules.cadences, continuity: rules.continuities, partial: rules.partials,
    control: ["own", "hand", "auto"],
    ...Object.fromEntries(Object.entries(rules.writing).map(([name, list]) => [name.slice(0, -1), list.map(([word]) => word)])),
  };
  for (const [name, list] of Object.entries(lists))
    if (!list.includes(values[name])) values[name] = BEGINNING[name];
  if (!(values.variations >= rules.variations.min && values.variations <= rules.variations.max))
    values.variations = BEGINNING.variations;
  return values;
}

export const strengthWord = (word) => word.replace("_", " ");

// A setting's value as people say it.
export function settingWords(name, value) {
  if (name === "edit_strength") return strengthWord(value);
  if (name === "duration") return value === "auto" ? "shortest length" : value.replace("s", " s");
  if (name === "auto_controls") return value ? "auto controls" : "no auto controls";
  if (name === "hdr") return value ? "HDR" : "no HDR";
  if (name === "exr_export") return value ? "EXR frames" : "no EXR frames";
  if (name === "variations") return `${value} variation${value === 1 ? "" : "s"}`;
  if (name === "handles") return `${value} handles`;
  if (name === "cadence") return `cadence ${value}`;
  if (name === "continuity") return value === "carry" ? "parts carry on" : "parts in parallel";
  if (name === "first_frame") return "a first frame";
  return String(value);
}

// The name of the control that shows a setting.
export const controlOf = (name) => (name === "auto_controls" ? "edit_strength" : name);

// Whether the values are still what a style's setting made of them.
export function isAsBrought(values, name, value) {
  if (name === "edit_strength") return values.control === "hand" && values.edit_strength === value;
  if (name === "auto_controls") return (values.control === "auto") === Boolean(value);
  if (name === "handles") return (Number(values.handles) || 0) === (value ?? 0);
  if (name === "first_frame") return values.first_frame === null;
  return values[name] === value;
}
