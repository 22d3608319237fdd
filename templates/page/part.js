// @ts-check
// The part of the run whose figures are shown: all of it, what is in view, or the selected stretch.
//
// Takes the state, gives the stretch, its table and its figures; computes none again while the part stays the
// same. The figures of the whole run are Rust's and not computed here.

import { binned } from "#page/concurrency.js";
import { latest } from "#page/latest.js";
import { nest } from "#page/nesting.js";
import { statistics } from "#page/statistics.js";
import { count, duration, percent, ratio } from "#page/units.js";

/**
 * @typedef {import("#page/window.js").Window} Window
 * @typedef {import("#page/statistics.js").Statistics} Statistics
 */

/**
 * The stretch whose figures are asked for, in whole nanoseconds; none for the whole run.
 * @param {import("#page/state.js").State} state
 * @param {number} wall
 * @returns {Window | null}
 */
export function stretchOf({ scope, window, selected }, wall) {
  if (scope === "selection" && selected) return selected;
  if (scope !== "view") return null;
  return { start: Math.max(0, Math.floor(window.start)), end: Math.min(wall, Math.ceil(window.end)) };
}

/** @param {import("#page/data.js").Trace} trace */
export function createPart(trace) {
  /** @type {import("#page/nesting.js").Nesting[]} filled as lanes are asked for */
  const nestings = [];
  /** @param {number} lane */
  const nestingOf = (lane) => (nestings[lane] ??= nest(trace.lanes[lane]));
  const all = () => trace.lanes.map((_, lane) => nestingOf(lane));
  /** @param {import("#page/state.js").Place} place its self time in ns; none where it is unfinished */
  const selfOf = ({ lane, track, span }) => {
    const { tracks } = trace.lanes[lane];
    return tracks[track].unfinished === span ? null : selfTime(tracks, nestingOf(lane), track, span);
  };
  const of = latest((/** @type {number} */ start, /** @type {number} */ end) =>
    statistics(trace, all(), { start, end }),
  );
  return {
    selfOf,
    /** @param {Window} stretch @returns {Statistics} */
    statistics: ({ start, end }) => of(start, end),
  };
}

/**
 * A span's duration less what its direct children cover.
 * @param {readonly import("#page/data.js").Track[]} tracks
 * @param {import("#page/nesting.js").Nesting} nesting
 * @param {number} track
 * @param {number} span
 */
function selfTime(tracks, nesting, track, span) {
  const own = nesting.span.findIndex((at, position) => at === span && nesting.track[position] === track);
  const [start, end] = [tracks[track].start[span], tracks[track].end[span]];
  let [self, covered] = [end - start, start];
  for (let position = own + 1; position < nesting.span.length; position += 1) {
    const { start: starts, end: ends, unfinished } = tracks[nesting.track[position]];
    const child = nesting.span[position];
    if (starts[child] >= end) break;
    if (nesting.parent[position] !== own || child === unfinished) continue;
    self -= Math.max(0, ends[child] - Math.max(starts[child], covered));
    covered = Math.max(covered, ends[child]);
  }
  return self;
}

const BINS = 2048;

/**
 * The figures of a stretch as the header shows those of the run: label, value, what it is.
 * @param {import("#page/data.js").Trace} trace
 * @param {Statistics} statistics
 * @param {Window} stretch
 * @param {readonly import("#page/concurrency.js").Union[]} busy of each lane, whatever is switched off
 * @returns {[string, string, string][]}
 */
export function figures(trace, { busy: busyTime, lanes }, stretch, busy) {
  const length = stretch.end - stretch.start;
  const available = length * trace.lanes.length;
  const peak = length > 0 ? Math.max(...binned(busy, stretch.start, stretch.end, BINS)) : 0;
  return [
    ["length", duration(length), "of the stretch"],
    ["lanes", count(lanes), "that ran a span in it"],
    [
      "busy time",
      duration(busyTime),
      "time in which a lane ran a span, summed over lanes; finished spans only",
    ],
    ["mean at once", length > 0 ? ratio(busyTime / length) : "–", "busy time / length"],
    [
      `peak at once (per ${duration(Math.max(1, length / BINS))})`,
      ratio(peak),
      "the greatest mean number of lanes busy at once in a part of that length",
    ],
    ["utilisation", available > 0 ? percent(busyTime / available) : "–", "busy time / (all lanes x length)"],
  ];
}
