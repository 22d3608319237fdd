// Distributions: what the figures are made of.

import assert from "node:assert/strict";
import { test } from "node:test";

import { axisOf, partUpTo, placeOf, steps, violin } from "#page/sections/durations.js";

const COLORS = /** @type {import("#page/chart/figure.js").Colors} */ (
  new Proxy({}, { get: (_, name) => `--${String(name)}` })
);
const ROOM = { width: 600, height: 200, left: 100 };

/** @param {number[]} values @param {number} [count] */
const task = (values, count = values.length) => ({ color: "#123456", faint: "#12345666", count, values });

test("durations near each other stand on a straight axis from 0", () => {
  const axis = axisOf([40e6, 80e6, 95e6], 500);
  assert.equal(axis.isLog, false);
  assert.ok(axis.range[0] <= 0 && axis.range[1] > 95e6);
  assert.deepEqual(axis.texts, ["0", "20 ms", "40 ms", "60 ms", "80 ms"].slice(0, axis.texts.length));
  assert.deepEqual(axis.places, axis.texts.map((_, index) => index * 20e6));
  assert.equal(placeOf(axis, 80e6), 80e6);
});

test("durations far apart stand by their logarithms, with ticks that people count in", () => {
  const axis = axisOf([300, 2e6, 5e9, 90e9], 1200);
  assert.equal(axis.isLog, true);
  assert.deepEqual(
    [placeOf(axis, 1000), placeOf(axis, 0), placeOf(axis, 1)],
    [3, 0, 0],
    "0 ns stands at 1 ns",
  );
  assert.deepEqual(axis.texts, ["1 us", "10 us", "100 us", "1 ms", "10 ms", "100 ms", "1 s", "10 s", "1 min"]);
  axis.places.forEach((place) => assert.ok(place > axis.range[0] && place < axis.range[1]));
});

test("ticks have room, however long or short the durations", () => {
  for (const [least, greatest] of [[0, 1], [1, 1], [0, 0], [1, 30], [5, 4e18], [3600e9, 36000e9], [1e9, 90e9], [59, 1e4]])
    for (const width of [130, 400, 1400]) {
      const { places, texts, range } = axisOf([least, greatest], width);
      assert.ok(texts.length >= 1 && texts.length <= Math.max(2, width / 62) + 1, `${texts}`);
      assert.equal(new Set(texts).size, texts.length);
      for (const place of places) assert.ok(place >= range[0] && place <= range[1]);
    }
});

test("a task without a duration has an axis, and no line", () => {
  const axis = axisOf([], 500);
  assert.deepEqual([axis.isLog, axis.texts[0]], [false, "0"]);
  assert.ok(axis.range.every(Number.isFinite));
  const { data } = steps(task([]), axis, ROOM, COLORS);
  const [only] = /** @type {{x: number[], y: number[]}[]} */ (/** @type {unknown} */ (data));
  assert.deepEqual([only.x, only.y], [[], []]);
});

test("a straight axis beyond a unit counts in the next", () => {
  /** @param {number} greatest */
  const last = (greatest) => axisOf([greatest / 2, greatest], 400).texts.slice(-2);
  assert.deepEqual(last(2e9), ["1.5 s", "2 s"]);
  assert.deepEqual(last(950e6), ["600 ms", "800 ms"]);
  assert.deepEqual(last(1200e3), ["0.5 ms", "1 ms"]);
});

test("the steps rise to all spans, and a thinned one says the part of all", () => {
  const all = task([1, 1, 2, 4]);
  assert.deepEqual([0, 1, 2, 3].map((index) => partUpTo(all, index)), [0.25, 0.5, 0.75, 1]);
  const thinned = task([10, 20, 30], 10_001);
  assert.deepEqual([0, 1, 2].map((index) => partUpTo(thinned, index)), [1 / 10_001, 5001 / 10_001, 1]);
  const axis = axisOf(all.values, 500);
  const { data } = steps(all, axis, ROOM, COLORS);
  const [first] = /** @type {{x: number[], y: number[], text: string[], hovertemplate: string}[]} */ (
    /** @type {unknown} */ (data)
  );
  assert.deepEqual(first.y, [0, 0.5, 0.75, 1, 1]);
  assert.deepEqual([first.x[0], first.x.at(-1)], axis.range);
  assert.deepEqual(
    first.text.slice(1, 3),
    ["50.0 % took at most 1 ns", "75.0 % took at most 2 ns"],
    "equal ones together",
  );
  assert.equal(first.hovertemplate, "%{text}<extra></extra>");
});

test("what is less than all is not told as all", () => {
  const many = task(Array.from({ length: 5000 }, (_, index) => 1000 + index));
  const { data } = steps(many, axisOf(many.values, 500), ROOM, COLORS);
  const [{ text }] = /** @type {{text: string[]}[]} */ (/** @type {unknown} */ (data));
  assert.match(text.at(-3) ?? "", /^over 99.9 % took at most 6.00 us$/);
  assert.match(text.at(-2) ?? "", /^100 % took at most 6.00 us$/);
});

test("many durations have a density, a few are points", () => {
  for (const [values, points, hasBox] of /** @type {const} */ ([[[1, 2, 3, 4, 5, 6], false, true], [[7], "all", false]])) {
    const { data } = violin(task([...values]), axisOf(values, 500), ROOM, COLORS);
    const [only] = /** @type {{points: string | boolean, box: {visible: boolean}}[]} */ (/** @type {unknown} */ (data));
    assert.deepEqual([only.points, only.box.visible], [points, hasBox]);
  }
});
