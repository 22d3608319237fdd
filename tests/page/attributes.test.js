// Attributes of spans: which span has which, and that they are decoded once, when they are first needed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { attributesOf, ordinalOf, valueOf } from "#page/trace/attributes.js";
import { complete, outline } from "#page/trace/data.js";
import { attribute, data, NO_CELLS, trace } from "./helper.js";

const LANES = [["a(0..10) b(10..20)", "c(1..2)"], [], ["d(5..6)", "e(5..6) f(6..7)"]];

/** A trace whose attributes are there when they are asked for. */
function attributed() {
  const plain = data(LANES);
  const url = attribute("url", [[0, "a.png"], [2, "b.png"], [5, "a.png"]]);
  const status = attribute("status", [[2, "200"], [3, "404"]]);
  plain.attributes = [url.shape, status.shape];
  let asked = 0;
  const known = outline(plain, NO_CELLS, async () => {
    asked += 1;
    return [url.decoded, status.decoded];
  });
  return { known, asked: () => asked };
}

test("spans are numbered lane after lane, track after track", () => {
  const drawn = trace(LANES);
  const places = drawn.lanes.flatMap(({ tracks }, lane) =>
    tracks.flatMap(({ count }, track) => Array.from({ length: count }, (_, span) => ({ lane, track, span }))),
  );
  assert.deepEqual(places.map((place) => ordinalOf(drawn, place)), [0, 1, 2, 3, 4, 5]);
});

test("attributes are decoded once, and only when they are needed", async () => {
  const { known, asked } = attributed();
  assert.deepEqual(known.attributes.names, ["url", "status"]);
  assert.equal(known.attributes.known(), null);
  assert.equal(attributesOf(known, { lane: 0, track: 0, span: 0 }), null);
  assert.equal(asked(), 0);
  const [columns, again] = await Promise.all([known.attributes.columns(), known.attributes.columns()]);
  assert.equal(columns, again);
  assert.equal(asked(), 1);
  assert.equal(known.attributes.known(), columns);
});

test("each span has its own attributes, in the order of the names", async () => {
  const { known } = attributed();
  await known.attributes.columns();
  const of = (/** @type {number} */ lane, /** @type {number} */ track, /** @type {number} */ span) =>
    attributesOf(known, { lane, track, span })?.map(({ name, value }) => `${name}=${value}`);
  assert.deepEqual(of(0, 0, 0), ["url=a.png"]);
  assert.deepEqual(of(0, 0, 1), []);
  assert.deepEqual(of(0, 1, 0), ["url=b.png", "status=200"]);
  assert.deepEqual(of(2, 0, 0), ["status=404"]);
  assert.deepEqual(of(2, 1, 1), ["url=a.png"]);
});

test("the distinct values of a column are in the order of their first use", async () => {
  const { known } = attributed();
  const [url] = await known.attributes.columns();
  assert.deepEqual([url.name, ...Array.from(url.ends, (_, id) => valueOf(url, id))], ["url", "a.png", "b.png"]);
});

test("the rows of a trace come without its attributes", async () => {
  const { known } = attributed();
  const plain = data(LANES);
  const rows = trace(LANES).lanes.flatMap(({ tracks }) => tracks);
  const whole = complete(known, plain, rows, []);
  assert.equal(whole.attributes, known.attributes);
});

test("a trace without attributes knows so at once", async () => {
  const drawn = trace(LANES);
  assert.deepEqual(drawn.attributes.known(), []);
  assert.deepEqual(await drawn.attributes.columns(), []);
  assert.deepEqual(attributesOf(drawn, { lane: 0, track: 0, span: 0 }), []);
});

test("attributes that cannot be decoded are not known, and whoever asks is told why", async () => {
  const plain = data(LANES);
  plain.attributes = [attribute("url", [[0, "a"]]).shape];
  const known = outline(plain, NO_CELLS, async () => {
    throw new Error("the file is incomplete");
  });
  await assert.rejects(known.attributes.columns(), /incomplete/);
  assert.equal(known.attributes.known(), null);
});
