// What is restyled, in words: clips, ranges, or what is chosen in Resolve.

import { many } from "./elements.js";
import { label } from "./timecode.js";

const NAMED_MAX = 4;

// {title, detail, count, nothing}: `nothing` says why there is nothing to restyle, "" where there is.
export function subjectWords({ clips, ranges }, store) {
  if (!clips.length && !ranges.length) return store.state?.edit?.kind === "resolve" ? chosenWords(store.state.chosen) : none();
  const items = clips.map((key) => store.clipOf(key)).filter(Boolean);
  const span = ([from, to]) => `${label(from, store.edit)} – ${label(to, store.edit)}`;
  const count = items.length + ranges.length;
  if (!count) return { ...none(), nothing: "The clips are not in the timeline any more." };
  const words = [items.length ? many(items.length, "clip") : "", ranges.length ? many(ranges.length, "range") : ""].filter(Boolean).join(" and ");
  if (count === 1 && items.length) {
    const [item] = items;
    return { title: item.name, detail: [item.track, span([item.start, item.end]), item.part_of].filter(Boolean).join("   "), count, nothing: "" };
  }
  const names = [...items.map((item) => item.name), ...ranges.map(span)];
  const rest = names.length - NAMED_MAX;
  return { title: words, detail: `${names.slice(0, NAMED_MAX).join(", ")}${rest > 0 ? `, and ${rest} more` : ""}`, count, nothing: "" };
}

const none = () => ({ title: "Nothing chosen", detail: "", count: 0, nothing: "No clip is chosen." });

function chosenWords(chosen) {
  const clips = chosen?.clips ?? [];
  if (!clips.length) return { ...none(), nothing: chosen?.trouble?.what ?? "No clip is chosen in Resolve." };
  const parts = clips.filter((clip) => clip.part).map((clip) => (clips.length === 1 ? clip.part : `${clip.name}: ${clip.part}`));
  return {
    title: clips.length === 1 ? clips[0].name : many(clips.length, "clip"),
    detail: [chosen.sentence, ...parts.slice(0, NAMED_MAX)].join("   "), count: clips.length, nothing: "",
  };
}
