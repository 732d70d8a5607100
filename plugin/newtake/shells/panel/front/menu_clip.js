// What the menu of a clip, or of several, offers: names, what each would do, and why not.

import { many } from "./elements.js";
import { takeInUse } from "./timeline_cell.js";

const STYLES = 5;

// The entries for `clips` (items of the edit document) as `openMenu` takes them. `styles` as from
// api/styles; `act(name, detail)` does things; `inResolve` where Resolve's selection is meant, of
// which Resolve may mean parts.
export function clipEntries(clips, { styles, act, inResolve }) {
  return [
    ...restyling(clips, styles, act, inResolve),
    "line",
    ...(clips.length === 1 ? ofOne(clips[0], act) : ofMany(clips, act)),
  ];
}

export function clipTitle(clips) {
  return clips.length === 1 ? clips[0].name || "Clip" : `${many(clips.length, "clip")} selected`;
}

function restyling(clips, styles, act, inResolve) {
  const able = clips.filter((clip) => !clip.refusal);
  const refused = clips.filter((clip) => clip.refusal);
  const one = clips.length === 1;
  const why = able.length ? undefined : one ? sentence(clips[0].refusal) : `None can be restyled. ${refusals(refused)}`;
  const hint = able.length && refused.length ? `${many(refused.length, "clip")} left out. ${refusals(refused)}` : undefined;
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

function ofOne(clip, act) {
  const { key, takes } = clip;
  const used = takeInUse(clip);
  const name = used ? takeName(used) : "";
  const change = (what, take) => act("takes", { changes: [{ clip: key, what, take }] });
  const none = takes.length ? "The original is in use; switch to a take first." : "The clip has no takes yet.";
  return [
    takes.length
      ? {
          group: "Show in the timeline",
          entries: [
            choice("Original", !used, clip.media, () => change("use", "original")),
            ...takes.map((take) =>
              choice(`${takeName(take)}${take.starred ? " ★" : ""}`, take === used, take.style || take.prompt, () => change("use", take.key))),
          ],
        }
      : { label: "Switch take", why: "The clip has no takes yet." },
    used
      ? { label: used.starred ? `Unstar ${name}` : `Star ${name}`, run: () => change(used.starred ? "unstar" : "star", used.key) }
      : { label: "Star take", why: none },
    used
      ? { label: `Remove ${name} from clip…`, run: () => act("remove", { clip: key, take: used.key }) }
      : { label: "Remove take from clip…", why: none },
    "line",
    {
      label: "Compare…",
      why: takes.length ? undefined : "There is no take to compare the original with.",
      run: () => act("compare", { clip: key, take: (used ?? takes[takes.length - 1]).key }),
    },
    {
      label: "Reveal file",
      hint: used ? `of ${name}` : clip.media,
      why: used || clip.media ? undefined : "There is no file behind this clip.",
      run: () => act("reveal", { clip: key, take: used?.key ?? "original" }),
    },
    againEntry(clip, used, act),
  ];
}

function againEntry(clip, used, act) {
  const take = used ?? (clip.takes.length === 1 ? clip.takes[0] : null);
  const why = !clip.takes.length
    ? "The clip has no takes yet."
    : !take
      ? "The original is in use; switch to the take whose settings you want."
      : take.has_record
        ? clip.refusal ? sentence(clip.refusal) : undefined
        : `Nothing is recorded of how ${takeName(take)} was made.`;
  return {
    label: "Use these settings again…",
    hint: take ? `of ${takeName(take)}` : undefined,
    why,
    run: () => act("again", { clip: clip.key, take: take.key }),
  };
}

function ofMany(clips, act) {
  const withTakes = clips.filter((clip) => clip.takes.length);
  const used = withTakes.filter((clip) => takeInUse(clip));
  const unstarred = used.filter((clip) => !takeInUse(clip).starred);
  const older = withTakes.filter((clip) => takeInUse(clip) !== newest(clip));
  const each = (some, what, takeOf) =>
    act("takes", { changes: some.map((clip) => ({ clip: clip.key, what, take: takeOf(clip) })) });
  const none = withTakes.length ? "All of them show their originals." : "None of them has takes yet.";
  const single = "Select one clip alone.";
  return [
    {
      label: `Show the newest take of ${many(older.length || withTakes.length, "clip")}`,
      why: !withTakes.length ? none : older.length ? undefined : "All of them show their newest take.",
      run: () => each(older, "use", (clip) => newest(clip).key),
    },
    { label: `Show the original of ${many(used.length, "clip")}`, why: used.length ? undefined : none, run: () => each(used, "use", () => "original") },
    {
      label: `Star the takes in use of ${many(unstarred.length, "clip")}`,
      why: unstarred.length ? undefined : used.length ? "All takes in use are starred." : none,
      run: () => each(unstarred, "star", (clip) => takeInUse(clip).key),
    },
    { label: "Remove take from clip…", why: single },
    "line",
    { label: "Compare…", why: single },
    { label: "Reveal file", why: single },
    { label: "Use these settings again…", why: single },
  ];
}

const choice = (label, checked, hint, run) => ({ label, checked, hint, run: checked ? undefined : run });
const newest = (clip) => clip.takes.reduce((best, take) => (take.number > best.number ? take : best));
export const takeName = (take) => take.name || `Take ${take.number}`;
const sentence = (text) => `Cannot be restyled: ${text}`;

// Reasons and how many clips each is of, the most frequent first.
function refusals(clips) {
  const counts = new Map();
  for (const clip of clips) counts.set(clip.refusal, (counts.get(clip.refusal) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, 3).map(([why, count]) => `${count}: ${why}`).join("; ");
}
