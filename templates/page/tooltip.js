// @ts-check
// The tooltip: one for spans and for labels, at every zoom.
//
// Takes lines of text and a place, shows them beside it and inside the window. Names enter by `textContent`.

import { INSTANT, UNFINISHED } from "#page/boxes.js";
import { joined } from "#page/names.js";
import { clock, date } from "#page/scale.js";
import { count, duration, exact } from "#page/units.js";

/**
 * @typedef {object} Content
 * @property {string} title
 * @property {string} [color]
 * @property {[string, string][]} fields name and value
 */

const DISTANCE = 14;

/**
 * @param {HTMLElement} element
 * @param {Content} content
 * @param {number} x px of the browser's window
 * @param {number} y
 */
export function show(element, content, x, y) {
  const title = document.createElement("bdi");
  title.textContent = content.title;
  const heading = document.createElement("p");
  heading.append(title);
  if (content.color) heading.style.setProperty("--swatch", content.color);
  heading.classList.toggle("swatch", content.color !== undefined);
  const list = document.createElement("dl");
  for (const [name, value] of content.fields) {
    const term = document.createElement("dt");
    term.textContent = name;
    const description = document.createElement("dd");
    description.dir = "auto";
    description.textContent = value;
    list.append(term, description);
  }
  element.replaceChildren(heading, list);
  element.hidden = false;
  place(element, x, y);
}

/** @param {HTMLElement} element */
export function hide(element) {
  element.hidden = true;
}

/**
 * @param {HTMLElement} element
 * @param {number} x
 * @param {number} y
 */
function place(element, x, y) {
  const { width, height } = element.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  const right = x + DISTANCE + width <= clientWidth;
  const below = y + DISTANCE + height <= clientHeight;
  element.style.left = `${Math.max(4, right ? x + DISTANCE : x - DISTANCE - width)}px`;
  element.style.top = `${Math.max(4, below ? y + DISTANCE : y - DISTANCE - height)}px`;
}

/**
 * What the tooltip says of a span.
 * @param {import("#page/data.js").Trace} trace
 * @param {import("#page/chart.js").Hit} hit
 * @param {string} color
 * @param {number} perPixel ns: how far in the reader has zoomed
 * @returns {Content}
 */
export function spanContent(trace, hit, color, perPixel) {
  const lane = trace.lanes[hit.lane];
  const track = lane.tracks[hit.track];
  const { group, task } = trace.keys[track.key[hit.span]];
  const [start, end] = [track.start[hit.span], track.end[hit.span]];
  const title = trace.names[task];
  const length = durationText(hit.kind, end - start, perPixel);
  if (trace.durationOnly) return { title, color, fields: [["duration", length]] };

  const digits = perPixel >= 1e5 ? 3 : perPixel >= 1e2 ? 6 : 9;
  const days = date(trace.zone, 0) !== date(trace.zone, trace.wall);
  /** @param {number} time */
  const at = (time) => `${days ? `${date(trace.zone, time)} ` : ""}${clock(trace.zone, time, digits)}`;
  /** @type {[string, string][]} */
  const fields = [
    ["duration", length],
    ["group", trace.names[group]],
    ["lane", laneName(trace, lane)],
    ["start", at(start)],
    ["end", hit.kind === UNFINISHED ? "none recorded" : at(end)],
  ];
  return { title, color, fields };
}

/**
 * What the tooltip says of a lane's label.
 * @param {import("#page/data.js").Trace} trace
 * @param {number} index
 * @returns {Content}
 */
export function laneContent(trace, index) {
  const lane = trace.lanes[index];
  /** @type {[string, string][]} */
  const fields = [
    ["process", trace.processes[lane.process].title],
    ["read from", lane.title],
  ];
  if (!lane.exact) fields.push(["note", "spans cross here: self times are not exact"]);
  return { title: laneName(trace, lane), fields };
}

/**
 * What the tooltip says of a process's label.
 * @param {import("#page/data.js").Trace} trace
 * @param {number} index of one of its lanes
 * @returns {Content}
 */
export function processContent(trace, index) {
  const { process } = trace.lanes[index];
  const lanes = trace.lanes.filter((lane) => lane.process === process).length;
  return { title: trace.processes[process].title, fields: [["lanes", count(lanes)]] };
}

/**
 * @param {import("#page/data.js").Trace} trace
 * @param {import("#page/data.js").Lane} lane
 */
function laneName(trace, lane) {
  const { label, id } = trace.processes[lane.process];
  return joined(label, id, lane.label);
}

/**
 * @param {number} kind
 * @param {number} length
 * @param {number} perPixel
 */
function durationText(kind, length, perPixel) {
  if (kind === UNFINISHED) return `unfinished, at least ${duration(length)}`;
  if (kind === INSTANT) return "0 ns, an instant";
  return perPixel < 1e3 && length >= 1e3 ? `${duration(length)} (${exact(length)})` : duration(length);
}
