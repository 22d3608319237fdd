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
  const scale = view.width / (view.end - view.start);
  const shift = Math.round(view.start * scale);
  const background = channels(paint.background);
  /** @type {Map<string, number[]>} */
  const known = new Map();

  /** @param {number} time */
  const xOf = (time) => Math.round(time * scale) - shift;

  /** @param {string} color */
  const channelsOf = (color) => {
    const found = known.get(color) ?? channels(color);
    known.set(color, found);
    return found;
  };

  /** @param {number} line @param {number} from px @param {number} to px @param {string} color @param {number} strong */
  const fill = (line, from, to, color, strong) => {
    const parts = channelsOf(color);
    for (let x = Math.max(0, from); x < Math.min(width, to); x += 1) {
      const at = 4 * (line * width + x);
      for (let part = 0; part < 3; part += 1)
        out[at + part] = background[part] + (parts[part] - background[part]) * strong;
      out[at + 3] = 255;
    }
  };

  lines.forEach(({ cells }, line) => {
    for (const { width: ns, start, key, share, faint } of cells)
      for (let cell = 0; cell < start.length; cell += 1) {
        if (key[cell] < 0) continue;
        const colors = faint[cell] === 1 ? paint.faint : paint.fill;
        fill(line, xOf(start[cell]), xOf(start[cell] + ns), colors[key[cell]], strength(share[cell]));
      }
    for (const { width: ns, start, instant, faint } of cells)
      for (let cell = 0; cell < start.length; cell += 1) {
        if (instant[cell] < 0) continue;
        const colors = faint[cell] === 1 ? paint.faint : paint.fill;
        const x = xOf(start[cell] + ns / 2);
        fill(line, x - TICK, x + TICK, colors[instant[cell]], 1);
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
