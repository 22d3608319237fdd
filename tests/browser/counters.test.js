// Counters under the chart: what the panels show is what was sampled, wherever the reader looks.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { asPixel, covered, generate, launch, open, openWhole, pixel, plotArea, real, redrawn, render, root, scratch, settled, stamp, test } from "./browser.js";
import { renderRows } from "./plain.js";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {[number, number]} Sample ns since the first span's start, value */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

const SPANS = "group,task,start,end,color\r\n";
const COUNTERS = "group,counter,time,value\r\n";

/** A moment as records have it: the first span starts at the second of these. @param {number} ns */
const moment = (ns) => stamp(ns + 1e9);

/** A row of a counter, its names quoted. @param {string} group @param {string} counter @param {Sample} sample */
const row = (group, counter, [time, value]) =>
  `${[group, counter].map((name) => `"${name.replaceAll('"', '""')}"`).join()},${moment(time)},${value}\r\n`;

/**
 * A directory of counter files, one a process, and a span from 0 to 4 s for each process that has one.
 * @param {Record<string, Record<string, Sample[]>>} processes by pid, the samples of `group / counter`
 * @param {{spans?: boolean}} [options]
 */
function recorded(processes, { spans = true } = {}) {
  const directory = scratch();
  for (const [pid, counters] of Object.entries(processes)) {
    const rows = Object.entries(counters).flatMap(([name, samples]) => {
      const at = name.indexOf(" / ");
      return samples.map((sample) => row(name.slice(0, at), name.slice(at + 3), sample));
    });
    const journal = join(directory, `host.${pid}-18f32c0000000000.0-main.0`);
    writeFileSync(`${journal}.counters.csv`, COUNTERS + rows.join(""));
    if (spans) writeFileSync(`${journal}.csv`, `${SPANS}work,step,${moment(0)},${moment(4e9)},\r\n`);
  }
  return directory;
}

const QUEUE = /** @type {Sample[]} */ ([[-5e8, 2], [1e9, 17], [2e9, 5], [3e9, 1204]]);
const OTHER = /** @type {Sample[]} */ ([[1.5e9, 40.5], [2.5e9, -8]]);
const two = () => recorded({ 100: { "download / queue": QUEUE, "zip / ratio": [[0, 0.25]] }, 101: { "download / queue": OTHER } });

/** The value that samples have at a moment. @param {Sample[]} samples @param {number} time */
const held = (samples, time) => samples.filter(([at]) => at <= time).pop()?.[1];

/** Where a counter's panel is on the screen, and the window in ns. @param {Page} page @param {number} index */
async function panel(page, index) {
  await covered(page);
  return page.evaluate((index) => {
    const plot = /** @type {any} */ (document.querySelector(".js-plotly-plot"));
    const { xaxis } = plot._fullLayout;
    const [start, end] = xaxis.range.map(Number);
    const texts = [...document.querySelectorAll(".annotation-text")];
    const labels = texts.filter(({ textContent }) => textContent?.includes(" / ")).map((text) => text.getBoundingClientRect());
    const left = plot.getBoundingClientRect().left + xaxis._offset;
    return { left, width: xaxis._length, middle: labels[index].top + labels[index].height / 2, label: labels[index].left + 2, start, end, count: labels.length };
  }, index);
}

/** Moves the pointer over a panel, gives the time there and what the tooltip says. @param {Page} page @param {number} index @param {number} part */
async function told(page, index, part) {
  const { left, width, middle, start, end } = await panel(page, index);
  const x = Math.round(left + part * width);
  await page.mouse.move(x, middle);
  await page.locator("#tooltip").waitFor({ state: "visible" });
  const fields = await page.locator("#tooltip dl").evaluate((list) => [...list.querySelectorAll("dt")].map((term) => [term.textContent, term.nextElementSibling?.textContent]));
  return { time: start + ((x - left) / width) * (end - start), title: await page.locator("#tooltip p").textContent(), fields: Object.fromEntries(fields), values: fields.map(([, value]) => value) };
}

/** The texts at the panels' edges, from the top. @param {Page} page */
const edges = async (page) => {
  await covered(page);
  return page.locator(".annotation-text").evaluateAll((all) => all.map(({ textContent }) => textContent ?? "").filter((text) => /^[−\d.,e-]+$/.test(text)));
};

test("the tooltip tells the time, the counter and what each process's was worth there", async () => {
  const { page, close } = await open(browser, render(two()));
  for (const part of [0.004, 0.1, 0.3, 0.45, 0.55, 0.7, 0.9]) {
    const { time, title, fields } = await told(page, 0, part);
    assert.equal(title, "download / queue");
    assert.match(fields.time, /^14:00:0\d\.\d{3}$/);
    const text = (/** @type {number | undefined} */ value) => (value === undefined ? "no sample yet" : value.toLocaleString("en-US").replace("-", "−"));
    assert.deepEqual([fields["100"], fields["101"]], [text(held(QUEUE, time)), text(held(OTHER, time))], `at ${time}`);
  }
  assert.deepEqual(Object.keys((await told(page, 1, 0.5)).fields).sort(), ["100", "time"], "who does not count is not told");
  await close();
});

test("the panels share the time axis: they zoom and pan with it, and their scale is of what is in view", async () => {
  const { page, close } = await open(browser, render(two()));
  assert.deepEqual(await edges(page), ["1,204", "−8", "0.25", "0"]);
  await redrawn(page, () => page.evaluate(() => void (location.hash = "window=1600000000..1900000000")));
  assert.deepEqual(await edges(page), ["40.5", "0", "0.25", "0"]);
  const { time, fields } = await told(page, 0, 0.5);
  assert.ok(Math.abs(time - 1.75e9) < 1e6, `${time}`);
  assert.deepEqual([fields["100"], fields["101"]], ["17", "40.5"]);
  await redrawn(page, () => page.keyboard.press("d"));
  await redrawn(page, () => page.keyboard.press("d"));
  const panned = await told(page, 0, 0.9);
  assert.equal(panned.fields["100"], String(held(QUEUE, panned.time)));
  await close();
});

test("a step is drawn where its sample lies on the time axis", async () => {
  const { page, close } = await open(browser, render(recorded({ 100: { "g / c": [[0, 0], [2e9, 10]] } })));
  const { left, width, middle, start, end } = await panel(page, 0);
  const accent = (await asPixel(page, await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--accent")))).split(",");
  const step = left + ((2e9 - start) / (end - start)) * width;
  // The area under the line has its colour too, but thinner.
  const isLine = async (/** @type {number} */ x) => (await pixel(page, "#marks", x, middle)).split(",").every((part, index) => Math.abs(Number(part) - Number(accent[index])) < 100);
  const found = [];
  for (let x = Math.floor(step) - 4; x <= step + 4; x += 1) if (await isLine(x)) found.push(x);
  assert.ok(found.length > 0 && found.every((x) => Math.abs(x + 0.5 - step) <= 1.5), `${found} is not at ${step}`);
  await close();
});

test("names are text in the chart, in the tooltip and for a screen reader", async () => {
  const names = ["<b>bold</b> / <i>x</i>", "g / <img src=x onerror=alert(1)>", "a<br>b / &amp;", '"q" / \u202eevil', "\u05e9\u05dc\u05d5\u05dd / \u0007"];
  const { page, close } = await open(browser, render(recorded({ 100: Object.fromEntries(names.map((name) => [name, [[0, 1]]])) })), { width: 1900 });
  await covered(page);
  assert.equal(await page.locator("img, .js-plotly-plot b, .js-plotly-plot a").count(), 0);
  const texts = (await page.locator(".annotation-text").allTextContents()).join("\n");
  for (const part of ["<b>bold</b>", "<img src", "a<br>b / &amp;", '"q" / \\u202eevil', "\u05e9\u05dc\u05d5\u05dd", "\u2407"]) assert.ok(texts.includes(part), `${part} is not in ${texts}`);
  assert.ok(!texts.includes("\u202e"));
  const spoken = await page.locator("#counters").ariaSnapshot();
  for (const part of ["<b>bold</b>", "a<br>b / &amp;", "\\u202eevil"]) assert.ok(spoken.includes(part.replaceAll("\\", "\\\\")) || spoken.includes(part), `${part} is not in ${spoken}`);
  const { label, middle } = await panel(page, 0);
  await page.mouse.move(label, middle);
  await page.locator("#tooltip").waitFor({ state: "visible" });
  assert.match((await page.locator("#tooltip").textContent()) ?? "", /a<br>b|bold|evil|\u2407/);
  await close();
});

test("a name too long for its column is whole on hover, beside what is in view", async () => {
  const [group, counter] = ["group ".repeat(20).trim(), "counter ".repeat(20).trim()];
  const two = { [`${group} / ${counter}`]: QUEUE, [`z / ${counter}`]: QUEUE }; // only their groups tell them apart
  const { page, close } = await open(browser, render(recorded({ 100: two })));
  const { label, middle, left } = await panel(page, 0);
  const text = page.locator(".annotation-text", { hasText: " / " }).first();
  assert.ok(((await text.textContent()) ?? "").length < 60);
  const box = await text.boundingBox();
  assert.ok(box && box.x >= 0 && box.x + box.width <= left);
  await page.mouse.move(label, middle);
  await page.locator("#tooltip").waitFor({ state: "visible" });
  const tooltip = await page.locator("#tooltip").innerText();
  assert.ok(tooltip.includes(group) && tooltip.includes("0 to 1,204"), tooltip);
  await close();
});

test("of many processes eight are told, the greatest first, and of many counters twelve are drawn", async () => {
  const counters = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`g / c${index}`, /** @type {Sample[]} */ ([[0, index]])]));
  const processes = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [String(100 + index), index === 0 ? counters : { "g / c0": /** @type {Sample[]} */ ([[0, index]]) }]));
  const { page, close } = await open(browser, render(recorded(processes)));
  const { fields, values } = await told(page, 0, 0.5);
  assert.deepEqual(values.slice(1), ["10", "9", "8", "7", "6", "5", "4", "3", "3 more, none larger"]);
  assert.equal(fields["110"], "10");
  assert.equal((await panel(page, 0)).count, 12);
  assert.equal(await page.locator(".annotation-text", { hasText: "not drawn" }).textContent(), "3 more counters are not drawn");
  assert.match(await page.locator("#counters").ariaSnapshot(), /3 more counters are not drawn/);
  await close();
});

test("without a counter there is no panel, and nothing is said of any", async () => {
  const { page, close } = await open(browser, real());
  await covered(page);
  const { left, top, width, height } = await plotArea(page);
  await page.mouse.move(left + width / 2, top + height + 75); // below the busy lanes
  assert.ok(await page.locator("#tooltip").isHidden());
  assert.equal(await page.locator("#counters").ariaSnapshot(), "", "nothing is read to anyone");
  const found = await page.evaluate(() => {
    const { yaxis2, height, margin } = /** @type {any} */ (document.querySelector(".js-plotly-plot"))._fullLayout;
    return { domain: yaxis2.domain[0], texts: [...document.querySelectorAll(".annotation-text")].map(({ textContent }) => textContent), below: height - margin.b - (yaxis2._offset + yaxis2._length) };
  });
  assert.deepEqual([found.domain, Math.round(found.below)], [0, 0]);
  assert.ok(found.texts.includes("lanes busy") && found.texts.every((text) => !text?.includes(" / ")));
  await close();
});

/** What the tooltip says over the busy lanes, at a moment. @param {Page} page @param {number} time */
async function busyAt(page, time) {
  const area = await plotArea(page);
  const x = area.left + ((time - area.start) / (area.end - area.start)) * area.width;
  await page.mouse.move(x, area.top + area.height + 40);
  await page.locator("#tooltip").waitFor({ state: "visible" });
  const fields = await page.locator("#tooltip dl").evaluate((list) => [...list.querySelectorAll("dt")].map((term) => [term.textContent, term.nextElementSibling?.textContent]));
  return { title: await page.locator("#tooltip p").textContent(), ...Object.fromEntries(fields) };
}

test("over the busy lanes the tooltip says how many there are at that moment, and how many spans run in them", async () => {
  const rows = [0, 1, 2, 3].map((request) => ({ lane: "worker", group: "g", task: "request", start: request * 1e9, end: 6e9 + request * 1e9 }));
  rows.push({ lane: "main", group: "g", task: "serve", start: 2e9, end: 10e9 }, { lane: "main", group: "g", task: "hang", start: 5e9, end: Infinity });
  const { page, close } = await open(browser, renderRows(rows));
  const { time, mean, ...early } = await busyAt(page, 1.5e9);
  assert.deepEqual(early, { title: "lanes busy", "lanes busy": "1 of 2", "spans running": "2" });
  assert.match(time, /^14:00:01\.\d{3}$/);
  assert.match(mean, /^1\.00 lanes busy over \d/);
  const late = await busyAt(page, 5.5e9);
  assert.deepEqual([late["lanes busy"], late["spans running"], late.unfinished], ["2 of 2", "5", "1 more, not counted"]);
  assert.match(late.mean, /^2\.00 lanes busy over \d/);
  await redrawn(page, () => page.locator("#tasks tbody input").first().press("Space"));
  const without = await busyAt(page, 5.5e9);
  assert.deepEqual([without["lanes busy"], without["spans running"]], ["1 of 2", "1"], "what is switched off does not count");
  await close();
});

test("where lanes are summarised the tooltip says what is known of them", async () => {
  const { page, close } = await open(browser, render(generate(4000, 16), "--detail", "1000"));
  const { title, time, mean, note, ...more } = await busyAt(page, 1e8);
  assert.deepEqual([title, note, more], ["lanes busy", "some lanes are summarised: spans are not counted here", {}]);
  assert.match(mean, /^1[56]\.\d lanes busy over /);
  await close();
});

test("pictures and paper have the panels in them", async () => {
  const { page, close } = await openWhole(browser, render(two()));
  const exported = async (/** @type {string} */ kind) => {
    await page.locator("#exports summary").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`#exports button[value=${kind}]`).click()]);
    const path = join(scratch(), "export");
    await download.saveAs(path);
    return readFileSync(path);
  };
  const svg = (await exported("svg")).toString();
  for (const text of ["download / queue", "zip / ratio", "1,204", "−8"]) assert.ok(svg.includes(text), `${text} is not in the picture`);
  const box = await page.locator("#chart").boundingBox();
  const { middle, left, width, start, end } = await panel(page, 0);
  const low = { x: left + ((2.75e9 - start) / (end - start)) * width, y: middle + 15 };
  const own = async (/** @type {Buffer} */ bytes) =>
    page.evaluate(
      async ([base64, x, y, high]) => {
        const picture = new Image();
        picture.src = URL.createObjectURL(new Blob([Uint8Array.from(atob(String(base64)), (character) => character.charCodeAt(0))], { type: "image/png" }));
        await picture.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
        const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
        context.drawImage(picture, 0, 0);
        const above = picture.naturalHeight - 2 * Number(high); // Plotly's legend
        const { data } = context.getImageData(2 * Number(x) - 2, above + 2 * Number(y) - 12, 4, 24);
        let colourful = 0;
        for (let at = 0; at < data.length; at += 4) if (Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 60) colourful += 1;
        return colourful;
      },
      /** @type {const} */ ([bytes.toString("base64"), low.x - (box?.x ?? 0), low.y - (box?.y ?? 0), box?.height ?? 0]),
    );
  assert.ok((await own(await exported("png"))) > 3, "no line where one is");

  await page.evaluate(async () => {
    window.dispatchEvent(new Event("beforeprint"));
    await new Promise((done) => setTimeout(done));
  });
  await page.emulateMedia({ media: "print" });
  assert.ok((await page.pdf({ preferCSSPageSize: true, printBackground: true })).length > 10_000);
  assert.equal((await panel(page, 0)).count, 2);
  await close();
});

test("a trace of counters alone shows them, and everything that asks for spans does nothing", async () => {
  const { page, close } = await open(browser, render(recorded({ 100: { "download / queue": QUEUE } }, { spans: false })));
  assert.ok(await page.locator("#empty").isHidden());
  assert.ok(await page.locator("#chart").isVisible());
  for (const id of ["#table", "#ledger", "#answer", "#fold-all"]) assert.ok(await page.locator(id).isHidden(), id);
  assert.match(await page.locator("#notes").innerText(), /No spans: only counters are shown/);
  const { time, fields } = await told(page, 0, 0.3);
  assert.equal(fields["100"], String(held(QUEUE, time - 5e8)), "times are since the first sample");
  await page.locator("#chart").focus();
  for (const key of ["w", "a", "s", "d"]) await redrawn(page, () => page.keyboard.press(key));
  for (const key of ["ArrowRight", "ArrowDown", "n", "p", "l", "f", "z", "Shift+Z", "m", "Escape", "0", "PageDown"]) await page.keyboard.press(key);
  await page.locator("#search").fill("queue");
  await page.locator("input[name=rows][value=tasks]").check();
  await page.locator("input[name=time][value=since]").check();
  await settled(page);
  assert.match((await told(page, 0, 0.5)).fields.time, / s$/);
  await page.locator("#exports summary").click();
  await Promise.all([page.waitForEvent("download"), page.locator("#exports button[value=svg]").click()]);
  await close();
});

test("a single sample is drawn to the end of the run", async () => {
  for (const directory of [recorded({ 100: { "g / c": [[1e9, 3]] } }), recorded({ 100: { "g / c": [[1e9, 3]] } }, { spans: false })]) {
    const { page, close } = await open(browser, render(directory));
    assert.equal((await told(page, 0, 0.9)).fields["100"], "3");
    assert.deepEqual(await edges(page), ["3", "0"]);
    await close();
  }
});

test("panels stay while lanes scroll and rows change, and over them the wheel scrolls the page", async () => {
  const directory = generate(4000, 400);
  writeFileSync(join(directory, "x.csv"), `group,counter,time,value\n${[...Array(12)].map((_, index) => `g,c${index},${stamp(0)},${index}\n`).join("")}`);
  const { page, close } = await open(browser, render(directory));
  const first = await panel(page, 0);
  const area = await plotArea(page);
  await page.mouse.move(area.left + 100, area.top + 50);
  await redrawn(page, () => page.mouse.wheel(0, 300));
  assert.equal((await panel(page, 0)).middle, first.middle);
  const scroll = () => page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get("scroll"));
  await page.waitForFunction(() => location.hash.includes("scroll="));
  const scrolled = await scroll();
  await page.mouse.move(area.left + 100, first.middle);
  await page.mouse.wheel(0, 200);
  await page.waitForFunction(() => window.scrollY > 0);
  assert.equal(await scroll(), scrolled);
  await redrawn(page, () => page.locator("input[name=rows][value=tasks]").check());
  assert.equal((await panel(page, 0)).count, 12);
  await close();
});

test("axe-core finds nothing wrong with counters, with and without spans, light and dark", async () => {
  const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");
  for (const scheme of /** @type {const} */ (["light", "dark"]))
    for (const spans of [true, false]) {
      const { page, close } = await open(browser, render(recorded({ 100: { "download / queue": QUEUE }, 101: { "download / queue": OTHER } }, { spans })), { scheme });
      await page.evaluate(axe);
      const found = await page.evaluate(async () => (await /** @type {any} */ (window).axe.run(document)).violations.map((/** @type {any} */ { id }) => id));
      assert.deepEqual(found, []);
      const spoken = await page.locator("#counters").ariaSnapshot();
      assert.match(spoken, /list "Counters"/);
      assert.match(spoken, /download \/ queue: min −8, max 1,204, last 1,204, in 2 processes/);
      await close();
    }
});
