// Notices at the end of jobs.

export function startNotify(store) {
  void store;
}
