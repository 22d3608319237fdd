// Search by attributes, and a task's figures by their values.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { count, duration, percent } from "#page/trace/units.js";

import { addressed, barsGiven, holdAttributes, launch, open, pinned, redrawn, render, scratch, settled, stamp, test } from "./browser.js";
import { busy } from "./plain.js";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("./plain.js").Row & {attributes: Record<string, string>}} Row */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

const MS = 1_000_000;
const HOSTILE = '<img src=x onerror=alert(1)> "q" \u202e*';

/** Requests and saves in two lanes, one after the other. @type {Row[]} */
const ROWS = Array.from({ length: 40 }, (_, index) => {
  const [lane, at] = [`l${index % 2}`, Math.floor(index / 2)];
  const start = at * 100 * MS + (index % 2) * MS;
  const isGet = at % 4 !== 3;
  const url = index === 8 ? HOSTILE : `img/${at % 5}.${at % 2 ? "png" : "jpg"}`;
  return {
    lane,
    group: "web",
    task: isGet ? "get" : "save",
    start,
    end: start + (10 + index) * MS,
    attributes: { ...(isGet ? { url } : {}), status: at % 3 ? "200" : "404", bytes: String(index * 50_000) },
  };
});

/** @param {string} value */
const field = (value) => `"${value.replaceAll('"', '""')}"`;

/** @param {readonly Row[]} rows @param {string[]} options */
function renderAttributes(rows, ...options) {
  const directory = scratch();
  for (const lane of new Set(rows.map((row) => row.lane))) {
    const own = rows.filter((row) => row.lane === lane);
    const names = [...new Set(own.flatMap(({ attributes }) => Object.keys(attributes)))];
    const lines = own.map(({ group, task, start, end, attributes }) =>
      [group, task, stamp(start), stamp(end), "", ...names.map((name) => field(attributes[name] ?? ""))].join(","),
    );
    writeFileSync(join(directory, `${lane}.csv`), `group,task,start,end,color,${names.join(",")}\n${lines.join("\n")}\n`);
  }
  return render(directory, ...options);
}

let path = "";
const attributed = () => (path ||= renderAttributes(ROWS));

/** Types a query and waits until the chart and the count follow. @param {Page} page @param {string} query */
async function search(page, query) {
  await redrawn(page, () => page.locator("#search").fill(query));
  await page.waitForSelector("#table[data-state=ready]");
  return page.locator("#found").innerText();
}

/** What the page must say of the rows that match. @param {(row: Row) => boolean} matches */
function foundText(matches) {
  const found = ROWS.filter(matches);
  const ns = busy(found);
  return `${count(found.length)} ${found.length === 1 ? "span" : "spans"} · ${duration(ns)} · ${percent(ns / busy(ROWS))} of busy time`;
}

test("conditions on attributes find the spans that fulfil all of them", async () => {
  const { page, close } = await open(browser, attributed());
  assert.match((await page.locator("#search").getAttribute("placeholder")) ?? "", /^search: text, .+=…/);
  /** @type {[string, (row: Row) => boolean][]} */
  const cases = [
    ["status=404", ({ attributes }) => attributes.status === "404"],
    ["url=*.png", ({ attributes }) => attributes.url?.endsWith(".png")],
    ["bytes>1M", ({ attributes }) => Number(attributes.bytes) > 1e6],
    ["bytes>=0.5M bytes<1M STATUS!=404", ({ attributes: { bytes, status } }) => Number(bytes) >= 5e5 && Number(bytes) < 1e6 && status !== "404"],
    ["save status=200", ({ task, attributes }) => task === "save" && attributes.status === "200"],
    ["get png l1", ({ lane, task, attributes }) => lane === "l1" && task === "get" && attributes.url.includes("png")],
    ["404", ({ attributes }) => attributes.status === "404"],
    ['url="img/1.png"', ({ attributes }) => attributes.url === "img/1.png"],
  ];
  for (const [query, matches] of cases) assert.equal(await search(page, query), foundText(matches), query);
  assert.equal(await search(page, "url=*.gif"), "no span matches");
  assert.equal(await search(page, ""), "");
  await close();
});

test("a condition that cannot hold says why, and the chart stays as it is", async () => {
  const { page, close } = await open(browser, attributed());
  const before = await barsGiven(page);
  assert.equal(await search(page, "bytes>abc"), "not a number: bytes>abc");
  assert.deepEqual(await barsGiven(page), before);
  assert.equal(await search(page, "save url="), "no value: url=");
  assert.match(await search(page, `bytes<${HOSTILE}`), /^not a number: bytes<<img/);
  await close();
});

test("spans of one task are told apart by their attributes, in rows by lane and by task", async () => {
  const { page, close } = await open(browser, attributed());
  for (const rows of ["tasks", "lanes"]) {
    await redrawn(page, () => page.locator(`input[name=rows][value=${rows}]`).evaluate((/** @type {HTMLElement} */ box) => box.click()));
    const before = new Map((await barsGiven(page)).map((bar) => [`${bar.start} ${bar.entry}`, bar.color]));
    await search(page, "status=404");
    const bars = await barsGiven(page);
    assert.equal(bars.length, ROWS.length);
    for (const { start, end, entry, color } of bars) {
      const row = ROWS.find((own) => Math.abs(own.start - start) < MS / 2 && own.task === entry);
      assert.equal(color === before.get(`${start} ${entry}`), row?.attributes.status === "404", `${rows}: ${entry} ${start} ${end}`);
    }
    await search(page, "");
  }
  await close();
});

test("enter walks from match to match, and none else", async () => {
  const { page, close } = await open(browser, attributed());
  await search(page, "status=404 save");
  const wanted = ROWS.filter(({ task, attributes }) => task === "save" && attributes.status === "404");
  assert.ok(wanted.length > 2);
  for (const [index] of wanted.entries()) {
    await redrawn(page, () => page.locator("#search").press("Enter"));
    await page.waitForSelector("#table[data-state=ready]");
    assert.equal((await pinned(page)).task, "save");
    assert.match(await page.locator("#found").innerText(), new RegExp(`^${index + 1} of ${wanted.length} spans`));
  }
  await close();
});

test("enter right after typing goes to a match of what was typed", async () => {
  const { page, close } = await open(browser, attributed());
  await page.locator("#search").fill('url="img/1.png"');
  await page.locator("#search").press("Enter");
  await page.waitForSelector("#details.pinned");
  assert.equal((await pinned(page)).task, "get");
  await page.waitForFunction(() => /^1 of \d+ spans/.test(document.querySelector("#found")?.textContent ?? ""));
  await close();
});

test("the export has the matches alone, with their attributes", async () => {
  const { page, close } = await open(browser, attributed());
  await search(page, "bytes>1.8M");
  await page.locator("#exports summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#exports button[value=csv]").click()]);
  const file = join(scratch(), "export.csv");
  await download.saveAs(file);
  const [, ...lines] = readFileSync(file, "utf8").trim().split("\r\n");
  assert.equal(lines.length, ROWS.filter(({ attributes }) => Number(attributes.bytes) > 1.8e6).length);
  for (const line of lines) assert.match(line, /,1[89]\d0000\b/);
  await close();
});

test("an export during a search has what it finds, also if Enter was pressed since", async () => {
  const { page, close } = await open(browser, attributed());
  const letGo = await holdAttributes(page);
  await page.locator("#search").fill("bytes>1.8M");
  await page.locator("#exports summary").click();
  await page.locator("#exports button[value=csv]").click();
  await page.locator("#search").press("Enter");
  const [download] = await Promise.all([page.waitForEvent("download"), letGo()]);
  const file = join(scratch(), "export.csv");
  await download.saveAs(file);
  assert.equal(readFileSync(file, "utf8").trim().split("\r\n").length - 1, ROWS.filter(({ attributes }) => Number(attributes.bytes) > 1.8e6).length);
  await page.waitForSelector("#details.pinned");
  await close();
});

test("an export that waits for a search is given up, which is said, when another search is begun", async () => {
  const { page, close } = await open(browser, attributed());
  const letGo = await holdAttributes(page);
  await page.locator("#search").fill("bytes>1.8M");
  await page.locator("#exports summary").click();
  await page.locator("#exports button[value=csv]").click();
  page.on("download", () => assert.fail("it was given up"));
  await page.locator("#search").fill("status=404");
  await page.locator("#said", { hasText: "not exported: another search was begun" }).waitFor();
  await letGo();
  await settled(page);
  await page.waitForFunction(() => /^\d+ spans/.test(document.querySelector("#found")?.textContent ?? ""));
  await close();
});

test("where attributes cannot be read the export lacks them, and says so", async () => {
  const broken = join(scratch(), "broken.html");
  writeFileSync(broken, readFileSync(attributed(), "utf8").replace(/(id="attributes-0">)[^<]*/, "$1"));
  const { page, close } = await open(browser, broken);
  await page.locator("#exports summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#exports button[value=csv]").click()]);
  const file = join(scratch(), "export.csv");
  await download.saveAs(file);
  const [header, ...lines] = readFileSync(file, "utf8").trim().split("\r\n");
  assert.equal(header, "group,task,start,end,color,process,thread,duration_ns");
  assert.equal(lines.length, ROWS.length);
  await page.locator("#said", { hasText: "saved without attributes, which could not be read" }).waitFor();
  await assert.rejects(close(), /uncaught/, "the console has the reason");
});

test("a link shows the same search, once the rows are there", async () => {
  const { page, release, close } = await open(browser, attributed(), { hash: "search=status%3D404%20bytes%3E1M", hold: ["rows"] });
  await page.waitForFunction(() => document.querySelector("#found")?.textContent === "when the rows are read");
  await release("rows");
  await settled(page);
  await page.waitForSelector("#table[data-state=ready]");
  const wanted = foundText(({ attributes: { status, bytes } }) => status === "404" && Number(bytes) > 1e6);
  await page.waitForFunction((wanted) => document.querySelector("#found")?.textContent === wanted, wanted);
  await close();
});

test("where the page has no room for some attributes, a search says so", async () => {
  const rows = Array.from({ length: 3000 }, (_, index) => ({
    ...ROWS[0],
    start: index * 10_000,
    end: index * 10_000 + 1000 + index,
    attributes: { id: String((index * 2654435761) % 4294967296) },
  }));
  const { page, close } = await open(browser, renderAttributes(rows, "--attributes", "5kB"));
  assert.match(await search(page, "id=*7"), /^at least [\d,]+ spans · .* · attributes of [\d,]+ spans not searched$/);
  assert.match(await search(page, "nowhere"), /^no span here matches · attributes of/);
  await close();
});

test("of summarised lanes the longest spans are searched, which is said", async () => {
  const rows = ROWS.map((row) => ({ ...row, lane: "l0" })); // more than a summary keeps of a lane
  const { page, close } = await open(browser, renderAttributes(rows, "--detail", "1"));
  const [, text] = /^at least (\d+) spans? · /.exec(await search(page, "status=404")) ?? [];
  const all = ROWS.filter(({ attributes }) => attributes.status === "404").length;
  assert.ok(Number(text) > 0 && Number(text) <= all, text);
  assert.equal(await search(page, "status=500"), "no span here matches");
  await close();
});

/** The lines of the split. @param {Page} page */
const split = (page) =>
  page.locator("#split-table tbody tr").evaluateAll((all) => all.map(({ children }) => [...children].map(({ textContent }) => textContent ?? "")));

/** @param {string} name @param {string} value */
const having = (name, value) => ROWS.filter(({ task, attributes }) => task === "get" && (attributes[name] ?? "") === value);

test("a task's figures are split by the values of an attribute, those with the most self time first", async () => {
  const { page, close } = await open(browser, attributed(), { hash: "task=web/get&by=status" });
  const lines = await split(page);
  const sums = ["200", "404"].map((value) => {
    const own = having("status", value);
    const self = own.reduce((sum, { start, end }) => sum + end - start, 0);
    return { value, count: own.length, self };
  });
  sums.sort((one, other) => other.self - one.self);
  const all = sums.reduce((sum, { self }) => sum + self, 0);
  assert.deepEqual(
    lines.map(([value, count, total, self, mean, , share]) => [value, count, total, self, mean, share]),
    // No other span runs inside these, so that total and self are one.
    sums.map(({ value, count, self }) => [
      value,
      String(count),
      duration(self),
      duration(self),
      duration(Math.round(self / count)),
      percent(self / all),
    ]),
  );
  await close();
});

test("the attribute is chosen, and a link shows the same", async () => {
  const { page, close } = await open(browser, attributed(), { hash: "task=web/get" });
  const names = await page.locator("#split-by option").allInnerTexts();
  assert.deepEqual([...names].sort(), ["bytes", "status", "url"]);
  const hash = await addressed(page, () => page.locator("#split-by").selectOption("bytes").then(() => {}));
  assert.match(hash, /by=bytes/);
  const lines = await split(page);
  assert.ok(lines.length > 1 && lines.length <= 12);
  for (const [range] of lines) assert.match(range, /^[\d,]+ to [\d,]+$/);
  await close();
  const again = await open(browser, attributed(), { hash });
  assert.equal(await again.page.locator("#split-by").inputValue(), "bytes");
  assert.deepEqual(await split(again.page), lines);
  await again.close();
});

test("a click on a value searches for it, also for one that is markup, and on a range", async () => {
  const { page, close } = await open(browser, attributed(), { hash: "task=web/get&by=url" });
  const lines = await split(page);
  assert.ok(lines.some(([value]) => value.startsWith("<img src=x onerror=alert(1)>")));
  for (const [value, count] of lines.filter(([value]) => !/^without|other/.test(value))) {
    const button = page.locator("#split-table .link").nth(lines.findIndex(([own]) => own === value));
    await redrawn(page, () => button.click());
    await page.waitForSelector("#table[data-state=ready]");
    assert.match(await page.locator("#found").innerText(), new RegExp(`^${count} span`), value);
  }
  assert.equal(await page.locator("#split img").count(), 0);
  await page.locator("#split-by").selectOption("bytes");
  const [[, count]] = await split(page);
  await redrawn(page, () => page.locator("#split-table .link").first().click());
  await page.waitForSelector("#table[data-state=ready]");
  const own = Number((await page.locator("#found").innerText()).split(" ")[0]);
  assert.ok(own >= Number(count), "spans of other tasks may be in the range, too");
  await close();
});

test("the slowest spans show their attributes, and a task is split only by those that it has", async () => {
  const { page, close } = await open(browser, attributed(), { hash: "task=web/get" });
  const first = page.locator("#slowest li").first();
  const text = await first.locator(".about").textContent();
  assert.match(text ?? "", /bytes=1,850,000.*status=\d+.*url=/);
  await close();
  const other = await open(browser, attributed(), { hash: "task=web/save&by=url" });
  const names = await other.page.locator("#split-by option").allInnerTexts();
  assert.ok(!names.includes("url"), "no save has one");
  await other.close();
});

test("a value that is cut ends with an ellipsis and is found by its beginning; attributes that are not shown are counted", async () => {
  const further = Object.fromEntries(Array.from({ length: 13 }, (_, at) => [`n${String(at).padStart(2, "0")}`, "x"]));
  const rows = ["a".repeat(300), "a".repeat(200)].map((body, at) => {
    const [start, attributes] = [at * 100 * MS, { body, ...further }];
    return { lane: "l", group: "web", task: "get", start, end: start + (20 - at) * MS, attributes };
  });
  const { page, close } = await open(browser, renderAttributes(rows), { hash: "task=web/get&by=body" });
  assert.deepEqual((await split(page)).map(([value]) => value), [`${"a".repeat(200)}…`, "a".repeat(200)]);
  for (const [at, found] of ["2 spans", "1 span"].entries()) {
    await redrawn(page, () => page.locator("#split-table .link").nth(at).click());
    await page.waitForSelector("#table[data-state=ready]");
    assert.match(await page.locator("#found").innerText(), new RegExp(`^${found} `));
  }
  const first = page.locator("#slowest li .about").first();
  assert.match((await first.textContent()) ?? "", /^body=a+…a*….*n00=x.*n01=x.*\+11$/);
  const lines = (await first.getAttribute("title"))?.split("\n") ?? [];
  assert.deepEqual([lines.length, lines[0], lines.at(-1)], [13, `body=${"a".repeat(200)}…`, "+2"]);
  await close();
});

test("a slow span's attributes begin with those that tell spans apart", async () => {
  const rows = ROWS.map((row, index) => ({ ...row, attributes: { a: "x", b: "x", c: "x", url: `${index}.png` } }));
  const { page, close } = await open(browser, renderAttributes(rows), { hash: "task=web/get" });
  assert.match(await page.locator("#slowest .about").first().innerText(), /^url=\d+\.png\s*a=x\s*b=x\s*\+1$/);
  await close();
});
