// The span under the pointer, against a search through all.

import assert from "node:assert/strict";
import { test } from "node:test";

import { spanAt } from "#page/chart/hit.js";
import { random, randomTrack, trace, tracksOf } from "./helper.js";

const ALL = new Uint8Array(10).fill(1);

/** @param {string} text */
const track = (text) => tracksOf(trace([[text]]))[0];

test("a span is met anywhere inside, and within two pixels beside", () => {
  const one = track("a(100..200)");
  assert.deepEqual(
    [97, 98, 100, 150, 200, 202, 203].map((time) => spanAt(one, time, 1, 2, ALL)),
    [-1, 0, 0, 0, 0, 0, -1],
  );
});

test("between two the nearer is met, at the same distance the shorter", () => {
  const two = track("a(0..100) b(103..104) c(108..300)");
  assert.equal(spanAt(two, 101, 1, 2, ALL), 0);
  assert.equal(spanAt(two, 102, 1, 2, ALL), 1);
  assert.equal(spanAt(two, 106, 1, 2, ALL), 1);
});

test("a thin span before a long one is met on the pixel that it is drawn in", () => {
  const two = track("a(100..101) b(105..9000)");
  assert.equal(spanAt(two, 106, 10, 2, ALL), 0);
  assert.equal(spanAt(two, 150, 10, 2, ALL), 1);
});

test("tasks that are switched off are not met", () => {
  assert.equal(spanAt(track("a(0..100)"), 50, 1, 2, new Uint8Array(1)), -1);
});

test("it agrees with looking at every span", () => {
  const next = random(21);
  for (let round = 0; round < 400; round += 1) {
    const one = track(randomTrack(next, 1 + Math.floor(next() * 60)));
    const perPixel = 0.1 + next() * 8;
    const time = next() * one.end[one.end.length - 1] * 1.1;
    const shown = Uint8Array.from({ length: 10 }, () => Number(next() < 0.8));
    const found = spanAt(one, time, perPixel, 2, shown);
    /** @param {number} span */
    const distance = (span) =>
      Math.max(0, one.start[span] - time, time - Math.max(one.end[span], one.start[span] + perPixel));
    const near = Array.from(one.start, (_, span) => span).filter(
      (span) => shown[one.key[span]] && distance(span) <= 2 * perPixel,
    );
    if (near.length === 0) {
      assert.equal(found, -1);
      continue;
    }
    near.sort(
      (a, b) => distance(a) - distance(b) || one.end[a] - one.start[a] - (one.end[b] - one.start[b]) || a - b,
    );
    assert.equal(found, near[0], `round ${round}`);
  }
});
