// @ts-check
// Twins: the spans that match for themselves, and not because of their key.
//
// Where spans have attributes, each key of the trace has a twin: the same group, task and colour. Takes the trace and
// which spans match, gives a trace in which these have the twins of their keys. So all that takes masks over keys also
// tells spans of one key apart. Places of spans stay the same, and tracks without a match stay the same objects. Pauses
// now and then (`slices.js`). Pure.

import { mipLike, slotsFor } from "#page/trace/mip.js";
import { mipOf } from "#page/trace/skip.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Track} Track
 */

/** Spans that are looked at between two pauses. */
const PAUSE = 1 << 14;

/**
 * @param {Trace} trace
 * @param {(lane: number) => (key: number, ordinal: number) => boolean} matching whether a span of the lane matches;
 *   spans are numbered over the whole trace
 * @returns {Generator<void, Trace, void>} the trace itself where none does
 */
export function* twinned(trace, matching) {
  const slots = slotsFor(trace.keys.length);
  let [first, isAny] = [0, false];
  /** @type {Trace["lanes"]} */
  const lanes = [];
  for (const [lane, own] of trace.lanes.entries()) {
    const matches = matching(lane);
    /** @type {typeof own.tracks} */
    const tracks = [];
    for (const track of own.tracks) {
      const keys = yield* keysWith(track.key, trace.twin, first, matches);
      tracks.push(keys === track.key ? track : { ...track, ...(yield* rekeyed(track, keys, slots)) });
      first += track.key.length;
    }
    const isSame = tracks.every((track, index) => track === own.tracks[index]);
    isAny ||= !isSame;
    lanes.push(isSame ? own : { ...own, tracks });
  }
  return isAny ? { ...trace, lanes } : trace;
}

/**
 * A track with other keys, also to be drawn at any zoom.
 * @param {Track} track
 * @param {Int32Array} key
 * @param {Int32Array} slots of all keys
 * @returns {Generator<void, Track, void>}
 */
export function* rekeyed(track, key, slots) {
  const own = { ...track, key };
  return { ...own, mip: yield* mipLike(own, mipOf(track), slots) };
}

/**
 * @param {Int32Array} keys of a track
 * @param {number} twin how far each key's is from it
 * @param {number} first number of the track's first span
 * @param {(key: number, ordinal: number) => boolean} matches
 * @returns {Generator<void, Int32Array, void>} the same where no span matches
 */
function* keysWith(keys, twin, first, matches) {
  let out = keys;
  for (let from = 0; from < keys.length; from += PAUSE) {
    const to = Math.min(keys.length, from + PAUSE);
    for (let span = from; span < to; span += 1) {
      if (!matches(keys[span], first + span)) continue;
      if (out === keys) out = keys.slice();
      out[span] += twin;
    }
    yield;
  }
  return out;
}
