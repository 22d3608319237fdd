// What a query means: conditions on attributes, and text.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { globOf, matchesGlob } from "#page/trace/glob.js";
import { shown } from "#page/trace/names.js";
import { conditionOn, parse, rangeOn } from "#page/trace/query.js";
import { random } from "./helper.js";

const NAMES = ["url", "bytes", "URL", "exit code", 'a"b', "status", ""];
const VALUES = ["a.png", "A.PNG", "b.jpg", "a b.png", "", "200", "81233", "1e6", "-3", "0x10", "Infinity", "x=*", "a\u202eb"];

/**
 * @param {readonly import("#page/trace/query.js").Condition[]} conditions
 * @param {string} value
 */
const fulfils = (conditions, value) =>
  conditions.every(({ holds, isFolded, isNegated }) => {
    const forms = [value, shown(value)].map((form) => (isFolded ? form.toLowerCase() : form));
    return forms.some(holds) !== isNegated;
  });

/**
 * The values that fulfil all conditions of a query, if these are of one attribute.
 * @param {string} query
 */
function values(query) {
  const { conditions } = parse(query, NAMES);
  assert.equal(new Set(conditions.map(({ attribute }) => attribute)).size, 1, query);
  return VALUES.filter((value) => fulfils(conditions, value));
}

/** @param {string} query */
const attributes = (query) => parse(query, NAMES).conditions.map(({ attribute }) => NAMES[attribute]);

test("a query is text as long as nothing in it names an attribute", () => {
  for (const query of ["save image", "color=red", "a <b> c", '"unclosed', "bytes", "= 3", "bytes 1", "  two  blanks  "])
    assert.deepEqual(parse(query, NAMES), { conditions: [], cpu: [], text: query.trim(), problem: "" }, query);
});

test("a time behind `cpu` is a condition on CPU time where any is known, other values are of an attribute", () => {
  const holds = (/** @type {string} */ query, /** @type {number} */ ns) => parse(query, NAMES, true).cpu.every((own) => own(ns));
  const cases = /** @type {const} */ ([
    ["cpu>1ms", 1_000_001, 1_000_000],
    ["cpu<=50us", 50_000, 50_001],
    ["CPU>=1.5s", 1_500_000_000, 1_499_999_999],
    ['cpu<"2 s"', 1_999_999_999, 2_000_000_000],
    ["cpu=81233ns", 81_233, 81_234],
    ["cpu!=81233ns", 81_234, 81_233],
  ]);
  for (const [query, yes, no] of cases) {
    assert.deepEqual(parse(query, NAMES, true).conditions, []);
    assert.ok(holds(query, yes) && !holds(query, no), query);
  }
  assert.deepEqual(parse("cpu>1ms save", NAMES, true).text, "save");
  assert.equal(parse("cpu>1", NAMES, true).problem, "not a time such as 1ms: cpu>1");
  assert.equal(parse("cpu=arm64", ["cpu"], true).conditions.length, 1);
  assert.equal(parse("cpu>1ms", NAMES, false).text, "cpu>1ms");
});

test("a name is meant as it was recorded, else in any case", () => {
  assert.deepEqual(attributes("url=a"), ["url"]);
  assert.deepEqual(attributes("URL=a"), ["URL"]);
  assert.deepEqual(attributes("Url=a BYTES>1"), ["url", "bytes"]);
  assert.deepEqual(attributes('"exit code"=1'), ["exit code"]);
  assert.deepEqual(attributes('"a""b"=1'), ['a"b']);
  assert.deepEqual(attributes('""=1 "(unnamed)">2'), ["", ""]);
  assert.deepEqual(attributes("exit code=1"), []);
});

test("a value without quotes is meant in any case, and may be a glob", () => {
  assert.deepEqual(values("url=a.png"), ["a.png", "A.PNG"]);
  assert.deepEqual(values("url=*.png"), ["a.png", "A.PNG", "a b.png"]);
  assert.deepEqual(values("url=?.jpg"), ["b.jpg"]);
  assert.deepEqual(values("url!=*"), []);
  assert.deepEqual(values("status!=*.png"), VALUES.filter((value) => !value.toLowerCase().endsWith(".png")));
});

test("a value in quotes is that text and no other", () => {
  assert.deepEqual(values('url="a.png"'), ["a.png"]);
  assert.deepEqual(values('url="a b.png"'), ["a b.png"]);
  assert.deepEqual(values('url="*"'), []);
  assert.deepEqual(values('url="x=*"'), ["x=*"]);
  assert.deepEqual(values('url=""'), [""]);
  assert.deepEqual(values('url="a.png'), ["a.png"], "the quote that is not typed yet");
});

test("a value is also meant as it is shown", () => {
  assert.deepEqual(values('url="a\\u202eb"'), ["a\u202eb"]);
  assert.deepEqual(values("url=a?b"), ["a\u202eb"]);
  assert.deepEqual(values('url="(unnamed)"'), [""]);
});

test("comparisons are of numbers, with decimal units", () => {
  assert.deepEqual(values("bytes>200"), ["81233", "1e6"]);
  assert.deepEqual(values("bytes>=200"), ["200", "81233", "1e6"]);
  assert.deepEqual(values("bytes<0"), ["-3"]);
  assert.deepEqual(values("bytes <= 0.2k"), ["200", "-3"]);
  assert.deepEqual(values("bytes>=1M"), ["1e6"]);
  assert.deepEqual(values("bytes>=0.001G"), ["1e6"]);
  assert.deepEqual(values("bytes>-1e3 bytes<1e3"), ["200", "-3"]);
});

test("what is no condition is text besides them", () => {
  const { conditions, text } = parse(" save bytes>1 other=2  image ", NAMES);
  assert.deepEqual([conditions.length, text], [1, "save other=2 image"]);
});

test("a condition that cannot hold says why, shortened and with nothing hidden in it", () => {
  const problem = (/** @type {string} */ query) => parse(query, NAMES).problem;
  assert.equal(problem("bytes>abc"), "not a number: bytes>abc");
  assert.equal(problem("save bytes>"), "no value: bytes>");
  assert.equal(problem("url= "), "no value: url=");
  assert.equal(problem("bytes>1Q"), "not a number: bytes>1Q");
  assert.match(problem(`bytes>${"x".repeat(1000)}`), /^not a number: bytes>x+…x+$/);
  assert.ok(problem(`bytes>${"x".repeat(1000)}`).length < 100);
  assert.match(problem("bytes>\u202e1"), /^not a number: bytes>\\u202e1$/);
});

test("the condition on a value finds that value, whatever is in it", () => {
  for (const name of NAMES)
    for (const value of [...VALUES, 'say "hi"', '"', "line\nend", " blank ", "*", "שלום"]) {
      const { conditions, text, problem } = parse(conditionOn(name, value), NAMES);
      assert.deepEqual([conditions.length, text, problem], [1, "", ""], value);
      assert.equal(NAMES[conditions[0].attribute], name);
      assert.ok(fulfils(conditions, value), value);
      assert.ok(!fulfils(conditions, `${value}!`), value);
    }
});

test("the condition on a range finds the numbers in it", () => {
  const { conditions } = parse(rangeOn("exit code", -5, 1e21), NAMES);
  const held = ["-5", "-5.1", "0", "9e20", "1e21", "x"].filter((value) => fulfils(conditions, value));
  assert.deepEqual(held, ["-5", "0", "9e20"]);
});

test("globs are those of the report and the recorder", () => {
  const lines = readFileSync(new URL("../data/globs.txt", import.meta.url), "utf8").split("\n");
  const cases = lines.filter((line) => line.includes("\t")).map((line) => line.split("\t"));
  assert.ok(cases.length > 50);
  for (const [pattern, text, expected] of cases)
    for (const matches of [matchesGlob(pattern, text), globOf(pattern)(text)])
      assert.equal(matches ? "yes" : "no", expected, `${pattern} ${text}`);
});

test("a glob takes no longer than the product of the lengths", () => {
  for (const matches of [matchesGlob, (/** @type {string} */ pattern, /** @type {string} */ text) => globOf(pattern)(text)])
    assert.ok(!matches("*a".repeat(500) + "b", "a".repeat(100_000)));
});

test("globs agree with regular expressions", () => {
  const next = random(11);
  const pick = (/** @type {string} */ from, /** @type {number} */ length) =>
    Array.from({ length }, () => from[Math.floor(next() * from.length)]).join("");
  for (let round = 0; round < 5000; round += 1) {
    const pattern = pick("ab*?.", Math.floor(next() * 7));
    const text = pick("ab.", Math.floor(next() * 9));
    const expected = new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*").replaceAll("?", ".")}$`, "u").test(text);
    assert.equal(matchesGlob(pattern, text), expected, `${pattern} ${text}`);
    assert.equal(globOf(pattern)(text), expected, `${pattern} ${text}`);
  }
  assert.ok(matchesGlob("?x", "\u{1f600}x") && matchesGlob("*x", "\u{1f600}x") && !matchesGlob("??x", "\u{1f600}x"));
});
