// The innermost span of a lane, against looking at every span at every nanosecond.

import assert from "node:assert/strict";
import { test } from "node:test";

import { innermost } from "#page/trace/innermost.js";
import { ordered } from "#page/trace/order.js";
import { inOrder, lane, random, randomSpans, trace } from "./helper.js";

/**
 * All stretches, as the position of the span, from and to.
 * @param {readonly import("#page/trace/data.js").Track[]} tracks
 */
function stretches(tracks) {
  const order = ordered(tracks);
  /** @type {[number, number, number][]} */
  const found = [];
  innermost(tracks, order, Int32Array.from(order.span.keys()), (...stretch) => found.push(stretch));
  return found;
}

test("a span has what those in it leave, and of two that overlap the last started has the time", () => {
  const of = (/** @type {string[]} */ ...tracks) => stretches(trace([tracks]).lanes[0].tracks);
  assert.deepEqual(of("a(0..10)", "b(2..5)"), [[0, 0, 2], [1, 2, 5], [0, 5, 10]]);
  assert.deepEqual(of("a(0..10)", "b(5..15)"), [[0, 0, 5], [1, 5, 15]]);
  assert.deepEqual(of("a(0..)", "b(3..3) c(4..6)"), [[2, 4, 6]]);
  assert.deepEqual(of(), []);
});

test("a nanosecond belongs to the last in the order of those that run", () => {
  const next = random(43);
  for (let round = 0; round < 300; round += 1) {
    const spans = randomSpans(next, Math.floor(next() * 40));
    const ordered = inOrder(spans);
    /** @type {Map<number, number>} */
    const expected = new Map();
    ordered.forEach(({ start, end }, position) => {
      if (end === Infinity) return;
      for (let ns = start; ns < end; ns += 1) expected.set(ns, position);
    });
    const found = new Map();
    for (const [position, from, to] of stretches(trace([lane(spans)]).lanes[0].tracks)) {
      assert.ok(from < to, `round ${round}`);
      for (let ns = from; ns < to; ns += 1) {
        assert.ok(!found.has(ns), `round ${round}: ${ns} counts twice`);
        found.set(ns, position);
      }
    }
    assert.deepEqual([...found].sort(([a], [b]) => a - b), [...expected].sort(([a], [b]) => a - b), `round ${round}`);
  }
});

test("a hundred thousand spans open at once are looked at a few times each", () => {
  const count = 100_000;
  let looks = 0;
  const tracks = Array.from({ length: count }, (_, at) => ({
    start: Float64Array.of(at),
    get end() {
      looks += 1;
      return Float64Array.of(at + count);
    },
    key: new Int32Array(1),
    instants: new Int32Array(),
    unfinished: -1,
  }));
  const order = { track: Int32Array.from(tracks.keys()), span: new Int32Array(count) };
  let sum = 0;
  innermost(tracks, order, order.track, (_, from, to) => (sum += to - from));
  assert.equal(sum, 2 * count - 1);
  assert.ok(looks < 10 * count, `${looks} looks`);
});
