// Which clip is compared by a key or by the viewer's button, and why none is: pure.

// `chosen` are the selected clips, `shown` is the one in the viewer (null in a gap): {clip, why}. What
// is selected comes first; of several that one which is in the viewer.
export function meantToCompare(chosen, shown) {
  const clip = chosen.length === 1 ? chosen[0] : chosen.length ? (chosen.find(({ key }) => key === shown?.key) ?? null) : shown;
  if (!clip)
    return { clip, why: chosen.length ? `${chosen.length} clips are selected: select one alone to compare its takes.` : "There is no clip under the playhead, and none is selected." };
  return { clip, why: clip.takes.length ? "" : `${clip.name || "The clip"} has no take yet to compare with its original.` };
}
