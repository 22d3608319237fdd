// The mip against sums over all spans.

import assert from "node:assert/strict";
import { test } from "node:test";

import { binsIn, mip, mipLike, slotsFor } from "#page/trace/mip.js";
import { nextShown } from "#page/trace/skip.js";
import { finished } from "#page/trace/slices.js";
import { burstTrack, random, randomTrack, trace, tracksOf } from "./helper.js";

/** @typedef {import("#page/trace/data.js").Track} Track */

const KEYS = 10;

/**
 * What each bin of a width holds, by looking at every span: per bin and code its amount.
 * @param {Track} track
 * @param {number} width
 * @param {number} first
 * @param {number} last
 */
function plain({ start, end, key, unfinished }, width, first, last) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  /** @param {number} bin @param {number} code @param {number} amount */
  const put = (bin, code, amount) => {
    if (bin >= first && bin <= last) sums.set(`${bin} ${code}`, (sums.get(`${bin} ${code}`) ?? 0) + amount);
  };
  start.forEach((from, span) => {
    if (span === unfinished) return;
    if (from === end[span]) put(Math.floor(from / width), 2 * key[span] + 1, 1);
    for (let bin = Math.floor(from / width); bin * width < end[span]; bin += 1)
      put(bin, 2 * key[span], Math.min(end[span], (bin + 1) * width) - Math.max(from, bin * width));
  });
  for (const [name, amount] of sums) if (amount === 0) sums.delete(name);
  return sums;
}

/** @param {import("#page/trace/mip.js").Range} range */
function sumsOf({ level: { bin, offset, code, amount }, from, to }) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (let at = from; at < to; at += 1)
    for (let entry = offset[at]; entry < offset[at + 1]; entry += 1) {
      const name = `${bin[at]} ${code[entry]}`;
      assert.ok(!sums.has(name), "a bin has each code once");
      sums.set(name, amount[entry]);
    }
  return sums;
}

/** @param {string} text @returns {Track} */
const track = (text) => tracksOf(trace([[text]]))[0];

/** @param {() => number} next @param {number} round */
const anyTrack = (next, round) =>
  track(round % 2 === 0 ? randomTrack(next, 600 + Math.floor(next() * 3000)) : burstTrack(next, 3000));

test("every width and every stretch has the sums of its spans", () => {
  const next = random(31);
  for (let round = 0; round < 12; round += 1) {
    const one = anyTrack(next, round);
    const levels = mip(one);
    assert.ok(levels.length > 3, `${levels.length} levels`);
    const extent = one.end[one.end.length - 1];
    for (let width = 1; width < 4 * extent; width *= 2) {
      const all = Math.floor(extent / width);
      const first = Math.floor(next() * all * 0.7);
      const last = Math.min(all, first + 3000);
      const found = binsIn(levels, one, width, first, last, slotsFor(KEYS));
      assert.equal(found.level.width, width);
      assert.deepEqual(sortedSums(sumsOf(found)), sortedSums(plain(one, width, first, last)), `width ${width}`);
    }
  }
});

/** @param {Map<string, number>} sums */
const sortedSums = (sums) => [...sums].sort(([one], [other]) => (one < other ? -1 : 1));

test("the levels together are no larger than a few times the track", () => {
  const next = random(32);
  for (const count of [1000, 20_000])
    for (const text of [randomTrack(next, count), burstTrack(next, count), eachOfItsOwn(count)]) {
      const one = track(text);
      const levels = mip(one);
      const bytes = levels.reduce((sum, { bin, code }) => sum + 12 * bin.length + 12 * code.length, 0);
      assert.ok(levels[0].bin.length <= count / 8 + 1, `${levels[0].bin.length} bins`);
      assert.ok(bytes <= 3 * 20 * count, `${bytes} bytes of ${count} spans`);
    }
});

/** Spans that all have a name of their own. @param {number} count */
const eachOfItsOwn = (count) =>
  Array.from({ length: count }, (_, index) => `t${index % 1000}(${index * 10}..${index * 10 + 9})`).join(" ");

test("the mip like that of a track with the same keys is the same", () => {
  const next = random(17);
  for (const track of [burstTrack(next, 3000), burstTrack(next, 900), randomTrack(next, 40)].flatMap((text) => tracksOf(trace([[text]]))))
    assert.deepEqual(finished(mipLike(track, mip(track), slotsFor(2 * KEYS))), mip(track));
});

test("a span over the whole run costs no more than its bins", () => {
  const spans = Array.from({ length: 600 }, (_, index) => `a(${index}..${index + 1})`);
  const one = track(`${spans.join(" ")} b(600..1000000000)`);
  const levels = mip(one);
  assert.ok(levels[0].code.length <= 600 / 8 + 600, `${levels[0].code.length} entries`);
});

test("a small track has no levels, and its bins come from its spans", () => {
  const one = track("a(0..10) b(10..12) a(20..20)");
  assert.deepEqual(mip(one), []);
  const found = binsIn([], one, 8, 0, 9, slotsFor(KEYS));
  assert.deepEqual(sortedSums(sumsOf(found)), [
    ["0 0", 8],
    ["1 0", 2],
    ["1 2", 2],
    ["2 1", 1],
  ]);
});

test("the next span that is shown is found at once, whatever lies between", () => {
  const next = random(33);
  for (let round = 0; round < 40; round += 1) {
    const one = anyTrack(next, round);
    const keys = Uint8Array.from({ length: KEYS }, () => Number(next() < (round % 4) / 6));
    const [from, to] = [0, 1].map(() => Math.floor(next() * one.key.length)).sort((a, b) => a - b);
    for (const [begin, end] of [[from, to], [0, one.key.length], [one.key.length - 1, one.key.length]]) {
      const found = one.key.findIndex((key, span) => span >= begin && span < end && keys[key] === 1);
      assert.equal(nextShown(one, begin, end, keys), found < 0 ? end : found, `round ${round}`);
    }
  }
});

test("a lone span among a hundred thousand that are switched off is met", () => {
  const spans = Array.from({ length: 100_000 }, (_, index) => `${index === 70_000 ? "b" : "a"}(${index * 3}..${index * 3 + 2})`);
  const one = track(spans.join(" "));
  const keys = Uint8Array.of(0, 1);
  assert.equal(nextShown(one, 0, one.key.length, keys), 70_000);
  assert.equal(nextShown(one, 70_001, one.key.length, keys), one.key.length);
});
