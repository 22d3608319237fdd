// @ts-check
// The innermost span of a lane at each moment, by the rule of Rust's `innermost`.
//
// Takes spans of a lane in their order. Attributes each stretch in which a finished one runs to the last in the order
// that does. So no moment counts twice, even where spans overlap without nesting. Where they nest, a span gets what
// its children leave of it. Pure.

/**
 * Calls `take` with the position of a span and a stretch, never empty, in which it was the innermost; in order of
 * time. Each span is looked at a constant number of times, however many are open at once.
 * @param {readonly import("#page/trace/data.js").Track[]} tracks
 * @param {import("#page/trace/order.js").Order} order of their spans
 * @param {Int32Array} positions in it, ascending
 * @param {(position: number, from: number, to: number) => void} take
 */
export function innermost(tracks, { track, span }, positions, take) {
  /** @type {number[]} those that run or will run again, each ending after the one above it; the innermost on top */
  const running = [];
  let at = -Infinity;
  /** @param {number} position */
  const endOf = (position) => tracks[track[position]].end[span[position]];
  /** @param {number} to */
  const advance = (to) => {
    while (running.length > 0) {
      const top = running[running.length - 1];
      const end = endOf(top);
      const until = Math.min(end, to);
      if (until > at) {
        take(top, at, until);
        at = until;
      }
      if (end > to) return;
      running.pop();
    }
    at = Math.max(at, to);
  };
  for (const position of positions) {
    const { start, unfinished } = tracks[track[position]];
    advance(start[span[position]]);
    if (span[position] === unfinished) continue;
    // What ends before it will never be innermost again.
    while (running.length > 0 && endOf(running[running.length - 1]) <= endOf(position)) running.pop();
    running.push(position);
  }
  advance(Infinity);
}
