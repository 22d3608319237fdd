// @ts-check
// The occupancy, or load: how many lanes were busy over the run, ready to draw at any zoom.
//
// Takes the lanes' busy stretches. First gives the busy time of each process in bins over the whole run, lane by
// lane. Then gives, for a window, the mean number of busy lanes in bins of two to four px: wide bins are sums of
// those, narrow ones come from the stretches in the window. Both are exact. Bins are powers of two of ns and
// aligned to the trace, so the drawing keeps its shape while it is panned. Pure.

import { busyOf, createBins, steps } from "#page/trace/concurrency.js";

/**
 * @typedef {import("#page/trace/concurrency.js").Union} Union
 *
 * @typedef {object} Load
 * @property {number} width ns of a bin; the first begins at 0
 * @property {Float64Array[]} means the mean number of busy lanes in each bin, per process
 * @property {Float64Array} all the same of all processes
 * @property {(lane: number) => Union} stretches in which a lane was busy
 *
 * @typedef {{first: number, width: number, means: Float64Array}} Means where the first bin begins, ns of each
 */

const BINS = 2 ** 16; // over the run
const MOST = 2 ** 20; // of all processes together
const LEAST_PX = 2;

/**
 * The busy stretches of a lane, whatever is switched off.
 * @param {import("#page/trace/data.js").Trace} trace
 */
export function busyStretches({ lanes, keys }) {
  const all = new Uint8Array(keys.length).fill(1);
  return remembered((lane) => busyOf(lanes[lane], all));
}

/**
 * Busy stretches of lanes, computed when they are first asked for.
 * @param {(lane: number) => Union} compute
 */
export function remembered(compute) {
  /** @type {Union[]} */
  const known = [];
  return (/** @type {number} */ lane) => (known[lane] ??= compute(lane));
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {(lane: number) => Union} stretches in which a lane was busy
 * @returns {Generator<void, Load, void>}
 */
export function* loadOf({ lanes, processes, wall }, stretches) {
  const bins = Math.max(1024, Math.min(BINS, 2 ** Math.floor(Math.log2(MOST / processes.length))));
  const width = 2 ** Math.ceil(Math.log2(Math.max(1, wall / bins)));
  const count = Math.floor(wall / width) + 1;
  const sums = processes.map(() => createBins(0, count * width, count));
  for (const [lane, { process }] of lanes.entries()) {
    sums[process].add(stretches(lane));
    yield;
  }
  const means = sums.map((sum) => sum.means());
  const all = new Float64Array(count);
  for (const own of means) own.forEach((mean, bin) => (all[bin] += mean));
  return { width, means, all, stretches };
}

/**
 * Of a window, all lanes'.
 * @param {Load} load
 * @param {number} lanes how many there are
 * @param {import("#page/trace/data.js").View} view
 */
export function loadIn(load, lanes, view) {
  return meansIn(load, load.all, () => Array.from({ length: lanes }, (_, lane) => lane), view);
}

/**
 * How many lanes are busy in a window, as points of a line in steps.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {Load | null} load of what is shown; none while it is computed, or where it is not needed
 * @param {boolean} isAll whether everything is shown
 * @param {import("#page/trace/data.js").View} view
 */
export function concurrencyIn({ bins, lanes }, load, isAll, view) {
  if (load) {
    const { first, width, means } = loadIn(load, lanes.length, view);
    return steps(first, width, means);
  }
  // Without it the run's own bins stand for all, and for what is switched on there are none.
  if (!isAll) return steps(view.start, view.end - view.start, Float64Array.of(0));
  const { first, width, busy } = bins;
  const from = Math.max(0, Math.floor((view.start - first) / width));
  const to = Math.max(from, Math.ceil((view.end - first) / width));
  return steps(first + from * width, width, Float64Array.from(busy.slice(from, to), (ns) => ns / width));
}

/**
 * The mean number of busy lanes at a moment, as it is drawn, and of how many ns.
 * @param {{x: readonly number[], y: readonly number[]}} steps of equal width, and the end of the last
 * @param {number} time
 */
export function meanAt({ x, y }, time) {
  const width = x[1] - x[0];
  const bin = Math.min(Math.max(0, Math.floor((time - x[0]) / width)), x.length - 2);
  return { mean: y[bin], width };
}

/**
 * Of a window, those of the lanes of a process.
 * @param {Load} load
 * @param {number} process
 * @param {readonly number[]} lanes of it
 * @param {import("#page/trace/data.js").View} view
 */
export function processLoadIn(load, process, lanes, view) {
  return meansIn(load, load.means[process], () => lanes, view);
}

/**
 * @param {Load} load
 * @param {Float64Array} means of its bins
 * @param {() => readonly number[]} lanes
 * @param {import("#page/trace/data.js").View} view
 * @returns {Means}
 */
function meansIn(load, means, lanes, view) {
  const perPixel = (view.end - view.start) / view.width;
  const width = 2 ** Math.ceil(Math.log2(LEAST_PX * perPixel));
  const from = Math.floor(view.start / width);
  const count = Math.floor(view.end / width) - from + 1;
  const first = from * width;
  if (width < load.width) {
    const bins = createBins(first, first + count * width, count);
    for (const lane of lanes()) bins.add(load.stretches(lane));
    return { first, width, means: bins.means() };
  }
  const ratio = width / load.width;
  const sums = Float64Array.from({ length: count }, (_, bin) => {
    const begin = Math.max(0, (from + bin) * ratio);
    let sum = 0;
    for (let at = begin; at < Math.min(means.length, (from + bin + 1) * ratio); at += 1) sum += means[at];
    return sum / ratio;
  });
  return { first, width, means: sums };
}
