// @ts-check
// The summary: figures and table of the part of the run that the reader chose, and what the search found.
//
// Takes the state, shows the whole run's figures as Rust wrote them at once, and those of a part a moment after
// the last change, since they cost a walk over its spans. `#table[data-state]` says when all is shown.

import { unions } from "#page/concurrency.js";
import { latest } from "#page/latest.js";
import { figures, stretchOf } from "#page/part.js";
import { counted } from "#page/search.js";
import { state } from "#page/state.js";
import { count, duration, percent } from "#page/units.js";

const CALM = 120; // ms
const PART =
  "Count, mean, median, p95 and max are of the spans that touch it, whole; total, self and share are their time inside it.";

/**
 * @typedef {object} Parts
 * @property {HTMLElement} section
 * @property {HTMLElement} figures of the whole run
 * @property {HTMLElement} figuresPart
 * @property {HTMLElement} part which stretch it is
 * @property {HTMLElement} found
 */

/**
 * What the table shows of the whole run: each row of its own.
 * @param {import("#page/data.js").Trace} trace
 */
export function wholeRun({ tasks }) {
  return { tasks, row: tasks.map((_, row) => row) };
}

/**
 * @param {Parts} parts
 * @param {import("#page/data.js").Trace} trace
 * @param {ReturnType<typeof import("#page/part.js").createPart>} part
 * @param {() => import("#page/chart.js").Look} look
 * @param {() => import("#page/emphasis.js").Emphasis} emphasis
 * @param {ReturnType<typeof import("#page/table.js").createTable>} showTable
 * @returns {() => void} shows what the state asks for, soon
 */
export function createSummary(parts, trace, part, look, emphasis, showTable) {
  const whole = wholeRun(trace);
  /** @type {import("#page/concurrency.js").Union[] | null} */
  let busy = null; // of everything, whatever is switched off; not before it is needed
  let timer = 0;

  /** @param {import("#page/window.js").Window | null} stretch */
  function showPart(stretch) {
    parts.figures.hidden = stretch !== null;
    parts.figuresPart.hidden = stretch === null;
    parts.part.textContent = stretch ? stretchText(stretch) : "";
    if (!stretch) return showTable(whole, "");
    busy ??= unions(trace.lanes, new Uint8Array(trace.keys.length).fill(1));
    const statistics = part.statistics(stretch);
    showFigures(parts.figuresPart, figures(trace, statistics, stretch, busy));
    showTable(statistics, PART);
  }

  /** @param {import("#page/window.js").Window} stretch */
  const stretchText = ({ start, end }) =>
    `${duration(end - start)}, ${duration(Math.max(0, start))} to ${duration(end)} after the start`;

  // What is shown already is not shown again: the window moves with every frame of a drag.
  const showPartOf = latest(
    (
      /** @type {number | undefined} */ start,
      /** @type {number | undefined} */ end,
      /** @type {unknown[]} */ ..._looks
    ) => showPart(start === undefined || end === undefined ? null : { start, end }),
  );
  const showFound = latest(
    (/** @type {import("#page/search.js").Match | null} */ match, /** @type {Uint8Array} */ shownKeys) => {
      parts.found.textContent = match ? foundText(counted(trace, match, shownKeys)) : "";
    },
  );

  function showAll() {
    const { sort, hidden } = state();
    const stretch = stretchOf(state(), trace.wall);
    showPartOf(stretch?.start, stretch?.end, sort, hidden, look());
    const { match, shownKeys } = emphasis();
    showFound(match, shownKeys);
    parts.section.dataset.state = "ready";
  }

  return () => {
    clearTimeout(timer);
    const isCheap = stretchOf(state(), trace.wall) === null && state().query === "";
    if (isCheap) return showAll();
    parts.section.dataset.state = "computing";
    timer = window.setTimeout(showAll, CALM);
  };
}

/** @param {import("#page/search.js").Counted} counted */
function foundText({ spans, ns, share }) {
  if (spans === 0) return "no span matches";
  return `${count(spans)} ${spans === 1 ? "span" : "spans"} · ${duration(ns)} · in ${percent(share)} of busy time`;
}

/**
 * @param {HTMLElement} list
 * @param {readonly [string, string, string][]} figures
 */
function showFigures(list, figures) {
  list.replaceChildren(
    ...figures.map(([label, value, hint]) => {
      const figure = document.createElement("div");
      figure.title = hint;
      const term = document.createElement("dt");
      term.textContent = label;
      const description = document.createElement("dd");
      description.textContent = value;
      figure.append(term, description);
      return figure;
    }),
  );
}
