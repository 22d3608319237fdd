// @ts-check
// The mosaic: cells as pixels.
//
// Takes the cells of rows and the colours, gives a line of pixels for each row and draws it over the row's height.
// A cell has the colour of the task that ran longest in it; the busier the cell, the stronger the colour. Instants
// are ticks over it. Cells start on whole pixels, and panning moves them by whole pixels.

import { latest } from "#page/trace/latest.js";
import { channels, strength } from "#page/view/palette.js";

/**
 * @typedef {object} Line
 * @property {number} top px of the rows
 * @property {number} height px
 * @property {readonly import("#page/chart/raster.js").Cells[]} cells
 */

const TICK = 1; // px on each side of its place

/**
 * What gives pixels their colours: red, green, blue and opacity in one number.
 * @param {import("#page/view/palette.js").Paint} paint
 */
export function createColours(paint) {
  const background = channels(paint.background);
  /** The channels of each key's colour, and of its faded form. @type {number[][][]} */
  const known = [[], []];
  const pixel = new Uint8ClampedArray(4);
  const whole = new Uint32Array(pixel.buffer);
  /** @type {WeakMap<import("#page/chart/raster.js").Cells, Uint32Array>} cells are kept while the window moves */
  const ofCells = new WeakMap();

  /** @param {number} key @param {number} faint @param {number} strong */
  const colour = (key, faint, strong) => {
    const parts = (known[faint][key] ??= channels((faint === 1 ? paint.faint : paint.fill)[key]));
    for (let part = 0; part < 3; part += 1)
      pixel[part] = background[part] + (parts[part] - background[part]) * strong;
    pixel[3] = 255;
    return whole[0];
  };

  return {
    colour,
    /** @param {import("#page/chart/raster.js").Cells} cells @returns {Uint32Array} 0 where there are only instants */
    of(cells) {
      const { key, faint, share } = cells;
      const found =
        ofCells.get(cells) ??
        Uint32Array.from(key, (own, cell) => (own < 0 ? 0 : colour(own, faint[cell], strength(share[cell]))));
      ofCells.set(cells, found);
      return found;
    },
  };
}

/**
 * The pixels of lines, one after the other.
 * @param {readonly Line[]} lines
 * @param {import("#page/chart/boxes.js").View} view
 * @param {ReturnType<typeof createColours>} colours
 */
export function pixels(lines, view, colours) {
  const width = Math.round(view.width);
  const out = new Uint32Array(width * lines.length);
  const scale = view.width / (view.end - view.start);
  const shift = Math.round(view.start * scale);
  /** @param {number} time */
  const xOf = (time) => Math.round(time * scale) - shift;

  lines.forEach(({ cells }, line) => {
    const first = line * width;
    /** @param {number} from px @param {number} to px @param {number} colour */
    const fill = (from, to, colour) => {
      const end = first + Math.min(width, to);
      for (let at = first + Math.max(0, from); at < end; at += 1) out[at] = colour;
    };
    for (const own of cells) {
      const colourOf = colours.of(own);
      for (let cell = 0; cell < colourOf.length; cell += 1)
        if (colourOf[cell] !== 0) fill(xOf(own.start[cell]), xOf(own.start[cell] + own.width), colourOf[cell]);
    }
    for (const { width: ns, start, instant, faint, withInstants } of cells)
      for (const cell of withInstants) {
        const x = xOf(start[cell] + ns / 2);
        fill(x - TICK, x + TICK, colours.colour(instant[cell], faint[cell], 1));
      }
  });
  return { data: new Uint8ClampedArray(out.buffer), width };
}

/**
 * What draws lines of cells, and keeps the image that it does so with.
 * @returns {(context: CanvasRenderingContext2D, lines: readonly Line[], view: import("#page/chart/boxes.js").View, paint: import("#page/view/palette.js").Paint) => void}
 *   onto a canvas whose origin is the rows' upper left corner
 */
export function createMosaic() {
  const image = document.createElement("canvas");
  const own = image.getContext("2d");
  const coloursOf = latest(createColours);
  return (context, lines, view, paint) => {
    if (lines.length === 0) return;
    const { data, width } = pixels(lines, view, coloursOf(paint));
    if (image.width !== width || image.height < lines.length) [image.width, image.height] = [width, lines.length];
    own?.putImageData(new ImageData(data, width), 0, 0);
    context.imageSmoothingEnabled = false;
    lines.forEach(({ top, height }, line) => {
      context.drawImage(image, 0, line, width, 1, 0, top, width, height);
    });
  };
}
