// @ts-check
// The chart as a picture: PNG or SVG.
//
// Takes what the last redraw gave Plotly, and the canvases around it; gives a Blob. The canvases become images in
// the figure, so that a picture shows what the page shows. In an SVG, Plotly's bars and texts stay vectors.

import { UNSEEN } from "#page/chart/figure.js";

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

/**
 * @param {typeof import("plotly.js")} plotly
 * @param {Drawn} drawn
 * @param {Canvases} canvases
 * @param {string} surface colour of the background
 * @param {"png" | "svg"} format
 */
export async function picture(plotly, { data, layout, frame }, canvases, surface, format) {
  const images = [
    image(canvases.under, frame, { left: 0, top: 0 }, "below"),
    image(canvases.overview, frame, { left: frame.left, top: frame.overview }, "below"),
    image(canvases.over, frame, { left: 0, top: 0 }, "above"),
  ];
  const whole = { data, layout: { ...layout, images }, config: { staticPlot: true } };
  const size = { width: frame.width, height: frame.height + UNSEEN };
  const url = await plotly.toImage(/** @type {import("plotly.js").Root} */ (/** @type {unknown} */ (whole)), {
    format: "svg",
    ...size,
  });
  const svg = cropped(decodeURIComponent(url.slice(url.indexOf(",") + 1)), frame, surface);
  const blob = new Blob([svg], { type: "image/svg+xml" });
  return format === "svg" ? blob : rasterised(svg, frame);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {import("#page/chart/frame.js").Frame} frame
 * @param {{left: number, top: number}} place px of the chart's box
 * @param {"above" | "below"} layer
 */
function image(canvas, frame, { left, top }, layer) {
  const [across, down] = [frame.right - frame.left, frame.lowest - frame.paper];
  return {
    source: canvas.toDataURL("image/png"),
    xref: /** @type {const} */ ("paper"),
    yref: /** @type {const} */ ("paper"),
    x: (left - frame.left) / across,
    y: 1 - (top - frame.paper) / down,
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
 * @param {import("#page/chart/frame.js").Frame} frame
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
 * @param {import("#page/chart/frame.js").Frame} frame
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
