// Every gesture and key does to the window what the reader expects.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { generate, launch, open, plotArea, redrawn, render } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {string} */
let path;
before(async () => {
  browser = await launch();
  path = render(generate(4000, 200));
});
after(() => browser.close());

/** @param {import("playwright-core").Page} page @param {number} part of the plot area's width and height */
async function moveTo(page, part) {
  const area = await plotArea(page);
  await page.mouse.move(area.left + part * area.width, area.top + part * area.height);
  return area;
}

/** Which rows are in view. @param {import("playwright-core").Page} page */
const lanes = (page) => page.evaluate(() => (/** @type {any} */ (document.querySelector(".js-plotly-plot")))._fullLayout.yaxis.range.map(Number));

/** @param {{start: number, end: number}} area */
const span = (area) => area.end - area.start;

test("ctrl+wheel zooms time at the cursor", async () => {
  const { page, close } = await open(browser, path);
  const before = await moveTo(page, 0.25);
  await page.keyboard.down("Control");
  await redrawn(page, () => page.mouse.wheel(0, -300));
  await page.keyboard.up("Control");
  const after = await plotArea(page);
  assert.ok(span(after) < span(before) * 0.8);
  const under = (/** @type {typeof after} */ area) => area.start + 0.25 * span(area);
  assert.ok(Math.abs(under(after) - under(before)) < span(after) / after.width, "the time under the cursor has moved");
  await close();
});

test("the wheel scrolls lanes, and at the last lane the page", async () => {
  const { page, close } = await open(browser, path);
  const before = await lanes(page);
  await moveTo(page, 0.5);
  await redrawn(page, () => page.mouse.wheel(0, 120));
  assert.notDeepEqual(await lanes(page), before);
  assert.equal(await page.evaluate(() => scrollY), 0);
  await redrawn(page, () => page.mouse.wheel(0, 100_000));
  const last = await lanes(page);
  await page.mouse.wheel(0, 200);
  await page.waitForFunction(() => scrollY > 0);
  assert.deepEqual(await lanes(page), last);
  await close();
});

test("a drag pans time and lanes", async () => {
  const { page, close } = await open(browser, path);
  await page.keyboard.press("w");
  await redrawn(page, () => page.keyboard.press("w"));
  const before = await moveTo(page, 0.5);
  const rows = await lanes(page);
  await page.mouse.down();
  await redrawn(page, () => page.mouse.move(before.left + before.width * 0.3, before.top + before.height * 0.2, { steps: 4 }));
  await page.mouse.up();
  const after = await plotArea(page);
  assert.ok(Math.abs(after.start - before.start - 0.2 * span(before)) < (2 * span(before)) / before.width);
  assert.ok(Math.abs(span(after) - span(before)) < 1);
  assert.notDeepEqual(await lanes(page), rows);
  await close();
});

test("escape takes a drag back", async () => {
  const { page, close } = await open(browser, path);
  await redrawn(page, () => page.keyboard.press("w"));
  const before = await moveTo(page, 0.5);
  await page.mouse.down();
  await redrawn(page, () => page.mouse.move(before.left + before.width * 0.3, before.top + before.height * 0.5, { steps: 4 }));
  await redrawn(page, () => page.keyboard.press("Escape"));
  await page.mouse.up();
  const after = await plotArea(page);
  assert.deepEqual([after.start, after.end], [before.start, before.end]);
  await close();
});

test("w and s zoom, a and d pan, 0 shows all", async () => {
  const { page, close } = await open(browser, path);
  const all = await plotArea(page);
  await redrawn(page, () => page.keyboard.press("w"));
  const zoomed = await plotArea(page);
  assert.ok(span(zoomed) < span(all) && zoomed.start > all.start && zoomed.end < all.end);
  await redrawn(page, () => page.keyboard.press("d"));
  const right = await plotArea(page);
  assert.ok(right.start > zoomed.start && Math.abs(span(right) - span(zoomed)) < 1);
  await redrawn(page, () => page.keyboard.press("a"));
  const back = await plotArea(page);
  assert.ok(Math.abs(back.start - zoomed.start) < 1);
  await redrawn(page, () => page.keyboard.press("s"));
  assert.ok(span(await plotArea(page)) > span(zoomed));
  await redrawn(page, () => page.keyboard.press("w"));
  await redrawn(page, () => page.keyboard.press("0"));
  const again = await plotArea(page);
  assert.deepEqual([again.start, again.end], [all.start, all.end]);
  await close();
});

test("a double click shows all", async () => {
  const { page, close } = await open(browser, path);
  const all = await plotArea(page);
  await redrawn(page, () => page.keyboard.press("w"));
  await moveTo(page, 0.5);
  const area = await plotArea(page);
  await redrawn(page, () => page.mouse.dblclick(area.left + area.width / 2, area.top + area.height / 2));
  const after = await plotArea(page);
  assert.deepEqual([after.start, after.end], [all.start, all.end]);
  await close();
});

test("keys with ctrl, alt or meta are the browser's", async () => {
  const { page, close } = await open(browser, path);
  const before = await plotArea(page);
  for (const modifier of ["Control", "Alt", "Meta"]) await page.keyboard.press(`${modifier}+d`);
  // A key that does act shows that those before it did nothing: the window is zoomed at its middle.
  await redrawn(page, () => page.keyboard.press("w"));
  const after = await plotArea(page);
  assert.ok(Math.abs(after.start + after.end - before.start - before.end) < 2);
  await close();
});

test("escape hides the tooltip", async () => {
  const { page, close } = await open(browser, path);
  const area = await plotArea(page);
  await page.mouse.move(area.left + 40, area.top + 2);
  await page.locator("#tooltip").waitFor({ state: "visible" });
  await page.keyboard.press("Escape");
  await page.locator("#tooltip").waitFor({ state: "hidden" });
  await close();
});

test("whoever sets the axis' range from outside moves the window", async () => {
  const { page, close } = await open(browser, path);
  const detail = await redrawn(page, () =>
    page.evaluate(() => void (/** @type {any} */ (window)).Plotly.relayout(document.querySelector(".js-plotly-plot"), { "xaxis.range": [10e6, 12e6] })),
  );
  const area = await plotArea(page);
  assert.deepEqual([area.start, area.end], [10e6, 12e6]);
  assert.ok(detail.spans > 0);
  await close();
});
