// @ts-check
// Rows: where each track of each lane stands, from the top.
//
// Takes the lanes and the room there is, gives places in px of the whole content, which may be higher than
// the room: then it scrolls. Rows are 20 px high where they fit and never under 3. Lanes of one process stand
// together, processes are set apart. Pure.

/**
 * @typedef {object} Row
 * @property {number} lane
 * @property {number} track
 * @property {number} top
 *
 * @typedef {object} Layout
 * @property {Row[]} rows by `top`
 * @property {number} bar the height of a bar; the next row of the same lane begins 1 px below it
 * @property {number} pitch from one row to the next of the same lane
 * @property {number[]} laneTop per lane
 * @property {number[]} sections where a process begins, in the middle of the gap before it
 * @property {number} height of the whole content
 *
 * @typedef {object} Label
 * @property {number} index of the lane or process
 * @property {number} middle
 *
 * @typedef {object} Labels
 * @property {Label[]} lanes
 * @property {Label[]} processes
 */

export const HIGHEST = 20;
const LOWEST = 3;
/** The lowest rows whose bars have room for names. */
const NAMED = 12;

/**
 * @typedef {object} Gaps air in px
 * @property {number} lane between lanes of a process
 * @property {number} process between processes
 */
const WIDE = { lane: 3, process: 11 };
const MIDDLING = { lane: 2, process: 9 };
const CLOSE = { lane: 1, process: 7 };
const TIGHT = { lane: 1, process: 5 };
const NARROW = { lane: 0, process: 5 };
const MOST_SPARE = 9;

/**
 * @param {readonly {process: number, tracks: readonly unknown[]}[]} lanes
 * @param {number} room
 * @returns {Layout}
 */
export function layout(lanes, room) {
  for (let pitch = HIGHEST; pitch >= LOWEST; pitch -= 1) {
    for (const gaps of gapsFor(pitch)) {
      const left = room - height(lanes, pitch, gaps);
      if (left >= 0) return placed(lanes, pitch, { ...gaps, process: gaps.process + spare(lanes, left) });
    }
  }
  return placed(lanes, LOWEST, NARROW);
}

/**
 * What the content would take with rows of the greatest height.
 * @param {readonly {process: number, tracks: readonly unknown[]}[]} lanes
 */
export function desired(lanes) {
  return height(lanes, HIGHEST, WIDE);
}

/**
 * Room that is left over sets the processes further apart.
 * @param {readonly {process: number}[]} lanes
 * @param {number} left px
 */
function spare(lanes, left) {
  const processes = lanes.filter(
    (lane, index) => index === 0 || lane.process !== lanes[index - 1].process,
  ).length;
  return Math.min(MOST_SPARE, Math.floor(left / (processes + 1)));
}

/**
 * The widest first: rows rather give up air than height, most of all the height of a name.
 * @param {number} pitch
 */
function gapsFor(pitch) {
  if (pitch >= NAMED) return [WIDE, MIDDLING, CLOSE, TIGHT];
  return pitch >= 8 ? [WIDE, MIDDLING, CLOSE] : pitch >= 5 ? [MIDDLING, CLOSE] : [CLOSE, NARROW];
}

/**
 * @param {readonly {process: number, tracks: readonly unknown[]}[]} lanes
 * @param {number} pitch
 * @param {Gaps} gap
 */
function height(lanes, pitch, gap) {
  let sum = gap.process;
  lanes.forEach((lane, index) => {
    if (index > 0) sum += lane.process === lanes[index - 1].process ? gap.lane : gap.process;
    sum += Math.max(1, lane.tracks.length) * pitch;
  });
  return sum;
}

/**
 * @param {readonly {process: number, tracks: readonly unknown[]}[]} lanes
 * @param {number} pitch
 * @param {Gaps} gap
 * @returns {Layout}
 */
function placed(lanes, pitch, gap) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {number[]} */
  const sections = [];
  let top = Math.floor(gap.process / 2);
  const laneTop = lanes.map((lane, index) => {
    const first = index === 0 || lane.process !== lanes[index - 1].process;
    if (index > 0) top += first ? gap.process : gap.lane;
    if (first) sections.push(index === 0 ? 0 : top - Math.ceil(gap.process / 2));
    const begin = top;
    for (let track = 0; track < lane.tracks.length; track += 1)
      rows.push({ lane: index, track, top: top + track * pitch });
    top += Math.max(1, lane.tracks.length) * pitch;
    return begin;
  });
  return { rows, bar: pitch - 1, pitch, laneTop, sections, height: top + Math.ceil(gap.process / 2) };
}

/**
 * The rows that a view of `room` px shows at least a pixel of, as indices `[from, to)`.
 * @param {Layout} layout
 * @param {number} scroll
 * @param {number} room
 */
export function visible({ rows, bar }, scroll, room) {
  const from = firstIndex(rows, (row) => row.top + bar > scroll);
  const to = firstIndex(rows, (row) => row.top >= scroll + room);
  return { from, to: Math.max(from, to) };
}

/**
 * The row at a height of the content, gaps between bars of one lane counted to the bar above.
 * @param {Layout} layout
 * @param {number} y
 */
export function rowAt({ rows, pitch }, y) {
  const index = firstIndex(rows, (row) => row.top > y) - 1;
  return index >= 0 && y < rows[index].top + pitch ? index : -1;
}

/**
 * Labels of the lanes in view and, at the first lane in view of each, of the processes: those that stand at
 * least `distance` px apart, from the top. No lane of a process without a label has one: it would seem to be
 * of the process above.
 * @param {Layout} layout
 * @param {readonly {process: number, tracks: readonly unknown[]}[]} lanes
 * @param {number} scroll
 * @param {number} room
 * @param {number} distance
 * @returns {Labels}
 */
export function labels({ laneTop, pitch, sections }, lanes, scroll, room, distance) {
  /** @type {Label[]} */
  const laneLabels = [];
  /** @type {Label[]} */
  const processLabels = [];
  let process = -1; // the last that has its label
  for (let lane = firstVisibleLane(laneTop, scroll); lane < lanes.length; lane += 1) {
    const cut = laneTop[lane] < scroll;
    const [above, below] = [lineAbove(sections, laneTop[lane]), lineBelow(sections, laneTop[lane])];
    const centre = laneTop[lane] + pitch / 2;
    const isLow = below - above < distance + 2; // the label stands over both its lines, which give way
    // A lane cut off by the upper edge keeps its label as long as there is room for it.
    const middle = cut ? scroll + distance / 2 : isLow ? centre : Math.max(centre, above + distance / 2 + 1);
    const end = laneTop[lane] + Math.max(1, lanes[lane].tracks.length) * pitch;
    if (cut && middle > end - distance / 4) continue;
    if (middle > scroll + room - distance / 4) break;
    if (!cut && middle + distance / 2 > below && lanes[lane].process === process) continue;
    if (lanes[lane].process !== process && apart(processLabels, middle, distance)) {
      process = lanes[lane].process;
      processLabels.push({ index: process, middle });
    }
    if (lanes[lane].process === process && apart(laneLabels, middle, distance))
      laneLabels.push({ index: lane, middle });
  }
  return { lanes: laneLabels, processes: processLabels };
}

/**
 * The lines between processes that would strike through a label.
 * @param {number[]} sections
 * @param {Labels} labels
 * @param {number} distance between labels at least
 * @returns {Set<number>}
 */
export function struck(sections, { lanes, processes }, distance) {
  const middles = [...lanes, ...processes].map(({ middle }) => middle).sort((one, other) => one - other);
  return new Set(
    sections.filter((line) => {
      const next = middles[firstIndex(middles, (middle) => middle > line - distance / 2)];
      return next < line + distance / 2;
    }),
  );
}

/**
 * The lane that a place in the label columns stands for: the one whose label is there, else the nearest.
 * @param {Layout} layout
 * @param {readonly {tracks: readonly unknown[]}[]} lanes
 * @param {readonly Label[]} shown labels, of lanes
 * @param {number} y
 * @param {number} distance between labels at least
 */
export function laneAt({ laneTop, pitch }, lanes, shown, y, distance) {
  const label = shown.find(({ middle }) => Math.abs(y - middle) < distance / 2);
  if (label) return label.index;
  const lane = firstVisibleLane(laneTop, y);
  const end = laneTop[lane] + Math.max(1, lanes[lane].tracks.length) * pitch;
  const isNext = lane + 1 < lanes.length && laneTop[lane + 1] - y < y - end;
  return isNext ? lane + 1 : lane;
}

/**
 * The line before the lane's process: no label stands on it.
 * @param {number[]} sections
 * @param {number} top
 */
function lineAbove(sections, top) {
  return sections[firstIndex(sections, (section) => section > top) - 1] ?? 0;
}

/**
 * @param {number[]} sections
 * @param {number} top
 */
function lineBelow(sections, top) {
  return sections[firstIndex(sections, (section) => section > top)] ?? Infinity;
}

/**
 * @param {Label[]} labels
 * @param {number} middle
 * @param {number} distance
 */
function apart(labels, middle, distance) {
  const last = labels[labels.length - 1];
  return !last || middle - last.middle >= distance;
}

/**
 * @param {number[]} laneTop
 * @param {number} scroll
 */
function firstVisibleLane(laneTop, scroll) {
  return Math.max(0, firstIndex(laneTop, (top) => top > scroll) - 1);
}

/**
 * The first index for which `holds`, given that it holds for all after the first.
 * @template T
 * @param {readonly T[]} list
 * @param {(item: T) => boolean} holds
 */
function firstIndex(list, holds) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(list[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}
