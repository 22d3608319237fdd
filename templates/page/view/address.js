// @ts-check
// The address: its hash contains the view, so a copied link shows the same.
//
// Writes the state into the address shortly after it has changed, and a changed address into the state. A jump adds an
// entry to the browser's history, so that Back undoes it; jumps in quick succession are one. A link to a part of the
// page, such as `#problems`, scrolls there, and the view stays in the address. A hash of another run reloads the page.

import { fromHash, runIn, toHash } from "#page/view/hash.js";
import { change, INITIAL, onChange, state } from "#page/view/state.js";
import { whole } from "#page/view/window.js";

const CALM = 200; // ms without a change; browsers refuse an address that changes with every frame

/** @param {import("#page/trace/data.js").Trace} trace */
export function followAddress(trace) {
  let timer = 0;
  let known = location.hash;
  let hasJumped = false; // since it was calm
  change(viewOf(known, trace));
  let before = state();
  onChange((_, isJump) => {
    clearTimeout(timer);
    timer = window.setTimeout(rest, CALM);
    if (isJump && !hasJumped) {
      write(before, "replaceState"); // what Back leads to
      write(state(), "pushState");
    }
    hasJumped ||= isJump;
    before = state();
  });
  function rest() {
    hasJumped = false;
    write(state(), "replaceState");
  }
  /** @param {import("#page/view/state.js").State} view @param {"replaceState" | "pushState"} how */
  function write(view, how) {
    const address = link(trace, view);
    if (location.hash !== known) return; // somebody else's, of which we are about to hear
    if (address !== location.href) history[how](null, "", address);
    known = location.hash;
  }
  window.addEventListener("hashchange", () => {
    const isPart = location.hash !== "" && !location.hash.includes("=");
    known = location.hash;
    if (isPart) write(state(), "replaceState");
    else if (runIn(location.hash) === trace.run) change(viewOf(location.hash, trace));
    else location.reload();
  });
}

/**
 * The address of a view.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {import("#page/view/state.js").State} view
 */
export function link(trace, view = state()) {
  const hash = toHash(view, trace);
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
