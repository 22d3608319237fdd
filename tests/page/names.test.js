// Names that would break a page which trusts them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fitted, fittedApart, fittedEnd, joined, plotlyText, shortened, shown } from "#page/trace/names.js";

/** @param {string} text */
const width = (text) => Array.from(text).length * 7;

test("control characters become pictures", () => {
  assert.equal(shown("a\tb\r\nc\u0000\u007f\u0085\u2028"), "a␉b␍␊c␀␡\ufffd\ufffd");
});

test("characters that reorder their neighbours become their escapes", () => {
  assert.equal(shown("a\u202eb\u2066c\u2069"), "a\\u202eb\\u2066c\\u2069");
});

test("text from right to left is isolated, other text is left alone", () => {
  assert.equal(shown("שלום"), "\u2068שלום\u2069");
  assert.equal(shown("a مرحبا"), "\u2068a مرحبا\u2069");
  assert.equal(shown("漢字 🎉 <b>"), "漢字 🎉 <b>");
});

test("a name without a visible character is (unnamed)", () => {
  assert.deepEqual(["", " ", "\n"].map(shown), ["(unnamed)", "(unnamed)", "(unnamed)"]);
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
