// @ts-check
// A function that is called again only when it is given something else.
//
// Takes a function, gives one that remembers what it was last given and what came of it: results are not
// computed twice, and what is on the page already is not shown again. Knows nothing of what it remembers.

/**
 * @template {unknown[]} Given
 * @template Result
 * @param {(...given: Given) => Result} compute
 * @returns {(...given: Given) => Result}
 */
export function latest(compute) {
  /** @type {{given: Given, result: Result} | null} */
  let last = null;
  return (...given) => {
    if (!last || given.some((value, index) => !Object.is(value, last?.given[index])))
      last = { given, result: compute(...given) };
    return last.result;
  };
}
