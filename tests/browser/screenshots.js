// Pictures of every state of the page that a designer looks at: `node tests/browser/screenshots.js OUT_DIR [NAME]`.
//
// Needs a built program (`WATERFALL_PROFILE=release` for that build) and `npm ci`. Each picture is named for its
// state; with NAME only those whose name holds it are made. Not part of the tests: nothing here is checked.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { random } from "../page/helper.js";
import { pool } from "./waiting.js";
import { renderRows } from "./plain.js";
import { generate, launch, open, plotArea, real, redrawn, render, renderText, scratch, settled, stamp } from "./browser.js";

/** @typedef {import("playwright-core").Page} Page */

/**
 * @typedef {object} View
 * @property {number} [width]
 * @property {number} [height]
 * @property {"light" | "dark"} [scheme]
 * @property {string} [hash]
 */

const [out = "screenshots", wanted = ""] = process.argv.slice(2);
const HEADER = "group,task,start,end,color\n";
const DARK = /** @type {const} */ ({ scheme: "dark" });

/** A file of rows `[task, start ns, end ns]`; an end of null is none. @param {[string, number, number | null][]} rows */
const rowsText = (rows) => HEADER + rows.map(([task, start, end]) => `work,"${task}",${stamp(start)},${end === null ? "" : stamp(end)},\n`).join("");

/** Requests with five attributes, one of them long, and saves that have none. @param {string[]} options */
function attributes(...options) {
  const rows = Array.from({ length: 24 }, (_, at) => {
    const [start, end] = [at * 40e6, at * 40e6 + 20e6 + (at % 5) * 4e6];
    const about = `https://img.example/photos/2026/11/${at}-a-rather-long-name.png,${81_233 * (at + 1)},${at % 7 ? 200 : 404},image/png,${at % 3 ? "" : "x=".repeat(400)}`;
    return `work,request,${stamp(start)},${stamp(end)},,${about}\nwork,save,${stamp(start + 1e6)},${stamp(start + 9e6)},,,,,,\n`;
  });
  return renderText(`group,task,start,end,color,url,bytes,status,type,referrer\n${rows.join("")}`, ...options);
}

/** Names of 200 characters, for tasks, groups and threads. */
function longNames() {
  const directory = scratch();
  for (let lane = 0; lane < 6; lane += 1) {
    const rows = Array.from({ length: 20 }, (_, row) => {
      const start = row * 50e6 + lane * 3e6;
      return `${"group ".repeat(33)},"a task of a very long name, number ${(row * 7 + lane) % 11}, ${"and so on ".repeat(16)}",${stamp(start)},${stamp(start + 45e6)},\r\n`;
    });
    const name = `host.${100 + (lane % 2)}-18f32c0000000000.${lane}-${"thread".repeat(9)}.0.csv`;
    writeFileSync(join(directory, name), `group,task,start,end,color\r\n${rows.join("")}`);
  }
  return render(directory);
}

/**
 * Two processes that count the length of a queue, bytes in flight and, one of them, something that may be negative.
 * @param {boolean} spans
 */
function counters(spans) {
  const directory = scratch();
  const next = random(3);
  for (const pid of [16243, 16250]) {
    const journal = join(directory, `build.${pid}-18f32c0000000000.`);
    for (let lane = 0; lane < 3 && spans; lane += 1) {
      const rows = [];
      for (let at = next() * 1e8; at < 4e9; at += next() * 5e7) {
        const [start, end] = [Math.round(at), Math.round((at += next() * 3e8))];
        rows.push(`download,${["request", "save", "decode"][Math.floor(next() * 3)]},${stamp(start)},${stamp(end)},\r\n`);
      }
      writeFileSync(`${journal}${lane}-io-${lane}.0.csv`, `group,task,start,end,color\r\n${rows.join("")}`);
    }
    let [queue, bytes] = [0, 3e9];
    const rows = [];
    for (let at = 0; at < 4.2e9; at += next() * 4e7) {
      queue = Math.max(0, queue + Math.round(next() * 4 - 1.9));
      bytes += (next() - 0.5) * 6e8;
      const when = stamp(Math.round(at));
      rows.push(`download,queue,${when},${queue}\r\ndownload,bytes in flight,${when},${bytes}\r\n`);
      if (pid === 16243) rows.push(`zip,"drift, ms",${when},${next() - 0.3}\r\n`);
    }
    writeFileSync(`${journal}0-io-0.0.counters.csv`, `group,counter,time,value\r\n${rows.join("")}`);
  }
  return render(directory);
}

/** Fifteen counters of eleven processes, with long names. */
function manyCounters() {
  const directory = scratch();
  for (let pid = 0; pid < 11; pid += 1) {
    const rows = Array.from({ length: 600 }, (_, row) => `a long name of a group,counter ${row % 15} of many,${stamp(row * 5e6 + pid)},${((row * 7) % 90) * 10 ** ((row % 15) - 4)}\r\n`);
    writeFileSync(join(directory, `host.${pid}-ff.0-main.0.counters.csv`), `group,counter,time,value\r\n${rows.join("")}`);
  }
  writeFileSync(join(directory, "x.csv"), rowsText([["load", 0, 2e9], ["step", 2e9, 3e9]]));
  return render(directory);
}

/** Two lanes killed in the middle of everything. */
function unfinished() {
  const directory = scratch();
  for (const lane of [0, 1])
    writeFileSync(join(directory, `host.${5 + lane}-18f32c0000000000.0-main.0.csv`), rowsText([["load", lane * 1e9, null], ["step", 3e9 + lane * 2e9, null]]));
  return render(directory);
}

/** @type {Record<string, () => string>} the inputs, each rendered when it is first needed */
const inputs = {
  "no-span": () => renderText(HEADER),
  "one-span": () => renderText(rowsText([["only", 0, 5e6]])),
  "one-instant": () => renderText(rowsText([["only", 0, 0]])),
  "50-spans": real,
  "20000-spans": () => render(generate(20_000, 64)),
  "1M-spans": () => render(generate(1_000_000, 64)),
  "2000-lanes": () => render(generate(4000, 2000)),
  "long-names": longNames,
  "1ns-beside-10h": () => renderText(rowsText([["ten hours", 0, 36e12], ["one ns", 18e12, 18e12 + 1]])),
  unfinished,
  "counters": () => counters(true),
  "counters-alone": () => counters(false),
  "counters-many": manyCounters,
  "days": () => renderText(rowsText([["monday", 0, 3e13], ["thursday", 26e13, 29e13]])),
  "waits": () => renderRows(pool()),
  "waits-many": () => renderRows(pool(60, 120)),
  "attributes": () => attributes(),
  "attributes-without-room": () => attributes("--attributes", "0"),
  "problems": () => renderText(`${HEADER}g,a,yesterday,,\n${rowsText([["b", 0, 1e9]]).slice(HEADER.length)}`),
};

/** @type {Map<string, string>} */
const rendered = new Map();

/** @param {string} input */
function pageOf(input) {
  const path = rendered.get(input) ?? inputs[input]();
  rendered.set(input, path);
  return path;
}

/** @param {string[]} keys */
const press = (...keys) => async (/** @type {Page} */ page) => {
  await page.locator("#chart").focus();
  for (const key of keys) await redrawn(page, () => page.keyboard.press(key));
};

/** @param {number} part of the plot area's width and height */
const pointAt = (part) => async (/** @type {Page} */ page) => {
  const area = await plotArea(page);
  await page.mouse.move(area.left + part * area.width, area.top + part * area.height);
};

const hint = async (/** @type {Page} */ page) => {
  const area = await plotArea(page);
  await page.mouse.move(area.left + area.width * 0.07, area.top + 8);
  await page.locator("#tooltip").waitFor({ state: "visible" });
};

const hintOnCurve = async (/** @type {Page} */ page) => {
  const area = await plotArea(page);
  await page.mouse.move(area.left + area.width * 0.4, area.top + area.height + 40);
  await page.locator("#tooltip").waitFor({ state: "visible" });
};

const hintOnCounter = async (/** @type {Page} */ page) => {
  const [area, label] = [await plotArea(page), await page.locator(".annotation-text", { hasText: " / " }).first().boundingBox()];
  await page.mouse.move(area.left + area.width / 2, label?.y ?? 0);
  await page.locator("#tooltip").waitFor({ state: "visible" });
};

/** @type {[string, string, View, ((page: Page) => Promise<unknown>)?][]} name, input, view, what is done first */
const states = [
  ...Object.keys(inputs).flatMap((input) => /** @type {typeof states} */ ([[input, input, {}], [`${input}-dark`, input, DARK]])),
  ["50-spans-900x700", "50-spans", { width: 900, height: 700 }],
  ["50-spans-1920x1080", "50-spans", { width: 1920, height: 1080 }],
  ["50-spans-4k", "50-spans", { width: 3840, height: 2160 }],
  ["20000-spans-4k", "20000-spans", { width: 3840, height: 2160 }],
  ["tooltip", "50-spans", {}, hint],
  ["tooltip-dark", "50-spans", DARK, hint],
  ["searched", "50-spans", { hash: "search=save" }],
  ["searched-thousands", "20000-spans", { hash: "search=step%203" }],
  ["selected", "50-spans", { hash: "select=100000000..500000000&table=selection" }],
  ["selected-dark", "50-spans", { ...DARK, hash: "select=100000000..500000000&table=selection" }],
  ["pinned", "50-spans", {}, press("ArrowRight", "ArrowDown")],
  ["pinned-dark", "50-spans", DARK, press("ArrowRight", "ArrowDown")],
  ["attributes-tooltip", "attributes", { width: 1280, height: 720 }, pointAt(0.02)],
  ["attributes-line-900x600", "attributes", { width: 900, height: 600 }, press("ArrowRight")],
  ["attributes-all", "attributes", { width: 1280, height: 720 }, press("ArrowRight", "i")],
  ["attributes-all-900x600-dark", "attributes", { ...DARK, width: 900, height: 600 }, press("ArrowRight", "i")],
  ["attributes-without-room-all", "attributes-without-room", { width: 1280, height: 720 }, press("ArrowRight", "i")],
  ["waits-1280x720", "waits", { width: 1280, height: 720 }],
  ["waits-900x600-dark", "waits", { ...DARK, width: 900, height: 600 }],
  ["waits-zoomed", "waits", { width: 1280, height: 720, hash: "window=100000000..300000000" }, press("ArrowRight", "i")],
  ["waits-zoomed-dark", "waits", { ...DARK, width: 1280, height: 720, hash: "window=100000000..300000000" }, hint],
  ["waits-tooltip", "waits", { width: 1280, height: 720, hash: "window=100000000..300000000" }, pointAt(0.4)],
  ["waits-on-the-curve", "waits", { width: 1280, height: 720 }, hintOnCurve],
  ["waits-by-tasks", "waits", { hash: "rows=tasks" }],
  ["waits-folded", "waits", {}, press("Shift+Z")],
  ["waits-part", "waits", { hash: "select=100000000..300000000&table=selection" }],
  ["waits-searched", "waits", { hash: "search=cpu%3E20ms" }],
  ["waits-by-group", "waits", { hash: "color=group" }],
  ["pinned-long-name", "long-names", {}, press("ArrowRight")],
  ["pinned-all", "20000-spans", { width: 1280, height: 720 }, press("ArrowRight", "i")],
  ["pinned-all-900x600-dark", "long-names", { ...DARK, width: 900, height: 600 }, press("ArrowRight", "i")],
  ["folded", "50-spans", { hash: "fold=0.2.3" }],
  ["folded-2000-lanes", "2000-lanes", {}, press("Shift+Z")],
  ["by-tasks", "50-spans", { hash: "rows=tasks" }],
  ["by-tasks-thousands", "20000-spans", { hash: "rows=tasks" }],
  ["by-group", "50-spans", { hash: "color=group" }],
  ["since-start", "50-spans", { hash: "time=since" }],
  ["zoomed-1us", "50-spans", { hash: "window=300000000..300001000" }],
  ["zoomed-1ns", "1ns-beside-10h", { hash: "window=17999999999990..18000000000010" }],
  ["counters-1280x720", "counters", { width: 1280, height: 720 }],
  ["counters-zoomed", "counters", { hash: "window=1000000000..1300000000&select=1100000000..1200000000" }],
  ["counters-by-tasks", "counters", { hash: "rows=tasks&color=group" }],
  ["counters-tooltip", "counters", {}, hintOnCounter],
  ["counters-many-tooltip-dark", "counters-many", DARK, hintOnCounter],
  ["help", "50-spans", {}, (page) => page.keyboard.press("?")],
  ["help-900x700-dark", "50-spans", { ...DARK, width: 900, height: 700 }, (page) => page.keyboard.press("?")],
  ["export-menu", "50-spans", {}, (page) => page.locator("#exports summary").click()],
  ["focus-on-chart", "50-spans", {}, (page) => page.locator("#chart").focus().then(() => page.keyboard.press("Escape"))],
  ["focus-on-search", "50-spans", {}, (page) => page.keyboard.press("/")],
  ["focus-on-legend", "50-spans", {}, async (page) => void (await page.locator("#legend button").nth(1).focus())],
  ["pointer-in-thousands", "20000-spans", {}, pointAt(0.5)],
];

/** @param {import("playwright-core").Browser} browser */
async function printed(browser) {
  const { page, close } = await open(browser, pageOf("50-spans"), DARK);
  await page.pdf({ path: join(out, "printed-from-dark.pdf"), preferCSSPageSize: true, printBackground: true });
  await close();
}

/** What a screen reader is told. @param {import("playwright-core").Browser} browser */
async function toldAloud(browser) {
  const { page, close } = await open(browser, pageOf("50-spans"));
  writeFileSync(join(out, "screen-reader.txt"), await page.locator("body").ariaSnapshot());
  await close();
}

mkdirSync(out, { recursive: true });
const browser = await launch();
for (const [name, input, view, act] of states) {
  if (!name.includes(wanted)) continue;
  const { page, close } = await open(browser, pageOf(input), view);
  await act?.(page);
  if (!input.startsWith("no-span")) await settled(page);
  if (!input.startsWith("no-span")) await page.waitForSelector("#table[data-state=ready]", { state: "attached" });
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: view.width === undefined && !name.startsWith("1M") });
  await close();
  console.log(`${name}.png`);
}
if ("printed".includes(wanted)) await printed(browser);
if ("screen-reader".includes(wanted)) await toldAloud(browser);
await browser.close();
