// Busy lanes over time, against adding up nanosecond by nanosecond.

import assert from "node:assert/strict";
import { test } from "node:test";

import { busyOf, rebinned, runningAt } from "#page/trace/concurrency.js";
import { binned, random, randomTrack, trace, unions } from "./helper.js";

/** @param {import("#page/trace/data.js").Trace} drawn */
const all = (drawn) => new Uint8Array(drawn.keys.length).fill(1);

test("nested and crossing spans of a lane count once", () => {
  const drawn = trace([["a(0..10) b(20..40)", "c(2..5) d(30..50)"]]);
  const [{ start, end }] = unions(drawn.lanes, all(drawn));
  assert.deepEqual([...start], [0, 20]);
  assert.deepEqual([...end], [10, 50]);
});

test("unfinished spans and instants keep no lane busy", () => {
  const drawn = trace([["a(0..10) b(20..20) c(30..)"], ["d(0..100)"]]);
  const [{ start, end }] = unions(drawn.lanes, all(drawn));
  assert.deepEqual([[...start], [...end]], [[0], [10]]);
});

test("a summarised lane is busy as its raster says, not as its longest spans do", () => {
  const [lane] = trace([["a(0..5) b(2000..2001)"]]).lanes;
  const raster = { first: -24, width: 1024, key: Int32Array.of(1, 0, 2, 1), share: Uint8Array.of(51, 0, 255, 102) };
  const summarised = { ...lane, isSummarised: true, raster };
  const drawn = (/** @type {number[]} */ ...keys) => {
    const { start, end } = busyOf(summarised, Uint8Array.from(keys));
    return [...start].map((from, index) => [from, Math.round(end[index] - from)]);
  };
  assert.deepEqual(drawn(1, 1), [[0, 205], [2024, 1024], [3048, 410]]);
  assert.deepEqual(drawn(0, 1), [[2024, 1024]]);
  assert.deepEqual(busyOf(lane, Uint8Array.of(1, 1)).start.length, 2);
});

test("of a moment lanes and spans are counted, a span from its start until before its end", () => {
  const { lanes, keys } = trace([["a(0..10) b(20..40)", "c(2..5) d(30..50)"], ["a(5..30) c(35..35) b(38..)"]]);
  const every = new Uint8Array(keys.length).fill(1);
  const found = [-1, 0, 2, 4.5, 5, 9, 10, 25, 30, 35, 39, 50].map((time) => Object.values(runningAt(lanes, time, every, keys)).join(" "));
  assert.deepEqual(found, ["0 0 0 0", "1 0 1 0", "1 0 2 0", "1 0 2 0", "2 0 2 0", "2 0 2 0", "1 0 1 0", "2 0 2 0", "1 0 2 0", "1 0 2 0", "1 0 2 1", "0 0 0 1"]);
  const withoutA = Uint8Array.from(keys, (_, key) => Number(key > 0));
  assert.deepEqual(runningAt(lanes, 4, withoutA, keys), { busy: 1, waiting: 0, spans: 1, unfinished: 0 });
});

test("of a moment the lanes are counted whose innermost span is a declared wait", () => {
  const { lanes, keys } = trace([["a(0..10)", "w~(2..8)", "b(4..6)"], ["w~(0..5)", "a(0..3)"], ["w~(1..)"]]);
  const every = new Uint8Array(keys.length).fill(1);
  const waiting = [0, 1, 2, 3, 4, 5, 6, 8].map((time) => runningAt(lanes, time, every, keys).waiting);
  assert.deepEqual(waiting, [0, 0, 1, 2, 1, 0, 1, 0]);
});

test("of a moment as many lanes are busy as in the shortest bin there", () => {
  const next = random(17);
  for (let round = 0; round < 40; round += 1) {
    const drawn = trace([[randomTrack(next, 12), randomTrack(next, 12)], [randomTrack(next, 12)]]);
    const busy = binned(unions(drawn.lanes, all(drawn)), 0, drawn.wall, drawn.wall);
    busy.forEach((mean, time) => assert.equal(runningAt(drawn.lanes, time, all(drawn), drawn.keys).busy, Math.round(mean), `round ${round}, ${time} ns`));
  }
});

test("bins hold the mean number of busy lanes", () => {
  const drawn = trace([["a(0..15)"], ["b(10..40)"]]);
  const busy = unions(drawn.lanes, all(drawn));
  assert.deepEqual([...binned(busy, 0, 40, 4)], [1, 1.5, 1, 1]);
  assert.deepEqual([...binned(busy, 5, 25, 2)], [1.5, 1]);
  assert.deepEqual([...binned(busy, 100, 120, 2)], [0, 0]);
});

/**
 * The stretches of a lane's nanoseconds in which a span is open, looked at one by one.
 * @param {readonly import("#page/trace/data.js").Track[]} tracks
 * @param {Uint8Array} shown
 * @param {number} wall
 */
function naive(tracks, shown, wall) {
  const busy = new Uint8Array(wall + 1);
  for (const { start, end, key, unfinished } of tracks)
    start.forEach((from, span) => {
      if (span !== unfinished && shown[key[span]]) busy.fill(1, from, end[span]);
    });
  /** @param {number} state @param {number} time */
  const turns = (state, time) => busy[time] === state && (busy[time - 1] ?? 0) !== state;
  const times = Array.from(busy, (_, time) => time);
  return {
    start: times.filter((time) => turns(1, time)),
    end: times.filter((time) => turns(0, time)),
  };
}

test("unions are those of the naive twin, however many tracks a lane has", () => {
  const next = random(32);
  for (let round = 0; round < 100; round += 1) {
    const tracks = Array.from({ length: 1 + Math.floor(next() * 8) }, () =>
      randomTrack(next, 1 + Math.floor(next() * 12)),
    );
    const drawn = trace([tracks]);
    const shown = Uint8Array.from(drawn.keys, () => Number(next() < 0.8));
    const [{ start, end }] = unions(drawn.lanes, shown);
    const found = { start: [...start], end: [...end] };
    assert.deepEqual(found, naive(drawn.lanes[0].tracks, shown, drawn.wall), `round ${round}`);
  }
});

test("twenty thousand tracks of a span each are looked at once, not once per span", () => {
  const count = 20_000;
  let looks = 0;
  const tracks = Array.from({ length: count }, (_, index) => {
    const start = Float64Array.of((index * 7919) % count); // no order of time
    return {
      get start() {
        looks += 1;
        return start;
      },
      end: Float64Array.of(start[0] + (start[0] % 2 === 0 ? 1.5 : 0.25)),
      key: Int32Array.of(0),
      instants: new Int32Array(),
      unfinished: -1,
    };
  });
  const [{ start, end }] = unions([{ tracks }], Uint8Array.of(1));
  assert.equal(start.length, count / 2);
  assert.ok(start.every((from, index) => from === 2 * index && end[index] === from + 1.5));
  assert.ok(looks <= 4 * count, `${looks} looks at ${count} tracks`);
});

test("they agree with looking at every nanosecond, whatever the window and the tasks", () => {
  const next = random(31);
  for (let round = 0; round < 60; round += 1) {
    const drawn = trace(Array.from({ length: 4 }, () => [randomTrack(next, 30), randomTrack(next, 20)]));
    const shown = Uint8Array.from(drawn.keys, () => Number(next() < 0.8));
    const busy = unions(drawn.lanes, shown);
    const start = Math.floor(next() * drawn.wall) - 10;
    const count = 1 + Math.floor(next() * 20);
    const width = 1 + Math.floor(next() * 30);
    const found = binned(busy, start, start + count * width, count);
    const lanes = drawn.lanes.map(({ tracks }) =>
      tracks.flatMap((track) =>
        Array.from(track.start, (from, span) => ({
          from,
          to: track.end[span],
          on: shown[track.key[span]] && span !== track.unfinished,
        })),
      ),
    );
    found.forEach((mean, bin) => {
      let sum = 0;
      for (let time = start + bin * width; time < start + (bin + 1) * width; time += 1) {
        sum += lanes.filter((spans) =>
          spans.some(({ from, to, on }) => on && from <= time && time < to),
        ).length;
      }
      assert.ok(
        Math.abs(mean - sum / width) < 1e-9,
        `round ${round}, bin ${bin}: ${mean}, not ${sum / width}`,
      );
    });
  }
});

test("wider bins hold the same busy time", () => {
  const bins = { first: -4, width: 8, busy: [4, 8, 16, 0, 8] };
  assert.deepEqual([...rebinned(bins, -4, 36, 5)], [0.5, 1, 2, 0, 1]);
  const next = random(8);
  for (let round = 0; round < 50; round += 1) {
    const count = 1 + Math.floor(next() * 9);
    const start = -4 - Math.floor(next() * 10);
    const end = 36 + Math.floor(next() * 10);
    const sum = rebinned(bins, start, end, count).reduce(
      (total, mean) => total + mean * ((end - start) / count),
      0,
    );
    assert.ok(Math.abs(sum - 36) < 1e-9, `${sum}`);
  }
});
