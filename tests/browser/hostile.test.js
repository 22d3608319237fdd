// Names from files are text everywhere and run nothing.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { covered, launch, nasty, openWhole, plotArea, render, root, scratch, test } from "./browser.js";

/** @type {import("playwright-core").Browser} */
let browser;
before(async () => void (browser = await launch()));
after(() => browser.close());

/** What markup in names would leave behind. @param {import("playwright-core").Page} page */
const foreign = (page) =>
  page.evaluate(() => ({
    elements: document.querySelectorAll("img, iframe, object, embed, [onerror], [onload], .js-plotly-plot a, .js-plotly-plot b").length,
    scripts: [...document.scripts].filter((script) => /alert/.test(script.textContent ?? "") && !/json|plain/.test(script.type) && !script.src).length,
  }));

test("markup in task, group and thread is shown and runs nothing", async () => {
  const { page, close } = await openWhole(browser, render(join(root, "tests/data/nasty/html.csv"), "--title", "<img src=x onerror=alert(9)>"));
  assert.deepEqual(await foreign(page), { elements: 0, scripts: 0 });
  const table = await page.locator("#tasks").innerText();
  for (const name of ["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<!--<script>", "]]>", "&lt;b&gt;", '"><svg onload=alert(1)>', "'+alert(1)+'", "${alert(1)}", "{{7*7}}", "\\u003cscript"]) {
    assert.ok(table.includes(name), `${name} is not in the table`);
  }
  assert.equal(await page.locator("h1").innerText(), "<img src=x onerror=alert(9)>");
  assert.match((await page.locator("#legend").textContent()) ?? "", /<img src=x/);
  assert.match((await page.locator(".js-plotly-plot").textContent()) ?? "", /<script>al…/);
  await close();
});

test("markup in the names, categories and arguments of a trace is shown and runs nothing", async () => {
  const { page, close } = await openWhole(browser, render(nasty("json/strings.json")));
  assert.deepEqual(await foreign(page), { elements: 0, scripts: 0 });
  const table = await page.locator("#tasks").innerText();
  for (const name of ["lone", "nul", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>"]) {
    assert.ok(table.includes(name), `${name} is not in ${table}`);
  }
  const area = await plotArea(page);
  await page.mouse.move(area.left + area.width * 0.99, area.top + 8); // the last span
  await page.locator("#tooltip", { hasText: "<svg onload=alert(1)>" }).waitFor(); // its attributes come after its name
  assert.deepEqual(await foreign(page), { elements: 0, scripts: 0 });
  await close();
});

test("plotly's own markup and templates are text", async () => {
  const names = ["<extra>gone</extra>", "<b>bold</b>", "a<br>b", '<a href="javascript:alert(1)">x</a>', "%{y}", "&amp;", "<sup>2</sup>"];
  const stamp = (/** @type {number} */ s) => `2026-11-20T22:00:${String(s).padStart(2, "0")}Z`;
  const rows = names.map((name, index) => `"${name.replaceAll('"', '""')}","${name.replaceAll('"', '""')}",${stamp(index * 5)},${stamp(index * 5 + 5)},`);
  const directory = scratch();
  writeFileSync(join(directory, "x.csv"), `group,task,start,end,color\n${rows.join("\n")}\n`);
  const { page, close } = await openWhole(browser, render(directory), { width: 1900 });
  assert.deepEqual(await foreign(page), { elements: 0, scripts: 0 });
  const legend = (await page.locator("#legend").textContent()) ?? "";
  for (const name of names) assert.ok(legend.includes(name.slice(0, 6)), `${name} is not in ${legend}`);
  const area = await plotArea(page);
  for (const [index, name] of names.entries()) {
    await page.mouse.move(area.left + ((index * 5 + 2) / 35) * area.width, area.top + 8);
    await page.locator("#tooltip").waitFor({ state: "visible" });
    const text = await page.locator("#tooltip").innerText();
    assert.ok(text.includes(name), `${name} is not in ${text}`);
  }
  await close();
});

/**
 * Fails unless what stands before the last separator is drawn left of it and what stands after it right of it.
 * @param {import("playwright-core").Locator} locator of one element
 * @param {string} separator
 */
async function assertLeftToRight(locator, separator) {
  const { text, edges } = await locator.evaluate((element, separator) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const nodes = /** @type {Text[]} */ ([]);
    while (walker.nextNode()) nodes.push(/** @type {Text} */ (walker.currentNode));
    const text = nodes.map(({ data }) => data).join("");
    const at = text.lastIndexOf(separator);
    /** The outermost edges of a part of the text. @param {number} from @param {number} to */
    const extent = (from, to) => {
      let begin = 0;
      const boxes = nodes.flatMap((node) => {
        const range = document.createRange();
        const [first, last] = [Math.max(0, from - begin), Math.min(node.length, to - begin)];
        begin += node.length;
        if (first >= last) return [];
        range.setStart(node, first);
        range.setEnd(node, last);
        return [range.getBoundingClientRect()];
      });
      return [Math.min(...boxes.map(({ left }) => left)), Math.max(...boxes.map(({ right }) => right))];
    };
    return { text, edges: [extent(0, at), extent(at, at + separator.length), extent(at + separator.length, text.length)] };
  }, separator);
  assert.ok(text.includes(separator), `no ${separator} in ${text}`);
  const isInOrder = edges.flat().every((edge, index, all) => index === 0 || edge >= all[index - 1] - 0.5);
  assert.ok(isInOrder, `${JSON.stringify(text)} is drawn at ${JSON.stringify(edges)}`);
}

test("writing from right to left stays inside its own name", async () => {
  const names = ["a\u202eb", "\u05e9\u05dc\u05d5\u05dd 1", "2 \u0645\u0631\u062d\u0628\u0627"];
  const stamp = (/** @type {number} */ s) => `2026-11-20 22:00:${String(s).padStart(2, "0")}.000000`;
  const rows = names.map((name, index) => `[${name}-p1t${name}] ${name},${stamp(index * 5)},${stamp(index * 5 + 5)},5 s,na`);
  const directory = scratch();
  writeFileSync(join(directory, "x.csv"), `Task,Start,Finish,Description,Color\n${rows.join("\n")}\n`);
  const { page, close } = await openWhole(browser, render(directory));
  await covered(page);
  const heads = page.locator("#tasks tbody th");
  assert.equal(await heads.count(), names.length);
  for (let row = 0; row < names.length; row += 1) await assertLeftToRight(heads.nth(row), " / ");
  assert.match(await page.locator("#tasks").innerText(), /a\\u202eb/, "an override is shown, not obeyed");

  const bars = await page.locator(".barlayer .point path").evaluateAll((all) =>
    all.map((path) => path.getBoundingClientRect().toJSON()).filter(({ width, height }) => width > 0 && height > 0),
  );
  assert.equal(bars.length, names.length);
  const tooltip = page.locator("#tooltip");
  for (const { x, y, width, height } of bars) {
    await page.mouse.move(x + width / 2, y + height / 2);
    await tooltip.waitFor({ state: "visible" });
    await assertLeftToRight(tooltip.locator("dt", { hasText: "lane" }).locator("xpath=following-sibling::dd[1]"), " · ");
    for (const [row, term] of (await tooltip.locator("dt").all()).entries()) {
      const [left, right] = [await term.boundingBox(), await tooltip.locator("dd").nth(row).boundingBox()];
      assert.ok(left && right && left.x + left.width <= right.x, "a field's name is left of its value");
    }
  }
  const texts = await page.locator(".js-plotly-plot text").allTextContents();
  assert.ok(texts.length > 0);
  assert.ok(texts.every((text) => !text.includes("\u202e")), "an override stands bare in the chart");
  await close();
});

test("control sequences and endless names fit the page", async () => {
  const directory = scratch();
  const name = `\u0007${"long ".repeat(60)}`;
  writeFileSync(join(directory, "x.csv"), `group,task,start,end,color\n${name},${name},2026-11-20T22:00:00Z,2026-11-20T22:00:01Z,\n`);
  const { page, close } = await openWhole(browser, render(directory));
  const width = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(width[0] <= width[1], `the page is ${width[0]} px wide in a window of ${width[1]}`);
  const area = await plotArea(page);
  await page.mouse.move(area.left + area.width / 2, area.top + 8);
  const box = await page.locator("#tooltip").boundingBox();
  assert.ok(box && box.x >= 0 && box.x + box.width <= 1280 && box.y + box.height <= 720, JSON.stringify(box));
  await close();
});

test("markup in attributes is shown and runs nothing, and no character of theirs is obeyed", async () => {
  const name = "<img src=x onerror=alert(1)>";
  const values = ["</script><script>alert(2)</script>", "a\u202eb\u0007", "%{y}<extra>gone</extra>", "=1+1", "${alert(3)}", "<b>&lt;".repeat(140)];
  const fields = values.map((value) => `"${value}"`);
  const names = values.map((_, at) => `"${name} ${at}"`);
  const directory = scratch();
  const row = `g,</b>it's $(alert),2026-11-20T22:00:00Z,2026-11-20T22:00:01Z,,${fields.join(",")}\n`;
  writeFileSync(join(directory, "x.csv"), `group,task,start,end,color,${names.join(",")}\n${row}`);
  for (const options of [[], ["--attributes", "0"]]) {
    const { page, close } = await openWhole(browser, render(directory, ...options));
    const area = await plotArea(page);
    await page.mouse.move(area.left + area.width / 2, area.top + 8);
    const tooltip = page.locator("#tooltip");
    await tooltip.waitFor({ state: "visible" });
    if (options.length === 0) {
      await tooltip.locator("dl + dl").waitFor();
      const box = await tooltip.boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= 1280 && box.y + box.height <= 720, JSON.stringify(box));
      assert.ok((await tooltip.innerText()).length < 600, "the tooltip shows no value whole");
    }
    await page.mouse.click(area.left + area.width / 2, area.top + 8);
    await page.locator("#details.pinned").waitFor();
    await page.keyboard.press("i");
    await page.locator("#pinned-attributes:visible dl, #pinned-attributes:visible code").waitFor();
    const shown = (await page.locator("#pinned-attributes").textContent()) ?? "";
    assert.doesNotMatch(shown, /[\u202e\u0007]/);
    if (options.length === 0) for (const text of [name, "a\\u202eb␇", values[0], values[2], values[4], values[5]]) assert.ok(shown.includes(text), `${text} is not in ${shown}`);
    else assert.ok(shown.includes("--task='g/</b>it'\\''s $(alert)' --from"), shown);
    assert.deepEqual(await foreign(page), { elements: 0, scripts: 0 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await close();
  }
});
