// @ts-check
// Names that others wrote, made fit to be shown.
//
// Takes any text, gives text that shows every character that matters, reorders nothing around it and is no
// markup. Whatever enters the page by `textContent` needs `shown` only; text for Plotly needs `plotlyText`
// too, since Plotly reads tags and entities. `src/names.rs` and the report's labels do the same with the few names that
// are in markup; `tests/data/shared/names.json` tests both. Pure.

/** Text that is shown as it is. */
const PLAIN = /^[!-~][ -~]*$/;
const INVISIBLE = /^[\p{White_Space}\ufeff]*$/u;
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;
// Noncharacters of Unicode: an SVG or XML file that contains one is invalid.
const NONCHARACTER = /\p{Noncharacter_Code_Point}|\p{Surrogate}/gu;
// Embeddings, overrides and isolates; the marks U+200E, U+200F and U+061C act on their own text alone.
const REORDERING = /[\u202a-\u202e\u2066-\u2069]/g;
const RIGHT_TO_LEFT =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}\u200f\u061c]/u;
const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";
const ELLIPSIS = "…";
export const SEPARATOR = " · ";
/** Code points of a name or a value among others, or in a message. */
const BRIEF = 40;
/** Code points kept before the place where names begin to differ. */
const CONTEXT = 3;

/**
 * The display form: control characters become pictures, characters that reorder text become their escapes,
 * text that runs from right to left is isolated, nothing becomes `(unnamed)`.
 * @param {string} name
 */
export function shown(name) {
  if (PLAIN.test(name)) return name; // as most are
  if (INVISIBLE.test(name)) return "(unnamed)";
  const text = name
    .replace(CONTROL, picture)
    .replace(NONCHARACTER, "\ufffd")
    .replace(REORDERING, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
  return RIGHT_TO_LEFT.test(text) ? FIRST_STRONG_ISOLATE + text + POP_ISOLATE : text;
}

/** @param {string} character */
function picture(character) {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

/** @param {string} text as `shown` gives it */
function isIsolated(text) {
  return text.startsWith(FIRST_STRONG_ISOLATE) && text.endsWith(POP_ISOLATE);
}

/**
 * At most `length` code points; what is left out is left out of the middle.
 * @param {string} text as `shown` gives it
 * @param {number} length at least 3
 */
export function shortened(text, length) {
  const isolated = isIsolated(text);
  const points = Array.from(isolated ? text.slice(1, -1) : text);
  if (points.length <= length) return text;
  const tail = Math.floor((length - 1) / 2);
  const short =
    points.slice(0, length - 1 - tail).join("") + ELLIPSIS + points.slice(points.length - tail).join("");
  return isolated ? FIRST_STRONG_ISOLATE + short + POP_ISOLATE : short;
}

/**
 * The display form, short enough to stand among others or in a message.
 * @param {string} name
 */
export function brief(name) {
  return shortened(shown(name), BRIEF);
}

/**
 * The longest form of `text` that is at most `width` wide; empty where less than `least` code points fit.
 * @param {string} text as `shown` gives it
 * @param {number} width
 * @param {(text: string) => number} measure
 * @param {number} [least]
 */
export function fitted(text, width, measure, least = 3) {
  if (measure(text) <= width) return text;
  const length = longest(
    least,
    Array.from(text).length,
    (length) => measure(shortened(text, length)) <= width,
  );
  return length < least ? "" : shortened(text, length);
}

/**
 * The greatest length from `least` to under `limit` that fits, where every shorter one does; `least` - 1 for none.
 * @param {number} least
 * @param {number} limit
 * @param {(length: number) => boolean} fits
 */
function longest(least, limit, fits) {
  let low = least - 1;
  let high = limit;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * The longest form of `text` that is at most `width` wide and keeps its end.
 * @param {string} text as `shown` gives it
 * @param {number} width
 * @param {(text: string) => number} measure
 */
export function fittedEnd(text, width, measure) {
  const isolated = isIsolated(text);
  const points = Array.from(isolated ? text.slice(1, -1) : text);
  /** @param {number} length */
  const end = (length) => {
    const short = ELLIPSIS + points.slice(points.length - length).join("");
    return isolated ? FIRST_STRONG_ISOLATE + short + POP_ISOLATE : short;
  };
  const length = longest(1, points.length, (length) => measure(end(length)) <= width);
  return length === 0 ? "" : end(length);
}

/**
 * The longest form of `text` that is at most `width` wide and begins shortly before a place in it.
 * @param {string} text as `shown` gives it
 * @param {number} from code points
 * @param {number} width
 * @param {(text: string) => number} measure
 */
function fittedFrom(text, from, width, measure) {
  const isolated = isIsolated(text);
  const points = Array.from(isolated ? text.slice(1, -1) : text);
  const start = Math.max(0, from - CONTEXT);
  /** @param {number} length */
  const part = (length) => {
    const short = ELLIPSIS + points.slice(start, start + length).join("") + ELLIPSIS;
    return isolated ? FIRST_STRONG_ISOLATE + short + POP_ISOLATE : short;
  };
  const length = longest(1, points.length - start, (length) => measure(part(length)) <= width);
  return length === 0 ? "" : part(length);
}

/**
 * Each text as long as it fits. Where different ones come out alike, they keep their ends and not their middles;
 * where these are alike too, what follows the beginning that they share.
 * @param {readonly string[]} texts as `shown` gives them
 * @param {(index: number) => number} room for each
 * @param {(text: string) => number} measure
 */
export function fittedApart(texts, room, measure) {
  const short = texts.map((text, index) => fitted(text, room(index), measure));
  const ends = toldApart(short, texts, (index) => fittedEnd(texts[index], room(index), measure));
  return toldApart(ends, texts, (index, shared) => fittedFrom(texts[index], shared, room(index), measure));
}

/**
 * The short forms, and for those in which different texts look alike another one.
 * @param {readonly string[]} short
 * @param {readonly string[]} texts
 * @param {(index: number, shared: number) => string} other given how many code points those alike begin with
 */
function toldApart(short, texts, other) {
  /** @type {Map<string, Set<string>>} */
  const sources = new Map();
  short.forEach((text, index) => {
    sources.set(text, (sources.get(text) ?? new Set()).add(texts[index]));
  });
  const alike = [...sources].filter(([text, { size }]) => text !== "" && size > 1);
  const shared = new Map(
    alike.map(([text, all]) => [text, sharedLength([...all].map((source) => Array.from(source)))]),
  );
  return short.map((text, index) => {
    const length = shared.get(text);
    return length === undefined ? text : other(index, length);
  });
}

/**
 * How many code points all begin with.
 * @param {readonly (readonly string[])[]} texts
 */
function sharedLength(texts) {
  const [first = []] = texts;
  const length = first.findIndex((point, at) => texts.some((text) => text[at] !== point));
  return length < 0 ? first.length : length;
}

/**
 * The parts of a name that are there, in one.
 * @param {...string} parts
 */
export function joined(...parts) {
  return parts.filter((part) => part !== "").join(SEPARATOR);
}

/**
 * Text that Plotly's labels show as it is.
 * @param {string} text as `shown` gives it
 */
export function plotlyText(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}
