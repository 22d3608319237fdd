// Point events: drawn and found like spans, and in no figure of theirs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createArrangements } from "#page/chart/arrangement.js";
import { childrenOf, countNested, enclosing } from "#page/trace/family.js";
import { ordered } from "#page/trace/order.js";
import { busyStretches } from "#page/trace/occupancy.js";
import { counted } from "#page/trace/search.js";
import { finished } from "#page/trace/slices.js";
import { statistics } from "#page/trace/statistics.js";
import { rank, ranked, sibling } from "#page/trace/walk.js";
import { fromHash, toHash } from "#page/view/hash.js";
import { INSTANTS, legend, toggled } from "#page/view/legend.js";
import { paint } from "#page/view/palette.js";
import { INITIAL } from "#page/view/state.js";
import { instantsNote } from "#page/sections/table.js";
import { matchOf, trace } from "./helper.js";

const LANES = [
  ["a(0..100) a^(120..120)", "b(10..40) b^(50..50) b^(50..50) c^(50..50)", "b^(20..20)"],
  ["c(0..50) c^(60..60)"],
];
const any = () => true;

/** @param {import("#page/trace/data.js").Trace} drawn @param {number} start @param {number} end */
function figuresIn(drawn, start, end) {
  return finished(statistics(drawn, (lane) => ordered(drawn.lanes[lane].tracks), { start, end }));
}

test("figures of a window are those of its spans alone", () => {
  const with_ = trace(LANES);
  const without = trace(LANES.map((tracks) => tracks.map((track) => track.replace(/ ?\w\^\(\d+\.\.\d+\)/g, ""))).map((tracks) => tracks.filter((track) => track !== "")));
  for (const [start, end] of [[0, 120], [15, 55], [50, 50], [110, 120]]) {
    const [found, expected] = [figuresIn(with_, start, end), figuresIn(without, start, end)];
    const names = (/** @type {import("#page/trace/data.js").Trace} */ of, /** @type {typeof found} */ table) =>
      table.tasks.map((task) => ({ ...task, group: of.names[task.group], task: of.names[task.task] }));
    assert.deepEqual(names(with_, found), names(without, expected));
    assert.deepEqual([found.spans, found.lanes, found.busy], [expected.spans, expected.lanes, expected.busy]);
  }
  assert.equal(figuresIn(with_, 0, 120).instants, 6);
  assert.equal(figuresIn(with_, 15, 55).instants, 4);
});

test("a span has instants in it beside its spans, and they are no children", () => {
  const { lanes, keys } = trace(LANES);
  const { tracks } = lanes[0];
  assert.deepEqual(countNested(tracks, { track: 0, span: 0 }, keys), { spans: 1, points: 4 });
  assert.deepEqual(countNested(tracks, { track: 1, span: 0 }, keys), { spans: 0, points: 1 });
  assert.equal(childrenOf(tracks, { track: 0, span: 0 }, 9, keys).count, 1);
  assert.deepEqual(enclosing(tracks, { track: 2, span: 0 }).map(({ track }) => track), [1, 0]);
  assert.deepEqual(enclosing(tracks, { track: 1, span: 2 }).map(({ track }) => track), [0]);
});

test("of several instants at one moment each is found by its rank, and reached from the one before", () => {
  const drawn = trace(LANES);
  const row = drawn.keys.find(({ point, task }) => point && drawn.names[task] === "b")?.row ?? -1;
  const places = [1, 2, 3].map((at) => ranked(drawn, row, at));
  assert.deepEqual(places, [
    { lane: 0, track: 2, span: 0 },
    { lane: 0, track: 1, span: 1 },
    { lane: 0, track: 1, span: 2 },
  ]);
  for (const [at, place] of places.entries()) {
    assert.ok(place);
    assert.deepEqual(rank(drawn, place), { at: at + 1, of: 3 });
    assert.deepEqual(sibling(drawn, place, 1, any), places[at + 1] ?? null);
    assert.deepEqual(sibling(drawn, place, -1, any), places[at - 1] ?? null);
  }
});

test("they have one entry of the legend, which hides them, and a colour of no task", () => {
  const drawn = trace(LANES);
  const own = legend(drawn);
  const entry = own.entries.findIndex(({ name }) => name === INSTANTS);
  assert.deepEqual([own.entries[entry].label, own.entries[entry].count], ["instants", "6"]);
  assert.match(own.entries[entry].title, /group \/ b/);
  const hidden = toggled(new Set(), own, entry);
  const isHidden = drawn.keys.map(({ row }) => hidden.has(row));
  assert.deepEqual(isHidden, drawn.keys.map(({ point }) => point));
  const { fill, point } = paint(drawn, "light");
  drawn.keys.forEach((key, index) => assert.equal(fill[index] === point, key.point));
  const plain = paint(trace([["a(0..1) b(2..3) c(4..5)"]]), "light");
  assert.deepEqual(new Set(plain.name.filter(Boolean)), new Set(paint(drawn, "light").row), "tasks keep their hues");
});

test("a link tells instants from the task of their name", () => {
  const drawn = trace(LANES);
  const hidden = new Set([drawn.tasks.length + 1]);
  const text = toHash({ ...INITIAL, scheme: "light", window: { start: 0, end: drawn.wall }, hidden }, drawn);
  assert.match(text, /(^|&)hide=@group\/\w$/);
  assert.deepEqual(fromHash(text, drawn).hidden, hidden);
  assert.equal(fromHash("task=@group/b", drawn).task, undefined, "they have no section");
});

test("a search counts spans and instants apart", () => {
  const drawn = trace(LANES);
  const match = matchOf(drawn, "b");
  assert.ok(match);
  const all = new Uint8Array(drawn.keys.length).fill(1);
  const { spans, points } = finished(counted(drawn, match, all, busyStretches(drawn)));
  assert.deepEqual([spans, points], [1, 3]);
});

test("where rows are tasks, the instants of a name have one row", () => {
  const drawn = trace(LANES);
  const arranged = createArrangements(drawn);
  const { bands, find } = arranged.arrangement("tasks", new Set(), new Set());
  const own = bands.filter(({ task }) => task >= drawn.tasks.length);
  assert.deepEqual(own.map(({ label, tracks }) => [label, tracks.length, tracks[0].start.length]).sort(), [["a", 1, 1], ["b", 1, 3], ["c", 1, 2]]);
  for (const span of [1, 2, 3]) {
    const found = find({ lane: 0, track: 1, span });
    assert.ok(found && bands[found.band].task >= drawn.tasks.length);
  }
});

test("those who do not see the chart read their names and how many there are", () => {
  assert.equal(instantsNote(trace([["a(0..9)"]])), "");
  assert.match(instantsNote(trace(LANES)), /^Not in the table: 6 instants of the whole run \(.*group \/ b ×3.*\)\.$/);
});
