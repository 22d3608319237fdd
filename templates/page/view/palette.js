// @ts-check
// Colours: 48 hues in three tiers, which task has which, and which text is legible on them.
//
// Takes names, gives `#rrggbb`. Each hue has one shade for the light page and one for the dark page. Tests compute
// the rules for them: 3:1 contrast with the page, and OKLab distances between any two, also with deuteranopia and
// protanopia: 0.09 in the first tier, 0.06 in the first two, and in all three 0.06, but 0.03 with these. Beyond 48
// names hues are shared. The same names get the same hues in every run. The user's own colour wins. Declared waits are
// grey; a name that has nothing else takes no hue. Pure.

/**
 * @typedef {object} Paint
 * @property {string[]} fill per key of the trace
 * @property {string[]} text per key: black or white, whichever is legible on the fill
 * @property {string[]} faint per key: the faded fill
 * @property {string[]} name per name of the trace: the user's colour where all its keys have the same, else its hue;
 *   waits do not count where the name has others
 * @property {string[]} row per row of the trace's table: that of its name; of waits where it has nothing else
 * @property {string} wait of declared waits
 * @property {string} point of point events
 * @property {string} background of the page
 */

export const BACKGROUND = { light: "#ffffff", dark: "#16181d" };

/** Of all declared waits: stronger than what is idle. */
export const WAIT = { light: "#8a8a8a", dark: "#808080" };

/** Of all point events: the page's ink, since hues are of tasks. */
export const POINT = { light: "#1c1e21", dark: "#e4e6ea" };

/** How much of a colour is left when it is faded. */
const FAINT = 0.2;

/** The minimum strength of a colour in a cell of the raster: rarely busy cells stay visible. */
const LEAST_STRENGTH = 0.3;

/** Where each tier of hues begins, and the last ends. */
export const TIERS = [0, 12, 24, 48];
/** The tiers that are filled together: those of a later round are for names that find none free before. Up to twelve
 * names so have hues that are far apart. */
const ROUNDS = [[0], [1], [2]];
/** Steps that lead to each hue of a tier. */
const STEPS = [1, 5, 7, 11];

/** OKLab distance under which a hue could be taken for a colour of the user's. */
const NEAR = 0.09;

/** @type {{light: readonly string[], dark: readonly string[]}} */
export const HUES = {
  light: [
    "#5e90fd", "#e67115", "#14a963", "#6e2c78", "#00a2ba", "#9e1a05", "#4e6a97", "#a65e00",
    "#7d60d4", "#268166", "#2745ae", "#075b41", "#5286c9", "#be5057", "#5a9087", "#5c0073",
    "#e3619c", "#352099", "#62212f", "#5b5ab2", "#810001", "#6a4e73", "#992e51", "#4d3356",
    "#c46b82", "#5041c8", "#764695", "#01443f", "#a569ae", "#c36b14", "#0e4887", "#704428",
    "#7777ee", "#c73b72", "#761048", "#583114", "#974701", "#c160d2", "#880068", "#531853",
    "#8e9a3d", "#8d6d8e", "#6f753c", "#be7cb2", "#80249b", "#7d5d38", "#9d7e47", "#e3706c",
  ],
  dark: [
    "#5889e7", "#f9c546", "#78edad", "#b66aa5", "#32c2b3", "#ef8f73", "#9bdbff", "#af4708",
    "#7455b8", "#087e63", "#b4a5ff", "#b38300", "#5aa7ca", "#d67587", "#91d4c4", "#904d8f",
    "#f8f087", "#0291be", "#5a905e", "#a8bce3", "#e8b77d", "#b7f7ff", "#b9a124", "#bbfeca",
    "#835d47", "#72a0ec", "#2b8491", "#539f8e", "#b58caf", "#dca744", "#42e4e1", "#fed2b9",
    "#5374bb", "#a56444", "#ae5165", "#89d295", "#c98b52", "#d188cf", "#9a6b7f", "#dba3c5",
    "#bfdd8a", "#90bb95", "#64b872", "#ffbee8", "#a579cd", "#6d681e", "#8f7a12", "#cd6d51",
  ],
};

/**
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {"light" | "dark"} scheme
 * @param {"task" | "group"} [by] whose name chooses the hue
 * @returns {Paint}
 */
export function paint(trace, scheme, by = "task") {
  const [hues, wait, point] = [HUES[scheme], WAIT[scheme], POINT[scheme]];
  const names = withoutColor(trace.keys, by);
  const own = new Set(trace.keys.flatMap(({ color, wait }) => (wait ? Object.values(WAIT) : (color ?? []))));
  /** @type {string[]} */
  const hue = [];
  const taken = near([...own]);
  // Where hues must be shared, names with an entry of the legend share none with each other.
  const [first, others] = names.length > hues.length ? apart(trace, names, by) : [names, []];
  for (const some of [first, others]) {
    const assigned = assign(
      some.map((name) => trace.raw[name]),
      taken,
    );
    some.forEach((name, index) => (hue[name] = hues[assigned[index]]));
    taken.push(...assigned);
  }
  const fill = trace.keys.map((key) => (key.point ? point : key.wait ? wait : (key.color ?? hue[key[by]])));
  const name = nameColors(trace.keys, fill, hue, by);
  const isWait = onlyWaits(trace);
  return {
    fill,
    text: fill.map(textOn),
    faint: fill.map((color) => mixed(color, BACKGROUND[scheme], FAINT)),
    name,
    row: trace.tasks.map((task, row) => (isWait[row] ? wait : name[task[by]])),
    wait,
    point,
    background: BACKGROUND[scheme],
  };
}

/**
 * For each row of the table whether all its spans are declared waits.
 * @param {import("#page/trace/data.js").Trace} trace
 */
export function onlyWaits({ tasks, keys }) {
  const works = new Set(keys.flatMap(({ row, wait }) => (wait ? [] : [row])));
  const waits = new Set(keys.flatMap(({ row, wait }) => (wait ? [row] : [])));
  return tasks.map((_, row) => waits.has(row) && !works.has(row));
}

/**
 * The names that the reader meets first, and the others.
 * @param {import("#page/trace/data.js").Trace} trace
 * @param {readonly number[]} names
 * @param {"task" | "group"} by
 */
function apart(trace, names, by) {
  const ranked = [...new Set(trace.tasks.map((task) => task[by]))].filter((name) => names.includes(name));
  const first = new Set(ranked.slice(0, TIERS[2]));
  return [names.filter((name) => first.has(name)), names.filter((name) => !first.has(name))];
}

/**
 * How much of a task's colour there is in a cell of the raster.
 * @param {number} share that the cell was busy, 0 to 1
 */
export function strength(share) {
  return LEAST_STRENGTH + (1 - LEAST_STRENGTH) * share;
}

/**
 * Red, green and blue, 0 to 255.
 * @param {string} color `#rrggbb`
 */
export function channels(color) {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

/**
 * A colour for the line of each process that counts: the page's accent where there is one alone, else hues, first
 * those that no span has, so that as few lines as may be seem to be a task's.
 * @param {number} count
 * @param {"light" | "dark"} scheme
 * @param {string} accent
 * @param {readonly string[]} fills of the spans
 */
export function lineColors(count, scheme, accent, fills) {
  const taken = new Set(fills);
  const hues = HUES[scheme].slice(0, TIERS[2]).sort((one, other) => Number(taken.has(one)) - Number(taken.has(other)));
  return Array.from({ length: count }, (_, index) => (count === 1 ? accent : hues[index % hues.length]));
}

/**
 * The names that need a hue: those to which the user gave no colour, or more than one.
 * @param {readonly import("#page/trace/data.js").Key[]} keys
 * @param {"task" | "group"} by
 */
function withoutColor(keys, by) {
  /** @type {Map<number, string | null>} */
  const colors = new Map();
  for (const { [by]: name, color, wait, point } of keys) {
    if (wait || point) continue;
    const known = colors.get(name);
    colors.set(name, known === undefined || known === color ? color : null);
  }
  return [...colors].flatMap(([name, color]) => (color === null ? [name] : []));
}

/**
 * @param {readonly import("#page/trace/data.js").Key[]} keys
 * @param {string[]} fill
 * @param {string[]} hue
 * @param {"task" | "group"} by
 */
function nameColors(keys, fill, hue, by) {
  /** @type {string[]} */
  const colors = [];
  keys.forEach(({ [by]: name, wait, point }, key) => {
    if (wait || point) return;
    colors[name] = colors[name] === undefined || colors[name] === fill[key] ? fill[key] : hue[name];
  });
  keys.forEach(({ [by]: name }, key) => (colors[name] ??= fill[key]));
  return colors;
}

/**
 * So much of one colour over another, as light would mix in the screen's own encoding.
 * @param {string} color `#rrggbb`
 * @param {string} under `#rrggbb`
 * @param {number} share 0 to 1
 */
export function mixed(color, under, share) {
  const below = channels(under);
  const parts = channels(color).map((over, at) => Math.round(over * share + below[at] * (1 - share)));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/**
 * The hues that look like one of these colours, in either scheme, so that a task has one hue in both.
 * @param {readonly string[]} colors
 */
export function near(colors) {
  /** @param {string} shade */
  const isNear = (shade) => colors.some((color) => distance(shade, color) < NEAR);
  return HUES.light.flatMap((light, hue) => (isNear(light) || isNear(HUES.dark[hue]) ? [hue] : []));
}

/**
 * An index into the hues for each name. Its hash chooses; of those that want the same hue, the first by name has it.
 * Each of the others, by name, takes the next free hue of the first twelve, in an order of its own; once these are
 * taken, of the next tier. So a name with the hue of its hash keeps it when another name is added, unless the added one
 * wants the same hue and comes first. Beyond 48 names all begins again.
 * @param {readonly string[]} names all different
 * @param {readonly number[]} [taken] the hues that others have already
 */
export function assign(names, taken = []) {
  /** @type {Map<string, number>} */
  const chosen = new Map();
  let rest = [...names].sort(byCodeUnits);
  for (let turn = 0; rest.length > 0; turn += 1) {
    const tiers = ROUNDS[turn % ROUNDS.length];
    const isLate = turn >= ROUNDS.length; // names share hues in any case
    const free = new Set(tiers.flatMap(tierOf).filter((hue) => isLate || !taken.includes(hue)));
    /** @param {(name: string) => number | undefined} wish */
    const grant = (wish) => {
      rest = rest.filter((name) => {
        const hue = wish(name);
        if (hue === undefined || !free.delete(hue)) return true;
        chosen.set(name, hue);
        return false;
      });
    };
    for (const tier of tiers) grant((name) => wanted(name, tier)[0]);
    for (const tier of [...tiers].reverse()) grant((name) => wanted(name, tier).find((hue) => free.has(hue)));
  }
  return names.map((name) => chosen.get(name) ?? 0);
}

/** The hues of a tier. @param {number} tier */
function tierOf(tier) {
  return Array.from({ length: TIERS[tier + 1] - TIERS[tier] }, (_, hue) => TIERS[tier] + hue);
}

/**
 * The hues of a tier in the order in which a name wants them.
 * @param {string} name
 * @param {number} tier
 */
export function wanted(name, tier) {
  const hues = tierOf(tier);
  const value = Math.floor(hash(name) / 12 ** tier); // names that want one hue here want several in the next tier
  const step = STEPS[(value >>> 16) % STEPS.length];
  return hues.map((_, turn) => hues[(value + turn * step) % hues.length]);
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

/**
 * How different two colours look: OKLab.
 * @param {string} one `#rrggbb`
 * @param {string} other
 */
function distance(one, other) {
  const [a, b] = [oklab(one), oklab(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** @param {string} color */
function oklab(color) {
  const [red, green, blue] = linear(color);
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
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
