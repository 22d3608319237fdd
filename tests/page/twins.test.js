// Search by attributes: spans of one key are told apart, and nothing else of them changes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createArrangements, placeOf } from "#page/chart/arrangement.js";
import { matchesGlob } from "#page/trace/glob.js";
import { mip } from "#page/trace/mip.js";
import { busyStretches } from "#page/trace/occupancy.js";
import { counted, matching, search } from "#page/trace/search.js";
import { mipOf } from "#page/trace/skip.js";
import { finished } from "#page/trace/slices.js";
import { nextMatch } from "#page/trace/walk.js";
import { attributed, burstTrack, lane, matchOf, random, randomSpans, trace } from "./helper.js";

/** @typedef {import("#page/trace/data.js").Trace} Trace */

const LANES = [["get(0..10) get(10..20) put(20..25)", "send(1..2)"], ["get(0..10) put(10..30)"]];
/** Spans by their numbers: 0 to 3 are of the first lane, 4 and 5 of the second. */
const ATTRIBUTES = {
  bytes: /** @type {[number, string][]} */ ([[0, "10"], [1, "2000000"], [4, "3e6"], [5, "many"]]),
  url: /** @type {[number, string][]} */ ([[0, "a.png"], [1, "b.png"], [2, "get put.html"], [5, "a.png"]]),
};

/**
 * The numbers of the spans that match.
 * @param {Trace} drawn
 * @param {string} query
 */
function found(drawn, query) {
  const match = matchOf(drawn, query);
  assert.ok(match, query);
  let number = -1;
  return match.trace.lanes.flatMap(({ tracks }, lane) =>
    tracks.flatMap(({ key }) =>
      Array.from(key).flatMap((own) => ((number += 1), match.maskOf(lane)[own] === 1 ? [number] : [])),
    ),
  );
}

test("conditions find spans by their attributes, all of them", async () => {
  const drawn = await attributed(LANES, ATTRIBUTES);
  assert.deepEqual(found(drawn, "bytes>1M"), [1, 4]);
  assert.deepEqual(found(drawn, "url=*.png"), [0, 1, 5]);
  assert.deepEqual(found(drawn, "url=*.png bytes<100"), [0]);
  assert.deepEqual(found(drawn, "url!=a.png"), [1, 2]);
  assert.deepEqual(found(drawn, "bytes>=0 bytes!=10"), [1, 4]);
  assert.deepEqual(found(drawn, "url=nowhere"), []);
});

test("words beside conditions are looked for in names and in values", async () => {
  const drawn = await attributed(LANES, ATTRIBUTES);
  assert.deepEqual(found(drawn, "put url=a.png"), [5]);
  assert.deepEqual(found(drawn, "bytes>1M l1"), [4]);
  assert.deepEqual(found(drawn, "b.png bytes>1M"), [1]);
});

test("text is found in values as in names, and each word wherever it is", async () => {
  const drawn = await attributed(LANES, ATTRIBUTES);
  assert.deepEqual(found(drawn, "A.PNG"), [0, 5]);
  assert.deepEqual(found(drawn, "get"), [0, 1, 2, 4]);
  assert.deepEqual(found(drawn, "get put"), [2], "what is in a value as it was typed");
  assert.deepEqual(found(drawn, "png l1"), [5]);
  assert.deepEqual(found(drawn, "put png"), [5], "a word of the task's name and one of a value");
  assert.deepEqual(found(drawn, "png html"), []);
});

test("a condition without a value, or on a number that is none, finds nothing and says why", async () => {
  const drawn = await attributed(LANES, ATTRIBUTES);
  for (const query of ["bytes>", "bytes>abc"]) {
    const { match, problem } = finished(search(drawn, query, drawn.attributes.known() ?? []));
    assert.equal(match, null);
    assert.match(problem, /bytes>/);
  }
});

test("a search for names alone changes no track, and one by attributes only those with matches", async () => {
  const drawn = await attributed(LANES, ATTRIBUTES);
  assert.equal(matchOf(drawn, "send")?.trace, drawn);
  const lanes = matchOf(drawn, "url=b.png")?.trace.lanes;
  assert.equal(lanes?.[1], drawn.lanes[1]);
  assert.equal(lanes?.[0].tracks[1], drawn.lanes[0].tracks[1]);
  assert.notEqual(lanes?.[0].tracks[0], drawn.lanes[0].tracks[0]);
});

test("twins are of the same task, group, colour and row", async () => {
  const drawn = await attributed(LANES, ATTRIBUTES);
  const [own, twins] = [drawn.keys.slice(0, drawn.twin), drawn.keys.slice(drawn.twin)];
  assert.deepEqual(own, twins);
  assert.equal(trace(LANES).twin, 0, "without attributes there are none");
});

test("matches are counted, with the time in which they kept lanes busy", async () => {
  const drawn = await attributed(LANES, ATTRIBUTES);
  const match = matchOf(drawn, "url=*.png");
  assert.ok(match);
  const all = new Uint8Array(drawn.keys.length).fill(1);
  const share = finished(counted(drawn, match, all, busyStretches(drawn)));
  assert.deepEqual(share, { spans: 3, points: 0, ns: 40, share: 40 / 55 });
});

test("a summarised lane counts its longest spans that match for their own length", async () => {
  const drawn = await attributed(LANES, ATTRIBUTES);
  for (const own of drawn.lanes) own.isSummarised = true; // their rasters have no bin
  const match = matchOf(drawn, "url=*.png");
  assert.ok(match);
  const all = new Uint8Array(drawn.keys.length).fill(1);
  const { spans, ns } = finished(counted(drawn, match, all, busyStretches(drawn)));
  assert.deepEqual([spans, ns], [3, 40]);
});

test("the mip of a track with twins has the times of its spans, each at its key", async () => {
  const text = burstTrack(random(3), 3000);
  const values = Array.from({ length: 3000 }, (_, span) => /** @type {[number, string]} */ ([span, String(span % 3)]));
  const drawn = await attributed([[text]], { part: values });
  const match = matchOf(drawn, "part=1");
  const [own] = match?.trace.lanes[0].tracks ?? [];
  assert.ok(own);
  /** @param {import("#page/trace/mip.js").Level[]} levels */
  const sums = (levels) =>
    levels.map(({ code, amount, width }) => {
      const sum = new Float64Array(2 * drawn.keys.length);
      code.forEach((of, entry) => (sum[of] += amount[entry]));
      return { width, sum };
    });
  const [made, anew] = [sums(mipOf(own)), sums(mip(own))];
  assert.ok(made.length > 1);
  assert.deepEqual(made[0], anew[0]);
  for (const { sum } of made) assert.deepEqual(sum, anew[0].sum);
});

test("in rows by task, matches have their twins too, and every span keeps its place", async () => {
  const drawn = await attributed(LANES, ATTRIBUTES);
  const arrangements = createArrangements(drawn);
  const before = arrangements.arrangement("tasks", new Set(), new Set());
  for (const query of ["url=*.png", "l1 png", "png"]) {
    const match = matchOf(drawn, query);
    assert.ok(match);
    finished(arrangements.prepare(() => match));
    assert.ok(arrangements.suits(match) && !arrangements.suits(null));
    const { bands } = arrangements.arrangement("tasks", new Set(), new Set());
    const numbers = bands.flatMap((band) =>
      band.tracks.flatMap(({ key, start }, track) =>
        [...key.keys()].map((span) => {
          const place = placeOf(band, track, span);
          const own = match.trace.lanes[place.lane].tracks[place.track];
          assert.deepEqual([own.key[place.span], own.start[place.span]], [key[span], start[span]]);
          return place;
        }),
      ),
    );
    assert.equal(numbers.length, 6);
  }
  finished(arrangements.prepare(() => null));
  const after = arrangements.arrangement("tasks", new Set(), new Set());
  assert.deepEqual(after.bands.map(({ tracks }) => tracks), before.bands.map(({ tracks }) => tracks));
});

test("whatever is asked, the matches are those of a look at each span", async () => {
  const next = random(47);
  const pick = (/** @type {readonly string[]} */ from) => from[Math.floor(next() * from.length)];
  for (let round = 0; round < 150; round += 1) {
    const lanes = Array.from({ length: 3 }, () => lane(randomSpans(next, 12)));
    const plain = trace(lanes);
    const spans = plain.lanes.flatMap(({ label, tracks }, index) =>
      tracks.flatMap(({ key }, track) =>
        Array.from(key, (own, span) => ({
          names: [plain.raw[plain.keys[own].group], plain.raw[plain.keys[own].task], label, "100"],
          place: { lane: index, track, span },
          values: /** @type {Record<string, string>} */ ({
            ...(next() < 0.6 ? { size: pick(["1", "5", "20", "1e3", "t1", "x"]) } : {}),
            ...(next() < 0.6 ? { url: pick(["t0", "zip.PNG", "a t2", round % 2 ? "l1.png" : "Ünt1.png"]) } : {}),
          }),
        })),
      ),
    );
    /** @param {string} name */
    const valuesOf = (name) =>
      spans.flatMap(({ values }, number) => (name in values ? [/** @type {[number, string]} */ ([number, values[name]])] : []));
    const drawn = await attributed(lanes, { size: valuesOf("size"), url: valuesOf("url") });

    const terms = Array.from({ length: Math.floor(next() * 3) }, () => {
      const [name, operator] = [pick(["size", "url"]), pick(["=", "!=", "<", ">=", "<=", ">"])];
      const isEqual = operator === "=" || operator === "!=";
      const value = isEqual ? pick(["1", "*.png", "t?", "x", "*"]) : pick(["1", "5", "10", "1k"]);
      const limit = Number(value.replace("k", "e3"));
      /** @param {string} own */
      const holds = (own) => {
        if (isEqual) return matchesGlob(value, own.toLowerCase()) === (operator === "=");
        const given = /^[\d.e]+$/.test(own) ? Number(own) : NaN;
        return { "<": given < limit, ">=": given >= limit, "<=": given <= limit, ">": given > limit }[operator] ?? false;
      };
      return { name, holds, text: `${name}${operator}${value}` };
    });
    const words = ["t0", "t1", "zip", "png", "l2", "t"].filter(() => next() < 0.25);
    const query = [...terms.map(({ text }) => text), ...words].sort(() => next() - 0.5).join(" ");
    if (query === "") continue;
    // What is there as a whole is one word.
    const rest = query.split(" ").filter((word) => !terms.some(({ text }) => text === word)).join(" ");
    const isWhole = spans.some(({ names, values }) =>
      [...names, ...Object.values(values)].some((text) => text.toLowerCase().includes(rest)),
    );
    const wanted = rest === "" ? [] : isWhole ? [rest] : words;
    const expected = spans.flatMap(({ names, values }, number) => {
      const texts = [...names, ...Object.values(values)].map((text) => text.toLowerCase());
      const isHeld = terms.every(({ name, holds }) => name in values && holds(values[name]));
      return isHeld && wanted.every((word) => texts.some((text) => text.includes(word))) ? [number] : [];
    });
    assert.deepEqual(found(drawn, query), expected, query);

    // The walk from match to match comes to each of them.
    const match = matchOf(drawn, query);
    assert.ok(match);
    const isShown = new Uint8Array(drawn.keys.length).fill(1);
    const visited = new Set();
    for (let place = null, step = 0; step < expected.length; step += 1) {
      place = nextMatch(match.trace, place, { start: -Infinity, end: Infinity }, 1, matching(match, isShown));
      visited.add(spans.findIndex((span) => JSON.stringify(span.place) === JSON.stringify(place)));
    }
    assert.deepEqual([...visited].sort((one, other) => one - other), expected, query);
  }
});
