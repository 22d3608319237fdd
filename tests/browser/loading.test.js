// From the file to the chart: what is seen first, what is there then, and what a browser without workers does.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pathToFileURL } from "node:url";

import { covered, drag, generate, generated, launch, open, openWhole, pinned, pixel, plotArea, real, redrawn, render, settled, tableRows, test, WAIT } from "./browser.js";
import { traceIn } from "./document.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/**
 * Opens a page in which a script runs before any of the page's, waits until it is ready.
 * @param {string} path
 * @param {() => void} script
 */
async function openWith(path, script) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  page.setDefaultTimeout(WAIT);
  await page.addInitScript(script);
  await page.goto(pathToFileURL(path).href);
  await page.waitForFunction(() => performance.getEntriesByName("waterfall:ready").length > 0);
  return page;
}

/**
 * What part of the pixels of two pictures differ by more than 48 levels.
 * @param {import("playwright-core").Page} page
 * @param {Buffer} one PNG
 * @param {Buffer} other
 */
const differing = (page, one, other) =>
  page.evaluate(
    async (pictures) => {
      const [first, second] = await Promise.all(
        pictures.map(async (base64) => {
          const picture = new Image();
          picture.src = `data:image/png;base64,${base64}`;
          await picture.decode();
          const canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
          const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
          context.drawImage(picture, 0, 0);
          return context.getImageData(0, 0, canvas.width, canvas.height).data;
        }),
      );
      let differ = 0;
      for (let at = 0; at < first.length; at += 4)
        if ([0, 1, 2].some((part) => Math.abs(first[at + part] - second[at + part]) > 48)) differ += 1;
      return differ / (first.length / 4);
    },
    [one, other].map((picture) => picture.toString("base64")),
  );

/** What of the page must stay when a part of it arrives. @param {import("playwright-core").Page} page */
const kept = (page) =>
  page.evaluate(() => ({
    focus: document.activeElement?.id,
    scroll: scrollY,
    hash: location.hash,
    boxes: ["#chart", "#overview", "#legend", "#table"].map((id) => JSON.stringify(document.querySelector(id)?.getBoundingClientRect())),
  }));

test("before the rows are there the page zooms, pans, folds, searches, hides and links, and says what it reads", async () => {
  const { page, release, close } = await open(browser, render(generate(4000, 12)), { hold: ["rows"] });
  assert.equal(await page.locator("#chart").getAttribute("data-state"), "loading");
  assert.equal(await page.locator("#reading").textContent(), "reading rows, 0 %");
  const all = await plotArea(page);
  const middle = { x: all.left + all.width / 2, y: all.top + 8 };
  assert.notEqual(await pixel(page, "#marks", middle.x, middle.y), "0,0,0,0", "nothing is drawn");

  await page.keyboard.press("w");
  await page.waitForFunction((wide) => performance.getEntriesByName("waterfall:redraw").some((entry) => /** @type {any} */ (entry).detail.window.end < wide), all.end);
  const zoomed = await plotArea(page);
  await page.mouse.move(middle.x, middle.y);
  await page.locator("#tooltip").waitFor({ state: "visible" });
  assert.match(await page.locator("#tooltip").innerText(), /mostly outer|mostly step/);
  await drag(page, middle, { x: middle.x - 100, y: middle.y });
  await page.waitForFunction((start) => /** @type {any} */ (performance.getEntriesByName("waterfall:redraw").at(-1)).detail.window.start > start, zoomed.start);
  await page.locator("#folds button").first().click();
  await page.locator("#folds button[aria-expanded=false]").first().waitFor();
  await page.locator("#legend button").nth(1).click();
  assert.equal(await page.locator("#legend button").nth(1).getAttribute("aria-pressed"), "false");
  await page.locator("#search").fill("step 3");
  await page.locator("#tasks thead button", { hasText: "count" }).click();
  await page.locator("#tasks th[aria-sort]", { hasText: "count" }).waitFor();
  await page.waitForFunction(() => /window=.*fold=0&search=step%203/.test(location.hash));

  await release("rows");
  await page.locator("#found", { hasText: /span/ }).waitFor();
  assert.ok(await page.locator("#reading").isHidden());
  assert.match(await page.evaluate(() => location.hash), /fold=0&search=step%203/);
  await close();
});

test("what is asked for before the rows are there is done when they come, and the last of it alone", async () => {
  const { page, release, close } = await open(browser, real(), { hold: ["rows"], motion: "reduce" });
  const area = await plotArea(page);
  await page.locator("#tasks tbody .link").first().click();
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
  await page.mouse.click(area.left + 100, area.top + 8);
  assert.deepEqual(await pinned(page), {});
  assert.ok(await page.locator("#reading.waited-for").isVisible());
  await release("rows");
  await page.locator("#details.pinned").waitFor();
  assert.match((await pinned(page)).task, /^download/);
  await close();
});

test("a sentence's link that was followed before the rows are there is not followed again once the reader has gone on", async () => {
  for (const [key, isKept] of /** @type {const} */ ([["w", true], ["", false]])) {
    const { page, release, close } = await open(browser, real(), { hold: ["rows"] });
    await page.keyboard.press("w");
    await page.locator("#findings a").first().click();
    await page.waitForFunction(() => /pin=/.test(location.hash));
    if (key) await page.keyboard.press(key);
    await page.waitForFunction((isKept) => /window=.*\.\..*pin=/.test(location.hash) && (!isKept || !/window=0\.\./.test(location.hash)), isKept);
    const before = await plotArea(page);
    await release("rows");
    await page.locator("#details.pinned").waitFor();
    await settled(page);
    const { start, end } = await plotArea(page);
    assert.deepEqual([start, end], [before.start, before.end]);
    await close();
  }
});

for (const scheme of /** @type {const} */ (["light", "dark"]))
  test(`when Plotly takes over nothing moves, and what the reader sees stays, in ${scheme}`, async () => {
    for (const [path, hash] of [[real(), ""], [real(), "window=300000000..500000000&rows=tasks"], [render(generate(4000, 12)), "window=0..40000000&fold=1"]]) {
      const { page, release, close } = await open(browser, path, { hold: ["plotly"], hash, scheme });
      await settled(page);
      await page.locator("#chart").focus();
      const [before, seen] = [await kept(page), await page.screenshot()];
      await release("plotly");
      await covered(page);
      assert.deepEqual(await kept(page), before);
      const part = await differing(page, seen, await page.screenshot());
      assert.ok(part <= 0.001, `${(part * 100).toFixed(3)} % of the pixels differ at #${hash}`);
      await close();
    }
  });

test("Plotly does not take over while a button or a key is down", async () => {
  const { page, release, close } = await open(browser, real(), { hold: ["plotly"] });
  const area = await plotArea(page);
  const isCovered = () => page.locator("#chart:not(.uncovered)").count();
  await page.mouse.move(area.left + 300, area.top + 40);
  await page.mouse.down();
  await page.evaluate(() => /** @type {any} */ (window).release.plotly());
  await page.waitForFunction(() => "Plotly" in window);
  for (let step = 0; step < 20; step += 1) {
    await page.mouse.move(area.left + 300 - 5 * step, area.top + 40);
    assert.equal(await isCovered(), 0);
  }
  await page.mouse.up();
  await covered(page);
  await page.keyboard.down("a");
  await page.waitForFunction(() => document.querySelector("#chart.uncovered"));
  await page.waitForTimeout(400);
  assert.equal(await isCovered(), 0);
  await page.keyboard.up("a");
  await covered(page);
  await close();
});

test("a page whose Plotly does not come lacks pictures, says so, and all else works", async () => {
  const { page, release, close } = await open(browser, real(), { hold: ["plotly"] });
  await page.waitForFunction(() => /** @type {any} */ (window).release.isAsked());
  await release("nothing");
  await redrawn(page, () => page.keyboard.press("w"));
  await page.locator("#exports summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#exports button[value=csv]").click()]);
  assert.ok(download);
  await page.locator("#exports summary").click();
  await page.locator("#exports button[value=png]").click();
  await page.locator("#said", { hasText: "the browser refused to run plotly.js" }).waitFor();
  await close("uncaught: Error: the browser refused to run plotly.js");
});

test("all rows of the records are in the page, to the nanosecond", async () => {
  const lanes = 12;
  const trace = await traceIn(render(generate(4000, lanes)));
  const found = trace.lanes.map(({ tracks }) =>
    tracks
      .flatMap(({ start, end, key }) =>
        [...start].map((from, span) => ({ task: trace.raw[trace.keys[key[span]].task], start: from, end: end[span] })),
      )
      .sort((one, other) => one.start - other.start || other.end - one.end),
  );
  const expected = Array.from({ length: lanes }, (_, lane) => generated(lane, Math.floor(4000 / lanes) + (lane < 4000 % lanes ? 1 : 0)));
  assert.deepEqual(
    found.map((spans) => JSON.stringify(spans)).sort(),
    expected.map((spans) => JSON.stringify(spans)).sort(),
  );
});

test("when the page is ready the text of its rows is gone, and a link to a span has shown it", async () => {
  const path = render(generate(4000, 12));
  const { page, close } = await openWhole(browser, path, { hash: "pin=3.0.20&sort=count" });
  assert.equal(await page.locator("script.rows, script.samples, #raster, #plotly").count(), 0);
  assert.match((await page.locator("#pinned-fields").textContent()) ?? "", /duration9\.90 ms/);
  assert.equal(await page.evaluate(() => document.querySelectorAll("[inert]").length), 0);
  await close();
});

test("where the browser refuses a worker the page decodes its rows itself", async () => {
  const path = render(generate(500, 4));
  const { page, close } = await open(browser, path);
  const expected = await tableRows(page);
  await close();
  for (const refuse of [
    () => Object.assign(window, { Worker: undefined }),
    () =>
      Object.assign(window, {
        Worker: class extends EventTarget {
          constructor() {
            super();
            setTimeout(() => /** @type {any} */ (this).onerror?.(new Event("error")));
          }
        },
      }),
  ]) {
    const page = await openWith(path, refuse);
    await page.locator("input[name=scope][value=view]").check();
    assert.deepEqual(await tableRows(page), expected);
    await page.close();
  }
});
