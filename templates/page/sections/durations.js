// @ts-check
// Durations: how long the spans of a task took, as two Plotly figures.
//
// Takes the durations, gives a violin, and a line for the share of the spans that took at most a given time. Both
// have the same axis of durations. If durations differ widely, the axis and the density are logarithmic: a density in
// other steps than those of the axis would show shapes that do not exist. Pure.

import { CONFIG, FONT, FONT_SIZE } from "#page/chart/figure.js";
import { plotlyText } from "#page/trace/names.js";
import { duration, percent } from "#page/trace/units.js";

/**
 * @typedef {object} Axis of durations
 * @property {boolean} isLog whether places are decimal logarithms of ns, else they are ns
 * @property {[number, number]} range places
 * @property {number[]} places of the ticks
 * @property {string[]} texts of the ticks
 *
 * @typedef {object} Shown a task
 * @property {string} color
 * @property {string} faint the same, faded
 * @property {number} count how many durations there are
 * @property {readonly number[]} values ns, ascending: all of them or equally spaced quantiles
 *
 * @typedef {{width: number, height: number, left: number}} Room px, and those of them left of the plot area
 * @typedef {{data: import("plotly.js").Data[], layout: Partial<import("plotly.js").Layout>, config: Partial<import("plotly.js").Config>}} Figure
 */

const FAR_APART = 20; // times
const AIR = 0.03; // of the range, on both sides
const TICK = 62; // px from one tick to the next at least
const BOTTOM = 22; // px of the ticks' labels
const RIGHT = 14;
const FEW = 5; // spans without a density worth the name

const [US, MS, S, MIN, H] = [1e3, 1e6, 1e9, 60e9, 3600e9];

/** Durations that are ticks, as `[ns, text]`: every one of a row is, or its first alone. */
const LADDER = [
  ...[1, US, MS].flatMap((unit, index) =>
    [1, 10, 100].map((tens) => [1, 2, 5].map((one) => tick(one * tens, unit, ["ns", "us", "ms"][index]))),
  ),
  ...[[1, 2, 5], [10, 20, 30]].map((ones) => ones.map((one) => tick(one, S, "s"))),
  ...[[1, 2, 5], [10, 20, 30]].map((ones) => ones.map((one) => tick(one, MIN, "min"))),
  ...[1, 10, 100, 1000].map((tens) => [1, 2, 5].map((one) => tick(one * tens, H, "h"))),
];

/** @param {number} count @param {number} unit ns @param {string} name @returns {[number, string]} */
function tick(count, unit, name) {
  return [count * unit, `${count} ${name}`];
}

/**
 * The axis that durations are on.
 * @param {readonly number[]} values ns, ascending
 * @param {number} width px of the plot area
 * @returns {Axis}
 */
export function axisOf(values, width) {
  const [least, greatest] = [values[0], values[values.length - 1]].map((ns) => Math.max(1, ns ?? 1));
  const most = Math.max(2, Math.floor(width / TICK));
  return greatest > least * FAR_APART ? logarithmic(least, greatest, most) : linear(greatest, most);
}

/** @param {number} least @param {number} greatest @param {number} most ticks @returns {Axis} */
function logarithmic(least, greatest, most) {
  const [from, to] = [Math.log10(least), Math.log10(greatest)];
  const air = (to - from) * AIR;
  /** @param {readonly [number, string]} tick */
  const inside = ([ns]) => ns >= 10 ** (from - air) && ns <= 10 ** (to + air);
  const fine = LADDER.flat().filter(inside);
  const coarse = LADDER.map(([first]) => first).filter(inside);
  const step = Math.ceil(coarse.length / most);
  const ticks = fine.length <= most ? fine : coarse.filter((_, index) => index % step === 0);
  return {
    isLog: true,
    range: [from - air, to + air],
    places: ticks.map(([ns]) => Math.log10(ns)),
    texts: ticks.map(([, text]) => text),
  };
}

/** @param {number} greatest @param {number} most ticks @returns {Axis} */
function linear(greatest, most) {
  const end = greatest * (1 + AIR);
  const all = LADDER.flat();
  const [step, text] = all.find(([ns]) => end / ns <= most) ?? all[all.length - 1];
  const [count, unit] = inNextUnit(text.split(" "), end);
  const places = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  return {
    isLog: false,
    range: [-end * AIR, end],
    places,
    texts: places.map((_, index) => (index === 0 ? "0" : `${Number((index * Number(count)).toPrecision(6))} ${unit}`)),
  };
}

/**
 * What a step is called where the axis reaches beyond the unit of its own: `0.5 s` among seconds, not `500 ms`.
 * @param {string[]} text of the step, number and unit
 * @param {number} end ns
 */
function inNextUnit([count, unit], end) {
  const units = /** @type {const} */ ([["ns", US, "us"], ["us", MS, "ms"], ["ms", S, "s"]]);
  const next = units.find(([own, ns]) => own === unit && end >= ns);
  return next ? [String(Number(count) / 1000), next[2]] : [count, unit];
}

/**
 * The place of a duration on the axis; on a logarithmic axis 0 ns is at 1 ns.
 * @param {Axis} axis
 * @param {number} ns
 */
export function placeOf({ isLog }, ns) {
  return isLog ? Math.log10(Math.max(1, ns)) : ns;
}

/**
 * The share of all spans that took at most as long as the value at an index.
 * @param {Shown} task
 * @param {number} index
 */
export function partUpTo({ count, values }, index) {
  const rank = Math.floor((index * (count - 1)) / Math.max(1, values.length - 1));
  return (rank + 1) / count;
}

/**
 * @param {Shown} task
 * @param {Axis} axis
 * @param {Room} room
 * @param {import("#page/view/look.js").Colors} colors
 * @returns {Figure}
 */
export function violin({ color, faint, values }, axis, room, colors) {
  const isDense = values.length >= FEW;
  const trace = {
    type: "violin",
    orientation: "h",
    hoverinfo: "skip",
    x: values.map((ns) => placeOf(axis, ns)),
    y: values.map(() => 0),
    width: 0.84,
    points: isDense ? false : "all",
    pointpos: 0,
    jitter: 0,
    spanmode: "hard",
    line: { color, width: 1 },
    fillcolor: faint,
    marker: { color, size: 5 },
    box: { visible: isDense, width: 0.12, fillcolor: color, line: { color: colors.text, width: 1 } },
  };
  return figure(trace, axis, room, colors, { range: [0.5, -0.5], tickvals: [] });
}

/**
 * A line in steps: the share of the spans that took at most a given time. Of equal durations only the last is a
 * point: at the others the share would be too low. A task without durations has no line.
 * @param {Shown} task
 * @param {Axis} axis
 * @param {Room} room
 * @param {import("#page/view/look.js").Colors} colors
 * @returns {Figure}
 */
export function steps(task, axis, room, colors) {
  const ends = [...task.values.keys()].filter((index) => task.values[index] !== task.values[index + 1]);
  const values = ends.map((index) => task.values[index]);
  const parts = ends.map((index) => partUpTo(task, index));
  const [first, last] = values.length > 0 ? [[axis.range[0]], [axis.range[1]]] : [[], []];
  const trace = {
    type: "scatter",
    mode: "lines",
    line: { shape: "hv", width: 1.5, color: task.color, simplify: false },
    x: [...first, ...values.map((ns) => placeOf(axis, ns)), ...last],
    y: [...first.map(() => 0), ...parts, ...last.map(() => 1)],
    text: ["", ...values.map((ns, at) => `${partOf(parts[at])} took at most ${duration(ns)}`), ""],
    hovertemplate: "%{text}<extra></extra>",
  };
  const quarters = [0, 0.25, 0.5, 0.75, 1];
  return figure(trace, axis, room, colors, {
    range: [-0.03, 1.03],
    tickvals: quarters,
    ticktext: quarters.map((part) => `${part * 100} %`),
    showgrid: true,
    gridcolor: colors.grid,
  });
}

/**
 * The figures of both sides of a pair as one: violins one above the other, each with its name, or two lines.
 * @param {Figure} one
 * @param {Figure} other
 * @param {readonly string[]} labels
 * @param {import("#page/view/look.js").Colors} colors
 * @returns {Figure}
 */
export function both(one, other, labels, colors) {
  const [first, second] = [one, other].map(({ data: [trace] }) => /** @type {any} */ (trace));
  const isViolin = first.type === "violin";
  const tickfont = { size: FONT_SIZE, color: colors.muted };
  const dashed = { ...second.line, dash: "dot", color: colors.text };
  const traces = [
    { ...first, name: labels[0] },
    isViolin ? { ...second, y: second.y.map(() => 1), name: labels[1] } : { ...second, line: dashed, name: labels[1] },
  ];
  if (isViolin) return { ...one, data: traces, layout: { ...one.layout, yaxis: { ...one.layout.yaxis, range: [1.5, -0.5], tickvals: [0, 1], ticktext: labels.map(plotlyText), tickfont } } };
  const named = traces.map((trace, side) => ({ ...trace, hovertemplate: `${plotlyText(labels[side])}: %{text}<extra></extra>` }));
  return { ...one, data: named };
}

/** A part in words; what is less than all of them is not rounded to all. @param {number} part */
function partOf(part) {
  return part < 1 && part >= 0.9995 ? "over 99.9 %" : percent(part);
}

/**
 * @param {object} trace
 * @param {Axis} axis
 * @param {Room} room
 * @param {import("#page/view/look.js").Colors} colors
 * @param {Partial<import("plotly.js").LayoutAxis>} yaxis
 * @returns {Figure}
 */
function figure(trace, { range, places, texts }, room, colors, yaxis) {
  const own = {
    zeroline: false,
    fixedrange: true,
    ticks: /** @type {""} */ (""),
    tickmode: /** @type {"array"} */ ("array"),
    tickfont: { size: FONT_SIZE, color: colors.muted },
  };
  return {
    data: [/** @type {import("plotly.js").Data} */ (trace)],
    layout: {
      width: room.width,
      height: room.height,
      margin: { l: room.left, r: RIGHT, t: 4, b: BOTTOM, pad: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: FONT, size: FONT_SIZE, color: colors.text },
      showlegend: false,
      dragmode: false,
      hovermode: "closest",
      hoverlabel: { bgcolor: colors.surface, bordercolor: colors.line, font: { color: colors.text, size: 12 } },
      xaxis: {
        ...own,
        range,
        tickvals: places,
        ticktext: texts,
        tickangle: 0,
        showgrid: true,
        gridcolor: colors.grid,
        linecolor: colors.line,
        showline: true,
      },
      yaxis: { ...own, showgrid: false, ...yaxis },
    },
    config: { ...CONFIG },
  };
}
