// The page of a comparison: the verdict and the bar above the chart, a run of each side in it, all figures below it.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { launch, open, program, scratch, settled, stamp, test } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

const HOSTILE = "</template>`<img src=x onerror=alert(1)>";
const MS = 1e6; // ns

/** @typedef {[group: string, task: string, start: number, end: number]} Span in ms */

/**
 * The page of two sides, each of so many runs.
 * @param {readonly [number, number]} counts
 * @param {(side: number, run: number) => Span[]} spans
 */
function compared(counts, spans) {
  const directory = scratch();
  for (const [side, label] of ["old", "new"].entries()) {
    for (let run = 1; run <= counts[side]; run += 1) {
      const lines = spans(side, run).map(([group, task, start, end]) => `${group},${task},${stamp(start * MS)},${stamp(end * MS)},\r\n`);
      const own = join(directory, label, String(run));
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, "records.csv"), `group,task,start,end,color\r\n${lines.join("")}`);
    }
  }
  execFileSync(program(), ["compare", "old", "new", "-o", "page.html"], { cwd: directory, stdio: ["ignore", "ignore", "pipe"] });
  return join(directory, "page.html");
}

/** Five runs a side: `save` is slower, the last task is faster, and each side has a task of its own. */
let slower = "";
const fiveRuns = () =>
  (slower ||= compared([5, 5], (side, run) => {
    const save = side === 0 ? 1000 + run : 1600 + run;
    const end = save + (side === 0 ? 900 : 700);
    return [
      ["io", "save", 0, save],
      [HOSTILE, HOSTILE, save, end],
      ["io", side === 0 ? "pack" : "verify", end, end + 10],
    ];
  }));

/** A signed amount of ms. @param {string} text */
function amount(text) {
  const [, sign, digits, unit] = /([+−]?)([\d.]+)\s(ms|s)/.exec(text) ?? [];
  return (sign === "−" ? -1 : 1) * Number(digits) * (unit === "s" ? 1000 : 1);
}

/** @param {string[]} texts */
const sum = (texts) => Math.round(texts.reduce((sum, text) => sum + amount(text), 0));

for (const [width, height, most] of /** @type {const} */ ([[1280, 720, 162], [900, 600, 240]])) {
  test(`the verdict, its bar and the chart's tools are in the first screen of ${width} x ${height} px`, async () => {
    const { page, close } = await open(browser, fiveRuns(), { width, height });
    assert.match(await page.locator("#verdict .verdict").innerText(), /^Regression.* in\s*save/);
    assert.match(await page.locator("#compared-figures").innerText(), /wall time, typical run\s*1\.91 → 2\.31 s, \+2\d\.\d %/);
    assert.equal(await page.locator("#figures").isVisible(), false, "what is of the drawn runs is folded");
    const bottom = (/** @type {string} */ name) => page.locator(name).evaluate((element) => element.getBoundingClientRect().bottom);
    assert.ok((await bottom("#bridge")) < (await bottom("#toolbar")));
    assert.ok((await page.locator("#toolbar").evaluate((element) => element.getBoundingClientRect().top)) <= most);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    await page.locator("#drawn summary").click();
    assert.match(await page.locator("#figures").innerText(), /lanes\s*1/);
    await close();
  });
}

test("the parts of the bar, and those of its table, sum to the difference of the wall time", async () => {
  const { page, close } = await open(browser, fiveRuns());
  const texts = (/** @type {string} */ name) => page.locator(name).allInnerTexts();
  const [all] = await texts("#bridge .walls > span:first-child");
  assert.match(all, /^mean wall time \+400 ms|^mean wall time \+0\.40 s/);
  assert.equal(sum(await texts("#bridge .sum b")), amount(all));
  const pieces = await page.locator("#bridge .piece").evaluateAll((all) => all.map((piece) => /** @type {HTMLElement} */ (piece).title));
  assert.equal(sum(pieces.map((title) => title.slice(title.lastIndexOf(": ")))), amount(all));
  assert.equal(sum(await texts("#bridge-table tbody td:last-child")), amount(all));
  assert.deepEqual((await texts("#one-sided tbody tr")).map((row) => row.split("\t").slice(0, 2).map((cell) => cell.trim())), [
    ["io / pack", "baseline"],
    ["io / verify", "candidate"],
  ]);
  // A task has one colour, in the bar as in the legend of the chart.
  const swatch = (/** @type {string} */ name) => page.locator(name).first().evaluate((element) => getComputedStyle(element).getPropertyValue("--swatch").trim());
  assert.equal(await swatch("#bridge [data-task=save]"), await swatch("#legend button:has-text('save')"));
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.locator("#compared tbody bdi", { hasText: "<img" }).first().innerText(), HOSTILE);
  await close();
});

test("another run of a side is chosen, and the dots and the address say which", async () => {
  const { page, close } = await open(browser, fiveRuns());
  const current = () => page.locator("#compared circle.current").evaluateAll((dots) => [...new Set(dots.map((dot) => dot.getAttribute("data-run")))]);
  assert.deepEqual(await current(), ["a3", "b3"]);
  await page.locator("#runs select").nth(1).selectOption("b5");
  await page.waitForFunction(() => location.hash.includes("b5") && document.querySelector("#compared circle.current[data-run=b5]") !== null);
  await settled(page);
  assert.equal(await page.evaluate(() => location.hash), "#run=a3,b5");
  assert.deepEqual(await current(), ["a3", "b5"]);
  assert.deepEqual(
    (await page.locator("#folds button").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")))).filter((name) => name?.startsWith("side")),
    ["side baseline · run 3 of 5", "side candidate · run 5 of 5"],
  );
  await close();
});

test("a run that is not on the page, or one run alone, is no choice of a comparison", async () => {
  for (const hash of ["run=a3", "run=a3,b9"]) {
    const { page, close } = await open(browser, fiveRuns(), { hash });
    assert.deepEqual(await page.locator("#runs select").evaluateAll((all) => all.map((one) => /** @type {HTMLSelectElement} */ (one).value)), ["a3", "b3"]);
    await close();
  }
});
