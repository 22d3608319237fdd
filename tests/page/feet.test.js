// Strips at the feet of bars: which bars have one, and how far it is filled.

import assert from "node:assert/strict";
import { test } from "node:test";

import { boxes } from "#page/chart/boxes.js";
import { feet } from "#page/chart/feet.js";
import { contrast, BACKGROUND, HUES, mixed, paint } from "#page/view/palette.js";
import { trace } from "./helper.js";

/**
 * @param {import("#page/trace/data.js").Trace} drawn of one lane
 * @param {import("#page/trace/data.js").View} view
 * @param {{bar?: number, bright?: Uint8Array | null, faint?: Uint8Array | null}} [look]
 */
function drawnFeet(drawn, view, { bar = 19, bright = new Uint8Array(drawn.keys.length).fill(1), faint = null } = {}) {
  const { tracks } = drawn.lanes[0];
  const rows = tracks.map((_, track) => ({ band: 0, track, top: track * 20 }));
  const own = boxes(tracks, view, () => ({ bright, faint }), false);
  const measure = (/** @type {string} */ text) => text.length * 6;
  return feet({ boxes: own, view, rows, tracks, bar, trace: drawn, paint: paint(drawn, "light"), measure });
}

const ALL = { start: 0, end: 100, width: 100 };

test("a bar of which the CPU time is known has a strip, filled to its share", () => {
  const found = drawnFeet(trace([["a(0..40)@10 b(50..70)@20 c(80..100)@0"]]), ALL);
  assert.deepEqual(found.map(({ left, width, filled, bottom, height }) => [left, width, filled, bottom, height]), [
    [0, 40, 10, 19, 3],
    [50, 20, 20, 19, 3],
    [80, 20, 0, 19, 3],
  ]);
});

test("only none and all look like none and all", () => {
  const found = drawnFeet(trace([["a(0..40000)@1 b(50000..90000)@39999"]]), { start: 0, end: 100_000, width: 100 });
  assert.deepEqual(found.map(({ filled }) => filled), [1, 39]);
});

test("waits, unfinished spans, instants, and spans of which nothing is known have none", () => {
  assert.deepEqual(drawnFeet(trace([["w~(0..40)@10 b(50..60) c(70..70)@0 d(80..)@5", "e(0..20)@2"]]), ALL).length, 1);
});

test("small bars and faded ones have none, low ones a lower one", () => {
  const drawn = trace([["a(0..4)@2 b(50..90)@20"]]);
  assert.deepEqual(drawnFeet(drawn, ALL).map(({ left }) => left), [50]);
  assert.deepEqual(drawnFeet(drawn, ALL, { bar: 7 }), []);
  assert.deepEqual(drawnFeet(drawn, ALL, { bar: 8 }).map(({ bottom, height }) => [bottom, height]), [[8, 2]]);
  assert.deepEqual(drawnFeet(drawn, ALL, { bright: Uint8Array.of(1, 0), faint: Uint8Array.of(0, 1) }), []);
});

test("of a bar that is cut the strip shows the same share of what is in view", () => {
  const [one] = drawnFeet(trace([["a(0..1000)@500"]]), { start: 400, end: 500, width: 100 });
  assert.deepEqual([one.left, one.width, one.filled], [0, 100, 50]);
});

for (const [scheme, text] of /** @type {const} */ ([["light", "#1c1e21"], ["dark", "#e4e6ea"]]))
  test(`what is filled, what is not and the bar are told apart, in the ${scheme} scheme`, () => {
    const surface = BACKGROUND[scheme];
    for (const hue of HUES[scheme]) {
      const pale = mixed(hue, surface, 0.2);
      assert.ok(contrast(text, pale) >= 4.5, `${hue}: filled and not`);
      assert.ok(contrast(text, surface) >= 4.5 && contrast(hue, surface) >= 3, `${hue}: the line between bar and strip`);
      assert.ok(contrast(hue, pale) >= 1.9, `${hue}: bar and what is not filled`);
    }
  });
