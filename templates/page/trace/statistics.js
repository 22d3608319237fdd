// @ts-check
// Figures per (group, task) for a stretch of time.
//
// Takes the trace, the order of its lanes' spans and a stretch; gives the rows of the table. For the whole run they
// equal those of Rust's `statistics`, to the nanosecond. Times (total, self, busy) count only what is inside the
// stretch, and self times sum to the busy time, divided as `division.js` has it; mean, quantiles and max cover whole
// spans. Unfinished spans are counted, and no other figure includes them; so are point events, which are no spans. Looks
// only at spans that touch the stretch, found by binary search. Pure.

import { knownIn } from "#page/trace/cpu.js";
import { eachKnown } from "#page/trace/division.js";
import { innermost } from "#page/trace/innermost.js";
import { lowerBound } from "#page/trace/mip.js";
import { positionOf } from "#page/trace/order.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Track} Track
 * @typedef {import("#page/trace/data.js").Task} Task
 * @typedef {import("#page/trace/order.js").Order} Order
 * @typedef {import("#page/trace/data.js").Window} Window
 *
 * @typedef {object} Statistics
 * @property {Task[]} tasks by self time, the largest first; then by total, then by name
 * @property {number[]} row of each in the trace's table
 * @property {number} length ns of the stretch
 * @property {number} busy ns, of all lanes
 * @property {number} lanes with a finished span in the stretch
 * @property {number} spans that touch it, unfinished ones among them
 * @property {number} unfinished
 * @property {number} instants point events in it
 *
 * @typedef {object} Row a task in the making
 * @property {number} unfinished
 * @property {boolean} exact
 * @property {Sum} total
 * @property {Sum} self
 * @property {Sum} wait
 * @property {Sum} onCpu
 * @property {Sum} offCpu
 * @property {number[]} durations
 *
 * @typedef {{high: bigint, low: number}} Sum of whole numbers; exact also beyond 2^53
 */

/**
 * Lane by lane, then task by task.
 * @param {Trace} trace
 * @param {(lane: number) => Order} orderOf
 * @param {Window} stretch
 * @returns {Generator<void, Statistics, void>}
 */
export function* statistics(trace, orderOf, stretch) {
  /** @type {Map<number, Row>} */
  const rows = new Map();
  const busy = sum();
  let [lanes, spans, instants] = [0, 0, 0];
  const isPoint = Uint8Array.from(trace.keys, ({ point }) => Number(point));
  for (const [index, lane] of trace.lanes.entries()) {
    const order = orderOf(index);
    yield;
    const all = touching(lane.tracks, order, stretch);
    const isSpan = (/** @type {number} */ at) => isPoint[lane.tracks[order.track[at]].key[order.span[at]]] === 0;
    const positions = trace.points.length === 0 ? all : all.filter(isSpan);
    spans += positions.length;
    instants += all.length - positions.length;
    if (addLane(rows, busy, trace, lane, order, positions, stretch)) lanes += 1;
    yield;
  }
  const sorted = [...rows]
    .map(([row, figures]) => ({ row, figures, total: result(figures.total), self: result(figures.self) }))
    .sort((one, other) => {
      const apart = other.self - one.self || other.total - one.total;
      return Number(apart) || byName(trace, trace.tasks[one.row], trace.tasks[other.row]);
    });
  const tasks = [];
  for (const { row, figures } of sorted) {
    tasks.push(figuresOf(trace.tasks[row], figures, Number(result(busy))));
    yield;
  }
  return {
    tasks,
    row: sorted.map(({ row }) => row),
    length: stretch.end - stretch.start,
    busy: Number(result(busy)),
    lanes,
    spans,
    unfinished: sorted.reduce((count, { figures }) => count + figures.unfinished, 0),
    instants,
  };
}

/**
 * Whether a span has a part in the stretch that is more than an edge, or its instant, or has begun by its end
 * and was never ended.
 * @param {Track} track
 * @param {number} span
 * @param {Window} stretch
 */
export function touches({ start, end, unfinished }, span, stretch) {
  if (span === unfinished) return start[span] <= stretch.end;
  if (start[span] === end[span]) return stretch.start <= start[span] && start[span] <= stretch.end;
  return start[span] < stretch.end && end[span] > stretch.start;
}

/**
 * The positions of the lane's spans that touch the stretch, ascending. Of those that began before it, there
 * is one a track at most.
 * @param {readonly Track[]} tracks
 * @param {Order} order
 * @param {Window} stretch
 * @returns {Int32Array}
 */
function touching(tracks, order, stretch) {
  const { track, span } = order;
  const positions = tracks.flatMap((own, index) => {
    const last = lowerBound(own.start, stretch.start) - 1;
    return last >= 0 && touches(own, last, stretch) ? [positionOf(tracks, order, index, last)] : [];
  });
  positions.sort((one, other) => one - other);
  const first = firstStartingAt(tracks, order, stretch.start);
  const out = new Int32Array(positions.length + span.length - first);
  out.set(positions);
  let count = positions.length;
  for (let position = first; position < span.length; position += 1) {
    const own = tracks[track[position]];
    if (own.start[span[position]] > stretch.end) break;
    if (touches(own, span[position], stretch)) out[count++] = position;
  }
  return out.subarray(0, count);
}

/**
 * @param {readonly Track[]} tracks
 * @param {Order} order
 * @param {number} time
 */
function firstStartingAt(tracks, { track, span }, time) {
  let low = 0;
  let high = span.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (tracks[track[middle]].start[span[middle]] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Adds the spans at the positions to the rows and to the busy time; whether any of them is finished.
 * @param {Map<number, Row>} rows
 * @param {Sum} busy
 * @param {Trace} trace
 * @param {import("#page/trace/data.js").Lane} lane
 * @param {Order} order
 * @param {Int32Array} positions
 * @param {Window} stretch
 */
function addLane(rows, busy, trace, { tracks, exact }, order, positions, stretch) {
  const [from, to] = [Math.floor(stretch.start), Math.ceil(stretch.end)]; // sums are of whole nanoseconds
  const { track, span } = order;
  let any = false;
  /** @param {number} position */
  const rowAt = (position) => rowOf(rows, trace.keys[tracks[track[position]].key[span[position]]].row);
  for (const position of positions) {
    const { start, end, unfinished } = tracks[track[position]];
    const own = span[position];
    const row = rowAt(position);
    row.exact &&= exact;
    if (own === unfinished) {
      row.unfinished += 1;
      continue;
    }
    any = true;
    row.durations.push(end[own] - start[own]);
    add(row.total, Math.min(end[own], to) - Math.max(start[own], from));
  }
  innermost(tracks, order, positions, (position, begin, stop) => {
    const inside = Math.min(stop, to) - Math.max(begin, from);
    if (inside <= 0) return;
    const key = trace.keys[tracks[track[position]].key[span[position]]];
    const row = rowOf(rows, key.row);
    add(row.self, inside);
    if (key.wait) add(row.wait, inside);
    add(busy, inside);
  });
  eachKnown(knownIn(tracks, trace.keys, () => order), from, to, (key, length, cpu) => {
    const row = rowOf(rows, trace.keys[key].row);
    add(row.onCpu, cpu);
    add(row.offCpu, length - cpu);
  });
  return any;
}

/**
 * @param {Map<number, Row>} rows
 * @param {number} row
 */
function rowOf(rows, row) {
  const known = rows.get(row);
  if (known) return known;
  /** @type {Row} */
  const empty = { unfinished: 0, exact: true, total: sum(), self: sum(), wait: sum(), onCpu: sum(), offCpu: sum(), durations: [] };
  rows.set(row, empty);
  return empty;
}

/**
 * @param {Task} task
 * @param {Row} row
 * @param {number} busy
 * @returns {Task}
 */
function figuresOf({ group, task }, row, busy) {
  const durations = new Float64Array(row.durations);
  const count = durations.length;
  const whole = sum();
  let longest = 0;
  for (let at = 0; at < count; at += 1) {
    add(whole, durations[at]);
    longest = Math.max(longest, durations[at]);
  }
  const self = Number(result(row.self));
  const [wait, onCpu, offCpu] = [result(row.wait), result(row.onCpu), result(row.offCpu)];
  return {
    group,
    task,
    count,
    timings: 0,
    unfinished: row.unfinished,
    total_ns: Number(result(row.total)),
    self_ns: self,
    exact: row.exact,
    mean_ns: count > 0 ? Number(result(whole) / BigInt(count)) : null,
    median_ns: count > 0 ? quantile(durations, 50) : null,
    p95_ns: count > 0 ? quantile(durations, 95) : null,
    max_ns: count > 0 ? longest : null,
    exact_quantiles: true,
    division: {
      on_cpu_ns: Number(onCpu),
      wait_ns: Number(wait),
      off_cpu_ns: Number(offCpu),
      not_known_ns: Number(result(row.self) - wait - onCpu - offCpu),
    },
    share: busy > 0 ? self / busy : 0,
  };
}

/**
 * The percentile of values: by linear interpolation between the closest ranks, rounded down.
 * @param {Float64Array} values not empty; put into another order
 * @param {number} percent
 */
export function quantile(values, percent) {
  const position = (values.length - 1) * percent;
  const rank = Math.floor(position / 100);
  select(values, rank);
  const low = values[rank];
  let high = Infinity; // the smallest of those behind
  for (let at = rank + 1; at < values.length; at += 1) high = Math.min(high, values[at]);
  if (high === Infinity) return low;
  return low + Number((BigInt(high - low) * BigInt(position % 100)) / 100n);
}

/**
 * Puts values so that the one of a rank stands in its place, none greater before it and none less behind: Hoare's
 * selection, which on average looks at each value three times where sorting looks at it twenty times.
 * @param {Float64Array} values
 * @param {number} rank
 */
function select(values, rank) {
  let [first, last] = [0, values.length - 1];
  while (first < last) {
    const pivot = median(values[first], values[(first + last) >>> 1], values[last]);
    let [low, high] = [first, last];
    while (low <= high) {
      while (values[low] < pivot) low += 1;
      while (values[high] > pivot) high -= 1;
      if (low > high) break;
      [values[low], values[high]] = [values[high], values[low]];
      low += 1;
      high -= 1;
    }
    if (rank <= high) last = high;
    else if (rank >= low) first = low;
    else return;
  }
}

/**
 * @param {number} one
 * @param {number} two
 * @param {number} three
 */
function median(one, two, three) {
  return Math.max(Math.min(one, two), Math.min(Math.max(one, two), three));
}

/**
 * @param {Trace} trace
 * @param {Task} one
 * @param {Task} other
 */
function byName({ raw }, one, other) {
  return compared(raw[one.group], raw[other.group]) || compared(raw[one.task], raw[other.task]);
}

/**
 * By code points, as Rust compares text.
 * @param {string} one
 * @param {string} other
 */
function compared(one, other) {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return (one.codePointAt(at) ?? -1) - (other.codePointAt(at) ?? -1);
}

/** @returns {Sum} */
function sum() {
  return { high: 0n, low: 0 };
}

/**
 * @param {Sum} sum
 * @param {number} value
 */
function add(sum, value) {
  if (Math.abs(sum.low + value) > Number.MAX_SAFE_INTEGER) {
    sum.high += BigInt(sum.low);
    sum.low = 0;
  }
  sum.low += value;
}

/** @param {Sum} sum */
function result({ high, low }) {
  return high + BigInt(low);
}
