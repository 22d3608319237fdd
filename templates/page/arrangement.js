// @ts-check
// The arrangement: which bands the chart has, and which tracks each.
//
// Takes the trace and what the reader chose, gives bands from the top: a lane each, or PerformancePy's view, a
// band for each task of a lane; folded processes are one band without a track. The tracks of a task's band
// are made here and say where their spans come from, so that every span has one place whatever the view. Pure.

import { lowerBound } from "#page/data.js";
import { joined } from "#page/names.js";

/**
 * @typedef {import("#page/data.js").Track} Track
 * @typedef {import("#page/state.js").Place} Place
 *
 * @typedef {object} Origin per span of a track: where it stands in its lane
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
 * @property {Band[]} bands those of one process stand together
 * @property {(place: Place) => {band: number, track: number, span: number} | null} find where a span stands here
 */

/**
 * @param {import("#page/data.js").Trace} trace
 * @param {"lanes" | "tasks"} rows
 * @param {ReadonlySet<number>} folded processes
 * @returns {Arrangement}
 */
export function arrangement(trace, rows, folded) {
  /** @type {Band[]} */
  const bands = [];
  for (const [process, lanes] of lanesByProcess(trace)) {
    if (folded.has(process)) bands.push(strip(process, lanes));
    else if (rows === "lanes") bands.push(...lanes.map((lane) => laneBand(trace, lane)));
    else bands.push(...taskBands(trace, lanes));
  }
  const known = new Map(
    bands.map(({ lane, task, isFolded }, index) => [isFolded ? "" : `${lane} ${task}`, index]),
  );
  return {
    bands,
    find(place) {
      const key = trace.lanes[place.lane].tracks[place.track].key[place.span];
      const band = known.get(`${place.lane} ${rows === "lanes" ? -1 : trace.keys[key].row}`);
      return band === undefined ? null : foundIn(bands[band], band, trace, place);
    },
  };
}

/**
 * Where the span of a band's track stands in its lane.
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
 * @param {import("#page/data.js").Trace} trace
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
 * @param {import("#page/data.js").Trace} trace
 * @param {number} lane
 * @returns {Band}
 */
function laneBand(trace, lane) {
  const { process, label, tracks } = trace.lanes[lane];
  return { process, lane, task: -1, isFolded: false, label, tracks, origins: null };
}

/**
 * A band for each task of each lane, those that started first on top.
 * @param {import("#page/data.js").Trace} trace
 * @param {number[]} lanes of one process
 */
function taskBands(trace, lanes) {
  const bands = lanes.flatMap((lane) => {
    /** @type {Map<number, Place[]>} */
    const places = new Map();
    trace.lanes[lane].tracks.forEach(({ key }, track) =>
      key.forEach((of, span) => {
        const { row } = trace.keys[of];
        const list = places.get(row);
        if (list) list.push({ lane, track, span });
        else places.set(row, [{ lane, track, span }]);
      }),
    );
    return [...places].map(([task, found]) => taskBand(trace, lane, task, found));
  });
  const groups = new Set(bands.map(({ task }) => trace.tasks[task].group));
  for (const band of bands) band.label = taskLabel(trace, band, groups.size > 1);
  return bands.sort((one, other) => one.tracks[0].start[0] - other.tracks[0].start[0]);
}

/**
 * @param {import("#page/data.js").Trace} trace
 * @param {Band} band
 * @param {boolean} withGroup
 */
function taskLabel(trace, { lane, task }, withGroup) {
  const { group, task: name } = trace.tasks[task];
  const own = withGroup ? `${trace.names[group]} / ${trace.names[name]}` : trace.names[name];
  return joined(own, trace.lanes[lane].label);
}

/**
 * @param {import("#page/data.js").Trace} trace
 * @param {number} lane
 * @param {number} task
 * @param {Place[]} places its spans
 * @returns {Band}
 */
function taskBand(trace, lane, task, places) {
  const { process, tracks: source } = trace.lanes[lane];
  /** @param {Place} place */
  const start = ({ track, span }) => source[track].start[span];
  const ordered =
    places.length > 1 && source.length > 1 ? places.sort((a, b) => start(a) - start(b)) : places;
  /** @type {Place[][]} */
  const tracks = [];
  for (const place of ordered) {
    const free = tracks.find((track) => isFree(source, track[track.length - 1], start(place)));
    if (free) free.push(place);
    else tracks.push([place]);
  }
  return {
    process,
    lane,
    task,
    isFolded: false,
    label: "",
    tracks: tracks.map((track) => made(source, track)),
    origins: tracks.map((track) => ({
      track: Int32Array.from(track, (place) => place.track),
      span: Int32Array.from(track, (place) => place.span),
    })),
  };
}

/**
 * Whether a track whose last span is `last` has room for one that starts at `start`.
 * @param {readonly Track[]} source
 * @param {Place} last
 * @param {number} start
 */
function isFree(source, { track, span }, start) {
  const isOpen = source[track].unfinished === span;
  const isSameMoment = source[track].start[span] === start; // instants keep tracks of their own
  return !isOpen && !isSameMoment && source[track].end[span] <= start;
}

/**
 * @param {readonly Track[]} source
 * @param {readonly Place[]} places in order, none overlapping
 * @returns {Track}
 */
function made(source, places) {
  const start = Float64Array.from(places, ({ track, span }) => source[track].start[span]);
  const end = Float64Array.from(places, ({ track, span }) => source[track].end[span]);
  const key = Int32Array.from(places, ({ track, span }) => source[track].key[span]);
  const unfinished = places.findIndex(({ track, span }) => source[track].unfinished === span);
  const instants = places.flatMap((_, span) =>
    span !== unfinished && start[span] === end[span] ? [span] : [],
  );
  return { start, end, key, instants: Int32Array.from(instants), unfinished };
}

/**
 * @param {Band} band
 * @param {number} index of the band
 * @param {import("#page/data.js").Trace} trace
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
