// @ts-check
// A span's attributes as text: the few that a line has room for, all of them, or how to print those that are not here.
//
// Takes the trace and the place of a span, gives names and values in their display form.

import { attributesOf } from "#page/trace/attributes.js";
import { brief, shown } from "#page/trace/names.js";
import { stamp } from "#page/trace/scale.js";
import { count } from "#page/trace/units.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Place} Place
 */

const FEW = 3;
const AT_ONCE = 1000; // spans of a task that may run at one moment
/** What the report calls the tasks without a row of their own: no span was recorded with this name. */
const OTHERS = /^\([\d,]+ other tasks\)$/;
/** A whole number that is easier to read in groups: of five digits or more, so that no year is one. */
const LONG_NUMBER = /^[1-9]\d{4,14}$/;

/**
 * All of a span, as they were recorded.
 * @param {Trace} trace
 * @param {Place} place
 * @returns {[string, string][] | null} name and value; null while they are not decoded
 */
export function allOf(trace, place) {
  return attributesOf(trace, place)?.map(({ name, value }) => [shown(name), shownValue(value)]) ?? null;
}

/**
 * The first three of a span, shortened.
 * @param {Trace} trace
 * @param {Place} place
 * @param {(value: string) => string} [format] of values
 * @returns {{few: [string, string][], more: number} | null} with how many more it has; null while they are not decoded
 */
export function fewOf(trace, place, format = (value) => value) {
  const all = attributesOf(trace, place);
  return all && firstOf(all.map(({ name, value }) => [name, value]), format);
}

/**
 * The first three of some, shortened.
 * @param {readonly [string, string][]} all names and values, as they were recorded
 * @param {(value: string) => string} [format] of values
 * @returns {{few: [string, string][], more: number}} with how many more there are
 */
export function firstOf(all, format = (value) => value) {
  return {
    few: all.slice(0, FEW).map(([name, value]) => [brief(name), value === "" ? "" : brief(format(value))]),
    more: Math.max(0, all.length - FEW),
  };
}

/** A value in its display form; an empty one is empty. @param {string} value */
export function shownValue(value) {
  return value === "" ? "" : shown(value);
}

/** A number with separators of thousands, any other value as it is. @param {string} value */
export function grouped(value) {
  return LONG_NUMBER.test(value) ? count(Number(value)) : value;
}

/**
 * What a span may have beside the attributes that are on the page.
 * @param {Trace} trace
 * @param {Place} place
 * @returns {{text: string, command: string | null} | null} with a command that prints all of them, where there is one;
 *   null for a span that has none but these, and while they are not decoded
 */
export function lackOf(trace, place) {
  const { leftOut, moreNames } = trace.attributes;
  const all = attributesOf(trace, place);
  if (all === null) return null;
  const command = commandFor(trace, place);
  if (all.length === 0 && isShort(trace, place)) {
    const text = "If this span has attributes, they are not on this page, which has no room for those of";
    return { text: `${text} ${shortSpans(leftOut)}.`, command };
  }
  if (moreNames === 0) return null;
  if (moreNames === 1) return { text: "1 attribute name is not on this page: this span may have it.", command };
  const names = `${count(moreNames)} attribute names`;
  return { text: `${names} are not on this page: this span may have some of them.`, command };
}

/** @param {number} spans that have no attributes on the page */
export function shortSpans(spans) {
  return spans === 1 ? "1 short span" : `${count(spans)} short spans`;
}

/**
 * Whether a span is as short as those whose attributes have no room.
 * @param {Trace} trace
 * @param {Place} place
 */
function isShort({ attributes: { leftOut, short }, lanes, wall }, { lane, track, span }) {
  if (leftOut === 0) return false;
  const { start, end, unfinished } = lanes[lane].tracks[track];
  return (span === unfinished ? wall : end[span] - start[span]) <= short; // without an end it is longer than any other
}

/**
 * The command that prints the attributes of a span, for a shell. It contains no character that a terminal obeys. It
 * finds the span among those of its task that ran at the moment of its start. None finds an unfinished span.
 * @param {Trace} trace
 * @param {Place} place
 */
function commandFor(trace, { lane, track, span }) {
  const { key, start, unfinished } = trace.lanes[lane].tracks[track];
  if (trace.attributes.command === null || span === unfinished) return null;
  const { group, task } = trace.keys[key[span]];
  const name = OTHERS.test(trace.raw[task]) ? "*" : trace.raw[task];
  const glob = `${trace.raw[group]}/${name}`.replace(/\p{C}/gu, "?"); // which matches any character
  const at = stamp(trace.zone, start[span]);
  return `${trace.attributes.command} --slowest ${AT_ONCE} --task='${glob.replaceAll("'", "'\\''")}' --from ${at} --to ${at}`;
}
