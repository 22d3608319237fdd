// @ts-check
// The drawer of the pinned span: what is known of it, which spans it is in, and which are in it.
//
// A line at the lower edge of the browser's window, over what is there, so that pinning moves nothing. Grown, it shows
// everything; the page scrolls if it would cover the pinned row. Its buttons change the state. Names enter by
// `textContent`.

import { taskButton } from "#page/sections/choosing.js";
import { UNFINISHED } from "#page/chart/boxes.js";
import { durationText, groupField, kinFields, kinLength, kinName, laneName, momentText, workFields } from "#page/chart/tooltip.js";
import { showAttributes } from "#page/sections/attributes.js";
import { copy } from "#page/sections/clipboard.js";
import { childrenOf, enclosing, selfTime } from "#page/trace/family.js";
import { latest } from "#page/trace/latest.js";
import { joined } from "#page/trace/names.js";
import { sideOf } from "#page/trace/sides.js";
import { count, duration, exact } from "#page/trace/units.js";
import { rank } from "#page/trace/walk.js";
import { change, state } from "#page/view/state.js";

/** The fields that a screen reader announces; the others can be read. */
const TOLD = ["instant", "duration", "waits", "on CPU", "lane", "start", "in its task"];
/** Those that a line shows, as many as fit. */
const IN_SHORT = ["run", "instant", "duration", "waits", "on CPU", "self", "start", "in", "contains"];
const MOST_ENCLOSING = 20;
const MOST_CHILDREN = 8;
const AIR = 6; // px between the pinned row and the drawer

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/family.js").Spot} Spot
 * @typedef {import("#page/chart/places.js").Hit} Hit
 * @typedef {ReturnType<typeof import("#page/chart/spans.js").createSpans>} Spans
 * @typedef {[string, string, string?]} Field name, value and more digits of it, for which a line has no room
 *
 * @typedef {object} Parts
 * @property {HTMLElement} section
 * @property {HTMLElement} title
 * @property {HTMLElement} about the span's first attributes
 * @property {HTMLElement} attributes all of them
 * @property {HTMLElement} body
 * @property {HTMLElement} fields
 * @property {HTMLElement} family
 * @property {HTMLElement} chart has the focus when the drawer closes
 * @property {HTMLElement} status announces changes to screen readers
 */

/**
 * @param {Parts} parts
 * @param {Trace} trace
 * @param {import("#page/chart/chart.js").Chart} chart
 * @param {Spans} spans
 * @param {() => import("#page/view/look.js").Look} look
 * @param {(text: string) => void} say how an action went
 */
export function createDrawer(parts, trace, chart, spans, look, say) {
  let failure = ""; // why there are no attributes
  let mayCover = false; // whether the pinned row may have come under the drawer
  listenToButtons(parts, spans, say);

  const open = latest((/** @type {import("#page/view/state.js").Place | null} */ pinned, /** @type {boolean} */ isGrown) => {
    grow(parts, pinned !== null, isGrown);
    mayCover = pinned !== null;
  });
  const show = latest(
    (
      /** @type {import("#page/view/state.js").Place | null} */ pinned,
      /** @type {boolean} */ isGrown,
      /** @type {import("#page/view/look.js").Look} */ now,
    ) => {
      if (!pinned) return;
      const hit = chart.hitOf(pinned);
      fill(parts, trace, hit, now);
      showFamily(parts, isGrown ? familyOf(trace, hit, now, spans.visit) : []);
    },
  );

  const showTheirs = latest(
    (/** @type {import("#page/view/state.js").Place | null} */ pinned, /** @type {unknown} */ known, /** @type {string} */ why) => {
      if (!pinned) return;
      showAttributes(parts, trace, pinned, why, say);
      if (known || why) return;
      trace.attributes.columns().then(showNow, () => {
        failure = "attributes cannot be read: the file is incomplete";
        showNow();
      });
    },
  );
  const showNow = () => {
    const { pinned, details } = state();
    open(pinned, details === "all");
    show(pinned, details === "all", look());
    showTheirs(pinned, trace.attributes.known(), failure);
  };

  return {
    /** Shows the pinned span of now. */
    show: showNow,
    /** Scrolls the page if the drawer covers the row that was pinned last; when the chart is drawn. */
    clear() {
      const { pinned } = state();
      const bottom = mayCover && pinned ? chart.rowEnd(pinned) : null;
      if (bottom === null) return;
      mayCover = false;
      const drawer = parts.section.getBoundingClientRect();
      const covered = parts.chart.getBoundingClientRect().top + bottom + AIR - drawer.top;
      if (covered > 0) window.scrollBy({ top: covered, behavior: "instant" });
    },
  };
}

/**
 * @param {Parts} parts
 * @param {boolean} isPinned
 * @param {boolean} isGrown
 */
function grow({ section, body, chart, status }, isPinned, isGrown) {
  const hadFocus = section.contains(document.activeElement);
  section.classList.toggle("pinned", isPinned);
  section.classList.toggle("grown", isGrown);
  section.querySelector("[aria-expanded]")?.setAttribute("aria-expanded", String(isGrown));
  body.tabIndex = isGrown ? 0 : -1; // it scrolls
  if (isPinned) return;
  status.textContent = ""; // so that the same span is announced again
  if (hadFocus) chart.focus({ preventScroll: true });
}

/**
 * @param {Parts} parts
 * @param {Trace} trace
 * @param {Hit} hit
 * @param {import("#page/view/look.js").Look} look
 */
function fill({ title, fields, status }, trace, hit, { paint, zone }) {
  const known = fieldsOf(trace, hit, zone);
  const { task, row, point } = trace.keys[hit.key];
  const name = trace.names[task];
  title.replaceChildren(point ? element("bdi", name) : taskButton(row, [name]));
  title.style.setProperty("--swatch", paint.fill[hit.key]);
  fields.replaceChildren(...known.map(fieldElement));
  const told = known.filter(([name]) => TOLD.includes(name)).map(([name, value, more]) => `${name} ${value}${more ?? ""}`);
  const text = [name, ...told].join(", ");
  if (status.textContent !== text) status.textContent = text;
}

/**
 * @param {Trace} trace
 * @param {Hit} hit
 * @param {import("#page/trace/scale.js").Zone} zone
 * @returns {Field[]}
 */
function fieldsOf(trace, hit, zone) {
  const lane = trace.lanes[hit.lane];
  const track = lane.tracks[hit.track];
  const [start, end] = [track.start[hit.span], track.end[hit.span]];
  const { group, task, color, point } = trace.keys[hit.key];
  const { at, of } = rank(trace, hit);
  const isOpen = hit.kind === UNFINISHED;
  const moment = (/** @type {number} */ time) =>
    momentText(trace, time, 9, zone) + (zone.isElapsed ? "" : ` ${zone.name}`);
  /** @type {Field[]} */
  const place = [...groupField(trace, group), ["lane", laneName(trace, lane)]];
  const side = sideOf(trace, lane.process);
  /** @type {Field[]} */
  const run = side ? [["run", joined(side.label, side.about)]] : [];
  if (point)
    return [
      ["name", trace.names[task]],
      ...run,
      ["instant", moment(start)],
      ...kinFields(trace, hit),
      ...place,
      ["of its name", `instant ${count(at)} of ${count(of)}`],
      ["read from", lane.title],
    ];
  /** @type {Field[]} */
  const fields = [
    ["task", trace.names[task]],
    ...run,
    isOpen ? ["duration", durationText(hit.kind, end - start, Infinity)] : ["duration", ...withExact(end - start)],
    ...workFields(trace, hit),
    ["self", ...(isOpen ? /** @type {[string]} */ (["–"]) : selfText(lane, hit, end - start))],
    ["start", moment(start)],
    ["end", isOpen ? "not recorded" : moment(end)],
    ...kinFields(trace, hit),
    ...place,
    ["in its task", `span ${count(at)} of ${count(of)}`],
    ["read from", lane.title],
  ];
  if (color) fields.push(["colour", color]);
  if (!lane.exact && !isOpen) fields.push(["*", "spans overlap without nesting here: time counts for the one that started last"]);
  return fields;
}

/**
 * @param {import("#page/trace/data.js").Lane} lane
 * @param {Spot} spot
 * @param {number} length
 * @returns {[string, string?]}
 */
function selfText(lane, spot, length) {
  const self = selfTime(lane.tracks, spot);
  const [text, more] = self === length && !lane.isSummarised ? ["all of it"] : withExact(self);
  const most = lane.isSummarised ? "at most " : ""; // shorter spans in it are not known
  return [most + text + (lane.exact ? "" : " *"), more];
}

/** @param {number} ns @returns {[string, string?]} */
function withExact(ns) {
  return ns < 1000 ? [exact(ns)] : [duration(ns), ` (${exact(ns)})`];
}

/** @param {Field} field */
function fieldElement([name, value, more]) {
  const field = document.createElement("div");
  const description = element("dd", value);
  description.dir = "auto";
  if (more) description.append(element("small", more));
  field.append(element("dt", name), description);
  field.classList.toggle("short", IN_SHORT.includes(name));
  return field;
}

/**
 * The spans that enclose one, and its children: a list of each, with buttons that pin them.
 * @param {Trace} trace
 * @param {Hit} hit
 * @param {import("#page/view/look.js").Look} look
 * @param {(place: import("#page/view/state.js").Place) => void} visit
 */
function familyOf(trace, hit, { paint }, visit) {
  const { tracks, isSummarised } = trace.lanes[hit.lane];
  const outer = enclosing(tracks, hit);
  const children = childrenOf(tracks, hit, MOST_CHILDREN, trace.keys);
  const further = outer.length - MOST_ENCLOSING;
  const shorter = children.count - children.longest.length;
  const least = isSummarised ? "at least " : "";

  const button = (/** @type {Spot} */ { track, span }) => {
    const name = kinName(trace, hit, { track, span });
    const made = element("button", "");
    made.type = "button";
    made.className = "link swatch";
    made.title = name;
    made.style.setProperty("--swatch", paint.fill[tracks[track].key[span]]);
    made.append(element("bdi", name), " ", element("span", kinLength(tracks[track], span)));
    made.addEventListener("click", () => visit({ lane: hit.lane, track, span }));
    return made;
  };
  const lists = [];
  if (outer.length > 0) {
    const rest = further > 0 ? `${count(further)} more around them` : "";
    lists.push(list("Enclosing spans", "the innermost first", outer.slice(0, MOST_ENCLOSING).map(button), rest));
  }
  if (children.count > 0) {
    const isOne = children.count === 1;
    const figures = `${least}${duration(children.time)}${isOne ? "" : " in all"}`;
    const rest = shorter > 0 ? `${count(shorter)} more, none longer` : "";
    lists.push(list(`${least}${count(children.count)} ${isOne ? "child" : "children"},`, figures, children.longest.map(button), rest));
  }
  return lists;
}

/**
 * @param {string} title
 * @param {string} note
 * @param {HTMLElement[]} entries
 * @param {string} rest
 */
function list(title, note, entries, rest) {
  const [box, heading, items] = [element("div", ""), element("h3", `${title} `), element("ol", "")];
  heading.append(element("small", note));
  items.append(...entries.map(item), ...(rest ? [item(rest)] : []));
  box.append(heading, items);
  return box;
}

/**
 * @param {Parts} parts
 * @param {HTMLElement[]} lists
 */
function showFamily({ family, body }, lists) {
  const hadFocus = family.contains(document.activeElement);
  family.replaceChildren(...lists);
  if (hadFocus) body.focus({ preventScroll: true }); // the button is gone
  body.scrollTop = 0;
}

/** @param {Node | string} content */
function item(content) {
  const item = document.createElement("li");
  item.append(content);
  return item;
}

/**
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} text
 */
function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/**
 * @param {Parts} parts
 * @param {Spans} spans
 * @param {(text: string) => void} say
 */
function listenToButtons({ section, fields, attributes, chart }, spans, say) {
  /** @type {Record<string, () => void>} */
  const actions = {
    previous: () => spans.toSibling(-1),
    next: () => spans.toSibling(1),
    longest: spans.longest,
    fit: spans.fit,
    copy: () =>
      void copy(textOf([...fields.children, ...attributes.querySelectorAll("dl > div")])).then((copied) => say(copied ? "fields copied" : "the browser refused to copy")),
    all: () => change({ details: state().details === "all" ? "short" : "all" }),
    unpin: () => {
      change({ pinned: null });
      chart.focus({ preventScroll: true });
    },
  };
  for (const button of section.querySelectorAll(".actions button"))
    if (button instanceof HTMLButtonElement) button.addEventListener("click", actions[button.value]);
}

/**
 * Fields, a line each.
 * @param {readonly Element[]} fields
 */
function textOf(fields) {
  return fields.map(({ children: [name, value] }) => `${name.textContent}: ${value.textContent}`).join("\n");
}
