// Bars: what Plotly is given for the boxes of a window.

import assert from "node:assert/strict";
import { test } from "node:test";

import { barTraces, label } from "#page/chart/bars.js";
import { boxes, UNFINISHED } from "#page/chart/boxes.js";
import { legend } from "#page/view/legend.js";
import { paint } from "#page/view/palette.js";
import { trace } from "./helper.js";

const COLORS = { others: "#777777", muted: "#555555" };

/** @param {import("#page/trace/data.js").Trace} drawn @param {import("#page/chart/boxes.js").View} view @param {number} bar */
function scene(drawn, view, bar = 18) {
  const rows = drawn.lanes.flatMap(({ tracks }, lane) =>
    tracks.map((_, track) => ({ band: lane, track, top: (lane + track) * 20 })),
  );
  const tracks = rows.map(({ band, track }) => drawn.lanes[band].tracks[track]);
  const shown = new Uint8Array(drawn.keys.length).fill(1);
  return {
    boxes: boxes(tracks, view, () => ({ bright: shown, faint: null }), false),
    view,
    rows,
    tracks,
    bar,
    trace: drawn,
    paint: paint(drawn, "light"),
    measure: (/** @type {string} */ text) => text.length * 6,
  };
}

/** @param {ReturnType<typeof scene>} drawn @param {ReadonlySet<number>} [hidden] */
function traces(drawn, hidden = new Set()) {
  return /** @type {any[]} */ (barTraces(legend(drawn.trace), drawn, hidden, drawn.paint, COLORS));
}

test("a trace per task, a bar per span, exact where the span lies in the window", () => {
  const [a, b] = traces(
    scene(trace([["a(1000..2000) b(2010..2011)"], ["a(1500..9000)"]]), {
      start: 900,
      end: 5000,
      width: 4100,
    }),
  );
  assert.deepEqual(
    [a.base.slice(1), a.x.slice(1), a.y.slice(1)],
    [
      [1000, 1500],
      [1000, 3501],
      [9, 29],
    ],
  );
  assert.deepEqual([b.base.slice(1), b.x.slice(1)], [[2010], [1]]);
  assert.equal(a.marker.color.length, a.x.length);
});

test("no bar reaches far beyond the window", () => {
  const [a] = traces(
    scene(trace([["a(0..36000000000000)"]]), { start: 18e12, end: 18e12 + 1000, width: 1000 }),
  );
  assert.deepEqual([a.base[1], a.x[1]], [18e12 - 1, 1002]);
});

test("each trace begins with a point that draws nothing, in the legend's colour", () => {
  const drawn = scene(trace([["a(0..10)"]]), { start: 0, end: 10, width: 100 });
  const [a] = /** @type {any[]} */ (barTraces(legend(drawn.trace), null, new Set(), drawn.paint, COLORS));
  assert.deepEqual([a.base, a.x, a.y], [[null], [null], [null]]);
  assert.deepEqual(a.marker.color, [drawn.paint.name[1]]);
});

test("unfinished spans are hatched, others are not", () => {
  const [a, b] = traces(
    scene(trace([["a(0..10) b(10..)"], ["a(0..100)"]]), { start: 0, end: 100, width: 100 }),
  );
  assert.deepEqual(a.marker.pattern.shape, ["", "", ""]);
  assert.deepEqual(b.marker.pattern.shape, ["", "/"]);
});

test("a task that is switched off stays in the legend", () => {
  const drawn = scene(trace([["a(0..10) b(10..20)"]]), { start: 0, end: 20, width: 100 });
  assert.deepEqual(
    traces(drawn, new Set([1])).map(({ visible }) => visible),
    [true, "legendonly"],
  );
});

test("names are written only where they fit, and are no markup", () => {
  const drawn = trace([["a(0..100) b(100..110)"]]);
  drawn.names[1] = "<b>wide</b>";
  const wide = scene(drawn, { start: 0, end: 110, width: 440 });
  assert.equal(label(wide, 0), "<b>wide</b>");
  assert.equal(traces(wide)[0].text[1], "&lt;b&gt;wide&lt;/b&gt;");
  assert.ok(traces(wide)[0].name.startsWith("&lt;b&gt;wide&lt;/b&gt; "));
  drawn.names[2] = "much too long";
  assert.equal(label(wide, 1), "");
  assert.equal(label(scene(drawn, wide.view, 8), 0), "", "a low row has no text");
});

test("a pixel sets a bar apart from the one it touches, in rows of any height, and takes nothing else", () => {
  const drawn = trace([["a(0..40) a(40..42) a(42..50) b(52..90)"]]);
  const view = { start: 0, end: 100, width: 100 };
  for (const height of [18, 8, 2]) {
    const [a, b] = traces(scene(drawn, view, height));
    assert.deepEqual(
      [a.base.slice(1), a.x.slice(1)],
      [
        [0, 40, 42],
        [39, 2, 8],
      ],
    );
    assert.deepEqual(b.x.slice(1), [38]);
  }
});

test("an unfinished span has its name on the canvas, not on Plotly's hatching", () => {
  const drawn = trace([["a(0..10) b(10..)"], ["a(0..100)"]]);
  const wide = scene(drawn, { start: 0, end: 100, width: 1000 });
  assert.deepEqual(traces(wide)[1].text, ["", ""]);
  assert.equal(label(wide, 1, UNFINISHED), "b");
  assert.equal(label(wide, 0, UNFINISHED), "");
});

test("what stands back has its faint colour and no name", () => {
  const drawn = scene(trace([["aaaaaaaa(0..100) bbbbbbbb(100..200)"]]), { start: 0, end: 200, width: 400 });
  drawn.boxes.faint = 1;
  const [a, b] = traces(drawn);
  assert.deepEqual(a.marker.color.slice(1), [drawn.paint.faint[0]]);
  assert.deepEqual(b.marker.color.slice(1), [drawn.paint.fill[1]]);
  assert.deepEqual([a.text[1], b.text[1]], ["", "bbbbbbbb"]);
});
