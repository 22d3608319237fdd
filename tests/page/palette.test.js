// The laws that the colours keep, computed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { assign, BACKGROUND, contrast, hash, HUES, lineColors, linear, near, paint, textOn } from "#page/view/palette.js";
import { trace } from "./helper.js";

// Machado, Oliveira and Fernandes 2009, full severity.
const DEUTERANOPIA = [
  [0.367322, 0.860646, -0.227968],
  [0.280085, 0.672501, 0.047413],
  [-0.01182, 0.04294, 0.968881],
];
const PROTANOPIA = [
  [0.152286, 1.052583, -0.204868],
  [0.114503, 0.786281, 0.099216],
  [-0.003882, -0.048116, 1.051998],
];
const NORMAL = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** @param {number[][]} matrix @param {number[]} vector */
const times = (matrix, vector) =>
  matrix.map((row) => row.reduce((sum, factor, index) => sum + factor * vector[index], 0));

/** @param {number[]} rgb linear */
function oklab(rgb) {
  const cones = times(
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    rgb,
  );
  return times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    cones.map(Math.cbrt),
  );
}

for (const scheme of /** @type {const} */ (["light", "dark"])) {
  test(`every ${scheme} shade has a contrast of 3 with the page`, () => {
    for (const color of HUES[scheme]) assert.ok(contrast(color, BACKGROUND[scheme]) >= 3, color);
  });

  for (const [name, matrix] of Object.entries({
    normally: NORMAL,
    "with deuteranopia": DEUTERANOPIA,
    "with protanopia": PROTANOPIA,
  })) {
    test(`any two ${scheme} shades seen ${name} are 0.09 apart`, () => {
      const seen = HUES[scheme].map((color) =>
        oklab(times(matrix, linear(color)).map((part) => Math.min(1, Math.max(0, part)))),
      );
      seen.forEach((one, index) => {
        for (const [other, lab] of seen.slice(0, index).entries()) {
          const distance = Math.hypot(...one.map((part, axis) => part - lab[axis]));
          assert.ok(
            distance >= 0.09,
            `${HUES[scheme][index]} ${HUES[scheme][other]}: ${distance.toFixed(3)}`,
          );
        }
      });
    });
  }
}

test("twelve hues in two shades each", () => {
  assert.equal(HUES.light.length, 12);
  assert.equal(HUES.dark.length, 12);
});

test("the chart's background is the one that the shades were made for", async () => {
  const { readFile } = await import("node:fs/promises");
  const css = await readFile(new URL("../../templates/page/base.css", import.meta.url), "utf8");
  const surfaces = [...css.matchAll(/--surface: (#\w+);/g)].map((match) => match[1]);
  assert.deepEqual(surfaces, [BACKGROUND.light, BACKGROUND.dark]);
});

test("text on any colour has a contrast of 4.5", () => {
  for (let value = 0; value < 0x1000000; value += 0x0307) {
    const color = `#${value.toString(16).padStart(6, "0")}`;
    assert.ok(contrast(color, textOn(color)) >= 4.5, color);
  }
});

test("the hash is FNV-1a", () => {
  assert.equal(hash(""), 0x811c9dc5);
  assert.equal(hash("a"), 0xe40c292c);
  assert.equal(hash("foobar"), 0xbf9cf968);
});

test("the same names get the same hues in any order, and up to twelve never share", () => {
  const names = Array.from({ length: 12 }, (_, index) => `task ${index}`);
  const hues = assign(names);
  assert.equal(new Set(hues).size, 12);
  assert.deepEqual(assign([...names].reverse()).reverse(), hues);
});

test("of two that want one hue the later by name gives way", () => {
  const names = Array.from({ length: 100 }, (_, index) => `n${index}`).sort();
  const first = names[0];
  const rival = names.find((name) => name !== first && hash(name) % 12 === hash(first) % 12);
  assert.ok(rival);
  assert.deepEqual(assign([rival, first]), [((hash(first) % 12) + 1) % 12, hash(first) % 12]);
});

test("beyond twelve the least used hue is next, from the hash on", () => {
  const names = Array.from({ length: 30 }, (_, index) => `task ${index}`).sort();
  const hues = assign(names);
  const uses = HUES.light.map((_, hue) => hues.filter((own) => own === hue).length);
  assert.deepEqual([Math.min(...uses), Math.max(...uses)], [2, 3]);
  assert.deepEqual(new Set(hues.slice(0, 12)).size, 12);
  assert.deepEqual(new Set(hues.slice(12, 24)).size, 12);
  assert.equal(hues[12], hash(names[12]) % 12);
  assert.deepEqual(assign([...names].reverse()).reverse(), hues);
});

test("a hue that looks like a colour of the user's is taken", () => {
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    HUES[scheme].forEach((color, hue) => assert.ok(near([color]).includes(hue)));
  }
  assert.deepEqual(near([]), []);
  const names = Array.from({ length: 10 }, (_, index) => `task ${index}`);
  const taken = near([HUES.light[3], HUES.dark[7]]);
  const room = names.slice(0, 12 - taken.length);
  assert.ok(room.length > 0 && assign(room, taken).every((hue) => !taken.includes(hue)));
  const drawn = trace([["a(0..1) b(1..2)"]]);
  const alone = paint(drawn, "light").name[drawn.keys[0].task];
  drawn.keys[1].color = alone;
  assert.notEqual(paint(drawn, "light").name[drawn.keys[0].task], alone);
});

test("the user's own colour wins, in the legend too where it is the only one", () => {
  const drawn = trace([["a(0..1) b(1..2) c(2..3)"]]);
  drawn.keys[1].color = "#ca562c";
  drawn.keys.push({ ...drawn.keys[2], group: drawn.keys[0].task, color: "#111111" });
  const { fill, text, name } = paint(drawn, "light");
  assert.equal(fill[1], "#ca562c");
  assert.equal(name[drawn.keys[1].task], "#ca562c");
  assert.equal(fill[3], "#111111");
  assert.equal(text[3], "#ffffff");
  assert.ok(HUES.light.includes(name[drawn.keys[2].task]), "two colours of one task: the hue stands for it");
});

test("by group, the spans of a group share its hue and those of another have another", () => {
  const drawn = trace([["a(0..1) b(1..2) c(2..3)"]]);
  drawn.keys[2].group = drawn.keys[0].task;
  const { fill, name } = paint(drawn, "light", "group");
  assert.equal(fill[0], fill[1]);
  assert.notEqual(fill[0], fill[2]);
  assert.deepEqual([name[0], name[drawn.keys[0].task]], [fill[0], fill[2]]);
});

test("what stands back is near its background, and still its own hue", () => {
  const drawn = trace([["a(0..1) b(1..2)"]]);
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    const { faint } = paint(drawn, scheme);
    assert.notEqual(faint[0], faint[1]);
    for (const color of faint) assert.ok(contrast(color, BACKGROUND[scheme]) < 2);
  }
});

test("lines of counters have hues that no span has, as long as there are any; a line alone has the page's accent", () => {
  assert.deepEqual(lineColors(1, "light", "#0a5fd0", HUES.light), ["#0a5fd0"]);
  const [first, second, ...rest] = HUES.dark;
  const colors = lineColors(14, "dark", "#ffffff", [first, second, "#123456"]);
  assert.deepEqual(colors.slice(0, 12), [...rest, first, second]);
  assert.deepEqual(colors.slice(12), colors.slice(0, 2));
});
