// Traces drawn as text, as in the report's own tests: `a(0..10) b(12..12) c(14..)`, one text per track.

import { decode } from "#page/data.js";

/**
 * @param {string[][]} lanes the tracks of each
 * @param {number[]} [processes] of each lane
 */
export function data(lanes, processes = lanes.map(() => 0)) {
  /** @type {string[]} */
  const names = ["group"];
  /** @type {{group: number, task: number, color: string | null}[]} */
  const keys = [];
  let wall = 0;
  /** @param {string} name */
  const keyOf = (name) => {
    if (!names.includes(name)) {
      keys.push({ group: 0, task: names.length, color: null });
      names.push(name);
    }
    return names.indexOf(name) - 1;
  };
  const columns = lanes.map((tracks) =>
    tracks.map((text) => {
      /** @type {{gap: number[], duration: number[], key: number[]}} */
      const track = { gap: [], duration: [], key: [] };
      let at = 0;
      for (const [, name, from, to] of text.matchAll(/(\w+)\((\d+)\.\.(\d*)\)/g)) {
        const [start, end] = [Number(from), to === "" ? Number(from) : Number(to)];
        track.gap.push(start - at);
        track.duration.push(to === "" ? -1 : end - start);
        track.key.push(keyOf(name));
        at = end;
        wall = Math.max(wall, end);
      }
      return track;
    }),
  );
  return {
    origin_ns: "1795185798123456789",
    wall_ns: wall,
    zone: { name: "UTC", offsets: /** @type {[number, number][]} */ ([[0, 0]]) },
    duration_only: false,
    names,
    keys,
    processes: [...new Set(processes)].map((process) => ({
      label: `p${process}`,
      id: `${100 + process}`,
      title: `process ${process}`,
    })),
    lanes: columns.map((tracks, lane) => ({
      process: processes[lane],
      label: `l${lane}`,
      title: `${lane}.csv`,
      exact: true,
      tracks,
    })),
    concurrency: { first_ns: 0, width_ns: 1, busy_ns: [] },
    tasks: [],
  };
}

/** @param {string[][]} lanes @param {number[]} [processes] */
export function trace(lanes, processes) {
  return decode(data(lanes, processes));
}

/** @param {import("#page/data.js").Trace} trace */
export function tracksOf({ lanes }) {
  return lanes.flatMap(({ tracks }) => tracks);
}

/**
 * Numbers from 0 to 1 that are the same in every run (mulberry32).
 * @param {number} seed
 */
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A track of spans, instants among them, with a task of five each; sometimes unfinished at its end.
 * @param {() => number} next
 * @param {number} count
 */
export function randomTrack(next, count) {
  let at = Math.floor(next() * 20);
  const spans = Array.from({ length: count }, (_, index) => {
    const start = at + Math.floor(next() * next() * 60);
    const length = next() < 0.2 ? 0 : Math.floor(next() * next() * 40) + 1;
    at = start + length;
    const open = index === count - 1 && next() < 0.5;
    return `t${Math.floor(next() * 5)}(${start}..${open ? "" : at})`;
  });
  return spans.join(" ");
}
