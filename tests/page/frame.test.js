// Where the chart's parts lie.

import assert from "node:assert/strict";
import { test } from "node:test";

import { CONCURRENCY_HEIGHT, frameIn, MARGIN, OVERVIEW_HEIGHT, PANEL_HEIGHT } from "#page/chart/frame.js";

const GUTTER = () => ({ process: 100, band: 50 });

test("parts stand from the top without covering each other", () => {
  const frame = frameIn({ width: 1280, height: 600 }, 2000, GUTTER);
  const { overview, top, bottom, lowest, height } = frame;
  assert.ok(MARGIN.top < overview && overview + OVERVIEW_HEIGHT < top);
  assert.ok(top < bottom && bottom < lowest - CONCURRENCY_HEIGHT && lowest < height);
  assert.equal(height, 600, "rows that want more scroll");
  assert.deepEqual([frame.left, frame.right], [100 + 50 + MARGIN.edge + MARGIN.label, 1280 - MARGIN.right]);
});

test("few rows take no more room than they want", () => {
  const { top, bottom } = frameIn({ width: 1280, height: 600 }, 80, GUTTER);
  assert.equal(bottom - top, 80);
});

test("a small window leaves room for rows", () => {
  const { top, bottom, width } = frameIn({ width: 0, height: 10 }, 2000, GUTTER);
  assert.ok(bottom - top >= 150);
  assert.ok(width > 0);
});

test("panels of counters stand under the concurrency, and the rows give up room for them", () => {
  const room = { width: 1280, height: 600 };
  const without = frameIn(room, 2000, GUTTER);
  const { bottom, concurrency, panels, lowest, height } = frameIn(room, 2000, GUTTER, { count: 3, hasMore: false });
  assert.equal(concurrency, bottom + (without.lowest - without.bottom), "nothing moves between the rows and it");
  assert.ok(panels.every((top, index) => top > (index === 0 ? concurrency : panels[index - 1] + PANEL_HEIGHT)));
  assert.equal(lowest, panels[2] + PANEL_HEIGHT);
  assert.equal(height, 600);
  const most = frameIn(room, 2000, GUTTER, { count: 12, hasMore: true });
  assert.ok(most.bottom - most.top >= 240 && most.height > 600, "the chart grows before the rows vanish");
  assert.ok(most.lowest > most.panels[11] + PANEL_HEIGHT, "what is not drawn is told under the last");
  assert.deepEqual(frameIn(room, 2000, GUTTER, { count: 0, hasMore: false }), without);
});
