// @ts-check
// The raster: what a row shows if it has too many spans to draw one by one.
//
// Takes a row's mip and a window, gives its cells. For each bin of one to two px a cell has the task that ran
// longest of those shown (of equal ones the first of the trace's keys), and the busy share of the bin. Faded spans
// are visible only where no other span is. Bins are aligned to the trace, so a cell stays the same wherever the
// window starts. Summarised lanes get their cells from the report. Pure.

import { binsIn, lowerBound, slotsFor } from "#page/trace/mip.js";
import { mipOf } from "#page/trace/skip.js";

/**
 * @typedef {import("#page/trace/data.js").Track} Track
 * @typedef {import("#page/trace/mip.js").Level} Level
 *
 * @typedef {object} Cells columns of one length, by time
 * @property {number} width ns of each
 * @property {Float64Array} start ns
 * @property {Int32Array} key that ran longest; -1 where no span that has a length is shown
 * @property {Float32Array} share of the bin that was busy, 0 to 1
 * @property {Int32Array} instant the key of most instants; -1 for none
 * @property {Uint8Array} faint 1 where it is faded
 * @property {number[]} withInstants the cells that have any
 *
 * @typedef {import("#page/trace/data.js").Raster} Summary of a lane
 * @typedef {ReturnType<typeof createRaster>} Raster
 *
 * @typedef {object} Tiles of a row, at one zoom, by the number of their first bin
 * @property {import("#page/chart/boxes.js").Masks} masks
 * @property {Map<number, Cells>} tiles
 */

const TILE = 128; // bins
const MOST_TILES = 64; // of a row

/**
 * The width of the bins that a window is shown in: one to two px, never under a nanosecond.
 * @param {import("#page/chart/boxes.js").View} view
 */
export function binWidth({ start, end, width }) {
  return 2 ** Math.max(0, Math.ceil(Math.log2((end - start) / width)));
}

/**
 * What gives cells, and keeps those of the zoom of now: while the window moves only those that come into it are new.
 * @param {number} keys how many the trace has
 */
export function createRaster(keys) {
  const slots = slotsFor(keys);
  /** @type {WeakMap<Track | Summary, Tiles>} of the rows that were shown at this zoom; a search makes new tracks */
  let known = new WeakMap();
  let zoom = 0; // ns of a bin

  /**
   * @param {Track | Summary} source
   * @param {number} origin ns, where its bin 0 begins
   * @param {import("#page/chart/boxes.js").View} view
   * @param {import("#page/chart/boxes.js").Masks} masks
   * @param {(width: number, first: number, last: number) => import("#page/trace/mip.js").Range} binsOf it
   * @returns {Cells[]} of the window and a little beside it
   */
  const cellsOf = (source, origin, view, masks, binsOf) => {
    const width = binWidth(view);
    if (width !== zoom) known = new WeakMap();
    zoom = width;
    let own = known.get(source);
    const isSame = own?.masks.bright === masks.bright && own?.masks.faint === masks.faint;
    if (!own || !isSame || own.tiles.size > MOST_TILES) known.set(source, (own = { masks, tiles: new Map() }));
    const { tiles } = own;
    const tile = (/** @type {number} */ at) => {
      const found = tiles.get(at) ?? cells(binsOf(width, at * TILE, (at + 1) * TILE - 1), origin, masks);
      tiles.set(at, found);
      return found;
    };
    const [from, to] = [view.start, view.end].map((time) => Math.floor((time - origin) / width / TILE));
    return Array.from({ length: to - from + 1 }, (_, index) => tile(from + index));
  };

  return {
    /** @param {Track} track @param {import("#page/chart/boxes.js").View} view @param {import("#page/chart/boxes.js").Masks} masks */
    cellsOf: (track, view, masks) =>
      cellsOf(track, 0, view, masks, (width, first, last) => binsIn(mipOf(track), track, width, first, last, slots)),

    /**
     * The cells of a lane that is summarised; no finer than the report made them.
     * @param {Summary} summary
     * @param {import("#page/chart/boxes.js").View} view
     * @param {import("#page/chart/boxes.js").Masks} masks
     */
    summaryCells: (summary, view, masks) =>
      cellsOf(summary, summary.first, view, masks, (width, first, last) =>
        binsIn([levelOf(summary)], null, width, first, last, slots),
      ),
  };
}

/**
 * The cell at a time, if there is one that is shown.
 * @param {readonly Cells[]} tiles
 * @param {number} time
 */
export function cellAt(tiles, time) {
  for (const { width, start, key, share } of tiles) {
    const cell = lowerBound(start, time - width);
    if (start[cell] + width > time && start[cell] <= time && key[cell] >= 0)
      return { start: start[cell], width, key: key[cell], share: share[cell] };
  }
  return null;
}

/** @type {WeakMap<Summary, Level>} results of a pure function, and no state */
const known = new WeakMap();

/**
 * The summary of a lane as the finest level of a mip.
 * @param {Summary} summary
 * @returns {Level}
 */
function levelOf(summary) {
  const level = known.get(summary) ?? madeLevel(summary);
  known.set(summary, level);
  return level;
}

/** @param {Summary} summary @returns {Level} */
function madeLevel({ width, key, share }) {
  const bins = Array.from(key, (_, bin) => bin).filter((bin) => key[bin] > 0);
  return {
    width,
    bin: Float64Array.from(bins),
    offset: Int32Array.from({ length: bins.length + 1 }, (_, index) => index),
    code: Int32Array.from(bins, (bin) => 2 * (key[bin] - 1)),
    amount: Float64Array.from(bins, (bin) => (share[bin] / 255) * width),
  };
}

/**
 * @param {import("#page/trace/mip.js").Range} range
 * @param {number} origin ns
 * @param {import("#page/chart/boxes.js").Masks} masks
 * @returns {Cells}
 */
function cells({ level, from, to }, origin, { bright, faint }) {
  const { width, bin, offset } = level;
  const length = to - from;
  const out = {
    width,
    start: new Float64Array(length),
    key: new Int32Array(length),
    share: new Float32Array(length),
    instant: new Int32Array(length),
    faint: new Uint8Array(length),
    withInstants: /** @type {number[]} */ ([]),
  };
  let count = 0;
  for (let at = from; at < to; at += 1) {
    const found = (bright && addCell(out, count, level, at, bright)) || (faint && addCell(out, count, level, at, faint));
    if (!found) continue;
    out.start[count] = origin + bin[at] * width;
    out.faint[count] = found === bright ? 0 : 1;
    if (out.instant[count] >= 0) out.withInstants.push(count);
    count += 1;
  }
  return {
    width,
    start: out.start.slice(0, count),
    key: out.key.slice(0, count),
    share: out.share.slice(0, count),
    instant: out.instant.slice(0, count),
    faint: out.faint.slice(0, count),
    withInstants: out.withInstants,
  };
}

/**
 * What a bin shows of some keys; gives these back where there is anything.
 * @param {Cells} out
 * @param {number} cell
 * @param {Level} level
 * @param {number} at index of the bin
 * @param {Uint8Array} keys
 */
function addCell(out, cell, { width, offset, code, amount }, at, keys) {
  let [longest, most, busy] = [-1, 0, 0];
  let [instant, many] = [-1, 0];
  for (let entry = offset[at]; entry < offset[at + 1]; entry += 1) {
    const key = code[entry] >> 1;
    const value = amount[entry];
    if (keys[key] === 0) continue;
    if (code[entry] & 1) {
      if (value > many || (value === many && key < instant)) [instant, many] = [key, value];
    } else {
      busy += value;
      if (value > most || (value === most && key < longest)) [longest, most] = [key, value];
    }
  }
  if (longest < 0 && instant < 0) return null;
  out.key[cell] = longest;
  out.share[cell] = Math.min(1, busy / width);
  out.instant[cell] = instant;
  return keys;
}
