// What leaves the page: pictures with the canvas in them, rows that are read again, paper.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { asPixel, drawnBars, generate, launch, legend, openWhole, plotArea, real, redrawn, render, renderText, scratch, settled, stamp, test } from "./browser.js";
import { realRows, touches } from "./plain.js";

/** @typedef {import("playwright-core").Page} Page */

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** Exports, gives the file's suggested name and its bytes. @param {Page} page @param {string} kind */
async function exported(page, kind) {
  await page.locator("#exports summary").click();
  const [download] = await Promise.all([page.waitForEvent("download"), page.locator(`#exports button[value=${kind}]`).click()]);
  const path = join(scratch(), "export");
  await download.saveAs(path);
  return { name: download.suggestedFilename(), path, bytes: readFileSync(path) };
}

/** Size and the colours of a picture, as `r,g,b,a`, each with how many pixels have it. @param {Page} page @param {Buffer} bytes @param {string} type */
async function colours(page, bytes, type) {
  return page.evaluate(
    async ([base64, type]) => {
      const text = atob(base64);
      const blob = new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))], { type });
      const picture = new Image();
      picture.src = URL.createObjectURL(blob);
      await picture.decode();
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      context.drawImage(picture, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      /** @type {Record<string, number>} */
      const counts = {};
      for (let at = 0; at < data.length; at += 4) {
        const color = data.slice(at, at + 4).join();
        counts[color] = (counts[color] ?? 0) + 1;
      }
      return { width: canvas.width, height: canvas.height, counts };
    },
    /** @type {const} */ ([bytes.toString("base64"), type]),
  );
}

for (const [what, path] of /** @type {const} */ ([
  ["bars", () => real()],
  ["a canvas of thousands", () => render(generate(20_000, 64))],
]))
  test(`the chart as PNG and as SVG has the colours of ${what}, and the chart's size`, async () => {
    const { page, close } = await openWhole(browser, path());
    const chart = await page.locator("#chart").boundingBox();
    const own = await legend(page);
    for (const [kind, type, scale] of /** @type {const} */ ([
      ["png", "image/png", 2],
      ["svg", "image/svg+xml", 1],
    ])) {
      const { name, bytes } = await exported(page, kind);
      assert.match(name, new RegExp(`\\.${kind}$`));
      const { width, height, counts } = await colours(page, bytes, type);
      assert.equal(width, Math.round((chart?.width ?? 0) * scale));
      const above = height / scale - (chart?.height ?? 0); // Plotly's legend
      assert.ok(above > 20 && above < 80, `${above} px of legend`);
      for (const { name, color } of own.slice(0, 5)) assert.ok((counts[await asPixel(page, color)] ?? 0) > 100 * scale, `${kind}: ${name} is not there`);
      assert.ok((counts[await asPixel(page, "#ffffff")] ?? 0) > (width * height) / 4, "the background is the page's");
    }
    assert.equal(await settled(page), await settled(page), "the page itself has not changed");
    await close();
  });

test("an SVG is one well-formed picture: bars as vectors, canvases as images, names as text", async () => {
  const { page, close } = await openWhole(browser, real());
  const { bytes } = await exported(page, "svg");
  const found = await page.evaluate((text) => {
    const root = new DOMParser().parseFromString(text, "image/svg+xml");
    const paths = [...root.querySelectorAll(".barlayer .point path")].filter((path) => path.getAttribute("d") !== "M0,0Z");
    return { error: root.querySelector("parsererror")?.textContent ?? "", bars: paths.length, images: root.querySelectorAll("image").length, text: root.documentElement.textContent ?? "" };
  }, bytes.toString());
  assert.deepEqual([found.error, found.bars, found.images], ["", (await drawnBars(page)).length, 3]);
  assert.match(found.text, /make thumbnail/);
  assert.doesNotMatch(bytes.toString(), /<script|https?:\/\/(?!www\.w3\.org)/);
  await close();
});

test("the CSV has the spans of the time in view, of the selection, of what matches and is switched on", async () => {
  const { page, close } = await openWhole(browser, real());
  const rows = realRows();
  const csv = async () => {
    const [head, ...lines] = (await exported(page, "csv")).bytes.toString().trimEnd().split("\r\n");
    assert.equal(head, "group,task,start,end,color,process,thread,duration_ns");
    return lines.length;
  };
  assert.equal(await csv(), 50);
  await redrawn(page, () => page.keyboard.press("w"));
  const { start, end } = await plotArea(page);
  assert.equal(await csv(), rows.filter((row) => touches(row, { start, end })).length);
  await redrawn(page, () => page.locator("#search").fill("save"));
  assert.equal(await csv(), rows.filter((row) => touches(row, { start, end }) && row.task === "save image").length);
  await redrawn(page, () => page.locator("#search").fill(""));
  await redrawn(page, () => page.evaluate(() => void (location.hash = "select=0..150000000&table=selection")));
  assert.equal(await csv(), rows.filter((row) => touches(row, { start: 0, end: 150e6 })).length);
  await redrawn(page, () => page.locator("#tasks tbody input").first().press("Space"));
  assert.equal(await csv(), rows.filter((row) => touches(row, { start: 0, end: 150e6 }) && row.task !== 'download "chimpanzee-3703230.jpg"').length);
  await close();
});

test("the program reads the CSV again, and finds the same spans", async () => {
  const names = ["plain", 'quo"ted, comma', "=cmd()|'!A1", "<b>", "\u05e9\u05dc\u05d5\u05dd"];
  const rows = names.map((name, index) => `g,"${name.replaceAll('"', '""')}",${stamp(index * 1000)},${stamp(index * 1000 + 7)},`);
  const { page, close } = await openWhole(browser, renderText(`group,task,start,end,color\n${rows.join("\n")}\n`));
  const { path, bytes } = await exported(page, "csv");
  assert.match(bytes.toString(), /,'=cmd\(\)/, "no formula for a spreadsheet");
  const directory = scratch();
  execFileSync("cp", [path, join(directory, "again.csv")]);
  const again = await openWhole(browser, render(directory));
  const durations = await again.page.locator("#tasks tbody tr td:nth-child(3)").allTextContents();
  assert.deepEqual(durations, names.map(() => "7 ns"));
  const texts = await again.page.locator("#tasks tbody th").allTextContents();
  for (const name of ["plain", 'quo"ted, comma', "'=cmd()|'!A1", "<b>"]) assert.ok(texts.some((text) => text.includes(name)), `${name} is not in ${texts}`);
  await again.close();
  await close();
});

test("a file's name is the title without anything that leads elsewhere", async () => {
  const { page, close } = await openWhole(browser, renderText("group,task,start,end,color\ng,a,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z,\n", "--title", '../../x<b>"\u202egnp.exe'));
  assert.match((await exported(page, "csv")).name, /^x-b-.*gnp\.exe\.csv$/);
  await close();
});

test("on paper the page is light, as wide as the paper and without controls, and afterwards as it was", async () => {
  const { page, close } = await openWhole(browser, real(), { scheme: "dark" });
  const dark = { width: (await page.locator("#chart").boundingBox())?.width, legend: await legend(page) };
  const printed = await page.evaluate(async () => {
    window.dispatchEvent(new Event("beforeprint"));
    await new Promise((done) => setTimeout(done)); // what a browser grants before it prints: no frame
    const root = getComputedStyle(document.documentElement);
    const canvas = /** @type {HTMLCanvasElement} */ (document.querySelector("#marks"));
    const colors = [...document.querySelectorAll("#legend button")].map((button) => /** @type {HTMLElement} */ (button).style.getPropertyValue("--swatch"));
    const busy = /** @type {HTMLCanvasElement} */ (document.querySelector("#busy"));
    const sharp = [canvas.width / canvas.clientWidth, busy.width / busy.getBoundingClientRect().width];
    return { width: canvas.clientWidth, sharp, colors, surface: root.getPropertyValue("--surface").trim() };
  });
  assert.equal(printed.width, 1046, "as wide as A4 between its margins");
  assert.deepEqual(printed.sharp, [4, 4], "finer than a screen, and exactly: else Chromium prints canvases smaller, and time axes differ");
  assert.equal(printed.surface, "#ffffff");
  assert.notDeepEqual(printed.colors.slice(0, 3), dark.legend.slice(0, 3).map(({ color }) => color));
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("#toolbar, #hint, .choice, #brush").evaluateAll((all) => all.filter((element) => element.getClientRects().length > 0).length), 0);
  const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
  assert.ok(pdf.length > 10_000);
  await page.emulateMedia({ media: "screen" });
  await redrawn(page, () => page.evaluate(() => void window.dispatchEvent(new Event("afterprint"))));
  assert.deepEqual({ width: (await page.locator("#chart").boundingBox())?.width, legend: await legend(page) }, dark);
  await close();
});

test("names that are no characters harm no picture", async () => {
  const { page, close } = await openWhole(browser, renderText("group,task,start,end,color\ng,a\uffffb,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z,\n"));
  const { bytes } = await exported(page, "svg");
  assert.match(bytes.toString(), /^<svg/);
  assert.match(bytes.toString(), /a\ufffdb/);
  await exported(page, "png");
  await close();
});

test("the spans of a folded process are not in view, and not in the CSV", async () => {
  const { page, close } = await openWhole(browser, real(), { hash: "fold=0" });
  const lines = (await exported(page, "csv")).bytes.toString().trimEnd().split("\r\n").length - 1;
  assert.equal(lines, realRows().filter(({ lane }) => !lane.startsWith("17507")).length);
  await close();
});
