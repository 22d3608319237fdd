// @ts-check
// The frame: where the parts of the chart are in its box.
//
// Takes the room on the page and what the parts need, gives px of the chart's own box. From the top:
// overview, rows, concurrency, panels of counters, a note about counters without a panel, time axis. Pure.

/**
 * @typedef {object} Frame
 * @property {number} width of the whole
 * @property {number} height of the whole
 * @property {number} left of the plot area
 * @property {number} right
 * @property {number} overview top of the overview
 * @property {number} top of the rows
 * @property {number} bottom of the rows
 * @property {number} concurrency its lower end
 * @property {number[]} panels the top of each
 * @property {number} lowest end of all that shares the time axis
 *
 * @typedef {object} Panels what counters want
 * @property {number} count how many are drawn
 * @property {boolean} hasMore whether there is a line on those that are not
 */

/** From the last row to the concurrency. */
const GAP = 12;
export const CONCURRENCY_HEIGHT = 52;
export const PANEL_HEIGHT = 32;
/** From one panel to the next. */
const PANEL_GAP = 8;
export const MORE_HEIGHT = 18;
export const OVERVIEW_HEIGHT = 28;
/** Air over and under the overview. */
const OVERVIEW_AIR = 4;
export const MARGIN = { right: 18, top: 4, bottom: 36, label: 10, edge: 8 };
const LEAST_WIDTH = 320;
const LEAST_HEIGHT = 340; // of the whole chart, where lanes need it
const LEAST_ROWS = 150; // of them, where they need it
const ROWS_OVER_PANELS = 240; // the same: rather than the rows the last panels are out of the window

/** @type {Panels} */
const NO_PANELS = { count: 0, hasMore: false };

/**
 * @param {{width: number, height: number}} room on the page
 * @param {number} rows what the rows would take
 * @param {(width: number) => {process: number, band: number}} gutterFor the label columns
 * @param {Panels} [counters]
 * @returns {Frame}
 */
export function frameIn(room, rows, gutterFor, counters = NO_PANELS) {
  const width = Math.max(LEAST_WIDTH, room.width); // a hidden page has none
  const gutter = gutterFor(width);
  const overview = MARGIN.top + OVERVIEW_AIR;
  const top = overview + OVERVIEW_HEIGHT + OVERVIEW_AIR;
  const panels = panelsHeight(counters);
  const below = GAP + CONCURRENCY_HEIGHT + panels + MARGIN.bottom;
  const least = counters.count > 0 ? ROWS_OVER_PANELS : LEAST_ROWS;
  const most = Math.max(least, Math.max(LEAST_HEIGHT, room.height) - top - below);
  const bottom = top + Math.min(rows, most);
  const concurrency = bottom + GAP + CONCURRENCY_HEIGHT;
  return {
    width,
    height: bottom + below,
    left: gutter.process + gutter.band + MARGIN.edge + MARGIN.label,
    right: width - MARGIN.right,
    overview,
    top,
    bottom,
    concurrency,
    panels: Array.from(
      { length: counters.count },
      (_, index) => concurrency + GAP + index * (PANEL_HEIGHT + PANEL_GAP),
    ),
    lowest: concurrency + panels,
  };
}

/** @param {Panels} counters */
function panelsHeight({ count, hasMore }) {
  if (count === 0) return 0;
  return GAP + count * (PANEL_HEIGHT + PANEL_GAP) - PANEL_GAP + (hasMore ? MORE_HEIGHT : 0);
}
