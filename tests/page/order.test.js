// The order of a lane's spans, against sorting them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ordered, positionOf } from "#page/trace/order.js";
import { inOrder, lane, random, randomSpans, trace } from "./helper.js";

test("a lane without spans has an empty order", () => {
  const { track, span } = ordered([]);
  assert.deepEqual([[...track], [...span]], [[], []]);
});

test("the order is by start, then the longest first, and each span is found in it", () => {
  const next = random(41);
  for (let round = 0; round < 300; round += 1) {
    const spans = randomSpans(next, Math.floor(next() * 40));
    const [{ tracks }] = trace([lane(spans)]).lanes;
    const order = ordered(tracks);
    const found = Array.from(order.span, (own, position) => {
      const { start, end, unfinished } = tracks[order.track[position]];
      return [start[own], own === unfinished ? Infinity : end[own]];
    });
    const expected = inOrder(spans).map(({ start, end }) => [start, end]);
    assert.deepEqual(found, expected, `round ${round}`);
    order.span.forEach((span, position) => {
      assert.equal(positionOf(tracks, order, order.track[position], span), position, `round ${round}`);
    });
  }
});

test("an unfinished span is longer than one that ends with the trace", () => {
  const [{ tracks }] = trace([["a(10..)", "b(10..20)", "c(0..20)"]]).lanes;
  assert.deepEqual([...ordered(tracks).track], [2, 0, 1]);
});
