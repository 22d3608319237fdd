// @ts-check
// A heap: numbers of which the first is always at hand. Adding one and taking the first cost log n. Pure.

/**
 * @param {(one: number, other: number) => boolean} isBefore
 */
export function createHeap(isBefore) {
  /** @type {number[]} each before those at twice its place plus one and two */
  const items = [];
  /** @param {number} one @param {number} other places */
  const swap = (one, other) => ([items[one], items[other]] = [items[other], items[one]]);

  return {
    /** @returns {number | undefined} */
    first: () => items[0],

    /** @param {number} item */
    add(item) {
      let at = items.push(item) - 1;
      for (let above = (at - 1) >> 1; at > 0 && isBefore(item, items[above]); above = (at - 1) >> 1) {
        swap(at, above);
        at = above;
      }
    },

    /** @returns {number | undefined} the first, which it has no longer */
    take() {
      const first = items[0];
      const last = items.pop();
      if (last === undefined || items.length === 0) return first;
      items[0] = last;
      for (let at = 0; ; ) {
        let next = 2 * at + 1;
        if (next + 1 < items.length && isBefore(items[next + 1], items[next])) next += 1;
        if (next >= items.length || !isBefore(items[next], last)) return first;
        swap(at, next);
        at = next;
      }
    },
  };
}
