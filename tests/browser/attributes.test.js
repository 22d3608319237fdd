// Attributes of spans: in the tooltip, in the drawer, in exported rows; and how to print those that the page lacks.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before } from "node:test";

import { barsGiven, holdAttributes, launch, open, program, redrawn, renderText, repeated, scratch, stamp, test } from "./browser.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

const LONG = "x=".repeat(500);
const HEADER = "group,task,start,end,color,url,bytes,status,referrer,type\n";

/** Images that are requested one after the other; the last has no attribute. Each is saved, which has none. @param {string[]} options */
function images(...options) {
  const rows = Array.from({ length: 9 }, (_, at) => {
    const start = at * 100e6;
    const about = at < 8 ? `${at}.png,${81_233 + at},200,${at === 3 ? LONG : ""},${at === 3 ? "image/png" : ""}` : ",,,,";
    const request = `download,request,${stamp(start)},${stamp(start + (at + 1) * 8e6)},,${about}\n`;
    return `${request}download,save,${stamp(start + 1e6)},${stamp(start + 2e6)},,,,,,\n`;
  });
  return renderText(HEADER + rows.join(""), ...options);
}

/** The middle of the bar of a request. @param {Page} page @param {number} at */
async function middle(page, at) {
  const bar = (await barsGiven(page)).find((bar) => Math.abs(bar.start - at * 100e6) < 2e5 && bar.end - bar.start > 5e6);
  assert.ok(bar, `no bar of ${at}`);
  return bar;
}

/** @param {Page} page @param {number} at */
async function pin(page, at) {
  const { x, y } = await middle(page, at);
  await redrawn(page, () => page.mouse.click(x, y));
  await page.waitForFunction(() => !document.querySelector("#pinned-about")?.textContent?.includes("reading"));
}

/** What the drawer lists: names and values. @param {Page} page */
const listed = (page) =>
  page.locator("#pinned-attributes dl > div").evaluateAll((all) => all.map(({ children: [name, value] }) => [name.textContent, value.textContent]));

test("the tooltip shows three attributes, cut, and counts the rest; what is there does not move", async () => {
  const { page, close } = await open(browser, images());
  const { x, y } = await middle(page, 3);
  const letGo = await holdAttributes(page);
  await page.mouse.move(x, y);
  const tooltip = page.locator("#tooltip");
  await tooltip.waitFor({ state: "visible" });
  assert.equal(await tooltip.locator("dl").count(), 1, "nothing of them before they are decoded");
  const places = () => tooltip.locator("p, dl:first-of-type > *").evaluateAll((all) => all.map((one) => [one.getBoundingClientRect().x, one.getBoundingClientRect().y]));
  const before = await places();
  await letGo();
  await tooltip.locator("dl + dl").waitFor();
  assert.deepEqual(await places(), before);
  const shown = await tooltip.locator("dl + dl").evaluate((list) => [...list.children].map(({ textContent }) => textContent));
  assert.deepEqual(shown, ["bytes", "81236", "url", "3.png", "status", "200", "", "+2 more"]);
  await close();
});

test("the drawer's line shows three attributes, and all of them when it is grown, whole", async () => {
  for (const [width, height] of [[1280, 720], [900, 600]]) {
    const { page, close } = await open(browser, images(), { width, height });
    await pin(page, 3);
    const line = await page.locator("#pinned-about").evaluate(({ children }) => [...children].map(({ textContent }) => textContent));
    assert.deepEqual(line, ["bytes=81,236", "url=3.png", "status=200", "+2"]);
    assert.equal((await page.locator("#details").boundingBox())?.height, 44);
    await page.keyboard.press("i");
    await page.locator("#details.grown").waitFor();
    assert.deepEqual(await listed(page), [["bytes", "81236"], ["url", "3.png"], ["status", "200"], ["referrer", LONG], ["type", "image/png"]]);
    const [body, long] = [await page.locator("#pinned-body").boundingBox(), await page.locator("#pinned-attributes dd").nth(3).boundingBox()];
    assert.ok(body && long && long.x + long.width <= body.x + body.width && long.height > 40, "a long value wraps");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    await close();
  }
});

test("attributes are copied with the fields of a span", async () => {
  const { page, close } = await open(browser, images());
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await pin(page, 3);
  await page.locator("#details button[value=copy]").click();
  await page.waitForFunction(() => document.querySelector("#said")?.textContent === "fields copied");
  const lines = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
  for (const line of ["task: request", "url: 3.png", "bytes: 81236", `referrer: ${LONG}`]) assert.ok(lines.includes(line), line);
  await close();
});

test("a span without attributes shows none, also right after one that has some", async () => {
  const { page, close } = await open(browser, images());
  await pin(page, 3);
  await pin(page, 8);
  assert.equal(await page.locator("#pinned-about").innerText(), "");
  await page.keyboard.press("i");
  await page.locator("#details.grown").waitFor();
  assert.equal(await page.locator("#pinned-attributes").isVisible(), false);
  await close();
});

test("in rows by task a span has its own attributes", async () => {
  const { page, close } = await open(browser, images(), { hash: "rows=tasks" });
  await pin(page, 5);
  assert.match(await page.locator("#pinned-about").innerText(), /url=5\.png/);
  await close();
});

/** What a command of the drawer prints of the spans that it finds. @param {string} command */
function printed(command) {
  const text = execFileSync("sh", ["-c", command], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${dirname(program())}:${process.env.PATH}` },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return JSON.parse(text).slowest.flatMap((/** @type {any} */ task) => task.spans);
}

test("where the page has no room, it says so, and shows a command that prints the attributes", async () => {
  const path = images("--attributes", "0");
  const { page, close } = await open(browser, path);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  assert.match(await page.locator("#notes").innerText(), /Attributes of 8 spans are not on this page/);
  await pin(page, 3);
  assert.match(await page.locator("#pinned-about").innerText(), /attributes may be missing/);
  await page.keyboard.press("i");
  await page.locator("#details.grown").waitFor();
  const command = await page.locator("#pinned-attributes code").innerText();
  await page.locator("#pinned-attributes button").click();
  await page.waitForFunction(() => document.querySelector("#said")?.textContent === "command copied");
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command);
  assert.match(command, /^waterfall stats --format json \S+ --slowest 1000 --task='download\/request' --from 2026-\S+ --to 2026-\S+$/);
  const [span, ...others] = printed(command);
  assert.deepEqual([others, span.attributes], [[], { bytes: "81236", referrer: LONG, status: "200", type: "image/png", url: "3.png" }]);
  await close();
});

test("the command finds a span among many that ran at that moment; an unfinished one has none", async () => {
  const rows = Array.from({ length: 30 }, (_, at) => `g,-t,${stamp(0)},${stamp(1e9 - at * 1e6)},,n${at}\n`);
  const last = `g,open,${stamp(1.5e9)},,,n30\n`;
  const path = renderText(`group,task,start,end,color,n\n${rows.join("")}${last}`, "--attributes", "0");
  const { page, close } = await open(browser, path, { hash: "rows=tasks", height: 1000 });
  const bars = await barsGiven(page);
  const unfinished = bars.find(({ start }) => start > 1.2e9);
  assert.ok(unfinished);
  await redrawn(page, () => page.mouse.click(unfinished.x, unfinished.y));
  const about = page.locator("#pinned-attributes");
  await about.locator("p").waitFor({ state: "attached" });
  assert.match((await about.textContent()) ?? "", /If this span has attributes, they are not on this page/);
  assert.equal(await about.locator("code").count(), 0);

  const shortest = bars.reduce((found, bar) => (bar.end < found.end ? bar : found));
  await redrawn(page, () => page.mouse.click(shortest.x, shortest.y));
  await about.locator("code").waitFor({ state: "attached" });
  const spans = printed((await about.locator("code").textContent()) ?? "");
  assert.equal(spans.length, 30);
  assert.ok(spans.some((/** @type {any} */ span) => span.attributes.n === "n29"));
  await close();
});

test("where the page has not all names, every span says that it may have more of them", async () => {
  const names = Array.from({ length: 207 }, (_, at) => `n${String(at).padStart(3, "0")}`);
  const rows = [`g,t,${stamp(0)},${stamp(1e9)},,${names.map((_, at) => (at < 200 ? "x" : "")).join(",")}\n`, `g,t,${stamp(2e9)},${stamp(3e9)},,${names.map((_, at) => (at < 200 ? "" : at)).join(",")}\n`];
  const path = renderText(`group,task,start,end,color,${names.join(",")}\n${rows.join("")}`);
  const { page, close } = await open(browser, path);
  assert.match((await page.locator("#notes").textContent()) ?? "", /7 attribute names are not on this page/);
  const bars = await barsGiven(page);
  for (const [bar, line, count] of /** @type {const} */ ([[bars[0], /\+197/, 200], [bars[1], /attributes may be missing/, 0]])) {
    await redrawn(page, () => page.mouse.click(bar.x, bar.y));
    await page.waitForFunction((text) => new RegExp(text).test(document.querySelector("#pinned-about")?.textContent ?? ""), line.source);
    if (count > 0) await page.keyboard.press("i");
    await page.locator("#details.grown code").waitFor();
    assert.match(await page.locator("#pinned-attributes").innerText(), /7 attribute names are not on this page: this span may have some of them\./);
    assert.equal((await listed(page)).length, count);
    const found = printed(await page.locator("#pinned-attributes code").innerText());
    assert.deepEqual([found.length, Object.keys(found[0].attributes).length], [1, count || 7]);
  }
  await close();
});

test("the attributes of the longest spans are on the page where there is no room for all", async () => {
  const { page, close } = await open(browser, images("--attributes", "220B"));
  assert.match(await page.locator("#notes").innerText(), /Attributes of [1-7] spans? are not on this page/);
  await pin(page, 7);
  assert.match(await page.locator("#pinned-about").innerText(), /url=7\.png/);
  await pin(page, 0);
  assert.match(await page.locator("#pinned-about").innerText(), /attributes may be missing/);
  await close();
});

test("exported rows have a column for each attribute, and are read again with them", async () => {
  const { page, close } = await open(browser, images());
  await page.locator("#exports summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#exports button[value=csv]").click()]);
  const saved = join(scratch(), "saved.csv");
  await download.saveAs(saved);
  const [header, ...lines] = readFileSync(saved, "utf8").split("\r\n");
  assert.equal(header, "group,task,start,end,color,process,thread,duration_ns,bytes,url,status,referrer,type");
  assert.equal(lines.filter((line) => line.endsWith(",200,,")).length, 7);
  await close();

  const again = await open(browser, renderText(readFileSync(saved, "utf8")));
  await pin(again.page, 3);
  await again.page.keyboard.press("i");
  await again.page.locator("#details.grown").waitFor();
  const found = new Map(/** @type {[string, string][]} */ (await listed(again.page)));
  assert.deepEqual(["url", "bytes", "status", "referrer", "type"].map((name) => found.get(name)), ["3.png", "81236", "200", LONG, "image/png"]);
  await again.close();
});

test("of several runs each has its own attributes", async () => {
  const path = repeated(`
    echo group,task,start,end,color,run > "$WATERFALL_DIR/a.csv"
    echo "g,a,2026-11-20T22:00:00Z,2026-11-20T22:00:0\${RUN}Z,,number $RUN" >> "$WATERFALL_DIR/a.csv"
    [ "$RUN" = 1 ] && echo "g,b,2026-11-20T22:00:05Z,2026-11-20T22:00:09Z,," >> "$WATERFALL_DIR/a.csv"; true`);
  const first = await open(browser, path);
  const runs = await first.page.locator("#runs a[data-run]").evaluateAll((all) => all.map((one) => /** @type {HTMLElement} */ (one).dataset.run));
  assert.equal(runs.length, 3);
  await first.close();
  for (const run of runs) {
    const { page, close } = await open(browser, path, { hash: `run=${run}` });
    await page.locator("#chart").focus();
    await redrawn(page, () => page.keyboard.press("ArrowRight"));
    await page.waitForFunction((text) => document.querySelector("#pinned-about")?.textContent === text, `run=number ${run}`);
    await close();
  }
});
