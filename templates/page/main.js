// @ts-check
// Wiring: reads the data in the page, makes the parts, tells each of the changes that concern it.
//
// What the page offers to tests and to the curious:
//   #head, #figures > div > dt + dd, #notes, #problems-link, #problems li
//   #chart[data-state] > #marks (canvas), #plot.js-plotly-plot, #over (canvas): `drawing` from a change until
//   it is drawn, else `ready`; #failed[hidden]; #empty; #hint
//   #plot .barlayer .point path:not([d="M0,0Z"]), one per span drawn as a bar
//   #tasks th[aria-sort], #tasks tbody tr, #tasks-more (pager), #tasks-note; #tooltip[hidden]
//   marks `waterfall:first-chart`, `waterfall:ready`; a measure `waterfall:redraw` per redraw, with
//   detail {mode: "bars" | "canvas", spans, drawn}

import { createChart } from "#page/chart.js";
import { decode } from "#page/data.js";
import { listen } from "#page/gestures.js";
import { isolated, legend as legendOf, toggled } from "#page/legend.js";
import { paint } from "#page/palette.js";
import { loadPlotly } from "#page/plotly.js";
import { change, onChange, state } from "#page/state.js";
import { createTable } from "#page/table.js";
import { hide, laneContent, processContent, show, spanContent } from "#page/tooltip.js";
import { whole } from "#page/window.js";

await main().catch(tell);

async function main() {
  const trace = decode(JSON.parse(element("data").textContent ?? ""));
  const legend = legendOf(trace);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  change({ window: whole(trace.wall), scheme: dark.matches ? "dark" : "light" });
  let theme = { paint: paint(trace, state().scheme), colors: pageColors() };

  const empty = trace.lanes.every((lane) => lane.tracks.length === 0);
  element("empty").hidden = !empty;
  if (empty) {
    performance.mark("waterfall:first-chart");
    performance.mark("waterfall:ready");
    return;
  }

  element("table").hidden = false;
  const tableParts = {
    table: /** @type {HTMLTableElement} */ (element("tasks")),
    pager: element("tasks-more"),
    note: element("tasks-note"),
  };
  const showTable = createTable(tableParts, trace, () => theme.paint);

  const section = element("chart");
  section.hidden = false;
  const plotly = loadPlotly(element("plotly").textContent ?? "");
  const parts = {
    section,
    plot: element("plot"),
    canvas: /** @type {HTMLCanvasElement} */ (element("marks")),
    over: /** @type {HTMLCanvasElement} */ (element("over")),
  };
  const chart = createChart(parts, plotly, trace, legend, () => theme, tell);
  await chart.redraw();
  element("plotly").remove();
  performance.mark("waterfall:first-chart");

  chart.followPlotly();
  chart.onLegend(
    (entry) => change({ hidden: toggled(state().hidden, legend, entry) }),
    (entry) => change({ hidden: isolated(state().hidden, legend, entry) }),
  );
  onChange((changed) => {
    if (changed.scheme) {
      theme = { paint: paint(trace, changed.scheme), colors: pageColors() };
      showTable();
    }
    chart.request();
  });
  dark.addEventListener("change", () => change({ scheme: dark.matches ? "dark" : "light" }));
  followSize(section, chart);

  const tooltip = element("tooltip");
  listen(section, chart, trace.wall, () => hide(tooltip));
  section.addEventListener("pointermove", (event) =>
    point(event, section, chart, trace, theme.paint, tooltip),
  );
  section.addEventListener("pointerleave", () => hide(tooltip));
  onChange(() => hide(tooltip));
  section.dataset.state = "ready";
  performance.mark("waterfall:ready");
}

/** @param {string} id */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * Says on the page whether the chart could be drawn, and in the console why it could not.
 * @param {unknown} [error] none where it could
 */
function tell(error) {
  element("failed").hidden = error === undefined;
  if (error !== undefined) reportError(error);
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
  };
}

/**
 * The chart is as wide as the page and about as high as the browser's window.
 * @param {HTMLElement} section
 * @param {import("#page/chart.js").Chart} chart
 */
function followSize(section, chart) {
  const size = () => `${section.clientWidth} x ${document.documentElement.clientHeight}`;
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
 * Shows what lies under the pointer.
 * @param {PointerEvent} event
 * @param {HTMLElement} section
 * @param {import("#page/chart.js").Chart} chart
 * @param {import("#page/data.js").Trace} trace
 * @param {import("#page/palette.js").Paint} colors
 * @param {HTMLElement} tooltip
 */
function point(event, section, chart, trace, colors, tooltip) {
  const box = section.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const hit = section.classList.contains("dragging") ? null : chart.hitAt(x, y);
  const label = chart.labelAt(x, y);
  section.classList.toggle("over", hit !== null);
  if (hit)
    show(
      tooltip,
      spanContent(trace, hit, colors.fill[hit.key], chart.perPixel()),
      event.clientX,
      event.clientY,
    );
  else if (label) {
    const content = label.isProcess ? processContent(trace, label.lane) : laneContent(trace, label.lane);
    show(tooltip, content, event.clientX, event.clientY);
  } else hide(tooltip);
}
