// What the parts of the page share: the server's state and edit, and what a person has chosen.
//
// Values are read as properties and changed by `set`, which tells whoever subscribed. Parts ask each
// other for things by `act(NAME, DETAIL)`, which the part that offers NAME registered by `on`.

export function createStore() {
  const values = {
    state: null, // as the server pushes it
    edit: null, // the edit document
    selection: new Set(), // keys of clips
    ranges: [], // [in, out] in record frames, half-open
    pending: [null, null], // an in or an out that has no other end yet
    playhead: 0, // record frame
    speed: 0, // of the playhead while it plays, 1 is real time; negative is backwards
    dialogs: new Set(), // ids of the dialogs that are open
  };
  const followers = new Map();
  const acts = new Map();
  let clips = new Map();

  const store = {
    // Call `follower(value)` at every change of `name`; returns what ends that.
    subscribe(name, follower) {
      if (!followers.has(name)) followers.set(name, new Set());
      followers.get(name).add(follower);
      return () => followers.get(name).delete(follower);
    },

    set(name, value) {
      if (!(name in values)) throw new Error(`The store has no ${name}`);
      values[name] = value;
      if (name === "edit") clips = clipsOf(value);
      for (const follower of [...(followers.get(name) ?? [])]) follower(value);
    },

    on(name, work) {
      acts.set(name, work);
    },

    can: (name) => acts.has(name),

    act(name, detail = {}) {
      if (!acts.has(name)) throw new Error(`Nothing on this page does ${name}`);
      return acts.get(name)(detail);
    },

    // The clip that has a key in the edit document, or had it before, with `track` (its name); null
    // where there is none.
    clipOf: (key) => clips.get(key) ?? null,

    // The clip of the track of that name which shows the record frame; null in a gap.
    clipAt(track, frame) {
      const found = values.edit?.tracks.find((each) => each.name === track);
      return found?.items.find((item) => item.kind === "clip" && item.start <= frame && frame < item.end) ?? null;
    },

    takeOf: (key, take) => clips.get(key)?.takes.find((each) => each.key === take) ?? null,

    // The selected clips that the edit has, in record order.
    chosen: () =>
      [...values.selection].map((key) => clips.get(key)).filter(Boolean).sort((a, b) => a.start - b.start),
  };
  for (const name of Object.keys(values))
    Object.defineProperty(store, name, { get: () => values[name], enumerable: true });
  return store;
}

function clipsOf(edit) {
  const found = new Map();
  for (const track of edit?.tracks ?? [])
    for (const item of track.items)
      if (item.kind === "clip" && !found.has(item.key)) found.set(item.key, { ...item, track: track.name });
  // A clip's key changes with its first take.
  for (const clip of [...found.values()])
    for (const key of clip.was ?? []) if (!found.has(key)) found.set(key, clip);
  return found;
}
