// Names that would break a page which trusts them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { fitted, fittedApart, fittedEnd, joined, plotlyText, shortened, shown } from "#page/trace/names.js";

/** @param {string} text */
const width = (text) => Array.from(text).length * 7;

test("the report shows and shortens names as the page does", () => {
  /** @type {{shown: [string, string][], label: [string, string][]}} */
  const cases = JSON.parse(readFileSync(new URL("../data/shared/names.json", import.meta.url), "utf8"));
  for (const [name, text] of cases.shown) assert.equal(shown(name), text, JSON.stringify(name));
  for (const [name, text] of cases.label) assert.equal(shortened(shown(name), 48), text, JSON.stringify(name));
});

test("shortening leaves out the middle and splits no character", () => {
  assert.equal(shortened("abcdefghij", 10), "abcdefghij");
  assert.equal(shortened("abcdefghij", 5), "ab…ij");
  assert.equal(shortened("abcdefghij", 6), "abc…ij");
  assert.equal(shortened("🎉🎉🎉🎉🎉", 3), "🎉…🎉");
  assert.equal(shortened("\u2068שלום עולם\u2069", 3), "\u2068ש…ם\u2069");
});

test("fitting takes the longest form that fits, or none", () => {
  const text = "download monkey.jpg";
  assert.equal(fitted(text, 1000, width), text);
  for (let room = 0; room < width(text); room += 1) {
    const found = fitted(text, room, width);
    const points = Math.floor(room / 7);
    assert.equal(found, points < 3 ? "" : shortened(text, points), `${room} px`);
  }
  assert.equal(fitted(text, 7 * 7, width, 8), "");
});

test("markup for Plotly stays text", () => {
  assert.equal(plotlyText("<b>&amp;</b><extra>"), "&lt;b&gt;&amp;amp;&lt;/b&gt;&lt;extra&gt;");
});

test("what is cut at its beginning keeps its end", () => {
  assert.equal(fittedEnd("worker pool 17", 7 * 6, width), "…ol 17");
  assert.equal(fittedEnd("worker pool 17", 3, width), "");
  assert.equal(fittedEnd("\u2068שלום עולם\u2069", 7 * 5, width), "\u2068…לם\u2069");
});

test("different names stay different when they are shortened, by their ends", () => {
  const names = ["pool-alpha-one-x", "pool-gamma-one-x", "other", "other"];
  assert.deepEqual(
    fittedApart(names, () => 7 * 9, width),
    ["pool…ne-x", "pool…ne-x", "other", "other"].map((text, index) =>
      index < 2 ? `…${names[index].slice(-8)}` : text,
    ),
  );
  const numbered = ["a-rather-long-.0.tail", "a-rather-long-.1.tail"];
  const short = fittedApart(numbered, () => 7 * 10, width);
  assert.deepEqual(
    short,
    ["…ng-.0.tail", "…ng-.1.tail"].map((text) => `…${text.slice(-9)}`),
  );
});

test("parts that are there are joined", () => {
  assert.equal(joined("download +2", "17507", "main"), "download +2 · 17507 · main");
  assert.equal(joined("download", ""), "download");
});

test("names that differ in their middles only are shown from where they differ", () => {
  const texts = ["1", "22", "333"].map((middle) => `a name that begins alike ${middle} ${"x".repeat(60)}`);
  const short = fittedApart(
    texts,
    () => 16,
    (text) => Array.from(text).length,
  );
  assert.equal(new Set(short).size, 3, short.join(" | "));
  short.forEach((text, index) => {
    assert.ok(text.includes(["1 ", "22 ", "333 "][index]), text);
    assert.ok(Array.from(text).length <= 16);
  });
});
