// @ts-check
// Panels: the counters below the chart, each with one line in steps for each process.
//
// Takes the counters and the frame, gives the lines of each panel in the window and the texts beside it, and draws
// the lines. The figure draws the texts, so that they are text in pictures, too.

import { extent, line } from "#page/trace/counters.js";
import { PANEL_HEIGHT } from "#page/chart/frame.js";
import { fitted, fittedApart } from "#page/trace/names.js";
import { number } from "#page/trace/units.js";

/**
 * @typedef {import("#page/trace/data.js").Counter} Counter
 *
 * @typedef {object} Panel
 * @property {number} top px of the chart's box
 * @property {{low: number, high: number} | null} extent of the values in view; null if there are none
 * @property {(import("#page/trace/counters.js").Line & {color: string, hasArea: boolean})[]} lines
 *
 * @typedef {object} PanelText
 * @property {string} text
 * @property {number} y px of the chart's box, its middle
 */

const EDGE = 2; // px of a panel above its max and below its min value
const WIDTH = 1.25; // px of a line
const AREA = 0.16; // how strong the area under a line is
const TEXT = 6; // px from a panel's edge to the middle of the value shown there
const GAP = 8; // px between a name and the values
export const PART = " / ";

/**
 * The full name of a counter; its own where it has no group.
 * @param {Counter} counter
 */
export function counterName({ group, name }) {
  return group === "" ? name : group + PART + name;
}

/**
 * @param {readonly Counter[]} counters
 * @param {import("#page/chart/frame.js").Frame} frame
 * @param {import("#page/chart/boxes.js").View} view
 * @param {readonly string[]} colors of the processes that count
 * @param {readonly number[] | null} sides of a pair that they are of: the first is an area, as the busy lanes of it are
 * @returns {Panel[]}
 */
export function panels(counters, frame, view, colors, sides) {
  return counters.map(({ series }, index) => {
    const areas = sides ? series.filter(({ process }) => sides[process] === 0) : series;
    const lines = series.map((one) => ({
      ...line(one, view),
      color: colors[one.process],
      hasArea: areas.length === 1 && areas[0] === one,
    }));
    return { top: frame.panels[index], extent: extent(lines), lines };
  });
}

/**
 * The counters' names as long as they fit, without their middles. Where names alone tell the counters apart their groups
 * have what room these leave.
 * @param {readonly Counter[]} counters
 * @param {number} room px
 * @param {(text: string) => number} measure
 * @returns {string[]}
 */
export function panelNames(counters, room, measure) {
  const both = room - measure(PART);
  const whole = counters.map(({ group }) => measure(group));
  const own = counters.map(({ name }) => name);
  const areApart = new Set(own).size === own.length;
  const names = fittedApart(own, (index) => (areApart ? room : Math.max(both / 2, both - whole[index])), measure);
  return counters.map(({ group }, index) => {
    const short = fitted(group, both - measure(names[index]), measure);
    return short === "" || group === "" ? names[index] : short + PART + names[index];
  });
}

/**
 * Beside a panel's name px for the values at its edges, whichever they are.
 * @param {(text: string) => number} measure
 */
export function valueRoom(measure) {
  return measure("−999,999") + GAP;
}

/**
 * The values at the edges of the panels.
 * @param {readonly Panel[]} panels
 * @returns {PanelText[]}
 */
export function panelValues(panels) {
  return panels.flatMap(({ top, extent }) => {
    if (!extent) return [];
    const { low, high } = extent;
    const lower = { text: number(low), y: top + PANEL_HEIGHT - TEXT };
    return low === high ? [lower] : [{ text: number(high), y: top + TEXT }, lower];
  });
}

/**
 * @param {CanvasRenderingContext2D} context whose origin is the chart's
 * @param {import("#page/chart/frame.js").Frame} frame
 * @param {readonly Panel[]} panels
 * @param {{line: string}} colors
 */
export function drawPanels(context, frame, panels, colors) {
  context.save();
  context.translate(frame.left, 0);
  for (const { top, extent, lines } of panels) {
    context.save();
    context.beginPath();
    context.rect(0, top, frame.right - frame.left, PANEL_HEIGHT);
    context.clip();
    const yOf = scaleOf(extent ?? { low: 0, high: 0 }, top);
    context.fillStyle = colors.line;
    context.fillRect(0, Math.round(yOf(0)), frame.right - frame.left, 1);
    for (const one of lines) drawLine(context, one, yOf);
    context.restore();
  }
  context.restore();
}

/**
 * The place of a value, in px. Computes with halves: the difference of two doubles may overflow.
 * @param {{low: number, high: number}} extent
 * @param {number} top px
 * @returns {(value: number) => number}
 */
function scaleOf({ low, high }, top) {
  const [first, length] = [top + EDGE, PANEL_HEIGHT - 2 * EDGE];
  const all = high / 2 - low / 2;
  return (value) => first + (all === 0 ? 1 : (high / 2 - value / 2) / all) * length;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Panel["lines"][number]} line
 * @param {(value: number) => number} yOf
 */
function drawLine(context, { x, value, color, hasArea }, yOf) {
  if (x.length === 0) return;
  const shape = new Path2D();
  x.forEach((at, index) => {
    const y = yOf(value[index]);
    if (index === 0) shape.moveTo(at, y);
    else shape.lineTo(at, y);
  });
  if (hasArea) {
    const area = new Path2D(shape);
    area.lineTo(x[x.length - 1], yOf(0));
    area.lineTo(x[0], yOf(0));
    context.globalAlpha = AREA;
    context.fillStyle = color;
    context.fill(area);
    context.globalAlpha = 1;
  }
  context.strokeStyle = color;
  context.lineWidth = WIDTH;
  context.lineJoin = "round";
  context.stroke(shape);
}
