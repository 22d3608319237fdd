// @ts-check
// What the reader has chosen: all that a link to a view must contain, and light or dark.
//
// The only mutable state of the page that several modules see. It changes only by `change` and `jump`, which notify
// all listeners. Knows nothing of how it is shown.

/**
 * @typedef {import("#page/trace/data.js").Place} Place
 *
 * @typedef {object} State
 * @property {import("#page/view/window.js").Window} window in view, ns since the trace's start
 * @property {number} scroll px of the rows above the view, with their fraction
 * @property {ReadonlySet<number>} hidden rows of the trace's table of tasks that are switched off
 * @property {ReadonlySet<number>} folded processes that are shown as one strip
 * @property {string} query what is searched for
 * @property {import("#page/view/window.js").Window | null} selected stretch of time
 * @property {Place | null} pinned span
 * @property {"short" | "all"} details of the pinned span
 * @property {number | null} task row of the task that has a section; null for the page's own, if it has one
 * @property {string | null} by name of the attribute by whose values the task's figures are split; null for its first
 * @property {"whole" | "view" | "selection"} scope of the table and the figures
 * @property {{column: string, descending: boolean}} sort of the table
 * @property {"lanes" | "tasks"} rows
 * @property {"task" | "group"} color
 * @property {"clock" | "since"} time
 * @property {"light" | "dark"} scheme
 */

/** What a page shows before anyone has touched it, but for the window. */
export const INITIAL = Object.freeze({
  scroll: 0,
  hidden: /** @type {ReadonlySet<number>} */ (new Set()),
  folded: /** @type {ReadonlySet<number>} */ (new Set()),
  query: "",
  selected: null,
  pinned: null,
  details: /** @type {const} */ ("short"),
  task: null,
  by: null,
  scope: /** @type {const} */ ("whole"),
  sort: Object.freeze({ column: "self", descending: true }),
  rows: /** @type {const} */ ("lanes"),
  color: /** @type {const} */ ("task"),
  time: /** @type {const} */ ("clock"),
});

/** @type {State} */
let current = { ...INITIAL, window: { start: 0, end: 1 }, scheme: "light" };

/** @type {Set<(changed: Partial<State>, isJump: boolean) => void>} */
const listeners = new Set();

/** @returns {Readonly<State>} */
export function state() {
  return current;
}

/** @param {Partial<State>} patch */
export function change(patch) {
  set(patch, false);
}

/**
 * A change that leads elsewhere, such as a link does: the browser's Back undoes it.
 * @param {Partial<State>} patch
 */
export function jump(patch) {
  set(patch, true);
}

/** @param {Partial<State>} patch @param {boolean} isJump */
function set(patch, isJump) {
  current = { ...current, ...patch };
  for (const listener of listeners) listener(patch, isJump);
}

/** @param {(changed: Partial<State>, isJump: boolean) => void} listener */
export function onChange(listener) {
  listeners.add(listener);
}
