// @ts-check
// Idle moments: when the reader neither holds a button or key down nor moves.
//
// Watches the document and waits for such a moment. Changes nothing.

/** ms without a move. */
export const REST = 150;

export function createIdle() {
  let last = -Infinity; // when something moved
  let isHeld = false;
  const moved = () => (last = performance.now());
  /** @param {boolean} held */
  const hold = (held) => (/** @type {Event} */ { isTrusted }) => {
    if (isTrusted) isHeld = held; // a script need not release what it presses
    moved();
  };
  for (const name of ["pointerdown", "keydown"]) document.addEventListener(name, hold(true), { capture: true });
  for (const name of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(name, hold(false), { capture: true });
  for (const name of ["pointermove", "wheel", "scroll"])
    document.addEventListener(name, moved, { capture: true, passive: true });
  window.addEventListener("blur", hold(false)); // a key released elsewhere is not told

  /** How long it takes at least until the reader rests; 0 now. */
  const untilRest = () => (isHeld ? REST : Math.max(0, last + REST - performance.now()));

  return {
    /** Until an idle moment. */
    async moment() {
      for (let wait = untilRest(); wait > 0; wait = untilRest())
        await new Promise((resolve) => window.setTimeout(resolve, wait));
    },
  };
}
