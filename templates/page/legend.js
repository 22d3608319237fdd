// @ts-check
// The legend: which tasks have an entry of their own, and which share the last.
//
// Takes the trace, gives the entries: the 24 tasks of largest self time by name, whatever their group, then
// one for all others. Pure.

import { count } from "#page/units.js";

/**
 * @typedef {object} Entry
 * @property {string} name in its display form, `7 others` for the last
 * @property {string} count for people
 * @property {number[]} tasks the names it stands for; more than one only in the last
 *
 * @typedef {object} Legend
 * @property {Entry[]} entries
 * @property {Int32Array} entryOf the entry of each key of the trace
 */

const OWN_ENTRIES = 24;

/**
 * @param {import("#page/data.js").Trace} trace
 * @returns {Legend}
 */
export function legend(trace) {
  /** @type {Map<number, {self: number, spans: number}>} */
  const sums = new Map(trace.keys.map((key) => [key.task, { self: 0, spans: 0 }]));
  for (const row of trace.tasks) {
    const sum = sums.get(row.task);
    if (!sum) continue;
    sum.self += row.self_ns;
    sum.spans += row.count + row.unfinished;
  }
  const ordered = [...sums].sort(
    ([a, one], [b, other]) => other.self - one.self || (trace.raw[a] < trace.raw[b] ? -1 : 1),
  );
  // One task more takes no more room than an entry that stands for it.
  const own = ordered.length === OWN_ENTRIES + 1 ? ordered.length : OWN_ENTRIES;
  const entries = ordered
    .slice(0, own)
    .map(([task, { spans }]) => ({ name: trace.names[task], count: count(spans), tasks: [task] }));
  const rest = ordered.slice(own);
  if (rest.length > 0) {
    const spans = rest.reduce((sum, [, { spans }]) => sum + spans, 0);
    entries.push({
      name: `${count(rest.length)} others`,
      count: count(spans),
      tasks: rest.map(([task]) => task),
    });
  }
  /** @type {Map<number, number>} */
  const entryOfTask = new Map(entries.flatMap(({ tasks }, index) => tasks.map((task) => [task, index])));
  return { entries, entryOf: Int32Array.from(trace.keys, (key) => entryOfTask.get(key.task) ?? 0) };
}

/**
 * The tasks that are switched off after a click on an entry.
 * @param {ReadonlySet<number>} hidden
 * @param {Legend} legend
 * @param {number} entry
 */
export function toggled(hidden, { entries }, entry) {
  const tasks = new Set(entries[entry].tasks);
  const off = [...tasks].every((task) => hidden.has(task));
  return new Set(off ? [...hidden].filter((task) => !tasks.has(task)) : [...hidden, ...tasks]);
}

/**
 * The tasks that are switched off when an entry is shown alone; none, where it is alone already.
 * @param {ReadonlySet<number>} hidden
 * @param {Legend} legend
 * @param {number} entry
 */
export function isolated(hidden, { entries }, entry) {
  const others = entries.flatMap(({ tasks }, index) => (index === entry ? [] : tasks));
  const alone = others.length === hidden.size && others.every((task) => hidden.has(task));
  return new Set(alone ? [] : others);
}
