// @ts-check
// The address: its hash contains the view, so a copied link shows the same.
//
// Writes the state into the address shortly after it has changed, and a changed address into the state. A hash that
// names a part of the page, such as `#problems`, is left to the browser. A hash of another run reloads the page.

import { fromHash, runIn, toHash } from "#page/view/hash.js";
import { change, INITIAL, onChange, state } from "#page/view/state.js";
import { whole } from "#page/view/window.js";

const CALM = 200; // ms without a change; browsers refuse an address that changes with every frame

/** @param {import("#page/trace/data.js").Trace} trace */
export function followAddress(trace) {
  let timer = 0;
  let known = location.hash;
  change(viewOf(known, trace));
  onChange(() => {
    clearTimeout(timer);
    timer = window.setTimeout(write, CALM);
  });
  function write() {
    if (location.hash !== known) return; // somebody else's, of which we are about to hear
    history.replaceState(null, "", link(trace));
    known = location.hash;
  }
  window.addEventListener("hashchange", () => {
    known = location.hash;
    if (location.hash !== "" && !location.hash.includes("=")) return;
    if (runIn(location.hash) === trace.run) change(viewOf(location.hash, trace));
    else location.reload();
  });
}

/**
 * The address of the view of now.
 * @param {import("#page/trace/data.js").Trace} trace
 */
export function link(trace) {
  const hash = toHash(state(), trace);
  const page = location.href.replace(/#.*$/, "");
  return hash === "" ? page : `${page}#${hash}`;
}

/**
 * All that a hash says, and the beginning's state where it says nothing.
 * @param {string} hash
 * @param {import("#page/trace/data.js").Trace} trace
 */
export function viewOf(hash, trace) {
  const view = { ...INITIAL, window: whole(trace.wall), ...fromHash(hash, trace) };
  const isOfNothing = view.scope === "selection" && view.selected === null;
  return isOfNothing ? { ...view, scope: INITIAL.scope } : view;
}
