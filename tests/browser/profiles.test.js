// Inputs without times: the page has tables and no chart; beside a timeline it has both.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { launch, open, openWhole, render, root, scratch, test } from "./browser.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

const REAL = join(root, "tests/data/real");

/** The rows of a table, cell by cell. @param {Page} page @param {string} table */
const rows = (page, table) =>
  page.locator(`${table} tbody tr`).evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));

/** Which of these are to be seen. @param {Page} page @param {string[]} selectors */
async function seen(page, ...selectors) {
  const visible = await Promise.all(selectors.map((selector) => page.locator(selector).isVisible()));
  return selectors.filter((_, index) => visible[index]);
}

const OF_TIME = ["#chart", "#answer", "#ledger", "#toolbar", "#legend", "#scope", "#hint", "#empty", "#failed"];

test("a sampled profile is a table for each thread, and no empty timeline", async () => {
  const { page, close } = await open(browser, render(join(REAL, "py-spy/threads-speedscope.json")));
  assert.deepEqual(await seen(page, ...OF_TIME, "#table"), []);
  assert.deepEqual(await seen(page, "#profiles", "#profile", "#functions"), ["#profiles", "#profile", "#functions"]);
  const figures = await page.locator("#figures dt").allTextContents();
  assert.deepEqual(figures, ["profiles", "stacks"]);
  await page.selectOption("#profile", { index: 3 });
  assert.match((await page.textContent("#profile-about")) ?? "", /^80 stacks, 400 ms in all$/);
  assert.deepEqual((await rows(page, "#functions"))[0], ["compress (/srv/app/work.py)", "400 ms", "100 %", "400 ms", "100 %"]);
  await close();
});

test("functions are sorted by a heading and filtered by name", async () => {
  const { page, close } = await open(browser, render(join(REAL, "py-spy/threads-raw.txt")));
  assert.deepEqual(await seen(page, "#profile"), [], "there is only one");
  const all = await rows(page, "#functions");
  assert.equal(all.length, 46);
  assert.deepEqual(all[0], ["inner.<locals>.<genexpr> (work.py:5)", "95", "33.0 %", "95", "33.0 %"]);
  await page.click("#functions th:nth-child(4) button");
  assert.equal(await page.getAttribute("#functions th:nth-child(4)", "aria-sort"), "descending");
  const totals = (await rows(page, "#functions")).map((cells) => Number(cells[3]));
  assert.deepEqual(totals, [...totals].sort((a, b) => b - a));
  await page.fill("#function-filter", "WORK.PY");
  const found = await rows(page, "#functions");
  assert.ok(found.length > 0 && found.every(([name]) => name?.includes("work.py")));
  assert.equal(await page.textContent("#functions-note"), `${found.length} of 46 functions match.`);
  await close();
});

test("timings alone are a table with distributions", async () => {
  const { page, close } = await openWhole(browser, render(join(REAL, "neurospatial/timing-log.txt")));
  assert.deepEqual(await seen(page, ...OF_TIME, "#profiles"), []);
  const all = await rows(page, "#tasks");
  assert.equal(all.length, 7);
  assert.deepEqual(all[0].slice(1), ["2", "144 ms", "71.8 ms", "71.8 ms", "76.3 ms", "76.8 ms"]);
  await page.click("#tasks tbody tr:nth-child(3) button");
  assert.deepEqual(await seen(page, "#task", "#distribution", "#slow"), ["#task", "#distribution"]);
  await page.waitForSelector("#distribution[data-state=ready]");
  await page.click("#tasks th:nth-child(2) button");
  assert.equal((await rows(page, "#tasks"))[0][1], "3", "sorted by count");
  await close();
});

test("hostile names are texts, and everything is beside a timeline", async () => {
  const directory = scratch();
  const stacks = "<img src=x onerror=alert(1)>;a\u202eb 3\n<img src=x onerror=alert(1)> 1\n";
  writeFileSync(join(directory, "a.folded"), stacks);
  writeFileSync(join(directory, "a.csv"), readFileSync(join(root, "tests/data/performance_py/records/zip-17344.csv")));
  const { page, close } = await open(browser, render(directory));
  assert.deepEqual(await seen(page, "#chart", "#ledger", "#table", "#profiles"), ["#chart", "#ledger", "#table", "#profiles"]);
  const names = (await rows(page, "#functions")).map(([name]) => name);
  assert.deepEqual(names, ["a\\u202eb", "<img src=x onerror=alert(1)>"]);
  assert.equal(await page.locator("#sections a", { hasText: "Profiles" }).isVisible(), true);
  await close();
});
