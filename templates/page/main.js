// @ts-check
// Wiring: reads the data in the page, makes the parts, and passes each the changes that concern it.
//
// What the page offers to tests and to the curious:
//   #head, #figures > div > dt + dd (#figures-part while a part of the run is looked at), #notes,
//   #runs a[data-run][aria-current], #repeats tbody tr, circle.current (where there are several runs),
//   #sections a[aria-current], one per section that is there; #task[hidden] (of a task that is chosen or asked for)
//   > #task-heading, #task-figures, #slowest a, #distribution[data-state] > #plots > #violin, #steps (js-plotly-plot)
//   #problems-link, #problems li, #findings li > a, #ledger-bar > span, #ledger-table
//   #search, #found, #said, input[type=radio][name=rows|color|time|scope], #show-all, #exports button[value], #help-button, #help
//   #chart[data-state] > #marks (canvas), #plot.js-plotly-plot, #over (canvas): `loading` until all rows are
//   there, `drawing` from a change until it is drawn, else `ready`; #overview > #brush, #from, #until; #folds button[aria-expanded], #fold-all;
//   #failed[hidden]; #empty; #details.pinned > #pinned-title, #pinned-fields, .actions button[value]
//   #plot .barlayer .point path:not([d="M0,0Z"]), one per span drawn as a bar; .legendtoggle[aria-checked]
//   #plot .annotation-text: names of processes and counters, values at the counters' edges; #counters li: them in words
//   #table[data-state]: `ready` when the table and the figures are those of the part that is chosen;
//   #tasks th[aria-sort], #tasks tbody tr, #tasks-more (pager), #tasks-note, #part; #tooltip[hidden]; #status
//   marks `waterfall:first-chart`, `waterfall:ready`; a measure `waterfall:redraw` per redraw, with
//   detail {mode: "bars" | "canvas" | "raster", spans, drawn}, `drawn` without what is drawn as raster
//   the address's hash is the view (`hash.js`)

import { followAddress, link, viewOf } from "#page/view/address.js";
import { createChart } from "#page/chart/chart.js";
import { copy } from "#page/sections/clipboard.js";
import { chooseTask, linkNames } from "#page/sections/choosing.js";
import { csv } from "#page/trace/csv.js";
import { complete, outline, rowOf } from "#page/trace/data.js";
import { decodeRaster } from "#page/trace/decode.js";
import { createDetails, textOf } from "#page/sections/details.js";
import { createEmphasis } from "#page/view/emphasis.js";
import { listenToEntries, nameEntries } from "#page/chart/entries.js";
import { createFolds, toggledAll } from "#page/chart/folds.js";
import { MARGIN } from "#page/chart/frame.js";
import { listen } from "#page/chart/gestures.js";
import { toHash } from "#page/view/hash.js";
import { listenToKeys } from "#page/chart/keys.js";
import { followSections } from "#page/sections/links.js";
import { latest } from "#page/trace/latest.js";
import { busyStretches } from "#page/trace/occupancy.js";
import { showLedger } from "#page/sections/ledger.js";
import { legend as legendOf } from "#page/view/legend.js";
import { createDecoder, handOver, painted, taken } from "#page/loading.js";
import { createOverview } from "#page/chart/overview.js";
import { lineColors, paint } from "#page/view/palette.js";
import { stretchOf } from "#page/sections/part.js";
import { picture } from "#page/chart/picture.js";
import { evaluatePlotly, inflatePlotly } from "#page/chart/plotly.js";
import { chooseRun, forgetRuns, linkRuns } from "#page/view/runs.js";
import { save } from "#page/sections/saving.js";
import { ELAPSED } from "#page/trace/scale.js";
import { createSpans } from "#page/chart/spans.js";
import { change, INITIAL, onChange, state } from "#page/view/state.js";
import { createSummary, wholeRun } from "#page/sections/summary.js";
import { createTable } from "#page/sections/table.js";
import { createTask, openTask } from "#page/sections/task.js";
import { createToolbar } from "#page/sections/toolbar.js";
import { bandContent, counterContent, hide, processContent, show, spanContent, summaryContent } from "#page/chart/tooltip.js";

/** @typedef {import("#page/trace/data.js").Trace} Trace */

const NEED_ROWS = ["toolbar", "chart", "scope", "table"]; // what can be used once all rows are there
const BELOW = 12; // px of the browser's window left to what follows the chart
const HINT = 26; // px of the strip under the chart, where no span is pinned
const PRINTED = { width: 960, height: 500 }; // px of the chart on paper: with the figures on one page, A4 or letter

await main().catch(tell);

async function main() {
  await chooseRun();
  /** @type {import("#page/trace/data.js").Data} */
  const data = JSON.parse(element("data").textContent ?? "");
  const hasSpans = data.lanes.length > 0;
  const isEmpty = !hasSpans && data.counters.length === 0;
  element("empty").hidden = !isEmpty;
  if (isEmpty) {
    performance.mark("waterfall:first-chart");
    performance.mark("waterfall:ready");
    return;
  }

  const starting = createDecoder();
  const { count, key_bytes } = data.raster;
  const cells = await decodeRaster(await taken("raster"), data.lanes.length * count, key_bytes);
  const known = outline(data, cells);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const scheme = () => (dark.matches && !isPrinting() ? "dark" : "light");
  change({ scheme: scheme() });
  followAddress(known);
  linkRuns(known);
  const look = lookOf(known);

  for (const id of ["toolbar", "chart", "details"]) element(id).hidden = false;
  for (const id of ["answer", "table", "ledger", "fold-all", "scope"]) element(id).hidden = !hasSpans;
  for (const id of NEED_ROWS) element(id).inert = true;
  followSections(element("sections"));
  const redrawLedger = () => showLedger(ledgerParts(), known, look());
  redrawLedger();
  const showTable = createTable(tableParts(), known, look);
  linkNames(known, document.querySelectorAll("#repeats tbody th"));
  if (stretchOf(state(), known.wall) === null) showTable(wholeRun(known), "");

  const section = element("chart");
  section.dataset.state = "loading";
  const canvases = { under: canvas("marks"), over: canvas("over"), overview: canvas("busy") };
  const parts = { section, plot: element("plot"), canvas: canvases.under, over: canvases.over };
  const placeOverview = createOverview(
    {
      section: element("overview"),
      canvas: canvases.overview,
      brush: element("brush"),
      from: element("from"),
      until: element("until"),
    },
    known,
    look,
    () => emphasis(),
  );
  if (hasSpans) {
    const never = new Promise(() => {}); // Plotly is not waited for: evaluating it takes as long as all the rest
    const emphasised = createEmphasis(known, busyStretches(known), () => {});
    createChart(parts, never, known, {
      look,
      emphasis: () => ({ ...emphasised({ ...state(), pinned: null }), load: () => null }), // rows tell of both
      room: () => room(section),
      placed(frame) {
        if (state().hidden.size === 0) placeOverview(frame);
        placeFoldAll(frame);
      },
      drawn: tell,
    }).first();
    await painted();
    performance.mark("waterfall:first-chart");
  }

  const inflating = inflatePlotly(await taken("plotly"));
  const decoded = await handOver(await starting, data);
  const loading = inflating.then(evaluatePlotly); // while the worker decodes
  const [{ rows, samples }] = await Promise.all([decoded(), loading]);
  const trace = complete(known, data, rows, samples);
  const busy = busyStretches(trace);
  const emphasised = createEmphasis(trace, busy, () => chart.request());
  const emphasis = () => emphasised(state());
  const fold = (/** @type {ReadonlySet<number>} */ folded, /** @type {number | undefined} */ process) =>
    change(chart.folding(folded, process));
  const placeFolds = createFolds(element("folds"), trace, fold);
  const chart = createChart(parts, loading, trace, {
    look,
    emphasis,
    room: () => room(section),
    placed(frame, processes, isMoving) {
      placeOverview(frame);
      placeFolds(processes, frame.left - MARGIN.edge);
      placeFoldAll(frame);
      if (isMoving) return;
      nameEntries(parts.plot, look().legend, state().hidden);
    },
    drawn: tell,
  });
  showPinned(trace, chart);
  const spans = createSpans(trace, chart, emphasis);
  const showDetails = createDetails(detailParts(), trace, chart, look);
  const showTask = createTask(taskParts(), trace, look, (anchor, finding) => linkTo(anchor, finding, trace, chart), loading);
  const showSummary = createSummary(summaryParts(), trace, busy, look, emphasis, (rows, note) => {
    showTable(rows, note);
    showTask(rows);
  });
  const showToolbar = createToolbar(
    toolbarParts(),
    (kind) => void exported(kind).catch((error) => say(`export failed: ${error.message}`)),
  );
  const showAll = () => {
    showToolbar();
    showDetails();
    showSummary();
  };
  showAll();
  section.dataset.state = "drawing";
  await chart.redraw();
  openTask(element("task"), trace);
  if (!hasSpans) performance.mark("waterfall:first-chart"); // of counters nothing is known before

  chart.followPlotly();
  listenToEntries(parts.plot, () => look().legend);
  const foldAll = () => fold(toggledAll(trace, state().folded), undefined);
  element("fold-all").addEventListener("click", foldAll);
  onChange((changed) => {
    say("");
    showAll();
    if (changed.scheme || changed.color) redrawLedger();
    chart.request(changed);
  });
  dark.addEventListener("change", () => change({ scheme: scheme() }));
  followSize(section, chart);
  followPrinter(chart, () => change({ scheme: scheme() }));
  document.querySelectorAll("#findings a").forEach((anchor, index) => linkTo(anchor, trace.findings[index], trace, chart));

  const tooltip = element("tooltip");
  const hideTooltip = () => hide(tooltip);
  const pointer = listen(section, chart, trace.wall, {
    hideTooltip,
    press: (hit) => change({ pinned: hit && { lane: hit.lane, track: hit.track, span: hit.span } }),
  });
  listenToKeys(section, chart, trace, pointer, spans, {
    search: () => element("search").focus(),
    help: () => /** @type {HTMLDialogElement} */ (element("help")).showModal(),
    hideTooltip,
    foldAll,
    task: () => {
      const { pinned } = state();
      if (pinned) chooseTask(rowOf(trace, pinned));
    },
  });
  listenToActions(spans);
  section.addEventListener("pointermove", (event) => point(event, section, chart, trace, look(), tooltip));
  section.addEventListener("pointerleave", hideTooltip);
  onChange(hideTooltip);
  for (const id of NEED_ROWS) element(id).inert = false;
  section.dataset.state = "ready";
  performance.mark("waterfall:ready");
  await forgetRuns();

  /** @param {string} kind */
  async function exported(kind) {
    if (kind === "png" || kind === "svg") await chart.redraw(); // while it moves Plotly's part is not there
    const drawn = chart.figure();
    const name = document.title;
    if (kind === "print") window.print();
    else if (kind === "link")
      say((await copy(link(trace))) ? "link copied" : "the browser refused: copy the address by hand");
    else if (kind === "csv") save(new Blob(spansShown(), { type: "text/csv" }), name, "csv");
    else if (drawn && (kind === "png" || kind === "svg"))
      save(await picture(await loading, drawn, canvases, look().colors.surface, kind), name, kind);
  }

  /** The spans of the selection, else of the time in view, that are switched on, not folded, and match the search. */
  function spansShown() {
    const { shownKeys, match } = emphasis();
    const { selected, scope, window, folded } = state();
    const stretch = stretchOf(
      { ...state(), scope: scope === "selection" && selected ? scope : "view" },
      trace.wall,
    );
    const isIn = (/** @type {number} */ lane) => !folded.has(trace.lanes[lane].process);
    return csv(
      trace,
      stretch ?? window,
      (lane, key) => isIn(lane) && shownKeys[key] === 1 && match?.maskOf(lane)[key] !== 0,
    );
  }
}

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** @param {import("#page/chart/frame.js").Frame} frame */
function placeFoldAll({ overview, left }) {
  Object.assign(element("fold-all").style, { top: `${overview}px`, width: `${left - MARGIN.edge}px` });
}

/** @param {string} id */
function canvas(id) {
  return /** @type {HTMLCanvasElement} */ (element(id));
}

function detailParts() {
  return {
    section: element("details"),
    title: element("pinned-title"),
    fields: element("pinned-fields"),
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
 * How things look now.
 * @param {Trace} trace
 * @returns {() => import("#page/chart/chart.js").Look}
 */
function lookOf(trace) {
  const look = latest(
    (
      /** @type {import("#page/view/state.js").State["scheme"]} */ scheme,
      /** @type {"task" | "group"} */ by,
      /** @type {string} */ time,
    ) => {
      const [painted, colors] = [paint(trace, scheme, by), pageColors()];
      return {
        paint: painted,
        colors,
        lines: lineColors(trace.counting.length, scheme, colors.accent, painted.fill),
        legend: legendOf(trace, by),
        zone: time === "since" ? ELAPSED : trace.zone,
        by,
      };
    },
  );
  return () => look(state().scheme, state().color, state().time);
}

/** The colours of the page as its style sheet has them now. */
function pageColors() {
  const style = getComputedStyle(document.documentElement);
  /** @param {string} name */
  const color = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: color("text"),
    muted: color("muted"),
    line: color("line"),
    grid: color("grid"),
    area: color("area"),
    areaLine: color("area-line"),
    others: color("others"),
    thumb: color("thumb"),
    surface: color("surface"),
    accent: color("accent"),
    select: color("select"),
  };
}

function isPrinting() {
  return "printing" in document.documentElement.dataset;
}

/**
 * The chart is as wide as the page and about as high as the browser's window leaves it.
 * @param {HTMLElement} section
 */
function room(section) {
  if (isPrinting()) return PRINTED;
  const top = section.getBoundingClientRect().top + window.scrollY;
  const below = BELOW + HINT;
  return {
    width: section.clientWidth,
    height: document.documentElement.clientHeight - Math.round(top) - below,
  };
}

/**
 * @param {HTMLElement} section
 * @param {import("#page/chart/chart.js").Chart} chart
 */
function followSize(section, chart) {
  const size = () => {
    const { width, height } = room(section);
    return `${width} x ${height}`;
  };
  let known = size();
  const check = () => {
    if (known === size()) return;
    known = size();
    chart.request();
  };
  new ResizeObserver(check).observe(section);
  window.addEventListener("resize", check);
}

/**
 * Paper is light and has a width of its own.
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {() => void} recolour
 */
function followPrinter(chart, recolour) {
  window.addEventListener("beforeprint", () => {
    document.documentElement.dataset.printing = "";
    recolour();
    void chart.redraw().catch(tell); // at once: the browser does not wait for a frame
  });
  window.addEventListener("afterprint", () => {
    delete document.documentElement.dataset.printing;
    recolour();
    chart.request();
  });
}

/**
 * Scrolls to the pinned span, if the link has no scroll position.
 * @param {Trace} trace
 * @param {import("#page/chart/chart.js").Chart} chart
 */
function showPinned(trace, chart) {
  const { pinned, scroll, folded, window } = state();
  if (!pinned || scroll !== 0 || folded.has(trace.lanes[pinned.lane].process)) return;
  change(chart.showingSpan(pinned, window));
}

/**
 * Links to a view in the chart. The link is an address like any other.
 * @param {Element} anchor
 * @param {import("#page/trace/data.js").Finding} finding
 * @param {Trace} trace
 * @param {import("#page/chart/chart.js").Chart} chart
 */
function linkTo(anchor, { window: [start, end], selected, pinned }, trace, chart) {
  const view = {
    ...viewOf("", trace),
    window: { start, end },
    selected: selected && { start: selected[0], end: selected[1] },
    pinned: pinned && { lane: pinned[0], track: pinned[1], span: pinned[2] },
    scope: selected ? /** @type {const} */ ("selection") : INITIAL.scope,
  };
  anchor.setAttribute("href", `#${toHash({ ...state(), ...view, task: state().task }, trace)}`);
  anchor.addEventListener("click", (event) => {
    const isElsewhere = event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey);
    if (isElsewhere) return; // a tab or a window of its own
    event.preventDefault();
    const { rows, color, time, sort, task } = state();
    change({ ...view, rows, color, time, sort, task });
    if (view.pinned) change(chart.showingSpan(view.pinned, view.window));
    element("chart").focus({ preventScroll: true });
  });
}

/** @param {ReturnType<typeof createSpans>} spans */
function listenToActions(spans) {
  /** @type {Record<string, () => void>} */
  const actions = {
    previous: () => spans.toSibling(-1),
    next: () => spans.toSibling(1),
    longest: spans.longest,
    fit: spans.fit,
    unpin: () => {
      change({ pinned: null });
      element("chart").focus({ preventScroll: true }); // the button is gone
    },
    copy: () =>
      void copy(textOf(detailParts())).then((copied) =>
        say(copied ? "fields copied" : "the browser refused to copy"),
      ),
  };
  for (const button of document.querySelectorAll("#details button"))
    if (button instanceof HTMLButtonElement) button.addEventListener("click", actions[button.value]);
}

/**
 * Shows what lies under the pointer.
 * @param {PointerEvent} event
 * @param {HTMLElement} section
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {Trace} trace
 * @param {import("#page/chart/chart.js").Look} look
 * @param {HTMLElement} tooltip
 */
function point(event, section, chart, trace, { paint, lines, zone }, tooltip) {
  const box = section.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const isBusy = section.matches(".dragging, .selecting");
  const hit = isBusy ? null : chart.hitAt(x, y);
  const summary = isBusy || hit ? null : chart.summaryAt(x, y);
  const label = isBusy ? null : chart.labelAt(x, y);
  const counter = isBusy ? null : chart.counterAt(x, y);
  section.classList.toggle("over", hit !== null);
  if (hit)
    show(
      tooltip,
      spanContent(trace, hit, paint.fill[hit.key], chart.perPixel(), zone),
      event.clientX,
      event.clientY,
    );
  else if (summary) {
    const content = summaryContent(trace, summary, paint.fill[summary.key], chart.perPixel(), zone);
    show(tooltip, content, event.clientX, event.clientY);
  } else if (label) {
    const content = label.isProcess ? processContent(trace, label.band) : bandContent(trace, label.band);
    show(tooltip, content, event.clientX, event.clientY);
  } else if (counter) {
    const content = counterContent(trace, counter, lines, chart.perPixel(), zone);
    show(tooltip, content, event.clientX, event.clientY);
  } else hide(tooltip);
}
