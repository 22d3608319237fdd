// What is shown of a span's attributes: a few of them short, all of them whole, or how to print them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { complete, outline } from "#page/trace/data.js";
import { allOf, commandFor, fewOf, grouped, mayLack } from "#page/view/attributes.js";
import { attribute, data, NO_CELLS, trace, tracksOf } from "./helper.js";

/** @typedef {import("#page/trace/data.js").Data} Data */

const FIRST = { lane: 0, track: 0, span: 0 };

/**
 * A trace with attributes, which are decoded.
 * @param {string[][]} lanes
 * @param {Record<string, [number, string][]>} values of spans by their numbers
 * @param {Partial<Data>} [more]
 */
async function attributed(lanes, values, more = {}) {
  const plain = { ...data(lanes), ...more };
  const all = Object.entries(values).map(([name, of]) => attribute(name, of));
  plain.attributes = all.map(({ shape }) => shape);
  const known = outline(plain, NO_CELLS, async () => all.map(({ decoded }) => decoded));
  await known.attributes.columns();
  return complete(known, plain, tracksOf(trace(lanes)), []);
}

test("three attributes are shown, and the rest are counted", async () => {
  const names = ["a", "b", "c", "d", "e"];
  const drawn = await attributed([["a(0..10) b(10..20)"]], Object.fromEntries(names.map((name) => [name, [[0, `${name}!`]]])));
  assert.deepEqual(fewOf(drawn, FIRST), { few: [["a", "a!"], ["b", "b!"], ["c", "c!"]], more: 2 });
  assert.deepEqual(allOf(drawn, FIRST)?.length, 5);
  assert.deepEqual(fewOf(drawn, { ...FIRST, span: 1 }), { few: [], more: 0 });
});

test("a long value is cut to 40 characters among the few, and whole among all", async () => {
  const url = `https://host/${"x".repeat(980)}.png`;
  const drawn = await attributed([["a(0..10)"]], { url: [[0, url]] });
  const [[, short]] = fewOf(drawn, FIRST)?.few ?? [];
  assert.equal(short.length, 40);
  assert.match(short, /^https:.*….*\.png$/);
  assert.deepEqual(allOf(drawn, FIRST), [["url", url]]);
});

test("names and values are shown fit to be seen", async () => {
  const drawn = await attributed([["a(0..10)"]], { "n\n": [[0, "a\u202eb\u0007"]], "": [[0, ""]] });
  const expected = [["n␊", "a\\u202eb␇"], ["(unnamed)", ""]];
  assert.deepEqual(allOf(drawn, FIRST), expected);
  assert.deepEqual(fewOf(drawn, FIRST)?.few, expected);
});

test("only whole numbers of five digits and more are grouped", () => {
  const texts = ["81233", "2026", "0081233", "81233.5", "-81233", "1e9", "12345678901234567890", "a12345", ""];
  assert.deepEqual(texts.map(grouped), ["81,233", ...texts.slice(1)]);
});

test("a span as short as those without room may have had attributes", async () => {
  const of = (/** @type {number} */ span) => ({ ...FIRST, span });
  const drawn = await attributed([["a(0..10) b(10..14) c(14..14) d(14..)"]], {}, { attributes_left_out: 3, attributes_short_ns: 4, wall_ns: 15 });
  assert.deepEqual([0, 1, 2, 3].map((span) => mayLack(drawn, of(span))), [false, true, true, false]);
  const none = await attributed([["a(0..10) d(14..)"]], {}, { attributes_left_out: 2, attributes_short_ns: 15, wall_ns: 15 });
  assert.ok(mayLack(none, of(1)), "not even unfinished ones have room");
  assert.ok(!mayLack(trace([["a(0..10)"]]), FIRST));
});

test("the command names the task and the moment of the span", () => {
  const drawn = trace([["a(0..10) zip/b(1000..2000)"]]);
  drawn.attributes.command = "waterfall stats records";
  const at = "2026-11-20T14:43:18.123457789+00:00";
  drawn.zone = { ...drawn.zone, origin: 1795185798123456789n };
  assert.equal(commandFor(drawn, { ...FIRST, span: 1 }), `waterfall stats records --task 'zip/b' --from ${at} --to ${at}`);
});

test("no name leaves the quotes of the command, and no character of it is obeyed by a terminal", () => {
  const drawn = trace([["a(0..10)"]]);
  const commandOf = (/** @type {string} */ name) => {
    drawn.raw[1] = name;
    return commandFor(drawn, FIRST).match(/--task (.*) --from/s)?.[1];
  };
  assert.equal(commandOf("it's; rm -rf $HOME `x`"), "'group/it'\\''s; rm -rf $HOME `x`'");
  assert.equal(commandOf("a\nb\u001b[31m\u202ec\u200b😀é"), "'group/a?b?[31m?c?😀é'");
  assert.equal(commandOf("(2,000 other tasks)"), "'group/*'", "which is the name of no task");
});
