// Traces without a wall clock: their times are since the start, and nothing on the page pretends to be a date.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { launch, open, render, scratch, test } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** A directory with a trace of one second whose clock is its own, and if wanted records beside it. @param {boolean} withRecords */
function inputs(withRecords) {
  const directory = scratch();
  const event = { ph: "X", name: "own", pid: 1, tid: 1, ts: 7_000_000, dur: 1_000_000 };
  writeFileSync(join(directory, "own.json"), JSON.stringify([event]));
  if (withRecords) {
    const row = "g,load,2026-11-20T14:00:00Z,2026-11-20T14:00:02Z";
    writeFileSync(join(directory, "a.csv"), `group,task,start,end\n${row}\n`);
  }
  return directory;
}

test("a trace with a clock of its own alone is shown in times since its start", async () => {
  const { page, close } = await open(browser, render(inputs(false)));
  const text = await page.locator("body").innerText();
  assert.doesNotMatch(text, /1970|UTC/);
  assert.match(text, /has a clock of its own and does not say when it began: times are since the start/);
  assert.equal(await page.locator('input[name="time"]').first().isVisible(), false, "there is nothing to choose");
  await close();
});

test("beside records it is on their axis, and the page says what was assumed", async () => {
  const { page, close } = await open(browser, render(inputs(true)));
  const text = await page.locator("body").innerText();
  assert.match(text, /2026-11-20 14:00:00/);
  assert.match(text, /does not say when it began: drawn from the start of the others/);
  assert.equal(await page.locator('input[name="time"]').first().isVisible(), true);
  await close();
});
