// Every gesture and key does to the window what the reader expects.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { addressed, covered, generate, launch, open, plotArea, redrawn, relayout, render, settled, test, traceOf } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
/** @type {string} */
let path;
before(async () => {
  browser = await launch();
  path = render(generate(4000, 200));
});
after(() => browser.close());

/** @param {import("playwright-core").Page} page @param {number} part of the plot area's width and height */
async function moveTo(page, part) {
  const area = await plotArea(page);
  await page.mouse.move(area.left + part * area.width, area.top + part * area.height);
  return area;
}

/** Which rows are in view. @param {import("playwright-core").Page} page */
const lanes = async (page) => {
  const { scroll, height } = await plotArea(page);
  return [scroll + height, scroll];
};

/** @param {{start: number, end: number}} area */
const span = (area) => area.end - area.start;

test("ctrl+wheel zooms time at the cursor", async () => {
  const { page, close } = await open(browser, path);
  const before = await moveTo(page, 0.25);
  await page.keyboard.down("Control");
  await redrawn(page, () => page.mouse.wheel(0, -300));
  await page.keyboard.up("Control");
  const after = await plotArea(page);
  assert.ok(span(after) < span(before) * 0.8);
  const under = (/** @type {typeof after} */ area) => area.start + 0.25 * span(area);
  assert.ok(Math.abs(under(after) - under(before)) < span(after) / after.width, "the time under the cursor has moved");
  await close();
});

test("the wheel scrolls lanes, and at the last lane the page", async () => {
  const { page, close } = await open(browser, path);
  const before = await lanes(page);
  await moveTo(page, 0.5);
  await redrawn(page, () => page.mouse.wheel(0, 120));
  assert.notDeepEqual(await lanes(page), before);
  assert.equal(await page.evaluate(() => scrollY), 0);
  await redrawn(page, () => page.mouse.wheel(0, 100_000));
  const last = await lanes(page);
  const redraws = await settled(page);
  await page.mouse.wheel(0, 200);
  await page.waitForFunction(() => scrollY > 0);
  assert.equal(await settled(page), redraws, "the chart has redrawn for a wheel that was the page's");
  assert.deepEqual(await lanes(page), last);
  await close();
});

/**
 * Turns the wheel over the middle of the rows, again and again, gives how often the page was left to scroll.
 * @param {import("playwright-core").Page} page
 * @param {{deltaY: number, deltaMode: number}} turn
 * @param {number} times
 */
async function turnWheel(page, turn, times) {
  const area = await plotArea(page);
  const at = { clientX: area.left + area.width / 2, clientY: area.top + area.height / 2 };
  return page.evaluate(
    ([init, times]) => {
      const plot = /** @type {HTMLElement} */ (document.querySelector("#plot"));
      const turns = Array.from({ length: times }, () => plot.dispatchEvent(new WheelEvent("wheel", init)));
      return turns.filter((isLeft) => isLeft).length;
    },
    /** @type {const} */ ([{ ...turn, ...at, bubbles: true, cancelable: true }, times]),
  );
}

test("turns of a part of a pixel add up, and none is the page's", async () => {
  const { page, close } = await open(browser, path);
  const [, top] = await lanes(page);
  await redrawn(page, async () => assert.equal(await turnWheel(page, { deltaY: 0.3, deltaMode: 0 }, 40), 0));
  assert.equal((await lanes(page))[1], top + 12);
  await redrawn(page, async () => assert.equal(await turnWheel(page, { deltaY: -0.3, deltaMode: 0 }, 20), 0));
  assert.equal((await lanes(page))[1], top + 6);
  await close();
});

test("a wheel that counts in pages scrolls by the rows in view", async () => {
  const { page, close } = await open(browser, path);
  const [bottom, top] = await lanes(page);
  await redrawn(page, () => turnWheel(page, { deltaY: 0.5, deltaMode: 2 }, 1));
  assert.equal((await lanes(page))[1], Math.round(top + (bottom - top) / 2));
  await close();
});

test("a drag pans time and lanes", async () => {
  const { page, close } = await open(browser, path);
  await redrawn(page, () => page.keyboard.press("w"));
  await redrawn(page, () => page.keyboard.press("w"));
  const before = await moveTo(page, 0.5);
  const rows = await lanes(page);
  await page.mouse.down();
  await redrawn(page, () => page.mouse.move(before.left + before.width * 0.3, before.top + before.height * 0.2, { steps: 4 }));
  await page.mouse.up();
  const after = await plotArea(page);
  assert.ok(Math.abs(after.start - before.start - 0.2 * span(before)) < (2 * span(before)) / before.width);
  assert.ok(Math.abs(span(after) - span(before)) < 1);
  assert.notDeepEqual(await lanes(page), rows);
  await close();
});

test("escape takes a drag back", async () => {
  const { page, close } = await open(browser, path);
  await redrawn(page, () => page.keyboard.press("w"));
  const before = await moveTo(page, 0.5);
  await page.mouse.down();
  await redrawn(page, () => page.mouse.move(before.left + before.width * 0.3, before.top + before.height * 0.5, { steps: 4 }));
  await redrawn(page, () => page.keyboard.press("Escape"));
  await page.mouse.up();
  const after = await plotArea(page);
  assert.deepEqual([after.start, after.end], [before.start, before.end]);
  await close();
});

test("w and s zoom, a and d pan, 0 shows all", async () => {
  const { page, close } = await open(browser, path);
  const all = await plotArea(page);
  await redrawn(page, () => page.keyboard.press("w"));
  const zoomed = await plotArea(page);
  assert.ok(span(zoomed) < span(all) && zoomed.start > all.start && zoomed.end < all.end);
  await redrawn(page, () => page.keyboard.press("d"));
  const right = await plotArea(page);
  assert.ok(right.start > zoomed.start && Math.abs(span(right) - span(zoomed)) < 1);
  await redrawn(page, () => page.keyboard.press("a"));
  const back = await plotArea(page);
  assert.ok(Math.abs(back.start - zoomed.start) < 1);
  await redrawn(page, () => page.keyboard.press("s"));
  assert.ok(span(await plotArea(page)) > span(zoomed));
  await redrawn(page, () => page.keyboard.press("w"));
  await redrawn(page, () => page.keyboard.press("0"));
  const again = await plotArea(page);
  assert.deepEqual([again.start, again.end], [all.start, all.end]);
  await close();
});

test("a double click on a span zooms to it, one beside the spans shows all, and the page says both", async () => {
  const { page, close } = await open(browser, path);
  const all = await plotArea(page);
  await moveTo(page, 0.5);
  await redrawn(page, () => page.mouse.dblclick(all.left + all.width / 2, all.top + all.height / 2));
  const [, window, lane, track, index] = /window=([^&]*).*pin=(\d+)\.(\d+)\.(\d+)/.exec(await addressed(page, async () => {})) ?? [];
  const { start, end } = (await traceOf(page)).lanes[Number(lane)].tracks[Number(track)];
  const pinned = { start: start[Number(index)], end: end[Number(index)] };
  const fitted = await plotArea(page);
  assert.ok(window && fitted.start < pinned.start && fitted.end > pinned.end && span(fitted) < 1.3 * span(pinned), `${window} is not ${JSON.stringify(pinned)}`);
  await redrawn(page, () => page.mouse.dblclick(all.left + all.width / 2, all.top + all.height + 40));
  const after = await plotArea(page);
  assert.deepEqual([after.start, after.end], [all.start, all.end]);
  assert.match(await addressed(page, async () => {}), /^pin=/, "it unpins nothing");
  await page.keyboard.press("Escape");
  assert.match(await page.locator("#hint").innerText(), /double click fits a span · 0 shows all/);
  await page.keyboard.press("?");
  assert.match((await page.locator("#help").innerText()).replace(/\s+/g, " "), /double click, 0 on a span, zoom to it; beside the spans, or with 0, show all/);
  await close();
});

test("keys with ctrl, alt or meta are the browser's", async () => {
  const { page, close } = await open(browser, path);
  const before = await plotArea(page);
  const redraws = await settled(page);
  for (const modifier of ["Control", "Alt", "Meta"]) await page.keyboard.press(`${modifier}+d`);
  assert.equal(await settled(page), redraws);
  // A key that does act shows that those before it did nothing: the window is zoomed at its middle.
  await redrawn(page, () => page.keyboard.press("w"));
  const after = await plotArea(page);
  assert.ok(Math.abs(after.start + after.end - before.start - before.end) < 2);
  await close();
});

test("escape hides the tooltip", async () => {
  const { page, close } = await open(browser, path);
  const area = await plotArea(page);
  await page.mouse.move(area.left + 40, area.top + 2);
  await page.locator("#tooltip").waitFor({ state: "visible" });
  await page.keyboard.press("Escape");
  await page.locator("#tooltip").waitFor({ state: "hidden" });
  await close();
});

test("whoever sets the axis' range from outside moves the window", async () => {
  const { page, close } = await open(browser, path);
  const detail = await redrawn(page, () =>
    relayout(page, [10e6, 12e6]),
  );
  const area = await plotArea(page);
  assert.deepEqual([area.start, area.end], [10e6, 12e6]);
  assert.ok(detail.spans > 0);
  await close();
});

/** Waits until what moved has been drawn, and Plotly asked to follow. @param {import("playwright-core").Page} page */
async function rested(page) {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
  await page.waitForFunction(() => /** @type {any} */ (window).pending.size === 0);
}

/**
 * Zooms for the first time, after which the chart draws once more when it has computed its load; gives how many redraws
 * there have been.
 * @param {import("playwright-core").Page} page
 */
async function withLoad(page) {
  await redrawn(page, () => page.keyboard.press("w"));
  const count = await settled(page);
  await covered(page); // what a test does to Plotly then is not for this redraw
  return count;
}

test("Plotly covers once at a time, and at last the latest state", async () => {
  const { page, close } = await open(browser, path);
  await covered(page);
  const all = await plotArea(page);
  await withLoad(page);
  await page.evaluate(() => {
    const scope = /** @type {any} */ (window);
    const { react } = scope.Plotly;
    const gate = new Promise((open) => (scope.openGate = open));
    scope.begun = 0;
    scope.Plotly.react = async (/** @type {any[]} */ ...given) => {
      scope.begun += 1;
      await gate;
      return react(...given);
    };
  });
  await page.keyboard.press("w");
  await page.waitForFunction(() => /** @type {any} */ (window).begun === 1);
  for (const key of ["w", "d", "0"]) {
    await page.keyboard.press(key);
    await rested(page);
  }
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).begun), 1, "a second has begun beside the first");
  await page.evaluate(() => /** @type {any} */ (window).openGate());
  await covered(page);
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).begun), 2);
  const after = await plotArea(page);
  assert.deepEqual([after.start, after.end], [all.start, all.end]);
  await close();
});

test("where Plotly fails the canvases show all, and the next time it may succeed", async () => {
  const { page, close } = await open(browser, path);
  await covered(page);
  const all = await plotArea(page);
  const before = await withLoad(page);
  await page.evaluate(() => {
    const { Plotly } = /** @type {any} */ (window);
    const { react } = Plotly;
    Plotly.react = async () => {
      Plotly.react = react;
      throw new Error("no more room");
    };
  });
  await page.keyboard.press("w");
  await rested(page);
  assert.equal(await settled(page), before + 1);
  assert.ok(await page.locator("#failed").isHidden() && (await page.locator("#chart.uncovered").count()) === 1);
  await redrawn(page, () => page.keyboard.press("w"));
  await covered(page);
  assert.ok(span(await plotArea(page)) < span(all) * 0.6, "what the failed redraw was to show is shown");
  await close("uncaught: Error: no more room");
});
