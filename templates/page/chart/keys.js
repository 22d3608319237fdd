// @ts-check
// Keys: what each does anywhere on the page, and what some do only while the chart has the focus.
//
// Takes the chart, changes the state. Keys act without Ctrl, Alt or Meta, and never while the reader types. The
// page's help lists them.

import { change, state } from "#page/view/state.js";
import { panned, whole, zoomed } from "#page/view/window.js";

const ZOOM = 0.7;
const PAN = 0.2;
const SELECT = 0.02; // part of the window that an arrow moves the selection's end by

/**
 * @typedef {object} Actions what the page does for keys
 * @property {() => void} search
 * @property {() => void} help
 * @property {() => void} hideTooltip
 * @property {() => void} foldAll
 * @property {() => void} task
 *
 * @typedef {Pick<ReturnType<typeof import("#page/chart/spans.js").createSpans>, "walk" | "toSibling" | "longest" | "fit" | "fold">} Moves
 */

/**
 * @param {HTMLElement} section of the chart
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {() => import("#page/trace/data.js").Trace} trace of now
 * @param {import("#page/chart/gestures.js").Pointer} pointer
 * @param {Moves} spans
 * @param {Actions} actions
 */
export function listenToKeys(section, chart, trace, pointer, spans, actions) {
  const selecting = selectingKeys(trace);
  /** @type {Record<string, () => void>} */
  const anywhere = {
    ...viewKeys(chart, trace().wall, pointer),
    ...spanKeys(spans, actions),
    ...pageKeys(actions, pointer),
    m: selecting.select,
  };
  /** @type {Record<string, () => void>} */
  const onChart = { ...chartKeys(chart, spans), ...selecting.onChart };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const plain = event.key.toLowerCase();
    const key = event.shiftKey ? `shift+${plain}` : plain;
    const own = document.activeElement === section ? (onChart[key] ?? onChart[plain]) : undefined;
    const action = own ?? anywhere[key] ?? anywhere[plain];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/**
 * Zoom at the pointer, and pan.
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {number} wall
 * @param {import("#page/chart/gestures.js").Pointer} pointer
 */
function viewKeys(chart, wall, pointer) {
  const limits = whole(wall);
  /** @param {number} factor */
  const zoom = (factor) => {
    const { window } = state();
    const x = chart.within(pointer.place()?.x);
    const at = x === undefined ? (window.start + window.end) / 2 : chart.timeAt(x);
    change({ window: zoomed(window, at, factor, limits) });
  };
  /** @param {number} part of the window */
  const pan = (part) => {
    const { window } = state();
    change({ window: panned(window, (window.end - window.start) * part, limits) });
  };
  return {
    w: () => zoom(ZOOM),
    s: () => zoom(1 / ZOOM),
    a: () => pan(-PAN),
    d: () => pan(PAN),
    0: () => change({ window: limits, scroll: 0 }),
  };
}

/**
 * The pinned span and those of its task.
 * @param {Moves} spans
 * @param {Actions} actions
 */
function spanKeys(spans, actions) {
  return {
    f: spans.fit,
    n: () => spans.toSibling(1),
    p: () => spans.toSibling(-1),
    l: spans.longest,
    t: actions.task,
    i() {
      const { pinned, details } = state();
      if (pinned) change({ details: details === "all" ? "short" : "all" });
    },
    z: spans.fold,
    "shift+z": actions.foldAll,
  };
}

/**
 * Search, help, and what Escape takes back: the last thing first.
 * @param {Actions} actions
 * @param {import("#page/chart/gestures.js").Pointer} pointer
 */
function pageKeys(actions, pointer) {
  return {
    "/": actions.search,
    "?": actions.help,
    escape() {
      const { selected, pinned, details, query, scope } = state();
      actions.hideTooltip();
      if (pointer.cancel()) return;
      if (pinned && details === "all") change({ details: "short" });
      else if (pinned) change({ pinned: null });
      else if (selected) change({ selected: null, scope: scope === "selection" ? "whole" : scope });
      else if (query) change({ query: "" });
    },
  };
}

/**
 * Walks and scrolls.
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {Moves} spans
 */
function chartKeys(chart, spans) {
  /** @param {-1 | 1} step */
  const turn = (step) => change({ scroll: chart.scrollable(chart.scrollable(state().scroll) + step * chart.page()) });
  return {
    arrowleft: () => spans.walk("left"),
    arrowright: () => spans.walk("right"),
    arrowup: () => spans.walk("up"),
    arrowdown: () => spans.walk("down"),
    pageup: () => turn(-1),
    pagedown: () => turn(1),
  };
}

/**
 * Selects time, and moves the selection's end.
 * @param {() => import("#page/trace/data.js").Trace} trace of now
 */
function selectingKeys(trace) {
  const { wall } = trace();
  /** The pinned span's time, or what is in view. */
  const select = () => {
    const { pinned, window } = state();
    const track = pinned && trace().hasRows && trace().lanes[pinned.lane].tracks[pinned.track];
    const [start, end] =
      pinned && track ? [track.start[pinned.span], track.end[pinned.span]] : [window.start, window.end];
    const selected = { start: Math.max(0, Math.round(start)), end: Math.min(wall, Math.round(end)) };
    change({ selected, scope: "selection" });
  };
  /** @param {-1 | 1} step */
  const stretch = (step) => {
    const { selected, window } = state();
    if (!selected) return select();
    const end = selected.end + step * (window.end - window.start) * SELECT;
    change({ selected: { ...selected, end: Math.round(Math.min(wall, Math.max(selected.start, end))) } });
  };
  return { select, onChart: { "shift+arrowleft": () => stretch(-1), "shift+arrowright": () => stretch(1) } };
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || target.matches("textarea, select, input:not([type=radio], [type=checkbox])")
  );
}
