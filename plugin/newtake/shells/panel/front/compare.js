// The comparison.

export function startCompare(store) {
  void store;
}
