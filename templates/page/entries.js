// @ts-check
// The legend's entries as controls for keyboard and screen reader.
//
// Plotly draws the legend and hears its clicks; here its entries get names, states and keys. Changes nothing
// that Plotly drew but attributes.

import { isOff } from "#page/legend.js";

/**
 * @param {HTMLElement} plot
 * @param {import("#page/legend.js").Legend} legend
 * @param {ReadonlySet<number>} hidden
 */
export function nameEntries(plot, { entries }, hidden) {
  const list = plot.querySelector("g.legend");
  list?.setAttribute("role", "group");
  list?.setAttribute("aria-label", "legend: what is shown");
  plot.querySelectorAll("g.legend .legendtoggle").forEach((toggle, index) => {
    const entry = entries[index];
    if (!entry) return;
    toggle.setAttribute("role", "checkbox");
    toggle.setAttribute("tabindex", "0");
    toggle.setAttribute("aria-label", `${entry.label}, ${entry.count} spans`);
    toggle.setAttribute("aria-checked", String(!isOff(hidden, entry)));
  });
}

/**
 * Space and Enter switch an entry, with shift they show it alone.
 * @param {HTMLElement} plot
 * @param {(entry: number) => void} toggle
 * @param {(entry: number) => void} isolate
 */
export function listenToEntries(plot, toggle, isolate) {
  plot.addEventListener("keydown", (event) => {
    const entries = [...plot.querySelectorAll("g.legend .legendtoggle")];
    const index = event.target instanceof Element ? entries.indexOf(event.target) : -1;
    if (index < 0 || (event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault();
    event.stopPropagation();
    (event.shiftKey ? isolate : toggle)(index);
  });
}
