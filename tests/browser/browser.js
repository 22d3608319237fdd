// The browser of the tests: renders records with the real program, opens the page in a real Chromium.
//
// Every page that is opened through `open` is watched: a console error, an uncaught exception, a violation of
// the security policy or a request that leaves the file fails the test that closes it.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const scratches = mkdtempSync(join(tmpdir(), "waterfall-browser-"));
process.on("exit", () => rmSync(scratches, { recursive: true, force: true }));

/** A directory that is gone when the process ends. */
export function scratch() {
  return mkdtempSync(join(scratches, "page-"));
}

/** The program under test: a release build when `WATERFALL_PROFILE=release`. */
function program() {
  const target = process.env.CARGO_TARGET_DIR || join(root, "target");
  return join(target, process.env.WATERFALL_PROFILE ?? "debug", "waterfall");
}

/**
 * Renders a page of an input, gives its path.
 * @param {string} input
 * @param {string[]} options
 */
export function render(input, ...options) {
  const page = join(scratch(), "page.html");
  execFileSync(program(), [input, "-o", page, ...options], { stdio: ["ignore", "ignore", "pipe"] });
  return page;
}

/** Chromium, found as ci.sh finds it. */
export async function launch() {
  const names = [process.env.CHROME, "chromium", "chromium-browser", "google-chrome"].filter((name) => name !== undefined);
  const found = names.map((name) => spawnSync("sh", ["-c", `command -v "$0"`, name], { encoding: "utf8" }).stdout.trim()).find(Boolean);
  assert.ok(found, "no browser: install one with `apt-get install chromium`, or name one in $CHROME");
  return chromium.launch({ executablePath: found, args: ARGUMENTS });
}

/**
 * Opens a page and waits until it is ready.
 * @param {import("playwright-core").Browser} browser
 * @param {string} path
 * @param {{width?: number, height?: number, scheme?: "light" | "dark"}} [view]
 */
export async function open(browser, path, { width = 1280, height = 720, scheme = "light" } = {}) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
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
    const isOwn = request.url() === pathToFileURL(path).href || /^(data|blob):/.test(request.url());
    if (!isOwn) faults.push(`request: ${request.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(pathToFileURL(path).href);
  await page.waitForFunction(() => performance.getEntriesByName("waterfall:ready").length > 0);
  return {
    page,
    /** Fails when anything was wrong with the page but what is expected. @param {string[]} expected */
    async close(...expected) {
      await page.close();
      assert.deepEqual(faults, expected);
    },
  };
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
 * Where Plotly draws: the plot area in px of the browser's window, and the window in ns.
 * @param {import("playwright-core").Page} page
 */
export function plotArea(page) {
  return page.evaluate(() => {
    const plot = /** @type {any} */ (document.querySelector(".js-plotly-plot"));
    const box = plot.getBoundingClientRect();
    const { xaxis, yaxis } = plot._fullLayout;
    const [start, end] = xaxis.range.map(Number);
    const lanes = yaxis._length;
    return { left: box.left + xaxis._offset, top: box.top + yaxis._offset, width: xaxis._length, height: lanes, start, end };
  });
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

/**
 * A records directory of `lanes` threads of eight processes with `rows` spans in all.
 * @param {number} rows
 * @param {number} lanes
 */
export function generate(rows, lanes) {
  const directory = scratch();
  const origin = Date.parse("2026-11-20T14:00:00Z");
  /** @param {number} ns */
  const stamp = (ns) => {
    const seconds = new Date(origin + Math.floor(ns / 1e9) * 1000).toISOString().slice(0, -5);
    return `${seconds}.${String(ns % 1e9).padStart(9, "0")}+00:00`;
  };
  for (let lane = 0; lane < lanes; lane += 1) {
    const count = Math.floor(rows / lanes) + (lane < rows % lanes ? 1 : 0);
    const lines = generated(lane, count).map(({ task, start, end }) => `work,${task},${stamp(start)},${stamp(end)},\r\n`);
    const name = `host.${100 + (lane % 8)}-18f32c0000000000.${Math.floor(lane / 8)}-io-${lane}.0.csv`;
    writeFileSync(join(directory, name), `group,task,start,end,color\r\n${lines.join("")}`);
  }
  return directory;
}
