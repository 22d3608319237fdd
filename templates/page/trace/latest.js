// @ts-check
// A function that runs again only when its arguments change.
//
// Takes a function, gives one that remembers its last arguments and result: results are not computed twice, and
// what is already on the page is not shown again. Knows nothing of what it remembers.

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
