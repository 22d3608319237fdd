// @ts-check
// Gestures: wheel, drag, double click and keys over the chart.
//
// Takes the chart, changes the state. All gestures are ours and none Plotly's. Keys act without ctrl, alt or
// meta and never while someone types. What they would show is no business of this module.

import { change, state } from "#page/state.js";
import { panned, whole, zoomed } from "#page/window.js";

const KEY_ZOOM = 0.7;
const KEY_PAN = 0.2;
const WHEEL_ZOOM = 0.0022; // per px of the wheel
const LINE = 18; // px
const DRAG_DISTANCE = 3; // px before a press becomes a drag

/**
 * @param {HTMLElement} element
 * @param {import("#page/chart.js").Chart} chart
 * @param {number} wall
 * @param {() => void} hideTooltip
 */
export function listen(element, chart, wall, hideTooltip) {
  const limits = whole(wall);
  /** @type {{x: number, y: number} | null} */
  let pointer = null;
  /** @type {{x: number, y: number, moved: boolean, window: import("#page/window.js").Window, scroll: number} | null} */
  let drag = null;

  /** @param {MouseEvent} event */
  const place = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  /** @param {number} factor @param {number | undefined} x */
  const zoom = (factor, x) => {
    const { window } = state();
    const at = x === undefined ? (window.start + window.end) / 2 : chart.timeAt(x);
    change({ window: zoomed(window, at, factor, limits) });
  };

  const endDrag = () => {
    drag = null;
    element.classList.remove("dragging");
  };

  element.addEventListener(
    "wheel",
    (event) => {
      const at = place(event);
      if (!chart.covers(at.x, at.y)) return;
      const unit = wheelUnit(event.deltaMode, chart.page());
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoom(Math.exp(event.deltaY * unit * WHEEL_ZOOM), at.x);
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        change({ window: panned(state().window, event.deltaX * unit * chart.perPixel(), limits) });
      } else {
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
      if (chart.covers(at.x, at.y)) event.stopPropagation();
    },
    { capture: true },
  );

  element.addEventListener("pointerdown", (event) => {
    const at = place(event);
    if (event.button !== 0 || !chart.covers(at.x, at.y)) return;
    drag = { ...at, moved: false, window: state().window, scroll: state().scroll };
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
      element.classList.add("dragging");
      hideTooltip();
    }
    change({
      window: panned(drag.window, -x * chart.perPixel(), limits),
      scroll: chart.scrollable(drag.scroll - y),
    });
  });

  element.addEventListener("pointerup", endDrag);
  element.addEventListener("pointercancel", endDrag);
  element.addEventListener("pointerleave", () => (pointer = null));

  element.addEventListener("dblclick", (event) => {
    const at = place(event);
    if (chart.covers(at.x, at.y)) change({ window: limits, scroll: 0 });
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    const { window } = state();
    const step = (window.end - window.start) * KEY_PAN;
    switch (event.key.toLowerCase()) {
      case "w":
        return zoom(KEY_ZOOM, chart.within(pointer?.x));
      case "s":
        return zoom(1 / KEY_ZOOM, chart.within(pointer?.x));
      case "a":
        return change({ window: panned(window, -step, limits) });
      case "d":
        return change({ window: panned(window, step, limits) });
      case "0":
        return change({ window: limits, scroll: 0 });
      case "escape":
        if (drag?.moved) change({ window: drag.window, scroll: drag.scroll });
        endDrag();
        return hideTooltip();
    }
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
function isTyping(target) {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"))
  );
}
