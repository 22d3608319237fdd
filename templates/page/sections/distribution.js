// @ts-check
// The section of distributions: draws the figures of `durations.js` into the page.
//
// Takes the trace and its present look, fills boxes that are there from the beginning. Draws again when size,
// colours or the printer require it. Explains the axis in a note.

import { axisOf, dashOf, steps, violins } from "#page/sections/durations.js";
import { FONT, FONT_SIZE } from "#page/chart/figure.js";
import { fitted, fittedApart } from "#page/trace/names.js";
import { PART } from "#page/chart/panels.js";
import { textMeasure } from "#page/view/text.js";

/**
 * @typedef {object} Parts
 * @property {HTMLElement} section
 * @property {HTMLElement} violins
 * @property {HTMLElement} steps
 * @property {HTMLElement} note
 * @property {readonly HTMLElement[]} rows of the table, one a task
 */

const MOST_LABEL = 0.3; // of a figure's width
const LABEL_AIR = 12; // px round a task's name
const STEPS_LEFT = 46; // px of `100 %`

/**
 * @param {Parts} parts
 * @param {typeof import("plotly.js")} plotly
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {() => import("#page/chart/chart.js").Look} look
 * @returns {() => Promise<void>} draws what is to be seen now
 */
export function createDistributions(parts, plotly, trace, look) {
  const measure = textMeasure(`${FONT_SIZE}px ${FONT}`);
  const names = trace.distributions.map(({ task }) => {
    const { group, task: own } = trace.tasks[task];
    return trace.names[group] + PART + trace.names[own];
  });
  parts.rows.forEach((row, index) => row.style.setProperty("--pattern", patternOf(dashOf(index))));
  const isEmpty = trace.distributions.every(({ count }) => count === 0);
  const hasZero = trace.distributions.some(({ values_ns }) => values_ns[0] === 0);

  async function draw() {
    parts.section.dataset.state = "drawing";
    const { paint, colors, by } = look();
    const [width, height] = [parts.violins.clientWidth, parts.violins.clientHeight];
    const left = Math.min(width * MOST_LABEL, Math.max(...names.map(measure))) + LABEL_AIR;
    const labels = fittedApart(names, () => left - LABEL_AIR, measure);
    const tasks = trace.distributions.map(({ task, count, values_ns }, index) => {
      const color = paint.name[trace.tasks[task][by]];
      const name = fitted(names[index], parts.steps.clientWidth - 2 * LABEL_AIR, measure);
      return { label: labels[index], name, color, faint: faintOf(color), count, values: values_ns };
    });
    const axis = axisOf(
      tasks.map(({ values }) => values),
      width - left,
    );
    tasks.forEach(({ color }, index) => parts.rows[index]?.style.setProperty("--swatch", color));
    const zero = hasZero ? " 0 ns is drawn at 1 ns." : "";
    const log = `Durations are on a logarithmic axis in both charts, and the density is of the logarithms.${zero}`;
    const none = "No span has ended, so there is nothing to draw.";
    parts.note.textContent = isEmpty ? none : axis.isLog ? log : "Durations are on a linear axis in both charts.";
    const isBelow = parts.steps.offsetTop > parts.violins.offsetTop; // then one axis is above the other
    const rooms = [
      { width, height, left },
      { width: parts.steps.clientWidth, height, left: isBelow ? left : STEPS_LEFT },
    ];
    const first = violins(tasks, axis, rooms[0], colors);
    const second = steps(tasks, axis, rooms[1], colors);
    // Both at once: the printer waits for nothing.
    await Promise.all([
      plotly.react(parts.violins, first.data, first.layout, first.config),
      plotly.react(parts.steps, second.data, second.layout, second.config),
    ]);
    parts.section.dataset.state = "ready";
  }

  return draw;
}

/**
 * A line as it is drawn, as a background in the text's colour.
 * @param {readonly number[]} dash
 */
function patternOf(dash) {
  let end = 0;
  const stops = dash.map((px, index) => `${index % 2 === 0 ? "currentColor" : "transparent"} ${end}px ${(end += px)}px`);
  return `repeating-linear-gradient(90deg, ${stops.length > 0 ? stops.join(", ") : "currentColor 0 1px"})`;
}

/** @param {string} color `#rrggbb` */
function faintOf(color) {
  return `${color}66`;
}
