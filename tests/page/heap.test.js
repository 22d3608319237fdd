// A heap, against sorting.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createHeap } from "#page/trace/heap.js";
import { random } from "./helper.js";

test("the first is always that of all that were added and not taken", () => {
  const next = random(44);
  const heap = createHeap((one, other) => one < other);
  /** @type {number[]} */
  let all = [];
  for (let round = 0; round < 5000; round += 1) {
    if (next() < 0.55) {
      const item = Math.floor(next() * 100);
      heap.add(item);
      all = [...all, item].sort((one, other) => one - other);
    } else {
      assert.equal(heap.take(), all.shift());
    }
    assert.equal(heap.first(), all[0]);
  }
});
