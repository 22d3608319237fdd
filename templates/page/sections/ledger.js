// @ts-check
// The ledger: where lanes x wall time went, as one stacked bar and a table.
//
// Shows the parts that Rust computed, which sum exactly to the whole. Computes no figure.

import { namesOf, taskButton } from "#page/sections/choosing.js";
import { textOn } from "#page/view/palette.js";
import { count, duration, percent } from "#page/trace/units.js";

/**
 * @typedef {object} Part
 * @property {string} name in its display form
 * @property {number} ns
 * @property {string} kind `task`, `others`, `idle` or `unfinished`
 * @property {number} task row of the table, or -1
 */

const MOST_TASKS = 24;
const LEAST_SHARE = 0.004; // of the bar, below which a part is one of the others there
const FEW_ALIVE = 0.5; // of the lanes; with more alive at once the caption does not count them

/** How the names of idle parts begin, and all of them where there is little room. */
const IDLE = { before: "idle before", between: "idle between", after: "idle after" };

/**
 * The parts, from the left.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {(share: number, index: number) => boolean} hasOwn whether a task of that share has a part of its own
 * @returns {Part[]}
 */
export function parts({ ledger, tasks, names }, hasOwn) {
  const own = ledger.tasks.filter(({ ns }, index) => hasOwn(ns / ledger.total_ns, index));
  const rest = ledger.tasks.filter((part) => !own.includes(part));
  /** @param {string} name @param {number} ns @param {string} kind @returns {Part} */
  const part = (name, ns, kind) => ({ name, ns, kind, task: -1 });
  return [
    ...own.map(({ task, ns }) => ({
      name: `${names[tasks[task].group]} / ${names[tasks[task].task]}`,
      ns,
      kind: "task",
      task,
    })),
    part(
      `${count(rest.length)} other ${rest.length === 1 ? "task" : "tasks"}`,
      rest.reduce((sum, { ns }) => sum + ns, 0),
      "others",
    ),
    part("unfinished", ledger.unfinished_ns, "unfinished"),
    part(`${IDLE.before} a lane's first span`, ledger.idle_before_ns, "idle"),
    part(`${IDLE.between} a lane's spans`, ledger.idle_between_ns, "idle"),
    part(`${IDLE.after} a lane's last span`, ledger.idle_after_ns, "idle"),
  ].filter(({ ns }) => ns > 0);
}

/**
 * What is shared out. Lanes that follow one another make the whole much larger than the run could use, so this is said.
 * @param {import("#page/trace/data.js").Trace} trace
 */
export function captionOf({ lanes: { length: lanes }, wall, ledger: { alive_at_once } }) {
  const whole = `${count(lanes)} ${lanes === 1 ? "lane" : "lanes"} × ${duration(wall)}`;
  const isFew = alive_at_once > 0 && alive_at_once <= lanes * FEW_ALIVE;
  return { whole, alive: isFew ? `, at most ${count(alive_at_once)} alive at once` : "" };
}

/**
 * @param {{bar: HTMLElement, caption: HTMLElement, table: HTMLTableElement}} elements
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {import("#page/view/look.js").Look} look
 */
export function showLedger({ bar, caption, table }, trace, look) {
  const { total_ns } = trace.ledger;
  const { whole, alive } = captionOf(trace);
  caption.textContent = whole + alive;
  const shown = parts(trace, (share) => share >= LEAST_SHARE);
  bar.replaceChildren(...shown.map((part) => segment(part, total_ns, trace, look)));
  const lines = parts(trace, (_, index) => index < MOST_TASKS);
  const body = document.createElement("tbody");
  body.append(...lines.map((part) => line(part, total_ns, trace, look)));
  const foot = document.createElement("tfoot");
  foot.append(
    line({ name: whole, ns: total_ns, kind: "total", task: -1 }, total_ns, trace, look),
  );
  table.replaceChildren(...[...table.children].filter((child) => child.tagName === "THEAD"), body, foot);
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
  element.style.flexGrow = String(part.ns / total);
  paintPart(element, part, trace, look);
  element.title = `${part.name}: ${duration(part.ns)}, ${percent(part.ns / total)}`;
  const name = document.createElement("bdi");
  name.textContent = `${shortName(part, trace)} ${percent(part.ns / total)}`;
  element.append(name);
  return element;
}

/**
 * @param {Part} part
 * @param {import("#page/trace/data.js").Trace} trace
 */
export function shortName({ kind, task, name }, { tasks, names }) {
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
  paintPart(name, part, trace, look);
  if (part.task < 0) {
    const text = document.createElement("bdi");
    text.textContent = part.name;
    name.append(text);
  } else name.append(taskButton(part.task, namesOf(trace, part.task)));
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
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {import("#page/view/look.js").Look} look
 */
function paintPart(element, part, trace, { paint, colors, by }) {
  if (part.kind === "others") element.style.setProperty("--swatch", colors.others);
  if (part.task < 0) return;
  const color = paint.name[trace.tasks[part.task][by]];
  element.style.setProperty("--swatch", color);
  element.style.setProperty("--ink", textOn(color));
}
