// From the file to the chart: what is seen first, what is there then, and what a browser without workers does.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pathToFileURL } from "node:url";

import { generate, generated, launch, open, plotArea, real, render, tableRows, test, WAIT } from "./browser.js";
import { traceIn } from "./document.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/**
 * Opens a page in which a script runs before any of the page's, waits until it is ready.
 * @param {string} path
 * @param {() => void} script
 */
async function openWith(path, script) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  page.setDefaultTimeout(WAIT);
  await page.addInitScript(script);
  await page.goto(pathToFileURL(path).href);
  await page.waitForFunction(() => performance.getEntriesByName("waterfall:ready").length > 0);
  return page;
}

test("the first chart has its parts where the whole one has them, and colours where spans are", async () => {
  for (const path of [real(), render(generate(4000, 12))]) {
    const page = await openWith(path, () => {
      const mark = performance.mark.bind(performance);
      performance.mark = (name, options) => {
        if (name === "waterfall:first-chart") {
          const box = (/** @type {string} */ id) => document.querySelector(id)?.getBoundingClientRect().toJSON();
          const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("#marks"));
          const copy = document.createElement("canvas");
          [copy.width, copy.height] = [canvas.width, canvas.height];
          copy.getContext("2d")?.drawImage(canvas, 0, 0);
          const state = document.querySelector("#chart")?.getAttribute("data-state");
          Object.assign(window, { first: { chart: box("#chart"), overview: box("#overview"), copy, state } });
        }
        return mark(name, options);
      };
    });
    const { first, last, plotly } = await page.evaluate(() => {
      const box = (/** @type {string} */ id) => document.querySelector(id)?.getBoundingClientRect().toJSON();
      const { chart, overview, state } = /** @type {any} */ (window).first;
      const last = { chart: box("#chart"), overview: box("#overview") };
      return { first: { chart, overview, state }, last, plotly: performance.getEntriesByName("waterfall:redraw").length };
    });
    assert.deepEqual({ ...last, state: "loading" }, first);
    assert.equal(plotly, 1);
    const trace = await traceIn(path);
    const area = await plotArea(page);
    const top = first.chart.top;
    const { start } = trace.lanes[0].tracks[0];
    const at = { x: area.left + ((start[0] + trace.lanes[0].tracks[0].end[0]) / 2 - area.start) * (area.width / (area.end - area.start)), y: area.top - top + 8 };
    const pixel = await page.evaluate(({ x, y }) => {
      const copy = /** @type {HTMLCanvasElement} */ (/** @type {any} */ (window).first.copy);
      return copy.getContext("2d")?.getImageData(Math.round(x), Math.round(y), 1, 1).data.join();
    }, at);
    assert.notEqual(pixel?.split(",").at(-1), "0", `nothing is drawn at ${JSON.stringify(at)}`);
    await page.close();
  }
});

test("all rows of the records are in the page, to the nanosecond", async () => {
  const lanes = 12;
  const trace = await traceIn(render(generate(4000, lanes)));
  const found = trace.lanes.map(({ tracks }) =>
    tracks
      .flatMap(({ start, end, key }) =>
        [...start].map((from, span) => ({ task: trace.raw[trace.keys[key[span]].task], start: from, end: end[span] })),
      )
      .sort((one, other) => one.start - other.start || other.end - one.end),
  );
  const expected = Array.from({ length: lanes }, (_, lane) => generated(lane, Math.floor(4000 / lanes) + (lane < 4000 % lanes ? 1 : 0)));
  assert.deepEqual(
    found.map((spans) => JSON.stringify(spans)).sort(),
    expected.map((spans) => JSON.stringify(spans)).sort(),
  );
});

test("when the page is ready the text of its rows is gone, and a link to a span has shown it", async () => {
  const path = render(generate(4000, 12));
  const { page, close } = await open(browser, path, { hash: "pin=3.0.20&sort=count" });
  assert.equal(await page.locator("script.rows, script.samples, #raster, #plotly").count(), 0);
  assert.match((await page.locator("#pinned-fields").textContent()) ?? "", /duration9\.90 ms/);
  assert.equal(await page.evaluate(() => document.querySelectorAll("[inert]").length), 0);
  await close();
});

test("where the browser refuses a worker the page decodes its rows itself", async () => {
  const path = render(generate(500, 4));
  const { page, close } = await open(browser, path);
  const expected = await tableRows(page);
  await close();
  for (const refuse of [
    () => Object.assign(window, { Worker: undefined }),
    () =>
      Object.assign(window, {
        Worker: class extends EventTarget {
          constructor() {
            super();
            setTimeout(() => /** @type {any} */ (this).onerror?.(new Event("error")));
          }
        },
      }),
  ]) {
    const page = await openWith(path, refuse);
    await page.locator("input[name=scope][value=view]").check();
    assert.deepEqual(await tableRows(page), expected);
    await page.close();
  }
});
