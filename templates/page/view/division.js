// @ts-check
// What a lane, a task or a span did, in words: on a CPU, waiting, off the CPU, not known.
//
// Takes figures, gives texts; the same everywhere on the page. Names no unit of its own. Pure.

import { isKnown } from "#page/trace/division.js";
import { duration, percent, ratio } from "#page/trace/units.js";

/** @typedef {import("#page/trace/data.js").Division} Division */

/** What each part means. */
export const MEANING = {
  onCpu: "time on a CPU, from the CPU times of spans",
  waiting: "time in which the innermost span was a declared wait",
  offCpu: "time on no CPU without a declared wait: the thread waited for something, or for a CPU",
  notKnown: "time of spans that have no CPU time and are no declared wait",
};

/**
 * The parts that there are.
 * @param {Division} division
 * @returns {{name: string, ns: number, meaning: string}[]}
 */
function partsOf({ on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns }) {
  return [
    { name: "on CPU", ns: on_cpu_ns, meaning: MEANING.onCpu },
    { name: "waiting", ns: wait_ns, meaning: MEANING.waiting },
    { name: "off CPU", ns: off_cpu_ns, meaning: MEANING.offCpu },
    { name: "not known", ns: not_known_ns, meaning: MEANING.notKnown },
  ].filter(({ ns }) => ns > 0);
}

/**
 * `on CPU 41 %, waiting 9 %, off CPU 12 %, not known 38 %` of the busy time; empty where nothing of it is known.
 * @param {Division} division
 */
export function shares(division) {
  if (!isKnown(division)) return "";
  const parts = partsOf(division);
  const busy = parts.reduce((sum, { ns }) => sum + ns, 0);
  return parts.map(({ name, ns }) => `${name} ${percent(ns / busy)}`).join(", ");
}

/**
 * The same with times, a line for each part.
 * @param {Division} division
 */
export function meanings(division) {
  return partsOf(division).map(({ name, ns, meaning }) => `${name}: ${duration(ns)}, ${meaning}`).join("\n");
}

/**
 * `2.03 on CPU, 9.50 waiting` of a mean number of busy lanes; empty where nothing of it is known.
 * @param {number} busy
 * @param {{onCpu: number, waiting: number, offCpu: number}} parts of it
 */
export function lanesText(busy, { onCpu, waiting, offCpu }) {
  if (onCpu + waiting + offCpu === 0) return "";
  const rest = busy - onCpu - waiting - offCpu; // of sums of fractions
  const parts = [
    { name: "on CPU", lanes: onCpu },
    { name: "waiting", lanes: waiting },
    { name: "off CPU", lanes: offCpu },
    { name: "not known", lanes: rest > busy * 1e-6 ? rest : 0 },
  ];
  return parts.filter(({ lanes }) => lanes > 0).map(({ name, lanes }) => `${ratio(lanes)} ${name}`).join(", ");
}

/**
 * `1.20 ms of 4.10 ms (29.3 %)`.
 * @param {number} cpu ns
 * @param {number} length ns
 */
export function onCpuText(cpu, length) {
  return `${duration(cpu)} of ${duration(length)} (${percent(cpu / length)})`;
}
