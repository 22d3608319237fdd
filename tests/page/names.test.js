// Names that would break a page which trusts them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fitted, plotlyText, shortened, shown } from "#page/names.js";

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
