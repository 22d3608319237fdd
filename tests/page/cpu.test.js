// CPU time is shared out to the innermost spans, and all of it, whatever the part of the run.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cpuIn, cpuOf, knownIn } from "#page/trace/cpu.js";
import { atLeast, eachKnown, isKnown, onCpuOf, onCpuShare, sumOf, waitingOf } from "#page/trace/division.js";
import { createBins } from "#page/trace/concurrency.js";
import { ordered } from "#page/trace/order.js";
import { finished } from "#page/trace/slices.js";
import { statistics } from "#page/trace/statistics.js";
import { random, trace } from "./helper.js";

/** @typedef {import("#page/trace/data.js").Division} Division */

/**
 * The division of each task in a part of the run, as `on wait off not-known`, by name.
 * @param {ReturnType<typeof trace>} drawn
 * @param {{start: number, end: number}} [stretch]
 */
function divided(drawn, stretch = { start: 0, end: drawn.wall }) {
  const { tasks } = finished(statistics(drawn, (lane) => ordered(drawn.lanes[lane].tracks), stretch));
  return Object.fromEntries(
    tasks.map(({ task, division: own }) => [
      drawn.names[task],
      `${own.on_cpu_ns} ${own.wait_ns} ${own.off_cpu_ns} ${own.not_known_ns}`,
    ]),
  );
}

test("a span has the CPU time that those inside it leave; of a span alone without one nothing is known", () => {
  assert.deepEqual(divided(trace([["a(0..10)@4 e(20..25)"]])), { a: "4 0 6 0", e: "0 0 0 5" });
  assert.deepEqual(divided(trace([["a(0..10)@6", "b(2..5)@2"]])), { a: "4 0 3 0", b: "2 0 1 0" });
});

test("a span without CPU time shares that of the one around it, evenly", () => {
  assert.deepEqual(divided(trace([["a(0..10)@5", "c(2..6)"]])), { a: "3 0 3 0", c: "2 0 2 0" });
});

test("a declared wait is waiting, and takes no part of the CPU time around it unless it has its own", () => {
  assert.deepEqual(divided(trace([["a(0..10)@4", "w~(2..8)"]])), { a: "4 0 0 0", w: "0 6 0 0" });
  assert.deepEqual(divided(trace([["a(0..10)@4", "w~(2..8)@1"]])), { a: "3 0 1 0", w: "0 6 0 0" });
  assert.deepEqual(divided(trace([["a~(0..10)@4", "b(2..8)@3"]])), { a: "0 4 0 0", b: "3 0 3 0" });
});

test("unfinished spans and instants have no CPU time, and no more than a span's length counts", () => {
  assert.deepEqual(divided(trace([["a(0..10)@11 b(12..12)@3 c(14..)@2"]])), { a: "10 0 0 0", b: "0 0 0 0", c: "0 0 0 0" });
  const [track] = trace([["a(0..10)@11 b(12..12)@3 c(14..)@2"]]).lanes[0].tracks;
  assert.deepEqual([0, 1, 2].map((span) => cpuOf(track, span)), [10, -1, -1]);
});

test("where spans cross, a span has CPU time for its own instants only", () => {
  // The one that began last counts from 4 on: 6 ns of the first span's 10 are its own.
  assert.deepEqual(divided(trace([["a(0..10)@10", "b(4..14)@0"]])), { a: "4 0 0 0", b: "0 0 10 0" });
});

test("figures of 2^53 ns are exact", () => {
  const length = 9_000_000_000_000_001;
  const cpu = 7_000_000_000_000_001;
  const drawn = trace([[`a(0..${length})@${cpu}`, `c(1..3000000000000002)`]]);
  const c = (BigInt(cpu) * 3_000_000_000_000_002n) / BigInt(length) - BigInt(cpu) / BigInt(length);
  assert.equal(divided(drawn).c, `${c} 0 ${3_000_000_000_000_001n - c} 0`);
  assert.equal(divided(drawn).a, `${BigInt(cpu) - c} 0 ${BigInt(length) - 3_000_000_000_000_001n - BigInt(cpu) + c} 0`);
});

/** Spans that nest, some with CPU time, some of them waits. @param {() => number} next */
function nested(next) {
  /** @type {string[][]} */
  const tracks = [[], [], [], []];
  /** @param {number} from @param {number} to @param {number} depth */
  const fill = (from, to, depth) => {
    for (let at = from + Math.floor(next() * 4); at < to && depth < tracks.length; ) {
      const end = Math.min(to, at + 1 + Math.floor(next() * 30));
      const inside = fill(at, end, depth + 1);
      const used = Math.min(end - at, inside + Math.floor(next() * (end - at)));
      const sign = next() < 0.25 ? "~" : "";
      const cpu = next() < 0.7 ? `@${used}` : "";
      tracks[depth].push(`t${Math.floor(next() * 3)}${sign}(${at}..${end})${cpu}`);
      at = end + Math.floor(next() * 5);
    }
    return 0;
  };
  fill(0, 200, 0);
  return tracks.map((spans) => spans.join(" ")).filter((text) => text !== "");
}

test("the parts sum to the self time, and parts of the run that follow one another to the run's", () => {
  const next = random(19);
  for (let round = 0; round < 60; round += 1) {
    const drawn = trace([nested(next), nested(next)]);
    const rowsOf = (/** @type {number} */ start, /** @type {number} */ end) =>
      finished(statistics(drawn, (lane) => ordered(drawn.lanes[lane].tracks), { start, end })).tasks;
    const all = rowsOf(0, drawn.wall);
    for (const { self_ns, division: own } of all) {
      assert.equal(own.on_cpu_ns + own.wait_ns + own.off_cpu_ns + own.not_known_ns, self_ns);
      assert.ok(Object.values(own).every((ns) => ns >= 0));
    }
    const cuts = [0, ...Array.from({ length: 5 }, () => Math.floor(next() * drawn.wall)), drawn.wall].sort((a, b) => a - b);
    const parts = cuts.slice(1).flatMap((end, at) => rowsOf(cuts[at], end).map(({ division }) => division));
    assert.deepEqual(sumOf(parts), sumOf(all.map(({ division }) => division)));
  }
});

test("bins of the curve hold what the table says", () => {
  const next = random(20);
  for (let round = 0; round < 20; round += 1) {
    const drawn = trace([nested(next)]);
    const shown = new Uint8Array(drawn.keys.length).fill(1);
    const division = sumOf(finished(statistics(drawn, (lane) => ordered(drawn.lanes[lane].tracks), { start: 0, end: drawn.wall })).tasks.map((task) => task.division));
    const sumIn = (/** @type {import("#page/trace/concurrency.js").Weighted} */ lane) => {
      const bins = createBins(0, drawn.wall, 7);
      bins.add(lane);
      return bins.means().reduce((sum, mean) => sum + (mean * drawn.wall) / 7, 0);
    };
    assert.ok(Math.abs(sumIn(waitingOf(drawn.lanes[0], drawn.keys, shown)) - division.wait_ns) < 1e-6);
    assert.ok(Math.abs(sumIn(onCpuOf(drawn.lanes[0], drawn.keys, shown)) - division.on_cpu_ns) < 1e-6);
  }
});

test("what is switched off neither waits nor works", () => {
  const { lanes, keys } = trace([["a(0..10)@5 w~(10..20) b(20..30)@5"]]);
  const only = (/** @type {number} */ shown) => Uint8Array.from(keys, (_, key) => Number(key === shown));
  assert.deepEqual([...waitingOf(lanes[0], keys, only(0)).start], []);
  assert.deepEqual([...waitingOf(lanes[0], keys, only(1)).start], [10]);
  assert.deepEqual([...onCpuOf(lanes[0], keys, only(2)).start], [20]);
});

test("a stretch that is cut has its part, and the parts sum to it", () => {
  const { lanes, keys } = trace([["a(0..10)@7"]]);
  const known = knownIn(lanes[0].tracks, keys);
  assert.deepEqual([0, 3, 6, 9].map((from) => cpuIn(known, 0, from, Math.min(10, from + 3))), [2, 2, 2, 1]);
  /** @type {number[][]} */
  const pieces = [];
  eachKnown(known, 4, 8, (...piece) => pieces.push(piece));
  assert.deepEqual(pieces, [[0, 4, 3]]);
});

test("a share on CPU is told where at least half of the time is known", () => {
  const of = (/** @type {number[]} */ [on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns]) => ({ on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns });
  assert.equal(onCpuShare(of([1, 50, 3, 0])), 0.25);
  assert.equal(onCpuShare(of([1, 50, 3, 4])), 0.125, "at least");
  assert.equal(onCpuShare(of([1, 50, 3, 5])), null);
  assert.equal(onCpuShare(of([0, 5, 0, 0])), null);
  assert.deepEqual([[1, 0, 3, 4], [1, 5, 3, 0], [0, 5, 0, 4]].map((parts) => atLeast(of(parts))), ["≥ ", "", ""]);
  assert.deepEqual([[0, 0, 0, 9], [0, 1, 0, 9]].map((parts) => isKnown(of(parts))), [false, true]);
});
