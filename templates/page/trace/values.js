// @ts-check
// The values of an attribute, each looked at once, however many spans have it.
//
// Takes a column (`attributes.js`) and what to look for, gives 1 for each distinct value that has it, as it was
// recorded or as it is shown. Most values are shown as they were recorded: all of a column are put into lower case at
// once, once for each column. Pauses now and then (`slices.js`). Pure.

import { valueOf } from "#page/trace/attributes.js";
import { shown } from "#page/trace/names.js";

/**
 * @typedef {import("#page/trace/attributes.js").Column} Column
 *
 * @typedef {object} Folded the values of a column in lower case
 * @property {string} text one after the other; of each all that a reader may search for
 * @property {Uint32Array} ends where each of them ends in it
 * @property {ReadonlyMap<number, string[]>} forms of values that may be shown otherwise: as recorded, and as shown
 */

const PAUSE = 1 << 12; // values that are looked at between two pauses
/** Not of these: Latin, Cyrillic, Chinese, Korean and so on. Each has one lower case, and is shown as it is. */
const SPECIAL = /[^ -~\u00a1-\u012f\u0131-\u036f\u0400-\u058f\u3001-\ud7ff]/g;
const BLANK = 32;

/** @type {WeakMap<Column, Folded>} results of a pure function, and no state */
const known = new WeakMap();

/**
 * 1 for each distinct value for which it holds, as it was recorded or as it is shown.
 * @param {Column} column
 * @param {boolean} isFolded whether it is given values in lower case
 * @param {(value: string) => boolean} holds
 * @returns {Generator<void, Uint8Array, void>}
 */
export function* valuesThat(column, isFolded, holds) {
  const folded = yield* foldedOf(column);
  const source = isFolded ? folded : column;
  const fold = (/** @type {string} */ form) => (isFolded ? form.toLowerCase() : form);
  const out = new Uint8Array(column.ends.length);
  for (let id = 0; id < out.length; id += 1) {
    const forms = folded.forms.get(id);
    out[id] = Number(forms ? forms.some((form) => holds(fold(form))) : holds(valueOf(source, id)));
    if (id % PAUSE === 0) yield;
  }
  return out;
}

/**
 * 1 for each distinct value that contains a word, in any case; null where none does.
 * @param {Column} column
 * @param {string} word in lower case
 * @returns {Generator<void, Uint8Array | null, void>}
 */
export function* valuesWith(column, word) {
  const { text, ends } = yield* foldedOf(column);
  const out = new Uint8Array(ends.length);
  let [at, id, count] = [text.indexOf(word), 0, 0];
  for (; at >= 0; count += 1) {
    while (ends[id] <= at) id += 1;
    const isWhole = at + word.length <= ends[id]; // else it begins in one and ends in the next
    if (isWhole) out[id] = 1;
    at = text.indexOf(word, isWhole ? ends[id] : at + 1);
    if (count % PAUSE === 0) yield;
  }
  return out.includes(1) ? out : null;
}

/**
 * @param {Column} column
 * @returns {Generator<void, Folded, void>}
 */
function* foldedOf(column) {
  const folded = known.get(column) ?? (yield* fold(column));
  known.set(column, folded);
  return folded;
}

/**
 * @param {Pick<Column, "text" | "ends">} column
 * @returns {Generator<void, Folded, void>}
 */
function* fold({ text, ends }) {
  /** @type {Map<number, string[]>} */
  const forms = new Map();
  const own = ends.slice();
  /** @type {string[]} */
  const blocks = []; // of parts: to join a million at once takes long
  /** @type {string[]} */
  const parts = [];
  let length = 0; // of the parts
  let begin = 0; // of the plain values that are in none of them yet
  let special = nextSpecial(text, 0);
  for (let [id, start] = [0, 0]; id < ends.length; start = ends[id], id += 1) {
    const end = ends[id];
    if (start === end || special < end || text.charCodeAt(start) === BLANK) {
      const value = text.slice(start, end);
      const both = [...new Set([value, shown(value)])];
      forms.set(id, both);
      const lower = both.join("\n").toLowerCase(); // no word has a line end in it
      parts.push(text.slice(begin, start).toLowerCase(), lower);
      length += start - begin + lower.length;
      begin = end;
      if (special < end) special = nextSpecial(text, end);
    }
    own[id] = length + end - begin;
    if (id % PAUSE !== 0) continue;
    blocks.push(parts.splice(0).join(""));
    yield;
  }
  return { text: [...blocks, ...parts, text.slice(begin).toLowerCase()].join(""), ends: own, forms };
}

/**
 * Where the next character is that may be shown otherwise.
 * @param {string} text
 * @param {number} from
 */
function nextSpecial(text, from) {
  SPECIAL.lastIndex = from;
  return SPECIAL.exec(text)?.index ?? Infinity;
}
