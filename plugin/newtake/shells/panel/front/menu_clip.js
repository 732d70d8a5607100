// What the menu of a clip, or of several, offers: names, what each would do, and why not.

import { many } from "./elements.js";
import { canRestyle, refusalWords, selectedTake } from "./timeline_cell.js";

const STYLES = 5;
// What takes of a host's timelines do not have, and why.
const NOT_THERE = {
  resolve: {
    star: "Resolve keeps no stars for takes.",
    remove: "In Resolve a take is removed in its own take selector; its files stay.",
  },
};

// The entries for `clips` (items of the edit document) as `openMenu` takes them. `styles` as from
// api/styles; `act(name, detail)` does things; `inResolve` where Resolve's selection is meant, of
// which Resolve may mean parts; `kind` is the edit's: what its host cannot do says so.
export function clipEntries(clips, { styles, act, inResolve, kind }) {
  return [
    ...restyling(clips, styles, act, inResolve),
    "line",
    ...(clips.length === 1 ? ofOne(clips[0], act, kind) : ofMany(clips, act, kind)),
  ];
}

export function clipTitle(clips) {
  return clips.length === 1 ? clips[0].name || "Clip" : `${many(clips.length, "clip")} selected`;
}

function restyling(clips, styles, act, inResolve) {
  const able = clips.filter(canRestyle);
  const refused = clips.filter((clip) => !canRestyle(clip));
  const one = clips.length === 1;
  const why = able.length ? undefined : one ? sentence(clips[0].refusal) : `None can be restyled. ${refusals(refused)}`;
  const hint = one && able.length && clips[0].refusal ? refusalWords(clips[0]) : able.length && refused.length ? `${many(refused.length, "clip")} left out. ${refusals(refused)}` : undefined;
  const what = one ? "" : ` ${many(able.length || clips.length, "clip")}`;
  const meant = inResolve ? [] : able.map((clip) => clip.key);
  const restyle = (settings) => act("restyle", { clips: meant, ranges: [], ...(settings ? { settings } : {}) });
  const recent = styles.filter((style) => style.recent).slice(0, STYLES);
  return [
    { label: `Restyle${what} as new ${one ? "take" : "takes"}…`, why, hint, run: () => restyle() },
    ...recent.map((style) => ({
      label: `Restyle${what} with ${style.title}…`,
      why,
      run: () => restyle({ prompt: "", style: style.name, fields: style.fields, ...style.settings }),
    })),
  ];
}

function ofOne(clip, act, kind) {
  const { key, takes } = clip;
  const selected = selectedTake(clip);
  const name = selected ? takeName(selected) : "";
  const none = takes.length ? "The original is selected; every take has a menu of its own (→)." : "The clip has no takes yet.";
  const toOriginal = () => act("takes", { changes: [{ clip: key, what: "use", take: "original" }] });
  return [
    takes.length
      ? {
          group: "Selected take",
          entries: [
            choice("Original", !selected, clip.media, toOriginal),
            ...takes.map((take) => ({
              ...choice(`${takeName(take)}${take.starred ? " ★" : ""}`, take === selected, take.style || take.prompt, () => change(clip, act, "use", take)),
              more: ofTake(clip, take, act, kind),
            })),
          ],
        }
      : { label: "Select take", why: "The clip has no takes yet." },
    selected ? starEntry(clip, selected, act, kind) : { label: "Star take", why: none },
    selected ? removeEntry(clip, selected, act, kind) : { label: "Remove take from clip…", why: none },
    "line",
    {
      label: "Compare…",
      why: takes.length ? undefined : "There is no take to compare the original with.",
      run: () => act("compare", { clip: key, take: (selected ?? newest(clip)).key }),
    },
    {
      label: "Reveal file",
      hint: selected ? `of ${name}` : clip.media,
      why: selected || clip.media ? undefined : "There is no file behind this clip.",
      run: () => act("reveal", { clip: key, take: selected?.key ?? "original" }),
    },
    againEntry(clip, selected ?? (takes.length === 1 ? takes[0] : null), act, none),
    selected ? aboutEntry(clip, selected, act) : { label: "About this take…", why: none },
  ];
}

// The menu beside one take, selected or not.
function ofTake(clip, take, act, kind) {
  return [
    take.selected
      ? { label: "Select", why: "It is selected." }
      : { label: "Select", run: () => change(clip, act, "use", take) },
    starEntry(clip, take, act, kind),
    { label: "Compare with the original…", run: () => act("compare", { clip: clip.key, take: take.key }) },
    { label: "Reveal file", run: () => act("reveal", { clip: clip.key, take: take.key }) },
    againEntry(clip, take, act, ""),
    aboutEntry(clip, take, act),
    "line",
    removeEntry(clip, take, act, kind),
  ];
}

const change = (clip, act, what, take) => act("takes", { changes: [{ clip: clip.key, what, take: take.key }] });

const starEntry = (clip, take, act, kind) => ({
  label: `${take.starred ? "Unstar" : "Star"} ${takeName(take)}`,
  why: NOT_THERE[kind]?.star,
  run: () => change(clip, act, take.starred ? "unstar" : "star", take),
});

const aboutEntry = (clip, take, act) => ({
  label: "About this take…",
  hint: take.name || takeName(take),
  run: () => act("about", { clip: clip.key, take: take.key }),
});

const removeEntry = (clip, take, act, kind) => ({
  label: `Remove ${takeName(take)} from clip…`,
  why: NOT_THERE[kind]?.remove,
  run: () => act("remove", { clip: clip.key, take: take.key }),
});

function againEntry(clip, take, act, none) {
  const why = !take
    ? none
    : take.has_record
      ? canRestyle(clip) ? undefined : sentence(clip.refusal)
      : `Nothing is recorded of how ${takeName(take)} was made.`;
  return {
    label: "Use these settings again…",
    hint: take ? `of ${takeName(take)}` : undefined,
    why,
    run: () => act("again", { clip: clip.key, take: take.key }),
  };
}

function ofMany(clips, act, kind) {
  const withTakes = clips.filter((clip) => clip.takes.length);
  const selected = withTakes.filter((clip) => selectedTake(clip));
  const unstarred = selected.filter((clip) => !selectedTake(clip).starred);
  const older = withTakes.filter((clip) => selectedTake(clip) !== newest(clip));
  const each = (some, what, takeOf) =>
    act("takes", { changes: some.map((clip) => ({ clip: clip.key, what, take: takeOf(clip) })) });
  const none = withTakes.length ? "Their originals are selected." : "None of them has takes yet.";
  const single = "Select one clip alone.";
  return [
    {
      label: withTakes.length ? `Select the newest take of ${many(older.length || withTakes.length, "clip")}` : "Select the newest takes",
      why: !withTakes.length ? none : older.length ? undefined : "Their newest takes are selected.",
      run: () => each(older, "use", (clip) => newest(clip).key),
    },
    { label: selected.length ? `Select the original of ${many(selected.length, "clip")}` : "Select the originals", why: selected.length ? undefined : none, run: () => each(selected, "use", () => "original") },
    {
      label: unstarred.length ? `Star the selected take of ${many(unstarred.length, "clip")}` : "Star the selected takes",
      why: NOT_THERE[kind]?.star ?? (unstarred.length ? undefined : selected.length ? "All their selected takes are starred." : none),
      run: () => each(unstarred, "star", (clip) => selectedTake(clip).key),
    },
    { label: "Remove take from clip…", why: single },
    "line",
    { label: "Compare…", why: single },
    { label: "Reveal file", why: single },
    { label: "Use these settings again…", why: single },
    { label: "About this take…", why: single },
  ];
}

const choice = (label, checked, hint, run) => ({ label, checked, hint, run: checked ? undefined : run });
const newest = (clip) => clip.takes.reduce((best, take) => (take.number > best.number ? take : best));
// As short as it can be: the words that a host adds to a take's name stand beside it.
export const takeName = (take) => `Take ${take.number}${take.exr ? " EXR" : ""}`;
const sentence = (text) => `Cannot be restyled: ${text}`;

// Reasons and how many clips each is of, the most frequent first.
function refusals(clips) {
  const counts = new Map();
  for (const clip of clips) counts.set(clip.refusal, (counts.get(clip.refusal) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3).map(([why, count]) => `${count}: ${why}`).join("; ");
}
