// @ts-check
// Rows: where each track of each band is, from the top.
//
// A band has one label: a lane, a task, or a folded process (`arrangement.js`). Takes the bands and the room, gives
// places in px of the whole content. If that is higher than the room, it scrolls. Rows are 20 px high if they fit,
// and at least 3. The bands of a section, a process or a group, are adjacent, with space between sections. Pure.

/**
 * @typedef {object} Row
 * @property {number} band
 * @property {number} track
 * @property {number} top
 *
 * @typedef {object} Layout
 * @property {Row[]} rows by `top`
 * @property {number} bar the height of a bar; the next row of the same band begins 1 px below it
 * @property {number} pitch from one row to the next of the same band
 * @property {number[]} bandTop per band
 * @property {number[]} sections where a section begins, in the middle of the gap before it
 * @property {number} height of the whole content
 *
 * @typedef {object} Label
 * @property {number} index of the band or section
 * @property {number} middle
 *
 * @typedef {object} Labels
 * @property {Label[]} bands
 * @property {Label[]} processes of sections, which are processes or groups
 */

export const HIGHEST = 20;
const LOWEST = 3;
/** The least px of the first band of a side: its label and its strip can always be read. */
const SIDE = 16;
/** The lowest rows whose bars have room for names. */
const NAMED = 12;

/**
 * @typedef {object} Gaps air in px
 * @property {number} band between bands of a section
 * @property {number} section between sections
 */
const WIDE = { band: 3, section: 11 };
const MIDDLING = { band: 2, section: 9 };
const CLOSE = { band: 1, section: 7 };
const TIGHT = { band: 1, section: 5 };
const NARROW = { band: 0, section: 5 };
const MOST_SPARE = 9;

/**
 * @param {readonly {section: number, tracks: readonly unknown[], side?: number}[]} bands
 * @param {number} room
 * @param {number} [lowest] px of a row
 * @returns {Layout}
 */
export function layout(bands, room, lowest = LOWEST) {
  for (let pitch = HIGHEST; pitch >= lowest; pitch -= 1) {
    for (const gaps of gapsFor(pitch)) {
      const left = room - height(bands, pitch, gaps);
      if (left >= 0) return placed(bands, pitch, { ...gaps, section: gaps.section + spare(bands, left) });
    }
  }
  return placed(bands, lowest, gapsFor(lowest).at(-1) ?? NARROW);
}

/**
 * The lowest rows with names in bars and a label for each band, as long as the highest band can be seen whole: so the
 * rows by task scroll rather than become thin.
 * @param {readonly {tracks: readonly unknown[]}[]} bands
 * @param {number} room
 */
export function readable(bands, room) {
  const most = bands.reduce((sum, { tracks }) => Math.max(sum, tracks.length), 1);
  return Math.min(NAMED, Math.max(LOWEST, Math.floor(room / most)));
}

/**
 * The height of the content with rows of full height.
 * @param {readonly {section: number, tracks: readonly unknown[], side?: number}[]} bands
 */
export function desired(bands) {
  return height(bands, HIGHEST, WIDE);
}

/**
 * The height of a band.
 * @param {{tracks: readonly unknown[], side?: number}} band
 * @param {number} pitch
 */
export function heightOf({ tracks, side }, pitch) {
  return side === undefined ? Math.max(1, tracks.length) * pitch : Math.max(SIDE, pitch);
}

/**
 * Spare room becomes space between sections.
 * @param {readonly {section: number}[]} bands
 * @param {number} left px
 */
function spare(bands, left) {
  const sections = bands.filter((band, index) => index === 0 || band.section !== bands[index - 1].section).length;
  return Math.min(MOST_SPARE, Math.floor(left / (sections + 1)));
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
 * @param {readonly {section: number, tracks: readonly unknown[], side?: number}[]} bands
 * @param {number} pitch
 * @param {Gaps} gap
 */
function height(bands, pitch, gap) {
  let sum = gap.section;
  bands.forEach((band, index) => {
    if (index > 0) sum += band.section === bands[index - 1].section ? gap.band : gap.section;
    sum += heightOf(band, pitch);
  });
  return sum;
}

/**
 * @param {readonly {section: number, tracks: readonly unknown[], side?: number}[]} bands
 * @param {number} pitch
 * @param {Gaps} gap
 * @returns {Layout}
 */
function placed(bands, pitch, gap) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {number[]} */
  const sections = [];
  let top = Math.floor(gap.section / 2);
  const bandTop = bands.map((band, index) => {
    const first = index === 0 || band.section !== bands[index - 1].section;
    if (index > 0) top += first ? gap.section : gap.band;
    if (first) sections.push(index === 0 ? 0 : top - Math.ceil(gap.section / 2));
    const begin = top;
    for (let track = 0; track < band.tracks.length; track += 1)
      rows.push({ band: index, track, top: top + track * pitch });
    top += heightOf(band, pitch);
    return begin;
  });
  return { rows, bar: pitch - 1, pitch, bandTop, sections, height: top + Math.ceil(gap.section / 2) };
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
 * The row at a height of the content, gaps between bars of one band counted to the bar above.
 * @param {Layout} layout
 * @param {number} y
 */
export function rowAt({ rows, pitch }, y) {
  const index = firstIndex(rows, (row) => row.top > y) - 1;
  return index >= 0 && y < rows[index].top + pitch ? index : -1;
}

/**
 * Labels of the bands in view and, at the first band in view of each, of the sections: those that stand at
 * least `distance` px apart, from the top. No band of a section without a label has one: it would seem to be
 * of the section above.
 * @param {Layout} layout
 * @param {readonly {section: number, tracks: readonly unknown[], side?: number}[]} bands
 * @param {number} scroll
 * @param {number} room
 * @param {number} distance
 * @returns {Labels}
 */
export function labels({ bandTop, pitch, sections }, bands, scroll, room, distance) {
  /** @type {Label[]} */
  const bandLabels = [];
  /** @type {Label[]} */
  const sectionLabels = [];
  let section = -1; // the last that has its label
  for (let band = firstVisibleBand(bandTop, scroll); band < bands.length; band += 1) {
    const cut = bandTop[band] < scroll;
    const [above, below] = [lineAbove(sections, bandTop[band]), lineBelow(sections, bandTop[band])];
    const isSide = bands[band].side !== undefined;
    const centre = bandTop[band] + (isSide ? heightOf(bands[band], pitch) : pitch) / 2;
    const isLow = below - above < distance + 2; // the label stands over both its lines, which give way
    // A band cut off by the upper edge keeps its label as long as there is room for it.
    const middle = cut ? scroll + distance / 2 : isLow ? centre : Math.max(centre, above + distance / 2 + 1);
    const end = bandTop[band] + heightOf(bands[band], pitch);
    if (cut && middle > end - distance / 4) continue;
    if (middle > scroll + room - distance / 4) break;
    if (!cut && middle + distance / 2 > below && bands[band].section === section) continue;
    if (bands[band].section !== section && apart(sectionLabels, middle, distance)) {
      section = bands[band].section;
      sectionLabels.push({ index: section, middle });
    }
    if (bands[band].section === section && apart(bandLabels, middle, distance))
      bandLabels.push({ index: band, middle });
  }
  return { bands: bandLabels, processes: sectionLabels };
}

/**
 * The lines between sections that would strike through a label.
 * @param {number[]} sections
 * @param {Labels} labels
 * @param {number} distance between labels at least
 * @returns {Set<number>}
 */
export function struck(sections, { bands, processes }, distance) {
  const middles = [...bands, ...processes].map(({ middle }) => middle).sort((one, other) => one - other);
  return new Set(
    sections.filter((line) => {
      const next = middles[firstIndex(middles, (middle) => middle > line - distance / 2)];
      return next < line + distance / 2;
    }),
  );
}

/**
 * The band at a place in the label columns: the one whose label is there, else the nearest.
 * @param {Layout} layout
 * @param {readonly {tracks: readonly unknown[], side?: number}[]} bands
 * @param {readonly Label[]} shown labels, of bands
 * @param {number} y
 * @param {number} distance between labels at least
 */
export function bandAt({ bandTop, pitch }, bands, shown, y, distance) {
  const label = shown.find(({ middle }) => Math.abs(y - middle) < distance / 2);
  if (label) return label.index;
  const band = firstVisibleBand(bandTop, y);
  const end = bandTop[band] + heightOf(bands[band], pitch);
  const isNext = band + 1 < bands.length && bandTop[band + 1] - y < y - end;
  return isNext ? band + 1 : band;
}

/**
 * The line before the band's section; labels keep clear of it.
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
 * @param {number[]} bandTop
 * @param {number} scroll
 */
function firstVisibleBand(bandTop, scroll) {
  return Math.max(0, firstIndex(bandTop, (top) => top > scroll) - 1);
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
