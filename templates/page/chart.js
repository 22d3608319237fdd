// @ts-check
// The chart: rows of spans over time, and under them how many lanes were busy.
//
// Owns the Plotly element and the canvas under it. Takes the state, draws it, at most once per frame and one
// redraw after the other: up to 1,000 spans in view as Plotly's bars, more on the canvas. Each redraw leaves a
// `waterfall:redraw` measure. Answers what lies at a place. Changes the state in one case only: someone else
// set Plotly's range.

import { barTraces } from "#page/bars.js";
import { boxes, countSpans, INSTANT, PLAIN, UNFINISHED } from "#page/boxes.js";
import { draw } from "#page/canvas.js";
import { binned, steps, unions } from "#page/concurrency.js";
import {
  concurrencyTrace,
  CONCURRENCY_HEIGHT,
  CONFIG,
  figureLayout,
  FONT,
  FONT_SIZE,
  GAP,
  gutterFor,
  labelTexts,
  MARGIN,
} from "#page/figure.js";
import { spanAt } from "#page/hit.js";
import { desired, labels, laneAt, layout, rowAt, struck, visible } from "#page/rows.js";
import { insideOf, ticks } from "#page/scale.js";
import { change, state } from "#page/state.js";
import { textMeasure } from "#page/text.js";
import { inside, same, whole } from "#page/window.js";

/**
 * @typedef {object} Hit
 * @property {number} lane
 * @property {number} track
 * @property {number} span
 * @property {number} key
 * @property {number} kind as of boxes
 *
 * @typedef {ReturnType<typeof createChart>} Chart
 *
 * @typedef {object} Parts
 * @property {HTMLElement} section
 * @property {HTMLElement} plot
 * @property {HTMLCanvasElement} canvas under the plot
 * @property {HTMLCanvasElement} over the plot
 */

const MOST_BARS = 1000;
const TOLERANCE = 2; // px
const LABEL_DISTANCE = 13; // px
const LEAST_WIDTH = 320; // px
const LEAST_HEIGHT = 340; // px of the whole chart, where lanes need it
const LEAST_ROWS = 150; // px of them, where they need it, however high the legend
const MOST_TIMES = 3; // that the legend's height may change the chart's and the other way round
const BELOW = 12; // px of the browser's window left to what follows the chart

/**
 * @param {Parts} parts
 * @param {Promise<typeof import("plotly.js")>} loading until it is there the chart keeps its place
 * @param {import("#page/data.js").Trace} trace
 * @param {import("#page/legend.js").Legend} legend
 * @param {() => {paint: import("#page/palette.js").Paint, colors: import("#page/figure.js").Colors}} theme of now
 * @param {(error?: unknown) => void} drawn told after each requested redraw, with what it threw
 */
export function createChart({ section, plot, canvas, over }, loading, trace, legend, theme, drawn) {
  const limits = whole(trace.wall);
  const div = /** @type {import("plotly.js").PlotlyHTMLElement} */ (plot);
  const measure = textMeasure(`${FONT_SIZE}px ${FONT}`);
  let requested = 0; // when the pending redraw was asked for, or 0
  /** @type {Promise<void>} */
  let drawing = Promise.resolve(); // the redraw under way, or the last; never rejected
  let legendHeight = 24; // px; Plotly says how high its legend is once it is drawn
  let frame = { width: 0, height: 0, left: 0, right: 0, top: 0, bottom: 0, lowest: 0 };
  let rows = layout(trace.lanes, 0);
  let gutter = { process: 0, lane: 0 };
  /** @type {{processes: string[], lanes: string[]}} */
  let names = { processes: [], lanes: [] };
  /** @type {import("#page/rows.js").Labels} */
  let shown = { lanes: [], processes: [] };
  /** @type {{hidden: ReadonlySet<number> | null, shownKeys: Uint8Array, busy: import("#page/concurrency.js").Union[] | null}} */
  let filter = { hidden: null, shownKeys: new Uint8Array(), busy: null };

  function measureFrame() {
    const width = Math.max(LEAST_WIDTH, section.clientWidth); // a hidden page has none
    const above = MARGIN.top + legendHeight;
    const below = GAP + CONCURRENCY_HEIGHT + MARGIN.bottom;
    const room = Math.max(LEAST_HEIGHT, document.documentElement.clientHeight - section.offsetTop - BELOW);
    const wanted = desired(trace.lanes);
    const height = above + below + Math.min(wanted, Math.max(room - above - below, LEAST_ROWS));
    if (width !== frame.width) {
      gutter = gutterFor(trace, width, measure);
      names = labelTexts(trace, gutter, measure);
    }
    const left = gutter.process + gutter.lane + MARGIN.edge + MARGIN.label;
    frame = {
      width,
      height,
      left,
      right: width - MARGIN.right,
      top: above,
      bottom: height - below,
      lowest: height - MARGIN.bottom,
    };
    rows = layout(trace.lanes, page());
    section.style.height = `${height}px`;
  }

  function applyFilter() {
    const { hidden } = state();
    if (filter.hidden === hidden) return;
    const shownKeys = Uint8Array.from(trace.keys, ({ task }) => (hidden.has(task) ? 0 : 1));
    filter = { hidden, shownKeys, busy: null };
  }

  function concurrency() {
    const { window, hidden } = state();
    const { first, width, busy } = trace.bins;
    if (same(window, limits) && hidden.size === 0) {
      const means = Float64Array.from(busy, (ns) => ns / width);
      return steps(first, width, means);
    }
    const count = Math.max(1, Math.round((frame.right - frame.left) / 2));
    const bin = (window.end - window.start) / count;
    filter.busy ??= unions(trace.lanes, filter.shownKeys); // not before they are needed
    return steps(window.start, bin, binned(filter.busy, window.start, window.end, count));
  }

  /** Draws, after the redraw under way if there is one, what the state asks for by then. */
  function redraw() {
    const done = drawing.then(drawState);
    drawing = done.catch(() => {}); // whoever awaits `done` is told
    return done;
  }

  /** What the state asks for; once more where Plotly's legend turns out higher than thought. */
  async function drawState() {
    const plotly = await loading;
    const start = requested || performance.now();
    requested = 0;
    let detail = await drawOnce(plotly);
    for (let times = 0; legendChanged() && times < MOST_TIMES; times += 1) detail = await drawOnce(plotly);
    performance.measure("waterfall:redraw", { start, end: performance.now(), detail });
  }

  /** @param {typeof import("plotly.js")} plotly */
  async function drawOnce(plotly) {
    measureFrame();
    applyFilter();
    const scroll = scrolled();
    const { scene, asBars, detail } = sceneInView(scroll);
    const axis = ticks(scene.view.start, scene.view.end, scene.view.width, trace.zone, measure);
    const lower = concurrency();
    const { paint, colors } = theme();
    const data = [
      ...barTraces(legend, asBars ? scene : null, state().hidden, paint, colors),
      concurrencyTrace(lower.x, lower.y, colors),
    ];
    const texts = textsInView(axis, scene.view, scroll);
    const figure = { frame, window: state().window, scroll, texts, peak: lower.peak, colors };
    await plotly.react(div, data, figureLayout(figure), CONFIG);
    const content = {
      scroll,
      height: rows.height,
      sections: rows.sections,
      struck: struck(rows.sections, shown, LABEL_DISTANCE),
    };
    draw({ under: canvas, over }, frame, content, scene, { ticks: axis.values, colors, font: FONT }, !asBars);
    return detail;
  }

  /** @param {number} scroll */
  function sceneInView(scroll) {
    const { start, end } = state().window;
    const view = { start, end, width: frame.right - frame.left };
    const range = visible(rows, scroll, page());
    const inView = rows.rows.slice(range.from, range.to);
    const tracks = inView.map((row) => trace.lanes[row.lane].tracks[row.track]);
    const spans = countSpans(tracks, view, filter.shownKeys);
    const asBars = spans <= MOST_BARS;
    const found = boxes(tracks, view, filter.shownKeys, !asBars);
    const scene = {
      boxes: found,
      view,
      rows: inView,
      tracks,
      bar: rows.bar,
      trace,
      paint: theme().paint,
      measure,
    };
    return { scene, asBars, detail: { mode: asBars ? "bars" : "canvas", spans, drawn: found.span.length } };
  }

  /**
   * @param {import("#page/scale.js").Ticks} axis
   * @param {import("#page/boxes.js").View} view
   * @param {number} scroll
   */
  function textsInView(axis, view, scroll) {
    shown = labels(rows, trace.lanes, scroll, page(), LABEL_DISTANCE);
    /** @param {import("#page/rows.js").Label[]} placed @param {string[]} texts */
    const named = (placed, texts) => placed.map(({ index, middle }) => ({ middle, text: texts[index] }));
    return {
      ticks: insideOf(axis, view, { left: 8, right: 8 }, measure),
      zone: trace.zone.name,
      labels: {
        lanes: named(shown.lanes, names.lanes),
        processes: named(shown.processes, names.processes),
      },
    };
  }

  function legendChanged() {
    const size = /** @type {{_fullLayout: {_size: {t: number}}}} */ (/** @type {unknown} */ (div))._fullLayout
      ._size;
    const height = Math.ceil(size.t) - MARGIN.top;
    if (height === legendHeight) return false;
    legendHeight = height;
    return true;
  }

  function request() {
    if (requested) return;
    requested = performance.now();
    section.dataset.state = "drawing";
    requestAnimationFrame(() => redraw().then(() => settle(), settle));
  }

  /** @param {unknown} [error] */
  function settle(error) {
    if (!requested) section.dataset.state = "ready";
    drawn(error);
  }

  /** @param {number} scroll the nearest that the rows allow, with its fraction of a pixel */
  function scrollable(scroll) {
    return Math.min(Math.max(0, scroll), Math.max(0, rows.height - page()));
  }

  /** The scroll that is drawn: whole pixels keep the rows sharp. */
  function scrolled() {
    return Math.round(scrollable(state().scroll));
  }

  /** The height of the rows in view, in px. */
  function page() {
    return frame.bottom - frame.top;
  }

  /** @param {number} x */
  function timeAt(x) {
    const { start, end } = state().window;
    return start + ((x - frame.left) / (frame.right - frame.left)) * (end - start);
  }

  function perPixel() {
    const { start, end } = state().window;
    return (end - start) / (frame.right - frame.left);
  }

  /** @param {number} x @param {number} y */
  function covers(x, y) {
    return x >= 0 && x <= frame.right && y >= frame.top && y <= frame.lowest;
  }

  /**
   * @param {number} y
   * @returns {import("#page/rows.js").Row | undefined}
   */
  function rowBelow(y) {
    return y < frame.top || y >= frame.bottom
      ? undefined
      : rows.rows[rowAt(rows, y - frame.top + scrolled())];
  }

  /**
   * The span drawn at a place.
   * @param {number} x
   * @param {number} y
   * @returns {Hit | null}
   */
  function hitAt(x, y) {
    const row = x >= frame.left && x <= frame.right ? rowBelow(y) : undefined;
    if (!row) return null;
    const track = trace.lanes[row.lane].tracks[row.track];
    const span = spanAt(track, timeAt(x), perPixel(), TOLERANCE, filter.shownKeys);
    if (span < 0) return null;
    const instant = track.start[span] === track.end[span];
    const kind = span === track.unfinished ? UNFINISHED : instant ? INSTANT : PLAIN;
    return { lane: row.lane, track: row.track, span, key: track.key[span], kind };
  }

  /**
   * The lane that a place in the label columns stands for, and whether its process's column is there.
   * @param {number} x
   * @param {number} y
   */
  function labelAt(x, y) {
    if (x < 0 || x >= frame.left || y < frame.top || y >= frame.bottom) return null;
    const isProcess = x < MARGIN.edge + gutter.process;
    const placed = isProcess ? shown.processes.map(firstLane) : shown.lanes;
    const lane = laneAt(rows, trace.lanes, placed, y - frame.top + scrolled(), LABEL_DISTANCE);
    return { lane, isProcess };
  }

  /** @param {import("#page/rows.js").Label} process a lane of it, in its place */
  function firstLane({ index, middle }) {
    return { index: trace.lanes.findIndex(({ process }) => process === index), middle };
  }

  /** @param {(entry: number) => void} toggle @param {(entry: number) => void} isolate */
  function onLegend(toggle, isolate) {
    div.on("plotly_legendclick", ({ curveNumber }) => (toggle(curveNumber), false));
    div.on("plotly_legenddoubleclick", ({ curveNumber }) => (isolate(curveNumber), false));
  }

  /** Whoever sets the range of the time axis moves the window. */
  function followPlotly() {
    div.on("plotly_relayout", (event) => {
      if (!Object.keys(event).some((name) => name.startsWith("xaxis."))) return;
      const [start, end] = /** @type {[number, number]} */ (
        div.layout.xaxis.range ?? [limits.start, limits.end]
      );
      change({ window: inside({ start: Number(start), end: Number(end) }, limits) });
    });
  }

  measureFrame();
  return {
    redraw,
    request,
    scrollable,
    page,
    timeAt,
    perPixel,
    covers,
    hitAt,
    labelAt,
    onLegend,
    followPlotly,
    /** @param {number | undefined} x @returns {number | undefined} the same, if it is over the plot area */
    within: (x) => (x !== undefined && x >= frame.left && x <= frame.right ? x : undefined),
  };
}
