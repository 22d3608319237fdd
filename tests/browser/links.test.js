// A link is a view: what was chosen on one page is what a fresh browser shows, and no hash does harm.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { pathToFileURL } from "node:url";

import { addressed, covered, drawnBars, figures, generate, launch, legend, open, pinned, plotArea, real, redrawn, render, settled, tableRows, test } from "./browser.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** All that a reader sees of a view. @param {Page} page */
async function seen(page) {
  await settled(page);
  const rows = await tableRows(page);
  await covered(page);
  const controls = await page.evaluate(() => ({
    radios: [...document.querySelectorAll("input[type=radio]:checked")].map((radio) => /** @type {HTMLInputElement} */ (radio).value),
    search: /** @type {HTMLInputElement} */ (document.querySelector("#search")).value,
    found: document.querySelector("#found")?.textContent,
    part: document.querySelector("#part")?.textContent,
    sorted: [...document.querySelectorAll("#tasks th[aria-sort]")].map((cell) => [cell.textContent, cell.getAttribute("aria-sort")]),
    folds: [...document.querySelectorAll("#folds button")].map((fold) => [fold.getAttribute("aria-label"), fold.getAttribute("aria-expanded")]),
    ticks: [...document.querySelectorAll(".xtick text, .ytick text")].map((tick) => tick.textContent),
  }));
  const area = await plotArea(page);
  const bars = (await drawnBars(page)).map(({ left, top, width, height, fill }) => [left - area.left, top - area.top, width, height].map(Math.round).join() + fill);
  const window = { start: Math.round(area.start), end: Math.round(area.end) }; // a link holds no part of a ns here
  return { ...controls, lanes: [area.scroll, area.height], window, bars, rows, legend: await legend(page), figures: await figures(page), pinned: await pinned(page) };
}

/** What a fresh browser shows of a hash. @param {string} path @param {string} hash */
async function seenAfresh(path, hash) {
  const fresh = await launch();
  const { page, close } = await open(fresh, path, { hash });
  const view = await seen(page);
  await close();
  await fresh.close();
  return view;
}

test("a link after zoom, fold, filter, pin, search, selection and every choice shows the same in a fresh browser", async () => {
  const path = real();
  const { page, close } = await open(browser, path);
  await redrawn(page, () => page.locator("#tasks tbody input").nth(1).press("Space"));
  await page.locator("#chart").focus();
  await redrawn(page, () => page.keyboard.press("ArrowRight"));
  await redrawn(page, () => page.keyboard.press("m"));
  for (const key of ["w", "w", "a"]) await redrawn(page, () => page.keyboard.press(key));
  await redrawn(page, () => page.locator("#folds button").nth(1).press("Enter"));
  await redrawn(page, () => page.locator("#search").fill("download monkey"));
  for (const [name, value] of [["rows", "tasks"], ["color", "group"], ["time", "since"]])
    await redrawn(page, () => page.locator(`input[name=${name}][value=${value}]`).check({ force: true }));
  const hash = await addressed(page, () => page.locator("#tasks thead button", { hasText: "max" }).click());
  for (const field of ["window", "select", "pin", "fold", "hide", "search", "rows", "color", "time", "sort", "table"])
    assert.match(hash, new RegExp(`(^|&)${field}=`));
  assert.deepEqual(await seenAfresh(path, hash), await seen(page));
  await close();
});

test("a link into thousands of lanes shows the same lanes and time", async () => {
  const path = render(generate(4000, 200));
  const { page, close } = await open(browser, path);
  const area = await plotArea(page);
  await page.mouse.move(area.left + area.width * 0.3, area.top + area.height / 2);
  await redrawn(page, () => page.mouse.wheel(0, 333));
  const hash = await addressed(page, async () => {
    for (let times = 0; times < 12; times += 1) await redrawn(page, () => page.keyboard.press("w"));
  });
  assert.match(hash, /window=.*scroll=|scroll=.*window=/);
  const [here, there] = [await seen(page), await seenAfresh(path, hash)];
  assert.ok(here.lanes[1] > 0, "the lanes are scrolled");
  assert.deepEqual(there, here);
  await close();
});

test("the link that the menu copies is the address, and a page as it opens has none", async () => {
  const path = real();
  const { page, close } = await open(browser, path);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const copied = async () => {
    await page.locator("#exports summary").click();
    await page.locator("#exports button[value=link]").click();
    await page.waitForFunction(() => document.querySelector("#said")?.textContent === "link copied");
    return page.evaluate(() => navigator.clipboard.readText());
  };
  assert.equal(await copied(), pathToFileURL(path).href);
  await addressed(page, () => page.keyboard.press("w"));
  assert.equal(await page.locator("#said").textContent(), "", "it was said of another view");
  assert.equal(await copied(), await page.evaluate(() => location.href));
  await addressed(page, () => page.keyboard.press("0"));
  assert.equal(await page.evaluate(() => location.href), pathToFileURL(path).href);
  await close();
});

test("a hash that means nothing does no harm", async () => {
  const path = real();
  const { page: plain, close } = await open(browser, path);
  const expected = await seen(plain);
  await close();
  for (const hash of ["window=x", "window=9..3&pin=99.9.9&fold=77&hide=none/none&sort=%E0%A4%A", "%E0%A4%A", "problems", "pin=0.0.-1&table=selection&rows=columns&select=..", "=&&=="]) {
    const { page, close } = await open(browser, path, { hash });
    const found = await seen(page);
    assert.deepEqual(found, expected, hash);
    await close();
  }
});

test("a link to a pinned span scrolls to its lane", async () => {
  const path = render(generate(4000, 200));
  const { page, close } = await open(browser, path, { hash: "pin=150.0.1" });
  const { lanes } = await seen(page);
  assert.ok(lanes[1] > 100, `${lanes}`);
  assert.ok("task" in (await pinned(page)));
  await close();
});

test("editing the address moves the view, and a link to a part of the page does not", async () => {
  const { page, close } = await open(browser, real());
  await redrawn(page, () => page.evaluate(() => void (location.hash = "window=100000000..200000000&search=noop")));
  const area = await plotArea(page);
  assert.deepEqual([area.start, area.end], [100e6, 200e6]);
  assert.equal(await page.locator("#search").inputValue(), "noop");
  await page.evaluate(() => void (location.hash = "table"));
  await settled(page);
  const still = await plotArea(page);
  assert.deepEqual([still.start, still.end], [100e6, 200e6]);
  await redrawn(page, () => page.evaluate(() => void (location.hash = "")));
  assert.equal(await page.locator("#search").inputValue(), "");
  await close();
});

test("the browser's back undoes what a sentence's link showed, and forward shows it again", async () => {
  const { page, close } = await open(browser, real());
  const zoomed = await addressed(page, () => page.keyboard.press("w"));
  await redrawn(page, () => page.keyboard.press("d"));
  await page.locator("#findings a").first().click(); // at once: the address is not written yet
  const shown = await addressed(page, async () => {});
  assert.ok(shown !== zoomed && /window=/.test(shown));
  const panned = await addressed(page, () => redrawn(page, () => page.goBack()));
  assert.ok(panned !== zoomed && panned !== shown && /window=/.test(panned), "a pan replaces the entry");
  const area = await plotArea(page);
  assert.equal(panned, `window=${Math.round(area.start)}..${Math.round(area.end)}`);
  assert.equal(await addressed(page, () => redrawn(page, () => page.goForward())), shown);
  await close();
});

test("a task's section and a step of the search are steps back, too; those in quick succession are one", async () => {
  const { page, close } = await open(browser, real());
  const entries = () => page.evaluate(() => history.length);
  const before = await entries();
  await addressed(page, () => page.locator("#tasks tbody .link").first().click());
  const chosen = await addressed(page, () => page.locator("#search").fill("save"));
  assert.match(chosen, /search=save&task=/);
  await page.locator("#search").focus();
  const first = await addressed(page, () => page.keyboard.press("Enter"));
  await page.evaluate(() => {
    const search = /** @type {HTMLElement} */ (document.querySelector("#search"));
    for (let times = 0; times < 3; times += 1) search.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  });
  const last = await addressed(page, async () => {});
  assert.equal(new Set([chosen, first, last]).size, 3);
  assert.equal(await entries(), before + 3);
  for (const hash of [first, chosen, ""]) assert.equal(await addressed(page, () => page.goBack()), hash);
  await close();
});

test("a link to a part of the page scrolls there and leaves the view in the address", async () => {
  const { page, close } = await open(browser, real(), { height: 500 });
  const hash = await addressed(page, () => page.keyboard.press("w"));
  await page.evaluate(() => {
    const link = document.createElement("a");
    link.href = "#ledger";
    link.textContent = "ledger";
    document.querySelector("#head")?.append(link);
  });
  await page.locator("#head a", { hasText: "ledger" }).click();
  await page.waitForFunction(() => scrollY > 0);
  await page.waitForFunction((hash) => location.hash === `#${hash}`, hash);
  assert.equal(await addressed(page, async () => {}), hash);
  await close();
});

test("an address that is edited while the page is about to write its own is followed", async () => {
  const { page, close } = await open(browser, real());
  await settled(page);
  await Promise.all([
    page.evaluate(() => {
      /** @type {HTMLInputElement} */ (document.querySelector("input[name=color][value=group]")).click();
      for (const begin = performance.now(); performance.now() - begin < 500; ); // until the page is late with its own
    }),
    page.evaluate(() => void (location.hash = "search=save")),
  ]);
  await page.waitForFunction(() => /** @type {HTMLInputElement} */ (document.querySelector("#search")).value === "save");
  await settled(page);
  assert.equal(await page.evaluate(() => location.hash), "#search=save");
  await addressed(page, () => page.locator("#search").fill("zip"));
  assert.equal(await page.evaluate(() => location.hash), "#search=zip");
  await close();
});

test("each sentence's link shows what it tells of, on this page and as an address", async () => {
  const path = real();
  const { page, close } = await open(browser, path);
  const links = page.locator("#findings a");
  const count = await links.count();
  assert.ok(count >= 3, `${count} sentences`);
  for (let index = 0; index < count; index += 1) {
    const text = await page.locator("#findings li").nth(index).innerText();
    const href = (await links.nth(index).getAttribute("href")) ?? "";
    if (index > 0) await addressed(page, () => page.keyboard.press("0").then(() => page.keyboard.press("Escape")));
    await addressed(page, () => links.nth(index).click());
    const here = await seen(page);
    assert.deepEqual(await seenAfresh(path, href.slice(1)), here, text);
    if (/longest span|took the most/.test(text)) assert.match(text, new RegExp(`/ ${here.pinned.task} `));
    if (/fewer than half/.test(text)) assert.equal(here.figures.length, "971 ms");
    assert.ok((await page.evaluate(() => document.activeElement?.id)) === "chart");
  }
  await close();
});
