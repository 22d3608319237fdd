// @ts-check
// The legend of the first chart, which is drawn before Plotly has loaded.
//
// Takes the legend and the room for it, gives its future height, and draws its entries where Plotly will draw them:
// nothing moves when the whole chart replaces the first. Decides nothing about what is shown.

import { FONT, LEGEND_SIZE } from "#page/chart/figure.js";
import { MARGIN } from "#page/chart/frame.js";
import { entryNames, legendLayout } from "#page/view/legend.js";
import { textMeasure } from "#page/view/text.js";

/**
 * @typedef {object} Entry of the legend
 * @property {number} left px from the plot area, where its name begins
 * @property {number} middle px from the top
 * @property {number} width px of its name
 * @property {string} name
 * @property {string} count
 * @property {string} color
 */

const SWATCH = { size: 12, before: 26 }; // px of an entry's colour, and how far before its name

/**
 * The legend as Plotly will draw it.
 * @param {import("#page/chart/chart.js").Look} look
 * @param {number} room px, the width of the plot area
 * @returns {{height: number, entries: Entry[]}}
 */
export function legendAhead({ legend, paint, colors }, room) {
  const measure = textMeasure(`${LEGEND_SIZE}px ${FONT}`);
  const names = entryNames(legend);
  const counts = legend.entries.map(({ count }) => ` ×${count}`);
  const nameWidths = names.map(measure);
  const widths = counts.map((count, index) => nameWidths[index] + measure(count));
  const { height, texts } = legendLayout(widths, room);
  const entries = legend.entries.map(({ name }, index) => ({
    ...texts[index],
    name: names[index],
    count: counts[index],
    width: nameWidths[index],
    color: name < 0 ? colors.others : paint.name[name],
  }));
  return { height, entries };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("#page/chart/figure.js").Figure} figure
 * @param {readonly Entry[]} legend
 */
export function drawLegend(context, { frame, colors }, legend) {
  context.textAlign = "left";
  context.textBaseline = "middle";
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
