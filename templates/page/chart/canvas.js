// @ts-check
// The canvases of the chart, one below and one above Plotly's transparent plot area.
//
// They draw any composition, whole or but for what Plotly draws over it. Below: the grid, lines between processes,
// spans or cells that summarise them, strips of folded processes, panels. Above: names of unfinished spans, diamonds of
// instants (no neighbour may cover them), strips at the feet of Plotly's bars, the reader's marks, texts. They decide
// nothing about what is shown.

import { EDGE, fillOf, hasEdge, label, TEXT_HEIGHT, TEXT_SIZE } from "#page/chart/bars.js";
import { INSTANT, PLAIN, UNFINISHED } from "#page/chart/boxes.js";
import { drawFeet, feet } from "#page/chart/feet.js";
import { drawMarks } from "#page/chart/marks.js";
import { createMosaic } from "#page/chart/mosaic.js";
import { drawPanels } from "#page/chart/panels.js";
import { drawConcurrency, drawTexts } from "#page/chart/sketch.js";
import { drawStrips } from "#page/chart/strips.js";
import { isPrinting } from "#page/view/look.js";

/**
 * @typedef {import("#page/chart/frame.js").Frame} Frame
 *
 * @typedef {object} Content the rows of the chart, of which the frame shows a part
 * @property {number} scroll px of them above the frame
 * @property {number} height px
 * @property {number[]} sections px, where processes begin
 * @property {ReadonlySet<number>} sides those of them that begin a side of a pair
 * @property {ReadonlySet<number>} struck those that leave the label columns to a label
 * @property {import("#page/chart/strips.js").Strip[]} strips
 * @property {import("#page/chart/panels.js").Panel[]} panels
 * @property {import("#page/chart/marks.js").Marks} marks
 *
 * @typedef {object} Backdrop
 * @property {number[]} ticks ns
 * @property {import("#page/view/look.js").Colors} colors
 * @property {string} font family
 */

const SHARP = 4; // px from which on a box of thousands begins and ends with a whole pixel
const TEXT_PAD = 3; // px from a bar's start to its name, as Plotly has it
const BASELINE = 0.35; // of a text's size, from its middle to its baseline, the same
const PLATE = 2; // px around a name on a hatching
const THUMB = 4; // px, the width of what shows how far the rows are scrolled
const DIAMOND = 4; // px from its middle to its corners
const HALOED_HEIGHT = 9; // px; in lower rows a halo would leave little else
const HATCH = 7; // px from one line of the hatching to the next

/**
 * What draws on the canvases.
 * @param {{under: HTMLCanvasElement, over: HTMLCanvasElement}} canvases
 */
export function createCanvas({ under, over }) {
  const drawMosaic = createMosaic();

  /**
   * @param {import("#page/chart/composition.js").Composition} composition
   * @param {boolean} isCovered whether Plotly draws the bars and the texts around them
   * @param {number} sharpness px of the canvases to one of the page
   */
  return ({ scene, lower, figure, content, backdrop }, isCovered, sharpness) => {
    const { frame } = figure;
    const context = prepared(under, frame, sharpness);
    const top = prepared(over, frame, sharpness);
    const spans = !isCovered || scene.mode !== "bars";
    drawBackdrop(context, frame, content, scene.view, backdrop);
    drawPanels(context, frame, content.panels, backdrop.colors);
    for (const layer of [context, top]) {
      layer.save();
      layer.beginPath();
      layer.rect(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top);
      layer.clip();
      layer.translate(frame.left, frame.top - content.scroll);
    }
    drawStrips(context, content.strips, frame.right - frame.left, backdrop.colors, scene.paint.wait);
    drawMosaic(context, scene.lines, scene.view, scene.paint);
    if (spans) drawSpans(context, scene, backdrop.font);
    drawUnfinished(context, scene, spans);
    drawFeet(spans ? context : top, feet(scene), backdrop.colors); // over the bars, whoever draws them
    drawUnfinishedNames(top, scene, backdrop);
    drawInstants(top, scene, backdrop.colors.surface);
    for (const layer of [context, top]) layer.restore();
    drawMarks(top, frame, content.marks, backdrop.colors, backdrop.font);
    if (isCovered) return;
    drawConcurrency(context, figure, lower, scene.paint.wait);
    drawTexts(top, figure);
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Frame} frame
 * @param {number} ratio px of the canvas to one of the page
 */
function prepared(canvas, frame, ratio) {
  const width = Math.round(frame.width * ratio);
  const height = Math.round(frame.height * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
    canvas.style.width = `${frame.width}px`;
    canvas.style.height = `${frame.height}px`;
  }
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no 2d canvas");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, frame.width, frame.height);
  return context;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {Content} content
 * @param {import("#page/chart/boxes.js").View} view
 * @param {Backdrop} backdrop
 */
function drawBackdrop(context, frame, content, view, backdrop) {
  const scale = view.width / (view.end - view.start);
  context.fillStyle = backdrop.colors.grid;
  for (const tick of backdrop.ticks) {
    const x = frame.left + Math.round((tick - view.start) * scale);
    context.fillRect(x, frame.top, 1, frame.lowest - frame.top);
  }
  for (const section of [content.scroll, ...content.sections, content.scroll + frame.bottom - frame.top]) {
    const y = frame.top + Math.round(section - content.scroll);
    const left = content.struck.has(section) ? frame.left : 0;
    const isSide = content.sides.has(section) && section > 0;
    context.fillStyle = isSide ? backdrop.colors.muted : backdrop.colors.line;
    if (y >= frame.top && y <= frame.bottom) context.fillRect(left, isSide ? y - 1 : y, frame.right - left, isSide ? 2 : 1);
  }
  const room = frame.bottom - frame.top;
  if (content.height <= room || isPrinting()) return;
  context.fillStyle = backdrop.colors.thumb;
  const length = Math.max(16, (room * room) / content.height);
  const top = ((room - length) * content.scroll) / (content.height - room);
  context.fillRect(frame.right + 6, frame.top + top, THUMB, length);
}

/**
 * Colour by colour: changing it costs more than a rectangle does.
 * @param {CanvasRenderingContext2D} context
 * @param {import("#page/chart/scene.js").Scene} scene
 * @param {string} font
 */
function drawSpans(context, scene, font) {
  const { boxes, rows, bar, paint } = scene;
  /** @type {Map<string, number[]>} */
  const byColor = new Map();
  boxes.kind.forEach((kind, box) => {
    if (kind !== PLAIN) return;
    const color = fillOf(scene, box);
    const list = byColor.get(color);
    if (list) list.push(box);
    else byColor.set(color, [box]);
  });
  for (const [color, list] of byColor) {
    context.fillStyle = color;
    for (const box of list) {
      // Highlighted boxes are at least a whole pixel wide, or they would blend with their neighbours.
      const standsOut = boxes.faint > 0 && box >= boxes.faint;
      const isSharp = standsOut || scene.mode === "bars" || boxes.right[box] - boxes.left[box] >= SHARP;
      const left = isSharp ? Math.round(boxes.left[box]) : boxes.left[box];
      const right = isSharp ? Math.max(left + 1, Math.round(boxes.right[box])) : boxes.right[box];
      const width = right - left - (hasEdge(scene, box) ? EDGE : 0);
      context.fillRect(left, rows[boxes.row[box]].top, width, bar);
    }
  }
  if (bar < TEXT_HEIGHT) return;
  context.font = `${TEXT_SIZE}px ${font}`;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  boxes.kind.forEach((_, box) => {
    const text = label(scene, box);
    if (text === "") return;
    context.fillStyle = paint.text[boxes.key[box]];
    context.fillText(text, Math.round(Math.max(0, boxes.left[box])) + TEXT_PAD, rows[boxes.row[box]].top + bar / 2 + BASELINE * TEXT_SIZE);
  });
}

/**
 * Hatched, and closed on every side but the right.
 * @param {CanvasRenderingContext2D} context
 * @param {import("#page/chart/bars.js").Scene} scene
 * @param {boolean} fill whether the hatching is the canvas's to draw
 */
function drawUnfinished(context, scene, fill) {
  const { boxes, rows, bar } = scene;
  boxes.kind.forEach((kind, box) => {
    if (kind !== UNFINISHED) return;
    const color = fillOf(scene, box);
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
 * On a plate of their own: no text is legible on a hatching.
 * @param {CanvasRenderingContext2D} context
 * @param {import("#page/chart/bars.js").Scene} scene
 * @param {Backdrop} backdrop
 */
function drawUnfinishedNames(context, scene, { colors, font }) {
  const { boxes, rows, bar, measure } = scene;
  context.font = `${TEXT_SIZE}px ${font}`;
  context.textBaseline = "middle";
  boxes.kind.forEach((_, box) => {
    const text = label(scene, box, UNFINISHED);
    if (text === "") return;
    const top = rows[boxes.row[box]].top;
    const left = Math.max(0, boxes.left[box]) + 4;
    context.fillStyle = colors.surface;
    context.fillRect(left - PLATE, top + 1, measure(text) + 2 * PLATE, bar - 2);
    context.fillStyle = colors.text;
    context.fillText(text, left, top + bar / 2 + 0.5);
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
 * A diamond on a tick: visible at any zoom, in a row of any height, and on neighbours of its own colour.
 * @param {CanvasRenderingContext2D} context
 * @param {import("#page/chart/bars.js").Scene} scene
 * @param {string} surface the background's colour
 */
function drawInstants(context, scene, surface) {
  const { boxes, rows, bar } = scene;
  context.strokeStyle = surface;
  context.lineWidth = 2;
  const size = Math.min(DIAMOND, Math.max(2, bar / 2));
  boxes.kind.forEach((kind, box) => {
    if (kind !== INSTANT) return;
    const x = (boxes.left[box] + boxes.right[box]) / 2;
    const top = rows[boxes.row[box]].top;
    context.fillStyle = fillOf(scene, box);
    context.fillRect(x - 1, top, 2, bar);
    context.beginPath();
    context.moveTo(x, top + bar / 2 - size);
    context.lineTo(x + size, top + bar / 2);
    context.lineTo(x, top + bar / 2 + size);
    context.lineTo(x - size, top + bar / 2);
    context.closePath();
    if (bar >= HALOED_HEIGHT) context.stroke();
    context.fill();
  });
}
