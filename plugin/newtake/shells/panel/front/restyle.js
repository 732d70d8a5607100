// The dialog that restyles.

export function startRestyle(store) {
  void store;
}
