// @ts-check
// The chart: rows of spans over time, below them the number of busy lanes, and below that the counters.
//
// Owns the Plotly element and the canvases below and above it. Draws the state at most once per frame, one redraw
// after the other: spans as Plotly's bars or on the canvas (`scene.js`). While only the view moves, all is on the
// canvas; Plotly follows when the view rests. Each redraw leaves a `waterfall:redraw` measure. Knows what is at a
// place and how to show a span. Changes the state in one case only: someone else set Plotly's range.

import { createArrangements, placeOf } from "#page/chart/arrangement.js";
import { barTraces } from "#page/chart/bars.js";
import { INSTANT, PLAIN, UNFINISHED } from "#page/chart/boxes.js";
import { createCanvas } from "#page/chart/canvas.js";
import {
  CONFIG,
  concurrencyTrace,
  figureLayout,
  FONT,
  FONT_SIZE,
  gutterFor,
  labelTexts,
} from "#page/chart/figure.js";
import { drawLegend, legendAhead } from "#page/chart/first.js";
import { frameIn, MARGIN, PANEL_HEIGHT } from "#page/chart/frame.js";
import { spanAt } from "#page/chart/hit.js";
import { latest } from "#page/trace/latest.js";
import { concurrencyIn } from "#page/trace/occupancy.js";
import { panelNames, panels, panelValues, valueRoom } from "#page/chart/panels.js";
import { cellAt, createRaster } from "#page/chart/raster.js";
import { bandAt, desired, labels, layout, readable, rowAt, struck, visible } from "#page/chart/rows.js";
import { insideOf, ticks } from "#page/trace/scale.js";
import { sceneOf } from "#page/chart/scene.js";
import { change, state } from "#page/view/state.js";
import { drawConcurrency, drawTexts } from "#page/chart/sketch.js";
import { inSlices } from "#page/trace/slices.js";
import { strips } from "#page/chart/strips.js";
import { textMeasure } from "#page/view/text.js";
import { duration } from "#page/trace/units.js";
import { inside, same, showing, whole } from "#page/view/window.js";

/**
 * @typedef {import("#page/view/state.js").Place} Place
 * @typedef {import("#page/chart/arrangement.js").Arrangement} Arrangement
 *
 * @typedef {Place & {key: number, kind: number}} Hit a span, its key and its kind as of boxes
 *
 * @typedef {ReturnType<typeof createChart>} Chart
 *
 * @typedef {object} Parts
 * @property {HTMLElement} section
 * @property {HTMLElement} plot
 * @property {HTMLCanvasElement} canvas under the plot
 * @property {HTMLCanvasElement} over the plot
 *
 * @typedef {object} Look
 * @property {import("#page/view/palette.js").Paint} paint
 * @property {import("#page/chart/figure.js").Colors} colors
 * @property {import("#page/view/legend.js").Legend} legend
 * @property {import("#page/trace/scale.js").Zone} zone in which times are shown
 * @property {"task" | "group"} by whose name chooses a span's colour
 * @property {string[]} lines the colours of the processes that count
 *
 * @typedef {object} Surroundings what the chart asks of the page around it
 * @property {() => Look} look of now
 * @property {() => import("#page/view/emphasis.js").Emphasis} emphasis of now
 * @property {() => {width: number, height: number}} room in px
 * @property {(frame: import("#page/chart/frame.js").Frame, processes: import("#page/chart/rows.js").Label[], isMoving: boolean) => void}
 *   placed called with the places of parts and processes' labels in px of the chart's box; whether only these moved
 * @property {(error?: unknown) => void} drawn called after each requested redraw, with the error if it failed
 */

const TOLERANCE = 2; // px
const LABEL_DISTANCE = 13; // px
const REST = 150; // ms without a move
/** The parts of the state whose changes can be drawn without Plotly. */
const MOVES = new Set(["window", "scroll", "selected", "scope", "pinned", "query"]);
const MOST_TIMES = 3; // redraws at most while the heights of legend and chart change each other

/**
 * @param {Parts} parts
 * @param {Promise<typeof import("plotly.js")>} loading until it is there the chart keeps its place
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {Surroundings} around
 */
export function createChart({ section, plot, canvas, over }, loading, trace, around) {
  const limits = whole(trace.wall);
  const div = /** @type {import("plotly.js").PlotlyHTMLElement} */ (plot);
  const measure = textMeasure(`${FONT_SIZE}px ${FONT}`);
  const raster = createRaster(trace.keys.length);
  const draw = createCanvas({ under: canvas, over });
  let requested = 0; // when the pending redraw was asked for, or 0
  /** @type {Promise<void>} */
  let drawing = Promise.resolve(); // the redraw under way, or the last; never rejected
  /** @type {Promise<void> | null} */
  let next = null; // the redraw that waits for the one under way
  let isMove = true; // whether nothing changed since the last redraw but what moves
  let moves = 0; // how often it was drawn without Plotly
  let rest = 0; // the timer of the redraw that follows when the chart rests
  let lacksLoad = false; // whether the last redraw had to do without it
  let legendHeight = 0; // px; known from Plotly once it has drawn its legend
  const arrangements = createArrangements(trace);
  const arranged = arrangements.arrangement;
  const named = latest((/** @type {Arrangement} */ { bands, sections }, /** @type {number} */ width) => {
    const gutter = gutterFor({ processes: sections, counters: trace.counters }, bands, width, measure);
    return { gutter, texts: labelTexts({ processes: sections }, bands, gutter, measure) };
  });
  const namedPanels = latest((/** @type {number} */ room) => panelNames(trace.counters, room, measure));
  const placed = latest(layout);
  // The rows by task take their time; they are made before they are drawn.
  let { arrangement: drawn, bands, frame, rows } = laidOut({ ...state(), rows: "lanes" });
  const legend = () => legendAhead(around.look(), frame.right - frame.left);
  legendHeight = legend().height;
  /** @type {import("#page/chart/rows.js").Labels} */
  let shown = { bands: [], processes: [] };
  /** @type {{data: import("plotly.js").Data[], layout: Partial<import("plotly.js").Layout>} | null} */
  let figure = null;
  /** @type {import("#page/chart/panels.js").Panel[]} */
  let drawnPanels = [];

  /**
   * What the chart has where.
   * @param {Pick<import("#page/view/state.js").State, "rows" | "folded">} choice
   */
  function laidOut({ rows: by, folded }) {
    const arrangement = arranged(by, folded);
    const { bands } = arrangement;
    const frame = frameIn(
      around.room(),
      legendHeight,
      desired(bands),
      (width) => named(arrangement, width).gutter,
      { count: trace.counters.length, hasMore: trace.moreCounters > 0 },
    );
    const room = frame.bottom - frame.top;
    return { arrangement, bands, frame, rows: placed(bands, room, by === "tasks" ? readable(bands, room) : undefined) };
  }

  /** Draws what is known before the rows are, without Plotly: the lanes, whatever rows are asked for. */
  function first() {
    ({ arrangement: drawn, bands, frame, rows } = laidOut({ ...state(), rows: "lanes" }));
    section.style.height = `${frame.height}px`;
    const { scene, lower, described, content, backdrop } = composed({ selected: null, pinned: null });
    const layers = draw(frame, content, scene, backdrop, true);
    drawConcurrency(layers.under, described, lower);
    drawTexts(layers.over, described);
    drawLegend(layers.over, described, legend().entries);
    around.placed(frame, [], false);
  }

  /** The load of what is shown; null while it is computed, and then the drawing is not complete. */
  function load() {
    const found = around.emphasis().load();
    lacksLoad ||= found === null;
    return found;
  }

  /** @param {import("#page/chart/boxes.js").View} view */
  function concurrency(view) {
    const { window, hidden } = state();
    const isAll = hidden.size === 0;
    return concurrencyIn(trace, isAll && same(window, limits) ? null : load(), isAll, view);
  }

  /** Draws, after the redraw under way if there is one, what the state asks for by then: once for all who wait. */
  function redraw() {
    if (next) return next;
    next = drawing.then(() => {
      next = null;
      return drawState();
    });
    drawing = next.catch(() => {}); // the error goes to whoever awaits `next`
    return next;
  }

  /** What the state asks for; once more where Plotly's legend turns out higher than thought. */
  async function drawState() {
    const plotly = await loading;
    await inSlices(arrangements.prepare(() => (state().rows === "tasks" ? around.emphasis().match : undefined)));
    const start = requested || performance.now();
    requested = 0;
    let detail = await drawOnce(plotly);
    for (let times = 0; legendChanged() && times < MOST_TIMES; times += 1) detail = await drawOnce(plotly);
    performance.measure("waterfall:redraw", { start, end: performance.now(), detail });
  }

  /** @param {typeof import("plotly.js")} plotly */
  async function drawOnce(plotly) {
    ({ arrangement: drawn, bands, frame, rows } = laidOut(state()));
    section.style.height = `${frame.height}px`;
    const { scene, lower, described, content, backdrop } = composed();
    const { paint, colors, legend } = around.look();
    const isCanvas = scene.mode !== "bars";
    const data = [
      ...barTraces(legend, isCanvas ? null : scene, state().hidden, paint, colors),
      concurrencyTrace(lower.x, lower.y, colors),
    ];
    const layout = figureLayout(described);
    const before = moves;
    await plotly.react(div, data, layout, CONFIG);
    figure = { data, layout };
    if (moves !== before) return detailOf(scene); // what has moved since is on the canvas, and drawn here next
    draw(frame, content, scene, backdrop, isCanvas);
    section.classList.remove("moving");
    tellPlaces(content.scroll, false);
    return detailOf(scene);
  }

  /** Draws what has moved without Plotly, which follows when the chart rests. */
  function drawMoved() {
    const { scene, lower, described, content, backdrop } = composed();
    const layers = draw(frame, content, scene, backdrop, true);
    drawConcurrency(layers.under, described, lower);
    drawTexts(layers.over, described);
    section.classList.add("moving");
    moves += 1;
    tellPlaces(content.scroll, true);
    return detailOf(scene);
  }

  /**
   * What is to be drawn of the state of now.
   * @param {import("#page/chart/marks.js").Marks} [marked]
   */
  function composed(marked = marks()) {
    lacksLoad = false;
    const scroll = scrolled();
    const scene = sceneInView(scroll);
    const { colors, zone, lines } = around.look();
    const axis = ticks(scene.view.start, scene.view.end, scene.view.width, zone, measure);
    const lower = concurrency(scene.view);
    drawnPanels = panels(trace.counters, frame, scene.view, lines);
    const texts = textsInView(axis, scene.view, scroll, zone);
    const content = {
      scroll,
      height: rows.height,
      sections: rows.sections,
      struck: struck(rows.sections, shown, LABEL_DISTANCE),
      strips: strips(bands, rows, trace, load, scene.view, { scroll, room: page() }),
      panels: drawnPanels,
      marks: marked,
    };
    return {
      scene,
      lower,
      described: { frame, window: state().window, scroll, texts, peak: lower.peak, colors },
      content,
      backdrop: { ticks: axis.values, colors, font: FONT },
    };
  }

  /** @param {import("#page/chart/scene.js").Scene} scene */
  function detailOf({ mode, spans, boxes }) {
    return { mode, spans, drawn: boxes.span.length };
  }

  /** @param {number} scroll @param {boolean} isMoving */
  function tellPlaces(scroll, isMoving) {
    const folds = drawn.by === "lanes" ? shown.processes : [];
    const processes = folds.map(({ index, middle }) => ({ index, middle: frame.top + middle - scroll }));
    around.placed(frame, processes, isMoving);
  }

  /** @param {number} scroll */
  function sceneInView(scroll) {
    const { start, end } = state().window;
    const view = { start, end, width: frame.right - frame.left };
    const { paint } = around.look();
    const range = visible(rows, scroll, page());
    const emphasis = around.emphasis();
    // Nothing fades until the tracks by tasks are those of the search.
    const isReady = drawn.by === "lanes" || arrangements.suits(emphasis.match);
    const masksOf = isReady ? emphasis.masksOf : () => ({ bright: emphasis.shownKeys, faint: null });
    return sceneOf(bands, rows, range, view, { ...emphasis, masksOf }, raster, { trace, paint, measure });
  }

  /**
   * @param {import("#page/trace/scale.js").Ticks} axis
   * @param {import("#page/chart/boxes.js").View} view
   * @param {number} scroll
   * @param {import("#page/trace/scale.js").Zone} zone
   */
  function textsInView(axis, view, scroll, zone) {
    shown = labels(rows, bands, scroll, page(), LABEL_DISTANCE);
    const { texts } = named(drawn, frame.width);
    /** @param {import("#page/chart/rows.js").Label[]} placed @param {string[]} all */
    const withTexts = (placed, all) => placed.map(({ index, middle }) => ({ middle, text: all[index] }));
    return {
      ticks: insideOf(axis, view, { left: 8, right: 8 }, measure),
      zone: zone.name,
      labels: {
        bands: withTexts(shown.bands, texts.bands),
        processes: withTexts(shown.processes, texts.processes),
      },
      panels: {
        names: namedPanels(frame.left - MARGIN.edge - MARGIN.label - valueRoom(measure)),
        values: panelValues(drawnPanels),
        more: trace.moreCounters,
      },
    };
  }

  /** What the reader has marked, where it is on the screen. @returns {import("#page/chart/marks.js").Marks} */
  function marks() {
    const { selected, pinned } = state();
    const position = pinned && positionOf(pinned);
    const track = pinned && trace.lanes[pinned.lane].tracks[pinned.track];
    const top = position ? frame.top + rows.rows[position.row].top - scrolled() : 0;
    return {
      selected: selected && {
        left: xOf(selected.start),
        right: xOf(selected.end),
        text: duration(selected.end - selected.start),
      },
      pinned:
        position && track
          ? {
              left: xOf(track.start[pinned.span]),
              right: xOf(track.end[pinned.span]),
              top,
              bottom: top + rows.bar,
            }
          : null,
    };
  }

  /** @param {Place} place @returns {{row: number, span: number} | null} none where its process is folded */
  function positionOf(place) {
    const found = drawn.find(place);
    const row = rows.rows.findIndex(({ band, track }) => band === found?.band && track === found.track);
    return found && row >= 0 ? { row, span: found.span } : null;
  }

  /**
   * What shows a span: its process unfolded where rows are lanes, its row and its time in view.
   * @param {Place} place
   * @param {import("#page/view/window.js").Window} [window] where it is known; else the one in view, moved
   * @returns {Partial<import("#page/view/state.js").State>}
   */
  function showingSpan(place, window) {
    const { start, end } = trace.lanes[place.lane].tracks[place.track];
    const { rows: by, folded: before } = state();
    const folded = new Set([...before].filter((process) => process !== trace.lanes[place.lane].process));
    const choice = { rows: by, folded: by === "tasks" || folded.size === before.size ? before : folded };
    const { arrangement, rows, frame } = laidOut(choice);
    const found = arrangement.find(place);
    const row = rows.rows.find(({ band, track }) => band === found?.band && track === found.track);
    const room = frame.bottom - frame.top;
    const top = row?.top ?? 0;
    const scroll = Math.min(
      Math.max(state().scroll, top + 2 * rows.pitch - room),
      Math.max(0, top - rows.pitch),
    );
    return {
      folded: choice.folded,
      scroll: Math.min(Math.max(0, scroll), Math.max(0, rows.height - room)),
      window: window ?? showing(state().window, start[place.span], end[place.span], limits),
    };
  }

  /**
   * Other processes folded, and what is seen of the one that is kept in view where it is. Rows by task have no folds.
   * @param {ReadonlySet<number>} folded
   * @param {number} [process] else the first in view
   * @returns {Partial<import("#page/view/state.js").State>}
   */
  function folding(folded, process = shown.processes[0]?.index) {
    if (state().rows === "tasks") return {};
    const next = laidOut({ rows: "lanes", folded });
    /** @param {import("#page/chart/rows.js").Layout} layout @param {readonly {section: number}[]} of */
    const topOf = ({ bandTop }, of) => bandTop[of.findIndex((band) => band.section === process)] ?? 0;
    // A process that begins above the view is shown from its beginning, with room for its label under that above.
    const above = Math.max(1.5 * LABEL_DISTANCE, topOf(rows, bands) - scrolled());
    const most = Math.max(0, next.rows.height - (next.frame.bottom - next.frame.top));
    const scroll = Math.min(Math.max(0, topOf(next.rows, next.bands) - above), most);
    return { folded, scroll: scrolled() === 0 ? 0 : scroll };
  }

  function legendChanged() {
    const size = /** @type {{_fullLayout: {_size: {t: number}}}} */ (/** @type {unknown} */ (div))._fullLayout
      ._size;
    const height = Math.ceil(size.t) - MARGIN.top;
    if (height === legendHeight) return false;
    legendHeight = height;
    return true;
  }

  /** @param {Partial<import("#page/view/state.js").State>} [changed] of the state; where it is left out, all may have changed */
  function request(changed) {
    isMove &&= changed !== undefined && Object.keys(changed).every((name) => MOVES.has(name));
    if (requested) return;
    requested = performance.now();
    section.dataset.state = "drawing";
    requestAnimationFrame(() => {
      if (isMove) move();
      else redrawAll();
    });
  }

  function redrawAll() {
    clearTimeout(rest);
    isMove = true;
    redraw().then(() => settle(), settle);
  }

  function move() {
    clearTimeout(rest);
    const start = requested;
    requested = 0;
    const detail = drawMoved();
    performance.measure("waterfall:redraw", { start, end: performance.now(), detail });
    rest = window.setTimeout(redrawAll, REST);
  }

  /** @param {unknown} [error] */
  function settle(error) {
    if (!requested && !lacksLoad) section.dataset.state = "ready";
    around.drawn(error);
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

  /** @param {number} time */
  function xOf(time) {
    return frame.left + (time - state().window.start) / perPixel();
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
   * @returns {import("#page/chart/rows.js").Row | undefined}
   */
  function rowBelow(y) {
    return y < frame.top || y >= frame.bottom
      ? undefined
      : rows.rows[rowAt(rows, y - frame.top + scrolled())];
  }

  /** Whether the wheel scrolls rows there: over the panels, which may be many, the page. @param {number} y */
  function scrollsAt(y) {
    return y <= frame.concurrency;
  }

  /** Whether a place is over the rows, where a press is about spans. @param {number} x @param {number} y */
  function isRow(x, y) {
    return x >= frame.left && x <= frame.right && y >= frame.top && y < frame.bottom;
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
    const band = bands[row.band];
    const track = band.tracks[row.track];
    const span = spanAt(track, timeAt(x), perPixel(), TOLERANCE, around.emphasis().shownKeys);
    return span < 0 ? null : hitOf(placeOf(band, row.track, span));
  }

  /**
   * The cell of a summarised lane at a place: what the report kept of the spans there.
   * @param {number} x
   * @param {number} y
   */
  function summaryAt(x, y) {
    const row = x >= frame.left && x <= frame.right ? rowBelow(y) : undefined;
    if (!row) return null;
    const { lane, task } = bands[row.band];
    if (task >= 0 || !trace.lanes[lane].isSummarised) return null;
    const { start, end } = state().window;
    const view = { start, end, width: frame.right - frame.left };
    const cell = cellAt(raster.summaryCells(trace.lanes[lane].raster, view, around.emphasis().masksOf(lane)), timeAt(x));
    return cell && { ...cell, lane };
  }

  /** @param {Place} place @returns {Hit} */
  function hitOf(place) {
    const { start, end, key, unfinished } = trace.lanes[place.lane].tracks[place.track];
    const { span } = place;
    const kind = span === unfinished ? UNFINISHED : start[span] === end[span] ? INSTANT : PLAIN;
    return { ...place, key: key[span], kind };
  }

  /**
   * The band at a place in the label columns, and whether that is the column of processes.
   * @param {number} x
   * @param {number} y
   */
  function labelAt(x, y) {
    if (x < 0 || x >= frame.left || y < frame.top || y >= frame.bottom) return null;
    const isProcess = x < MARGIN.edge + named(drawn, frame.width).gutter.process;
    const placed = isProcess ? shown.processes.map(firstBand) : shown.bands;
    const band = bands[bandAt(rows, bands, placed, y - frame.top + scrolled(), LABEL_DISTANCE)];
    return { band, isProcess };
  }

  /**
   * The counter whose panel or label is at a place, the moment where it is the panel, and its values in view.
   * @param {number} x
   * @param {number} y
   */
  function counterAt(x, y) {
    const counter = frame.panels.findIndex((top) => y >= top && y < top + PANEL_HEIGHT);
    if (counter < 0 || x < 0 || x > frame.right) return null;
    return { counter, time: x < frame.left ? null : timeAt(x), extent: drawnPanels[counter]?.extent ?? null };
  }

  /** @param {import("#page/chart/rows.js").Label} section a band of it, in its place */
  function firstBand({ index, middle }) {
    return { index: bands.findIndex(({ section }) => section === index), middle };
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

  return {
    first,
    redraw,
    request,
    scrollable,
    page,
    timeAt,
    xOf,
    perPixel,
    covers,
    scrollsAt,
    isRow,
    hitAt,
    hitOf,
    summaryAt,
    labelAt,
    counterAt,
    positionOf,
    showingSpan,
    folding,
    followPlotly,
    /** The rows from the top, whether in view or not, and which are in view. */
    rows: () => ({
      rows: rows.rows.map(({ band, track }) => ({ band: bands[band], track })),
      inView: visible(rows, scrolled(), page()),
    }),
    /** What the last redraw gave Plotly, and where. */
    figure: () => (figure ? { ...figure, frame } : null),
    /** @param {number | undefined} x @returns {number | undefined} the same, if it is over the plot area */
    within: (x) => (x !== undefined && x >= frame.left && x <= frame.right ? x : undefined),
  };
}
