// @ts-check
// Choosing the task that has a section of its own, by its name wherever it is listed.
//
// Takes rows of the trace's table, changes the state and leads to the section. Knows nothing of what it shows.

import { FONT } from "#page/chart/figure.js";
import { goTo } from "#page/sections/links.js";
import { namesOf } from "#page/trace/data.js";
import { latest } from "#page/trace/latest.js";
import { fitted } from "#page/trace/names.js";
import { jump } from "#page/view/state.js";
import { textMeasure } from "#page/view/text.js";

/** @typedef {import("#page/trace/data.js").Trace} Trace */

const NAME_ROOM = 440; // px of a group and a task together
const GROUP_ROOM = 110; // px of them left to a group that needs them

const measuring = latest(textMeasure);

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
 * The name of a task as a button that chooses it; a long one without its middle.
 * @param {number} row of the table
 * @param {readonly string[]} names of the group, where it has one, and the task, in their display form
 */
export function taskButton(row, names) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.dataset.row = String(row);
  button.title = `${names.join(" / ")}\nall of this task: figures, distribution, slowest spans`;
  const [group, task] = names;
  const parts = (task === undefined ? names : fittedNames(group, task)).map((text) => {
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
 * A group and a task, shortened to fit: first the group, then the task, of which some part always stays.
 * @param {string} group
 * @param {string} task
 * @returns {[string, string]}
 */
function fittedNames(group, task) {
  const measure = measuring(`13px ${FONT}`); // as in the tables
  const least = Math.min(GROUP_ROOM, measure(group));
  const own = fitted(task, NAME_ROOM - least, measure);
  return [fitted(group, NAME_ROOM - Math.min(NAME_ROOM - least, measure(own)), measure), own];
}

/**
 * Makes names in the page's markup choose their task, where this run has it.
 * @param {Trace} trace
 * @param {Iterable<Element>} cells each has a group and a task as its `bdi`
 */
export function linkNames(trace, cells) {
  const key = (/** @type {readonly string[]} */ names) => names.join("\u0000"); // which no shown name contains
  const rows = new Map(trace.tasks.map((task, row) => [key(namesOf(trace, task)), row]));
  for (const cell of cells) {
    const texts = [...cell.querySelectorAll("bdi")].map(({ textContent }) => textContent ?? "");
    const row = rows.get(key(texts));
    if (row !== undefined) cell.querySelector(".name")?.replaceChildren(taskButton(row, namesOf(trace, trace.tasks[row])));
  }
}
