// @ts-check
// The mip of a track: which task ran for how long, in bins of every power-of-two width from some ns up.
//
// Takes a track's columns, gives levels of bins that are aligned to the trace's start. Of a bin it holds, for
// each key, the busy ns and how many instants, so that all sums are exact whatever is switched off; bins in which
// nothing ran are left out. Unfinished spans are in none: there is one a track at most, and it is drawn as itself.
// The finest level has an eighth as many bins as the track has spans, a coarser one is made of the one below it:
// together they take about as much memory as the track. What is asked for finer than that is computed from the
// spans. Imports nothing, so that it also runs in a worker. Pure.

/**
 * @typedef {object} Columns of a track: see `data.js`
 * @property {Float64Array} start
 * @property {Float64Array} end
 * @property {Int32Array} key
 * @property {number} unfinished
 *
 * @typedef {object} Level
 * @property {number} width ns of a bin
 * @property {Float64Array} bin numbers, ascending: bin n is [n * width, (n + 1) * width)
 * @property {Int32Array} offset where the entries of each bin begin; one more than bins
 * @property {Int32Array} code of each entry: twice the key for its busy time, one more for its instants
 * @property {Float64Array} amount ns, or how many
 *
 * @typedef {object} Range some bins of a level
 * @property {Level} level
 * @property {number} from index of the first
 * @property {number} to behind the last
 *
 * @typedef {(bin: number, code: number, amount: number) => void} Put takes bins in ascending order
 */

/** Spans to a bin of the finest level. */
const SPANS = 8;
/** A track of fewer spans is its own mip. */
const FEW = 512;
/** A coarser level is kept when its entries are no more than this part of those of the one kept below it. */
const SHRUNK = 0.75;

/**
 * @param {Columns} track
 * @returns {Level[]} from the finest, each at least twice as wide as the one before; none for a small track
 */
export function mip(track) {
  const count = track.start.length;
  if (count < FEW) return [];
  const slots = slotsFor(track.key.reduce((most, key) => Math.max(most, key), 0) + 1);
  const most = Math.ceil(count / SPANS);
  const width = finest(track, most);
  let level = collected(width, most, count + most, slots, (put) => {
    addSpans(track, width, 0, count, -Infinity, Infinity, put);
  });
  const levels = [level];
  while (level.bin.length > 1) {
    const next = coarser({ level, from: 0, to: level.bin.length }, level.width * 2, slots);
    if (next.bin.length === 1 || next.code.length <= SHRUNK * levels[levels.length - 1].code.length)
      levels.push(next);
    level = next;
  }
  return levels;
}

/**
 * What the bins from `first` through `last` of a width hold. Of those of a track narrower than its finest level's it
 * computes them, of a mip without a track the finest level's stand for them.
 * @param {readonly Level[]} levels
 * @param {Columns | null} track
 * @param {number} width ns, a power of two
 * @param {number} first bin
 * @param {number} last bin
 * @param {Int32Array} slots of all keys
 * @returns {Range}
 */
export function binsIn(levels, track, width, first, last, slots) {
  let at = levels.length - 1;
  while (at >= 0 && levels[at].width > width) at -= 1;
  if (at < 0 && track) return whole(fromSpans(track, width, first, last, slots));
  const level = levels[Math.max(0, at)];
  const factor = width / level.width;
  const from = lowerBound(level.bin, Math.floor(first * factor));
  const to = lowerBound(level.bin, (last + 1) * factor);
  const range = { level, from, to };
  return factor > 1 ? whole(coarser(range, width, slots)) : range;
}

/**
 * Room to note what a bin holds already; one serves for all calls.
 * @param {number} keys how many there are
 */
export function slotsFor(keys) {
  return new Int32Array(2 * keys);
}

/**
 * The first index whose value is `value` or more.
 * @param {Float64Array} sorted
 * @param {number} value
 */
export function lowerBound(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @param {Level} level @returns {Range} */
function whole(level) {
  return { level, from: 0, to: level.bin.length };
}

/**
 * The least power of two of ns with which no more than `most` bins hold anything.
 * @param {Columns} track
 * @param {number} most
 */
function finest(track, most) {
  const extent = track.end[track.end.length - 1] - track.start[0];
  let width = 2 ** Math.max(0, Math.ceil(Math.log2(Math.max(1, extent) / most)));
  while (touched(track, width, most) > most) width *= 2;
  while (width > 1 && touched(track, width / 2, most) <= most) width /= 2;
  return width;
}

/**
 * How many bins of a width hold anything; counts no further than beyond `most`.
 * @param {Columns} track
 * @param {number} width
 * @param {number} most
 */
function touched({ start, end, unfinished }, width, most) {
  let [bins, last] = [0, -1];
  for (let span = 0; span < start.length && bins <= most; span += 1) {
    if (span === unfinished) continue;
    const first = Math.max(last + 1, Math.floor(start[span] / width));
    const through = Math.max(Math.floor(start[span] / width), Math.ceil(end[span] / width) - 1);
    bins += Math.max(0, through - first + 1);
    last = Math.max(last, through);
  }
  return bins;
}

/**
 * @param {Columns} track
 * @param {number} width
 * @param {number} first bin
 * @param {number} last bin
 * @param {Int32Array} slots
 */
function fromSpans(track, width, first, last, slots) {
  const from = lowerBound(track.end, first * width);
  const to = lowerBound(track.start, (last + 1) * width);
  const spans = Math.max(0, to - from);
  const bins = Math.max(0, last - first + 1);
  return collected(width, bins, spans + bins, slots, (put) => addSpans(track, width, from, to, first, last, put));
}

/**
 * @param {Columns} track
 * @param {number} width
 * @param {number} from span
 * @param {number} to
 * @param {number} first bin
 * @param {number} last bin
 * @param {Put} put
 */
function addSpans({ start, end, key, unfinished }, width, from, to, first, last, put) {
  for (let span = from; span < to; span += 1) {
    if (span === unfinished) continue;
    const [begin, stop] = [start[span], end[span]];
    let bin = Math.floor(begin / width);
    if (begin === stop) {
      if (bin >= first && bin <= last) put(bin, 2 * key[span] + 1, 1);
      continue;
    }
    for (bin = Math.max(bin, first); bin <= last && bin * width < stop; bin += 1)
      put(bin, 2 * key[span], Math.min(stop, (bin + 1) * width) - Math.max(begin, bin * width));
  }
}

/**
 * @param {Range} range
 * @param {number} width a greater one
 * @param {Int32Array} slots
 */
function coarser({ level: { width: narrow, bin, offset, code, amount }, from, to }, width, slots) {
  const factor = width / narrow;
  return collected(width, to - from, offset[to] - offset[from], slots, (put) => {
    for (let at = from; at < to; at += 1) {
      const into = Math.floor(bin[at] / factor);
      for (let entry = offset[at]; entry < offset[at + 1]; entry += 1) put(into, code[entry], amount[entry]);
    }
  });
}

/**
 * A level of what is put into it.
 * @param {number} width
 * @param {number} mostBins
 * @param {number} mostEntries
 * @param {Int32Array} slots the entry of each code in the last bin that had it
 * @param {(put: Put) => void} fill
 * @returns {Level}
 */
function collected(width, mostBins, mostEntries, slots, fill) {
  const bin = new Float64Array(mostBins);
  const offset = new Int32Array(mostBins + 1);
  const code = new Int32Array(mostEntries);
  const amount = new Float64Array(mostEntries);
  let [bins, entries] = [0, 0];
  fill((at, of, more) => {
    if (bins === 0 || bin[bins - 1] !== at) {
      bin[bins] = at;
      offset[bins] = entries;
      bins += 1;
    }
    const known = slots[of];
    if (known >= offset[bins - 1] && known < entries && code[known] === of) amount[known] += more;
    else {
      slots[of] = entries;
      code[entries] = of;
      amount[entries] = more;
      entries += 1;
    }
  });
  offset[bins] = entries;
  return {
    width,
    bin: bin.slice(0, bins),
    offset: offset.slice(0, bins + 1),
    code: code.slice(0, entries),
    amount: amount.slice(0, entries),
  };
}
