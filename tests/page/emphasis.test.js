// What is shown, and what stands back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { complete, outline } from "#page/trace/data.js";
import { createEmphasis } from "#page/view/emphasis.js";
import { busyStretches } from "#page/trace/occupancy.js";
import { INITIAL } from "#page/view/state.js";
import { attribute, data, NO_CELLS, trace } from "./helper.js";

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

const LANES = [["a(0..10) b(10..20) a(20..30)"]];

/**
 * The emphasis of a trace whose attributes are decoded when the test lets them.
 * @param {Promise<void>} decoded
 */
function attributedEmphasis(decoded) {
  const url = attribute("url", [[0, "x.png"], [1, "y.jpg"], [2, "z.png"]]);
  const plain = { ...data(LANES), attributes: [url.shape] };
  const known = outline(plain, NO_CELLS, () => decoded.then(() => [url.decoded]));
  const whole = complete(known, plain, trace(LANES).lanes.flatMap(({ tracks }) => tracks), []);
  /** @type {(value?: unknown) => void} */
  let told = () => {};
  const emphasis = createEmphasis(whole, busyStretches(whole), () => told());
  return {
    of: (/** @type {string} */ query) => emphasis({ ...state, query }),
    /** Until something is there that was not there at once. */
    told: () => new Promise((resolve) => (told = resolve)),
    /** Until a query is searched, which may take several slices. */
    async searched(/** @type {string} */ query) {
      while (emphasis({ ...state, query }).isSearching) await new Promise((resolve) => (told = resolve));
    },
    /** Which spans stand out. */
    bright(/** @type {string} */ query) {
      const { trace: { lanes }, masksOf } = emphasis({ ...state, query });
      return Array.from(lanes[0].tracks[0].key, (key) => masksOf(0).bright?.[key]);
    },
  };
}

test("spans of one task stand out by their attributes once these are there; until then the last search does", async () => {
  /** @type {(value?: any) => void} */
  let decode = () => {};
  const { of, told, searched, bright } = attributedEmphasis(new Promise((resolve) => (decode = resolve)));
  const first = of("url=*.png");
  assert.deepEqual([first.isSearching, first.match, first.problem], [true, null, ""]);
  assert.deepEqual(bright("url=*.png"), [1, 1, 1], "nothing stands back");
  const there = told();
  decode();
  await there;
  await searched("url=*.png");
  assert.deepEqual(bright("url=*.png"), [1, 0, 1]);
  assert.equal(of("url=*.png").match, of("url=*.png").match, "it is computed once");
  await searched("b");
  assert.deepEqual(bright("b"), [0, 1, 0]);
  assert.deepEqual(bright(""), [1, 1, 1]);
});

test("a condition that cannot hold lets nothing stand back, and says why", async () => {
  const { of, told, bright } = attributedEmphasis(Promise.resolve());
  const there = told();
  assert.ok(of("url<x").isSearching);
  await there;
  assert.equal(of("url<x").problem, "not a number: url<x");
  assert.deepEqual(bright("url<x"), [1, 1, 1]);
});

test("where the attributes cannot be read, names are searched and the search says so", async (context) => {
  const reported = context.mock.fn();
  Object.assign(globalThis, { reportError: reported });
  const { of, told, bright } = attributedEmphasis(Promise.reject(new Error("the file is incomplete")));
  const there = told();
  assert.ok(of("b").isSearching);
  await there;
  assert.deepEqual(bright("b"), [0, 1, 0]);
  assert.match(of("b").problem, /could not be read/);
  assert.equal(of("url=x").match, null);
  assert.equal(reported.mock.callCount(), 1);
});

test("before the rows are there names are searched, and conditions find nothing yet", () => {
  const plain = { ...data(LANES), attributes: [attribute("url", [[0, "x"]]).shape] };
  const known = outline(plain, NO_CELLS);
  const emphasis = createEmphasis(known, busyStretches(known));
  assert.ok(emphasis({ ...state, query: "b" }).match);
  const { match, isSearching, problem } = emphasis({ ...state, query: "url=x" });
  assert.deepEqual([match, isSearching, problem], [null, false, ""]);
});
