// @ts-check
// The time axis: where its ticks are and what they say.
//
// Takes a window in ns since the trace's start, gives ticks at round clock times of the zone. Exact at every zoom:
// clock times are BigInt ns. Labels differ and never overlap. Digits that all labels share are shown once, in the
// corner. Does not know the DOM: the caller measures text.

/**
 * @typedef {object} Zone
 * @property {bigint} origin the trace's start in Unix ns
 * @property {string} name
 * @property {readonly (readonly [number, number])[]} offsets from ns since the start on, seconds east of UTC
 * @property {boolean} [isElapsed] whether times are not those of a clock but since the start
 *
 * @typedef {object} Ticks
 * @property {number[]} values ns since the trace's start
 * @property {string[]} texts
 * @property {string} prefix what all the clock times begin with, where the labels leave it out
 * @property {string} date the day that all ticks share, or their year, or nothing
 */

const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
const GROUP = "\u202f"; // between groups of three digits: narrow, and no place to break a line
const LABEL_GAP = 18; // px of air between two labels
const LEAST_DISTANCE = 48; // px between two ticks

const LONG = 600n * SECOND; // times since the start from which on they are shown in hours, minutes and seconds

/** Names times by how long after the trace's start they are. @type {Zone} */
export const ELAPSED = { origin: 0n, name: "since start", offsets: [[0, 0]], isElapsed: true };

/** @type {readonly bigint[]} */
const STEPS = [
  ...powers(1n, 9),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((n) => n * SECOND),
  ...[1n, 2n, 5n, 10n, 15n, 30n].map((n) => n * MINUTE),
  ...[1n, 2n, 3n, 6n, 12n].map((n) => n * HOUR),
  ...powers(DAY, 6),
];

/**
 * 1, 2 and 5 times `unit` times each power of ten.
 * @param {bigint} unit
 * @param {number} count
 */
function powers(unit, count) {
  return Array.from({ length: count }, (_, exponent) => unit * 10n ** BigInt(exponent)).flatMap((n) => [
    n,
    2n * n,
    5n * n,
  ]);
}

/**
 * @param {number} start ns since the trace's start
 * @param {number} end
 * @param {number} width px
 * @param {Zone} zone
 * @param {(text: string) => number} measure px
 * @returns {Ticks}
 */
export function ticks(start, end, width, zone, measure) {
  const perPixel = (end - start) / width;
  for (const step of STEPS) {
    if (Number(step) < perPixel * LEAST_DISTANCE) continue;
    const found = labelled(start, end, step, zone);
    const widest = Math.max(0, ...found.texts.map(measure));
    const { values } = found;
    const closest = Math.min(...values.slice(1).map((value, index) => value - (values[index] ?? value)));
    if (values.length < 2 || widest + LABEL_GAP <= closest / perPixel) return found;
  }
  return { values: [], texts: [], prefix: "", date: "" };
}

/**
 * The ticks whose labels keep to the axis, and reach over its ends by no more than `over`.
 * @param {Ticks} axis
 * @param {{start: number, end: number, width: number}} view
 * @param {{left: number, right: number}} over px
 * @param {(text: string) => number} measure
 * @returns {Ticks}
 */
export function insideOf(axis, view, over, measure) {
  const scale = view.width / (view.end - view.start);
  const keep = axis.values.map((value, index) => {
    const middle = (value - view.start) * scale;
    const half = measure(axis.texts[index]) / 2;
    return middle - half >= -over.left && middle + half <= view.width + over.right;
  });
  return {
    ...axis,
    values: axis.values.filter((_, index) => keep[index]),
    texts: axis.texts.filter((_, index) => keep[index]),
  };
}

/**
 * The clock time, with `digits` of the second's fraction, cut and not rounded.
 * @param {Zone} zone
 * @param {number} since ns since the trace's start
 * @param {number} digits
 */
export function clock(zone, since, digits) {
  const { local } = localTime(zone, since);
  if (zone.isElapsed) return elapsed(local, digits, isLong(local));
  return timeOfDay(local, digits);
}

/**
 * The day, or nothing where times are since the start.
 * @param {Zone} zone
 * @param {number} since ns since the trace's start
 */
export function date(zone, since) {
  return zone.isElapsed ? "" : dateOf(localTime(zone, since).local);
}

/**
 * The moment as a record has it: `2026-11-20T22:43:18.123456789+08:00`. Its offset has no seconds.
 * @param {Zone} zone not of times since the start
 * @param {number} since whole ns since the trace's start
 */
export function stamp(zone, since) {
  const minutes = Math.trunc(localTime(zone, since).offset / 60);
  const local = zone.origin + BigInt(since) + BigInt(minutes) * MINUTE;
  const time = timeOfDay(local, 9).replaceAll(GROUP, "");
  return `${dateOf(local)}T${time}${offsetText(minutes * 60).replace("−", "-")}`;
}

/**
 * @param {number} start
 * @param {number} end
 * @param {bigint} step
 * @param {Zone} zone
 * @returns {Ticks}
 */
function labelled(start, end, step, zone) {
  const values = places(start, end, step, zone);
  const locals = values.map((value) => localTime(zone, value));
  if (zone.isElapsed) {
    const long = locals.some(({ local }) => isLong(local));
    const texts = locals.map(({ local }) => elapsed(local, fractionDigits(step), long));
    return { values, texts, prefix: "", date: "" };
  }
  const dates = locals.map(({ local }) => dateOf(local));
  const oneDate = dates.every((text) => text === dates[0]);
  const oneYear = dates.every((text) => text.slice(0, -6) === dates[0]?.slice(0, -6));
  const oneOffset = locals.every(({ offset }) => offset === locals[0]?.offset);
  const digits = fractionDigits(step);
  const shared = {
    prefix: "",
    date: oneDate ? (dates[0] ?? "") : oneYear ? (dates[0]?.slice(0, -6) ?? "") : "",
  };
  if (step >= DAY) return { values, texts: dates, prefix: "", date: "" };

  const texts = locals.map(({ local }) =>
    step >= MINUTE ? timeOfDay(local, 0).slice(0, -3) : timeOfDay(local, digits),
  );
  if (oneDate && oneOffset && digits > 3) {
    const cut = sharedLength(texts);
    if (cut > 0) {
      shared.prefix = `${texts[0]?.slice(0, cut)}…`;
      return { values, texts: texts.map((text) => `…${text.slice(cut).trimStart()}`), ...shared };
    }
  }
  const whole = texts.map((text, index) => {
    const day = oneDate ? "" : `${(dates[index] ?? "").slice(oneYear ? -5 : 0)} `;
    return day + text + (oneOffset ? "" : ` ${offsetText(locals[index]?.offset ?? 0)}`);
  });
  return { values, texts: whole, ...shared };
}

/**
 * The round local times in the window, span by span of constant offset.
 * @param {number} start
 * @param {number} end
 * @param {bigint} step
 * @param {Zone} zone
 */
function places(start, end, step, zone) {
  /** @type {number[]} */
  const values = [];
  zone.offsets.forEach(([from, offset], index) => {
    const low = index === 0 ? start : Math.max(start, from);
    const next = zone.offsets[index + 1];
    const high = next ? Math.min(end, next[0] - 1) : end;
    if (low > high) return;
    const shift = zone.origin + BigInt(offset) * SECOND;
    const lowest = shift + BigInt(Math.ceil(low));
    for (let local = -floorDivide(-lowest, step) * step; ; local += step) {
      const value = Number(local - shift);
      if (value > high) return;
      values.push(value);
    }
  });
  return values;
}

/**
 * @param {Zone} zone
 * @param {number} since
 */
function localTime(zone, since) {
  let offset = zone.offsets[0]?.[1] ?? 0;
  for (const [from, seconds] of zone.offsets) if (since >= from) offset = seconds;
  return { local: zone.origin + BigInt(Math.floor(since)) + BigInt(offset) * SECOND, offset };
}

/**
 * @param {bigint} local
 * @param {number} digits
 */
function timeOfDay(local, digits) {
  const ns = local - floorDivide(local, DAY) * DAY;
  return hours(ns).padStart(8, "0") + fraction(ns, digits);
}

/** @param {bigint} ns */
function isLong(ns) {
  return ns >= LONG || ns <= -LONG;
}

/**
 * `12.5 s`, `-0.25 s`, `1:02:03.5`.
 * @param {bigint} since
 * @param {number} digits
 * @param {boolean} long
 */
function elapsed(since, digits, long) {
  const ns = since < 0n ? -since : since;
  const text = long ? hours(ns) + fraction(ns, digits) : `${ns / SECOND}${fraction(ns, digits)} s`;
  return (since < 0n ? "−" : "") + text;
}

/**
 * `1:02:03`.
 * @param {bigint} ns
 */
function hours(ns) {
  const parts = [(ns / MINUTE) % 60n, (ns / SECOND) % 60n].map((n) => String(n).padStart(2, "0"));
  return [ns / HOUR, ...parts].join(":");
}

/**
 * The second's fraction with its dot, cut and not rounded, in groups of three digits.
 * @param {bigint} ns
 * @param {number} digits
 */
function fraction(ns, digits) {
  if (digits === 0) return "";
  const text = String(ns % SECOND)
    .padStart(9, "0")
    .slice(0, digits);
  return `.${text.replace(/(\d{3})(?=\d)/g, `$1${GROUP}`)}`;
}

/** @param {bigint} local */
function dateOf(local) {
  return new Date(Number(floorDivide(local, DAY)) * 86_400_000).toISOString().replace(/T.*/, "");
}

/** @param {number} seconds */
function offsetText(seconds) {
  const minutes = Math.abs(Math.trunc(seconds / 60));
  const parts = [Math.trunc(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, "0"));
  return (seconds < 0 ? "−" : "+") + parts.join(":");
}

/**
 * How many digits of the second's fraction tell multiples of `step` apart; beyond the third, whole groups.
 * @param {bigint} step
 */
function fractionDigits(step) {
  let digits = 0;
  for (let unit = SECOND; unit > 0n && step % unit !== 0n; unit /= 10n) digits += 1;
  return digits > 3 ? Math.ceil(digits / 3) * 3 : digits;
}

/**
 * How much all of them begin with, cut back to the end of a group of three digits; 0 below the seconds' dot.
 * @param {string[]} texts
 */
function sharedLength(texts) {
  const first = texts[0] ?? "";
  let length = 0;
  while (length < first.length && texts.every((text) => text[length] === first[length])) length += 1;
  if (length >= first.length) return 0;
  const group = first.lastIndexOf(GROUP, length - 1);
  return group;
}

/**
 * @param {bigint} dividend
 * @param {bigint} divisor
 */
function floorDivide(dividend, divisor) {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}
