// @ts-check
// The legend: which tasks or groups have their own entry, and which share the last one.
//
// Takes the trace, gives the entries: the 24 names with the most self time, then one for all others, then one for the
// tasks whose spans are all declared waits, and one for point events. These have one colour, so they have one entry,
// which explains it. An entry hides or shows rows of the table, or point events. Also knows where Plotly will put the entries, before Plotly has drawn them. Pure.

import { hasNoSpan, namesOf } from "#page/trace/data.js";
import { fittedApart } from "#page/trace/names.js";
import { count } from "#page/trace/units.js";
import { onlyWaits } from "#page/view/palette.js";

/**
 * @typedef {object} Entry
 * @property {string} label its name in its display form; `7 others`, `waiting`
 * @property {string} title what the label does not say; may be empty
 * @property {string} count for people
 * @property {number} name in the trace, or OTHERS, or WAITING, or INSTANTS
 * @property {number[]} rows of the table that it covers; of point events those behind
 *
 * @typedef {object} Legend
 * @property {Entry[]} entries
 * @property {Int32Array} entryOf the entry of each key of the trace
 */

/** Stand for the names of entries that have none. */
export const OTHERS = -1;
export const WAITING = -2;
export const INSTANTS = -3;

const OWN_ENTRIES = 24;
const MOST_LISTED = 12; // names of waits, or of instants
const LEGEND_LENGTH = 26; // code points of a name

/** px of Plotly's legend: what an entry has before its text, air between two, a line, air above and below all. */
const ENTRY = { before: 40, gap: 5, height: 19, air: 5 };

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {"task" | "group"} [by] what an entry is for
 * @returns {Legend}
 */
export function legend(trace, by = "task") {
  /** @type {Map<number, {self: number, spans: number, rows: number[]}>} */
  const sums = new Map();
  const isWait = onlyWaits(trace);
  const waits = [...trace.tasks.keys()].filter((row) => isWait[row]);
  trace.tasks.forEach((row, index) => {
    if (isWait[index] || hasNoSpan(row)) return;
    const sum = sums.get(row[by]) ?? { self: 0, spans: 0, rows: [] };
    sum.self += row.self_ns;
    sum.spans += row.count + row.unfinished;
    sum.rows.push(index);
    sums.set(row[by], sum);
  });
  const ordered = [...sums].sort(
    ([a, one], [b, other]) => other.self - one.self || (trace.raw[a] < trace.raw[b] ? -1 : 1),
  );
  // A single remaining name needs no more room than an entry for "1 others".
  const own = ordered.length === OWN_ENTRIES + 1 ? ordered.length : OWN_ENTRIES;
  const entries = ordered
    .slice(0, own)
    .map(([name, { spans, rows }]) => ({ label: labelOf(trace, name, by), title: "", count: count(spans), name, rows }));
  const rest = ordered.slice(own).map(([, sum]) => sum);
  if (rest.length > 0) {
    const spans = rest.reduce((sum, { spans }) => sum + spans, 0);
    const rows = rest.flatMap(({ rows }) => rows);
    entries.push({ label: `${count(rest.length)} others`, title: "", count: count(spans), name: OTHERS, rows });
  }
  if (waits.length > 0) entries.push(waitingEntry(trace, waits));
  if (trace.points.length > 0) entries.push(instantsEntry(trace));
  /** @type {Map<number, number>} */
  const entryOfRow = new Map(entries.flatMap(({ rows }, index) => rows.map((row) => [row, index])));
  return { entries, entryOf: Int32Array.from(trace.keys, ({ row }) => entryOfRow.get(row) ?? 0) };
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {number[]} rows of the table
 * @returns {Entry}
 */
function waitingEntry(trace, rows) {
  const { tasks } = trace;
  const spans = rows.reduce((sum, row) => sum + tasks[row].count + tasks[row].unfinished, 0);
  const title = ["declared waits:", ...listed(trace, rows)].join("\n");
  return { label: "waiting", title, count: count(spans), name: WAITING, rows };
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @returns {Entry}
 */
function instantsEntry(trace) {
  const { points, tasks } = trace;
  const rows = points.map((_, index) => tasks.length + index);
  const title = ["point events:", ...listed(trace, rows)].join("\n");
  const all = points.reduce((sum, own) => sum + own.count, 0);
  return { label: "instants", title, count: count(all), name: INSTANTS, rows };
}

/**
 * The names of the first rows, and how many there are more.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {readonly number[]} rows
 */
function listed(trace, rows) {
  const names = rows.slice(0, MOST_LISTED).map((row) => namesOf(trace, trace.subjects[row]).join(" / "));
  const more = rows.length - names.length;
  return more > 0 ? [...names, `${count(more)} more`] : names;
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {number} name
 * @param {"task" | "group"} by
 */
function labelOf({ raw, names }, name, by) {
  return by === "group" && raw[name] === "" ? "(no group)" : names[name];
}

/**
 * The colour of an entry.
 * @param {Entry} entry
 * @param {Pick<import("#page/view/palette.js").Paint, "name" | "wait" | "point">} paint
 * @param {{others: string}} colors
 */
export function entryColor({ name }, paint, colors) {
  if (name === WAITING) return paint.wait;
  if (name === INSTANTS) return paint.point;
  return name === OTHERS ? colors.others : paint.name[name];
}

/**
 * The entries' names, shortened as they are shown.
 * @param {Legend} legend
 */
export function entryNames({ entries }) {
  return fittedApart(
    entries.map(({ label }) => label),
    () => LEGEND_LENGTH,
    (text) => Array.from(text).length,
  );
}

/**
 * Places of the entries: in one row if they fit, else in columns as wide as the widest entry.
 * @param {readonly number[]} texts widths of their texts, in px
 * @param {number} room px
 * @returns {{height: number, texts: {left: number, middle: number}[]}} px from the legend's upper left corner
 */
export function legendLayout(texts, room) {
  if (texts.length === 0) return { height: 0, texts: [] };
  const widths = texts.map((text) => text + ENTRY.before);
  const isRow = widths.reduce((sum, width) => sum + width + ENTRY.gap, -ENTRY.gap) < room;
  const column = Math.max(...widths);
  let [x, line] = [0, 0];
  const places = widths.map((own) => {
    const width = isRow ? own : column;
    if (x > 0 && x + width >= room) [x, line] = [0, line + 1];
    const place = { left: x + ENTRY.before, middle: ENTRY.air + (line + 0.5) * ENTRY.height };
    x += width + ENTRY.gap;
    return place;
  });
  return { height: 2 * ENTRY.air + (line + 1) * ENTRY.height, texts: places };
}

/**
 * Whether all rows of an entry are hidden.
 * @param {ReadonlySet<number>} hidden
 * @param {Entry} entry
 */
export function isOff(hidden, { rows }) {
  return rows.every((row) => hidden.has(row));
}

/**
 * The hidden rows after a click on an entry.
 * @param {ReadonlySet<number>} hidden
 * @param {Legend} legend
 * @param {number} entry
 */
export function toggled(hidden, { entries }, entry) {
  const rows = new Set(entries[entry].rows);
  const off = [...rows].every((row) => hidden.has(row));
  return new Set(off ? [...hidden].filter((row) => !rows.has(row)) : [...hidden, ...rows]);
}

/**
 * The hidden rows after an entry is shown alone; none if it was alone already.
 * @param {ReadonlySet<number>} hidden
 * @param {Legend} legend
 * @param {number} entry
 */
export function isolated(hidden, { entries }, entry) {
  const others = entries.flatMap(({ rows }, index) => (index === entry ? [] : rows));
  const alone = others.length === hidden.size && others.every((row) => hidden.has(row));
  return new Set(alone ? [] : others);
}
