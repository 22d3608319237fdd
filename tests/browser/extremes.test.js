// Shapes that no program has by intention: spans nested thousands deep, and lanes by the thousand.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { barsGiven, launch, open, plotArea, redrawn, renderText, stamp, test } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

const HEADER = "group,task,start,end,color\n";

test("five thousand spans, each in the one before it, are drawn in a chart of bounded height and can be scrolled", async () => {
  const rows = Array.from({ length: 5000 }, (_, at) => `g,f${at % 7},${stamp(at * 1000)},${stamp(20_000_000 - at * 1000)},\n`);
  const { page, close } = await open(browser, renderText(HEADER + rows.join("")));
  const area = await plotArea(page);
  assert.ok(area.height < 720, `${area.height} px`);
  await page.mouse.move(area.left + area.width / 2, area.top + 50);
  await redrawn(page, () => page.mouse.wheel(0, 1e6));
  assert.ok((await plotArea(page)).scroll > 10_000, "every row has room");
  const last = (await barsGiven(page)).reduce((least, { start, end }) => Math.min(least, end - start), Infinity);
  assert.ok(last < 10_010_000, "the innermost ones are in view");
  await redrawn(page, () => page.keyboard.press("Shift+Z"));
  await close();
});

test("four thousand lanes of eighty processes open, fold into a strip each, and unfold", async () => {
  const time = (/** @type {number} */ us) => stamp(us * 1000).slice(0, 26).replace("T", " ");
  const rows = Array.from({ length: 4000 }, (_, at) => {
    const thread = `[g-p${Math.floor(at / 50) + 1}tt${at % 50}]`;
    return `${thread} x${at % 3},${time(at * 100)},${time(at * 100 + 50_000)},50 ms,na\n`;
  });
  const { page, close } = await open(browser, renderText(`Task,Start,Finish,Description,Color\n${rows.join("")}`));
  assert.match(await page.locator("#head").innerText(), /4,000/);
  await redrawn(page, () => page.keyboard.press("Shift+Z"));
  assert.match(await page.locator("#fold-all").innerText(), /unfold all/);
  await redrawn(page, () => page.keyboard.press("Shift+Z"));
  assert.match(await page.locator("#fold-all").innerText(), /^\W*fold all/);
  await close();
});
