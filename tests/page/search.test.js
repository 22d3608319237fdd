// What a query finds, and how much of it there is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { busyStretches } from "#page/trace/occupancy.js";
import { counted } from "#page/trace/search.js";
import { finished } from "#page/trace/slices.js";
import { lane, matchOf, random, randomSpans, trace } from "./helper.js";

/**
 * `lane:task` of the spans that match.
 * @param {import("#page/trace/data.js").Trace} drawn
 * @param {string} query
 */
function found(drawn, query) {
  const match = matchOf(drawn, query);
  assert.ok(match);
  return drawn.lanes.flatMap(({ tracks }, lane) =>
    tracks.flatMap(({ key }) =>
      Array.from(key).flatMap((own) =>
        match.maskOf(lane)[own] === 1 ? [`${lane}:${drawn.raw[drawn.keys[own].task]}`] : [],
      ),
    ),
  );
}

/**
 * @param {import("#page/trace/data.js").Trace} drawn
 * @param {import("#page/trace/search.js").Match} match
 * @param {Uint8Array} shown
 */
const count = (drawn, match, shown) => finished(counted(drawn, match, shown, busyStretches(drawn)));

const DRAWN = trace([["save(0..1) zip/pack(1..2)"], ["save(0..4)", "load(1..2)"], ["load(0..1)"]], [0, 1, 1]);

test("a blank query searches for nothing", () => {
  assert.equal(matchOf(DRAWN, ""), null);
  assert.equal(matchOf(DRAWN, " \t "), null);
});

test("a word is found in tasks, groups, lanes and processes, whatever its case", () => {
  assert.deepEqual(found(DRAWN, "SAV"), ["0:save", "1:save"]);
  assert.deepEqual(found(DRAWN, "zip"), ["0:pack"]);
  assert.deepEqual(found(DRAWN, "l2"), ["2:load"]);
  assert.deepEqual(found(DRAWN, "101"), ["1:save", "1:load", "2:load"]);
  assert.deepEqual(found(DRAWN, "process"), [], "what every process is called finds none");
  assert.deepEqual(found(DRAWN, "nowhere"), []);
});

test("every word must be found, each wherever it is", () => {
  assert.deepEqual(found(DRAWN, "load 101"), ["1:load", "2:load"]);
  assert.deepEqual(found(DRAWN, " l1  save "), ["1:save"]);
  assert.deepEqual(found(DRAWN, "save load"), []);
});

test("a word does not run from a task on into its group", () => {
  assert.deepEqual(found(DRAWN, "packzip"), []);
  assert.deepEqual(found(DRAWN, "zippack"), []);
});

test("names are found as they were recorded and as they are shown", () => {
  const drawn = trace([["a(0..1)"]]);
  drawn.raw = ["group", "x\u0001y"];
  drawn.names = ["group", "x␁y"];
  assert.deepEqual(found(drawn, "X\u0001Y"), ["0:x\u0001y"]);
  assert.deepEqual(found(drawn, "␁"), ["0:x\u0001y"]);
});

test("what a query holds is no pattern", () => {
  assert.deepEqual(found(DRAWN, ".*"), []);
  assert.deepEqual(found(DRAWN, "["), []);
});

test("thirty words are looked for, the rest is passed over", () => {
  const many = Array.from({ length: 40 }, (_, index) => `w${index}`);
  const drawn = trace([["a(0..1) b(1..2)"]]);
  drawn.raw = drawn.names = ["group", many.slice(0, 30).join(" "), many.slice(0, 29).join(" ")];
  assert.equal(found(drawn, many.join(" ")).length, 1);
});

test("what stands in a name as it was typed is meant, not its words wherever they are", () => {
  const drawn = trace([["a(0..1) b(1..2) c(2..3)"]]);
  drawn.raw = drawn.names = ["group", "step 3", "step 4", "step 3 again"];
  drawn.lanes[0].label = "io-3";
  assert.deepEqual([...(matchOf(drawn, " Step 3 ")?.maskOf(0) ?? [])], [1, 0, 1]);
  assert.deepEqual([...(matchOf(drawn, "3 step")?.maskOf(0) ?? [])], [1, 1, 1]);
});

test("lanes that match alike share their mask", () => {
  const match = matchOf(DRAWN, "load");
  assert.equal(match?.maskOf(0), match?.maskOf(2));
  const other = matchOf(DRAWN, "101 load");
  assert.notEqual(other?.maskOf(0), other?.maskOf(1));
  assert.equal(other?.maskOf(1), other?.maskOf(2));
});

test("what matches is counted, and the time in which it kept lanes busy", () => {
  const drawn = trace([["a(0..10) b(10..20)", "ab(5..15)"], ["a(0..20) ab(20..)"], ["a(3..3)"]]);
  const all = new Uint8Array(drawn.keys.length).fill(1);
  const match = matchOf(drawn, "a");
  assert.ok(match);
  assert.deepEqual(count(drawn, match, all), { spans: 5, points: 0, ns: 35, share: 35 / 40 });
  const off = Uint8Array.from(drawn.keys, ({ task }) => Number(drawn.raw[task] !== "ab"));
  assert.deepEqual(count(drawn, match, off), { spans: 3, points: 0, ns: 30, share: 30 / 40 });
});

test("nothing is a share of nothing", () => {
  const drawn = trace([["a(3..3)"]]);
  const match = matchOf(drawn, "a");
  assert.ok(match);
  assert.deepEqual(count(drawn, match, Uint8Array.of(1)), { spans: 1, points: 0, ns: 0, share: 0 });
});

test("counts agree with looking at every span and every nanosecond", () => {
  const next = random(43);
  for (let round = 0; round < 60; round += 1) {
    const drawn = trace(
      Array.from({ length: 3 }, () => lane(randomSpans(next, 12))),
      [0, 0, 1],
    );
    const words = ["t0", "t1", "zip", "100", "l2", "t"].filter(() => next() < 0.4);
    const match = matchOf(drawn, words.join(" "));
    if (!match) continue;
    const shown = Uint8Array.from(drawn.keys, () => Number(next() < 0.8));
    let [spans, ns, busy] = [0, 0, 0];
    drawn.lanes.forEach(({ label, process, tracks }) => {
      const all = tracks.flatMap((track) =>
        Array.from(track.start, (start, span) => {
          const { group, task } = drawn.keys[track.key[span]];
          const texts = [drawn.raw[group], drawn.raw[task], label, drawn.processes[process].id];
          const isOn = shown[track.key[span]] === 1;
          const matches = isOn && words.every((word) => texts.some((text) => text.includes(word)));
          return { start, end: span === track.unfinished ? start : track.end[span], matches };
        }),
      );
      spans += all.filter(({ matches }) => matches).length;
      for (let time = 0; time < drawn.wall; time += 1) {
        const here = all.filter(({ start, end }) => start <= time && time < end);
        busy += Number(here.length > 0);
        ns += Number(here.some(({ matches }) => matches));
      }
    });
    assert.deepEqual(count(drawn, match, shown), { spans, points: 0, ns, share: busy > 0 ? ns / busy : 0 });
  }
});

test("a search by CPU time finds the spans of which it is known, besides what else is asked", () => {
  const drawn = trace([["a(0..10)@7 b(10..20) a(20..30)@2", "c(1..9)@6"], ["a(0..5)@5 w~(5..9)@1 a(9..)"]]);
  const found = (/** @type {string} */ query) => {
    const match = matchOf(drawn, query);
    assert.ok(match);
    return match.trace.lanes.map(({ tracks }, lane) => tracks.map(({ key }) => [...key].map((own) => match.maskOf(lane)[own]).join("")).join(" "));
  };
  assert.deepEqual(found("cpu>=0ns"), ["101 1", "110"]);
  assert.deepEqual(found("cpu>4ns"), ["100 1", "100"]);
  assert.deepEqual(found("cpu>4ns a"), ["100 0", "100"]);
  assert.deepEqual(found("cpu>=2ns cpu<6ns"), ["001 0", "100"]);
});
