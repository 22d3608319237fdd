// What stands beside the panels of counters.

import assert from "node:assert/strict";
import { test } from "node:test";

import { frameIn } from "#page/chart/frame.js";
import { panelNames, panels, panelValues, valueRoom } from "#page/chart/panels.js";

/** A character is 6 px wide. @param {string} text */
const measure = (text) => text.length * 6;

/** @param {string} group @param {string} name @param {number[]} [values] one a ns from 1 on */
function counter(group, name, values = []) {
  const time = Float64Array.from(values, (_, index) => index + 1);
  return { group, name, series: [{ process: 0, time, value: Float64Array.from(values) }] };
}

test("a name that fits is whole, any other loses middles and stays apart from its like", () => {
  const fit = (/** @type {[string, string][]} */ ...names) =>
    panelNames(
      names.map(([group, name]) => counter(group, name)),
      120,
      measure,
    );
  assert.deepEqual(fit(["download", "queue"]), ["download / queue"]);
  const [one, other] = fit(["download", "waiting for the disk 1"], ["download", "waiting for the disk 2"]);
  for (const name of [one, other]) assert.ok(measure(name) <= 120 && name.startsWith("waiting"), name);
  assert.notEqual(one, other);
  assert.deepEqual(fit(["resources", "memory, MB"], ["resources", "read"]), ["res…ces / memory, MB", "resources / read"]);
  const same = fit(["a group of a very long name", "a counter of it"], ["another group", "a counter of it"]);
  for (const name of same) assert.ok(measure(name) <= 120 && name.includes(" / ") && name.endsWith("it"), name);
  assert.notEqual(same[0], same[1]);
});

test("beside a name there is room for every value that is told", () => {
  for (const value of [0, 0.645, 0.0914, 117, 1204, 99_999, 860_000, -860_000, -0.5, 1.5e12, -7.83e9])
    assert.ok(measure(panelValues([{ top: 0, extent: { low: value, high: value }, lines: [] }])[0].text) < valueRoom(measure), `${value}`);
});

test("the values at a panel's edges are the least and the greatest in view, and there is none without a sample", () => {
  const counters = [counter("g", "a", [3, 1204, 9]), counter("g", "b", [0, 0]), counter("g", "c")];
  const frame = frameIn({ width: 1000, height: 600 }, 100, () => ({ process: 90, band: 40 }), { count: 3, hasMore: false });
  const view = (/** @type {number} */ start, /** @type {number} */ end) => ({ start, end, width: 100 });
  const texts = (/** @type {number} */ start, /** @type {number} */ end) =>
    panelValues(panels(counters, frame, view(start, end), ["#000000"], null)).map(({ text }) => text);
  assert.deepEqual(texts(0, 10), ["1,204", "0", "0"]);
  assert.deepEqual(texts(5, 10), ["9", "0", "0"]);
  assert.deepEqual(texts(-10, 0), []);
});

test("of a pair the line of the first side has an area, as its busy lanes have", () => {
  const series = [0, 1].map((process) => ({ ...counter("g", "a", [3, 4]).series[0], process }));
  const frame = frameIn({ width: 1000, height: 600 }, 100, () => ({ process: 90, band: 40 }), { count: 1, hasMore: false });
  const areas = (/** @type {number[] | null} */ sides, /** @type {number} */ count) =>
    panels([{ group: "g", name: "a", series: series.slice(0, count) }], frame, { start: 0, end: 10, width: 100 }, ["#000000", "#111111"], sides)[0].lines.map(
      ({ hasArea }) => hasArea,
    );
  assert.deepEqual(areas([0, 1], 2), [true, false]);
  assert.deepEqual(areas(null, 2), [false, false]);
  assert.deepEqual(areas(null, 1), [true]);
});
