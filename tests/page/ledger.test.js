// The ledger's parts sum to the whole, whichever have a part of their own.

import assert from "node:assert/strict";
import { test } from "node:test";

import { captionOf, ledgerOf, parts, shortName } from "#page/sections/ledger.js";
import { ordered } from "#page/trace/order.js";
import { finished } from "#page/trace/slices.js";
import { statistics } from "#page/trace/statistics.js";
import { NO_TIME, trace } from "./helper.js";

function drawn() {
  const made = trace([["a(0..10) b(10..20) c(20..21)"]]);
  made.ledger = {
    total_ns: 100,
    tasks: [
      { task: 1, ns: 40 },
      { task: 0, ns: 20 },
      { task: 2, ns: 1 },
    ],
    division: NO_TIME,
    unfinished_ns: 9,
    idle_before_ns: 0,
    idle_between_ns: 10,
    idle_after_ns: 20,
    alive_at_once: 1,
  };
  return made;
}

test("tasks come first, then what is unfinished, then idle time; nothing without time", () => {
  const found = parts(drawn(), () => true);
  assert.deepEqual(
    found.map(({ name, ns, kind }) => [name, ns, kind]),
    [
      ["group / b", 40, "task"],
      ["group / a", 20, "task"],
      ["group / c", 1, "task"],
      ["unfinished", 9, "unfinished"],
      ["idle between a lane's spans", 10, "idle"],
      ["idle after a lane's last span", 20, "idle"],
    ],
  );
});

test("no two segments of the bar have one name", () => {
  const made = drawn();
  made.ledger.idle_before_ns = 5;
  assert.deepEqual(
    parts(made, () => true).map((part) => shortName(part, made)),
    ["b", "a", "c", "unfinished", "idle before", "idle between", "idle after"],
  );
});

test("tasks without a part of their own are one part, and the sum stays", () => {
  for (const most of [0, 1, 2, 3]) {
    const found = parts(drawn(), (_, index) => index < most);
    assert.equal(
      found.reduce((sum, { ns }) => sum + ns, 0),
      100,
    );
    const others = found.find(({ kind }) => kind === "others");
    assert.equal(others?.name, [`3 other tasks`, `2 other tasks`, `1 other task`, undefined][most]);
  }
});

test("where at most half of the lanes were alive at once the caption says it", () => {
  const caption = (/** @type {number} */ alive) => {
    const made = trace([["a(0..10)"], ["a(10..20)"], ["a(20..30)"], ["a(30..40)"]]);
    made.ledger.alive_at_once = alive;
    const { whole, alive: told } = captionOf(made);
    return whole + told;
  };
  assert.equal(caption(1), "4 lanes × 40 ns, at most 1 alive at once");
  assert.equal(caption(2), "4 lanes × 40 ns, at most 2 alive at once");
  assert.equal(caption(3), "4 lanes × 40 ns");
});

test("declared waits of all tasks are one part, behind those of tasks", () => {
  const made = drawn();
  made.ledger.division = { ...NO_TIME, wait_ns: 7 };
  const found = parts(made, () => true);
  assert.deepEqual(found.slice(2, 5).map(({ name, ns, kind }) => [name, ns, kind]), [["group / c", 1, "task"], ["waiting, as declared", 7, "waiting"], ["unfinished", 9, "unfinished"]]);
  assert.equal(shortName(found[3], made), "waiting");
});

test("of a part of the run waits are one part, too, and the sum is the whole", () => {
  const made = trace([["a(0..10)@5 w~(10..20)"], ["a(4..8)"]]);
  const rows = finished(statistics(made, (lane) => ordered(made.lanes[lane].tracks), { start: 2, end: 14 }));
  const ledger = ledgerOf(made, rows);
  const found = parts({ ...made, ledger }, () => true);
  assert.deepEqual(found.map(({ name, ns }) => [name, ns]), [["group / a", 12], ["waiting, as declared", 4], ["idle, or in spans that are not in the table", 8]]);
  assert.deepEqual(ledger.division, { on_cpu_ns: 4, wait_ns: 4, off_cpu_ns: 4, not_known_ns: 4 });
});

test("of a part of the run it has the time of the table's rows, the rest in one part, and sums to lanes times that part", () => {
  const made = trace([["a(0..10) b(10..20)"], ["a(4..8)"]]);
  const rows = finished(statistics(made, (lane) => ordered(made.lanes[lane].tracks), { start: 2, end: 14 }));
  const found = parts({ ...made, ledger: ledgerOf(made, rows) }, () => true);
  assert.deepEqual(
    found.map(({ name, ns }) => [name, ns]),
    [
      ["group / a", 8 + 4],
      ["group / b", 4],
      ["idle, or in spans that are not in the table", 2 * 12 - 16],
    ],
  );
});
