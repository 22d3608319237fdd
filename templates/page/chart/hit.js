// @ts-check
// Which span is below the pointer.
//
// Takes a track and a time, gives the span drawn there. A tolerance makes thin spans easy to hit: the nearest one
// wins, and of equally near ones the shorter. Uses binary search. In a pixel with thousands of spans it looks only
// at those next to the time, and it skips long runs of hidden spans. Pure.

import { firstEndingFrom, firstStartingAfter } from "#page/trace/data.js";
import { nextShown } from "#page/trace/skip.js";

/** Spans that are looked at before and after the time, of those that are shown. */
const LOOKED = 2000;

/**
 * @param {import("#page/trace/data.js").Track} track
 * @param {number} time ns
 * @param {number} perPixel ns
 * @param {number} tolerance px
 * @param {Uint8Array} shownKeys
 * @returns {number} its index in the track, or -1
 */
export function spanAt(track, time, perPixel, tolerance, shownKeys) {
  const { start, end, key } = track;
  const reach = tolerance * perPixel;
  let best = -1;
  let bestDistance = Infinity;
  // A span is drawn at least one pixel wide, so one that ended a pixel earlier may still be met.
  const middle = firstStartingAfter(track, time);
  const from = firstNear(track, firstEndingFrom(track, time - reach - perPixel), middle, shownKeys);
  const to = firstStartingAfter(track, time + reach);
  let after = 0;
  for (let span = from; span < to && after < LOOKED; span = nextShown(track, span + 1, to, shownKeys)) {
    if (span >= middle) after += 1;
    if (shownKeys[key[span]] === 0) continue;
    const drawnEnd = Math.max(end[span], start[span] + perPixel);
    const distance = Math.max(0, start[span] - time, time - drawnEnd);
    if (distance > reach) continue;
    const shorter = distance === bestDistance && end[span] - start[span] < end[best] - start[best];
    if (distance < bestDistance || shorter) {
      best = span;
      bestDistance = distance;
    }
  }
  return best;
}

/**
 * Where to begin: with the first, or where these are many, with some before the middle of which one at least is shown.
 * @param {import("#page/trace/data.js").Track} track
 * @param {number} first
 * @param {number} middle
 * @param {Uint8Array} shownKeys
 */
function firstNear(track, first, middle, shownKeys) {
  for (let spans = LOOKED; middle - spans > first; spans *= 4) {
    const shown = nextShown(track, middle - spans, middle, shownKeys);
    if (shown < middle) return shown;
  }
  return first;
}
