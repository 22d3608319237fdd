// @ts-check
// Feet: a strip at the foot of each bar whose span has a known CPU time, filled to the part of it that was on a CPU.
//
// Takes the scene, draws over the bars. A line of the background sets a strip apart from its bar, whatever the bar's
// colour; what is not filled has the bar's pale colour. Declared waits have none, nor have faded bars, and bars with
// too little room.

import { EDGE, hasEdge } from "#page/chart/bars.js";
import { PLAIN } from "#page/chart/boxes.js";
import { cpuOf } from "#page/trace/cpu.js";

/** px of a bar from which on it has a strip. */
const LEAST = { width: 5, height: 8 };
/** px of a bar from which on there is room for the line above the strip and for two px of it. */
const HIGH = 14;

/**
 * @typedef {object} Foot
 * @property {number} left px of the rows
 * @property {number} width px
 * @property {number} filled px
 * @property {number} bottom px
 * @property {number} height px of the strip with the line above it
 * @property {string} pale colour of what is not filled
 */

/**
 * @param {import("#page/chart/bars.js").Scene} scene
 * @returns {Foot[]}
 */
export function feet(scene) {
  const { boxes, rows, tracks, bar, view, trace, paint } = scene;
  if (bar < LEAST.height || !trace.hasCpu) return [];
  const height = bar < HIGH ? 2 : 3;
  /** @type {Foot[]} */
  const out = [];
  for (let box = boxes.faint; box < boxes.kind.length; box += 1) {
    const [row, span, key] = [boxes.row[box], boxes.span[box], boxes.key[box]];
    if (boxes.kind[box] !== PLAIN || trace.keys[key].wait) continue;
    const left = Math.max(0, Math.round(boxes.left[box]));
    const width = Math.min(Math.round(view.width), Math.round(boxes.right[box])) - left - (hasEdge(scene, box) ? EDGE : 0);
    const cpu = width < LEAST.width ? -1 : cpuOf(tracks[row], span);
    if (cpu < 0) continue;
    const filled = filledOf(width, cpu / (tracks[row].end[span] - tracks[row].start[span]));
    out.push({ left, width, filled, bottom: rows[row].top + bar, height, pale: paint.faint[key] });
  }
  return out;
}

/**
 * As many px as the share asks for; only 0 and all of it look like that.
 * @param {number} width
 * @param {number} share
 */
function filledOf(width, share) {
  if (share <= 0 || share >= 1) return share <= 0 ? 0 : width;
  return Math.min(width - 1, Math.max(1, Math.round(width * share)));
}

/**
 * @param {CanvasRenderingContext2D} context whose origin is the rows' upper left corner
 * @param {readonly Foot[]} feet
 * @param {{text: string, surface: string}} colors
 */
export function drawFeet(context, feet, { text, surface }) {
  for (const { left, width, bottom, height, pale } of feet) {
    context.fillStyle = surface;
    context.fillRect(left, bottom - height, width, 1);
    context.fillStyle = pale;
    context.fillRect(left, bottom - height + 1, width, height - 1);
  }
  context.fillStyle = text;
  for (const { left, filled, bottom, height } of feet)
    context.fillRect(left, bottom - height + 1, filled, height - 1);
}
