// A page's file, read as the page reads itself: what a browser shows can be held against it.

import { readFileSync } from "node:fs";

import { complete, outline } from "#page/trace/data.js";
import { decodeAttribute, decodeRaster, decodeRows, decodeSamples } from "#page/trace/decode.js";

/**
 * The trace in a page's file.
 * @param {string} path
 */
export async function traceIn(path) {
  const html = readFileSync(path, "utf8");
  const text = (/** @type {string} */ id) => {
    const mark = `id="${id}">`;
    const from = html.indexOf(mark) + mark.length;
    return html.slice(from, html.indexOf("<", from));
  };
  /** @type {import("#page/trace/data.js").Data} */
  const data = JSON.parse(text("data"));
  const cells = await decodeRaster(text("raster"), data.lanes.length * data.raster.count, data.raster.key_bytes);
  const tracks = data.lanes.flatMap((lane) => lane.tracks);
  const series = data.counters.flatMap((counter) => counter.series);
  /** @type {import("#page/trace/data.js").Track[]} */
  const rows = [];
  /** @type {import("#page/trace/decode.js").Samples[]} */
  const samples = [];
  for (const [index, count] of data.row_chunks.entries()) {
    const request = { text: text(`rows-${index}`), tracks: tracks.splice(0, count), wall: data.wall_ns };
    rows.push(...(await decodeRows(request)).rows);
  }
  for (const [index, count] of data.sample_chunks.entries())
    samples.push(...(await decodeSamples({ text: text(`samples-${index}`), series: series.splice(0, count) })).samples);
  const attributes = () =>
    Promise.all(
      data.attributes.map(async (attribute, index) => {
        const request = { text: text(`attributes-${index}`), attribute };
        return (await decodeAttribute(request)).attribute;
      }),
    );
  return complete(outline(data, cells, attributes), data, rows, samples);
}
