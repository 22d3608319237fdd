// @ts-check
// The stretch of time that the chart shows, and how gestures change it.
//
// Takes windows in ns since the trace's start, gives windows that lie inside the whole and are never
// narrower than ten nanoseconds. Pure.

/**
 * @typedef {object} Window
 * @property {number} start
 * @property {number} end
 */

const LEAST = 10;

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
