// Figures of a part of the run.

import assert from "node:assert/strict";
import { test } from "node:test";

import { busyStretches } from "#page/load.js";
import { createPart, selfTime, stretchOf } from "#page/part.js";
import { finished } from "#page/slices.js";
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

/** @param {import("#page/data.js").Trace} drawn @param {{start: number, end: number}} stretch */
const figuresOf = (drawn, stretch) => finished(createPart(drawn, busyStretches(drawn))(stretch)).figures;

test("figures are those of the stretch", () => {
  const drawn = trace([["a(0..10) b(20..40)"], ["a(30..50)"]]);
  assert.deepEqual(
    figuresOf(drawn, { start: 5, end: 45 }).map(([label, value]) => [label, value]),
    [
      ["length", "40 ns"],
      ["lanes", "2"],
      ["busy time", "40 ns"],
      ["mean concurrency", "1.00"],
      ["peak concurrency (per 1 ns)", "2.00"],
      ["utilisation", "50.0 %"],
    ],
  );
});

test("a moment has no mean", () => {
  const drawn = trace([["a(0..10)"]]);
  const found = figuresOf(drawn, { start: 5, end: 5 });
  assert.deepEqual([found[0][1], found[3][1], found[5][1]], ["0 ns", "–", "–"]);
});

test("a span's self time is what its direct children leave of it", () => {
  const next = random(11);
  for (let round = 0; round < 100; round += 1) {
    const spans = inOrder(randomSpans(next, 1 + Math.floor(next() * 12)));
    const parents = parentsOf(spans);
    const drawn = trace([lane(spans)]);
    const { tracks } = drawn.lanes[0];
    spans.forEach(({ start, end }, index) => {
      // Which nanoseconds a direct child covers, one by one.
      const covered = new Set();
      spans.forEach((child, at) => {
        if (parents[at] !== index || child.end === Infinity) return;
        for (let ns = child.start; ns < child.end; ns += 1) covered.add(ns);
      });
      if (end === Infinity) return;
      const expected = end - start - covered.size;
      const found = tracks.flatMap((track, number) =>
        [...track.start.keys()]
          .filter(
            (span) =>
              track.start[span] === start &&
              track.end[span] === end &&
              track.unfinished !== span,
          )
          .map((span) => selfTime(tracks, number, span)),
      );
      assert.ok(found.includes(expected), `round ${round}: ${expected} is not in ${found}`);
    });
  }
});
