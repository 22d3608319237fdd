// @ts-check
// Values of counters over a window: at a moment, and as lines in steps.
//
// Takes the samples of a process, ordered by time. A value holds until the next sample, the last one to the end. Of
// the samples in one column of pixels only the min, the max and the last are kept: a line has at most four points a
// column, and costs one look at each sample in view. Pure.

/**
 * @typedef {import("#page/trace/data.js").Series} Series
 *
 * @typedef {object} Line points, each joined to the next: across, then up or down
 * @property {number[]} x px from the window's start
 * @property {number[]} value
 */

/**
 * The value at a moment; none before the first sample. Of several samples of that moment the last counts.
 * @param {Series} series
 * @param {number} time ns
 * @returns {number | undefined}
 */
export function valueAt({ time: times, value }, time) {
  return value[firstAfter(times, time) - 1];
}

/**
 * The series over a window.
 * @param {Series} series
 * @param {{start: number, end: number, width: number}} view ns, px
 * @returns {Line} without points where there is no value
 */
export function line({ time, value }, { start, end, width }) {
  /** @type {Line} */
  const out = { x: [], value: [] };
  const scale = width / (end - start);
  let index = firstAfter(time, start);
  let held = index > 0 ? value[index - 1] : undefined;
  if (held !== undefined) push(out, 0, held);
  while (index < time.length && time[index] <= end) {
    const x = (time[index] - start) * scale;
    const nextColumn = Math.floor(x) + 1;
    const first = index;
    let [least, greatest] = [value[first], value[first]];
    for (index += 1; time[index] <= end && (time[index] - start) * scale < nextColumn; index += 1) {
      if (value[index] < least) least = value[index];
      else if (value[index] > greatest) greatest = value[index];
    }
    if (held !== undefined) push(out, x, held);
    if (index - first > 1) {
      push(out, x, least);
      push(out, x, greatest);
    }
    held = value[index - 1];
    push(out, x, held);
  }
  if (held !== undefined) push(out, width, held);
  return out;
}

/**
 * @param {Line} line
 * @param {number} x
 * @param {number} value
 */
function push(line, x, value) {
  line.x.push(x);
  line.value.push(value);
}

/**
 * From the least to the greatest value of some lines, and always with zero, so that heights can be compared.
 * @param {readonly Line[]} lines
 * @returns {{low: number, high: number} | null} null where there is no value
 */
export function extent(lines) {
  if (lines.every(({ value }) => value.length === 0)) return null;
  let [low, high] = [0, 0];
  for (const { value } of lines)
    for (const one of value) {
      if (one < low) low = one;
      else if (one > high) high = one;
    }
  return { low, high };
}

/**
 * How many of the times are no later than `time`.
 * @param {Float64Array} times ascending
 * @param {number} time
 */
function firstAfter(times, time) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
