// The section of one task: its figures, how long its spans took, and which were the slowest.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { addressed, distribution, launch, openWhole, pinned, real, redrawn, render, renderText, root, scratch, settled, tableRows, test } from "./browser.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

const HEADER = "group,task,start,end,color\n";

/** The page that was made for some tasks of the real run. */
let realPath = "";
const asked = () => (realPath ||= distribution(join(root, "tests/data/performance_py/records"), "make*", "save*"));

/** @param {Page} page */
const drawn = (page) => page.locator("#distribution[data-state=ready]").waitFor();

/** Whether the section's heading is in the window. @param {Page} page */
const isThere = (page) =>
  page.waitForFunction(() => {
    const { top, height } = document.querySelector("#task-heading")?.getBoundingClientRect() ?? { top: 0, height: 0 };
    return height > 0 && top >= 34 && top < window.innerHeight;
  });

/** The heading, one space between words. @param {Page} page */
const heading = (page) => page.locator("#task-heading").innerText();

/** The figures by their names. @param {Page} page @returns {Promise<Record<string, string>>} */
async function figuresOf(page) {
  const pairs = await page.locator("#task-figures > div").evaluateAll((all) => all.map(({ children: [name, value] }) => [name.textContent ?? "", value.textContent ?? ""]));
  return Object.fromEntries(pairs);
}

test("a page made for some tasks opens with the section of the first, and links to the others", async () => {
  const { page, close } = await openWhole(browser, asked());
  await isThere(page);
  await drawn(page);
  assert.equal(await heading(page), "thumbs1 / make thumbnail");
  const others = page.locator("#asked .link");
  assert.deepEqual(await others.allInnerTexts(), ["thumbs0 / make thumbnail", "download / save image"]);
  assert.match(await page.locator("#asked").innerText(), /^also asked for: /);
  await addressed(page, () => others.last().click());
  assert.equal(await heading(page), "download / save image");
  assert.match(await page.evaluate(() => location.hash), /^#task=download\/save%20image$/);
  await close();
});

test("its figures are those of the table, and more", async () => {
  const { page, close } = await openWhole(browser, asked());
  const { count, total, self, mean, sd, min, median, p95, p99, max, share } = await figuresOf(page);
  const [row] = await tableRows(page);
  assert.deepEqual(row, ["thumbs1 / make thumbnail", count, total, self, mean, median, p95, max, share]);
  assert.deepEqual([sd, min, p99], ["39.9 ms", "1.12 ms", "137 ms"]);
  await close();
});

test("a name in any table, the key T and an address choose the task", async () => {
  const { page, close } = await openWhole(browser, real());
  assert.ok(await page.locator("#task").isHidden(), "without a task there is no section");
  await addressed(page, () => page.locator("#tasks tbody .link", { hasText: "create archive" }).click());
  await isThere(page);
  assert.equal(await heading(page), "zip / create archive");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "task-heading");
  assert.equal(await page.evaluate(() => location.hash), "#task=zip/create%20archive");
  await page.locator("#ledger-table .link").first().click();
  await isThere(page);
  assert.equal(await heading(page), "thumbs1 / make thumbnail");
  await page.locator("#chart").focus();
  await redrawn(page, () => page.keyboard.press("ArrowRight"));
  await addressed(page, () => page.keyboard.press("t"));
  await isThere(page);
  assert.ok((await heading(page)).endsWith(` / ${(await pinned(page)).task}`), "of the pinned span");
  await close();
  const again = await openWhole(browser, real(), { hash: "task=zip/create%20archive" });
  assert.equal(await heading(again.page), "zip / create archive");
  assert.equal(await again.page.evaluate(() => scrollY), 0, "a view opens as it was left: with the chart");
  await again.close();
});

test("the slowest spans are links into the chart, and the section stays", async () => {
  const { page, close } = await openWhole(browser, asked());
  const first = page.locator("#slowest li").first();
  const told = await first.innerText();
  const ends = await page.locator("#slowest a").evaluateAll((all) => all.map((link) => link.getBoundingClientRect().left));
  assert.deepEqual(ends, ends.map(() => ends[0]), "the links are in a column");
  const address = (await first.locator("a").getAttribute("href")) ?? "";
  assert.match(address, /^#window=\d+\.\.\d+&pin=\d+\.\d+\.\d+$/);
  await redrawn(page, () => first.locator("a").click());
  const length = (await first.locator("b").innerText()).trim();
  assert.ok(told.replace(/\s+/g, " ").startsWith(`${length} on `), told);
  assert.ok((await pinned(page)).duration.startsWith(length));
  assert.equal(length, (await figuresOf(page)).max, "the slowest is the longest");
  assert.equal(await heading(page), "thumbs1 / make thumbnail");
  await close();
  const again = await openWhole(browser, asked(), { hash: address.slice(1) });
  assert.ok((await pinned(again.page)).duration.startsWith(length));
  await again.close();
});

test("for a part of the run its figures are of that part, and the rest says of what it is", async () => {
  const { page, close } = await openWhole(browser, real(), { hash: "window=0..300000000&task=thumbs1/make%20thumbnail" });
  const whole = await figuresOf(page);
  assert.ok(await page.locator("#task-note").isHidden());
  await page.locator("input[name=scope][value=view]").check({ force: true });
  await page.waitForFunction((count) => document.querySelector("#task-figures dd")?.textContent !== count, whole.count);
  const [row] = (await tableRows(page)).filter(([name]) => name === "thumbs1 / make thumbnail");
  const { count, total, p95 } = await figuresOf(page);
  assert.deepEqual([count, total, p95], [row[1], row[2], row[6]]);
  assert.match(await page.locator("#task-note").innerText(), /^These figures are of the part chosen above; the rest of this section is of the whole run\./);
  assert.equal(await page.locator("#slowest li").count(), 10);
  await close();
});

test("the drawing has the task's colour, in both schemes", async () => {
  const at = (/** @type {number} */ s) => `2026-11-20T22:00:0${s}Z`;
  const directory = scratch(); // the real one's colours are its own
  writeFileSync(join(directory, "x.csv"), `${HEADER}g,a,${at(0)},${at(1)},\ng,b,${at(1)},${at(5)},\n`);
  const { page, close } = await openWhole(browser, distribution(directory, "*"));
  const colors = () =>
    page.evaluate(() => [
      getComputedStyle(/** @type {Element} */ (document.querySelector("#steps .js-line"))).stroke,
      getComputedStyle(/** @type {Element} */ (document.querySelector("#task-heading")), "::before").backgroundColor,
    ]);
  await drawn(page);
  const light = await colors();
  assert.equal(light[0], light[1]);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForFunction((before) => getComputedStyle(/** @type {Element} */ (document.querySelector("#steps .js-line"))).stroke !== before, light[0]);
  const dark = await colors();
  assert.equal(dark[0], dark[1]);
  await close();
});

test("pointing at the steps shows how many spans took at most so long", async () => {
  const { page, close } = await openWhole(browser, asked());
  await drawn(page);
  const point = await page.locator("#steps").evaluate((steps) => {
    const { _fullData: [line], _fullLayout: { xaxis, yaxis } } = /** @type {any} */ (steps);
    const [box, middle] = [steps.getBoundingClientRect(), line.x.length >> 1];
    return { x: box.left + xaxis._offset + xaxis.d2p(line.x[middle]), y: box.top + yaxis._offset + yaxis.d2p(line.y[middle]) };
  });
  await page.mouse.move(point.x, point.y);
  const told = page.locator("#steps .hoverlayer .hovertext").first();
  await told.waitFor();
  assert.match((await told.textContent()) ?? "", /^\S+ % took at most \S+ \S+/);
  await close();
});

test("it is drawn when it comes near the view, at once where it is printed, and its text is always there", async () => {
  const many = Array.from({ length: 150 }, (_, n) => `g,task ${n},2026-11-20T22:00:00Z,2026-11-20T22:00:0${1 + (n % 7)}Z,`);
  const path = renderText(`${HEADER}${many.join("\n")}\n`);
  for (const reach of /** @type {const} */ (["scroll", "print"])) {
    const { page, close } = await openWhole(browser, path, { hash: "task=g/task%206" });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100))));
    assert.equal(await page.locator("#task .js-plotly-plot").count(), 0, "it is far below the table");
    assert.equal(await page.locator("#slowest li").count(), 1);
    if (reach === "scroll") await page.locator("#sections a[href='#task']").click();
    else await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    await page.waitForFunction(() => document.querySelectorAll("#task .js-plotly-plot").length === 2);
    await close();
  }
});

test("a task beyond the first hundred has figures and says what it lacks", async () => {
  const many = Array.from({ length: 120 }, (_, n) => `g,task ${n},2026-11-20T22:${10 + (n % 50)}:${10 + Math.floor(n / 50)}Z,2026-11-20T22:${10 + (n % 50)}:${10 + Math.floor(n / 50)}.${300 - n}Z,`);
  const { page, close } = await openWhole(browser, renderText(`${HEADER}${many.join("\n")}\n`));
  await page.locator("#tasks tbody .link", { hasText: /task 119$/ }).click();
  assert.equal((await figuresOf(page)).count, "1");
  assert.ok(await page.locator("#task-whole").isHidden());
  assert.match(await page.locator("#undistributed").innerText(), /^This page has the distribution and the slowest spans of 100 tasks, not of this one\.$/);
  await close();
});

test("hostile names are text", async () => {
  const names = ["<extra>x</extra>", "<img src=x onerror=alert(1)>", '<a href="javascript:alert(1)">x</a>', "%{text}"];
  const rows = names.flatMap((name, index) => Array.from({ length: index * 4 + 1 }, () => `"${name.replaceAll('"', '""')}","${name.replaceAll('"', '""')}",2026-11-20T22:00:0${index}Z,2026-11-20T22:00:0${index + 1}Z,`));
  const { page, close } = await openWhole(browser, renderText(`${HEADER}${rows.join("\n")}\n`), { width: 600 });
  for (const name of names) {
    await page.locator("#tasks tbody .link").filter({ hasText: name }).click();
    assert.equal(await heading(page), `${name} / ${name}`);
    assert.equal(await page.locator("#task-link").innerText(), name);
  }
  await drawn(page);
  assert.equal(await page.locator("img, #plots a, [onerror]").count(), 0);
  const [violin, steps] = await page.locator("#violin, #steps").evaluateAll((all) => all.map((part) => part.getBoundingClientRect().toJSON()));
  assert.ok(violin.bottom <= steps.top + 1, "one under the other where there is no room");
  const ticks = await Promise.all(["#violin", "#steps"].map((part) => page.locator(`${part} .xtick text`).evaluateAll((all) => all.map((tick) => Math.round(tick.getBoundingClientRect().x)))));
  assert.deepEqual(ticks[0], ticks[1], "with their axes in one place");
  await close();
});

test("the drawing has its place from the beginning, so that nothing jumps", async () => {
  const { page, close } = await openWhole(browser, asked());
  await drawn(page);
  const height = () => page.locator("#task").evaluate((section) => section.getBoundingClientRect().height);
  const before = await height();
  await page.evaluate(() => ["violin", "steps", "distribution-note"].forEach((id) => document.getElementById(id)?.replaceChildren()));
  assert.equal(await height(), before);
  await close();
});

test("a task of which no span ended has its counts, and nothing is drawn", async () => {
  const path = renderText(`${HEADER}g,ended,2026-11-20T22:00:00Z,2026-11-20T22:00:02Z,\ng,open,2026-11-20T22:00:01Z,,\n`);
  const { page, close } = await openWhole(browser, path, { hash: "task=g/open" });
  const { count, unfinished, total, sd, max } = await figuresOf(page);
  assert.deepEqual([count, unfinished, total, sd, max], ["0", "1", "–", "–", "–"]);
  await page.locator("#sections a[href='#task']").click();
  await drawn(page);
  assert.equal(await page.locator("#distribution-note").innerText(), "No span has ended, so there is nothing to draw.");
  assert.ok(await page.locator("#plots").isHidden());
  assert.ok(await page.locator("#slow").isHidden());
  await page.locator("#tasks tbody .link", { hasText: "ended" }).click();
  await page.locator("#steps .js-line").waitFor();
  await close();
});

test("a page made for a task has the chart of any other page", async () => {
  const records = join(root, "tests/data/performance_py/records");
  const heights = [];
  for (const path of [asked(), render(records)]) {
    const { page, close } = await openWhole(browser, path);
    await settled(page);
    heights.push(await page.locator("#chart").evaluate((chart) => chart.clientHeight));
    await close();
  }
  assert.equal(heights[0], heights[1]);
});

test("on paper the drawing is light and fits", async () => {
  const { page, close } = await openWhole(browser, asked(), { scheme: "dark" });
  await drawn(page);
  const stroke = () => page.locator("#steps .js-line").first().evaluate((line) => getComputedStyle(line).stroke);
  const text = () => page.locator("#steps .xtick text").first().evaluate((tick) => getComputedStyle(tick).fill);
  const before = [await stroke(), await text()];
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  await page.waitForFunction((before) => getComputedStyle(/** @type {Element} */ (document.querySelector("#steps .xtick text"))).fill !== before, before[1]);
  const [width, figures] = await page.locator("#plots").evaluate((plots) => [plots.clientWidth, [...plots.querySelectorAll(".main-svg")].map((svg) => svg.getBoundingClientRect().right - plots.getBoundingClientRect().left)]);
  for (const right of /** @type {number[]} */ (figures)) assert.ok(right <= Number(width) + 1, `${right} of ${width}`);
  assert.ok(await page.locator("#sections nav").isHidden(), "links are not for paper");
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await page.waitForFunction((before) => getComputedStyle(/** @type {Element} */ (document.querySelector("#steps .xtick text"))).fill === before, before[1]);
  assert.equal(await stroke(), before[0]);
  await close();
});
