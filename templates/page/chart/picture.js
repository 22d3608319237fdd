// @ts-check
// The chart as a picture: PNG or SVG.
//
// Takes what Plotly draws of the state of now, and canvases with the rest; gives a Blob. The canvases become images in
// the figure, so that a picture shows what the page shows, with Plotly's legend. In an SVG, bars and texts are vectors.

import { FONT } from "#page/chart/figure.js";
import { MARGIN } from "#page/chart/frame.js";
import { entryNames, legendLayout } from "#page/view/legend.js";
import { textMeasure } from "#page/view/text.js";

/**
 * @typedef {object} Drawn
 * @property {import("plotly.js").Data[]} data
 * @property {Partial<import("plotly.js").Layout>} layout
 * @property {import("#page/chart/frame.js").Frame} frame
 *
 * @typedef {object} Canvases
 * @property {HTMLCanvasElement} under
 * @property {HTMLCanvasElement} over
 * @property {HTMLCanvasElement} overview
 */

const SCALE = 2; // px of a PNG to one of the page
const LEGEND_SIZE = 12;
/** px below the chart that are cut off. Plotly limits the legend to half the height of its figure. */
const UNSEEN = 1000;

/**
 * @param {typeof import("plotly.js")} plotly
 * @param {Drawn} drawn
 * @param {Canvases} canvases
 * @param {import("#page/view/look.js").Look} look
 * @param {"png" | "svg"} format
 */
export async function picture(plotly, { data, layout, frame }, canvases, look, format) {
  const images = [
    image(canvases.under, frame, { left: 0, top: 0 }, "below"),
    image(canvases.overview, frame, { left: frame.left, top: frame.overview }, "below"),
    image(canvases.over, frame, { left: 0, top: 0 }, "above"),
  ];
  const above = legendHeight(look, frame);
  const size = { width: frame.width, height: frame.height + above };
  const margin = { ...layout.margin, b: MARGIN.bottom + UNSEEN }; // Plotly adds what its legend takes
  const figure = { ...layout, ...legendAbove(look.colors.text), height: size.height + UNSEEN, margin, images };
  const whole = /** @type {unknown} */ ({ data, layout: figure, config: { staticPlot: true } });
  const url = await plotly.toImage(/** @type {import("plotly.js").Root} */ (whole), {
    format: "svg",
    width: size.width,
    height: size.height + UNSEEN,
  });
  const svg = cropped(decodeURIComponent(url.slice(url.indexOf(",") + 1)), size, look.colors.surface);
  const blob = new Blob([svg], { type: "image/svg+xml" });
  return format === "svg" ? blob : rasterised(svg, size);
}

/** @param {string} color @returns {Partial<import("plotly.js").Layout>} */
function legendAbove(color) {
  return {
    showlegend: true,
    legend: {
      orientation: "h",
      x: 0,
      xanchor: "left",
      y: 1,
      yanchor: "bottom",
      bgcolor: "rgba(0,0,0,0)",
      font: { size: LEGEND_SIZE, color },
      itemsizing: "constant",
      traceorder: "normal",
      tracegroupgap: 0,
    },
  };
}

/**
 * px that Plotly will take for the legend.
 * @param {import("#page/view/look.js").Look} look
 * @param {import("#page/chart/frame.js").Frame} frame
 */
function legendHeight({ legend }, frame) {
  const measure = textMeasure(`${LEGEND_SIZE}px ${FONT}`);
  const names = entryNames(legend);
  const widths = legend.entries.map(({ count }, index) => measure(names[index]) + measure(` ×${count}`));
  return legendLayout(widths, frame.right - frame.left).height;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("#page/chart/frame.js").Frame} frame
 * @param {{left: number, top: number}} place px of the chart's box
 * @param {"above" | "below"} layer
 */
function image(canvas, frame, { left, top }, layer) {
  const [across, down] = [frame.right - frame.left, frame.lowest - MARGIN.top];
  return {
    source: canvas.toDataURL("image/png"),
    xref: /** @type {const} */ ("paper"),
    yref: /** @type {const} */ ("paper"),
    x: (left - frame.left) / across,
    y: 1 - (top - MARGIN.top) / down,
    sizex: parseFloat(canvas.style.width) / across,
    sizey: parseFloat(canvas.style.height) / down,
    xanchor: /** @type {const} */ ("left"),
    yanchor: /** @type {const} */ ("top"),
    sizing: /** @type {const} */ ("stretch"),
    layer,
  };
}

/**
 * The picture without what Plotly needs below it, on a background.
 * @param {string} svg
 * @param {{width: number, height: number}} size px
 * @param {string} surface
 */
function cropped(svg, { width, height }, surface) {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (root.localName !== "svg") throw new Error("the picture is not well-formed");
  root.setAttribute("width", String(width));
  root.setAttribute("height", String(height));
  root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const background = document.createElementNS(root.namespaceURI, "rect");
  for (const [name, value] of Object.entries({ width, height, fill: surface }))
    background.setAttribute(name, String(value));
  root.prepend(background);
  return new XMLSerializer().serializeToString(root);
}

/**
 * @param {string} svg
 * @param {{width: number, height: number}} size px
 * @returns {Promise<Blob>}
 */
async function rasterised(svg, { width, height }) {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width * SCALE, height * SCALE];
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ done) => canvas.toBlob(done));
    if (!blob) throw new Error("the browser cannot make a picture of this size");
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}
