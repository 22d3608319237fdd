// @ts-check
// Gestures over the chart: wheel, drag, Shift+drag, click, double click.
//
// Takes the chart, changes the state. Plotly handles none of these gestures. This module does not know what a
// gesture shows.

import { change, state } from "#page/view/state.js";
import { panned, whole, zoomed } from "#page/view/window.js";

const WHEEL_ZOOM = 0.0022; // per px of the wheel
const LINE = 18; // px
const DRAG_DISTANCE = 3; // px before a press becomes a drag

/**
 * @typedef {object} Drag
 * @property {number} x px, where it began
 * @property {number} y
 * @property {boolean} selects a stretch of time, instead of moving the chart
 * @property {boolean} moved
 * @property {import("#page/view/state.js").State} before
 */

/**
 * @typedef {object} Pointer what keys need to know of the pointer
 * @property {() => {x: number, y: number} | null} place over the chart, in px of its box
 * @property {() => boolean} cancel takes a drag back, if there is one
 */

/**
 * @param {HTMLElement} element
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {number} wall
 * @param {object} tell
 * @param {() => void} tell.hideTooltip
 * @param {(x: number, y: number) => void} tell.press pins the span that is drawn there
 * @param {(x: number, y: number, otherwise: () => void) => void} tell.fit zooms to the span that is drawn there, or
 *   does otherwise
 * @returns {Pointer}
 */
export function listen(element, chart, wall, { hideTooltip, press, fit }) {
  /** @type {{x: number, y: number} | null} */
  let pointer = null;
  element.addEventListener("pointermove", (event) => (pointer = placeIn(element, event)));
  element.addEventListener("pointerleave", () => (pointer = null));
  listenToWheel(element, chart, whole(wall));
  listenToDoubleClick(element, chart, whole(wall), fit);
  return { place: () => pointer, cancel: listenToDrag(element, chart, wall, hideTooltip, press) };
}

/**
 * @param {HTMLElement} element
 * @param {MouseEvent} event
 */
function placeIn(element, event) {
  const box = element.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
}

/**
 * Ctrl+wheel zooms time at the pointer, the wheel scrolls rows, or the page where there are no more.
 * @param {HTMLElement} element
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {import("#page/view/window.js").Window} limits
 */
function listenToWheel(element, chart, limits) {
  /** @param {WheelEvent} event @returns {Partial<import("#page/view/state.js").State> | null} none where it is the page's */
  const changed = (event) => {
    const at = placeIn(element, event);
    if (!chart.covers(at.x, at.y)) return null;
    const unit = wheelUnit(event.deltaMode, chart.page());
    const { window, scroll } = state();
    if (event.ctrlKey || event.metaKey) {
      const factor = Math.exp(event.deltaY * unit * WHEEL_ZOOM);
      return { window: zoomed(window, chart.timeAt(at.x), factor, limits) };
    }
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY))
      return { window: panned(window, event.deltaX * unit * chart.perPixel(), limits) };
    const before = chart.scrollable(scroll);
    const after = chart.scrollable(before + event.deltaY * unit);
    return chart.scrollsAt(at.y) && after !== before ? { scroll: after } : null;
  };
  const turn = (/** @type {WheelEvent} */ event) => {
    const patch = changed(event);
    if (!patch) return;
    event.preventDefault();
    change(patch);
  };
  element.addEventListener("wheel", turn, { passive: false });
}

/**
 * A drag pans, with Shift it selects a stretch of time; a press without a move is about a span.
 * @param {HTMLElement} element
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {number} wall
 * @param {() => void} hideTooltip
 * @param {(x: number, y: number) => void} press
 * @returns {() => boolean} takes a drag back, if there is one
 */
function listenToDrag(element, chart, wall, hideTooltip, press) {
  /** @type {Drag | null} */
  let drag = null;
  const end = () => {
    drag = null;
    element.classList.remove("dragging", "selecting");
  };

  /** @param {Drag} of @param {PointerEvent} event */
  const begin = (of, event) => {
    of.moved = true;
    element.setPointerCapture(event.pointerId);
    element.classList.add(of.selects ? "selecting" : "dragging");
    hideTooltip();
  };

  element.addEventListener("pointerdown", (event) => {
    const at = placeIn(element, event);
    if (event.button !== 0 || !chart.covers(at.x, at.y) || isControl(event.target)) return;
    drag = { ...at, selects: event.shiftKey, moved: false, before: state() };
  });

  element.addEventListener("pointermove", (event) => {
    if (drag && event.buttons === 0) end(); // released outside
    if (!drag) return;
    const at = placeIn(element, event);
    if (!drag.moved && Math.hypot(at.x - drag.x, at.y - drag.y) < DRAG_DISTANCE) return;
    if (!drag.moved) begin(drag, event);
    change(drag.selects ? selectedTo(chart, wall, drag, at) : pannedTo(chart, wall, drag, at));
  });

  element.addEventListener("pointerup", (event) => {
    const at = placeIn(element, event);
    if (drag && !drag.moved && !drag.selects && chart.isRow(at.x, at.y)) press(at.x, at.y);
    end();
  });
  element.addEventListener("pointercancel", end);

  return () => {
    const before = drag?.moved ? drag.before : null;
    end();
    if (!before) return false;
    const { window, scroll, selected, scope } = before;
    change({ window, scroll, selected, scope });
    return true;
  };
}

/**
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {number} wall
 * @param {Drag} drag
 * @param {{x: number}} to
 */
function selectedTo(chart, wall, drag, to) {
  const times = [drag.x, to.x].map((x) => Math.min(Math.max(0, chart.timeAt(x)), wall));
  const selected = { start: Math.round(Math.min(...times)), end: Math.round(Math.max(...times)) };
  return { selected, scope: /** @type {const} */ ("selection") };
}

/**
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {number} wall
 * @param {Drag} drag
 * @param {{x: number, y: number}} to
 */
function pannedTo(chart, wall, { x, y, before }, to) {
  return {
    window: panned(before.window, (x - to.x) * chart.perPixel(), whole(wall)),
    scroll: chart.scrollable(chart.scrollable(before.scroll) + y - to.y),
  };
}

/**
 * On a span it zooms to it, elsewhere it shows all.
 * @param {HTMLElement} element
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {import("#page/view/window.js").Window} limits
 * @param {(x: number, y: number, otherwise: () => void) => void} fit
 */
function listenToDoubleClick(element, chart, limits, fit) {
  // What was pinned before the first press, which unpins nothing.
  /** @type {import("#page/view/state.js").Place | null} */
  let before = null;

  /** @param {MouseEvent} event */
  const isOurs = (event) => {
    const at = placeIn(element, event);
    return chart.covers(at.x, at.y) && !isControl(event.target);
  };

  // A press that Plotly sees lays a cover of its own over the page, which takes the moves that follow.
  const keep = (/** @type {MouseEvent} */ event) => {
    if (!isOurs(event)) return;
    event.stopPropagation();
    if (event.detail === 1) before = state().pinned;
  };
  element.addEventListener("mousedown", keep, { capture: true });

  element.addEventListener("dblclick", (event) => {
    if (!isOurs(event)) return;
    const at = placeIn(element, event);
    const pinned = before;
    const showAll = () => change({ window: limits, scroll: 0, pinned });
    if (chart.isRow(at.x, at.y)) fit(at.x, at.y, showAll);
    else showAll();
  });
}

/**
 * How many px a wheel's delta of one is: some mice count in lines, some in pages.
 * @param {number} mode
 * @param {number} page px
 */
function wheelUnit(mode, page) {
  if (mode === WheelEvent.DOM_DELTA_PAGE) return page;
  return mode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
}

/** @param {EventTarget | null} target */
function isControl(target) {
  return target instanceof HTMLElement && target.closest("button, [role=slider]") !== null;
}
