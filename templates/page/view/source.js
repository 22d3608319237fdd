// @ts-check
// The source: the trace of now, and what stands out in it.
//
// Begins with the outline and changes once, when the rows are there. Knows nothing of how either is shown.

import { busyStretches } from "#page/trace/occupancy.js";
import { createEmphasis } from "#page/view/emphasis.js";
import { state } from "#page/view/state.js";

/** @typedef {ReturnType<typeof createSource>} Source */

/**
 * @param {import("#page/trace/data.js").Trace} outline
 * @param {() => void} tell that a load or a match is there which was not there at once
 */
export function createSource(outline, tell) {
  let trace = outline;
  let busy = busyStretches(outline);
  /** @type {(() => void) | null} */
  let wanted = null;
  let emphasised = createEmphasis(outline, busy, told);

  function told() {
    tell();
    if (emphasis().isSearching) return;
    wanted?.();
    wanted = null;
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
     * Does something with what the search finds: at once where that is known, else when it is, if the search is then
     * still the same.
     * @param {() => void} act
     */
    whenFound(act) {
      const { query } = state();
      wanted = emphasis().isSearching ? () => state().query === query && act() : null;
      if (!wanted) act();
    },
    /** @param {import("#page/trace/data.js").Trace} whole */
    complete(whole) {
      trace = whole;
      busy = busyStretches(whole);
      emphasised = createEmphasis(whole, busy, told);
    },
  };
}
