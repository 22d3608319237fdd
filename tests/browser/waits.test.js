// Working or waiting: declared waits are grey everywhere, spans with known CPU time have a strip at their foot, and
// what the page says of both sums to the busy time.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { ordered } from "#page/trace/order.js";
import { finished } from "#page/trace/slices.js";
import { statistics } from "#page/trace/statistics.js";
import { duration, percent } from "#page/trace/units.js";
import { BACKGROUND, WAIT } from "#page/view/palette.js";

import { random } from "../page/helper.js";
import { asPixel, barsGiven, covered, entryOf, figures, launch, legend, open, pixel, plotArea, real, redrawn, render, renderText, scratch, settled, tableRows, test, traceOf } from "./browser.js";
import { traceIn } from "./document.js";
import { renderRows } from "./plain.js";
import { pool } from "./waiting.js";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./plain.js").Row} Row */

const MS = 1e6; // ns

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/**
 * Two lanes of 100 ms: one works for 40 ms, of which it is 10 ms on a CPU, and waits for 50 ms; of the other nothing is
 * known for 60 ms.
 */
const two = () =>
  renderRows([
    { lane: "main", group: "g", task: "work", start: 0, end: 40 * MS, cpu: 10 * MS },
    { lane: "main", group: "g", task: "lock", start: 40 * MS, end: 90 * MS, color: "wait", cpu: 1 * MS },
    { lane: "io", group: "g", task: "copy", start: 40 * MS, end: 100 * MS },
  ]);

/** @param {Page} page @param {number} x @param {number} y */
async function hinted(page, x, y) {
  await page.mouse.move(x, y);
  await page.locator("#tooltip").waitFor({ state: "visible" });
  return page.locator("#tooltip").evaluate((tooltip) =>
    Object.fromEntries([...tooltip.querySelectorAll("dt")].map((term) => [term.textContent ?? "", term.nextElementSibling?.textContent ?? ""])),
  );
}

/** A place in a row, and a moment of the run. @param {Page} page @param {number} row @param {number} ms */
async function placeOf(page, row, ms) {
  const area = await plotArea(page);
  return { x: area.left + ((ms * MS - area.start) / (area.end - area.start)) * area.width, y: await topOf(page, row) };
}

/** The upper edge of a row's bars, in px of the browser's window. @param {Page} page @param {number} row */
async function topOf(page, row) {
  const middles = [...new Set((await barsGiven(page)).map(({ y }) => y))].sort((one, other) => one - other);
  return middles[row] - 9.5;
}

for (const scheme of /** @type {const} */ (["light", "dark"]))
  test(`a declared wait is grey in chart, legend, ledger, table and curve, in the ${scheme} scheme; work has hues`, async () => {
    const { page, close } = await open(browser, two(), { scheme });
    const grey = WAIT[scheme];
    const bars = await barsGiven(page);
    assert.deepEqual(bars.map(({ color }) => color === grey), bars.map(({ start }, at) => start === 40 * MS && bars[at].entry === "waiting"));
    assert.equal(bars.filter(({ color }) => color === grey).length, 1);
    const entries = await legend(page);
    assert.deepEqual(entries.map(({ name }) => name), ["copy", "work", "waiting"]);
    assert.equal(entries[2].color, grey);
    assert.match((await entryOf(page, "waiting").getAttribute("title")) ?? "", /declared waits:\ng \/ lock/);
    const colors = await page.locator("#ledger-bar span").evaluateAll((all) => all.map((part) => [part.className, getComputedStyle(part).backgroundColor]));
    assert.equal(await asPixel(page, colors.find(([name]) => name === "waiting")?.[1] ?? ""), await asPixel(page, grey));
    const row = page.locator("#tasks tbody tr", { hasText: "lock" });
    assert.equal(await row.evaluate((element) => element.style.getPropertyValue("--swatch")), grey);
    // In the curve one of two lanes waits from 40 to 90 ms.
    const curve = await page.evaluate(() => /** @type {any} */ (document.querySelector("#plot")).data.filter((/** @type {any} */ { type }) => type === "scatter").map((/** @type {any} */ { name, line, y }) => [name, line.color, Math.max(...y)]));
    assert.deepEqual(curve.map((/** @type {any[]} */ [name]) => name), ["lanes busy", "lanes waiting"]);
    assert.deepEqual(curve[1].slice(1), [grey, 1]);
    await close();
  });

test("a click on the legend's entry hides the waits, and the curve and the strips follow", async () => {
  const { page, close } = await open(browser, two());
  await redrawn(page, () => entryOf(page, "waiting").click());
  assert.deepEqual([...new Set((await barsGiven(page)).map(({ entry }) => entry))].sort(), ["copy", "work"]);
  const most = () => page.evaluate(() => Math.max(...(/** @type {any} */ (document.querySelector("#plot")).data.at(-1).y)));
  assert.equal(await most(), 0);
  await redrawn(page, () => entryOf(page, "waiting").click());
  await covered(page);
  assert.equal(await most(), 1);
  await close();
});

for (const scheme of /** @type {const} */ (["light", "dark"]))
  test(`a strip at a bar's foot is filled to its share on a CPU, with Plotly and without; a wait has none (${scheme})`, async () => {
    const { page, close } = await open(browser, two(), { scheme });
    const [text, surface] = [await asPixel(page, { light: "#1c1e21", dark: "#e4e6ea" }[scheme]), await asPixel(page, BACKGROUND[scheme])];
    const [filled, unfilled, waits, unknown] = [await placeOf(page, 0, 9), await placeOf(page, 0, 12), await placeOf(page, 0, 60), await placeOf(page, 1, 60)];
    /** @param {Page} page @param {string} canvas */
    const look = async (page, canvas) => {
      assert.equal(await pixel(page, canvas, filled.x, filled.y + 18), text, "a quarter is filled");
      assert.equal(await pixel(page, canvas, filled.x, filled.y + 16), surface, "a line sets it apart");
      const pale = await pixel(page, canvas, unfilled.x, unfilled.y + 18);
      assert.ok(pale !== text && pale !== surface && !pale.endsWith(",0"), pale);
      for (const { x, y } of [waits, unknown])
        assert.equal(await pixel(page, canvas, x, y + 18), await pixel(page, canvas, x, y + 4), "none");
    };
    await covered(page);
    await look(page, "#over");
    const without = await open(browser, two(), { scheme, hold: ["plotly"] });
    await look(without.page, "#marks");
    await without.close();
    // Where what is in view is a part of the span, the strip shows the same share of that part.
    await redrawn(page, () => page.evaluate(() => (location.hash = "window=20000000..40000000")));
    const { x, y } = await placeOf(page, 0, 24);
    assert.equal(await pixel(page, "#over", x, y + 18), text);
    await close();
  });

test("tooltip and drawer say for how long a span was on a CPU, and that a wait waits", async () => {
  const { page, close } = await open(browser, two());
  const work = await placeOf(page, 0, 20);
  assert.equal((await hinted(page, work.x, work.y + 8))["on CPU"], "10.0 ms of 40.0 ms (25.0 %)");
  const wait = await placeOf(page, 0, 60);
  const said = await hinted(page, wait.x, wait.y + 8);
  assert.deepEqual([said.waits, said["on CPU"]], ["as declared", "1.00 ms of 50.0 ms (2.00 %)"]);
  const copy = await placeOf(page, 1, 60);
  assert.equal((await hinted(page, copy.x, copy.y + 8))["on CPU"], undefined);
  await redrawn(page, () => page.mouse.click(work.x, work.y + 8));
  assert.match(await page.locator("#details").innerText(), /on CPU\s*10\.0 ms of 40\.0 ms \(25\.0 %\)/);
  const label = await plotArea(page);
  assert.equal((await hinted(page, label.left - 20, work.y + 8))["busy time"], "on CPU 11.1 %, waiting 55.6 %, off CPU 33.3 %");
  await close();
});

test("the curve's tooltip says how many lanes wait, and what the others do", async () => {
  const { page, close } = await open(browser, two());
  const area = await plotArea(page);
  const { x } = await placeOf(page, 0, 60);
  const said = await hinted(page, x, area.top + area.height + 40);
  assert.equal(said["lanes busy"], "2 of 2, 1 of them waiting");
  assert.match(said.mean, /^2\.00 in spans: 1\.00 waiting, 1\.00 not known, over /);
  const early = await placeOf(page, 0, 20);
  assert.match((await hinted(page, early.x, area.top + area.height + 40)).mean, /^1\.00 in spans: 0\.250 on CPU, 0\.750 off CPU, over /);
  await close();
});

test("figures, ledger and table have what was on a CPU and what waited, and sum to the whole", async () => {
  const { page, close } = await open(browser, two());
  const shown = await figures(page);
  assert.equal(shown["on CPU"], "≥ 10.0 ms");
  assert.equal(shown.waiting, "50.0 ms");
  const words = "busy time: on CPU 6.67 %, waiting 33.3 %, off CPU 20.0 %, not known 40.0 %";
  assert.equal(await page.locator("#ledger-division").textContent(), words);
  assert.equal(await page.locator("#ledger-words").textContent(), words);
  const lines = await page.locator("#ledger-table tbody tr, #ledger-table tfoot tr").evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.deepEqual(lines, [
    ["g / copy", "60.0 ms", "30.0 %"],
    ["g / work", "40.0 ms", "20.0 %"],
    ["waiting, as declared", "50.0 ms", "25.0 %"],
    ["idle before a lane's first span", "40.0 ms", "20.0 %"],
    ["idle after a lane's last span", "10.0 ms", "5.00 %"],
    ["2 lanes × 100 ms", "200 ms", "100 %"],
  ]);
  const work = page.locator("#ledger-bar span", { hasText: "work" });
  assert.equal(await work.getAttribute("title"), "g / work: 40.0 ms, 20.0 %, 25.0 % of it on a CPU");
  assert.equal(await work.evaluate((element) => element.style.getPropertyValue("--on-cpu")), "25.00%");
  const columns = await page.locator("#tasks thead th").allTextContents();
  const [cpu, wait] = [columns.indexOf("cpu"), columns.indexOf("wait")];
  const cells = (await tableRows(page)).map((row) => [row[0], row[cpu], row[wait]]);
  assert.deepEqual(cells, [["g / copy", "–", "–"], ["g / lock", "–", "50.0 ms"], ["g / work", "10.0 ms", "–"]]);
  const title = (/** @type {string} */ name) => page.locator("#tasks tbody tr", { hasText: name }).locator("td").nth(cpu - 1).getAttribute("title");
  assert.equal(await title("copy"), "not known for 60.0 ms of the self time");
  assert.equal(await title("work"), "off CPU for 30.0 ms");
  await redrawn(page, () => page.locator("#tasks th button", { hasText: "wait" }).click());
  assert.equal((await tableRows(page))[0][0], "g / lock");
  await close();
});

test("where nothing is known of waits and CPU time, the page says nothing of them", async () => {
  const { page, close } = await open(browser, real());
  const shown = await figures(page);
  assert.deepEqual([shown["on CPU"], shown.waiting], [undefined, undefined]);
  for (const id of ["#ledger-division", "#ledger-words"]) assert.ok(await page.locator(id).isHidden(), id);
  const columns = await page.locator("#tasks thead th").allTextContents();
  assert.ok(!columns.includes("cpu") && !columns.includes("wait"));
  assert.ok(!(await legend(page)).some(({ name }) => name === "waiting"));
  assert.match((await page.locator("#search").getAttribute("placeholder")) ?? "", /^search tasks/);
  await close();
});

/** Lanes of spans that nest and cross; many are waits, many have CPU times. @param {() => number} next @returns {Row[]} */
function anything(next) {
  return Array.from({ length: 40 }, (_, at) => {
    const start = Math.floor(next() * 100) * MS;
    const end = start + Math.floor(next() ** 3 * 60 * MS);
    const cpu = next() < 0.6 && end > start ? Math.floor(next() * (end - start)) : undefined;
    const own = { group: "g", task: `t${at % 5}`, start, end, ...(next() < 0.25 ? { color: "wait" } : {}) };
    return { lane: `l${at % 2}`, ...own, ...(cpu === undefined ? {} : { cpu }) };
  });
}

test("the figures of a part that is all of the run are those that Rust computed, to the nanosecond", async () => {
  const next = random(29);
  for (const rows of [pool(), ...Array.from({ length: 20 }, () => anything(next))]) {
    const trace = await traceIn(renderRows(rows));
    assert.ok(trace.hasCpu && trace.hasWaits);
    const { tasks, row } = finished(statistics(trace, (lane) => ordered(trace.lanes[lane].tracks), { start: 0, end: trace.wall }));
    tasks.forEach(({ division, self_ns }, at) => {
      assert.deepEqual(division, trace.tasks[row[at]].division);
      assert.equal(division.on_cpu_ns + division.wait_ns + division.off_cpu_ns + division.not_known_ns, self_ns);
    });
    assert.equal(tasks.length, trace.tasks.length);
  }
});

test("table and figures of the selection of the whole run are the run's", async () => {
  const { page, close } = await open(browser, renderRows(pool()));
  const [whole, before] = [await tableRows(page), await figures(page)];
  await redrawn(page, () => page.keyboard.press("m"));
  assert.deepEqual(await tableRows(page), whole);
  const shown = await page.locator("#figures-part > div").evaluateAll((all) => Object.fromEntries(all.map((figure) => [figure.children[0].textContent, figure.children[1].textContent])));
  assert.deepEqual([shown["on CPU"], shown.waiting], [before["on CPU"], before.waiting]);
  await close();
});

test("at a zoom the curve has what the lanes did there", async () => {
  const { page, close } = await open(browser, two(), { hash: "window=30000000..50000000" });
  await covered(page);
  const { x, y } = await page.evaluate(() => {
    const { x, y } = /** @type {any} */ (document.querySelector("#plot")).data.at(-1);
    return { x: [...x], y: [...y] };
  });
  const at = (/** @type {number} */ ms) => y[x.filter((/** @type {number} */ time) => time <= ms * MS).length - 1];
  assert.deepEqual([at(35), at(45)], [0, 1]);
  await close();
});

test("a search by CPU time finds spans of which it is known", async () => {
  const { page, close } = await open(browser, two());
  assert.equal(await page.locator("#search").getAttribute("placeholder"), "search: text, cpu>1ms");
  const found = async (/** @type {string} */ query) => {
    await page.locator("#search").fill(query);
    await settled(page);
    await page.waitForSelector("#table[data-state=ready]", { state: "attached" });
    return page.locator("#found").textContent();
  };
  assert.match((await found("cpu>1ms")) ?? "", /^1 span · 40\.0 ms/);
  assert.match((await found("cpu<=10ms")) ?? "", /^2 spans · 90\.0 ms/);
  assert.match((await found("cpu>=0ns lock")) ?? "", /^1 span · 50\.0 ms/);
  assert.equal(await found("cpu>5"), "not a time such as 1ms: cpu>5");
  await close();
});

test("exported rows are read again with their waits and CPU times", async () => {
  const { page, close } = await open(browser, two());
  await page.locator("#exports summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#exports button[value=csv]").click()]);
  const saved = join(scratch(), "saved.csv");
  await download.saveAs(saved);
  const [header, ...lines] = readFileSync(saved, "utf8").split("\r\n");
  assert.equal(header, "group,task,start,end,color,process,thread,duration_ns,cpu");
  assert.deepEqual(lines.slice(0, 3).map((line) => line.split(",").filter((_, at) => [1, 4, 8].includes(at))), [["work", "", "10000000ns"], ["lock", "wait", "1000000ns"], ["copy", "", ""]]);
  await close();
  const own = await traceIn(renderText(readFileSync(saved, "utf8")));
  const cpus = own.lanes.flatMap(({ tracks }) => tracks.flatMap(({ key, cpu }) => [...key].map((of, at) => [own.names[own.keys[of].task], own.keys[of].wait, cpu?.[at] ?? -1])));
  assert.deepEqual(cpus.sort(), [["copy", false, -1], ["lock", true, 1 * MS], ["work", false, 10 * MS]]);
});

test("a task that works and waits keeps its hue for its work", async () => {
  const { page, close } = await open(
    browser,
    renderRows([
      { lane: "main", group: "g", task: "step", start: 0, end: 40 * MS },
      { lane: "main", group: "g", task: "step", start: 40 * MS, end: 90 * MS, color: "wait" },
    ]),
  );
  const [work, wait] = await barsGiven(page);
  assert.ok(work.color !== WAIT.light && wait.color === WAIT.light);
  assert.deepEqual((await legend(page)).map(({ name, color }) => [name, color]), [["step", work.color]]);
  await close();
});

test("summarised lanes wait in their rasters and in the curve, and Rust's figures stay", async () => {
  const rows = pool(4, 400);
  const [all, few] = [await traceIn(renderRows(rows)), await traceIn(renderRows(rows, "--detail", "1000"))];
  assert.deepEqual(few.ledger, all.ledger);
  assert.deepEqual(few.bins, all.bins);
  const { page, close } = await open(browser, renderRows(rows, "--detail", "1000"));
  const { ledger, wall } = await traceOf(page);
  assert.equal((await figures(page)).waiting, duration(ledger.division.wait_ns));
  assert.ok((await page.locator("#ledger-division").textContent())?.includes(percent(ledger.division.wait_ns / (ledger.division.wait_ns + ledger.division.on_cpu_ns + ledger.division.off_cpu_ns + ledger.division.not_known_ns))));
  await redrawn(page, () => page.evaluate((end) => (location.hash = `window=0..${end}`), Math.floor(wall / 3)));
  await covered(page); // the lanes that wait are Plotly's line
  const most = await page.evaluate(() => Math.max(...(/** @type {any} */ (document.querySelector("#plot")).data.at(-1).y)));
  assert.ok(most > 0 && most <= 5, `${most} lanes wait`);
  await close();
});
