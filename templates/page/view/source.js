// @ts-check
// The source: the trace of now, and what stands out in it.
//
// Begins with the outline and changes once, when the rows are there. Knows nothing of how either is shown.

import { busyStretches } from "#page/trace/occupancy.js";
import { createEmphasis } from "#page/view/emphasis.js";
import { state } from "#page/view/state.js";

/**
 * @typedef {ReturnType<typeof createSource>} Source
 * @typedef {{query: string, act: () => void, giveUp: () => void}} Wanted
 */

/**
 * @param {import("#page/trace/data.js").Trace} outline
 * @param {() => void} tell that a load or a match is there which was not there at once
 */
export function createSource(outline, tell) {
  let trace = outline;
  let busy = busyStretches(outline);
  /** @type {Wanted[]} */
  let wanted = [];
  let emphasised = createEmphasis(outline, busy, told);

  function told() {
    tell();
    if (emphasis().isSearching) return;
    for (const { act } of wanted.splice(0)) act();
  }

  /** Which task a pinned span is of, only its row tells. */
  function emphasis() {
    return emphasised(trace.hasRows ? state() : { ...state(), pinned: null });
  }

  return {
    trace: () => trace,
    /** The stretches in which a lane is busy, whatever is switched off. */
    busy: () => busy,
    emphasis,
    /**
     * Does something with what the search finds: at once where that is known, else when it is.
     * @param {() => void} act
     * @param {() => void} [giveUp] called instead if the reader searches for something else before
     */
    whenFound(act, giveUp = () => {}) {
      if (emphasis().isSearching) wanted.push({ query: state().query, act, giveUp });
      else act();
    },
    /** Gives up what was wanted of another search than that of now. */
    follow() {
      const isOld = (/** @type {Wanted} */ { query }) => query !== state().query;
      const old = wanted.filter(isOld);
      wanted = wanted.filter((own) => !isOld(own));
      for (const { giveUp } of old) giveUp();
    },
    /** @param {import("#page/trace/data.js").Trace} whole */
    complete(whole) {
      trace = whole;
      busy = busyStretches(whole);
      emphasised = createEmphasis(whole, busy, told);
    },
  };
}
