// @ts-check
// The elements of the page by their ids, which page.html gives them.

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** @param {string} id */
export function canvas(id) {
  return /** @type {HTMLCanvasElement} */ (element(id));
}
