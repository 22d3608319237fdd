// @ts-check
// The tooltip: one for spans, labels and counters, at every zoom.
//
// Takes lines of text and a place, shows them next to it and inside the window. Names enter by `textContent`.

import { INSTANT, UNFINISHED } from "#page/chart/boxes.js";
import { CONCURRENCY } from "#page/chart/figure.js";
import { runningAt } from "#page/trace/concurrency.js";
import { countNested, enclosing } from "#page/trace/family.js";
import { namesOf } from "#page/trace/data.js";
import { joined } from "#page/trace/names.js";
import { clock, date } from "#page/trace/scale.js";
import { valueAt } from "#page/trace/counters.js";
import { sideOf } from "#page/trace/sides.js";
import { counterName } from "#page/chart/panels.js";
import { count, duration, exact, number, percent, ratio, wholeNumber } from "#page/trace/units.js";
import { cpuOf } from "#page/trace/cpu.js";
import { isKnown } from "#page/trace/division.js";
import { fewOf } from "#page/view/attributes.js";
import { lanesText, onCpuText, shares } from "#page/view/division.js";
import { state } from "#page/view/state.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 *
 * @typedef {object} Content
 * @property {string} title
 * @property {string} [color]
 * @property {[string, string, string?][]} fields name, value and the name's colour
 * @property {[string, string][]} [attributes] of a span, below the fields
 */

const DISTANCE = 14;
const MOST_VALUES = 8; // of a counter: more of them would hide what they are about

/**
 * @param {HTMLElement} element
 * @param {Content} content
 * @param {number} x px of the browser's window
 * @param {number} y
 */
export function show(element, content, x, y) {
  fill(element, content);
  element.hidden = false;
  place(element, x, y);
}

/**
 * Shows more of the same: what is there stays where it is, unless there is no room below it.
 * @param {HTMLElement} element
 * @param {Content} content
 */
export function extend(element, content) {
  fill(element, content);
  const { left, top, width, height } = element.getBoundingClientRect();
  const { clientWidth, clientHeight } = document.documentElement;
  element.style.left = `${Math.max(4, Math.min(left, clientWidth - width - 4))}px`;
  element.style.top = `${Math.max(4, Math.min(top, clientHeight - height - 4))}px`;
}

/**
 * @param {HTMLElement} element
 * @param {Content} content
 */
function fill(element, content) {
  const title = document.createElement("bdi");
  title.textContent = content.title;
  const heading = document.createElement("p");
  heading.append(title);
  if (content.color) heading.style.setProperty("--swatch", content.color);
  heading.classList.toggle("swatch", content.color !== undefined);
  const lists = [listOf(content.fields)];
  if (content.attributes?.length) lists.push(listOf(content.attributes));
  element.replaceChildren(heading, ...lists);
}

/** @param {Content["fields"]} fields */
function listOf(fields) {
  const list = document.createElement("dl");
  for (const [name, value, color] of fields) {
    const term = document.createElement("dt");
    term.textContent = name;
    if (color) term.style.setProperty("--swatch", color);
    term.classList.toggle("swatch", color !== undefined);
    const description = document.createElement("dd");
    description.dir = "auto";
    description.textContent = value;
    list.append(term, description);
  }
  return list;
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
 * @param {Trace} trace
 * @param {import("#page/chart/chart.js").Hit} hit
 * @param {string} color
 * @param {number} perPixel ns: how far in the reader has zoomed
 * @param {import("#page/trace/scale.js").Zone} zone
 * @returns {Content}
 */
export function spanContent(trace, hit, color, perPixel, zone) {
  const lane = trace.lanes[hit.lane];
  const track = lane.tracks[hit.track];
  const { group, task, point } = trace.keys[hit.key];
  const [start, end] = [track.start[hit.span], track.end[hit.span]];
  const title = trace.names[task];
  if (point) return pointContent(trace, hit, title, color, perPixel, zone);
  const length = durationText(hit.kind, end - start, perPixel);
  if (trace.durationOnly) return { title, color, fields: [["duration", length], ...workFields(trace, hit)] };

  const digits = digitsAt(perPixel);
  /** @type {[string, string][]} */
  const fields = [
    ["duration", length],
    ...workFields(trace, hit),
    ...kinFields(trace, hit),
    ...groupField(trace, group),
    ["lane", laneName(trace, lane)],
    ["start", momentText(trace, start, digits, zone)],
    ["end", hit.kind === UNFINISHED ? "not recorded" : momentText(trace, end, digits, zone)],
  ];
  return { title, color, fields, attributes: attributesFields(trace, hit) };
}

/**
 * What the tooltip says of a point event, which has a moment and no duration.
 * @param {Trace} trace
 * @param {import("#page/chart/chart.js").Hit} hit
 * @param {string} title
 * @param {string} color
 * @param {number} perPixel ns
 * @param {import("#page/trace/scale.js").Zone} zone
 * @returns {Content}
 */
function pointContent(trace, hit, title, color, perPixel, zone) {
  if (trace.durationOnly) return { title, color, fields: [["", "instant"]] };
  const lane = trace.lanes[hit.lane];
  /** @type {[string, string][]} */
  const fields = [
    ["instant", momentText(trace, lane.tracks[hit.track].start[hit.span], digitsAt(perPixel), zone)],
    ...kinFields(trace, hit),
    ...groupField(trace, trace.keys[hit.key].group),
    ["lane", laneName(trace, lane)],
  ];
  return { title, color, fields, attributes: attributesFields(trace, hit) };
}

/**
 * The group, where there is one.
 * @param {Trace} trace
 * @param {number} group
 * @returns {[string, string][]}
 */
export function groupField({ raw, names }, group) {
  return raw[group] === "" ? [] : [["group", names[group]]];
}

/**
 * @param {Trace} trace
 * @param {import("#page/view/state.js").Place} place
 * @returns {[string, string][]} nothing while they are not decoded
 */
function attributesFields(trace, place) {
  const { few, more } = fewOf(trace, place) ?? { few: [], more: 0 };
  return more > 0 ? [...few, ["", `+${count(more)} more`]] : few;
}

/**
 * Whether a span is a declared wait, and for how long it was on a CPU, with all that ran inside it.
 * @param {Trace} trace
 * @param {import("#page/view/state.js").Place} place
 * @returns {[string, string][]}
 */
export function workFields(trace, { lane, track, span }) {
  const own = trace.lanes[lane].tracks[track];
  const cpu = cpuOf(own, span);
  /** @type {[string, string][]} */
  const fields = trace.keys[own.key[span]].wait ? [["waits", "as declared"]] : [];
  if (cpu >= 0) fields.push(["on CPU", onCpuText(cpu, own.end[span] - own.start[span])]);
  return fields;
}

/**
 * What a span is in, and how many are in it.
 * @param {Trace} trace
 * @param {import("#page/view/state.js").Place} place
 * @returns {[string, string][]}
 */
export function kinFields(trace, place) {
  const { tracks, isSummarised } = trace.lanes[place.lane];
  const [outer] = enclosing(tracks, place);
  const { spans, points } = countNested(tracks, place, trace.keys);
  /** @type {[string, string][]} */
  const fields = [];
  if (outer) fields.push(["in", `${kinName(trace, place, outer)}, ${kinLength(tracks[outer.track], outer.span)}`]);
  const nested = [
    ...(spans > 0 ? [`${count(spans)} nested span${spans === 1 ? "" : "s"}`] : []),
    ...(points > 0 ? [`${count(points)} instant${points === 1 ? "" : "s"}`] : []),
  ];
  if (nested.length > 0) fields.push(["contains", (isSummarised ? "at least " : "") + nested.join(", ")]);
  return fields;
}

/**
 * The name of another span of the same lane, with its group where that is another, too.
 * @param {Trace} trace
 * @param {import("#page/view/state.js").Place} place
 * @param {import("#page/trace/family.js").Spot} kin
 */
export function kinName(trace, place, kin) {
  const { tracks } = trace.lanes[place.lane];
  const key = trace.keys[tracks[kin.track].key[kin.span]];
  const isOther = key.group !== trace.keys[tracks[place.track].key[place.span]].group;
  return isOther ? namesOf(trace, key).join(" / ") : trace.names[key.task];
}

/**
 * @param {import("#page/trace/data.js").Track} track
 * @param {number} span
 */
export function kinLength({ start, end, unfinished }, span) {
  return span === unfinished ? "unfinished" : duration(end[span] - start[span]);
}

/**
 * The tooltip for a summarised part of a lane: the report kept no spans there, but which task ran longest.
 * @param {Trace} trace
 * @param {NonNullable<ReturnType<import("#page/chart/chart.js").Chart["summaryAt"]>>} cell
 * @param {string} color
 * @param {number} perPixel ns: how far in the reader has zoomed
 * @param {import("#page/trace/scale.js").Zone} zone
 * @returns {Content}
 */
export function summaryContent(trace, { lane, key, share, start, width }, color, perPixel, zone) {
  const { group, task } = trace.keys[key];
  return {
    title: `mostly ${trace.names[task]}`,
    color,
    fields: [
      ["busy", `${percent(share)} of ${duration(width)}`],
      ...groupField(trace, group),
      ["lane", laneName(trace, trace.lanes[lane])],
      ["from", momentText(trace, start, digitsAt(perPixel), zone)],
      ["note", trace.hasRows ? "summarised: no single spans here" : "spans are being read"],
    ],
  };
}

/**
 * How many digits of a second's fraction to show.
 * @param {number} perPixel ns: how far in the reader has zoomed
 */
function digitsAt(perPixel) {
  return perPixel >= 1e5 ? 3 : perPixel >= 1e2 ? 6 : 9;
}

/**
 * What the tooltip says of a counter: at a moment each process's value, else what its panel shows.
 * @param {Trace} trace
 * @param {NonNullable<ReturnType<import("#page/chart/chart.js").Chart["counterAt"]>>} hit
 * @param {readonly string[]} colors of the processes that count
 * @param {number} perPixel ns: how far in the reader has zoomed
 * @param {import("#page/trace/scale.js").Zone} zone
 * @returns {Content}
 */
export function counterContent(trace, { counter, time, extent }, colors, perPixel, zone) {
  const { series } = trace.counters[counter];
  const title = counterName(trace.counters[counter]);
  if (time === null) {
    const values = extent ? `${number(extent.low)} to ${number(extent.high)}` : "no value";
    return { title, fields: [["in view", values], ["processes", count(series.length)]] };
  }
  const all = series.map((one) => ({ process: one.process, value: valueAt(one, time) }));
  if (all.length > MOST_VALUES) all.sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity));
  /** @type {Content["fields"]} */
  const fields = all
    .slice(0, MOST_VALUES)
    .map(({ process, value }) => [
      trace.counting[process],
      value === undefined ? "no sample yet" : wholeNumber(value),
      colors[process],
    ]);
  const more = all.length - fields.length;
  if (more > 0) fields.push(["", `${count(more)} more, none larger`]);
  return { title, fields: [["time", momentText(trace, time, digitsAt(perPixel), zone)], ...fields] };
}

/**
 * What the tooltip says of the number of busy lanes: the mean that is drawn there, and what ran at the moment. Of
 * summarised lanes that is not known.
 * @param {Trace} trace
 * @param {NonNullable<ReturnType<import("#page/chart/chart.js").Chart["concurrencyAt"]>>} hit
 * @param {Uint8Array} shownKeys 0 for the keys that are switched off
 * @param {number} perPixel ns: how far in the reader has zoomed
 * @param {import("#page/trace/scale.js").Zone} zone
 * @returns {Content}
 */
export function concurrencyContent(trace, { time, drawn, sides }, shownKeys, perPixel, zone) {
  if (trace.sides) {
    const means = trace.sides.map(({ label, trace: { laneCount } }, index) => {
      const own = sides?.[index];
      return /** @type {[string, string]} */ ([label, own ? `${ratio(own.mean)} of ${count(laneCount)}, mean over ${duration(own.width)}` : "…"]);
    });
    return { title: CONCURRENCY, fields: [["time", momentText(trace, time, digitsAt(perPixel), zone)], ...means] };
  }
  const exact = trace.lanes.filter(({ isSummarised }) => !isSummarised);
  const { busy, waiting, spans, unfinished } = runningAt(exact, time, shownKeys, trace.keys);
  /** @type {Content["fields"]} */
  const fields = [["time", momentText(trace, time, digitsAt(perPixel), zone)]];
  if (exact.length === trace.lanes.length) {
    const ofThem = waiting > 0 ? `, ${count(waiting)} of them waiting` : "";
    fields.push(["lanes busy", `${count(busy)} of ${count(trace.laneCount)}${ofThem}`]);
    fields.push(["spans running", count(spans)]);
    if (unfinished > 0) fields.push(["unfinished", `${count(unfinished)} more, not counted`]);
  }
  if (drawn) {
    const parts = lanesText(drawn.mean, drawn.parts);
    const busy = parts === "" ? `${ratio(drawn.mean)} lanes busy` : `${ratio(drawn.mean)} in spans: ${parts},`;
    fields.push(["mean", `${busy} over ${duration(drawn.width)}`]);
  }
  if (exact.length < trace.lanes.length) fields.push(["note", "some lanes are summarised: spans are not counted here"]);
  return { title: CONCURRENCY, fields };
}

/**
 * A moment of the trace, with its date if the trace covers several days.
 * @param {Trace} trace
 * @param {number} time ns since the trace's start
 * @param {number} digits of the second's fraction
 * @param {import("#page/trace/scale.js").Zone} zone
 */
export function momentText(trace, time, digits, zone) {
  const days = date(zone, 0) !== date(zone, trace.wall);
  return `${days ? `${date(zone, time)} ` : ""}${clock(zone, time, digits)}`;
}

/**
 * What the tooltip says of a band's label.
 * @param {Trace} trace
 * @param {import("#page/chart/arrangement.js").Band} band
 * @returns {Content}
 */
export function bandContent(trace, band) {
  if (band.isFolded) return sectionContent(trace, band);
  if (band.task >= 0) return taskContent(trace, band);
  const lane = trace.lanes[band.lane];
  /** @type {[string, string][]} */
  const fields = [
    ["process", trace.processes[lane.process].title],
    ["read from", lane.title],
  ];
  if (isKnown(lane.division)) fields.push(["busy time", shares(lane.division)]);
  if (lane.openAtOnce !== null) fields.push(["open at once", `at most ${count(lane.openAtOnce)} spans`]);
  if (!lane.exact) fields.push(["note", "spans overlap without nesting here: time counts for the one that started last"]);
  return { title: laneName(trace, lane), fields };
}

/**
 * @param {Trace} trace
 * @param {import("#page/chart/arrangement.js").Band} band
 * @returns {Content}
 */
function taskContent(trace, { task, tracks, origins }) {
  const { group, task: name } = trace.subjects[task];
  const lanes = lanesOf(origins ?? []);
  const fields = /** @type {[string, string][]} */ ([
    ...groupField(trace, group),
    [task < trace.tasks.length ? "spans" : "instants", count(tracks.reduce((sum, { key }) => sum + key.length, 0))],
    ["lanes", count(lanes.size)],
  ]);
  const isSummarised = [...lanes].some((lane) => trace.lanes[lane].isSummarised);
  if (isSummarised) fields.push(["note", "of summarised lanes, only the longest spans are here"]);
  return { title: trace.names[name], fields };
}

/** @type {WeakMap<readonly import("#page/chart/packing.js").Origin[], Set<number>>} results of a pure function */
const known = new WeakMap();

/** The lanes that spans are from; found once, since there may be millions. @param {readonly import("#page/chart/packing.js").Origin[]} origins */
function lanesOf(origins) {
  const found =
    known.get(origins) ??
    new Set(origins.flatMap(({ sources, source }) => [...new Set(source)].map((own) => sources[own].lane)));
  known.set(origins, found);
  return found;
}

/**
 * What the tooltip says of the label of a section, a process or a group.
 * @param {Trace} trace
 * @param {import("#page/chart/arrangement.js").Band} band of it
 * @returns {Content}
 */
export function sectionContent(trace, { section, task, isFolded, side, isOpen }) {
  if (side !== undefined && trace.sides) {
    const own = trace.sides[side];
    /** @type {[string, string][]} */
    const click = state().rows === "tasks" ? [] : [["click", isOpen ? "to fold them into one strip" : "to unfold them"]];
    return { title: joined(own.label, own.about), fields: [["wall time", duration(own.trace.wall)], ["lanes", count(own.trace.laneCount)], ...click] };
  }
  if (task >= 0) {
    const { group } = trace.subjects[task];
    const tasks = trace.tasks.filter((row) => row.group === group).length;
    return { title: groupTitle(trace, group), fields: [["tasks", count(tasks)]] };
  }
  const lanes = trace.lanes.filter(({ process }) => process === section).length;
  return {
    title: trace.processes[section].title,
    fields: [
      ["lanes", count(lanes)],
      ["click", isFolded ? "to unfold them" : "to fold them into one strip"],
    ],
  };
}

/** @param {Pick<Trace, "raw" | "names">} trace @param {number} group */
function groupTitle({ raw, names }, group) {
  return raw[group] === "" ? "(no group)" : names[group];
}

/**
 * @param {Trace} trace
 * @param {import("#page/trace/data.js").Lane} lane
 */
export function laneName(trace, lane) {
  const { label, id } = trace.processes[lane.process];
  return joined(sideOf(trace, lane.process)?.label ?? "", label, id, lane.label);
}

/**
 * @param {number} kind
 * @param {number} length
 * @param {number} perPixel
 */
export function durationText(kind, length, perPixel) {
  if (kind === UNFINISHED) return `unfinished, at least ${duration(length)}`;
  if (kind === INSTANT) return "0 ns";
  return perPixel < 1e3 && length >= 1e3 ? `${duration(length)} (${exact(length)})` : duration(length);
}
