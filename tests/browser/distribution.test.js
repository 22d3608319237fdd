// The page of a distribution: how long single spans of some tasks took, and which were the slowest.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { distribution, launch, open, render, root, scratch, settled, test } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** The page of the real run's two greatest tasks. */
let realPath = "";
const real = () => (realPath ||= distribution(join(root, "tests/data/performance_py/records"), "make*", "save*"));

/** @param {import("playwright-core").Page} page */
const drawn = (page) => page.locator("#distribution[data-state=ready]").waitFor();

test("each task has a violin, a line of steps and its figures, and the chart stands below", async () => {
  const { page, close } = await open(browser, real());
  await drawn(page);
  const names = await page.locator("#distribution tbody th").allInnerTexts();
  assert.ok(names.length >= 1);
  assert.equal(await page.locator("#violins .violinlayer .trace").count(), names.length);
  assert.equal(await page.locator("#steps .scatterlayer .trace").count(), names.length);
  assert.deepEqual(await page.locator("#distribution thead th").allInnerTexts(), ["group / task", "count", "total", "mean", "sd", "min", "p50", "p95", "p99", "max"]);
  const [figures, table] = await Promise.all(
    ["#distribution tbody tr", "#tasks tbody tr"].map((rows) => page.locator(rows).evaluateAll((found) => found.map((row) => [...row.children].map((cell) => cell.textContent?.trim() ?? "")))),
  );
  for (const [name, count, total, mean, , , median, p95, , max] of figures) {
    const own = table.find(([other]) => other === name);
    assert.deepEqual([own?.[1], own?.[2], own?.[4], own?.[5], own?.[6], own?.[7]], [count, total, mean, median, p95, max], `${name} as in the table of the whole run`);
  }
  const [above, chart] = await Promise.all(["#distribution", "#chart"].map((part) => page.locator(part).boundingBox()));
  assert.ok(above && chart && above.y + above.height <= chart.y && chart.height >= 340);
  await close();
});

test("the slowest spans are links into the chart", async () => {
  const { page, close } = await open(browser, real());
  await drawn(page);
  await page.locator("#distribution summary").first().click(); // several tasks: they are folded
  const first = page.locator("#distribution .slowest").first().locator("li").first();
  const told = await first.innerText();
  const address = await first.locator("a").getAttribute("href");
  assert.match(address ?? "", /^#window=\d+\.\.\d+&pin=\d+\.\d+\.\d+$/);
  await first.locator("a").click();
  await settled(page);
  const pinned = await page.locator("#details.pinned").innerText();
  const [, length] = /^(\S+ \S+) on /.exec(told) ?? [];
  assert.ok(length && pinned.includes(length), `${told} is pinned: ${pinned}`);
  const greatest = await page.locator("#distribution tbody tr").first().locator("td").last().innerText();
  assert.equal(length, greatest, "the slowest is the longest of the table");
  await close();
  const again = await open(browser, real(), { hash: address?.slice(1) });
  assert.equal(await again.page.locator("#details.pinned").count(), 1);
  await again.close();
});

test("colours follow the chart's, in both schemes and by group", async () => {
  const at = (/** @type {number} */ s) => `2026-11-20T22:00:0${s}Z`;
  const directory = scratch(); // the real one's colours are its own
  writeFileSync(join(directory, "x.csv"), `group,task,start,end,color\ng,a,${at(0)},${at(1)},\ng,b,${at(1)},${at(5)},\n`);
  const { page, close } = await open(browser, distribution(directory, "*"));
  await drawn(page);
  const colors = () =>
    page.evaluate(() => [
      [...document.querySelectorAll("#steps .scatterlayer .js-line")].map((line) => getComputedStyle(line).stroke),
      [...document.querySelectorAll("#distribution tbody th")].map((row) => getComputedStyle(row, "::before").color),
    ]);
  const light = await colors();
  assert.deepEqual(light[0], light[1]);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction((before) => getComputedStyle(/** @type {Element} */ (document.querySelector("#steps .js-line"))).stroke !== before, light[0][0]);
  await drawn(page);
  const dark = await colors();
  assert.deepEqual(dark[0], dark[1]);
  await page.locator("input[name=color][value=group]").check({ force: true });
  await settled(page);
  await drawn(page);
  const byGroup = await colors();
  assert.deepEqual(byGroup[0], byGroup[1]);
  assert.equal(new Set(byGroup[0]).size, 1, "one group has one colour");
  await close();
});

test("pointing at the steps shows how many spans took at most so long", async () => {
  const { page, close } = await open(browser, real());
  await drawn(page);
  const point = await page.locator("#steps").evaluate((steps) => {
    const { _fullData: [line], _fullLayout: { xaxis, yaxis } } = /** @type {any} */ (steps);
    const [box, middle] = [steps.getBoundingClientRect(), line.x.length >> 1];
    return { x: box.left + xaxis._offset + xaxis.d2p(line.x[middle]), y: box.top + yaxis._offset + yaxis.d2p(line.y[middle]) };
  });
  await page.mouse.move(point.x, point.y);
  const told = page.locator("#steps .hoverlayer .hovertext").first();
  await told.waitFor();
  assert.match((await told.textContent()) ?? "", /^(.*) \/ .*\S+ % took at most \S+ \S+/);
  await close();
});

test("hostile names are text, one span and equal ones are drawn, and nothing jumps", async () => {
  const names = ["<extra>x</extra>", "<img src=x onerror=alert(1)>", '<a href="javascript:alert(1)">x</a>', "%{text}"];
  const rows = names.flatMap((name, index) => Array.from({ length: index * 4 + 1 }, () => `g,"${name.replaceAll('"', '""')}",2026-11-20T22:00:0${index}Z,2026-11-20T22:00:0${index + 1}Z,`));
  const directory = scratch();
  writeFileSync(join(directory, "x.csv"), `group,task,start,end,color\n${rows.join("\n")}\n`);
  const { page, close } = await open(browser, distribution(directory, "*"), { width: 700 });
  await drawn(page);
  assert.equal(await page.locator("img, #plots a, [onerror]").count(), 0);
  const labels = (await page.locator("#violins .ytick").allTextContents()).join(" ");
  assert.ok(labels.includes("<extra>") && labels.includes("%{text}"), labels);
  for (const [curve, row] of (await page.locator("#distribution tbody th").allInnerTexts()).entries()) {
    await page.evaluate((curve) => /** @type {any} */ (window).Plotly.Fx.hover("steps", [{ curveNumber: curve, pointNumber: 1 }]), curve);
    await page.waitForFunction((row) => document.querySelector("#steps .hoverlayer")?.textContent?.startsWith(row), row);
  }
  assert.equal(await page.locator("#plots img, #plots a").count(), 0);
  const boxes = await Promise.all(["#violins", "#steps"].map((part) => page.locator(part).boundingBox()));
  assert.ok(boxes[0] && boxes[1] && boxes[0].y + boxes[0].height <= boxes[1].y + 1, "one under the other where there is no room");
  const ticks = await Promise.all(["#violins", "#steps"].map((part) => page.locator(`${part} .xtick text`).evaluateAll((all) => all.map((tick) => Math.round(tick.getBoundingClientRect().x)))));
  assert.deepEqual(ticks[0], ticks[1], "with their axes in one place");
  const high = await page.locator("#plots").evaluate((plots) => [...plots.children].map((part) => [part.clientHeight, part.querySelector(".main-svg")?.getBoundingClientRect().height]));
  for (const [place, figure] of high) assert.equal(figure, place, "the place is as high as what comes into it");
  const drawnHeight = await page.locator("#distribution").evaluate((section) => section.getBoundingClientRect().height);
  const blank = await page.locator("#distribution").evaluate((section) => {
    for (const part of section.querySelectorAll("#violins, #steps, #distribution-note")) part.replaceChildren();
    return section.getBoundingClientRect().height;
  });
  assert.equal(blank, drawnHeight, "nor does the section grow when it is drawn");
  await close();
});

test("a task of which no span ended is a row without figures, and the others keep their axis", async () => {
  const directory = scratch();
  writeFileSync(join(directory, "x.csv"), "group,task,start,end,color\ng,ended,2026-11-20T22:00:00Z,2026-11-20T22:00:02Z,\ng,open,2026-11-20T22:00:01Z,,\n");
  const { page, close } = await open(browser, distribution(directory, "*"));
  await drawn(page);
  const rows = await page.locator("#distribution tbody tr").evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent?.trim())));
  assert.deepEqual(rows.find(([name]) => name === "g / open")?.slice(1), ["0", "0 ns", ...Array(7).fill("–")]);
  assert.equal(await page.locator("#steps .scatterlayer .js-line").count(), 1, "only what ended has a line");
  assert.equal(await page.locator("#steps .xtick text").last().textContent(), "2 s");
  await close();
  const alone = await open(browser, distribution(directory, "open"));
  await drawn(alone.page);
  assert.equal(await alone.page.locator("#steps .js-line, #violins .violinlayer path").count(), 0);
  assert.equal(await alone.page.locator("#distribution-note").innerText(), "No span has ended, so there is nothing to draw.");
  await alone.close();
});

test("the chart is as high as on a page without a distribution", async () => {
  const records = join(root, "tests/data/performance_py/records");
  const heights = [];
  for (const path of [real(), render(records)]) {
    const { page, close } = await open(browser, path);
    if (path === real()) await drawn(page);
    await settled(page);
    heights.push(await page.locator("#chart").evaluate((chart) => chart.clientHeight));
    await close();
  }
  assert.equal(heights[0], heights[1]);
});

test("on paper the figures are light and fit, and what is folded is left away", async () => {
  const { page, close } = await open(browser, real(), { scheme: "dark" });
  await drawn(page);
  const stroke = () => page.locator("#steps .js-line").first().evaluate((line) => getComputedStyle(line).stroke);
  const text = () => page.locator("#steps .xtick text").first().evaluate((tick) => getComputedStyle(tick).fill);
  const before = [await stroke(), await text()];
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  await drawn(page);
  const [width, figures] = await page.locator("#plots").evaluate((plots) => [plots.clientWidth, [...plots.querySelectorAll(".main-svg")].map((svg) => svg.getBoundingClientRect().right - plots.getBoundingClientRect().left)]);
  for (const right of /** @type {number[]} */ (figures)) assert.ok(right <= Number(width) + 1, `${right} of ${width}`);
  assert.notEqual(await text(), before[1]);
  assert.equal(await page.locator("#distribution details:not([open])").first().isVisible(), false);
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await page.waitForFunction((before) => getComputedStyle(/** @type {Element} */ (document.querySelector("#steps .xtick text"))).fill === before, before[1]);
  await drawn(page);
  assert.equal(await stroke(), before[0]);
  await close();
});
