// @ts-check
// The plan: which rows the chart has, and where they and all other parts are.
//
// Takes the trace and the room on the page, gives for a choice of rows their bands, the frame, the places of the rows
// and the texts of the labels. Remembers the last of each: most redraws change none. Draws nothing.

import { createArrangements } from "#page/chart/arrangement.js";
import { gutterFor, labelTexts } from "#page/chart/figure.js";
import { frameIn } from "#page/chart/frame.js";
import { desired, layout, readable } from "#page/chart/rows.js";
import { latest } from "#page/trace/latest.js";

/**
 * @typedef {import("#page/chart/arrangement.js").Arrangement} Arrangement
 * @typedef {Pick<import("#page/view/state.js").State, "rows" | "folded" | "hidden">} Choice
 *
 * @typedef {object} Plan
 * @property {Arrangement} arrangement
 * @property {import("#page/chart/frame.js").Frame} frame
 * @property {import("#page/chart/rows.js").Layout} rows
 * @property {import("#page/chart/figure.js").Gutter} gutter
 * @property {{processes: string[], bands: string[]}} texts of the labels
 */

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {() => {width: number, height: number}} room px
 * @param {(text: string) => number} measure
 */
export function createPlanner(trace, room, measure) {
  const arrangements = createArrangements(trace);
  const named = latest((/** @type {Arrangement} */ { bands, sections }, /** @type {number} */ width) => {
    const gutter = gutterFor({ processes: sections, counters: trace.counters }, bands, width, measure);
    return { gutter, texts: labelTexts({ processes: sections }, bands, gutter, measure) };
  });
  const placed = latest(layout);
  const counters = { count: trace.counters.length, hasMore: trace.moreCounters > 0 };

  return {
    /** @param {Choice} choice @returns {Plan} of the lanes as long as the rows by task are not made */
    plan({ rows: wanted, folded, hidden }) {
      const arrangement = arrangements.arrangement(arrangements.isPrepared() ? wanted : "lanes", folded, hidden);
      const { bands, by } = arrangement;
      const frame = frameIn(room(), desired(bands), (width) => named(arrangement, width).gutter, counters);
      const height = frame.bottom - frame.top;
      const rows = placed(bands, height, by === "tasks" ? readable(bands, height) : undefined);
      return { arrangement, frame, rows, ...named(arrangement, frame.width) };
    },
    /** Makes the rows by task, which takes its time. */
    prepare: arrangements.prepare,
    /** Whether what fades in a search can be drawn: the rows by task must be those of that search. */
    suits: (/** @type {Plan} */ { arrangement }, /** @type {import("#page/trace/search.js").Match | null} */ match) =>
      arrangement.by === "lanes" || arrangements.suits(match),
  };
}
