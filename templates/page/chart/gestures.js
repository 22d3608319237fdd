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
  const limits = whole(wall);
  /** @type {{x: number, y: number} | null} */
  let pointer = null;
  /** @type {Drag | null} */
  let drag = null;
  // What was pinned before the first press of a double click, which unpins nothing.
  /** @type {import("#page/view/state.js").Place | null} */
  let pinnedBefore = null;

  /** @param {MouseEvent} event */
  const place = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const endDrag = () => {
    drag = null;
    element.classList.remove("dragging", "selecting");
  };

  element.addEventListener(
    "wheel",
    (event) => {
      const at = place(event);
      if (!chart.covers(at.x, at.y)) return;
      const unit = wheelUnit(event.deltaMode, chart.page());
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const factor = Math.exp(event.deltaY * unit * WHEEL_ZOOM);
        change({ window: zoomed(state().window, chart.timeAt(at.x), factor, limits) });
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        change({ window: panned(state().window, event.deltaX * unit * chart.perPixel(), limits) });
      } else if (chart.scrollsAt(at.y)) {
        const before = chart.scrollable(state().scroll);
        const scroll = chart.scrollable(before + event.deltaY * unit);
        if (scroll === before) return; // at the edge the page scrolls
        event.preventDefault();
        change({ scroll });
      }
    },
    { passive: false },
  );

  // A press that Plotly sees lays a cover of its own over the page, which takes the moves that follow.
  element.addEventListener(
    "mousedown",
    (event) => {
      const at = place(event);
      if (!chart.covers(at.x, at.y) || isControl(event.target)) return;
      event.stopPropagation();
      if (event.detail === 1) pinnedBefore = state().pinned;
    },
    { capture: true },
  );

  element.addEventListener("pointerdown", (event) => {
    const at = place(event);
    if (event.button !== 0 || !chart.covers(at.x, at.y) || isControl(event.target)) return;
    drag = { ...at, selects: event.shiftKey, moved: false, before: state() };
  });

  element.addEventListener("pointermove", (event) => {
    pointer = place(event);
    if (drag && event.buttons === 0) endDrag(); // released outside
    if (!drag) return;
    const [x, y] = [pointer.x - drag.x, pointer.y - drag.y];
    if (!drag.moved && Math.hypot(x, y) < DRAG_DISTANCE) return;
    if (!drag.moved) {
      drag.moved = true;
      element.setPointerCapture(event.pointerId);
      element.classList.add(drag.selects ? "selecting" : "dragging");
      hideTooltip();
    }
    if (drag.selects) change({ selected: selectedBetween(drag.x, pointer.x), scope: "selection" });
    else
      change({
        window: panned(drag.before.window, -x * chart.perPixel(), limits),
        scroll: chart.scrollable(chart.scrollable(drag.before.scroll) - y),
      });
  });

  /** @param {number} one px @param {number} other */
  const selectedBetween = (one, other) => {
    const times = [chart.timeAt(one), chart.timeAt(other)].map((time) => Math.min(Math.max(0, time), wall));
    return { start: Math.round(Math.min(...times)), end: Math.round(Math.max(...times)) };
  };

  element.addEventListener("pointerup", (event) => {
    const at = place(event);
    if (drag && !drag.moved && !drag.selects && chart.isRow(at.x, at.y)) press(at.x, at.y);
    endDrag();
  });
  element.addEventListener("pointercancel", endDrag);
  element.addEventListener("pointerleave", () => (pointer = null));

  element.addEventListener("dblclick", (event) => {
    const at = place(event);
    if (!chart.covers(at.x, at.y) || isControl(event.target)) return;
    const before = pinnedBefore;
    const showAll = () => change({ window: limits, scroll: 0, pinned: before });
    if (chart.isRow(at.x, at.y)) fit(at.x, at.y, showAll);
    else showAll();
  });

  return {
    place: () => pointer,
    cancel() {
      const before = drag?.moved ? drag.before : null;
      if (before) {
        const { window, scroll, selected, scope } = before;
        change({ window, scroll, selected, scope });
      }
      endDrag();
      return before !== null;
    },
  };
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
