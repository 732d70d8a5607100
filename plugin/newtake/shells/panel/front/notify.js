// A tone and a notification when jobs end, for those who want them; asked for only by a click.

import { byId, element, many, say } from "./elements.js";
import { hasEnded } from "./queue_words.js";

const SOUND = "newtake.sound";
const NOTICE = "newtake.notice";
const TONE_SECONDS = 0.5;
const wants = (name) => localStorage.getItem(name) === "yes";

let audio = null;
let over = null; // ids of the jobs whose end is known
let opened = 0; // when the page was, on the server's clock

export function startNotify(store) {
  const sound = element("button", { type: "button", id: "notify-sound", className: "quiet", title: "A tone when a job ends", onclick: turnSound }, "Sound");
  const notice = element("button", { type: "button", id: "notify-browser", className: "quiet", title: "A notification of the browser when a job ends", onclick: turnNotice }, "Notify");
  byId("notify").append(sound, notice);
  draw();
  store.subscribe("state", (state) => follow(state));
  // Browsers let a page sound only after a person has done something in it.
  for (const deed of ["pointerdown", "keydown"])
    addEventListener(deed, () => { if (wants(SOUND)) wake(); }, { once: true, capture: true });
}

function draw() {
  byId("notify-sound").setAttribute("aria-pressed", String(wants(SOUND)));
  const allowed = globalThis.Notification?.permission === "granted";
  byId("notify-browser").setAttribute("aria-pressed", String(wants(NOTICE) && allowed));
  byId("notify-browser").hidden = !("Notification" in globalThis);
}

function turnSound() {
  localStorage.setItem(SOUND, wants(SOUND) ? "no" : "yes");
  draw();
  if (wants(SOUND)) {
    wake();
    tone(true);
  }
}

async function turnNotice() {
  const on = byId("notify-browser").getAttribute("aria-pressed") !== "true";
  if (on && Notification.permission !== "granted") await Notification.requestPermission();
  localStorage.setItem(NOTICE, on ? "yes" : "no");
  if (on && Notification.permission !== "granted")
    say("The browser does not allow notifications of this page; its settings for this site do.");
  draw();
}

function wake() {
  audio ??= new AudioContext();
  audio.resume();
}

// Two short notes; lower where something failed.
function tone(isGood) {
  if (!audio) return;
  const at = audio.currentTime + 0.02;
  for (const [place, pitch] of (isGood ? [659, 880] : [440, 330]).entries()) {
    const note = audio.createOscillator();
    const volume = audio.createGain();
    const begin = at + place * 0.16;
    note.frequency.value = pitch;
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.12, begin + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, begin + TONE_SECONDS);
    note.connect(volume).connect(audio.destination);
    note.start(begin);
    note.stop(begin + TONE_SECONDS);
  }
}

const isOver = (job) => hasEnded(job) || (job.status === "unsure" && !job.running);

// A quick job may have ended before it was seen on its way.
function follow({ jobs, now }) {
  opened ||= now;
  const isNews = (job) => !over.has(job.id) && job.status !== "cancelled" && (job.ended_at ?? now) >= opened;
  const ended = jobs.filter(isOver);
  const told = over ? ended.filter(isNews) : [];
  over = new Set(ended.map((job) => job.id));
  if (told.length) tell(told);
}

function words(job) {
  if (job.status === "done") return `${job.clip}: the new take is there.`;
  if (job.waits) return `${job.clip}: its take is ready and waits to be brought in.`;
  return `${job.clip}: ${job.failure?.what ?? job.status}`;
}

// Of several open pages one makes the noise.
function tell(ended) {
  const bad = ended.filter((job) => job.status !== "done");
  const title = ended.length === 1 ? words(ended[0])
    : `${many(ended.length, "job")} ended${bad.length ? `, ${bad.length} of them not well` : ""}.`;
  say(title);
  if (wants(NOTICE) && globalThis.Notification?.permission === "granted") {
    const notice = new Notification("New Take", {
      body: ended.map(words).slice(0, 4).join("\n"), tag: `newtake-${ended.map((job) => job.id).join("-")}`, icon: "icon.svg",
    });
    notice.onclick = () => {
      globalThis.focus();
      notice.close();
    };
  }
  if (!wants(SOUND)) return;
  navigator.locks.request("newtake-tone", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    tone(!bad.length);
    await new Promise((resolve) => setTimeout(resolve, 2000));
  });
}
