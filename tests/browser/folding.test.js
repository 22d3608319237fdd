// Processes fold into a strip of how many of their lanes are busy, and unfold where something in them is shown.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { addressed, barsGiven, covered, generate, launch, open, pinned, pixel, plotArea, redrawn, render, test, traceOf } from "./browser.js";
import { renderRows } from "./plain.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {string} */
let path;
before(async () => {
  browser = await launch();
  path = render(generate(64, 16)); // 8 processes of two lanes
});
after(() => browser.close());

/** The labels of the rows, from the top. @param {Page} page */
const labels = async (page) => {
  await covered(page);
  return page.locator(".ytick text").evaluateAll((all) => all.map((label) => label.textContent ?? "").filter((text) => !/^\d+$/.test(text)));
};

test("a process's label folds its lanes into a strip and unfolds them", async () => {
  const { page, close } = await open(browser, path);
  const before = { labels: await labels(page), bars: (await barsGiven(page)).length };
  const fold = page.locator("#folds button").first();
  assert.equal(await fold.getAttribute("aria-label"), "process work · 100");
  const hash = await addressed(page, () => redrawn(page, () => fold.click()));
  assert.equal(hash, "fold=0");
  assert.equal(await fold.getAttribute("aria-expanded"), "false");
  assert.deepEqual((await labels(page)).slice(0, 2), ["2 lanes", before.labels[2]]);
  assert.equal((await barsGiven(page)).length, before.bars - 8);
  await redrawn(page, () => fold.click());
  assert.deepEqual({ labels: await labels(page), bars: (await barsGiven(page)).length }, before);
  await close();
});

test("the strip is as high as its lanes are busy", async () => {
  // Two lanes: both busy in the first third, one in the second, none in the last.
  const rows = [
    { lane: "main", group: "g", task: "a", start: 0, end: 40e6 },
    { lane: "io-1", group: "g", task: "a", start: 0, end: 20e6 },
    { lane: "io-1", group: "g", task: "b", start: 60e6, end: 60e6 },
  ];
  const { page, close } = await open(browser, renderRows(rows));
  await redrawn(page, () => page.locator("#folds button").first().click());
  const area = await plotArea(page);
  const top = await page.evaluate(() => (/** @type {HTMLElement} */ (document.querySelector("#folds button"))).getBoundingClientRect());
  const middle = top.top + top.height / 2;
  const at = (/** @type {number} */ ms, /** @type {number} */ y) => pixel(page, "#marks", area.left + ((ms * 1e6 - area.start) / (area.end - area.start)) * area.width, middle + y);
  const [both, one, none] = [await at(10, -6), await at(30, -6), await at(50, -6)];
  assert.notEqual(both, none, "two of two are high");
  assert.equal(one, none, "one of two is not");
  const [low, idle] = [await at(30, 6), await at(50, 6)];
  assert.notEqual(low, idle, "one of two is half as high");
  assert.equal(low, await at(10, 6));
  await close();
});

test("z folds the pinned span's process, shift+z and the button all of them", async () => {
  const { page, close } = await open(browser, path);
  await page.locator("#chart").focus();
  await redrawn(page, () => page.keyboard.press("ArrowRight"));
  await redrawn(page, () => page.keyboard.press("z"));
  assert.equal((await labels(page))[0], "2 lanes");
  await redrawn(page, () => page.keyboard.press("z"));
  await redrawn(page, () => page.keyboard.press("Shift+Z"));
  assert.deepEqual(await labels(page), Array(8).fill("2 lanes"));
  assert.equal((await barsGiven(page)).length, 0);
  assert.equal(await page.locator("#fold-all").innerText(), "unfold all", "the button says what it does now");
  await redrawn(page, () => page.locator("#fold-all").click());
  assert.equal(await page.locator("#fold-all").innerText(), "fold all");
  assert.equal((await labels(page)).filter((label) => label === "2 lanes").length, 0);
  await close();
});

test("what is pinned in a folded process unfolds it, and no other", async () => {
  const { page, close } = await open(browser, path, { hash: "pin=0.0.0" });
  await redrawn(page, () => page.keyboard.press("Shift+Z"));
  await redrawn(page, () => page.keyboard.press("l"));
  assert.equal((await pinned(page)).task, "outer");
  const expanded = await page.locator("#folds button").evaluateAll((all) => all.map((fold) => fold.getAttribute("aria-expanded")));
  assert.deepEqual(expanded.filter((state) => state === "true").length, 1);
  await close();
});

test("by tasks nothing folds, and what was folded is so again by lanes", async () => {
  const { page, close } = await open(browser, path, { height: 2000 });
  const rows = (/** @type {string} */ by) => redrawn(page, () => page.locator(`input[name=rows][value=${by}]`).check({ force: true }));
  await redrawn(page, () => page.locator("#folds button").first().click());
  await rows("tasks");
  assert.equal((await barsGiven(page)).length, 64, "the spans of the folded process too");
  assert.equal(await page.locator("#folds button").count(), 0);
  assert.ok(await page.locator("#fold-all").isHidden());
  await page.locator("#chart").focus();
  await redrawn(page, () => page.keyboard.press("Shift+Z"));
  assert.equal((await barsGiven(page)).length, 64);
  await rows("lanes");
  assert.equal((await labels(page))[0], "2 lanes");
  assert.equal((await labels(page)).filter((label) => label === "2 lanes").length, 1);
  assert.ok(await page.locator("#fold-all").isVisible());
  await close();
});

test("two thousand lanes fold into eight strips", async () => {
  const { page, close } = await open(browser, render(generate(4000, 2000)));
  await redrawn(page, () => page.locator("#fold-all").click());
  assert.deepEqual(await labels(page), Array(8).fill("250 lanes"));
  const trace = await traceOf(page);
  assert.equal(trace.lanes.length, 2000);
  await close();
});

test("a process that is folded stays where it is on the screen", async () => {
  const { page, close } = await open(browser, render(generate(1200, 1200)), { hash: "scroll=900" });
  const second = page.locator("#folds button").nth(1);
  const [name, before] = [await second.getAttribute("aria-label"), await second.boundingBox()];
  await redrawn(page, () => second.click());
  const after = await page.locator(`#folds button[aria-label="${name}"]`).boundingBox();
  assert.ok(before && after && Math.abs(after.y - before.y) < 12, `${before?.y} and ${after?.y}`);
  await close();
});
