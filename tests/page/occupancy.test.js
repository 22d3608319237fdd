// The load of a window against adding up the lanes' busy stretches.

import assert from "node:assert/strict";
import { test } from "node:test";

import { loadIn, loadOf, meanAt, processLoadIn } from "#page/trace/occupancy.js";
import { finished } from "#page/trace/slices.js";
import { binned, random, randomTrack, trace, unions } from "./helper.js";

test("at every zoom it is the mean number of busy lanes, in bins of two to four pixels", () => {
  const next = random(61);
  for (let round = 0; round < 20; round += 1) {
    const lanes = Array.from({ length: 4 }, () => [randomTrack(next, 500), randomTrack(next, 100)]);
    const drawn = trace(lanes, [0, 0, 1, 1]);
    drawn.wall *= round % 2 === 0 ? 1 : 100; // bins wider than a nanosecond
    const shown = Uint8Array.from(drawn.keys, () => Number(next() < 0.8));
    const busy = unions(drawn.lanes, shown);
    const load = finished(loadOf(drawn, (lane) => busy[lane]));
    for (let zoom = 0; zoom < 8; zoom += 1) {
      const start = next() * drawn.wall - 50;
      const view = { start, end: start + 20 + next() ** 6 * 1.2 * drawn.wall, width: 50 + Math.floor(next() * 200) };
      const found = [loadIn(load, 4, view), processLoadIn(load, 1, [2, 3], view)];
      for (const [index, { first, width, means }] of found.entries()) {
        const px = (width * view.width) / (view.end - view.start);
        assert.ok(px >= 2 && px < 4, `${px} px`);
        assert.ok(first <= view.start && first + means.length * width >= view.end);
        const own = index === 0 ? busy : busy.slice(2);
        const expected = binned(own, first, first + means.length * width, means.length);
        means.forEach((mean, bin) => assert.ok(Math.abs(mean - expected[bin]) < 1e-6, `round ${round}: ${mean}`));
      }
    }
  }
});

test("at a moment the mean is that of the step drawn there", () => {
  const drawn = { x: [-8, 0, 8, 16], y: [0, 1.5, 3, 3] };
  const found = [-20, -8, -1, 0, 7.9, 8, 16, 40].map((time) => meanAt(drawn, time).mean);
  assert.deepEqual(found, [0, 0, 0, 1.5, 1.5, 3, 3, 3]);
  assert.equal(meanAt(drawn, 3).width, 8);
});
