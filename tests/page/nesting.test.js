// Which span contains which, against looking at every pair.

import assert from "node:assert/strict";
import { test } from "node:test";

import { nest } from "#page/nesting.js";
import { inOrder, lane, parentsOf, random, randomSpans, trace } from "./helper.js";

/**
 * The parents of spans, as positions in their order.
 * @param {[number, number][]} spans
 * @param {number[]} expected
 */
function check(spans, expected) {
  const drawn = trace([lane(spans.map(([start, end]) => ({ name: "a", start, end })))]);
  assert.deepEqual([...nest(drawn.lanes[0]).parent], expected);
}

const NEVER = Infinity;

test("children lie in their parent, however deep", () => {
  check(
    [
      [0, 100],
      [10, 40],
      [20, 30],
      [50, 60],
      [100, 120],
    ],
    [-1, 0, 1, 0, -1],
  );
});

test("of equal spans the one on top holds the other", () => {
  check(
    [
      [0, 10],
      [0, 10],
    ],
    [-1, 0],
  );
});

test("crossing spans hold each other in neither way", () => {
  check(
    [
      [0, 20],
      [10, 30],
      [20, 40],
    ],
    [-1, -1, -1],
  );
  check(
    [
      [0, 100],
      [10, 30],
      [20, 40],
    ],
    [-1, 0, 0],
  );
});

test("a child of a crossing pair belongs to the innermost that contains it", () => {
  check(
    [
      [0, 20],
      [10, 30],
      [15, 20],
    ],
    [-1, -1, 1],
  );
});

test("unfinished spans hold others, and are held only by unfinished ones", () => {
  check(
    [
      [0, NEVER],
      [10, 20],
      [12, NEVER],
    ],
    [-1, 0, 0],
  );
  check(
    [
      [0, 20],
      [10, NEVER],
    ],
    [-1, -1],
  );
});

test("an unfinished span is longer than one that ends with the trace", () => {
  check(
    [
      [0, 20],
      [10, 20],
      [10, NEVER],
    ],
    [-1, -1, 1],
  );
});

test("instants are held, but hold nothing, not even one of their own moment", () => {
  check(
    [
      [5, 15],
      [5, 5],
      [5, 5],
      [9, 9],
      [15, 15],
    ],
    [-1, 0, 0, 0, -1],
  );
});

test("a lane without spans nests nothing", () => {
  const { track, span, parent } = nest({ tracks: [] });
  assert.deepEqual([[...track], [...span], [...parent]], [[], [], []]);
});

test("order and parents are those of the naive twin, for spans that nest, cross, last or never end", () => {
  const next = random(41);
  for (let round = 0; round < 300; round += 1) {
    const spans = randomSpans(next, Math.floor(next() * 40));
    const drawn = trace([lane(spans)]);
    const [{ tracks }] = drawn.lanes;
    const { track, span, parent } = nest({ tracks });
    const ordered = inOrder(spans);
    const found = Array.from(span, (own, position) => {
      const { start, end, unfinished } = tracks[track[position]];
      return [start[own], own === unfinished ? Infinity : end[own]];
    });
    assert.deepEqual(
      found,
      ordered.map(({ start, end }) => [start, end]),
      `round ${round}`,
    );
    assert.deepEqual([...parent], parentsOf(ordered), `round ${round}`);
  }
});

/**
 * A track of spans of one task.
 * @param {number} count
 * @param {(index: number) => [number, number]} bounds
 */
function track(count, bounds) {
  const all = Array.from({ length: count }, (_, index) => bounds(index));
  return {
    start: Float64Array.from(all, ([start]) => start),
    end: Float64Array.from(all, ([, end]) => end),
    key: new Int32Array(count),
    instants: new Int32Array(),
    unfinished: -1,
  };
}

test("five thousand levels are no trouble", () => {
  const tracks = Array.from({ length: 5000 }, (_, level) => track(1, () => [level, 10_000 - level]));
  const { parent } = nest({ tracks });
  assert.ok(parent.every((position, index) => position === index - 1));
});

test("a chain of two hundred thousand overlaps keeps no ended span", () => {
  // With every ended span looked at again this would take minutes.
  const count = 100_000;
  const tracks = [0, 1].map((odd) =>
    track(count, (index) => [20 * index + 10 * odd, 20 * index + 10 * odd + 15]),
  );
  const { parent, track: of } = nest({ tracks });
  assert.ok(parent.every((position) => position === -1));
  assert.ok(of.every((own, position) => own === position % 2));
});
