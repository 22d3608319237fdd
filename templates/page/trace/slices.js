// @ts-check
// Long work in slices, so that the page stays responsive.
//
// Takes work as a generator that pauses now and then. If the result is soon there, it is returned directly.
// Otherwise it comes later: null until then, and a call when it is there. New arguments replace work in progress.
// Knows nothing of what is computed.

const SLICE = 8; // ms of work at a time

/**
 * A function that, like `latest`, works again only when it is given something else.
 * @template {unknown[]} Given
 * @template Result
 * @param {(...given: Given) => Generator<void, Result, void>} work
 * @param {() => void} tell that a result is there which was not there at once
 * @returns {(...given: Given) => Result | null} null while it is computed
 */
export function sliced(work, tell) {
  /** @type {{given: Given, running: Generator<void, Result, void>, result: Result | null} | null} */
  let last = null;

  return (...given) => {
    if (last && given.every((value, index) => Object.is(value, last?.given[index]))) return last.result;
    const own = { given, running: work(...given), result: /** @type {Result | null} */ (null) };
    last = own;
    const go = () => {
      if (last !== own) return; // something else was asked for since
      const stop = performance.now() + SLICE;
      for (let step = own.running.next(); ; step = own.running.next()) {
        if (step.done) own.result = step.value;
        if (step.done || performance.now() >= stop) return;
      }
    };
    const goOn = () => {
      go();
      if (last !== own) return;
      if (own.result === null) soon(goOn);
      else tell();
    };
    go();
    if (own.result === null) soon(goOn);
    return own.result;
  };
}

/**
 * The result of work that is done in slices; the first of them at once.
 * @template Result
 * @param {Generator<void, Result, void>} work
 */
export async function inSlices(work) {
  for (;;) {
    const stop = performance.now() + SLICE;
    for (let step = work.next(); ; step = work.next()) {
      if (step.done) return step.value;
      if (performance.now() >= stop) break;
    }
    await new Promise((/** @type {(value?: unknown) => void} */ goOn) => soon(goOn));
  }
}

/**
 * Goes on after what waits: other tasks, and frames. A browser lets timers that set timers wait 4 ms each time.
 * @param {() => void} act
 */
function soon(act) {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    act();
  };
  port2.postMessage(null);
}

/**
 * The result of work that is done in one go.
 * @template Result
 * @param {Generator<void, Result, void>} work
 */
export function finished(work) {
  for (let step = work.next(); ; step = work.next()) if (step.done) return step.value;
}
