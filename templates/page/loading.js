// @ts-check
// Loading: from the page's elements to the whole trace.
//
// Takes the elements with chunks while the browser still reads the page, and a worker decodes them. Then it removes
// the elements, since their text is as large as the page. Without a worker the page decodes the chunks itself.

import { decodeAttribute, decodeRows, decodeSamples } from "#page/trace/decode.js";

/**
 * @typedef {import("#page/trace/data.js").Data} Data
 * @typedef {import("#page/trace/decode.js").Rows} Rows
 * @typedef {import("#page/trace/decode.js").Samples} Samples
 * @typedef {import("#page/trace/decode.js").Attribute} Attribute
 *
 * @typedef {object} Decoder
 * @property {(request: import("#page/trace/decode.js").RowsRequest) => Promise<{rows: Rows[]}>} rows
 * @property {(request: import("#page/trace/decode.js").SamplesRequest) => Promise<{samples: Samples[]}>} samples
 * @property {(request: import("#page/trace/decode.js").AttributeRequest) => Promise<{attribute: Attribute}>} attribute
 * @property {() => void} close
 */

/** What the worker is made of, in the order of dependence. */
const MODULES = ["#page/trace/mip.js", "#page/trace/decode.js"];

const MOST_WORKERS = 4; // more of them would wait for the browser to read the page; one core is left to it
const READING = 50; // ms until the browser is asked again how far it has read the page

/** @returns {Promise<Decoder>} workers that have started, which take turns, or else this very thread */
export async function createDecoder() {
  const wanted = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency - 1 || 1));
  const workers = await Promise.all(Array.from({ length: wanted }, started));
  const asks = workers.flatMap((worker) => (worker ? [asking(worker)] : []));
  if (asks.length === 0)
    return { rows: decodeRows, samples: decodeSamples, attribute: decodeAttribute, close: () => {} };
  let next = 0;
  const ask = (/** @type {unknown} */ request) => asks[next++ % asks.length](request);
  return { rows: ask, samples: ask, attribute: ask, close: () => workers.forEach((worker) => worker?.terminate()) };
}

/**
 * @param {Worker} worker
 * @returns {(request: unknown) => Promise<any>}
 */
function asking(worker) {
  /** @type {{resolve: (decoded: any) => void, reject: (error: Error) => void}[]} */
  const waiting = []; // the worker answers in the order of the requests
  worker.onmessage = ({ data }) => {
    const request = waiting.shift();
    if (data.error) request?.reject(new Error(data.error));
    else request?.resolve(data);
  };
  worker.onerror = ({ message }) => waiting.splice(0).forEach(({ reject }) => reject(new Error(message)));
  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      worker.postMessage(request);
    });
}

/**
 * Hands all chunks over, each as soon as the browser has read it.
 * @param {Decoder} decoder
 * @param {Data} data
 * @param {(share: number) => void} tell how much of all spans is decoded, 0 to 1
 * @param {Find} [find] finds the elements of the run
 * @param {number} [shift] what is added to each key
 * @returns {Promise<() => Promise<{rows: Rows[], samples: Samples[]}>>} what waits for the rows of all tracks and
 *   the samples of all series, in the order of the data
 */
export async function handOver(decoder, data, tell, find, shift) {
  const tracks = data.lanes.flatMap((lane) => lane.tracks);
  const series = data.counters.flatMap((counter) => counter.series);
  /** @type {Promise<{rows: Rows[]}>[]} */
  const rows = [];
  const all = tracks.reduce((sum, { count }) => sum + count, 0);
  let done = 0;
  tell(0);
  for await (const { text, from, to } of chunks("rows", data.row_chunks, find)) {
    const own = tracks.slice(from, to);
    const decoded = decoder.rows({ text, tracks: own, wall: data.wall_ns, shift });
    rows.push(decoded);
    decoded.then(() => tell((done += own.reduce((sum, { count }) => sum + count, 0)) / all)).catch(() => {}); // told below
  }
  /** @type {Promise<{samples: Samples[]}>[]} */
  const samples = [];
  for await (const { text, from, to } of chunks("samples", data.sample_chunks, find))
    samples.push(decoder.samples({ text, series: series.slice(from, to) }));
  return async () => {
    const decoded = {
      rows: (await Promise.all(rows)).flatMap((chunk) => chunk.rows),
      samples: (await Promise.all(samples)).flatMap((chunk) => chunk.samples),
    };
    return decoded;
  };
}

/**
 * Decodes the attributes of spans: later, when they are first needed.
 * @param {Data} data
 * @param {Find} [find] finds the elements of the run
 * @returns {Promise<Attribute[]>} in the order of the data
 */
export async function decodeAttributes({ attributes }, find) {
  const decoder = await createDecoder();
  try {
    const decoded = attributes.map(async (attribute, index) =>
      decoder.attribute({ text: await taken(`attributes-${index}`, find), attribute }),
    );
    return (await Promise.all(decoded)).map(({ attribute }) => attribute);
  } finally {
    decoder.close();
  }
}

/**
 * The chunks of a kind, each with which tracks or series it holds.
 * @param {string} kind
 * @param {readonly number[]} counts of what each holds
 * @param {Find} [find]
 */
async function* chunks(kind, counts, find) {
  let from = 0;
  for (const [index, count] of counts.entries()) {
    yield { text: await taken(`${kind}-${index}`, find), from, to: from + count };
    from += count;
  }
}

/** Finds an element of a run by its id, once the browser has begun to read it. @typedef {(id: string) => Element | null} Find */

/** @type {Find} */
const inPage = (id) => document.getElementById(id);

/**
 * The text of an element, which is gone then, once the browser has read all of it.
 * @param {string} id
 * @param {Find} [find]
 * @returns {Promise<string>}
 */
export async function taken(id, find = inPage) {
  for (;;) {
    const isLast = document.readyState !== "loading"; // asked first: what is not there now never will be
    const element = find(id);
    if (element && (isLast || element.nextElementSibling)) {
      element.remove();
      return element.textContent ?? "";
    }
    if (isLast) throw new Error(`the page has no #${id}: the file is incomplete`);
    await new Promise((resolve) => setTimeout(resolve, READING));
  }
}

/** Until what was drawn can be seen; a hidden page shows nothing, and is not waited for. */
export function painted() {
  return new Promise((resolve) => {
    if (document.hidden) resolve(undefined);
    requestAnimationFrame(() => setTimeout(resolve)); // the task after the frame
    document.addEventListener("visibilitychange", resolve, { once: true });
  });
}

/** @returns {Promise<Worker | null>} none where the browser refuses */
function started() {
  return new Promise((resolve) => {
    try {
      const sources = MODULES.map((name) => sourceOf(import.meta.resolve(name)));
      const script = new Blob([...sources, "serve(self);"], { type: "text/javascript" });
      const url = URL.createObjectURL(script);
      const worker = new Worker(url);
      worker.onmessage = () => {
        URL.revokeObjectURL(url);
        resolve(worker);
      };
      worker.onerror = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

/**
 * A module of the page as part of a classic script: workers that are modules do not start from a file.
 * @param {string} url a `data:` URL, as the page's import map has them
 */
function sourceOf(url) {
  const bytes = Uint8Array.from(atob(url.slice(url.indexOf(",") + 1)), (character) => character.charCodeAt(0));
  return new TextDecoder().decode(bytes).replace(/^import .*$/gm, "").replace(/^export /gm, "");
}
