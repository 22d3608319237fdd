// @ts-check
// The data as Rust wrote them, and the trace that the page draws from.
//
// `Data` is the shape of `src/data.rs`, which says what each field means. `decode` takes it and gives a
// `Trace`: the columns as typed arrays of absolute starts and ends in ns since the trace's start, the names
// in their display form. What comes out is never changed.

import { shown } from "#page/names.js";

/**
 * @typedef {object} Data
 * @property {string} origin_ns
 * @property {number} wall_ns
 * @property {{name: string, offsets: [number, number][]}} zone
 * @property {boolean} duration_only
 * @property {string[]} names
 * @property {{group: number, task: number, color: string | null}[]} keys
 * @property {Process[]} processes
 * @property {LaneData[]} lanes
 * @property {{first_ns: number, width_ns: number, busy_ns: number[]}} concurrency
 * @property {CounterData[]} counters
 * @property {string[]} counting
 * @property {number} more_counters
 * @property {Task[]} tasks
 * @property {Ledger} ledger
 * @property {Finding[]} findings
 *
 * @typedef {object} Process
 * @property {string} label its groups
 * @property {string} id what tells it apart, never shortened; may be empty
 * @property {string} title
 *
 * @typedef {object} CounterData
 * @property {string} group
 * @property {string} name
 * @property {{process: number, gap: number[], value: number[]}[]} series
 *
 * @typedef {object} LaneData
 * @property {number} process
 * @property {string} label
 * @property {string} title
 * @property {boolean} exact
 * @property {{gap: number[], duration: number[], key: number[]}[]} tracks
 *
 * @typedef {object} Task
 * @property {number} group
 * @property {number} task
 * @property {number} count
 * @property {number} unfinished
 * @property {number} total_ns
 * @property {number} self_ns
 * @property {boolean} exact
 * @property {number | null} mean_ns
 * @property {number | null} median_ns
 * @property {number | null} p95_ns
 * @property {number | null} max_ns
 * @property {number} share
 *
 * @typedef {object} Ledger where lanes x wall time went, in ns
 * @property {number} total_ns
 * @property {{task: number, ns: number}[]} tasks indices into `tasks`, the most time first
 * @property {number} idle_before_ns
 * @property {number} idle_between_ns
 * @property {number} idle_after_ns
 * @property {number} unfinished_ns
 *
 * @typedef {object} Finding what shows a sentence of the page in the chart
 * @property {[number, number]} window ns since the trace's start
 * @property {[number, number] | null} selected
 * @property {[number, number, number] | null} pinned lane, track, span
 */

/**
 * @typedef {object} Track
 * @property {Float64Array} start
 * @property {Float64Array} end that of an unfinished span is the trace's
 * @property {Int32Array} key
 * @property {Int32Array} instants which of them have no length
 * @property {number} unfinished which of them has no end, or -1
 *
 * @typedef {object} Lane
 * @property {number} process
 * @property {string} label
 * @property {string} title
 * @property {boolean} exact
 * @property {Track[]} tracks
 *
 * @typedef {object} Series samples of a process, by time; a value holds until the next one
 * @property {number} process index into `counting`
 * @property {Float64Array} time
 * @property {Float64Array} value
 *
 * @typedef {object} Counter
 * @property {string} group
 * @property {string} name
 * @property {Series[]} series
 *
 * @typedef {object} Key
 * @property {number} group
 * @property {number} task
 * @property {string | null} color the user's own
 * @property {number} row of the table: index into `tasks`
 *
 * @typedef {object} Trace
 * @property {number} wall
 * @property {import("#page/scale.js").Zone} zone
 * @property {boolean} durationOnly
 * @property {string[]} raw names as they were recorded
 * @property {string[]} names in their display form
 * @property {Key[]} keys
 * @property {Process[]} processes
 * @property {Lane[]} lanes
 * @property {{first: number, width: number, busy: number[]}} bins
 * @property {Counter[]} counters those that are drawn
 * @property {string[]} counting what tells the processes apart that count
 * @property {number} moreCounters that are not drawn
 * @property {Task[]} tasks
 * @property {Ledger} ledger
 * @property {Finding[]} findings
 */

/**
 * @param {Data} data
 * @returns {Trace}
 */
export function decode(data) {
  const rows = new Map(data.tasks.map(({ group, task }, row) => [`${group} ${task}`, row]));
  return {
    wall: data.wall_ns,
    zone: { origin: BigInt(data.origin_ns), name: data.zone.name, offsets: data.zone.offsets },
    durationOnly: data.duration_only,
    raw: data.names,
    names: data.names.map(shown),
    keys: data.keys.map((key) => ({ ...key, row: rows.get(`${key.group} ${key.task}`) ?? -1 })),
    processes: data.processes.map(({ label, id, title }) => ({
      label: shown(label),
      id: id ? shown(id) : "",
      title: shown(title),
    })),
    lanes: data.lanes.map((lane) => ({
      process: lane.process,
      label: shown(lane.label),
      title: shown(lane.title),
      exact: lane.exact,
      tracks: lane.tracks.map((track) => decodeTrack(track, data.wall_ns)),
    })),
    bins: {
      first: data.concurrency.first_ns,
      width: data.concurrency.width_ns,
      busy: data.concurrency.busy_ns,
    },
    counters: data.counters.map(({ group, name, series }) => ({
      group: shown(group),
      name: shown(name),
      series: series.map(decodeSeries),
    })),
    counting: data.counting.map(shown),
    moreCounters: data.more_counters,
    tasks: data.tasks,
    ledger: data.ledger,
    findings: data.findings,
  };
}

/**
 * @param {LaneData["tracks"][number]} columns
 * @param {number} wall
 * @returns {Track}
 */
function decodeTrack({ gap, duration, key }, wall) {
  const start = new Float64Array(gap.length);
  const end = new Float64Array(gap.length);
  /** @type {number[]} */
  const instants = [];
  let unfinished = -1;
  let at = 0;
  for (let span = 0; span < gap.length; span += 1) {
    const length = duration[span];
    at += gap[span];
    start[span] = at;
    if (length === 0) instants.push(span);
    if (length < 0) unfinished = span;
    at = length < 0 ? Math.max(at, wall) : at + length;
    end[span] = at;
  }
  return { start, end, key: Int32Array.from(key), instants: Int32Array.from(instants), unfinished };
}

/**
 * @param {CounterData["series"][number]} columns
 * @returns {Series}
 */
function decodeSeries({ process, gap, value }) {
  let at = 0;
  return { process, time: Float64Array.from(gap, (pause) => (at += pause)), value: Float64Array.from(value) };
}

/**
 * The row of the table that a span counts in.
 * @param {Trace} trace
 * @param {import("#page/state.js").Place} place
 */
export function rowOf(trace, { lane, track, span }) {
  return trace.keys[trace.lanes[lane].tracks[track].key[span]].row;
}

/**
 * The first of the span's track that ends at `time` or later: what a window that starts there begins with.
 * @param {Track} track
 * @param {number} time
 */
export function firstEndingFrom(track, time) {
  return lowerBound(track.end, time);
}

/**
 * The first that starts after `time`: where a window that ends there stops.
 * @param {Track} track
 * @param {number} time
 */
export function firstStartingAfter(track, time) {
  let low = 0;
  let high = track.start.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (track.start[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The first index from `from` on whose value is `value` or more.
 * @param {Float64Array} sorted
 * @param {number} value
 * @param {number} [from]
 */
export function lowerBound(sorted, value, from = 0) {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
