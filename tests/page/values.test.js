// Which values have what is looked for: whatever is in them, as it was recorded or as it is shown.

import assert from "node:assert/strict";
import { test } from "node:test";

import { shown } from "#page/trace/names.js";
import { finished } from "#page/trace/slices.js";
import { valuesThat, valuesWith } from "#page/trace/values.js";
import { random } from "./helper.js";

/** @param {readonly string[]} values */
function column(values) {
  let end = 0;
  const ends = Uint32Array.from(values, (value) => (end += value.length));
  return { name: "url", span: new Uint32Array(), value: new Uint32Array(), text: values.join(""), ends, values };
}

const PIECES = ["a", "B", "ab", "", " ", "É", "İ", "ΑΣ", "ß", "日本", "\u0001", "\u202e", "שלום", "\u{1f600}", "\ud800", "\u00a0", "…"];

test("values are found as they were recorded and as they are shown, in any case", () => {
  const next = random(61);
  const pick = () => PIECES[Math.floor(next() * PIECES.length)];
  for (let round = 0; round < 300; round += 1) {
    const own = Array.from({ length: 12 }, () => pick() + (next() < 0.5 ? pick() : ""));
    const values = column(own);
    const forms = own.map((value) => [value, shown(value)]);
    for (const word of ["a", "b", pick(), shown(pick())].map((word) => word.toLowerCase()).filter((word) => word !== "")) {
      const expected = forms.map((both) => Number(both.some((form) => form.toLowerCase().includes(word))));
      assert.deepEqual(Array.from(finished(valuesWith(values, word)) ?? own.map(() => 0)), expected, JSON.stringify([word, own]));
      const folded = finished(valuesThat(values, true, (value) => value === word));
      assert.deepEqual([...folded], forms.map((both) => Number(both.some((form) => form.toLowerCase() === word))), JSON.stringify([word, own]));
    }
    const exact = finished(valuesThat(values, false, (value) => value === own[0] || value === shown(own[1])));
    assert.deepEqual([...exact], forms.map((both) => Number(both.includes(own[0]) || both.includes(shown(own[1])))), JSON.stringify(own));
  }
});

test("a value of one character is looked at as it was recorded and as it is shown, whichever character it is", () => {
  const own = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
  /** @type {string[]} */
  const seen = [];
  finished(valuesThat(column(own), true, (value) => seen.push(value) === 0));
  assert.deepEqual(seen, own.flatMap((value) => [...new Set([value, shown(value)])].map((form) => form.toLowerCase())));
});
