// @ts-check
// Attributes: names and values that belong to single spans.
//
// One column a name: which spans have it, and which value each of them has. The columns are decoded once, when they are
// first needed. Spans are numbered over the whole page, lane after lane, track after track. Names and values are as
// they were recorded. Knows neither how the chunks are read, nor how a value is shown.

import { lowerBound } from "#page/trace/mip.js";

/**
 * @typedef {import("#page/trace/decode.js").Attribute} Decoded
 * @typedef {import("#page/trace/decode.js").AttributeShape} Shape
 * @typedef {() => Promise<Decoded[]>} Load
 *
 * @typedef {object} Column
 * @property {string} name
 * @property {Uint32Array} span numbers of the spans that have it, ascending
 * @property {Uint32Array} value of each of these, an index into `values`
 * @property {string} text all distinct values, one after the other
 * @property {Uint32Array} ends where each of them ends in it
 *
 * @typedef {object} Attributes
 * @property {string[]} names
 * @property {() => Promise<Column[]>} columns in the order of the names; rejected where the page is incomplete
 * @property {() => Column[] | null} known null while they are not decoded
 * @property {number} leftOut of how many spans the page has no room for them
 * @property {number} short ns: those of longer spans are all here
 * @property {number} moreNames of attributes that are not on the page
 * @property {string | null} command the beginning of one that prints those of a span
 *
 * @typedef {{name: string, value: string}} Attribute
 */

/** @type {Load} Of a page that has no chunk. */
export const noChunks = async () => [];

/**
 * @param {import("#page/trace/data.js").Data} data
 * @param {Load} load decodes all chunks
 * @returns {Attributes}
 */
export function createAttributes(data, load) {
  /** @type {Column[] | null} */
  let known = data.attributes.length === 0 ? [] : null;
  /** @type {Promise<Column[]> | null} */
  let loading = known && Promise.resolve(known);
  const names = data.attributes.map(({ name }) => name);
  return {
    names,
    columns: () => (loading ??= load().then((all) => (known = all.map((one, index) => ({ name: names[index], ...one }))))),
    known: () => known,
    leftOut: data.attributes_left_out,
    short: data.attributes_short_ns ?? -1,
    moreNames: data.more_attributes,
    command: data.attributes_command,
  };
}

/**
 * One of the distinct values.
 * @param {Pick<Column, "text" | "ends">} column
 * @param {number} id
 */
export function valueOf({ text, ends }, id) {
  return text.slice(id === 0 ? 0 : ends[id - 1], ends[id]);
}

/**
 * The number of a span.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {import("#page/trace/data.js").Place} place
 */
export function ordinalOf({ lanes }, { lane, track, span }) {
  let ordinal = span;
  for (let before = 0; before < lane; before += 1) for (const { count } of lanes[before].tracks) ordinal += count;
  for (let before = 0; before < track; before += 1) ordinal += lanes[lane].tracks[before].count;
  return ordinal;
}

/**
 * The attributes of a span, in the order of the names.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {import("#page/trace/data.js").Place} place
 * @returns {Attribute[] | null} null while they are not decoded
 */
export function attributesOf(trace, place) {
  const columns = trace.attributes.known();
  if (columns === null) return null;
  if (columns.length === 0) return [];
  const ordinal = ordinalOf(trace, place);
  return columns.flatMap((column) => {
    const at = lowerBound(column.span, ordinal);
    return column.span[at] === ordinal ? [{ name: column.name, value: valueOf(column, column.value[at]) }] : [];
  });
}
