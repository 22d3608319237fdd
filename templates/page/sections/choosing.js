// @ts-check
// Choosing the task that has a section of its own, by its name wherever it is listed.
//
// Takes rows of the trace's table, changes the state and leads to the section. Knows nothing of what it shows.

import { goTo } from "#page/sections/links.js";
import { jump } from "#page/view/state.js";

/** @typedef {import("#page/trace/data.js").Trace} Trace */

/**
 * Gives a task the section and leads there.
 * @param {number} row of the table
 */
export function chooseTask(row) {
  jump({ task: row });
  const section = document.getElementById("task");
  if (section) goTo(section);
}

/**
 * The name of a task as a button that chooses it.
 * @param {number} row of the table
 * @param {readonly string[]} names of the group and the task, or of the task alone, in their display form
 */
export function taskButton(row, names) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.dataset.row = String(row);
  button.title = "all of this task: figures, distribution, slowest spans";
  const parts = names.map((text) => {
    const element = document.createElement("bdi");
    element.textContent = text;
    return element;
  });
  if (parts.length > 1) parts[0].className = "group";
  button.append(...parts.flatMap((part, index) => (index > 0 ? [" / ", part] : [part])));
  button.addEventListener("click", () => chooseTask(row));
  return button;
}

/**
 * @param {Trace} trace
 * @param {number} row
 * @returns {[string, string]}
 */
export function namesOf({ tasks, names }, row) {
  return [names[tasks[row].group], names[tasks[row].task]];
}

/**
 * Makes names in the page's markup choose their task, where this run has it.
 * @param {Trace} trace
 * @param {Iterable<Element>} cells each has a group and a task as its `bdi`
 */
export function linkNames(trace, cells) {
  const key = (/** @type {readonly string[]} */ names) => names.join("\u0000"); // which no shown name contains
  const rows = new Map(trace.tasks.map((_, row) => [key(namesOf(trace, row)), row]));
  for (const cell of cells) {
    const texts = [...cell.querySelectorAll("bdi")].map(({ textContent }) => textContent ?? "");
    const row = rows.get(key(texts));
    if (row !== undefined) cell.querySelector(".name")?.replaceChildren(taskButton(row, namesOf(trace, row)));
  }
}
