// Where rows and their labels stand, in any room.

import assert from "node:assert/strict";
import { test } from "node:test";

import { desired, HIGHEST, labels, bandAt, layout, readable, rowAt, struck, visible } from "#page/chart/rows.js";
import { random } from "./helper.js";

/** @param {number[]} tracks of each band @param {number} [perSection] */
function bands(tracks, perSection = 3) {
  return tracks.map((count, band) => ({
    section: Math.floor(band / perSection),
    tracks: Array(count).fill(null),
  }));
}

test("where there is room rows are 20 px high and the content is as high as desired", () => {
  const some = bands([1, 2, 1, 1]);
  const { rows, pitch, height } = layout(some, desired(some));
  assert.equal(pitch, HIGHEST);
  assert.equal(height, desired(some));
  assert.deepEqual(
    rows.map(({ band, track }) => [band, track]),
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [2, 0],
      [3, 0],
    ],
  );
});

test("rows shrink to fit, and scroll only when 3 px are too many", () => {
  for (const count of [1, 5, 20, 64, 100, 400, 2000]) {
    const many = bands(Array(count).fill(1));
    for (const room of [120, 480, 1200]) {
      const { pitch, height } = layout(many, room);
      assert.ok(pitch >= 3 && pitch <= HIGHEST);
      if (height > room) assert.equal(pitch, 3, `${count} bands in ${room} px`);
      if (pitch > 3) assert.ok(height <= room);
    }
  }
});

test("rows by task keep names in bars and a label for every band, and scroll", () => {
  const many = bands(Array(100).fill(1));
  const placed = layout(many, 480, readable(many, 480));
  assert.ok(placed.pitch === 12 && placed.height > 480);
  for (let scroll = 0; scroll < placed.height - 480; scroll += 31) {
    const { from, to } = visible(placed, scroll + 6, 480 - 12);
    const shown = labels(placed, many, scroll, 480, 13).bands.map(({ index }) => index);
    for (const { band } of placed.rows.slice(from + 2, to - 2)) assert.ok(shown.includes(band), `${band} at ${scroll}`);
  }
});

test("rows by task are low enough that the highest band is seen whole, and no lower than 3 px", () => {
  assert.deepEqual(
    [1, 40, 60, 100, 1000].map((tracks) => readable(bands([1, tracks]), 480)),
    [12, 12, 8, 4, 3],
  );
  const few = bands([1, 2]);
  assert.equal(layout(few, 480, readable(few, 480)).pitch, HIGHEST);
});

test("rows and sections never overlap and stand in order", () => {
  const next = random(3);
  const many = bands(
    Array.from({ length: 90 }, () => Math.floor(next() * 4)),
    4,
  );
  for (const room of [150, 600, 3000]) {
    const { rows, bar, sections, height } = layout(many, room);
    rows.forEach(({ top }, index) => assert.ok(index === 0 || top > rows[index - 1].top + bar - 1));
    assert.ok(rows[rows.length - 1].top + bar <= height);
    assert.equal(sections.length, 23);
    for (const section of sections)
      assert.ok(
        rows.every(({ top }) => section < top || section >= top + bar),
        `${section}`,
      );
  }
});

test("the rows in view are those that show a pixel", () => {
  const next = random(4);
  const { rows, bar, ...rest } = layout(bands(Array(200).fill(1)), 300);
  for (let round = 0; round < 200; round += 1) {
    const [scroll, room] = [Math.floor(next() * 700), Math.floor(next() * 300)];
    const { from, to } = visible({ rows, bar, ...rest }, scroll, room);
    const naive = rows.flatMap(({ top }, index) =>
      top + bar > scroll && top < scroll + room ? [index] : [],
    );
    assert.deepEqual(
      Array.from({ length: to - from }, (_, index) => from + index),
      naive,
      `${scroll} ${room}`,
    );
  }
});

test("a height finds its row, and none between bands", () => {
  const placed = layout(bands([2, 1]), 1000);
  assert.equal(rowAt(placed, placed.rows[0].top), 0);
  assert.equal(rowAt(placed, placed.rows[1].top - 1), 0);
  assert.equal(rowAt(placed, placed.rows[1].top), 1);
  assert.equal(rowAt(placed, placed.rows[2].top - 1), -1);
  assert.equal(rowAt(placed, placed.rows[0].top - 1), -1);
  assert.equal(rowAt(placed, 1e6), -1);
});

test("labels never overlap, never stand on a line, and stay in the view", () => {
  const distance = 14;
  for (const count of [1, 19, 64, 300, 2000]) {
    const many = bands(Array(count).fill(1), 8);
    for (const room of [200, 480]) {
      const placed = layout(many, room);
      for (let scroll = 0; scroll <= Math.max(0, placed.height - room); scroll += 37) {
        const found = labels(placed, many, scroll, room, distance);
        for (const list of [found.bands, found.processes]) {
          list.forEach(({ middle }, index) => {
            assert.ok(index === 0 || middle - list[index - 1].middle >= distance);
            assert.ok(middle >= scroll && middle <= scroll + room);
          });
        }
        if (scroll > 0) continue; // a label kept at the edge may stand near a line for a moment
        for (const { middle } of found.processes)
          assert.ok(
            placed.sections.every((line) => Math.abs(line - middle) > distance / 2),
            `${count} ${middle}`,
          );
      }
    }
  }
});

test("where they fit every band and every process has its label, at the process's first band", () => {
  const some = bands([1, 3, 1, 1, 1], 3);
  const placed = layout(some, 1000);
  const found = labels(placed, some, 0, 1000, 14);
  assert.deepEqual(
    found.bands.map(({ index }) => index),
    [0, 1, 2, 3, 4],
  );
  assert.deepEqual(
    found.processes.map(({ index }) => index),
    [0, 1],
  );
  assert.equal(found.processes[1].middle, found.bands[3].middle);
});

test("rows give up air before they are too low for names", () => {
  const many = bands([...Array(18).fill(2), 1], 3);
  const { pitch, height } = layout(many, 508);
  assert.ok(pitch >= 12 && height <= 508, `${pitch}`);
});

test("where processes are lower than their labels, these stand on their rows and no line strikes them", () => {
  const many = bands(Array(400).fill(1), 1);
  const placed = layout(many, 480);
  const found = labels(placed, many, 0, 480, 13);
  assert.deepEqual(found.bands, found.processes);
  const lines = struck(placed.sections, found, 13);
  for (const { index, middle } of found.processes.slice(1)) {
    assert.equal(middle, placed.bandTop[index] + placed.pitch / 2);
    for (const line of placed.sections) assert.equal(lines.has(line) || Math.abs(line - middle) >= 6.5, true);
  }
  assert.ok([...lines].every((line) => found.processes.some(({ middle }) => Math.abs(line - middle) < 6.5)));
});

test("no band has a label whose section has none", () => {
  for (const count of [2, 3, 5]) {
    const many = bands(Array(300).fill(1), count);
    const placed = layout(many, 480);
    const found = labels(placed, many, 0, 480, 13);
    const named = new Set(found.processes.map(({ index }) => index));
    assert.ok(found.bands.every(({ index }) => named.has(many[index].section)));
  }
});

test("every place beside the rows stands for a band, that of a label for its own", () => {
  const many = bands(Array(400).fill(1), 1);
  const placed = layout(many, 480);
  const { bands: shown } = labels(placed, many, 0, 480, 13);
  for (const { index, middle } of shown)
    for (const y of [middle - 6, middle, middle + 6]) assert.equal(bandAt(placed, many, shown, y, 13), index);
  const some = bands([1, 2, 1]);
  const wide = layout(some, 1000);
  assert.equal(bandAt(wide, some, [], 0, 13), 0);
  assert.equal(bandAt(wide, some, [], wide.bandTop[1] - 1, 13), 1);
  assert.equal(bandAt(wide, some, [], wide.bandTop[2] - 1, 13), 2);
  assert.equal(bandAt(wide, some, [], 1e6, 13), 2);
});

test("the first band of a side keeps room for its label and its strip, however low the rows are", () => {
  const side = (/** @type {number} */ index) => ({ section: index * 10, tracks: [], side: index });
  const lanes = (/** @type {number} */ from) => Array.from({ length: 60 }, (_, lane) => ({ section: from + Math.floor(lane / 12), tracks: [null] }));
  const both = [side(0), ...lanes(1), side(1), ...lanes(11)];
  const placed = layout(both, 240);
  assert.ok(placed.pitch < 12 && placed.height > 240);
  for (const band of [0, 61]) {
    assert.equal(placed.bandTop[band + 1] - placed.bandTop[band] >= 16, true, `${band}`);
    const scroll = Math.max(0, placed.bandTop[band] - 40);
    assert.ok(labels(placed, both, scroll, 240, 13).processes.some(({ index }) => index === both[band].section), `${band}`);
  }
});
