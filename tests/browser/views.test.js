// The same spans in other views: rows by task, colours by group, times since the start; and the controls for it.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { addressed, barsGiven, covered, launch, legend, open, pinned, plotArea, real, redrawn, renderText, settled, test, traceOf } from "./browser.js";
import { realRows, renderRows } from "./plain.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** @param {Page} page @param {string} name @param {string} value */
const choose = (page, name, value) => addressed(page, () => redrawn(page, () => page.locator(`input[name=${name}][value=${value}]`).check({ force: true })));

/** @param {Page} page @param {string} axis */
const ticks = async (page, axis) => {
  await covered(page);
  return page.locator(`.${axis}tick text`).allTextContents();
};

test("by tasks, a task has one band over all threads and processes, in sections by group, the first to start on top", async () => {
  const { page, close } = await open(browser, real(), { height: 2000 });
  const before = await barsGiven(page);
  assert.equal(await choose(page, "rows", "tasks"), "rows=tasks");
  const after = await barsGiven(page);
  const spans = (/** @type {typeof before} */ bars) => bars.map(({ start, entry }) => `${start} ${entry}`).sort();
  assert.deepEqual(spans(after), spans(before), "the same spans");
  const rows = realRows();
  const groups = [...new Set([...rows].sort((one, other) => one.start - other.start).map(({ group }) => group))];
  const named = await page.locator("#plot .annotation-text").allTextContents();
  assert.deepEqual(named.slice(0, groups.length), groups);
  const tasks = new Set(rows.map(({ group, task }) => `${group} ${task}`));
  assert.equal((await ticks(page, "y")).filter((text) => !/^\d+$/.test(text)).length, tasks.size, "every band has its label");
  const topBars = after.filter(({ y }) => y === Math.min(...after.map((bar) => bar.y)));
  assert.equal(topBars[0].start, Math.min(...rows.map(({ start }) => start)), "the top row began first");
  await close();
});

test("by tasks, one that is switched off leaves no empty band, and has its band again when it is switched on", async () => {
  const { page, close } = await open(browser, real(), { height: 2000, hash: "rows=tasks" });
  const names = async () => (await covered(page), (await ticks(page, "y")).filter((text) => !/^\d+$/.test(text)));
  const before = await names();
  const entry = page.locator("#legend button", { hasText: "save image" });
  await redrawn(page, () => entry.click());
  assert.deepEqual(await names(), before.filter((name) => name !== "save image"));
  await redrawn(page, () => entry.click());
  assert.deepEqual(await names(), before);
  await close();
});

test("by tasks, the labels of a task and of a group say what is in them", async () => {
  const rows = [
    { lane: "main", group: "f", task: "one", start: 0, end: 10e6 },
    { lane: "io-1", group: "f", task: "one", start: 5e6, end: 10e6 },
    { lane: "main", group: "g", task: "two", start: 10e6, end: 20e6 },
  ];
  const { page, close } = await open(browser, renderRows(rows), { hash: "rows=tasks" });
  assert.deepEqual((await ticks(page, "y")).slice(0, 2), ["one", "two"]);
  const area = await plotArea(page);
  const told = async (/** @type {number} */ x) => {
    await page.mouse.move(x, area.top + 10);
    await page.locator("#tooltip").waitFor({ state: "visible" });
    return (await page.locator("#tooltip").innerText()).replace(/\s+/g, " ");
  };
  assert.equal(await told(area.left - 12), "one group f spans 2 lanes 2");
  const group = await page.locator("#plot .annotation-text", { hasText: "f" }).first().boundingBox();
  assert.equal(await told((group?.x ?? 0) + 2), "f tasks 1");
  await close();
});

test("by tasks, a search for a thread shows its spans on tracks of their own", async () => {
  const rows = ["main", "io-1"].flatMap((lane, at) => [0, 1, 2].map((step) => ({ lane, group: "g", task: "one", start: (step * 10 + at * 5) * 1e6, end: (step * 10 + at * 5 + 4) * 1e6 })));
  const { page, close } = await open(browser, renderRows(rows), { hash: "rows=tasks" });
  const tops = (/** @type {Awaited<ReturnType<typeof barsGiven>>} */ bars) => [...new Set(bars.map(({ y }) => y))].sort((one, other) => one - other);
  const before = await barsGiven(page);
  assert.equal(tops(before).length, 1, "the two threads take turns");
  await page.locator("#search").fill("io-1");
  await page.waitForFunction(() => document.querySelector("#found")?.textContent?.includes("3 spans"));
  await settled(page);
  const bars = await barsGiven(page);
  const [above, below] = tops(bars).map((top) => bars.filter(({ y }) => y === top));
  const starts = (/** @type {typeof bars} */ own) => own.map(({ start }) => start).sort((one, other) => one - other);
  const startsOf = (/** @type {string} */ name) => rows.filter(({ lane }) => lane === name).map(({ start }) => start);
  assert.deepEqual([starts(above), starts(below)], [startsOf("io-1"), startsOf("main")], "what matches is on top");
  const [entry] = await legend(page);
  assert.ok(above.every(({ color }) => color === entry.color) && below.every(({ color }) => color !== entry.color), "the others fade");
  await close();
});

test("by tasks, a span that is pinned by a click is the one whose details are shown, and stays pinned by lanes", async () => {
  const { page, close } = await open(browser, real(), { hash: "rows=tasks" });
  const bar = (await barsGiven(page)).find(({ entry }) => entry === "save image");
  await redrawn(page, () => page.mouse.click(bar?.x ?? 0, bar?.y ?? 0));
  const before = await pinned(page);
  assert.equal(before.task, "save image");
  await choose(page, "rows", "lanes");
  assert.deepEqual(await pinned(page), before);
  await close();
});

test("by group, the legend has the groups, a group has one colour, and a click switches all of it", async () => {
  const text = ["load", "save"].flatMap((task, at) => ["f", "g"].map((group, lane) => `${group},${task},2026-11-20T22:00:0${at}.${lane}Z,2026-11-20T22:00:0${at}.${lane + 2}Z,`));
  const { page, close } = await open(browser, renderText(`group,task,start,end,color\n${text.join("\n")}\n`));
  assert.deepEqual((await legend(page)).map(({ name }) => name).sort(), ["load", "save"]);
  assert.equal(await choose(page, "color", "group"), "color=group");
  const entries = await legend(page);
  assert.deepEqual(entries.map(({ name }) => name).sort(), ["f", "g"]);
  for (const { name, color } of entries) {
    const own = (await barsGiven(page)).filter(({ entry }) => entry === name);
    assert.deepEqual([own.length, ...new Set(own.map((bar) => bar.color))], [2, color]);
  }
  await redrawn(page, () => page.locator("#legend button").first().press("Space"));
  assert.equal((await barsGiven(page)).length, 2);
  assert.equal(await page.locator("#tasks tbody input:checked").count(), 2);
  await close();
});

test("since the start, ticks and tooltip count from the first span", async () => {
  const { page, close } = await open(browser, real());
  assert.equal(await choose(page, "time", "since"), "time=since");
  const labels = await ticks(page, "x");
  assert.deepEqual(labels.slice(0, 3), ["0.0 s", "0.1 s", "0.2 s"]);
  const [bar] = await barsGiven(page);
  await page.mouse.move(bar.x, bar.y);
  await page.locator("#tooltip").waitFor({ state: "visible" });
  assert.match((await page.locator("#tooltip").innerText()).replace(/\s+/g, " "), new RegExp(`start ${(Math.floor(bar.start / 1e6) / 1e3).toFixed(3)} s`));
  await choose(page, "time", "clock");
  assert.match((await ticks(page, "x"))[0], /^22:54:50/);
  await close();
});

test("the help opens with ?, tells every key, and closes with escape, its button or a click beside it", async () => {
  const { page, close } = await open(browser, real());
  const isOpen = () => page.evaluate(() => /** @type {HTMLDialogElement} */ (document.querySelector("#help")).open);
  await page.keyboard.press("?");
  assert.ok(await isOpen());
  const keys = await page.locator("#help kbd").allTextContents();
  for (const key of ["W", "S", "A", "D", "0", "F", "M", "N", "P", "L", "T", "Z", "/", "Esc", "\u2190", "\u2191"]) assert.ok(keys.includes(key), `${key} is not told`);
  const redraws = await settled(page);
  await page.keyboard.press("w");
  assert.equal(await settled(page), redraws, "keys are the help's while it is open");
  await page.keyboard.press("Escape");
  assert.ok(!(await isOpen()));
  await page.locator("#help-button").click();
  await page.locator("#help form button").click();
  assert.ok(!(await isOpen()));
  await page.locator("#help-button").click();
  await page.mouse.click(5, 5);
  assert.ok(!(await isOpen()));
  await close();
});

test("the export's menu closes with escape and with a click elsewhere", async () => {
  const { page, close } = await open(browser, real());
  const menu = page.locator("#exports > div");
  await page.locator("#exports summary").click();
  await menu.waitFor({ state: "visible" });
  await page.keyboard.press("Escape");
  await menu.waitFor({ state: "hidden" });
  await page.locator("#exports summary").click();
  await page.locator("h1").click();
  await menu.waitFor({ state: "hidden" });
  await close();
});

test("the legend goes by keyboard: space switches, shift+space shows alone and all again", async () => {
  const { page, close } = await open(browser, real());
  const entry = page.locator("#legend button").nth(1);
  const off = async () => (await legend(page)).flatMap(({ isOn }, index) => (isOn ? [] : [index]));
  await redrawn(page, () => entry.press("Space"));
  assert.deepEqual(await off(), [1]);
  assert.equal(await entry.getAttribute("aria-pressed"), "false");
  await redrawn(page, () => entry.press("Enter"));
  assert.deepEqual(await off(), []);
  await redrawn(page, () => entry.press("Shift+Space"));
  assert.equal((await off()).length, (await legend(page)).length - 1);
  await redrawn(page, () => entry.press("Shift+Space"));
  assert.deepEqual(await off(), []);
  await close();
});

test("a box of the table switches its row alone, and the address says so by name", async () => {
  const { page, close } = await open(browser, real());
  const trace = await traceOf(page);
  const before = (await barsGiven(page)).length;
  const hash = await addressed(page, () => redrawn(page, () => page.locator("#tasks tbody input").first().press("Space")));
  const [first] = trace.tasks;
  assert.equal(hash, `hide=${encodeURIComponent(trace.raw[first.group])}/${encodeURIComponent(trace.raw[first.task])}`);
  assert.equal((await barsGiven(page)).length, before - first.count);
  assert.deepEqual((await legend(page)).filter(({ isOn }) => !isOn), [], "the other group's task of this name is on");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-row")), "0", "the focus stays");
  await close();
});

test("page up and down scroll lanes with the focus on the chart", async () => {
  const rows = Array.from({ length: 300 }, (_, lane) => ({ lane: `t-${lane}`, group: "g", task: "a", start: lane * 1000, end: lane * 1000 + 1e6 }));
  const { page, close } = await open(browser, renderRows(rows));
  const top = async () => (await plotArea(page)).scroll;
  await page.locator("#chart").focus();
  await redrawn(page, () => page.keyboard.press("PageDown"));
  assert.ok((await top()) > 100);
  await redrawn(page, () => page.keyboard.press("PageUp"));
  assert.equal(await top(), 0);
  await close();
});

test("what is switched off is counted beside the search, and comes back with a press", async () => {
  const { page, close } = await open(browser, real(), { hash: "only=" });
  assert.equal((await barsGiven(page)).length, 0);
  const button = page.locator("#show-all");
  assert.equal(await button.innerText(), "13 hidden · show all");
  await redrawn(page, () => button.click());
  assert.equal((await barsGiven(page)).length, 50);
  assert.ok(await button.isHidden());
  await close();
});
