// @ts-check
// The spans of a window as CSV, for spreadsheets and for `waterfall` itself.
//
// Takes the trace, its attributes, a window and which spans to keep, gives text in pieces for a Blob. The first
// columns are those of the record format, so that `waterfall` can read them again, as one lane: a declared wait has
// the colour `wait`, a point event `point`. Where the CPU time of any span is known, a column `cpu` has it, as
// `81233ns`. The last ones are the attributes, one a name, in the page's order; a span without one has an empty cell.
// An attribute `cpu`, whose value was no time, has its place in the column of that name, unless a span has both.
// Of a pair, the side stands before the name of each group and of each process, so that the two stay apart wherever the
// text is read again; each side has the clock times of its own run. Lines and quotes follow RFC 4180. A name or a value
// that a spreadsheet would run as a formula gets an apostrophe; a number such as -5 is no formula. Pure.

import { valueOf } from "#page/trace/attributes.js";
import { lowerBound } from "#page/trace/mip.js";
import { joined } from "#page/trace/names.js";
import { ordered } from "#page/trace/order.js";
import { stamp } from "#page/trace/scale.js";
import { touches } from "#page/trace/statistics.js";

const HEADER = ["group", "task", "start", "end", "color", "process", "thread", "duration_ns"];
const CPU = "cpu";
const PIECE = 1000; // rows
const SECOND = 1_000_000_000;
const CONTROL = /\p{Control}/gu;
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^[+-](\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i; // that has a sign

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {import("#page/trace/data.js").Window} window
 * @param {(lane: number, key: number) => boolean} keep
 * @param {readonly import("#page/trace/attributes.js").Column[]} [columns] all attributes
 * @returns {string[]}
 */
export function csv(trace, window, keep, columns = []) {
  const names = trace.raw.map(field);
  const sides = trace.sides ?? [{ label: "", trace }];
  const stampers = sides.map((side) => [stamper(side.trace.zone), stamper(side.trace.zone)]);
  const groups = sides.map(({ label }) => (label === "" ? names : trace.raw.map((name) => field(`${label}: ${name}`))));
  const known = trace.hasCpu ? [CPU] : [];
  const cpus = columns.filter((column) => known.includes(column.name) && !isAnyOnCpu(trace, column.span));
  const others = columns.filter((column) => !cpus.includes(column));
  const header = headerOf([...HEADER, ...known], others.map(({ name }) => name));
  const pieces = [`${header.map(field).join(",")}\r\n`];
  let first = 0; // number of the next track's first span
  trace.lanes.forEach(({ tracks, label, process }, lane) => {
    const of = trace.processes[process];
    const { side = 0 } = of;
    const [startText, endText] = stampers[side];
    const where = [field(joined(sides[side].label, of.label, of.id)), field(label)];
    const { track, span } = ordered(tracks);
    const cells = tracks.map(({ start, cpu }) => {
      const [own, ofCpu] = [cellsOf(others, first), cellsOf(cpus, first)];
      first += start.length;
      if (!trace.hasCpu) return own;
      return (/** @type {number} */ at) => [cpu && cpu[at] >= 0 ? `${cpu[at]}ns` : (ofCpu(at)[0] ?? ""), ...own(at)];
    });
    /** @type {string[]} */
    let rows = [];
    for (let position = 0; position < span.length; position += 1) {
      const own = tracks[track[position]];
      if (own.start[span[position]] > window.end) break;
      const key = own.key[span[position]];
      if (!touches(own, span[position], window) || !keep(lane, key)) continue;
      const { group, task, color, wait, point } = trace.keys[key];
      const start = own.start[span[position]];
      const end = span[position] === own.unfinished ? null : own.end[span[position]];
      const what = [
        groups[side][group],
        names[task],
        startText(start),
        end === null ? "" : endText(end),
        point ? "point" : wait ? "wait" : (color ?? ""),
      ];
      const attributes = cells[track[position]](span[position]);
      rows.push([...what, ...where, end === null ? "" : end - start, ...attributes].join(",") + "\r\n");
      if (rows.length === PIECE) pieces.push(rows.splice(0).join(""));
    }
    if (rows.length > 0) pieces.push(rows.join(""));
  });
  return pieces;
}

/**
 * The names of all columns. An attribute that is named like a column before it gets another name, in which no reader
 * looks for anything else: `attribute.start`.
 * @param {readonly string[]} own names of the columns before
 * @param {readonly string[]} names of attributes
 */
function headerOf(own, names) {
  const header = [...own];
  const taken = new Set([...own, ...names]);
  for (let name of names) {
    if (own.includes(name.trim().toLowerCase())) {
      do name = `attribute.${name}`;
      while (taken.has(name));
      taken.add(name);
    }
    header.push(name);
  }
  return header;
}

/**
 * Whether the CPU time of any of these spans is known.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {Uint32Array} spans their numbers
 */
function isAnyOnCpu({ lanes }, spans) {
  let first = 0;
  return lanes.some(({ tracks }) =>
    tracks.some(({ start, cpu }) => {
      const from = first;
      first += start.length;
      const own = spans.subarray(lowerBound(spans, from), lowerBound(spans, first));
      return cpu && own.some((span) => cpu[span - from] >= 0);
    }),
  );
}

/**
 * What gives the cells of a track's spans, one a column. Asked for in the order of the track.
 * @param {readonly import("#page/trace/attributes.js").Column[]} columns
 * @param {number} first number of the track's first span
 * @returns {(span: number) => string[]}
 */
function cellsOf(columns, first) {
  const next = columns.map(({ span }) => lowerBound(span, first));
  return (own) =>
    columns.map((column, index) => {
      const { span, value } = column;
      while (span[next[index]] < first + own) next[index] += 1;
      const at = next[index];
      return span[at] === first + own ? field(valueOf(column, value[at])) : "";
    });
}

/**
 * Stamps moments as `stamp` does; those of one second after each other at little cost.
 * @param {import("#page/trace/scale.js").Zone} zone
 * @returns {(since: number) => string}
 */
function stamper(zone) {
  const second = BigInt(SECOND);
  const fraction = Number(((zone.origin % second) + second) % second);
  let known = NaN; // the second that the text is of
  let text = "";
  return (since) => {
    const current = Math.floor((since + fraction) / SECOND);
    if (current !== known) [known, text] = [current, stamp(zone, since)];
    const digits = String(since + fraction - current * SECOND).padStart(9, "0");
    return text.slice(0, 20) + digits + text.slice(29);
  };
}

/**
 * A text on one line, in quotes where it needs them.
 * @param {string} text
 */
function field(text) {
  const isFormula = FORMULA.test(text) && !(NUMBER.test(text) && Number.isFinite(Number(text)));
  const line = (isFormula ? `'${text}` : text).replace(CONTROL, " ");
  return /[",]/.test(line) ? `"${line.replaceAll('"', '""')}"` : line;
}
