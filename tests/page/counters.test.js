// Counters over a window, against looking at every sample.

import assert from "node:assert/strict";
import { test } from "node:test";

import { extent, line, valueAt } from "#page/trace/counters.js";
import { random } from "./helper.js";

/**
 * A series of `[time, value]`.
 * @param {readonly (readonly [number, number])[]} samples
 */
function series(samples) {
  return {
    process: 0,
    time: Float64Array.from(samples, ([time]) => time),
    value: Float64Array.from(samples, ([, value]) => value),
  };
}

/** The points of a line as `x:value`. @param {import("#page/trace/counters.js").Line} line */
const points = ({ x, value }) => x.map((at, index) => `${at}:${value[index]}`).join(" ");

const STEPS = series([
  [10, 1],
  [20, 5],
  [20, 3],
  [40, -2],
]);

test("a value holds until the next sample, the last of one moment counts", () => {
  assert.deepEqual(
    [9, 10, 19.9, 20, 39, 40, 1e9].map((time) => valueAt(STEPS, time)),
    [undefined, 1, 1, 3, 3, -2, -2],
  );
  assert.equal(valueAt(series([]), 5), undefined);
});

test("a line goes across and then up or down, from the value that the window begins with to its end", () => {
  const within = (/** @type {number} */ start, /** @type {number} */ end) =>
    points(line(STEPS, { start, end, width: end - start }));
  assert.equal(within(0, 50), "10:1 20:1 20:3 20:5 20:3 40:3 40:-2 50:-2");
  assert.equal(within(15, 18), "0:1 3:1");
  assert.equal(within(20, 30), "0:3 10:3", "a sample at the window's start is its value");
  assert.equal(within(100, 110), "0:-2 10:-2");
  assert.equal(within(-20, 5), "");
  assert.equal(points(line(series([]), { start: 0, end: 1, width: 1 })), "");
});

test("of the samples in a column of pixels the least and the greatest are seen, however many there are", () => {
  const next = random(7);
  for (let round = 0; round < 30; round += 1) {
    let at = -50;
    const samples = Array.from(
      { length: 400 },
      () => /** @type {const} */ ([(at += Math.floor(next() * 3)), Math.floor(next() * 100) - 30]),
    );
    const all = series(samples);
    const view = { start: Math.floor(next() * 100), end: 200 + Math.floor(next() * 300), width: 20 };
    const drawn = line(all, view);
    const scale = view.width / (view.end - view.start);
    assert.ok(drawn.x.length <= 4 * (view.width + 1) + 2, `${drawn.x.length} points`);
    assert.ok(drawn.x.every((x, index) => index === 0 || x >= drawn.x[index - 1]));
    for (let column = 0; column < view.width; column += 1) {
      const isIn = (/** @type {number} */ time) =>
        time > view.start && time <= view.end && Math.floor((time - view.start) * scale) === column;
      const first = samples.findIndex(([time]) => isIn(time));
      const own = samples.filter(([time]) => isIn(time)).map(([, value]) => value);
      const seen = drawn.value.filter((_, index) => drawn.x[index] >= column && drawn.x[index] < column + 1);
      if (own.length === 0) continue;
      const held = samples.slice(Math.max(0, first - 1), first).map(([, value]) => value);
      if (column === 0) held.push(...seen.slice(0, 1)); // the value that the window begins with
      assert.equal(Math.min(...seen), Math.min(...held, ...own), `column ${column}`);
      assert.equal(Math.max(...seen), Math.max(...held, ...own), `column ${column}`);
    }
    assert.equal(drawn.value[drawn.value.length - 1], valueAt(all, view.end), "the last value");
  }
});

test("the scale is of what is in view, and always holds zero", () => {
  /** @param {number[][]} values */
  const of = (...values) => extent(values.map((value) => ({ x: value, value })));
  assert.deepEqual(of([3, 17], [5]), { low: 0, high: 17 });
  assert.deepEqual(of([-3], []), { low: -3, high: 0 });
  assert.deepEqual(of([0, 0]), { low: 0, high: 0 });
  assert.equal(of([], []), null);
});
