// Which bands the chart has, and that every span keeps one place whatever the view.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createArrangements, lanesByProcess, placeOf } from "#page/chart/arrangement.js";
import { finished } from "#page/trace/slices.js";
import { lane, matchOf, random, randomSpans, trace } from "./helper.js";

/** @typedef {import("#page/trace/data.js").Trace} Trace */

const NONE = new Set();

/**
 * @param {Trace} drawn
 * @param {"lanes" | "tasks"} rows
 * @param {ReadonlySet<number>} [folded]
 * @param {string} [query]
 * @param {ReadonlySet<number>} [hidden]
 */
function arrangement(drawn, rows, folded = NONE, query = "", hidden = NONE) {
  const arrangements = createArrangements(drawn);
  const match = matchOf(drawn, query);
  finished(arrangements.prepare(() => match));
  return arrangements.arrangement(rows, folded, hidden);
}

/** @param {import("#page/chart/arrangement.js").Arrangement} arranged */
const labels = ({ bands, sections }) => bands.map(({ section, label }) => `${sections[section].label} ${label}`);

/** What a track has, as text. @param {import("#page/trace/data.js").Track} track */
const texts = ({ start, end }) => [...start].map((from, span) => `${from}..${end[span]}`).join(" ");

test("by lanes, a band is a lane with its tracks, in a section by process", () => {
  const drawn = trace([["a(0..10)", "b(2..5)"], ["c(3..4)"]], [0, 1]);
  const arranged = arrangement(drawn, "lanes");
  assert.deepEqual(labels(arranged), ["p0 l0", "p1 l1"]);
  assert.equal(arranged.bands[0].tracks, drawn.lanes[0].tracks);
});

test("by tasks, a task has one band over all lanes and processes, the one that started first on top", () => {
  const drawn = trace([["a(5..10) b(12..13)", "b(6..7)"], ["b(0..1) a(20..21)"], ["a(8..9)"]], [0, 0, 1]);
  const arranged = arrangement(drawn, "tasks");
  assert.deepEqual(labels(arranged), ["group b", "group a"]);
  assert.deepEqual(arranged.bands.map(({ tracks }) => tracks.map(texts)), [["0..1 6..7 12..13"], ["5..10 20..21", "8..9"]]);
});

test("by tasks, the sections are the groups, the one that started first on top", () => {
  const arranged = arrangement(trace([["a(1..2) b(3..4)"], ["zip/a(0..1) zip/c(2..3)"]], [0, 1]), "tasks");
  assert.deepEqual(labels(arranged), ["zip a", "zip c", "group a", "group b"]);
});

test("a task that runs inside itself has a track for each depth", () => {
  const [band] = arrangement(trace([["a(0..10)", "a(1..9)", "a(2..3)"]]), "tasks").bands;
  assert.deepEqual(band.tracks.map(texts), ["0..10", "1..9", "2..3"]);
});

test("a folded process is one band without a track; by tasks, nothing is folded", () => {
  const drawn = trace([["a(0..1)"], ["a(0..1)"], ["b(0..1)"]], [0, 0, 1]);
  const arranged = arrangement(drawn, "lanes", new Set([0]));
  assert.deepEqual(labels(arranged), ["p0 2 lanes", "p1 l2"]);
  assert.ok(arranged.bands[0].isFolded);
  assert.equal(arranged.find({ lane: 0, track: 0, span: 0 }), null);
  assert.notEqual(arranged.find({ lane: 2, track: 0, span: 0 }), null);
  const byTasks = arrangement(drawn, "tasks", new Set([0]));
  assert.deepEqual(labels(byTasks), ["group a", "group b"]);
  assert.notEqual(byTasks.find({ lane: 0, track: 0, span: 0 }), null);
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

/**
 * Every span is found where it is drawn, once, and no track overlaps.
 * @param {Trace} drawn
 * @param {import("#page/chart/arrangement.js").Arrangement} arranged
 * @param {string} of what, for messages
 */
function check(drawn, arranged, of) {
  const seen = new Set();
  arranged.bands.forEach((band, index) =>
    band.tracks.forEach((track, at) => {
      track.key.forEach((key, span) => {
        const place = placeOf(band, at, span);
        seen.add(JSON.stringify(place));
        assert.deepEqual(arranged.find(place), { band: index, track: at, span }, of);
        const own = drawn.lanes[place.lane].tracks[place.track];
        assert.deepEqual([own.key[place.span], own.start[place.span], own.end[place.span]], [key, track.start[span], track.end[span]]);
        assert.equal(own.unfinished === place.span, track.unfinished === span);
        if (span > 0) assert.ok(track.start[span] >= track.end[span - 1] && track.unfinished !== span - 1, of);
      });
      const instants = [...track.start.keys()].filter((span) => track.start[span] === track.end[span] && span !== track.unfinished);
      assert.deepEqual([...track.instants], instants);
    }),
  );
  assert.equal(seen.size, drawn.lanes.flatMap(({ tracks }) => tracks.flatMap(({ key }) => [...key])).length, of);
}

/**
 * The most of some spans that no two of can share a track: those that run when one starts, and those that start with it.
 * @param {readonly {start: number, end: number}[]} spans
 */
function mostAtOnce(spans) {
  const counts = spans.map(({ start }, index) =>
    spans.filter((other, at) => (other.start < start && other.end > start) || (other.start === start && at <= index)).length,
  );
  return Math.max(0, ...counts);
}

/** @param {() => number} next @param {number} lanes */
const randomTrace = (next, lanes) =>
  trace(
    Array.from({ length: lanes }, () => lane(randomSpans(next, 1 + Math.floor(next() * 15)))),
    Array.from({ length: lanes }, (_, index) => index >> 1),
  );

test("every span is found where it is drawn, once, and no track overlaps", () => {
  const next = random(5);
  for (let round = 0; round < 60; round += 1) {
    const drawn = randomTrace(next, 4);
    for (const rows of /** @type {const} */ (["lanes", "tasks"])) check(drawn, arrangement(drawn, rows), `round ${round}, ${rows}`);
  }
});

test("by tasks, a band has no more tracks than spans that run at once", () => {
  const next = random(6);
  for (let round = 0; round < 60; round += 1) {
    const drawn = randomTrace(next, 4);
    for (const { task, tracks } of arrangement(drawn, "tasks").bands) {
      const spans = drawn.lanes.flatMap(({ tracks }) =>
        tracks.flatMap(({ start, end, key, unfinished }) =>
          [...key.keys()].flatMap((span) =>
            drawn.keys[key[span]].row === task ? [{ start: start[span], end: span === unfinished ? Infinity : end[span] }] : [],
          ),
        ),
      );
      assert.equal(tracks.length, mostAtOnce(spans), `round ${round}`);
    }
  }
});

test("a search that tells lanes apart packs those that match on top, on tracks of their own", () => {
  const drawn = trace([["a(0..1) a(4..5)"], ["a(2..3) b(6..7)"], ["a(6..7)"]], [0, 0, 0]);
  const arranged = arrangement(drawn, "tasks", NONE, "l1");
  assert.deepEqual(arranged.bands.map(({ tracks }) => tracks.map(texts)), [["2..3", "0..1 4..5 6..7"], ["6..7"]]);
});

test("during a search, every track has spans that match alike, and each span still has its place", () => {
  const next = random(7);
  for (let round = 0; round < 40; round += 1) {
    const drawn = randomTrace(next, 5);
    for (const query of ["l1", "t1", "101 t2", "zip l3"]) {
      const arranged = arrangement(drawn, "tasks", NONE, query);
      const match = matchOf(drawn, query);
      check(drawn, arranged, `round ${round}, ${query}`);
      for (const band of arranged.bands)
        for (const [at, { key }] of band.tracks.entries()) {
          const masks = [...key.keys()].map((span) => match?.maskOf(placeOf(band, at, span).lane));
          for (const mask of masks) assert.ok([...key].every((own) => mask?.[own] === masks[0]?.[own]), query);
        }
    }
  }
});

test("by tasks one that is switched off has no band, the others stay as they are, and all off are all there", () => {
  const drawn = trace([["a(0..1)", "b(1..2)"], ["c(0..3)"]]);
  const whole = arrangement(drawn, "tasks");
  const off = whole.bands[0].task;
  const kept = arrangement(drawn, "tasks", NONE, "", new Set([off]));
  assert.deepEqual(kept.bands.map(({ label }) => label), whole.bands.slice(1).map(({ label }) => label));
  const places = drawn.lanes.flatMap(({ tracks }, lane) => tracks.map((_, track) => ({ lane, track, span: 0 })));
  for (const place of places) {
    const [before, after] = [whole.find(place), kept.find(place)];
    assert.deepEqual(after, before && before.band > 0 ? { ...before, band: before.band - 1 } : null);
  }
  const all = new Set(whole.bands.map(({ task }) => task));
  assert.equal(arrangement(drawn, "tasks", NONE, "", all).bands.length, whole.bands.length);
});

test("a search for a task's name moves nothing", () => {
  const drawn = randomTrace(random(8), 4);
  const arrangements = createArrangements(drawn);
  const before = arrangements.arrangement("tasks", NONE, NONE);
  finished(arrangements.prepare(() => matchOf(drawn, "group")));
  assert.equal(arrangements.arrangement("tasks", NONE, NONE), before);
});

test("while another search is typed the last rows stay, and the work for one that is gone is given up", () => {
  const drawn = randomTrace(random(9), 4);
  const arrangements = createArrangements(drawn);
  const before = arrangements.arrangement("tasks", NONE, NONE);
  let wanted = matchOf(drawn, "l1");
  const last = matchOf(drawn, "l2");
  const making = arrangements.prepare(() => wanted);
  making.next();
  making.next();
  assert.equal(arrangements.arrangement("tasks", NONE, NONE), before);
  assert.ok(arrangements.suits(null) && !arrangements.suits(last));
  wanted = last;
  finished(making);
  assert.ok(arrangements.suits(last) && !arrangements.suits(null));
  const after = arrangements.arrangement("tasks", NONE, NONE);
  finished(arrangements.prepare(() => last));
  assert.equal(arrangements.arrangement("tasks", NONE, NONE), after, "nothing is left to do");
  assert.deepEqual(after.bands.map(({ tracks }) => tracks.map(texts)), arrangement(drawn, "tasks", NONE, "l2").bands.map(({ tracks }) => tracks.map(texts)));
});

test("where rows by task are no longer asked for, they are not made", () => {
  const arrangements = createArrangements(randomTrace(random(10), 2));
  assert.ok(arrangements.prepare(() => undefined).next().done);
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
  const [band] = arrangement(drawn, "tasks").bands;
  assert.equal(band.tracks.length, count);
});
