// @ts-check
// The query: what the reader typed into the search, as conditions on attributes and as text.
//
// Takes the query and the names of the trace's attributes. `NAME OP VALUE` is a condition where NAME is one of them, as
// it was recorded or as it is shown, exactly or else in any case; OP is `=`, `!=`, `<`, `<=`, `>` or `>=`. Names and
// values with blanks or operators are written in quotes, where `""` is a quote. A value of `=` and `!=` may be a glob,
// and is taken in any case; in quotes it is exactly that text. The others compare numbers, also with `k`, `M` or `G`
// behind them; a value that is no number fulfils none of them. `cpu OP TIME`, with a unit as in `cpu>1ms`, is a
// condition on the CPU time of spans, where any is known. All that is no condition is text. Pure.

import { globOf } from "#page/trace/glob.js";
import { brief, shown } from "#page/trace/names.js";
import { nsIn } from "#page/trace/units.js";

/**
 * @typedef {object} Condition
 * @property {number} attribute index into the names; a span without it fulfils no condition on it
 * @property {(value: string) => boolean} holds for a value; for one as it was recorded, or as it is shown
 * @property {boolean} isFolded whether it takes values in lower case
 * @property {boolean} isNegated whether it must not hold
 *
 * @typedef {(ns: number) => boolean} CpuCondition holds for a CPU time; a span of which none is known does not fulfil it
 *
 * @typedef {object} Query
 * @property {Condition[]} conditions all of them must hold
 * @property {CpuCondition[]} cpu the same
 * @property {string} text to be found besides; may be empty
 * @property {string} problem of a condition, for people; empty for none
 */

const CONDITION =
  /(?:"((?:[^"]|"")*)"|([^\s"=!<>]+))\s*(!=|[<>]=?|=)\s*(?:"((?:[^"]|"")*)"?|(\S*))/y;
const WORD = /\S+/y;
const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
/** @type {Readonly<Record<string, number>>} */
const UNITS = { k: 1e3, K: 1e3, M: 1e6, G: 1e9 };

/** @type {Readonly<Record<string, (value: number, limit: number) => boolean>>} */
const COMPARISONS = {
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
};

/** @type {Readonly<Record<string, (value: number, limit: number) => boolean>>} */
const CPU_COMPARISONS = {
  ...COMPARISONS,
  "=": (value, limit) => value === limit,
  "!=": (value, limit) => value !== limit,
};

/**
 * @param {string} query
 * @param {readonly string[]} names of the trace's attributes, as they were recorded
 * @param {boolean} [hasCpu] whether the CPU time of any span is known
 * @returns {Query}
 */
export function parse(query, names, hasCpu = false) {
  const attributeOf = lookup(names);
  /** @type {Condition[]} */
  const conditions = [];
  /** @type {CpuCondition[]} */
  const cpu = [];
  /** @type {string[]} */
  const words = [];
  let at = 0;
  while ((at += query.slice(at).search(/\S|$/)) < query.length) {
    CONDITION.lastIndex = WORD.lastIndex = at;
    const [condition, quotedName, name, operator, quoted, value] = CONDITION.exec(query) ?? [];
    const isOnCpu = condition !== undefined && hasCpu && (quotedName ?? name).toLowerCase() === "cpu";
    const ns = isOnCpu ? nsIn(quoted ?? value) : NaN;
    if (isOnCpu && !Number.isNaN(ns)) {
      cpu.push((own) => CPU_COMPARISONS[operator](own, ns));
      at += condition.length;
      continue;
    }
    const attribute = condition ? attributeOf(quotedName?.replaceAll('""', '"') ?? name) : undefined;
    if (isOnCpu && attribute === undefined) {
      const problem = `not a time such as 1ms: ${brief(condition.trim())}`;
      return { conditions: [], cpu: [], text: "", problem };
    }
    if (condition === undefined || attribute === undefined) {
      words.push(WORD.exec(query)?.[0] ?? "");
      at = WORD.lastIndex;
      continue;
    }
    at += condition.length;
    const own = conditionOf(attribute, operator, quoted?.replaceAll('""', '"'), value);
    if (typeof own === "string")
      return { conditions: [], cpu: [], text: "", problem: `${own}: ${brief(condition.trim())}` };
    conditions.push(own);
  }
  // Blanks between words are kept where the query is nothing but text.
  const isText = conditions.length + cpu.length === 0;
  return { conditions, cpu, text: isText ? query.trim() : words.join(" "), problem: "" };
}

/**
 * The condition that an attribute has a value, as a query.
 * @param {string} name
 * @param {string} value
 */
export function conditionOn(name, value) {
  return `${nameText(name)}=${quotedText(value)}`;
}

/**
 * The condition that an attribute's value begins so, as a query.
 * @param {string} name
 * @param {string} beginning
 */
export function beginningOn(name, beginning) {
  return `${nameText(name)}=${beginning.replace(/[\s"*\p{C}]/gu, "?")}*`;
}

/**
 * The condition that an attribute's value is a number of a range, as a query.
 * @param {string} name
 * @param {number} from
 * @param {number} to not in it
 */
export function rangeOn(name, from, to) {
  return `${nameText(name)}>=${from} ${nameText(name)}<${to}`;
}

/** @param {string} name */
function nameText(name) {
  return /^[^\s"=!<>]+$/.test(name) ? shown(name) : quotedText(name);
}

/**
 * As it was recorded, or as it is shown where characters of it are not.
 * @param {string} text
 */
function quotedText(text) {
  const form = shown(text).includes(text) ? text : shown(text);
  return `"${form.replaceAll('"', '""')}"`;
}

/**
 * The number that a value is, or NaN.
 * @param {string} value
 */
function numberIn(value) {
  return NUMBER.test(value) ? Number(value) : NaN;
}

/**
 * What finds an attribute by its name.
 * @param {readonly string[]} names
 * @returns {(name: string) => number | undefined}
 */
function lookup(names) {
  /** @type {Map<string, number>} */
  const exact = new Map();
  /** @type {Map<string, number>} */
  const any = new Map();
  for (const form of [(/** @type {string} */ name) => name, shown])
    names.forEach((name, index) => {
      const known = form(name);
      if (!exact.has(known)) exact.set(known, index);
      if (!any.has(known.toLowerCase())) any.set(known.toLowerCase(), index);
    });
  return (name) => exact.get(name) ?? any.get(name.toLowerCase());
}

/**
 * @param {number} attribute
 * @param {string} operator
 * @param {string | undefined} quoted
 * @param {string} value where it is not in quotes
 * @returns {Condition | string} or why there is none
 */
function conditionOf(attribute, operator, quoted, value) {
  if (quoted === undefined && value === "") return "no value";
  const compare = COMPARISONS[operator];
  const own = { attribute, isFolded: false, isNegated: operator === "!=" };
  if (compare) {
    const limit = limitIn(quoted ?? value);
    if (Number.isNaN(limit)) return "not a number";
    return { ...own, holds: (text) => compare(numberIn(text), limit) };
  }
  if (quoted !== undefined) return { ...own, holds: (text) => text === quoted };
  return { ...own, isFolded: true, holds: globOf(value.toLowerCase()) };
}

/** @param {string} text */
function limitIn(text) {
  const unit = UNITS[text.slice(-1)];
  return unit === undefined ? numberIn(text) : numberIn(text.slice(0, -1)) * unit;
}
