// @ts-check
// The details of the pinned span, with buttons that lead to other spans.
//
// Fills a strip below the chart. The strip is always there, so that pinning moves nothing. The buttons change the
// state. Names enter by `textContent`.

import { UNFINISHED } from "#page/chart/boxes.js";
import { latest } from "#page/trace/latest.js";
import { selfTime } from "#page/sections/part.js";
import { state } from "#page/view/state.js";
import { durationText, laneName, momentText } from "#page/chart/tooltip.js";
import { count, duration, exact } from "#page/trace/units.js";
import { rank } from "#page/trace/walk.js";

/** The fields that a screen reader announces; the others can be read. */
const TOLD = ["duration", "lane", "start", "in its task"];

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/chart/chart.js").Hit} Hit
 *
 * @typedef {object} Parts
 * @property {HTMLElement} section
 * @property {HTMLElement} fields
 * @property {HTMLElement} title
 * @property {HTMLElement} status announces changes to screen readers
 */

/**
 * @param {Parts} parts
 * @param {Trace} trace
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {() => import("#page/view/look.js").Look} look
 * @returns {() => void} shows the pinned span of now
 */
export function createDetails(parts, trace, chart, look) {
  /** @param {import("#page/view/state.js").Place | null} pinned @param {import("#page/view/look.js").Look} look */
  const fill = (pinned, { paint, zone }) => {
    parts.section.classList.toggle("pinned", pinned !== null);
    if (!pinned) parts.status.textContent = ""; // so that the same span is announced again
    if (!pinned) return;
    const hit = chart.hitOf(pinned);
    const fields = fieldsOf(trace, hit, zone);
    parts.title.textContent = trace.names[trace.keys[hit.key].task];
    parts.title.style.setProperty("--swatch", paint.fill[hit.key]);
    parts.fields.replaceChildren(...fields.flatMap(([name, value]) => [term(name), description(value)]));
    const told = fields.filter(([name]) => TOLD.includes(name)).map(([name, value]) => `${name} ${value}`);
    const text = [parts.title.textContent, ...told].join(", ");
    if (parts.status.textContent !== text) parts.status.textContent = text;
  };
  const show = latest(fill);
  return () => show(state().pinned, look());
}

/**
 * @param {Trace} trace
 * @param {Hit} hit
 * @param {import("#page/trace/scale.js").Zone} zone
 * @returns {[string, string][]}
 */
export function fieldsOf(trace, hit, zone) {
  const lane = trace.lanes[hit.lane];
  const track = lane.tracks[hit.track];
  const [start, end] = [track.start[hit.span], track.end[hit.span]];
  const { group, color } = trace.keys[hit.key];
  const { at, of } = rank(trace, hit);
  const isOpen = hit.kind === UNFINISHED;
  const self = isOpen ? null : selfTime(lane.tracks, hit.track, hit.span);
  /** @type {[string, string][]} */
  const fields = [
    ["duration", isOpen ? durationText(hit.kind, end - start, Infinity) : withExact(end - start)],
    [
      "self",
      self === null ? "–" : (self === end - start ? "all of it" : withExact(self)) + (lane.exact ? "" : " *"),
    ],
    ["group", trace.names[group]],
    ["lane", laneName(trace, lane)],
    ["start", momentText(trace, start, 9, zone)],
    ["end", isOpen ? "not recorded" : momentText(trace, end, 9, zone)],
    ["in its task", `span ${count(at)} of ${count(of)}`],
    ["read from", lane.title],
  ];
  if (color) fields.push(["colour", color]);
  return fields;
}

/** @param {number} ns */
function withExact(ns) {
  return ns < 1000 ? exact(ns) : `${duration(ns)} (${exact(ns)})`;
}

/** @param {string} name */
function term(name) {
  const element = document.createElement("dt");
  element.textContent = name;
  return element;
}

/** @param {string} value */
function description(value) {
  const element = document.createElement("dd");
  element.dir = "auto";
  element.title = value;
  element.textContent = value;
  return element;
}

/**
 * What is known of the pinned span, a line a field.
 * @param {Parts} parts
 */
export function textOf({ title, fields }) {
  const texts = [...fields.children].map(({ textContent }) => textContent ?? "");
  const lines = texts.flatMap((text, index) => (index % 2 === 0 ? [`${text}: ${texts[index + 1]}`] : []));
  return [`task: ${title.textContent}`, ...lines].join("\n");
}
