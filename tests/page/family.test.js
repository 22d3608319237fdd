// Who encloses a span and what is nested in it, against looking at every pair of spans.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as family from "#page/trace/family.js";
import { busyStretches } from "#page/trace/occupancy.js";
import { endIn, ordered } from "#page/trace/order.js";
import { finished } from "#page/trace/slices.js";
import { createPart } from "#page/sections/part.js";
import { inOrder, lane, random, randomSpans, trace } from "./helper.js";

const { enclosing, selfTime } = family;
const countNested = (/** @type {readonly Track[]} */ tracks, /** @type {family.Spot} */ spot) =>
  family.countNested(tracks, spot, []).spans;
const childrenOf = (/** @type {readonly Track[]} */ tracks, /** @type {family.Spot} */ spot, /** @type {number} */ most) =>
  family.childrenOf(tracks, spot, most, []);

/** @typedef {import("#page/trace/data.js").Track} Track */
/** @typedef {import("#page/trace/family.js").Spot} Spot */

/** @param {Spot[]} spots */
const text = (spots) => spots.map(({ track, span }) => `${track}.${span}`).join(" ");

/** @param {string[]} tracks */
const tracksOf = (...tracks) => trace([tracks]).lanes[0].tracks;

test("a span is in the one above it, and that in the next", () => {
  const tracks = tracksOf("a(0..100) d(100..120)", "b(10..40) e(50..60)", "c(20..30)");
  assert.equal(text(enclosing(tracks, { track: 2, span: 0 })), "1.0 0.0");
  assert.equal(text(enclosing(tracks, { track: 0, span: 0 })), "");
  assert.equal(countNested(tracks, { track: 0, span: 0 }), 3);
  assert.deepEqual(childrenOf(tracks, { track: 0, span: 0 }, 1), { count: 2, time: 40, longest: [{ track: 1, span: 0 }] });
  assert.equal(countNested(tracks, { track: 0, span: 1 }), 0);
});

test("of equal spans the upper one is the outer one", () => {
  const tracks = tracksOf("a(0..10)", "b(0..10)", "c(0..10)");
  assert.deepEqual([0, 1, 2].map((track) => text(enclosing(tracks, { track, span: 0 }))), ["", "0.0", "1.0 0.0"]);
  assert.deepEqual([0, 1, 2].map((track) => countNested(tracks, { track, span: 0 })), [2, 1, 0]);
});

test("where spans cross, a span is in the last started of those that last as long as it", () => {
  const tracks = tracksOf("a(0..100)", "b(10..30)", "c(20..40)", "d(22..28)");
  assert.equal(text(enclosing(tracks, { track: 3, span: 0 })), "2.0 1.0 0.0");
  assert.equal(text(enclosing(tracks, { track: 2, span: 0 })), "0.0");
  assert.equal(countNested(tracks, { track: 1, span: 0 }), 1);
  assert.equal(childrenOf(tracks, { track: 1, span: 0 }, 3).count, 0, "it is a child of c");
});

test("an instant is in what runs, and has nothing in it; an unfinished span has all that follows", () => {
  const tracks = tracksOf("a(0..)", "i(0..0) b(3..9) j(9..9)", "k(3..3)");
  assert.equal(text(enclosing(tracks, { track: 1, span: 2 })), "0.0", "b has ended");
  assert.equal(text(enclosing(tracks, { track: 2, span: 0 })), "1.1 0.0");
  assert.equal(countNested(tracks, { track: 1, span: 0 }), 0);
  assert.equal(countNested(tracks, { track: 0, span: 0 }), 4);
  assert.deepEqual(childrenOf(tracks, { track: 0, span: 0 }, 1), { count: 3, time: 6, longest: [{ track: 1, span: 1 }] });
});

/**
 * All spans of a lane in the model's order.
 * @param {readonly Track[]} tracks
 */
function listed(tracks) {
  const { track, span } = ordered(tracks);
  return Array.from(track, (own, at) => {
    const of = tracks[own];
    return { track: own, span: span[at], start: of.start[span[at]], end: endIn(of, span[at]) };
  });
}

test("whatever the spans, families are those of looking at every pair", () => {
  const next = random(71);
  for (let round = 0; round < 300; round += 1) {
    const { tracks } = trace([lane(randomSpans(next, 1 + Math.floor(next() * 25)))]).lanes[0];
    const all = listed(tracks);
    const around = all.map(({ start, end }, at) =>
      all.slice(0, at).filter((other) => other.start < other.end && other.end > start && other.end >= end).reverse(),
    );
    all.forEach((own, at) => {
      const message = `round ${round}, span ${own.track}.${own.span}`;
      const isOwn = (/** @type {Spot | undefined} */ other) => other?.track === own.track && other.span === own.span;
      assert.equal(text(enclosing(tracks, own)), text(around[at]), message);
      assert.equal(countNested(tracks, own), around.filter((chain) => chain.some(isOwn)).length, message);
      const children = all.filter((_, other) => isOwn(around[other][0]));
      const time = children.reduce((sum, { start, end }) => sum + (end < Infinity ? end - start : 0), 0);
      const lengthOf = (/** @type {Spot} */ { track, span }) => tracks[track].end[span] - tracks[track].start[span];
      const longest = [...children].sort((one, other) => lengthOf(other) - lengthOf(one)).slice(0, 3);
      const found = childrenOf(tracks, own, 3);
      assert.deepEqual([found.count, found.time, text(found.longest)], [children.length, time, text(longest)], message);
    });
  }
});

test("a million children are counted at two looks a track", () => {
  const start = Float64Array.from({ length: 1e6 }, (_, at) => at * 2);
  let looks = 0;
  const counted = new Proxy(start, {
    get(of, name) {
      if (typeof name === "string" && /^\d+$/.test(name)) looks += 1;
      return Reflect.get(of, name, of);
    },
  });
  const inner = { start: counted, end: start.map((from) => from + 1), key: new Int32Array(1e6), instants: new Int32Array(), unfinished: -1 };
  const outer = { ...inner, start: Float64Array.of(0), end: Float64Array.of(1e7), key: new Int32Array(1) };
  assert.equal(countNested([outer, inner], { track: 0, span: 0 }), 1e6);
  assert.ok(looks < 50, `${looks} looks`);
});

test("a span's self time is what those that start in it leave of it", () => {
  const next = random(11);
  for (let round = 0; round < 100; round += 1) {
    const spans = inOrder(randomSpans(next, 1 + Math.floor(next() * 12)));
    const drawn = trace([lane(spans)]);
    const { tracks } = drawn.lanes[0];
    spans.forEach(({ start, end }, index) => {
      // Which nanoseconds a later one covers, one by one.
      const covered = new Set();
      spans.slice(index + 1).forEach((later) => {
        if (later.end === Infinity) return;
        for (let ns = Math.max(start, later.start); ns < Math.min(end, later.end); ns += 1) covered.add(ns);
      });
      if (end === Infinity) return;
      const expected = end - start - covered.size;
      const found = tracks.flatMap((track, number) =>
        [...track.start.keys()]
          .filter((span) => track.start[span] === start && track.end[span] === end && track.unfinished !== span)
          .map((span) => selfTime(tracks, { track: number, span })),
      );
      assert.ok(found.includes(expected), `round ${round}: ${expected} is not in ${found}`);
    });
  }
});

test("the self times of a lane sum to its busy time", () => {
  const next = random(13);
  for (let round = 0; round < 100; round += 1) {
    const drawn = trace([lane(randomSpans(next, 1 + Math.floor(next() * 15)))]);
    const { tracks } = drawn.lanes[0];
    const finishedOnes = tracks.flatMap((track, number) =>
      [...track.start.keys()].filter((span) => span !== track.unfinished).map((span) => selfTime(tracks, { track: number, span })),
    );
    const busy = finished(createPart(drawn, busyStretches(drawn))({ start: 0, end: drawn.wall })).statistics.busy;
    assert.equal(finishedOnes.reduce((sum, ns) => sum + ns, 0), busy, `round ${round}`);
  }
});
