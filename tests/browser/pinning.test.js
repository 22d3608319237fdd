// A pinned span tells all that is known of it, stands out with its siblings, and is where walks begin.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { addressed, barsGiven, launch, open, pinned, plotArea, real, redrawn, settled, test, traceOf } from "./browser.js";
import { realRows, renderRows } from "./plain.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** Outer and inner spans of two lanes, drawn in rows of 20 px: pool-1 has a(0..100) with b in it, main three spans. */
const nested = () =>
  renderRows([
    { lane: "main", group: "g", task: "a", start: 0, end: 40e6 },
    { lane: "main", group: "g", task: "b", start: 40e6, end: 50e6 },
    { lane: "main", group: "h", task: "a", start: 50e6, end: 90e6 },
    { lane: "main", group: "g", task: "a", start: 90e6, end: 100e6 },
    { lane: "pool-1", group: "g", task: "a", start: 0, end: 100e6 },
    { lane: "pool-1", group: "g", task: "b", start: 10e6, end: 30e6 },
    { lane: "pool-1", group: "g", task: "b", start: 60e6, end: 95e6 },
    { lane: "pool-1", group: "g", task: "open", start: 97e6, end: Infinity },
  ]);

/** Clicks a bar. @param {Page} page @param {number} start ns @param {number} end ns */
async function clickBar(page, start, end) {
  const bar = (await barsGiven(page)).find((bar) => Math.abs(bar.start - start) < 2e5 && Math.abs(bar.end - end) < 2e5);
  assert.ok(bar, `no bar from ${start} to ${end}`);
  await redrawn(page, () => page.mouse.click(bar.x, bar.y));
}

/** @param {Page} page @param {string} key */
const press = (page, key) => redrawn(page, () => page.keyboard.press(key));

/** Task, start and self of the pinned span, for short. @param {Page} page */
async function where(page) {
  const { task, start = "", lane = "" } = await pinned(page);
  return task === undefined ? "" : `${task} ${lane.split(" · ").pop()} ${Number(start.replace(" UTC", "").slice(-12).replace(/\D/g, "")) / 1e6}`;
}

test("a click pins a span with all its fields, a click beside it unpins", async () => {
  const { page, close } = await open(browser, nested());
  await clickBar(page, 60e6, 95e6);
  const { "read from": source, ...fields } = await pinned(page);
  assert.deepEqual(fields, {
    task: "b",
    duration: "35.0 ms (35,000,000 ns)",
    self: "all of it *", // an unfinished span crosses the one round it
    in: "a, 100 ms",
    group: "g",
    lane: "g +1 · 100 · pool-1",
    start: "14:00:00.060\u202f000\u202f000 UTC",
    end: "14:00:00.095\u202f000\u202f000 UTC",
    "in its task": "span 3 of 3",
    "*": "spans overlap without nesting here: time counts for the one that started last",
  });
  assert.match(source, /pool-1\.\*\.csv$|pool-1\.0\.csv$/);
  await clickBar(page, 0, 100e6);
  assert.equal((await pinned(page)).self, "45.0 ms * (45,000,000 ns)", "children taken off, and not exact where spans cross");
  const area = await plotArea(page);
  await redrawn(page, () => page.mouse.click(area.left + area.width - 2, area.top + 2));
  assert.deepEqual(await pinned(page), {});
  await clickBar(page, 97e6, 100e6);
  const open_ = await pinned(page);
  assert.deepEqual([open_.duration, open_.self, open_.end], ["unfinished, at least 3.00 ms", "–", "not recorded"]);
  await press(page, "Escape");
  assert.deepEqual(await pinned(page), {});
  await close();
});

test("others of its task and group keep their colour, the rest fades, nothing moves", async () => {
  const { page, close } = await open(browser, nested());
  const before = await barsGiven(page);
  await clickBar(page, 40e6, 50e6);
  const now = await barsGiven(page);
  assert.deepEqual(now.map(({ start, y }) => [start, y]).sort(), before.map(({ start, y }) => [start, y]).sort());
  const same = now.filter(({ color, start, y }) => before.some((bar) => bar.start === start && bar.y === y && bar.color === color));
  assert.deepEqual(same.map(({ entry }) => entry), ["b", "b", "b"]);
  await clickBar(page, 50e6, 90e6);
  const ofGroup = (await barsGiven(page)).filter(({ entry }) => entry === "a");
  const bright = ofGroup.filter(({ color, start }) => before.some((bar) => bar.start === start && bar.entry === "a" && bar.color === color));
  assert.equal(bright.length, 1, "h / a is not g / a");
  await close();
});

test("arrows walk along the row and from row to row, and begin with the first in view", async () => {
  const { page, close } = await open(browser, nested());
  await page.locator("#chart").focus();
  const walk = [];
  for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowUp"]) {
    await press(page, key);
    walk.push(await where(page));
  }
  assert.deepEqual(walk, ["a main 0", "b main 40", "a main 50", "b main 40", "a pool-1 0", "b pool-1 60", "open pool-1 97", "a pool-1 0", "a main 50"]);
  const still = await settled(page);
  await press(page, "ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.equal(await settled(page), still + 1, "at the end of the row nothing happens");
  await close();
});

test("arrows are the page's without the focus on the chart", async () => {
  const { page, close } = await open(browser, nested());
  await page.keyboard.press("ArrowRight");
  await press(page, "w");
  assert.deepEqual(await pinned(page), {});
  await close();
});

test("n and p go from span to span of its task over all lanes, l to the longest, as the buttons do", async () => {
  const { page, close } = await open(browser, nested());
  await clickBar(page, 10e6, 30e6);
  const steps = { n: ["n", "next"], p: ["p", "previous"], l: ["l", "longest"] };
  for (const way of [0, 1]) {
    const act = (/** @type {string} */ name) => (way === 0 ? press(page, name) : redrawn(page, () => page.locator(`#details button[value=${name}]`).click()));
    await act(steps.n[way]);
    assert.equal(await where(page), "b main 40");
    await act(steps.n[way]);
    assert.equal(await where(page), "b pool-1 60");
    await act(steps.p[way]);
    await act(steps.p[way]);
    assert.equal(await where(page), "b pool-1 10");
    await act(steps.l[way]);
    assert.equal(await where(page), "b pool-1 60");
    await act(steps.p[way]);
    await act(steps.p[way]);
  }
  await redrawn(page, () => page.locator("#details button[value=unpin]").click());
  assert.deepEqual(await pinned(page), {});
  await close();
});

test("f zooms to the pinned span, and a walk brings what it finds into view", async () => {
  const { page, close } = await open(browser, nested());
  await clickBar(page, 40e6, 50e6);
  await press(page, "f");
  const fitted = await plotArea(page);
  assert.deepEqual([fitted.start, fitted.end], [39e6, 51e6]);
  await press(page, "n");
  const moved = await plotArea(page);
  assert.ok(moved.start < 60e6 && moved.end > 62e6, `${moved.start} to ${moved.end}`);
  assert.ok(Math.abs(moved.end - moved.start - 12e6) < 1);
  await redrawn(page, () => page.locator("#details button[value=fit]").click());
  const again = await plotArea(page);
  assert.ok(again.start < 60e6 && again.end > 95e6);
  await close();
});

test("all fields are copied, a line each", async () => {
  const { page, close } = await open(browser, nested());
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await clickBar(page, 40e6, 50e6);
  await page.locator("#details button[value=copy]").click();
  await page.waitForFunction(() => document.querySelector("#said")?.textContent === "fields copied");
  const lines = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
  const fields = await pinned(page);
  assert.deepEqual(lines, Object.entries(fields).map(([name, value]) => `${name}: ${value}`));
  await close();
});

test("the table's names lead to the section of their task, and that to its longest span, in every row", async () => {
  const { page, close } = await open(browser, real());
  const rows = realRows();
  const trace = await traceOf(page);
  for (let index = 0; index < 4; index += 1) {
    const task = trace.tasks[index];
    const longest = Math.max(...rows.filter((row) => row.group === trace.raw[task.group] && row.task === trace.raw[task.task]).map(({ start, end }) => end - start));
    await page.locator("#tasks tbody .link").nth(index).click();
    await addressed(page, () => page.locator("#slowest a").first().click());
    const { duration } = await pinned(page);
    assert.match(duration, new RegExp(`\\(${String(longest).replace(/\B(?=(\d{3})+$)/g, ",")} ns\\)`));
  }
  await close();
});

test("a double click fits and leaves what is pinned, a press beside the rows unpins nothing", async () => {
  const { page, close } = await open(browser, nested());
  await clickBar(page, 40e6, 50e6);
  await press(page, "f");
  const area = await plotArea(page);
  await redrawn(page, () => page.mouse.dblclick(area.left + area.width - 2, area.top + area.height - 2));
  assert.ok((await plotArea(page)).end > 90e6);
  assert.equal(await where(page), "b main 40");
  await page.mouse.click(area.left + area.width / 2, area.top + area.height + 30);
  await press(page, "w");
  assert.equal(await where(page), "b main 40");
  await close();
});
