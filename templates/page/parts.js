// @ts-check
// Parts: the elements of the page that each part of it shows itself in, by their ids.

import { canvas, element } from "#page/view/elements.js";

export function drawerParts() {
  return {
    section: element("details"),
    title: element("pinned-title"),
    about: element("pinned-about"),
    attributes: element("pinned-attributes"),
    body: element("pinned-body"),
    fields: element("pinned-fields"),
    family: element("pinned-family"),
    chart: element("chart"),
    status: element("status"),
  };
}

export function summaryParts() {
  return {
    section: element("table"),
    figures: element("figures"),
    figuresPart: element("figures-part"),
    part: element("part"),
    found: element("found"),
  };
}

export function tableParts() {
  return {
    table: /** @type {HTMLTableElement} */ (element("tasks")),
    pager: element("tasks-more"),
    note: element("tasks-note"),
  };
}

export function taskParts() {
  return {
    section: element("task"),
    link: element("task-link"),
    heading: element("task-heading"),
    asked: element("asked"),
    figures: element("task-figures"),
    note: element("task-note"),
    whole: element("task-whole"),
    undistributed: element("undistributed"),
    distribution: {
      section: element("distribution"),
      plots: element("plots"),
      violin: element("violin"),
      steps: element("steps"),
      note: element("distribution-note"),
    },
    slowest: { slow: element("slow"), slowest: element("slowest"), mayLack: element("may-lack") },
    split: {
      section: element("split"),
      of: element("split-of"),
      choice: /** @type {HTMLSelectElement} */ (element("split-by")),
      table: /** @type {HTMLTableElement} */ (element("split-table")),
      note: element("split-note"),
    },
  };
}

export function profileParts() {
  return {
    section: element("profiles"),
    choice: /** @type {HTMLSelectElement} */ (element("profile")),
    filter: /** @type {HTMLInputElement} */ (element("function-filter")),
    about: element("profile-about"),
    table: /** @type {HTMLTableElement} */ (element("functions")),
    pager: element("functions-more"),
    note: element("functions-note"),
  };
}

export function overviewParts() {
  return {
    section: element("overview"),
    canvas: canvas("busy"),
    brush: element("brush"),
    from: element("from"),
    until: element("until"),
  };
}

export function toolbarParts() {
  return {
    search: /** @type {HTMLInputElement} */ (element("search")),
    help: /** @type {HTMLDialogElement} */ (element("help")),
    helpButton: element("help-button"),
    showAll: element("show-all"),
    exports: /** @type {HTMLDetailsElement} */ (element("exports")),
  };
}

export function ledgerParts() {
  return {
    bar: element("ledger-bar"),
    caption: element("ledger-caption"), division: element("ledger-division"),
    of: element("ledger-of"),
    table: /** @type {HTMLTableElement} */ (element("ledger-table")),
    words: element("ledger-words"),
  };
}
