// @ts-check
// Concurrency: how many lanes are busy over a window.
//
// Takes the lanes. First gives the union of each lane's finished spans, then the mean number of busy lanes in equal
// bins of a window. Also counts the lanes and spans of a moment. As in Rust's figures of the whole run, unfinished
// spans do not count: they have no duration. Pure.

import { firstStartingAfter } from "#page/trace/data.js";
import { lowerBound } from "#page/trace/mip.js";

/**
 * @typedef {object} Union stretches of one lane without overlap, in order
 * @property {Float64Array} start
 * @property {Float64Array} end
 */

/** @typedef {Union & {weight?: Float64Array}} Weighted of each stretch how much it counts, 0 to 1 */

/**
 * By halves, so that a lane of many tracks costs n log n and one of a single track no more than a walk.
 * @param {readonly import("#page/trace/data.js").Track[]} tracks of a lane
 * @param {Uint8Array} shownKeys
 * @returns {Union}
 */
export function union(tracks, shownKeys) {
  if (tracks.length === 0) return { start: new Float64Array(), end: new Float64Array() };
  if (tracks.length === 1) return stretches(tracks[0], shownKeys);
  const half = tracks.length >> 1;
  return merged(union(tracks.slice(0, half), shownKeys), union(tracks.slice(half), shownKeys));
}

/**
 * When a lane is busy. One that is summarised is so from the beginning of each bin of its raster, as long as it was
 * busy in it, with what ran longest.
 * @param {import("#page/trace/data.js").Lane} lane
 * @param {Uint8Array} shownKeys
 * @returns {Union}
 */
export function busyOf({ isSummarised, raster, tracks }, shownKeys) {
  if (!isSummarised) return union(tracks, shownKeys);
  const { first, width, key, share } = raster;
  const bins = Array.from(key.keys()).filter((bin) => key[bin] > 0 && shownKeys[key[bin] - 1] === 1);
  const start = Float64Array.from(bins, (bin) => Math.max(0, first + bin * width));
  const long = (/** @type {number} */ bin) => (share[bin] / 255) * width;
  // The first bin begins before the trace.
  return { start, end: start.map((from, at) => Math.min(from + long(bins[at]), first + (bins[at] + 1) * width)) };
}

/** @param {Union} union how long it is in all */
export function lengthOf({ start, end }) {
  let sum = 0;
  for (let at = 0; at < start.length; at += 1) sum += end[at] - start[at];
  return sum;
}

/**
 * What runs at a moment: how many lanes are busy, how many of them in a declared wait, with how many spans, and how
 * many unfinished ones were started. A span runs from its start until just before its end.
 * @param {readonly import("#page/trace/data.js").Lane[]} lanes
 * @param {number} time
 * @param {Uint8Array} shownKeys
 * @param {readonly {wait: boolean}[]} keys
 */
export function runningAt(lanes, time, shownKeys, keys) {
  let [busy, waiting, spans, unfinished] = [0, 0, 0, 0];
  for (const { tracks } of lanes) {
    let [own, last, isWaiting] = [0, -Infinity, false]; // the innermost is the last to start
    for (const track of tracks) {
      const span = firstStartingAfter(track, time) - 1; // no two spans of a track run at once
      if (span < 0 || shownKeys[track.key[span]] === 0) continue;
      if (span === track.unfinished) unfinished += 1;
      else if (track.end[span] > time) {
        own += 1;
        if (track.start[span] < last) continue;
        [last, isWaiting] = [track.start[span], keys[track.key[span]].wait];
      }
    }
    spans += own;
    if (own > 0) busy += 1;
    if (isWaiting) waiting += 1;
  }
  return { busy, waiting, spans, unfinished };
}

/**
 * What a track's finished spans cover.
 * @param {import("#page/trace/data.js").Track} track
 * @param {Uint8Array} shownKeys
 */
function stretches({ start, end, key, unfinished }, shownKeys) {
  const out = cover(start.length);
  for (let span = 0; span < start.length; span += 1) {
    const counts = span !== unfinished && end[span] > start[span] && shownKeys[key[span]] === 1;
    if (counts) out.add(start[span], end[span]);
  }
  return out.union();
}

/**
 * What either covers.
 * @param {Union} one
 * @param {Union} other
 * @returns {Union}
 */
export function merged(one, other) {
  const out = cover(one.start.length + other.start.length);
  let [a, b] = [0, 0];
  while (a < one.start.length || b < other.start.length) {
    const isOne = b === other.start.length || one.start[a] <= other.start[b];
    if (isOne) out.add(one.start[a], one.end[a++]);
    else out.add(other.start[b], other.end[b++]);
  }
  return out.union();
}

/**
 * A union in the making, to which stretches are added by start.
 * @param {number} most of them
 */
function cover(most) {
  const start = new Float64Array(most);
  const end = new Float64Array(most);
  let count = 0;
  return {
    /** @param {number} from @param {number} to */
    add(from, to) {
      if (count > 0 && from <= end[count - 1]) {
        if (to > end[count - 1]) end[count - 1] = to;
        return;
      }
      start[count] = from;
      end[count] = to;
      count += 1;
    },
    /** @returns {Union} */
    union: () => ({ start: start.slice(0, count), end: end.slice(0, count) }),
  };
}

/**
 * Equal bins of a window, to which lanes are added.
 * @param {number} start
 * @param {number} end
 * @param {number} count
 */
export function createBins(start, end, count) {
  const width = (end - start) / count;
  const parts = new Float64Array(count); // busy time of stretches that fill a bin in part
  const steps = new Float64Array(count + 1); // how many more lanes fill this bin than the one before
  return {
    /** @param {Weighted} lane */
    add(lane) {
      const to = lowerBound(lane.start, end);
      for (let index = lowerBound(lane.end, start); index < to; index += 1) {
        const from = Math.max(0, lane.start[index] - start);
        const until = Math.min(end, lane.end[index]) - start;
        const weight = lane.weight ? lane.weight[index] : 1;
        const first = Math.min(count - 1, Math.floor(from / width));
        const last = Math.min(count - 1, Math.floor(until / width));
        if (first === last) {
          parts[first] += (until - from) * weight;
          continue;
        }
        parts[first] += ((first + 1) * width - from) * weight;
        parts[last] += (until - last * width) * weight;
        steps[first + 1] += weight;
        steps[last] -= weight;
      }
    },
    /** @returns {Float64Array} the mean number of busy lanes in each */
    means() {
      let whole = 0;
      return parts.map((part, bin) => {
        whole += steps[bin];
        return whole + part / width;
      });
    },
  };
}

/**
 * The means of other, wider bins.
 * @param {{first: number, width: number, busy: readonly number[] | Float64Array}} bins busy ns in each
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
