// @ts-check
// The distribution of a task: draws the figures of `durations.js` into their places.
//
// Takes the trace, its present look and plotly.js, which may come late or never. Draws when the places are near the
// view, and again when task, size, colours or the printer require it. Explains the axis in a note.

import { axisOf, steps, violin } from "#page/sections/durations.js";
import { whenNear } from "#page/sections/near.js";
import { count } from "#page/trace/units.js";

/**
 * @typedef {import("#page/trace/data.js").Distribution} Distribution
 *
 * @typedef {object} Parts
 * @property {HTMLElement} section
 * @property {HTMLElement} plots
 * @property {HTMLElement} violin
 * @property {HTMLElement} steps
 * @property {HTMLElement} note
 */

const LEFT = 14; // px beside a figure
const STEPS_LEFT = 46; // px of `100 %`

/**
 * @param {Parts} parts
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {() => import("#page/view/look.js").Look} look
 * @param {Promise<typeof import("plotly.js")>} loading
 * @returns {(wanted: Distribution) => void} shows this one in the colours of now
 */
export function createDistribution(parts, trace, look, loading) {
  /** @type {typeof import("plotly.js") | null} */
  let plotly = null;
  let hasFailed = false;
  /** @type {Distribution | null} */
  let shown = null;

  async function draw() {
    if (!shown) return;
    const { count, exact_quantiles: exact } = trace.tasks[shown.task];
    const isEmpty = shown.quantiles_ns.length === 0;
    parts.plots.hidden = isEmpty || hasFailed;
    if (isEmpty) tell("No span has ended, so there is nothing to draw.");
    else if (hasFailed) tell("The drawing needs plotly.js, which did not load.");
    else if (plotly) await drawWith(plotly, shown, count, exact);
    parts.section.dataset.state = plotly || hasFailed ? "ready" : "loading";
  }

  /** @param {string} text */
  function tell(text) {
    parts.note.textContent = text;
  }

  /**
   * @param {typeof import("plotly.js")} plotly
   * @param {Distribution} shown
   * @param {number} all how many durations there are
   * @param {boolean} isExact
   */
  async function drawWith(plotly, { task, quantiles_ns: values }, all, isExact) {
    const { paint, colors } = look();
    const color = paint.row[task];
    const of = { color, faint: `${color}66`, count: all, values };
    const isBelow = parts.steps.offsetTop > parts.violin.offsetTop; // then one axis is above the other
    const lefts = [isBelow ? STEPS_LEFT : LEFT, STEPS_LEFT];
    const rooms = [parts.violin, parts.steps].map(({ clientWidth, clientHeight }, index) => {
      return { width: clientWidth, height: clientHeight, left: lefts[index] };
    });
    const axis = axisOf(values, rooms[1].width - STEPS_LEFT);
    tell(noteOf(axis.isLog, values, all, isExact));
    const first = violin(of, axis, rooms[0], colors);
    const second = steps(of, axis, rooms[1], colors);
    // Both at once: the printer waits for nothing.
    const drawings = [
      plotly.react(parts.violin, first.data, first.layout, first.config),
      plotly.react(parts.steps, second.data, second.layout, second.config),
    ];
    [parts.violin, parts.steps].forEach((part, index) => letGrow(part, rooms[index]));
    await Promise.all(drawings);
  }

  const request = whenNear(parts.section, () => void draw().catch(reportError));
  let width = 0;
  new ResizeObserver(() => {
    if (width !== parts.plots.clientWidth) request();
    width = parts.plots.clientWidth;
  }).observe(parts.plots);
  loading.then(
    (loaded) => (plotly = loaded),
    () => (hasFailed = true), // whoever loads it reports why
  ).then(request);

  return (wanted) => {
    if (wanted !== shown) parts.section.dataset.state = "drawing";
    shown = wanted;
    request();
  };
}

/**
 * Lets a drawing be as wide as paper gives it room; on a screen it has the size it was drawn in.
 * @param {HTMLElement} part
 * @param {{width: number, height: number}} size
 */
function letGrow(part, { width, height }) {
  part.style.setProperty("--shape", `${width} / ${height}`);
  for (const svg of part.querySelectorAll(".main-svg")) svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
}

/**
 * @param {boolean} isLog
 * @param {readonly number[]} values
 * @param {number} all
 * @param {boolean} isExact
 */
function noteOf(isLog, values, all, isExact) {
  const notes = [
    isLog ? "Durations are on a logarithmic axis in both drawings, and the density is of the logarithms." : "",
    isLog && values[0] === 0 ? "0 ns is drawn at 1 ns." : "",
    values.length < all ? `Drawn from ${count(values.length)} equally spaced quantiles.` : "",
    isExact ? "" : "Durations are at most 0.4 % off.",
  ];
  return notes.filter((text) => text !== "").join(" ");
}
