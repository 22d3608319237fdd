// Which tasks have an entry of their own.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isolated, legend, legendLayout, toggled } from "#page/view/legend.js";
import { NO_TIME, trace } from "./helper.js";

/** @param {number} count of tasks, the first of largest self time */
function withTasks(count) {
  const drawn = trace([
    [Array.from({ length: count }, (_, index) => `t${index}(${index}..${index + 1})`).join(" ")],
  ]);
  const row = { group: 0, timings: 0, exact: true, mean_ns: 1, median_ns: 1, p95_ns: 1, max_ns: 1, exact_quantiles: true, division: NO_TIME, share: 0 };
  drawn.tasks = drawn.keys.map(({ task }) => ({
    ...row,
    task,
    count: 1000,
    unfinished: 1,
    total_ns: 1,
    self_ns: 1000 - task,
  }));
  return drawn;
}

test("up to 25 tasks have their own, by self time", () => {
  for (const count of [1, 24, 25]) {
    const { entries } = legend(withTasks(count));
    assert.equal(entries.length, count);
    assert.equal(entries[0].label, "t0");
    assert.equal(entries[0].count, "1,001");
  }
});

test("beyond, the 24 largest have their own and the last stands for all others", () => {
  const drawn = withTasks(40);
  const { entries, entryOf } = legend(drawn);
  assert.equal(entries.length, 25);
  assert.equal(entries[24].label, "16 others");
  assert.equal(entries[24].count, "16,016");
  assert.deepEqual(
    Array.from(entryOf),
    drawn.keys.map((_, key) => Math.min(key, 24)),
  );
});

test("a task of several groups is one entry", () => {
  const drawn = withTasks(2);
  drawn.keys.push({ ...drawn.keys[0], group: drawn.keys[1].task, row: 2 });
  drawn.tasks.push({ ...drawn.tasks[0], group: drawn.keys[1].task });
  const { entries, entryOf } = legend(drawn);
  assert.equal(entries.length, 2);
  assert.equal(entries[0].count, "2,002");
  assert.deepEqual(Array.from(entryOf), [0, 1, 0]);
});

test("by group, an entry is a group and switches its tasks", () => {
  const drawn = withTasks(3);
  drawn.tasks[2].group = drawn.tasks[2].task;
  const groups = legend(drawn, "group");
  assert.deepEqual(
    groups.entries.map(({ label, rows }) => [label, rows]),
    [
      ["group", [0, 1]],
      ["t2", [2]],
    ],
  );
  assert.deepEqual([...toggled(new Set(), groups, 0)], [0, 1]);
});

test("tasks that only wait share one entry, the last one, by task and by group", () => {
  const drawn = trace([["a(0..1) b~(1..2) c(2..3) c~(3..4) d~(4..5)"]]);
  for (const by of /** @type {const} */ (["task", "group"])) {
    const { entries, entryOf } = legend(drawn, by);
    const last = entries.length - 1;
    assert.deepEqual([entries[last].label, entries[last].rows], ["waiting", [1, 3]]);
    assert.equal(entries[last].title, "declared waits:\ngroup / b\ngroup / d");
    assert.deepEqual([...entryOf].map((entry) => entry === last), [false, true, false, false, true]);
    assert.deepEqual(entries.flatMap(({ rows }) => rows).sort(), [0, 1, 2, 3]);
  }
});

test("a click switches an entry's rows off and on again", () => {
  const entries = legend(withTasks(30));
  const off = toggled(new Set([1]), entries, 24);
  assert.deepEqual([...off], [1, 24, 25, 26, 27, 28, 29]);
  assert.deepEqual([...toggled(off, entries, 24)], [1]);
  assert.deepEqual([...toggled(new Set([1, 25]), entries, 24)].sort(), [1, 24, 25, 26, 27, 28, 29].sort());
});

test("a click on many others looks at each a few times, not once for each other", () => {
  const count = 10_000;
  let looks = 0;
  const rows = new Proxy(
    Array.from({ length: count }, (_, row) => row),
    { get: (list, name, self) => ((looks += 1), Reflect.get(list, name, self)) },
  );
  const others = { entries: [{ title: "", label: "others", name: -1, count: "", rows }], entryOf: new Int32Array() };
  const off = toggled(new Set([-1]), others, 0);
  assert.equal(off.size, count + 1);
  assert.deepEqual([...toggled(off, others, 0)], [-1]);
  assert.ok(looks < 10 * count, `${looks} looks at ${count} tasks`);
});

test("a double click shows an entry alone, the next one all", () => {
  const entries = legend(withTasks(3));
  const alone = isolated(new Set([1]), entries, 1);
  assert.deepEqual([...alone], [0, 2]);
  assert.deepEqual([...isolated(alone, entries, 1)], []);
  assert.deepEqual([...isolated(alone, entries, 0)], [1, 2]);
});

test("entries that fit stand in a row, others in columns as wide as the widest", () => {
  const row = legendLayout([20, 50, 30], 400);
  assert.deepEqual(
    row.texts.map(({ left }) => left),
    [40, 105, 200],
  );
  const columns = legendLayout([20, 50, 30], 200);
  assert.deepEqual(columns.texts, [
    { left: 40, middle: 14.5 },
    { left: 135, middle: 14.5 },
    { left: 40, middle: 33.5 },
  ]);
  assert.deepEqual([row.height, columns.height], [29, 48]);
  assert.equal(legendLayout([300, 300], 100).height, 48, "in a room too narrow for one, one a line");
  assert.equal(legendLayout([], 100).height, 0, "without an entry there is no legend");
});
