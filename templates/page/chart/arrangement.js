// @ts-check
// The arrangement: which bands the chart has, and which tracks are in each.
//
// Takes the trace and the reader's choice, gives bands from the top: one per lane, or in PerformancePy's view one
// per task of a lane. A folded process is one band without tracks. The tracks of task bands are made here and
// remember where their spans come from, so every span has the same place in every view. Pure.

import { createHeap } from "#page/trace/heap.js";
import { lowerBound } from "#page/trace/mip.js";
import { mipOf } from "#page/trace/skip.js";
import { joined } from "#page/trace/names.js";
import { ordered } from "#page/trace/order.js";

/**
 * @typedef {import("#page/trace/data.js").Track} Track
 * @typedef {import("#page/view/state.js").Place} Place
 *
 * @typedef {object} Origin for each span of a track: its place in its lane
 * @property {Int32Array} track
 * @property {Int32Array} span
 *
 * @typedef {object} Band
 * @property {number} process
 * @property {number} lane of the trace; of a folded process its first
 * @property {number} task row of the table, in the view by tasks; else -1
 * @property {boolean} isFolded
 * @property {string} label
 * @property {Track[]} tracks
 * @property {Origin[] | null} origins of the tracks; none where they are the lane's own
 *
 * @typedef {object} Arrangement
 * @property {Band[]} bands those of a process are adjacent
 * @property {(place: Place) => {band: number, track: number, span: number} | null} find place of a span in these bands
 */

/**
 * @param {import("#page/trace/data.js").Trace} trace
 */
export function createArrangements(trace) {
  /** @type {Band[][]} of each lane, filled as they are asked for */
  const known = [];
  /** @param {number} lane */
  const taskBandsOf = (lane) => (known[lane] ??= taskBands(trace, lane));

  /**
   * @param {"lanes" | "tasks"} rows
   * @param {ReadonlySet<number>} folded processes
   * @returns {Arrangement}
   */
  const arrangement = (rows, folded) => {
    /** @type {Band[]} */
    const bands = [];
    for (const [process, lanes] of lanesByProcess(trace)) {
      if (folded.has(process)) bands.push(strip(process, lanes));
      else if (rows === "lanes") bands.push(...lanes.map((lane) => laneBand(trace, lane)));
      else bands.push(...labelled(trace, lanes.flatMap(taskBandsOf)));
    }
    const places = new Map(
      bands.map(({ lane, task, isFolded }, index) => [isFolded ? "" : `${lane} ${task}`, index]),
    );
    return {
      bands,
      find(place) {
        const key = trace.lanes[place.lane].tracks[place.track].key[place.span];
        const band = places.get(`${place.lane} ${rows === "lanes" ? -1 : trace.keys[key].row}`);
        return band === undefined ? null : foundIn(bands[band], band, trace, place);
      },
    };
  };

  return {
    arrangement,
    /** Makes what the view by tasks needs, lane by lane, also to be drawn at any zoom. @returns {Generator<void, void, void>} */
    *prepare() {
      for (const lane of trace.lanes.keys()) {
        const bands = taskBandsOf(lane);
        yield;
        for (const track of bands.flatMap(({ tracks }) => tracks)) {
          mipOf(track);
          yield;
        }
      }
    },
  };
}

/**
 * The place in its lane of a span of a band's track.
 * @param {Band} band
 * @param {number} track
 * @param {number} span
 * @returns {Place}
 */
export function placeOf({ lane, origins }, track, span) {
  if (!origins) return { lane, track, span };
  return { lane, track: origins[track].track[span], span: origins[track].span[span] };
}

/**
 * The lanes of each process, in the trace's order.
 * @param {import("#page/trace/data.js").Trace} trace
 */
export function lanesByProcess(trace) {
  /** @type {Map<number, number[]>} */
  const lanes = new Map();
  trace.lanes.forEach(({ process }, lane) => {
    const list = lanes.get(process);
    if (list) list.push(lane);
    else lanes.set(process, [lane]);
  });
  return lanes;
}

/**
 * @param {number} process
 * @param {number[]} lanes
 * @returns {Band}
 */
function strip(process, lanes) {
  const label = `${lanes.length} ${lanes.length === 1 ? "lane" : "lanes"}`;
  return { process, lane: lanes[0], task: -1, isFolded: true, label, tracks: [], origins: null };
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {number} lane
 * @returns {Band}
 */
function laneBand(trace, lane) {
  const { process, label, tracks } = trace.lanes[lane];
  return { process, lane, task: -1, isFolded: false, label, tracks, origins: null };
}

/**
 * The bands of a process, those that started first on top.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {Band[]} bands
 */
function labelled(trace, bands) {
  const groups = new Set(bands.map(({ task }) => trace.tasks[task].group));
  for (const band of bands) band.label = taskLabel(trace, band, groups.size > 1);
  return bands.sort((one, other) => one.tracks[0].start[0] - other.tracks[0].start[0]);
}

/**
 * A band for each task of a lane: its spans sorted by task with one count and one walk.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {number} lane
 */
function taskBands(trace, lane) {
  const { tracks } = trace.lanes[lane];
  const { track, span } = ordered(tracks);
  const taskOf = Int32Array.from(trace.keys, ({ row }) => row);
  const task = new Int32Array(span.length);
  const ends = new Int32Array(trace.tasks.length); // of the task's part of what is sorted
  for (let at = 0; at < span.length; at += 1) {
    task[at] = taskOf[tracks[track[at]].key[span[at]]];
    ends[task[at]] += 1;
  }
  /** @type {number[]} */
  const tasks = [];
  for (let row = 0, sum = 0; row < ends.length; row += 1) {
    if (ends[row] > 0) tasks.push(row);
    sum += ends[row];
    ends[row] = sum - ends[row];
  }
  const sorted = new Int32Array(span.length);
  for (let at = 0; at < span.length; at += 1) sorted[ends[task[at]]++] = at;
  return tasks.map((row, index) => {
    const places = sorted.subarray(index === 0 ? 0 : ends[tasks[index - 1]], ends[row]);
    return taskBand(trace, lane, row, { track: map(places, track), span: map(places, span) });
  });
}

/**
 * @param {Int32Array} places
 * @param {Int32Array} column
 */
function map(places, column) {
  return places.map((at) => column[at]);
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {Band} band
 * @param {boolean} withGroup
 */
function taskLabel(trace, { lane, task }, withGroup) {
  const { group, task: name } = trace.tasks[task];
  const own = withGroup ? `${trace.names[group]} / ${trace.names[name]}` : trace.names[name];
  return joined(own, trace.lanes[lane].label);
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {number} lane
 * @param {number} task
 * @param {Origin} spans of the task, by start
 * @returns {Band}
 */
function taskBand(trace, lane, task, spans) {
  const { process, tracks: source } = trace.lanes[lane];
  const origins = apart(source, spans);
  const tracks = origins.map((origin) => made(source, origin));
  return { process, lane, task, isFolded: false, label: "", tracks, origins };
}

/**
 * Spans on as many tracks as it takes that none overlap: each on the first that is free.
 * @param {readonly Track[]} source
 * @param {Origin} spans by start
 * @returns {Origin[]}
 */
function apart(source, { track, span }) {
  const on = new Int32Array(span.length);
  /** @type {{start: number, end: number, count: number}[]} the last span of each track, and how many it has */
  const lasts = [];
  const free = createHeap((one, other) => one < other);
  const taken = createHeap((one, other) => (lasts[one].end - lasts[other].end || lasts[one].start - lasts[other].start) < 0);
  for (let at = 0; at < span.length; at += 1) {
    const { start, end, unfinished } = source[track[at]];
    const begin = start[span[at]];
    for (let own = taken.first(); own !== undefined; own = taken.first()) {
      // Instants keep tracks of their own.
      if (lasts[own].end > begin || lasts[own].start === begin) break;
      taken.take();
      free.add(own);
    }
    const own = free.take() ?? lasts.push({ start: 0, end: 0, count: 0 }) - 1;
    const last = lasts[own];
    last.start = begin;
    last.end = unfinished === span[at] ? Infinity : end[span[at]];
    last.count += 1;
    taken.add(own);
    on[at] = own;
  }
  if (lasts.length === 1) return [{ track, span }];
  const out = lasts.map(({ count }) => ({ track: new Int32Array(count), span: new Int32Array(count) }));
  const counts = new Int32Array(lasts.length);
  for (let at = 0; at < span.length; at += 1) {
    const index = counts[on[at]]++;
    out[on[at]].track[index] = track[at];
    out[on[at]].span[index] = span[at];
  }
  return out;
}

/**
 * @param {readonly Track[]} source
 * @param {Origin} origin of its spans, in order, none overlapping
 * @returns {Track}
 */
function made(source, { track, span }) {
  const start = new Float64Array(span.length);
  const end = new Float64Array(span.length);
  const key = new Int32Array(span.length);
  /** @type {number[]} */
  const instants = [];
  let unfinished = -1;
  for (let at = 0; at < span.length; at += 1) {
    const own = source[track[at]];
    start[at] = own.start[span[at]];
    end[at] = own.end[span[at]];
    key[at] = own.key[span[at]];
    if (own.unfinished === span[at]) unfinished = at;
    else if (start[at] === end[at]) instants.push(at);
  }
  return { start, end, key, instants: Int32Array.from(instants), unfinished };
}

/**
 * @param {Band} band
 * @param {number} index of the band
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {Place} place
 */
function foundIn({ tracks, origins }, index, trace, place) {
  if (!origins) return { band: index, track: place.track, span: place.span };
  const start = trace.lanes[place.lane].tracks[place.track].start[place.span];
  for (const [track, { track: tracksOf, span: spansOf }] of origins.entries()) {
    const at = lowerBound(tracks[track].start, start);
    if (tracksOf[at] === place.track && spansOf[at] === place.span) return { band: index, track, span: at };
  }
  return null;
}
