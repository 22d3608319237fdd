// The drawer of the pinned span: always in the window, never over the pinned row, and a way to its family.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { barsGiven, generate, launch, open, pinned, plotArea, real, redrawn, render, renderText, settled, stamp, test } from "./browser.js";
import { renderRows } from "./plain.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** Photos that are decoded and resized, a child each in which something else is nested. */
const photos = () =>
  renderRows([
    { lane: "main", group: "job", task: "photo", start: 0, end: 60e6 },
    { lane: "main", group: "job", task: "decode", start: 5e6, end: 30e6 },
    { lane: "main", group: "disk", task: "read", start: 6e6, end: 10e6 },
    { lane: "main", group: "job", task: "resize", start: 30e6, end: 58e6 },
    { lane: "main", group: "job", task: "photo", start: 60e6, end: 100e6 },
  ]);

/** Clicks the bar that starts and ends there. @param {Page} page @param {number} start ns @param {number} end ns */
async function clickBar(page, start, end) {
  const bar = (await barsGiven(page)).find((bar) => Math.abs(bar.start - start) < 2e5 && Math.abs(bar.end - end) < 2e5);
  assert.ok(bar, `no bar from ${start} to ${end}`);
  await redrawn(page, () => page.mouse.click(bar.x, bar.y));
}

/** @param {Page} page @param {string} key */
const press = (page, key) => redrawn(page, () => page.keyboard.press(key));

/** Where things are, in px of the browser's window. @param {Page} page */
const places = (page) =>
  page.evaluate(() => {
    const box = (/** @type {string} */ selector) => /** @type {Element} */ (document.querySelector(selector)).getBoundingClientRect().toJSON();
    return { scrolled: scrollY, height: innerHeight, chart: box("#chart"), hint: box("#hint"), drawer: box("#details"), main: box("main") };
  });

/** The lists of the drawer: their headings, then their entries. @param {Page} page */
const family = (page) =>
  page
    .locator("#pinned-family > div")
    .evaluateAll((lists) => lists.map((list) => [...list.querySelectorAll("h3, li")].map(({ textContent }) => textContent)));

test("a click opens the drawer inside the window and moves nothing", async () => {
  for (const [width, height] of [[1280, 720], [900, 600]]) {
    const { page, close } = await open(browser, photos(), { width, height });
    const before = await places(page);
    assert.equal(before.drawer.height, 0);
    await clickBar(page, 5e6, 30e6);
    const now = await places(page);
    assert.deepEqual([now.chart, now.hint, now.main, now.scrolled], [before.chart, before.hint, before.main, 0]);
    assert.deepEqual([now.drawer.height, now.drawer.bottom], [44, height]);
    assert.ok(now.chart.bottom <= now.drawer.top, "the drawer is not over the chart");
    await close();
  }
});

test("where lanes fill the window, the chart leaves room for the drawer", async () => {
  const { page, close } = await open(browser, render(generate(4000, 64)));
  await page.locator("#chart").focus();
  await press(page, "ArrowRight");
  const { chart, drawer, scrolled } = await places(page);
  assert.deepEqual([Math.round(chart.bottom), scrolled], [drawer.top, 0]);
  await close();
});

test("in a page that is scrolled down the drawer stays, and hides no line of a section for good", async () => {
  const { page, close } = await open(browser, real());
  await page.locator("#chart").focus();
  await press(page, "ArrowRight");
  for (const key of ["", "i"]) {
    if (key) await press(page, key);
    await page.evaluate(() => scrollTo({ top: 1e6, behavior: "instant" }));
    const { drawer, height } = await places(page);
    const last = await page.locator("main > section:visible:not(#details)").last().boundingBox();
    assert.equal(drawer.bottom, height);
    assert.ok(last && last.y + last.height <= drawer.top, "the last section ends above it");
  }
  await close();
});

test("a line shows the duration, the self time and the start, each whole", async () => {
  const { page, close } = await open(browser, photos(), { width: 900, height: 600 });
  await clickBar(page, 5e6, 30e6);
  const fields = page.locator("#pinned-fields > div");
  const box = await page.locator("#pinned-body").boundingBox();
  const shown = await fields.evaluateAll(
    (all, bottom) => all.filter((field) => field.clientHeight > 0 && field.getBoundingClientRect().bottom <= bottom + 1).map((field) => /** @type {HTMLElement} */ (field).innerText.replace(/\s+/g, " ")),
    box ? box.y + box.height : 0,
  );
  assert.deepEqual(shown, ["duration 25.0 ms", "self 21.0 ms", "start 14:00:00.005 000 000 UTC"]);
  await close();
});

test("all shows every field with nothing cut off, and what encloses the span and its children", async () => {
  const long = "a task of a very long name, and so on ".repeat(6);
  const rows = [["outer", 0, 90e6], [long, 1e6, 80e6], ...Array.from({ length: 11 }, (_, at) => [`inner ${long}`, 2e6 + at * 5e6, 2e6 + at * 5e6 + (at + 1) * 1e5])];
  const text = rows.map(([task, start, end]) => `"${long}","${task}",${stamp(Number(start))},${stamp(Number(end))},`).join("\n");
  const path = renderText(`group,task,start,end,color\n${text}\n`);
  for (const [width, height] of [[1280, 720], [900, 600], [500, 800]]) {
    const { page, close } = await open(browser, path, { width, height });
    await clickBar(page, 1e6, 80e6);
    await redrawn(page, () => page.locator("#details button[value=all]").click());
    assert.equal(await page.locator("#details button[value=all]").getAttribute("aria-expanded"), "true");
    const { drawer } = await places(page);
    assert.ok(drawer.bottom === height && drawer.height <= height * 0.4 + 1, `${drawer.height} px of ${height}`);
    const cut = await page.locator("#pinned-fields dd").evaluateAll((all) => all.filter((value) => value.scrollWidth > value.clientWidth + 1).map(({ textContent }) => textContent));
    assert.deepEqual(cut, []);
    assert.equal(await page.locator("#pinned-body").evaluate((body) => body.scrollWidth <= body.clientWidth), true);
    assert.equal((await pinned(page)).task, long.trim() && (await page.locator("#pinned-title").textContent()));
    const [outer, children] = await family(page);
    assert.deepEqual(outer, ["Enclosing spans the innermost first", "outer 90.0 ms"]);
    assert.deepEqual([children[0], children.length, children.at(-1)], ["11 children, 6.60 ms in all", 10, "3 more, none longer"]);
    await close();
  }
});

test("from a child to its parent and back by the drawer's buttons", async () => {
  const { page, close } = await open(browser, photos());
  await clickBar(page, 6e6, 10e6);
  await press(page, "i");
  assert.equal((await pinned(page)).in, "job / decode, 25.0 ms");
  assert.deepEqual(await family(page), [["Enclosing spans the innermost first", "job / decode 25.0 ms", "job / photo 60.0 ms"]]);
  await redrawn(page, () => page.locator("#pinned-family button", { hasText: "photo" }).click());
  const { task, duration, contains, in: outer } = await pinned(page);
  assert.deepEqual([task, duration, contains, outer], ["photo", "60.0 ms (60,000,000 ns)", "3 nested spans", undefined]);
  assert.deepEqual(await family(page), [["2 children, 53.0 ms in all", "resize 28.0 ms", "decode 25.0 ms"]]);
  assert.equal(await page.evaluate(() => document.activeElement?.id), "pinned-body", "keys go on from there");
  await page.keyboard.press("Tab");
  await redrawn(page, () => page.keyboard.press("Enter"));
  assert.equal((await pinned(page)).task, "resize");
  await close();
});

test("the tooltip names the enclosing span and counts the nested ones", async () => {
  const { page, close } = await open(browser, photos());
  const tooltip = page.locator("#tooltip");
  for (const [start, text] of /** @type {[number, RegExp][]} */ ([[5e6, /in photo, 60\.0 ms contains 1 nested span /], [0, /^photo duration 60\.0 ms contains 3 nested spans group/]])) {
    const bar = (await barsGiven(page)).find((bar) => Math.abs(bar.start - start) < 2e5);
    assert.ok(bar);
    await page.mouse.move(bar.x, bar.y);
    await tooltip.waitFor({ state: "visible" });
    assert.match((await tooltip.innerText()).replace(/\s+/g, " "), text);
  }
  await close();
});

test("of a summarised lane only the longest spans are known, and the drawer says so", async () => {
  const inner = Array.from({ length: 300 }, (_, at) => `g,inner,${stamp(at * 1e6)},${stamp(at * 1e6 + 1e5 + at)},`);
  const text = ["group,task,start,end,color", `g,outer,${stamp(0)},${stamp(400e6)},`, ...inner].join("\n");
  const { page, close } = await open(browser, renderText(`${text}\n`, "--detail", "100"));
  await page.locator("#chart").focus();
  await press(page, "ArrowRight");
  await press(page, "i");
  const { task, self, contains } = await pinned(page);
  assert.equal(task, "outer");
  assert.match(self, /^at most \d/);
  assert.match(contains, /^at least \d+ nested spans$/);
  assert.match((await family(page))[0][0] ?? "", /^at least \d+ children, at least \d/);
  await close();
});

test("the pinned row is clear of the drawer, however low it is", async () => {
  for (const [width, height] of [[1280, 720], [900, 600]]) {
    const { page, close } = await open(browser, render(generate(4000, 64)), { width, height });
    const area = await plotArea(page);
    const low = area.top + area.height - 6; // a place in the last row in view
    await redrawn(page, () => page.mouse.click(area.left + area.width / 2, low));
    assert.equal((await places(page)).scrolled, 0);
    await press(page, "i");
    await settled(page);
    const { drawer, scrolled } = await places(page);
    assert.ok(scrolled > 0);
    assert.ok(low - scrolled < drawer.top, `${low - scrolled} is under ${drawer.top}`);
    await close();
  }
});

test("escape shrinks the drawer, then closes it, and the chart has the focus", async () => {
  const { page, close } = await open(browser, photos());
  await clickBar(page, 5e6, 30e6);
  await press(page, "i");
  await page.locator("#details button[value=next]").focus();
  await press(page, "Escape");
  assert.equal((await places(page)).drawer.height, 44);
  assert.equal(await page.locator("#details button[value=all]").getAttribute("aria-expanded"), "false");
  await press(page, "Escape");
  assert.deepEqual(await pinned(page), {});
  assert.equal(await page.evaluate(() => document.activeElement?.id), "chart");
  await close();
});

test("a link shows the drawer as it was", async () => {
  const { page, close } = await open(browser, photos(), { hash: "pin=0.1.0&details=all" });
  assert.deepEqual((await family(page)).length, 2);
  await press(page, "i");
  await page.waitForFunction(() => !location.hash.includes("details"));
  assert.deepEqual(await family(page), []);
  await close();
});

test("on paper the drawer is a block after the chart, with all fields", async () => {
  const { page, close } = await open(browser, photos());
  await clickBar(page, 5e6, 30e6);
  await page.emulateMedia({ media: "print" });
  const { chart, drawer } = await places(page);
  assert.ok(drawer.top >= chart.bottom - 1);
  const shown = await page.locator("#pinned-fields > div").evaluateAll((all) => all.filter(({ clientHeight }) => clientHeight > 0).length);
  assert.equal(shown, Object.keys(await pinned(page)).length - 1, "all but the task, which is the title");
  assert.match(await page.locator("#pinned-fields").innerText(), /25\.0 ms \(25,000,000 ns\)/);
  assert.equal(await page.locator("#details .actions").isVisible(), false);
  await close();
});
