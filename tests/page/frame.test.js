// Where the chart's parts lie.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CONCURRENCY_HEIGHT, frameIn, MARGIN, OVERVIEW_HEIGHT } from "#page/frame.js";

const GUTTER = () => ({ process: 100, band: 50 });

test("parts stand from the top without covering each other", () => {
  const frame = frameIn({ width: 1280, height: 600 }, 40, 2000, GUTTER);
  const { paper, overview, top, bottom, lowest, height } = frame;
  assert.ok(MARGIN.top + 40 <= paper && paper < overview && overview + OVERVIEW_HEIGHT < top);
  assert.ok(top < bottom && bottom < lowest - CONCURRENCY_HEIGHT && lowest < height);
  assert.equal(height, 600, "rows that want more scroll");
  assert.deepEqual([frame.left, frame.right], [100 + 50 + MARGIN.edge + MARGIN.label, 1280 - MARGIN.right]);
});

test("few rows take no more room than they want", () => {
  const { top, bottom } = frameIn({ width: 1280, height: 600 }, 24, 80, GUTTER);
  assert.equal(bottom - top, 80);
});

test("a small window and a high legend leave room for rows", () => {
  const { top, bottom, width } = frameIn({ width: 0, height: 10 }, 400, 2000, GUTTER);
  assert.ok(bottom - top >= 150);
  assert.ok(width > 0);
});
