// Records of lanes that work and wait: declared waits, spans of which the CPU time is known, and spans of which it is
// not.

import { random } from "../page/helper.js";

/** @typedef {import("./plain.js").Row} Row */

const MS = 1e6; // ns

/**
 * A pool of workers. Each waits in `queue.pop` for a request, parses it on a CPU, reads a file off it, and has the rest
 * of the time for itself. A lane `disk` has spans without CPU time.
 * @param {number} [workers]
 * @param {number} [requests] of each
 * @returns {Row[]}
 */
export function pool(workers = 5, requests = 12) {
  const next = random(23);
  return [
    ...Array.from({ length: workers }, (_, worker) => requestsOf(`worker-${worker}`, requests, next)).flat(),
    ...Array.from({ length: 6 }, (_, at) => {
      const start = at * 130 * MS + 20 * MS;
      return { lane: "disk", group: "disk", task: "flush", start, end: start + 55 * MS };
    }),
  ];
}

/**
 * @param {string} lane
 * @param {number} count
 * @param {() => number} next
 * @returns {Row[]}
 */
function requestsOf(lane, count, next) {
  let at = Math.floor(next() * 20) * MS;
  return Array.from({ length: count }, () => {
    const [wait, parse, read, rest] = [30, 12, 18, 9].map((most) => Math.ceil((0.3 + next()) * most) * MS);
    const begin = at + wait;
    const spans = [
      { lane, group: "pool", task: "queue.pop", start: at, end: begin, color: "wait" },
      { lane, group: "pool", task: "request", start: begin, end: begin + parse + read + rest, cpu: parse + Math.floor(rest / 2) + 0.1 * MS },
      { lane, group: "pool", task: "parse", start: begin, end: begin + parse, cpu: parse - 0.2 * MS },
      { lane, group: "pool", task: "read file", start: begin + parse, end: begin + parse + read, cpu: 0.1 * MS },
    ];
    at = begin + parse + read + rest + Math.floor(next() * 3) * MS;
    return spans;
  }).flat();
}
