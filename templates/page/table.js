// @ts-check
// The table: the whole run's figures per (group, task), as Rust computed them.
//
// Takes the rows, shows them page by page, sorted by the column whose heading was pressed. Computes no figure.

import { FONT } from "#page/figure.js";
import { fitted } from "#page/names.js";
import { textMeasure } from "#page/text.js";
import { count, duration, percent } from "#page/units.js";

/**
 * @typedef {import("#page/data.js").Task} Task
 *
 * @typedef {object} Column
 * @property {string} heading
 * @property {string} hint
 * @property {(task: Task) => number | null} value rows without one come last
 * @property {(task: Task) => string} text
 */

const PAGE = 200;
const NAME_ROOM = 440; // px of a group and a task together
const GROUP_ROOM = 110; // px of them left to a group that needs them
const NAME = { heading: "group / task", hint: "sort by group, then task" };

/** @type {Column} shown only where there is something to show */
const UNFINISHED = {
  heading: "unfinished",
  hint: "spans that never ended; they enter no other figure",
  value: (task) => task.unfinished,
  text: (task) => (task.unfinished > 0 ? count(task.unfinished) : "–"),
};

/** @type {readonly Column[]} */
const COLUMNS = [
  {
    heading: "count",
    hint: "finished spans",
    value: (task) => task.count,
    text: (task) => count(task.count),
  },
  time("total", "sum of the durations", (task) => task.total_ns),
  {
    ...time("self", "total less what ran inside, in the same lane", (task) => task.self_ns),
    text: (task) => (task.count > 0 ? duration(task.self_ns) + (task.exact ? "" : " *") : "–"),
  },
  time("mean", "total / count", (task) => task.mean_ns),
  time("median", "half of the spans were no longer", (task) => task.median_ns),
  time("p95", "95 of 100 spans were no longer", (task) => task.p95_ns),
  time("max", "the longest", (task) => task.max_ns),
  {
    heading: "share",
    hint: "self / busy time of all lanes",
    value: (task) => task.share,
    text: (task) => percent(task.share) + (task.exact ? "" : " *"),
  },
];

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
 * @typedef {object} Elements
 * @property {HTMLTableElement} table
 * @property {HTMLElement} pager
 * @property {HTMLElement} note
 */

/**
 * @param {Elements} elements
 * @param {import("#page/data.js").Trace} trace
 * @param {() => import("#page/palette.js").Paint} paint of now
 * @returns {() => void} shows the rows again, in the colours of now
 */
export function createTable(elements, trace, paint) {
  let first = 0;
  const columns = trace.tasks.some((task) => task.unfinished > 0)
    ? [COLUMNS[0], UNFINISHED, ...COLUMNS.slice(1)]
    : COLUMNS;
  let column = 1 + columns.findIndex(({ heading }) => heading === "self");
  let descending = true;
  const measure = textMeasure(`13px ${FONT}`);
  const largest = trace.tasks.reduce((most, { share }) => Math.max(most, share), 0);

  const head = elements.table.createTHead().insertRow();
  const headings = [NAME, ...columns].map(({ heading, hint }, index) => {
    const cell = document.createElement("th");
    cell.scope = "col";
    const button = document.createElement("button");
    button.type = "button";
    button.title = hint;
    button.textContent = heading;
    button.addEventListener("click", () => {
      descending = column === index ? !descending : index > 0;
      column = index;
      first = 0;
      show();
    });
    cell.append(button);
    head.append(cell);
    return cell;
  });
  const body = elements.table.createTBody();

  function show() {
    headings.forEach((cell, index) => {
      if (index === column) cell.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    const rows = sorted(trace, columns[column - 1], descending);
    const colors = paint(); // by task, as in the legend: a task may have bars of several colours
    body.replaceChildren(
      ...rows.slice(first, first + PAGE).map((task) => row(task, colors.task[task.task])),
    );
    showPager(elements.pager, rows.length, first, (wanted) => {
      first = wanted;
      show();
    });
  }

  /** @param {Task} task @param {string} color */
  function row(task, color) {
    const line = document.createElement("tr");
    const name = document.createElement("th");
    name.scope = "row";
    name.className = "swatch";
    name.style.setProperty("--swatch", color);
    const names = [trace.names[task.group], trace.names[task.task]];
    const [group, own] = fittedNames(names[0], names[1], measure).map((text) => {
      const element = document.createElement("bdi");
      element.textContent = text;
      return element;
    });
    group.className = "group";
    name.append(group, " / ", own);
    name.title = names.join(" / ");
    line.append(name);
    for (const { heading, text } of columns) {
      const cell = line.insertCell();
      cell.textContent = text(task);
      if (heading === "share") {
        cell.className = "share";
        cell.style.setProperty("--fraction", String(largest > 0 ? task.share / largest : 0));
        cell.style.setProperty("--swatch", color);
      }
    }
    return line;
  }

  const inexact = trace.tasks.some((task) => !task.exact);
  elements.note.hidden = !inexact;
  elements.note.textContent =
    "* not exact: spans of a lane cross, so what ran inside what is no call of ours.";
  show();
  return show;
}

/**
 * @param {import("#page/data.js").Trace} trace
 * @param {Column | undefined} column none is the name
 * @param {boolean} descending
 */
function sorted(trace, column, descending) {
  const sign = descending ? -1 : 1;
  if (!column) {
    /** @param {Task} task */
    const name = (task) => `${trace.raw[task.group]}\u0000${trace.raw[task.task]}`;
    return [...trace.tasks].sort((one, other) => sign * (name(one) < name(other) ? -1 : 1));
  }
  const { value } = column;
  return [...trace.tasks].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (a - b);
  });
}

/**
 * A group and a task in the room for both: the group gives way first, the task never altogether.
 * @param {string} group
 * @param {string} task
 * @param {(text: string) => number} measure
 */
function fittedNames(group, task, measure) {
  const least = Math.min(GROUP_ROOM, measure(group));
  const own = fitted(task, NAME_ROOM - least, measure);
  return [fitted(group, NAME_ROOM - Math.min(NAME_ROOM - least, measure(own)), measure), own];
}

/**
 * @param {HTMLElement} pager
 * @param {number} total
 * @param {number} first
 * @param {(first: number) => void} go
 */
function showPager(pager, total, first, go) {
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
