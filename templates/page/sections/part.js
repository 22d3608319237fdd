// @ts-check
// The part of the run whose figures are shown: the whole run, the time in view, or the selection.
//
// Takes the state, gives the time, its table and its figures. Figures of the whole run come from Rust and are not
// computed here.

import { createBins } from "#page/trace/concurrency.js";
import { atLeast, cpuKnown, sumOf } from "#page/trace/division.js";
import { lowerBound } from "#page/trace/mip.js";
import { ordered } from "#page/trace/order.js";
import { statistics } from "#page/trace/statistics.js";
import { count, duration, percent, ratio } from "#page/trace/units.js";
import { MEANING } from "#page/view/division.js";

/**
 * @typedef {import("#page/view/window.js").Window} Window
 * @typedef {import("#page/trace/statistics.js").Statistics} Statistics
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
    const own = figures(trace, isSummarised ? lanes : table.lanes, busyTime, stretch, Math.max(...means));
    const division = sumOf(table.tasks.map((task) => task.division));
    const instants = trace.points.length > 0 ? [instantsFigure(table.instants)] : [];
    return { statistics: table, figures: [...own, ...workFigures(division, end - start), ...instants] };
  };
}

/**
 * The same of a pair: each side by itself.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {(lane: number) => import("#page/trace/concurrency.js").Union} busy
 */
export function createPairPart({ tasks, sides }, busy) {
  const parts = (sides ?? []).map(({ from, trace }) => createPart(trace, (lane) => busy(from + lane)));
  /**
   * @param {Window} stretch
   * @returns {Generator<void, {statistics: import("#page/sections/table.js").Rows, figures: Figure[]}, void>}
   */
  return function* (stretch) {
    const one = yield* parts[0](stretch);
    const other = yield* parts[1](stretch);
    const row = tasks.map((_, row) => row);
    const length = stretch.end - stretch.start;
    return {
      statistics: { tasks, row, length, sides: [one.statistics, other.statistics] },
      figures: bothFigures(one.figures, other.figures),
    };
  };
}

/** Figures of one name in one place. @param {readonly Figure[]} first @param {readonly Figure[]} second @returns {Figure[]} */
export function bothFigures(first, second) {
  const others = new Map(second.map((figure) => [figure[0], figure]));
  /** @param {Figure} figure @param {string} one @param {string} other @returns {Figure} */
  const joined = ([name, , hint], one, other) => [name, one === other ? one : `${one} → ${other}`, hint];
  const of = first.map((figure) => joined(figure, figure[1], others.get(figure[0])?.[1] ?? "–"));
  const names = new Set(first.map(([name]) => name));
  return [...of, ...second.filter(([name]) => !names.has(name)).map((figure) => joined(figure, "–", figure[1]))];
}

const BINS = 2048;

/**
 * What lanes did, where it is known.
 * @param {import("#page/trace/data.js").Division} division
 * @param {number} length ns of the stretch
 * @returns {Figure[]}
 */
function workFigures(division, length) {
  const { on_cpu_ns, wait_ns } = division;
  const cpus = length > 0 ? `: ${ratio(on_cpu_ns / length)} cores on average` : "";
  /** @type {Figure[]} */
  const figures = [];
  if (cpuKnown(division) > 0) figures.push(["on CPU", atLeast(division) + duration(on_cpu_ns), MEANING.onCpu + cpus]);
  if (wait_ns > 0) figures.push(["waiting", duration(wait_ns), MEANING.waiting]);
  return figures;
}

/** @param {number} instants @returns {Figure} */
function instantsFigure(instants) {
  return ["instants", count(instants), "point events in this time; they belong to no task"];
}

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
  const available = length * trace.laneCount;
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
      "peak concurrency",
      ratio(peak),
      `highest mean number of busy lanes in any ${duration(Math.max(1, length / BINS))}`,
    ],
    ["utilisation", available > 0 ? percent(busyTime / available) : "–", "busy time / (all lanes x length)"],
  ];
}
