// @ts-check
// The composition: all that is drawn of a state.
//
// Takes the trace, the plan and the look of now; gives the scene of spans, the lower panels, texts, labels and marks,
// each with its place. Canvases and Plotly draw from it. Draws nothing.

import { CONCURRENCY, FONT } from "#page/chart/figure.js";
import { MARGIN } from "#page/chart/frame.js";
import { page, positionOf, scrolled, viewOf, xOf } from "#page/chart/geometry.js";
import { panelNames, panels, panelValues, valueRoom } from "#page/chart/panels.js";
import { createRaster } from "#page/chart/raster.js";
import { labels, struck, visible } from "#page/chart/rows.js";
import { sceneOf } from "#page/chart/scene.js";
import { strips } from "#page/chart/strips.js";
import { latest } from "#page/trace/latest.js";
import { shortened } from "#page/trace/names.js";
import { concurrencyIn } from "#page/trace/occupancy.js";
import { insideOf, ticks } from "#page/trace/scale.js";
import { duration } from "#page/trace/units.js";
import { state } from "#page/view/state.js";
import { same, whole } from "#page/view/window.js";

/**
 * @typedef {import("#page/chart/plan.js").Plan} Plan
 *
 * @typedef {object} Composition
 * @property {import("#page/chart/scene.js").Scene} scene
 * @property {import("#page/trace/occupancy.js").Curve} lower the concurrency
 * @property {import("#page/chart/figure.js").Figure} figure what is around the bars
 * @property {import("#page/chart/canvas.js").Content} content
 * @property {import("#page/chart/canvas.js").Backdrop} backdrop
 * @property {import("#page/chart/rows.js").Labels} shown labels
 * @property {import("#page/chart/raster.js").Raster} raster that the scene's cells are from
 * @property {boolean} isWhole whether nothing of it is still computed
 */

/** px between two labels at least. */
export const LABEL_DISTANCE = 13;
const LONGEST = 16; // code points of a side's name beside the number of busy lanes
const OVER = 8; // px that a tick's label may reach over the axis

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {(text: string) => number} measure
 * @returns {(plan: Plan, look: import("#page/view/look.js").Look, emphasis: import("#page/view/emphasis.js").Emphasis) => Composition}
 */
export function createComposer(trace, measure) {
  const limits = whole(trace.wall);
  const raster = createRaster(trace.keys.length);
  const sides = trace.sides?.map(({ label }, side) => `${side === 0 ? "area" : "line"}: ${shortened(label, LONGEST)}`);
  const beside = [CONCURRENCY, ...(sides ?? [])];
  const namedPanels = latest((/** @type {number} */ room) => panelNames(trace.counters, room, measure));

  return (plan, look, emphasis) => {
    let isWhole = true;
    const load = () => {
      const found = emphasis.load();
      isWhole &&= found !== null;
      return found;
    };
    const { arrangement, frame, rows } = plan;
    const { colors, zone, lines, paint } = look;
    const [view, scroll] = [viewOf(plan), scrolled(plan)];
    const scene = sceneOf(arrangement.bands, rows, visible(rows, scroll, page(plan)), view, emphasis, raster, {
      trace,
      paint,
      measure,
    });
    const axis = ticks(view.start, view.end, view.width, zone, measure);
    const isAll = state().hidden.size === 0;
    const lower = concurrencyIn(trace, isAll && same(state().window, limits) ? null : load(), isAll, view);
    const drawnPanels = panels(trace.counters, frame, view, lines, trace.countingSides);
    const shown = labels(rows, arrangement.bands, scroll, page(plan), LABEL_DISTANCE);
    const texts = {
      ticks: insideOf(axis, view, { left: OVER, right: OVER }, measure),
      zone: zone.name,
      concurrency: beside,
      labels: { bands: withTexts(shown.bands, plan.texts.bands), processes: withTexts(shown.processes, plan.texts.processes) },
      panels: {
        names: namedPanels(frame.left - MARGIN.edge - MARGIN.label - valueRoom(measure)),
        values: panelValues(drawnPanels),
        more: trace.moreCounters,
      },
    };
    const content = {
      scroll,
      height: rows.height,
      sections: rows.sections,
      sides: sidesAt(arrangement.bands, rows),
      struck: struck(rows.sections, shown, LABEL_DISTANCE),
      strips: strips(arrangement.bands, rows, trace, load, view, { scroll, room: page(plan) }),
      panels: drawnPanels,
      marks: marksOf(trace, plan),
    };
    return {
      scene,
      lower,
      figure: { frame, window: state().window, scroll, texts, peak: lower.peak, colors },
      content,
      backdrop: { ticks: axis.values, colors, font: FONT },
      shown,
      raster,
      isWhole,
    };
  };
}

/**
 * The lines between sections before which a side of a pair begins.
 * @param {readonly import("#page/chart/arrangement.js").Band[]} bands
 * @param {import("#page/chart/rows.js").Layout} rows
 */
function sidesAt(bands, rows) {
  const tops = bands.flatMap(({ side }, band) => (side === undefined ? [] : [rows.bandTop[band]]));
  return new Set(tops.flatMap((top) => rows.sections.filter((line) => line <= top).at(-1) ?? []));
}

/** @param {readonly import("#page/chart/rows.js").Label[]} placed @param {readonly string[]} all */
function withTexts(placed, all) {
  return placed.map(({ index, middle }) => ({ middle, text: all[index] }));
}

/**
 * What the reader has marked, where it is on the screen.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {Plan} plan
 * @returns {import("#page/chart/marks.js").Marks}
 */
function marksOf(trace, plan) {
  const { selected, pinned } = state();
  return {
    selected: selected && {
      left: xOf(plan, selected.start),
      right: xOf(plan, selected.end),
      text: duration(selected.end - selected.start),
    },
    pinned: pinned && trace.hasRows ? markOf(trace, plan, pinned) : null,
  };
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {Plan} plan
 * @param {import("#page/view/state.js").Place} place
 */
function markOf(trace, plan, place) {
  const position = positionOf(plan, place);
  if (!position) return null;
  const { start, end } = trace.lanes[place.lane].tracks[place.track];
  const top = plan.frame.top + plan.rows.rows[position.row].top - scrolled(plan);
  return { left: xOf(plan, start[place.span]), right: xOf(plan, end[place.span]), top, bottom: top + plan.rows.bar };
}
