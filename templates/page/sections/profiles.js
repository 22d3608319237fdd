// @ts-check
// The profiles: per function, the weight of the stacks that end in it (self) and of those that contain it (total).
//
// Takes what Rust computed of stacks without times. The reader chooses one of several profiles, sorts by a heading and
// filters functions by a part of their names. Names enter by `textContent`. Computes no figure.

import { showPager } from "#page/sections/table.js";
import { shown } from "#page/trace/names.js";
import { count, duration, number, percent, wholeNumber } from "#page/trace/units.js";

/**
 * @typedef {import("#page/trace/data.js").Profile} Profile
 * @typedef {Profile["functions"][number]} Row
 *
 * @typedef {object} Parts
 * @property {HTMLElement} section
 * @property {HTMLSelectElement} choice between several
 * @property {HTMLInputElement} filter
 * @property {HTMLElement} about
 * @property {HTMLTableElement} table
 * @property {HTMLElement} pager
 * @property {HTMLElement} note
 *
 * @typedef {object} Column
 * @property {string} heading
 * @property {string} hint
 * @property {(row: Row) => number | string} value
 * @property {(row: Row, profile: Profile) => string} text
 */

const PAGE = 200;

/** @type {readonly Column[]} */
const COLUMNS = [
  { heading: "function", hint: "sort by name", value: ({ name }) => name, text: ({ name }) => shown(name) },
  {
    heading: "self",
    hint: "weight of the stacks that end in the function",
    value: ({ own }) => own,
    text: ({ own }, { unit }) => weight(own, unit),
  },
  {
    heading: "self %",
    hint: "self / weight of all stacks",
    value: ({ own }) => own,
    text: ({ own_share }) => percent(own_share),
  },
  {
    heading: "total",
    hint: "weight of the stacks that contain the function; one that calls itself counts once",
    value: ({ total }) => total,
    text: ({ total }, { unit }) => weight(total, unit),
  },
  {
    heading: "total %",
    hint: "total / weight of all stacks",
    value: ({ total }) => total,
    text: ({ total_share }) => percent(total_share),
  },
];

/**
 * Shows the profiles, if there are any.
 * @param {Parts} parts
 * @param {readonly Profile[]} profiles
 * @param {number} more how many others there are
 */
export function createProfiles(parts, profiles, more) {
  parts.section.hidden = profiles.length === 0;
  if (profiles.length === 0) return;
  const view = { column: 1, descending: true, first: 0 };
  parts.choice.replaceChildren(...profiles.map(option));
  parts.choice.hidden = profiles.length === 1;
  const headings = head(parts.table, (column) => {
    const isSame = view.column === column;
    Object.assign(view, { column, descending: isSame ? !view.descending : column !== 0, first: 0 });
    show();
  });
  const body = parts.table.createTBody();

  function show() {
    const profile = profiles[parts.choice.selectedIndex];
    parts.about.textContent = about(profile, profiles.length === 1);
    const order = sorted(matching(profile.functions, parts.filter.value), view);
    const largest = profile.functions.reduce((most, { own_share }) => Math.max(most, own_share), 0);
    if (view.first >= order.length) view.first = 0;
    body.replaceChildren(...order.slice(view.first, view.first + PAGE).map((row) => line(row, profile, largest)));
    headings.forEach((cell, index) => {
      if (index === view.column) cell.setAttribute("aria-sort", view.descending ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    showPager(parts.pager, order.length, view.first, (first) => {
      view.first = first;
      show();
    });
    parts.note.textContent = note(profile, order.length, more);
    parts.note.hidden = parts.note.textContent === "";
    parts.section.dataset.state = "ready";
  }

  for (const [control, event] of /** @type {const} */ ([[parts.choice, "change"], [parts.filter, "input"]]))
    control.addEventListener(event, () => {
      view.first = 0;
      show();
    });
  show();
}

/** @param {Profile} profile */
function option({ source, name }) {
  const element = document.createElement("option");
  element.textContent = name === "" ? shown(source) : `${shown(name)} · ${shown(source)}`;
  return element;
}

/**
 * @param {HTMLTableElement} table
 * @param {(column: number) => void} sort
 */
function head(table, sort) {
  const row = table.createTHead().insertRow();
  return COLUMNS.map(({ heading, hint }, index) => {
    const cell = document.createElement("th");
    cell.scope = "col";
    const button = document.createElement("button");
    [button.type, button.title, button.textContent] = ["button", hint, heading];
    button.addEventListener("click", () => sort(index));
    cell.append(button);
    row.append(cell);
    return cell;
  });
}

/**
 * @param {Row} row
 * @param {Profile} profile
 * @param {number} largest share of all
 */
function line(row, profile, largest) {
  const element = document.createElement("tr");
  const [name, ...figures] = COLUMNS;
  const cell = document.createElement("th");
  cell.scope = "row";
  const text = document.createElement("bdi");
  text.textContent = name.text(row, profile);
  cell.title = text.textContent;
  cell.append(text);
  element.append(cell);
  for (const { heading, text } of figures) {
    const cell = element.insertCell();
    cell.textContent = text(row, profile);
    if (heading !== "self %") continue;
    cell.className = "share";
    cell.style.setProperty("--fraction", String(largest > 0 ? row.own_share / largest : 0));
  }
  return element;
}

/**
 * A weight with its unit.
 * @param {number} value
 * @param {string} unit
 */
export function weight(value, unit) {
  if (unit === "nanoseconds") return duration(value);
  if (unit === "bytes") return `${number(value)} B`;
  return wholeNumber(value);
}

/**
 * What the profile is, but for what the choice says.
 * @param {Profile} profile
 * @param {boolean} isOnly
 */
function about({ source, name, unit, stacks, total }, isOnly) {
  const all = `${count(stacks)} ${stacks === 1 ? "stack" : "stacks"}, ${weight(total, unit)} in all`;
  const names = isOnly ? [name === "" ? "" : shown(name), shown(source)] : [];
  return [...names, all].filter((part) => part !== "").join(" · ");
}

/**
 * The functions whose name contains a text, in any case.
 * @param {readonly Row[]} rows
 * @param {string} text
 */
export function matching(rows, text) {
  const wanted = text.trim().toLowerCase();
  return rows.filter(({ name }) => wanted === "" || shown(name).toLowerCase().includes(wanted));
}

/**
 * The functions by a column; those that are equal there stay as Rust has them.
 * @param {readonly Row[]} rows
 * @param {{column: number, descending: boolean}} by
 */
export function sorted(rows, { column, descending }) {
  const { value } = COLUMNS[column];
  const sign = descending ? -1 : 1;
  return [...rows].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    return a === b ? 0 : sign * (a < b ? -1 : 1);
  });
}

/**
 * What the table lacks.
 * @param {Profile} profile
 * @param {number} shownRows
 * @param {number} moreProfiles
 */
function note({ functions, more }, shownRows, moreProfiles) {
  return [
    shownRows < functions.length ? `${count(shownRows)} of ${count(functions.length)} functions match.` : "",
    more > 0 ? `${count(more)} more functions with less weight are not on this page; waterfall stats --format json has them.` : "",
    moreProfiles > 0 ? `${count(moreProfiles)} more profiles with fewer stacks are not on this page.` : "",
  ]
    .filter((text) => text !== "")
    .join(" ");
}
