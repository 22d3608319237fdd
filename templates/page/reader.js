// @ts-check
// The reader: gestures, keys and buttons of the chart, and what they do.
//
// What needs rows waits for them. Takes the chart and the source of the trace, changes the state.

import { listen } from "#page/chart/gestures.js";
import { listenToKeys } from "#page/chart/keys.js";
import { listenToPointing } from "#page/chart/pointing.js";
import { hide } from "#page/chart/tooltip.js";
import { chooseTask } from "#page/sections/choosing.js";
import { rowOf } from "#page/trace/data.js";
import { element } from "#page/view/elements.js";
import { change, onChange, state } from "#page/view/state.js";

/**
 * @typedef {import("#page/chart/chart.js").Chart} Chart
 *
 * @typedef {object} Rows what is there with the rows
 * @property {ReturnType<typeof import("#page/chart/spans.js").createSpans>} spans
 *
 * @typedef {ReturnType<typeof import("#page/view/waiting.js").createWaiting<Rows>>["later"]} Later
 */

/**
 * @param {Chart} chart
 * @param {import("#page/view/source.js").Source} source
 * @param {() => import("#page/view/look.js").Look} look of now
 * @param {Later} later
 * @param {ReturnType<typeof waitingSpans>} spans
 * @param {() => void} foldAll
 */
export function listenToReader(chart, source, look, later, spans, foldAll) {
  const section = element("chart");
  const tooltip = element("tooltip");
  const hideTooltip = () => hide(tooltip);
  const at = pressing(chart, later);
  const pointer = listen(section, chart, source.trace().wall, {
    hideTooltip,
    press: (x, y) => at(x, y, (hit) => change({ pinned: hit })),
    fit: (x, y, otherwise) =>
      at(x, y, (hit) => {
        if (!hit) return otherwise();
        change({ pinned: hit });
        spans.fit();
      }),
  });
  listenToPointing(section, tooltip, chart, source.trace, look, () => source.emphasis().shownKeys);
  onChange(hideTooltip);
  listenToKeys(section, chart, source.trace, pointer, spans, {
    search: () => element("search").focus(),
    help: () => /** @type {HTMLDialogElement} */ (element("help")).showModal(),
    hideTooltip,
    foldAll,
    task: () =>
      later(() => {
        const { pinned } = state();
        const trace = source.trace();
        const row = pinned ? rowOf(trace, pinned) : -1;
        if (row >= 0 && row < trace.tasks.length) chooseTask(row); // point events have no task
      }),
  });
  element("fold-all").addEventListener("click", foldAll);
}

/**
 * What does something with the span at a place, later where there are no rows yet: then only if the view is still the
 * same.
 * @param {Chart} chart
 * @param {Later} later
 */
function pressing(chart, later) {
  /** @param {number} x @param {number} y @param {(place: import("#page/view/state.js").Place | null) => void} act */
  return (x, y, act) => {
    const { window, scroll, rows, folded } = state();
    later(() => {
      const now = state();
      const isSame = now.window === window && now.scroll === scroll && now.rows === rows && now.folded === folded;
      if (!isSame) return;
      const hit = chart.hitAt(x, y);
      act(hit && { lane: hit.lane, track: hit.track, span: hit.span });
    });
  };
}

/**
 * The moves from span to span, which wait for the rows.
 * @param {Later} later
 * @param {import("#page/view/source.js").Source["whenFound"]} whenFound
 */
export function waitingSpans(later, whenFound) {
  return {
    walk: (/** @type {"left" | "right" | "up" | "down"} */ direction) => later(({ spans }) => spans.walk(direction)),
    toSibling: (/** @type {-1 | 1} */ step) => later(({ spans }) => spans.toSibling(step)),
    toMatch: (/** @type {-1 | 1} */ step) => later(({ spans }) => whenFound(() => spans.toMatch(step))),
    longest: () => later(({ spans }) => spans.longest()),
    fit: () => later(({ spans }) => spans.fit()),
    fold: () => later(({ spans }) => spans.fold()),
  };
}
