// Spans as rows that spreadsheets and the report read.

import assert from "node:assert/strict";
import { test } from "node:test";

import { csv } from "#page/trace/csv.js";
import { complete, outline } from "#page/trace/data.js";
import { attribute, data, lane, NO_CELLS, random, randomSpans, trace, tracksOf } from "./helper.js";

/** @typedef {import("#page/trace/data.js").Trace} Trace */

const HEADER = "group,task,start,end,color,process,thread,duration_ns";

/**
 * @param {Trace} drawn
 * @param {number} [start]
 * @param {number} [end]
 * @param {(lane: number, key: number) => boolean} [keep]
 */
function rows(drawn, start = 0, end = drawn.wall, keep = () => true) {
  const text = csv(drawn, { start, end }, keep).join("");
  assert.ok(text.endsWith("\r\n"));
  const [header, ...lines] = text.slice(0, -2).split("\r\n");
  assert.equal(header, HEADER);
  return lines;
}

/**
 * The fields of a line, as RFC 4180 has them.
 * @param {string} line
 */
function fields(line) {
  const found = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)];
  assert.equal(found.map(([whole]) => whole).join(""), line);
  return found.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain);
}

test("a row says what ran, when, where and for how long", () => {
  const drawn = trace([["save!(0..1500) zip/pack(2000..)"]]);
  drawn.zone = { ...drawn.zone, offsets: [[0, 8 * 3600]] };
  const start = "2026-11-20T22:43:18.123456789+08:00";
  assert.deepEqual(rows(drawn), [
    `group,save,${start},2026-11-20T22:43:18.123458289+08:00,#ff0000,p0 · 100,l0,1500`,
    "zip,pack,2026-11-20T22:43:18.123458789+08:00,,,p0 · 100,l0,",
  ]);
});

test("stamps are right on either side of a second and of a change of the clocks", () => {
  const drawn = trace([
    ["a(0..876543210) b(876543210..876543211) c(876543211..876543300)", "d(876543250..)"],
  ]);
  drawn.zone = { ...drawn.zone, offsets: [...drawn.zone.offsets, [876_543_211, 3600]] };
  assert.deepEqual(
    rows(drawn).map((line) => fields(line)[3]),
    ["14:43:18.999999999+00:00", "15:43:19.000000000+01:00", "15:43:19.000000089+01:00", ""].map(
      (end) => end && `2026-11-20T${end}`,
    ),
  );
});

test("a trace without a span has the header alone", () => {
  assert.deepEqual(
    csv(trace([]), { start: 0, end: 1 }, () => true),
    [`${HEADER}\r\n`],
  );
});

test("rows stand by lane, then by start, the outer span first", () => {
  const drawn = trace([["a(5..10)", "b(5..6) c(7..8)"], ["d(0..3)"]]);
  const tasks = rows(drawn).map((line) => fields(line)[1]);
  assert.deepEqual(tasks, ["a", "b", "c", "d"]);
});

test("only spans that touch the window and are kept have a row", () => {
  const drawn = trace([["a(0..10) b(10..20) c(20..20) d(25..30)"], ["e(0..)"]]);
  /** @param {string[]} lines */
  const tasks = (lines) => lines.map((line) => fields(line)[1]);
  assert.deepEqual(tasks(rows(drawn, 10, 20)), ["b", "c", "e"]);
  assert.deepEqual(tasks(rows(drawn, 0, 30, (lane) => lane === 1)), ["e"]);
  assert.deepEqual(tasks(rows(drawn, 0, 30, (_, key) => key !== 1)), ["a", "c", "d", "e"]);
});

test("names with commas and quotes are read again as they were, control characters as spaces", () => {
  const drawn = trace([["a(0..1) b(1..2) c(2..3) d(3..4)"]]);
  drawn.raw = ['g,"h"', "a,b", 'say "x"', "two\r\nlines\u0085", "名前 "];
  const tasks = rows(drawn).map((line) => fields(line).slice(0, 2));
  assert.deepEqual(tasks, [
    ['g,"h"', "a,b"],
    ['g,"h"', 'say "x"'],
    ['g,"h"', "two  lines "],
    ['g,"h"', "名前 "],
  ]);
});

test("no name is a formula to a spreadsheet", () => {
  const drawn = trace([["a(0..1) b(1..2) c(2..3) d(3..4) e(4..5) f(5..6)"]]);
  drawn.raw = ["@g", "=1+1", "+x", "-y", "\t=1", "\r=1", '=A1,"B"'];
  drawn.lanes[0].label = "=thread";
  drawn.processes[0].label = "-p";
  const found = rows(drawn).map(fields);
  assert.deepEqual(
    found.map(([, task]) => task),
    ["'=1+1", "'+x", "'-y", "' =1", "' =1", '\'=A1,"B"'],
  );
  assert.deepEqual([found[0][0], found[0][5], found[0][6]], ["'@g", "'-p · 100", "'=thread"]);
});

test("a process that has no id has its label alone", () => {
  const drawn = trace([["a(0..1)"]]);
  drawn.processes[0].id = "";
  assert.equal(fields(rows(drawn)[0])[5], "p0");
});

test("many rows come in pieces of a thousand, and none is lost", () => {
  const spans = Array.from({ length: 2500 }, (_, index) => `a(${index}..${index + 1})`).join(" ");
  const drawn = trace([[spans]]);
  const pieces = csv(drawn, { start: 0, end: drawn.wall }, () => true);
  assert.equal(pieces.length, 4);
  assert.equal(rows(drawn).length, 2500);
});

test("every span has its row, with its own times", () => {
  const next = random(46);
  for (let round = 0; round < 50; round += 1) {
    const spans = randomSpans(next, 20);
    const drawn = trace([lane(spans)]);
    const found = rows(drawn).map(fields);
    /** @param {string} stamp in UTC */
    const since = (stamp) => {
      const [second, digits] = stamp.replace("+00:00", "").split(".");
      return Number(BigInt(Date.parse(`${second}Z`)) * 1_000_000n + BigInt(digits) - drawn.zone.origin);
    };
    const times = found.map(([, , start, end, , , , duration]) => {
      if (end !== "") assert.equal(since(end) - since(start), Number(duration));
      return `${since(start)} ${end === "" ? Infinity : since(end)}`;
    });
    assert.deepEqual(times.sort(), spans.map(({ start, end }) => `${start} ${end}`).sort());
  }
});

/**
 * The lines of all spans with their attributes.
 * @param {string[][]} lanes
 * @param {Record<string, [number, string][]>} values of spans by their numbers
 * @param {(lane: number, key: number) => boolean} [keep]
 */
async function attributed(lanes, values, keep = () => true) {
  const plain = data(lanes);
  const all = Object.entries(values).map(([name, of]) => attribute(name, of));
  plain.attributes = all.map(({ shape }) => shape);
  const known = outline(plain, NO_CELLS, async () => all.map(({ decoded }) => decoded));
  const whole = complete(known, plain, tracksOf(trace(lanes)), []);
  return csv(whole, { start: 0, end: whole.wall }, keep, await whole.attributes.columns()).join("").slice(0, -2).split("\r\n");
}

test("each attribute has a column behind the others, and a span without it an empty cell", async () => {
  const lines = await attributed([["a(0..10) b(10..20)", "c(1..2) d(11..12)"], ["e(0..5)"]], {
    url: [[0, "a.png"], [2, "c.png"], [3, ""], [4, "e.png"]],
    bytes: [[1, "81233"], [4, "7"]],
  });
  assert.equal(lines[0], `${HEADER},url,bytes`);
  assert.deepEqual(
    lines.slice(1).map((line) => [fields(line)[1], ...fields(line).slice(8)]),
    [
      ["a", "a.png", ""],
      ["c", "c.png", ""],
      ["b", "", "81233"],
      ["d", "", ""],
      ["e", "e.png", "7"],
    ],
  );
});

test("attributes stay with their spans where others are left out", async () => {
  const lines = await attributed([["a(0..10) b(10..20) a(20..30)"]], { n: [[0, "0"], [1, "1"], [2, "2"]] }, (_, key) => key === 0);
  assert.deepEqual(lines.slice(1).map((line) => fields(line)[8]), ["0", "2"]);
});

test("an attribute that is named like another column gets a name of its own", async () => {
  const lines = await attributed([["a(0..10)"]], { start: [[0, "x"]], " Task": [[0, "y"]], "attribute.start": [[0, "z"]] });
  assert.deepEqual(fields(lines[0]).slice(8), ["attribute.attribute.start", "attribute. Task", "attribute.start"]);
});

test("no attribute is a formula to a spreadsheet, and none breaks its line", async () => {
  const lines = await attributed([["a(0..10)"]], { "=n": [[0, "=1+1"]], "x,\ny": [[0, 'a,"b"\r\nc']], "@": [[0, "-5+2"]] });
  assert.equal(lines.length, 2);
  assert.deepEqual(fields(lines[0]).slice(8), ["'=n", "x, y", "'@"]);
  assert.deepEqual(fields(lines[1]).slice(8), ["'=1+1", 'a,"b"  c', "'-5+2"]);
});

test("a number is no formula, whatever its sign", async () => {
  const numbers = ["-5", "+1", "-1e-3", "-.5", "+0", "-2.", "-1E9"];
  const formulas = ["-5+2", "-A1", "+", "-", "--5", "-5 ", "-0x10", "-Infinity", "-1e999", "-5,5", "- 5", "-.", "-5e"];
  const values = Object.fromEntries([...numbers, ...formulas].map((value, at) => [`n${at}`, /** @type {[number, string][]} */ ([[0, value]])]));
  const [, line] = await attributed([["a(0..10)"]], values);
  assert.deepEqual(fields(line).slice(8), [...numbers, ...formulas.map((value) => `'${value}`)]);
});

test("a declared wait has the colour `wait`, and known CPU times have a column", async () => {
  const lines = await attributed([["a(0..10)@7 w~(10..20) b!(20..30)@0"]], {});
  assert.equal(lines[0], `${HEADER},cpu`);
  assert.deepEqual(lines.slice(1).map((line) => fields(line).filter((_, at) => [1, 4, 8].includes(at))), [["a", "", "7ns"], ["w", "wait", ""], ["b", "#ff0000", "0ns"]]);
});

test("an attribute `cpu` that is no time has its values in the column of CPU times, else a column of its own", async () => {
  const values = /** @type {const} */ ({ cpu: [[1, "arm64"]], n: [[0, "1"]] });
  const both = await attributed([["a(0..10)@7 b(10..20)"]], /** @type {any} */ (values));
  assert.deepEqual(both.map((line) => fields(line).slice(8)), [["cpu", "n"], ["7ns", "1"], ["arm64", ""]]);
  const shared = await attributed([["a(0..10)@7 b(10..20)"]], { cpu: [[0, "arm64"], [1, "x86"]] });
  assert.deepEqual(shared.map((line) => fields(line).slice(8)), [["cpu", "attribute.cpu"], ["7ns", "arm64"], ["", "x86"]]);
  const alone = await attributed([["a(0..10) b(10..20)"]], /** @type {any} */ (values));
  assert.deepEqual(alone.map((line) => fields(line).slice(8)), [["cpu", "n"], ["", "1"], ["arm64", ""]]);
});
