// @ts-check
// An area that shows how busy something is: one value for each of equal bins, with a line on top.
//
// Takes values from 0 to 1, draws them into a box of a canvas. Knows nothing of what is busy.

/** How strong the area of what waits is; its line is stronger. */
export const WAIT_AREA = 0.5;

/**
 * @param {string} color `#rrggbb`
 * @param {number} opacity 0 to 1
 */
export function faded(color, opacity) {
  return color + Math.round(opacity * 255).toString(16).padStart(2, "0");
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{left: number, top: number, width: number, height: number}} box px
 * @param {Float64Array} values 0 to 1; what is not 0 is at least a pixel high
 * @param {{area: string, areaLine: string}} colors
 */
export function drawBusy(context, { left, top, width, height }, values, { area, areaLine }) {
  const bin = width / values.length;
  const foot = top + height;
  const heights = values.map((value) => (value > 0 ? Math.max(1, value * height) : 0));
  const shape = new Path2D();
  shape.moveTo(left, foot);
  heights.forEach((high, index) => {
    shape.lineTo(left + index * bin, foot - high);
    shape.lineTo(left + (index + 1) * bin, foot - high);
  });
  shape.lineTo(left + width, foot);
  context.fillStyle = area;
  context.fill(shape);
  context.fillStyle = areaLine;
  heights.forEach((high, index) => {
    if (high > 0) context.fillRect(left + index * bin, foot - high, bin, 1);
  });
}

/**
 * A line alone, in steps.
 * @param {CanvasRenderingContext2D} context
 * @param {{left: number, top: number, width: number, height: number}} box px
 * @param {Float64Array} values 0 to 1
 * @param {string} color
 */
export function drawLine(context, { left, top, width, height }, values, color) {
  const bin = width / values.length;
  const line = new Path2D();
  values.forEach((value, index) => {
    const y = top + height - value * height;
    line.lineTo(left + index * bin, y);
    line.lineTo(left + (index + 1) * bin, y);
  });
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.stroke(line);
}
