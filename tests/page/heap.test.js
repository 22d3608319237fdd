// A heap, against sorting.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createHeap } from "#page/trace/heap.js";
import { random } from "./helper.js";

test("the first has the least key of all that were added and not taken, and of equal keys the least number", () => {
  const next = random(44);
  const heap = createHeap();
  /** @type {{item: number, key: number}[]} */
  let all = [];
  const put = (/** @type {(item: number, key: number) => void} */ into) => {
    const [item, key] = [Math.floor(next() * 1000), Math.floor(next() * 100) / 8];
    into(item, key);
    all = [...all, { item, key }].sort((one, other) => one.key - other.key || one.item - other.item);
  };
  for (let round = 0; round < 5000; round += 1) {
    const kind = next();
    if (kind < 0.45) put(heap.add);
    else if (kind < 0.6 && all.length > 0) {
      all.shift();
      put(heap.replace);
    } else assert.equal(heap.take(), all.shift()?.item ?? -1);
    assert.equal(heap.first(), all[0]?.item ?? -1);
    assert.equal(heap.least(), all[0]?.key ?? Infinity);
  }
});
