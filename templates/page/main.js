// @ts-check
// Wiring: reads the data in the page, makes the parts, and passes each the changes that concern it.
//
// In three steps, each with a mark: `waterfall:usable`, from the lanes' rasters; `waterfall:rows`, with all spans;
// `waterfall:ready`, when Plotly covers the chart, or will not. What the page offers to tests and to the curious:
//   #head, #figures > div > dt + dd (#figures-part while a part of the run is looked at), #notes,
//   #runs a[data-run][aria-current], #repeats tbody tr, circle.current (where there are several runs),
//   #sections a[aria-current], one per section that is there; #task[hidden] (of a task that is chosen or asked for)
//   > #task-heading, #task-figures, #slowest a, #distribution[data-state] > #plots > #violin, #steps (js-plotly-plot)
//   #problems-link, #problems li, #findings li > a, #ledger-bar > span, #ledger-table
//   #search, #found, #said, #reading, input[type=radio][name=rows|color|time|scope], #show-all, #exports button[value],
//   #help-button, #help; #legend button[aria-pressed]
//   #chart[data-state] > #marks (canvas), #plot.js-plotly-plot, #over (canvas): `loading` until all rows are there,
//   `drawing` from a change until it is drawn, else `ready`; .uncovered where the canvases draw all;
//   #overview > #brush, #from, #until; #folds button[aria-expanded], #fold-all;
//   #failed[hidden]; #empty; #details.pinned(.grown) > #pinned-title, .actions button[value],
//   #pinned-body > #pinned-fields, #pinned-family button
//   #plot .barlayer .point path:not([d="M0,0Z"]), one per span drawn as a bar, once Plotly covers the chart
//   #plot .annotation-text: names of processes and counters, values at the counters' edges; #counters li: them in words
//   #table[data-state]: `ready` when the table and the figures are those of the part that is chosen;
//   #tasks th[aria-sort], #tasks tbody tr, #tasks-more (pager), #tasks-note, #part; #tooltip[hidden]; #status
//   a measure `waterfall:redraw` per redraw, with detail {mode: "bars" | "canvas" | "raster", spans, drawn, window (ns),
//   scroll, left, right, top, bottom}: `drawn` without what is drawn as raster, places of the rows in px of #chart
//   the address's hash is the view (`hash.js`)

import { createChart } from "#page/chart/chart.js";
import { createFolds, toggledAll } from "#page/chart/folds.js";
import { MARGIN } from "#page/chart/frame.js";
import { listen } from "#page/chart/gestures.js";
import { createIdle } from "#page/chart/idle.js";
import { listenToKeys } from "#page/chart/keys.js";
import { createLegend } from "#page/chart/legend.js";
import { createOverview } from "#page/chart/overview.js";
import { listenToPointing } from "#page/chart/pointing.js";
import { loadPlotly } from "#page/chart/plotly.js";
import { followPrinter, followSize, room, sharpness } from "#page/chart/room.js";
import { createSpans } from "#page/chart/spans.js";
import { hide } from "#page/chart/tooltip.js";
import { createDecoder, handOver, painted, taken } from "#page/loading.js";
import { chooseTask, linkNames } from "#page/sections/choosing.js";
import { createDrawer } from "#page/sections/drawer.js";
import { exported } from "#page/sections/exports.js";
import { linkTo } from "#page/sections/findings.js";
import { followSections } from "#page/sections/links.js";
import { showLedger } from "#page/sections/ledger.js";
import { createSummary } from "#page/sections/summary.js";
import { createTable } from "#page/sections/table.js";
import { createTask, openTask } from "#page/sections/task.js";
import { createToolbar } from "#page/sections/toolbar.js";
import { complete, outline, rowOf } from "#page/trace/data.js";
import { decodeRaster } from "#page/trace/decode.js";
import { busyStretches } from "#page/trace/occupancy.js";
import { followAddress } from "#page/view/address.js";
import { canvas, element } from "#page/view/elements.js";
import { createEmphasis } from "#page/view/emphasis.js";
import { followScheme, lookOf } from "#page/view/look.js";
import { chooseRun, forgetRuns, linkRuns } from "#page/view/runs.js";
import { change, onChange, state } from "#page/view/state.js";
import { createWaiting } from "#page/view/waiting.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Data} Data
 *
 * @typedef {object} Rows what is there with the rows
 * @property {ReturnType<typeof createSpans>} spans
 * @property {(kind: Kind) => void} save
 *
 * @typedef {import("#page/sections/exports.js").Kind} Kind
 * @typedef {ReturnType<typeof createWaiting<Rows>>["later"]} Later
 */

await main().catch(tell);

async function main() {
  await chooseRun();
  /** @type {Data} */
  const data = JSON.parse(element("data").textContent ?? "");
  element("empty").hidden = data.lanes.length > 0 || data.counters.length > 0;
  if (!element("empty").hidden) return ["usable", "rows", "ready"].forEach(mark);

  const starting = createDecoder();
  const { count, key_bytes } = data.raster;
  const known = outline(data, await decodeRaster(await taken("raster"), data.lanes.length * count, key_bytes));
  /** @type {() => void} */
  let begin = () => {};
  const plotly = new Promise((/** @type {(value?: unknown) => void} */ resolve) => (begin = resolve)).then(async () => loadPlotly(await script));
  const script = taken("plotly");
  plotly.catch(reportError); // what needs it says so, too
  const page = usable(known, plotly);
  await painted();
  mark("usable");

  const idle = createIdle();
  const decoded = await handOver(await starting, data, page.tellShare);
  const { rows, samples } = await decoded();
  page.arrived(complete(known, data, rows, samples));
  await painted();
  mark("rows");

  begin(); // after the rows, which want the same processors
  await plotly.then((loaded) => page.chart.coveredBy(loaded, idle), () => {});
  mark("ready");
  await forgetRuns();
}

/**
 * Makes the page from what is known without rows: all of it works, but for what is about single spans.
 * @param {Trace} known
 * @param {Promise<typeof import("plotly.js")>} plotly
 */
function usable(known, plotly) {
  let trace = known;
  const section = element("chart");
  section.dataset.state = "loading";
  const setScheme = followScheme();
  followAddress(known);
  const runsFollow = linkRuns(known);
  unhide(known.lanes.length > 0);

  const look = lookOf(known);
  /** @type {ReturnType<typeof createWaiting<Rows>>} */
  const { later, arrived } = createWaiting(() => element("reading").classList.add("waited-for"));
  const reload = () => chart.request(); // a load is there that was not there at once
  let emphasised = createEmphasis(known, busyStretches(known), reload);
  // Which task a pinned span is of, its row tells.
  const emphasis = () => emphasised(trace.hasRows ? state() : { ...state(), pinned: null });

  const showLegend = createLegend(element("legend"), look);
  showLegend(); // before the chart, which has the room that it leaves
  const placeOverview = createOverview(overviewParts(), known, look, () => emphasis());
  const fold = (/** @type {ReadonlySet<number>} */ folded, /** @type {number | undefined} */ process) =>
    change(chart.folding(folded, process));
  const placeFolds = createFolds(element("folds"), known, fold);
  const foldAll = () => fold(toggledAll(known, state().folded), undefined);
  const parts = { section, plot: element("plot"), under: canvas("marks"), over: canvas("over") };
  const chart = createChart(parts, known, {
    look,
    emphasis,
    room: () => room(section),
    sharpness,
    placed(frame, processes) {
      placeOverview(frame);
      placeFolds(processes, frame.left - MARGIN.edge);
      Object.assign(element("fold-all").style, { top: `${frame.overview}px`, width: `${frame.left - MARGIN.edge}px` });
      drawer.clear();
    },
    drawn: tell,
  });

  const link = (/** @type {Element} */ anchor, /** @type {import("#page/trace/data.js").Finding} */ finding) =>
    linkTo(anchor, finding, known, (place, window) => later(() => change(chart.showingSpan(place, window))));
  document.querySelectorAll("#findings a").forEach((anchor, index) => link(anchor, known.findings[index]));
  const showTable = createTable(tableParts(), known, look);
  const showTask = createTask(taskParts(), known, look, link, plotly);
  /** @type {typeof showTable} */
  const showRows = (rows, note) => {
    showTable(rows, note);
    showTask(rows);
  };
  let showSummary = createSummary(summaryParts(), known, busyStretches(known), look, emphasis, showRows);
  let drawer = { show() {}, clear() {} };
  const redrawLedger = () => showLedger(ledgerParts(), known, look());
  const spans = waitingSpans(later);
  const showToolbar = createToolbar(toolbarParts(), (kind) => later(({ save }) => save(kind)), spans.toMatch);
  const showAll = () => {
    showToolbar();
    showLegend();
    drawer.show();
    showSummary();
    element("fold-all").hidden = known.lanes.length === 0 || state().rows === "tasks";
  };
  redrawLedger();
  linkNames(known, document.querySelectorAll("#repeats tbody th"));
  followSections(element("sections"));
  showAll();
  chart.redraw();
  openTask(element("task"), known);

  onChange((changed) => {
    say("");
    if (changed.scheme || changed.color) redrawLedger();
    showAll();
    chart.request();
  });
  followSize(section, chart.request);
  followPrinter(() => {
    setScheme();
    chart.redraw(); // at once: the browser does not wait for a frame
  });
  listenToReader(section, chart, () => trace, look, () => emphasis().shownKeys, later, spans, foldAll);

  return {
    chart,
    /** @param {number} share of the rows that are read, 0 to 1 */
    tellShare(share) {
      element("reading").textContent = `reading rows, ${Math.floor(share * 100)} %`;
    },
    /** @param {Trace} whole */
    arrived(whole) {
      trace = whole;
      const busy = busyStretches(trace);
      emphasised = createEmphasis(trace, busy, reload);
      chart.complete(trace);
      showSummary = createSummary(summaryParts(), trace, busy, look, emphasis, showRows);
      const spans = createSpans(trace, chart, emphasis);
      drawer = createDrawer(drawerParts(), trace, chart, spans, look, say);
      const save = (/** @type {Kind} */ kind) =>
        void exported(kind, { trace, chart, look, emphasis, plotly }).then(say, (error) => say(`export failed: ${error.message}`));
      element("reading").hidden = true;
      runsFollow(trace);
      showPinned(trace, chart);
      showAll();
      arrived({ spans, save });
    },
  };
}

/**
 * Gestures, keys, buttons and links.
 * @param {HTMLElement} section of the chart
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {() => Trace} trace of now
 * @param {() => import("#page/view/look.js").Look} look of now
 * @param {() => Uint8Array} shownKeys of now
 * @param {Later} later
 * @param {ReturnType<typeof waitingSpans>} spans
 * @param {() => void} foldAll
 */
function listenToReader(section, chart, trace, look, shownKeys, later, spans, foldAll) {
  const tooltip = element("tooltip");
  const hideTooltip = () => hide(tooltip);
  const known = trace();
  /** @param {import("#page/chart/places.js").Hit | null} hit */
  const pin = (hit) => change({ pinned: hit && { lane: hit.lane, track: hit.track, span: hit.span } });
  const pointer = listen(section, chart, known.wall, {
    hideTooltip,
    fit: spans.fit,
    press(x, y) {
      const { window, scroll, rows, folded } = state();
      later(() => {
        const now = state(); // a place means something else in another view
        if (now.window === window && now.scroll === scroll && now.rows === rows && now.folded === folded)
          pin(chart.hitAt(x, y));
      });
    },
  });
  listenToPointing(section, tooltip, chart, trace, look, shownKeys);
  onChange(hideTooltip);
  listenToKeys(section, chart, trace, pointer, spans, {
    search: () => element("search").focus(),
    help: () => /** @type {HTMLDialogElement} */ (element("help")).showModal(),
    hideTooltip,
    foldAll,
    task: () =>
      later(() => {
        const { pinned } = state();
        if (pinned) chooseTask(rowOf(trace(), pinned));
      }),
  });
  element("fold-all").addEventListener("click", foldAll);
}

/**
 * The moves from span to span, which wait for the rows.
 * @param {Later} later
 */
function waitingSpans(later) {
  return {
    walk: (/** @type {"left" | "right" | "up" | "down"} */ direction) => later(({ spans }) => spans.walk(direction)),
    toSibling: (/** @type {-1 | 1} */ step) => later(({ spans }) => spans.toSibling(step)),
    toMatch: (/** @type {-1 | 1} */ step) => later(({ spans }) => spans.toMatch(step)),
    longest: () => later(({ spans }) => spans.longest()),
    fit: () => later(({ spans }) => spans.fit()),
    fold: () => later(({ spans }) => spans.fold()),
  };
}

/** @param {boolean} hasSpans */
function unhide(hasSpans) {
  for (const id of ["toolbar", "chart", "hint", "details"]) element(id).hidden = false;
  for (const id of ["answer", "legend", "table", "ledger", "fold-all", "scope"]) element(id).hidden = !hasSpans;
}

/** @param {string} name */
function mark(name) {
  performance.mark(`waterfall:${name}`);
}

/**
 * Says on the page whether the chart could be drawn, and in the console why it could not.
 * @param {unknown} [error] none where it could
 */
function tell(error) {
  element("failed").hidden = error === undefined;
  if (error !== undefined) reportError(error);
}

/** @param {string} text result of an action that changes no view; shown until the view changes */
function say(text) {
  element("said").textContent = text;
}

/**
 * Scrolls to the pinned span, if the link has no scroll position.
 * @param {Trace} trace
 * @param {import("#page/chart/chart.js").Chart} chart
 */
function showPinned(trace, chart) {
  const { pinned, scroll, rows, folded, window } = state();
  if (!pinned || scroll !== 0 || (rows === "lanes" && folded.has(trace.lanes[pinned.lane].process))) return;
  change(chart.showingSpan(pinned, window));
}

function drawerParts() {
  return {
    section: element("details"),
    title: element("pinned-title"),
    body: element("pinned-body"),
    fields: element("pinned-fields"),
    family: element("pinned-family"),
    chart: element("chart"),
    status: element("status"),
  };
}

function summaryParts() {
  return {
    section: element("table"),
    figures: element("figures"),
    figuresPart: element("figures-part"),
    part: element("part"),
    found: element("found"),
  };
}

function tableParts() {
  return {
    table: /** @type {HTMLTableElement} */ (element("tasks")),
    pager: element("tasks-more"),
    note: element("tasks-note"),
  };
}

function taskParts() {
  return {
    section: element("task"),
    link: element("task-link"),
    heading: element("task-heading"),
    asked: element("asked"),
    figures: element("task-figures"),
    note: element("task-note"),
    whole: element("task-whole"),
    slow: element("slow"),
    slowest: element("slowest"),
    mayLack: element("may-lack"),
    undistributed: element("undistributed"),
    distribution: {
      section: element("distribution"),
      plots: element("plots"),
      violin: element("violin"),
      steps: element("steps"),
      note: element("distribution-note"),
    },
  };
}

function overviewParts() {
  return {
    section: element("overview"),
    canvas: canvas("busy"),
    brush: element("brush"),
    from: element("from"),
    until: element("until"),
  };
}

function toolbarParts() {
  return {
    search: /** @type {HTMLInputElement} */ (element("search")),
    help: /** @type {HTMLDialogElement} */ (element("help")),
    helpButton: element("help-button"),
    showAll: element("show-all"),
    exports: /** @type {HTMLDetailsElement} */ (element("exports")),
  };
}

function ledgerParts() {
  return {
    bar: element("ledger-bar"),
    caption: element("ledger-caption"),
    table: /** @type {HTMLTableElement} */ (element("ledger-table")),
  };
}
