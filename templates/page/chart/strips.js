// @ts-check
// Strips: folded processes and the sides of a pair, each as the number of its busy lanes over time.
//
// Takes bands and the lanes' load, gives for each of these its share of busy lanes in bins over the window,
// and draws it. Knows nothing of what else is on the canvas.

import { lanesByProcess } from "#page/chart/arrangement.js";
import { drawBusy, faded, WAIT_AREA } from "#page/chart/area.js";
import { heightOf } from "#page/chart/rows.js";
import { processLoadIn } from "#page/trace/occupancy.js";
import { lanesOf as lanesOfSide } from "#page/trace/sides.js";

/**
 * @typedef {object} Strip
 * @property {number} top px of the rows
 * @property {number} height px
 * @property {number} left px of the view, where the first bin begins
 * @property {number} width px of all bins
 * @property {Float64Array} busy share of the lanes, 0 to 1, in equal bins
 * @property {Float64Array | null} waiting the same of those that wait
 */

/**
 * @param {readonly import("#page/chart/arrangement.js").Band[]} bands
 * @param {import("#page/chart/rows.js").Layout} rows
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {() => import("#page/trace/occupancy.js").Load | null} load of what is shown; null while it is computed
 * @param {import("#page/chart/boxes.js").View} view
 * @param {{scroll: number, room: number}} shown part of the rows
 * @returns {Strip[]}
 */
export function strips(bands, rows, trace, load, view, { scroll, room }) {
  const inView = bands.flatMap((band, index) => {
    const top = rows.bandTop[index];
    const height = heightOf(band, rows.pitch) - (rows.pitch - rows.bar);
    return band.isFolded && top + height > scroll && top < scroll + room ? [{ band, top, height }] : [];
  });
  const found = inView.length > 0 ? load() : null;
  if (!found) return inView.map(({ top, height }) => ({ top, height, left: 0, width: 0, busy: new Float64Array(), waiting: null }));
  const lanesOf = lanesByProcess(trace);
  const scale = view.width / (view.end - view.start);
  return inView.map(({ band: { section, side }, top, height }) => {
    const own = side === undefined ? null : (trace.sides?.[side] ?? null);
    const process = own ? own.process : section;
    const lanes = own ? lanesOfSide(own) : (lanesOf.get(process) ?? []);
    const { first, width, means } = processLoadIn(found, process, lanes, view);
    const { waiting } = found;
    const share = (/** @type {Float64Array} */ means) => means.map((mean) => mean / Math.max(1, lanes.length));
    return {
      top,
      height,
      left: (first - view.start) * scale,
      width: means.length * width * scale,
      busy: share(means),
      waiting: waiting && share(processLoadIn({ ...found, ...waiting }, process, lanes, view).means),
    };
  });
}

/**
 * @param {CanvasRenderingContext2D} context whose origin is the rows' upper left corner
 * @param {readonly Strip[]} strips
 * @param {number} width px
 * @param {{area: string, areaLine: string, grid: string}} colors
 * @param {string} wait colour of declared waits
 */
export function drawStrips(context, strips, width, colors, wait) {
  const ofWaits = { area: faded(wait, WAIT_AREA), areaLine: wait };
  for (const { top, height, left, width: length, busy, waiting } of strips) {
    context.fillStyle = colors.grid;
    context.fillRect(0, top, width, height);
    drawBusy(context, { left, top, width: length, height }, busy, colors);
    if (waiting) drawBusy(context, { left, top, width: length, height }, waiting, ofWaits);
  }
}
