// @ts-check
// Figures in a row: each a name over its value, with its definition on hover. What is in brackets behind a value is
// smaller.
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
  const [, own, more] = /^(.*?)( \(.*)?$/s.exec(value) ?? [];
  description.textContent = own;
  if (more) {
    const small = document.createElement("small");
    small.textContent = more.trimStart();
    description.append(" ", small);
  }
  element.append(term, description);
  return element;
}
