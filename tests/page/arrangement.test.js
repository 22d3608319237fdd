// Which bands the chart has, and that every span keeps one place whatever the view.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createArrangements, lanesByProcess, placeOf } from "#page/chart/arrangement.js";
import { inOrder, lane, random, randomSpans, trace } from "./helper.js";

const NONE = new Set();

/**
 * @param {import("#page/trace/data.js").Trace} drawn
 * @param {"lanes" | "tasks"} rows
 * @param {ReadonlySet<number>} folded
 */
const arrangement = (drawn, rows, folded) => createArrangements(drawn).arrangement(rows, folded);

/** @param {import("#page/chart/arrangement.js").Arrangement} arranged */
const labels = ({ bands }) => bands.map(({ label }) => label);

test("by lanes, a band is a lane with its tracks", () => {
  const drawn = trace([["a(0..10)", "b(2..5)"], ["c(3..4)"]]);
  const arranged = arrangement(drawn, "lanes", NONE);
  assert.deepEqual(labels(arranged), ["l0", "l1"]);
  assert.equal(arranged.bands[0].tracks, drawn.lanes[0].tracks);
});

test("by tasks, each task of each lane has a band, the one that started first on top", () => {
  const drawn = trace([["a(5..10) b(12..13)", "b(6..7)"], ["b(0..1) a(20..21)"], ["a(0..1)"]], [0, 0, 1]);
  const arranged = arrangement(drawn, "tasks", NONE);
  assert.deepEqual(labels(arranged), ["b · l1", "a · l0", "b · l0", "a · l1", "a · l2"]);
  assert.deepEqual(
    arranged.bands.map(({ process }) => process),
    [0, 0, 0, 0, 1],
  );
  assert.deepEqual([...arranged.bands[2].tracks[0].start], [6, 12]);
});

test("the group is named where a process has several", () => {
  const arranged = arrangement(trace([["a(0..1) zip/a(1..2)"], ["a(0..1)"]], [0, 1]), "tasks", NONE);
  assert.deepEqual(labels(arranged), ["group / a · l0", "zip / a · l0", "a · l1"]);
});

test("a task that runs inside itself has a track for each depth", () => {
  const [band] = arrangement(trace([["a(0..10)", "a(1..9)", "a(2..3)"]]), "tasks", NONE).bands;
  assert.deepEqual(
    band.tracks.map(({ start }) => [...start]),
    [[0], [1], [2]],
  );
});

test("a folded process is one band without a track", () => {
  const drawn = trace([["a(0..1)"], ["a(0..1)"], ["b(0..1)"]], [0, 0, 1]);
  for (const rows of /** @type {const} */ (["lanes", "tasks"])) {
    const arranged = arrangement(drawn, rows, new Set([0]));
    assert.equal(arranged.bands.length, 2);
    assert.deepEqual([arranged.bands[0].label, arranged.bands[0].isFolded], ["2 lanes", true]);
    assert.equal(arranged.find({ lane: 0, track: 0, span: 0 }), null);
    assert.notEqual(arranged.find({ lane: 2, track: 0, span: 0 }), null);
  }
});

test("lanes stand by process in the trace's order", () => {
  const drawn = trace([["a(0..1)"], ["a(0..1)"], ["b(0..1)"]], [0, 0, 1]);
  assert.deepEqual(
    [...lanesByProcess(drawn)],
    [
      [0, [0, 1]],
      [1, [2]],
    ],
  );
});

test("every span is found where it is drawn, once, and no track overlaps", () => {
  const next = random(5);
  for (let round = 0; round < 60; round += 1) {
    const lanes = Array.from({ length: 3 }, () => lane(randomSpans(next, 1 + Math.floor(next() * 15))));
    const drawn = trace(lanes, [0, 0, 1]);
    for (const rows of /** @type {const} */ (["lanes", "tasks"])) {
      const arranged = arrangement(drawn, rows, NONE);
      const seen = new Set();
      arranged.bands.forEach((band, index) =>
        band.tracks.forEach((track, at) => {
          track.key.forEach((key, span) => {
            const place = placeOf(band, at, span);
            seen.add(JSON.stringify(place));
            assert.deepEqual(arranged.find(place), { band: index, track: at, span });
            const own = drawn.lanes[place.lane].tracks[place.track];
            assert.deepEqual([own.key[place.span], own.start[place.span]], [key, track.start[span]]);
            assert.equal(own.unfinished === place.span, track.unfinished === span);
            if (span > 0) assert.ok(track.start[span] >= track.end[span - 1]);
          });
          const instants = [...track.start.keys()].filter(
            (span) => track.start[span] === track.end[span] && span !== track.unfinished,
          );
          assert.deepEqual([...track.instants], instants);
        }),
      );
      const all = drawn.lanes.flatMap(({ tracks }) => tracks.flatMap(({ key }) => [...key]));
      assert.equal(seen.size, all.length, `round ${round}, ${rows}`);
    }
  }
});

test("by tasks, each span is on the first track that is free", () => {
  const next = random(6);
  for (let round = 0; round < 100; round += 1) {
    const spans = randomSpans(next, 1 + Math.floor(next() * 30)).map((span) => ({ ...span, name: "a" }));
    const [band] = arrangement(trace([lane(spans)]), "tasks", NONE).bands;
    /** @type {{start: number, end: number}[]} */
    const lasts = [];
    for (const { start, end } of inOrder(spans)) {
      const free = lasts.findIndex((last) => last.end <= start && last.start < start);
      lasts[free < 0 ? lasts.length : free] = { start, end };
    }
    const found = band.tracks.map(({ start }) => start[start.length - 1]);
    assert.deepEqual(found, lasts.map(({ start }) => start), `round ${round}`);
  }
});

test("a hundred thousand spans of a task that are open at once are no trouble", () => {
  // This would take minutes if each looked at all tracks.
  const count = 100_000;
  const drawn = trace([["a(0..1)"]]);
  drawn.lanes[0].tracks = Array.from({ length: count }, (_, at) => ({
    count: 2,
    start: Float64Array.of(at, at + count),
    end: Float64Array.of(at + count, at + 2 * count),
    key: new Int32Array(2),
    instants: new Int32Array(),
    unfinished: -1,
  }));
  const [band] = arrangement(drawn, "tasks", NONE).bands;
  assert.equal(band.tracks.length, count);
});
