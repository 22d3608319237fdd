// @ts-check
// The chart: rows of spans over time, below them the number of busy lanes, and below that the counters.
//
// Draws the state on two canvases, at most once per frame: first of a trace without rows, later of the whole. Each
// redraw leaves a `waterfall:redraw` measure. Plotly may cover it where it looks the same (`cover.js`). Knows what is
// at a place and how to show a span (`lookups.js`). Changes no state.

import { createCanvas } from "#page/chart/canvas.js";
import { createComposer } from "#page/chart/composition.js";
import { createCover, plotlyFigure } from "#page/chart/cover.js";
import { FONT, FONT_SIZE } from "#page/chart/figure.js";
import { scrolled } from "#page/chart/geometry.js";
import { createLookups } from "#page/chart/lookups.js";
import { createPlanner } from "#page/chart/plan.js";
import { inSlices } from "#page/trace/slices.js";
import { state } from "#page/view/state.js";
import { textMeasure } from "#page/view/text.js";

/**
 * @typedef {import("#page/chart/places.js").Hit} Hit
 *
 * @typedef {ReturnType<typeof createChart>} Chart
 *
 * @typedef {object} Parts
 * @property {HTMLElement} section
 * @property {HTMLElement} plot
 * @property {HTMLCanvasElement} under the plot
 * @property {HTMLCanvasElement} over the plot
 *
 * @typedef {object} Surroundings what the chart asks of the page around it
 * @property {() => import("#page/view/look.js").Look} look of now
 * @property {() => import("#page/view/emphasis.js").Emphasis} emphasis of now
 * @property {() => {width: number, height: number}} room in px
 * @property {() => number} sharpness px of the canvases to one of the page
 * @property {(frame: import("#page/chart/frame.js").Frame, processes: import("#page/chart/rows.js").Label[]) => void}
 *   placed called with the places of parts and processes' labels in px of the chart's box
 * @property {(error?: unknown) => void} drawn called after each redraw, with the error if it failed
 */

/**
 * @param {Parts} parts
 * @param {import("#page/trace/data.js").Trace} outline
 * @param {Surroundings} around
 */
export function createChart({ section, plot, under, over }, outline, around) {
  const measure = textMeasure(`${FONT_SIZE}px ${FONT}`);
  const draw = createCanvas({ under, over });
  let trace = outline;
  let planner = createPlanner(trace, around.room, measure);
  let compose = createComposer(trace, measure);
  let requested = 0; // when the pending redraw was asked for, or 0
  let isPreparing = false;
  /** @type {ReturnType<typeof createCover> | null} */
  let cover = null;

  /** @type {import("#page/chart/places.js").Drawn | null} */
  let drawn = null;

  /** What was drawn last, in which places are looked up. */
  const last = () => (drawn ??= composed());

  function composed() {
    const [plan, own] = [planner.plan(state()), around.emphasis()];
    const nothing = { bright: own.shownKeys, faint: null };
    const emphasis = planner.suits(plan, own.match) ? own : { ...own, masksOf: () => nothing };
    return { trace, plan, emphasis, composition: compose(plan, around.look(), emphasis) };
  }

  /** Draws the state of now on the canvases, whatever covers them. */
  function redraw() {
    const start = requested || performance.now();
    requested = 0;
    drawn = composed();
    const { plan, composition } = last();
    section.style.height = `${plan.frame.height}px`;
    draw(composition, false, around.sharpness());
    section.classList.add("uncovered");
    tellPlaces();
    const { mode, spans, boxes } = composition.scene;
    const { left, right, top, bottom } = plan.frame;
    const { scroll } = composition.content;
    const detail = { mode, spans, drawn: boxes.span.length, window: state().window, scroll, left, right, top, bottom };
    performance.measure("waterfall:redraw", { start, end: performance.now(), detail });
    cover?.off();
    if (state().rows === "tasks") prepare().catch(settle);
    else settle();
  }

  /** Makes the rows by task that the search asks for; until then those before are shown, or the lanes. */
  async function prepare() {
    if (isPreparing || !trace.hasRows) return;
    isPreparing = true;
    const wanted = () => (state().rows === "tasks" ? around.emphasis().match : undefined);
    try {
      if (await inSlices(planner.prepare(wanted))) request();
    } finally {
      isPreparing = false;
      settle();
    }
  }

  function tellPlaces() {
    const { plan, composition } = last();
    const { top } = plan.frame;
    const processes = plan.arrangement.by === "lanes" ? composition.shown.processes : []; // groups do not fold
    const scroll = scrolled(plan);
    around.placed(plan.frame, processes.map(({ index, middle }) => ({ index, middle: top + middle - scroll })));
  }

  /** @param {unknown} [error] */
  function settle(error) {
    const isDone = !requested && !isPreparing && last().composition.isWhole && !last().emphasis.isSearching;
    if (isDone) section.dataset.state = trace.hasRows ? "ready" : "loading";
    around.drawn(error);
  }

  /** Draws with the next frame. */
  function request() {
    if (requested) return;
    requested = performance.now();
    if (trace.hasRows) section.dataset.state = "drawing";
    requestAnimationFrame(() => {
      if (!requested) return; // drawn since
      try {
        redraw();
      } catch (error) {
        settle(error);
      }
    });
  }

  return {
    redraw,
    request,

    /** The rows are there, and are drawn at once. @param {import("#page/trace/data.js").Trace} whole */
    complete(whole) {
      trace = whole;
      planner = createPlanner(trace, around.room, measure);
      compose = createComposer(trace, measure);
      redraw();
    },

    /**
     * Lets Plotly cover the canvases from now on.
     * @param {typeof import("plotly.js")} plotly
     * @param {ReturnType<typeof import("#page/chart/idle.js").createIdle>} idle
     * @returns {Promise<void>} until it did so for the first time, or failed
     */
    coveredBy(plotly, idle) {
      return new Promise((resolve) => {
        cover = createCover(plot, plotly, trace.wall, around.look, idle, {
          drawn: () => last().composition,
          covered(composition) {
            draw(composition, true, around.sharpness());
            section.classList.remove("uncovered");
            tellPlaces();
          },
          done(error) {
            if (error !== undefined) reportError(error); // the canvases show all without it
            resolve();
          },
        });
        cover.off();
      });
    },

    /** What a picture of now is made of. @param {{under: HTMLCanvasElement, over: HTMLCanvasElement}} canvases to draw on */
    picture(canvases) {
      const { plan, composition } = composed();
      createCanvas(canvases)(composition, true, window.devicePixelRatio || 1);
      return { ...plotlyFigure(composition, around.look()), frame: plan.frame };
    },

    ...createLookups(last, (choice) => planner.plan(choice)),
  };
}
