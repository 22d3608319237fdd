// What the tests compute by themselves: the rows of records, and the table of a stretch of time by looking at all.
//
// Rows are spans in ns since the trace's start; an end of Infinity is none. The texts are those of the page's own
// units, which have tests of their own.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { count, duration, percent } from "#page/trace/units.js";

import { inOrder } from "../page/helper.js";
import { generated, render, root, scratch, stamp } from "./browser.js";

/**
 * @typedef {object} Row
 * @property {string} lane
 * @property {string} group
 * @property {string} task
 * @property {number} start ns
 * @property {number} end
 * @property {string} [color]
 * @property {number} [cpu] ns
 */

/** The rows of the real run. @returns {Row[]} */
export function realRows() {
  const directory = join(root, "tests/data/performance_py/records");
  const lines = readdirSync(directory).flatMap((name) => readFileSync(join(directory, name), "utf8").split("\n").slice(1));
  const pattern = /^\[(\w+)-p(\d+t\w+)\] (.*),([^,]+),([^,]+),[^,]*,[^,]*$/;
  const rows = lines.flatMap((line) => {
    const [, group, lane, task, start, end] = pattern.exec(line.trim()) ?? [];
    return group ? [{ lane, group, task, start: micros(start), end: micros(end) }] : [];
  });
  const first = Math.min(...rows.map(({ start }) => start));
  return rows.map((row) => ({ ...row, start: (row.start - first) * 1000, end: (row.end - first) * 1000 }));
}

/** @param {string} text `2026-11-20 22:54:51.347682` */
function micros(text) {
  const [second, fraction] = text.split(".");
  return Date.parse(`${second.replace(" ", "T")}Z`) * 1000 + Number(fraction);
}

/**
 * The rows of `generate`.
 * @param {number} rows
 * @param {number} lanes
 * @returns {Row[]}
 */
export function generatedRows(rows, lanes) {
  return Array.from({ length: lanes }, (_, lane) => {
    const length = Math.floor(rows / lanes) + (lane < rows % lanes ? 1 : 0);
    return generated(lane, length).map((row) => ({ ...row, lane: `io-${lane}`, group: "work" }));
  }).flat();
}

/**
 * Renders the page of rows: a file of records for each lane, all of one process.
 * @param {Row[]} rows
 * @param {string[]} options
 */
export function renderRows(rows, ...options) {
  const hasCpu = rows.some(({ cpu }) => cpu !== undefined);
  const directory = scratch();
  [...new Set(rows.map(({ lane }) => lane))].forEach((lane, index) => {
    const lines = rows
      .filter((row) => row.lane === lane)
      .map(({ group, task, start, end, color = "", cpu }) => {
        const row = `${group},${task},${stamp(start)},${end === Infinity ? " ".repeat(35) : stamp(end)},${color}`;
        return `${row}${hasCpu ? `,${cpu === undefined ? "" : `${cpu}ns`}` : ""}\r\n`;
      });
    const name = `host.100-18f32c0000000000.${index}-${lane}.0.csv`;
    writeFileSync(join(directory, name), `group,task,start,end,color${hasCpu ? ",cpu" : ""}\r\n${lines.join("")}`);
  });
  return render(directory, ...options);
}

/**
 * The rows of each lane in the model's order.
 * @param {Row[]} rows
 * @returns {Row[][]}
 */
function lanesOf(rows) {
  const lanes = [...new Set(rows.map(({ lane }) => lane))];
  return lanes.map((lane) => /** @type {any} */ (inOrder(/** @type {any} */ (rows.filter((row) => row.lane === lane)))));
}

/**
 * Whether a row touches a stretch by more than an edge.
 * @param {Row} row
 * @param {{start: number, end: number}} stretch
 */
export function touches({ start, end }, stretch) {
  if (start === end) return stretch.start <= start && start <= stretch.end;
  return end === Infinity ? start <= stretch.end : start < stretch.end && end > stretch.start;
}

/**
 * How much of the time the rows cover, of what lies in the stretch.
 * @param {Row[]} rows
 * @param {{start: number, end: number}} [stretch]
 */
export function covered(rows, stretch = { start: 0, end: Infinity }) {
  let [sum, until] = [0, stretch.start];
  for (const { start, end } of inOrder(/** @type {any} */ (rows))) {
    if (end === Infinity) continue;
    sum += Math.max(0, Math.min(end, stretch.end) - Math.max(start, until));
    until = Math.max(until, Math.min(end, stretch.end));
  }
  return sum;
}

/** The time in which lanes were busy. @param {Row[]} rows @param {{start: number, end: number}} [stretch] */
export function busy(rows, stretch) {
  return lanesOf(rows).reduce((sum, lane) => sum + covered(lane, stretch), 0);
}

/**
 * The rows of the table of a stretch, as the page writes them, in the order of their names.
 * @param {Row[]} rows
 * @param {{start: number, end: number}} stretch
 */
export function table(rows, stretch) {
  /** @type {Map<string, {all: number[], unfinished: number, total: number, self: number, exact: boolean}>} */
  const tasks = new Map();
  for (const lane of lanesOf(rows)) {
    const exact = !lane.some((one) => lane.some((other) => one.start < other.start && other.start < one.end && one.end < other.end));
    lane.forEach((row, index) => {
      if (!touches(row, stretch)) return;
      const name = `${row.group} / ${row.task}`;
      const figures = tasks.get(name) ?? { all: [], unfinished: 0, total: 0, self: 0, exact: true };
      tasks.set(name, figures);
      figures.exact &&= exact;
      if (row.end === Infinity) figures.unfinished += 1;
      else {
        const inner = { start: Math.max(row.start, stretch.start), end: Math.min(row.end, stretch.end) };
        figures.all.push(row.end - row.start);
        figures.total += inner.end - inner.start;
        figures.self += inner.end - inner.start - covered(lane.slice(index + 1), inner);
      }
    });
  }
  const withUnfinished = rows.some(({ end }) => end === Infinity);
  const all = busy(rows, stretch);
  return [...tasks].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, figures]) => texts(name, figures, all, withUnfinished));
}

/**
 * @param {string} name
 * @param {{all: number[], unfinished: number, total: number, self: number, exact: boolean}} figures
 * @param {number} busyTime ns
 * @param {boolean} withUnfinished
 */
function texts(name, { all, unfinished, total, self, exact }, busyTime, withUnfinished) {
  const sorted = [...all].sort((a, b) => a - b);
  const mark = exact ? "" : " *";
  const time = (/** @type {number} */ ns, after = "") => (sorted.length > 0 ? duration(Math.floor(ns)) + after : "–");
  return [
    name,
    count(sorted.length),
    ...(withUnfinished ? [unfinished > 0 ? count(unfinished) : "–"] : []),
    time(total),
    time(self, mark),
    time(sorted.reduce((sum, ns) => sum + ns, 0) / sorted.length),
    time(quantile(sorted, 0.5)),
    time(quantile(sorted, 0.95)),
    time(sorted[sorted.length - 1]),
    percent(busyTime > 0 ? self / busyTime : 0) + mark,
  ];
}

/** Between the closest ranks. @param {number[]} sorted @param {number} part */
function quantile(sorted, part) {
  const at = (sorted.length - 1) * part;
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at - Math.floor(at));
}
