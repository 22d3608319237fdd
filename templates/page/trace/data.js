// @ts-check
// The data that Rust wrote, and the trace that the page draws.
//
// `Data` has the shape of `src/data.rs`, which describes each field; `src/typedefs.rs` tests it. `outline` turns it
// into a `Trace` without rows, its names in display form: enough to draw before the rows are decoded. `complete` gives
// the whole trace: typed arrays of starts and ends in ns since the trace's start. Neither result ever changes.

import { createAttributes, noChunks } from "#page/trace/attributes.js";
import { lowerBound } from "#page/trace/mip.js";
import { shown } from "#page/trace/names.js";

/**
 * @typedef {object} Data
 * @property {string} origin_ns
 * @property {number} wall_ns
 * @property {{name: string, offsets: [number, number][]}} zone
 * @property {boolean} has_clock
 * @property {boolean} duration_only
 * @property {string[]} names
 * @property {{group: number, task: number, color: string | null, wait: boolean, point: boolean}[]} keys
 * @property {Points[]} points by name, the most frequent first
 * @property {Process[]} processes
 * @property {LaneData[]} lanes
 * @property {number[]} row_chunks how many tracks each holds
 * @property {{first_ns: number, width_ns: number, count: number, key_bytes: number}} raster
 * @property {{first_ns: number, width_ns: number, busy_ns: number[], wait_ns: number[], on_cpu_ns: number[], off_cpu_ns: number[]}} concurrency
 * @property {CounterData[]} counters
 * @property {number[]} sample_chunks how many series each holds
 * @property {string[]} counting
 * @property {number} more_counters
 * @property {import("#page/trace/decode.js").AttributeShape[]} attributes
 * @property {number} attributes_left_out of how many spans
 * @property {number | null} attributes_short_ns how long the longest of these is
 * @property {number} more_attributes names that are not on the page
 * @property {string | null} attributes_command begins the one that prints those of a span; null where there is none
 * @property {Task[]} tasks
 * @property {Ledger} ledger
 * @property {Finding[]} findings
 * @property {Distribution[]} distributions of the first tasks and of those in `asked`
 * @property {Split[]} splits of these tasks, by the values of each attribute
 * @property {number[]} asked tasks that the page was made for
 * @property {number} more_asked
 * @property {Profile[]} profiles functions with the weights of stacks that have no times
 * @property {number} more_profiles that are not on the page
 *
 * @typedef {object} Profile
 * @property {string} source the file
 * @property {string} name in the file; may be empty
 * @property {string} unit of all weights: `nanoseconds`, `bytes` or `none`
 * @property {number} stacks
 * @property {number} total weight of all stacks
 * @property {{name: string, own: number, own_share: number, total: number, total_share: number}[]} functions by `own`, the
 *   greatest first; shares are of the weight of all stacks
 * @property {number} more functions that are not on the page
 *
 * @typedef {object} Distribution of the durations of a task
 * @property {number} task index into `tasks`
 * @property {number | null} sd_ns
 * @property {number | null} min_ns
 * @property {number | null} p99_ns
 * @property {number[]} quantiles_ns ascending: all durations or equally spaced ones
 * @property {Slow[]} slowest spans
 * @property {boolean} may_lack whether slower spans may be missing
 *
 * @typedef {object} Slow one of the slowest spans
 * @property {[number, number, number]} place lane, track, span
 * @property {number} start_ns
 * @property {number} duration_ns
 * @property {{name: string, value: string, cut: boolean}[]} attributes the first ones; `cut` if a value has more
 *   characters
 * @property {number} more_attributes how many others it has
 *
 * @typedef {object} Split of a task's spans by an attribute: rows, others and those without it sum to the task
 * @property {number} task index into `tasks`
 * @property {string} name of the attribute
 * @property {number | null} values how many distinct ones; null if more than `more_than`
 * @property {number | null} more_than
 * @property {boolean} by_total whether values are by total, not by self time
 * @property {(Part & {value: string | null, cut: boolean, from: number | null, to: number | null})[]} rows of values, or of
 *   ranges; `cut` if a value has more characters
 * @property {Part | null} others the spans with a value that has no row
 * @property {Part | null} without the attribute
 * @property {boolean} may_lack whether `without` counts spans whose attributes are not known
 *
 * @typedef {object} Part of a task's spans
 * @property {number} count
 * @property {number} unfinished
 * @property {number} total_ns
 * @property {number} self_ns
 * @property {number | null} mean_ns
 * @property {number | null} median_ns
 * @property {number | null} p95_ns
 * @property {number | null} max_ns
 * @property {boolean} exact_quantiles
 *
 * @typedef {object} Process
 * @property {string} label its groups
 * @property {string} id its pid, perhaps with its host; never shortened; may be empty
 * @property {string} title
 *
 * @typedef {object} CounterData
 * @property {string} group
 * @property {string} name
 * @property {(import("#page/trace/decode.js").SeriesShape & {process: number})[]} series
 *
 * @typedef {object} LaneData
 * @property {number} process
 * @property {string} label
 * @property {string} title
 * @property {boolean} has_spans else it has point events alone
 * @property {boolean} exact
 * @property {number | null} open_at_once
 * @property {Division} division
 * @property {boolean} summarised
 * @property {import("#page/trace/decode.js").TrackShape[]} tracks
 *
 * @typedef {object} Task
 * @property {number} group
 * @property {number} task
 * @property {number} count
 * @property {number} timings how many of these are durations without a moment
 * @property {number} unfinished
 * @property {number} total_ns
 * @property {number} self_ns
 * @property {boolean} exact
 * @property {number | null} mean_ns
 * @property {number | null} median_ns
 * @property {number | null} p95_ns
 * @property {number | null} max_ns
 * @property {boolean} exact_quantiles whether median and p95 are; else they are at most 0.4 % off
 * @property {Division} division of `self_ns`
 * @property {number} share
 *
 * @typedef {object} Points point events, instants, of one name; they belong to no task
 * @property {number} group
 * @property {number} task their name
 * @property {number} count
 *
 * @typedef {object} Division of busy time, in ns: the parts sum to it
 * @property {number} on_cpu_ns
 * @property {number} wait_ns in declared waits
 * @property {number} off_cpu_ns neither
 * @property {number} not_known_ns
 *
 * @typedef {object} Ledger where lanes x wall time went, in ns
 * @property {number} total_ns
 * @property {{task: number, ns: number}[]} tasks indices into `tasks`, the most time first; without declared waits
 * @property {Division} division of the busy time
 * @property {number} idle_before_ns
 * @property {number} idle_between_ns
 * @property {number} idle_after_ns
 * @property {number} unfinished_ns
 * @property {number} alive_at_once the most lanes between their first start and last end at one time
 *
 * @typedef {object} Finding what shows a sentence of the page in the chart
 * @property {[number, number]} window ns since the trace's start
 * @property {[number, number] | null} selected
 * @property {[number, number, number] | null} pinned lane, track, span
 */

/**
 * @typedef {object} Window a stretch of time, ns since the trace's start
 * @property {number} start
 * @property {number} end
 *
 * @typedef {object} View what is seen of it
 * @property {number} start ns at the left edge
 * @property {number} end ns at the right edge
 * @property {number} width px
 *
 * @typedef {object} Place of a span: indices of its lane, of the lane's track, of the track's span
 * @property {number} lane
 * @property {number} track
 * @property {number} span
 *
 * @typedef {import("#page/trace/decode.js").Rows} Track
 * @typedef {Track & {count: number}} LaneTrack of a lane: how many spans it has is known before they are
 *
 * @typedef {object} Raster what a lane did in bins of equal width
 * @property {number} first ns since the trace's start, where the first bin begins
 * @property {number} width ns
 * @property {Int32Array} key per bin the one that had most of it, plus 1; 0 for idle
 * @property {Uint8Array} share per bin how busy the lane was, 1 to 255; 0 for idle
 *
 * @typedef {object} Lane
 * @property {number} process
 * @property {string} label
 * @property {string} title
 * @property {boolean} exact whether no two spans overlap without nesting
 * @property {number | null} openAtOnce the most spans that were, where they do
 * @property {boolean} isSummarised whether the tracks contain only its longest spans
 * @property {Division} division of its busy time
 * @property {Raster} raster
 * @property {LaneTrack[]} tracks
 *
 * @typedef {import("#page/trace/decode.js").Samples & {process: number}} Series of a process, an index into `counting`
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
 * @property {boolean} wait whether its spans are declared waits
 * @property {boolean} point whether it is of point events, which are no spans
 * @property {number} [side] of a pair that it is of
 * @property {number} row index into `subjects`: of spans the row of the table
 *
 * @typedef {object} Side one of two runs that are drawn together
 * @property {string} label
 * @property {string} about which of its runs it is; may be empty
 * @property {number} from its first lane
 * @property {number} to behind its last
 * @property {number} process the one that stands for it
 * @property {Trace} trace of its lanes alone; its tasks are those of both sides, in their order
 *
 * @typedef {object} Trace
 * @property {number} wall
 * @property {import("#page/trace/scale.js").Zone} zone
 * @property {boolean} hasClock whether clock times are known
 * @property {boolean} durationOnly
 * @property {string[]} raw names as they were recorded
 * @property {string[]} names in their display form
 * @property {Key[]} keys
 * @property {number} twin how far behind each key its twin is (`twins.js`); 0 where spans of a key cannot differ
 * @property {(Process & {side?: number, isSide?: boolean})[]} processes of a pair each with its side; one that stands for a
 *   side has no lane
 * @property {Side[] | null} sides of a pair (`pair.js`); null for a single run
 * @property {boolean} hasRows whether spans and samples are there; else its lanes are known by their summaries alone
 * @property {Lane[]} lanes
 * @property {{first: number, width: number, busy: number[], waiting: number[], onCpu: number[], offCpu: number[]}} bins
 *   ns in each; the last three are empty where there is none
 * @property {number} laneCount how many have a span: those that figures count
 * @property {boolean} hasWaits whether any span is a declared wait
 * @property {boolean} hasCpu whether the CPU time of any span is known
 * @property {Counter[]} counters those that are drawn
 * @property {string[]} counting names of the processes that have counters
 * @property {number[] | null} countingSides of a pair the side of each of them
 * @property {number} moreCounters that are not drawn
 * @property {import("#page/trace/attributes.js").Attributes} attributes of the spans
 * @property {Task[]} tasks
 * @property {Points[]} points by name
 * @property {readonly {group: number, task: number}[]} subjects what a row of a track may be of: the tasks, then the names of
 *   point events
 * @property {Ledger} ledger
 * @property {Finding[]} findings
 * @property {(Distribution & {side?: number})[]} distributions of the first tasks and of those in `asked`
 * @property {Split[]} splits of these tasks, by the values of each attribute
 * @property {number[]} asked tasks that the page was made for
 * @property {number} moreAsked
 * @property {Profile[]} profiles
 * @property {number} moreProfiles that are not on the page
 * @property {string | null} run by which an address chooses what is drawn; null where the page opens with it
 */

/** A track whose rows are not there yet. @type {Track} */
const NO_ROWS = {
  start: new Float64Array(0),
  end: new Float64Array(0),
  key: new Int32Array(0),
  instants: new Int32Array(0),
  unfinished: -1,
};

/** @type {import("#page/trace/decode.js").Samples} */
const NO_SAMPLES = { time: new Float64Array(0), value: new Float64Array(0) };

/**
 * @param {Data} data
 * @param {{key: Int32Array, share: Uint8Array}} cells of the rasters of all lanes
 * @param {import("#page/trace/attributes.js").Load} [load] the attributes, when they are first needed
 * @param {string | null} [run] by which an address chooses it
 * @returns {Trace} without rows and samples: each lane has only a summary
 */
export function outline(data, cells, load = noChunks, run = null) {
  const subjects = [...data.tasks, ...data.points];
  const nameOf = (/** @type {{group: number, task: number}} */ of, /** @type {boolean} */ isPoint) =>
    `${isPoint} ${of.group} ${of.task}`;
  const rows = new Map(subjects.map((of, row) => [nameOf(of, row >= data.tasks.length), row]));
  const keys = data.keys.map((key) => ({ ...key, row: rows.get(nameOf(key, key.point)) ?? -1 }));
  const hasCpu = isAnyKnown(data);
  const hasTwins = data.attributes.length > 0 || hasCpu;
  return {
    wall: data.wall_ns,
    hasRows: false,
    hasClock: data.has_clock,
    zone: { origin: BigInt(data.origin_ns), name: data.zone.name, offsets: data.zone.offsets },
    durationOnly: data.duration_only,
    raw: data.names,
    names: data.names.map(shown),
    keys: hasTwins ? keys.concat(keys) : keys,
    twin: hasTwins ? keys.length : 0,
    sides: null,
    processes: data.processes.map(({ label, id, title }) => ({
      label: shown(label),
      id: id ? shown(id) : "",
      title: shown(title),
    })),
    lanes: data.lanes.map((lane, index) => ({
      process: lane.process,
      label: shown(lane.label),
      title: shown(lane.title),
      exact: lane.exact,
      openAtOnce: lane.open_at_once,
      isSummarised: true,
      division: lane.division,
      raster: rasterOf(data.raster, cells, index),
      tracks: lane.tracks.map(({ count }) => ({ ...NO_ROWS, count })),
    })),
    bins: {
      first: data.concurrency.first_ns,
      width: data.concurrency.width_ns,
      busy: data.concurrency.busy_ns,
      waiting: data.concurrency.wait_ns,
      onCpu: data.concurrency.on_cpu_ns,
      offCpu: data.concurrency.off_cpu_ns,
    },
    laneCount: data.lanes.filter((lane) => lane.has_spans).length,
    hasWaits: data.keys.some(({ wait }) => wait),
    hasCpu,
    counters: data.counters.map(({ group, name, series }) => ({
      group: group === "" ? "" : shown(group),
      name: shown(name),
      series: series.map(({ process }) => ({ ...NO_SAMPLES, process })),
    })),
    counting: data.counting.map(shown),
    countingSides: null,
    moreCounters: data.more_counters,
    attributes: createAttributes(data, load),
    tasks: data.tasks,
    points: data.points,
    subjects,
    ledger: data.ledger,
    findings: data.findings,
    distributions: data.distributions,
    splits: data.splits,
    asked: data.asked,
    moreAsked: data.more_asked,
    profiles: data.profiles,
    moreProfiles: data.more_profiles,
    run,
  };
}

/**
 * Whether a task has timings alone: durations without a moment, which are no part of a lane's time.
 * @param {Pick<Task, "count" | "unfinished" | "timings">} task
 */
export function hasNoSpan({ count, unfinished, timings }) {
  return timings > 0 && timings === count && unfinished === 0;
}

/**
 * Whether the CPU time of any span is known: of one that the page has, or of one that it summarises.
 * @param {Data} data
 */
function isAnyKnown({ lanes, ledger: { division } }) {
  if (division.on_cpu_ns + division.off_cpu_ns > 0) return true;
  return lanes.some(({ tracks }) => tracks.some(({ cpu }) => cpu > 0));
}

/**
 * @param {Data["raster"]} shape
 * @param {{key: Int32Array, share: Uint8Array}} cells
 * @param {number} lane
 * @returns {Raster}
 */
function rasterOf({ first_ns, width_ns, count }, { key, share }, lane) {
  const [from, to] = [lane * count, (lane + 1) * count];
  return { first: first_ns, width: width_ns, key: key.subarray(from, to), share: share.subarray(from, to) };
}

/**
 * @param {Trace} trace the outline of the data
 * @param {Data} data
 * @param {readonly Track[]} rows of all tracks, lane after lane
 * @param {readonly import("#page/trace/decode.js").Samples[]} samples of all series, counter after counter
 * @returns {Trace}
 */
export function complete(trace, data, rows, samples) {
  const [row, sample] = [rows.values(), samples.values()];
  return {
    ...trace,
    hasRows: true,
    lanes: trace.lanes.map((lane, index) => ({
      ...lane,
      isSummarised: data.lanes[index].summarised,
      tracks: lane.tracks.map((track) => ({ ...track, ...row.next().value })),
    })),
    counters: trace.counters.map((counter) => ({
      ...counter,
      series: counter.series.map((series) => ({ ...series, ...sample.next().value })),
    })),
  };
}

/**
 * What a task, or a name of point events, is called: its group, if it has one, and its name.
 * @param {Pick<Trace, "raw" | "names">} trace
 * @param {{group: number, task: number}} of
 * @returns {string[]}
 */
export function namesOf({ raw, names }, { group, task }) {
  return raw[group] === "" ? [names[task]] : [names[group], names[task]];
}

/**
 * The row of the table that a span counts in; of a point event one behind the table's.
 * @param {Trace} trace
 * @param {import("#page/trace/data.js").Place} place
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
