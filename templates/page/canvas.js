// @ts-check
// The canvas under Plotly's transparent plot area.
//
// Always draws what Plotly does not: the grid, the lines between processes, the diamonds of instants and the
// open ends of unfinished spans. Draws the spans themselves, too, where they are too many to be Plotly's bars.
// Takes boxes and draws them where Plotly would; decides nothing about what is shown.

import { hasEdge, label, TEXT_HEIGHT, TEXT_SIZE } from "#page/bars.js";
import { INSTANT, PLAIN, UNFINISHED } from "#page/boxes.js";

/**
 * @typedef {object} Frame where the chart's parts lie, in px of the chart's own box
 * @property {number} width of the whole
 * @property {number} height of the whole
 * @property {number} left of the plot area
 * @property {number} right
 * @property {number} top of the rows
 * @property {number} bottom of the rows
 * @property {number} lowest end of the concurrency under the rows
 *
 * @typedef {object} Content the rows of the chart, of which the frame shows a part
 * @property {number} scroll px of them above the frame
 * @property {number} height px
 * @property {number[]} sections px, where processes begin
 *
 * @typedef {object} Backdrop
 * @property {number[]} ticks ns
 * @property {{grid: string, line: string, thumb: string}} colors
 * @property {string} font family
 */

const EDGE = 0.75; // px of a wide box left to the background, before the next begins
const THUMB = 4; // px, the width of what shows how far the rows are scrolled
const DIAMOND = 4; // px from its middle to its corners
const HATCH = 7; // px from one line of the hatching to the next

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Frame} frame
 * @param {Content} content
 * @param {import("#page/bars.js").Scene} scene
 * @param {Backdrop} backdrop
 * @param {boolean} spans whether the spans are the canvas's to draw
 */
export function draw(canvas, frame, content, scene, backdrop, spans) {
  const context = prepared(canvas, frame);
  if (!context) return;
  drawBackdrop(context, frame, content, scene.view, backdrop);
  context.save();
  context.beginPath();
  context.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
  context.clip();
  context.translate(frame.left, frame.top - content.scroll);
  if (spans) drawSpans(context, scene, backdrop.font);
  drawUnfinished(context, scene, spans);
  drawInstants(context, scene, spans);
  context.restore();
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Frame} frame
 */
function prepared(canvas, frame) {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(frame.width * ratio);
  const height = Math.round(frame.height * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
    canvas.style.width = `${frame.width}px`;
    canvas.style.height = `${frame.height}px`;
  }
  const context = canvas.getContext("2d");
  context?.setTransform(ratio, 0, 0, ratio, 0, 0);
  context?.clearRect(0, 0, frame.width, frame.height);
  return context;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Content} content
 * @param {import("#page/boxes.js").View} view
 * @param {Backdrop} backdrop
 */
function drawBackdrop(context, frame, content, view, backdrop) {
  const scale = view.width / (view.end - view.start);
  context.fillStyle = backdrop.colors.grid;
  for (const tick of backdrop.ticks) {
    const x = frame.left + Math.round((tick - view.start) * scale);
    context.fillRect(x, frame.top, 1, frame.lowest - frame.top);
  }
  context.fillStyle = backdrop.colors.line;
  const sections = content.sections.map((section) => frame.top + Math.round(section - content.scroll));
  for (const y of [frame.top, ...sections, frame.bottom]) {
    if (y >= frame.top && y <= frame.bottom) context.fillRect(0, y, frame.right, 1);
  }
  const room = frame.bottom - frame.top;
  if (content.height <= room) return;
  context.fillStyle = backdrop.colors.thumb;
  const length = Math.max(16, (room * room) / content.height);
  const top = ((room - length) * content.scroll) / (content.height - room);
  context.fillRect(frame.right + 6, frame.top + top, THUMB, length);
}

/**
 * Colour by colour: changing it costs more than a rectangle does.
 * @param {CanvasRenderingContext2D} context
 * @param {import("#page/bars.js").Scene} scene
 * @param {string} font
 */
function drawSpans(context, scene, font) {
  const { boxes, rows, bar, paint } = scene;
  /** @type {Map<string, number[]>} */
  const byColor = new Map();
  boxes.kind.forEach((kind, box) => {
    if (kind !== PLAIN) return;
    const color = paint.fill[boxes.key[box]];
    const list = byColor.get(color);
    if (list) list.push(box);
    else byColor.set(color, [box]);
  });
  for (const [color, list] of byColor) {
    context.fillStyle = color;
    for (const box of list) {
      const width = boxes.right[box] - boxes.left[box] - (hasEdge(scene, box) ? EDGE : 0);
      context.fillRect(boxes.left[box], rows[boxes.row[box]].top, width, bar);
    }
  }
  if (bar < TEXT_HEIGHT) return;
  context.font = `${TEXT_SIZE}px ${font}`;
  context.textBaseline = "middle";
  boxes.kind.forEach((_, box) => {
    const text = label(scene, box);
    if (text === "") return;
    context.fillStyle = paint.text[boxes.key[box]];
    context.fillText(text, Math.max(0, boxes.left[box]) + 4, rows[boxes.row[box]].top + bar / 2 + 0.5);
  });
}

/**
 * Hatched, and closed on every side but the right.
 * @param {CanvasRenderingContext2D} context
 * @param {import("#page/bars.js").Scene} scene
 * @param {boolean} fill whether the hatching is the canvas's to draw
 */
function drawUnfinished(context, { boxes, rows, bar, paint }, fill) {
  boxes.kind.forEach((kind, box) => {
    if (kind !== UNFINISHED) return;
    const color = paint.fill[boxes.key[box]];
    const top = rows[boxes.row[box]].top;
    const left = boxes.left[box];
    const width = boxes.right[box] - left;
    if (fill) hatch(context, color, left, top, width, bar);
    context.fillStyle = color;
    context.fillRect(left, top, width, 1);
    context.fillRect(left, top + bar - 1, width, 1);
    context.fillRect(left, top, 2, bar);
  });
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} color
 * @param {number} left
 * @param {number} top
 * @param {number} width
 * @param {number} height
 */
function hatch(context, color, left, top, width, height) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.beginPath();
  for (let x = Math.floor((left - height) / HATCH) * HATCH; x < left + width; x += HATCH) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.strokeStyle = color;
  context.lineWidth = 1.75;
  context.stroke();
  context.restore();
}

/**
 * A diamond on a tick: visible at any zoom and in a row of any height.
 * @param {CanvasRenderingContext2D} context
 * @param {import("#page/bars.js").Scene} scene
 * @param {boolean} tick whether the tick is the canvas's to draw
 */
function drawInstants(context, { boxes, rows, bar, paint }, tick) {
  const size = Math.min(DIAMOND, Math.max(2, bar / 2));
  boxes.kind.forEach((kind, box) => {
    if (kind !== INSTANT) return;
    const x = (boxes.left[box] + boxes.right[box]) / 2;
    const top = rows[boxes.row[box]].top;
    context.fillStyle = paint.fill[boxes.key[box]];
    if (tick) context.fillRect(x - 1, top, 2, bar);
    context.beginPath();
    context.moveTo(x, top + bar / 2 - size);
    context.lineTo(x + size, top + bar / 2);
    context.lineTo(x, top + bar / 2 + size);
    context.lineTo(x - size, top + bar / 2);
    context.fill();
  });
}
