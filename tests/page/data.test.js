// The trace as the page's modules use it, without its rows and with them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { complete, firstEndingFrom, firstStartingAfter, outline } from "#page/trace/data.js";
import { data, NO_CELLS, trace } from "./helper.js";

test("before its rows are there a trace knows how many there are", () => {
  const known = outline(data([["a(5..10) b(10..10)", "b(6..)"]]), NO_CELLS);
  const tracks = known.lanes[0].tracks;
  assert.deepEqual(
    tracks.map(({ count, start }) => [count, start.length]),
    [
      [2, 0],
      [1, 0],
    ],
  );
});

test("rows and samples come to their tracks and series, and the outline stays as it was", () => {
  const plain = data([["a(0..1)", "a(0..1)"], ["a(0..1)"]]);
  plain.counters = ["x", "y"].map((name) => ({ group: "g", name, series: [{ process: 0, count: 1, first_ns: 0, gap: 0 }] }));
  const known = outline(plain, NO_CELLS);
  /** @param {number} start */
  const row = (start) => ({ ...known.lanes[0].tracks[0], start: Float64Array.of(start) });
  /** @param {number} value */
  const sample = (value) => ({ time: Float64Array.of(0), value: Float64Array.of(value) });
  const whole = complete(known, plain, [row(1), row(2), row(3)], [sample(4), sample(5)]);
  assert.deepEqual(
    whole.lanes.map(({ tracks }) => tracks.map(({ start, count }) => [...start, count])),
    [
      [
        [1, 1],
        [2, 1],
      ],
      [[3, 1]],
    ],
  );
  assert.deepEqual(
    whole.counters.map(({ series }) => [series[0].process, ...series[0].value]),
    [
      [0, 4],
      [0, 5],
    ],
  );
  assert.equal(known.lanes[0].tracks[0].start.length, 0);
});

test("each lane has its part of the raster", () => {
  const plain = data([["a(0..1)"], ["a(0..1)"]]);
  plain.raster = { first_ns: -3, width_ns: 4, count: 2, key_bytes: 1 };
  const cells = { key: Int32Array.of(1, 0, 2, 1), share: Uint8Array.of(255, 0, 7, 8) };
  const [one, other] = outline(plain, cells).lanes;
  assert.deepEqual([one.raster.first, one.raster.width, ...one.raster.key, ...one.raster.share], [-3, 4, 1, 0, 255, 0]);
  assert.deepEqual([...other.raster.key, ...other.raster.share], [2, 1, 7, 8]);
});

test("names are shown fit to be seen and kept as they were recorded", () => {
  const plain = data([["a(0..1)"]]);
  plain.names[1] = "x\ny";
  const { names, raw } = outline(plain, NO_CELLS);
  assert.equal(names[1], "x␊y");
  assert.equal(raw[1], "x\ny");
});

test("a window's spans are found by their edges", () => {
  const track = trace([["a(0..10) a(10..20) a(30..30) a(40..50)"]]).lanes[0].tracks[0];
  assert.deepEqual(
    [0, 10, 11, 20, 21, 30, 31, 51].map((time) => firstEndingFrom(track, time)),
    [0, 0, 1, 1, 2, 2, 3, 4],
  );
  assert.deepEqual(
    [-1, 0, 9, 10, 30, 39, 40].map((time) => firstStartingAfter(track, time)),
    [0, 1, 1, 2, 3, 3, 4],
  );
});

test("counters are named fit to be seen", () => {
  const plain = data([["a(0..100)"]]);
  plain.counters = [{ group: "g", name: "x\ny", series: [] }];
  plain.counting = ["a\u202e"];
  plain.more_counters = 3;
  const { counters, counting, moreCounters } = outline(plain, NO_CELLS);
  assert.deepEqual([counters[0].group, counters[0].name, counting[0], moreCounters], ["g", "x␊y", "a\\u202e", 3]);
});
