// @ts-check
// Wiring: reads the data in the page, makes the parts, and passes each the changes that concern it.
//
// In three steps, each with a mark: `waterfall:usable`, from the lanes' rasters; `waterfall:rows`, with all spans;
// `waterfall:ready`, when Plotly covers the chart, or will not. What the page offers to tests and to the curious:
//   #head, #figures > div > dt + dd (#figures-part while a part of the run is looked at), #notes,
//   #runs a[data-run][aria-current], #repeats tbody tr, circle.current (where there are several runs),
//   of a comparison #compared-figures, #verdict > .verdict, #bridge .stretch .piece, #compared tbody tr, #bridge-table,
//   #one-sided;
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
import { createFolds, labelFoldAll, toggledAll } from "#page/chart/folds.js";
import { MARGIN } from "#page/chart/frame.js";
import { createIdle } from "#page/chart/idle.js";
import { createLegend } from "#page/chart/legend.js";
import { createOverview } from "#page/chart/overview.js";
import { loadPlotly } from "#page/chart/plotly.js";
import { createRoom, followPrinter, followSize, sharpness } from "#page/chart/room.js";
import { createSpans } from "#page/chart/spans.js";
import { painted, taken } from "#page/loading.js";
import { dataOf, opened } from "#page/opening.js";
import { drawerParts, ledgerParts, overviewParts, profileParts, summaryParts, tableParts, taskParts, toolbarParts } from "#page/parts.js";
import { listenToReader, waitingSpans } from "#page/reader.js";
import { linkNames } from "#page/sections/choosing.js";
import { createComparison } from "#page/sections/comparison.js";
import { createDrawer } from "#page/sections/drawer.js";
import { exported } from "#page/sections/exports.js";
import { linkTo } from "#page/sections/findings.js";
import { createBeside } from "#page/sections/beside.js";
import { showBoth } from "#page/sections/both.js";
import { showBar, showBothLedgers, showLedger } from "#page/sections/ledger.js";
import { followSections } from "#page/sections/links.js";
import { createProfiles } from "#page/sections/profiles.js";
import { createSummary } from "#page/sections/summary.js";
import { createTable } from "#page/sections/table.js";
import { createTask, openTask } from "#page/sections/task.js";
import { createToolbar } from "#page/sections/toolbar.js";
import { isTimeless, showTimeless } from "#page/timeless.js";
import { followAddress } from "#page/view/address.js";
import { foldersOf } from "#page/trace/sides.js";
import { canvas, element } from "#page/view/elements.js";
import { followScheme, lookOf } from "#page/view/look.js";
import { chooseRuns, forgetRuns, linkRuns } from "#page/view/runs.js";
import { createSource } from "#page/view/source.js";
import { change, onChange, state } from "#page/view/state.js";
import { createWaiting } from "#page/view/waiting.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Data} Data
 * @typedef {import("#page/chart/chart.js").Chart} Chart
 * @typedef {import("#page/reader.js").Later} Later
 * @typedef {import("#page/view/source.js").Source} Source
 * @typedef {() => import("#page/view/look.js").Look} LookOf
 * @typedef {Promise<typeof import("plotly.js")>} Plotly
 */

await main().catch(tell);

async function main() {
  const { run, drawn, isComparison } = await chooseRuns();
  const runs = dataOf(drawn);
  if (isTimeless(runs[0].data)) return timeless(runs[0].data);

  const { known, read } = await opened(runs, run);
  if (known.sides) showBoth(known, drawn, isComparison);
  const { plotly, load } = plotlyLater();
  const page = usable(known, plotly);
  await painted();
  mark("usable");

  const idle = createIdle();
  try {
    const whole = await read(page.tellShare);
    page.arrived(await whole());
    await painted();
    mark("rows");
  } catch (error) {
    element("reading").textContent = "the spans could not be read: the file is incomplete";
    tellWaiting();
    reportError(error);
  }

  load(); // not before: the rows want the same processors
  await forgetRuns(known.run);
  await plotly.then((loaded) => page.chart.coveredBy(loaded, idle), () => {});
  mark("ready");
}

/** Shows what has no time, if there is anything. @param {Data} data */
async function timeless(data) {
  element("empty").hidden = data.tasks.length > 0 || data.profiles.length > 0;
  if (element("empty").hidden) {
    const { plotly, load } = plotlyLater();
    load();
    showTimeless(data, plotly);
  }
  ["usable", "rows", "ready"].forEach(mark);
}

/** Plotly, for all who want it, and what begins to load it. */
function plotlyLater() {
  const script = taken("plotly");
  /** @type {() => void} */
  let load = () => {};
  const begun = new Promise((/** @type {(value?: unknown) => void} */ resolve) => (load = resolve));
  const plotly = begun.then(async () => loadPlotly(await script));
  plotly.catch(reportError); // what needs it says so, too
  return { plotly, load };
}

/**
 * Makes the page from what is known without rows: all of it works, but for what is about single spans.
 * @param {Trace} known
 * @param {Plotly} plotly
 */
function usable(known, plotly) {
  const setScheme = followScheme();
  followAddress(known);
  const runsFollow = linkRuns(known);
  unhide(known.lanes.length > 0);

  const look = lookOf(known);
  const source = createSource(known, () => {
    chart.request();
    sections.tellFound();
  });
  const waiting = createWaiting(tellWaiting);
  /** @type {Later} */
  const later = waiting.later;
  const spans = waitingSpans(later, source.whenFound);
  const showLegend = createLegend(element("legend"), look);
  showLegend(); // before the chart, which has the room that it leaves
  const room = createRoom(element("chart"));
  const { chart, foldAll } = chartOf(source, look, room, () => sections.drawer.clear());
  const sections = sectionsOf(source, look, chart, later, plotly);
  const save = (/** @type {import("#page/sections/exports.js").Kind} */ kind) =>
    void exported(kind, { trace: source.trace(), chart, look, emphasis: source.emphasis, plotly }).then(say, (error) =>
      say(`export failed: ${error.message}`),
    );
  const showToolbar = createToolbar(
    toolbarParts(),
    (kind) => {
      if (kind === "link" || kind === "print") save(kind);
      else later(() => source.whenFound(() => save(kind), () => say("not exported: another search was begun")));
    },
    spans.toMatch,
    known.attributes.names,
    known.hasCpu,
  );
  const showAll = () => {
    showToolbar();
    showLegend();
    sections.show();
    labelFoldAll(element("fold-all"), known);
    element("fold-all").hidden = known.lanes.length === 0 || state().rows === "tasks";
  };
  showAll();
  chart.redraw();
  openTask(element("task"), known);

  onChange((changed) => {
    say("");
    source.follow();
    if (changed.scheme || changed.color) sections.recolour();
    if (!source.trace().hasRows && (state().scope !== "whole" || state().query !== "")) tellWaiting();
    showAll();
    chart.request();
  });
  followSize(room, chart.request);
  followPrinter(room, () => {
    setScheme();
    chart.redraw(); // at once: the browser does not wait for a frame
  });
  listenToReader(chart, source, look, later, spans, foldAll);

  return {
    chart,
    /** @param {number} share of the rows that are read, 0 to 1 */
    tellShare(share) {
      element("reading").textContent = `reading rows, ${Math.floor(share * 100)} %`;
    },
    /** @param {Trace} whole */
    arrived(whole) {
      element("reading").hidden = true;
      source.complete(whole);
      chart.complete(whole);
      const spans = createSpans(whole, chart, source.emphasis);
      sections.arrived(spans);
      runsFollow(whole);
      showPinned(whole, chart);
      showAll();
      waiting.arrived({ spans });
    },
  };
}

/**
 * The chart with what lies over it: overview, buttons that fold.
 * @param {Source} source
 * @param {LookOf} look
 * @param {import("#page/chart/room.js").Room} room
 * @param {() => void} clear called when parts have moved
 */
function chartOf(source, look, room, clear) {
  const known = source.trace();
  const section = element("chart");
  section.dataset.state = "loading";
  const placeOverview = createOverview(overviewParts(), known, look, source.emphasis);
  const fold = (/** @type {ReadonlySet<number>} */ folded, /** @type {number | undefined} */ process) =>
    change(chart.folding(folded, process));
  const placeFolds = createFolds(element("folds"), known, fold);
  const parts = { section, plot: element("plot"), under: canvas("marks"), over: canvas("over") };
  const chart = createChart(parts, known, {
    look,
    emphasis: source.emphasis,
    room: room.now,
    sharpness,
    placed(frame, processes) {
      placeOverview(frame);
      placeFolds(processes, frame.left - MARGIN.edge);
      Object.assign(element("fold-all").style, { top: `${frame.overview}px`, width: `${frame.left - MARGIN.edge}px` });
      clear();
    },
    drawn: tell,
  });
  return { chart, foldAll: () => fold(toggledAll(known, state().folded), undefined) };
}

/**
 * What is above and below the chart.
 * @param {Source} source
 * @param {LookOf} look
 * @param {Chart} chart
 * @param {Later} later
 * @param {Plotly} plotly
 */
function sectionsOf(source, look, chart, later, plotly) {
  const known = source.trace();
  const link = (/** @type {Element} */ anchor, /** @type {import("#page/trace/data.js").Finding} */ finding) =>
    linkTo(anchor, finding, known, (place, window) =>
      later(() => {
        const now = state(); // the reader may have gone on before the rows came
        if (now.pinned === place && now.window === window) change(chart.showingSpan(place, window));
      }),
    );
  document.querySelectorAll("#findings a").forEach((anchor, index) => link(anchor, known.findings[index])); // of a pair none
  const showTable = known.sides ? createBeside(tableParts(), known, look) : createTable(tableParts(), known, look);
  const showTask = createTask(taskParts(), known, look, link, plotly);
  /** @type {typeof showTable} */
  const showRows = (rows, note) => {
    showTable(rows, note);
    showTask(rows);
    if (known.sides) showBothLedgers(ledgerParts(), known, rows, look());
    else showLedger(ledgerParts(), known, rows, look());
  };
  const summarise = () => createSummary(summaryParts(), source.trace(), source.busy(), look, source.emphasis, showRows);
  const paintComparison = createComparison(known, look);
  const recolour = () => {
    if (!known.sides) showBar(ledgerParts(), known, look());
    paintComparison();
  };
  recolour();
  linkNames(known, document.querySelectorAll("#repeats tbody th"));
  createProfiles(profileParts(), known.profiles, known.moreProfiles);
  followSections(element("sections"));

  let showSummary = summarise();
  let drawer = { show() {}, clear() {} }; // of a pinned span, once there are rows
  return {
    recolour,
    drawer: { clear: () => drawer.clear() },
    show() {
      drawer.show();
      showSummary.soon();
    },
    /** What takes its time is there: matches of the search, the load. */
    tellFound: () => showSummary.now(),
    /** The rows are there. @param {ReturnType<typeof createSpans>} spans */
    arrived(spans) {
      showSummary.end(); // else what it has still to show would come after what the next one shows
      showSummary = summarise();
      drawer = createDrawer(drawerParts(), source.trace(), chart, spans, look, say);
    },
  };
}

/** @param {boolean} hasSpans */
function unhide(hasSpans) {
  for (const id of ["toolbar", "chart", "hint", "details"]) element(id).hidden = false;
  for (const id of ["answer", "legend", "table", "ledger", "scope"]) element(id).hidden = !hasSpans;
}

/** Something waits for the rows: how far they are is said at once, also aloud. */
function tellWaiting() {
  element("reading").classList.add("waited-for");
  element("reading").setAttribute("aria-live", "polite");
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
  if (!pinned || scroll !== 0 || (rows === "lanes" && foldersOf(trace, trace.lanes[pinned.lane].process).some((process) => folded.has(process)))) return;
  change(chart.showingSpan(pinned, window));
}
