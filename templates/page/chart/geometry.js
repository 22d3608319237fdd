// @ts-check
// The geometry: between px of the chart's box, and times and rows of the state of now.
//
// Takes a plan, reads the window and the scroll from the state. Knows no spans.

import { rowAt } from "#page/chart/rows.js";
import { state } from "#page/view/state.js";

/** @typedef {import("#page/chart/plan.js").Plan} Plan */

/** The height of the rows in view, in px. @param {Plan} plan */
export function page({ frame }) {
  return frame.bottom - frame.top;
}

/** @param {Plan} plan @param {number} scroll @returns {number} the nearest that the rows allow, with its fraction of a pixel */
export function scrollable(plan, scroll) {
  return Math.min(Math.max(0, scroll), Math.max(0, plan.rows.height - page(plan)));
}

/** The scroll that is drawn: whole pixels keep the rows sharp. @param {Plan} plan */
export function scrolled(plan) {
  return Math.round(scrollable(plan, state().scroll));
}

/** The part of the run in view. @param {Plan} plan @returns {import("#page/chart/boxes.js").View} */
export function viewOf({ frame }) {
  const { start, end } = state().window;
  return { start, end, width: frame.right - frame.left };
}

/** ns. @param {Plan} plan */
export function perPixel(plan) {
  const { start, end, width } = viewOf(plan);
  return (end - start) / width;
}

/** @param {Plan} plan @param {number} x */
export function timeAt(plan, x) {
  return state().window.start + (x - plan.frame.left) * perPixel(plan);
}

/** @param {Plan} plan @param {number} time */
export function xOf(plan, time) {
  return plan.frame.left + (time - state().window.start) / perPixel(plan);
}

/**
 * The row at a height, if there is one.
 * @param {Plan} plan
 * @param {number} y
 * @returns {import("#page/chart/rows.js").Row | undefined}
 */
export function rowBelow(plan, y) {
  const { frame, rows } = plan;
  if (y < frame.top || y >= frame.bottom) return undefined;
  return rows.rows[rowAt(rows, y - frame.top + scrolled(plan))];
}

/**
 * The row of a span and its index there; none where its process is folded, or its rows are not read.
 * @param {Plan} plan
 * @param {import("#page/view/state.js").Place} place
 * @returns {{row: number, span: number} | null}
 */
export function positionOf({ arrangement, rows }, place) {
  const found = arrangement.find(place);
  const row = rows.rows.findIndex(({ band, track }) => band === found?.band && track === found.track);
  return found && row >= 0 ? { row, span: found.span } : null;
}
