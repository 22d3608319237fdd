// Several runs of a command in one page: it opens with the one of median length, and each can be chosen.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before } from "node:test";

import { addressed, calm, launch, openWhole, pinned, redrawn, repeated, settled, test } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

const HOSTILE = "</template><img src=x onerror=alert(1)>";

/** The same three runs for all tests that only look: the second is the longest, the first the shortest. */
let three = "";
const threeRuns = () => (three ||= inOrder());

/** Three runs that sleep; for longer, where the machine was so busy that another one took longest. */
function inOrder() {
  for (let seconds = 0.5; ; seconds *= 2) {
    const page = repeated(`
      record download save 01.000 "0$((RUN + 1)).000"
      record download pack 01.000 01.500
      [ "$RUN" = 2 ] && { record zip "create archive" 05.000 05.250; echo not,a,row >> "$WATERFALL_DIR/a.csv"; }
      case "$RUN" in 2) sleep ${2 * seconds};; 3) sleep ${seconds};; esac`);
    const [shortest, longest, median] = [1, 2, 3].map((run) => elapsed(page, run));
    if (shortest < median && median < longest) return page;
  }
}

/** How long a run took, in ns. @param {string} page of all runs @param {number} run */
function elapsed(page, run) {
  return JSON.parse(readFileSync(join(dirname(page), "..", String(run), "run.json"), "utf8")).elapsed_ns;
}

/** @param {import("playwright-core").Page} page */
const shown = async (page) => ({
  title: await page.locator("h1").innerText(),
  tab: await page.title(),
  current: await page.locator("#runs [aria-current=true]").getAttribute("data-run"),
  dots: await page.locator("#repeats circle.current").evaluateAll((dots) => [...new Set(dots.map((dot) => dot.getAttribute("data-run")))]),
  tasks: (await page.locator("#tasks tbody th").allInnerTexts()).length,
  wall: await page.locator("#figures dd").first().innerText(),
  problems: await page.locator("#problems li").count(),
});

test("the page opens with the run of median length", async () => {
  const { page, close } = await openWhole(browser, threeRuns());
  assert.deepEqual(await shown(page), { title: "latest 3", tab: "latest 3", current: "3", dots: ["3"], tasks: 2, wall: "3.00 s", problems: 0 });
  assert.equal(await page.locator("#problems").isVisible(), false);
  assert.match((await page.locator("#runs").innerText()).replace(/together with[^]*spread$/, "spread"), /^runs\s*1 · \S+ \S+\s*2 · \S+ \S+\s*3 · \S+ \S+, median\s*spread$/);
  assert.equal(await page.evaluate(() => [...document.querySelectorAll("template")].reduce((sum, { content }) => sum + content.childNodes.length, 0)), 0);
  await close();
});

test("another run is chosen by its link, and the way back is the browser's", async () => {
  const { page, close } = await openWhole(browser, threeRuns());
  await page.locator("#runs a[data-run='2']").click();
  await page.waitForFunction(() => performance.getEntriesByName("waterfall:ready").length > 0 && document.title === "latest 2");
  await settled(page);
  assert.deepEqual(await shown(page), { title: "latest 2", tab: "latest 2", current: "2", dots: ["2"], tasks: 3, wall: "4.25 s", problems: 1 });
  assert.equal(await page.evaluate(() => location.hash), "#run=2");
  await page.goBack();
  await page.waitForFunction(() => performance.getEntriesByName("waterfall:ready").length > 0 && document.title === "latest 3");
  assert.equal((await shown(page)).current, "3");
  await close();
});

test("a link opens its run, with what was chosen there; other runs keep what means the same in them", async () => {
  const { page, close } = await openWhole(browser, threeRuns(), { hash: "run=2&window=1000000000..2000000000&hide=zip/create%20archive&color=group" });
  assert.equal((await shown(page)).title, "latest 2");
  const link = await page.locator("#runs a[data-run='1']").getAttribute("href");
  assert.equal(link, "#run=1&window=1000000000..2000000000&hide=zip/create%20archive&color=group");
  assert.equal(await page.locator("#runs a[data-run='3']").getAttribute("href"), "#window=1000000000..2000000000&hide=zip/create%20archive&color=group");
  await page.keyboard.press("0");
  await page.waitForFunction(() => !location.hash.includes("window"));
  assert.equal(await page.evaluate(() => location.hash), "#run=2&hide=zip/create%20archive&color=group");
  await close();
});

/** Chooses a run, gives the hash once its page is calm. @param {import("playwright-core").Page} page @param {number} run */
async function choose(page, run) {
  await page.locator(`#runs a[data-run='${run}']`).click();
  await page.waitForFunction((title) => document.title === title && performance.getEntriesByName("waterfall:ready").length > 0, `latest ${run}`);
  return addressed(page, () => page.waitForLoadState());
}

test("another run shows the same time, search, selection and the same span of the pinned one's task", async () => {
  const { page, close } = await openWhole(browser, threeRuns(), { hash: "window=100000000..600000000&pin=0.1.0" });
  await redrawn(page, () => page.keyboard.press("m"));
  await page.locator("#search").fill("pa");
  const here = await addressed(page, () => page.locator("#fold-all").click());
  assert.match(here, /^window=100000000\.\.600000000&fold=0&search=pa&select=0\.\.500000000&pin=0\.1\.0&table=selection$/);
  const { task, duration } = await pinned(page);
  // The group of processes has another label there, since one more group is in it.
  assert.equal(await choose(page, 2), `run=2&${here.replace("&fold=0", "")}`);
  assert.deepEqual([(await pinned(page)).task, (await pinned(page)).duration], [task, duration]);
  assert.equal(await page.locator("#search").inputValue(), "pa");
  assert.equal(await choose(page, 1), `run=1&${here.replace("&fold=0", "")}`);
  await page.goBack();
  await page.waitForFunction(() => document.title === "latest 2" && performance.getEntriesByName("waterfall:ready").length > 0);
  assert.equal(await addressed(page, async () => {}), `run=2&${here.replace("&fold=0", "")}`);
  await close();
});

test("what the other run does not have is not said of it", async () => {
  const { page, close } = await openWhole(browser, threeRuns(), { hash: "run=2&window=3500000000..4200000000&select=4000000000..4100000000&table=selection" });
  await page.locator("#tasks tbody .link", { hasText: "create archive" }).click();
  await page.locator("#slowest a").first().click();
  await calm(page);
  assert.equal((await pinned(page)).task, "create archive");
  assert.equal(await choose(page, 1), "run=1");
  assert.deepEqual(await pinned(page), {});
  await close();
});

test("the link to how far runs lie apart scrolls there and keeps the view", async () => {
  const { page, close } = await openWhole(browser, threeRuns(), { height: 500 });
  const hash = await addressed(page, () => page.keyboard.press("w"));
  await page.locator("#runs a", { hasText: "spread" }).click();
  await page.waitForFunction(() => scrollY > 0);
  assert.equal(await addressed(page, () => page.waitForFunction((hash) => location.hash === `#${hash}`, hash)), hash);
  await close();
});

test("a run that is not there leaves the page as it opens", async () => {
  const { page, close } = await openWhole(browser, threeRuns(), { hash: "run=99" });
  assert.equal((await shown(page)).title, "latest 3");
  await close();
});

test("each task says how far its totals lie apart", async () => {
  const { page, close } = await openWhole(browser, threeRuns());
  const rows = await page.locator("#repeats tbody tr").evaluateAll((found) => found.map((row) => [...row.children].slice(0, 5).map((cell) => cell.textContent?.replace(/\s+/g, " ").trim())));
  // A shell on a busy machine may be gone before anybody saw its memory.
  assert.deepEqual(rows.slice(0, 3).map(([what]) => what?.replace(/ not in . of 3$/, "")), ["whole command", "CPU time", "peak memory"]);
  assert.deepEqual(rows.slice(3), [
    ["download / save", "1.00 s", "2.00 s", "3.00 s", "100 %"],
    ["download / pack", "500 ms", "500 ms", "500 ms", "0 %"],
    ["zip / create archive not in 2 of 3", "250 ms", "250 ms", "250 ms", "0 %"],
  ]);
  const strip = page.locator("#repeats tbody tr").nth(3).locator("svg");
  assert.equal(await strip.getAttribute("aria-label"), "run 1: 1.00 s, run 2: 2.00 s, run 3: 3.00 s");
  const x = await strip.locator("circle").evaluateAll((dots) => dots.map((dot) => Number(dot.getAttribute("cx"))));
  assert.ok(x[0] < x[1] && x[1] < x[2]);
  await close();
});

test("a name among the runs chooses its task, where the run has it, and the next run keeps it", async () => {
  const { page, close } = await openWhole(browser, threeRuns());
  const names = page.locator("#repeats tbody .link");
  assert.deepEqual(await names.allInnerTexts(), ["download / save", "download / pack"], "the archive is of another run");
  await names.last().click();
  assert.equal(await page.locator("#task-heading").innerText(), "download / pack");
  await page.locator("#runs a[data-run='1']").hover(); // its address is made when it is neared
  assert.equal(await page.locator("#runs a[data-run='1']").getAttribute("href"), "#run=1&task=download/pack");
  await close();
});

test("names of the runs that are not shown are text too", async () => {
  const path = repeated(`record "g" '"${HOSTILE}"' 01.000 02.000`, 2);
  for (const hash of ["", "run=2", "run=1"]) {
    const { page, close } = await openWhole(browser, path, { hash });
    assert.equal(await page.locator("img, [onerror]").count(), 0);
    const table = await page.locator("#tasks").innerText();
    assert.ok(table.includes(HOSTILE), table);
    assert.ok((await page.locator("#repeats").innerText()).includes(HOSTILE));
    await close();
  }
});
