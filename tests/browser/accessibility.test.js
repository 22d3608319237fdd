// The page for people who use no mouse or see no chart: names, roles, focus, and the tour by keyboard alone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { addressed, covered, distribution, figures, launch, legend, open, openWhole, pinned, plotArea, real, redrawn, render, renderText, repeated, root, settled, tableRows, test } from "./browser.js";

/** @typedef {import("playwright-core").Page} Page */

/** axe-core as a script: the page's policy lets no other way in than the browser's own console. */
const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** What axe-core finds wrong, by all of its rules. @param {Page} page @returns {Promise<string[]>} */
async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await /** @type {any} */ (window).axe.run(document);
    return violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ node) => node.target).join(", ")}`);
  });
}

/** Moves the focus to the first control that fits, by Tab alone. @param {Page} page @param {string} selector */
async function tabTo(page, selector) {
  for (let presses = 0; presses < 200; presses += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)) return;
  }
  assert.fail(`Tab does not reach ${selector}`);
}

for (const scheme of /** @type {const} */ (["light", "dark"]))
  test(`axe-core finds nothing wrong in any state of a ${scheme} page`, async () => {
    const { page, close } = await open(browser, real(), { scheme });
    assert.deepEqual(await violations(page), [], "as it opens");
    await page.locator("#chart").focus();
    await redrawn(page, () => page.keyboard.press("ArrowRight"));
    assert.deepEqual(await violations(page), [], "with a pinned span");
    await redrawn(page, () => page.keyboard.press("m"));
    await page.waitForSelector("#table[data-state=ready]");
    assert.deepEqual(await violations(page), [], "with a selection");
    await redrawn(page, () => page.keyboard.press("Shift+Z"));
    assert.deepEqual(await violations(page), [], "folded");
    await page.locator("#exports summary").click();
    assert.deepEqual(await violations(page), [], "with the export's menu open");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.waitForSelector("#help[open]");
    assert.deepEqual(await violations(page), [], "with the help open");
    await close();
  });

test("axe-core finds nothing wrong before the rows are there, and before Plotly is", async () => {
  const { page, release, close } = await open(browser, real(), { hold: ["rows", "plotly"], hash: "search=save&table=view" });
  assert.deepEqual(await violations(page), [], "before the rows");
  await release("rows");
  await settled(page);
  assert.deepEqual(await violations(page), [], "before Plotly");
  await release("plotly");
  await covered(page);
  assert.deepEqual(await violations(page), [], "with all");
  await close();
});

test("axe-core finds nothing wrong with attributes, and where there is no room for them", async () => {
  const at = (/** @type {number} */ s) => `2026-11-20T22:00:0${s}Z`;
  const text = `group,task,start,end,color,url,bytes,status,type\ng,a,${at(0)},${at(5)},,a.png,81233,200,${"x".repeat(900)}\n`;
  for (const scheme of /** @type {const} */ (["light", "dark"]))
    for (const options of [[], ["--attributes", "0"]]) {
      const { page, close } = await open(browser, renderText(text, ...options), { scheme });
      await page.locator("#chart").focus();
      await redrawn(page, () => page.keyboard.press("ArrowRight"));
      await page.waitForFunction(() => /bytes=81,233|attributes may be missing/.test(document.querySelector("#pinned-about")?.textContent ?? ""));
      assert.deepEqual(await violations(page), [], "in a line");
      await page.keyboard.press("i");
      await page.locator("#details.grown").waitFor();
      assert.deepEqual(await violations(page), [], "grown");
      await close();
    }
});

test("axe-core finds nothing wrong without a span, with problems, with unfinished spans", async () => {
  const at = (/** @type {number} */ s) => `2026-11-20T22:00:0${s}Z`;
  const pages = [
    renderText("group,task,start,end,color\n", "--group", "none"),
    renderText(`group,task,start,end,color\ng,a,${at(0)},${at(5)},\ng,b,${at(3)},${at(7)},\ng,c,yesterday,,\ng,open,${at(6)},,\n`),
  ];
  for (const path of pages) {
    const { page, close } = await open(browser, path);
    assert.deepEqual(await violations(page), []);
    await close();
  }
});

test("axe-core finds nothing wrong with a task's section and with several runs, in any width", async () => {
  const several = repeated('record g "task $RUN" 01.000 02.000');
  for (const scheme of /** @type {const} */ (["light", "dark"]))
    for (const path of [distribution(join(root, "tests/data/performance_py/records"), "make*", "save*"), several]) {
      const { page, close } = await openWhole(browser, path, { scheme, width: scheme === "dark" ? 420 : 1280 });
      if (path !== several) await page.locator("#distribution[data-state=ready]").waitFor();
      assert.deepEqual(await violations(page), []);
      await close();
    }
});

test("axe-core finds nothing wrong with attributes: a search by them, and a task's figures by their values", async () => {
  const at = (/** @type {number} */ s) => `2026-11-20T22:00:0${s}Z`;
  const rows = `g,a,${at(0)},${at(5)},,x.png,200\ng,a,${at(5)},${at(7)},,y.png,\ng,b,${at(7)},${at(8)},,,404\n`;
  const path = renderText(`group,task,start,end,color,url,status\n${rows}`);
  for (const scheme of /** @type {const} */ (["light", "dark"]))
    for (const search of ["url=*.png", "status>x"]) {
      const hash = `search=${encodeURIComponent(search)}&task=g/a&by=url&table=view`;
      const { page, close } = await open(browser, path, { scheme, width: scheme === "dark" ? 420 : 1280, hash });
      await page.waitForSelector("#table[data-state=ready]");
      assert.deepEqual(await violations(page), [], search);
      await close();
    }
});

test("every control that Tab reaches has a name and shows that it has the focus", async () => {
  const { page, close } = await open(browser, real());
  await page.locator("#chart").focus();
  await redrawn(page, () => page.keyboard.press("ArrowRight"));
  await page.locator("#findings a").first().focus(); // the first control of the page
  await page.keyboard.press("Shift+Tab");
  const session = await page.context().newCDPSession(page);
  /** @type {Set<string>} */
  const roles = new Set();
  let controls = 0;
  for (; controls < 150; controls += 1) {
    await page.keyboard.press("Tab");
    const place = await page.evaluate(() => {
      const element = /** @type {HTMLElement | null} */ (document.activeElement);
      if (!element || element === document.body || "seen" in element.dataset) return null; // all the way round
      element.dataset.seen = "";
      // A radio button is as large as its label, which has the outline.
      const shown = element.matches(".choice input") ? /** @type {Element} */ (element.closest("label")) : element;
      const { outlineStyle, outlineWidth } = getComputedStyle(shown);
      const box = shown.getBoundingClientRect();
      const text = `${element.tagName} ${element.id} ${element.getAttribute("aria-label") ?? element.textContent}`;
      return { text, hasOutline: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1, isSeen: box.width > 0 && box.height > 0 };
    });
    if (!place) break;
    assert.ok(place.hasOutline, `${place.text}: no outline`);
    assert.ok(place.isSeen, `${place.text}: cannot be seen`);
    const { result } = await session.send("Runtime.evaluate", { expression: "document.activeElement" });
    const { nodes } = await session.send("Accessibility.getPartialAXTree", { objectId: result.objectId, fetchRelatives: false });
    const [{ role, name }] = nodes;
    roles.add(String(role?.value));
    const isScroller = ["group", "DescriptionList", "generic"].includes(String(role?.value));
    assert.ok(isScroller || String(name?.value ?? "") !== "", `${place.text}: no name, role ${role?.value}`);
  }
  assert.ok(controls > 40 && controls < 150, `${controls} controls`);
  for (const role of ["searchbox", "radio", "button", "application", "slider", "checkbox", "link"])
    assert.ok(roles.has(role), `no ${role} among ${[...roles]}`);
  await close();
});

test("the whole tour goes by keyboard alone", async () => {
  const { page, close } = await open(browser, real());
  await page.keyboard.press("/");
  await page.keyboard.type("thumbnail");
  await page.waitForFunction(() => /24 spans/.test(document.querySelector("#found")?.textContent ?? ""));
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /^1 of 24 spans/.test(document.querySelector("#found")?.textContent ?? ""));

  await tabTo(page, "input[name=rows]");
  await redrawn(page, () => page.keyboard.press("ArrowRight"));
  assert.ok(await page.locator("input[name=rows][value=tasks]").isChecked());
  await redrawn(page, () => page.keyboard.press("ArrowLeft"));

  await tabTo(page, "#chart");
  await redrawn(page, () => page.keyboard.press("Escape"));
  assert.deepEqual(await pinned(page), {});
  await redrawn(page, () => page.keyboard.press("ArrowRight"));
  assert.match((await pinned(page)).task, /chimpanzee/);
  await redrawn(page, () => page.keyboard.press("ArrowRight"));
  assert.equal((await pinned(page)).task, "save image");
  assert.match((await page.locator("#status").textContent()) ?? "", /^save image, duration 16\.9 ms/, "it is told");
  const whole = await plotArea(page);
  await redrawn(page, () => page.keyboard.press("f"));
  const fitted = await plotArea(page);
  assert.ok(fitted.end - fitted.start < (whole.end - whole.start) / 10);
  await redrawn(page, () => page.keyboard.press("0"));

  await tabTo(page, "#legend button");
  await redrawn(page, () => page.keyboard.press("Space"));
  assert.equal((await legend(page)).filter(({ isOn }) => !isOn).length, 1);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-pressed")), "false", "the focus stays");
  await redrawn(page, () => page.keyboard.press("Space"));

  await tabTo(page, "#from");
  const start = (await plotArea(page)).start;
  await redrawn(page, () => page.keyboard.press("Shift+ArrowRight"));
  assert.ok((await plotArea(page)).start > start);

  await tabTo(page, "#folds button");
  await redrawn(page, () => page.keyboard.press("Enter"));
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-expanded")), "false");

  await tabTo(page, "#details button[value=longest]");
  await redrawn(page, () => page.keyboard.press("Enter"));
  assert.equal((await pinned(page)).task, "save image");

  await tabTo(page, "input[name=scope]");
  await page.keyboard.press("ArrowRight");
  await page.waitForSelector("#table[data-state=ready]");
  assert.ok("length" in (await figures(page)));

  await tabTo(page, "#tasks thead button");
  await addressed(page, () => page.keyboard.press("Enter"));
  const names = (await tableRows(page)).map(([name]) => name);
  assert.deepEqual(names, [...names].sort());

  await tabTo(page, "#tasks tbody input");
  await redrawn(page, () => page.keyboard.press("Space"));
  assert.equal((await legend(page)).filter(({ isOn }) => !isOn).length, 1);
  await tabTo(page, "#tasks tbody button");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement?.id), "task-heading");
  await tabTo(page, "#slowest a");
  await redrawn(page, () => page.keyboard.press("Enter"));
  assert.equal((await pinned(page)).task, names[0].split(" / ")[1]);

  await page.keyboard.press("?");
  await page.waitForSelector("#help[open]");
  await page.keyboard.press("Escape");
  await page.waitForSelector("#help:not([open])", { state: "attached" });
  await close();
});

test("the table is the chart's text alternative: every task with its figures, under a heading", async () => {
  const { page, close } = await open(browser, real());
  const tree = await page.locator("#table").ariaSnapshot();
  assert.match(tree, /heading "Tasks"/);
  assert.match(tree, /table "Tasks"/);
  assert.match(tree, /columnheader "self/);
  assert.match(tree, /rowheader .*make thumbnail/);
  assert.match(tree, /cell "315 ms"/);
  assert.equal((await page.locator("#marks, #over, #busy").evaluateAll((all) => all.filter((canvas) => canvas.ariaHidden !== "true"))).length, 0);
  await close();
});

test("nothing moves by itself for those who asked for that", async () => {
  for (const [motion, expected] of /** @type {const} */ ([["reduce", "auto"], ["no-preference", "smooth"]])) {
    const { page, close } = await open(browser, real(), { motion });
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).scrollBehavior), expected);
    const moving = await page.evaluate(() => document.getAnimations().length);
    assert.equal(moving, 0);
    await close();
  }
});

test("tasks of one hue are told apart without it: by name in the bar, in the tooltip, in the legend", async () => {
  const { page, close } = await open(browser, real(), { height: 1200 });
  await covered(page);
  const area = await plotArea(page);
  await page.mouse.move(area.left + area.width * 0.07, area.top + 8);
  await page.locator("#tooltip").waitFor({ state: "visible" });
  assert.match(await page.locator("#tooltip").innerText(), /chimpanzee/);
  const names = await page.locator(".barlayer .point text").allTextContents();
  assert.ok(names.some((name) => name.startsWith("make thumbnail")), `${names}`);
  assert.ok((await legend(page)).every(({ name }) => name !== ""));
  await settled(page);
  await close();
});
