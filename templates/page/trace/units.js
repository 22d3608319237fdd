// @ts-check
// Figures for people: durations, counts, shares.
//
// Takes numbers (durations in ns), gives text: three significant figures and the unit that fits, as Rust's `units`
// does. A figure that rounds up to the next unit is shown in that unit. Pure.

const MINUS = "−";

/**
 * Name, length in ns, and the value from which on the next unit is used: 64.2 s are seconds still, so that they compare
 * at a glance with 51.1 s.
 * @type {readonly (readonly [string, number, number])[]}
 */
const UNITS = [
  ["us", 1e3, 1000],
  ["ms", 1e6, 1000],
  ["s", 1e9, 120],
  ["min", 60e9, 120],
  ["h", 3600e9, Infinity],
];

/**
 * `34 ns`, `1.20 us`, `412 ms`, `64.2 s`, `4.05 min`, `1,204 h`.
 * @param {number} ns
 */
export function duration(ns) {
  if (Math.round(ns) < 1000) return `${Math.round(ns)} ns`;
  const index = UNITS.findIndex(([, size, limit]) => Number(threeFigures(ns / size)) < limit);
  const [unit, size] = UNITS[index];
  const least = index === 0 ? 0 : UNITS[index - 1][1] * UNITS[index - 1][2]; // what rounds up to 2 min is 2.00 min
  return `${grouped(threeFigures(Math.max(ns, least) / size))} ${unit}`;
}

/**
 * `34,212,345 ns`.
 * @param {number} ns
 */
export function exact(ns) {
  return `${count(Math.round(ns))} ns`;
}

/** ns of the units in which people write times. */
const WRITTEN = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3],
  ["μs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["min", 60e9],
  ["h", 3600e9],
]);

/**
 * The time that a text such as `1.5ms` or `2 s` says, in ns; NaN if it says none.
 * @param {string} text
 */
export function nsIn(text) {
  const [, value, unit] = /^\s*(\d+\.?\d*|\.\d+)\s*([a-zµμ]+)\s*$/.exec(text) ?? [];
  return Number(value ?? NaN) * (WRITTEN.get(unit) ?? NaN);
}

/**
 * `1,204`.
 * @param {number} number a whole one
 */
export function count(number) {
  return grouped(String(number));
}

/**
 * `58.3 %`, `5.80 %`, `<0.01 %`.
 * @param {number} share 0 to 1
 */
export function percent(share) {
  const value = share * 100;
  if (value === 0) return "0 %";
  if (value < 0.01) return "<0.01 %";
  return `${threeFigures(value)} %`;
}

/**
 * `7.13`, `0.042`, `7,134`.
 * @param {number} value 0 or more
 */
export function ratio(value) {
  if (value === 0) return "0";
  if (value < 0.001) return "<0.001";
  return value < 0.9995 ? value.toFixed(3) : grouped(threeFigures(value));
}

/**
 * A counter's value: `0.713`, `7.13`, `17`, `1,204`; from a million on and below a thousandth `3.4e9`.
 * @param {number} value
 */
export function number(value) {
  const size = Math.abs(value);
  const rounded = Number(size.toPrecision(3));
  const sign = value < 0 ? MINUS : "";
  if (size >= 999_999.5 || (rounded < 0.001 && size > 0))
    return sign + size.toExponential(2).replace("e+", "e").replace(/\.?0+e/, "e");
  return sign + (size >= 99.95 ? grouped(size.toFixed(0)) : String(rounded));
}

/**
 * A counter's value to its last digit: `1,234,567.8`, `0.1`, `1e21`.
 * @param {number} value
 */
export function wholeNumber(value) {
  const size = Math.abs(value);
  const [whole, ...rest] = String(size).replace("e+", "e").split(/(?=[.e])/);
  return (value < 0 ? MINUS : "") + [grouped(whole), ...rest].join("");
}

/** @param {number} value */
function threeFigures(value) {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** @param {string} digits */
function grouped(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}
