// @ts-check
// What the reader has chosen: window, scroll, tasks switched off, light or dark.
//
// The only mutable state of the page that more than one module sees. It changes by `change` alone, which
// tells everyone who asked. Knows nothing of how it is shown.

/**
 * @typedef {object} State
 * @property {import("#page/window.js").Window} window ns since the trace's start
 * @property {number} scroll px of the rows above the view, with their fraction
 * @property {ReadonlySet<number>} hidden names of tasks that are switched off
 * @property {"light" | "dark"} scheme
 */

/** @type {State} */
let current = { window: { start: 0, end: 1 }, scroll: 0, hidden: new Set(), scheme: "light" };

/** @type {Set<(changed: Partial<State>) => void>} */
const listeners = new Set();

/** @returns {Readonly<State>} */
export function state() {
  return current;
}

/** @param {Partial<State>} patch */
export function change(patch) {
  current = { ...current, ...patch };
  for (const listener of listeners) listener(patch);
}

/** @param {(changed: Partial<State>) => void} listener */
export function onChange(listener) {
  listeners.add(listener);
}
