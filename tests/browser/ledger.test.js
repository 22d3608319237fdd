// The ledger on the page: a bar and a table of what lanes x wall time went into.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { duration, percent } from "#page/trace/units.js";

import { asPixel, launch, legend, open, real, redrawn, settled, test, traceOf } from "./browser.js";
import { renderRows } from "./plain.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** What the bar's parts are, how wide, and in which colour. @param {Page} page */
const segments = (page) =>
  page.locator("#ledger-bar span").evaluateAll((all) =>
    all.map((part) => ({ kind: part.className, width: part.getBoundingClientRect().width, title: part.getAttribute("title") ?? "", color: getComputedStyle(part).backgroundColor })),
  );

/** @param {Page} page */
const lines = (page) => page.locator("#ledger-table tr:not(:has(th[scope=col]))").evaluateAll((all) => all.map((row) => [...row.children].map((cell) => (cell.textContent ?? "").trim())));

test("the bar's parts are as wide as their share, and the table sums to the whole", async () => {
  const { page, close } = await open(browser, real());
  const { ledger } = await traceOf(page);
  const sum = ledger.tasks.reduce((total, { ns }) => total + ns, 0) + ledger.idle_before_ns + ledger.idle_between_ns + ledger.idle_after_ns + ledger.unfinished_ns;
  assert.equal(sum, ledger.total_ns);
  const bar = await segments(page);
  const whole = bar.reduce((total, { width }) => total + width, 0);
  const widest = bar.find(({ title }) => title.startsWith("idle before"));
  assert.ok(Math.abs((widest?.width ?? 0) / whole - ledger.idle_before_ns / ledger.total_ns) < 0.01);
  const table = await lines(page);
  assert.deepEqual(table.at(-1), ["19 lanes × 971 ms", duration(ledger.total_ns), "100 %"]);
  assert.deepEqual(table[0], ["thumbs1 / make thumbnail", duration(ledger.tasks[0].ns), percent(ledger.tasks[0].ns / ledger.total_ns)]);
  assert.equal(await page.locator("#ledger-caption").textContent(), "19 lanes × 971 ms, at most 5 alive at once");
  await close();
});

test("idle, unfinished and busy time of hand-made lanes", async () => {
  const { page, close } = await open(
    browser,
    renderRows([
      { lane: "main", group: "g", task: "a", start: 0, end: 40e6 },
      { lane: "main", group: "g", task: "b", start: 10e6, end: 20e6 },
      { lane: "main", group: "g", task: "a", start: 60e6, end: 100e6 },
      { lane: "io-1", group: "g", task: "a", start: 30e6, end: 50e6 },
      { lane: "io-2", group: "g", task: "b", start: 20e6, end: Infinity },
    ]),
  );
  assert.deepEqual(await lines(page), [
    ["g / a", "90.0 ms", "30.0 %"],
    ["g / b", "10.0 ms", "3.33 %"],
    ["unfinished", "80.0 ms", "26.7 %"],
    ["idle before a lane's first span", "50.0 ms", "16.7 %"],
    ["idle between a lane's spans", "20.0 ms", "6.67 %"],
    ["idle after a lane's last span", "50.0 ms", "16.7 %"],
    ["3 lanes × 100 ms", "300 ms", "100 %"],
  ]);
  await close();
});

test("fifty thousand spans of a lane that are open at once: the page opens, and says how many", async () => {
  const count = 50_000;
  const rows = Array.from({ length: 2 * count }, (_, at) => ({ lane: "worker", group: "g", task: at % 2 ? "a" : "b", start: 1000 * at, end: 1000 * (at + count) }));
  const { page, close } = await open(browser, renderRows(rows));
  await settled(page);
  const figures = await page.locator("#figures > *").allTextContents();
  assert.ok(figures.some((text) => /open at once\s*50,000/.test(text)), figures.join("\n"));
  // The last to start has the time: each a microsecond, and the very last what remains.
  const table = await lines(page);
  assert.deepEqual(table, [["g / a", "100 ms", "66.7 %"], ["g / b", "50.0 ms", "33.3 %"], ["1 lane × 150 ms", "150 ms", "100 %"]]);
  await redrawn(page, () => page.mouse.wheel(0, 400));
  await close();
});

test("its colours are the chart's, by task and by group, in both schemes", async () => {
  const { page, close } = await open(browser, real());
  const color = async () => asPixel(page, (await segments(page))[2].color);
  const entry = async (/** @type {number} */ index) => (await legend(page))[index].color;
  const light = await color();
  assert.equal(light, await asPixel(page, await entry(1)));
  await redrawn(page, () => page.locator("input[name=color][value=group]").check({ force: true }));
  assert.notEqual(await color(), light);
  await redrawn(page, () => page.locator("input[name=color][value=task]").check({ force: true }));
  await redrawn(page, () => page.emulateMedia({ colorScheme: "dark" }));
  assert.equal(await color(), await asPixel(page, await entry(1)));
  assert.notEqual(await color(), light);
  await close();
});
