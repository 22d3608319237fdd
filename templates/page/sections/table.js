// @ts-check
// The table: figures per (group, task); Rust computed those of the whole run.
//
// Shows rows page by page, sorted by the column whose heading was clicked. The box of a row hides or shows its
// task; its name leads to the section of the task. Computes no figure.

import { taskButton } from "#page/sections/choosing.js";
import { namesOf } from "#page/trace/data.js";
import { atLeast, cpuKnown } from "#page/trace/division.js";
import { hasNoSpan } from "#page/trace/data.js";
import { toggled } from "#page/trace/sets.js";
import { change, INITIAL, state } from "#page/view/state.js";
import { count, duration, percent } from "#page/trace/units.js";

/**
 * @typedef {import("#page/trace/data.js").Task} Task
 *
 * @typedef {object} Column
 * @property {string} heading
 * @property {string} hint
 * @property {(task: Task) => number | null} value rows without one come last
 * @property {(task: Task) => string} text
 * @property {(task: Task) => string} [title] on hover
 */

export const PAGE = 200;
const MOST_NAMED = 12; // names of instants
const INEXACT = "* spans of a lane overlap without nesting: time counts for the one that started last.";
const BUCKETED = "≈ quantiles of tasks with more than 4,096 spans are at most 0.4 % off.";
const TIMED = "Timings have no start and end: they count in all figures but self and share.";
const BY_TOTAL = { column: "total", descending: true };
/** Columns of the time of lanes, which timings have none of. */
const OF_LANES = ["self", "share"];
const NAME = { heading: "group / task", hint: "sort by group, then task" };

/** @type {Column} shown only where there is something to show */
export const UNFINISHED = {
  heading: "unfinished",
  hint: "spans that never ended; no other figure includes them",
  value: (task) => task.unfinished,
  text: (task) => (task.unfinished > 0 ? count(task.unfinished) : "–"),
};

/** @type {readonly Column[]} */
export const COLUMNS = [
  {
    heading: "count",
    hint: "finished spans",
    value: (task) => task.count,
    text: (task) => count(task.count),
  },
  time("total", "sum of the durations", (task) => task.total_ns),
  {
    ...time("self", "total minus the time of nested spans", (task) => task.self_ns),
    text: (task) => (task.count > 0 && !hasNoSpan(task) ? duration(task.self_ns) + (task.exact ? "" : " *") : "–"),
  },
  time("mean", "total / count", (task) => task.mean_ns),
  quantile("median", "half of the spans took at most this long", (task) => task.median_ns),
  quantile("p95", "95 % of the spans took at most this long", (task) => task.p95_ns),
  time("max", "the longest span", (task) => task.max_ns),
  {
    heading: "share",
    hint: "self / busy time of all lanes",
    value: (task) => task.share,
    text: (task) => (hasNoSpan(task) ? "–" : percent(task.share) + (task.exact ? "" : " *")),
  },
];

/** @type {Column} the part of the self time on a CPU */
const CPU = {
  heading: "cpu",
  hint: "part of the self time on a CPU, where the CPU time of spans is known",
  value: (task) => (cpuKnown(task.division) > 0 ? task.division.on_cpu_ns : null),
  text: (task) => (cpuKnown(task.division) > 0 ? atLeast(task.division) + duration(task.division.on_cpu_ns) : "–"),
  title({ division: { off_cpu_ns, not_known_ns } }) {
    const off = off_cpu_ns > 0 ? [`off CPU for ${duration(off_cpu_ns)}`] : [];
    const notKnown = not_known_ns > 0 ? [`not known for ${duration(not_known_ns)} of the self time`] : [];
    return [...off, ...notKnown].join("; ");
  },
};

/** @type {Column} the part of the self time in declared waits */
const WAIT = {
  heading: "wait",
  hint: "part of the self time in declared waits",
  value: ({ division }) => (division.wait_ns > 0 ? division.wait_ns : null),
  text: ({ division }) => (division.wait_ns > 0 ? duration(division.wait_ns) : "–"),
};

/**
 * The columns for which the trace has something to show, in their order. Those of CPU time and waits follow the self
 * time, of which they are parts.
 * @param {Pick<import("#page/trace/data.js").Trace, "hasCpu" | "hasWaits" | "tasks">} trace
 * @param {boolean} hasUnfinished
 */
export function columnsOf({ hasCpu, hasWaits, tasks }, hasUnfinished) {
  const isTimeless = tasks.length > 0 && tasks.every(hasNoSpan);
  return COLUMNS.filter(({ heading }) => !isTimeless || !OF_LANES.includes(heading)).flatMap((column) => {
    if (column.heading === "count" && hasUnfinished) return [column, UNFINISHED];
    if (column.heading !== "self") return [column];
    return [column, ...(hasCpu ? [CPU] : []), ...(hasWaits ? [WAIT] : [])];
  });
}

/**
 * @param {string} heading
 * @param {string} hint
 * @param {(task: Task) => number | null} value
 * @returns {Column}
 */
function time(heading, hint, value) {
  return {
    heading,
    hint,
    value: (task) => (task.count > 0 ? value(task) : null),
    text: (task) => {
      const ns = value(task);
      return ns === null || task.count === 0 ? "–" : duration(ns);
    },
  };
}

/**
 * @param {string} heading
 * @param {string} hint
 * @param {(task: Task) => number | null} value
 * @returns {Column}
 */
function quantile(heading, hint, value) {
  const column = time(heading, hint, value);
  return { ...column, text: (task) => (task.exact_quantiles ? "" : "≈ ") + column.text(task) };
}

/**
 * @typedef {object} Elements
 * @property {HTMLTableElement} table
 * @property {HTMLElement} pager
 * @property {HTMLElement} note
 *
 * @typedef {object} Rows
 * @property {readonly Task[]} tasks
 * @property {readonly number[]} row of each in the trace's own table
 * @property {number} length ns of the part of the run that they are of
 * @property {readonly Rows[]} [sides] of a pair, each of its own lanes
 */

/**
 * @param {Elements} elements
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {() => import("#page/view/look.js").Look} look
 * @returns {(rows: Rows, note: string) => void} shows these rows, as sorted now, in the colours of now
 */
export function createTable(elements, trace, look) {
  let first = 0;
  /** @type {Rows} */
  let shown = { tasks: [], row: [], length: 0 };
  const columns = columnsOf(trace, trace.tasks.some((task) => task.unfinished > 0));

  const initial = columns.some(({ heading }) => heading === INITIAL.sort.column) ? INITIAL.sort : BY_TOTAL;
  const head = elements.table.createTHead().insertRow();
  const headings = [NAME, ...columns].map((column) => heading(head, column, () => (first = 0)));
  const body = elements.table.createTBody();

  function fill() {
    const isKnown = headings.some(({ name }) => name === state().sort.column);
    const sort = isKnown ? state().sort : initial; // a link may name any
    headings.forEach(({ cell, name }) => {
      if (name === sort.column) cell.setAttribute("aria-sort", sort.descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    const order = sorted(
      trace,
      shown.tasks,
      columns.find(({ heading }) => heading === sort.column),
      sort.descending,
    );
    if (first >= order.length) first = 0;
    const largest = shown.tasks.reduce((most, { share }) => Math.max(most, share), 0);
    const focused = focusedIn(body);
    body.replaceChildren(
      ...order.slice(first, first + PAGE).map((index) => {
        const [task, row] = [shown.tasks[index], shown.row[index]];
        return line(task, columns, nameCell(trace, row), largest, look().paint.row[row]);
      }),
    );
    focusAgain(body, focused);
    showPager(elements.pager, order.length, first, (wanted) => {
      first = wanted;
      fill();
    });
  }

  return (rows, note) => {
    shown = rows;
    const notes = [note, ...notesOn(rows.tasks), instantsNote(trace)];
    elements.note.textContent = notes.filter((text) => text !== "").join(" ");
    elements.note.hidden = elements.note.textContent === "";
    fill();
  };
}

/**
 * @param {Task} task
 * @param {readonly Column[]} columns
 * @param {HTMLElement} name
 * @param {number} largest share of all
 * @param {string} color
 */
function line(task, columns, name, largest, color) {
  const element = document.createElement("tr");
  element.style.setProperty("--swatch", color);
  element.append(name);
  for (const { heading, text, title } of columns) {
    const cell = element.insertCell();
    cell.textContent = text(task);
    if (title) cell.title = title(task);
    if (heading !== "share") continue;
    cell.className = "share";
    cell.style.setProperty("--fraction", String(largest > 0 ? task.share / largest : 0));
  }
  return element;
}

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {number} row
 */
export function nameCell(trace, row) {
  const names = namesOf(trace, trace.tasks[row]);
  const cell = document.createElement("th");
  cell.scope = "row";
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = !state().hidden.has(row);
  box.disabled = hasNoSpan(trace.tasks[row]); // it is not in the chart
  box.hidden = trace.lanes.length === 0;
  box.dataset.row = String(row);
  box.setAttribute("aria-label", `show ${names.join(" / ")}`);
  box.addEventListener("change", () => change({ hidden: toggled(state().hidden, row) }));
  cell.append(box, taskButton(row, names));
  return cell;
}

/**
 * The point events of the whole run by name, which have no row.
 * @param {import("#page/trace/data.js").Trace} trace
 */
export function instantsNote(trace) {
  const { points } = trace;
  if (points.length === 0) return "";
  const all = points.reduce((sum, own) => sum + own.count, 0);
  const listed = points.slice(0, MOST_NAMED).map((of) => `${namesOf(trace, of).join(" / ")} ×${count(of.count)}`);
  const more = points.length - listed.length;
  const names = [...listed, ...(more > 0 ? [`${count(more)} more names`] : [])].join(", ");
  return `Not in the table: ${count(all)} ${all === 1 ? "instant" : "instants"} of the whole run (${names}).`;
}

/**
 * What the signs beside the figures mean.
 * @param {readonly Pick<Task, "exact" | "exact_quantiles" | "timings">[]} tasks
 */
export function notesOn(tasks) {
  const inexact = tasks.some((task) => !task.exact);
  const bucketed = tasks.some((task) => !task.exact_quantiles);
  const timed = tasks.some(({ timings }) => timings > 0);
  return [inexact ? INEXACT : "", bucketed ? BUCKETED : "", timed ? TIMED : ""];
}

/**
 * @param {HTMLTableRowElement} head
 * @param {{heading: string, hint: string}} column
 * @param {() => void} begin called before the rows are sorted again
 */
function heading(head, { heading: name, hint }, begin) {
  const cell = document.createElement("th");
  cell.scope = "col";
  const button = document.createElement("button");
  button.type = "button";
  button.title = hint;
  button.textContent = name;
  button.addEventListener("click", () => {
    const { sort } = state();
    begin();
    change({
      sort: { column: name, descending: sort.column === name ? !sort.descending : name !== NAME.heading },
    });
  });
  cell.append(button);
  head.append(cell);
  return { cell, name };
}

/**
 * Which control of the rows has the focus.
 * @param {HTMLElement} body
 */
export function focusedIn(body) {
  const element = document.activeElement;
  if (!(element instanceof HTMLElement) || !body.contains(element)) return "";
  return `${element.tagName}[data-row="${element.dataset.row}"]`;
}

/**
 * @param {HTMLElement} body
 * @param {string} selector
 */
export function focusAgain(body, selector) {
  const element = selector === "" ? null : body.querySelector(selector);
  if (element instanceof HTMLElement) element.focus({ preventScroll: true });
}

/**
 * The rows in order, as indices.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {readonly Task[]} tasks
 * @param {Column | undefined} column undefined for the name
 * @param {boolean} descending
 */
function sorted(trace, tasks, column, descending) {
  const sign = descending ? -1 : 1;
  const order = tasks.map((_, index) => index);
  if (!column) {
    const names = tasks.map(({ group, task }) => `${trace.raw[group]}\u0000${trace.raw[task]}`);
    return order.sort((one, other) => sign * (names[one] < names[other] ? -1 : 1));
  }
  const values = tasks.map(column.value);
  return order.sort((one, other) => {
    const [a, b] = [values[one], values[other]];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (a - b);
  });
}

/**
 * @param {HTMLElement} pager
 * @param {number} total
 * @param {number} first
 * @param {(first: number) => void} go
 */
export function showPager(pager, total, first, go) {
  pager.hidden = total <= PAGE;
  if (pager.hidden) return;
  const place = document.createElement("span");
  place.textContent = `${count(first + 1)} to ${count(Math.min(total, first + PAGE))} of ${count(total)}`;
  const [back, on] = [-PAGE, PAGE].map((step) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = step < 0 ? "previous" : "next";
    button.disabled = first + step < 0 || first + step >= total;
    button.addEventListener("click", () => go(first + step));
    return button;
  });
  pager.replaceChildren(place, back, on);
}
