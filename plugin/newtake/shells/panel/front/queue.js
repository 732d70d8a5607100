// The queue.

export function startQueue(store) {
  void store;
}
