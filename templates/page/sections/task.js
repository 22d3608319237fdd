// @ts-check
// The section of one task: its figures, how its durations are distributed, its slowest spans, and its figures by the
// values of an attribute.
//
// Takes the trace, which has all of that for the whole run, and the rows of the table for a part of it. The task is
// the chosen one, or the first that the page was made for. Names enter by `textContent`. Computes no figure.

import { taskButton } from "#page/sections/choosing.js";
import { createDistribution } from "#page/sections/distribution.js";
import { showFigures } from "#page/sections/figures.js";
import { bothFigures } from "#page/sections/part.js";
import { createSlowest } from "#page/sections/slowest.js";
import { createSplit } from "#page/sections/split.js";
import { columnsOf, notesOn } from "#page/sections/table.js";
import { namesOf } from "#page/trace/data.js";
import { count, duration } from "#page/trace/units.js";
import { onChange, state } from "#page/view/state.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/sections/table.js").Rows} Rows
 * @typedef {import("#page/trace/data.js").Finding} Finding
 *
 * @typedef {object} Parts
 * @property {HTMLElement} section
 * @property {HTMLElement} link in the row of links
 * @property {HTMLElement} heading
 * @property {HTMLElement} asked
 * @property {HTMLElement} figures
 * @property {HTMLElement} note
 * @property {HTMLElement} whole what is known of the whole run only
 * @property {HTMLElement} undistributed
 * @property {import("#page/sections/distribution.js").Parts} distribution
 * @property {import("#page/sections/slowest.js").Parts} slowest
 * @property {import("#page/sections/split.js").Parts} split
 */

const PART = "These figures are of the part chosen above; the rest of this section is of the whole run.";
const UNTOUCHED = "No span of this task is in the part chosen above. What follows is of the whole run.";

const SPLIT = "Figures by attribute are on the page of each run alone.";
const SLOWEST = 10; // spans of both sides

/**
 * The slowest spans of both sides, as of one.
 * @param {readonly import("#page/trace/data.js").Distribution[]} all
 */
function slowestOf(all) {
  const slowest = all.flatMap((own) => own.slowest).sort((one, other) => other.duration_ns - one.duration_ns);
  return { ...all[0], slowest: slowest.slice(0, SLOWEST), may_lack: all.some((own) => own.may_lack) };
}

/** The task that has the section. @param {Trace} trace */
function chosenTask({ asked }) {
  return state().task ?? asked[0] ?? null;
}

/**
 * Opens a page that was made for a task with its section, unless the address or the reader wants another place.
 * @param {HTMLElement} section
 * @param {Trace} trace
 */
export function openTask(section, { asked }) {
  const isUntouched = location.hash === "" && window.scrollY === 0;
  if (asked.length > 0 && isUntouched) section.scrollIntoView({ behavior: "instant" });
}

/**
 * @param {Parts} parts
 * @param {Trace} trace
 * @param {() => import("#page/view/look.js").Look} look
 * @param {(anchor: Element, finding: Finding) => void} linkTo makes a link lead to its view in the chart
 * @param {Promise<typeof import("plotly.js")>} loading
 * @returns {(rows: Rows) => void} shows the figures of these rows
 */
export function createTask(parts, trace, look, linkTo, loading) {
  const showDistribution = createDistribution(parts.distribution, trace, look, loading);
  const showSlowest = createSlowest(parts.slowest, trace, linkTo);
  const showSplit = createSplit(parts.split, trace, look);
  /** @type {Rows | null} */
  let rows = null;

  function show() {
    const row = chosenTask(trace);
    parts.section.hidden = row === null;
    if (row === null) return;
    showHeading(row);
    showAsked(row);
    fillFigures(row);
    const all = trace.distributions.filter(({ task }) => task === row);
    const [own] = all;
    parts.whole.hidden = !own;
    parts.undistributed.hidden = own !== undefined;
    parts.undistributed.textContent = own ? "" : undistributed(trace);
    showSplit(row);
    if (!own) return;
    showDistribution(own, trace.sides ? all : []);
    showSlowest(trace.sides ? slowestOf(all) : own);
  }

  /** @param {number} row */
  function showHeading(row) {
    const names = namesOf(trace, trace.tasks[row]);
    parts.heading.replaceChildren(
      ...names.flatMap((text, index) => {
        const part = document.createElement("bdi");
        part.className = index < names.length - 1 ? "group" : "";
        part.textContent = text;
        return index > 0 ? [" / ", part] : [part];
      }),
    );
    parts.link.textContent = names[names.length - 1];
    paintHeading();
  }

  function paintHeading() {
    const row = chosenTask(trace);
    if (row !== null) parts.heading.style.setProperty("--swatch", look().paint.row[row]);
  }

  /** @param {number} row */
  function showAsked(row) {
    const { asked, moreAsked } = trace;
    const others = asked.filter((other) => other !== row);
    parts.asked.hidden = others.length === 0 && moreAsked === 0;
    const names = others.map((other) => taskButton(other, namesOf(trace, trace.tasks[other])));
    const more = moreAsked > 0 ? `${count(moreAsked)} more` : "";
    const listed = [...names, more].filter((part) => part !== "");
    const isOne = asked.includes(row);
    parts.asked.replaceChildren(
      isOne ? "also asked for: " : "asked for: ",
      ...listed.flatMap((part, index) => (index > 0 ? [", ", part] : [part])),
    );
  }

  /** @param {number} row */
  function fillFigures(row) {
    if (!rows) return;
    if (trace.sides) return fillBoth(row, trace.sides, rows.sides ?? []);
    const isPart = rows.tasks !== trace.tasks;
    const task = rows.tasks[rows.row.indexOf(row)];
    const own = isPart ? undefined : trace.distributions.find((own) => own.task === row);
    showFigures(parts.figures, task ? figuresOf(trace, task, own) : []);
    const notes = [isPart ? (task ? PART : UNTOUCHED) : "", ...(task ? notesOn([task]) : [])];
    parts.note.textContent = notes.filter((text) => text !== "").join(" ");
    parts.note.hidden = parts.note.textContent === "";
  }

  /** The figures of both sides. @param {number} row @param {readonly import("#page/trace/data.js").Side[]} sides @param {readonly Rows[]} all */
  function fillBoth(row, sides, all) {
    const isPart = all.some(({ tasks }, side) => tasks !== sides[side].trace.tasks);
    const tasks = all.map(({ tasks, row: places }) => tasks[places.indexOf(row)]).map((task) => (task && task.count + task.unfinished > 0 ? task : null));
    const lists = tasks.map((task, side) => {
      const own = isPart ? undefined : trace.distributions.find((own) => own.task === row && own.side === side);
      return task ? figuresOf({ ...trace, tasks: sides[side].trace.tasks }, task, own) : [];
    });
    const known = tasks.flatMap((task) => task ?? []);
    showFigures(parts.figures, bothFigures(lists[0] ?? [], lists[1] ?? []));
    const missing = sides.filter((_, side) => tasks[side] === null).map(({ label }) => `${label} has no span of this task${isPart ? " in the part chosen above" : ""}.`);
    const notes = [...missing, isPart ? PART : "", ...notesOn(known), trace.attributes.names.length > 0 ? SPLIT : ""];
    parts.note.textContent = notes.filter((text) => text !== "").join(" ");
    parts.note.hidden = parts.note.textContent === "";
  }

  onChange((changed) => {
    if ("task" in changed) show();
    else if ("by" in changed) showSplit(chosenTask(trace));
    else if (changed.scheme || changed.color) repaint();
  });

  function repaint() {
    const row = chosenTask(trace);
    const all = trace.distributions.filter(({ task }) => task === row);
    paintHeading();
    showSplit(row);
    if (all.length > 0) showDistribution(all[0], trace.sides ? all : []);
  }

  show();
  return (wanted) => {
    rows = wanted;
    const row = chosenTask(trace);
    if (row !== null) fillFigures(row);
  };
}

/**
 * The figures of the table, and between them those that it has no room for.
 * @param {Trace} trace
 * @param {import("#page/trace/data.js").Task} task
 * @param {import("#page/trace/data.js").Distribution | undefined} own none where only the table's are known
 * @returns {[string, string, string][]} name, value, what it is
 */
function figuresOf(trace, task, own) {
  return columnsOf(trace, task.unfinished > 0).flatMap(({ heading, hint, text, title }) => [
    [heading, text(task), [hint, title?.(task) ?? ""].filter((line) => line !== "").join("\n")],
    ...(own ? further(heading, task, own) : []),
  ]);
}

/**
 * @param {string} heading of the figure before
 * @param {import("#page/trace/data.js").Task} task
 * @param {import("#page/trace/data.js").Distribution} own
 * @returns {[string, string, string][]}
 */
function further(heading, { exact_quantiles }, { sd_ns, min_ns, p99_ns }) {
  const text = (/** @type {number | null} */ ns) => (ns === null ? "–" : duration(ns));
  const sign = exact_quantiles ? "" : "≈ ";
  if (heading === "mean")
    return [
      ["sd", text(sd_ns), "standard deviation of the durations"],
      ["min", text(min_ns), "the shortest span"],
    ];
  return heading === "p95" ? [["p99", sign + text(p99_ns), "99 % of the spans took at most this long"]] : [];
}

/**
 * Why a task has neither.
 * @param {Trace} trace
 */
function undistributed({ distributions: { length } }) {
  const tasks = length === 1 ? "1 task" : `${count(length)} tasks`;
  return `This page has the distribution and the slowest spans of ${tasks}, not of this one.`;
}
