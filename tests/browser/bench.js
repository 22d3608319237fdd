// Measures the page in a real browser: how soon it is there, how it answers, how much it takes.
//
//   npm ci && cargo build --release --bins --examples && node tests/browser/bench.js [ROWS ...]
//
// Makes records of 20 thousand, 1 million and 10 million rows (or of ROWS) in 64 lanes with the example `generate`, 1
// million rows in 5,000 files of 2,000 lanes, and 1 million rows with two attributes each; reads the page's own User
// Timing entries, the browser's long tasks and the renderer's memory; prints tables in Markdown. The floor, measured in
// the same run between the others, is the page of a single span. With BEFORE=PROGRAM, another `waterfall` writes the
// same pages, and both are opened in turn. Asserts nothing; takes some minutes, 1.2 GB of disk, and a quiet machine.

import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";

process.env.WATERFALL_PROFILE ??= "release";
const { generate, launch, open, plotArea, program, render, scratch } = await import("./browser.js");

/** @typedef {import("playwright-core").Page} Page */

const OPENINGS = 5;
const ZOOMS = [1, 4, 16, 64, 256, 1024, 4096]; // parts of the run
const WINDOWS = 9; // of each zoom, from the run's beginning to its end
const DRAGS = [4, 64]; // parts of the run in view
const DRAG = 2000; // ms
const SEARCHES = 5; // of each query
/** By attributes and by names: text of a name, one of ten words, a glob over a million values, text of a value, both. */
const QUERIES = ["request", "kind=*a*", "item=*7", "abc12", "kind!=alpha item=a*"];
const CALM = 1000; // ms after which a page that is left alone has done what it does by itself

/** @param {number} rows @param {number} lanes @param {string[]} options */
function made(rows, lanes, ...options) {
  const directory = join(scratch(), "records");
  const generator = join(program(), "../examples/generate");
  execFileSync(generator, ["--rows", String(rows), "--lanes", String(lanes), ...options, directory]);
  return directory;
}

/**
 * The page of some records, and that of the program to compare with.
 * @param {string} name
 * @param {number} rows
 * @param {string} directory
 */
function pagesOf(name, rows, directory) {
  const now = { name, rows, path: render(directory) };
  if (!process.env.BEFORE) return [now];
  const path = join(scratch(), "before.html");
  execFileSync(process.env.BEFORE, [directory, "-o", path], { stdio: "ignore" });
  return [{ name: `${name}, before`, rows, path }, now];
}

/** @param {readonly number[]} values @param {number} share */
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.ceil(share * values.length) - 1] ?? NaN;

/** @param {readonly number[]} values */
const median = (values) => quantile(values, 0.5);

/** @param {number} ms */
const shown = (ms) => ms.toFixed(0);

/** The tasks of over 50 ms so far. @param {Page} page @returns {Promise<{start: number, ms: number}[]>} */
const longTasks = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        /** @type {{start: number, ms: number}[]} */
        const tasks = [];
        const observer = new PerformanceObserver((list) =>
          tasks.push(...list.getEntries().map(({ startTime, duration }) => ({ start: startTime, ms: duration }))),
        );
        observer.observe({ type: "longtask", buffered: true });
        setTimeout(() => resolve(tasks), 100);
      }),
  );

/** @param {readonly {ms: number}[]} tasks */
const longest = (tasks) => (tasks.length === 0 ? "< 50" : shown(Math.max(...tasks.map(({ ms }) => ms))));

/**
 * Opens a page once.
 * @param {import("playwright-core").Browser} browser
 * @param {string} path
 */
async function opened(browser, path) {
  const { page, close } = await open(browser, path);
  await page.waitForTimeout(CALM);
  const times = await page.evaluate(() => {
    // A page from before these marks could not be used until it was ready.
    const at = (/** @type {string} */ name) => (performance.getEntriesByName(name)[0] ?? performance.getEntriesByName("waterfall:ready")[0]).startTime;
    return { usable: at("waterfall:usable"), rows: at("waterfall:rows"), ready: at("waterfall:ready") };
  });
  const tasks = await longTasks(page);
  const memory = await memoryOf(browser);
  await close();
  return { ...times, tasks, memory };
}

/**
 * The resident memory of the largest renderer in MB: now, and at most.
 * @param {import("playwright-core").Browser} browser
 */
async function memoryOf(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => memoryOfProcess(id));
  return renderers.sort((one, other) => other.now - one.now)[0] ?? { now: NaN, most: NaN };
}

/** @param {number} pid */
function memoryOfProcess(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const [now, most] = ["VmRSS", "VmHWM"].map((name) => Number(new RegExp(`${name}:\\s*(\\d+)`).exec(status)?.[1]) / 1000);
    return { now, most };
  } catch {
    return { now: NaN, most: NaN }; // not Linux
  }
}

/**
 * Sets the time axis, waits until what it asks for can be seen.
 * @param {Page} page
 * @param {[number, number]} range ns
 * @returns {Promise<{ms: number, mode: string, spans: number, drawn: number}>}
 */
const zoomTo = (page, range) =>
  page.evaluate(async (range) => {
    const start = performance.now();
    const drawn = new Promise((resolve) => {
      const observer = new PerformanceObserver((list) => {
        const [entry] = list.getEntriesByName("waterfall:redraw");
        if (!entry) return;
        observer.disconnect();
        resolve(/** @type {PerformanceMeasure} */ (entry).detail);
      });
      observer.observe({ type: "measure" });
    });
    location.hash = `window=${range.map((time) => time.toFixed(4)).join("..")}`;
    const detail = await drawn;
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))); // the task after the frame
    return { ms: performance.now() - start, ...detail };
  }, range);

/**
 * Drags the rows to and fro with the mouse.
 * @param {Page} page
 * @param {[number, number]} range ns in view
 */
async function dragged(page, range) {
  await zoomTo(page, range);
  const { left, top, width, height } = await plotArea(page);
  const [x, y, reach] = [left + width / 2, top + height / 2, width / 3];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.evaluate(() => {
    /** @type {number[]} */
    const frames = [];
    const tick = (/** @type {number} */ now) => {
      frames.push(now);
      Object.assign(window, { frames, ticking: requestAnimationFrame(tick) });
    };
    requestAnimationFrame(tick);
    Object.assign(window, { redraws: performance.getEntriesByName("waterfall:redraw").length });
  });
  const begin = performance.now();
  for (let now = begin; now < begin + DRAG; now = performance.now())
    await page.mouse.move(x + reach * Math.sin(((now - begin) / DRAG) * 4 * Math.PI), y);
  const { frames, redraws } = await page.evaluate(() => {
    const { frames, redraws, ticking } = /** @type {any} */ (window);
    cancelAnimationFrame(ticking);
    return { frames, redraws: performance.getEntriesByName("waterfall:redraw").length - redraws };
  });
  await page.mouse.up();
  const seconds = (frames[frames.length - 1] - frames[0]) / 1000;
  const gaps = frames.slice(1).map((/** @type {number} */ now, /** @type {number} */ index) => now - frames[index]);
  return { frames: (frames.length - 1) / seconds, redraws: redraws / seconds, longest: Math.max(...gaps) };
}

/**
 * Types a query, and another one before it, waits until its matches stand out.
 * @param {Page} page
 * @param {string} query
 */
const searched = (page, query) =>
  page.evaluate(async (query) => {
    const search = /** @type {HTMLInputElement} */ (document.querySelector("#search"));
    const chart = /** @type {HTMLElement} */ (document.querySelector("#chart"));
    const found = async (/** @type {string} */ text) => {
      const start = performance.now();
      search.value = text;
      search.dispatchEvent(new Event("input"));
      do await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      while (chart.dataset.state !== "ready");
      return performance.now() - start;
    };
    await found("nothing has this");
    return found(query);
  }, query);

/** @param {readonly (readonly (string | number)[])[]} rows the first is the heading */
function printTable([heading, ...rows]) {
  const line = (/** @type {readonly (string | number)[]} */ cells) => `| ${cells.join(" | ")} |`;
  console.log([line(heading), line(heading.map(() => "---")), ...rows.map(line), ""].join("\n"));
}

const ATTRIBUTED = "1,000,000 rows with attributes, 64 lanes";
const sizes = process.argv.slice(2).map(Number);
const browser = await launch();
const pages = [
  ...pagesOf("one span (floor)", 1, generate(1, 1)),
  ...(sizes.length > 0 ? sizes : [20_000, 1_000_000, 10_000_000]).flatMap((rows) =>
    pagesOf(`${rows.toLocaleString("en")} rows, 64 lanes`, rows, made(rows, 64)),
  ),
  ...(sizes.length > 0 ? [] : pagesOf("1,000,000 rows, 2,000 lanes, 5,000 files", 1e6, made(1e6, 2000, "--files", "5000"))),
  ...(sizes.length > 0 ? [] : pagesOf(ATTRIBUTED, 1e6, made(1e6, 64, "--attributes"))),
];
/** @type {Awaited<ReturnType<typeof opened>>[][]} */
const openings = pages.map(() => []);
for (let round = 0; round < OPENINGS; round += 1)
  for (const [index, { path }] of pages.entries()) openings[index].push(await opened(browser, path));

console.log(`Opening: median (least to most) of ${OPENINGS}, in ms; the longest task of any; memory of the renderer in MB\n`);
const spread = (/** @type {number[]} */ values) =>
  `${shown(median(values))} (${shown(Math.min(...values))} to ${shown(Math.max(...values))})`;
printTable([
  ["page", "HTML, MB", "bytes a row", "usable", "rows", "ready", "longest task before usable", "then before ready", "and after", "memory", "at most"],
  ...pages.map(({ name, rows, path }, index) => {
    const runs = openings[index];
    const isBefore = name.endsWith("before");
    const floor = pages.find((page) => page.rows === 1 && page.name.endsWith("before") === isBefore)?.path ?? path;
    const perRow = (statSync(path).size - statSync(floor).size) / rows;
    const steps = runs.flatMap(({ tasks, usable, ready }) => tasks.map((task) => ({ ...task, step: task.start < usable ? 0 : task.start < ready ? 1 : 2 })));
    return [
      name,
      (statSync(path).size / 1e6).toFixed(2),
      rows === 1 ? "–" : perRow.toFixed(2),
      ...(/** @type {const} */ (["usable", "rows", "ready"])).map((mark) => spread(runs.map((run) => run[mark]))),
      ...[0, 1, 2].map((wanted) => longest(steps.filter(({ step }) => step === wanted))),
      shown(median(runs.map(({ memory }) => memory.now))),
      shown(Math.max(...runs.map(({ memory }) => memory.most))),
    ];
  }),
]);

const redraws = [["page", "part of the run", "mode", "spans", "drawn", "median", "p95"]];
const searches = [["page", "query", "median", "most", "longest task"]];
const drags = [["page", "part of the run", "frames a second", "redraws a second", "longest frame", "longest task since ready"]];
for (const { name, path } of pages.filter(({ name, rows }) => rows > 1 && !name.endsWith("before"))) {
  const { page, close } = await open(browser, path);
  const ready = await page.evaluate(() => performance.now());
  const { start, end } = await plotArea(page);
  /** @type {(part: number, at: number) => [number, number]} */
  const rangeAt = (part, at) => {
    const length = (end - start) / part;
    const from = start + (end - start - length) * at;
    return [from, from + length];
  };
  for (const part of ZOOMS) {
    /** @type {Awaited<ReturnType<typeof zoomTo>>[]} */
    const runs = [];
    for (let window = 0; window < WINDOWS; window += 1) {
      await zoomTo(page, rangeAt(part * 1.01, (window + 0.5) / WINDOWS)); // the same window is not drawn again
      runs.push(await zoomTo(page, rangeAt(part, (window + 0.5) / WINDOWS)));
    }
    const modes = [...new Set(runs.map(({ mode }) => mode))].join(", ");
    const most = (/** @type {"spans" | "drawn"} */ field) => Math.max(...runs.map((run) => run[field])).toLocaleString("en");
    const times = runs.map(({ ms }) => ms);
    redraws.push([name, `1 / ${part}`, modes, most("spans"), most("drawn"), shown(median(times)), shown(quantile(times, 0.95))]);
  }
  for (const part of DRAGS) {
    const { frames, redraws, longest: gap } = await dragged(page, rangeAt(part, 0.4));
    const since = (await longTasks(page)).filter((task) => task.start >= ready);
    drags.push([name, `1 / ${part}`, frames.toFixed(1), redraws.toFixed(1), `${shown(gap)} ms`, `${longest(since)} ms`]);
  }
  for (const query of name === ATTRIBUTED ? QUERIES : []) {
    await searched(page, query); // attributes are decoded for the first
    const start = await page.evaluate(() => performance.now());
    /** @type {number[]} */
    const times = [];
    for (let round = 0; round < SEARCHES; round += 1) times.push(await searched(page, query));
    const since = (await longTasks(page)).filter((task) => task.start >= start);
    searches.push([name, query, shown(median(times)), shown(Math.max(...times)), `${longest(since)} ms`]);
  }
  await close();
}
await browser.close();
console.log(`Redraw to paint, in ms, of ${WINDOWS} windows at each zoom; spans in view and marks drawn at most\n`);
printTable(redraws);
console.log(`Dragging the rows for ${DRAG / 1000} s with the mouse\n`);
printTable(drags);
if (searches.length > 1) {
  console.log(`From a query to its matches in the chart, in ms, ${SEARCHES} times each\n`);
  printTable(searches);
}
