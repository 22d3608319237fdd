// @ts-check
// A comparison's markup: what is of a task gets the task's colour, and its name leads to the task.
//
// The markup has all figures, which Rust wrote; it says the group and the task of each row and piece as they are shown.
// A task that no drawn run has keeps the neutral colour.

import { linkNames } from "#page/sections/choosing.js";
import { namesOf } from "#page/trace/data.js";
import { textOn } from "#page/view/palette.js";

/** Between names: no shown name has it. */
const BETWEEN = "\u0000";

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {() => import("#page/view/look.js").Look} look
 * @returns {() => void} what paints it again, in other colours
 */
export function createComparison(trace, look) {
  /** @type {HTMLElement[]} */
  const painted = [...document.querySelectorAll(/** @type {"div"} */ ("#bridge [data-task], #comparison [data-task]"))];
  const rows = new Map(trace.tasks.map((task, row) => [namesOf(trace, task).join(BETWEEN), row]));
  linkNames(trace, document.querySelectorAll("#comparison tr[data-task] th"));
  const paint = () => {
    const { paint: colors } = look();
    for (const element of painted) {
      const { group, task } = element.dataset;
      const row = rows.get([...(group === undefined ? [] : [group]), task].join(BETWEEN));
      if (row === undefined) continue;
      element.style.setProperty("--swatch", colors.row[row]);
      element.style.setProperty("--ink", textOn(colors.row[row]));
    }
  };
  paint();
  return paint;
}
