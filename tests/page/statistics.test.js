// Figures of any stretch of time, against looking at every span and at every nanosecond.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ordered } from "#page/trace/order.js";
import { finished } from "#page/trace/slices.js";
import { quantile, statistics } from "#page/trace/statistics.js";
import { inOrder, lane, random, randomSpans, trace } from "./helper.js";

/** @typedef {import("#page/trace/data.js").Trace} Trace */

/** @param {Trace} drawn @param {number} [start] @param {number} [end] */
function figures(drawn, start = 0, end = drawn.wall) {
  return finished(statistics(drawn, (lane) => ordered(drawn.lanes[lane].tracks), { start, end }));
}

/**
 * Per task: name, count, total, self, share in percent; `~` before a self time that is not exact.
 * @param {Trace} drawn
 * @param {number} [start]
 * @param {number} [end]
 */
function lines(drawn, start, end) {
  return figures(drawn, start, end).tasks.map((task) => {
    const mark = task.exact ? "" : "~";
    const share = Math.round(task.share * 100);
    return `${drawn.raw[task.task]} ${task.count} ${task.total_ns} ${mark}${task.self_ns} ${share}%`;
  });
}

test("self time is what children leave and shares sum to one", () => {
  const drawn = trace([["a(0..10)", "b(2..5) b(6..7)"], ["a(0..6)"]]);
  assert.deepEqual(lines(drawn), ["a 2 16 12 75%", "b 2 4 4 25%"]);
});

test("a task in two colours is one row, one of two groups is two", () => {
  assert.deepEqual(lines(trace([["a(0..10) a!(20..30)"]])), ["a 2 20 20 100%"]);
  const drawn = trace([["zip/a(0..10) a(20..40)"]]);
  assert.deepEqual(lines(drawn), ["a 1 20 20 67%", "a 1 10 10 33%"]);
  assert.deepEqual(figures(drawn).row, [1, 0]);
});

test("unfinished spans are counted and enter nothing else", () => {
  const drawn = trace([["a(0..10)", "b(2..)"]]);
  drawn.lanes[0].exact = false;
  assert.deepEqual(lines(drawn), ["a 1 10 ~10 100%", "b 0 0 ~0 0%"]);
  const { tasks, busy, spans, unfinished } = figures(drawn);
  assert.deepEqual({ busy, spans, unfinished }, { busy: 10, spans: 2, unfinished: 1 });
  const { mean_ns, median_ns, p95_ns, max_ns } = tasks[1];
  assert.deepEqual([mean_ns, median_ns, p95_ns, max_ns], [null, null, null, null]);
});

test("only the lane whose spans cross is not exact, and only while one of them is in the stretch", () => {
  const drawn = trace([["a(0..10)", "b(5..15)"], ["a(20..30) c(30..33)"]]);
  drawn.lanes[0].exact = false;
  assert.deepEqual(lines(drawn), ["a 2 20 ~15 54%", "b 1 10 ~10 36%", "c 1 3 3 11%"]);
  assert.deepEqual(lines(drawn, 20, 33), ["a 1 10 10 77%", "c 1 3 3 23%"]);
});

test("times are those inside the stretch, lengths those of whole spans", () => {
  const drawn = trace([["a(0..100)", "b(10..40) b(50..60)"]]);
  assert.deepEqual(lines(drawn, 30, 55), ["b 2 15 15 60%", "a 1 25 10 40%"]);
  const [b, a] = figures(drawn, 30, 55).tasks;
  assert.deepEqual([b.mean_ns, b.median_ns, b.max_ns, a.max_ns], [20, 20, 30, 100]);
});

test("a span that ends where the stretch begins is outside, an instant there is inside", () => {
  const drawn = trace([["a(0..10) i(10..10) b(11..20) c(20..30)", "j(20..20)"]]);
  assert.deepEqual(lines(drawn, 10, 20), ["b 1 9 9 100%", "i 1 0 0 0%", "j 1 0 0 0%"]);
});

test("a lane in which nothing is finished in the stretch does not count", () => {
  const drawn = trace([["a(0..10)"], ["b(5..5)"], ["c(2..)"], ["d(9..30)"]]);
  assert.deepEqual([figures(drawn).lanes, figures(drawn, 0, 6).lanes], [3, 2]);
  assert.equal(figures(drawn, 31, 40).lanes, 0);
});

test("a stretch between two nanoseconds is taken as the whole one", () => {
  const { busy, tasks } = figures(trace([["a(0..100)"]]), 10.25, 10.75);
  assert.deepEqual([busy, tasks[0].total_ns], [1, 1]);
});

test("rows alike in their times come by name, as Rust compares text", () => {
  const drawn = trace([["a(0..10)"], ["b(0..10)"], ["c(0..10)"], ["d(0..10)"]]);
  drawn.raw = ["group", "\u{1f600}", "\ufffd", "ab", "a"];
  assert.deepEqual(figures(drawn).row, [3, 2, 1, 0]);
});

test("sums beyond 2^53 are exact", () => {
  const wall = 2 ** 53 - 1;
  const drawn = trace([
    [`a(0..${wall})`],
    [`a(0..${wall - 2})`, `b(0..${wall - 4})`],
    [`a(0..${wall})`, `b(1..2)`],
  ]);
  const [b, a] = figures(drawn).tasks.sort((one, other) => one.total_ns - other.total_ns);
  assert.equal(a.total_ns, Number(3n * BigInt(wall) - 2n));
  assert.equal(a.self_ns, Number(BigInt(wall) + 2n + BigInt(wall) - 1n));
  assert.equal(a.mean_ns, Number((3n * BigInt(wall) - 2n) / 3n));
  assert.equal(b.median_ns, (wall - 3) / 2);
});

test("quantiles interpolate between the closest ranks, rounded down", () => {
  /** @param {number[]} values @param {number} percent */
  const of = (values, percent) => quantile(Float64Array.from(values), percent);
  assert.equal(of([7], 95), 7);
  assert.equal(of([0, 10], 50), 5);
  assert.equal(of([1, 2, 3, 4], 50), 2);
  assert.equal(of([...Array(101).keys()], 95), 95);
  const most = 2 ** 53 - 1;
  assert.equal(of([0, most], 95), Number((BigInt(most) * 95n) / 100n));
});

/**
 * Every figure by looking at all spans, and at the nanoseconds of each.
 * @param {import("./helper.js").Drawn[][]} lanes
 * @param {boolean[]} exact
 * @param {number} from
 * @param {number} to
 */
function naive(lanes, exact, from, to) {
  const empty = () => {
    const durations = /** @type {number[]} */ ([]);
    return { count: 0, unfinished: 0, total: 0, self: 0, exact: true, durations };
  };
  /** @type {Map<string, ReturnType<typeof empty>>} */
  const rows = new Map();
  let [busy, lanesIn] = [0, 0];
  lanes.forEach((spans, index) => {
    const ordered = inOrder(spans);
    /** @param {number} span @param {number} time */
    const covers = (span, time) =>
      ordered[span].end < Infinity && ordered[span].start <= time && time < ordered[span].end;
    const all = [...ordered.keys()];
    let any = false;
    all.forEach((span) => {
      const { name, start, end } = ordered[span];
      const isIn =
        end === Infinity
          ? start <= to
          : start === end
            ? from <= start && start <= to
            : start < to && end > from;
      if (!isIn) return;
      const plain = name.replace("!", "");
      const row = rows.get(plain) ?? empty();
      rows.set(plain, row);
      row.exact &&= exact[index];
      if (end === Infinity) {
        row.unfinished += 1;
        return;
      }
      any = true;
      row.count += 1;
      row.durations.push(end - start);
      for (let time = from; time < to; time += 1) {
        if (!covers(span, time)) continue;
        row.total += 1;
        if (!all.some((later) => later > span && covers(later, time))) row.self += 1;
      }
    });
    for (let time = from; time < to; time += 1) if (all.some((span) => covers(span, time))) busy += 1;
    if (any) lanesIn += 1;
  });
  const tasks = [...rows].map(([name, { durations, count, total, self, unfinished, exact }]) => {
    const sorted = [...durations].sort((one, other) => one - other);
    /** @param {number} percent */
    const at = (percent) => {
      const position = ((count - 1) * percent) / 100;
      const low = sorted[Math.floor(position)];
      const high = sorted[Math.ceil(position)];
      return Math.floor(low + (high - low) * (position - Math.floor(position)) + 1e-9);
    };
    const length = sorted.reduce((sum, value) => sum + value, 0);
    return {
      name,
      figures: [count, unfinished, total, self, exact, busy > 0 ? self / busy : 0],
      durations:
        count > 0 ? [Math.floor(length / count), at(50), at(95), sorted[count - 1]] : Array(4).fill(null),
    };
  });
  const byName = tasks.sort((one, other) => (one.name < other.name ? -1 : 1));
  return { tasks: byName, busy, lanes: lanesIn };
}

test("they agree with looking at every nanosecond, whatever the lanes and the stretch", () => {
  const next = random(42);
  for (let round = 0; round < 250; round += 1) {
    const lanes = Array.from({ length: 1 + Math.floor(next() * 3) }, () =>
      randomSpans(next, 1 + Math.floor(next() * 20)),
    );
    const drawn = trace(lanes.map(lane));
    const exact = lanes.map(() => next() < 0.5);
    drawn.lanes.forEach((own, index) => (own.exact = exact[index]));
    const start = Math.floor(next() * 80) - 10;
    const [from, to] = round % 5 === 0 ? [0, drawn.wall] : [start, start + Math.floor(next() * 60)];
    const found = figures(drawn, from, to);
    const tasks = found.tasks.map((task) => ({
      name: (task.group === 0 ? "" : "zip/") + drawn.raw[task.task],
      figures: [task.count, task.unfinished, task.total_ns, task.self_ns, task.exact, task.share],
      durations: [task.mean_ns, task.median_ns, task.p95_ns, task.max_ns],
    }));
    const byName = [...tasks].sort((one, other) => (one.name < other.name ? -1 : 1));
    const { busy, lanes: count } = found;
    const where = `round ${round}, ${from} to ${to}`;
    assert.deepEqual({ tasks: byName, busy, lanes: count }, naive(lanes, exact, from, to), where);
    const shares = found.tasks.map(({ share }) => share);
    assert.ok(shares.every((share) => share >= 0 && share <= 1), where);
    const sum = shares.reduce((sum, share) => sum + share, 0);
    assert.ok(Math.abs(sum - (busy > 0 ? 1 : 0)) < 1e-9, `${where}: shares sum to ${sum}`);
    const counts = found.tasks.map((task) => task.count + task.unfinished);
    assert.equal(
      found.spans,
      counts.reduce((sum, one) => sum + one, 0),
    );
    found.tasks.slice(1).forEach((task, index) => {
      const before = found.tasks[index];
      const apart = before.self_ns - task.self_ns || before.total_ns - task.total_ns;
      assert.ok(apart >= 0, where);
    });
    found.row.forEach((row, index) => assert.equal(drawn.tasks[row].task, found.tasks[index].task));
  }
});

test("a short stretch of a long lane looks at what touches it, and at no more", () => {
  const count = 100_000;
  let looks = 0;
  const key = new Proxy(new Int32Array(count), {
    get(target, name) {
      looks += 1;
      return Reflect.get(target, name);
    },
  });
  const drawn = trace([["a(0..1)"]]);
  drawn.lanes[0].tracks.push({
    count,
    start: Float64Array.from({ length: count }, (_, span) => 10 * span),
    end: Float64Array.from({ length: count }, (_, span) => 10 * span + 9),
    key,
    instants: new Int32Array(),
    unfinished: -1,
  });
  const orders = drawn.lanes.map(({ tracks }) => ordered(tracks));
  looks = 0;
  assert.equal(finished(statistics(drawn, (lane) => orders[lane], { start: 500_001, end: 500_100 })).spans, 10);
  assert.ok(looks <= 20, `${looks} looks`);
});
