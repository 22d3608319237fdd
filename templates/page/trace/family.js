// @ts-check
// The family of a span: the spans of its lane that enclose it, and those that are nested in it.
//
// Takes the tracks of a lane and the place of a span in them. A span encloses all that come after it in the lane's
// order (`order.js`) and run within it, as in Rust's `nesting`; an instant encloses nothing. The one that encloses a
// span directly is the last of them in the order, and the span is its child. What encloses a span and how many are
// nested in it takes two binary searches a track. Children and self time take a walk over what starts in it. Pure.

import { firstStartingAfter } from "#page/trace/data.js";
import { lowerBound } from "#page/trace/mip.js";
import { endIn, ordered, positionOf } from "#page/trace/order.js";

/**
 * @typedef {import("#page/trace/data.js").Track} Track
 *
 * @typedef {object} Spot of a span in its lane
 * @property {number} track
 * @property {number} span index in the track
 */

/**
 * The spans that enclose a span, the innermost first.
 * @param {readonly Track[]} tracks of its lane
 * @param {Spot} spot
 * @returns {Spot[]}
 */
export function enclosing(tracks, { track, span }) {
  const start = tracks[track].start[span];
  const end = endIn(tracks[track], span);
  const found = tracks.flatMap((other, index) => {
    const at = firstStartingAfter(other, start) - 1; // the others end before it starts
    if (at < 0 || index === track) return [];
    const [begin, until] = [other.start[at], endIn(other, at)];
    const isAround = begin < until && until > start && until >= end;
    const isBelow = begin === start && until === end && index > track; // its equal
    return isAround && !isBelow ? [{ track: index, span: at, start: begin, end: until }] : [];
  });
  found.reverse(); // of equal ones the lower track is the inner one
  return found.sort((one, other) => other.start - one.start || (one.end === other.end ? 0 : one.end - other.end));
}

/** @type {WeakMap<Track, Int32Array>} results of a pure function, and no state */
const known = new WeakMap();

/**
 * Which rows of a track are point events.
 * @param {Track} track
 * @param {readonly {point: boolean}[]} keys
 */
function pointsOf(track, keys) {
  const found = known.get(track) ?? track.instants.filter((span) => keys[track.key[span]]?.point);
  known.set(track, found);
  return found;
}

/**
 * How many spans and point events a span encloses, those that are nested in others of them included.
 * @param {readonly Track[]} tracks of its lane
 * @param {Spot} spot
 * @param {readonly {point: boolean}[]} keys
 */
export function countNested(tracks, { track, span }, keys) {
  const start = tracks[track].start[span];
  const end = endIn(tracks[track], span);
  let [nested, points] = [0, 0];
  tracks.forEach((other, index) => {
    if (index === track) return;
    const to = lowerBound(other.start, end);
    let from = lowerBound(other.start, start);
    if (from < to && index < track && other.start[from] === start && endIn(other, from) === end) from += 1; // its equal, above it
    const isOver = from < to && endIn(other, to - 1) > end; // only the last may be
    nested += Math.max(0, to - from - Number(isOver));
    const own = pointsOf(other, keys);
    points += lowerBound(own, Math.max(from, to)) - lowerBound(own, from);
  });
  return { spans: nested - points, points };
}

/**
 * The children of a span: how many, the sum of the durations of the finished ones, and the longest.
 * @param {readonly Track[]} tracks of its lane
 * @param {Spot} spot
 * @param {number} most how many of the longest are wanted
 * @param {readonly {point: boolean}[]} keys point events are no children
 * @returns {{count: number, time: number, longest: Spot[]}}
 */
export function childrenOf(tracks, spot, most, keys) {
  const until = endIn(tracks[spot.track], spot.span);
  const { own, order, offsets, position } = startingIn(tracks, spot, until);
  /** @type {number[]} ends of those that may enclose what follows, each no later than the one below it */
  const open = [];
  /** @type {{spot: Spot, length: number}[]} */
  const longest = [];
  let [count, time] = [0, 0];
  for (let at = position + 1; at < order.span.length; at += 1) {
    const [track, span] = [order.track[at], order.span[at]];
    const start = own[track].start[span];
    if (start >= until) break;
    if (keys[own[track].key[span]]?.point) continue;
    const end = endIn(own[track], span);
    while (open.length > 0 && (open[open.length - 1] <= start || open[open.length - 1] < end)) open.pop();
    if (open.length === 0 && end <= until) {
      const length = own[track].end[span] - start;
      count += 1;
      if (end < Infinity) time += length;
      insert(longest, { spot: { track, span: span + offsets[track] }, length }, most);
    }
    if (start < end) open.push(end);
  }
  return { count, time, longest: longest.map(({ spot }) => spot) };
}

/**
 * For how long a finished span was the innermost of its lane, in ns.
 * @param {readonly Track[]} tracks of its lane
 * @param {Spot} spot
 */
export function selfTime(tracks, spot) {
  const { start, end } = tracks[spot.track];
  const until = end[spot.span];
  // What comes before it in the order never takes time from it.
  const { own, order, position } = startingIn(tracks, spot, until);
  let [self, covered] = [until - start[spot.span], start[spot.span]];
  for (let at = position + 1; at < order.span.length; at += 1) {
    const { start: starts, end: ends, unfinished } = own[order.track[at]];
    const other = order.span[at];
    if (other === unfinished) continue;
    const stop = Math.min(ends[other], until);
    self -= Math.max(0, stop - Math.max(starts[other], covered));
    covered = Math.max(covered, stop);
  }
  return self;
}

/**
 * The spans that start between the start of a span and a time, in order, and its own position among them.
 * @param {readonly Track[]} tracks
 * @param {Spot} spot
 * @param {number} until
 */
function startingIn(tracks, { track, span }, until) {
  const from = tracks[track].start[span];
  const offsets = tracks.map(({ start }) => lowerBound(start, from));
  const own = tracks.map((all, index) => part(all, offsets[index], firstStartingAfter(all, until)));
  const order = ordered(own);
  return { own, order, offsets, position: positionOf(own, order, track, span - offsets[track]) };
}

/**
 * Some spans of a track, as a track.
 * @param {Track} track
 * @param {number} from
 * @param {number} to
 * @returns {Track}
 */
function part(track, from, to) {
  return {
    start: track.start.subarray(from, to),
    end: track.end.subarray(from, to),
    key: track.key.subarray(from, to),
    instants: track.instants,
    unfinished: track.unfinished < to ? track.unfinished - from : -1,
  };
}

/**
 * @param {{spot: Spot, length: number}[]} longest the longest first, of equal ones the earliest
 * @param {{spot: Spot, length: number}} found
 * @param {number} most
 */
function insert(longest, found, most) {
  if (longest.length === most && longest[most - 1].length >= found.length) return;
  const after = longest.findIndex(({ length }) => length < found.length);
  longest.splice(after < 0 ? longest.length : after, 0, found);
  longest.length = Math.min(longest.length, most);
}
