// Two runs in one chart, one above the other: everything works on both, and says which of them it is of.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before } from "node:test";

import { addressed, calm, launch, open, pinned, redrawn, repeated, settled, test } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** Two runs for all tests; the second has a task of its own, and a row that cannot be read. */
let both = "";
const twoRuns = () =>
  (both ||= repeated(
    `
      for at in 1 2 3 4; do record download save "0$at.000" "0$at.$((RUN * 2))00"; done
      record download request 05.000 "0$((RUN + 5)).000"
      [ "$RUN" = 2 ] && { record zip "create archive" 05.250 05.500; echo not,a,row >> "$WATERFALL_DIR/a.csv"; }
      exit 0`,
    2,
  ));

/** @param {import("playwright-core").Page} page */
const row = (page, /** @type {string} */ name) => page.locator("#tasks tbody tr", { hasText: name }).locator("td").allInnerTexts();

test("head, table, ledger and sentences have the figures of both runs", async () => {
  const { page, close } = await open(browser, twoRuns(), { hash: "run=1,2" });
  assert.equal(await page.title(), "latest 1 and latest 2");
  assert.match(await page.locator("#figures").innerText(), /wall time\s*5\.00 → 6\.00 s/);
  assert.match(await page.locator("#findings").innerText(), /run 2 took 1\.00 s longer than run 1/);
  assert.deepEqual(await row(page, "save"), ["4", "4", "800 ms", "1.60 s", "+800 ms", "800 ms", "1.60 s", "+800 ms", "200 ms", "400 ms", "+200 ms", "200 ms", "400 ms"]);
  assert.deepEqual((await row(page, "create archive")).slice(0, 5), ["0", "1", "–", "250 ms", "+250 ms"]);
  assert.match(await page.locator("#ledger-table tfoot").innerText(), /run 1: 1 lane × 5\.00 s; run 2: 1 lane × 6\.00 s/);
  assert.match(await page.locator("#problems li").innerText(), /^run 2: .*row skipped/);
  assert.deepEqual(await page.locator("#runs [aria-current]").evaluateAll((links) => links.map((link) => link.getAttribute("data-run"))), ["1", "2"]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0);
  await close();
});

test("a side folds as a whole; a span of either side is pinned with its run; a link shows the same", async () => {
  const { page, close } = await open(browser, twoRuns(), { hash: "run=1,2&pin=1.0.1&task=download/save" });
  assert.equal((await pinned(page)).run, "run 2");
  assert.equal(await page.locator("#slowest li").count(), 8);
  assert.match(await page.locator("#slowest li").first().innerText(), /400 ms\s*on\s*run 2/);
  assert.match(await page.locator("#task-figures").innerText(), /total\s*800 ms → 1\.60 s/);
  const fold = page.locator("#folds button[aria-label='side run 1']");
  const hash = await addressed(page, () => redrawn(page, () => fold.click()));
  assert.equal(await fold.getAttribute("aria-expanded"), "false");
  assert.match(hash, /^run=1,2&fold=0&pin=1\.0\.1/);
  assert.deepEqual(await page.locator("#folds button").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")?.split(" ")[0])), ["side", "side", "process"]);
  await close();
});

test("a second run is chosen beside the first, and given up again", async () => {
  const { page, close } = await open(browser, twoRuns());
  const alone = await page.title();
  const other = alone === "latest 1" ? "2" : "1";
  await page.locator("#together").selectOption(other);
  await page.waitForFunction(() => document.title.includes(" and ") && performance.getEntriesByName("waterfall:rows").length > 0);
  await settled(page);
  assert.equal(await page.evaluate(() => location.hash), "#run=1,2");
  await page.locator("#search").fill("archive");
  await calm(page);
  assert.match(await page.locator("#found").innerText(), /1 span/);
  const saved = page.waitForEvent("download");
  await page.locator("#exports summary").click();
  await page.locator("#exports button[value=csv]").click();
  const text = readFileSync(await (await saved).path(), "utf8");
  assert.match(text, /\r\nrun 2: zip,create archive,2026-11-20T22:00:05\.25/);
  await page.locator("#together").selectOption("");
  await page.waitForFunction(() => !document.title.includes(" and ") && performance.getEntriesByName("waterfall:rows").length > 0);
  await close();
});
