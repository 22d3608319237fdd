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
 * @param {() => void} tell that a load is there which was not there at once
 */
export function createSource(outline, tell) {
  let trace = outline;
  let busy = busyStretches(outline);
  let emphasised = createEmphasis(outline, busy, tell);
  return {
    trace: () => trace,
    /** The stretches in which a lane is busy, whatever is switched off. */
    busy: () => busy,
    /** Which task a pinned span is of, only its row tells. */
    emphasis: () => emphasised(trace.hasRows ? state() : { ...state(), pinned: null }),
    /** @param {import("#page/trace/data.js").Trace} whole */
    complete(whole) {
      trace = whole;
      busy = busyStretches(whole);
      emphasised = createEmphasis(whole, busy, tell);
    },
  };
}
