// @ts-check
// The state as text for the URL's hash, so that a copied link shows the same view.
//
// Takes a state, gives what differs from the initial view, as words in a fixed order:
// `window=0..5000000&hide=download/save&sort=total`. Takes such text, gives the parts of a state that are valid for
// this trace, and ignores the rest. Tasks are given by name, not by number; in a link to another run, so are
// processes and the pinned span: `pin=download/save/3` is the third span of its task. The text has no characters that
// chat programs take for markup. Light or dark is the reader's own choice and not part of it. Pure.

import { rowOf } from "#page/trace/data.js";
import { rank, ranked } from "#page/trace/walk.js";
import { INITIAL } from "#page/view/state.js";
import { inside, same, whole } from "#page/view/window.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/view/state.js").State} State
 * @typedef {import("#page/view/window.js").Window} Window
 *
 * @typedef {object} Field
 * @property {(state: State, trace: Trace) => string | null} write null where there is nothing to say
 * @property {(text: string, trace: Trace) => Partial<State> | null} read null where it is not valid
 */

const FINE = 1e6; // ns: stretches up to this long have fractions
const DIGITS = 3;
/** Before the name of point events, in place of a task; no encoded name begins with it. */
const POINT = "@";
const STRETCH = /^(-?\d+(?:\.\d+)?)\.\.(-?\d+(?:\.\d+)?)$/;

/** @type {Readonly<Record<string, Field>>} */
const FIELDS = {
  run: {
    write: (_, { run }) => run,
    read: () => null, // which one it is was decided before the trace was there
  },
  window: {
    write: ({ window }, { wall }) => (same(window, whole(wall)) ? null : stretchText(window)),
    read: (text, { wall }) => {
      const found = stretch(text, whole(wall));
      if (!found || found.start === found.end) return null;
      const limits = whole(wall);
      const within = { start: Math.max(found.start, limits.start), end: Math.min(found.end, limits.end) };
      const window = inside(within, limits);
      return { window: isNear(window, found) ? found : window };
    },
  },
  scroll: {
    write: ({ scroll }) => (Math.round(scroll) > 0 ? String(Math.round(scroll)) : null),
    read: (text) => (/^\d{1,9}$/.test(text) ? { scroll: Number(text) } : null),
  },
  hide: {
    write: ({ hidden }, trace) =>
      hidden.size === 0 || isMost(hidden, trace) ? null : rowsText([...hidden], trace),
    read: (text, trace) => ({ hidden: new Set(rowsIn(text, trace)) }),
  },
  only: {
    write: ({ hidden }, trace) =>
      isMost(hidden, trace)
        ? rowsText(
            [...trace.subjects.keys()].filter((row) => !hidden.has(row)),
            trace,
          )
        : null,
    read: (text, trace) => {
      const shown = new Set(rowsIn(text, trace));
      if (text !== "" && shown.size === 0) return null; // of another run: nothing would be left
      return { hidden: new Set([...trace.subjects.keys()].filter((row) => !shown.has(row))) };
    },
  },
  fold: {
    write: ({ folded }) => [...folded].sort((one, other) => one - other).join(".") || null,
    read: (text, trace) => ({
      folded: new Set(
        text.includes("/")
          ? processesIn(text, trace)
          : text.split(".").flatMap((part) => index(part, trace.processes.length) ?? []),
      ),
    }),
  },
  search: {
    write: ({ query }) => encoded(query) || null,
    read: (text) => {
      const query = decoded(text);
      return query ? { query } : null;
    },
  },
  select: {
    write: ({ selected }) => selected && stretchText(selected),
    read: (text, { wall }) => {
      const [found, limits] = [stretch(text, whole(wall)), whole(wall)];
      if (!found) return null;
      return {
        selected: { start: Math.max(found.start, limits.start), end: Math.min(found.end, limits.end) },
      };
    },
  },
  pin: {
    write: ({ pinned }) => pinned && [pinned.lane, pinned.track, pinned.span].join("."),
    read: (text, trace) => {
      if (text.includes("/")) return pinnedIn(text, trace);
      const { lanes } = trace;
      const [first, second, third, ...rest] = text.split(".");
      const lane = index(first, lanes.length);
      const track = lane === null ? null : index(second, lanes[lane].tracks.length);
      if (lane === null || track === null || rest.length > 0) return null;
      const span = index(third, lanes[lane].tracks[track].count);
      return span === null ? null : { pinned: { lane, track, span } };
    },
  },
  details: choice("details", ["short", "all"]),
  task: {
    write: ({ task }, trace) => (task === null ? null : nameOf(task, trace)),
    read: (text, trace) => {
      const [task] = rowsIn(text, trace);
      return task === undefined || task >= trace.tasks.length ? null : { task };
    },
  },
  by: {
    write: ({ by }) => (by === null ? null : encoded(by)),
    read: (text, { splits }) => {
      const by = decoded(text);
      return splits.some(({ name }) => name === by) ? { by } : null;
    },
  },
  table: choice("scope", ["whole", "view", "selection"]),
  sort: {
    write: ({ sort: { column, descending } }) =>
      column === INITIAL.sort.column && descending === INITIAL.sort.descending
        ? null
        : (descending ? "-" : "") + encoded(column),
    read: (text) => {
      const descending = text.startsWith("-");
      const column = decoded(descending ? text.slice(1) : text);
      return column ? { sort: { column, descending } } : null;
    },
  },
  rows: choice("rows", ["lanes", "tasks"]),
  color: choice("color", ["task", "group"]),
  time: choice("time", ["clock", "since"]),
};

/** What another run has in other places is there by name; its rows may be others. @type {typeof FIELDS} */
const ALIKE = {
  ...FIELDS,
  scroll: { ...FIELDS.scroll, write: () => null },
  fold: {
    ...FIELDS.fold,
    write: ({ folded }, trace) => [...folded].map((process) => processName(process, trace)).join(",") || null,
  },
  pin: { ...FIELDS.pin, write: ({ pinned }, trace) => pinned && spanName(pinned, trace) },
};

/**
 * What a link to this view has behind its `#`; nothing where the page looks as it does when it is opened.
 * @param {State} state
 * @param {Trace} trace
 */
export function toHash(state, trace) {
  return written(FIELDS, state, trace);
}

/**
 * The same for a link to another run: what of the view means the same there.
 * @param {string | null} run
 * @param {State} state
 * @param {Trace} trace of this run
 */
export function toHashOf(run, state, trace) {
  return written(ALIKE, state, { ...trace, run });
}

/** @param {typeof FIELDS} fields @param {State} state @param {Trace} trace */
function written(fields, state, trace) {
  return Object.entries(fields)
    .map(([name, { write }]) => [name, write(state, trace)])
    .filter(([, text]) => text !== null)
    .map(([name, text]) => `${name}=${text}`)
    .join("&");
}

/**
 * @param {string} text with or without its `#`
 * @param {Trace} trace
 * @returns {Partial<State>}
 */
export function fromHash(text, trace) {
  const parts = text.replace(/^#/, "").split("&");
  const texts = new Map(
    parts.flatMap((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [] : [[part.slice(0, at), part.slice(at + 1)]];
    }),
  );
  return Object.assign(
    {},
    ...Object.entries(FIELDS).map(([name, { read }]) => {
      const found = texts.get(name);
      return found === undefined ? null : read(found, trace);
    }),
  );
}

/**
 * The runs that a hash chooses, as `2`, `2,5` or `a3,b2`; null for those that the page opens with.
 * @param {string} text with or without its `#`
 */
export function runIn(text) {
  return /(?:^|[#&])run=([a-z0-9]+(?:,[a-z0-9]+)?)(?:&|$)/.exec(text)?.[1] ?? null;
}

/**
 * A field that is one of some words, the first of them at the start.
 * @template {"details" | "scope" | "rows" | "color" | "time"} K
 * @param {K} key
 * @param {readonly State[K][]} words
 * @returns {Field}
 */
function choice(key, words) {
  return {
    write: (state) => (state[key] === INITIAL[key] ? null : state[key]),
    read: (text) => {
      const word = words.find((candidate) => candidate === text);
      return word === undefined ? null : { [key]: word };
    },
  };
}

/** @param {Window} stretch */
function stretchText({ start, end }) {
  const digits = end - start > FINE ? 0 : DIGITS;
  return [start, end].map((time) => String(Number(time.toFixed(digits)))).join("..");
}

/**
 * @param {string} text
 * @param {Window} limits that it must touch
 * @returns {Window | null}
 */
function stretch(text, limits) {
  const [start, end] = (STRETCH.exec(text) ?? []).slice(1).map(Number);
  return start <= end && start < limits.end && end > limits.start && end < Infinity ? { start, end } : null;
}

/**
 * Whether they are the same but for the errors of computing with fractions.
 * @param {Window} one
 * @param {Window} other
 */
function isNear(one, other) {
  return Math.max(Math.abs(one.start - other.start), Math.abs(one.end - other.end)) < 10 ** -DIGITS / 2;
}

/**
 * Whether the rows that are left are fewer than those that are switched off.
 * @param {ReadonlySet<number>} hidden
 * @param {Trace} trace
 */
function isMost(hidden, { subjects }) {
  return hidden.size * 2 > subjects.length;
}

/**
 * @param {readonly number[]} rows
 * @param {Trace} trace
 */
function rowsText(rows, trace) {
  return [...rows]
    .sort((one, other) => one - other)
    .map((row) => nameOf(row, trace))
    .join(",");
}

/**
 * The rows whose names are listed; names that the trace does not have are passed over.
 * @param {string} text
 * @param {Trace} trace
 */
function rowsIn(text, trace) {
  if (text === "") return [];
  const known = new Map(trace.subjects.map((_, row) => [nameOf(row, trace), row]));
  return text.split(",").flatMap((name) => {
    const mark = name.startsWith(POINT) ? POINT : "";
    const parts = name.slice(mark.length).split("/").map(decoded);
    if (parts.includes(null)) return [];
    return known.get(mark + parts.map((part) => encoded(part ?? "")).join("/")) ?? [];
  });
}

/**
 * @param {number} row
 * @param {Trace} trace
 */
function nameOf(row, { tasks, subjects, raw }) {
  const { group, task } = subjects[row];
  return `${row < tasks.length ? "" : POINT}${encoded(raw[group])}/${encoded(raw[task])}`;
}

/**
 * A process by its label, and which it is of those with the same.
 * @param {number} process
 * @param {Trace} trace
 */
function processName(process, { processes }) {
  const { label } = processes[process];
  const before = processes.slice(0, process).filter((other) => other.label === label);
  return `${encoded(label)}/${before.length}`;
}

/**
 * @param {string} text
 * @param {Trace} trace
 */
function processesIn(text, trace) {
  const known = new Map(trace.processes.map((_, process) => [processName(process, trace), process]));
  return text.split(",").flatMap((name) => known.get(name) ?? []);
}

/**
 * A span by its task, and which of the task's it is; null where not all spans are known.
 * @param {import("#page/view/state.js").Place} place
 * @param {Trace} trace
 */
function spanName(place, trace) {
  if (trace.lanes.some(({ isSummarised }) => isSummarised)) return null;
  return `${nameOf(rowOf(trace, place), trace)}/${rank(trace, place).at}`;
}

/**
 * @param {string} text
 * @param {Trace} trace
 */
function pinnedIn(text, trace) {
  if (trace.lanes.some(({ isSummarised }) => isSummarised)) return null;
  const [, name, at] = /^(.*)\/(\d{1,9})$/.exec(text) ?? [];
  const [row] = name === undefined ? [] : rowsIn(name, trace);
  const pinned = row === undefined ? null : ranked(trace, row, Number(at));
  return pinned && { pinned };
}

/**
 * @param {string} text
 * @param {number} length
 */
function index(text, length) {
  return /^\d{1,9}$/.test(text) && Number(text) < length ? Number(text) : null;
}

/**
 * Also what chats take for markup, and a dot that they would take for the end of a sentence.
 * @param {string} text
 */
function encoded(text) {
  const whole = text.replace(/\p{Surrogate}/gu, "\ufffd"); // halves of characters have no encoding
  return encodeURIComponent(whole).replace(
    /['()*!~]|\.$/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
