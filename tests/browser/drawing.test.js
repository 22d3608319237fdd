// What is drawn is what was recorded: bars, rectangles, tooltips, legend, figures, table.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { covered, drawnBars, entryOf, generate, generated, launch, legend, open, plotArea, real, redrawn, relayout, render, renderText, root, scratch, settled, test } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** The bars that Plotly was given and those that it drew. @param {import("playwright-core").Page} page */
async function bars(page) {
  await covered(page);
  const data = await page.evaluate(() => {
    const plot = /** @type {any} */ (document.querySelector(".js-plotly-plot"));
    const shown = plot.data.filter((/** @type {any} */ trace) => trace.type === "bar" && trace.visible !== "legendonly");
    return shown.flatMap((/** @type {any} */ trace) => trace.x.filter((/** @type {number | null} */ x) => x !== null)).length;
  });
  return { data, drawn: (await drawnBars(page)).length };
}

/** The tooltip's text while the pointer is at a time of a row; rows are counted from the top.
 * @param {import("playwright-core").Page} page
 * @param {number} time ns
 * @param {number} y px below the plot area's top
 */
async function tooltip(page, time, y) {
  const area = await plotArea(page);
  const x = area.left + ((time - area.start) / (area.end - area.start)) * area.width;
  await page.mouse.move(x, area.top + y);
  const box = page.locator("#tooltip");
  await box.waitFor({ state: "visible" });
  return (await box.innerText()).replace(/\s+/g, " ");
}

/**
 * Clicks an entry of the legend once for each count that the browser gives its clicks, on a page that is busy in between.
 * @param {import("playwright-core").Page} page
 * @param {import("playwright-core").Locator} entry
 * @param {number[]} counts
 */
async function clicks(page, entry, counts) {
  const box = await entry.boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (const clickCount of counts) {
    await page.mouse.down({ clickCount });
    await busy(page);
    await page.mouse.up({ clickCount });
    await busy(page);
  }
}

/** Keeps the page busy for longer than a double click may take. @param {import("playwright-core").Page} page */
const busy = (page) =>
  page.evaluate(() => {
    for (const begin = performance.now(); performance.now() - begin < 600; );
  });

/** Opens the page of a text file of records. @param {string} text */
const openText = (text) => open(browser, renderText(text));

test("a real run is fifty bars, and its marks are set", async () => {
  const { page, close } = await open(browser, real());
  assert.deepEqual(await bars(page), { data: 50, drawn: 50 });
  const timing = await page.evaluate(() => {
    const at = (/** @type {string} */ name) => performance.getEntriesByName(name)[0].startTime;
    return { marks: ["usable", "rows", "ready"].map((name) => at(`waterfall:${name}`)), redraws: performance.getEntriesByName("waterfall:redraw").length };
  });
  const [usable, rows, ready] = timing.marks;
  assert.ok(0 < usable && usable <= rows && rows <= ready, JSON.stringify(timing));
  assert.ok(timing.redraws >= 1);
  await close();
});

test("the figures over the chart are those of the run", async () => {
  const { page, close } = await open(browser, real());
  const figures = await page.locator("#figures > div").evaluateAll((all) => all.map((figure) => (figure.textContent ?? "").replace(/\s+/g, " ").trim()));
  assert.deepEqual(figures.map((text) => text.replace(/^(\D+?) ?([\d.-].*)$/, "$1: $2")), [
    "wall time: 971 ms",
    "lanes: 19",
    "busy time: 882 ms",
    "mean concurrency: 0.909",
    "peak concurrency: 4.00",
    "utilisation: 4.78 %",
  ]);
  assert.match((await page.locator("#head").innerText()).replace(/\s+/g, " "), /7 processes, 50 spans, 0 unfinished/);
  await close();
});

test("the user's colours are on the bars", async () => {
  const { page, close } = await open(browser, real());
  const fills = (await drawnBars(page)).map(({ fill }) => fill);
  assert.equal(fills.filter((fill) => fill === "rgb(0, 139, 139)").length, 24);
  assert.equal(fills.filter((fill) => fill === "rgb(202, 86, 44)").length, 1);
  await close();
});

test("the tooltip tells a span anywhere inside its bar", async () => {
  const { page, close } = await open(browser, real());
  // The first lane's first span: download "chimpanzee-3703230.jpg", 0 to 133,031 us.
  for (const time of [1e6, 66e6, 132e6]) {
    const text = await tooltip(page, time, 8);
    assert.match(text, /download "chimpanzee-3703230\.jpg"/);
    assert.match(text, /group download/);
    assert.match(text, /lane .*17507.*MainThread/);
    assert.match(text, /start 22:54:50\.618/);
    assert.match(text, /duration 133 ms/);
    assert.match(text, /end 22:54:50\.751/);
  }
  await close();
});

test("with --durationonly the tooltip tells the duration alone", async () => {
  const { page, close } = await open(browser, render(join(root, "tests/data/performance_py/records"), "--durationonly"));
  const text = await tooltip(page, 66e6, 8);
  assert.match(text, /duration 133 ms/);
  assert.doesNotMatch(text, /start|end|22:54/);
  await close();
});

test("a legend entry switches its task off and on again", async () => {
  const { page, close } = await open(browser, real());
  const entry = entryOf(page, "save image");
  await redrawn(page, () => entry.click());
  assert.deepEqual(await bars(page), { data: 44, drawn: 44 });
  await redrawn(page, () => entry.click());
  assert.deepEqual(await bars(page), { data: 50, drawn: 50 });
  await redrawn(page, () => entry.dblclick());
  assert.deepEqual(await bars(page), { data: 6, drawn: 6 });
  await close();
});

test("a click on the legend acts at once, and every further one on what it left", async () => {
  const { page, close } = await open(browser, real());
  const hidden = await entryOf(page, "save image").evaluate((entry) =>
    [1, 1, 1].map((detail) => {
      entry.dispatchEvent(new MouseEvent("click", { bubbles: true, detail }));
      return /** @type {HTMLElement} */ (document.querySelector("#show-all")).hidden;
    }),
  );
  assert.deepEqual(hidden, [false, true, false]);
  await settled(page);
  assert.deepEqual(await bars(page), { data: 44, drawn: 44 });
  await close();
});

test("a double click on the legend is what the browser counts as one, however slow the page is", async () => {
  const { page, close } = await open(browser, real());
  const [save, thumbnail] = [entryOf(page, "save image"), entryOf(page, "make thumbnail")];
  await redrawn(page, () => clicks(page, save, [1, 1]));
  assert.deepEqual(await bars(page), { data: 50, drawn: 50 }, "two clicks");
  await redrawn(page, () => clicks(page, save, [1]));
  await redrawn(page, () => clicks(page, thumbnail, [1, 2]));
  assert.deepEqual(await bars(page), { data: 24, drawn: 24 }, "shown alone");
  await redrawn(page, () => clicks(page, save, [1, 2]));
  assert.deepEqual(await bars(page), { data: 6, drawn: 6 }, "another one alone");
  await redrawn(page, () => clicks(page, save, [1, 2]));
  assert.deepEqual(await bars(page), { data: 50, drawn: 50 }, "alone before the first click, so all are shown");
  await redrawn(page, () => clicks(page, save, [1, 2, 3]));
  assert.deepEqual(await bars(page), { data: 0, drawn: 0 }, "the third click switches it off");
  await close();
});

test("thousands of spans are exact rectangles on the canvas", async () => {
  const [rows, lanes] = [20_000, 64];
  const { page, close } = await open(browser, render(generate(rows, lanes)), { height: 1000 });
  const all = Array.from({ length: lanes }, (_, lane) => generated(lane, Math.floor(rows / lanes) + (lane < rows % lanes ? 1 : 0))).flat();
  for (const [start, end] of [[0, 322e6], [100e6, 150e6], [200e6, 220e6]]) {
    const detail = await redrawn(page, () =>
      relayout(page, [start, end]),
    );
    const area = await plotArea(page);
    const expected = all.filter((span) => span.end >= area.start && span.start <= area.end).length;
    assert.ok(expected > 1000, `${expected} spans in view`);
    assert.deepEqual({ mode: detail.mode, spans: detail.spans, drawn: detail.drawn }, { mode: "canvas", spans: expected, drawn: expected });
    assert.equal((await bars(page)).drawn, 0);
  }
  await close();
});

test("rectangles are painted where their spans are and nowhere else", async () => {
  // 40 lanes of 30 spans of 10 ms, one every 40 ms.
  const stamp = (/** @type {number} */ ms) => `2026-11-20 22:00:${(ms / 1000).toFixed(6).padStart(9, "0")}`;
  const rows = Array.from({ length: 1200 }, (_, index) => {
    const start = Math.floor(index / 40) * 40;
    return `[g-p1tT${index % 40}] work,${stamp(start)},${stamp(start + 10)},10 ms,na`;
  });
  const { page, close } = await openText(`Task,Start,Finish,Description,Color\n${rows.join("\n")}\n`);
  const area = await plotArea(page);
  const painted = await page.evaluate(({ left, top, width, height, start, end }) => {
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("#marks"));
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
    const pixel = (/** @type {number} */ x, /** @type {number} */ y) => {
      const at = 4 * (Math.floor((top + y - box.top) * scale) * canvas.width + Math.floor((left + x - box.left) * scale));
      return data.slice(at, at + 4).join();
    };
    const xOf = (/** @type {number} */ ns) => ((ns - start) / (end - start)) * width;
    const color = pixel(xOf(405e6), Array.from({ length: Math.floor(height) }, (_, y) => y).find((y) => pixel(xOf(405e6), y) !== pixel(xOf(425e6), y)) ?? 0);
    const middle = [];
    for (let y = 0, since = -1; y < height; y += 1) {
      const isPainted = pixel(xOf(405e6), y) === color;
      if (isPainted && since < 0) since = y;
      if (!isPainted && since >= 0) middle.push((since + y) / 2), (since = -1);
    }
    const row = middle[7] ?? 0;
    const wrong = Array.from({ length: Math.floor(width) }, (_, x) => x).filter((x) => {
      const time = start + ((x + 0.5) / width) * (end - start);
      const inside = time % 40e6;
      const nearEdge = Math.min(inside, Math.abs(inside - 10e6), 40e6 - inside) * (width / (end - start)) < 1.5;
      return !nearEdge && (pixel(x, row) === color) !== (inside < 10e6);
    });
    return { rows: middle.length, wrong };
  }, area);
  assert.deepEqual(painted, { rows: 40, wrong: [] });
  assert.equal((await bars(page)).drawn, 0);
  await close();
});

test("the tooltip and the legend work on the canvas too", async () => {
  const { page, close } = await open(browser, render(generate(2000, 1)));
  // Lane 0: outer 0 to 9.9 ms on the first track, `step 3` from 2.2 to 3.2 ms under it.
  const detail = await redrawn(page, () =>
    relayout(page, [0, 1200e6]),
  );
  assert.equal(detail.mode, "canvas");
  assert.match(await tooltip(page, 5e6, 10), /outer.*duration 9\.90 ms.*group work/);
  const hidden = await redrawn(page, () => entryOf(page, "outer").click());
  assert.ok(Math.abs(hidden.spans - detail.spans * 0.9) <= 1, `${hidden.spans} of ${detail.spans}`);
  const area = await plotArea(page);
  await page.mouse.move(area.left + 5, area.top + 10);
  await page.mouse.move(area.left + 6, area.top + 10);
  assert.equal(await page.locator("#tooltip").isVisible(), false);
  await close();
});

test("a zoom to a microsecond shows right positions and labels", async () => {
  const stamp = (/** @type {number} */ ns) => `2026-11-20T22:00:00.${String(ns).padStart(9, "0")}+08:00`;
  const { page, close } = await openText(
    `group,task,start,end,color\r\ng,long,${stamp(0)},${stamp(999_999_999)},\r\ng,short,${stamp(500_000_100)},${stamp(500_000_350)},\r\n`,
  );
  await redrawn(page, () =>
    relayout(page, [500_000_000, 500_001_000]),
  );
  const area = await plotArea(page);
  assert.deepEqual([area.start, area.end], [500_000_000, 500_001_000]);
  const drawn = await drawnBars(page);
  assert.equal(drawn.length, 2);
  const narrow = drawn[0].width < drawn[1].width ? drawn[0] : drawn[1];
  const short = [narrow.left, narrow.right];
  const expected = [0.1, 0.35].map((part) => area.left + part * area.width);
  short.forEach((edge, index) => assert.ok(Math.abs(edge - expected[index]) < 1, `${edge} is not ${expected[index]}`));
  const text = await tooltip(page, 500_000_200, 30);
  assert.match(text, /short.*duration 250 ns.*start 22:00:00\.500 000 100.*end 22:00:00\.500 000 350/);
  const ticks = await page.locator(".xaxislayer-above text, .xaxislayer-below text").allTextContents();
  assert.ok(new Set(ticks).size === ticks.length && ticks.length >= 3, `the labels differ: ${ticks}`);
  await close();
});

test("unfinished spans are hatched to the end and instants stay visible", async () => {
  const at = (/** @type {number} */ s) => `2026-11-20T22:00:0${s}Z`;
  const { page, close } = await openText(
    `group,task,start,end,color\ng,done,${at(0)},${at(8)},\ng,hang,${at(2)},${" ".repeat(35)},\ng,hit,${at(5)},${at(5)},\n`,
  );
  await covered(page);
  assert.match((await page.locator("#head").innerText()).replace(/\s+/g, " "), /3 spans, 1 unfinished/);
  assert.ok((await page.locator("pattern").count()) > 0, "there is a hatching");
  const area = await plotArea(page);
  const right = Math.max(...(await drawnBars(page)).map((bar) => bar.right));
  const end = area.left + ((8e9 - area.start) / (area.end - area.start)) * area.width;
  assert.ok(Math.abs(right - end) < 3, `the unfinished span ends at ${right}, the trace at ${end}`);
  assert.match(await tooltip(page, 6e9, 28), /hang.*unfinished, at least 6\.00 s/);
  await close();
});

/** A figure of the table as a number that orders as it does; none where there is none. @param {string} text */
function figure(text) {
  const units = { "": 1, "%": 1, ns: 1, us: 1e3, ms: 1e6, s: 1e9, min: 60e9, h: 3600e9 };
  const [, digits, unit] = text.replaceAll(",", "").match(/^<?([\d.]+) ?(%|[a-z]*)(?: \*)?$/) ?? [];
  if (text === "–") return null;
  assert.ok(unit in units, `${text} is no figure`);
  // `<0.01 %` is more than `0 %` and less than `0.01 %`.
  return Number(digits) * units[/** @type {keyof typeof units} */ (unit)] * (text.startsWith("<") ? 0.5 : 1);
}

/** Fails where a value comes before the one above it; those that are null come last. Equal ones may be rounded.
 * @param {(number | string | null)[]} values
 * @param {string} order as of aria-sort
 */
function assertSorted(values, order) {
  assert.ok(new Set(values).size > 1, `values that differ: ${values}`);
  values.slice(1).forEach((value, index) => {
    const above = values[index];
    if (value === null) return;
    assert.ok(above !== null && (order === "ascending" ? above <= value : above >= value), `${order}: ${above}, then ${value}`);
  });
}

test("the table sorts by every column and holds Rust's figures", async () => {
  const { page, close } = await open(browser, real());
  const head = await page.locator("#tasks thead th").allInnerTexts();
  assert.deepEqual(head.map((text) => text.trim().toLowerCase().split(/\s/)[0]), ["group", "count", "total", "self", "mean", "median", "p95", "max", "share"]);
  const column = async (/** @type {number} */ index) =>
    (await page.locator(`#tasks tbody tr > :nth-child(${index + 1})`).allInnerTexts()).map((text) => text.trim());
  const first = await page.locator("#tasks tbody tr").first().innerText();
  assert.match(first.replace(/\s+/g, " "), /thumbs1 \/ make thumbnail 12 315 ms 315 ms 26\.2 ms 10\.6 ms 101 ms 146 ms/);
  // By group, then task, as strings compare: U+0000 is before all that a name may go on with.
  const names = () =>
    page.locator("#tasks tbody th").evaluateAll((all) => all.map((name) => [...name.querySelectorAll("bdi")].map((part) => part.textContent).join("\u0000")));
  const values = async (/** @type {number} */ index) => (index === 0 ? names() : (await column(index)).map(figure));
  for (let index = 0; index < head.length; index += 1) {
    const heading = page.locator("#tasks thead th").nth(index);
    const orders = [];
    const rows = [];
    for (let press = 0; press < 2; press += 1) {
      await heading.getByRole("button").click();
      orders.push((await heading.getAttribute("aria-sort")) ?? "none");
      rows.push((await names()).sort());
      assert.equal(await page.locator("#tasks [aria-sort]").count(), 1);
      assertSorted(await values(index), orders[press]);
    }
    assert.deepEqual(orders.sort(), ["ascending", "descending"]);
    assert.deepEqual(rows[0], rows[1]);
  }
  await close();
});

test("a task of two colours has the legend's in every row of the table", async () => {
  const at = (/** @type {number} */ s) => `2026-11-20T22:00:0${s}Z`;
  const { page, close } = await openText(
    `group,task,start,end,color\nf,own,${at(0)},${at(1)},#00aa00\ng,both,${at(1)},${at(2)},#aa0000\nh,both,${at(2)},${at(3)},#0000aa\n`,
  );
  const entries = Object.fromEntries((await legend(page)).map(({ name, color }) => [name, color]));
  const table = await page.locator("#tasks tbody tr").evaluateAll((all) =>
    all.map((row) => [row.querySelector("th bdi:last-child")?.textContent ?? "", /** @type {HTMLElement} */ (row).style.getPropertyValue("--swatch")]),
  );
  assert.equal(entries.own, "#00aa00");
  assert.deepEqual(table.sort(), [["both", entries.both], ["both", entries.both], ["own", entries.own]]);
  await close();
});

test("of ten thousand tasks a thousand have a name, and the page stays small", async () => {
  const stamp = (/** @type {number} */ ms) => new Date(Date.parse("2026-11-20T22:00:00Z") + ms).toISOString();
  const rows = Array.from({ length: 10_000 }, (_, index) => `g,task ${index},${stamp(index)},${stamp(index + 1)},`);
  const { page, close } = await openText(`group,task,start,end,color\n${rows.join("\n")}\n`);
  assert.ok((await page.evaluate(() => document.querySelectorAll("*").length)) < 10_000);
  assert.match((await page.locator("#legend").textContent()) ?? "", /\(9,000 other tasks\) ×9,000.*977 others/);
  await close();
});

test("records without a span say what to do", async () => {
  const { page, close } = await openText("group,task,start,end,color\r\n");
  assert.match(await page.locator("#empty").innerText(), /No spans to show/);
  await close();
});

test("problems are listed with file and line", async () => {
  const { page, close } = await openText("group,task,start,end,color\ng,a,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z,\ng,b,never,never,\n");
  assert.match(await page.locator("#problems li").innerText(), /records\.csv:3.*start `never` is not a date and time/);
  assert.match(await page.locator("#problems-link").innerText(), /1 problem/);
  await close();
});

test("the page follows the system from light to dark", async () => {
  const { page, close } = await open(browser, real());
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  const detail = await redrawn(page, () => page.emulateMedia({ colorScheme: "dark" }));
  assert.equal(detail.spans, 50);
  assert.notEqual(await background(), light);
  await close();
});

/** Stages one after the other, one lane and a task for each. @param {number} count */
const stages = (count) =>
  Array.from({ length: count }, (_, index) => {
    const at = (/** @type {number} */ s) => new Date(Date.parse("2026-11-20T22:00:00Z") + s * 1000).toISOString();
    return `g,stage ${index} of the pipeline,${at(index)},${at(index + 1)},`;
  }).join("\n");

test("a high legend leaves room for rows and covers nothing", async () => {
  for (const [tasks, width] of [[14, 1280], [24, 1280], [25, 900], [25, 500], [40, 900]]) {
    const directory = scratch();
    writeFileSync(join(directory, "records.csv"), `group,task,start,end,color\n${stages(tasks)}\n`);
    const { page, close } = await open(browser, render(directory), { width });
    const area = await plotArea(page);
    const chart = await page.locator("#chart").boundingBox();
    const entries = await page.locator("#legend button").evaluateAll((all) => all.map((entry) => entry.getBoundingClientRect().toJSON()));
    assert.equal(entries.length, Math.min(tasks, 25));
    for (const { left, top, right, bottom } of entries)
      assert.ok(chart && top > 0 && bottom <= chart.y + 1 && left >= 0 && right <= width, `${tasks} at ${width}: ${[left, top, right, bottom]}`);
    assert.ok(area.height >= 20, `${area.height} px of rows`);
    const lowest = Math.max(...(await page.locator("#plot .xaxislayer-above text").evaluateAll((all) => all.map((text) => text.getBoundingClientRect().bottom))));
    assert.ok(chart && lowest <= chart.y + chart.height);
    await close();
  }
});

test("names in bars fit the download example's rows at 1280x900", async () => {
  const stamp = (/** @type {number} */ ms) => new Date(Date.parse("2026-11-20T22:00:00Z") + ms).toISOString();
  const directory = scratch();
  for (let lane = 0; lane < 18; lane += 1) {
    // Files of the same rows would be copies of one lane.
    const [start, middle] = [stamp(lane), stamp(400 + lane)];
    const rows = [`download,image,${start},${stamp(900)},`, `download,request,${start},${middle},`, `download,save,${middle},${stamp(900)},`];
    writeFileSync(join(directory, `host.${100 + Math.floor(lane / 3)}-18f32c0000000000.${lane}-io-${lane % 3}.0.csv`), `group,task,start,end,color\r\n${rows.join("\r\n")}\r\n`);
  }
  writeFileSync(join(directory, "host.99-18f32c0000000000.0-main.0.csv"), `group,task,start,end,color\r\nzip,archive,${stamp(900)},${stamp(1000)},\r\n`);
  const { page, close } = await open(browser, render(directory), { height: 900 });
  await covered(page);
  const names = await page.locator(".barlayer .point text").allTextContents();
  assert.equal(names.filter((name) => name === "request").length, 18);
  // Bars that touch leave a pixel between them.
  const edges = (await drawnBars(page)).sort((a, b) => a.top - b.top || a.left - b.left);
  for (const [index, bar] of edges.slice(1).entries())
    if (bar.top === edges[index].top) assert.ok(Math.round(bar.left - edges[index].right) === 1, `${edges[index].right} ${bar.left}`);
  await close();
});

test("the label columns tell the nearest lane or its process", async () => {
  const { page, close } = await open(browser, real());
  const area = await plotArea(page);
  const tooltip = page.locator("#tooltip");
  for (let y = 2; y < area.height; y += 7) {
    await page.mouse.move(20, area.top + y);
    await tooltip.waitFor({ state: "visible" });
    assert.match(await tooltip.innerText(), /lanes/);
    await page.mouse.move(area.left - 12, area.top + y);
    await page.waitForFunction(() => /read from/.test(document.querySelector("#tooltip")?.textContent ?? ""));
  }
  await close();
});
