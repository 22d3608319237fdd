// @ts-check
// The mip of a track: which task ran for how long, in bins of every power-of-two width from some ns up.
//
// Takes a track's columns, gives levels of bins, aligned to the trace's start. For each key a bin has the busy ns
// and the number of instants, so that all sums are exact whatever is hidden. Empty bins are left out. An unfinished
// span is in no bin: a track has at most one, and it is drawn as itself. The finest level has an eighth as many
// bins as the track has spans, and each coarser level is made from the one below: together they need about as much
// memory as the track. Finer bins are computed from the spans on request. Imports nothing, so that it also runs in
// a worker. Pure.

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
 */

/** Spans to a bin of the finest level. */
const SPANS = 8;
/** A track of fewer spans is its own mip. */
const FEW = 512;
/** Spans that are put into bins between two pauses. */
const PAUSE = 1 << 14;
/** A coarser level is kept when its entries are no more than this part of those of the one kept below it. */
const SHRUNK = 0.75;

/**
 * @param {Columns} track
 * @returns {Level[]} from the finest, each at least twice as wide as the one before; none for a small track
 */
export function mip(track) {
  const count = track.start.length;
  if (count < FEW) return [];
  let keys = 0;
  for (let span = 0; span < count; span += 1) keys = Math.max(keys, track.key[span] + 1);
  const out = collectorFor(count, slotsFor(keys));
  const making = binned(track, finest(track, Math.ceil(count / SPANS)), out);
  let step = making.next();
  while (!step.done) step = making.next();
  let level = step.value;
  const levels = [level];
  while (level.bin.length > 1) {
    const next = coarser(whole(level), level.width * 2, out);
    if (next.bin.length === 1 || next.code.length <= SHRUNK * levels[levels.length - 1].code.length)
      levels.push(next);
    level = next;
  }
  return levels;
}

/**
 * The mip of a track that has the spans of another, whose mip is known, with other keys: it has the same widths. It
 * pauses now and then.
 * @param {Columns} track
 * @param {readonly Level[]} other
 * @param {Int32Array} slots of all keys
 * @returns {Generator<void, Level[], void>}
 */
export function* mipLike(track, other, slots) {
  if (other.length === 0) return [];
  const out = collectorFor(track.start.length, slots);
  const levels = [yield* binned(track, other[0].width, out)];
  for (const { width } of other.slice(1)) {
    levels.push(coarser(whole(levels[levels.length - 1]), width, out));
    yield;
  }
  return levels;
}

/**
 * What collects the finest level of a track, and then each coarser one, which has no more bins and no more entries.
 * @param {number} count of spans
 * @param {Int32Array} slots of all keys
 */
function collectorFor(count, slots) {
  const bins = Math.ceil(count / SPANS);
  return new Collector(bins, count + bins, slots);
}

/**
 * The finest level of a track.
 * @param {Columns} track
 * @param {number} width ns of its bins, of which there are at most one for every `SPANS`
 * @param {Collector} out
 * @returns {Generator<void, Level, void>}
 */
function* binned(track, width, out) {
  const count = track.start.length;
  for (let from = 0; from < count; from += PAUSE) {
    addSpans(track, width, from, Math.min(count, from + PAUSE), -Infinity, Infinity, out);
    yield;
  }
  return out.level(width);
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
  if (factor <= 1) return range;
  return whole(coarser(range, width, new Collector(to - from, level.offset[to] - level.offset[from], slots)));
}

/**
 * Room to note what a bin holds already; one serves for all calls.
 * @param {number} keys how many there are
 */
export function slotsFor(keys) {
  return new Int32Array(2 * keys);
}

/**
 * The first index from `from` on whose value is `value` or more.
 * @param {Float64Array | Int32Array | Uint32Array} sorted
 * @param {number} value
 * @param {number} [from]
 */
export function lowerBound(sorted, value, from = 0) {
  let low = from;
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
 * The smallest power of two of ns with at most `most` non-empty bins.
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
    const first = Math.floor(start[span] / width);
    const through = Math.max(first, Math.ceil(end[span] / width) - 1);
    if (through <= last) continue;
    bins += through - Math.max(last + 1, first) + 1;
    last = through;
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
  const out = new Collector(bins, spans + bins, slots);
  addSpans(track, width, from, to, first, last, out);
  return out.level(width);
}

/**
 * @param {Columns} track
 * @param {number} width
 * @param {number} from span
 * @param {number} to
 * @param {number} first bin
 * @param {number} last bin
 * @param {Collector} out
 */
function addSpans({ start, end, key, unfinished }, width, from, to, first, last, out) {
  const perWidth = 1 / width; // exact: a power of two
  for (let span = from; span < to; span += 1) {
    if (span === unfinished) continue;
    const [begin, stop] = [start[span], end[span]];
    let bin = Math.floor(begin * perWidth);
    if (begin === stop) {
      if (bin >= first && bin <= last) out.put(bin, 2 * key[span] + 1, 1);
      continue;
    }
    for (bin = Math.max(bin, first); bin <= last && bin * width < stop; bin += 1)
      out.put(bin, 2 * key[span], Math.min(stop, (bin + 1) * width) - Math.max(begin, bin * width));
  }
}

/**
 * @param {Range} range
 * @param {number} width a greater one
 * @param {Collector} out
 */
function coarser({ level: { width: narrow, bin, offset, code, amount }, from, to }, width, out) {
  const part = narrow / width; // exact: powers of two
  for (let at = from; at < to; at += 1) {
    const into = Math.floor(bin[at] * part);
    for (let entry = offset[at]; entry < offset[at + 1]; entry += 1) out.put(into, code[entry], amount[entry]);
  }
  return out.level(width);
}

/** A level in the making: what is put into it comes bin after bin. Once it is made, another one may be. */
class Collector {
  /**
   * @param {number} mostBins
   * @param {number} mostEntries
   * @param {Int32Array} slots the entry of each code in the last bin that had it
   */
  constructor(mostBins, mostEntries, slots) {
    this.bin = new Float64Array(mostBins);
    this.offset = new Int32Array(mostBins + 1);
    this.code = new Int32Array(mostEntries);
    this.amount = new Float64Array(mostEntries);
    this.slots = slots;
    this.last = -Infinity; // the bin that is filled
    this.first = 0; // its first entry
    this.bins = 0;
    this.entries = 0;
  }

  /** @param {number} bin @param {number} code @param {number} amount */
  put(bin, code, amount) {
    if (bin !== this.last) {
      this.last = bin;
      this.first = this.entries;
      this.bin[this.bins] = bin;
      this.offset[this.bins] = this.entries;
      this.bins += 1;
    }
    const known = this.slots[code];
    if (known >= this.first && known < this.entries && this.code[known] === code) {
      this.amount[known] += amount;
      return;
    }
    this.slots[code] = this.entries;
    this.code[this.entries] = code;
    this.amount[this.entries] = amount;
    this.entries += 1;
  }

  /** @param {number} width @returns {Level} */
  level(width) {
    this.offset[this.bins] = this.entries;
    const level = {
      width,
      bin: this.bin.slice(0, this.bins),
      offset: this.offset.slice(0, this.bins + 1),
      code: this.code.slice(0, this.entries),
      amount: this.amount.slice(0, this.entries),
    };
    [this.last, this.first, this.bins, this.entries] = [-Infinity, 0, 0, 0];
    return level;
  }
}
