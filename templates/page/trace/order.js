// @ts-check
// The order of a lane's spans: by start, the longest first, an unfinished span before all others, equal spans by track.
//
// Takes a lane's tracks, gives all its spans in that order, which is the model's. Of those that run at a moment the
// last in the order is the innermost (`innermost.js`). Pure.

/**
 * @typedef {import("#page/trace/data.js").Track} Track
 *
 * @typedef {object} Order a lane's spans: columns of one length
 * @property {Int32Array} track
 * @property {Int32Array} span index in its track
 */

/**
 * The spans of tracks in the model's order. By halves: n log k for k tracks, a walk for one.
 * @param {readonly Track[]} tracks each in that order, as the report writes them
 * @param {number} [from]
 * @param {number} [to]
 * @returns {Order}
 */
export function ordered(tracks, from = 0, to = tracks.length) {
  if (to - from === 1) {
    const { length } = tracks[from].start;
    return { track: new Int32Array(length).fill(from), span: Int32Array.from({ length }, (_, at) => at) };
  }
  if (to <= from) return { track: new Int32Array(), span: new Int32Array() };
  const half = (from + to) >> 1;
  return merged(tracks, ordered(tracks, from, half), ordered(tracks, half, to));
}

/**
 * The position of a span in its lane's order.
 * @param {readonly Track[]} tracks
 * @param {Order} order of them
 * @param {number} track
 * @param {number} span
 */
export function positionOf(tracks, order, track, span) {
  const own = { track: Int32Array.of(track), span: Int32Array.of(span) };
  let [low, high] = [0, order.span.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const isBefore = order.track[middle] < track ? precedes(tracks, order, middle, own, 0) : !precedes(tracks, own, 0, order, middle);
    if (isBefore) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param {readonly Track[]} tracks
 * @param {Order} one
 * @param {Order} other of later tracks
 * @returns {Order}
 */
function merged(tracks, one, other) {
  const length = one.span.length + other.span.length;
  const out = { track: new Int32Array(length), span: new Int32Array(length) };
  let [a, b] = [0, 0];
  for (let at = 0; at < length; at += 1) {
    const isOne = b === other.span.length || (a < one.span.length && precedes(tracks, one, a, other, b));
    const [from, position] = isOne ? [one, a++] : [other, b++];
    out.track[at] = from.track[position];
    out.span[at] = from.span[position];
  }
  return out;
}

/**
 * Whether span `a` of one comes before span `b` of the other, as it does when they are equal; the other's track is a
 * later one, or they are the same.
 * @param {readonly Track[]} tracks
 * @param {Order} one
 * @param {number} a
 * @param {Order} other
 * @param {number} b
 */
function precedes(tracks, one, a, other, b) {
  const [first, second] = [tracks[one.track[a]], tracks[other.track[b]]];
  const apart = first.start[one.span[a]] - second.start[other.span[b]];
  return apart < 0 || (apart === 0 && endIn(first, one.span[a]) >= endIn(second, other.span[b]));
}

/**
 * When a span ends; never, where it is unfinished.
 * @param {Track} track
 * @param {number} span
 */
export function endIn({ end, unfinished }, span) {
  return span === unfinished ? Infinity : end[span];
}
