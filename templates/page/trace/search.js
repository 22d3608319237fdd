// @ts-check
// Search: which spans contain the reader's words.
//
// Takes the trace and a query, gives masks over the trace's keys, one per lane. A span matches if the query is in
// its task, its group, its lane's name or its process's id, as recorded or as shown, in any case. If nothing in the
// trace contains the whole query, each of its words must be in one of these. Counts the matches, and for how long
// they kept lanes busy. Pure.

import { busyOf, lengthOf } from "#page/trace/concurrency.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 *
 * @typedef {object} Match
 * @property {(lane: number) => Uint8Array} maskOf 1 for each key that matches there; lanes that match alike
 *   share theirs
 *
 * @typedef {object} Counted
 * @property {number} spans that match, unfinished ones among them
 * @property {number} ns in which finished ones kept their lanes busy
 * @property {number} share of the busy time of all spans
 */

const MOST_WORDS = 30; // a bit each

/**
 * @param {Trace} trace
 * @param {string} query
 * @returns {Match | null} null where nothing is searched for
 */
export function compile(trace, query) {
  const phrase = query.trim().toLowerCase();
  if (phrase === "") return null;
  const words = isAnywhere(trace, phrase) ? [phrase] : wordsOf(phrase);
  const all = 2 ** words.length - 1;
  const bitsOfName = trace.raw.map((raw, name) => bits(words, raw, trace.names[name]));
  const bitsOfKey = trace.keys.map(({ group, task }) => bitsOfName[group] | bitsOfName[task]);
  // Not their labels: those name groups, and not all spans of a process are of each.
  const bitsOfProcess = trace.processes.map(({ id }) => bits(words, id));
  /** @type {Map<number, Uint8Array>} */
  const masks = new Map();
  const maskOfLane = trace.lanes.map(({ process, label }) => {
    const found = bitsOfProcess[process] | bits(words, label);
    const mask = masks.get(found) ?? Uint8Array.from(bitsOfKey, (own) => Number((own | found) === all));
    masks.set(found, mask);
    return mask;
  });
  return { maskOf: (lane) => maskOfLane[lane] };
}

/**
 * Whether spans match and are not switched off.
 * @param {Match} match
 * @param {Uint8Array} shownKeys 0 for the keys that are switched off
 * @returns {(lane: number, key: number) => boolean}
 */
export function matching({ maskOf }, shownKeys) {
  return (lane, key) => maskOf(lane)[key] === 1 && shownKeys[key] === 1;
}

/**
 * How many spans match, and how much time, of those that are not switched off; lane by lane.
 * @param {Trace} trace
 * @param {Match} match
 * @param {Uint8Array} shownKeys 0 for the keys that are switched off
 * @param {(lane: number) => import("#page/trace/concurrency.js").Union} busy stretches of a lane, whatever is switched off
 * @returns {Generator<void, Counted, void>}
 */
export function* counted({ lanes }, { maskOf }, shownKeys, busy) {
  /** @type {Map<Uint8Array, Uint8Array>} */
  const shown = new Map();
  let [spans, ns, all] = [0, 0, 0];
  for (const [lane, own] of lanes.entries()) {
    const mask = maskOf(lane);
    const both = shown.get(mask) ?? mask.map((matches, key) => matches & shownKeys[key]);
    shown.set(mask, both);
    for (const { key } of own.tracks) spans += count(key, both);
    ns += lengthOf(busyOf(own, both));
    all += lengthOf(busy(lane));
    yield;
  }
  return { spans, ns, share: all > 0 ? ns / all : 0 };
}

/**
 * @param {Int32Array} keys of spans
 * @param {Uint8Array} mask
 */
function count(keys, mask) {
  let sum = 0;
  for (let span = 0; span < keys.length; span += 1) sum += mask[keys[span]];
  return sum;
}

/**
 * Whether a name in the trace contains the whole query; then it counts as one word.
 * @param {Trace} trace
 * @param {string} phrase
 */
function isAnywhere({ raw, names, processes, lanes }, phrase) {
  /** @param {string} text */
  const holds = (text) => text.toLowerCase().includes(phrase);
  return [raw, names, processes.map(({ id }) => id), lanes.map(({ label }) => label)].some((texts) =>
    texts.some(holds),
  );
}

/** @param {string} phrase */
function wordsOf(phrase) {
  return [...new Set(phrase.split(/\s+/))].slice(0, MOST_WORDS);
}

/**
 * The words that are in one of the texts, a bit each.
 * @param {readonly string[]} words
 * @param {...string} texts
 */
function bits(words, ...texts) {
  const text = [...new Set(texts)].join("\n").toLowerCase(); // no word has a line end in it
  return words.reduce((found, word, bit) => (text.includes(word) ? found | (1 << bit) : found), 0);
}
