// The page of a history: words and charts without scripts, and a readout of the run under the pointer.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";
import { pathToFileURL } from "node:url";

import { launch, program, scratch, test } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** The history of twenty files of metrics, with a benchmark that became slower on the 13th. */
function history() {
  const directory = scratch();
  mkdirSync(join(directory, "metrics"));
  for (let day = 1; day <= 20; day++) {
    const rate = (day < 13 ? 60 : 50) + (day % 3) / 10;
    const name = "</svg><img src=x onerror=alert(1)>";
    const timestamp = `2026-11-${String(day).padStart(2, "0")}T10:00:00`;
    const benchmarks = { [name]: { success: true, images_per_second: rate } };
    writeFileSync(join(directory, "metrics", `m${day}.json`), JSON.stringify({ timestamp, benchmarks }));
  }
  execFileSync(program(), ["history", "metrics", "-o", "history.html"], { cwd: directory });
  return join(directory, "history.html");
}

test("a run is read by the arrow keys, and what changed is there again when they are left", async () => {
  const page = await browser.newPage();
  /** @type {string[]} */
  const faults = [];
  page.on("console", (message) => faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(`uncaught: ${error}`));
  page.on("dialog", (dialog) => faults.push(`dialog: ${dialog.message()}`));
  await page.goto(pathToFileURL(history()).href);
  const readout = page.locator(".readout");
  const changed = "16.6 % lower at m13.json (2026-11-13 10:00): 60.1/s, then 50.1/s";
  assert.equal(await readout.textContent(), changed);
  assert.equal(await page.locator(".changes li").count(), 2);
  await page.locator("figure svg").focus();
  await page.keyboard.press("Home");
  assert.equal(await readout.textContent(), "m1.json, 2026-11-01 10:00: 60.1/s");
  await page.keyboard.press("ArrowRight");
  assert.equal(await readout.textContent(), "m2.json, 2026-11-02 10:00: 60.2/s");
  await page.keyboard.press("End");
  assert.equal(await readout.textContent(), "m20.json, 2026-11-20 10:00: 50.2/s");
  await page.locator("figure svg").blur();
  assert.equal(await readout.textContent(), changed);
  await page.close();
  assert.deepEqual(faults, []);
});
