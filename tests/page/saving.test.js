// Names of files that a reader saves.

import assert from "node:assert/strict";
import { test } from "node:test";

import { fileName } from "#page/sections/saving.js";

test("a title becomes a name without anything that leads elsewhere", () => {
  assert.equal(fileName("download example", "csv"), "download-example.csv");
  assert.equal(fileName("../../etc/passwd", "png"), "etc-passwd.png");
  assert.equal(fileName('a"b<c>|d\u202egnp.exe', "png"), "a-b-c-d-gnp.exe.png");
  assert.equal(fileName("测试 run", "svg"), "测试-run.svg");
  assert.equal(fileName("...", "csv"), "waterfall.csv");
  assert.equal(fileName("x".repeat(500), "csv").length, 84);
});
