// @ts-check
// A heap: numbers with keys, of which the one with the least key is always at hand; of equal keys the least number.
//
// Adding one, taking the least and putting another in its place cost log n. Pure.

export function createHeap() {
  let items = new Int32Array(16);
  let keys = new Float64Array(16); // each before those at twice its place plus one and two
  let size = 0;

  const grow = () => {
    const [before, keysBefore] = [items, keys];
    items = new Int32Array(2 * size);
    keys = new Float64Array(2 * size);
    items.set(before);
    keys.set(keysBefore);
  };

  /** @param {number} key @param {number} item @param {number} at place of another */
  const isBefore = (key, item, at) => key < keys[at] || (key === keys[at] && item < items[at]);

  /** @param {number} from @param {number} to places */
  const move = (from, to) => {
    keys[to] = keys[from];
    items[to] = items[from];
  };

  /** @param {number} item @param {number} key */
  const replace = (item, key) => {
    let at = 0;
    for (let next = 1; next < size; next = 2 * at + 1) {
      if (next + 1 < size && isBefore(keys[next + 1], items[next + 1], next)) next += 1;
      if (isBefore(key, item, next)) break;
      move(next, at);
      at = next;
    }
    keys[at] = key;
    items[at] = item;
  };

  return {
    /** The least key; Infinity where there is none. */
    least: () => (size > 0 ? keys[0] : Infinity),
    /** The item with the least key; -1 where there is none. */
    first: () => (size > 0 ? items[0] : -1),

    /** @param {number} item @param {number} key */
    add(item, key) {
      if (size === items.length) grow();
      let at = size++;
      for (let above = (at - 1) >> 1; at > 0 && isBefore(key, item, above); above = (at - 1) >> 1) {
        move(above, at);
        at = above;
      }
      keys[at] = key;
      items[at] = item;
    },

    /** Another in the place of the first. */
    replace,

    /** @returns {number} the first, which it has no longer; -1 where there is none */
    take() {
      if (size === 0) return -1;
      const first = items[0];
      size -= 1;
      replace(items[size], keys[size]);
      return first;
    },
  };
}
