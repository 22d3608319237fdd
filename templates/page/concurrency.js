// @ts-check
// How many lanes are busy over a window.
//
// Takes the lanes, gives first the union of each lane's finished spans, once per choice of tasks, then the
// mean number of busy lanes in equal bins of a window. Unfinished spans have no duration and do not count,
// as in Rust's figures of the whole run. Pure.

import { lowerBound } from "#page/data.js";

/**
 * @typedef {object} Union stretches of one lane without overlap, in order
 * @property {Float64Array} start
 * @property {Float64Array} end
 */

/** @typedef {{start: number[], end: number[]}} Stretches a union in the making */

/**
 * @param {readonly {tracks: readonly import("#page/data.js").Track[]}[]} lanes
 * @param {Uint8Array | ((lane: number) => Uint8Array)} shownKeys of all lanes, or of each
 * @returns {Union[]}
 */
export function unions(lanes, shownKeys) {
  return lanes.map(({ tracks }, lane) => {
    const { start, end } = union(tracks, typeof shownKeys === "function" ? shownKeys(lane) : shownKeys);
    return { start: Float64Array.from(start), end: Float64Array.from(end) };
  });
}

/**
 * By halves, so that a lane of many tracks costs n log n and one of a single track no more than a walk.
 * @param {readonly import("#page/data.js").Track[]} tracks
 * @param {Uint8Array} shownKeys
 * @returns {Stretches}
 */
function union(tracks, shownKeys) {
  if (tracks.length === 0) return { start: [], end: [] };
  if (tracks.length === 1) return stretches(tracks[0], shownKeys);
  const half = tracks.length >> 1;
  return merged(union(tracks.slice(0, half), shownKeys), union(tracks.slice(half), shownKeys));
}

/**
 * What a track's finished spans cover.
 * @param {import("#page/data.js").Track} track
 * @param {Uint8Array} shownKeys
 */
function stretches({ start, end, key, unfinished }, shownKeys) {
  /** @type {Stretches} */
  const out = { start: [], end: [] };
  for (let span = 0; span < start.length; span += 1) {
    const counts = span !== unfinished && end[span] > start[span] && shownKeys[key[span]] === 1;
    if (counts) cover(out, start[span], end[span]);
  }
  return out;
}

/**
 * What either covers.
 * @param {Stretches} one
 * @param {Stretches} other
 */
function merged(one, other) {
  /** @type {Stretches} */
  const out = { start: [], end: [] };
  let [a, b] = [0, 0];
  while (a < one.start.length || b < other.start.length) {
    const isOne = b === other.start.length || one.start[a] <= other.start[b];
    if (isOne) cover(out, one.start[a], one.end[a++]);
    else cover(out, other.start[b], other.end[b++]);
  }
  return out;
}

/**
 * Adds a stretch that starts no earlier than those before.
 * @param {Stretches} out
 * @param {number} from
 * @param {number} to
 */
function cover({ start, end }, from, to) {
  const last = end.length - 1;
  if (last >= 0 && from <= end[last]) end[last] = Math.max(end[last], to);
  else {
    start.push(from);
    end.push(to);
  }
}

/**
 * @param {readonly Union[]} lanes
 * @param {number} start
 * @param {number} end
 * @param {number} count of bins
 * @returns {Float64Array} the mean number of busy lanes in each
 */
export function binned(lanes, start, end, count) {
  const width = (end - start) / count;
  const parts = new Float64Array(count); // busy time of stretches that fill a bin in part
  const steps = new Float64Array(count + 1); // how many more lanes fill this bin than the one before
  for (const lane of lanes) {
    for (
      let index = lowerBound(lane.end, start);
      index < lane.start.length && lane.start[index] < end;
      index += 1
    ) {
      const from = Math.max(0, lane.start[index] - start);
      const to = Math.min(end, lane.end[index]) - start;
      const first = Math.min(count - 1, Math.floor(from / width));
      const last = Math.min(count - 1, Math.floor(to / width));
      if (first === last) {
        parts[first] += to - from;
        continue;
      }
      parts[first] += (first + 1) * width - from;
      parts[last] += to - last * width;
      steps[first + 1] += 1;
      steps[last] -= 1;
    }
  }
  let whole = 0;
  return parts.map((part, bin) => {
    whole += steps[bin];
    return whole + part / width;
  });
}

/**
 * The means of other, wider bins.
 * @param {{first: number, width: number, busy: readonly number[]}} bins busy ns in each
 * @param {number} start
 * @param {number} end
 * @param {number} count of the bins wanted
 */
export function rebinned({ first, width, busy }, start, end, count) {
  const wanted = (end - start) / count;
  const sums = new Float64Array(count);
  busy.forEach((ns, bin) => {
    const from = first + bin * width - start;
    for (let index = Math.max(0, Math.floor(from / wanted)); index < count; index += 1) {
      const inside = Math.min(from + width, (index + 1) * wanted) - Math.max(from, index * wanted);
      if (inside <= 0) break;
      sums[index] += (ns * inside) / width;
    }
  });
  return sums.map((sum) => sum / wanted);
}

/**
 * Points of a line in steps.
 * @param {number} first ns, where the first bin begins
 * @param {number} width ns, of each bin
 * @param {Float64Array} values
 */
export function steps(first, width, values) {
  const x = Array.from(values, (_, bin) => first + bin * width);
  const y = Array.from(values);
  // The last step needs an end of its own.
  x.push(first + values.length * width);
  y.push(y[y.length - 1] ?? 0);
  return { x, y, peak: values.reduce((most, value) => Math.max(most, value), 0) };
}
