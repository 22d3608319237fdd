// @ts-check
// The stretch of time that the chart shows, and how gestures change it.
//
// Takes windows in ns since the trace's start, gives windows inside the whole trace that are at least ten
// nanoseconds wide. Pure.

/**
 * @typedef {import("#page/trace/data.js").Window} Window
 */

const LEAST = 10;
const AIR = 0.1; // part of a stretch left free on either side of it
const EDGE = 0.1; // part of the window

/**
 * The whole run with some air at both ends; a trace without length gets a microsecond around its instant.
 * @param {number} wall
 * @returns {Window}
 */
export function whole(wall) {
  const air = wall > 0 ? Math.max(wall * 0.01, LEAST) : 500;
  return { start: -air, end: wall + air };
}

/**
 * Around `at`, which stays where it is on the screen; a factor under 1 shows less.
 * @param {Window} window
 * @param {number} at
 * @param {number} factor
 * @param {Window} limits
 */
export function zoomed(window, at, factor, limits) {
  const length = window.end - window.start;
  const wanted = Math.min(limits.end - limits.start, Math.max(LEAST, length * factor));
  const start = at - (at - window.start) * (wanted / length);
  return inside({ start, end: start + wanted }, limits);
}

/**
 * A stretch with air at both ends.
 * @param {number} start
 * @param {number} end
 * @param {Window} limits
 */
export function around(start, end, limits) {
  const air = Math.max(LEAST, (end - start) * AIR);
  return inside({ start: start - air, end: end + air }, limits);
}

/**
 * The window, no longer than before, moved as little as shows the stretch, or as much of its beginning as fits.
 * @param {Window} window
 * @param {number} start
 * @param {number} end
 * @param {Window} limits
 */
export function showing(window, start, end, limits) {
  const length = window.end - window.start;
  if (start <= window.end && end >= window.start) {
    // In view in part: enough to tell it, unless that part is at the very edge.
    const seen = Math.min(end, window.end) - Math.max(start, window.start);
    if (seen >= Math.min(end - start, length * EDGE)) return window;
  }
  const isLate = start >= window.start && end - start < length * (1 - 2 * EDGE);
  const wanted = isLate ? end - length * (1 - EDGE) : start - length * EDGE;
  return inside({ start: wanted, end: wanted + length }, limits);
}

/**
 * @param {Window} window
 * @param {number} by ns; forward is positive
 * @param {Window} limits
 */
export function panned(window, by, limits) {
  return inside({ start: window.start + by, end: window.end + by }, limits);
}

/**
 * The window moved, or cut, so that it lies inside the limits.
 * @param {Window} window
 * @param {Window} limits
 * @returns {Window}
 */
export function inside(window, limits) {
  const length = Math.max(LEAST, window.end - window.start);
  if (length >= limits.end - limits.start) return { ...limits };
  const start = Math.min(Math.max(window.start, limits.start), limits.end - length);
  return { start, end: start + length };
}

/**
 * @param {Window} one
 * @param {Window} other
 */
export function same(one, other) {
  return one.start === other.start && one.end === other.end;
}
