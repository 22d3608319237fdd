// @ts-check
// The part of the run whose figures are shown: the whole run, the time in view, or the selection.
//
// Takes the state, gives the time, its table and its figures, and the self time of a single span. Figures of the
// whole run come from Rust and are not computed here.

import { createBins } from "#page/concurrency.js";
import { firstStartingAfter } from "#page/data.js";
import { lowerBound } from "#page/mip.js";
import { nest } from "#page/nesting.js";
import { statistics } from "#page/statistics.js";
import { count, duration, percent, ratio } from "#page/units.js";

/**
 * @typedef {import("#page/window.js").Window} Window
 * @typedef {import("#page/statistics.js").Statistics} Statistics
 * @typedef {import("#page/data.js").Track} Track
 * @typedef {[string, string, string]} Figure label, value, what it is
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

/**
 * @param {import("#page/data.js").Trace} trace
 * @param {(lane: number) => import("#page/concurrency.js").Union} busy stretches of a lane, whatever is switched off
 */
export function createPart(trace, busy) {
  /** @type {import("#page/nesting.js").Nesting[]} filled as lanes are asked for */
  const nestings = [];
  /** @param {number} lane */
  const nestingOf = (lane) => (nestings[lane] ??= nest(trace.lanes[lane]));
  const isSummarised = trace.lanes.some((lane) => lane.isSummarised);

  /**
   * The table and the figures of a stretch, lane by lane.
   * @param {Window} stretch
   * @returns {Generator<void, {statistics: Statistics, figures: Figure[]}, void>}
   */
  return function* (stretch) {
    const table = yield* statistics(trace, nestingOf, stretch);
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
 * A finished span's duration less what its direct children cover, in ns.
 * @param {readonly Track[]} tracks of its lane
 * @param {number} track
 * @param {number} span
 */
export function selfTime(tracks, track, span) {
  const { start, end } = tracks[track];
  // What began before it is no child of it, and no child of one of its children.
  const parts = tracks.map((own) => within(own, start[span], end[span]));
  const nesting = nest({ tracks: parts.map((part) => part.track) });
  const index = span - parts[track].from;
  const own = nesting.span.findIndex((at, position) => at === index && nesting.track[position] === track);
  let [self, covered] = [end[span] - start[span], start[span]];
  for (let position = own + 1; position < nesting.span.length; position += 1) {
    const { start: starts, end: ends, unfinished } = parts[nesting.track[position]].track;
    const child = nesting.span[position];
    if (nesting.parent[position] !== own || child === unfinished) continue;
    self -= Math.max(0, ends[child] - Math.max(starts[child], covered));
    covered = Math.max(covered, ends[child]);
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
 * @param {import("#page/data.js").Trace} trace
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
