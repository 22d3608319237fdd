// @ts-check
// The part of the run whose figures are shown: the whole run, the time in view, or the selection.
//
// Takes the state, gives the time, its table and its figures, and the self time of a single span. Figures of the
// whole run come from Rust and are not computed here.

import { createBins } from "#page/trace/concurrency.js";
import { firstStartingAfter } from "#page/trace/data.js";
import { lowerBound } from "#page/trace/mip.js";
import { ordered, positionOf } from "#page/trace/order.js";
import { statistics } from "#page/trace/statistics.js";
import { count, duration, percent, ratio } from "#page/trace/units.js";

/**
 * @typedef {import("#page/view/window.js").Window} Window
 * @typedef {import("#page/trace/statistics.js").Statistics} Statistics
 * @typedef {import("#page/trace/data.js").Track} Track
 * @typedef {[string, string, string]} Figure label, value, what it is
 */

/**
 * The stretch whose figures are asked for, in whole nanoseconds; none for the whole run.
 * @param {import("#page/view/state.js").State} state
 * @param {number} wall
 * @returns {Window | null}
 */
export function stretchOf({ scope, window, selected }, wall) {
  const stretch = scope === "view" ? window : scope === "selection" ? selected : null;
  return stretch && { start: Math.max(0, Math.floor(stretch.start)), end: Math.min(wall, Math.ceil(stretch.end)) };
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {(lane: number) => import("#page/trace/concurrency.js").Union} busy stretches of a lane, whatever is switched off
 */
export function createPart(trace, busy) {
  /** @type {import("#page/trace/order.js").Order[]} filled as lanes are asked for */
  const orders = [];
  /** @param {number} lane */
  const orderOf = (lane) => (orders[lane] ??= ordered(trace.lanes[lane].tracks));
  const isSummarised = trace.lanes.some((lane) => lane.isSummarised);

  /**
   * The table and the figures of a stretch, lane by lane.
   * @param {Window} stretch
   * @returns {Generator<void, {statistics: Statistics, figures: Figure[]}, void>}
   */
  return function* (stretch) {
    const table = yield* statistics(trace, orderOf, stretch);
    const { start, end } = stretch;
    const bins = createBins(start, end, BINS);
    let lanes = 0;
    for (let lane = 0; lane < trace.lanes.length && end > start; lane += 1) {
      const own = busy(lane);
      bins.add(own);
      if (own.start[lowerBound(own.end, start)] < end) lanes += 1;
      yield;
    }
    const means = end > start ? bins.means() : Float64Array.of(0);
    const busyTime = isSummarised ? means.reduce((sum, mean) => sum + mean, 0) * ((end - start) / BINS) : table.busy;
    return { statistics: table, figures: figures(trace, isSummarised ? lanes : table.lanes, busyTime, stretch, Math.max(...means)) };
  };
}

/**
 * For how long a finished span was the innermost of its lane, in ns.
 * @param {readonly Track[]} tracks of its lane
 * @param {number} track
 * @param {number} span
 */
export function selfTime(tracks, track, span) {
  const { start, end } = tracks[track];
  // What comes before it in the order never takes time from it.
  const parts = tracks.map((own) => within(own, start[span], end[span]));
  const own = parts.map((part) => part.track);
  const order = ordered(own);
  let [self, covered] = [end[span] - start[span], start[span]];
  const position = positionOf(own, order, track, span - parts[track].from);
  for (let later = position + 1; later < order.span.length; later += 1) {
    const { start: starts, end: ends, unfinished } = own[order.track[later]];
    const other = order.span[later];
    if (other === unfinished) continue;
    const until = Math.min(ends[other], end[span]);
    self -= Math.max(0, until - Math.max(starts[other], covered));
    covered = Math.max(covered, until);
  }
  return self;
}

/**
 * The spans of a track that start in a stretch, as a track, and which of its spans is the first.
 * @param {Track} track
 * @param {number} start
 * @param {number} end
 */
function within(track, start, end) {
  const from = lowerBound(track.start, start);
  const to = firstStartingAfter(track, end);
  return {
    from,
    track: {
      start: track.start.subarray(from, to),
      end: track.end.subarray(from, to),
      key: track.key.subarray(from, to),
      instants: track.instants,
      unfinished: track.unfinished < to ? track.unfinished - from : -1,
    },
  };
}

const BINS = 2048;

/**
 * The figures of a stretch as the header shows those of the run.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {number} lanes with a finished span in it
 * @param {number} busyTime ns of all lanes
 * @param {Window} stretch
 * @param {number} peak the highest mean number of busy lanes in a bin of the stretch
 * @returns {Figure[]}
 */
function figures(trace, lanes, busyTime, stretch, peak) {
  const length = stretch.end - stretch.start;
  const available = length * trace.lanes.length;
  return [
    ["length", duration(length), "of the selection or the time in view"],
    ["lanes", count(lanes), "threads that ran a span in this time"],
    [
      "busy time",
      duration(busyTime),
      "time during which lanes ran finished spans, summed over all lanes",
    ],
    ["mean concurrency", length > 0 ? ratio(busyTime / length) : "–", "busy time / length"],
    [
      `peak concurrency (per ${duration(Math.max(1, length / BINS))})`,
      ratio(peak),
      "highest mean number of busy lanes in any interval of this length",
    ],
    ["utilisation", available > 0 ? percent(busyTime / available) : "–", "busy time / (all lanes x length)"],
  ];
}
