// What is shown, and what stands back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createEmphasis } from "#page/view/emphasis.js";
import { busyStretches } from "#page/trace/occupancy.js";
import { INITIAL } from "#page/view/state.js";
import { trace } from "./helper.js";

const drawn = trace([["a(0..10) b(10..20) zed(20..30)"], ["a(0..10)"]]);
const state = { ...INITIAL, window: { start: 0, end: 1 }, scheme: /** @type {const} */ ("light") };

/** @param {Partial<import("#page/view/state.js").State>} choice @param {number} [lane] */
function masks(choice, lane = 0) {
  const { bright, faint } = createEmphasis(drawn, busyStretches(drawn))({ ...state, ...choice }).masksOf(lane);
  return [bright && [...bright], faint && [...faint]];
}

test("where nothing is searched for or pinned nothing stands back", () => {
  assert.deepEqual(masks({}), [[1, 1, 1], null]);
  assert.deepEqual(masks({ hidden: new Set([1]) }), [[1, 0, 1], null]);
});

test("what does not match a search stands back, what is switched off is not there", () => {
  assert.deepEqual(masks({ query: "b" }), [
    [0, 1, 0],
    [1, 0, 1],
  ]);
  assert.deepEqual(masks({ query: " b ", hidden: new Set([0]) }), [
    [0, 1, 0],
    [0, 0, 1],
  ]);
  assert.deepEqual(masks({ query: "l1" }, 1), [
    [1, 1, 1],
    [0, 0, 0],
  ]);
});

test("what is of the pinned span's task stands out, beside what matches", () => {
  const pinned = { lane: 1, track: 0, span: 0 };
  assert.deepEqual(masks({ pinned }), [
    [1, 0, 0],
    [0, 1, 1],
  ]);
  assert.deepEqual(masks({ pinned, query: "zed" }), [
    [1, 0, 1],
    [0, 1, 0],
  ]);
});

test("where the pinned span matches only matches stand out", () => {
  const pinned = { lane: 1, track: 0, span: 0 };
  assert.deepEqual(masks({ pinned, query: "l1" }), [
    [0, 0, 0],
    [1, 1, 1],
  ]);
});

test("moving the window computes nothing again", async () => {
  let tell = () => {};
  const computed = new Promise((/** @type {(value?: unknown) => void} */ done) => (tell = done));
  const emphasis = createEmphasis(drawn, busyStretches(drawn), () => tell());
  const one = emphasis({ ...state, query: "b" });
  const other = emphasis({ ...state, query: "b", window: { start: 5, end: 6 } });
  assert.equal(one.masksOf, other.masksOf);
  if (!one.load()) await computed; // not all at once on a busy machine
  assert.ok(one.load());
  assert.equal(one.load(), other.load());
});
