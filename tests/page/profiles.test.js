// The table of a profile: its order, its filter and its units.

import assert from "node:assert/strict";
import { test } from "node:test";

import { matching, sorted, weight } from "#page/sections/profiles.js";

/** @param {string} name @param {number} own @param {number} total */
const row = (name, own, total) => ({ name, own, own_share: own / 10, total, total_share: total / 10 });
const ROWS = [row("b", 5, 5), row("a", 3, 8), row("C\u202e", 0, 8), row("d", 0, 10)];
const names = (/** @type {readonly {name: string}[]} */ rows) => rows.map(({ name }) => name).join(" ");

test("rows that are equal in a column stay in Rust's order", () => {
  assert.equal(names(sorted(ROWS, { column: 1, descending: true })), "b a C\u202e d");
  assert.equal(names(sorted(ROWS, { column: 3, descending: true })), "d a C\u202e b");
  assert.equal(names(sorted(ROWS, { column: 3, descending: false })), "b a C\u202e d");
  assert.equal(names(sorted(ROWS, { column: 0, descending: false })), "C\u202e a b d");
});

test("a filter finds a part of a name as it is shown, in any case", () => {
  assert.equal(names(matching(ROWS, " c")), "C\u202e");
  assert.equal(names(matching(ROWS, "\\u202E")), "C\u202e");
  assert.equal(matching(ROWS, "").length, 4);
  assert.equal(matching(ROWS, "zz").length, 0);
});

test("a weight has its unit", () => {
  assert.equal(weight(180e6, "nanoseconds"), "180 ms");
  assert.equal(weight(1204, "none"), "1,204");
  assert.equal(weight(0.25, "none"), "0.25");
  assert.equal(weight(4_100_000, "bytes"), "4.1e6 B");
});
