// @ts-check
// Decoding: chunks of the page as columns of numbers.
//
// Takes the base64 text of a gzip stream and the description of its tracks, series or attribute (`src/data.rs`), gives
// typed arrays and their buffers. Runs in a worker that is made of this very text: it must not use the document, its
// imports must have one line each, and `loading.js` must put what it imports before it.

import { mip } from "#page/trace/mip.js";

/**
 * @typedef {object} TrackShape as the data have it
 * @property {number} count of spans
 * @property {number} gap bytes a value
 * @property {number} duration bytes a value
 * @property {number} key bytes a value
 * @property {number} cpu bytes a value
 * @property {boolean} open whether the last has no end
 *
 * @typedef {object} Rows the spans of a track, in order; none overlap
 * @property {Float64Array} start ns since the trace's start
 * @property {Float64Array} end that of an unfinished span is the trace's
 * @property {Int32Array} key
 * @property {Float64Array | null} [cpu] ns that its thread was on a CPU; -1 where not known, null where none is
 * @property {Int32Array} instants which of them have no length
 * @property {number} unfinished which of them has no end, or -1
 * @property {import("#page/trace/mip.js").Level[]} [mip] where it was made with them
 *
 * @typedef {object} SeriesShape as the data have it
 * @property {number} count of samples
 * @property {number} first_ns when the first was taken
 * @property {number} gap bytes a pause
 *
 * @typedef {object} Samples by time; a value holds until the next one
 * @property {Float64Array} time ns since the trace's start
 * @property {Float64Array} value
 *
 * @typedef {object} AttributeShape as the data have it
 * @property {string} name
 * @property {number} count of spans that have it
 * @property {number} values how many different ones
 * @property {number} gap bytes a value
 * @property {number} value bytes a value
 * @property {number} length bytes a value
 *
 * @typedef {object} Attribute the spans that have an attribute, with its values
 * @property {Uint32Array} span numbers of the spans, ascending
 * @property {Uint32Array} value of each span, an index into the distinct values
 * @property {string} text all distinct values, one after the other
 * @property {Uint32Array} ends where each of them ends in it
 *
 * @typedef {{text: string, tracks: readonly TrackShape[], wall: number, shift?: number}} RowsRequest `shift` is added to each key
 * @typedef {{text: string, series: readonly SeriesShape[]}} SamplesRequest
 * @typedef {{text: string, attribute: AttributeShape}} AttributeRequest
 */

/**
 * @param {RowsRequest} request
 * @returns {Promise<{rows: Rows[], buffers: ArrayBuffer[]}>}
 */
export async function decodeRows({ text, tracks, wall, shift = 0 }) {
  const bytes = await inflated(text);
  const count = tracks.reduce((sum, track) => sum + track.count, 0);
  // One buffer a column, whatever the number of tracks: passing one on has its price.
  const [start, end, key] = [new Float64Array(count), new Float64Array(count), new Int32Array(count)];
  /** @type {number[]} */
  const instants = [];
  let [at, first] = [0, 0];
  const parts = tracks.map((track) => {
    const last = first + track.count;
    const [starts, ends] = [start.subarray(first, last), end.subarray(first, last)];
    const keys = key.subarray(first, last);
    at = addPlanes(bytes, at, track.gap, starts);
    at = addPlanes(bytes, at, track.duration, ends);
    at = addPlanes(bytes, at, track.key, keys);
    if (shift > 0) for (let index = 0; index < keys.length; index += 1) keys[index] += shift;
    const cpu = track.cpu > 0 ? new Float64Array(track.count) : null;
    if (cpu) {
      at = addPlanes(bytes, at, track.cpu, cpu);
      for (let index = 0; index < cpu.length; index += 1) cpu[index] -= 1;
    }
    const from = instants.length;
    const unfinished = track.open ? track.count - 1 : -1;
    place(starts, ends, unfinished, wall, instants);
    first = last;
    return { start: starts, end: ends, key: keys, cpu, instants: { from, to: instants.length }, unfinished };
  });
  const all = Int32Array.from(instants);
  const mips = parts.map(mip);
  const rows = parts.map((part, index) => ({
    ...part,
    instants: all.subarray(part.instants.from, part.instants.to),
    mip: mips[index],
  }));
  const levels = mips.flat().flatMap(({ bin, offset, code, amount }) => [bin, offset, code, amount]);
  const cpus = parts.flatMap(({ cpu }) => cpu ?? []);
  const buffers = new Set([start, end, key, all, ...cpus, ...levels].map(({ buffer }) => /** @type {ArrayBuffer} */ (buffer)));
  return { rows, buffers: [...buffers] };
}

/**
 * @param {SamplesRequest} request
 * @returns {Promise<{samples: Samples[], buffers: ArrayBuffer[]}>}
 */
export async function decodeSamples({ text, series }) {
  const bytes = await inflated(text);
  let at = 0;
  const samples = series.map(({ count, first_ns, gap }) => {
    const [time, value] = [new Float64Array(count), new Float64Array(count)];
    at = addPlanes(bytes, at, gap, time);
    let last = first_ns;
    for (let index = 0; index < count; index += 1) time[index] = last += time[index];
    const doubles = new Uint8Array(value.buffer); // the lowest byte first, as on every machine with a browser
    for (let plane = 0; plane < 8; plane += 1, at += count)
      for (let index = 0; index < count; index += 1) doubles[index * 8 + plane] = bytes[at + index];
    return { time, value };
  });
  return { samples, buffers: samples.flatMap(({ time, value }) => [time.buffer, value.buffer]) };
}

/**
 * @param {AttributeRequest} request
 * @returns {Promise<{attribute: Attribute, buffers: ArrayBuffer[]}>}
 */
export async function decodeAttribute({ text, attribute: { count, values, gap, value, length } }) {
  const bytes = await inflated(text);
  const [span, ids, lengths] = [new Uint32Array(count), new Uint32Array(count), new Uint32Array(values)];
  let at = addPlanes(bytes, 0, gap, span);
  at = addPlanes(bytes, at, value, ids);
  at = addPlanes(bytes, at, length, lengths);
  for (let index = 1; index < count; index += 1) span[index] += span[index - 1];
  const encoded = bytes.subarray(at);
  const decoded = new TextDecoder("utf-8", { ignoreBOM: true }).decode(encoded); // which keeps a mark of byte order
  const ends = decoded.length === encoded.length ? sums(lengths) : unitEnds(encoded, lengths);
  return { attribute: { span, value: ids, text: decoded, ends }, buffers: [span.buffer, ids.buffer, ends.buffer] };
}

/** @param {Uint32Array} lengths */
function sums(lengths) {
  let end = 0;
  return lengths.map((length) => (end += length));
}

/**
 * Where values end in their text, which counts in UTF-16, from their lengths in UTF-8.
 * @param {Uint8Array} encoded
 * @param {Uint32Array} lengths
 */
function unitEnds(encoded, lengths) {
  let [at, units] = [0, 0];
  return lengths.map((length) => {
    for (const end = at + length; at < end; at += 1) {
      const byte = encoded[at];
      if ((byte & 0xc0) !== 0x80) units += byte < 0xf0 ? 1 : 2; // a character begins
    }
    return units;
  });
}

/**
 * @param {string} text
 * @param {number} cells of all lanes
 * @param {number} keyBytes
 */
export async function decodeRaster(text, cells, keyBytes) {
  const bytes = await inflated(text);
  const key = new Int32Array(cells);
  const at = addPlanes(bytes, 0, keyBytes, key);
  return { key, share: bytes.subarray(at, at + cells) };
}

/**
 * Answers requests, one after the other, so that no more than one chunk is in work.
 * @param {{onmessage: ((event: MessageEvent) => void) | null, postMessage: (message: unknown, transfer?: ArrayBuffer[]) => void}} scope of the worker
 */
export function serve(scope) {
  let last = Promise.resolve();
  scope.onmessage = ({ data }) => {
    last = last
      .then(() => decode(data))
      .then(
        (decoded) => scope.postMessage(decoded, decoded.buffers),
        (error) => scope.postMessage({ error: String(error) }),
      );
  };
  scope.postMessage("started");
}

/**
 * @param {any} request
 * @returns {Promise<{buffers: ArrayBuffer[]}>}
 */
function decode(request) {
  if (request.tracks) return decodeRows(request);
  return request.series ? decodeSamples(request) : decodeAttribute(request);
}

/**
 * Adds a column to `out`, which is all 0 and as long; its planes begin with that of the lowest bytes.
 * @param {Uint8Array} bytes
 * @param {number} at where it begins
 * @param {number} width planes
 * @param {Float64Array | Int32Array | Uint32Array} out
 * @returns {number} where it ends
 */
function addPlanes(bytes, at, width, out) {
  const count = out.length;
  for (let plane = 0, unit = 1; plane < width; plane += 1, unit *= 256, at += count)
    for (let index = 0; index < count; index += 1) out[index] += bytes[at + index] * unit;
  return at;
}

/**
 * Turns gaps into starts and durations into ends.
 * @param {Float64Array} start
 * @param {Float64Array} end
 * @param {number} unfinished
 * @param {number} wall
 * @param {number[]} instants takes those without length
 */
function place(start, end, unfinished, wall, instants) {
  let at = 0;
  for (let span = 0; span < start.length; span += 1) {
    at += start[span];
    start[span] = at;
    if (span === unfinished) at = Math.max(at, wall);
    else if (end[span] === 0) instants.push(span);
    else at += end[span];
    end[span] = at;
  }
}

/** @param {string} text a gzip stream in base64 */
async function inflated(text) {
  const stream = new Blob([bytesOf(text)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {string} text */
function bytesOf(text) {
  const decoder = /** @type {{fromBase64?: (text: string) => Uint8Array<ArrayBuffer>}} */ (Uint8Array);
  if (decoder.fromBase64) return decoder.fromBase64(text);
  const characters = atob(text); // browsers before 2025
  const bytes = new Uint8Array(characters.length);
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = characters.charCodeAt(index);
  return bytes;
}
