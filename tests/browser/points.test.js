// Instants: a source's point events are drawn at any zoom, found, explained, and in no figure of tasks.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { ordered } from "#page/trace/order.js";
import { finished } from "#page/trace/slices.js";
import { statistics } from "#page/trace/statistics.js";
import { POINT } from "#page/view/palette.js";

import { random } from "../page/helper.js";
import { asPixel, barsGiven, entryOf, figures, launch, legend, open, pinned, pixel, plotArea, redrawn, tableRows, test } from "./browser.js";
import { traceIn } from "./document.js";
import { renderRows } from "./plain.js";

const MS = 1e6; // ns

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** @param {number} at ms @param {string} [lane] */
const point = (at, lane = "main") => ({ lane, group: "", task: "tick", start: at * MS, end: at * MS, color: "point" });

const few = () =>
  renderRows([
    { lane: "main", group: "g", task: "work", start: 0, end: 80 * MS },
    { lane: "main", group: "g", task: "part", start: 10 * MS, end: 40 * MS },
    { lane: "main", group: "g", task: "zero", start: 60 * MS, end: 60 * MS },
    point(20),
    point(20),
    point(90),
    { lane: "io", group: "g", task: "work", start: 0, end: 50 * MS },
    point(100, "io"),
  ]);

test("an instant is a diamond in the page's ink, has one entry of the legend, and no row of the table", async () => {
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    const { page, close } = await open(browser, few(), { scheme });
    const entries = await legend(page);
    assert.deepEqual(entries.map(({ name }) => name), ["work", "part", "zero", "instants"]);
    assert.equal(await asPixel(page, entries[3].color), await asPixel(page, POINT[scheme]));
    const own = (await barsGiven(page)).filter(({ entry }) => entry === "instants");
    assert.equal(own.length, 4);
    assert.deepEqual((await tableRows(page)).map(([name]) => name), ["g / work", "g / part", "g / zero"]);
    assert.match(await page.locator("#tasks-note").innerText(), /Not in the table: 4 instants of the whole run \(tick ×4\)/);
    assert.match(await page.locator("#head").innerText(), /4 instants/);
    await redrawn(page, () => entryOf(page, "instants").click());
    assert.equal((await barsGiven(page)).filter(({ entry }) => entry === "instants").length, 0);
    assert.match(page.url(), /hide=@\/tick/);
    await close();
  }
});

test("the tooltip and the drawer of an instant tell its moment and no duration", async () => {
  const { page, close } = await open(browser, few());
  const area = await plotArea(page);
  const bars = (await barsGiven(page)).filter(({ entry }) => entry === "instants");
  const own = bars.find(({ start }) => start > 85 * MS && start < 95 * MS);
  assert.ok(own);
  const x = area.left + ((90 * MS - area.start) / (area.end - area.start)) * area.width;
  await page.mouse.move(x, own.y);
  await page.locator("#tooltip").waitFor({ state: "visible" });
  const said = await page.locator("#tooltip").innerText();
  assert.match(said, /tick/);
  assert.match(said, /instant/);
  assert.doesNotMatch(said, /duration|\bend\b|unnamed|group/);
  await redrawn(page, () => page.mouse.click(x, own.y));
  await page.keyboard.press("i");
  const fields = await pinned(page);
  assert.equal(fields["of its name"], "instant 3 of 4");
  assert.deepEqual([fields.duration, fields.self, fields.group], [undefined, undefined, undefined]);
  await page.keyboard.press("t");
  assert.equal(await page.locator("#task").isHidden(), true, "it has no task");
  await page.keyboard.press("n");
  await page.keyboard.press("p");
  await page.keyboard.press("p");
  assert.equal((await pinned(page))["of its name"], "instant 2 of 4");
  await close();
});

test("of thousands at far zoom there is something in every place where there are instants, and nowhere else", async () => {
  const rows = [
    { lane: "main", group: "g", task: "work", start: 0, end: 1000 * MS },
    ...Array.from({ length: 30_000 }, (_, at) => point(300 + at / 100)),
    point(900),
  ];
  const { page, close } = await open(browser, renderRows(rows));
  const area = await plotArea(page);
  const height = await page.locator("#plot").evaluate((plot) => plot.getBoundingClientRect().height);
  assert.ok(height < 400, "the lane has two tracks");
  const ink = await asPixel(page, POINT.light);
  const at = async (/** @type {number} */ ms) => {
    const x = area.left + (ms * MS - area.start) / (area.end - area.start) * area.width;
    const found = new Set();
    for (let y = area.top; y < area.top + 60; y += 2)
      for (const canvas of ["#marks", "#over"]) found.add(await pixel(page, canvas, Math.round(x), y));
    return found.has(ink);
  };
  assert.deepEqual([await at(450), await at(900), await at(700), await at(100)], [true, true, false, false]);
  await close();
});

test("the table of a window is that of the spans alone, and equals Rust's for the whole run", async () => {
  const next = random(20);
  const rows = ["a", "b"].flatMap((lane) =>
    Array.from({ length: 60 }, (_, at) => {
      const start = Math.floor(next() * 1000) * MS;
      const isPoint = at % 3 === 0;
      const end = isPoint ? start : start + Math.floor(next() * 200) * MS;
      return { lane, group: "g", task: ["x", "y", "z"][at % 3 === 0 ? 1 : Math.floor(next() * 3)], start, end, color: isPoint ? "point" : "" };
    }),
  );
  const path = renderRows(rows);
  const trace = await traceIn(path);
  const table = finished(statistics(trace, (lane) => ordered(trace.lanes[lane].tracks), { start: 0, end: trace.wall }));
  assert.equal(table.instants, 40);
  assert.deepEqual(table.tasks, trace.tasks.map((task) => ({ ...task })));
  assert.deepEqual(trace.points.map((own) => own.count), [40]);
  const { page, close } = await open(browser, path);
  const whole = await tableRows(page);
  await page.locator("#scope input[value=view]").check({ force: true });
  assert.equal((await figures(page)).instants, "40");
  assert.deepEqual(await tableRows(page), whole);
  await close();
});
