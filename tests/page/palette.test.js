// The laws that the colours keep, computed.

import assert from "node:assert/strict";
import { test } from "node:test";

import { legend } from "#page/view/legend.js";
import {
  assign,
  BACKGROUND,
  contrast,
  hash,
  HUES,
  lineColors,
  linear,
  near,
  paint,
  textOn,
  TIERS,
  WAIT,
  wanted,
} from "#page/view/palette.js";
import { random, trace } from "./helper.js";

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

  for (const [name, matrix, least] of /** @type {[string, number[][], number[]][]} */ ([
    ["normally", NORMAL, [0.09, 0.06, 0.06]],
    ["with deuteranopia", DEUTERANOPIA, [0.09, 0.06, 0.03]],
    ["with protanopia", PROTANOPIA, [0.09, 0.06, 0.03]],
  ])) {
    test(`any two ${scheme} shades seen ${name} are ${least.join(", ")} apart, up to the end of each tier`, () => {
      const seen = HUES[scheme].map((color) =>
        oklab(times(matrix, linear(color)).map((part) => Math.min(1, Math.max(0, part)))),
      );
      seen.forEach((one, index) => {
        const tier = TIERS.filter((first) => first <= index).length - 1;
        for (const [other, lab] of seen.slice(0, index).entries()) {
          const distance = Math.hypot(...one.map((part, axis) => part - lab[axis]));
          assert.ok(
            distance >= least[tier],
            `${HUES[scheme][index]} ${HUES[scheme][other]}: ${distance.toFixed(3)}`,
          );
        }
      });
    });
  }
}

for (const [scheme, idle] of /** @type {const} */ ([["light", "#e6e8eb"], ["dark", "#2b2f36"]]))
  test(`declared waits stand out from the ${scheme} page, from idle, from hues, and from other greys`, async () => {
    const grey = WAIT[scheme];
    assert.ok(contrast(grey, BACKGROUND[scheme]) >= 3);
    assert.ok(contrast(grey, idle) >= 2.5, "waiting is no idle");
    assert.ok(contrast(textOn(grey), grey) >= 4.5);
    const far = (/** @type {number[][]} */ matrix, /** @type {string} */ color) =>
      Math.hypot(...oklab(times(matrix, linear(color))).map((part, axis) => part - oklab(times(matrix, linear(grey)))[axis]));
    for (const hue of HUES[scheme].slice(0, TIERS[1])) {
      assert.ok(far(NORMAL, hue) >= 0.09, hue);
      for (const matrix of [DEUTERANOPIA, PROTANOPIA]) assert.ok(far(matrix, hue) >= 0.04, hue);
    }
    const { readFile } = await import("node:fs/promises");
    const css = await readFile(new URL("../../templates/page/base.css", import.meta.url), "utf8");
    const colors = (/** @type {string} */ name) => [...css.matchAll(new RegExp(`--${name}: (#\\w+);`, "g"))].map((match) => match[1]);
    assert.ok(colors("wait").includes(grey) && colors("idle").includes(idle));
    const others = colors("others")[scheme === "light" ? 0 : 1];
    assert.ok(far(NORMAL, others) >= 0.15, "the other tasks of the ledger");
  });

test("a task that only waits takes no hue, one that also works keeps its own", () => {
  const drawn = trace([["a(0..1) b~(1..2) c(2..3) c~(3..4)"]]);
  const { fill, name, row, wait } = paint(drawn, "light");
  assert.equal(wait, WAIT.light);
  assert.deepEqual([fill[1], fill[3]], [wait, wait]);
  assert.equal(name[drawn.keys[1].task], wait);
  assert.deepEqual(row, [fill[0], wait, fill[2]]);
  assert.ok(HUES.light.includes(fill[2]) && name[drawn.keys[2].task] === fill[2]);
  const group = paint(drawn, "light", "group");
  assert.deepEqual([group.fill[1], group.row[1]], [wait, wait]);
  assert.equal(group.name[0], group.fill[0]);
});

test("every hue is in a tier and has two shades", () => {
  assert.deepEqual(TIERS, [0, 12, 24, 48]);
  assert.equal(HUES.light.length, 48);
  assert.equal(HUES.dark.length, 48);
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

/** @param {() => number} next @param {number} count */
const randomNames = (next, count) => Array.from({ length: count }, (_, index) => `task ${index} ${Math.floor(next() * 1e9)}`);

/** The hue of a name's hash. @param {string} name */
const ownOf = (name) => wanted(name, 0)[0];

test("a name wants each hue of a tier, first that of its hash", () => {
  for (const name of randomNames(random(9), 50)) {
    assert.equal(ownOf(name), hash(name) % 12);
    for (const tier of [0, 1, 2]) {
      const hues = wanted(name, tier).sort((one, other) => one - other);
      assert.deepEqual(hues, [...HUES.light.keys()].slice(TIERS[tier], TIERS[tier + 1]));
    }
  }
});

test("the same names get the same hues in any order, and up to 48 never share", () => {
  const next = random(1);
  for (let round = 0; round < 200; round += 1) {
    const names = randomNames(next, 1 + Math.floor(next() * 48));
    const hues = assign(names);
    assert.equal(new Set(hues).size, names.length);
    assert.deepEqual(assign([...names].reverse()).reverse(), hues);
    for (const tier of [12, 24]) assert.ok(names.length > tier || hues.every((hue) => hue < tier), "a tier is for what those before have no room for");
  }
});

test("a hue goes to the first by name of those whose hash wants it", () => {
  const next = random(2);
  for (let round = 0; round < 200; round += 1) {
    const names = randomNames(next, 1 + Math.floor(next() * 60));
    const hues = assign(names);
    for (const name of names) {
      const [first] = names.filter((other) => ownOf(other) === ownOf(name)).sort();
      assert.equal(hues[names.indexOf(first)], ownOf(name));
    }
  }
});

test("one name more moves none that has the hue of its hash, but for one that it takes this from, and few others", () => {
  const next = random(3);
  for (const [most, few] of [[12, 0.5], [48, 1.5]]) {
    let moved = 0;
    for (let round = 0; round < 500; round += 1) {
      const names = randomNames(next, 1 + Math.floor(next() * (most - 1)));
      const [more] = randomNames(next, 1).map((name) => (next() < 0.5 ? `a ${name}` : `z ${name}`));
      const [before, after] = [assign(names), assign([...names, more])];
      names.forEach((name, index) => {
        if (before[index] === after[index]) return;
        moved += 1;
        const hadOwn = before[index] === ownOf(name);
        assert.ok(!hadOwn || (ownOf(more) === ownOf(name) && more < name), `${name} had its own`);
      });
    }
    assert.ok(moved < 500 * few, `${moved / 500} on average, of up to ${most}`);
  }
});

test("beyond 48 names hues are shared, each by as many", () => {
  const hues = assign(randomNames(random(4), 96));
  assert.deepEqual(HUES.light.map((_, hue) => hues.filter((own) => own === hue).length), Array(48).fill(2));
});

test("where the user's colours leave no hue, every name still has one", () => {
  const hues = assign(["a", "b"], [...HUES.light.keys()]);
  assert.ok(hues.every((hue) => HUES.light[hue] !== undefined));
});

test("a hue that looks like a colour of the user's is taken", () => {
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    HUES[scheme].forEach((color, hue) => assert.ok(near([color]).includes(hue)));
  }
  assert.deepEqual(near([]), []);
  const names = Array.from({ length: 10 }, (_, index) => `task ${index}`);
  const taken = near([HUES.light[3], HUES.dark[7]]);
  assert.ok(taken.length >= 2 && assign(names, taken).every((hue) => !taken.includes(hue)));
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

test("where hues must be shared, tasks of the legend share none with each other", () => {
  const drawn = trace([[Array.from({ length: 60 }, (_, at) => `task${at}(${at}..${at + 1})`).join(" ")]]);
  drawn.tasks = [...drawn.tasks].reverse();
  const { name } = paint(drawn, "light");
  const shown = legend(drawn).entries.filter((entry) => entry.name >= 0).map((entry) => name[entry.name]);
  assert.equal(new Set(shown).size, 24);
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
  const [first, second, ...rest] = HUES.dark.slice(0, 24);
  const colors = lineColors(26, "dark", "#ffffff", [first, second, "#123456"]);
  assert.deepEqual(colors.slice(0, 24), [...rest, first, second]);
  assert.deepEqual(colors.slice(24), colors.slice(0, 2));
});
