// @ts-check
// The occupancy, or load: how many lanes were busy over the run, and how many of them waited or were on a CPU, ready to
// draw at any zoom.
//
// Takes the lanes' busy stretches. First gives the busy time of each process in bins over the whole run, lane by
// lane. Then gives, for a window, the mean number of busy lanes in bins of two to four px: wide bins are sums of
// those, narrow ones come from the stretches in the window. Both are exact. Bins are powers of two of ns and
// aligned to the trace, so the drawing keeps its shape while it is panned. Pure.

import { busyOf, createBins, steps } from "#page/trace/concurrency.js";
import { onCpuOf, waitingOf } from "#page/trace/division.js";
import { lanesOf } from "#page/trace/sides.js";

/**
 * @typedef {import("#page/trace/concurrency.js").Union} Union
 *
 * @typedef {import("#page/trace/concurrency.js").Weighted} Weighted
 *
 * @typedef {object} Measure of what lanes did
 * @property {Float64Array[]} means the mean number of lanes that did it in each bin, per process
 * @property {Float64Array} all the same of all processes
 * @property {(lane: number) => Weighted} stretches in which a lane did it
 *
 * @typedef {object} Parts of the time in which lanes were busy; null where none of it is known
 * @property {Measure | null} waiting
 * @property {Measure | null} onCpu
 * @property {Measure | null} offCpu
 *
 * @typedef {Measure & Parts & {width: number}} Load the busy lanes; the width of a bin in ns, the first begins at 0
 *
 * @typedef {{first: number, width: number, means: Float64Array}} Means where the first bin begins, ns of each
 *
 * @typedef {object} Curve how many lanes are busy, as points of a line in steps, and the same of its parts
 * @property {number[]} x
 * @property {number[]} y
 * @property {number} peak
 * @property {number[] | null} waiting
 * @property {number[] | null} onCpu
 * @property {number[] | null} offCpu
 * @property {{x: number[], y: number[]}[] | null} sides of a pair, each of its own lanes; the rest is then that of the first
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
 * What is known of lanes, such as their busy stretches, computed when it is first asked for.
 * @template Of
 * @param {(lane: number) => Of} compute
 */
export function remembered(compute) {
  /** @type {Of[]} */
  const known = [];
  return (/** @type {number} */ lane) => (known[lane] ??= compute(lane));
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {(lane: number) => Union} stretches in which a lane was busy
 * @param {Uint8Array} [shownKeys] 0 for the keys that are switched off
 * @returns {Generator<void, Load, void>}
 */
export function* loadOf(trace, stretches, shownKeys = new Uint8Array(trace.keys.length).fill(1)) {
  const { lanes, keys, processes, wall, hasWaits, hasCpu } = trace;
  const bins = Math.max(1024, Math.min(BINS, 2 ** Math.floor(Math.log2(MOST / processes.length))));
  const width = 2 ** Math.ceil(Math.log2(Math.max(1, wall / bins)));
  const own = remembered((lane) => onCpuOf(lanes[lane], keys, shownKeys));
  const offCpu = remembered((lane) => ({ ...own(lane), weight: own(lane).weight.map((part) => 1 - part) }));
  const waiting = remembered((lane) => waitingOf(lanes[lane], keys, shownKeys));
  return {
    width,
    ...(yield* measureOf(lanes, processes, wall, width, stretches)),
    waiting: hasWaits ? yield* measureOf(lanes, processes, wall, width, waiting) : null,
    onCpu: hasCpu ? yield* measureOf(lanes, processes, wall, width, own) : null,
    offCpu: hasCpu ? yield* measureOf(lanes, processes, wall, width, offCpu) : null,
  };
}

/**
 * @param {import("#page/trace/data.js").Trace["lanes"]} lanes
 * @param {import("#page/trace/data.js").Trace["processes"]} processes one that stands for a side has the lanes of all of it
 * @param {number} wall
 * @param {number} width ns of a bin
 * @param {(lane: number) => Weighted} stretches
 * @returns {Generator<void, Measure, void>}
 */
function* measureOf(lanes, processes, wall, width, stretches) {
  const count = Math.floor(wall / width) + 1;
  const sums = processes.map(() => createBins(0, count * width, count));
  for (const [lane, { process }] of lanes.entries()) {
    sums[process].add(stretches(lane));
    yield;
  }
  const means = sums.map((sum) => sum.means());
  const all = new Float64Array(count);
  for (const own of means) own.forEach((mean, bin) => (all[bin] += mean));
  processes.forEach(({ isSide, side }, process) => {
    if (!isSide) return;
    const others = means.filter((_, other) => other !== process && processes[other].side === side);
    for (const own of others) own.forEach((mean, bin) => (means[process][bin] += mean));
  });
  return { means, all, stretches };
}

/**
 * Of a window, all lanes'.
 * @param {Load} load
 * @param {number} lanes how many there are
 * @param {import("#page/trace/data.js").View} view
 */
export function loadIn(load, lanes, view) {
  return meansIn(load, load.all, load.width, () => Array.from({ length: lanes }, (_, lane) => lane), view);
}

/**
 * How many lanes are busy in a window.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {Load | null} load of what is shown; none while it is computed, or where it is not needed
 * @param {boolean} isAll whether everything is shown
 * @param {import("#page/trace/data.js").View} view
 * @returns {Curve}
 */
export function concurrencyIn(trace, load, isAll, view) {
  const { bins, lanes, sides } = trace;
  if (sides) {
    const curves = sides.map((side) => {
      if (!load) return concurrencyIn(side.trace, null, isAll, view);
      const { first, width, means } = processLoadIn(load, side.process, lanesOf(side), view);
      return steps(first, width, means);
    });
    const peak = Math.max(...curves.map((curve) => curve.peak));
    return { ...curves[0], peak, waiting: null, onCpu: null, offCpu: null, sides: curves };
  }
  if (load) {
    const { first, width, means } = loadIn(load, lanes.length, view);
    const part = (/** @type {Measure | null} */ own) =>
      own && steps(first, width, loadIn({ ...load, ...own }, lanes.length, view).means).y;
    const [waiting, onCpu, offCpu] = [part(load.waiting), part(load.onCpu), part(load.offCpu)];
    return { ...steps(first, width, means), waiting, onCpu, offCpu, sides: null };
  }
  // Without it the run's own bins stand for all, and for what is switched on there are none.
  if (!isAll) {
    const none = steps(view.start, view.end - view.start, Float64Array.of(0));
    return { ...none, waiting: null, onCpu: null, offCpu: null, sides: null };
  }
  const { first, width, busy } = bins;
  const from = Math.max(0, Math.floor((view.start - first) / width));
  const to = Math.max(from, Math.ceil((view.end - first) / width));
  const line = (/** @type {readonly number[]} */ ns) =>
    steps(first + from * width, width, Float64Array.from(ns.slice(from, to), (own) => own / width));
  const part = (/** @type {readonly number[]} */ ns) => (ns.length > 0 ? line(ns).y : null);
  return { ...line(busy), waiting: part(bins.waiting), onCpu: part(bins.onCpu), offCpu: part(bins.offCpu), sides: null };
}

/**
 * The mean number of busy lanes at a moment, as it is drawn, of how many ns, and what they did.
 * @param {Pick<Curve, "x" | "y"> & Partial<Curve>} curve steps of equal width, and the end of the last
 * @param {number} time
 */
export function meanAt({ x, y, waiting, onCpu, offCpu }, time) {
  const width = x[1] - x[0];
  const bin = Math.min(Math.max(0, Math.floor((time - x[0]) / width)), x.length - 2);
  const at = (/** @type {readonly number[] | null | undefined} */ part) => part?.[bin] ?? 0;
  const parts = { waiting: at(waiting), onCpu: at(onCpu), offCpu: at(offCpu) };
  return { mean: y[bin], width, parts };
}

/**
 * Of a window, those of the lanes of a process.
 * @param {Load} load
 * @param {number} process
 * @param {readonly number[]} lanes of it
 * @param {import("#page/trace/data.js").View} view
 */
export function processLoadIn(load, process, lanes, view) {
  return meansIn(load, load.means[process], load.width, () => lanes, view);
}

/**
 * @param {Measure} measure
 * @param {Float64Array} means of its bins
 * @param {number} own ns of each
 * @param {() => readonly number[]} lanes
 * @param {import("#page/trace/data.js").View} view
 * @returns {Means}
 */
function meansIn(measure, means, own, lanes, view) {
  const perPixel = (view.end - view.start) / view.width;
  const width = 2 ** Math.ceil(Math.log2(LEAST_PX * perPixel));
  const from = Math.floor(view.start / width);
  const count = Math.floor(view.end / width) - from + 1;
  const first = from * width;
  if (width < own) {
    const bins = createBins(first, first + count * width, count);
    for (const lane of lanes()) bins.add(measure.stretches(lane));
    return { first, width, means: bins.means() };
  }
  const ratio = width / own;
  const sums = Float64Array.from({ length: count }, (_, bin) => {
    const begin = Math.max(0, (from + bin) * ratio);
    let sum = 0;
    for (let at = begin; at < Math.min(means.length, (from + bin + 1) * ratio); at += 1) sum += means[at];
    return sum / ratio;
  });
  return { first, width, means: sums };
}
