// Boxes against their naive twins.

import assert from "node:assert/strict";
import { test } from "node:test";

import { boxes, countSpans, INSTANT, PLAIN, UNFINISHED } from "#page/chart/boxes.js";
import { random, randomTrack, trace, tracksOf } from "./helper.js";

/** @typedef {import("#page/chart/boxes.js").View} View */

/** @param {import("#page/trace/data.js").Trace} drawn */
const all = (drawn) => new Uint8Array(drawn.keys.length).fill(1);

/** @param {Uint8Array} bright @returns {(row: number) => import("#page/chart/boxes.js").Masks} */
const only = (bright) => () => ({ bright, faint: null });

/**
 * Every span looked at, one by one; left out when its right edge lies within the row's painted pixels.
 * @param {readonly import("#page/trace/data.js").Track[]} tracks
 * @param {View} view
 * @param {Uint8Array} shown
 * @param {boolean} merge
 */
function naive(tracks, view, shown, merge) {
  const scale = view.width / (view.end - view.start);
  return tracks.flatMap((track, row) => {
    /** @type {(number | string)[][]} */
    const long = [];
    /** @type {(number | string)[][]} */
    const instants = [];
    let painted = -Infinity;
    let last = -Infinity;
    track.start.forEach((start, span) => {
      const end = track.end[span];
      if (end < view.start || start > view.end || !shown[track.key[span]]) return;
      const x = (start - view.start) * scale;
      if (start === end && span !== track.unfinished) {
        if (merge && x - last < 1) return;
        last = x;
        instants.push([row, span, x - 1, x + 1, INSTANT]);
        return;
      }
      if (merge && (end - view.start) * scale <= painted) return;
      const left = Math.max(-1, x);
      const right = Math.min(view.width + 1, Math.max((end - view.start) * scale, left + 1));
      long.push([row, span, left, right, span === track.unfinished ? UNFINISHED : PLAIN]);
      painted = Math.ceil(right);
    });
    return [...long, ...instants];
  });
}

/** @param {import("#page/chart/boxes.js").Boxes} found */
const rowsOf = ({ row, span, left, right, kind }) =>
  row.map((_, index) => [row[index], span[index], left[index], right[index], kind[index]]);

test("spans become boxes, clipped to the window", () => {
  const drawn = trace([["a(0..100) b(100..200) c(400..)"], ["d(150..150)"]]);
  const found = boxes(tracksOf(drawn), { start: 50, end: 250, width: 100 }, only(all(drawn)), false);
  assert.deepEqual(rowsOf(found), [
    [0, 0, -1, 25, PLAIN],
    [0, 1, 25, 75, PLAIN],
    [1, 0, 49, 51, INSTANT],
  ]);
});

test("an unfinished span reaches to the trace's end", () => {
  const drawn = trace([["a(50..)"], ["b(0..100)"]]);
  const found = boxes(tracksOf(drawn), { start: 0, end: 200, width: 200 }, only(all(drawn)), false);
  assert.deepEqual(rowsOf(found), [
    [0, 0, 50, 100, UNFINISHED],
    [1, 0, 0, 100, PLAIN],
  ]);
});

test("a nanosecond in ten hours is a pixel wide", () => {
  const drawn = trace([["a(0..36000000000000)"], ["b(18000000000000..18000000000001)"]]);
  const { left, right } = boxes(
    tracksOf(drawn),
    { start: 0, end: 36e12, width: 1000 },
    only(all(drawn)),
    true,
  );
  assert.deepEqual([left[1], right[1]], [500, 501]);
});

test("boxes are those of the naive twin at every zoom, merged or not, with tasks switched off", () => {
  const next = random(11);
  for (let round = 0; round < 60; round += 1) {
    const drawn = trace(Array.from({ length: 3 }, () => [randomTrack(next, 1 + Math.floor(next() * 300))]));
    const tracks = tracksOf(drawn);
    for (let zoom = 0; zoom < 8; zoom += 1) {
      const start = next() * drawn.wall - 5;
      const view = {
        start,
        end: start + 10 + next() * drawn.wall * 1.5,
        width: 1 + Math.floor(next() * 400),
      };
      const shown = Uint8Array.from(drawn.keys, () => Number(next() < 0.8));
      for (const merge of [false, true]) {
        assert.deepEqual(
          rowsOf(boxes(tracks, view, only(shown), merge)),
          naive(tracks, view, shown, merge),
          `round ${round}`,
        );
      }
    }
  }
});

test("merged boxes are bounded by the pixels and lose no more than a pixel", () => {
  const next = random(12);
  const drawn = trace([[randomTrack(next, 20_000)]]);
  const [track] = tracksOf(drawn);
  const view = { start: 0, end: drawn.wall, width: 200 };
  const found = boxes([track], view, only(all(drawn)), true);
  assert.ok(found.span.length <= 2 * 200 + 2, `${found.span.length} boxes`);
  const painted = new Set(
    rowsOf(found).flatMap(([, , left, right]) =>
      Array.from(
        { length: Math.ceil(right) - Math.floor(left) + 2 },
        (_, index) => Math.floor(left) - 1 + index,
      ),
    ),
  );
  track.start.forEach((start) => assert.ok(painted.has(Math.floor((start / drawn.wall) * 200)), `${start}`));
});

test("counting agrees with the naive boxes", () => {
  const next = random(13);
  for (let round = 0; round < 100; round += 1) {
    const drawn = trace([[randomTrack(next, 200)], [randomTrack(next, 50)]]);
    const tracks = tracksOf(drawn);
    const start = next() * drawn.wall;
    const view = { start, end: start + next() * drawn.wall, width: 100 };
    const shown = Uint8Array.from(drawn.keys, () => Number(next() < 0.7));
    assert.equal(countSpans(tracks, view, shown), naive(tracks, view, shown, false).length);
  }
});

test("what stands back comes first, and hides nothing that stands out", () => {
  const drawn = trace([["a(0..100) b(100..101) a(101..200)"]]);
  const bright = Uint8Array.from(drawn.keys, (_, key) => key);
  const faint = Uint8Array.from(drawn.keys, (_, key) => 1 - key);
  for (const merge of [false, true]) {
    const found = boxes(
      tracksOf(drawn),
      { start: 0, end: 20_000, width: 20 },
      () => ({ bright, faint }),
      merge,
    );
    assert.equal(found.faint, merge ? 1 : 2);
    assert.deepEqual(found.key.slice(found.faint), [1], "the bright one is drawn, over the faint ones");
  }
});
