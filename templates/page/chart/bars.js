// @ts-check
// Bars: boxes as Plotly traces, one for each entry of the legend.
//
// Takes the boxes of a window, gives `bar` traces on the axes x (ns) and y (px of the rows). Each trace starts with
// a point that draws nothing: Plotly leaves traces without points out of the legend, and the first point gives the
// entry its colour. Bars are cut at the window, so that coordinates stay small. Pure.

import { INSTANT, PLAIN, UNFINISHED } from "#page/chart/boxes.js";
import { entryColor, entryNames, isOff } from "#page/view/legend.js";
import { fitted, plotlyText } from "#page/trace/names.js";

/**
 * @typedef {object} Scene what bars and canvas draw from
 * @property {import("#page/chart/boxes.js").Boxes} boxes
 * @property {import("#page/chart/boxes.js").View} view
 * @property {readonly import("#page/chart/rows.js").Row[]} rows in view; `boxes.row` is an index into them
 * @property {readonly import("#page/trace/data.js").Track[]} tracks of these rows
 * @property {number} bar px, the height of a bar
 * @property {import("#page/trace/data.js").Trace} trace
 * @property {import("#page/view/palette.js").Paint} paint
 * @property {(text: string) => number} measure
 */

/** Rows lower than this have no room for text. */
export const TEXT_HEIGHT = 11;
/** px; smaller than elsewhere, so that it fits into low rows. */
export const TEXT_SIZE = 10;
const TEXT_AIR = 4;
/** px; smaller boxes would lose too much of themselves. */
const EDGED_WIDTH = 3;
/** px between two that touch, as far as the first can spare it. */
export const EDGE = 1;
/** Code points of a name that are worth showing in a bar. */
const LEAST_NAME = 8;

/**
 * @param {import("#page/view/legend.js").Legend} legend
 * @param {Scene | null} scene the bars to draw; none where the canvas draws them
 * @param {ReadonlySet<number>} hidden
 * @param {Pick<import("#page/view/palette.js").Paint, "name" | "wait" | "point">} paint
 * @param {{others: string, muted: string}} colors
 * @returns {import("plotly.js").Data[]}
 */
export function barTraces(legend, scene, hidden, paint, colors) {
  const names = entryNames(legend);
  const traces = legend.entries.map((entry, index) => {
    const color = entryColor(entry, paint, colors);
    return emptyTrace(names[index], entry.count, color, colors, isOff(hidden, entry));
  });
  if (scene) {
    scene.boxes.span.forEach((_, box) => addBar(traces[legend.entryOf[scene.boxes.key[box]]], scene, box));
  }
  return /** @type {import("plotly.js").Data[]} */ (/** @type {unknown} */ (traces));
}

/**
 * @param {string} name
 * @param {string} count
 * @param {string} color
 * @param {{muted: string}} colors
 * @param {boolean} off
 */
function emptyTrace(name, count, color, { muted }, off) {
  return {
    type: "bar",
    orientation: "h",
    name: `${plotlyText(name)} <span style="color:${muted}">×${count}</span>`,
    visible: off ? "legendonly" : true,
    hoverinfo: "skip",
    base: /** @type {(number | null)[]} */ ([null]),
    x: /** @type {(number | null)[]} */ ([null]),
    y: /** @type {(number | null)[]} */ ([null]),
    width: [0],
    text: [""],
    textposition: "inside",
    insidetextanchor: "start",
    textangle: 0,
    constraintext: "none",
    insidetextfont: { size: TEXT_SIZE, color: ["#000000"] },
    marker: {
      color: [color],
      line: { width: 0 },
      pattern: { shape: [""], fillmode: "replace", size: 7, solidity: 0.35 },
    },
  };
}

/**
 * @param {ReturnType<typeof emptyTrace>} trace
 * @param {Scene} scene
 * @param {number} box
 */
function addBar(trace, scene, box) {
  const { boxes, view, rows, tracks, bar } = scene;
  const row = boxes.row[box];
  const key = boxes.key[box];
  const { start, end } = extent(boxes, box, tracks[row], view);
  trace.base.push(start);
  const edge = hasEdge(scene, box) ? (EDGE * (view.end - view.start)) / view.width : 0;
  trace.x.push(end - start - edge);
  trace.y.push(rows[row].top + bar / 2);
  trace.width.push(bar);
  trace.text.push(plotlyText(label(scene, box)));
  trace.insidetextfont.color.push(scene.paint.text[key]);
  trace.marker.color.push(fillOf(scene, box));
  trace.marker.pattern.shape.push(boxes.kind[box] === UNFINISHED ? "/" : "");
}

/**
 * The span itself where it lies in the window, so that positions are exact at any zoom.
 * @param {import("#page/chart/boxes.js").Boxes} boxes
 * @param {number} box
 * @param {import("#page/trace/data.js").Track} track
 * @param {import("#page/chart/boxes.js").View} view
 */
function extent(boxes, box, track, view) {
  const perPixel = (view.end - view.start) / view.width;
  const span = boxes.span[box];
  if (boxes.kind[box] === INSTANT)
    return { start: track.start[span] - perPixel, end: track.start[span] + perPixel };
  const start = Math.max(track.start[span], view.start - perPixel);
  return { start, end: Math.max(start + perPixel, Math.min(track.end[span], view.end + perPixel)) };
}

/**
 * Whether a line of the background sets the box apart from the next one, which may have its colour.
 * @param {Scene} scene
 * @param {number} box
 */
export function hasEdge({ boxes }, box) {
  const touches =
    boxes.row[box + 1] === boxes.row[box] &&
    boxes.kind[box + 1] !== INSTANT &&
    boxes.left[box + 1] - boxes.right[box] < EDGE;
  return boxes.kind[box] === PLAIN && touches && boxes.right[box] - boxes.left[box] >= EDGED_WIDTH;
}

/**
 * The colour of the box, faded if the box is faint.
 * @param {Scene} scene
 * @param {number} box
 */
export function fillOf({ boxes, paint }, box) {
  return (box < boxes.faint ? paint.faint : paint.fill)[boxes.key[box]];
}

/**
 * The task's name as far as it fits into the box, and none on what stands back. On the hatching of unfinished spans the
 * canvas writes it.
 * @param {Scene} scene
 * @param {number} box
 * @param {number} [kind] of the boxes that have one
 */
export function label({ boxes, view, bar, trace, measure }, box, kind = PLAIN) {
  if (bar < TEXT_HEIGHT || boxes.kind[box] !== kind || box < boxes.faint) return "";
  const room = Math.min(view.width, boxes.right[box]) - Math.max(0, boxes.left[box]) - 2 * TEXT_AIR;
  return room < 14 ? "" : fitted(trace.names[trace.keys[boxes.key[box]].task], room, measure, LEAST_NAME);
}
