// Labels of record frames and the frames that labels name, as `domain/timing.py` counts them.
//
// `edit` is anything with a `rate` as text ("24000/1001", "25") and a truth value `drop`.

const LABEL = /^(\d{1,2}):(\d{2}):(\d{2})([:;.])(\d{2,3})$/;
const DROPPING = new Set(["30000/1001", "60000/1001"]);

// The whole number that labels count to: 24 for 24000/1001.
export function nominal(rate) {
  const [above, below = 1] = String(rate).split("/").map(Number);
  return Math.ceil(above / below);
}

// Frames per second, as a number to draw with; never to count with.
export function perSecond(rate) {
  const [above, below = 1] = String(rate).split("/").map(Number);
  return above / below;
}

const drops = (edit) => Boolean(edit.drop) && DROPPING.has(edit.rate);

// HH:MM:SS:FF of a frame counted from 00:00:00:00; `;` before the frames where numbers are dropped.
export function label(frame, edit) {
  if (frame < 0) return `-${label(-frame, edit)}`;
  const base = nominal(edit.rate);
  let count = frame;
  if (drops(edit)) {
    const skipped = Math.floor(base / 15);
    const minute = base * 60 - skipped;
    const ten = minute * 10 + skipped;
    const day = frame % (ten * 144);
    const rest = day % ten;
    count = day + skipped * 9 * Math.floor(day / ten);
    if (rest >= base * 60) count += skipped * (Math.floor((rest - base * 60) / minute) + 1);
  }
  count %= base * 86400;
  const seconds = Math.floor(count / base);
  const width = Math.max(2, String(base - 1).length);
  const two = (value) => String(value).padStart(2, "0");
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}` +
    `${drops(edit) ? ";" : ":"}${String(count % base).padStart(width, "0")}`;
}

// The frame that a label names. Throws an Error that says why there is none.
export function frameOf(text, edit) {
  const found = LABEL.exec(text.trim());
  if (!found) throw new Error(`“${text}” is not a timecode (HH:MM:SS:FF).`);
  const [hours, minutes, seconds, frames] = [1, 2, 3, 5].map((at) => Number(found[at]));
  const base = nominal(edit.rate);
  const marked = found[4] !== ":";
  if (marked && !drops(edit))
    throw new Error(`“${text}” is a drop-frame label, and the timeline drops none.`);
  if (minutes > 59 || seconds > 59 || frames >= base)
    throw new Error(`“${text}” does not exist at this frame rate.`);
  const total = ((hours * 60 + minutes) * 60 + seconds) * base + frames;
  if (!drops(edit)) return total;
  const skipped = Math.floor(base / 15);
  if (minutes % 10 && seconds === 0 && frames < skipped)
    throw new Error(`“${text}” is one of the labels that drop-frame leaves out.`);
  const passed = hours * 60 + minutes;
  return total - skipped * (passed - Math.floor(passed / 10));
}

// How the field writes a rate: 23.976, 25, 29.97.
export function rateWord(rate) {
  const value = perSecond(rate);
  return Number.isInteger(value) ? String(value) : value.toFixed(3).replace(/0+$/, "");
}
