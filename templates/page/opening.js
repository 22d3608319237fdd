// @ts-check
// Opening: the run that is drawn, or the two of them, from the elements of the page to one trace.
//
// First gives the trace without rows, which is enough to draw; then reads the rows, those of the first run before those
// of the second, since the page has them in that order.

import { createDecoder, decodeAttributes, handOver, taken } from "#page/loading.js";
import { isTimeless } from "#page/timeless.js";
import { complete, outline } from "#page/trace/data.js";
import { decodeRaster } from "#page/trace/decode.js";
import { keyShift, pairComplete, pairOutline } from "#page/trace/pair.js";

/**
 * @typedef {import("#page/trace/data.js").Data} Data
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/view/runs.js").Drawn} Drawn
 * @typedef {import("#page/trace/decode.js").Rows} Rows
 * @typedef {import("#page/trace/decode.js").Samples} Samples
 *
 * @typedef {object} Opened
 * @property {Trace} known without rows
 * @property {(tell: (share: number) => void) => Promise<() => Promise<Trace>>} read hands the rows over to be decoded, then
 *   gives what waits for the whole trace; `tell` hears how much of all spans is decoded
 */

/**
 * The data of the runs that are drawn. Of two, one without time is not drawn.
 * @param {readonly Drawn[]} drawn
 */
export function dataOf(drawn) {
  const all = drawn.map((run) => ({ run, data: /** @type {Data} */ (JSON.parse(run.find("data")?.textContent ?? "")) }));
  const timed = all.filter(({ data }) => !isTimeless(data));
  return timed.length > 0 ? timed : all.slice(0, 1);
}

/**
 * @param {ReturnType<typeof dataOf>} runs one or two
 * @param {string | null} chosen by which an address chooses them
 * @returns {Promise<Opened>}
 */
export async function opened(runs, chosen) {
  const starting = createDecoder();
  const cells = await Promise.all(runs.map(cellsOf));
  const loads = runs.map(({ run, data }) => () => decodeAttributes(data, run.find));
  if (runs.length === 1) {
    const [{ run, data }] = runs;
    const known = outline(data, cells[0], loads[0], chosen);
    return {
      known,
      async read(tell) {
        const decoder = await starting;
        const decoded = await handOver(decoder, data, tell, run.find);
        return async () => {
          const { rows, samples } = await decoded();
          decoder.close();
          return complete(known, data, rows, samples);
        };
      },
    };
  }
  /** @template Of @param {readonly Of[]} of @returns {[Of, Of]} */
  const both = ([one, other]) => [one, other];
  const datas = both(runs.map(({ data }) => data));
  const known = pairOutline(datas, both(cells), both(runs.map(({ run }) => run)), both(loads), chosen);
  return {
    known,
    async read(tell) {
      const decoder = await starting;
      const counts = datas.map(({ lanes }) => lanes.reduce((sum, { tracks }) => tracks.reduce((own, { count }) => own + count, sum), 0));
      const shares = [0, 0];
      const told = (/** @type {number} */ side) => (/** @type {number} */ share) => {
        shares[side] = share;
        tell((shares[0] * counts[0] + shares[1] * counts[1]) / Math.max(1, counts[0] + counts[1]));
      };
      const first = await handOver(decoder, datas[0], told(0), runs[0].run.find);
      const second = await handOver(decoder, datas[1], told(1), runs[1].run.find, keyShift(datas));
      return async () => {
        const decoded = await Promise.all([first(), second()]);
        decoder.close();
        return pairComplete(known, datas, decoded);
      };
    },
  };
}

/** @param {ReturnType<typeof dataOf>[number]} one */
async function cellsOf({ run, data }) {
  const { count, key_bytes } = data.raster;
  return decodeRaster(await taken("raster", run.find), data.lanes.length * count, key_bytes);
}
