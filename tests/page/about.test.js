// What is shown of a span's attributes: a few of them short, all of them whole, or how to print them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { complete, outline } from "#page/trace/data.js";
import { allOf, fewOf, grouped, lackOf } from "#page/view/attributes.js";
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

/** A page without room for the attributes of short spans. */
const SHORT = { attributes_left_out: 3, attributes_short_ns: 4, attributes_command: "waterfall stats records" };

test("a span as short as those without room may have had attributes", async () => {
  const of = (/** @type {number} */ span) => ({ ...FIRST, span });
  const drawn = await attributed([["a(0..10) b(10..14) c(14..14) d(14..)"]], {}, { ...SHORT, wall_ns: 15 });
  assert.deepEqual([0, 1, 2, 3].map((span) => lackOf(drawn, of(span)) !== null), [false, true, true, false]);
  assert.match(lackOf(drawn, of(1))?.text ?? "", /which has no room for those of 3 short spans\.$/);
  const none = await attributed([["a(0..10) d(14..)"]], {}, { ...SHORT, attributes_left_out: 1, attributes_short_ns: 15, wall_ns: 15 });
  const unfinished = lackOf(none, of(1));
  assert.match(unfinished?.text ?? "", /no room for those of 1 short span\.$/, "not even unfinished ones have room");
  assert.equal(unfinished?.command, null, "stats prints finished spans alone");
  assert.equal(lackOf(trace([["a(0..10)"]]), FIRST), null);
});

test("where the page lacks whole names, any span may have some of them, also one that has others", async () => {
  const of = (/** @type {number} */ span) => ({ ...FIRST, span });
  const drawn = await attributed([["a(0..10) b(10..14)"]], { url: [[0, "a.png"]] }, { more_attributes: 7, attributes_command: "waterfall stats r" });
  for (const span of [0, 1]) {
    const { text, command } = lackOf(drawn, of(span)) ?? {};
    assert.equal(text, "7 attribute names are not on this page: this span may have some of them.");
    assert.match(command ?? "", /^waterfall stats r --slowest/);
  }
  const one = await attributed([["a(0..10)"]], {}, { more_attributes: 1 });
  assert.deepEqual(lackOf(one, FIRST), { text: "1 attribute name is not on this page: this span may have it.", command: null });
});

/** The command that a page without room for any attribute shows for a span. @param {import("#page/trace/data.js").Trace} drawn */
function commandFor(drawn, span = 0) {
  drawn.attributes = { ...drawn.attributes, leftOut: 1, short: Infinity, command: "waterfall stats records" };
  return lackOf(drawn, { ...FIRST, span })?.command ?? "";
}

test("the command names the task and the moment of the span", () => {
  const drawn = trace([["a(0..10) zip/b(1000..2000)"]]);
  const at = "2026-11-20T14:43:18.123457789+00:00";
  drawn.zone = { ...drawn.zone, origin: 1795185798123456789n };
  assert.equal(commandFor(drawn, 1), `waterfall stats records --slowest 1000 --task='zip/b' --from ${at} --to ${at}`);
});

test("no name leaves the quotes of the command, and no character of it is obeyed by a terminal", () => {
  const drawn = trace([["a(0..10)"]]);
  const commandOf = (/** @type {string} */ name) => {
    drawn.raw[1] = name;
    return commandFor(drawn).match(/--task=(.*) --from/s)?.[1];
  };
  assert.equal(commandOf("it's; rm -rf $HOME `x`"), "'group/it'\\''s; rm -rf $HOME `x`'");
  assert.equal(commandOf("a\nb\u001b[31m\u202ec\u200b😀é"), "'group/a?b?[31m?c?😀é'");
  assert.equal(commandOf("(2,000 other tasks)"), "'group/*'", "which is the name of no task");
});
