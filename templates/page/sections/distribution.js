// @ts-check
// The distribution of a task: draws the figures of `durations.js` into their places.
//
// Takes the trace, its present look and plotly.js, which may come late or never. Draws when the places are near the
// view, and again when task, size, colours or the printer require it. Explains the axis in a note.

import { axisOf, both, steps, violin } from "#page/sections/durations.js";
import { whenNear } from "#page/sections/near.js";
import { shortened } from "#page/trace/names.js";
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
const NAMES_LEFT = 76; // px of the names of two sides
const LONGEST = 11; // code points of such a name

/**
 * @param {Parts} parts
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {() => import("#page/view/look.js").Look} look
 * @param {Promise<typeof import("plotly.js")>} loading
 * @returns {(wanted: Distribution, sides?: readonly Distribution[]) => void} shows this one in the colours of now; of a pair
 *   those of both sides, or of the one that has it
 */
export function createDistribution(parts, trace, look, loading) {
  /** @type {typeof import("plotly.js") | null} */
  let plotly = null;
  let hasFailed = false;
  /** @type {Distribution | null} */
  let shown = null;
  /** @type {readonly (Distribution & {side?: number})[]} of a pair */
  let sides = [];

  async function draw() {
    if (!shown) return;
    const of = trace.sides?.[sides[0]?.side ?? 0].trace ?? trace;
    const { count, exact_quantiles: exact } = of.tasks[shown.task];
    const isEmpty = shown.quantiles_ns.length === 0 && (sides.length < 2 || sides[1].quantiles_ns.length === 0);
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
    const other = sides.length > 1 ? otherOf(sides[1], color) : null;
    if (other) rooms[0].left = NAMES_LEFT;
    const shared = other ? [...values, ...other.values].sort((one, two) => one - two) : values;
    const axis = axisOf(shared, rooms[1].width - STEPS_LEFT);
    const labels = sides.map(({ side = 0 }) => trace.sides?.[side].label ?? "");
    const names = labels.length > 1 ? `Above and line: ${labels[0]}; below and dots: ${labels[1]}. ` : labels.length > 0 && trace.sides ? `Only ${labels[0]} has this task's durations. ` : "";
    tell(names + noteOf(axis.isLog, shared, all + (other?.count ?? 0), isExact));
    const [first, second] = [violin, steps].map((made, index) => {
      const own = made(of, axis, rooms[index], colors);
      return other ? both(own, made(other, axis, rooms[index], colors), labels.map((label) => shortened(label, LONGEST)), colors) : own;
    });
    // Both at once: the printer waits for nothing.
    const drawings = [
      plotly.react(parts.violin, first.data, first.layout, first.config),
      plotly.react(parts.steps, second.data, second.layout, second.config),
    ];
    [parts.violin, parts.steps].forEach((part, index) => letGrow(part, rooms[index]));
    await Promise.all(drawings);
  }

  /** @param {Distribution & {side?: number}} distribution @param {string} color */
  const otherOf = ({ task, side = 0, quantiles_ns: values }, color) => ({
    color,
    faint: `${color}66`,
    count: trace.sides?.[side].trace.tasks[task].count ?? values.length,
    values,
  });

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

  return (wanted, ofSides = []) => {
    if (wanted !== shown) parts.section.dataset.state = "drawing";
    shown = wanted;
    sides = ofSides;
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
