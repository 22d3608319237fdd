// @ts-check
// Emphasis: which spans are shown, and which of them fade.
//
// Takes the trace and the reader's choice, gives masks over the trace's keys. Hidden tasks are not shown. During a
// search or with a pinned span, all spans fade except those that match or belong to the pinned span's task; where that
// span is a match itself, only matches stand out. Computes nothing again if the choice stays the same.

import { busyOf } from "#page/trace/concurrency.js";
import { rowOf } from "#page/trace/data.js";
import { latest } from "#page/trace/latest.js";
import { loadOf, remembered } from "#page/trace/occupancy.js";
import { sliced } from "#page/trace/slices.js";
import { createSearching } from "#page/view/searching.js";

/**
 * @typedef {object} Masks 1 for each key of the trace that is shown so
 * @property {Uint8Array | null} bright
 * @property {Uint8Array | null} faint what is faded behind it; null if nothing is
 *
 * @typedef {object} Emphasis
 * @property {Uint8Array} shownKeys 0 for the keys that are switched off
 * @property {import("#page/trace/search.js").Match | null} match the last one while another is searched
 * @property {string} problem with the query, for people; empty for none
 * @property {boolean} isSearching
 * @property {import("#page/trace/data.js").Trace} trace what the masks are for: its spans, in which some may have
 *   other keys
 * @property {(lane: number) => Masks} masksOf
 * @property {() => import("#page/trace/occupancy.js").Load | null} load of what is shown; null while it is computed
 */

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {(lane: number) => import("#page/trace/concurrency.js").Union} busy stretches of a lane, whatever is switched off
 * @param {() => void} [tell] that a load or a match is there which was not there at once
 * @returns {(state: import("#page/view/state.js").State) => Emphasis} of that state
 */
export function createEmphasis(trace, busy, tell = () => {}) {
  const matchOf = createSearching(trace, tell);
  const shownOf = latest((/** @type {ReadonlySet<number>} */ hidden) => {
    const keys = Uint8Array.from(trace.keys, ({ row }) => (hidden.has(row) ? 0 : 1));
    const own = remembered((lane) => busyOf(trace.lanes[lane], keys));
    return { keys, stretches: hidden.size === 0 ? busy : own };
  });
  const loadOfShown = sliced(
    (
      /** @type {(lane: number) => import("#page/trace/concurrency.js").Union} */ stretches,
      /** @type {Uint8Array} */ keys,
    ) => loadOf(trace, stretches, keys),
    tell,
  );
  const masks = latest(
    (
      /** @type {Uint8Array} */ keys,
      /** @type {import("#page/trace/search.js").Match | null} */ match,
      /** @type {number} */ row,
    ) => masksOf(trace, keys, match, row),
  );
  return ({ hidden, query, pinned }) => {
    const { keys, stretches } = shownOf(hidden);
    const found = matchOf(query.trim());
    const { match } = found;
    const row = pinned && !isMatch(match, pinned) ? rowOf(trace, pinned) : -1;
    const load = () => loadOfShown(stretches, keys);
    return { shownKeys: keys, ...found, trace: match?.trace ?? trace, masksOf: masks(keys, match, row), load };
  };
}

/**
 * @param {import("#page/trace/search.js").Match | null} match
 * @param {import("#page/view/state.js").Place} place
 */
function isMatch(match, { lane, track, span }) {
  return match?.maskOf(lane)[match.trace.lanes[lane].tracks[track].key[span]] === 1;
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {Uint8Array} keys that are shown
 * @param {import("#page/trace/search.js").Match | null} match
 * @param {number} row whose spans are highlighted; -1 for none
 * @returns {(lane: number) => Masks}
 */
function masksOf(trace, keys, match, row) {
  if (!match && row < 0) return () => ({ bright: keys, faint: null });
  /** @type {Map<Uint8Array | null, Masks>} lanes that match alike share theirs */
  const known = new Map();
  return (lane) => {
    const matching = match?.maskOf(lane) ?? null;
    const found = known.get(matching);
    if (found) return found;
    const isBright = trace.keys.map((key, index) => matching?.[index] === 1 || key.row === row);
    const made = {
      bright: keys.map((isShown, key) => (isShown && isBright[key] ? 1 : 0)),
      faint: keys.map((isShown, key) => (isShown && !isBright[key] ? 1 : 0)),
    };
    known.set(matching, made);
    return made;
  };
}
