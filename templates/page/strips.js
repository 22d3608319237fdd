// @ts-check
// Strips: folded processes, each as the number of its lanes that are busy over time.
//
// Takes bands and the lanes' busy stretches, gives per folded process its share of busy lanes in bins of the
// window, and draws it. Knows nothing of what else is on the canvas.

import { drawBusy } from "#page/busy.js";
import { binned } from "#page/concurrency.js";

/**
 * @typedef {object} Strip
 * @property {number} top px of the rows
 * @property {number} height px
 * @property {Float64Array} busy share of the lanes, 0 to 1, in equal bins of the view
 */

const BIN = 2; // px

/**
 * @param {readonly import("#page/arrangement.js").Band[]} bands
 * @param {import("#page/rows.js").Layout} rows
 * @param {import("#page/data.js").Trace} trace
 * @param {() => import("#page/concurrency.js").Union[]} busy
 * @param {import("#page/boxes.js").View} view
 * @param {{scroll: number, room: number}} shown part of the rows
 * @returns {Strip[]}
 */
export function strips(bands, rows, trace, busy, view, { scroll, room }) {
  const count = Math.max(1, Math.round(view.width / BIN));
  return bands.flatMap((band, index) => {
    const top = rows.bandTop[index];
    const isInView = top + rows.pitch > scroll && top < scroll + room;
    if (!band.isFolded || !isInView) return [];
    const lanes = busy().filter((_, lane) => trace.lanes[lane].process === band.process);
    const values = binned(lanes, view.start, view.end, count).map((value) => value / lanes.length);
    return [{ top, height: rows.bar, busy: values }];
  });
}

/**
 * @param {CanvasRenderingContext2D} context whose origin is the rows' upper left corner
 * @param {readonly Strip[]} strips
 * @param {number} width px
 * @param {{area: string, areaLine: string, grid: string}} colors
 */
export function drawStrips(context, strips, width, colors) {
  for (const { top, height, busy } of strips) {
    context.fillStyle = colors.grid;
    context.fillRect(0, top, width, height);
    drawBusy(context, { left: 0, top, width, height }, busy, colors);
  }
}
