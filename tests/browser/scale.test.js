// A million rows: what is drawn at every zoom is what the rows say, added up without the page's code, and the
// tooltip names the row that is there.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { layout } from "#page/chart/rows.js";
import { duration } from "#page/trace/units.js";
import { random } from "../page/helper.js";

import { asPixel, barsGiven, entryOf, launch, legend, open, openWhole, plotArea, redrawn, relayout, render, scratch, settled, stamp, test } from "./browser.js";

/** @typedef {import("playwright-core").Page} Page */

/**
 * @typedef {object} Row
 * @property {string} task
 * @property {number} start ns
 * @property {number} end
 */

const LANES = 32;
const ROWS = 1_000_000;
const STEPS = ["parse", "query", "render", "compress", "upload"];
const MOST_RECTANGLES = 20_000;
const LEAST_STRENGTH = 0.3; // of a task's colour in a cell that is hardly ever busy

/** The rows of each lane, requests and below them their steps, of which other ones are common as time goes on: in the
 * order of the chart, by first start. */
const lanes = Array.from({ length: LANES }, (_, lane) => {
  const next = random(lane + 1);
  /** @type {[Row[], Row[]]} */
  const [requests, steps] = [[], []];
  let at = lane === 0 ? 0 : Math.floor(next() * 1e7);
  for (let left = ROWS / LANES; left > 0; ) {
    const start = at;
    const count = Math.min(left - 1, 3 + Math.floor(next() * 12));
    for (let step = 0; step < count; step += 1) {
      const length = 1000 + Math.floor(next() ** 2 * 80_000);
      const task = STEPS[Math.floor(next() ** 3 * 3 + at / 1e9) % STEPS.length];
      steps.push({ task, start: at, end: at + length });
      at += length + Math.floor(next() * 5000);
    }
    requests.push({ task: "request", start, end: at + 500 });
    at += 500 + Math.floor(next() * 60_000) * (next() < 0.004 ? 500 : 1);
    left -= count + 1;
  }
  return [requests, steps];
}).sort(([[one]], [[other]]) => one.start - other.start);
/** What is drawn in each row of the chart, from the top. */
const tracks = lanes.flat();
const wall = Math.max(...tracks.map((rows) => rows[rows.length - 1].end));

let [second, secondText] = [-1, ""];

/** A moment as `stamp` writes it; two million of them. @param {number} ns */
function quickStamp(ns) {
  if (Math.floor(ns / 1e9) !== second) [second, secondText] = [Math.floor(ns / 1e9), stamp(ns)];
  return secondText.slice(0, 20) + String(ns % 1e9).padStart(9, "0") + secondText.slice(29);
}

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {Awaited<ReturnType<typeof open>>} */
let opened;
before(async () => {
  const directory = scratch();
  const text = (/** @type {Row} */ { task, start, end }) => `work,${task},${quickStamp(start)},${quickStamp(end)},`;
  lanes.forEach(([requests, steps], lane) => {
    const rows = [...requests, ...steps].sort((one, other) => one.start - other.start || other.end - one.end).map(text);
    const name = `host.100-18f32c0000000000.${lane}-io-${lane}.0.csv`;
    writeFileSync(join(directory, name), `group,task,start,end,color\r\n${rows.join("\r\n")}\r\n`);
  });
  browser = await launch();
  opened = await openWhole(browser, render(directory), { width: 1280, height: 900 });
});
after(async () => {
  await opened?.close();
  await browser?.close();
});

/** Shows a part of the run. @param {Page} page @param {number} start ns @param {number} end */
const show = (page, start, end) =>
  redrawn(page, () =>
    relayout(page, [start, end]),
  );

/** The middle of each row, in px below the plot area's top. @param {{height: number}} area */
function middles({ height }) {
  const bands = lanes.map((own) => ({ section: 0, tracks: own }));
  const { rows, bar } = layout(bands, height);
  return rows.map(({ top }) => top + Math.floor(bar / 2));
}

/**
 * The first index for which it holds, given that it holds for all after the first.
 * @param {Row[]} rows
 * @param {(row: Row) => boolean} holds
 */
function firstIndex(rows, holds) {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(rows[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Those of a row of the chart that touch a window. @param {Row[]} rows @param {{start: number, end: number}} window */
function within(rows, { start, end }) {
  return rows.slice(firstIndex(rows, (row) => row.end >= start), firstIndex(rows, (row) => row.start > end));
}

/**
 * The cells of a row: of each bin of a width the tasks that ran longest, seldom more than one, and the busy share;
 * null where it was idle.
 * @param {Row[]} rows
 * @param {number} width ns
 * @param {number} first bin
 * @param {number} last
 * @returns {({tasks: string[], share: number} | null)[]}
 */
function cells(rows, width, first, last) {
  /** @type {Map<string, number>[]} */
  const bins = Array.from({ length: last - first + 1 }, () => new Map());
  for (const { task, start, end } of within(rows, { start: first * width, end: (last + 1) * width }))
    for (let bin = Math.max(first, Math.floor(start / width)); bin <= last && bin * width < end; bin += 1) {
      const ns = Math.min(end, (bin + 1) * width) - Math.max(start, bin * width);
      bins[bin - first].set(task, (bins[bin - first].get(task) ?? 0) + ns);
    }
  return bins.map((sums) => {
    const most = Math.max(...sums.values());
    const tasks = [...sums].filter(([, ns]) => ns === most).map(([task]) => task);
    const busy = [...sums.values()].reduce((sum, ns) => sum + ns, 0);
    return tasks.length > 0 ? { tasks, share: busy / width } : null;
  });
}

/**
 * The pixels of the canvas in the middle of each row, `[red, green, blue, opacity]`.
 * @param {Page} page
 * @returns {Promise<number[][][]>}
 */
async function drawnPixels(page) {
  const area = await plotArea(page);
  const lines = await page.evaluate(
    ({ left, top, width, rows }) => {
      const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("#marks"));
      const box = canvas.getBoundingClientRect();
      const copy = document.createElement("canvas"); // reading the page's own makes the browser warn
      [copy.width, copy.height] = [canvas.width, canvas.height];
      const context = /** @type {CanvasRenderingContext2D} */ (copy.getContext("2d", { willReadFrequently: true }));
      context.drawImage(canvas, 0, 0);
      return rows.map((/** @type {number} */ y) => [...context.getImageData(Math.round(left - box.left), Math.round(top - box.top) + y, Math.round(width), 1).data]);
    },
    { ...area, rows: middles(area) },
  );
  return lines.map((/** @type {number[]} */ line) => Array.from({ length: line.length / 4 }, (_, x) => line.slice(4 * x, 4 * x + 4)));
}

/** @param {string} color `#rrggbb` */
const channels = (color) => [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));

/**
 * Holds each cell that is drawn against the rows; gives how many.
 * @param {Page} page
 * @param {ReadonlySet<string>} [hidden] tasks
 */
async function checkCells(page, hidden = new Set()) {
  const area = await plotArea(page);
  const perPixel = (area.end - area.start) / area.width;
  const width = 2 ** Math.ceil(Math.log2(perPixel));
  const colors = new Map((await legend(page)).map(({ name, color }) => [name, channels(color)]));
  const idle = ["0,0,0,0", ...(await Promise.all(["--grid", "--line"].map(async (name) => asPixel(page, await page.evaluate((name) => getComputedStyle(document.documentElement).getPropertyValue(name), name)))))];
  const drawn = await drawnPixels(page);
  const [first, last] = [Math.ceil(area.start / width), Math.floor(area.end / width) - 1]; // whole ones
  // Cells begin on whole pixels of the run, and so does the window.
  const left = (/** @type {number} */ bin) => Math.round((bin * width) / perPixel) - Math.round(area.start / perPixel);
  const isOf = (/** @type {{tasks: string[], share: number}} */ { tasks, share }, /** @type {number[]} */ found) => {
    const strength = LEAST_STRENGTH + (1 - LEAST_STRENGTH) * share;
    const isTask = (/** @type {string} */ task) =>
      (colors.get(task) ?? [NaN]).every((part, at) => Math.abs(255 + (part - 255) * strength - found[at]) <= 1);
    return found[3] === 255 && tasks.some(isTask);
  };
  let checked = 0;
  tracks.forEach((rows, row) => {
    const shown = rows.filter(({ task }) => !hidden.has(task));
    if (within(shown, area).length <= MOST_RECTANGLES / tracks.length) return; // drawn one by one
    cells(shown, width, first, last).forEach((cell, index) => {
      for (let x = Math.max(0, left(first + index)); x < Math.min(area.width, left(first + index + 1)); x += 1) {
        const found = drawn[row][x];
        const isRight = cell ? isOf(cell, found) : idle.includes(found.join());
        if (!isRight) assert.fail(`row ${row}, bin ${first + index}, ${JSON.stringify(cell)}: ${found}`);
        checked += 1;
      }
    });
  });
  return checked;
}

/**
 * Points at places all over the chart, and holds the tooltip against the rows: it names the one that is drawn nearest,
 * of equally near ones the shortest.
 * @param {Page} page
 * @param {number} count
 */
async function checkTooltips(page, count) {
  const area = await plotArea(page);
  const perPixel = (area.end - area.start) / area.width;
  const next = random(count);
  let named = 0;
  for (let index = 0; index < count; index += 1) {
    const row = Math.floor(next() * tracks.length);
    const x = Math.floor(next() * area.width);
    await page.mouse.move(area.left + x, area.top + middles(area)[row]);
    const text = await page.locator("#tooltip").evaluate((element) => ({ hidden: /** @type {HTMLElement} */ (element).hidden, text: element.textContent ?? "" }));
    const time = area.start + (x / area.width) * (area.end - area.start);
    const distance = (/** @type {Row} */ { start, end }) => Math.max(0, start - time, time - Math.max(end, start + perPixel));
    const near = within(tracks[row], { start: time - 4 * perPixel, end: time + 3 * perPixel }).filter((span) => distance(span) <= 2 * perPixel);
    near.sort((one, other) => distance(one) - distance(other) || one.end - one.start - (other.end - other.start));
    const where = `at ${x} of row ${row}: ${JSON.stringify(text)}, not ${JSON.stringify(near[0])}`;
    assert.equal(text.hidden, near.length === 0, where);
    if (near.length === 0) continue;
    named += 1;
    const { task, start, end } = near[0];
    const digits = perPixel >= 1e5 ? 3 : perPixel >= 1e2 ? 6 : 9;
    const began = stamp(start).slice(11, 20 + digits);
    assert.ok(text.text.startsWith(`${task}duration${duration(end - start)}`), where);
    assert.ok(text.text.includes(`io-${row >> 1}start`), where);
    assert.ok(text.text.replace(/\s/g, "").includes(`start${began}`), `${where}, ${began}`);
  }
  await page.mouse.move(1, 1);
  return named;
}

test("the whole run is a raster of the tasks that ran longest and of how busy they were", async () => {
  const { page } = opened;
  const detail = await page.evaluate(() => /** @type {PerformanceMeasure} */ (performance.getEntriesByName("waterfall:redraw").at(-1)).detail);
  assert.deepEqual([detail.mode, detail.spans], ["raster", ROWS]);
  assert.ok((await checkCells(page)) > 20_000);
  assert.ok((await checkTooltips(page, 40)) > 20);
});

test("a task that is switched off leaves the raster to the others", async () => {
  const { page } = opened;
  const sums = new Map(STEPS.map((name) => [name, 0]));
  for (const { task, start, end } of lanes.flatMap(([, steps]) => steps)) sums.set(task, (sums.get(task) ?? 0) + end - start);
  const [[name]] = [...sums].sort(([, one], [, other]) => other - one);
  const entry = entryOf(page, name);
  await redrawn(page, () => entry.click());
  assert.ok((await checkCells(page, new Set([name]))) > 20_000);
  await redrawn(page, () => page.locator("#show-all").click());
});

test("the picture of a raster has the raster's colours", async () => {
  const { page } = opened;
  const area = await plotArea(page);
  const chart = await page.locator("#chart").boundingBox();
  const drawn = await drawnPixels(page);
  await page.locator("#exports summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#exports button[value=png]").click()]);
  const path = join(scratch(), "export.png");
  await download.saveAs(path);
  const rows = middles(area).map((y) => area.top - (chart?.y ?? 0) + y);
  const lines = await page.evaluate(
    async ({ base64, rows, left, width, high }) => {
      const picture = new Image();
      picture.src = `data:image/png;base64,${base64}`;
      await picture.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
      context.drawImage(picture, 0, 0);
      const scale = 2;
      const above = canvas.height - high * scale; // Plotly's legend
      return rows.map((/** @type {number} */ y) => [...context.getImageData(Math.round(left * scale), above + Math.round(y * scale), Math.round(width * scale), 1).data]);
    },
    { base64: readFileSync(path).toString("base64"), rows, left: area.left - (chart?.x ?? 0), width: area.width, high: chart?.height ?? 0 },
  );
  let checked = 0;
  drawn.forEach((line, row) => {
    for (let x = 1; x < line.length - 1; x += 1) {
      const isPlain = line[x][3] === 255 && [line[x - 1], line[x + 1]].every((beside) => beside.join() === line[x].join());
      if (!isPlain) continue; // a picture of twice the size has edges between
      const found = lines[row].slice(8 * x, 8 * x + 3);
      const isSame = found.every((part, at) => Math.abs(part - line[x][at]) <= 3);
      if (!isSame) assert.fail(`row ${row}, px ${x}: ${found}, not ${line[x]}`);
      checked += 1;
    }
  });
  assert.ok(checked > 100, `${checked} pixels`);
});

test("a part of the run is a raster of its own", async () => {
  const { page } = opened;
  const detail = await show(page, wall * 0.41, wall * 0.5);
  assert.equal(detail.mode, "raster");
  assert.ok((await checkCells(page)) > 10_000);
  assert.ok((await checkTooltips(page, 40)) > 20);
});

test("thousands of spans are rectangles in the colours of their tasks", async () => {
  const { page } = opened;
  const detail = await show(page, wall * 0.45, wall * 0.456);
  const area = await plotArea(page);
  const inView = tracks.map((rows) => within(rows, area));
  const count = inView.reduce((sum, rows) => sum + rows.length, 0);
  assert.deepEqual([detail.mode, detail.spans], ["canvas", count]);
  const colors = new Map((await legend(page)).map(({ name, color }) => [name, channels(color).join()]));
  const drawn = await drawnPixels(page);
  const scale = area.width / (area.end - area.start);
  let checked = 0;
  inView.forEach((rows, row) =>
    rows.forEach(({ task, start, end }) => {
      if ((end - start) * scale < 4) return;
      const x = Math.floor((Math.max(start, area.start) + Math.min(end, area.end) - 2 * area.start) * scale * 0.5);
      const isAtEdge = Math.min(end, area.end) - Math.max(start, area.start) < 4 / scale;
      if (isAtEdge) return;
      assert.equal(drawn[row][x].slice(0, 3).join(), colors.get(task), `${task} at ${start} in row ${row}`);
      checked += 1;
    }),
  );
  assert.ok(checked > 500, `${checked} rectangles`);
  assert.ok((await checkTooltips(page, 40)) > 20);
});

test("a few hundred spans are Plotly's bars, each where its row says", async () => {
  const { page } = opened;
  const detail = await show(page, wall * 0.45, wall * 0.45 + 600_000);
  assert.equal(detail.mode, "bars");
  const area = await plotArea(page);
  const expected = tracks.flatMap((rows) => within(rows, area));
  assert.ok(expected.length > 50, `${expected.length} spans`);
  const clipped = (/** @type {{start: number, end: number, entry: string}} */ { start, end, entry }) => ({ task: entry, start: Math.max(start, area.start), end: Math.min(end, area.end) });
  const perPixel = (area.end - area.start) / area.width;
  const found = (await barsGiven(page)).map(clipped);
  assert.equal(found.length, expected.length);
  for (const { task, start, end } of expected) {
    // A bar ends a pixel early where the next one touches it, and is a pixel wide at least.
    const isIts = (/** @type {{task: string, start: number, end: number}} */ bar) =>
      bar.task === task && bar.start === Math.max(start, area.start) && Math.abs(bar.end - Math.min(end, area.end)) <= perPixel + 1e-3;
    assert.ok(found.some(isIts), `${task} at ${start}`);
  }
  assert.ok((await checkTooltips(page, 40)) > 10);
});

test("while the chart is dragged it shows what it shows at rest", async () => {
  const { page } = opened;
  await show(page, wall * 0.2, wall * 0.4);
  const area = await plotArea(page);
  const y = area.top + area.height / 2;
  await page.evaluate(() => {
    const chart = /** @type {HTMLElement} */ (document.querySelector("#chart"));
    // What stands on the canvas in the last frame before Plotly draws again.
    new MutationObserver(() => {
      if (!chart.matches(".dragging")) return;
      const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("#marks"));
      Object.assign(window, { moved: canvas.toDataURL() });
    }).observe(chart, { attributes: true, attributeFilter: ["class"] });
  });
  await page.mouse.move(area.left + 600, y);
  await page.mouse.down();
  await redrawn(page, () => page.mouse.move(area.left + 400, y));
  await page.mouse.up();
  await settled(page);
  const after = await plotArea(page);
  assert.ok(Math.abs(after.start - area.start - (200 / area.width) * (area.end - area.start)) < 1, "it followed the pointer");
  assert.ok((await checkCells(page)) > 10_000);
  const same = await page.evaluate(async ({ left, top, width, height }) => {
    const picture = new Image();
    picture.src = /** @type {any} */ (window).moved;
    await picture.decode();
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("#marks"));
    const box = canvas.getBoundingClientRect();
    const [one, other] = [picture, canvas].map((image) => {
      const copy = document.createElement("canvas");
      [copy.width, copy.height] = [canvas.width, canvas.height];
      const context = /** @type {CanvasRenderingContext2D} */ (copy.getContext("2d", { willReadFrequently: true }));
      context.drawImage(image, 0, 0);
      return context.getImageData(Math.round(left - box.left), Math.round(top - box.top), Math.round(width), Math.round(height)).data;
    });
    return one.every((part, at) => part === other[at]);
  }, after);
  assert.ok(same, "the rows look as they did while they moved");
});
