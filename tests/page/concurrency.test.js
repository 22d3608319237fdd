// Busy lanes over time, against adding up nanosecond by nanosecond.

import assert from "node:assert/strict";
import { test } from "node:test";

import { binned, unions } from "#page/concurrency.js";
import { random, randomTrack, trace } from "./helper.js";

/** @param {import("#page/data.js").Trace} drawn */
const all = (drawn) => new Uint8Array(drawn.keys.length).fill(1);

test("nested and crossing spans of a lane count once", () => {
  const drawn = trace([["a(0..10) b(20..40)", "c(2..5) d(30..50)"]]);
  const [{ start, end }] = unions(drawn.lanes, all(drawn));
  assert.deepEqual([...start], [0, 20]);
  assert.deepEqual([...end], [10, 50]);
});

test("unfinished spans and instants keep no lane busy", () => {
  const drawn = trace([["a(0..10) b(20..20) c(30..)"], ["d(0..100)"]]);
  const [{ start, end }] = unions(drawn.lanes, all(drawn));
  assert.deepEqual([[...start], [...end]], [[0], [10]]);
});

test("bins hold the mean number of busy lanes", () => {
  const drawn = trace([["a(0..15)"], ["b(10..40)"]]);
  const busy = unions(drawn.lanes, all(drawn));
  assert.deepEqual([...binned(busy, 0, 40, 4)], [1, 1.5, 1, 1]);
  assert.deepEqual([...binned(busy, 5, 25, 2)], [1.5, 1]);
  assert.deepEqual([...binned(busy, 100, 120, 2)], [0, 0]);
});

test("they agree with looking at every nanosecond, whatever the window and the tasks", () => {
  const next = random(31);
  for (let round = 0; round < 60; round += 1) {
    const drawn = trace(Array.from({ length: 4 }, () => [randomTrack(next, 30), randomTrack(next, 20)]));
    const shown = Uint8Array.from(drawn.keys, () => Number(next() < 0.8));
    const busy = unions(drawn.lanes, shown);
    const start = Math.floor(next() * drawn.wall) - 10;
    const count = 1 + Math.floor(next() * 20);
    const width = 1 + Math.floor(next() * 30);
    const found = binned(busy, start, start + count * width, count);
    const lanes = drawn.lanes.map(({ tracks }) =>
      tracks.flatMap((track) =>
        Array.from(track.start, (from, span) => ({
          from,
          to: track.end[span],
          on: shown[track.key[span]] && span !== track.unfinished,
        })),
      ),
    );
    found.forEach((mean, bin) => {
      let sum = 0;
      for (let time = start + bin * width; time < start + (bin + 1) * width; time += 1) {
        sum += lanes.filter((spans) =>
          spans.some(({ from, to, on }) => on && from <= time && time < to),
        ).length;
      }
      assert.ok(
        Math.abs(mean - sum / width) < 1e-9,
        `round ${round}, bin ${bin}: ${mean}, not ${sum / width}`,
      );
    });
  }
});
