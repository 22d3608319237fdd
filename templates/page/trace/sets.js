// @ts-check
// Sets of numbers that are chosen from: hidden rows, folded processes. Pure.

/**
 * The set with an item taken out, or put in where it was not there.
 * @param {ReadonlySet<number>} set
 * @param {number} item
 */
export function toggled(set, item) {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}
