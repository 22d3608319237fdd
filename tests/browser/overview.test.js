// The overview shows the whole run, its brush is the window, and moving one moves the other.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { drag, launch, open, pixel, plotArea, real, redrawn, settled, test } from "./browser.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** The overview's box, and where a part of it is. @param {Page} page */
async function overview(page) {
  const box = await page.locator("#overview").boundingBox();
  assert.ok(box);
  return { ...box, at: (/** @type {number} */ part) => ({ x: box.x + part * box.width, y: box.y + box.height / 2 }) };
}

/** Where the window lies in the whole, 0 to 1. @param {Page} page @param {{start: number, end: number}} all */
async function parts(page, all) {
  const { start, end } = await plotArea(page);
  return [start, end].map((time) => (time - all.start) / (all.end - all.start));
}

/** @param {number[]} found @param {number[]} expected */
function near(found, expected) {
  found.forEach((part, index) => assert.ok(Math.abs(part - expected[index]) < 0.004, `${found} is not ${expected}`));
}

test("it lies over the plot area and shows when lanes were busy", async () => {
  const { page, close } = await open(browser, real());
  const [box, area] = [await overview(page), await plotArea(page)];
  assert.ok(Math.abs(box.x - area.left) < 1 && Math.abs(box.width - area.width) < 1);
  const busy = await pixel(page, "#busy", box.at(0.1).x, box.y + box.height - 2);
  const idle = await pixel(page, "#busy", box.at(0.6).x, box.y + box.height - 2);
  assert.notEqual(busy, idle);
  await close();
});

test("a drag beside the brush draws a new one, its ends and its middle move it, a click centres it, a double click shows all", async () => {
  const { page, close } = await open(browser, real());
  const all = await plotArea(page);
  await redrawn(page, () => page.keyboard.press("w"));
  await redrawn(page, () => page.keyboard.press("w"));
  const box = await overview(page);
  await redrawn(page, () => drag(page, box.at(0.9), box.at(0.97)));
  near(await parts(page, all), [0.9, 0.97]);
  await redrawn(page, () => drag(page, box.at(0.3), box.at(0.1)));
  near(await parts(page, all), [0.1, 0.3]);
  await redrawn(page, () => drag(page, box.at(0.1), box.at(0.2)));
  near(await parts(page, all), [0.2, 0.3]);
  await redrawn(page, () => drag(page, box.at(0.3), box.at(0.5)));
  near(await parts(page, all), [0.2, 0.5]);
  await redrawn(page, () => drag(page, box.at(0.35), box.at(0.55)));
  near(await parts(page, all), [0.4, 0.7]);
  await redrawn(page, () => drag(page, box.at(0.55), box.at(2)));
  near(await parts(page, all), [0.7, 1]);
  await redrawn(page, () => page.mouse.click(box.at(0.3).x, box.at(0.3).y));
  near(await parts(page, all), [0.15, 0.45]);
  await redrawn(page, () => page.mouse.dblclick(box.at(0.8).x, box.at(0.8).y));
  near(await parts(page, all), [0, 1]);
  await close();
});

test("a drag over the overview of the whole run zooms to that time, a click there changes nothing, and its ends can be dragged", async () => {
  const { page, close } = await open(browser, real());
  const all = await plotArea(page);
  const box = await overview(page);
  const redraws = await settled(page);
  await page.mouse.click(box.at(0.3).x, box.at(0.3).y);
  assert.equal(await settled(page), redraws, "a click has changed the window");
  await redrawn(page, () => drag(page, box.at(0.3), box.at(0.5)));
  near(await parts(page, all), [0.3, 0.5]);
  await redrawn(page, () => page.keyboard.press("0"));
  await redrawn(page, () => drag(page, box.at(1), box.at(0.95)));
  near(await parts(page, all), [0, 0.95]);
  // The brush is still too wide to be moved by much.
  await redrawn(page, () => drag(page, box.at(0.8), box.at(0.6)));
  near(await parts(page, all), [0.6, 0.8]);
  await redrawn(page, () => drag(page, box.at(0.7), box.at(0.5)));
  near(await parts(page, all), [0.4, 0.6]);
  await page.keyboard.press("?");
  assert.match(await page.locator("#help").innerText(), /drag over it to zoom to that time/);
  await close();
});

test("an end dragged over the other becomes the other", async () => {
  const { page, close } = await open(browser, real());
  const all = await plotArea(page);
  await redrawn(page, () => page.keyboard.press("w"));
  const box = await overview(page);
  await redrawn(page, () => drag(page, box.at(0.1), box.at(0.05)));
  await redrawn(page, () => drag(page, box.at(0.8), box.at(0.6)));
  await redrawn(page, () => page.keyboard.press("0"));
  await redrawn(page, () => drag(page, box.at(0), box.at(0.4)));
  near(await parts(page, all), [0.4, 1]);
  await close();
});

test("its ends are sliders: arrows, with shift further, home and end", async () => {
  const { page, close } = await open(browser, real());
  const all = await plotArea(page);
  const press = (/** @type {string} */ key) => redrawn(page, () => page.keyboard.press(key));
  await page.locator("#from").focus();
  await press("ArrowRight");
  near(await parts(page, all), [0.01, 1]);
  await press("Shift+ArrowRight");
  near(await parts(page, all), [0.11, 1]);
  await press("ArrowLeft");
  near(await parts(page, all), [0.1, 1]);
  const from = page.locator("#from");
  assert.equal(await from.getAttribute("role"), "slider");
  const [least, now, most] = await Promise.all(["min", "now", "max"].map(async (name) => Number(await from.getAttribute(`aria-value${name}`))));
  near([(now - least) / (most - least)], [0.1]);
  assert.match((await from.getAttribute("aria-valuetext")) ?? "", /^22:54:50\.7\d\d$/);
  await page.locator("#until").focus();
  await press("Shift+ArrowLeft");
  near(await parts(page, all), [0.1, 0.9]);
  await press("End");
  await page.locator("#from").focus();
  await press("Home");
  near(await parts(page, all), [0, 1]);
  await close();
});

test("the brush follows the chart", async () => {
  const { page, close } = await open(browser, real());
  const all = await plotArea(page);
  for (const key of ["w", "w", "d", "d"]) await redrawn(page, () => page.keyboard.press(key));
  const [box, brush] = [await overview(page), await page.locator("#brush").boundingBox()];
  const [start, end] = await parts(page, all);
  near([((brush?.x ?? 0) - box.x) / box.width, (brush?.width ?? 0) / box.width], [start, end - start]);
  await close();
});
