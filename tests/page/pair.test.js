// Two runs as one trace: what each has stays its own, and what they share has one name.

import assert from "node:assert/strict";
import { test } from "node:test";

import { csv } from "#page/trace/csv.js";
import { noChunks } from "#page/trace/attributes.js";
import { ordered } from "#page/trace/order.js";
import { keyShift, pairComplete, pairOutline } from "#page/trace/pair.js";
import { statistics } from "#page/trace/statistics.js";
import { finished } from "#page/trace/slices.js";
import { createArrangements } from "#page/chart/arrangement.js";
import { paint } from "#page/view/palette.js";
import { drawn } from "./helper.js";

const NAMES = /** @type {const} */ ([{ label: "old", about: "run 2 of 3" }, { label: "new", about: "" }]);

/** @param {string[][]} one @param {string[][]} other @param {number[]} [processes] of each lane of both */
function pair(one, other, processes) {
  const [first, second] = [drawn(one, processes), drawn(other, processes)];
  const datas = /** @type {const} */ ([first.data, second.data]);
  const cells = () => ({ key: new Int32Array(0), share: new Uint8Array(0) });
  const known = pairOutline(datas, [cells(), cells()], NAMES, [noChunks, noChunks], "2,5");
  const shift = keyShift(datas);
  const moved = second.rows.map((rows) => ({ ...rows, key: rows.key.map((key) => key + shift) }));
  return pairComplete(known, datas, [{ rows: first.rows, samples: [] }, { rows: moved, samples: [] }]);
}

/** @param {import("#page/trace/data.js").Trace} trace */
const figures = (trace) =>
  finished(statistics(trace, (lane) => ordered(trace.lanes[lane].tracks), { start: 0, end: trace.wall }));

test("a task of both sides has one row, one name and one colour; one of a side alone has its own", () => {
  const both = pair([["a(0..4) b(5..6)"]], [["c(0..1) a(2..9)"]]);
  const names = both.tasks.map(({ task }) => both.names[task]);
  assert.deepEqual([...names].sort(), ["a", "b", "c"]);
  const { fill } = paint(both, "light");
  const keysOf = (/** @type {string} */ name) => both.keys.flatMap(({ task }, key) => (both.names[task] === name ? [key] : []));
  assert.deepEqual(keysOf("a").map((key) => both.keys[key].side), [0, 1]);
  assert.equal(new Set(keysOf("a").map((key) => fill[key])).size, 1);
  assert.equal(new Set(["a", "b", "c"].map((name) => fill[keysOf(name)[0]])).size, 3);
});

test("the figures of a side are those of its run alone", () => {
  const [one, other] = [[["a(0..10)", "b(2..5)"], ["a(3..4)"]], [["b(0..3) a(4..30)"], ["c(1..2)"]]];
  const both = pair(one, other);
  assert.deepEqual(both.sides?.map(({ trace }) => trace.wall), [10, 30]);
  assert.equal(both.wall, 30);
  assert.equal(both.laneCount, 4);
  const sums = (both.sides ?? []).map(({ trace }) => figures(trace));
  assert.deepEqual(sums.map(({ busy, spans, lanes }) => [busy, spans, lanes]), [[11, 3, 2], [30, 3, 2]]);
  const all = figures(both);
  assert.equal(all.busy, 41);
  assert.equal(all.spans, 6);
});

test("a span that never ended ends with its own run, not with the longer one", () => {
  const both = pair([["a(0..5) b(6.."]], [["a(0..50)"]]);
  const { tracks } = both.lanes[0];
  assert.equal(Math.max(...tracks.flatMap(({ end }) => [...end])), both.sides?.[0].trace.wall);
});

test("each side begins with a band of its own, and folds as a whole; a task's bands are on both sides", () => {
  const both = pair([["a(0..4)"], ["b(0..1)"]], [["a(0..9)"], ["b(0..1)"]], [0, 1]);
  const arrangements = createArrangements(both);
  const texts = (/** @type {ReturnType<typeof arrangements.arrangement>} */ { bands, sections }) =>
    bands.map(({ section, label, side }) => (side === undefined ? `${sections[section].label} ${label}` : sections[section].label));
  assert.deepEqual(texts(arrangements.arrangement("lanes", new Set(), new Set())), ["old", "p0 l0", "p1 l1", "new", "p0 l0", "p1 l1"]);
  const first = both.sides?.[0].process ?? -1;
  assert.deepEqual(texts(arrangements.arrangement("lanes", new Set([first]), new Set())), ["old", "new", "p0 l0", "p1 l1"]);
  finished(arrangements.prepare(() => null));
  const byTasks = arrangements.arrangement("tasks", new Set(), new Set());
  assert.deepEqual(texts(byTasks), ["old", "group a", "group b", "new", "group a", "group b"]);
  const found = byTasks.find({ lane: 2, track: 0, span: 0 });
  assert.deepEqual(found, { band: 4, track: 0, span: 0 });
  assert.deepEqual(texts(arrangements.arrangement("tasks", new Set(), new Set([0, 1]))), texts(byTasks), "all hidden: nothing is left out");
});

test("exported spans say which side they are of", () => {
  const both = pair([["a(0..4)"]], [["a(0..9)"]]);
  const lines = csv(both, { start: 0, end: both.wall }, () => true).join("").trim().split("\r\n").slice(1);
  assert.deepEqual(lines.map((line) => line.split(",").slice(0, 2)), [["old: group", "a"], ["new: group", "a"]]);
});
