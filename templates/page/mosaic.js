// @ts-check
// The mosaic: cells as pixels.
//
// Takes the cells of rows and the colours, gives a line of pixels for each row and draws it over the row's height.
// A cell is the colour of the task that ran longest in it, the stronger the more of the cell was busy; what has
// no length is a tick over it. Cells begin on whole pixels, and by panning they move by whole pixels.

import { channels, strength } from "#page/palette.js";

/**
 * @typedef {object} Line
 * @property {number} top px of the rows
 * @property {number} height px
 * @property {readonly import("#page/raster.js").Cells[]} cells
 */

const TICK = 1; // px to the left and to the right of where it stands

/**
 * Red, green, blue and opacity of each pixel, line after line.
 * @param {readonly Line[]} lines
 * @param {import("#page/boxes.js").View} view
 * @param {import("#page/palette.js").Paint} paint
 */
export function pixels(lines, view, paint) {
  const width = Math.round(view.width);
  const out = new Uint8ClampedArray(4 * width * lines.length);
  const whole = new Uint32Array(out.buffer);
  const one = new Uint8ClampedArray(4); // a pixel
  const asWhole = new Uint32Array(one.buffer);
  const scale = view.width / (view.end - view.start);
  const shift = Math.round(view.start * scale);
  const background = channels(paint.background);
  /** @param {number} time */
  const xOf = (time) => Math.round(time * scale) - shift;

  /** The channels of each key's colour, and of what is left of it where it stands back. @type {number[][][]} */
  const known = [[], []];

  /** @param {number} line @param {number} from px @param {number} to px @param {number} key @param {number} faint @param {number} strong */
  const fill = (line, from, to, key, faint, strong) => {
    const parts = (known[faint][key] ??= channels((faint === 1 ? paint.faint : paint.fill)[key]));
    for (let part = 0; part < 3; part += 1)
      one[part] = background[part] + (parts[part] - background[part]) * strong;
    one[3] = 255;
    const [first, last] = [Math.max(0, from), Math.min(width, to)];
    for (let x = first; x < last; x += 1) whole[line * width + x] = asWhole[0];
  };

  lines.forEach(({ cells }, line) => {
    for (const { width: ns, start, key, share, faint } of cells)
      for (let cell = 0; cell < start.length; cell += 1) {
        if (key[cell] < 0) continue;
        fill(line, xOf(start[cell]), xOf(start[cell] + ns), key[cell], faint[cell], strength(share[cell]));
      }
    for (const { width: ns, start, instant, faint } of cells)
      for (let cell = 0; cell < start.length; cell += 1) {
        if (instant[cell] < 0) continue;
        const x = xOf(start[cell] + ns / 2);
        fill(line, x - TICK, x + TICK, instant[cell], faint[cell], 1);
      }
  });
  return { data: out, width };
}

/**
 * What draws lines of cells, and keeps the image that it does so with.
 * @returns {(context: CanvasRenderingContext2D, lines: readonly Line[], view: import("#page/boxes.js").View, paint: import("#page/palette.js").Paint) => void}
 *   onto a canvas whose origin is the rows' upper left corner
 */
export function createMosaic() {
  const image = document.createElement("canvas");
  const own = image.getContext("2d");
  return (context, lines, view, paint) => {
    if (lines.length === 0) return;
    const { data, width } = pixels(lines, view, paint);
    if (image.width !== width || image.height < lines.length) [image.width, image.height] = [width, lines.length];
    own?.putImageData(new ImageData(data, width), 0, 0);
    context.imageSmoothingEnabled = false;
    lines.forEach(({ top, height }, line) => {
      context.drawImage(image, 0, line, width, 1, 0, top, width, height);
    });
  };
}
