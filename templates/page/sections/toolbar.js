// @ts-check
// The controls above the chart: search, choices, export, help.
//
// They show the state and change it, and follow changes from elsewhere. Other modules write exports, find matches
// and walk along them.

import { brief, shortened, shown } from "#page/trace/names.js";
import { change, INITIAL, state } from "#page/view/state.js";
import { count } from "#page/trace/units.js";

/** The choices between a few: field of the state, and the name of its radio buttons. */
const CHOICES = /** @type {const} */ (["rows", "color", "time", "scope"]);

const HINT = 9; // code points of a name in the field, which has room for two of them
const MOST_NAMES = 12;

/**
 * @typedef {object} Parts
 * @property {HTMLInputElement} search
 * @property {HTMLDialogElement} help
 * @property {HTMLElement} helpButton
 * @property {HTMLElement} showAll there while a task is switched off
 * @property {HTMLDetailsElement} exports
 */

/**
 * @param {Parts} parts
 * @param {(kind: import("#page/sections/exports.js").Kind) => void} save called with what is wanted
 * @param {(step: -1 | 1) => void} toMatch
 * @param {readonly string[]} attributes names of those that can be searched for
 * @param {boolean} hasCpu whether CPU times can be
 * @returns {() => void} shows the state of now
 */
export function createToolbar({ search, help, helpButton, showAll, exports }, save, toMatch, attributes, hasCpu) {
  if (attributes.length > 0 || hasCpu) hint(search, attributes, hasCpu);
  search.addEventListener("input", () => change({ query: search.value }));
  search.addEventListener("keydown", (event) => {
    if ((event.key !== "Escape" && event.key !== "Enter") || event.isComposing) return;
    event.stopPropagation();
    if (event.key === "Enter") return toMatch(event.shiftKey ? -1 : 1);
    change({ query: "" });
    search.blur();
  });
  const choices = CHOICES.map((name) => ({ name, buttons: radios(name) }));
  for (const { name, buttons } of choices)
    for (const button of buttons) button.addEventListener("change", () => change({ [name]: button.value }));
  helpButton.addEventListener("click", () => help.showModal());
  showAll.addEventListener("click", () => change({ hidden: INITIAL.hidden }));
  help.addEventListener("click", (event) => {
    if (event.target === help) help.close(); // its backdrop
  });
  for (const button of exports.querySelectorAll("button"))
    button.addEventListener("click", () => {
      exports.open = false;
      save(/** @type {import("#page/sections/exports.js").Kind} */ (button.value));
    });
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !exports.contains(event.target)) exports.open = false;
  });
  exports.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !exports.open) return;
    event.stopPropagation();
    exports.open = false;
    exports.querySelector("summary")?.focus();
  });

  return () => {
    const now = state();
    if (search.value !== now.query) search.value = now.query;
    showAll.hidden = now.hidden.size === 0;
    showAll.textContent = `${count(now.hidden.size)} hidden · show all`;
    for (const { name, buttons } of choices)
      for (const button of buttons) {
        button.checked = button.value === now[name];
        if (button.value === "selection") button.disabled = now.selected === null;
      }
  };
}

/**
 * Says what can be searched for besides text.
 * @param {HTMLInputElement} search
 * @param {readonly string[]} names of attributes, as they were recorded
 * @param {boolean} hasCpu
 */
function hint(search, names, hasCpu) {
  const hints = names.slice(0, 2).map((name) => `${shortened(shown(name), HINT)}=…`);
  const onCpu = hasCpu ? ["cpu>1ms"] : [];
  search.placeholder = `search: text, ${[...onCpu, ...hints].slice(0, 2).join(", ")}`;
  if (names.length === 0) return;
  const listed = names.slice(0, MOST_NAMES).map(brief).join(", ") + (names.length > MOST_NAMES ? ", …" : "");
  const example = `for example ${brief(names[0])}=*x*; also with != < <= > >=`;
  search.title = [`attributes: ${listed}`, example, search.title].join("\n");
}

/** @param {string} name */
function radios(name) {
  return /** @type {HTMLInputElement[]} */ ([
    ...document.querySelectorAll(`input[type=radio][name=${name}]`),
  ]);
}
