// Traces drawn as text, as in the report's own tests: `a(0..10) b(12..12) c(14..)`, one text per track. The task of
// another group is `zip/a(0..10)`, one in a colour of its own `a!(0..10)`, a declared wait `a~(0..10)`, a point
// event `a^(3..3)`, and one of which 4 ns were on a CPU `a(0..10)@4`.

import { createBins, union } from "#page/trace/concurrency.js";
import { complete, outline } from "#page/trace/data.js";
import { search } from "#page/trace/search.js";
import { finished } from "#page/trace/slices.js";

const SPAN = /(?:(\w+)\/)?(\w+)([!~^]?)\((\d+)\.\.(\d*)\)(?:@(\d+))?/g;
/** A division of no time. */
export const NO_TIME = { on_cpu_ns: 0, wait_ns: 0, off_cpu_ns: 0, not_known_ns: 0 };

/**
 * @param {string[][]} lanes the tracks of each
 * @param {number[]} [processes] of each lane
 */
export function drawn(lanes, processes = lanes.map(() => 0)) {
  const names = ["group"];
  /** @type {import("#page/trace/data.js").Data["keys"]} */
  const keys = [];
  let wall = 0;
  /** @param {string} name */
  const nameOf = (name) => {
    if (!names.includes(name)) names.push(name);
    return names.indexOf(name);
  };
  /** @param {number} group @param {number} task @param {string} sign */
  const keyOf = (group, task, sign) => {
    const look = { color: sign === "!" ? "#ff0000" : null, wait: sign === "~", point: sign === "^" };
    const isSame = (/** @type {typeof keys[number]} */ key) => key.color === look.color && key.wait === look.wait && key.point === look.point;
    const known = keys.findIndex((key) => key.group === group && key.task === task && isSame(key));
    return known < 0 ? keys.push({ group, task, ...look }) - 1 : known;
  };
  const spans = lanes.map((tracks) =>
    tracks.map((text) =>
      Array.from(text.matchAll(SPAN), ([, group = "group", task, sign, from, to, cpu]) => {
        const [start, end] = [Number(from), to === "" ? NaN : Number(to)];
        wall = Math.max(wall, start, end || 0);
        return { start, end, key: keyOf(nameOf(group), nameOf(task), sign), cpu: Number(cpu ?? -1) };
      }),
    ),
  );
  const rows = spans.flat().map((track) => rowsOf(track, wall));
  return { data: dataOf(spans, processes, names, keys, wall), rows };
}

/**
 * A track as it is decoded.
 * @param {{start: number, end: number, key: number, cpu: number}[]} spans
 * @param {number} wall
 * @returns {import("#page/trace/data.js").Track}
 */
function rowsOf(spans, wall) {
  const unfinished = spans.findIndex(({ end }) => Number.isNaN(end));
  const instants = spans.flatMap(({ start, end }, span) => (start === end ? [span] : []));
  return {
    start: Float64Array.from(spans, ({ start }) => start),
    end: Float64Array.from(spans, ({ start, end }) => (Number.isNaN(end) ? Math.max(start, wall) : end)),
    key: Int32Array.from(spans, ({ key }) => key),
    cpu: spans.some(({ cpu }) => cpu >= 0) ? Float64Array.from(spans, ({ cpu }) => cpu) : null,
    instants: Int32Array.from(instants),
    unfinished,
  };
}

/**
 * @param {{end: number, cpu: number, key: number}[][][]} lanes
 * @param {number[]} processes
 * @param {string[]} names
 * @param {import("#page/trace/data.js").Data["keys"]} keys
 * @param {number} wall
 * @returns {import("#page/trace/data.js").Data}
 */
function dataOf(lanes, processes, names, keys, wall) {
  return {
    origin_ns: "1795185798123456789",
    wall_ns: wall,
    zone: { name: "UTC", offsets: /** @type {[number, number][]} */ ([[0, 0]]) },
    has_clock: true,
    duration_only: false,
    names,
    keys,
    points: pointsOf(keys, lanes.flat(2)),
    processes: [...new Set(processes)].map((process) => ({
      label: `p${process}`,
      id: `${100 + process}`,
      title: `process ${process}`,
    })),
    lanes: lanes.map((tracks, lane) => ({
      process: processes[lane],
      label: `l${lane}`,
      title: `${lane}.csv`,
      has_spans: tracks.flat().some(({ key }) => !keys[key].point),
      exact: true,
      open_at_once: null,
      division: NO_TIME,
      summarised: false,
      tracks: tracks.map((spans) => ({
        count: spans.length,
        gap: 8,
        duration: 8,
        key: 4,
        cpu: spans.some(({ cpu }) => cpu >= 0) ? 8 : 0,
        open: spans.some(({ end }) => Number.isNaN(end)),
      })),
    })),
    row_chunks: [],
    raster: { first_ns: 0, width_ns: 1, count: 0, key_bytes: 0 },
    concurrency: { first_ns: 0, width_ns: 1, busy_ns: [], wait_ns: [], on_cpu_ns: [], off_cpu_ns: [] },
    counters: [],
    sample_chunks: [],
    counting: [],
    more_counters: 0,
    attributes: [],
    attributes_left_out: 0,
    attributes_short_ns: null,
    more_attributes: 0,
    attributes_command: null,
    tasks: tasksOf(keys),
    ledger: {
      total_ns: lanes.length * wall,
      tasks: [],
      division: NO_TIME,
      idle_before_ns: 0,
      idle_between_ns: 0,
      idle_after_ns: 0,
      unfinished_ns: 0,
      alive_at_once: lanes.length,
    },
    findings: [],
    distributions: [],
    splits: [],
    asked: [],
    more_asked: 0,
    profiles: [],
    more_profiles: 0,
  };
}

/**
 * @param {import("#page/trace/data.js").Data["keys"]} keys
 * @param {{key: number}[]} rows
 */
function pointsOf(keys, rows) {
  const all = keys.map(({ group, task }, key) => ({ group, task, count: rows.filter((row) => row.key === key).length }));
  return all.filter((_, key) => keys[key].point);
}

/**
 * Rows of a table without figures, in the order of the keys.
 * @param {import("#page/trace/data.js").Data["keys"]} keys
 * @returns {import("#page/trace/data.js").Task[]}
 */
function tasksOf(keys) {
  const rows = new Map(keys.filter(({ point }) => !point).map(({ group, task }) => [`${group} ${task}`, { group, task }]));
  return [...rows.values()].map((row) => ({
    ...row,
    count: 0,
    timings: 0,
    unfinished: 0,
    total_ns: 0,
    self_ns: 0,
    exact: true,
    mean_ns: null,
    median_ns: null,
    p95_ns: null,
    max_ns: null,
    exact_quantiles: true,
    division: NO_TIME,
    share: 0,
  }));
}

/** The raster of no bin. */
export const NO_CELLS = { key: new Int32Array(0), share: new Uint8Array(0) };

/** What the report says of a trace without its rows. @param {string[][]} lanes */
export function data(lanes) {
  return drawn(lanes).data;
}

/** @param {string[][]} lanes @param {number[]} [processes] */
export function trace(lanes, processes) {
  const { data, rows } = drawn(lanes, processes);
  return complete(outline(data, NO_CELLS), data, rows, []);
}

/**
 * A trace whose spans have attributes, which are decoded.
 * @param {string[][]} lanes
 * @param {Readonly<Record<string, readonly [number, string][]>>} attributes values of spans by their numbers, ascending
 * @param {number[]} [processes]
 */
export async function attributed(lanes, attributes, processes) {
  const { data, rows } = drawn(lanes, processes);
  const columns = Object.entries(attributes).map(([name, values]) => attribute(name, values));
  data.attributes = columns.map(({ shape }) => shape);
  const known = outline(data, NO_CELLS, async () => columns.map(({ decoded }) => decoded));
  await known.attributes.columns();
  return complete(known, data, rows, []);
}

/**
 * What a query finds, in one go.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {string} query
 */
export function matchOf(trace, query) {
  return finished(search(trace, query, trace.attributes.known() ?? [])).match;
}

/** @param {import("#page/trace/data.js").Trace} trace */
export function tracksOf({ lanes }) {
  return lanes.flatMap(({ tracks }) => tracks);
}

/**
 * Numbers from 0 to 1 that are the same in every run (mulberry32).
 * @param {number} seed
 */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A track of spans, instants among them, with a task of five each; sometimes unfinished at its end.
 * @param {() => number} next
 * @param {number} count
 */
export function randomTrack(next, count) {
  let at = Math.floor(next() * 20);
  const spans = Array.from({ length: count }, (_, index) => {
    const start = at + Math.floor(next() * next() * 60);
    const length = next() < 0.2 ? 0 : Math.floor(next() * next() * 40) + 1;
    at = start + length;
    const open = index === count - 1 && next() < 0.5;
    return `t${Math.floor(next() * 5)}(${start}..${open ? "" : at})`;
  });
  return spans.join(" ");
}

/**
 * @typedef {object} Drawn
 * @property {string} name
 * @property {number} start
 * @property {number} end Infinity for none
 */

/**
 * A track of spans that come in bursts with long pauses between, and a few long ones.
 * @param {() => number} next
 * @param {number} count
 */
export function burstTrack(next, count) {
  let at = 0;
  const spans = Array.from({ length: count }, (_, index) => {
    const start = at + (index % 500 === 0 ? Math.floor(next() * 1e7) : Math.floor(next() * 3));
    const length = index % 700 === 0 ? Math.floor(next() * 1e6) : Math.floor(next() * 4);
    at = start + Math.max(1, length); // no two start together
    return `t${Math.floor(next() * 5)}(${start}..${start + length})`;
  });
  return spans.join(" ");
}

/**
 * A lane's spans in the model's order: by start, the longest first.
 * @param {readonly Drawn[]} spans
 */
export function inOrder(spans) {
  return [...spans].sort(
    (one, other) => one.start - other.start || Number(one.end < other.end) - Number(one.end > other.end),
  );
}

/**
 * The parent of each of a lane's spans in order, by looking at all before it.
 * @param {readonly Drawn[]} spans in the model's order
 */
function parentsOf(spans) {
  return spans.map((span, index) => {
    const holding = spans.flatMap((other, at) => {
      const runs = other.end > span.start || other.start === span.start;
      return at < index && runs && other.end >= span.end && other.end > other.start ? [at] : [];
    });
    return holding.pop() ?? -1;
  });
}

/**
 * A lane's tracks as text, as the report lays them out: each span on the lowest free one under its parent.
 * @param {readonly Drawn[]} spans
 */
export function lane(spans) {
  const sorted = inOrder(spans);
  const parents = parentsOf(sorted);
  /** @type {number[]} */
  const tracks = [];
  sorted.forEach(({ start }, index) => {
    const taken = new Set(
      tracks.filter((_, other) => sorted[other].end > start || sorted[other].start === start),
    );
    let track = parents[index] < 0 ? 0 : tracks[parents[index]] + 1;
    while (taken.has(track)) track += 1;
    tracks.push(track);
  });
  return Array.from({ length: Math.max(-1, ...tracks) + 1 }, (_, track) =>
    sorted
      .filter((_, index) => tracks[index] === track)
      .map(({ name, start, end }) => `${name}(${start}..${end === Infinity ? "" : end})`)
      .join(" "),
  );
}

/**
 * Spans of a lane that nest and cross, equal ones, instants and unfinished ones among them.
 * @param {() => number} next
 * @param {number} count
 * @returns {Drawn[]}
 */
export function randomSpans(next, count) {
  return Array.from({ length: count }, () => {
    const start = Math.floor(next() * 60);
    const kind = next();
    const end = kind < 0.05 ? Infinity : kind < 0.2 ? start : start + Math.floor(next() ** 3 * 50);
    const name = `${next() < 0.3 ? "zip/" : ""}t${Math.floor(next() * 4)}${next() < 0.2 ? "!" : ""}`;
    return { name, start, end };
  });
}

/**
 * @param {readonly {tracks: readonly import("#page/trace/data.js").Track[]}[]} lanes
 * @param {Uint8Array} shownKeys
 * @returns {import("#page/trace/concurrency.js").Union[]}
 */
export function unions(lanes, shownKeys) {
  return lanes.map(({ tracks }) => union(tracks, shownKeys));
}

/**
 * @param {readonly import("#page/trace/concurrency.js").Union[]} lanes
 * @param {number} start
 * @param {number} end
 * @param {number} count of bins
 * @returns {Float64Array} the mean number of busy lanes in each
 */
export function binned(lanes, start, end, count) {
  const bins = createBins(start, end, count);
  lanes.forEach(bins.add);
  return bins.means();
}

/**
 * An attribute: its shape, and what is decoded of it.
 * @param {string} name
 * @param {readonly [number, string][]} values of spans by their numbers, ascending
 */
export function attribute(name, values) {
  const distinct = [...new Set(values.map(([, value]) => value))];
  let end = 0;
  return {
    shape: { name, count: values.length, values: distinct.length, gap: 4, value: 4, length: 4 },
    decoded: {
      span: Uint32Array.from(values, ([span]) => span),
      value: Uint32Array.from(values, ([, value]) => distinct.indexOf(value)),
      text: distinct.join(""),
      ends: Uint32Array.from(distinct, (value) => (end += value.length)),
    },
  };
}
