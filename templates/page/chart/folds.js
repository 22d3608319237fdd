// @ts-check
// Buttons that fold processes: one over the label of each process in view.
//
// Takes the places of the labels, reports which processes to fold. The chart draws the labels themselves.

import { lanesByProcess } from "#page/chart/arrangement.js";
import { joined } from "#page/trace/names.js";
import { toggled } from "#page/trace/sets.js";
import { state } from "#page/view/state.js";

const HEIGHT = 16; // px

/**
 * @param {HTMLElement} list
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {(folded: ReadonlySet<number>, process: number) => void} fold
 * @returns {(labels: readonly import("#page/chart/rows.js").Label[], width: number) => void} places the buttons
 */
export function createFolds(list, trace, fold) {
  /** @type {Map<number, HTMLButtonElement>} a process keeps its button, and the button its focus */
  const known = new Map();

  /** @param {number} process */
  const made = (process) => {
    const button = document.createElement("button");
    button.type = "button";
    button.addEventListener("click", () => fold(toggled(state().folded, process), process));
    known.set(process, button);
    return button;
  };

  return (labels, width) => {
    const { folded } = state();
    const buttons = labels.map(({ index, middle }) => {
      const button = known.get(index) ?? made(index);
      const { label, id, isSide } = trace.processes[index];
      button.setAttribute("aria-expanded", String(!folded.has(index)));
      button.setAttribute("aria-label", `${isSide ? "side" : "process"} ${joined(label, id)}`);
      button.style.top = `${middle - HEIGHT / 2}px`;
      button.style.width = `${width}px`;
      return button;
    });
    const gone = [...list.children].filter(
      (child) => !buttons.includes(/** @type {HTMLButtonElement} */ (child)),
    );
    for (const child of gone) child.remove();
    buttons.forEach((button, index) => {
      if (list.children[index] !== button) list.insertBefore(button, list.children[index] ?? null);
    });
  };
}

/**
 * All processes, or none where all are folded.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {ReadonlySet<number>} folded
 */
export function toggledAll(trace, folded) {
  return new Set(areAllFolded(trace, folded) ? [] : lanesByProcess(trace).keys());
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {ReadonlySet<number>} folded
 */
function areAllFolded(trace, folded) {
  return [...lanesByProcess(trace).keys()].every((process) => folded.has(process));
}

/**
 * Says on the button for all processes what it does now.
 * @param {HTMLElement} button
 * @param {import("#page/trace/data.js").Trace} trace
 */
export function labelFoldAll(button, trace) {
  const isFolded = areAllFolded(trace, state().folded);
  button.textContent = isFolded ? "unfold all" : "fold all";
  button.setAttribute("aria-expanded", String(!isFolded));
}
