// Saving.

export function startSaving(store) {
  void store;
}
