// @ts-check
// The figure: what Plotly draws around the bars.
//
// Takes the frame, the window, labels and colours, gives Plotly's layout and the traces of the concurrency. All
// ticks and labels are ours; Plotly chooses none. Pure.

import { faded, WAIT_AREA } from "#page/chart/area.js";
import { CONCURRENCY_HEIGHT, MARGIN, MORE_HEIGHT, PANEL_HEIGHT } from "#page/chart/frame.js";
import { fittedApart, fittedEnd, joined, plotlyText, SEPARATOR } from "#page/trace/names.js";
import { counterName, valueRoom } from "#page/chart/panels.js";
import { count } from "#page/trace/units.js";

/**
 * @typedef {import("#page/view/look.js").Colors} Colors of the page
 *
 * @typedef {object} Gutter the columns of the labels, in px
 * @property {number} process
 * @property {number} band
 *
 * @typedef {object} Texts
 * @property {import("#page/trace/scale.js").Ticks} ticks
 * @property {string} zone
 * @property {{bands: {text: string, middle: number}[], processes: {text: string, middle: number}[]}} labels
 * @property {string[]} concurrency what stands beside the number of busy lanes
 * @property {{names: string[], values: import("#page/chart/panels.js").PanelText[], more: number}} panels
 *
 * @typedef {object} Figure
 * @property {import("#page/chart/frame.js").Frame} frame
 * @property {import("#page/view/window.js").Window} window
 * @property {number} scroll px of the rows above the frame
 * @property {Texts} texts
 * @property {number} peak of the concurrency shown
 * @property {Colors} colors
 */

export const FONT =
  'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif';
export const FONT_SIZE = 11;
/** The concurrency's axis ends at this multiple of its upper tick. */
export const HEADROOM = 1.08;
/** px before a process's label, for what folds it. */
export const FOLD = 14;
/** px left for a group's name beside its process's id. */
const LEAST_LABEL = 48;
/** px of both columns together: they contain the name of the lower chart. */
const LEAST_GUTTER = 96;
/** px that keep Plotly from rounding halves down where fractions are not exact. */
const NUDGE = 0.01;
/** px that a text may be wider than its parts. */
const KERNING = 0.5;
/** The name of the lower chart. */
export const CONCURRENCY = "lanes busy";
/** px of the line of a pair's second side. */
export const SECOND_WIDTH = 1.25;
/** How much wider bold text is. */
const BOLDER = 1.1;

/** @type {Partial<import("plotly.js").Config>} */
export const CONFIG = {
  scrollZoom: false,
  doubleClick: false,
  displayModeBar: false,
  displaylogo: false,
  showSendToCloud: false,
  plotlyServerURL: "",
  responsive: false,
  showAxisDragHandles: false,
  typesetMath: false,
};

/**
 * @param {Figure} figure
 * @returns {Partial<import("plotly.js").Layout>}
 */
export function figureLayout(figure) {
  const { frame, window, scroll, texts, peak, colors } = figure;
  const room = frame.bottom - frame.top;
  const all = frame.lowest - MARGIN.top;
  const top = topTick(peak);
  const axis = {
    zeroline: false,
    showgrid: false,
    fixedrange: true,
    showline: false,
    ticks: /** @type {""} */ (""),
  };
  const small = { size: FONT_SIZE, color: colors.muted };
  const standoff = /** @type {{}} */ ({ ticklabelstandoff: MARGIN.label - 4 }); // not in the types of Plotly 3.0
  return {
    width: frame.width,
    height: frame.height,
    margin: { l: frame.left, r: MARGIN.right, t: MARGIN.top, b: MARGIN.bottom, pad: 0 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: FONT, size: FONT_SIZE, color: colors.text },
    barmode: "overlay",
    bargap: 0,
    dragmode: false,
    hovermode: false,
    showlegend: false,
    xaxis: {
      ...axis,
      type: "linear",
      range: [window.start, window.end],
      anchor: "free",
      position: 0,
      tickmode: "array",
      tickvals: texts.ticks.values,
      ticktext: texts.ticks.texts,
      tickfont: small,
      tickangle: 0,
      ticklabeloverflow: "allow",
    },
    yaxis: {
      ...axis,
      type: "linear",
      range: [scroll + room, scroll],
      domain: [(frame.lowest - frame.bottom) / all, (frame.lowest - frame.top) / all],
      tickmode: "array",
      tickvals: texts.labels.bands.map(({ middle }) => middle),
      ticktext: texts.labels.bands.map(({ text }) => plotlyText(text)),
      tickfont: small,
      tickangle: 0,
      ticklabeloverflow: "allow",
      ...standoff,
    },
    yaxis2: {
      ...axis,
      type: "linear",
      range: [0, top * HEADROOM],
      domain: [
        (frame.lowest - frame.concurrency) / all,
        (frame.lowest - frame.concurrency + CONCURRENCY_HEIGHT) / all,
      ],
      tickmode: "array",
      tickvals: [0, top],
      ticktext: ["0", count(top)],
      tickfont: small,
      ...standoff,
    },
    annotations: [...processLabels(figure), ...corner(figure), ...panelTexts(figure)],
  };
}

/**
 * Bold, in a column of their own left of the lanes'.
 * @param {Figure} figure
 * @returns {Partial<import("plotly.js").Annotations>[]}
 */
function processLabels({ frame, scroll, texts, colors }) {
  const all = frame.lowest - MARGIN.top;
  return texts.labels.processes.map(({ text, middle }) => ({
    ...note(`<b>${plotlyText(text)}</b>`, colors.text),
    y: (frame.lowest - frame.top - middle + scroll - NUDGE) / all,
    yanchor: "middle",
    xshift: MARGIN.edge + FOLD - frame.left,
  }));
}

/**
 * The upper tick of the concurrency's axis.
 * @param {number} peak
 */
export function topTick(peak) {
  return Math.max(1, Math.ceil(peak - 1e-6)); // sums of fractions may end just above
}

/**
 * What the labels of the time axis leave out, and whose time it is.
 * @param {Pick<Texts, "ticks" | "zone">} texts
 */
export function cornerLines({ ticks: { prefix, date }, zone }) {
  return prefix ? [prefix, `${date} ${zone}`] : date ? [date, zone] : [zone];
}

/**
 * What the lower left corner contains, and the name of the lower chart.
 * @param {Figure} figure
 * @returns {Partial<import("plotly.js").Annotations>[]}
 */
function corner({ frame, texts, colors }) {
  const lines = cornerLines(texts);
  const xshift = MARGIN.edge - frame.left;
  const middle =
    (frame.lowest - frame.concurrency + CONCURRENCY_HEIGHT / 2 - NUDGE) / (frame.lowest - MARGIN.top);
  return [
    {
      ...note(lines.map(plotlyText).join("<br>"), colors.muted),
      align: "left",
      y: 0,
      yanchor: "top",
      yshift: -2,
      xshift,
    },
    { ...note(texts.concurrency.map(plotlyText).join("<br>"), colors.muted), align: "left", y: middle, yanchor: "middle", xshift },
  ];
}

/**
 * The counters' names, the values at the edges of their panels, and how many have none.
 * @param {Figure} figure
 * @returns {Partial<import("plotly.js").Annotations>[]}
 */
function panelTexts({ frame, texts, colors }) {
  const { names, values, more } = texts.panels;
  const all = frame.lowest - MARGIN.top;
  /** @param {string} text @param {number} y px of the chart's box */
  const at = (text, y) => ({
    ...note(plotlyText(text), colors.muted),
    y: (frame.lowest - y - NUDGE) / all,
    yanchor: /** @type {const} */ ("middle"),
  });
  return [
    ...names.map((name, index) => ({
      ...at(name, frame.panels[index] + PANEL_HEIGHT / 2),
      xshift: MARGIN.edge - frame.left,
    })),
    ...values.map(({ text, y }) => ({
      ...at(text, y),
      xanchor: /** @type {const} */ ("right"),
      xshift: 4 - MARGIN.label,
    })),
    ...(more > 0 ? [at(moreText(more), frame.lowest - MORE_HEIGHT / 2)] : []),
  ];
}

/** @param {number} more counters */
export function moreText(more) {
  return `${count(more)} more ${more === 1 ? "counter is" : "counters are"} not drawn`;
}

/**
 * @param {string} text
 * @param {string} color
 * @returns {Partial<import("plotly.js").Annotations>}
 */
function note(text, color) {
  return {
    text,
    showarrow: false,
    xref: "paper",
    yref: "paper",
    x: 0,
    xanchor: "left",
    borderpad: 0,
    font: { size: FONT_SIZE, color },
  };
}

/**
 * @param {number[]} x
 * @param {number[]} y
 * @param {Pick<Colors, "area" | "areaLine">} colors
 * @returns {import("plotly.js").Data}
 */
export function concurrencyTrace(x, y, colors) {
  return /** @type {import("plotly.js").Data} */ ({
    type: "scatter",
    mode: "lines",
    name: CONCURRENCY,
    showlegend: false,
    hoverinfo: "skip",
    yaxis: "y2",
    x,
    y,
    line: { shape: "hv", width: 1, color: colors.areaLine, simplify: false },
    fill: "tozeroy",
    fillcolor: colors.area,
  });
}

/**
 * How many of the busy lanes waited.
 * @param {number[]} x
 * @param {number[]} y
 * @param {string} wait colour of declared waits
 * @returns {import("plotly.js").Data}
 */
export function waitingTrace(x, y, wait) {
  const line = { shape: "hv", width: 1, color: wait, simplify: false };
  const own = { name: "lanes waiting", x, y, line, fillcolor: faded(wait, WAIT_AREA) };
  return /** @type {import("plotly.js").Data} */ ({ ...concurrencyTrace(x, y, { area: "", areaLine: "" }), ...own });
}

/**
 * The second side of a pair: a line over the first's area.
 * @param {number[]} x
 * @param {number[]} y
 * @param {Pick<Colors, "text">} colors
 * @returns {import("plotly.js").Data}
 */
export function secondTrace(x, y, { text }) {
  const line = { shape: "hv", width: SECOND_WIDTH, color: text, simplify: false };
  return /** @type {import("plotly.js").Data} */ ({ ...concurrencyTrace(x, y, { area: "", areaLine: "" }), line, fill: "none" });
}

/**
 * Columns wide enough for their longest label, within reason, and together for the counters' names; always for
 * what tells processes apart.
 * @param {Pick<import("#page/trace/data.js").Trace, "processes" | "counters">} trace by tasks with groups in the place of processes
 * @param {readonly {label: string}[]} bands
 * @param {number} width of the chart
 * @param {(text: string) => number} measure
 * @returns {Gutter}
 */
export function gutterFor({ processes, counters }, bands, width, measure) {
  const most = Math.min(190, width * 0.16);
  /** @param {readonly string[]} texts */
  const widest = (texts) => texts.reduce((sum, text) => Math.max(sum, measure(text)), 0);
  const whole = Math.ceil(widest(processes.map(({ label, id }) => joined(label, id))) * BOLDER) + 12 + FOLD;
  const ids = Math.ceil(widest(processes.map(({ id }) => id)) * BOLDER) + LEAST_LABEL + FOLD;
  const process = Math.min(Math.max(most, Math.min(ids, width * 0.3)), whole);
  const band = Math.min(most * 0.7, Math.ceil(widest(bands.map(({ label }) => label))));
  const beside = counters.length > 0 ? valueRoom(measure) : 0;
  const least = Math.max(LEAST_GUTTER, Math.min(most, Math.ceil(widest(counters.map(counterName)))) + beside);
  return { process: Math.max(process, least - band), band };
}

/**
 * What the labels say in columns of these widths.
 * @param {Pick<import("#page/trace/data.js").Trace, "processes">} trace by tasks with groups in the place of processes
 * @param {readonly {label: string}[]} bands
 * @param {Gutter} gutter
 * @param {(text: string) => number} measure
 */
export function labelTexts({ processes }, bands, gutter, measure) {
  const room = (gutter.process - 12 - FOLD) / BOLDER;
  const beside = (/** @type {string} */ text) => room - (text === "" ? 0 : measure(text + SEPARATOR));
  const ends = shortIds(processes);
  const groups = fittedApart(
    processes.map(({ label }) => label),
    (index) => beside(ends[index]),
    measure,
  );
  const ids = processes.map(({ id }, index) => {
    const left = beside(groups[index]);
    return [id, ends[index]].find((text) => measure(text) <= left + KERNING) ?? fittedEnd(id, left, measure);
  });
  const labels = bands.map(({ label }) => label);
  return {
    processes: groups.map((group, index) => joined(group, ids[index])),
    bands: fittedApart(labels, () => gutter.band, measure),
  };
}

/**
 * What must be seen of each process's id: its end, without the host, where that tells them apart.
 * @param {readonly {id: string}[]} processes
 */
function shortIds(processes) {
  const ids = processes.map(({ id }) => id);
  const ends = ids.map((id) => id.split(SEPARATOR).at(-1) ?? id);
  const areApart = new Set(ends).size === ends.length;
  return ids.map((id, index) => (areApart && ends[index] !== id ? `…${ends[index]}` : id));
}
