// A search makes what matches stand out, says how much it is, and hides nothing of it.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { count, duration, percent } from "#page/trace/units.js";

import { addressed, asPixel, barsGiven, generate, launch, legend, open, pinned, pixel, plotArea, real, redrawn, render, settled, test, traceOf } from "./browser.js";
import { busy, generatedRows, realRows, renderRows } from "./plain.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** Types a query and waits until the chart and the count follow. @param {import("playwright-core").Page} page @param {string} query */
async function search(page, query) {
  const detail = await redrawn(page, () => page.locator("#search").fill(query));
  await page.waitForSelector("#table[data-state=ready]");
  return { detail, found: await page.locator("#found").innerText() };
}

/**
 * What the page must say of the rows that match.
 * @param {import("./plain.js").Row[]} rows
 * @param {(row: import("./plain.js").Row) => boolean} matches
 */
function foundText(rows, matches) {
  const found = rows.filter(matches);
  const ns = busy(found);
  return `${count(found.length)} ${found.length === 1 ? "span" : "spans"} · ${duration(ns)} · ${percent(ns / busy(rows))} of busy time`;
}

test("typing dims what does not match and says how many spans and how much time do", async () => {
  const { page, close } = await open(browser, real());
  const rows = realRows();
  const bright = await barsGiven(page);
  const { found } = await search(page, "save");
  assert.equal(found, foundText(rows, ({ task }) => task === "save image"));
  const drawn = await barsGiven(page);
  assert.equal(drawn.length, 50);
  for (const { start, entry, color } of drawn) {
    const before = bright.find((bar) => bar.start === start && bar.entry === entry);
    assert.equal(color === before?.color, entry === "save image", `${entry} is ${color}, was ${before?.color}`);
  }
  await close();
});

test("every word must be in the task, the group, the process or the lane", async () => {
  const { page, close } = await open(browser, real());
  const rows = realRows();
  /** @type {[string, (row: import("./plain.js").Row) => boolean][]} */
  const cases = [
    ["thumbs1", ({ group }) => group === "thumbs1"],
    ["MAKE thumbs0", ({ group, task }) => task === "make thumbnail" && group === "thumbs0"],
    ["Thumb_1", ({ lane }) => lane.endsWith("Thumb_1")],
    ["17508 make", ({ lane, task }) => lane.startsWith("17508") && task === "make thumbnail"],
    ["mainthread save 17489", ({ lane, task }) => lane === "17489tMainThread" && task === "save image"],
    ["monkey-653705", ({ task }) => task.includes("monkey-653705")],
  ];
  for (const [query, matches] of cases) assert.equal((await search(page, query)).found, foundText(rows, matches), query);
  assert.equal((await search(page, "save 99999")).found, "no span matches");
  await close();
});

test("/ goes to the search and escape ends it", async () => {
  const { page, close } = await open(browser, real());
  const before = await barsGiven(page);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "search");
  // Letters that are keys of the chart are letters here.
  const hash = await addressed(page, () => page.keyboard.type("wads0 z/?"));
  assert.equal(hash, "search=wads0%20z%2F%3F");
  assert.equal(await page.locator("#search").inputValue(), "wads0 z/?");
  await redrawn(page, () => page.keyboard.press("Escape"));
  assert.equal(await page.locator("#search").inputValue(), "");
  assert.equal(await page.locator("#found").innerText(), "");
  assert.notEqual(await page.evaluate(() => document.activeElement?.id), "search");
  assert.deepEqual(await barsGiven(page), before);
  await redrawn(page, () => page.keyboard.press("w"));
  await close();
});

/** Presses a key in the search field, gives the pin that follows and what is said of the matches. @param {import("playwright-core").Page} page @param {string} key */
async function step(page, key) {
  const hash = await addressed(page, () => redrawn(page, () => page.keyboard.press(key)));
  assert.equal(await page.evaluate(() => document.activeElement?.id), "search", "the focus has left the search");
  const found = await page.locator("#found").innerText();
  return { pin: /pin=([^&]*)/.exec(hash)?.[1], hash, found: found.split(" · ")[0] };
}

/**
 * The places of what matches, as the address has them, in the order of their starts.
 * @param {import("playwright-core").Page} page
 * @param {(task: string) => boolean} matches
 */
async function placesOf(page, matches) {
  const { lanes, keys, raw } = await traceOf(page);
  const all = lanes.flatMap(({ tracks }, lane) =>
    tracks.flatMap(({ start, key }, track) => [...start].map((time, span) => ({ time, pin: [lane, track, span].join("."), task: raw[keys[key[span]].task] }))),
  );
  return all.filter(({ task }) => matches(task)).sort((one, other) => one.time - other.time).map(({ pin }) => pin);
}

test("enter goes to the next match and shift+enter to the previous one, over all lanes, and the page says which it is", async () => {
  const { page, close } = await open(browser, real());
  await page.keyboard.press("/");
  await search(page, "save");
  const pins = await placesOf(page, (task) => task === "save image");
  assert.equal(pins.length, 6);
  for (const [index, pin] of pins.entries()) {
    const at = await step(page, "Enter");
    assert.deepEqual([at.pin, at.found], [pin, `${index + 1} of 6 spans`]);
  }
  assert.equal((await step(page, "Enter")).found, "1 of 6 spans", "after the last the first");
  assert.equal((await step(page, "Shift+Enter")).pin, pins[5]);
  assert.equal((await step(page, "Shift+Enter")).pin, pins[4]);
  assert.equal((await pinned(page)).task, "save image");
  await page.keyboard.press("Escape");
  await settled(page);
  assert.notEqual(await page.evaluate(() => document.activeElement?.id), "search");
  assert.equal(await page.locator("#search").inputValue(), "");
  assert.equal((await pinned(page)).task, "save image", "what was found stays pinned");
  await close();
});

test("a match outside the view comes into view, in time and among the lanes", async () => {
  const { page, close } = await open(browser, render(generate(4000, 200)));
  const area = await plotArea(page);
  for (let times = 0; times < 5; times += 1) await redrawn(page, () => page.keyboard.press("w"));
  await page.keyboard.press("/");
  await search(page, "io-150 outer");
  assert.equal(await page.locator("#found").innerText().then((text) => text.split(" · ")[0]), "2 spans");
  const trace = await traceOf(page);
  const lane = trace.lanes.findIndex(({ label }) => label.includes("io-150"));
  const { pin, hash, found } = await step(page, "Enter");
  assert.ok(pin?.startsWith(`${lane}.`), `${pin} is not of lane ${lane}`);
  assert.match(found, /^[12] of 2 spans$/);
  assert.match(hash, /scroll=/);
  const [, track, span] = (pin ?? "").split(".").map(Number);
  const now = await plotArea(page);
  assert.ok(now.end - now.start < (area.end - area.start) / 2, "it stays zoomed");
  const { start, end } = trace.lanes[lane].tracks[track];
  assert.ok(start[span] < now.end && end[span] > now.start, "its time is in view");
  await close();
});

test("enter without a match, and without a search, does nothing", async () => {
  const { page, close } = await open(browser, real());
  await page.keyboard.press("/");
  const before = await settled(page);
  await page.keyboard.press("Enter");
  assert.equal(await settled(page), before);
  await search(page, "no such thing");
  await page.keyboard.press("Enter");
  await settled(page);
  assert.deepEqual(await pinned(page), {});
  await close();
});

test("escape from the chart ends the search, too", async () => {
  const { page, close } = await open(browser, real(), { hash: "search=save" });
  await page.waitForFunction(() => /6 spans/.test(document.querySelector("#found")?.textContent ?? ""));
  await redrawn(page, () => page.keyboard.press("Escape"));
  assert.equal(await page.locator("#search").inputValue(), "");
  await close();
});

test("what is switched off does not match", async () => {
  const { page, close } = await open(browser, real(), { hash: "hide=thumbs0/make%20thumbnail" });
  const { found } = await search(page, "make");
  const all = realRows();
  const rows = all.filter(({ group, task }) => group === "thumbs1" && task === "make thumbnail");
  assert.equal(found, `${rows.length} spans · ${duration(busy(rows))} · ${percent(busy(rows) / busy(all))} of busy time`);
  await close();
});

test("twenty thousand spans are searched as one", async () => {
  const [rows, lanes] = [20_000, 64];
  const { page, close } = await open(browser, render(generate(rows, lanes)), { height: 1000 });
  const { found, detail } = await search(page, "step io-7");
  assert.equal(found, foundText(generatedRows(rows, lanes), ({ task, lane }) => task.startsWith("step") && lane === "io-7"));
  assert.equal(detail.mode, "canvas");
  await close();
});

test("a match of less than a pixel stays drawn among thousands that hide it", async () => {
  // 4,000 spans of 0.1 ms, one after the other; one in the middle is of another task.
  const needle = 2203;
  const rows = Array.from({ length: 4000 }, (_, index) => ({
    lane: "main",
    group: "g",
    task: index === needle ? "needle" : "hay",
    start: index * 100_000,
    end: (index + 1) * 100_000,
  }));
  const { page, close } = await open(browser, renderRows(rows));
  await settled(page);
  const area = await plotArea(page);
  const x = area.left + (((needle + 0.5) * 100_000 - area.start) / (area.end - area.start)) * area.width;
  const color = await asPixel(page, (await legend(page)).find(({ name }) => name === "needle")?.color ?? "");
  const near = async () => Promise.all([-1, 0, 1].map((by) => pixel(page, "#marks", x + by, area.top + 12)));
  assert.ok(!(await near()).includes(color), "hidden by its neighbours before the search");
  const { detail, found } = await search(page, "needle");
  assert.deepEqual([detail.mode, detail.spans], ["canvas", 4000]);
  assert.match(found, /^1 span · 100 us · /);
  const strongest = (/** @type {string[]} */ pixels) => Math.min(...pixels.map((one) => distance(one, color)));
  assert.ok(strongest(await near()) < 130, `${await near()} is nothing like ${color}`);
  await close();
});

/** How far apart two colours are, summed over red, green and blue. @param {string} one @param {string} other */
function distance(one, other) {
  const [a, b] = [one, other].map((text) => text.split(",").map(Number));
  return a.slice(0, 3).reduce((sum, value, index) => sum + Math.abs(value - b[index]), 0);
}
