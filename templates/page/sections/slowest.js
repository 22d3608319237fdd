// @ts-check
// The slowest spans of a task, each with its lane and a few of its attributes.
//
// Takes them from the trace, as Rust found them in the whole run. Names enter by `textContent`. Computes no figure.

import { FONT } from "#page/chart/figure.js";
import { laneName } from "#page/chart/tooltip.js";
import { fewElements } from "#page/sections/attributes.js";
import { fittedApart, shown } from "#page/trace/names.js";
import { count, duration } from "#page/trace/units.js";
import { firstOf, grouped, shownValue } from "#page/view/attributes.js";
import { textMeasure } from "#page/view/text.js";
import { around, whole } from "#page/view/window.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Slow} Slow
 *
 * @typedef {object} Parts
 * @property {HTMLElement} slow
 * @property {HTMLElement} slowest
 * @property {HTMLElement} mayLack
 */

const BESIDE_LANE = 210; // px of a line for all but the name of the lane
const LEAST_LANE = 140; // px

/**
 * @param {Parts} parts
 * @param {Trace} trace
 * @param {(anchor: Element, finding: import("#page/trace/data.js").Finding) => void} linkTo makes a link lead
 *   to its view in the chart
 * @returns {(own: import("#page/trace/data.js").Distribution) => void} shows those of a task
 */
export function createSlowest(parts, trace, linkTo) {
  const measure = textMeasure(`12px ${FONT}`);

  /** @param {Slow} span @param {string} lane its name as it is shown */
  function line({ place, start_ns, duration_ns, attributes, more_attributes }, lane) {
    const { start, end } = around(start_ns, start_ns + duration_ns, whole(trace.wall));
    const element = document.createElement("li");
    const length = document.createElement("b");
    length.textContent = duration(duration_ns);
    const name = document.createElement("bdi");
    [name.textContent, name.title] = [lane, laneName(trace, trace.lanes[place[0]])];
    const anchor = document.createElement("a");
    anchor.textContent = "show";
    linkTo(anchor, { window: [start, end], selected: null, pinned: place });
    element.append(length, cell(" on ", name), cell(` at +${duration(start_ns)} `), anchor);
    const known = inOrder(attributes, trace.attributes.names);
    if (attributes.length + more_attributes > 0) element.append(about(known, more_attributes));
    return element;
  }

  return ({ slowest, may_lack }) => {
    parts.slow.hidden = slowest.length === 0 && !may_lack;
    parts.mayLack.hidden = !may_lack;
    const lanes = slowest.map(({ place }) => laneName(trace, trace.lanes[place[0]]));
    const room = Math.max(LEAST_LANE, parts.slowest.clientWidth - BESIDE_LANE);
    const names = fittedApart(lanes, () => room, measure);
    parts.slowest.replaceChildren(...slowest.map((span, index) => line(span, names[index])));
  };
}

/**
 * In the order of the page's attributes, which begins with those that tell spans apart; last those that are not there.
 * @param {Slow["attributes"]} attributes
 * @param {readonly string[]} names of the page's
 */
function inOrder(attributes, names) {
  const place = (/** @type {string} */ name) => (names.includes(name) ? names.indexOf(name) : names.length);
  return [...attributes].sort((one, other) => place(one.name) - place(other.name));
}

/**
 * A few attributes on a line; all that are here where the pointer rests.
 * @param {Slow["attributes"]} attributes
 * @param {number} others how many are not here
 */
function about(attributes, others) {
  /** @type {[string, string][]} */
  const known = attributes.map(({ name, value, cut }) => [name, cut ? `${value}…` : value]);
  const { few, more } = firstOf(known, grouped);
  const all = known.map(([name, value]) => `${shown(name)}=${shownValue(value)}`);
  const element = document.createElement("small");
  element.className = "about few";
  element.title = [...all, ...(others > 0 ? [`+${count(others)}`] : [])].join("\n");
  element.append(...fewElements(few, more + others));
  return element;
}

/** @param {...(Node | string)} content */
function cell(...content) {
  const element = document.createElement("span");
  element.append(...content);
  return element;
}
