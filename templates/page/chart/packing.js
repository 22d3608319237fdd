// @ts-check
// Packing: the spans of a task, from all lanes, on as few tracks as it takes that none overlap.
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
 * @returns {Generator<void, {tracks: Track[], origins: Origin[]}, void>}
 */
export function* packed(sources, spans, runs) {
  const merged = mergedBy(sources, spans, runs);
  const count = runs.reduce((sum, { from, to }) => sum + to - from, 0);
  const all = { source: new Int32Array(count), span: new Int32Array(count), on: new Int32Array(count) };
  const put = createTracks();
  for (let at = 0; at < count; at += 1) {
    const run = merged.take();
    const source = runs[run].source;
    const span = spans[merged.at[run]++];
    merged.offer(run);
    const { start, end, unfinished } = sources[source].spans;
    all.source[at] = source;
    all.span[at] = span;
    all.on[at] = put(start[span], span === unfinished ? Infinity : end[span]);
    if (at % PAUSE === 0) yield;
  }
  const origins = yield* byTrack(sources, all);
  /** @type {Track[]} */
  const tracks = [];
  for (const origin of origins) {
    tracks.push(made(origin));
    yield;
  }
  return { tracks, origins };
}

/**
 * What gives the run with the next span in the model's order, by start, the longest first. That is at `at` of it; to go
 * on, the run is moved and offered again.
 * @param {readonly Source[]} sources
 * @param {Int32Array} spans
 * @param {readonly Run[]} runs
 */
function mergedBy(sources, spans, runs) {
  const at = runs.map(({ from }) => from);
  const [start, end] = [new Float64Array(runs.length), new Float64Array(runs.length)]; // of the next of each
  const next = createHeap((one, other) =>
    start[one] === start[other] ? (end[other] - end[one] || one - other) < 0 : start[one] < start[other],
  );
  /** @param {number} run */
  const offer = (run) => {
    if (at[run] === runs[run].to) return;
    const [own, span] = [sources[runs[run].source].spans, spans[at[run]]];
    start[run] = own.start[span];
    end[run] = span === own.unfinished ? Infinity : own.end[span];
    next.add(run);
  };
  runs.forEach((_, run) => offer(run));
  return { at, offer, take: () => /** @type {number} */ (next.take()) };
}

/**
 * What puts spans, which come by start, on the first track that is free.
 * @returns {(start: number, end: number) => number} the track
 */
function createTracks() {
  /** @type {{start: number, end: number}[]} the last span of each track */
  const lasts = [];
  const free = createHeap((one, other) => one < other);
  const taken = createHeap(
    (one, other) => lasts[one].end < lasts[other].end || (lasts[one].end === lasts[other].end && lasts[one].start < lasts[other].start),
  );
  return (start, end) => {
    for (let own = taken.first(); own !== undefined; own = taken.first()) {
      // Instants keep tracks of their own.
      if (lasts[own].end > start || lasts[own].start === start) break;
      taken.take();
      free.add(own);
    }
    const own = free.take() ?? lasts.push({ start, end }) - 1;
    lasts[own].start = start;
    lasts[own].end = end;
    taken.add(own);
    return own;
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
 * @returns {Track}
 */
function made({ sources, source, span }) {
  const start = new Float64Array(span.length);
  const end = new Float64Array(span.length);
  const key = new Int32Array(span.length);
  /** @type {number[]} */
  const instants = [];
  let unfinished = -1;
  for (let at = 0; at < span.length; at += 1) {
    const own = sources[source[at]].spans;
    start[at] = own.start[span[at]];
    end[at] = own.end[span[at]];
    key[at] = own.key[span[at]];
    if (own.unfinished === span[at]) unfinished = at;
    else if (start[at] === end[at]) instants.push(at);
  }
  return { start, end, key, instants: Int32Array.from(instants), unfinished };
}
