// @ts-check
// Sides: which side of a pair a process is of, and whether a fold takes it out of view.
//
// Of a single run nothing is said. Pure.

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Side} Side
 */

/**
 * The side that a process is of.
 * @param {Pick<Trace, "sides" | "processes">} trace
 * @param {number} process
 * @returns {Side | null}
 */
export function sideOf({ sides, processes }, process) {
  return sides?.[processes[process].side ?? 0] ?? null;
}

/**
 * What is folded where the lanes of a process are not shown: itself, or its side.
 * @param {Pick<Trace, "sides" | "processes">} trace
 * @param {number} process
 * @returns {number[]}
 */
export function foldersOf(trace, process) {
  const side = sideOf(trace, process);
  return side ? [process, side.process] : [process];
}

/**
 * The lanes of a side, as indices of the pair's.
 * @param {Side} side
 */
export function lanesOf({ from, to }) {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
