// Chunks read back: what a plain encoder stored by byte planes, of any width, for any number of tracks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

import { decodeAttribute, decodeRaster, decodeRows, decodeSamples, serve } from "#page/trace/decode.js";
import { random } from "./helper.js";

/**
 * A column of whole numbers by planes, the lowest first.
 * @param {readonly number[]} values
 * @param {number} width bytes
 */
const planes = (values, width) =>
  Array.from({ length: width }, (_, plane) => values.map((value) => Number((BigInt(value) >> BigInt(8 * plane)) & 255n))).flat();

/** @param {readonly number[]} bytes */
const chunk = (bytes) => gzipSync(Uint8Array.from(bytes)).toString("base64");

/** How many bytes the greatest of them needs. @param {readonly number[]} values */
const widthOf = (values) => {
  let width = 0;
  while (values.some((value) => value >= 256 ** width)) width += 1;
  return width;
};

/**
 * @typedef {{gap: number[], duration: number[], key: number[], cpu: number[], open: boolean}} Columns
 *   of `cpu` one more than the time; empty if none is known
 * @param {readonly Columns[]} tracks
 * @param {number} wall
 */
function request(tracks, wall) {
  const shapes = tracks.map(({ gap, duration, key, cpu, open }) => ({
    count: gap.length,
    gap: widthOf(gap),
    duration: widthOf(duration),
    key: widthOf(key),
    cpu: widthOf(cpu),
    open,
  }));
  const bytes = tracks.flatMap((track, index) =>
    /** @type {const} */ (["gap", "duration", "key", "cpu"]).flatMap((column) => planes(track[column], shapes[index][column])),
  );
  return { text: chunk(bytes), tracks: shapes, wall };
}

test("gaps and durations become starts and ends", async () => {
  const one = { gap: [5, 0, 2, 5], duration: [5, 0, 3, 0], key: [0, 300, 2, 0], cpu: [], open: true };
  const other = { gap: [6], duration: [24], key: [0], cpu: [], open: false };
  const { rows, buffers } = await decodeRows(request([one, other], 30));
  assert.deepEqual([...rows[0].start], [5, 10, 12, 20]);
  assert.deepEqual([...rows[0].end], [10, 10, 15, 30]);
  assert.deepEqual([...rows[0].key], [0, 300, 2, 0]);
  assert.deepEqual([[...rows[0].instants], rows[0].unfinished], [[1], 3]);
  assert.deepEqual([[...rows[1].start], [...rows[1].end], [...rows[1].instants], rows[1].unfinished], [[6], [30], [], -1]);
  assert.equal(buffers.length, 4, "one a column, whatever the number of tracks");
});

test("an unfinished span that begins at the trace's end is no instant", async () => {
  const { rows } = await decodeRows(request([{ gap: [0, 0], duration: [10, 0], key: [0, 0], cpu: [], open: true }], 10));
  assert.deepEqual([[...rows[0].instants], rows[0].unfinished, ...rows[0].end], [[], 1, 10, 10]);
});

test("what was stored is what is read, to the nanosecond and over months", async () => {
  const next = random(5);
  for (let round = 0; round < 40; round += 1) {
    const limit = 256 ** Math.floor(next() * 7) / 2; // sums stay under 2^53
    const number = () => Math.floor(next() * next() * limit) / 1;
    const tracks = Array.from({ length: 1 + Math.floor(next() * 5) }, () => {
      const spans = Array.from({ length: 1 + Math.floor(next() * 50) }, () => number());
      const duration = spans.map(() => (next() < 0.2 ? 0 : Math.floor(number() / 64)));
      const open = next() < 0.3;
      if (open) duration[duration.length - 1] = 0;
      const key = spans.map(() => Math.floor(next() * 2 ** (round % 30)));
      const cpu = next() < 0.5 ? [] : spans.map(() => (next() < 0.3 ? 0 : Math.floor(number() / 64)));
      return { gap: spans.map((gap) => Math.floor(gap / 64)), duration, key, cpu, open };
    });
    const { rows } = await decodeRows(request(tracks, 2 ** 53));
    tracks.forEach(({ gap, duration, key, cpu, open }, index) => {
      let at = 0n;
      gap.forEach((pause, span) => {
        at += BigInt(pause);
        assert.equal(rows[index].start[span], Number(at));
        at += BigInt(duration[span]);
        const isOpen = open && span === gap.length - 1;
        assert.equal(rows[index].end[span], isOpen ? 2 ** 53 : Number(at));
        assert.equal(rows[index].instants.includes(span), duration[span] === 0 && !isOpen);
      });
      assert.deepEqual([...rows[index].key], key);
      const isAny = cpu.some((stored) => stored > 0);
      assert.deepEqual(rows[index].cpu && [...rows[index].cpu], isAny ? cpu.map((stored) => stored - 1) : null);
    });
  }
});

test("samples have the times and the very values that were stored", async () => {
  const values = [17, -0, 0.1, -1e21, 5e-324];
  const bytes = new Uint8Array(Float64Array.from(values).buffer);
  const doubles = Array.from({ length: 8 }, (_, plane) => values.map((_, index) => bytes[index * 8 + plane])).flat();
  const text = chunk([...planes([0, 7, 0, 300, 1], 2), ...doubles, ...doubles]);
  const series = [
    { count: 5, first_ns: -5, gap: 2 },
    { count: 5, first_ns: 3, gap: 0 },
  ];
  const { samples } = await decodeSamples({ text, series });
  assert.deepEqual([...samples[0].time], [-5, 2, 2, 302, 303]);
  assert.deepEqual([...samples[1].time], [3, 3, 3, 3, 3]);
  for (const { value } of samples) assert.ok(values.every((expected, index) => Object.is(value[index], expected)));
});

test("a raster has keys of any width and shares behind them", async () => {
  for (const keys of [[], [0, 0], [1, 255, 0], [300, 0, 70_000]]) {
    const width = widthOf(keys);
    const { key, share } = await decodeRaster(chunk([...planes(keys, width), ...keys.map((of) => of % 256)]), keys.length, width);
    assert.deepEqual([...key], keys);
    assert.deepEqual(
      [...share],
      keys.map((of) => of % 256),
    );
  }
});

/**
 * An attribute as the page has it: the first number whole, the others as the distance to the one before.
 * @param {string} name
 * @param {readonly number[]} spans
 * @param {readonly string[]} values of each
 */
function attributeRequest(name, spans, values) {
  const distinct = [...new Set(values)];
  const gaps = spans.map((span, index) => span - (spans[index - 1] ?? 0));
  const ids = values.map((value) => distinct.indexOf(value));
  const texts = distinct.map((value) => [...new TextEncoder().encode(value)]);
  const lengths = texts.map(({ length }) => length);
  const [gap, value, length] = [gaps, ids, lengths].map(widthOf);
  const bytes = [...planes(gaps, gap), ...planes(ids, value), ...planes(lengths, length), ...texts.flat()];
  return { text: chunk(bytes), attribute: { name, count: spans.length, values: distinct.length, gap, value, length } };
}

test("an attribute has its spans and each of their values", async () => {
  const spans = [0, 1, 5, 70_000, 70_300];
  for (const values of [
    ["a", "a", "a", "a", "a"],
    ["a.png", "b.png", "a.png", "", "c"],
    ["\ufeffmark", "名前", "\u{1f600}é", "\u0000", "名前"],
    ["x".repeat(1000), "y", "", "x".repeat(1000), "z".repeat(300)],
  ]) {
    const { attribute } = await decodeAttribute(attributeRequest("url", spans, values));
    assert.deepEqual([...attribute.span], spans);
    const { text, ends } = attribute;
    assert.deepEqual([...attribute.value].map((id) => text.slice(ends[id - 1] ?? 0, ends[id])), values);
    assert.equal(ends.at(-1) ?? 0, text.length);
  }
});

test("an attribute of one span, whose value is empty, needs no byte", async () => {
  const request = attributeRequest("x", [0], [""]);
  assert.deepEqual(request.attribute, { name: "x", count: 1, values: 1, gap: 0, value: 0, length: 0 });
  const { attribute } = await decodeAttribute(request);
  assert.deepEqual([[...attribute.span], [...attribute.value], attribute.text, [...attribute.ends]], [[0], [0], "", [0]]);
});

test("the worker answers in the order of the requests, also when a chunk is broken", async () => {
  /** @type {any[]} */
  const told = [];
  /** @type {(value: unknown) => void} */
  let finish = () => {};
  const done = new Promise((resolve) => (finish = resolve));
  const scope = {
    onmessage: /** @type {((event: MessageEvent) => void) | null} */ (null),
    postMessage: (/** @type {any} */ message) => told.push(message) === 5 && finish(undefined),
  };
  serve(scope);
  const track = { gap: [1], duration: [2], key: [0], cpu: [], open: false };
  const samples = { text: chunk(planes([2 ** 40], 8)), series: [{ count: 1, first_ns: 9, gap: 0 }] };
  for (const data of [request([track], 3), { ...request([track], 3), text: "AAAA" }, samples, attributeRequest("x", [4], ["y"])])
    scope.onmessage?.(/** @type {MessageEvent} */ ({ data }));
  await done;
  assert.equal(told[0], "started");
  assert.deepEqual([...told[1].rows[0].end], [3]);
  assert.match(told[2].error, /./);
  assert.deepEqual([...told[3].samples[0].time], [9]);
  assert.deepEqual([...told[4].attribute.span, told[4].attribute.text], [4, "y"]);
});
