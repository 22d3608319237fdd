// @ts-check
// The summary: figures and table of the chosen part of the run, and what the search found.
//
// Shows the whole run's figures, from Rust, without delay. Figures of a part need a walk over its spans, so they
// follow shortly after the last change, in slices. `#table[data-state]` is `ready` when all is shown.

import { latest } from "#page/trace/latest.js";
import { showFigures } from "#page/sections/figures.js";
import { createPairPart, createPart, stretchOf } from "#page/sections/part.js";
import { counted, matching } from "#page/trace/search.js";
import { sliced } from "#page/trace/slices.js";
import { state } from "#page/view/state.js";
import { count, duration, percent } from "#page/trace/units.js";
import { rankAmong } from "#page/trace/walk.js";

const CALM = 120; // ms
const PART =
  "Count, mean, median, p95 and max cover whole spans that touch this time; total, self and share count only the time inside it.";
const WAITING = "when the rows are read";
const SUMMARISED = "Of summarised lanes, only the longest spans count here.";
const SEARCHING = "searching…";

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
 * @param {import("#page/trace/data.js").Trace} trace
 */
function wholeRun({ tasks, wall, sides }) {
  const row = tasks.map((_, row) => row);
  const own = sides?.map(({ trace }) => ({ tasks: trace.tasks, row, length: trace.wall }));
  return { tasks, row, length: wall, ...(own ? { sides: own } : {}) };
}

/**
 * @param {Parts} parts
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {(lane: number) => import("#page/trace/concurrency.js").Union} busy stretches of a lane, whatever is switched off
 * @param {() => import("#page/view/look.js").Look} look
 * @param {() => import("#page/view/emphasis.js").Emphasis} emphasis
 * @param {ReturnType<typeof import("#page/sections/table.js").createTable>} showTable
 * @returns {{soon: () => void, now: () => void, end: () => void}} shows what the state asks for, until it ends
 */
export function createSummary(parts, trace, busy, look, emphasis, showTable) {
  const whole = wholeRun(trace);
  /** @type {(stretch: import("#page/view/window.js").Window) => Generator<void, {statistics: import("#page/sections/table.js").Rows, figures: import("#page/sections/part.js").Figure[]}, void>} */
  const part = trace.sides ? createPairPart(trace, busy) : createPart(trace, busy);
  const isSummarised = trace.lanes.some((lane) => lane.isSummarised);
  const unsearched = trace.attributes.leftOut;
  const note = isSummarised ? `${PART} ${SUMMARISED}` : PART;
  let timer = 0;

  const partOf = sliced(
    (/** @type {number} */ start, /** @type {number} */ end) => part({ start, end }),
    () => showAll(),
  );
  const countedOf = sliced(
    (/** @type {import("#page/trace/search.js").Match} */ match, /** @type {Uint8Array} */ shownKeys) =>
      counted(trace, match, shownKeys, busy),
    () => showAll(),
  );

  /** Which of the matches is pinned, from 1; null if the pinned span is no match. */
  const rankOf = latest(
    (
      /** @type {import("#page/trace/search.js").Match} */ match,
      /** @type {Uint8Array} */ shownKeys,
      /** @type {import("#page/view/state.js").Place | null} */ pinned,
    ) => {
      const matches = matching(match, shownKeys);
      const key = pinned ? match.trace.lanes[pinned.lane].tracks[pinned.track].key[pinned.span] : -1;
      return pinned && matches(pinned.lane, key) ? rankAmong(match.trace, pinned, matches).at : null;
    },
  );

  /**
   * @param {import("#page/view/window.js").Window | null} stretch
   * @param {ReturnType<typeof partOf>} computed of it
   */
  function showPart(stretch, computed) {
    parts.figures.hidden = stretch !== null;
    parts.figuresPart.hidden = stretch === null;
    parts.part.textContent = stretch ? stretchText(stretch) : "";
    if (!stretch) showTable(whole, "");
    else if (computed) {
      showFigures(parts.figuresPart, computed.figures);
      showTable(computed.statistics, note);
    }
  }

  /** @param {import("#page/view/window.js").Window} stretch */
  const stretchText = ({ start, end }) =>
    `${duration(end - start)}, ${duration(Math.max(0, start))} to ${duration(end)} after the start`;

  // What is shown already is not shown again: the window moves with every frame of a drag.
  const showPartOf = latest(
    (
      /** @type {number | undefined} */ start,
      /** @type {number | undefined} */ end,
      /** @type {ReturnType<typeof partOf>} */ computed,
      /** @type {unknown[]} */ ..._looks
    ) => showPart(start === undefined || end === undefined ? null : { start, end }, computed),
  );

  function showAll() {
    const { sort, hidden, pinned } = state();
    const { match, problem, isSearching, shownKeys } = emphasis();
    const stretch = stretchOf(state(), trace.wall);
    const computed = trace.hasRows && stretch ? partOf(stretch.start, stretch.end) : null;
    const isCounted = trace.hasRows && !isSearching && match !== null;
    const found = isCounted ? countedOf(match, shownKeys) : null;
    if (!trace.hasRows) parts.part.textContent = stretch ? WAITING : "";
    const isWaiting = (stretch && !computed) || isSearching || (isCounted && !found);
    if (!stretch || computed) showPartOf(stretch?.start, stretch?.end, computed, sort, hidden, look());
    const at = found && match && rankOf(match, shownKeys, pinned);
    const told = found && foundText(found, at, isSummarised, unsearched);
    if (told) parts.found.textContent = problem === "" ? told : `${told} · ${problem}`;
    else if (isSearching || !isCounted) parts.found.textContent = problem || unfound(isSearching);
    parts.found.title = parts.found.textContent; // which may not fit
    parts.section.dataset.state = isWaiting ? "computing" : "ready";
  }

  /** What is said of a search whose matches are not counted. @param {boolean} isSearching */
  function unfound(isSearching) {
    if (isSearching) return SEARCHING;
    return trace.hasRows || state().query.trim() === "" ? "" : WAITING;
  }

  return {
    soon() {
      clearTimeout(timer);
      const isCheap = stretchOf(state(), trace.wall) === null && state().query === "";
      if (isCheap) return showAll();
      parts.section.dataset.state = "computing";
      timer = window.setTimeout(showAll, CALM);
    },
    now() {
      clearTimeout(timer);
      showAll();
    },
    /** Another one shows it from now on. */
    end: () => clearTimeout(timer),
  };
}

/**
 * @param {import("#page/trace/search.js").Counted} counted
 * @param {number | null} at which of them is pinned
 * @param {boolean} isSummarised whether only the longest spans of some lanes are counted
 * @param {number} unsearched spans whose attributes the page does not have
 */
function foundText({ spans, points, ns, share }, at, isSummarised, unsearched) {
  const isPart = isSummarised || unsearched > 0;
  const lacking = unsearched > 0 ? ` · attributes of ${count(unsearched)} ${namedSpans(unsearched)} not searched` : "";
  if (spans === 0 && points === 0 && ns === 0) return (isPart ? "no span here matches" : "no span matches") + lacking;
  const atLeast = isPart ? "at least " : "";
  const time = `${duration(ns)} · ${percent(share)} of busy time${lacking}`;
  const what = points === 0 ? namedSpans(spans) : spans === 0 ? namedInstants(points) : "spans and instants";
  const all = `${count(spans + points)} ${at !== null && isPart ? "known " : ""}${what}`;
  return at === null ? `${atLeast}${all} · ${time}` : `${count(at)} of ${all} · ${atLeast}${time}`;
}

/** @param {number} count */
function namedInstants(count) {
  return count === 1 ? "instant" : "instants";
}

/** @param {number} count */
function namedSpans(count) {
  return count === 1 ? "span" : "spans";
}
