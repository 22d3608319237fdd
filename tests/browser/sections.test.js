// What is above the chart takes little room; what is below it has one row of links and one scope.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";

import { addressed, distribution, launch, open, real, redrawn, renderText, repeated, root, settled, test } from "./browser.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

const HEADER = "group,task,start,end,color\n";

/** 300 spans of many tasks with long names, problems, several notes and a long title. */
function crowded() {
  const rows = Array.from({ length: 300 }, (_, i) => `"group ${"long ".repeat(i % 9)}","task ${i % 40} ${"and so on ".repeat(i % 12)}",2026-11-20T22:00:${10 + (i % 40)},2026-11-20T22:00:${12 + (i % 45)},`);
  const text = `${HEADER}g,a,yesterday,,\n${rows.join("\n")}\ng,open,2026-11-20T22:00:20,,\n`;
  return renderText(text, "--from", "+0.5s", "--title", "A title that somebody wrote without an end ".repeat(4));
}

/** Five runs, of which the second has a problem. */
const several = () =>
  repeated(
    `
    record download save 01.000 "0$((RUN + 1)).000"
    record download pack 01.000 01.500
    [ "$RUN" = 2 ] && echo not,a,row >> "$WATERFALL_DIR/a.csv"
    sleep 0.$RUN`,
    5,
  );

/** Jobs one after the other and three at once, as make runs them. */
function make() {
  const rows = Array.from({ length: 180 }, (_, i) => `build,"cc ${i}.o",${clock((i % 3) * 0.01 + Math.floor(i / 3) * 0.2)},${clock(Math.floor(i / 3) * 0.2 + 0.15 + (i % 3) * 0.02)},`);
  return renderText(`${HEADER}${rows.join("\n")}\nbuild,link,${clock(12)},${clock(16)},\n`);
}

/** @param {number} seconds */
const clock = (seconds) => `2026-11-20T22:00:${seconds.toFixed(3).padStart(6, "0")}Z`;

test("the toolbar begins within 162 px of 720, and the legend of the chart within half of 600", async () => {
  const asked = distribution(join(root, "tests/data/performance_py/records"), "make*");
  for (const [name, path] of Object.entries({ real: real(), crowded: crowded(), several: several(), make: make(), asked }))
    for (const [width, height, part, most] of /** @type {const} */ ([[1280, 720, "#toolbar", 162], [900, 600, "#legend", 300]])) {
      const { page, close } = await open(browser, path, { width, height });
      await settled(page);
      const top = await page.locator(part).evaluate((element) => element.getBoundingClientRect().top + scrollY);
      assert.ok(top <= most, `${name}: ${part} begins at ${top} of ${width}x${height}`);
      await close();
    }
});

test("what is cut above the chart can be read: notes unfold, and titles tell the rest", async () => {
  const { page, close } = await open(browser, crowded());
  const notes = page.locator("#notes");
  assert.match(await notes.locator("summary").innerText(), /\d more$/);
  await notes.locator("summary").click();
  assert.ok(await notes.getByText("1 span never ended").isVisible());
  assert.match((await page.locator("h1").getAttribute("title")) ?? "", /^A title that somebody wrote/);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  await notes.locator("summary").evaluate((summary) => ((/** @type {HTMLDetailsElement} */ (summary.parentElement)).open = false));
  assert.ok(await notes.getByText("1 span never ended").isVisible(), "on paper they are all there");
  await close();
});

test("sections that are there have a link each, in their order", async () => {
  const links = (/** @type {Page} */ page) => page.locator("#sections a:visible").allInnerTexts();
  const first = await open(browser, real());
  assert.deepEqual(await links(first.page), ["Tasks", "Ledger"]);
  await first.close();
  const second = await open(browser, crowded());
  await second.page.locator("#tasks tbody .link").first().click();
  const [tasks, task, ...rest] = await links(second.page);
  assert.ok(tasks === "Tasks" && task.startsWith("Task: "), task);
  assert.match(rest.join(" "), /^Ledger Problems \d+$/);
  const inOrder = await second.page.evaluate(() => {
    const tops = [...document.querySelectorAll("#sections a")].map((link) => document.getElementById((/** @type {HTMLAnchorElement} */ (link)).hash.slice(1))?.getBoundingClientRect().top);
    return tops.filter((top) => top !== undefined).every((top, index, all) => index === 0 || all[index - 1] <= top || top === 0);
  });
  assert.ok(inOrder);
  await second.close();
  const third = await open(browser, several());
  assert.deepEqual(await links(third.page), ["Tasks", "Runs", "Ledger"]);
  await third.close();
});

test("a link scrolls to its section, marks it, moves the focus there and leaves the view's address", async () => {
  const { page, close } = await open(browser, crowded(), { hash: "color=group" });
  const current = () => page.locator("#sections a[aria-current]").allInnerTexts();
  assert.deepEqual(await current(), [], "the chart is being read");
  for (const [name, id] of [["Ledger", "ledger"], ["Tasks", "table"]]) {
    await page.locator("#sections a", { hasText: name }).click();
    await page.waitForFunction((name) => document.querySelector("#sections a[aria-current]")?.textContent === name, name);
    await page.waitForFunction((id) => Math.abs((document.getElementById(id)?.getBoundingClientRect().top ?? 0) - 34) < 2, id);
    assert.equal(await page.evaluate(() => document.activeElement?.id), `${id}-heading`);
    assert.equal((await page.locator("#sections").boundingBox())?.y, 0, "the row stays in the window");
    assert.equal(await page.evaluate(() => location.hash), "#color=group");
  }
  await close();
});

test("one scope is for all sections and says which stretch it is", async () => {
  const { page, close } = await open(browser, real(), { hash: "window=100000000..300000000" });
  assert.equal(await page.locator("input[name=scope]").count(), 3);
  await addressed(page, () => page.locator("#sections input[value=view]").check({ force: true }));
  await page.waitForSelector("#table[data-state=ready]");
  assert.equal(await page.locator("#part").innerText(), "200 ms, 100 ms to 300 ms after the start");
  await close();
});

test("where there is little room the row of links scrolls sideways, and the page does not", async () => {
  const { page, close } = await open(browser, crowded(), { width: 420, height: 600 });
  await page.locator("#tasks tbody .link").first().click();
  await page.locator("#sections input[value=view]").focus();
  await redrawn(page, () => page.keyboard.press("Space"));
  const row = await page.locator("#sections").evaluate((row) => ({ scrolled: row.scrollLeft, height: row.clientHeight, overflow: row.scrollWidth - row.clientWidth }));
  assert.ok(row.overflow > 0 && row.scrolled > 0, JSON.stringify(row));
  assert.ok(row.height <= 34);
  await close();
});
