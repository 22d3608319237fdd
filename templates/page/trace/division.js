// @ts-check
// What lanes did while they were busy: waited as declared, were on a CPU or off it; of the rest it is not known.
//
// Takes lanes. Gives the stretches in which the innermost span was a declared wait, and those of which the CPU time is
// known, ready to be put into bins. A summarised lane waits when its raster shows a wait; its CPU time is not known
// here. Also adds up divisions. Pure.

import { busyOf } from "#page/trace/concurrency.js";
import { cpuIn, knownIn } from "#page/trace/cpu.js";
import { innermost } from "#page/trace/innermost.js";
import { lowerBound } from "#page/trace/mip.js";
import { ordered } from "#page/trace/order.js";

/**
 * @typedef {import("#page/trace/data.js").Lane} Lane
 * @typedef {import("#page/trace/data.js").Key} Key
 * @typedef {import("#page/trace/data.js").Division} Division
 * @typedef {import("#page/trace/concurrency.js").Union} Union
 *
 * @typedef {{start: Float64Array, end: Float64Array, key: Int32Array}} Waits
 */

/** @type {WeakMap<Lane["tracks"], Waits>} results of a pure function, and no state */
const known = new WeakMap();

/**
 * When a lane waits, of the keys that are shown.
 * @param {Lane} lane
 * @param {readonly Key[]} keys
 * @param {Uint8Array} shownKeys
 * @returns {Union}
 */
export function waitingOf(lane, keys, shownKeys) {
  if (lane.isSummarised) return busyOf(lane, shownKeys.map((isShown, key) => (keys[key].wait ? isShown : 0)));
  const { start, end, key } = known.get(lane.tracks) ?? waitsIn(lane.tracks, keys);
  if (shownKeys.every((isShown) => isShown === 1)) return { start, end };
  const isIn = (/** @type {unknown} */ _, /** @type {number} */ at) => shownKeys[key[at]] === 1;
  return { start: start.filter(isIn), end: end.filter(isIn) };
}

/**
 * When it is known of a lane whether it was on a CPU, of the keys that are shown, and the part of each stretch that
 * was.
 * @param {Lane} lane
 * @param {readonly Key[]} keys
 * @param {Uint8Array} shownKeys
 * @returns {Union & {weight: Float64Array}}
 */
export function onCpuOf({ isSummarised, tracks }, keys, shownKeys) {
  const { start, end, key, cpu } = isSummarised ? knownIn([], keys) : knownIn(tracks, keys);
  const isIn = (/** @type {unknown} */ _, /** @type {number} */ at) => shownKeys[key[at]] === 1;
  const weight = cpu.map((ns, at) => ns / (end[at] - start[at]));
  return { start: start.filter(isIn), end: end.filter(isIn), weight: weight.filter(isIn) };
}

/**
 * Calls `take` with each piece of a stretch of time of which the CPU time is known: its key, length and ns on a CPU.
 * @param {import("#page/trace/cpu.js").Known} known of a lane
 * @param {number} from
 * @param {number} to
 * @param {(key: number, length: number, cpu: number) => void} take
 */
export function eachKnown(known, from, to, take) {
  for (let at = lowerBound(known.end, from); at < known.start.length && known.start[at] < to; at += 1) {
    const [begin, stop] = [Math.max(from, known.start[at]), Math.min(to, known.end[at])];
    if (stop > begin) take(known.key[at], stop - begin, cpuIn(known, at, begin, stop));
  }
}

/**
 * @param {readonly Division[]} divisions
 * @returns {Division}
 */
export function sumOf(divisions) {
  const sum = (/** @type {keyof Division} */ part) => divisions.reduce((ns, own) => ns + own[part], 0);
  return {
    on_cpu_ns: sum("on_cpu_ns"),
    wait_ns: sum("wait_ns"),
    off_cpu_ns: sum("off_cpu_ns"),
    not_known_ns: sum("not_known_ns"),
  };
}

/** Whether anything of it is known. @param {Division} division */
export function isKnown({ on_cpu_ns, wait_ns, off_cpu_ns }) {
  return on_cpu_ns + wait_ns + off_cpu_ns > 0;
}

/**
 * The part that was on a CPU, of the time that was no declared wait: at least so much, where only a part is known. Null
 * where less than half of it is known.
 * @param {Division} division
 */
export function onCpuShare(division) {
  const { on_cpu_ns, not_known_ns } = division;
  const known = cpuKnown(division);
  return known > 0 && known >= not_known_ns ? on_cpu_ns / (known + not_known_ns) : null;
}

/** What stands before a CPU time that is known of a part of the time only. @param {Division} division */
export function atLeast(division) {
  return cpuKnown(division) > 0 && division.not_known_ns > 0 ? "≥ " : "";
}

/** For how many ns it is known whether a CPU was used; declared waits are no part of it. @param {Division} division */
export function cpuKnown({ on_cpu_ns, off_cpu_ns }) {
  return on_cpu_ns + off_cpu_ns;
}

/**
 * @param {Lane["tracks"]} tracks
 * @param {readonly Key[]} keys
 */
function waitsIn(tracks, keys) {
  const isWait = Uint8Array.from(keys, ({ wait }) => Number(wait));
  const found = tracks.some(({ key }) => key.some((own) => isWait[own] === 1)) ? innermostWaits(tracks, keys) : [];
  const waits = {
    start: Float64Array.from(found, ({ from }) => from),
    end: Float64Array.from(found, ({ to }) => to),
    key: Int32Array.from(found, ({ key }) => key),
  };
  known.set(tracks, waits);
  return waits;
}

/**
 * @param {Lane["tracks"]} tracks
 * @param {readonly Key[]} keys
 */
function innermostWaits(tracks, keys) {
  const order = ordered(tracks);
  const { track, span } = order;
  /** @type {{from: number, to: number, key: number}[]} */
  const found = [];
  innermost(tracks, order, Int32Array.from({ length: span.length }, (_, at) => at), (position, from, to) => {
    const key = tracks[track[position]].key[span[position]];
    if (keys[key].wait) found.push({ from, to, key });
  });
  return found;
}
