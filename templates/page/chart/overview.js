// @ts-check
// The overview: how busy the whole run was, with a brush that shows the window in view.
//
// Draws the state over the chart's plot area, so that it reads like the chart at its widest. Of a pair the first side is
// an area and the second a line over it, as below the rows. Its gestures and keys change the window.

import { drawBusy, drawLine, faded, WAIT_AREA } from "#page/chart/area.js";
import { rebinned } from "#page/trace/concurrency.js";
import { OVERVIEW_HEIGHT } from "#page/chart/frame.js";
import { sharpness } from "#page/chart/room.js";
import { latest } from "#page/trace/latest.js";
import { clock } from "#page/trace/scale.js";
import { change, state } from "#page/view/state.js";
import { inside, panned, whole } from "#page/view/window.js";

/**
 * @typedef {object} Parts
 * @property {HTMLElement} section
 * @property {HTMLCanvasElement} canvas
 * @property {HTMLElement} brush
 * @property {HTMLElement} from the window's start
 * @property {HTMLElement} until its end
 */

const BIN = 2; // px
const AIR = 3; // px over the highest
const CLICK = 3; // px that a press may move and still be a click
const STEP = 0.01; // of the whole run, for each press of an arrow key
const LONG_STEP = 0.1;
const NEARLY_ALL = 0.9; // of the whole run: a brush as wide as this has hardly anywhere to go

/**
 * @param {Parts} parts
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {() => import("#page/view/look.js").Look} look
 * @param {() => import("#page/view/emphasis.js").Emphasis} emphasis
 * @returns {(frame: import("#page/chart/frame.js").Frame) => void} places and draws it
 */
export function createOverview(parts, trace, look, emphasis) {
  const limits = whole(trace.wall);
  const all = limits.end - limits.start;
  let width = 0; // px

  /** @param {import("#page/view/window.js").Window} window */
  const go = (window) => change({ window: inside(window, limits) });

  /** @param {number} x px of the overview */
  const timeAt = (x) => limits.start + (x / width) * all;

  /** @param {number} time */
  const xOf = (time) => ((time - limits.start) / all) * width;

  /** The busy time of what is switched on, once it is computed. */
  const binsOf = latest((/** @type {import("#page/trace/occupancy.js").Load | null} */ load) => {
    if (!load) return null;
    const { width, all, waiting } = load;
    const ns = (/** @type {Float64Array} */ means) => means.map((mean) => mean * width);
    return { first: 0, width, busy: ns(all), waiting: waiting ? ns(waiting.all) : [] };
  });

  /** The same of each side of a pair. */
  const sidesOf = latest((/** @type {import("#page/trace/occupancy.js").Load | null} */ load) =>
    load && (trace.sides ?? []).map(({ process }) => ({ first: 0, width: load.width, busy: load.means[process].map((mean) => mean * load.width), waiting: [] })),
  );

  // The window moves with every frame of a drag, what is drawn under the brush does not.
  const redraw = latest(
    (
      /** @type {Parameters<typeof rebinned>[0] & {waiting: readonly number[] | Float64Array}} */ bins,
      /** @type {number} */ width,
      /** @type {import("#page/view/look.js").Look} */ look,
      /** @type {Parameters<typeof rebinned>[0] | null} */ second,
      /** @type {unknown[]} */ ..._others
    ) => {
      const count = Math.max(1, Math.round(width / BIN));
      const of = (/** @type {typeof bins["busy"]} */ busy) => rebinned({ ...bins, busy }, limits.start, limits.end, count);
      const other = second && rebinned(second, limits.start, limits.end, count);
      draw(parts.canvas, of(bins.busy), bins.waiting.length > 0 && !other ? of(bins.waiting) : null, other, width, look, xOf);
    },
  );

  listenToPointer(parts.section, timeAt, go, limits);
  listenToKeys(parts, go, limits);

  return (frame) => {
    width = frame.right - frame.left;
    const { style } = parts.section;
    [style.left, style.top, style.width] = [`${frame.left}px`, `${frame.overview}px`, `${width}px`];
    const bins = state().hidden.size === 0 ? trace.bins : binsOf(emphasis().load());
    const { sides } = trace;
    if (sides) {
      const [one, other] = state().hidden.size === 0 ? sides.map((side) => side.trace.bins) : (sidesOf(emphasis().load()) ?? []);
      if (one && other) redraw(one, width, look(), other, state().selected, sharpness());
    } else if (bins) redraw(bins, width, look(), null, state().selected, sharpness());
    placeBrush();
  };

  function placeBrush() {
    const { window } = state();
    const [left, right] = [xOf(window.start), xOf(window.end)];
    parts.brush.style.left = `${left}px`;
    parts.brush.style.width = `${Math.max(1, right - left)}px`;
    parts.brush.classList.toggle("nearly-all", isNearlyAll(window, limits));
    for (const [handle, time, x] of /** @type {const} */ ([
      [parts.from, window.start, left],
      [parts.until, window.end, right],
    ])) {
      handle.style.left = `${x}px`;
      handle.setAttribute("aria-valuemin", String(Math.round(limits.start)));
      handle.setAttribute("aria-valuemax", String(Math.round(limits.end)));
      handle.setAttribute("aria-valuenow", String(Math.round(time)));
      handle.setAttribute("aria-valuetext", clock(look().zone, time, 3));
    }
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Float64Array} busy
 * @param {Float64Array | null} waiting how many of these waited
 * @param {Float64Array | null} other how many lanes of a pair's second side were busy
 * @param {number} width px
 * @param {import("#page/view/look.js").Look} look
 * @param {(time: number) => number} xOf
 */
function draw(canvas, busy, waiting, other, width, { colors, paint }, xOf) {
  const ratio = sharpness();
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(OVERVIEW_HEIGHT * ratio);
  canvas.style.width = `${canvas.width / ratio}px`; // exactly: else Chromium prints it smaller
  canvas.style.height = `${OVERVIEW_HEIGHT}px`;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, OVERVIEW_HEIGHT);
  const peak = [busy, other ?? []].reduce((most, values) => Math.max(most, ...values), 1);
  const box = { left: 0, top: AIR, width, height: OVERVIEW_HEIGHT - AIR };
  /** @param {Float64Array} values @param {{area: string, areaLine: string}} colors */
  const area = (values, colors) => drawBusy(context, box, values.map((value) => value / peak), colors);
  area(busy, colors);
  if (waiting) area(waiting, { area: faded(paint.wait, WAIT_AREA), areaLine: paint.wait });
  if (other) drawLine(context, box, other.map((value) => value / peak), colors.text);
  const { selected } = state();
  if (!selected) return;
  context.fillStyle = colors.select;
  const [left, right] = [xOf(selected.start), xOf(selected.end)];
  context.fillRect(left, 0, Math.max(2, right - left), OVERVIEW_HEIGHT);
}

/**
 * A press on the brush moves it, on its ends one of them; elsewhere a drag draws a new one and a click centres it.
 * On a brush that shows nearly all, a drag draws a new one, too, and a click does nothing.
 * @param {HTMLElement} section
 * @param {(x: number) => number} timeAt
 * @param {(window: import("#page/view/window.js").Window) => void} go
 * @param {import("#page/view/window.js").Window} limits
 */
function listenToPointer(section, timeAt, go, limits) {
  /** @type {{part: string, x: number, at: number, window: import("#page/view/window.js").Window, moved: boolean} | null} */
  let drag = null;

  /** @param {PointerEvent} event */
  const place = (event) => event.clientX - section.getBoundingClientRect().left;

  section.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    const part = event.target instanceof HTMLElement ? event.target.id : "";
    const x = place(event);
    drag = { part, x, at: timeAt(x), window: state().window, moved: false };
    section.setPointerCapture(event.pointerId);
  });

  section.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const x = place(event);
    if (!drag.moved && Math.abs(x - drag.x) < CLICK) return;
    drag.moved = true;
    const time = timeAt(x);
    const { start, end } = drag.window;
    if (drag.part === "from") go(between(time, end));
    else if (drag.part === "until") go(between(start, time));
    else if (drag.part === "brush" && !isNearlyAll(drag.window, limits)) go(panned(drag.window, time - drag.at, limits));
    else go(between(drag.at, time));
  });

  section.addEventListener("pointerup", () => {
    if (drag && !drag.moved && !["from", "until", "brush"].includes(drag.part)) {
      const half = (drag.window.end - drag.window.start) / 2;
      go({ start: drag.at - half, end: drag.at + half });
    }
    drag = null;
  });
  section.addEventListener("pointercancel", () => (drag = null));
  section.addEventListener("dblclick", (event) => {
    event.stopPropagation();
    go(limits);
  });
}

/**
 * @param {Parts} parts
 * @param {(window: import("#page/view/window.js").Window) => void} go
 * @param {import("#page/view/window.js").Window} limits
 */
function listenToKeys({ from, until }, go, limits) {
  const all = limits.end - limits.start;
  for (const handle of [from, until])
    handle.addEventListener("keydown", (event) => {
      const { start, end } = state().window;
      const least = Math.min(end - start, all * STEP); // an end stops before the other
      const time = handle === from ? start : end;
      const wanted = moved(event, time, all, limits);
      if (wanted === null) return;
      event.preventDefault();
      event.stopPropagation();
      go(
        handle === from
          ? between(Math.min(wanted, end - least), end)
          : between(start, Math.max(wanted, start + least)),
      );
    });
}

/**
 * @param {KeyboardEvent} event
 * @param {number} time
 * @param {number} all
 * @param {import("#page/view/window.js").Window} limits
 */
function moved({ key, shiftKey }, time, all, limits) {
  const step = all * (shiftKey ? LONG_STEP : STEP);
  if (key === "ArrowLeft" || key === "ArrowDown") return time - step;
  if (key === "ArrowRight" || key === "ArrowUp") return time + step;
  if (key === "Home") return limits.start;
  return key === "End" ? limits.end : null;
}

/**
 * @param {import("#page/view/window.js").Window} window
 * @param {import("#page/view/window.js").Window} limits
 */
function isNearlyAll({ start, end }, limits) {
  return end - start > NEARLY_ALL * (limits.end - limits.start);
}

/**
 * @param {number} one
 * @param {number} other
 */
function between(one, other) {
  return { start: Math.min(one, other), end: Math.max(one, other) };
}
