// @ts-check
// The legend over the chart: a button for each entry, which hides and shows its tasks.
//
// A click, Space or Enter switches an entry off or on; a double click, or a key with Shift, shows it alone. Changes
// the state. Names enter by `textContent`.

import { latest } from "#page/trace/latest.js";
import { change, state } from "#page/view/state.js";
import { entryColor, entryNames, isolated, isOff, toggled } from "#page/view/legend.js";

/** @typedef {import("#page/view/look.js").Look} Look */

/**
 * @param {HTMLElement} list
 * @param {() => Look} look
 * @returns {() => void} shows the legend of now
 */
export function createLegend(list, look) {
  const legend = () => look().legend;
  /** @type {{entry: number, hidden: ReadonlySet<number>} | null} */
  let last = null; // the entry that was clicked last, and what was hidden before

  /** @param {Event} event */
  const entryOf = ({ target }) =>
    target instanceof Element ? [...list.children].indexOf(/** @type {Element} */ (target.closest("button"))) : -1;

  // The browser counts the clicks, by the user's own setting, however late the page hears of them. The first click of
  // a double click acts at once; the second replaces what the first did. A key is a click that nobody counts.
  list.addEventListener("click", (event) => {
    const entry = entryOf(event);
    if (entry < 0) return;
    const isSecond = event.detail > 0 && event.detail % 2 === 0 && last?.entry === entry; // a third is a first again
    const hidden = isSecond && last ? last.hidden : state().hidden;
    last = isSecond ? null : { entry, hidden };
    change({ hidden: (isSecond ? isolated : toggled)(hidden, legend(), entry) });
  });

  list.addEventListener("keydown", (event) => {
    const entry = entryOf(event);
    if (entry < 0 || !event.shiftKey || (event.key !== " " && event.key !== "Enter")) return;
    event.preventDefault();
    change({ hidden: isolated(state().hidden, legend(), entry) });
  });

  const fill = latest((/** @type {Look} */ { legend, paint, colors }) => {
    const names = entryNames(legend);
    const buttons = legend.entries.map((entry, index) => button(names[index], entry, entryColor(entry, paint, colors)));
    const focused = [...list.children].indexOf(/** @type {Element} */ (document.activeElement));
    list.replaceChildren(...buttons);
    if (focused >= 0) buttons[focused]?.focus({ preventScroll: true });
  });

  return () => {
    fill(look());
    const { hidden } = state();
    legend().entries.forEach((entry, index) => {
      list.children[index].setAttribute("aria-pressed", String(!isOff(hidden, entry)));
    });
  };
}

/**
 * @param {string} name shortened
 * @param {import("#page/view/legend.js").Entry} entry
 * @param {string} color
 */
function button(name, { label, title, count }, color) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "swatch";
  element.style.setProperty("--swatch", color);
  element.title = [...(name === label ? [] : [label]), ...(title === "" ? [] : [title])].join("\n");
  const text = document.createElement("bdi");
  text.textContent = name;
  const small = document.createElement("small");
  small.textContent = `×${count}`;
  element.append(text, " ", small);
  return element;
}
