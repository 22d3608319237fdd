// @ts-check
// The head of a page that draws two runs: what each of them has there, together.
//
// Takes the elements of both, gives those of the page the texts of both: figures as `4.21 s → 5.05 s`, notes and problems
// each with the name of its run. Of repeats it says which run took longer and which tasks differ most; a comparison has
// its own words. What is of one run alone is hidden.

import { joined } from "#page/trace/names.js";
import { count, duration } from "#page/trace/units.js";
import { namesOf } from "#page/trace/data.js";
import { element } from "#page/view/elements.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/view/runs.js").Drawn} Drawn
 */

const MOST = 3; // tasks that a sentence names
const ARROW = " → ";

/**
 * @param {Trace} trace of both
 * @param {readonly Drawn[]} drawn
 * @param {boolean} isComparison
 */
export function showBoth(trace, drawn, isComparison) {
  const second = drawn[1].find;
  showTitle(second("title"), isComparison);
  joinText("began", second("began"));
  joinSummary(drawn);
  joinFigures(second("figures"));
  joinNotes(drawn);
  joinCounters(drawn);
  joinProblems(drawn);
  for (const id of ["ledger-bar", "ledger-caption", "ledger-division"]) element(id).hidden = true;
  element("head").classList.add("of-two");
  const sentences = isComparison ? [] : sentencesOn(trace);
  element("findings").hidden = sentences.length === 0;
  element("findings").replaceChildren(...sentences.map((text) => made("li", text)));
  document.querySelector("#toolbar fieldset:has([name=time])")?.setAttribute("hidden", "");
}

/**
 * A comparison has one title for both.
 * @param {Element | null} second
 * @param {boolean} isComparison
 */
function showTitle(second, isComparison) {
  const title = element("title");
  const [one, other] = [title.textContent ?? "", second?.textContent ?? ""];
  if (isComparison || one === other) return;
  const text = `${one} and ${other}`;
  const name = document.createElement("bdi");
  name.textContent = text;
  title.replaceChildren(name);
  title.title = text;
  document.title = text;
}

/** @param {string} id @param {Element | null} second */
function joinText(id, second) {
  const own = element(id);
  const texts = [own.textContent ?? "", second?.textContent ?? ""].filter((text) => text !== "");
  own.textContent = [...new Set(texts)].join(ARROW);
}

/** @param {readonly Drawn[]} drawn */
function joinSummary(drawn) {
  const texts = drawn.map(({ label, find }) => `${label}: ${find("summary")?.querySelector("span")?.textContent ?? ""}`);
  const own = element("summary").querySelector("span");
  if (own) own.textContent = texts.join(" · ");
}

/** Figures of one name stand in one place. @param {Element | null} second */
function joinFigures(second) {
  const own = element("figures");
  const others = new Map([...(second?.children ?? [])].map((figure) => [nameOf(figure), figure]));
  for (const figure of own.children) {
    const other = others.get(nameOf(figure));
    others.delete(nameOf(figure));
    join(figure, valueOf(figure), other ? valueOf(other) : "–");
  }
  for (const figure of others.values()) {
    const copy = /** @type {Element} */ (figure.cloneNode(true));
    join(copy, "–", valueOf(figure));
    own.append(copy);
  }
}

/** @param {Element} figure @param {string} one @param {string} other */
function join(figure, one, other) {
  const value = figure.querySelector("dd");
  if (value) value.textContent = one === other ? one : withoutUnit(one, other) + ARROW + other;
}

/** `4.21` of `4.21 s` before `5.05 s`. @param {string} one @param {string} other */
function withoutUnit(one, other) {
  const [number, unit, ...rest] = one.split(/\s/);
  return rest.length === 0 && unit !== undefined && other.split(/\s/)[1] === unit ? number : one;
}

/** @param {Element} figure */
function nameOf(figure) {
  return figure.querySelector("dt")?.textContent ?? "";
}

/** @param {Element} figure */
function valueOf(figure) {
  return figure.querySelector("dd")?.textContent ?? "";
}

/** @param {readonly Drawn[]} drawn */
function joinNotes(drawn) {
  const notes = drawn.flatMap(({ label, find }) =>
    [...(find("notes")?.querySelectorAll("bdi") ?? [])].map((note) => `${label}: ${note.textContent}`),
  );
  const box = document.createElement("details");
  box.id = "notes";
  box.hidden = notes.length === 0;
  const lines = notes.map((note, index) => {
    const line = document.createElement(index === 0 ? "summary" : "p");
    line.append(made("bdi", note));
    if (index === 0 && notes.length > 1) line.append(" ", made("small", `${count(notes.length - 1)} more`));
    return line;
  });
  box.append(...lines);
  element("notes").replaceWith(box);
}

/** @param {readonly Drawn[]} drawn */
function joinCounters(drawn) {
  const lines = drawn.flatMap(({ label, find }) =>
    [...(find("counters")?.children ?? [])].map((line) => made("li", `${label}: ${line.textContent}`)),
  );
  element("counters").hidden = lines.length === 0;
  element("counters").replaceChildren(...lines);
}

/** @param {readonly Drawn[]} drawn */
function joinProblems([first, second]) {
  const [own, other] = [element("problems"), second.find("problems")];
  const numbers = [own, other].map((section) => Number((section?.getAttribute("data-count") ?? "0").replaceAll(",", "")));
  if (numbers[0] + numbers[1] === 0) return;
  const all = count(numbers[0] + numbers[1]);
  own.hidden = false;
  own.dataset.count = all;
  const list = own.querySelector("ol");
  for (const [label, items] of /** @type {const} */ ([
    [first.label, [...(list?.children ?? [])]],
    [second.label, [...(other?.querySelectorAll("li") ?? [])].map((item) => item.cloneNode(true))],
  ])) {
    for (const item of items) {
      list?.append(item);
      /** @type {Element} */ (item).prepend(`${label}: `);
    }
  }
  const listed = list?.children.length ?? 0;
  const small = own.querySelector("h2 small");
  if (small) small.textContent = `${all} found while reading${numbers[0] + numbers[1] > listed ? `; ${count(listed)} listed` : ""}`;
  const found = document.getElementById("problems-link") ?? element("summary").appendChild(document.createElement("a"));
  [found.id, found.textContent] = ["problems-link", `! ${all} ${all === "1" ? "problem" : "problems"}`];
  found.setAttribute("href", "#problems");
}

/**
 * Which run took longer, and the tasks whose totals are farthest apart.
 * @param {Trace} trace
 */
function sentencesOn(trace) {
  if (!trace.sides) return [];
  const [one, other] = trace.sides;
  const apart = other.trace.wall - one.trace.wall;
  const [longer, shorter] = apart >= 0 ? [other, one] : [one, other];
  const length =
    apart === 0 ? `${one.label} and ${other.label} took the same time.` : `${longer.label} took ${duration(Math.abs(apart))} longer than ${shorter.label}.`;
  const tasks = trace.tasks
    .map((task, row) => ({ task, ns: other.trace.tasks[row].total_ns - one.trace.tasks[row].total_ns }))
    .filter(({ ns }) => ns !== 0)
    .sort((a, b) => Math.abs(b.ns) - Math.abs(a.ns))
    .slice(0, MOST)
    .map(({ task, ns }) => `${joined(...namesOf(trace, task))} ${signed(ns)}`);
  return tasks.length === 0 ? [length] : [length, `The totals of these tasks differ most, from ${one.label} to ${other.label}: ${tasks.join(", ")}.`];
}

/** A difference of durations with its sign. @param {number} ns */
export function signed(ns) {
  return ns === 0 ? "0" : `${ns > 0 ? "+" : "−"}${duration(Math.abs(ns))}`;
}

/**
 * @param {string} name
 * @param {string} text
 */
function made(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}
