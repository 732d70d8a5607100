// One stream for all tabs of this address: the tab that holds a lock has it, and passes on to the
// others what comes. A browser keeps at most six connections to a server open, so that a stream for
// each tab would leave none for anything else.

const ASK_MS = 5000;

// `open(tell)` begins the stream and gives what ends it; it is called in one tab at a time. Each word
// that it tells comes to `onWord` in every tab, and the newest one to a tab that is opened later.
export function share(name, open, onWord) {
  if (!navigator.locks || !globalThis.BroadcastChannel) {
    open(onWord);
    return;
  }
  const channel = new BroadcastChannel(name);
  const own = Math.random();
  let count = 0;
  let last = null; // the newest word, {id, word}
  let leads = false;
  let close = null;
  let waiting = null;
  let isAnswered = true;

  const enter = (steal) => {
    let held = false;
    waiting = steal ? null : new AbortController();
    const hold = () => new Promise(() => {
      held = leads = true;
      close = open((word) => {
        last = { id: `${own} ${count += 1}`, word };
        channel.postMessage(last);
        onWord(word);
      });
    });
    navigator.locks.request(name, steal ? { steal } : { signal: waiting.signal }, hold).catch(() => {
      // Another tab took it, as this one did not answer; or this one no longer waits for it.
      if (!held) return;
      leads = false;
      close();
      enter(false);
    });
  };
  const ask = () => {
    isAnswered = false;
    channel.postMessage({ asks: true, seen: last?.id ?? "" });
  };

  channel.onmessage = ({ data }) => {
    if (data.asks) {
      if (leads) channel.postMessage(last && last.id !== data.seen ? last : { isHere: true });
      return;
    }
    isAnswered = true;
    if (leads || !data.word || data.id === last?.id) return;
    last = data;
    onWord(data.word);
  };
  // A tab may hang, as with a question of the browser over it: one that is looked at takes over.
  setInterval(() => {
    if (leads || document.hidden) return;
    if (isAnswered) {
      ask();
      return;
    }
    isAnswered = true;
    waiting?.abort();
    enter(true);
  }, ASK_MS);
  document.addEventListener("visibilitychange", () => {
    if (!leads && !document.hidden) ask();
  });
  enter(false);
  ask();
}
