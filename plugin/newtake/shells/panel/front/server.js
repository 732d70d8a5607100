// Asking the server, and hearing from it: what it refuses is thrown with its words.

import { share } from "./sharing.js";

export class Trouble extends Error {
  constructor(words) {
    super(words.what);
    this.words = words;
  }
}

export class Gone extends Error {}

// Refusals come as answers: a browser's console would list each as a fault of the page.
const PREFER = { Prefer: "refusal=document" };
const AGAIN_MS = 1500;
const GRACE_MS = 1200;

export const GONE = {
  error: "Gone",
  what: "New Take does not answer.",
  why: "Its process was ended, or is busy. This page connects again by itself.",
  next: "If it stays so, start `newtake panel` again, or New Take in Resolve's Workspace > Scripts.",
};
export const ENDED = {
  error: "Ended",
  what: "New Take has ended.",
  why: "This page shows how things stood; nothing can be done here now.",
  next: "Start `newtake panel` again, or New Take in Resolve's Workspace > Scripts.",
};

// POST api/WHAT with a JSON body, or with a picture (a Blob).
export function ask(what, request = {}, signal = undefined) {
  const picture = request instanceof Blob;
  return answered(`api/${what}`, {
    method: "POST",
    headers: { "Content-Type": picture ? request.type : "application/json" },
    body: picture ? request : JSON.stringify(request),
    signal,
  });
}

// GET api/WHAT.
export const get = (what, signal = undefined) => answered(`api/${what}`, { signal });

async function answered(address, options) {
  let answer;
  let text;
  try {
    answer = await fetch(address, { ...options, headers: { ...PREFER, ...options.headers } });
    text = await answer.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Gone();
  }
  const document = parsed(text);
  if (answer.ok && document !== undefined && !answer.headers.has("Preference-Applied")) return document;
  throw new Trouble(document?.what ? document : {
    error: "Answer",
    what: answer.status === 404 ? "New Take knows nothing of that any more." : `New Take answered ${answer.status}.`,
    next: "Load the page again.",
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const wordsOf = (error) => {
  if (error instanceof Trouble) return error.words;
  if (error instanceof Gone) return GONE;
  return { error: "Page", what: "The page itself failed.", why: String(error?.message ?? error), next: "Load it again." };
};

// Follow api/events for as long as the page is open. `onState` gets each state; `onAway` gets the
// words to show while nothing comes, and null when it does again.
export function listen(onState, onAway) {
  let away = false;
  share(`newtake-events ${location.pathname}`, stream, ({ state, words }) => {
    if (words) onAway(words);
    else {
      if (away) onAway(null);
      onState(JSON.parse(state));
    }
    away = Boolean(words);
  });
}

// Tells {state} as it comes, and {words} where none comes any more; gives what ends it.
function stream(tell) {
  let grace = 0;
  let away = false;
  let source = null;
  let later = 0;
  const leave = (words) => {
    clearTimeout(grace);
    grace = 0;
    away = true;
    tell({ words });
  };
  const again = () => {
    source.close();
    later = setTimeout(open, AGAIN_MS);
  };
  function open() {
    source = new EventSource("api/events");
    source.onmessage = (event) => {
      clearTimeout(grace);
      grace = 0;
      away = false;
      tell({ state: event.data });
    };
    source.addEventListener("ended", () => {
      leave(ENDED);
      again();
    });
    source.onerror = () => {
      if (!away && !grace) grace = setTimeout(() => leave(GONE), GRACE_MS);
      // A browser connects again by itself, but not after an answer that was a refusal.
      if (source.readyState === EventSource.CLOSED) again();
    };
  }
  open();
  return () => {
    clearTimeout(grace);
    clearTimeout(later);
    source.close();
  };
}
