// @ts-check
// The legend's entries as controls: for pointer, keyboard and screen reader.
//
// Plotly draws the legend. This module names its entries, handles their clicks and keys, and changes the state.
// It changes nothing that Plotly drew but attributes.

import { isOff, isolated, toggled } from "#page/view/legend.js";
import { change, state } from "#page/view/state.js";

/**
 * @param {HTMLElement} plot
 * @param {import("#page/view/legend.js").Legend} legend
 * @param {ReadonlySet<number>} hidden
 */
export function nameEntries(plot, { entries }, hidden) {
  const list = plot.querySelector("g.legend");
  list?.setAttribute("role", "group");
  list?.setAttribute("aria-label", "legend: tasks to show");
  controls(plot).forEach((toggle, index) => {
    const entry = entries[index];
    if (!entry) return;
    toggle.setAttribute("role", "checkbox");
    toggle.setAttribute("tabindex", "0");
    toggle.setAttribute("aria-label", `${entry.label}, ${entry.count} spans`);
    toggle.setAttribute("aria-checked", String(!isOff(hidden, entry)));
  });
}

/**
 * A click, Space or Enter switches an entry off or on; a double click, or a key with Shift, shows it alone.
 *
 * The browser counts the clicks, by the user's own setting and by when the mouse was pressed, however late the page
 * hears of it. The first click of a double click acts at once; the second replaces what the first did.
 * @param {HTMLElement} plot
 * @param {() => import("#page/view/legend.js").Legend} legend of now
 */
export function listenToEntries(plot, legend) {
  /** @type {{entry: number, hidden: ReadonlySet<number>} | null} */
  let last = null; // the entry that was clicked last, and what was hidden before

  plot.addEventListener("click", ({ target, detail }) => {
    const entry = entryOf(plot, target);
    if (entry < 0) return;
    const isSecond = detail > 0 && detail % 2 === 0 && last?.entry === entry; // a third click is a first one again
    const hidden = isSecond && last ? last.hidden : state().hidden;
    last = isSecond ? null : { entry, hidden };
    change({ hidden: (isSecond ? isolated : toggled)(hidden, legend(), entry) });
  });

  plot.addEventListener("keydown", (event) => {
    const entry = entryOf(plot, event.target);
    if (entry < 0 || (event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault();
    event.stopPropagation();
    change({ hidden: (event.shiftKey ? isolated : toggled)(state().hidden, legend(), entry) });
  });
}

/** @param {HTMLElement} plot */
function controls(plot) {
  return [...plot.querySelectorAll("g.legend .legendtoggle")];
}

/** @param {HTMLElement} plot @param {EventTarget | null} target @returns {number} -1 where it is no entry */
function entryOf(plot, target) {
  return target instanceof Element ? controls(plot).indexOf(target) : -1;
}
