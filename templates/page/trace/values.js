// @ts-check
// The values of an attribute, each looked at once, however many spans have it.
//
// Takes a column (`attributes.js`) and what to look for, gives 1 for each distinct value that has it, as it was recorded
// or as it is shown. Most columns have nothing but plain characters: these values are shown as they were recorded, and
// are put into lower case all at once, once for each column. Pauses now and then (`slices.js`). Pure.

import { valueOf } from "#page/trace/attributes.js";
import { shown } from "#page/trace/names.js";

/** @typedef {import("#page/trace/attributes.js").Column} Column */

const PAUSE = 1 << 12; // values that are looked at between two pauses
const PLAIN = /^[ -~]*$/;
const BLANK = 32;

/** @type {WeakMap<Column, string | null>} results of a pure function, and no state */
const known = new WeakMap();

/**
 * 1 for each distinct value for which it holds, as it was recorded or as it is shown.
 * @param {Column} column
 * @param {boolean} isFolded whether it is given values in lower case
 * @param {(value: string) => boolean} holds
 * @returns {Generator<void, Uint8Array, void>}
 */
export function* valuesThat(column, isFolded, holds) {
  const { text, ends } = column;
  const plain = plainFolded(column);
  const out = new Uint8Array(ends.length);
  const source = { text: isFolded && plain !== null ? plain : text, ends };
  const fold = (/** @type {string} */ value) => (isFolded ? value.toLowerCase() : value);
  for (let id = 0; id < out.length; id += 1) {
    const value = valueOf(source, id);
    out[id] = Number(plain !== null ? holds(value) : holds(fold(value)) || holds(fold(shown(value))));
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
  const plain = plainFolded(column);
  if (plain === null) {
    const found = yield* valuesThat(column, true, (value) => value.includes(word));
    return found.includes(1) ? found : null;
  }
  const { ends } = column;
  const out = new Uint8Array(ends.length);
  let [at, id, count] = [plain.indexOf(word), 0, 0];
  for (; at >= 0; count += 1) {
    while (ends[id] <= at) id += 1;
    const isWhole = at + word.length <= ends[id]; // else it begins in one and ends in the next
    if (isWhole) out[id] = 1;
    at = plain.indexOf(word, isWhole ? ends[id] : at + 1);
    if (count % PAUSE === 0) yield;
  }
  return out.includes(1) ? out : null;
}

/**
 * The text of all values in lower case, if each is shown as it was recorded; else null.
 * @param {Column} column
 */
function plainFolded(column) {
  const found = known.get(column) ?? (isPlain(column) ? column.text.toLowerCase() : null);
  known.set(column, found);
  return found;
}

/** @param {Column} column */
function isPlain({ text, ends }) {
  const isNamed = (/** @type {number} */ end, /** @type {number} */ id) => {
    const start = id === 0 ? 0 : ends[id - 1];
    return start < end && text.charCodeAt(start) !== BLANK;
  };
  return PLAIN.test(text) && ends.every(isNamed);
}
