// Keeps a plan current: asks for one as soon as nothing has changed for a moment, and lets go of an
// earlier question when a later one comes.

import { ask, wordsOf } from "./server.js";

const PAUSE_MS = 300;
// The server keeps a plan for half an hour.
const OLD_MS = 20 * 60 * 1000;

// `wanted()` gives what to plan for, null for nothing; `show({stale, plan, trouble})` is called at
// every change: `stale` means that what is shown is not for what is wanted now.
export function createPlanner(wanted, show) {
  let timer = 0;
  let calls = null;
  let known = { stale: false, plan: null, trouble: null };

  function tell(changes) {
    known = { ...known, ...changes };
    show(known);
  }

  async function make() {
    clearTimeout(timer);
    calls?.abort();
    const request = wanted();
    if (!request) {
      calls = null;
      tell({ stale: false, plan: null, trouble: null });
      return;
    }
    const call = new AbortController();
    calls = call;
    try {
      const plan = await ask("plan", request, call.signal);
      if (calls !== call) return;
      tell({ stale: false, plan, trouble: null });
      timer = setTimeout(renew, OLD_MS);
    } catch (error) {
      if (calls !== call || error.name === "AbortError") return;
      tell({ stale: false, plan: null, trouble: wordsOf(error) });
    }
  }

  // Something has changed: what is shown counts no longer.
  function renew() {
    clearTimeout(timer);
    calls?.abort();
    calls = null;
    tell({ stale: true });
    timer = setTimeout(make, PAUSE_MS);
  }

  return {
    renew,
    // Do not wait for the pause.
    hurry() {
      if (known.stale && !calls) make();
    },
    stop() {
      clearTimeout(timer);
      calls?.abort();
      calls = null;
      known = { stale: false, plan: null, trouble: null };
    },
    get known() { return known; },
  };
}
