// @ts-check
// Nesting: which span of a lane contains which, by the same rules as Rust's `nesting`.
//
// Takes a lane's tracks, gives its spans in the model's order (by start, longest first, an unfinished span before
// all others, equal spans by track), and the parent of each: of the spans that still run and contain it whole, the
// last to start. A span that only overlaps another is not its parent, and instants are never parents. One stack;
// ended spans are dropped from it when they are passed, so only overlapping spans are looked at more than once.
// Pure.

/**
 * @typedef {import("#page/data.js").Track} Track
 *
 * @typedef {object} Order a lane's spans: columns of one length
 * @property {Int32Array} track
 * @property {Int32Array} span index in its track
 *
 * @typedef {Order & {parent: Int32Array}} Nesting with the position of each span's parent in the order, or -1
 */

/**
 * @param {{tracks: readonly Track[]}} lane
 * @returns {Nesting}
 */
export function nest({ tracks }) {
  const { track, span } = ordered(tracks);
  const parent = new Int32Array(span.length);
  /** @type {number[]} positions, the last begun on top */
  const open = [];
  /** @param {number} position */
  const startOf = (position) => tracks[track[position]].start[span[position]];
  /** @param {number} position */
  const endOf = (position) => endIn(tracks[track[position]], span[position]);

  for (let position = 0; position < span.length; position += 1) {
    const [start, end] = [startOf(position), endOf(position)];
    /** @param {number} other */
    const runs = (other) => endOf(other) > start || startOf(other) === start; // an instant fills its moment
    /** @param {number} other */
    const holds = (other) => endOf(other) >= end && endOf(other) > startOf(other) && runs(other);
    let at = open.length - 1;
    while (at >= 0 && !holds(open[at])) at -= 1;
    parent[position] = at < 0 ? -1 : open[at];
    let kept = at + 1;
    for (let above = kept; above < open.length; above += 1) {
      if (runs(open[above])) open[kept++] = open[above];
    }
    open.length = kept;
    open.push(position);
  }
  return { track, span, parent };
}

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
 * Whether span `a` of one comes before span `b` of the other, as it does when they are equal.
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
 * @param {Track} track
 * @param {number} span
 */
function endIn({ end, unfinished }, span) {
  return span === unfinished ? Infinity : end[span];
}
