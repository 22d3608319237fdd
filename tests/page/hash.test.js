// Links: every view survives its URL, and no text breaks the page.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fromHash, toHash, toHashOf } from "#page/view/hash.js";
import { INITIAL } from "#page/view/state.js";
import { whole } from "#page/view/window.js";
import { random, trace } from "./helper.js";

/** @typedef {import("#page/view/state.js").State} State */

const DRAWN = trace(
  [["save(0..5000000) load(6000000..9000000)", "zip/save(10..20)"], ["pack(0..10000000)"], ["load(0..1)"]],
  [0, 1, 2],
);
DRAWN.splits = [splitBy("url")];

/** A split without a row. @param {string} name @returns {import("#page/trace/data.js").Split} */
function splitBy(name) {
  return { task: 0, name, values: 0, more_than: null, by_total: false, rows: [], others: null, without: null, may_lack: false };
}

/** @param {Partial<State>} [chosen] @param {import("#page/trace/data.js").Trace} [drawn] @returns {State} */
function view(chosen, drawn = DRAWN) {
  return { ...INITIAL, window: whole(drawn.wall), scheme: "light", ...chosen };
}

/** @param {Partial<State>} chosen */
const hash = (chosen) => toHash(view(chosen), DRAWN);

/** @param {string} text */
const read = (text) => fromHash(text, DRAWN);

test("the page as it is opened has no hash", () => {
  assert.equal(hash({}), "");
  assert.equal(hash({ scheme: "dark" }), "");
  assert.deepEqual(read(""), {});
  assert.deepEqual(read("#"), {});
});

test("a hash is made to be read", () => {
  const chosen = view({
    window: { start: 1_000_000.4, end: 3_000_000.6 },
    scroll: 120.4,
    hidden: new Set([2, 0]),
    folded: new Set([2, 0]),
    query: "save (a) ~b",
    selected: { start: 10.5, end: 999.0625 },
    pinned: { lane: 0, track: 1, span: 0 },
    details: "all",
    task: 1,
    by: "url",
    scope: "selection",
    sort: { column: "total", descending: true },
    rows: "tasks",
    color: "group",
    time: "since",
  });
  assert.equal(
    toHash(chosen, DRAWN),
    "window=1000000..3000001&scroll=120&hide=group/save,zip/save&fold=0.2&search=save%20%28a%29%20%7Eb" +
      "&select=10.5..999.063&pin=0.1.0&details=all&task=group/load&by=url&table=selection&sort=-total&rows=tasks&color=group&time=since",
  );
});

test("hidden tasks are named, or those that are left where they are fewer", () => {
  assert.equal(hash({ hidden: new Set([1]) }), "hide=group/load");
  assert.equal(hash({ hidden: new Set([0, 1, 3]) }), "only=zip/save");
  assert.equal(hash({ hidden: new Set([0, 1, 2, 3]) }), "only=");
  assert.deepEqual(read("only="), { hidden: new Set([0, 1, 2, 3]) });
  assert.deepEqual(read("only=zip/save"), { hidden: new Set([0, 1, 3]) });
});

test("an attribute by which no task is split is passed over", () => {
  assert.deepEqual(read("by=url"), { by: "url" });
  assert.deepEqual(read("by=none"), {});
});

test("tasks of another run are passed over, and never hide all there is", () => {
  assert.deepEqual(read("hide=group/none,group/load"), { hidden: new Set([1]) });
  assert.deepEqual(read("only=group/none,group/load"), { hidden: new Set([0, 2, 3]) });
  assert.deepEqual(read("only=group/none"), {});
});

test("a link to another run names processes and the pinned span, and is read where they lie there", () => {
  const here = trace([["save(0..5) load(6..9) save(10..20)"], ["save(1..2)"], ["load(0..1)"]], [0, 1, 2]);
  const there = trace([["load(0..9)", "zip/pack(1..3) save(4..6)"], ["save(1..2) save(8..9)"], [""]], [0, 1, 2]);
  const label = (/** @type {typeof here} */ drawn, /** @type {string[]} */ ...labels) =>
    labels.forEach((text, process) => (drawn.processes[process] = { ...drawn.processes[process], label: text }));
  label(here, "a", "b/c", "a");
  label(there, "b/c", "a", "a");
  const chosen = view(
    {
      window: { start: 3, end: 15 },
      scroll: 40,
      folded: new Set([1, 2]),
      hidden: new Set([1]),
      query: "sa",
      selected: { start: 2, end: 4 },
      scope: "selection",
      pinned: { lane: 0, track: 0, span: 2 },
      time: "since",
    },
    here,
  );
  const link = toHashOf("2", chosen, here);
  assert.equal(
    link,
    "run=2&window=3..15&hide=group/load&fold=b%2Fc/0,a/1&search=sa&select=2..4&pin=group/save/3&table=selection&time=since",
  );
  const found = fromHash(link, there);
  assert.deepEqual(found.pinned, { lane: 1, track: 0, span: 1 });
  assert.deepEqual(found.folded, new Set([0, 2]));
  assert.deepEqual(found.hidden, new Set([0]));
  assert.equal(found.scroll, undefined);
  assert.match(toHashOf(null, chosen, here), /^window=3/);
});

test("what the other run does not have is passed over", () => {
  for (const text of ["pin=group/save/3", "pin=group/none/1", "pin=group/save/0", "pin=save/1", "pin=/", "pin=group/save/1e0", "pin=%/%zz/1"])
    assert.deepEqual(read(text), {}, text);
  assert.deepEqual(read("fold=p0/0,p9/0,p1/1,p2/x,p2/0/"), { folded: new Set([0]) });
  assert.deepEqual(read("pin=group/save/1").pinned, { lane: 0, track: 0, span: 0 });
  const summarised = { ...DRAWN, lanes: DRAWN.lanes.map((lane) => ({ ...lane, isSummarised: true })) };
  assert.deepEqual(fromHash("pin=group/save/1", summarised), {}, "which span is the first is not known");
  assert.equal(toHashOf("1", view({ pinned: { lane: 0, track: 0, span: 0 } }), summarised), "run=1");
});

test("a window is cut to the run, one of another run is passed over", () => {
  const limits = whole(DRAWN.wall);
  assert.deepEqual(read("window=-5000000..1000000").window, { start: limits.start, end: 1e6 });
  assert.deepEqual(read("window=5000000..99999999").window, { start: 5e6, end: limits.end });
  assert.deepEqual(read("window=-99999999999..99999999999").window, limits);
  assert.deepEqual(read("window=99999999999..99999999999999"), {});
  assert.deepEqual(read("select=5000000..99999999999").selected, { start: 5e6, end: limits.end });
});

test("a window narrower than any shown is widened", () => {
  assert.deepEqual(read("window=100..101").window, { start: 100, end: 110 });
});

test("what is malformed, unknown or out of range is passed over, the rest is kept", () => {
  for (const text of [
    "window",
    "window=",
    "window=1",
    "window=2..1",
    "window=1..1",
    "window=a..b",
    "window=1e3..2e3",
    "window=0..Infinity",
    "window=NaN..1",
    "window=1..2..3",
    `window=0..${"9".repeat(400)}`,
    "scroll=-1",
    "scroll=1.5",
    "scroll=x",
    "hide",
    "only=%",
    "only=%zz/load",
    "search=",
    "search=%",
    "search=%ff",
    "select=1..",
    "pin=",
    "pin=0",
    "pin=0.0",
    "pin=0.0.2",
    "pin=0.2.0",
    "pin=9.0.0",
    "pin=0.0.0.0",
    "pin=-1.0.0",
    "pin=0.0.1e0",
    "pin=0x0.0.0",
    "table=all",
    "table=toString",
    "sort=",
    "sort=-",
    "sort=%",
    "rows=__proto__",
    "color=Task",
    "time= since",
    "scheme=dark",
    "__proto__=1",
    "constructor=1",
    "=",
    "&&&",
    "?",
    "%",
    "\ud800",
  ]) {
    assert.deepEqual(read(text), {}, text);
    assert.deepEqual(read(`#${text}&time=since`), { time: "since" }, text);
  }
  assert.deepEqual(read("hide=%,group/load,%zz/save,/,a/b/c"), { hidden: new Set([1]) });
  assert.deepEqual(read("fold=0.7.x.-1..2.2"), { folded: new Set([0, 2]) });
  assert.deepEqual(read("time=clock&table=whole"), { time: "clock", scope: "whole" });
});

test("half a character in a query is no trouble", () => {
  assert.equal(hash({ query: "a\ud800b" }), "search=a%EF%BF%BDb");
});

const HOSTILE = [
  "",
  " ",
  "a/b",
  "a,b",
  "a&only=",
  "#",
  "%",
  "%2F",
  "%zz",
  "a=b",
  "'\"`",
  "<b>x</b>",
  "(x)*!~",
  "a.",
  "..",
  "-",
  "名前",
  "\u202egnp",
  "\u{1f600}",
  "\0",
  "\n",
  "x".repeat(300),
  "javascript:alert(1)",
  "__proto__",
  "a+b",
];

test("any view is the same after its link has been through a URL", () => {
  const next = random(44);
  /** @param {number} count */
  const below = (count) => Math.floor(next() * count);
  /** @template T @param {T[]} list */
  const one = (list) => list[below(list.length)];
  /** @param {number} limit @returns {import("#page/view/window.js").Window} */
  const stretch = (limit) => {
    const isFine = next() < 0.5;
    const start = isFine ? Number((next() * limit).toFixed(3)) : below(limit);
    const length = isFine ? Number((10.001 + next() * 5e5).toFixed(3)) : 1_000_001 + below(limit / 4);
    return { start, end: isFine ? Number((start + length).toFixed(3)) : start + length };
  };
  for (let round = 0; round < 500; round += 1) {
    const count = HOSTILE.length + 1;
    const tasks = Array.from({ length: count - 1 }, (_, task) => `t${task}(${task}..${task + 1})`);
    const drawn = trace(
      [[`${tasks.join(" ")} u(100000000..200000000)`], ["zip/t1(0..5)", "zip/t0(1..2)"]],
      [0, 1],
    );
    drawn.raw = drawn.raw.map((name, index) => HOSTILE[index - 1] ?? name);
    drawn.splits = HOSTILE.map(splitBy);
    const chance = next();
    const chosen = view(
      {
        ...(next() < 0.8 && { window: stretch(1e8) }),
        scroll: one([0, below(5000)]),
        hidden: new Set([...drawn.tasks.keys()].filter(() => next() < chance)),
        folded: new Set([0, 1].filter(() => next() < 0.3)),
        query: one([...HOSTILE, ""]),
        selected: one([null, stretch(1e8)]),
        pinned: one([null, { lane: 1, track: 1, span: 0 }, { lane: 0, track: 0, span: below(count) }]),
        details: one(["short", "all"]),
        task: one([null, ...drawn.tasks.keys()]),
        by: one([null, ...HOSTILE]),
        scope: one(["whole", "view", "selection"]),
        sort: { column: one(["self", "total", "group / task", "max", "p95"]), descending: next() < 0.5 },
        rows: one(["lanes", "tasks"]),
        color: one(["task", "group"]),
        time: one(["clock", "since"]),
      },
      drawn,
    );
    const text = toHash(chosen, drawn);
    const url = new URL(`#${text}`, "file:///tmp/waterfall.html");
    assert.equal(url.hash, text && `#${text}`);
    assert.match(text, /^[\w.&=,/%-]*$/);
    assert.doesNotMatch(text, /\.$/);
    assert.deepEqual({ ...view({}, drawn), ...fromHash(url.hash, drawn) }, chosen, `round ${round}: ${text}`);
  }
});

test("no text makes it throw", () => {
  const next = random(45);
  const parts = [
    "window",
    "hide",
    "only",
    "pin",
    "fold",
    "sort",
    "=",
    "=",
    "&",
    "..",
    ".",
    ",",
    "/",
    "%",
    "%f",
    "9",
    "-",
    "é",
  ];
  for (let round = 0; round < 5000; round += 1) {
    const text = Array.from({ length: 12 }, () => parts[Math.floor(next() * parts.length)]).join("");
    const found = read(text);
    assert.deepEqual(read(toHash(view(found), DRAWN)).pinned ?? null, found.pinned ?? null, text);
  }
});

test("a selected instant is a link like any other", () => {
  const drawn = trace([["a(0..100) b(100..200)"]]);
  const state = {
    ...INITIAL,
    window: whole(drawn.wall),
    scheme: /** @type {const} */ ("light"),
    selected: { start: 50, end: 50 },
  };
  assert.deepEqual(fromHash(toHash(state, drawn), drawn), { selected: { start: 50, end: 50 } });
});
