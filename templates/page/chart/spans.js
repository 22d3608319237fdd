// @ts-check
// The pinned span, and how buttons, keys and clicks move to others.
//
// Takes the chart, changes the state: pins a span and shows it. Walks only along shown spans. Where it leads far, to
// the longest or to the next match, the browser's Back leads back.

import { placeOf } from "#page/chart/arrangement.js";
import { reveal } from "#page/chart/room.js";
import { rowOf } from "#page/trace/data.js";
import { toggled } from "#page/trace/sets.js";
import { matching } from "#page/trace/search.js";
import { element } from "#page/view/elements.js";
import { change, jump, state } from "#page/view/state.js";
import { across, first, longestOf, nextIn, nextMatch, sibling } from "#page/trace/walk.js";
import { around, whole } from "#page/view/window.js";

/** @typedef {import("#page/view/state.js").Place} Place */

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {() => import("#page/view/emphasis.js").Emphasis} emphasis
 */
export function createSpans(trace, chart, emphasis) {
  const limits = whole(trace.wall);

  /** @param {number} key */
  const isShown = (key) => emphasis().shownKeys[key] === 1;

  /** What is shown is in view. @param {typeof change} how @param {Partial<import("#page/view/state.js").State>} patch */
  const show = (how, patch) => {
    how(patch);
    reveal(element("chart"));
  };

  /** @param {Place | null} place @param {import("#page/view/window.js").Window} [window] */
  const pin = (place, window) => {
    if (place) show(change, { pinned: place, ...chart.showingSpan(place, window) });
  };

  /** @param {"left" | "right" | "up" | "down"} direction */
  const walk = (direction) => {
    const { rows, inView } = chart.rows();
    const tracks = rows.map(({ band, track }) => band.tracks[track]);
    const { pinned, window } = state();
    const at = pinned && chart.positionOf(pinned);
    const begin = () => {
      const found = first(tracks.slice(inView.from, inView.to), window, isShown);
      return found ? { ...found, row: found.row + inView.from } : first(tracks, window, isShown);
    };
    const step = direction === "left" || direction === "up" ? -1 : 1;
    const isAcross = direction === "up" || direction === "down";
    const next = !at
      ? begin()
      : isAcross
        ? across(tracks, at, step, window, isShown)
        : nextIn(tracks, at, step, isShown);
    if (next) pin(placeOf(rows[next.row].band, rows[next.row].track, next.span));
  };

  /** @param {-1 | 1} step */
  const toSibling = (step) => {
    const { pinned } = state();
    if (pinned) pin(sibling(trace, pinned, step, (_, key) => isShown(key)));
  };

  /** @param {-1 | 1} step */
  const toMatch = (step) => {
    const { match, shownKeys } = emphasis();
    const { pinned, window } = state();
    const next = match && nextMatch(match.trace, pinned, window, step, matching(match, shownKeys));
    if (next) show(jump, { pinned: next, ...chart.showingSpan(next) });
  };

  /** Jumps to a span, and shows its task if it is hidden. @param {Place | null} place */
  const visit = (place) => {
    const { hidden } = state();
    const row = place ? rowOf(trace, place) : -1;
    const shown = hidden.has(row) ? { hidden: toggled(hidden, row) } : {};
    if (place) show(jump, { ...shown, pinned: place, ...chart.showingSpan(place) });
  };

  const fit = () => {
    const { pinned, selected } = state();
    if (pinned) {
      const { start, end } = trace.lanes[pinned.lane].tracks[pinned.track];
      show(jump, chart.showingSpan(pinned, around(start[pinned.span], end[pinned.span], limits)));
    } else if (selected) show(jump, { window: around(selected.start, selected.end, limits) });
  };

  const fold = () => {
    const { pinned, folded } = state();
    if (!pinned) return;
    const { process } = trace.lanes[pinned.lane];
    change(chart.folding(toggled(folded, process), process));
  };

  return {
    visit,
    walk,
    toSibling,
    toMatch,
    longest: () => {
      const { pinned } = state();
      if (pinned) visit(longestOf(trace, rowOf(trace, pinned)));
    },
    fit,
    fold,
  };
}
