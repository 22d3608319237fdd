// Figures for people, at every unit and at the edges between two.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { count, duration, exact, nsIn, number, percent, ratio, wholeNumber } from "#page/trace/units.js";

/** @type {Record<string, [number, string][]>} the cases that the report's own units are held to as well */
const cases = JSON.parse(readFileSync(new URL("../data/shared/units.json", import.meta.url), "utf8"));

for (const [kind, format] of Object.entries({ duration, count, percent, ratio, number })) {
  test(`the page writes a ${kind} as the report does`, () => {
    assert.ok(cases[kind].length > 3);
    for (const [value, text] of cases[kind]) assert.equal(format(value), text, `${value}`);
  });
}

test("a time is read with its unit, and nothing else is one", () => {
  const cases = { "81233ns": 81_233, "1.5ms": 1_500_000, "2 s": 2e9, ".5us": 500, "3µs": 3000, "1min": 60e9, "1h": 3600e9 };
  for (const [text, ns] of Object.entries(cases)) assert.equal(nsIn(text), ns, text);
  for (const text of ["", "1", "ms", "-1ms", "1e3ns", "1 day", "arm64", "1ms2"]) assert.ok(Number.isNaN(nsIn(text)), text);
});

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
