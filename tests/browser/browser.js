// The browser of the tests: renders records with the real program, opens the page in a real Chromium.
//
// `open` watches its page: a console error, an uncaught exception, a violation of the security policy or a request
// that leaves the file fails the test that closes the page. Tests wait for conditions, however slow the machine is;
// the bounds here are for what never comes, so that nothing hangs.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test as testOf } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

import { traceIn } from "./document.js";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const MINUTE = 60_000; // ms
/** How long a test may wait for one condition, in ms. */
export const WAIT = 3 * MINUTE;
const TEST = 10 * MINUTE;
const FILE = 30 * MINUTE;

/** @type {NodeJS.Timeout | undefined} */
let watch;

/**
 * A test that fails where it would hang, and so does its file.
 * @param {string} name
 * @param {() => Promise<void>} act
 */
export function test(name, act) {
  watch ??= setTimeout(hangs, FILE).unref();
  return testOf(name, { timeout: TEST }, act);
}

function hangs() {
  console.error(`the file was not done after ${FILE / MINUTE} minutes`);
  process.exit(1);
}

const scratches = mkdtempSync(join(tmpdir(), "waterfall-browser-"));
process.on("exit", () => rmSync(scratches, { recursive: true, force: true }));

/** A directory that is gone when the process ends. */
export function scratch() {
  return mkdtempSync(join(scratches, "page-"));
}

/** The program under test: a release build when `WATERFALL_PROFILE=release`. */
export function program() {
  const target = process.env.CARGO_TARGET_DIR || join(root, "target");
  return join(target, process.env.WATERFALL_PROFILE ?? "debug", "waterfall");
}

/**
 * The path of an input that `examples/nasty` writes.
 * @param {string} name
 */
export function nasty(name) {
  const directory = scratch();
  execFileSync(join(dirname(program()), "examples/nasty"), [directory, name], { timeout: TEST });
  return join(directory, name);
}

/**
 * Renders a page of an input, gives its path.
 * @param {string} input
 * @param {string[]} options
 */
export function render(input, ...options) {
  const page = join(scratch(), "page.html");
  execFileSync(program(), [input, "-o", page, ...options], { stdio: ["ignore", "ignore", "pipe"], timeout: TEST });
  return page;
}

let realPath = "";

/** The page of a real run, rendered once: 50 spans that do not nest, in 19 lanes of 7 processes. */
export function real() {
  realPath ||= render(join(root, "tests/data/performance_py/records"));
  return realPath;
}

/**
 * Renders a page of one file of records.
 * @param {string} text
 * @param {string[]} options
 */
export function renderText(text, ...options) {
  const directory = scratch();
  writeFileSync(join(directory, "records.csv"), text);
  return render(directory, ...options);
}

/**
 * The page of how the spans of some tasks are distributed, gives its path.
 * @param {string} input
 * @param {string[]} tasks globs
 */
export function distribution(input, ...tasks) {
  const page = join(scratch(), "page.html");
  const options = tasks.flatMap((task) => ["--task", task]);
  const given = ["stats", input, ...options, "-o", page];
  execFileSync(program(), given, { stdio: ["ignore", "ignore", "pipe"], timeout: TEST });
  return page;
}

/**
 * Runs a shell's script several times, gives the page of all of them. In it `$RUN` is the number of the run, and
 * `record GROUP TASK START END` writes a span.
 * @param {string} script
 * @param {number} repeats
 */
export function repeated(script, repeats = 3) {
  const directory = scratch();
  const record = `
    RUN=$(basename "$(dirname "$WATERFALL_DIR")")
    mkdir -p "$WATERFALL_DIR"
    echo group,task,start,end,color > "$WATERFALL_DIR/a.csv"
    record() { printf '%s,%s,2026-11-20T22:00:%sZ,2026-11-20T22:00:%sZ,\\n' "$1" "$2" "$3" "$4" >> "$WATERFALL_DIR/a.csv"; }`;
  writeFileSync(join(directory, "script.sh"), `${record}\n${script}\n`);
  const given = ["run", "--repeat", String(repeats), "--", "sh", "script.sh"];
  return execFileSync(program(), given, {
    cwd: directory,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: TEST,
  }).trim();
}

/** Chromium, found as ci.sh finds it. */
export async function launch() {
  const names = [process.env.CHROME, "chromium", "chromium-browser", "google-chrome"].filter((name) => name !== undefined);
  const found = names.map((name) => spawnSync("sh", ["-c", `command -v "$0"`, name], { encoding: "utf8" }).stdout.trim()).find(Boolean);
  assert.ok(found, "no browser: install one with `apt-get install chromium`, or name one in $CHROME");
  return chromium.launch({ executablePath: found, args: ARGUMENTS, timeout: WAIT });
}

/**
 * Opens a page and waits until it shows what it can without what is held back: with `hold: []`, until it is ready.
 * Plotly is held back where a test does not say, since it takes most of the time of a page: `covered` lets it go.
 * Links scroll at once, so that what is measured stays where it is.
 * @param {import("playwright-core").Browser} browser
 * @param {string} path
 * @param {{width?: number, height?: number, scheme?: "light" | "dark", motion?: "reduce" | "no-preference", hash?: string, hold?: ("rows" | "plotly")[]}} [view]
 */
export async function open(browser, path, { width = 1280, height = 720, scheme = "light", motion = "reduce", hash = "", hold = ["plotly"] } = {}) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme, reducedMotion: motion });
  page.setDefaultTimeout(WAIT);
  const own = pathToFileURL(path).href;
  /** @type {string[]} */
  const faults = [];
  page.on("console", (message) => {
    if (message.type() !== "log" && message.type() !== "info") faults.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error}`));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const isOwn = request.url().replace(/#.*/, "") === own || /^(data|blob):/.test(request.url());
    if (!isOwn) faults.push(`request: ${request.url()}`);
  });
  await page.addInitScript(() => {
    // The page writes its address and its table a moment after the last change: `calm` waits for that moment.
    const { setTimeout: set, clearTimeout: clear } = window;
    const pending = new Set();
    Object.assign(window, {
      pending,
      setTimeout(/** @type {(...given: any[]) => void} */ act, /** @type {number} */ delay = 0, /** @type {any[]} */ ...given) {
        const timer = set(() => {
          pending.delete(timer);
          act(...given);
        }, delay);
        if (delay > 0) pending.add(timer);
        return timer;
      },
      clearTimeout(/** @type {number} */ timer) {
        pending.delete(timer);
        clear(timer);
      },
    });
    document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.addInitScript(holdBack, hold);
  await page.goto(hash === "" ? own : `${own}#${hash}`);
  const step = hold.includes("rows") ? "usable" : hold.includes("plotly") ? "rows" : "ready";
  await reached(page, step);
  return {
    page,
    /** Lets go what was held back, or fails to load Plotly; waits until that is done. @param {"rows" | "plotly" | "nothing"} what */
    async release(what) {
      await page.evaluate((what) => /** @type {any} */ (window).release[what](), what);
      await reached(page, what === "rows" ? "rows" : "ready");
    },
    /** Fails when anything was wrong with the page but what is expected. @param {string[]} expected */
    async close(...expected) {
      await page.close();
      assert.deepEqual(faults, expected);
    },
  };
}

/**
 * Opens a page and waits for Plotly, too: pictures and distributions are its work.
 * @param {import("playwright-core").Browser} browser
 * @param {string} path
 * @param {Parameters<typeof open>[2]} [view]
 */
export const openWhole = (browser, path, view) => open(browser, path, { hold: [], ...view });

/** Until the page has set a mark. @param {import("playwright-core").Page} page @param {string} step */
const reached = (page, step) => page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, `waterfall:${step}`);

/**
 * Runs in the page before its own scripts: keeps what goes to workers, and plotly.js, until it is let go.
 * @param {string[]} hold
 */
function holdBack(hold) {
  /** @type {(() => void)[]} */
  const rows = [];
  /** @type {(() => void)[]} */
  const plotly = [];
  /** @type {HTMLScriptElement[]} */
  const scripts = [];
  let [areRowsHeld, isPlotlyHeld] = [hold.includes("rows"), hold.includes("plotly")];
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (/** @type {any[]} */ ...given) {
    const post = () => postMessage.apply(this, /** @type {any} */ (given));
    if (areRowsHeld) rows.push(post);
    else post();
  };
  const { append } = Element.prototype;
  Element.prototype.append = function (/** @type {any[]} */ ...given) {
    const add = () => append.apply(this, given);
    if (isPlotlyHeld && given[0] instanceof HTMLScriptElement && given[0].src.startsWith("blob:")) plotly.push(add), scripts.push(given[0]);
    else add();
  };
  const release = {
    rows: () => ((areRowsHeld = false), rows.splice(0).forEach((post) => post())),
    plotly: () => ((isPlotlyHeld = false), plotly.splice(0).forEach((add) => add())),
    isAsked: () => scripts.length > 0,
    nothing: () => scripts.forEach((script) => script.dispatchEvent(new Event("error"))),
  };
  Object.assign(window, { release });
}

/**
 * Waits until the chart shows the state of now, gives how many redraws there have been.
 * @param {import("playwright-core").Page} page
 */
export async function settled(page) {
  const ready = () => page.waitForFunction(() => document.querySelector("#chart[data-state=ready]") !== null);
  const count = () => page.evaluate(() => performance.getEntriesByName("waterfall:redraw").length);
  // A redraw may change the page's size, of which the chart hears in the frame after it and draws once more.
  for (let before = -1; ; ) {
    await ready();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    await ready();
    const now = await count();
    if (now === before) return now;
    before = now;
  }
}

/**
 * Does something and waits for the redraw that it causes and for all that follow, gives the measure of the last.
 * @param {import("playwright-core").Page} page
 * @param {() => Promise<unknown>} act
 */
export async function redrawn(page, act) {
  const before = await settled(page);
  await act();
  await page.waitForFunction((before) => performance.getEntriesByName("waterfall:redraw").length > before, before);
  await settled(page);
  return page.evaluate(() => {
    const [last] = /** @type {PerformanceMeasure[]} */ (performance.getEntriesByName("waterfall:redraw").slice(-1));
    return { duration: last.duration, ...last.detail };
  });
}

/**
 * Where the rows are drawn, in px of the browser's window, how many px of them are above it, and the time in view in ns.
 * @param {import("playwright-core").Page} page
 */
export function plotArea(page) {
  return page.evaluate(() => {
    const [last] = /** @type {PerformanceMeasure[]} */ (performance.getEntriesByName("waterfall:redraw").slice(-1));
    const { left, right, top, bottom, window, scroll } = last.detail;
    const box = /** @type {HTMLElement} */ (document.querySelector("#chart")).getBoundingClientRect();
    return { left: box.left + left, top: box.top + top, width: right - left, height: bottom - top, scroll, ...window };
  });
}

/** Lets Plotly go and waits until it covers the chart. @param {import("playwright-core").Page} page */
export async function covered(page) {
  await page.evaluate(() => /** @type {any} */ (window).release.plotly());
  await page.waitForSelector("#chart:not(.uncovered)");
}

/** Edges in px and fill of every bar of Plotly. @param {import("playwright-core").Page} page */
export async function drawnBars(page) {
  await covered(page);
  return page.locator(".barlayer .point path").evaluateAll((all) =>
    all
      .map((path) => ({ ...path.getBoundingClientRect().toJSON(), fill: getComputedStyle(path).fill }))
      .filter(({ width, height }) => width > 0 && height > 0),
  );
}

/**
 * What Plotly was given to draw as bars: their times in ns, their colours as numbers, the legend's entry that they
 * are of, and where on the screen their middle is.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<{start: number, end: number, color: string, entry: string, x: number, y: number}[]>}
 */
export async function barsGiven(page) {
  await covered(page);
  return page.evaluate(() => {
    const plot = /** @type {any} */ (document.querySelector(".js-plotly-plot"));
    const box = plot.getBoundingClientRect();
    const { xaxis, yaxis } = plot._fullLayout;
    const [from, to] = xaxis.range.map(Number);
    const [low, high] = yaxis.range.map(Number);
    const shown = plot.data.filter((/** @type {any} */ trace) => trace.type === "bar" && trace.visible !== "legendonly");
    return shown.flatMap((/** @type {any} */ trace) =>
      trace.base.flatMap((/** @type {number | null} */ start, /** @type {number} */ index) => {
        if (start === null) return [];
        const end = start + trace.x[index];
        const middle = (Math.max(from, start) + Math.min(to, end)) / 2;
        const x = box.left + xaxis._offset + ((middle - from) / (to - from)) * xaxis._length;
        const y = box.top + yaxis._offset + ((trace.y[index] - high) / (low - high)) * yaxis._length;
        return [{ start, end, color: trace.marker.color[index], entry: trace.name.replace(/ <span.*/, ""), x, y }];
      }),
    );
  });
}

/**
 * The legend's entries: name, colour, and whether they are on.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<{name: string, color: string, isOn: boolean}[]>}
 */
export const legend = (page) =>
  page.locator("#legend button").evaluateAll((all) =>
    all.map((button) => ({
      name: button.querySelector("bdi")?.textContent ?? "",
      color: /** @type {HTMLElement} */ (button).style.getPropertyValue("--swatch"),
      isOn: button.getAttribute("aria-pressed") === "true",
    })),
  );

/** The legend's entry of a name. @param {import("playwright-core").Page} page @param {string} name */
export const entryOf = (page, name) => page.locator("#legend button", { hasText: name });

/**
 * Sets the time in view through Plotly, as someone else's script would.
 * @param {import("playwright-core").Page} page
 * @param {readonly [number, number]} range ns
 */
export async function relayout(page, range) {
  await covered(page);
  await page.evaluate((range) => void /** @type {any} */ (window).Plotly.relayout(document.querySelector("#plot"), { "xaxis.range": range }), range);
}

/**
 * The trace that the page was given, in the shape in which its modules use it.
 * @param {import("playwright-core").Page} page
 */
export function traceOf(page) {
  return traceIn(fileURLToPath(page.url().replace(/#.*/, "")));
}

/**
 * The rows of the table: name, then a text for each column, when they are those of the state of now.
 * @param {import("playwright-core").Page} page
 */
export async function tableRows(page) {
  await page.waitForSelector("#table[data-state=ready]");
  return page.locator("#tasks tbody tr").evaluateAll((all) =>
    all.map((row) => [
      (row.querySelector("th")?.textContent ?? "").trim(),
      ...[...row.querySelectorAll("td")].map((cell) => cell.textContent ?? ""),
    ]),
  );
}

/**
 * The figures over the chart by their labels, when they are those of the state of now.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<Record<string, string>>}
 */
export async function figures(page) {
  await page.waitForSelector("#table[data-state=ready]");
  const pairs = await page
    .locator("#head dl:not([hidden]) > div")
    .evaluateAll((all) => all.map((figure) => [...figure.children].map((child) => (child.textContent ?? "").trim())));
  return Object.fromEntries(pairs);
}

/**
 * The pinned span's fields by their names; nothing where no span is pinned.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<Record<string, string>>}
 */
export const pinned = (page) =>
  page.evaluate(() => {
    if (!document.querySelector("#details.pinned")) return {};
    const terms = [...document.querySelectorAll("#pinned-fields dt")];
    const fields = terms.map((term) => [term.textContent ?? "", term.nextElementSibling?.textContent ?? ""]);
    return { task: document.querySelector("#pinned-title")?.textContent ?? "", ...Object.fromEntries(fields) };
  });

/**
 * Waits until chart, table and address are those of the state of now.
 * @param {import("playwright-core").Page} page
 */
export async function calm(page) {
  await settled(page);
  await page.waitForFunction(() => /** @type {any} */ (window).pending.size === 0);
}

/**
 * Does something, gives the hash that the address has then.
 * @param {import("playwright-core").Page} page
 * @param {() => Promise<unknown>} act
 */
export async function addressed(page, act) {
  await act();
  await calm(page);
  return page.evaluate(() => location.hash.slice(1));
}

/**
 * The colour of a canvas at a place of the browser's window, as `r,g,b,a`.
 * @param {import("playwright-core").Page} page
 * @param {string} selector
 * @param {number} x px
 * @param {number} y px
 */
export const pixel = (page, selector, x, y) =>
  page.evaluate(
    ([selector, x, y]) => {
      const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector(selector));
      const box = canvas.getBoundingClientRect();
      const scale = canvas.width / box.width;
      const copy = document.createElement("canvas"); // reading the page's own makes the browser warn
      [copy.width, copy.height] = [canvas.width, canvas.height];
      const context = /** @type {CanvasRenderingContext2D} */ (copy.getContext("2d"));
      context.drawImage(canvas, 0, 0);
      return context.getImageData(Math.floor((x - box.left) * scale), Math.floor((y - box.top) * scale), 1, 1).data.join();
    },
    /** @type {const} */ ([selector, x, y]),
  );

/**
 * A CSS colour as `r,g,b,a`.
 * @param {import("playwright-core").Page} page
 * @param {string} color
 */
export const asPixel = (page, color) =>
  page.evaluate((color) => {
    const context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data.join();
  }, color);

/**
 * Presses the left button, moves, releases it.
 * @param {import("playwright-core").Page} page
 * @param {{x: number, y: number}} from px of the browser's window
 * @param {{x: number, y: number}} to
 */
export async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 4 });
  await page.mouse.up();
}

/**
 * The spans of a lane of `generate`: outer ones of 9.9 ms, each with nine inner ones of 1 ms, all shifted by 0.1 ms
 * a lane; in ns since the trace's start.
 * @param {number} lane
 * @param {number} count
 */
export function generated(lane, count) {
  return Array.from({ length: count }, (_, row) => {
    const outer = Math.floor(row / 10) * 10_000_000 + lane * 100_000;
    const inner = row % 10;
    if (inner === 0) return { task: "outer", start: outer, end: outer + 9_900_000 };
    const start = outer + (inner - 1) * 1_100_000;
    return { task: `step ${inner}`, start, end: start + 1_000_000 };
  });
}

const ORIGIN = Date.parse("2026-11-20T14:00:00Z");

/** A moment as records have it. @param {number} ns since the tests' traces start */
export function stamp(ns) {
  const seconds = new Date(ORIGIN + Math.floor(ns / 1e9) * 1000).toISOString().slice(0, -5);
  return `${seconds}.${String(ns % 1e9).padStart(9, "0")}+00:00`;
}

/**
 * A records directory of `lanes` threads of eight processes with `rows` spans in all.
 * @param {number} rows
 * @param {number} lanes
 */
export function generate(rows, lanes) {
  const directory = scratch();
  for (let lane = 0; lane < lanes; lane += 1) {
    const count = Math.floor(rows / lanes) + (lane < rows % lanes ? 1 : 0);
    const lines = generated(lane, count).map(({ task, start, end }) => `work,${task},${stamp(start)},${stamp(end)},\r\n`);
    const name = `host.${100 + (lane % 8)}-18f32c0000000000.${Math.floor(lane / 8)}-io-${lane}.0.csv`;
    writeFileSync(join(directory, name), `group,task,start,end,color\r\n${lines.join("")}`);
  }
  return directory;
}

/**
 * Keeps what goes to workers, so that attributes are not decoded, until it is let go.
 * @param {import("playwright-core").Page} page
 */
export async function holdAttributes(page) {
  await page.evaluate(() => {
    const { postMessage } = Worker.prototype;
    /** @type {(() => void)[]} */
    const held = [];
    Worker.prototype.postMessage = function (/** @type {any[]} */ ...given) {
      held.push(() => postMessage.apply(this, /** @type {any} */ (given)));
    };
    Object.assign(window, { letGo: () => ((Worker.prototype.postMessage = postMessage), held.forEach((post) => post())) });
  });
  return () => page.evaluate(() => /** @type {any} */ (window).letGo());
}
