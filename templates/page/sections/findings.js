// @ts-check
// Links to a view in the chart: of sentences, and of a task's slowest spans.
//
// The link is an address like any other, so that it can be copied or opened in a tab of its own.

import { reveal } from "#page/chart/room.js";
import { element } from "#page/view/elements.js";
import { viewOf } from "#page/view/address.js";
import { toHash } from "#page/view/hash.js";
import { INITIAL, jump, state } from "#page/view/state.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Finding} Finding
 */

/**
 * @param {Element} anchor
 * @param {Finding} finding what it leads to
 * @param {Trace} trace
 * @param {(place: import("#page/view/state.js").Place, window: import("#page/view/window.js").Window) => void} showSpan
 */
export function linkTo(anchor, finding, trace, showSpan) {
  const view = shownBy(finding, trace);
  anchor.setAttribute("href", `#${toHash({ ...state(), ...view, task: state().task }, trace)}`);
  anchor.addEventListener("click", (event) => {
    const isElsewhere = event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey);
    if (isElsewhere) return; // a tab or a window of its own
    event.preventDefault();
    const { rows, color, time, sort, task } = state();
    jump({ ...view, rows, color, time, sort, task });
    if (view.pinned) showSpan(view.pinned, view.window);
    element("chart").focus({ preventScroll: true });
    reveal(element("chart"));
  });
}

/** @param {Finding} finding @param {Trace} trace */
function shownBy({ window: [start, end], selected, pinned }, trace) {
  return {
    ...viewOf("", trace),
    window: { start, end },
    selected: selected && { start: selected[0], end: selected[1] },
    pinned: pinned && { lane: pinned[0], track: pinned[1], span: pinned[2] },
    scope: selected ? /** @type {const} */ ("selection") : INITIAL.scope,
  };
}
