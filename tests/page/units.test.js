// Figures for people, at every unit and at the edges between two.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { count, duration, exact, number, percent, ratio, wholeNumber } from "#page/trace/units.js";

/** @type {Record<string, [number, string][]>} the cases that the report's own units are held to as well */
const cases = JSON.parse(readFileSync(new URL("../data/shared/units.json", import.meta.url), "utf8"));

for (const [kind, format] of Object.entries({ duration, count, percent, ratio, number })) {
  test(`the page writes a ${kind} as the report does`, () => {
    assert.ok(cases[kind].length > 3);
    for (const [value, text] of cases[kind]) assert.equal(format(value), text, `${value}`);
  });
}

test("exact durations show every ns", () => {
  assert.equal(exact(34_212_345), "34,212,345 ns");
});

test("a counter's value is told to its last digit", () => {
  for (const [value, text] of /** @type {const} */ ([
    [0, "0"],
    [17, "17"],
    [-1204, "−1,204"],
    [1234567.25, "1,234,567.25"],
    [0.1, "0.1"],
    [-1e-7, "−1e-7"],
    [3.4e9, "3,400,000,000"],
    [1.5e21, "1.5e21"],
  ]))
    assert.equal(wholeNumber(value), text);
});
