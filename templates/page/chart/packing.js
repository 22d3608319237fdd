// @ts-check
// Packing: the spans of a task, from all lanes, on as few tracks as it takes that none overlap; point events of a name
// on one track.
//
// Takes the tracks of all lanes, sorts their spans by task with one count and one walk, and gives tracks of any part
// of a task; each remembers where its spans come from. The parts are merged by start as they are packed, so the work
// is n log n and needs little more memory than the result. It pauses now and then (`slices.js`). Pure.

import { createHeap } from "#page/trace/heap.js";

/**
 * @typedef {import("#page/trace/data.js").Track} Track
 *
 * @typedef {object} Source a track of a lane
 * @property {number} lane
 * @property {number} track
 * @property {Track} spans
 *
 * @typedef {object} Origin for each span of a track: where it is in its lane
 * @property {readonly Source[]} sources of the whole trace
 * @property {Int32Array} source index into them
 * @property {Int32Array} span index in the source
 *
 * @typedef {object} Run spans of one task in one source, in its order
 * @property {number} source
 * @property {number} from index into `spans`
 * @property {number} to behind the last
 *
 * @typedef {object} Sorted
 * @property {Int32Array} spans indices in their sources, task after task
 * @property {Run[][]} runs of each task
 */

/** Spans that are looked at between two pauses. */
const PAUSE = 1 << 14;

/** @param {import("#page/trace/data.js").Trace} trace @returns {Source[]} the tracks of all lanes */
export function sourcesOf({ lanes }) {
  return lanes.flatMap(({ tracks }, lane) => tracks.map((spans, track) => ({ lane, track, spans })));
}

/**
 * @param {readonly Source[]} sources
 * @param {Int32Array} taskOf each key
 * @param {number} tasks how many there are
 * @returns {Generator<void, Sorted, void>}
 */
export function* sortedByTask(sources, taskOf, tasks) {
  const next = new Int32Array(tasks + 1); // of each task the place of its next span
  for (const { key } of sources.map(({ spans }) => spans)) {
    for (let span = 0; span < key.length; span += 1) next[taskOf[key[span]] + 1] += 1;
    yield;
  }
  for (let task = 0; task < tasks; task += 1) next[task + 1] += next[task];
  const spans = new Int32Array(next[tasks]);
  /** @type {Run[][]} */
  const runs = Array.from({ length: tasks }, () => []);
  for (const [source, { spans: { key } }] of sources.entries()) {
    for (let span = 0; span < key.length; span += 1) {
      const task = taskOf[key[span]];
      const own = runs[task];
      if (own[own.length - 1]?.source !== source) own.push({ source, from: next[task], to: 0 });
      spans[next[task]++] = span;
      own[own.length - 1].to = next[task];
      if (span % PAUSE === 0) yield;
    }
  }
  return { spans, runs };
}

/**
 * @param {readonly Source[]} sources
 * @param {Int32Array} spans
 * @param {readonly Run[]} runs
 * @param {boolean} [arePoints] whether all are point events, which may share a moment of a track
 * @returns {Generator<void, {tracks: Track[], origins: Origin[]}, void>}
 */
export function* packed(sources, spans, runs, arePoints = false) {
  const count = runs.reduce((sum, { from, to }) => sum + to - from, 0);
  const all = { source: new Int32Array(count), span: new Int32Array(count), on: new Int32Array(count) };
  const next = runs.map(({ from }) => from);
  const heads = createHeap(); // the next span of each run, by start
  runs.forEach(({ source, from }, run) => heads.add(run, sources[source].spans.start[spans[from]]));
  const put = arePoints ? () => 0 : createTracks();
  for (let at = 0; at < count; at += 1) {
    const run = heads.first();
    const { source, to } = runs[run];
    const { start, end, unfinished } = sources[source].spans;
    const span = spans[next[run]++];
    if (next[run] === to) heads.take();
    else heads.replace(run, start[spans[next[run]]]);
    all.source[at] = source;
    all.span[at] = span;
    all.on[at] = put(start[span], span === unfinished ? Infinity : end[span]);
    if (at % PAUSE === 0) yield;
  }
  const origins = yield* byTrack(sources, all);
  const isCpuKnown = sources.some(({ spans }) => spans.cpu);
  /** @type {Track[]} */
  const tracks = [];
  for (const origin of origins) {
    tracks.push(made(origin, isCpuKnown));
    yield;
  }
  return { tracks, origins };
}

/**
 * What puts spans, which come by start, on the first track that is free.
 * @returns {(start: number, end: number) => number} the track
 */
function createTracks() {
  let count = 0;
  const free = createHeap();
  const taken = createHeap(); // by when they are free
  return (start, end) => {
    while (taken.least() <= start) {
      const track = taken.take();
      free.add(track, track);
    }
    const track = free.first() < 0 ? count++ : free.take();
    taken.add(track, Math.max(end, start + 1)); // what starts together with an instant has another track
    return track;
  };
}

/**
 * @param {readonly Source[]} sources
 * @param {{source: Int32Array, span: Int32Array, on: Int32Array}} all and which track each is on
 * @returns {Generator<void, Origin[], void>}
 */
function* byTrack(sources, { source, span, on }) {
  /** @type {number[]} */
  const counts = [];
  for (let at = 0; at < on.length; at += 1) counts[on[at]] = (counts[on[at]] ?? 0) + 1;
  const origins = counts.map((count) => ({ sources, source: new Int32Array(count), span: new Int32Array(count) }));
  counts.fill(0);
  for (let at = 0; at < on.length; at += 1) {
    const index = counts[on[at]]++;
    origins[on[at]].source[index] = source[at];
    origins[on[at]].span[index] = span[at];
    if (at % PAUSE === 0) yield;
  }
  return origins;
}

/**
 * @param {Origin} origin of its spans, in order, none overlapping
 * @param {boolean} isCpuKnown of any span of the sources
 * @returns {Track}
 */
function made({ sources, source, span }, isCpuKnown) {
  const start = new Float64Array(span.length);
  const end = new Float64Array(span.length);
  const key = new Int32Array(span.length);
  const cpu = isCpuKnown ? new Float64Array(span.length) : null;
  /** @type {number[]} */
  const instants = [];
  let unfinished = -1;
  for (let at = 0; at < span.length; at += 1) {
    const own = sources[source[at]].spans;
    start[at] = own.start[span[at]];
    end[at] = own.end[span[at]];
    key[at] = own.key[span[at]];
    if (cpu) cpu[at] = own.cpu ? own.cpu[span[at]] : -1;
    if (own.unfinished === span[at]) unfinished = at;
    else if (start[at] === end[at]) instants.push(at);
  }
  return { start, end, key, cpu, instants: Int32Array.from(instants), unfinished };
}
