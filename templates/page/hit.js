// @ts-check
// Which span lies under the pointer.
//
// Takes a track and a time, gives the span drawn there: thin ones are met within a tolerance, the nearest
// wins, of equally near ones the shorter. By binary search; obeys the tasks that are switched off. Pure.

import { firstEndingFrom } from "#page/data.js";

/**
 * @param {import("#page/data.js").Track} track
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
  for (let span = firstEndingFrom(track, time - reach - perPixel); span < start.length; span += 1) {
    if (start[span] > time + reach) break;
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
