// Work in slices: at once where it is short, later where it is long, never of what was asked for before.

import assert from "node:assert/strict";
import { test } from "node:test";

import { finished, sliced } from "#page/trace/slices.js";

/** @param {number} rounds of half a slice each @param {string} result */
function* busy(rounds, result) {
  for (let round = 0; round < rounds; round += 1) {
    for (const until = performance.now() + 4; performance.now() < until; );
    yield;
  }
  return result;
}

test("what is soon done is there at once, and nobody is told", () => {
  const ask = sliced(busy, () => assert.fail("told"));
  assert.equal(ask(0, "short"), "short");
  assert.equal(ask(0, "short"), "short");
});

test("what takes long is there later, computed once", async () => {
  let runs = 0;
  await new Promise((/** @type {(done?: unknown) => void} */ done) => {
    const ask = sliced((/** @type {number} */ rounds, /** @type {string} */ result) => {
      runs += 1;
      return busy(rounds, result);
    }, () => {
      assert.equal(ask(20, "long"), "long");
      done();
    });
    assert.equal(ask(20, "long"), null);
    assert.equal(ask(20, "long"), null);
  });
  assert.equal(runs, 1);
});

test("what is asked for anew takes the place of what was under way", async () => {
  /** @type {(string | null)[]} */
  const told = [];
  await new Promise((/** @type {(done?: unknown) => void} */ done) => {
    const ask = sliced(busy, () => {
      told.push(ask(20, "second"));
      done();
    });
    assert.equal(ask(20, "first"), null);
    assert.equal(ask(20, "second"), null);
  });
  assert.deepEqual(told, ["second"]);
});

test("the same work is done in one go where someone waits for it", () => {
  assert.equal(finished(busy(3, "now")), "now");
});
