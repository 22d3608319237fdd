// @ts-check
// Colours: twelve hues, which task has which, and what text is legible on them.
//
// Takes names, gives `#rrggbb`. Each hue has a shade for the light and one for the dark page; the tests
// compute the laws they keep: 3:1 against the page, OKLab distance 0.06 between any two, also as seen with
// deuteranopia and protanopia. The same names get the same hues in every run. The user's own colour wins. Pure.

/**
 * @typedef {object} Paint
 * @property {string[]} fill per key of the trace
 * @property {string[]} text per key: black or white, whichever is legible on the fill
 * @property {string[]} task per name of the trace: the user's colour where all its keys have the same, else its hue
 */

export const BACKGROUND = { light: "#ffffff", dark: "#16181d" };

/** @type {{light: readonly string[], dark: readonly string[]}} */
export const HUES = {
  light: [
    "#5a73cd",
    "#a84a0a",
    "#1da56c",
    "#b14e80",
    "#c7830d",
    "#80489d",
    "#159e9e",
    "#a43a49",
    "#5d864f",
    "#1396d7",
    "#a159a8",
    "#b9610f",
  ],
  dark: [
    "#5e8bd3",
    "#b95f4e",
    "#5fb175",
    "#d27ba8",
    "#c3993b",
    "#b8a7fb",
    "#30c8ca",
    "#f08e9b",
    "#abc065",
    "#30abce",
    "#b069a6",
    "#b38125",
  ],
};

/**
 * @param {import("#page/data.js").Trace} trace
 * @param {"light" | "dark"} scheme
 * @returns {Paint}
 */
export function paint(trace, scheme) {
  const hues = HUES[scheme];
  const tasks = [...new Set(trace.keys.map((key) => key.task))];
  /** @type {string[]} */
  const hue = [];
  const assigned = assign(tasks.map((task) => trace.raw[task]));
  tasks.forEach((task, index) => (hue[task] = hues[assigned[index]]));
  const fill = trace.keys.map((key) => key.color ?? hue[key.task]);
  return { fill, text: fill.map(textOn), task: taskColors(trace.keys, fill, hue) };
}

/**
 * @param {readonly import("#page/data.js").Key[]} keys
 * @param {string[]} fill
 * @param {string[]} hue
 */
function taskColors(keys, fill, hue) {
  /** @type {string[]} */
  const colors = [];
  keys.forEach(({ task }, key) => {
    colors[task] = colors[task] === undefined || colors[task] === fill[key] ? fill[key] : hue[task];
  });
  return colors;
}

/**
 * An index into the hues for each name: its hash chooses; of those that want the same, the later by name
 * takes the next free one. Once all are taken, the hash alone chooses.
 * @param {readonly string[]} names all different
 */
export function assign(names) {
  const count = HUES.light.length;
  /** @type {Set<number>} */
  const taken = new Set();
  /** @type {Map<string, number>} */
  const chosen = new Map();
  for (const name of [...names].sort(byCodeUnits)) {
    let hue = hash(name) % count;
    while (taken.size < count && taken.has(hue)) hue = (hue + 1) % count;
    taken.add(hue);
    chosen.set(name, hue);
  }
  return names.map((name) => chosen.get(name) ?? 0);
}

/**
 * FNV-1a, 32 bits, over UTF-8.
 * @param {string} text
 */
export function hash(text) {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/**
 * Black or white: one of the two has a contrast above 4.5 with any colour.
 * @param {string} color
 */
export function textOn(color) {
  return contrast(color, "#ffffff") >= 4.5 ? "#ffffff" : "#000000";
}

/**
 * By WCAG 2, 1 to 21.
 * @param {string} one `#rrggbb`
 * @param {string} other
 */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/**
 * The linear parts of red, green and blue, 0 to 1.
 * @param {string} color `#rrggbb`
 * @returns {[number, number, number]}
 */
export function linear(color) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return [red, green, blue];
}

/** @param {string} color */
function luminance(color) {
  const [red, green, blue] = linear(color);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * @param {string} one
 * @param {string} other
 */
function byCodeUnits(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}
