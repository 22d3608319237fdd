// @ts-check
// Skipping: the next shown span of a track, without a look at each hidden one.
//
// Asks the mip of the track. That is made with the track, or on first request, and kept as long as the track.

import { firstEndingFrom } from "#page/trace/data.js";
import { lowerBound, mip } from "#page/trace/mip.js";

/**
 * @typedef {import("#page/trace/data.js").Track} Track
 * @typedef {import("#page/trace/mip.js").Level} Level
 */

/** @type {WeakMap<Track, Level[]>} results of a pure function, and no state */
const known = new WeakMap();
/** Spans that are looked at one by one before the mip is asked. */
const NEAR = 64;

/** @param {Track} track */
export function mipOf(track) {
  const found = track.mip ?? known.get(track) ?? mip(track);
  known.set(track, found);
  return found;
}

/**
 * The first span from `from` on whose key is shown.
 * @param {Track} track
 * @param {number} from
 * @param {number} to where to stop
 * @param {Uint8Array} keys 0 for those that are not shown
 * @returns {number} `to` where there is none before it
 */
export function nextShown(track, from, to, keys) {
  const { key, start, unfinished } = track;
  for (let span = from; span < to; ) {
    const near = Math.min(to, span + NEAR);
    while (span < near && keys[key[span]] === 0) span += 1;
    if (span < near) return span;
    const levels = span < to ? mipOf(track) : [];
    if (levels.length === 0) continue;
    const time = timeOfShown(levels, start[span], keys);
    if (time < Infinity) span = Math.max(span, firstEndingFrom(track, time));
    else return unfinished >= span && unfinished < to && keys[key[unfinished]] !== 0 ? unfinished : to;
  }
  return to;
}

/**
 * Where the first of the finest bins begins that has something shown at `time` or later; Infinity for none.
 * @param {Level[]} levels
 * @param {number} time
 * @param {Uint8Array} keys
 */
function timeOfShown(levels, time, keys) {
  let at = 0;
  let index = lowerBound(levels[0].bin, Math.floor(time / levels[0].width));
  while (index < levels[at].bin.length) {
    const { bin, width } = levels[at];
    if (hasShown(levels[at], index, keys)) {
      if (at === 0) return bin[index] * width;
      at -= 1; // one of the finer bins in it is the one, and what comes before it was looked at
      index = lowerBound(levels[at].bin, bin[index] * (width / levels[at].width));
      continue;
    }
    index += 1;
    // Past a coarser bin's end, the next coarser bin is asked as a whole.
    while (at + 1 < levels.length && index < levels[at].bin.length) {
      const ratio = levels[at + 1].width / levels[at].width;
      const [above, before] = [Math.floor(levels[at].bin[index] / ratio), Math.floor(levels[at].bin[index - 1] / ratio)];
      if (above === before) break;
      at += 1;
      index = lowerBound(levels[at].bin, above);
    }
  }
  return Infinity;
}

/**
 * @param {Level} level
 * @param {number} index of the bin
 * @param {Uint8Array} keys
 */
function hasShown({ offset, code }, index, keys) {
  for (let entry = offset[index]; entry < offset[index + 1]; entry += 1) {
    if (keys[code[entry] >> 1] !== 0) return true;
  }
  return false;
}
