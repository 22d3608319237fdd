// Figures of a part of the run.

import assert from "node:assert/strict";
import { test } from "node:test";

import { unions } from "#page/concurrency.js";
import { createPart, figures, stretchOf } from "#page/part.js";
import { INITIAL } from "#page/state.js";
import { inOrder, lane, parentsOf, random, randomSpans, trace } from "./helper.js";

const state = { ...INITIAL, window: { start: -5, end: 50 }, scheme: /** @type {const} */ ("light") };

test("the part is the run, what is in view of it, or the selection", () => {
  const selected = { start: 3, end: 4 };
  assert.equal(stretchOf({ ...state, selected }, 100), null);
  assert.deepEqual(stretchOf({ ...state, selected, scope: "view" }, 100), { start: 0, end: 50 });
  assert.deepEqual(stretchOf({ ...state, selected, scope: "selection" }, 100), selected);
  assert.equal(stretchOf({ ...state, scope: "selection" }, 100), null);
});

test("figures are those of the stretch", () => {
  const drawn = trace([["a(0..10) b(20..40)"], ["a(30..50)"]]);
  const busy = unions(drawn.lanes, Uint8Array.from([1, 1]));
  const stretch = { start: 5, end: 45 };
  const found = figures(drawn, createPart(drawn).statistics(stretch), stretch, busy);
  assert.deepEqual(
    found.map(([label, value]) => [label, value]),
    [
      ["length", "40 ns"],
      ["lanes", "2"],
      ["busy time", "40 ns"],
      ["mean at once", "1.00"],
      ["peak at once (per 1 ns)", "2.00"],
      ["utilisation", "50.0 %"],
    ],
  );
});

test("a moment has no mean", () => {
  const drawn = trace([["a(0..10)"]]);
  const stretch = { start: 5, end: 5 };
  const found = figures(drawn, createPart(drawn).statistics(stretch), stretch, []);
  assert.deepEqual([found[0][1], found[3][1], found[5][1]], ["0 ns", "–", "–"]);
});

test("a span's self time is what its direct children leave of it", () => {
  const next = random(11);
  for (let round = 0; round < 100; round += 1) {
    const spans = inOrder(randomSpans(next, 1 + Math.floor(next() * 12)));
    const parents = parentsOf(spans);
    const drawn = trace([lane(spans)]);
    const { selfOf } = createPart(drawn);
    const { tracks } = drawn.lanes[0];
    spans.forEach(({ start, end }, index) => {
      // Which nanoseconds a direct child covers, one by one.
      const covered = new Set();
      spans.forEach((child, at) => {
        if (parents[at] !== index || child.end === Infinity) return;
        for (let ns = child.start; ns < child.end; ns += 1) covered.add(ns);
      });
      const expected = end === Infinity ? null : end - start - covered.size;
      const found = tracks.flatMap((track, number) =>
        [...track.start.keys()]
          .filter(
            (span) =>
              track.start[span] === start &&
              (end === Infinity
                ? track.unfinished === span
                : track.end[span] === end && track.unfinished !== span),
          )
          .map((span) => selfOf({ lane: 0, track: number, span })),
      );
      assert.ok(found.includes(expected), `round ${round}: ${expected} is not in ${found}`);
    });
  }
});
