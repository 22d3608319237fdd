// Measures the page in a real browser: how soon it is there, how long a redraw takes, how large its document is.
//
//   cargo build --release && node tests/browser/bench.js [ROWS [LANES]]
//
// Reads the page's own User Timing entries. The floor, measured in the same run, is the page of a single span:
// what the browser needs for plotly.js alone. Asserts nothing; run it on a quiet machine.

import { spawnSync } from "node:child_process";

import { generate, launch, open, plotArea, redrawn, render } from "./browser.js";

process.env.WATERFALL_PROFILE ??= "release";
const [rows, lanes] = [Number(process.argv[2] ?? 20_000), Number(process.argv[3] ?? 64)];
const RUNS = 5;

/** @param {number[]} values */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** @param {import("playwright-core").Browser} browser @param {string} path */
async function opened(browser, path) {
  const { page, close } = await open(browser, path);
  const times = await page.evaluate(() => {
    const at = (/** @type {string} */ name) => performance.getEntriesByName(name)[0].startTime;
    return { first: at("waterfall:first-chart"), ready: at("waterfall:ready") };
  });
  await close();
  return times;
}

/** @param {import("playwright-core").Page} page @param {[number, number]} range */
const zoomTo = (page, range) =>
  redrawn(page, () =>
    page.evaluate((range) => void (/** @type {any} */ (window)).Plotly.relayout(document.querySelector(".js-plotly-plot"), { "xaxis.range": range }), range),
  );

const browser = await launch();
const paths = { floor: render(generate(1, 1)), page: render(generate(rows, lanes)) };
/** @type {Record<"floor" | "page", {first: number, ready: number}[]>} */
const times = { floor: [], page: [] };
for (let run = 0; run < RUNS; run += 1) {
  times.floor.push(await opened(browser, paths.floor));
  times.page.push(await opened(browser, paths.page));
}
const size = spawnSync("wc", ["-c", paths.page], { encoding: "utf8" }).stdout.split(" ")[0];
console.log(`${rows} rows over ${lanes} lanes, page of ${(Number(size) / 1e6).toFixed(2)} MB, median of ${RUNS} openings`);
for (const [name, runs] of Object.entries(times)) {
  console.log(`  ${name === "floor" ? "one span (floor)" : "page"}: first chart ${median(runs.map(({ first }) => first)).toFixed(0)} ms, ready ${median(runs.map(({ ready }) => ready)).toFixed(0)} ms`);
}

const { page, close } = await open(browser, paths.page);
const { start, end } = await plotArea(page);
const length = end - start;
/** @type {[number, number][]} */
const zooms = [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 64].map((part) => [start + length * 0.4, start + length * (0.4 + 0.6 * part)]);
/** @type {[number, number][]} */
const pans = [0.1, 0.2, 0.3, 0.4].map((at) => [start + length * at, start + length * (at + 0.25)]);
let elements = 0;
for (const range of [...zooms, ...pans]) {
  const { duration, mode, spans, drawn } = await zoomTo(page, range);
  elements = Math.max(elements, await page.evaluate(() => document.querySelectorAll("*").length));
  const share = (((range[1] - range[0]) / length) * 100).toFixed(1);
  console.log(`  redraw of ${share.padStart(5)} % of the time: ${duration.toFixed(0).padStart(4)} ms, ${mode}, ${spans} spans, ${drawn} drawn`);
}
console.log(`  at most ${elements} elements in the document`);
await close();
await browser.close();
