// @ts-check
// The CPU time of spans, shared out to the innermost ones by the rule of Rust's `cpu`.
//
// Takes the tracks of a lane. Each instant belongs to the innermost running span *whose CPU time is known*. Of that CPU
// time, what the known spans directly inside it used is theirs; the rest is spread evenly over the span's own instants.
// Waits of which none is known are left out of that. Gives the stretches in which a span that is no wait is the
// innermost one and the CPU time is known. All of it is in whole ns, and exact. Pure.

import { innermost } from "#page/trace/innermost.js";
import { ordered } from "#page/trace/order.js";

/**
 * @typedef {import("#page/trace/data.js").Track} Track
 * @typedef {import("#page/trace/order.js").Order} Order
 *
 * @typedef {object} Stretches of time, none overlap; columns of one length, in order
 * @property {number} count how many there are; the columns have room for more
 * @property {Int32Array} position in the lane's order of the span that was the innermost
 * @property {Float64Array} start
 * @property {Float64Array} end
 *
 * @typedef {object} Known stretches of which it is known for how long the lane was on a CPU; columns of one length
 * @property {Float64Array} start
 * @property {Float64Array} end
 * @property {Int32Array} key of the innermost span
 * @property {Float64Array} cpu ns, at most the stretch's length
 *
 * @typedef {object} Share the CPU time of a span, while it is shared out
 * @property {number} cpu what its own instants have together
 * @property {number} own its own instants
 * @property {number} done how many of them had their part
 * @property {number} given how much these have
 */

/** @type {Known} */
const NOTHING = { start: new Float64Array(), end: new Float64Array(), key: new Int32Array(), cpu: new Float64Array() };

/** @type {WeakMap<readonly Track[], Known>} results of a pure function, and no state */
const known = new WeakMap();

/**
 * @param {readonly Track[]} tracks of a lane
 * @param {readonly {wait: boolean}[]} keys
 * @param {() => Order} [order] of the tracks' spans
 * @returns {Known}
 */
export function knownIn(tracks, keys, order = () => ordered(tracks)) {
  if (tracks.every(({ cpu }) => !cpu)) return NOTHING;
  const found = known.get(tracks) ?? shared(tracks, keys, order());
  known.set(tracks, found);
  return found;
}

/**
 * How much of a stretch's CPU time is in a part of it. Parts that follow one another sum to the whole.
 * @param {Known} known
 * @param {number} at index of the stretch
 * @param {number} from ns, not before its start
 * @param {number} to not after its end
 */
export function cpuIn({ start, end, cpu }, at, from, to) {
  const length = end[at] - start[at];
  return part(cpu[at], to - start[at], length) - part(cpu[at], from - start[at], length);
}

/**
 * The CPU time of a span, at most its duration; -1 if it is not known or the span takes no time.
 * @param {Track} track
 * @param {number} span
 */
export function cpuOf({ start, end, cpu, unfinished }, span) {
  const length = end[span] - start[span];
  if (!cpu || cpu[span] < 0 || span === unfinished || length <= 0) return -1;
  return Math.min(cpu[span], length);
}

/**
 * @param {readonly Track[]} tracks
 * @param {readonly {wait: boolean}[]} keys
 * @param {Order} order
 * @returns {Known}
 */
function shared(tracks, keys, order) {
  const { track, span } = order;
  const count = span.length;
  const [cpus, keyAt, every] = [new Float64Array(count), new Int32Array(count), new Int32Array(count)];
  for (let at = 0; at < count; at += 1) {
    const own = tracks[track[at]];
    [cpus[at], keyAt[at], every[at]] = [cpuOf(own, span[at]), own.key[span[at]], at];
  }
  const all = stretchesOf(tracks, order, every);
  const ofKnown = stretchesOf(tracks, order, every.filter((at) => cpus[at] >= 0));
  const isLeftOut = (/** @type {number} */ position) => cpus[position] < 0 && keys[keyAt[position]].wait;

  const left = leftOf(tracks, order, cpus);
  const own = new Float64Array(count);
  overlay(all, ofKnown, (position, around, from, to) => {
    if (isLeftOut(position)) left.length[around] -= to - from;
    else own[around] += to - from;
  });
  /** @type {(Share | undefined)[]} */
  const shares = new Array(count);
  const most = all.count + ofKnown.count; // each end of a piece is one of theirs
  const out = { start: new Float64Array(most), end: new Float64Array(most), key: new Int32Array(most), cpu: new Float64Array(most) };
  let pieces = 0;
  overlay(all, ofKnown, (position, around, from, to) => {
    if (isLeftOut(position)) return;
    const share = (shares[around] ??= shareOf(left.cpu[around], left.length[around], own[around]));
    const cpu = take(share, to - from);
    const key = keyAt[position];
    if (keys[key].wait) return;
    out.start[pieces] = from;
    out.end[pieces] = to;
    out.key[pieces] = key;
    out.cpu[pieces] = cpu;
    pieces += 1;
  });
  return {
    start: out.start.slice(0, pieces),
    end: out.end.slice(0, pieces),
    key: out.key.slice(0, pieces),
    cpu: out.cpu.slice(0, pieces),
  };
}

/**
 * The share of a span with these own instants. `cpu` and `length` are its own, less those of the spans inside it. Where
 * spans cross, that length has instants of others, too; these have a part as well.
 * @param {number} cpu
 * @param {number} length
 * @param {number} own
 * @returns {Share}
 */
function shareOf(cpu, length, own) {
  const all = Math.max(length, own, 1);
  return { cpu: part(Math.min(Math.max(cpu, 0), all), own, all), own, done: 0, given: 0 };
}

/**
 * The part of the next instants. Rounds the sum so far down, so that all parts sum to the whole.
 * @param {Share} share
 * @param {number} length
 */
function take(share, length) {
  share.done += length;
  const until = part(share.cpu, share.done, share.own);
  const cpu = until - share.given;
  share.given = until;
  return cpu;
}

/**
 * `whole * of / all`, rounded down; exact for whole numbers up to 2^53.
 * @param {number} whole
 * @param {number} of
 * @param {number} all
 */
function part(whole, of, all) {
  const product = whole * of;
  if (product <= Number.MAX_SAFE_INTEGER) return Math.floor(product / all);
  return Number((BigInt(whole) * BigInt(of)) / BigInt(all));
}

/**
 * @param {readonly Track[]} tracks
 * @param {Order} order
 * @param {Int32Array} positions
 * @returns {Stretches}
 */
function stretchesOf(tracks, order, positions) {
  const most = 2 * positions.length; // a span begins one, and ends one
  const [position, start, end] = [new Int32Array(most), new Float64Array(most), new Float64Array(most)];
  let count = 0;
  innermost(tracks, order, positions, (own, from, to) => {
    position[count] = own;
    start[count] = from;
    end[count] = to;
    count += 1;
  });
  return { count, position, start, end };
}

/**
 * For each span with known CPU time, this and its length, less those of the known spans directly inside it.
 * @param {readonly Track[]} tracks
 * @param {Order} order
 * @param {Float64Array} cpus
 */
function leftOf(tracks, { track, span }, cpus) {
  const left = { cpu: new Float64Array(cpus.length), length: new Float64Array(cpus.length) };
  /** @type {number[]} known spans that run, as positions; each ends after those above it */
  const running = [];
  const endOf = (/** @type {number} */ position) => tracks[track[position]].end[span[position]];
  for (let position = 0; position < cpus.length; position += 1) {
    if (cpus[position] < 0) continue;
    const end = endOf(position);
    const length = end - tracks[track[position]].start[span[position]];
    // What ends before this one ended already, or is never innermost again.
    while (running.length > 0 && endOf(running[running.length - 1]) < end) running.pop();
    left.cpu[position] = cpus[position];
    left.length[position] = length;
    const around = running[running.length - 1];
    if (around !== undefined) {
      left.cpu[around] -= cpus[position];
      left.length[around] -= length;
    }
    running.push(position);
  }
  return left;
}

/**
 * Calls `take` with each piece of the first stretches that lies in one of the second, and with that one's position.
 * @param {Stretches} stretches
 * @param {Stretches} others
 * @param {(position: number, around: number, from: number, to: number) => void} take
 */
function overlay(stretches, others, take) {
  let place = 0;
  for (let at = 0; at < stretches.count; at += 1) {
    const [from, to] = [stretches.start[at], stretches.end[at]];
    while (place < others.count && others.end[place] <= from) place += 1;
    for (let other = place; other < others.count && others.start[other] < to; other += 1)
      take(stretches.position[at], others.position[other], Math.max(from, others.start[other]), Math.min(to, others.end[other]));
  }
}
