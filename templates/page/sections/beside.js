// @ts-check
// The table of two runs: the figures of each task on both sides, and how far they lie apart.
//
// Takes the rows of both sides for the same part of the time; sorts by the column whose heading was clicked. The box and
// the name of a row do what they do in the table of one run (`table.js`). Computes differences, and no other figure.

import { focusAgain, focusedIn, nameCell, notesOn, PAGE, showPager } from "#page/sections/table.js";
import { hasNoSpan } from "#page/trace/data.js";
import { count, duration } from "#page/trace/units.js";
import { change, state } from "#page/view/state.js";
import { signed } from "#page/sections/both.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Task} Task
 * @typedef {import("#page/sections/table.js").Rows} Rows
 *
 * @typedef {object} Pair a task on both sides; null where no span of it is in the part
 * @property {number} row
 * @property {Task | null} one
 * @property {Task | null} other
 *
 * @typedef {object} Column
 * @property {string} name by which a link sorts
 * @property {string} heading
 * @property {string} hint
 * @property {(pair: Pair) => number | null} value
 * @property {(pair: Pair) => string} text
 */

const NAME = "group / task";

/** @typedef {{heading: string, hint: string, value: (task: Task) => number | null}} Figure of a task */

/** @type {readonly Figure[]} */
const FIGURES = [
  { heading: "total", hint: "sum of the durations", value: (task) => (task.count > 0 ? task.total_ns : null) },
  { heading: "self", hint: "total minus the time of nested spans", value: (task) => (task.count > 0 && !hasNoSpan(task) ? task.self_ns : null) },
  { heading: "mean", hint: "total / count", value: (task) => task.mean_ns },
  { heading: "max", hint: "the longest span", value: (task) => task.max_ns },
];

/**
 * @param {readonly string[]} labels of the sides
 * @returns {{heading: string, columns: Column[]}[]} columns in groups
 */
function groupsOf(labels) {
  const of = (/** @type {Pair} */ { one, other }, /** @type {number} */ side) => (side === 0 ? one : other);
  const counts = labels.map((heading, side) => ({
    name: `count ${side + 1}`,
    heading,
    hint: `finished spans: ${heading}`,
    value: (/** @type {Pair} */ pair) => of(pair, side)?.count ?? 0,
    text: (/** @type {Pair} */ pair) => count(of(pair, side)?.count ?? 0),
  }));
  const figures = FIGURES.map(({ heading, hint, value }) => {
    const valueOf = (/** @type {Pair} */ pair, /** @type {number} */ side) => {
      const task = of(pair, side);
      return task ? value(task) : null;
    };
    const isSum = heading === "total" || heading === "self";
    const apart = (/** @type {Pair} */ pair) => {
      const [one, other] = [valueOf(pair, 0), valueOf(pair, 1)];
      if (isSum) return one === null && other === null ? null : (other ?? 0) - (one ?? 0);
      return one === null || other === null ? null : other - one;
    };
    const sides = labels.map((label, side) => ({
      name: `${heading} ${side + 1}`,
      heading: label,
      hint: `${hint}: ${label}`,
      value: (/** @type {Pair} */ pair) => valueOf(pair, side),
      text: (/** @type {Pair} */ pair) => timeText(valueOf(pair, side)),
    }));
    const difference = {
      name: `${heading} difference`,
      heading: "difference",
      hint: `${heading} of ${labels[1]} minus that of ${labels[0]}; sorted by size, whichever its sign`,
      value: (/** @type {Pair} */ pair) => {
        const ns = apart(pair);
        return ns === null ? null : Math.abs(ns);
      },
      text: (/** @type {Pair} */ pair) => {
        const ns = apart(pair);
        return ns === null ? "–" : signed(ns);
      },
    };
    return { heading, columns: [...sides, ...(heading === "max" ? [] : [difference])] };
  });
  return [{ heading: "count", columns: counts }, ...figures];
}

const INITIAL = { column: "self difference", descending: true };

/** @param {number | null} ns */
function timeText(ns) {
  return ns === null ? "–" : duration(ns);
}

/**
 * @param {import("#page/sections/table.js").Elements} elements
 * @param {Trace} trace of a pair
 * @param {() => import("#page/view/look.js").Look} look
 * @returns {(rows: Rows, note: string) => void} shows these rows of both sides, as sorted now, in the colours of now
 */
export function createBeside(elements, trace, look) {
  const labels = (trace.sides ?? []).map(({ label }) => label);
  const groups = groupsOf(labels);
  const columns = groups.flatMap(({ columns }) => columns);
  const [above, below] = [elements.table.createTHead().insertRow(), elements.table.tHead?.insertRow()];
  const name = headingCell({ name: NAME, heading: NAME, hint: "sort by group, then task" }, () => (first = 0));
  name.rowSpan = 2;
  above.append(name);
  for (const { heading, columns } of groups) {
    const cell = document.createElement("th");
    [cell.scope, cell.colSpan, cell.textContent, cell.className] = ["colgroup", columns.length, heading, "group"];
    above.append(cell);
    below?.append(...columns.map((column, index) => headingCell(column, () => (first = 0), index === 0)));
  }
  const body = elements.table.createTBody();
  let first = 0;
  /** @type {Pair[]} */
  let shown = [];

  function fill() {
    const { sort: asked } = state();
    const sort = asked.column === NAME || columns.some((column) => column.name === asked.column) ? asked : INITIAL;
    for (const cell of elements.table.querySelectorAll("thead [data-column]")) {
      if (cell.getAttribute("data-column") === sort.column) cell.setAttribute("aria-sort", sort.descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    }
    const order = sorted(trace, shown, columns.find((column) => column.name === sort.column), sort.descending);
    if (first >= order.length) first = 0;
    const focused = focusedIn(body);
    body.replaceChildren(
      ...order.slice(first, first + PAGE).map((pair) => {
        const line = document.createElement("tr");
        line.style.setProperty("--swatch", look().paint.row[pair.row]);
        line.append(nameCell(trace, pair.row));
        for (const { columns } of groups)
          columns.forEach(({ text }, index) => {
            const cell = line.insertCell();
            cell.textContent = text(pair);
            cell.classList.toggle("first", index === 0);
          });
        return line;
      }),
    );
    focusAgain(body, focused);
    showPager(elements.pager, order.length, first, (wanted) => {
      first = wanted;
      fill();
    });
  }

  return ({ sides }, note) => {
    if (!sides) return;
    const places = sides.map(({ row, tasks }) => new Map(row.map((own, index) => [own, tasks[index]])));
    const isThere = (/** @type {Task | undefined} */ task) => (task && task.count + task.unfinished > 0 ? task : null);
    shown = trace.tasks
      .map((_, row) => ({ row, one: isThere(places[0].get(row)), other: isThere(places[1].get(row)) }))
      .filter(({ one, other }) => one !== null || other !== null);
    const notes = [note, ...notesOn(sides.flatMap(({ tasks }) => tasks))];
    elements.note.textContent = notes.filter((text) => text !== "").join(" ");
    elements.note.hidden = elements.note.textContent === "";
    fill();
  };
}

/**
 * @param {{name: string, heading: string, hint: string}} column
 * @param {() => void} begin called before the rows are sorted again
 * @param {boolean} [isFirst] of its group
 */
function headingCell({ name, heading, hint }, begin, isFirst = false) {
  const cell = document.createElement("th");
  cell.scope = "col";
  cell.dataset.column = name;
  cell.classList.toggle("first", isFirst);
  const button = document.createElement("button");
  button.type = "button";
  button.title = hint;
  button.textContent = heading;
  button.addEventListener("click", () => {
    const { sort } = state();
    begin();
    change({ sort: { column: name, descending: sort.column === name ? !sort.descending : name !== NAME } });
  });
  cell.append(button);
  return cell;
}

/**
 * @param {Trace} trace
 * @param {readonly Pair[]} pairs
 * @param {Column | undefined} column undefined for the name
 * @param {boolean} descending
 */
function sorted({ tasks, raw }, pairs, column, descending) {
  const sign = descending ? -1 : 1;
  const name = (/** @type {Pair} */ { row }) => `${raw[tasks[row].group]}\u0000${raw[tasks[row].task]}`;
  return [...pairs].sort((one, other) => {
    if (!column) return sign * (name(one) < name(other) ? -1 : 1);
    const [a, b] = [column.value(one), column.value(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sign * (a - b);
  });
}
