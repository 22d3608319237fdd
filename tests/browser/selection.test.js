// A selected stretch of time: how it comes about, and that table and figures are of it and of nothing else.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { duration } from "#page/trace/units.js";

import { addressed, asPixel, barsGiven, drag, figures, generate, launch, open, pixel, plotArea, real, redrawn, render, root, scratch, settled, stamp, tableRows, test } from "./browser.js";
import { busy, generatedRows, realRows, renderRows, table, touches } from "./plain.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** The stretch of a hash. @param {string} hash @param {string} field */
function stretchIn(hash, field) {
  const [, start, end] = new RegExp(`\\b${field}=(-?[\\d.]+)\\.\\.(-?[\\d.]+)`).exec(hash) ?? [];
  assert.ok(end, `no ${field} in ${hash}`);
  return { start: Number(start), end: Number(end) };
}

/** Drags with shift held from one part of the plot area to another. @param {import("playwright-core").Page} page @param {number} from @param {number} to */
async function selectBetween(page, from, to) {
  const area = await plotArea(page);
  const at = (/** @type {number} */ part) => ({ x: area.left + part * area.width, y: area.top + area.height / 2 });
  await page.keyboard.down("Shift");
  const hash = await addressed(page, () => drag(page, at(from), at(to)));
  await page.keyboard.up("Shift");
  return { area, selected: stretchIn(hash, "select"), hash };
}

/** @param {import("playwright-core").Page} page @param {string} value */
const scope = (page, value) => page.locator(`input[name=scope][value=${value}]`);

/** The table's rows in the order of their names. @param {import("playwright-core").Page} page */
const byName = async (page) => (await tableRows(page)).sort(([one], [other]) => (one < other ? -1 : 1));

test("shift+drag selects a stretch of time, whose length, figures and table are shown", async () => {
  const { page, close } = await open(browser, real());
  assert.ok(await scope(page, "selection").isDisabled());
  const { area, selected, hash } = await selectBetween(page, 0.7, 0.25);
  const perPixel = (area.end - area.start) / area.width;
  for (const [time, part] of [[selected.start, 0.25], [selected.end, 0.7]])
    assert.ok(Math.abs(time - area.start - part * area.width * perPixel) <= perPixel, `${time} is not at ${part}`);
  assert.match(hash, /table=selection/);
  await settled(page);
  const after = await plotArea(page);
  assert.deepEqual([after.start, after.end], [area.start, area.end], "the window has not moved");
  assert.ok(await scope(page, "selection").isChecked());
  const rows = realRows();
  assert.deepEqual(await byName(page), table(rows, selected));
  const length = selected.end - selected.start;
  const shown = await figures(page);
  assert.equal(shown.length, duration(length));
  assert.equal(shown["busy time"], duration(busy(rows, selected)));
  assert.equal(shown.lanes, String(new Set(rows.filter((row) => touches(row, selected)).map(({ lane }) => lane)).size));
  assert.equal(shown["mean concurrency"], (busy(rows, selected) / length).toFixed(busy(rows, selected) / length < 1 ? 3 : 2));
  assert.match(await page.locator("#part").innerText(), new RegExp(`^${duration(length)}, ${duration(selected.start)} to `));
  // The tint lies over the selected stretch, and its length is written on a plate in its middle, just below the rows.
  const x = (/** @type {number} */ time) => area.left + (time - area.start) / perPixel;
  const middle = (selected.start + selected.end) / 2;
  assert.notEqual(await pixel(page, "#over", x(selected.start) + 3, area.top + 1), "0,0,0,0");
  assert.equal(await pixel(page, "#over", x(selected.start) - 3, area.top + 1), "0,0,0,0");
  assert.match(await pixel(page, "#over", x(middle), area.top + area.height + 2), /,255$/);
  await close();
});

test("the length of the selection is written inside its plate, while it is dragged and when a link opens it", async () => {
  const directory = scratch();
  const journal = join(directory, "host.100-18f32c0000000000.0-main.0");
  writeFileSync(`${journal}.csv`, `group,task,start,end,color\r\nwork,step,${stamp(0)},${stamp(2e9)},\r\n`);
  writeFileSync(`${journal}.counters.csv`, `group,counter,time,value\r\nwork,queue,${stamp(1e9)},7\r\n`);
  const { page, close } = await open(browser, render(directory), { hash: "select=300000000..900000000&table=selection" });
  await settled(page);
  await isOnItsPlate(page, { start: 3e8, end: 9e8 });
  const { selected } = await selectBetween(page, 0.2, 0.7);
  await isOnItsPlate(page, selected);
  await close();
});

/** @param {import("playwright-core").Page} page @param {{start: number, end: number}} selected */
async function isOnItsPlate(page, { start, end }) {
  const area = await plotArea(page);
  const accent = await asPixel(page, await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent")));
  // The tint is not opaque: what is opaque is the plate, in the colour of the accent, and the text.
  const lines = await opaque(page, { left: area.left + 5, top: area.top + area.height - 1, width: area.width - 10, height: 14 });
  const columns = (/** @type {(color: string) => boolean} */ holds) =>
    lines[0].flatMap((_, x) => (lines.some((line) => line[x] !== "" && holds(line[x])) ? [x] : []));
  const plate = lines[0].flatMap((color, x) => (color === accent ? [x] : [])).filter((x, _, all) => all.includes(x - 1) || all.includes(x + 1));
  const text = columns((color) => color !== accent);
  const [left, right] = [plate[0], plate[plate.length - 1]];
  assert.ok(plate.length > 30 && text.length > 10, `${plate} ${text}`);
  assert.ok(text[0] >= left + 4 && text[text.length - 1] <= right - 4, `the text at ${text} is not inside ${left} to ${right}`);
  const middle = 5 + (left + right) / 2;
  const rows = await opaque(page, { left: area.left + 5, top: area.top, width: area.width - 10, height: area.height - 1 });
  assert.ok(!rows.some((line) => line.filter((color) => color === accent).length > 2), "the plate covers no span");
  assert.ok(Math.abs(middle - (((start + end) / 2 - area.start) / (area.end - area.start)) * area.width) < 2, "the plate is not in the middle");
}

/**
 * The colours of a part of the upper canvas, line by line; empty where what is below shines through.
 * @param {import("playwright-core").Page} page
 * @param {{left: number, top: number, width: number, height: number}} part in px of the browser's window
 */
const opaque = (page, part) =>
  page.evaluate(({ left, top, width, height }) => {
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("#over"));
    const box = canvas.getBoundingClientRect();
    const copy = document.createElement("canvas"); // reading the page's own makes the browser warn
    [copy.width, copy.height] = [canvas.width, canvas.height];
    const context = /** @type {CanvasRenderingContext2D} */ (copy.getContext("2d"));
    context.drawImage(canvas, 0, 0);
    const { data, width: columns, height: lines } = context.getImageData(left - box.left, top - box.top, width, height);
    return Array.from({ length: lines }, (_, y) =>
      Array.from({ length: columns }, (_, x) => {
        const at = 4 * (y * columns + x);
        return data[at + 3] === 255 ? data.slice(at, at + 4).join() : "";
      }),
    );
  }, part);

test("m selects what is in view or the pinned span, shift and arrows move its end, escape ends it", async () => {
  const { page, close } = await open(browser, real());
  await redrawn(page, () => page.keyboard.press("w"));
  const area = await plotArea(page);
  const inView = stretchIn(await addressed(page, () => page.keyboard.press("m")), "select");
  assert.deepEqual(inView, { start: Math.round(area.start), end: Math.round(area.end) });
  assert.equal(await page.locator("#chart").evaluate((chart) => document.activeElement === chart), false);
  await page.locator("#chart").focus();
  const longer = stretchIn(await addressed(page, () => page.keyboard.press("Shift+ArrowRight")), "select");
  assert.ok(longer.start === inView.start && longer.end > inView.end);
  const again = stretchIn(await addressed(page, () => page.keyboard.press("Shift+ArrowLeft")), "select");
  assert.ok(Math.abs(again.end - inView.end) <= 1);
  const [bar] = (await barsGiven(page)).filter(({ start, end }) => start > area.start && end < area.end && end - start > 2e7);
  await addressed(page, () => page.mouse.click(bar.x, bar.y));
  const own = stretchIn(await addressed(page, () => page.keyboard.press("m")), "select");
  assert.ok(Math.abs(own.start - bar.start) < 1 && Math.abs(own.end - bar.end) < 2e6, `${JSON.stringify(own)} is ${JSON.stringify(bar)}`);
  assert.doesNotMatch(await addressed(page, () => page.keyboard.press("Escape")), /pin=/);
  const ended = await addressed(page, () => page.keyboard.press("Escape"));
  assert.doesNotMatch(ended, /select|table/);
  assert.ok(await scope(page, "selection").isDisabled());
  assert.ok(await scope(page, "whole").isChecked());
  await close();
});

test("escape takes a selection under way back", async () => {
  const { page, close } = await open(browser, real());
  const area = await plotArea(page);
  await page.mouse.move(area.left + 100, area.top + 50);
  await page.keyboard.down("Shift");
  await page.mouse.down();
  await redrawn(page, () => page.mouse.move(area.left + 300, area.top + 60, { steps: 3 }));
  await page.keyboard.up("Shift");
  await redrawn(page, () => page.keyboard.press("Escape"));
  await page.mouse.up();
  assert.ok(await scope(page, "selection").isDisabled());
  await close();
});

test("f fits to the selection", async () => {
  const { page, close } = await open(browser, real());
  const { selected } = await selectBetween(page, 0.4, 0.6);
  await redrawn(page, () => page.keyboard.press("f"));
  const area = await plotArea(page);
  const length = selected.end - selected.start;
  assert.ok(area.start < selected.start && area.end > selected.end && area.end - area.start < 1.3 * length, JSON.stringify([area, selected]));
  await close();
});

test("table and figures follow the whole run, what is in view and the selection", async () => {
  const { page, close } = await open(browser, real());
  const rows = realRows();
  const whole = await tableRows(page);
  const wholeFigures = await figures(page);
  assert.deepEqual(await byName(page), table(rows, { start: 0, end: Infinity }));
  await redrawn(page, () => scope(page, "view").check());
  assert.deepEqual(await tableRows(page), whole, "all is in view");
  const view = stretchIn(await addressed(page, () => page.keyboard.press("w")), "window");
  assert.deepEqual(await byName(page), table(rows, view));
  assert.equal((await figures(page)).length, duration(view.end - view.start));
  const next = stretchIn(await addressed(page, () => page.keyboard.press("d")), "window");
  assert.deepEqual(await byName(page), table(rows, next));
  await addressed(page, () => scope(page, "whole").check());
  assert.deepEqual(await tableRows(page), whole);
  assert.deepEqual(await figures(page), wholeFigures);
  await close();
});

/** Spans that nest, cross, touch, repeat, take no time and never end, in three lanes; ms. @type {[string, string, string, number, number][]} */
const DRAWN = [
  ["a", "g", "outer", 0, 100],
  ["a", "g", "inner", 10, 40],
  ["a", "g", "inner", 40, 60],
  ["a", "h", "deep", 15, 20],
  ["a", "g", "instant", 50, 50],
  ["a", "g", "outer", 120, 200],
  ["b", "g", "cross", 5, 55],
  ["b", "h", "cross", 30, 90],
  ["b", "g", "inner", 30, 90],
  ["b", "g", "inner", 60, 70],
  ["c", "g", "inner", 0, 30],
  ["c", "g", "hang", 150, Infinity],
  ["c", "g", "outer", 40, 45],
];
const MILLISECOND = 1_000_000;

test("the table of a selection is what a plain computation finds, for nested, crossing and unfinished spans", async () => {
  const rows = DRAWN.map(([lane, group, task, start, end]) => ({ lane, group, task, start: start * MILLISECOND, end: end * MILLISECOND }));
  const { page, close } = await open(browser, renderRows(rows));
  for (const [start, end] of [[0, 200], [12, 18], [35, 62], [50, 50.001], [100, 120], [110, 199], [140, 160]]) {
    const stretch = { start: start * MILLISECOND, end: end * MILLISECOND };
    await page.evaluate(({ start, end }) => void (location.hash = `select=${start}..${end}&table=selection`), stretch);
    await page.waitForFunction(({ start, end }) => location.hash === `#select=${start}..${end}&table=selection`, stretch);
    assert.deepEqual(await byName(page), table(rows, stretch), `${start} to ${end} ms`);
  }
  await close();
});

test("the table of a selection of thousands of spans is what a plain computation finds", async () => {
  const rows = generatedRows(4000, 16);
  const stretch = { start: 101_234_567, end: 187_654_321 };
  const { page, close } = await open(browser, render(generate(4000, 16)), { hash: `select=${stretch.start}..${stretch.end}&table=selection` });
  assert.deepEqual(await byName(page), table(rows, stretch));
  assert.equal((await figures(page))["busy time"], duration(busy(rows, stretch)));
  await close();
});

test("the selection of the whole run has exactly the figures that Rust computed", async () => {
  for (const input of ["performance_py/records", "records/1", "nasty/overlap-same-thread.csv", "nasty/identical-times.csv", "nasty/pid-reuse.csv"]) {
    const { page, close } = await open(browser, render(join(root, "tests/data", input)));
    const whole = await tableRows(page);
    assert.ok(whole.length > 0);
    await redrawn(page, () => page.keyboard.press("m"));
    assert.ok(await scope(page, "selection").isChecked());
    assert.deepEqual(await tableRows(page), whole, input);
    await close();
  }
});
