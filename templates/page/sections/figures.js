// @ts-check
// Figures in a row: each a name over its value, with its definition on hover.
//
// Takes texts, fills a list with them. Computes no figure.

/**
 * @param {HTMLElement} list
 * @param {readonly (readonly [string, string, string])[]} figures name, value, what it is
 */
export function showFigures(list, figures) {
  list.replaceChildren(...figures.map(figure));
}

/** @param {readonly [string, string, string]} figure */
function figure([name, value, hint]) {
  const element = document.createElement("div");
  element.title = hint;
  const term = document.createElement("dt");
  term.textContent = name;
  const description = document.createElement("dd");
  description.textContent = value;
  element.append(term, description);
  return element;
}
