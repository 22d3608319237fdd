// @ts-check
// The look: colours, legend and names of times, as the reader has chosen them.
//
// Takes the trace and the page's style sheet, gives how things look now. Computes nothing again if the choice stays
// the same.

import { latest } from "#page/trace/latest.js";
import { ELAPSED } from "#page/trace/scale.js";
import { legend } from "#page/view/legend.js";
import { lineColors, paint } from "#page/view/palette.js";
import { change, state } from "#page/view/state.js";

/**
 * @typedef {object} Look
 * @property {import("#page/view/palette.js").Paint} paint
 * @property {Colors} colors
 * @property {import("#page/view/legend.js").Legend} legend
 * @property {import("#page/trace/scale.js").Zone} zone in which times are shown
 * @property {"task" | "group"} by whose name chooses a span's colour
 * @property {string[]} lines the colours of the processes that count; of a pair those of their sides
 *
 * @typedef {ReturnType<typeof pageColors>} Colors of the page, from its style sheet
 */

/**
 * How things look now.
 * @param {import("#page/trace/data.js").Trace} trace
 * @returns {() => Look}
 */
export function lookOf(trace) {
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
        lines:
          trace.countingSides?.map((side) => (side === 0 ? colors.areaLine : colors.text)) ??
          lineColors(trace.counting.length, scheme, colors.accent, painted.fill),
        legend: legend(trace, by),
        zone: time === "since" || !trace.hasClock ? ELAPSED : trace.zone,
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

/** Whether the page is on its way to paper. */
export function isPrinting() {
  return "printing" in document.documentElement.dataset;
}

/**
 * Keeps the scheme that the reader's system asks for; paper is light.
 * @returns {() => void} does so at once
 */
export function followScheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const set = () => change({ scheme: dark.matches && !isPrinting() ? "dark" : "light" });
  dark.addEventListener("change", set);
  set();
  return set;
}
