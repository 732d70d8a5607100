// The timeline.

export function startTimeline(store) {
  void store;
}
