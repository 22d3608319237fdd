// The columns as Rust wrote them, read back as absolute times.

import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, firstEndingFrom, firstStartingAfter } from "#page/data.js";
import { data, trace } from "./helper.js";

test("gaps and durations become starts and ends", () => {
  const [lane] = trace([["a(5..10) b(10..10) c(12..15) a(20..)", "b(6..30)"]]).lanes;
  assert.deepEqual([...lane.tracks[0].start], [5, 10, 12, 20]);
  assert.deepEqual([...lane.tracks[0].end], [10, 10, 15, 30]);
  assert.deepEqual([...lane.tracks[0].instants], [1]);
  assert.equal(lane.tracks[0].unfinished, 3);
  assert.equal(lane.tracks[1].unfinished, -1);
});

test("an unfinished span that begins at the trace's end is no instant", () => {
  const [lane] = trace([["a(0..10) b(10..)"]]).lanes;
  assert.deepEqual([...lane.tracks[0].instants], []);
  assert.equal(lane.tracks[0].unfinished, 1);
});

test("names are shown fit to be seen and kept as they were recorded", () => {
  const plain = data([["a(0..1)"]]);
  plain.names[1] = "x\ny";
  const { names, raw } = decode(plain);
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

test("pauses become the times of samples, also of those before the start", () => {
  const plain = data([["a(0..100)"]]);
  plain.counters = [{ group: "g", name: "x\ny", series: [{ process: 0, gap: [-5, 7, 0], value: [1, 2.5, -3] }] }];
  plain.counting = ["a\u202e"];
  plain.more_counters = 3;
  const { counters, counting, moreCounters } = decode(plain);
  assert.deepEqual([counters[0].group, counters[0].name, counting[0], moreCounters], ["g", "x␊y", "a\\u202e", 3]);
  assert.deepEqual([...counters[0].series[0].time], [-5, 2, 2]);
  assert.deepEqual([...counters[0].series[0].value], [1, 2.5, -3]);
});
