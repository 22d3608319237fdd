// @ts-check
// Lookups: what the rest of the page asks the chart about places, times and rows.
//
// Takes what was drawn last; each answer is of that, and of the window and the scroll of the state of now. Changes
// nothing.

import * as geometry from "#page/chart/geometry.js";
import * as places from "#page/chart/places.js";
import { visible } from "#page/chart/rows.js";

/** @typedef {import("#page/view/state.js").Place} Place */

/**
 * @param {() => import("#page/chart/places.js").Drawn} drawn last
 * @param {(choice: import("#page/chart/plan.js").Choice) => import("#page/chart/plan.js").Plan} planFor
 */
export function createLookups(drawn, planFor) {
  return { ...axes(drawn), ...pointed(drawn), ...moves(drawn, planFor) };
}

/**
 * Times and px.
 * @param {() => import("#page/chart/places.js").Drawn} drawn
 */
function axes(drawn) {
  return {
    page: () => geometry.page(drawn().plan),
    scrollable: (/** @type {number} */ scroll) => geometry.scrollable(drawn().plan, scroll),
    timeAt: (/** @type {number} */ x) => geometry.timeAt(drawn().plan, x),
    xOf: (/** @type {number} */ time) => geometry.xOf(drawn().plan, time),
    perPixel: () => geometry.perPixel(drawn().plan),
    /** The same, if it is over the plot area. @param {number | undefined} x */
    within(x) {
      const { left, right } = drawn().plan.frame;
      return x !== undefined && x >= left && x <= right ? x : undefined;
    },
  };
}

/**
 * What is at a place.
 * @param {() => import("#page/chart/places.js").Drawn} drawn
 */
function pointed(drawn) {
  return {
    covers: (/** @type {number} */ x, /** @type {number} */ y) => places.covers(drawn().plan, x, y),
    isRow: (/** @type {number} */ x, /** @type {number} */ y) => places.isRow(drawn().plan, x, y),
    /** Whether the wheel scrolls rows there: over the panels, which may be many, the page. @param {number} y */
    scrollsAt: (y) => y <= drawn().plan.frame.concurrency,
    hitAt: (/** @type {number} */ x, /** @type {number} */ y) => places.hitAt(drawn(), x, y),
    summaryAt: (/** @type {number} */ x, /** @type {number} */ y) => places.summaryAt(drawn(), x, y),
    labelAt: (/** @type {number} */ x, /** @type {number} */ y) => places.labelAt(drawn(), x, y),
    counterAt: (/** @type {number} */ x, /** @type {number} */ y) => places.counterAt(drawn(), x, y),
    concurrencyAt: (/** @type {number} */ x, /** @type {number} */ y) => places.concurrencyAt(drawn(), x, y),
  };
}

/**
 * Where spans are, and what shows them.
 * @param {() => import("#page/chart/places.js").Drawn} drawn
 * @param {(choice: import("#page/chart/plan.js").Choice) => import("#page/chart/plan.js").Plan} planFor
 */
function moves(drawn, planFor) {
  return {
    hitOf: (/** @type {Place} */ place) => places.hitOf(drawn().trace, place),
    positionOf: (/** @type {Place} */ place) => geometry.positionOf(drawn().plan, place),
    rowEnd: (/** @type {Place} */ place) => places.rowEnd(drawn(), place),
    /** @param {Place} place @param {import("#page/view/window.js").Window} [window] */
    showingSpan: (place, window) => places.showingSpan(drawn().trace, planFor, place, window),
    /** @param {ReadonlySet<number>} folded @param {number} [process] */
    folding: (folded, process) => places.folding(drawn(), planFor, folded, process),
    /** The rows from the top, whether in view or not, and which are in view. */
    rows() {
      const { plan } = drawn();
      const { bands } = plan.arrangement;
      return {
        rows: plan.rows.rows.map(({ band, track }) => ({ band: bands[band], track })),
        inView: visible(plan.rows, geometry.scrolled(plan), geometry.page(plan)),
      };
    },
  };
}
