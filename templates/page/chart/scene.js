// @ts-check
// The scene: what is drawn of a window, and how.
//
// Takes the rows in view and the window, and chooses: up to 1,000 spans in view are Plotly's bars, up to 20,000 are
// rectangles on the canvas, more become a raster, except rows with few spans, which stay exact. So the work is
// bounded by pixels, not by spans. A summarised lane shows its summary behind the spans that are kept of it, at any
// zoom; the view by tasks has only these spans. Pure.

import { placeOf } from "#page/chart/arrangement.js";
import { boxes, countSpans } from "#page/chart/boxes.js";

/**
 * @typedef {import("#page/chart/boxes.js").View} View
 *
 * @typedef {import("#page/chart/bars.js").Scene & {mode: Mode, spans: number, lines: Line[]}} Scene
 *   `spans` are those in view; where tasks are switched off they are counted no further than beyond 20,000
 *
 * @typedef {"bars" | "canvas" | "raster"} Mode
 * @typedef {import("#page/chart/mosaic.js").Line} Line
 */

const MOST_BARS = 1000;
const MOST_RECTANGLES = 20_000;

/**
 * @param {readonly import("#page/chart/arrangement.js").Band[]} bands
 * @param {import("#page/chart/rows.js").Layout} layout of them
 * @param {{from: number, to: number}} range of its rows that are in view
 * @param {View} view
 * @param {import("#page/view/emphasis.js").Emphasis} emphasis
 * @param {import("#page/chart/raster.js").Raster} raster
 * @param {Pick<Scene, "trace" | "paint" | "measure">} look
 * @returns {Scene}
 */
export function sceneOf(bands, layout, range, view, emphasis, raster, { trace, paint, measure }) {
  const { shownKeys, masksOf } = emphasis;
  const rows = layout.rows.slice(range.from, range.to);
  const tracks = rows.map(({ band, track }) => trackOf(bands[band], track, emphasis.trace));
  /** @param {number} row in one way: lanes that match otherwise have tracks of their own */
  const masks = (row) => masksOf(placeOf(bands[rows[row].band], rows[row].track, 0).lane);
  const spans = countSpans(tracks, view, shownKeys, MOST_RECTANGLES);
  const mode = spans <= MOST_BARS ? "bars" : spans <= MOST_RECTANGLES ? "canvas" : "raster";

  const few = MOST_RECTANGLES / rows.length;
  const cells = tracks.map((track, row) => {
    const isExact = mode !== "raster" || countSpans([track], view, shownKeys, few) <= few;
    return isExact ? null : raster.cellsOf(track, view, masks(row));
  });
  const summaries = [...new Set(rows.map(({ band }) => band))].flatMap((band) => {
    const { lane, task, tracks } = bands[band];
    if (task >= 0 || !trace.lanes[lane].isSummarised) return [];
    const height = tracks.length * layout.pitch - (layout.pitch - layout.bar);
    return [{ top: layout.bandTop[band], height, cells: raster.summaryCells(trace.lanes[lane].raster, view, masksOf(lane)) }];
  });
  const lines = cells.flatMap((own, row) =>
    own ? [{ top: rows[row].top, height: layout.bar, cells: own }] : [],
  );
  return {
    mode,
    spans,
    boxes: boxes(tracks, view, masks, mode !== "bars", cells),
    view,
    rows,
    tracks,
    bar: layout.bar,
    lines: [...summaries, ...lines],
    trace,
    paint,
    measure,
  };
}

/**
 * A band's track with the keys that the masks are for; bands of tasks are made with them.
 * @param {import("#page/chart/arrangement.js").Band} band
 * @param {number} track
 * @param {import("#page/trace/data.js").Trace} trace
 */
function trackOf({ lane, tracks, origins }, track, trace) {
  return origins ? tracks[track] : trace.lanes[lane].tracks[track];
}
