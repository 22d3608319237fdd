// @ts-check
// The split of a task: its figures by the values of an attribute.
//
// Takes the trace, which has the splits of the whole run, and the row of a task. The reader chooses the attribute; a
// click on a value searches for it, so that the chart shows where it is. Names and values enter by `textContent`.
// Computes no figure but shares of the task.

import { COLUMNS, notesOn, UNFINISHED } from "#page/sections/table.js";
import { sumOf } from "#page/trace/division.js";
import { shown } from "#page/trace/names.js";
import { beginningOn, conditionOn, rangeOn } from "#page/trace/query.js";
import { count, percent, wholeNumber } from "#page/trace/units.js";
import { shownValue } from "#page/view/attributes.js";
import { element } from "#page/view/elements.js";
import { change, jump, state } from "#page/view/state.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Split} Split
 * @typedef {import("#page/trace/data.js").Part} Part
 *
 * @typedef {object} Parts
 * @property {HTMLElement} section
 * @property {HTMLElement} of the name of the attribute, where there is but one
 * @property {HTMLSelectElement} choice between several
 * @property {HTMLTableElement} table
 * @property {HTMLElement} note
 *
 * @typedef {object} Line
 * @property {string} label
 * @property {string} query that finds its spans; empty for none
 * @property {Part} part
 * @property {boolean} isRest whether it is of no value of its own; then it has no bar, which might dwarf the others
 */

const SHOWN = ["count", "total", "self", "mean", "p95"];
const LACKING = "Spans whose attributes are not known count as spans without it: only their summary was read.";

/**
 * @param {Parts} parts
 * @param {Trace} trace
 * @param {() => import("#page/view/look.js").Look} look
 * @returns {(row: number | null) => void} shows that of a task, if it has one
 */
export function createSplit(parts, trace, look) {
  parts.choice.addEventListener("change", () => change({ by: parts.choice.value }));

  return (row) => {
    const splits = trace.splits.filter(({ task }) => task === row);
    parts.section.hidden = splits.length === 0;
    if (splits.length === 0) return;
    const split = splits.find(({ name }) => name === state().by) ?? splits[0];
    showChoice(parts, splits, split);
    const task = trace.tasks[split.task];
    parts.table.style.setProperty("--swatch", look().paint.row[split.task]);
    fill(parts.table, linesOf(split, trace), split, task);
    const signed = partsOf(split).map((part) => ({ ...part, exact: task.exact, timings: 0 }));
    const notes = [split.may_lack && split.without ? LACKING : "", ...notesOn(signed)];
    parts.note.textContent = notes.filter((text) => text !== "").join(" ");
    parts.note.hidden = parts.note.textContent === "";
  };
}

/**
 * @param {Parts} parts
 * @param {readonly Split[]} splits
 * @param {Split} split
 */
function showChoice({ of, choice }, splits, { name }) {
  of.hidden = splits.length > 1;
  of.textContent = shown(name);
  choice.hidden = splits.length === 1;
  choice.replaceChildren(
    ...splits.map((own) => {
      const option = document.createElement("option");
      [option.value, option.textContent, option.selected] = [own.name, shown(own.name), own.name === name];
      return option;
    }),
  );
}

/** @param {Split} split @returns {Part[]} */
function partsOf({ rows, others, without }) {
  return [...rows, others, without].flatMap((part) => part ?? []);
}

/**
 * @param {Split} split
 * @param {Trace} trace
 * @returns {Line[]}
 */
function linesOf({ name, values, more_than, rows, others, without }, { attributes }) {
  const isKnown = attributes.names.includes(name); // else a search would take it for text
  const named = rows.map((part) => {
    const query = isKnown ? queryOf(name, part) : "";
    return { label: labelOf(part), query, part, isRest: false };
  });
  const rest = values === null ? `more than ${count(more_than ?? 0)} values` : otherValues(values - rows.length);
  return [
    ...named,
    ...(others ? [{ label: rest, query: "", part: others, isRest: true }] : []),
    ...(without ? [{ label: `without ${shown(name)}`, query: "", part: without, isRest: true }] : []),
  ];
}

/** @param {number} values */
function otherValues(values) {
  return values === 1 ? "1 other value" : `${count(values)} other values`;
}

/** @param {Split["rows"][number]} row */
function labelOf({ value, cut, from, to }) {
  if (value === null) return `${wholeNumber(from ?? 0)} to ${wholeNumber(to ?? 0)}`;
  return cut ? `${shownValue(value)}…` : shownValue(value) || "(empty)";
}

/**
 * @param {string} name
 * @param {Split["rows"][number]} row
 */
function queryOf(name, { value, cut, from, to }) {
  if (value === null) return rangeOn(name, from ?? 0, to ?? 0);
  return cut ? beginningOn(name, value) : conditionOn(name, value);
}

/**
 * @param {HTMLTableElement} table
 * @param {readonly Line[]} lines
 * @param {Split} split
 * @param {import("#page/trace/data.js").Task} task
 */
function fill(table, lines, { name, by_total }, task) {
  const measure = by_total ? "total_ns" : "self_ns";
  const hasUnfinished = lines.some(({ part }) => part.unfinished > 0);
  const columns = COLUMNS.filter(({ heading }) => SHOWN.includes(heading));
  if (hasUnfinished) columns.splice(1, 0, UNFINISHED);
  const largest = lines.reduce((most, { part, isRest }) => (isRest ? most : Math.max(most, part[measure])), 0);
  const head = document.createElement("thead");
  const headings = head.insertRow();
  headings.append(
    headingCell(shown(name), ""),
    ...columns.map(({ heading, hint }) => headingCell(heading, hint)),
    headingCell("share", by_total ? "total / total of the task" : "self / self time of the task"),
  );
  const body = document.createElement("tbody");
  for (const { label, query, part, isRest } of lines) {
    const row = body.insertRow();
    row.append(nameCell(label, query));
    row.classList.toggle("rest", isRest);
    // The columns are those of tasks, and those shown look only at what a part of one has.
    const own = { ...part, timings: 0, exact: true, group: -1, task: -1, division: sumOf([]), share: 0 };
    for (const { text } of columns) row.insertCell().textContent = text(own);
    const share = row.insertCell();
    share.className = "share";
    share.textContent = task[measure] > 0 ? percent(part[measure] / task[measure]) : "–";
    share.style.setProperty("--fraction", String(largest > 0 && !isRest ? part[measure] / largest : 0));
  }
  table.replaceChildren(head, body);
}

/** @param {string} text @param {string} hint */
function headingCell(text, hint) {
  const cell = document.createElement("th");
  cell.scope = "col";
  cell.title = hint;
  const name = document.createElement("bdi");
  name.textContent = text;
  cell.append(name);
  return cell;
}

/**
 * @param {string} label
 * @param {string} query
 */
function nameCell(label, query) {
  const cell = document.createElement("th");
  cell.scope = "row";
  const text = document.createElement("bdi");
  text.textContent = label;
  if (query === "") {
    cell.append(text);
    return cell;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.title = `${label}\nsearch for it`;
  button.append(text);
  button.addEventListener("click", () => search(query));
  cell.append(button);
  return cell;
}

/**
 * Searches, and shows what is found: how much, and below it where.
 * @param {string} query
 */
function search(query) {
  jump({ query });
  element("toolbar").scrollIntoView({ block: "nearest" });
}
