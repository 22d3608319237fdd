// @ts-check
// Boxes: the spans of a window as rectangles in px.
//
// Takes tracks and a window, gives for each row where spans start and end on the screen, clipped to it. On request
// it leaves out spans that lie wholly within pixels that are already painted in their row: the work is then bounded
// by pixels, not by spans. Longer spans never hide instants, and faded spans never hide highlighted ones. For a row
// that is drawn as cells it gives what cells do not show: the unfinished span, and isolated instants. Pure.

import { firstEndingFrom, firstStartingAfter } from "#page/trace/data.js";
import { lowerBound } from "#page/trace/mip.js";
import { nextShown } from "#page/trace/skip.js";

/**
 * @typedef {import("#page/trace/data.js").View} View
 *
 * @typedef {object} Boxes columns of one length, row after row
 * @property {number[]} row
 * @property {number[]} span index in its track
 * @property {number[]} key
 * @property {number[]} left px, not under -1
 * @property {number[]} right px, at least `left` + 1, not over `width` + 1
 * @property {number[]} kind PLAIN, INSTANT or UNFINISHED
 * @property {number} faint number of faded boxes; they come first
 */

/**
 * @typedef {import("#page/view/emphasis.js").Masks} Masks
 */

export const PLAIN = 0;
export const INSTANT = 1;
export const UNFINISHED = 2;

const LEAST_WIDTH = 1;
/** Instants nearer to each other than this are one mark. */
const INSTANT_DISTANCE = 1;
/** px to the nearest other instant from which an instant counts as isolated among cells. */
const ALONE = 16;

/**
 * How many spans of the tracks touch the window. Where tasks are switched off it counts no further than beyond `most`.
 * @param {readonly import("#page/trace/data.js").Track[]} tracks
 * @param {View} view
 * @param {Uint8Array} shownKeys 0 for the keys that are switched off
 * @param {number} [most]
 */
export function countSpans(tracks, view, shownKeys, most = Infinity) {
  const all = shownKeys.every((shown) => shown === 1);
  let count = 0;
  for (const track of tracks) {
    const from = firstEndingFrom(track, view.start);
    const to = firstStartingAfter(track, view.end);
    if (all) count += Math.max(0, to - from);
    else
      for (let span = nextShown(track, from, to, shownKeys); span < to && count <= most; count += 1)
        span = nextShown(track, span + 1, to, shownKeys);
  }
  return count;
}

/**
 * @param {readonly import("#page/trace/data.js").Track[]} tracks one per row
 * @param {View} view
 * @param {(row: number) => Masks} masksOf the keys to show in a row
 * @param {boolean} merge whether spans within painted pixels are left out
 * @param {readonly (readonly import("#page/chart/raster.js").Cells[] | null)[]} [cells] of the rows that are drawn so
 * @returns {Boxes}
 */
export function boxes(tracks, view, masksOf, merge, cells = []) {
  /** @type {Boxes} */
  const out = { row: [], span: [], key: [], left: [], right: [], kind: [], faint: 0 };
  const masks = tracks.map((_, row) => masksOf(row));
  /** @param {"faint" | "bright"} which */
  const add = (which) =>
    tracks.forEach((track, row) => {
      const [keys, own] = [masks[row][which], cells[row]];
      if (keys && own) addMarks(out, track, row, view, keys, own, which === "faint");
      else if (keys) addRow(out, track, row, view, keys, merge);
    });
  add("faint");
  out.faint = out.row.length;
  add("bright");
  return out;
}

/**
 * What cells do not show.
 * @param {Boxes} out
 * @param {import("#page/trace/data.js").Track} track
 * @param {number} row
 * @param {View} view
 * @param {Uint8Array} keys
 * @param {readonly import("#page/chart/raster.js").Cells[]} cells
 * @param {boolean} isFaint whether the faded ones
 */
function addMarks(out, track, row, view, keys, cells, isFaint) {
  const { start, end, key, unfinished, instants } = track;
  const scale = view.width / (view.end - view.start);
  if (unfinished >= 0 && keys[key[unfinished]] !== 0 && start[unfinished] <= view.end) {
    const left = Math.max(-1, (start[unfinished] - view.start) * scale);
    const right = Math.min(view.width + 1, Math.max((end[unfinished] - view.start) * scale, left + LEAST_WIDTH));
    add(out, row, unfinished, key[unfinished], left, right, UNFINISHED);
  }
  if (instants.length === 0) return;
  const having = cells.flatMap(({ start, instant, faint, withInstants }) =>
    withInstants.map((cell) => ({ time: start[cell], of: instant[cell], faint: faint[cell] === 1 })),
  );
  const apart = ALONE / scale;
  having.forEach(({ time, of, faint }, index) => {
    const isAlone = !(time - having[index - 1]?.time < apart) && !(having[index + 1]?.time - time < apart);
    if (!isAlone || faint !== isFaint || time > view.end) return;
    let next = firstInstantFrom(track, time);
    while (key[instants[next]] !== of) next += 1;
    const at = (start[instants[next]] - view.start) * scale;
    add(out, row, instants[next], of, at - LEAST_WIDTH, at + LEAST_WIDTH, INSTANT);
  });
}

/**
 * @param {Boxes} out
 * @param {import("#page/trace/data.js").Track} track
 * @param {number} row
 * @param {View} view
 * @param {Uint8Array} keys
 * @param {boolean} merge
 */
function addRow(out, track, row, view, keys, merge) {
  addLong(out, track, row, view, keys, merge);
  addInstants(out, track, row, view, keys, merge);
}

/**
 * @param {Boxes} out
 * @param {import("#page/trace/data.js").Track} track
 * @param {number} row
 * @param {View} view
 * @param {Uint8Array} shownKeys
 * @param {boolean} merge
 */
function addLong(out, track, row, view, shownKeys, merge) {
  const scale = view.width / (view.end - view.start);
  const { start, end, key } = track;
  const to = firstStartingAfter(track, view.end);
  /** @param {number} from */
  const next = (from) => nextShown(track, from, to, shownKeys);
  let painted = -Infinity; // px up to which the row is painted
  for (let span = next(firstEndingFrom(track, view.start)); span < to; span = next(span + 1)) {
    const open = span === track.unfinished;
    if (start[span] === end[span] && !open) continue;
    if (merge && (end[span] - view.start) * scale <= painted) {
      // All up to the one that ends beyond the painted pixels would be left out, one by one.
      span = Math.max(span, lowerBound(end, view.start + painted / scale, span) - 1);
      continue;
    }
    const left = Math.max(-1, (start[span] - view.start) * scale);
    const right = Math.min(view.width + 1, Math.max((end[span] - view.start) * scale, left + LEAST_WIDTH));
    add(out, row, span, key[span], left, right, open ? UNFINISHED : PLAIN);
    painted = Math.ceil(right);
  }
}

/**
 * @param {Boxes} out
 * @param {import("#page/trace/data.js").Track} track
 * @param {number} row
 * @param {View} view
 * @param {Uint8Array} shownKeys
 * @param {boolean} merge
 */
function addInstants(out, track, row, view, shownKeys, merge) {
  const scale = view.width / (view.end - view.start);
  const { start, key, instants } = track;
  let last = -Infinity;
  for (let index = firstInstantFrom(track, view.start); index < instants.length; index += 1) {
    const span = instants[index];
    if (start[span] > view.end) return;
    if (shownKeys[key[span]] === 0) {
      const next = nextShown(track, span, start.length, shownKeys);
      index = Math.max(index, lowerBound(instants, next) - 1);
      continue;
    }
    const at = (start[span] - view.start) * scale;
    if (merge && at - last < INSTANT_DISTANCE) continue;
    add(out, row, span, key[span], at - LEAST_WIDTH, at + LEAST_WIDTH, INSTANT);
    last = at;
  }
}

/**
 * @param {import("#page/trace/data.js").Track} track
 * @param {number} time
 */
function firstInstantFrom({ start, instants }, time) {
  let low = 0;
  let high = instants.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (start[instants[middle]] < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param {Boxes} out
 * @param {number} row
 * @param {number} span
 * @param {number} key
 * @param {number} left
 * @param {number} right
 * @param {number} kind
 */
function add(out, row, span, key, left, right, kind) {
  out.row.push(row);
  out.span.push(span);
  out.key.push(key);
  out.left.push(left);
  out.right.push(right);
  out.kind.push(kind);
}
