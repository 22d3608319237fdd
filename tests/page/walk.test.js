// From span to span, against sorting them all.

import assert from "node:assert/strict";
import { test } from "node:test";

import { across, first, longestOf, nextIn, nextMatch, rank, rankAmong, ranked, sibling } from "#page/trace/walk.js";
import { lane, random, randomSpans, trace, tracksOf } from "./helper.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/view/state.js").Place} Place
 */

const all = () => true;
const EVERYTHING = { start: -Infinity, end: Infinity };

/** @param {Place | null} place */
const text = (place) => (place ? `${place.lane}.${place.track}.${place.span}` : "none");

/** @param {string} place @returns {Place} */
function at(place) {
  const [lane, track, span] = place.split(".").map(Number);
  return { lane, track, span };
}

/** @param {Trace} drawn */
function rowsOf({ lanes }) {
  return lanes.flatMap(({ tracks }, lane) => tracks.map((_, track) => ({ lane, track })));
}

/**
 * All places in the order of siblings, with what is there.
 * @param {Trace} drawn
 */
function places(drawn) {
  return rowsOf(drawn)
    .flatMap(({ lane, track }) => {
      const { start, end, key, unfinished } = drawn.lanes[lane].tracks[track];
      return Array.from(start, (from, span) => ({
        place: { lane, track, span },
        start: from,
        end: end[span],
        isOpen: span === unfinished,
        key: key[span],
        row: drawn.keys[key[span]].row,
      }));
    })
    .sort((one, other) => one.start - other.start);
}

test("the next span of a row is the next one that is shown", () => {
  const rows = tracksOf(trace([["a(0..1) b(1..2) a(2..3)"]]));
  /** @param {number} key */
  const notB = (key) => key !== 1;
  assert.deepEqual(nextIn(rows, { row: 0, span: 0 }, 1, all), { row: 0, span: 1 });
  assert.deepEqual(nextIn(rows, { row: 0, span: 0 }, 1, notB), { row: 0, span: 2 });
  assert.deepEqual(nextIn(rows, { row: 0, span: 2 }, -1, notB), { row: 0, span: 0 });
  assert.equal(nextIn(rows, { row: 0, span: 0 }, -1, all), null);
  assert.equal(nextIn(rows, { row: 0, span: 2 }, 1, all), null);
});

test("the next span of a task is in whichever lane it began next", () => {
  const drawn = trace([["a(0..1) a(9..12)", "zip/a(9..10)"], ["a(5..6) b(7..8) a(9..10)"], ["a!(5..6)"]]);
  const walk = ["0.0.0", "1.0.0", "2.0.0", "0.0.1", "1.0.2"];
  walk.forEach((place, index) => {
    assert.equal(text(sibling(drawn, at(place), 1, all)), walk[index + 1] ?? "none");
    assert.equal(text(sibling(drawn, at(place), -1, all)), walk[index - 1] ?? "none");
    assert.deepEqual(rank(drawn, at(place)), { at: index + 1, of: 5 });
  });
  assert.equal(text(sibling(drawn, at("0.0.0"), 1, (lane) => lane !== 1)), "2.0.0");
});

test("from match to match the way goes over all lanes, begins at the window, and after the last comes the first", () => {
  const drawn = trace([["a(0..1) b(9..12)", "b(9..10)"], ["a(5..6) b(7..8) a(9..10)"]]);
  const { lanes } = drawn;
  const isB = (/** @type {number} */ _, /** @type {number} */ key) => drawn.raw[drawn.keys[key].task] === "b";
  const walk = ["1.0.1", "0.0.1", "0.1.0"];
  /** @param {string | null} from @param {-1 | 1} step @param {[number, number]} [window] */
  const next = (from, step, [start, end] = [-1, 100]) => text(nextMatch(drawn, from ? at(from) : null, { start, end }, step, isB));
  walk.forEach((place, index) => {
    assert.equal(next(place, 1), walk[(index + 1) % 3]);
    assert.equal(next(place, -1), walk[(index + 2) % 3]);
    assert.deepEqual(rankAmong(drawn, at(place), isB), { at: index + 1, of: 3 });
  });
  assert.deepEqual([next(null, 1), next(null, -1)], [walk[0], walk[2]]);
  assert.deepEqual([next(null, 1, [8, 20]), next(null, 1, [9, 20]), next(null, 1, [10, 20])], [walk[1], walk[1], walk[0]]);
  assert.deepEqual([next(null, -1, [0, 8]), next(null, -1, [0, 6])], [walk[0], walk[2]]);
  assert.deepEqual([next("1.0.0", 1), next("1.0.2", 1), next("1.0.2", -1)], [walk[0], walk[0], walk[2]], "from a span that is no match");
  assert.equal(nextMatch(drawn, null, { start: 0, end: 9 }, 1, () => false), null);
  assert.equal(nextMatch({ ...drawn, lanes: lanes.map((lane) => ({ ...lane, tracks: [] })) }, null, { start: 0, end: 9 }, 1, all), null);
});

test("the longest span of a task is a finished one, the earliest of equal ones", () => {
  const drawn = trace([
    ["a(0..5) b(6..)"],
    ["b(0..2) a(10..16)"],
    ["a(10..16) c(18..)"],
    ["c(17..)", "d(20..90)"],
  ]);
  /** @param {string} name */
  const longest = (name) =>
    text(
      longestOf(
        drawn,
        drawn.tasks.findIndex(({ task }) => drawn.raw[task] === name),
      ),
    );
  assert.deepEqual(["a", "b", "c"].map(longest), ["1.0.1", "1.0.0", "3.0.0"]);
  assert.equal(longestOf(drawn, -1), null);
});

test("up and down lead to what runs at the same time", () => {
  const rows = tracksOf(trace([["a(0..100)"], ["b(0..40) b(45..60) b(60..100)"], ["c(0..10) c(70..80)"]]));
  /** @param {number} row @param {number} span @param {-1 | 1} step */
  const from = (row, span, step) => across(rows, { row, span }, step, EVERYTHING, all);
  assert.deepEqual(from(0, 0, 1), { row: 1, span: 1 });
  assert.deepEqual(from(1, 1, 1), { row: 2, span: 1 });
  assert.deepEqual(from(1, 0, 1), { row: 2, span: 0 });
  assert.deepEqual(from(1, 2, -1), { row: 0, span: 0 });
  assert.deepEqual([from(0, 0, -1), from(2, 0, 1)], [null, null]);
});

test("of two spans equally near in time the earlier is taken", () => {
  const rows = tracksOf(trace([["a(40..60)"], ["b(0..45) b(55..90)"]]));
  assert.deepEqual(across(rows, { row: 0, span: 0 }, 1, EVERYTHING, all), { row: 1, span: 0 });
});

test("rows without a span that is shown are passed by", () => {
  const rows = tracksOf(trace([["a(0..10)"], ["b(0..10)"], [""], ["a(20..30)"]]));
  assert.deepEqual(
    across(rows, { row: 0, span: 0 }, 1, EVERYTHING, (key) => key !== 1),
    { row: 3, span: 0 },
  );
});

test("the first span is the first of the uppermost row that has one in view", () => {
  const rows = tracksOf(trace([["a(0..10)"], ["b(20..30) c(30..30)"], ["d(5..50)"]]));
  /** @param {number} start @param {number} end */
  const inView = (start, end) => first(rows, { start, end }, all);
  assert.deepEqual(inView(0, 50), { row: 0, span: 0 });
  assert.deepEqual(inView(10, 50), { row: 1, span: 0 });
  assert.deepEqual(inView(30, 50), { row: 1, span: 1 });
  assert.deepEqual(inView(11, 19), { row: 2, span: 0 });
  assert.equal(inView(51, 60), null);
  assert.deepEqual(
    first(rows, { start: 0, end: 50 }, (key) => key === 2),
    { row: 1, span: 1 },
  );
});

test("up and down go by what is in view of a span, not by its middle far away", () => {
  const drawn = trace([["a(0..100)", "b(1..2) c(50..51) d(90..91)"]]);
  const rows = drawn.lanes[0].tracks;
  const below = (/** @type {number} */ start, /** @type {number} */ end) =>
    across(rows, { row: 0, span: 0 }, 1, { start, end }, all)?.span;
  assert.deepEqual([below(0, 4), below(40, 60), below(80, 200), below(200, 300)], [0, 1, 2, 1]);
});

test("walks agree with sorting all spans", () => {
  const next = random(47);
  for (let round = 0; round < 60; round += 1) {
    const drawn = trace(
      Array.from({ length: 3 }, () => lane(randomSpans(next, 1 + Math.floor(next() * 15)))),
    );
    const ordered = places(drawn);
    const on = Uint8Array.from(drawn.keys, () => Number(next() < 0.7));
    const dark = Math.floor(next() * 4);
    /** @param {number} lane @param {number} key */
    const shown = (lane, key) => on[key] === 1 && lane !== dark;
    /** @param {typeof ordered[number]} of */
    const isShown = ({ place, key }) => shown(place.lane, key);

    ordered.forEach((own, index) => {
      const where = `round ${round}, ${text(own.place)}`;
      const alike = ordered.filter(({ row }) => row === own.row);
      assert.deepEqual(rank(drawn, own.place), { at: alike.indexOf(own) + 1, of: alike.length }, where);
      assert.deepEqual(ranked(drawn, own.row, alike.indexOf(own) + 1), own.place, where);
      const after = alike.find((other) => ordered.indexOf(other) > index && isShown(other));
      const before = alike.filter((other) => ordered.indexOf(other) < index && isShown(other)).pop();
      assert.deepEqual(sibling(drawn, own.place, 1, shown), after?.place ?? null, where);
      assert.deepEqual(sibling(drawn, own.place, -1, shown), before?.place ?? null, where);

      const { lane: ofLane, track, span } = own.place;
      const same = ordered.filter(({ place }) => place.lane === ofLane && place.track === track);
      const right = same.find((other) => other.start > own.start && on[other.key] === 1);
      const found = nextIn(drawn.lanes[ofLane].tracks, { row: track, span }, 1, (key) => on[key] === 1);
      assert.equal(found?.span, right?.place.span, where);
    });

    drawn.tasks.forEach((_, row) => {
      for (const rank of [0, ordered.length + 1]) assert.equal(ranked(drawn, row, rank), null);
      const alike = ordered.filter((other) => other.row === row);
      const finished = alike.filter(({ isOpen }) => !isOpen);
      const from = finished.length > 0 ? finished : alike;
      const most = Math.max(...from.map(({ start, end }) => end - start));
      assert.deepEqual(
        longestOf(drawn, row),
        from.find(({ start, end }) => end - start === most)?.place ?? null,
      );
    });

    const rows = tracksOf(drawn);
    rows.slice(1).forEach((track, index) => {
      const above = { row: index, span: Math.floor(next() * rows[index].start.length) };
      const middle = (rows[index].start[above.span] + rows[index].end[above.span]) / 2;
      /** @param {number} span */
      const distance = (span) => Math.max(0, track.start[span] - middle, middle - track.end[span]);
      const candidates = [...track.start.keys()].filter((span) => on[track.key[span]]);
      if (candidates.length === 0) return;
      const found = across(rows, above, 1, EVERYTHING, (key) => on[key] === 1);
      assert.equal(found?.row, index + 1);
      assert.equal(distance(found.span), Math.min(...candidates.map(distance)), `round ${round}`);
    });
  }
});
