// Figures of a part of the run.

import assert from "node:assert/strict";
import { test } from "node:test";

import { busyStretches } from "#page/trace/occupancy.js";
import { createPart, stretchOf } from "#page/sections/part.js";
import { finished } from "#page/trace/slices.js";
import { INITIAL } from "#page/view/state.js";
import { lane, random, randomSpans, trace } from "./helper.js";

const state = { ...INITIAL, window: { start: -5, end: 50 }, scheme: /** @type {const} */ ("light") };

test("the part is the run, what is in view of it, or the selection", () => {
  const selected = { start: 3, end: 4 };
  assert.equal(stretchOf({ ...state, selected }, 100), null);
  assert.deepEqual(stretchOf({ ...state, selected, scope: "view" }, 100), { start: 0, end: 50 });
  assert.deepEqual(stretchOf({ ...state, selected, scope: "selection" }, 100), selected);
  assert.equal(stretchOf({ ...state, scope: "selection" }, 100), null);
});

/** @param {import("#page/trace/data.js").Trace} drawn @param {{start: number, end: number}} stretch */
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
      ["peak concurrency", "2.00"],
      ["utilisation", "50.0 %"],
    ],
  );
});

test("a moment has no mean", () => {
  const drawn = trace([["a(0..10)"]]);
  const found = figuresOf(drawn, { start: 5, end: 5 });
  assert.deepEqual([found[0][1], found[3][1], found[5][1]], ["0 ns", "–", "–"]);
});

test("no figure of a stretch between two nanoseconds is over what it is a part of", () => {
  const drawn = trace([["a(0..100)"], ["b(0..100)"]]);
  const stretch = stretchOf({ ...state, scope: "selection", selected: { start: 10.25, end: 10.75 } }, 100);
  assert.ok(stretch);
  const values = figuresOf(drawn, stretch).map(([, value]) => value);
  assert.deepEqual(values, ["1 ns", "2", "2 ns", "2.00", "2.00", "100 %"]);
});

test("utilisation is at most 100 %, whatever the lanes, the stretch and what is summarised", () => {
  const next = random(12);
  for (let round = 0; round < 300; round += 1) {
    const lanes = Array.from({ length: 1 + Math.floor(next() * 3) }, () => randomSpans(next, 1 + Math.floor(next() * 20)));
    const drawn = trace(lanes.map(lane));
    for (const own of drawn.lanes) {
      if (next() < 0.7) continue;
      own.isSummarised = true;
      const bins = Math.ceil(drawn.wall / 8) + 1;
      const key = Int32Array.from({ length: bins }, () => Math.floor(next() * (drawn.keys.length + 1)));
      own.raster = { first: -Math.floor(next() * 8), width: 8, key, share: Uint8Array.from(key, () => 1 + Math.floor(next() * 255)) };
    }
    const start = Math.floor(next() * 60);
    const stretch = { start, end: start + 1 + Math.floor(next() * 40) };
    const found = figuresOf(drawn, stretch);
    const utilisation = parseFloat(found[5][1]);
    assert.ok(utilisation >= 0 && utilisation <= 100, `round ${round}: ${utilisation} %`);
    assert.ok(parseFloat(found[4][1]) <= lanes.length, `round ${round}: peak ${found[4][1]}`);
  }
});
