// The raster against a plain computation, its pixels, and when it is drawn.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createArrangements } from "#page/chart/arrangement.js";
import { INSTANT, UNFINISHED } from "#page/chart/boxes.js";
import { createColours, pixels } from "#page/chart/mosaic.js";
import { channels, mixed, paint, strength } from "#page/view/palette.js";
import { binWidth, cellAt, createRaster } from "#page/chart/raster.js";
import { layout } from "#page/chart/rows.js";
import { sceneOf } from "#page/chart/scene.js";
import { random, randomTrack, trace, tracksOf } from "./helper.js";

/** @typedef {import("#page/chart/boxes.js").View} View */
/** @typedef {import("#page/chart/boxes.js").Masks} Masks */

/**
 * The cells of a window by looking at every span: start, key, share, instant and whether it is faint.
 * @param {import("#page/trace/data.js").Track} track
 * @param {View} view
 * @param {Masks} masks
 */
function plain({ start, end, key, unfinished }, view, masks) {
  const width = binWidth(view);
  const out = [];
  for (let bin = Math.floor(view.start / width); bin <= Math.floor(view.end / width); bin += 1) {
    for (const [keys, faint] of /** @type {const} */ ([[masks.bright, 0], [masks.faint, 1]])) {
      /** @type {number[]} */
      const busy = [];
      /** @type {number[]} */
      const instants = [];
      start.forEach((from, span) => {
        const of = key[span];
        if (span === unfinished || !keys?.[of]) return;
        const inside = Math.min(end[span], (bin + 1) * width) - Math.max(from, bin * width);
        if (inside > 0) busy[of] = (busy[of] ?? 0) + inside;
        if (from === end[span] && Math.floor(from / width) === bin) instants[of] = (instants[of] ?? 0) + 1;
      });
      if (busy.length === 0 && instants.length === 0) continue;
      const share = busy.reduce((sum, ns) => sum + ns, 0) / width;
      out.push([bin * width, greatest(busy), Math.fround(share), greatest(instants), faint]);
      break;
    }
  }
  return out;
}

/** The first index of the greatest value, or -1. @param {number[]} values */
function greatest(values) {
  return values.reduce((best, value, index) => (best < 0 || value > values[best] ? index : best), -1);
}

/**
 * The cells that have a part in the window.
 * @param {readonly import("#page/chart/raster.js").Cells[]} tiles
 * @param {View} view
 */
const rowsOf = (tiles, { start: from, end: to }) =>
  tiles.flatMap(({ width, start, key, share, instant, faint }) =>
    Array.from(start, (_, cell) => [start[cell], key[cell], share[cell], instant[cell], faint[cell]]).filter(
      ([at]) => at + width > from && at <= to,
    ),
  );

test("cells are those of a plain computation at every zoom, with tasks switched off, with some standing back", () => {
  const next = random(41);
  for (let round = 0; round < 20; round += 1) {
    const drawn = trace([[randomTrack(next, 600 + Math.floor(next() * 1000))]]);
    const [track] = tracksOf(drawn);
    for (let zoom = 0; zoom < 6; zoom += 1) {
      const start = next() * drawn.wall - 50;
      const view = { start, end: start + 20 + next() ** 4 * 1.2 * drawn.wall, width: 20 + Math.floor(next() * 80) };
      const bright = Uint8Array.from(drawn.keys, () => Number(next() < 0.6));
      const faint = bright.map((own) => (own === 0 && next() < 0.5 ? 1 : 0));
      const masks = { bright, faint: zoom % 2 === 0 ? faint : null };
      const raster = createRaster(drawn.keys.length);
      // Whatever was shown before is of no account.
      for (const by of [0, 0.3, 5, -0.1]) {
        const length = view.end - view.start;
        const moved = { ...view, start: view.start + by * length, end: view.end + by * length };
        assert.deepEqual(rowsOf(raster.cellsOf(track, moved, masks), moved), plain(track, moved, masks));
      }
      const others = { bright: faint, faint: null };
      assert.deepEqual(rowsOf(raster.cellsOf(track, view, others), view), plain(track, view, others));
    }
  }
});

test("a cell is one to two pixels wide, and never less than a nanosecond", () => {
  const next = random(42);
  for (let round = 0; round < 200; round += 1) {
    const view = { start: 0, end: 2 ** (4 + next() * 50), width: 100 + Math.floor(next() * 3000) };
    const px = (binWidth(view) * view.width) / view.end;
    assert.ok(binWidth(view) === 1 ? px >= 1 : px >= 1 && px < 2, `${px} px`);
  }
});

test("a cell is the colour of its longest task, the stronger the busier it is", () => {
  const drawn = trace([["a(0..60) b(60..90) a(100..101) b(200..300)"]]);
  const painted = paint(drawn, "light");
  const view = { start: 0, end: 4 * 128, width: 4 };
  const all = { bright: Uint8Array.of(1, 1), faint: null };
  const cells = createRaster(2).cellsOf(tracksOf(drawn)[0], view, all);
  const { data, width } = pixels([{ top: 0, height: 10, cells }], view, createColours(painted));
  assert.equal(width, 4);
  const expected = [[0, 91], [1, 56], [1, 44]].map(([key, ns]) => [
    ...channels(mixed(painted.fill[key], painted.background, strength(ns / 128))),
    255,
  ]);
  const found = [0, 1, 2, 3].map((x) => [...data.slice(4 * x, 4 * x + 4)]);
  assert.deepEqual(found, [...expected, [0, 0, 0, 0]]);
});

test("what is busy for a hundredth of a cell is seen on both pages", () => {
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    const drawn = trace([Array.from({ length: 12 }, (_, index) => `t${index}(0..1)`)]);
    const { fill, background } = paint(drawn, scheme);
    for (const color of fill) {
      const [seen, under] = [channels(mixed(color, background, strength(0.01))), channels(background)];
      const apart = Math.hypot(...seen.map((part, at) => part - under[at]));
      assert.ok(apart > 35, `${color} on ${background}: ${apart}`);
    }
  }
});

test("panning moves the pixels and changes none", () => {
  const next = random(43);
  const drawn = trace([[randomTrack(next, 3000)]]);
  const [track] = tracksOf(drawn);
  const all = { bright: new Uint8Array(drawn.keys.length).fill(1), faint: null };
  /** @param {number} start */
  const line = (start) => {
    const view = { start, end: start + drawn.wall / 2, width: 200 };
    const cells = createRaster(drawn.keys.length).cellsOf(track, view, all);
    return pixels([{ top: 0, height: 1, cells }], view, createColours(paint(drawn, "light"))).data;
  };
  const px = drawn.wall / 400;
  const from = drawn.wall / 5;
  const still = line(from);
  for (const by of [0.3, 1, 7.6, 20.2]) {
    const moved = line(from + by * px);
    const shift = 4 * (Math.round((from + by * px) / px) - Math.round(from / px));
    assert.deepEqual(moved.slice(0, still.length - shift), still.slice(shift), `by ${by} px`);
  }
});

test("instants are ticks, and those that stand alone have their place to the nanosecond", () => {
  const busy = Array.from({ length: 30_000 }, (_, index) => `a(${index * 10}..${index * 10 + 9})`);
  busy[10_000] += " hit(100009..100009)";
  const drawn = trace([[busy.join(" ")]]);
  const scene = sceneIn(drawn, { start: 0, end: 300_000, width: 1000 });
  assert.equal(scene.mode, "raster");
  const { span, kind, left, right } = scene.boxes;
  assert.deepEqual([span.length, kind[0], (left[0] + right[0]) / 2], [1, INSTANT, 100_009 / 300]);
});

test("up to 1,000 spans are bars, up to 20,000 rectangles, more are a raster", () => {
  const drawn = trace([[Array.from({ length: 30_000 }, (_, index) => `a(${index * 10}..${index * 10 + 9})`).join(" ")]]);
  const modes = [1000, 1001, 20_000, 20_001].map((count) => {
    const { mode, spans } = sceneIn(drawn, { start: 5, end: count * 10 - 5, width: 1000 });
    return [mode, spans];
  });
  assert.deepEqual(modes, [["bars", 1000], ["canvas", 1001], ["canvas", 20_000], ["raster", 20_001]]);
});

test("a row of few spans stays exact beside one of many, and what never ended is drawn", () => {
  const many = Array.from({ length: 30_000 }, (_, index) => `a(${index * 10}..${index * 10 + 9})`).join(" ");
  const drawn = trace([[`${many} hang(299999..)`, "b(0..100000) c(100000..299999)"]]);
  const scene = sceneIn(drawn, { start: 0, end: 400_000, width: 1000 });
  assert.equal(scene.lines.length, 1);
  const { row, span, kind } = scene.boxes;
  assert.deepEqual([row, span, kind], [[0, 1, 1], [30_000, 0, 1], [UNFINISHED, 0, 0]]);
});

test("tasks that are switched off count in no mode", () => {
  const many = Array.from({ length: 60_000 }, (_, index) => `${index % 100 === 0 ? "b" : "a"}(${index * 10}..${index * 10 + 9})`);
  const drawn = trace([[many.join(" ")]]);
  const scene = sceneIn(drawn, { start: 0, end: 600_000, width: 1000 }, Uint8Array.of(1, 0));
  assert.deepEqual([scene.mode, scene.spans, scene.boxes.span.length], ["bars", 600, 600]);
});

test("a summarised lane shows its summary behind its spans at any zoom", () => {
  const drawn = trace([["long(0..4000)"], ["a(0..10)"]]);
  const summary = { first: 0, width: 1024, key: Int32Array.of(1, 0, 2, 2), share: Uint8Array.of(51, 0, 102, 255) };
  Object.assign(drawn.lanes[0], { raster: summary, isSummarised: true });
  const near = sceneIn(drawn, { start: 1000, end: 1100, width: 1000 });
  assert.deepEqual([near.mode, near.boxes.span.length, near.lines.length], ["bars", 1, 1]);
  assert.deepEqual(rowsOf(near.lines[0].cells, { start: 1000, end: 1020, width: 200 }), [[0, 0, Math.fround(0.2), -1, 0]]);
  const { summaryCells } = createRaster(2);
  const view = { start: 0, end: 8192, width: 2 };
  const far = summaryCells(summary, view, { bright: Uint8Array.of(1, 1), faint: null });
  assert.deepEqual(rowsOf(far, view), [[0, 1, Math.fround((0.2 + 0.4 + 1) / 4), -1, 0]]);
  const off = summaryCells(summary, { start: 0, end: 4095, width: 4 }, { bright: Uint8Array.of(0, 1), faint: null });
  assert.deepEqual(off.flatMap(({ start }) => [...start]), [2048, 3072]);
  const [inside, idle] = [3000, 1500].map((time) => cellAt(far, time) && cellAt(off, time));
  assert.deepEqual([inside, idle], [{ start: 2048, width: 1024, key: 1, share: Math.fround(0.4) }, null]);
});

/**
 * @param {import("#page/trace/data.js").Trace} drawn
 * @param {View} view
 * @param {Uint8Array} [shownKeys]
 */
function sceneIn(drawn, view, shownKeys = new Uint8Array(drawn.keys.length).fill(1)) {
  const { bands } = createArrangements(drawn).arrangement("lanes", new Set(), new Set());
  const placed = layout(bands, 500);
  const range = { from: 0, to: placed.rows.length };
  const nothing = { match: null, problem: "", isSearching: false, load: () => null };
  const emphasis = { ...nothing, shownKeys, trace: drawn, masksOf: () => ({ bright: shownKeys, faint: null }) };
  const look = { trace: drawn, paint: paint(drawn, "light"), measure: (/** @type {string} */ text) => text.length * 6 };
  return sceneOf(bands, placed, range, view, emphasis, createRaster(drawn.keys.length), look);
}
