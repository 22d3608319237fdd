// @ts-check
// The ledger: where lanes x wall time went, as one stacked bar and a table.
//
// Shows the parts that Rust computed for the whole run, and for a part of it those of its table. They sum exactly to
// the whole. Declared waits of all tasks are one part. A strip at the foot of a task's part of the bar is filled to its
// share on a CPU. Words beside the bar say the same of the whole busy time.

import { taskButton } from "#page/sections/choosing.js";
import { namesOf } from "#page/trace/data.js";
import { atLeast, onCpuShare, sumOf } from "#page/trace/division.js";
import { meanings, shares } from "#page/view/division.js";
import { textOn } from "#page/view/palette.js";
import { count, duration, percent } from "#page/trace/units.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/sections/table.js").Rows} Rows
 *
 * @typedef {object} Part
 * @property {string} name in its display form
 * @property {number} ns
 * @property {string} kind `task`, `others`, `waiting`, `idle` or `unfinished`
 * @property {number} task row of the table, or -1
 */

const MOST_TASKS = 24;
const LEAST_SHARE = 0.004; // of the bar, below which a part is one of the others there
const FEW_ALIVE = 0.5; // of the lanes; with more alive at once the caption does not count them

/** How the names of idle parts begin, and all of them where there is little room. */
const IDLE = { before: "idle before", between: "idle between", after: "idle after" };

/**
 * The parts, from the left.
 * @param {Pick<Trace, "tasks" | "names" | "raw"> & {ledger: Omit<Trace["ledger"], "alive_at_once"> & {rest_ns?: number}}} of
 * @param {(share: number, index: number) => boolean} hasOwn whether a task of that share has a part of its own
 * @returns {Part[]}
 */
export function parts({ ledger, tasks, names, raw }, hasOwn) {
  const own = ledger.tasks.filter(({ ns }, index) => hasOwn(ns / ledger.total_ns, index));
  const rest = ledger.tasks.filter((part) => !own.includes(part));
  /** @param {string} name @param {number} ns @param {string} kind @returns {Part} */
  const part = (name, ns, kind) => ({ name, ns, kind, task: -1 });
  return [
    ...own.map(({ task, ns }) => ({
      name: namesOf({ names, raw }, tasks[task]).join(" / "),
      ns,
      kind: "task",
      task,
    })),
    part(
      `${count(rest.length)} other ${rest.length === 1 ? "task" : "tasks"}`,
      rest.reduce((sum, { ns }) => sum + ns, 0),
      "others",
    ),
    part("waiting, as declared", ledger.division.wait_ns, "waiting"),
    part("unfinished", ledger.unfinished_ns, "unfinished"),
    part(`${IDLE.before} a lane's first span`, ledger.idle_before_ns, "idle"),
    part(`${IDLE.between} a lane's spans`, ledger.idle_between_ns, "idle"),
    part(`${IDLE.after} a lane's last span`, ledger.idle_after_ns, "idle"),
    part("idle, or in spans that are not in the table", ledger.rest_ns ?? 0, "idle"),
  ].filter(({ ns }) => ns > 0);
}

/**
 * The ledger of a part of the run, of the rows of its table: what is left of lanes x time is in one part.
 * @param {Trace} trace
 * @param {Rows} rows
 * @returns {Omit<Trace["ledger"], "alive_at_once"> & {rest_ns?: number}}
 */
export function ledgerOf({ ledger, laneCount, tasks: all }, { tasks, row, length }) {
  if (tasks === all) return ledger;
  const busy = tasks.reduce((sum, { self_ns }) => sum + self_ns, 0);
  const working = tasks.map(({ self_ns, division }, index) => ({ task: row[index], ns: self_ns - division.wait_ns }));
  const own = working.filter(({ ns }) => ns > 0);
  const total_ns = laneCount * length;
  const division = sumOf(tasks.map((task) => task.division));
  const nothing = { idle_before_ns: 0, idle_between_ns: 0, idle_after_ns: 0, unfinished_ns: 0 };
  return { total_ns, tasks: own, division, ...nothing, rest_ns: total_ns - busy };
}

/**
 * What is shared out. Lanes that follow one another make the whole much larger than the run could use, so this is said.
 * @param {Trace} trace
 * @param {number} [length] ns of the part of the run
 */
export function captionOf({ laneCount: lanes, wall, ledger: { alive_at_once } }, length = wall) {
  const whole = `${count(lanes)} ${lanes === 1 ? "lane" : "lanes"} × ${duration(length)}`;
  const isFew = alive_at_once > 0 && alive_at_once <= lanes * FEW_ALIVE;
  return { whole, alive: isFew ? `, at most ${count(alive_at_once)} alive at once` : "" };
}

/**
 * The bar over the chart, of the whole run.
 * @param {{bar: HTMLElement, caption: HTMLElement, division: HTMLElement}} elements
 * @param {Trace} trace
 * @param {import("#page/view/look.js").Look} look
 */
export function showBar({ bar, caption, division }, trace, look) {
  const { whole, alive } = captionOf(trace);
  caption.textContent = whole + alive;
  showDivision(division, trace.ledger.division);
  const shown = parts(trace, (share) => share >= LEAST_SHARE);
  bar.replaceChildren(...shown.map((part) => segment(part, trace.ledger.total_ns, trace, look)));
}

/**
 * The table, of the part of the run that is chosen.
 * @param {{table: HTMLTableElement, of: HTMLElement, words: HTMLElement}} elements
 * @param {Trace} trace
 * @param {Rows} rows
 * @param {import("#page/view/look.js").Look} look
 */
export function showLedger({ table, of, words }, trace, rows, look) {
  const ledger = ledgerOf(trace, rows);
  const { total_ns } = ledger;
  of.textContent = rows.tasks === trace.tasks ? "the whole run" : "the part chosen above";
  showDivision(words, ledger.division);
  const lines = parts({ ...trace, ledger }, (_, index) => index < MOST_TASKS);
  const body = document.createElement("tbody");
  body.append(...lines.map((part) => line(part, total_ns, trace, look)));
  const foot = document.createElement("tfoot");
  const total = { name: captionOf(trace, rows.length).whole, ns: total_ns, kind: "total", task: -1 };
  foot.append(line(total, total_ns, trace, look));
  table.replaceChildren(...[...table.children].filter((child) => child.tagName === "THEAD"), body, foot);
}

/**
 * The tables of both sides of a pair as one: a row for each part, and the time and the share of it on each side.
 * @param {{table: HTMLTableElement, of: HTMLElement, words: HTMLElement}} elements
 * @param {Trace} trace
 * @param {Rows} rows
 * @param {import("#page/view/look.js").Look} look
 */
export function showBothLedgers({ table, of, words }, trace, rows, look) {
  const sides = trace.sides ?? [];
  const isWhole = rows.tasks === trace.tasks && rows.sides?.every(({ tasks }, index) => tasks === sides[index].trace.tasks);
  of.textContent = isWhole ? "each whole run" : "the part chosen above";
  words.hidden = true;
  const ledgers = sides.map(({ trace: own }, index) => {
    const ofSide = rows.sides?.[index] ?? { tasks: own.tasks, row: [], length: own.wall };
    const ledger = ledgerOf(own, ofSide);
    const busiest = [...ledger.tasks].sort((one, other) => other.ns - one.ns);
    return { ledger, busiest, caption: captionOf(own, ofSide.length) };
  });
  const listed = new Set(ledgers.flatMap(({ busiest }) => busiest.slice(0, MOST_TASKS).map(({ task }) => task)));
  const lists = ledgers.map(({ ledger }) => {
    const order = ledger.tasks.map(({ task }) => task);
    return parts({ ...trace, ledger }, (_, index) => listed.has(order[index]));
  });
  const all = new Map(lists.flatMap((list) => list.map((part) => [keyOf(part), part])));
  const found = (/** @type {Part} */ part) => lists.map((list) => list.find((own) => keyOf(own) === keyOf(part)));
  const most = (/** @type {Part} */ part) => Math.max(...found(part).map((own) => own?.ns ?? 0));
  const lines = [...all.values()].sort((one, other) => Number(one.task < 0) - Number(other.task < 0) || (one.task < 0 ? 0 : most(other) - most(one)));
  const totals = ledgers.map(({ ledger }) => ledger.total_ns);
  const body = document.createElement("tbody");
  body.append(
    ...lines.map((part) => {
      const row = line(part.kind === "others" ? { ...part, name: "other tasks" } : part, totals[0], trace, look);
      while (row.children.length > 1) row.lastElementChild?.remove();
      found(part).forEach((own, side) => addCells(row, own?.ns ?? 0, totals[side]));
      return row;
    }),
  );
  const foot = document.createElement("tfoot");
  const total = foot.insertRow();
  const name = document.createElement("th");
  [name.scope, name.textContent] = ["row", ledgers.map(({ caption }, side) => `${sides[side].label}: ${caption.whole}`).join("; ")];
  total.append(name);
  totals.forEach((ns) => addCells(total, ns, ns));
  const head = document.createElement("thead");
  const headings = head.insertRow();
  for (const text of ["what", ...sides.flatMap(({ label }) => [label, "share"])]) {
    const cell = document.createElement("th");
    [cell.scope, cell.textContent] = ["col", text];
    headings.append(cell);
  }
  table.replaceChildren(head, body, foot);
}

/** What the same part has on both sides. @param {Part} part */
function keyOf({ kind, task, name }) {
  return task >= 0 ? `task ${task}` : kind === "others" ? kind : name;
}

/** @param {HTMLTableRowElement} row @param {number} ns @param {number} total */
function addCells(row, ns, total) {
  for (const value of [ns > 0 ? duration(ns) : "–", ns > 0 && total > 0 ? percent(ns / total) : "–"]) row.insertCell().textContent = value;
}

/**
 * What lanes did in their busy time, in words; hidden where nothing of it is known.
 * @param {HTMLElement} element
 * @param {import("#page/trace/data.js").Division} division
 */
function showDivision(element, division) {
  const words = shares(division);
  element.hidden = words === "";
  element.textContent = words === "" ? "" : `busy time: ${words}`;
  element.title = meanings(division);
}

/**
 * @param {Part} part
 * @param {number} total
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {import("#page/view/look.js").Look} look
 */
function segment(part, total, trace, look) {
  const element = document.createElement("span");
  element.className = part.kind;
  element.classList.toggle("outside", isOutside(part));
  element.style.flexGrow = String(part.ns / total);
  paintPart(element, part, look);
  element.title = `${part.name}: ${duration(part.ns)}, ${percent(part.ns / total)}`;
  const onCpu = part.task < 0 ? null : onCpuShare(trace.tasks[part.task].division);
  if (onCpu !== null) {
    element.classList.add("known");
    element.style.setProperty("--on-cpu", percentage(onCpu));
    element.title += `, ${atLeast(trace.tasks[part.task].division)}${percent(onCpu)} of it on a CPU`;
  }
  const name = document.createElement("bdi");
  name.textContent = `${shortName(part, trace)} ${percent(part.ns / total)}`;
  element.append(name);
  return element;
}

/** Whether it is time in which lanes had not begun or had ended. @param {Part} part */
function isOutside({ name }) {
  return name.startsWith(IDLE.before) || name.startsWith(IDLE.after);
}

/** As style sheets have it. @param {number} share */
function percentage(share) {
  return `${(100 * share).toFixed(2)}%`;
}

/**
 * @param {Part} part
 * @param {import("#page/trace/data.js").Trace} trace
 */
export function shortName({ kind, task, name }, { tasks, names }) {
  if (kind === "waiting") return kind;
  if (kind === "idle") return Object.values(IDLE).find((begin) => name.startsWith(begin)) ?? name;
  return task < 0 ? name : names[tasks[task].task];
}

/**
 * @param {Part} part
 * @param {number} total
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {import("#page/view/look.js").Look} look
 */
function line(part, total, trace, look) {
  const row = document.createElement("tr");
  const name = document.createElement("th");
  name.scope = "row";
  name.className = `swatch ${part.kind}`;
  name.classList.toggle("outside", isOutside(part));
  paintPart(name, part, look);
  if (part.task < 0) {
    const text = document.createElement("bdi");
    text.textContent = part.name;
    name.append(text);
  } else name.append(taskButton(part.task, namesOf(trace, trace.tasks[part.task])));
  row.append(name);
  for (const value of [duration(part.ns), total > 0 ? percent(part.ns / total) : "–"]) {
    const cell = row.insertCell();
    cell.textContent = value;
  }
  return row;
}

/**
 * @param {HTMLElement} element
 * @param {Part} part
 * @param {import("#page/view/look.js").Look} look
 */
function paintPart(element, part, { paint, colors }) {
  if (part.kind === "others") element.style.setProperty("--swatch", colors.others);
  if (part.task < 0) return;
  const color = paint.row[part.task];
  element.style.setProperty("--swatch", color);
  element.style.setProperty("--ink", textOn(color));
}
