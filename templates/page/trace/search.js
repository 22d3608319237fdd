// @ts-check
// Search: which spans contain the reader's words, and fulfil the conditions on their attributes and their CPU time.
//
// Takes the trace, a query (`query.js`) and the columns of attributes; gives masks over the trace's keys, one per lane.
// A span's names are its task, its group, its lane's name and its process's id, as recorded or as shown. A span matches
// if it fulfils all conditions, and if the query's text is in its names or in a value of its attributes, in any case.
// If nothing in the trace contains the whole text, each of its words must be in one of these. Spans that match because
// of their attributes have twins of their keys (`twins.js`). Counts the matches, and for how long they kept lanes busy.
// Pauses now and then (`slices.js`). Pure.

import { busyOf, lengthOf, merged, union } from "#page/trace/concurrency.js";
import { cpuOf } from "#page/trace/cpu.js";
import { parse } from "#page/trace/query.js";
import { twinned } from "#page/trace/twins.js";
import { valuesThat, valuesWith } from "#page/trace/values.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/attributes.js").Column} Column
 * @typedef {{column: Column, word: number, values: Uint8Array}} Holding which values of a column contain a word
 *
 * @typedef {object} Match
 * @property {(lane: number) => Uint8Array} maskOf 1 for each key that matches there; lanes that match alike
 *   share theirs
 * @property {Trace} trace what the masks are for: its spans, in which some may have other keys
 *
 * @typedef {object} Found
 * @property {Match | null} match null where nothing is searched for
 * @property {string} problem with the query, for people; empty for none
 *
 * @typedef {object} Counted
 * @property {number} spans that match, unfinished ones among them
 * @property {number} points point events that match
 * @property {number} ns in which finished ones kept their lanes busy
 * @property {number} share of the busy time of all spans
 */

const MOST_WORDS = 30; // a bit each

/**
 * @param {Trace} trace
 * @param {string} query
 * @param {readonly Column[]} columns of the trace's attributes; none where they are not there
 * @returns {Generator<void, Found, void>}
 */
export function* search(trace, query, columns) {
  const { conditions, cpu, text, problem } = parse(query, trace.attributes.names, trace.hasCpu);
  const isConditional = conditions.length + cpu.length > 0;
  const isNothing = problem !== "" || (!isConditional && text === "");
  const isUnknown = (conditions.length > 0 && columns.length === 0) || (cpu.length > 0 && !trace.hasRows);
  if (isNothing || isUnknown) return { match: null, problem };
  const phrase = text.toLowerCase();
  const { words, inValues } = yield* wordsOf(trace, columns, phrase);
  const all = 2 ** words.length - 1;
  const names = bitsOfNames(trace, words);
  const ofAttributes = yield* fulfilling(conditions, columns, countOf(trace));
  const isFulfilled = cpu.length > 0 ? yield* onCpu(trace, cpu, ofAttributes) : ofAttributes;
  const ofSpans = yield* bitsOfSpans(inValues, countOf(trace));

  const isByName = (/** @type {number} */ bits) => !isConditional && bits === all;
  const isTwin = (/** @type {number} */ key) => trace.twin > 0 && key >= trace.twin;
  /** @type {Map<number, Uint8Array>} */
  const masks = new Map();
  const maskOfLane = names.ofLane.map((found) => {
    const matches = (/** @type {number} */ own, /** @type {number} */ key) => isTwin(key) || isByName(own | found);
    const mask = masks.get(found) ?? Uint8Array.from(names.ofKey, (own, key) => Number(matches(own, key)));
    masks.set(found, mask);
    return mask;
  });
  const isTold = isFulfilled !== null || ofSpans !== null; // whether spans of one key may differ
  const matching = (/** @type {number} */ lane) => (/** @type {number} */ key, /** @type {number} */ ordinal) => {
    const bits = names.ofKey[key] | names.ofLane[lane];
    if (isFulfilled?.[ordinal] === 0 || isByName(bits)) return false;
    return (ofSpans ? bits | ofSpans[ordinal] : bits) === all;
  };
  const own = isTold ? yield* twinned(trace, matching) : trace;
  return { match: { maskOf: (lane) => maskOfLane[lane], trace: own }, problem };
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
export function* counted(trace, { maskOf, trace: { lanes } }, shownKeys, busy) {
  /** @type {Map<Uint8Array, Uint8Array>} */
  const shown = new Map();
  const isPoint = Uint8Array.from(trace.keys, ({ point }) => Number(point));
  let [spans, points, ns, all] = [0, 0, 0, 0];
  for (const [lane, own] of lanes.entries()) {
    const mask = maskOf(lane);
    const both = shown.get(mask) ?? mask.map((matches, key) => matches & shownKeys[key]);
    shown.set(mask, both);
    for (const { key } of own.tracks) spans += count(key, both);
    if (trace.points.length > 0) {
      const ofPoints = both.map((matches, key) => matches & isPoint[key]);
      for (const { key } of own.tracks) points += count(key, ofPoints);
    }
    const busyByKey = busyOf(own, both);
    // The raster of a summarised lane knows keys alone.
    const isBoth = own.isSummarised && own !== trace.lanes[lane];
    ns += lengthOf(isBoth ? merged(busyByKey, union(own.tracks, both)) : busyByKey);
    all += lengthOf(busy(lane));
    yield;
  }
  return { spans: spans - points, points, ns, share: all > 0 ? ns / all : 0 };
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
 * What is looked for: the whole text if a name or a value contains it, else its words; and which values contain them.
 * @param {Trace} trace
 * @param {readonly Column[]} columns
 * @param {string} phrase
 * @returns {Generator<void, {words: string[], inValues: Holding[]}, void>}
 */
function* wordsOf(trace, columns, phrase) {
  if (phrase === "") return { words: [], inValues: [] };
  const whole = yield* holding(columns, [phrase]);
  const words = [...new Set(phrase.split(/\s+/))].slice(0, MOST_WORDS);
  const isAnywhere = whole.length > 0 || isInNames(trace, phrase);
  if (isAnywhere || words.length === 1) return { words: [phrase], inValues: whole };
  return { words, inValues: yield* holding(columns, words) };
}

/**
 * @param {readonly Column[]} columns
 * @param {readonly string[]} words
 * @returns {Generator<void, Holding[], void>}
 */
function* holding(columns, words) {
  /** @type {Holding[]} */
  const out = [];
  for (const column of columns)
    for (const [word, text] of words.entries()) {
      const values = yield* valuesWith(column, text);
      if (values) out.push({ column, word, values });
    }
  return out;
}

/**
 * @param {Trace} trace
 * @param {string} phrase
 */
function isInNames({ raw, names, processes, lanes }, phrase) {
  /** @param {string} text */
  const holds = (text) => text.toLowerCase().includes(phrase);
  return [raw, names, processes.map(({ id }) => id), lanes.map(({ label }) => label)].some((texts) =>
    texts.some(holds),
  );
}

/**
 * The words that are in the names of a span, by its key and by its lane.
 * @param {Trace} trace
 * @param {readonly string[]} words
 */
function bitsOfNames(trace, words) {
  const ofName = trace.raw.map((raw, name) => bits(words, raw, trace.names[name]));
  // Not their labels: those name groups, and not all spans of a process are of each.
  const ofProcess = trace.processes.map(({ id }) => bits(words, id));
  return {
    ofKey: trace.keys.map(({ group, task }) => ofName[group] | ofName[task]),
    ofLane: trace.lanes.map(({ process, label }) => ofProcess[process] | bits(words, label)),
  };
}

/**
 * The words that are in a value of each span, a bit each; null where no value has any.
 * @param {readonly Holding[]} inValues
 * @param {number} count of spans
 * @returns {Generator<void, Int32Array | null, void>}
 */
function* bitsOfSpans(inValues, count) {
  if (inValues.length === 0) return null;
  const out = new Int32Array(count);
  for (const { column: { span, value }, word, values } of inValues) {
    for (let at = 0; at < span.length; at += 1) out[span[at]] |= values[value[at]] << word;
    yield;
  }
  return out;
}

/**
 * 1 for each span that fulfils all conditions; null where there are none.
 * @param {readonly import("#page/trace/query.js").Condition[]} conditions
 * @param {readonly Column[]} columns
 * @param {number} count of spans
 * @returns {Generator<void, Uint8Array | null, void>}
 */
function* fulfilling(conditions, columns, count) {
  /** @type {Uint8Array | null} */
  let last = null;
  for (const { attribute, isFolded, isNegated, holds } of conditions) {
    const { span, value } = columns[attribute];
    const values = yield* valuesThat(columns[attribute], isFolded, holds);
    const wanted = isNegated ? 0 : 1;
    const out = new Uint8Array(count);
    for (let at = 0; at < span.length; at += 1)
      if (values[value[at]] === wanted && last?.[span[at]] !== 0) out[span[at]] = 1;
    last = out;
    yield;
  }
  return last;
}

/**
 * 1 for each span of those before whose CPU time fulfils all conditions.
 * @param {Trace} trace
 * @param {readonly import("#page/trace/query.js").CpuCondition[]} conditions
 * @param {Uint8Array | null} before null for all
 * @returns {Generator<void, Uint8Array, void>}
 */
function* onCpu(trace, conditions, before) {
  const out = new Uint8Array(countOf(trace));
  let ordinal = 0;
  for (const track of trace.lanes.flatMap(({ tracks }) => tracks)) {
    for (let span = 0; span < track.key.length; span += 1, ordinal += 1) {
      const ns = before?.[ordinal] === 0 ? -1 : cpuOf(track, span);
      if (ns >= 0 && conditions.every((holds) => holds(ns))) out[ordinal] = 1;
    }
    yield;
  }
  return out;
}

/** How many spans the trace has. @param {Trace} trace */
function countOf({ lanes }) {
  return lanes.reduce((sum, { tracks }) => tracks.reduce((own, { key }) => own + key.length, sum), 0);
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
