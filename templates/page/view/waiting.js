// @ts-check
// Waiting: what the reader asks for before the rows are there.
//
// Does it at once where they are, else the last of what was asked when they come. Says so while it waits.

/**
 * @template Rows what is there with the rows
 * @param {() => void} say that something waits
 */
export function createWaiting(say) {
  /** @type {Rows | null} */
  let own = null;
  /** @type {((rows: Rows) => void) | null} */
  let wanted = null;
  return {
    /** @param {(rows: Rows) => void} act */
    later(act) {
      if (own) return act(own);
      wanted = act;
      say();
    },
    /** @param {Rows} rows */
    arrived(rows) {
      own = rows;
      wanted?.(rows);
      wanted = null;
    },
  };
}
