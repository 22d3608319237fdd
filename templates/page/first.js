// @ts-check
// The first chart: what is known before the rows are decoded and Plotly is there.
//
// Takes the frame and the texts of the chart that comes, draws the same on the canvases in the same places: of each
// lane its raster, how many lanes were busy, axis and labels. So the reader sees where the time went at once, and
// nothing moves when the whole chart takes its place. Decides nothing about what is shown.

import { draw } from "#page/canvas.js";
import { FONT, LEGEND_SIZE } from "#page/figure.js";
import { MARGIN } from "#page/frame.js";
import { drawConcurrency, drawTexts } from "#page/sketch.js";

/**
 * @typedef {import("#page/figure.js").Figure} Figure
 *
 * @typedef {object} Content what stands in the frame
 * @property {readonly import("#page/arrangement.js").Band[]} bands
 * @property {import("#page/rows.js").Layout} layout of them
 * @property {ReadonlySet<number>} struck lines between processes that leave the label columns to a label
 * @property {readonly Entry[]} legend
 * @property {{x: number[], y: number[]}} lower steps of the concurrency
 *
 * @typedef {object} Entry of the legend
 * @property {number} left px from the plot area, where its name begins
 * @property {number} middle px from the top
 * @property {number} width px of its name
 * @property {string} name
 * @property {string} count
 * @property {string} color
 */

const LEAST = 0.3; // how strong a colour is where the lane was hardly ever busy
const LEVELS = 16; // of strength: neighbours that look alike are drawn as one
const SWATCH = { size: 12, before: 26 }; // px of an entry's colour, and how far before its name

/**
 * @param {{under: HTMLCanvasElement, over: HTMLCanvasElement}} canvases
 * @param {Figure} figure
 * @param {Content} shown
 * @param {import("#page/data.js").Trace} trace
 * @param {import("#page/palette.js").Paint} paint
 */
export function drawFirst(canvases, figure, { bands, layout, struck, legend, lower }, trace, paint) {
  const { frame, window, scroll, texts, colors } = figure;
  const view = { ...window, width: frame.right - frame.left };
  const none = { row: [], span: [], key: [], left: [], right: [], kind: [], faint: 0 };
  /** @type {import("#page/scene.js").Scene} */
  const scene = {
    mode: "raster",
    spans: 0,
    boxes: none,
    lines: [],
    view,
    rows: [],
    tracks: [],
    bar: layout.bar,
    trace,
    paint,
    measure: () => 0,
  };
  const content = {
    scroll,
    height: layout.height,
    sections: layout.sections,
    struck,
    strips: [],
    panels: [],
    marks: { selected: null, pinned: null },
  };
  draw(canvases, frame, content, scene, { ticks: texts.ticks.values, colors, font: FONT }, true);
  const context = canvases.under.getContext("2d");
  if (!context) return;
  context.save();
  context.beginPath();
  context.rect(frame.left, frame.top, view.width, frame.bottom - frame.top);
  context.clip();
  context.translate(frame.left, frame.top - scroll);
  bands.forEach(({ lane, tracks, isFolded }, band) => {
    const top = layout.bandTop[band];
    const height = Math.max(1, tracks.length) * layout.pitch - (layout.pitch - layout.bar);
    const isInView = top + height > scroll && top < scroll + frame.bottom - frame.top;
    if (isInView && !isFolded) drawRaster(context, trace.lanes[lane].raster, view, top, height, paint);
  });
  context.restore();
  drawConcurrency(context, figure, lower);
  drawTexts(context, figure);
  drawLegend(context, figure, legend);
}

/**
 * @param {CanvasRenderingContext2D} context whose origin is the rows' upper left corner
 * @param {import("#page/data.js").Raster} raster
 * @param {import("#page/boxes.js").View} view
 * @param {number} top px
 * @param {number} height px
 * @param {import("#page/palette.js").Paint} paint
 */
function drawRaster(context, { first, width, key, share }, view, top, height, { fill }) {
  const scale = view.width / (view.end - view.start);
  /** @param {number} bin */
  const xOf = (bin) => Math.round((first + bin * width - view.start) * scale);
  /** @param {number} bin */
  const level = (bin) => Math.ceil((share[bin] * LEVELS) / 255);
  const from = Math.max(0, Math.floor((view.start - first) / width));
  const to = Math.min(key.length, Math.ceil((view.end - first) / width));
  for (let bin = from; bin < to; ) {
    let next = bin + 1;
    while (next < to && key[next] === key[bin] && level(next) === level(bin)) next += 1;
    if (key[bin] > 0) {
      context.globalAlpha = LEAST + ((1 - LEAST) * level(bin)) / LEVELS;
      context.fillStyle = fill[key[bin] - 1];
      context.fillRect(xOf(bin), top, xOf(next) - xOf(bin), height);
    }
    bin = next;
  }
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Figure} figure
 * @param {readonly Entry[]} legend
 */
function drawLegend(context, { frame, colors }, legend) {
  context.font = `${LEGEND_SIZE}px ${FONT}`;
  for (const { left, middle, width, name, count, color } of legend) {
    const [x, y] = [frame.left + left, MARGIN.top + middle];
    context.fillStyle = color;
    context.fillRect(x - SWATCH.before, y - SWATCH.size / 2 + 1, SWATCH.size, SWATCH.size);
    context.fillStyle = colors.text;
    context.fillText(name, x, y + 1);
    context.fillStyle = colors.muted;
    context.fillText(count, x + width, y + 1);
  }
}
