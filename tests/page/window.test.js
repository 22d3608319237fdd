// The window under zooming and panning.

import assert from "node:assert/strict";
import { test } from "node:test";

import { around, inside, panned, same, showing, whole, zoomed } from "#page/view/window.js";

const LIMITS = { start: 0, end: 1000 };

test("the whole run has air at both ends, also when it has no length", () => {
  assert.deepEqual(whole(1e6), { start: -1e4, end: 1_010_000 });
  assert.deepEqual(whole(1), { start: -10, end: 11 });
  assert.deepEqual(whole(0), { start: -500, end: 500 });
});

test("zooming keeps the time under the pointer in its place", () => {
  const window = zoomed({ start: 200, end: 600 }, 300, 0.5, LIMITS);
  assert.deepEqual(window, { start: 250, end: 450 });
});

test("zooming stops at ten nanoseconds and at the whole", () => {
  const near = zoomed({ start: 500, end: 512 }, 506, 0.1, LIMITS);
  assert.equal(near.end - near.start, 10);
  assert.deepEqual(zoomed({ start: 500, end: 900 }, 600, 100, LIMITS), LIMITS);
});

test("panning keeps the length and stops at the edges", () => {
  assert.deepEqual(panned({ start: 200, end: 600 }, 100, LIMITS), { start: 300, end: 700 });
  assert.deepEqual(panned({ start: 200, end: 600 }, 9000, LIMITS), { start: 600, end: 1000 });
  assert.deepEqual(panned({ start: 200, end: 600 }, -9000, LIMITS), { start: 0, end: 400 });
});

test("any window is brought inside", () => {
  assert.deepEqual(inside({ start: -50, end: 50 }, LIMITS), { start: 0, end: 100 });
  assert.deepEqual(inside({ start: 999, end: 999 }, LIMITS), { start: 990, end: 1000 });
  assert.ok(same(inside({ start: -1e9, end: 1e9 }, LIMITS), LIMITS));
  assert.ok(!same({ start: 0, end: 999 }, LIMITS));
});

test("a stretch is fitted with a tenth of air on either side", () => {
  assert.deepEqual(around(400, 500, LIMITS), { start: 390, end: 510 });
  assert.deepEqual(around(0, 500, LIMITS), { start: 0, end: 600 });
  assert.deepEqual(around(500, 500, LIMITS), { start: 490, end: 510 });
});

test("what is in view moves nothing, what is not moves the window no further than it must", () => {
  const window = { start: 200, end: 400 };
  assert.deepEqual(showing(window, 250, 300, LIMITS), window);
  assert.deepEqual(showing(window, 100, 700, LIMITS), window, "a span longer than the window is in view");
  assert.deepEqual(showing(window, 500, 550, LIMITS), { start: 370, end: 570 });
  assert.deepEqual(showing(window, 100, 110, LIMITS), { start: 80, end: 280 });
  assert.deepEqual(showing(window, 500, 900, LIMITS), { start: 480, end: 680 }, "its beginning");
  assert.deepEqual(showing(window, 395, 450, LIMITS), { start: 270, end: 470 }, "seen in part only");
});
