// @ts-check
// The cover: Plotly's bars, axes and texts over canvases that look the same.
//
// Takes compositions, gives them to Plotly when nothing was drawn and nothing moved for a moment; then the canvases
// leave to it what it draws. Whenever the canvases draw again, the cover is off. Nothing waits for it. Changes the
// state in one case only: someone else set Plotly's range.

import { barTraces } from "#page/chart/bars.js";
import { CONFIG, concurrencyTrace, figureLayout, secondTrace, waitingTrace } from "#page/chart/figure.js";
import { REST } from "#page/chart/idle.js";
import { isPrinting } from "#page/view/look.js";
import { change, state } from "#page/view/state.js";
import { inside, whole } from "#page/view/window.js";

/**
 * @typedef {import("#page/chart/composition.js").Composition} Composition
 *
 * @typedef {object} Drawing what the cover asks of the chart
 * @property {() => Composition} drawn last on the canvases
 * @property {(composition: Composition) => void} covered draws what is not Plotly's, the cover on
 * @property {(error?: unknown) => void} done called when the cover is on, or could not be
 */

/**
 * What Plotly draws of a composition.
 * @param {Composition} composition
 * @param {import("#page/view/look.js").Look} look
 */
export function plotlyFigure({ scene, lower, figure }, { legend, paint, colors }) {
  const bars = scene.mode === "bars" ? scene : null;
  const curves = [
    concurrencyTrace(lower.x, lower.y, colors),
    ...(lower.waiting ? [waitingTrace(lower.x, lower.waiting, paint.wait)] : []),
    ...(lower.sides ?? []).slice(1).map(({ x, y }) => secondTrace(x, y, colors)),
  ];
  return {
    data: [...barTraces(legend, bars, state().hidden, paint, colors), ...curves],
    layout: figureLayout(figure),
  };
}

/**
 * @param {HTMLElement} plot
 * @param {typeof import("plotly.js")} plotly
 * @param {number} wall
 * @param {() => import("#page/view/look.js").Look} look
 * @param {ReturnType<typeof import("#page/chart/idle.js").createIdle>} idle
 * @param {Drawing} drawing
 */
export function createCover(plot, plotly, wall, look, idle, drawing) {
  const div = /** @type {import("plotly.js").PlotlyHTMLElement} */ (plot);
  const limits = whole(wall);
  let turn = 0; // counts what was drawn without the cover
  let timer = 0;
  let isFollowed = false;

  /** @type {Promise<void>} */
  let putting = Promise.resolve(); // one after the other

  /** @param {number} own turn, after which it comes too late */
  async function put(own) {
    await idle.moment();
    if (own !== turn || isPrinting()) return; // drawn since, and put on again soon; afterwards, too
    const composition = drawing.drawn();
    const { data, layout } = plotlyFigure(composition, look());
    await plotly.react(div, data, layout, CONFIG);
    follow();
    if (own !== turn) return;
    drawing.covered(composition);
    drawing.done();
  }

  /** Whoever sets the range of the time axis moves the window. */
  function follow() {
    if (isFollowed) return;
    isFollowed = true;
    div.on("plotly_relayout", (event) => {
      if (!Object.keys(event).some((name) => name.startsWith("xaxis."))) return;
      const [start, end] = /** @type {[number, number]} */ (div.layout.xaxis.range ?? [limits.start, limits.end]);
      change({ window: inside({ start: Number(start), end: Number(end) }, limits) });
    });
  }

  return {
    /** The canvases have drawn, and the cover follows when all rests. */
    off() {
      turn += 1;
      clearTimeout(timer);
      const own = turn;
      timer = window.setTimeout(() => {
        putting = putting.then(() => put(own)).catch(drawing.done);
      }, REST);
    },
  };
}
