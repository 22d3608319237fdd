// @ts-check
// From span to span.
//
// Takes the place of a span and a direction, gives the next shown span: in its row of the chart, in the row above
// or below, of its task, or of those that a search found. Rows are tracks from the top, of lanes or of tasks. The
// spans of a task, and those found, have one order over all lanes: by start, then from the top. Walks stop at the
// ends; only those from match to match wrap around. Pure.

import { firstEndingFrom, firstStartingAfter, rowOf } from "#page/trace/data.js";
import { lowerBound } from "#page/trace/mip.js";
import { touches } from "#page/trace/statistics.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Track} Track
 * @typedef {import("#page/trace/data.js").Place} Place
 *
 * @typedef {object} Spot of a span in the chart
 * @property {number} row
 * @property {number} span index in the row's track
 */

/**
 * The next span of the same row.
 * @param {readonly Track[]} tracks
 * @param {Spot} spot
 * @param {-1 | 1} step
 * @param {(key: number) => boolean} shown
 * @returns {Spot | null}
 */
export function nextIn(tracks, { row, span }, step, shown) {
  const next = scan(tracks[row].key, span + step, step, shown);
  return next < 0 ? null : { row, span: next };
}

/**
 * The span of the next row up or down that has any, nearest in time to the middle of what the window shows of this.
 * @param {readonly Track[]} tracks
 * @param {Spot} spot
 * @param {-1 | 1} step
 * @param {import("#page/trace/data.js").Window} window
 * @param {(key: number) => boolean} shown
 * @returns {Spot | null}
 */
export function across(tracks, { row, span }, step, window, shown) {
  const [start, end] = [tracks[row].start[span], tracks[row].end[span]];
  const isSeen = start <= window.end && end >= window.start;
  const middle = isSeen ? (Math.max(start, window.start) + Math.min(end, window.end)) / 2 : (start + end) / 2;
  for (let next = row + step; next >= 0 && next < tracks.length; next += step) {
    const found = nearest(tracks[next], middle, shown);
    if (found >= 0) return { row: next, span: found };
  }
  return null;
}

/**
 * The first span, from the top and then from the left, that touches the window.
 * @param {readonly Track[]} tracks
 * @param {import("#page/trace/data.js").Window} window
 * @param {(key: number) => boolean} shown
 * @returns {Spot | null}
 */
export function first(tracks, window, shown) {
  for (const [row, track] of tracks.entries()) {
    const to = firstStartingAfter(track, window.end);
    for (let span = firstEndingFrom(track, window.start); span < to; span += 1) {
      if (touches(track, span, window) && shown(track.key[span])) return { row, span };
    }
  }
  return null;
}

/**
 * The next span of the same task and group, in any lane.
 * @param {Trace} trace
 * @param {Place} place
 * @param {-1 | 1} step
 * @param {(lane: number, key: number) => boolean} shown
 * @returns {Place | null}
 */
export function sibling(trace, place, step, shown) {
  const isOwn = keysOf(trace, rowOf(trace, place));
  const holds = (/** @type {number} */ lane, /** @type {number} */ key) => isOwn[key] === 1 && shown(lane, key);
  return nextFrom(trace, place, startOf(trace, place), step, holds);
}

/**
 * The next match after the pinned span, or where none is pinned the first one of the window; after the last match
 * the first one again.
 * @param {Trace} trace
 * @param {Place | null} pinned
 * @param {import("#page/trace/data.js").Window} window
 * @param {-1 | 1} step
 * @param {(lane: number, key: number) => boolean} matches
 * @returns {Place | null}
 */
export function nextMatch(trace, pinned, window, step, matches) {
  const outside = { lane: -step * Infinity, track: 0, span: 0 }; // above all lanes, or below
  const next = pinned
    ? nextFrom(trace, pinned, startOf(trace, pinned), step, matches)
    : nextFrom(trace, outside, step > 0 ? window.start : window.end, step, matches);
  return next ?? nextFrom(trace, outside, -step * Infinity, step, matches);
}

/**
 * Which of the spans of its task and group it is, from 1, and how many there are.
 * @param {Trace} trace
 * @param {Place} place
 */
export function rank(trace, place) {
  const isOwn = keysOf(trace, rowOf(trace, place));
  return rankAmong(trace, place, (_, key) => isOwn[key] === 1);
}

/**
 * Which of some spans it is, from 1, and how many there are.
 * @param {Trace} trace
 * @param {Place} place
 * @param {(lane: number, key: number) => boolean} holds for those spans
 */
export function rankAmong(trace, place, holds) {
  const time = startOf(trace, place);
  let [at, of] = [1, 0];
  eachTrack(trace, ({ start, key }, lane, track) => {
    const { before } = countUpTo(start, time, lane, track, place);
    let own = 0;
    for (let span = 0; span < key.length; span += 1) {
      if (span === before) at += own;
      if (holds(lane, key[span])) own += 1;
    }
    if (before === key.length) at += own;
    of += own;
  });
  return { at, of };
}

/**
 * The span of a row of the table that has this rank.
 * @param {Trace} trace
 * @param {number} row
 * @param {number} at from 1
 * @returns {Place | null}
 */
export function ranked(trace, row, at) {
  const isOwn = keysOf(trace, row);
  /** @type {number[]} */
  const starts = [];
  eachTrack(trace, ({ start, key }) => {
    for (let span = 0; span < key.length; span += 1) if (isOwn[key[span]] === 1) starts.push(start[span]);
  });
  const sorted = Float64Array.from(starts).sort();
  const time = sorted[at - 1];
  let alike = at - lowerBound(sorted, time); // which it is of those that start together
  /** @type {Place | null} */
  let found = null;
  eachTrack(trace, ({ start, key }, lane, track) => {
    for (let span = lowerBound(start, time); start[span] === time; span += 1)
      if (isOwn[key[span]] === 1 && --alike === 0) found = { lane, track, span };
  });
  return found;
}

/**
 * The longest finished span of a row of the table, of equal ones the earliest; where none is finished, the
 * one that began first.
 * @param {Trace} trace
 * @param {number} row
 * @returns {Place | null}
 */
export function longestOf(trace, row) {
  const isOwn = keysOf(trace, row);
  /** @type {Place | null} */
  let best = null;
  let most = { finished: false, length: -1, start: 0 };
  eachTrack(trace, ({ start, end, key, unfinished }, lane, track) => {
    for (let span = 0; span < key.length; span += 1) {
      if (isOwn[key[span]] === 0) continue;
      const length = end[span] - start[span];
      if (most.finished && length < most.length) continue;
      const finished = span !== unfinished;
      const apart =
        Number(finished) - Number(most.finished) || length - most.length || most.start - start[span];
      if (apart <= 0) continue;
      best = { lane, track, span };
      most = { finished, length, start: start[span] };
    }
  });
  return best;
}

/**
 * 1 for each key that is of a row of the table.
 * @param {Trace} trace
 * @param {number} row
 */
function keysOf({ keys }, row) {
  return Uint8Array.from(keys, (key) => Number(key.row === row));
}

/**
 * The span of a track that runs at `time`, else the one nearest to it, of equally near ones the earlier.
 * @param {Track} track
 * @param {number} time
 * @param {(key: number) => boolean} shown
 * @returns {number} its index in the track, or -1
 */
function nearest(track, time, shown) {
  const after = firstStartingAfter(track, time);
  const left = scan(track.key, after - 1, -1, shown);
  const right = scan(track.key, after, 1, shown);
  if (left < 0 || right < 0) return Math.max(left, right);
  return time - track.end[left] <= track.start[right] - time ? left : right;
}

/**
 * The first index from `from` on, in steps, whose key holds; -1 for none.
 * @param {Int32Array} keys
 * @param {number} from
 * @param {number} step
 * @param {(key: number) => boolean} holds
 */
function scan(keys, from, step, holds) {
  let at = from;
  while (at >= 0 && at < keys.length && !holds(keys[at])) at += step;
  return at < keys.length ? Math.max(-1, at) : -1;
}

/**
 * The next span of those that hold, in any lane.
 * @param {Trace} trace
 * @param {Place} place
 * @param {number} time when the one at `place` starts
 * @param {-1 | 1} step
 * @param {(lane: number, key: number) => boolean} holds
 * @returns {Place | null}
 */
function nextFrom(trace, place, time, step, holds) {
  /** @type {Place | null} */
  let best = null;
  let bestStart = step * Infinity;
  eachTrack(trace, ({ start, key }, lane, track) => {
    const upTo = countUpTo(start, time, lane, track, place);
    let span = step > 0 ? upTo.through : upTo.before - 1;
    for (; span >= 0 && span < start.length; span += step) {
      const isNearer = step > 0 ? start[span] < bestStart : start[span] >= bestStart;
      if (!isNearer) return;
      if (!holds(lane, key[span])) continue;
      best = { lane, track, span };
      bestStart = start[span];
      return;
    }
  });
  return best;
}

/**
 * How many spans of a track come before the one at `place`, and how many with it, in the order of a task's.
 * @param {Float64Array} start of the track's spans
 * @param {number} time when the one at `place` starts
 * @param {number} lane
 * @param {number} track
 * @param {Place} place
 */
function countUpTo(start, time, lane, track, place) {
  const below = lane - place.lane || track - place.track;
  if (below === 0) return { before: place.span, through: place.span + 1 };
  let count = lowerBound(start, time);
  // No two spans of a track start together, but point events may.
  if (below < 0) while (start[count] === time) count += 1;
  return { before: count, through: count };
}

/**
 * @param {Trace} trace
 * @param {(track: Track, lane: number, index: number) => void} visit
 */
function eachTrack({ lanes }, visit) {
  lanes.forEach(({ tracks }, lane) => tracks.forEach((track, index) => visit(track, lane, index)));
}

/**
 * @param {Trace} trace
 * @param {Place} place
 */
function startOf(trace, { lane, track, span }) {
  return trace.lanes[lane].tracks[track].start[span];
}
