// The time axis at every zoom, from years to a nanosecond.

import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, date, ELAPSED, stamp, ticks } from "#page/trace/scale.js";

const SECOND = 1e9;
const HOUR = 3600 * SECOND;
const WIDTH = 1000;
/** @type {import("#page/trace/scale.js").Zone} */
const CHINA = { origin: 1795185798_123456789n, name: "Asia/Shanghai", offsets: [[0, 8 * 3600]] };

/** @param {string} text */
const measure = (text) => text.length * 6;

/** @param {number} start @param {number} end @param {import("#page/trace/scale.js").Zone} [zone] */
function at(start, end, zone = CHINA) {
  return ticks(start, end, WIDTH, zone, measure);
}

/** @param {import("#page/trace/scale.js").Ticks} axis */
const whole = ({ texts, prefix }) =>
  texts.map((text) => prefix.replace("…", "") + text.replace("…", "\u202f"));

test("at every zoom labels are distinct, apart, in the window and on round times", () => {
  for (const middle of [0, 12.5 * SECOND, 36 * HOUR + 7]) {
    for (let length = 10; length < 4e17; length *= 1.7) {
      const [start, end] = [middle - length / 2, middle + length / 2];
      const axis = at(start, end);
      const name = `${length} ns around ${middle}`;
      assert.ok(axis.values.length >= 2, `${name}: ${axis.values.length} ticks`);
      assert.equal(new Set(axis.texts).size, axis.texts.length, `${name}: ${axis.texts}`);
      axis.values.forEach((value, index) => {
        assert.ok(value >= start && value <= end, name);
        if (index === 0) return;
        const distance = ((value - axis.values[index - 1]) / length) * WIDTH;
        assert.ok(
          distance >= (measure(axis.texts[index]) + measure(axis.texts[index - 1])) / 2 + 10,
          `${name}: ${axis.texts}`,
        );
      });
    }
  }
});

test("seconds are whole seconds of the clock", () => {
  const axis = at(0, 8 * SECOND);
  assert.deepEqual(axis.texts, [
    "22:43:19",
    "22:43:20",
    "22:43:21",
    "22:43:22",
    "22:43:23",
    "22:43:24",
    "22:43:25",
    "22:43:26",
  ]);
  assert.equal(axis.values[0], SECOND - 123_456_789);
  assert.equal(axis.date, "2026-11-20");
});

test("at a microsecond every label is exact to the ns and the common part stands once", () => {
  const start = 1_900_000_200;
  const axis = at(start, start + 1000);
  assert.equal(axis.prefix, "22:43:20.023\u202f457…");
  assert.deepEqual(axis.texts.slice(0, 3), ["…000", "…050", "…100"]);
  axis.values.forEach((value, index) => assert.equal(clock(CHINA, value, 9), whole(axis)[index]));
});

test("at ten nanoseconds two ticks are a nanosecond apart", () => {
  const axis = at(5, 15);
  assert.deepEqual(axis.values, [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
  assert.deepEqual(axis.texts.slice(0, 2), ["…794", "…795"]);
  assert.equal(axis.prefix, "22:43:18.123\u202f456…");
});

test("a window over the end of a second shares no prefix", () => {
  const end = SECOND - 123_456_789;
  const axis = at(end - 500, end + 500);
  assert.equal(axis.prefix, "");
  assert.equal(new Set(axis.texts).size, axis.texts.length);
  assert.ok(axis.texts.includes("22:43:19.000\u202f000\u202f000"), axis.texts.join());
});

test("days are named where a window has more than one", () => {
  assert.deepEqual(at(0, 5 * HOUR).texts, [
    "11-20 23:00",
    "11-20 23:30",
    "11-21 00:00",
    "11-21 00:30",
    "11-21 01:00",
    "11-21 01:30",
    "11-21 02:00",
    "11-21 02:30",
    "11-21 03:00",
    "11-21 03:30",
  ]);
  assert.equal(at(0, 5 * HOUR).date, "2026");
  assert.deepEqual(at(0, 30 * 24 * HOUR).texts.slice(0, 3), ["2026-11-23", "2026-11-28", "2026-12-03"]);
});

test("an hour that comes twice is told apart by its offset", () => {
  // 2026-10-25 00:00 UTC; Berlin goes back from 03:00 +02:00 to 02:00 +01:00 an hour later.
  /** @type {import("#page/trace/scale.js").Zone} */
  const berlin = {
    origin: 1792886400_000000000n,
    name: "Europe/Berlin",
    offsets: [
      [0, 7200],
      [HOUR, 3600],
    ],
  };
  const axis = ticks(0, 2 * HOUR, 600, berlin, measure);
  assert.deepEqual(axis.texts, [
    "02:00 +02:00",
    "02:30 +02:00",
    "02:00 +01:00",
    "02:30 +01:00",
    "03:00 +01:00",
  ]);
  assert.deepEqual(axis.values, [0, HOUR / 2, HOUR, 1.5 * HOUR, 2 * HOUR]);
  assert.equal(clock(berlin, HOUR - 1, 0), "02:59:59");
  assert.equal(clock(berlin, HOUR, 0), "02:00:00");
});

test("noon and midnight stay so when the offset changes", () => {
  /** @type {import("#page/trace/scale.js").Zone} */
  const berlin = {
    origin: 1792879200_000000000n,
    name: "Europe/Berlin",
    offsets: [
      [0, 7200],
      [3 * HOUR, 3600],
    ],
  };
  const { values } = at(0, 72 * HOUR, berlin);
  assert.deepEqual(
    values,
    [0, 13, 25, 37, 49, 61].map((hours) => hours * HOUR),
  );
});

test("times before 1970 and before the trace are right", () => {
  /** @type {import("#page/trace/scale.js").Zone} */
  const old = { origin: -1n, name: "UTC", offsets: [[0, 0]] };
  assert.equal(clock(old, 0, 9), "23:59:59.999\u202f999\u202f999");
  assert.equal(date(old, 0), "1969-12-31");
  assert.equal(date(old, 1), "1970-01-01");
  assert.equal(clock(CHINA, -0.5, 9), "22:43:18.123\u202f456\u202f788");
});

test("a moment is stamped as a record has it, in its own offset", () => {
  assert.equal(stamp(CHINA, 0), "2026-11-20T22:43:18.123456789+08:00");
  assert.equal(stamp(CHINA, 1_876_543_211), "2026-11-20T22:43:20.000000000+08:00");
  /** @type {import("#page/trace/scale.js").Zone} */
  const zone = {
    ...CHINA,
    offsets: [
      [0, -5 * 3600],
      [10, -1800],
      [20, 20_700],
      [30, 0],
    ],
  };
  assert.deepEqual(
    [9, 10, 20, 30].map((since) => stamp(zone, since)),
    [
      "2026-11-20T09:43:18.123456798-05:00",
      "2026-11-20T14:13:18.123456799-00:30",
      "2026-11-20T20:28:18.123456809+05:45",
      "2026-11-20T14:43:18.123456819+00:00",
    ],
  );
});

test("a stamp's offset has no seconds, its moment is kept all the same", () => {
  const local = { origin: 0n, name: "LMT", offsets: /** @type {[number, number][]} */ ([[0, 29_143]]) };
  assert.equal(stamp(local, 1), "1970-01-01T08:05:00.000000001+08:05");
});

test("since the start, times are seconds, and from ten minutes on hours, minutes and seconds", () => {
  assert.equal(clock(ELAPSED, 1_500_000_000, 3), "1.500 s");
  assert.equal(clock(ELAPSED, -250_000_000, 2), "−0.25 s");
  assert.equal(clock(ELAPSED, 1, 9), "0.000\u202f000\u202f001 s");
  assert.equal(clock(ELAPSED, 599e9, 0), "599 s");
  assert.equal(clock(ELAPSED, 600e9, 0), "0:10:00");
  assert.equal(clock(ELAPSED, 36_061.5e9, 1), "10:01:01.5");
  assert.equal(clock(ELAPSED, 90_061e9, 0), "25:01:01");
  assert.equal(date(ELAPSED, 1e18), "");
});

test("ticks since the start are round, alike and have no date", () => {
  const short = ticks(-1e7, 1e9, 1000, ELAPSED, (text) => text.length * 6);
  assert.deepEqual(short.texts.slice(0, 3), ["0.0 s", "0.1 s", "0.2 s"]);
  assert.deepEqual([short.prefix, short.date], ["", ""]);
  const long = ticks(0, 7200e9, 1000, ELAPSED, (text) => text.length * 6);
  assert.deepEqual(long.texts.slice(0, 3), ["0:00:00", "0:10:00", "0:20:00"]);
});
