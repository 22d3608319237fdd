// @ts-check
// Searching: what the query of now finds, which may take a while.
//
// Takes the trace and queries. Asks for the columns of attributes when they are first needed, and searches in slices.
// Until the result is there, it gives the last one, and says so. Computes nothing again if the query stays the same.

import { search } from "#page/trace/search.js";
import { sliced } from "#page/trace/slices.js";

/**
 * @typedef {import("#page/trace/search.js").Found & {isSearching: boolean}} Result
 */

const UNREADABLE = "the attributes could not be read: the file is incomplete";

/** @type {readonly import("#page/trace/attributes.js").Column[]} */
const NONE = [];
/** @type {Result} */
const NOTHING = { match: null, problem: "", isSearching: false };

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {() => void} tell that a result is there which was not there at once
 * @returns {(query: string) => Result}
 */
export function createSearching(trace, tell) {
  const { attributes, hasRows } = trace;
  const hasColumns = hasRows && attributes.names.length > 0;
  const find = sliced(
    (/** @type {string} */ query, /** @type {typeof NONE} */ columns) => search(trace, query, columns),
    tell,
  );
  let [isAsked, isBroken] = [false, false];
  let last = NOTHING;

  /** @returns {typeof NONE | null} null until they are there */
  function columns() {
    if (!hasColumns || isBroken) return NONE;
    const known = attributes.known();
    if (known || isAsked) return known;
    isAsked = true;
    attributes.columns().then(tell, (error) => {
      isBroken = true;
      reportError(error);
      tell();
    });
    return null;
  }

  return (query) => {
    if (query === "") return (last = NOTHING);
    const known = columns();
    const found = known && find(query, known);
    if (!found) return { ...last, problem: "", isSearching: true };
    const problem = isBroken ? UNREADABLE : found.problem;
    return (last = { match: found.match, problem, isSearching: false });
  };
}
