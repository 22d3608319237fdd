// @ts-check
// Places: what is under the pointer, and where the chart must move to show a span.
//
// Takes what was drawn last and px of the chart's box; gives spans, cells of summaries, labels and counters there, and
// changes of the state that bring a span or a process into view. Changes nothing.

import { placeOf } from "#page/chart/arrangement.js";
import { INSTANT, PLAIN, UNFINISHED } from "#page/chart/boxes.js";
import { LABEL_DISTANCE } from "#page/chart/composition.js";
import { CONCURRENCY_HEIGHT, MARGIN, PANEL_HEIGHT } from "#page/chart/frame.js";
import { page, perPixel, positionOf, rowBelow, scrolled, timeAt, viewOf } from "#page/chart/geometry.js";
import { spanAt } from "#page/chart/hit.js";
import { cellAt } from "#page/chart/raster.js";
import { bandAt } from "#page/chart/rows.js";
import { rowOf } from "#page/trace/data.js";
import { meanAt } from "#page/trace/occupancy.js";
import { foldersOf } from "#page/trace/sides.js";
import { state } from "#page/view/state.js";
import { showing, whole } from "#page/view/window.js";

/**
 * @typedef {import("#page/view/state.js").Place} Place
 * @typedef {import("#page/chart/plan.js").Plan} Plan
 *
 * @typedef {Place & {key: number, kind: number}} Hit a span, its key and its kind as of boxes
 *
 * @typedef {object} Drawn what was drawn last
 * @property {import("#page/trace/data.js").Trace} trace
 * @property {Plan} plan
 * @property {import("#page/chart/composition.js").Composition} composition
 * @property {import("#page/view/emphasis.js").Emphasis} emphasis
 */

const TOLERANCE = 2; // px

/** Whether a place is over rows or panels. @param {Plan} plan @param {number} x @param {number} y */
export function covers({ frame }, x, y) {
  return x >= 0 && x <= frame.right && y >= frame.top && y <= frame.lowest;
}

/** Whether a place is over the rows, where a press is about spans. @param {Plan} plan @param {number} x @param {number} y */
export function isRow({ frame }, x, y) {
  return x >= frame.left && x <= frame.right && y >= frame.top && y < frame.bottom;
}

/**
 * The span drawn at a place.
 * @param {Drawn} drawn
 * @param {number} x
 * @param {number} y
 * @returns {Hit | null}
 */
export function hitAt({ trace, plan, emphasis }, x, y) {
  const row = isRow(plan, x, y) ? rowBelow(plan, y) : undefined;
  if (!row) return null;
  const band = plan.arrangement.bands[row.band];
  const span = spanAt(band.tracks[row.track], timeAt(plan, x), perPixel(plan), TOLERANCE, emphasis.shownKeys);
  return span < 0 ? null : hitOf(trace, placeOf(band, row.track, span));
}

/** @param {import("#page/trace/data.js").Trace} trace @param {Place} place @returns {Hit} */
export function hitOf(trace, place) {
  const { start, end, key, unfinished } = trace.lanes[place.lane].tracks[place.track];
  const { span } = place;
  const kind = span === unfinished ? UNFINISHED : start[span] === end[span] ? INSTANT : PLAIN;
  return { ...place, key: key[span], kind };
}

/**
 * The cell of a summarised lane at a place: what the report kept of the spans there.
 * @param {Drawn} drawn
 * @param {number} x
 * @param {number} y
 */
export function summaryAt({ trace, plan, composition, emphasis }, x, y) {
  const row = isRow(plan, x, y) ? rowBelow(plan, y) : undefined;
  if (!row) return null;
  const { lane, task } = plan.arrangement.bands[row.band];
  if (task >= 0 || !trace.lanes[lane].isSummarised) return null;
  const cells = composition.raster.summaryCells(trace.lanes[lane].raster, viewOf(plan), emphasis.masksOf(lane));
  const cell = cellAt(cells, timeAt(plan, x));
  return cell && { ...cell, lane };
}

/**
 * The band at a place in the label columns, and whether that is the column of sections.
 * @param {Drawn} drawn
 * @param {number} x
 * @param {number} y
 */
export function labelAt({ plan, composition }, x, y) {
  const { frame, rows, gutter, arrangement } = plan;
  if (x < 0 || x >= frame.left || y < frame.top || y >= frame.bottom) return null;
  const isProcess = x < MARGIN.edge + gutter.process;
  const { bands } = arrangement;
  const { shown } = composition;
  /** A band of a section, in the place of its label. @param {import("#page/chart/rows.js").Label} label */
  const firstBand = ({ index, middle }) => ({ index: bands.findIndex(({ section }) => section === index), middle });
  const placed = isProcess ? shown.processes.map(firstBand) : shown.bands;
  const band = bands[bandAt(rows, bands, placed, y - frame.top + scrolled(plan), LABEL_DISTANCE)];
  return { band, isProcess };
}

/**
 * The counter whose panel or label is at a place, the moment where it is the panel, and its values in view.
 * @param {Drawn} drawn
 * @param {number} x
 * @param {number} y
 */
export function counterAt({ plan, composition }, x, y) {
  const { frame } = plan;
  const counter = frame.panels.findIndex((top) => y >= top && y < top + PANEL_HEIGHT);
  if (counter < 0 || x < 0 || x > frame.right) return null;
  const { extent } = composition.content.panels[counter];
  return { counter, time: x < frame.left ? null : timeAt(plan, x), extent };
}

/**
 * The moment at a place over the number of busy lanes, and what is drawn there; null while it is computed.
 * @param {Drawn} drawn
 * @param {number} x
 * @param {number} y
 */
export function concurrencyAt({ trace, plan, composition }, x, y) {
  const { concurrency, left, right } = plan.frame;
  const isThere = y >= concurrency - CONCURRENCY_HEIGHT && y < concurrency && trace.lanes.length > 0;
  if (!isThere || x < left || x > right) return null;
  const time = timeAt(plan, x);
  const { lower, isWhole } = composition;
  const sides = isWhole ? (lower.sides?.map((curve) => meanAt(curve, time)) ?? null) : null;
  return { time, drawn: isWhole ? meanAt(lower, time) : null, sides };
}

/**
 * Where the row of a span ends, in px of the chart's box; null where it is not in view.
 * @param {Drawn} drawn
 * @param {Place} place
 */
export function rowEnd({ plan }, place) {
  const { frame, rows } = plan;
  const position = positionOf(plan, place);
  if (!position) return null;
  const top = frame.top + rows.rows[position.row].top - scrolled(plan);
  return top + rows.bar <= frame.top || top >= frame.bottom ? null : Math.min(top + rows.bar, frame.bottom);
}

/**
 * What shows a span: its process unfolded where rows are lanes, its row and its time in view.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {(choice: import("#page/chart/plan.js").Choice) => Plan} planFor
 * @param {Place} place
 * @param {import("#page/view/window.js").Window} [window] where it is known; else the one in view, moved
 * @returns {Partial<import("#page/view/state.js").State>}
 */
export function showingSpan(trace, planFor, place, window) {
  const { start, end } = trace.lanes[place.lane].tracks[place.track];
  const { rows: by, folded: before, hidden: off } = state();
  const folders = foldersOf(trace, trace.lanes[place.lane].process);
  const folded = new Set([...before].filter((process) => !folders.includes(process)));
  const row = rowOf(trace, place);
  const hidden = off.has(row) ? new Set([...off].filter((other) => other !== row)) : off; // whoever shows it switches it on
  const choice = { rows: by, folded: by === "tasks" || folded.size === before.size ? before : folded, hidden };
  const plan = planFor(choice);
  const { rows } = plan;
  const found = plan.arrangement.find(place);
  const drawn = rows.rows.find(({ band, track }) => band === found?.band && track === found.track);
  const [room, top] = [page(plan), drawn?.top ?? 0];
  const scroll = Math.min(Math.max(state().scroll, top + 2 * rows.pitch - room), Math.max(0, top - rows.pitch));
  return {
    folded: choice.folded,
    scroll: Math.min(Math.max(0, scroll), Math.max(0, rows.height - room)),
    window: window ?? showing(state().window, start[place.span], end[place.span], whole(trace.wall)),
  };
}

/**
 * Other processes folded, and what is seen of the one that is kept in view where it is. Rows by task have no folds.
 * @param {Drawn} drawn
 * @param {(choice: import("#page/chart/plan.js").Choice) => Plan} planFor
 * @param {ReadonlySet<number>} folded
 * @param {number} [process] else the first in view
 * @returns {Partial<import("#page/view/state.js").State>}
 */
export function folding({ plan, composition }, planFor, folded, process = composition.shown.processes[0]?.index) {
  const { rows: by, hidden } = state();
  if (by === "tasks") return {};
  const next = planFor({ rows: "lanes", folded, hidden });
  /** @param {Plan} of */
  const topOf = ({ rows, arrangement }) => rows.bandTop[arrangement.bands.findIndex((band) => band.section === process)] ?? 0;
  // A process that begins above the view is shown from its beginning, with room for its label under that above.
  const above = Math.max(1.5 * LABEL_DISTANCE, topOf(plan) - scrolled(plan));
  const most = Math.max(0, next.rows.height - page(next));
  const scroll = Math.min(Math.max(0, topOf(next) - above), most);
  return { folded, scroll: scrolled(plan) === 0 ? 0 : scroll };
}
