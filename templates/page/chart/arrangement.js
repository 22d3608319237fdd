// @ts-check
// The arrangement: which bands the chart has, in which sections, and which tracks are in each band.
//
// Takes the trace and the reader's choice, gives bands from the top. Each side of a pair begins with a band that shows
// how many of its lanes are busy; all that is below it can be folded. By lanes: one per lane, in sections by process; a
// folded process is one band without tracks. By tasks, as PerformancePy's users know it: one per task over all lanes,
// in sections by group, with tracks that are made here (`packing.js`), which takes a while for many spans. A search
// that tells lanes apart packs what matches apart from what does not, so that a track is drawn in one way; one that
// tells spans of a key apart gives the tracks the twins of their keys. Every span has the same place in every view.
// Pure.

import { finished } from "#page/trace/slices.js";
import { latest } from "#page/trace/latest.js";
import { lowerBound, slotsFor } from "#page/trace/mip.js";
import { mipOf } from "#page/trace/skip.js";
import { rekeyed } from "#page/trace/twins.js";
import { packed, sortedByTask, sourcesOf } from "#page/chart/packing.js";

/**
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Track} Track
 * @typedef {import("#page/trace/search.js").Match} Match
 * @typedef {import("#page/view/state.js").Place} Place
 * @typedef {import("#page/chart/packing.js").Origin} Origin
 *
 * @typedef {object} Band
 * @property {number} section index into the arrangement's
 * @property {number} lane of the trace; of a folded process its first; -1 for a task, which has many
 * @property {number} task row of the table, in the view by tasks; else -1
 * @property {boolean} isFolded whether it is a strip of busy lanes
 * @property {number} [side] of which it is the first band, in a pair
 * @property {boolean} [isOpen] of such a band: whether the side's other bands follow
 * @property {string} label
 * @property {Track[]} tracks
 * @property {Origin[] | null} origins of the tracks; none where they are the lane's own
 *
 * @typedef {object} Arrangement
 * @property {"lanes" | "tasks"} by
 * @property {import("#page/trace/data.js").Process[]} sections the processes, or the groups
 * @property {Band[]} bands those of a section are adjacent
 * @property {(place: Place) => {band: number, track: number, span: number} | null} find place of a span in these bands
 */

/** @param {Trace} trace */
export function createArrangements(trace) {
  const byLanes = latest((/** @type {ReadonlySet<number>} */ folded) => lanesArranged(trace, folded));
  const made = createTaskBands(trace);
  const telling = latest((/** @type {Match | null} */ match) =>
    match && (match.trace !== trace || tellsLanesApart(trace, match)) ? match : null,
  );
  /** @type {{match: Match | null, arrangement: Arrangement} | null} the last that is whole */
  let byTasks = null;
  const withoutHidden = latest(without);

  /** @param {Match | null} match */
  function* tasksArranged(match) {
    const tasks = yield* made(match);
    const isSame = !match || match.trace === trace;
    return { match, arrangement: tasksOf(trace, isSame ? tasks : yield* withKeysOf(match.trace, tasks)) };
  }

  return {
    /**
     * @param {"lanes" | "tasks"} rows
     * @param {ReadonlySet<number>} folded processes, in the view by lanes
     * @param {ReadonlySet<number>} hidden tasks, which have no band in the view by tasks
     * @returns {Arrangement} by tasks the last that was prepared
     */
    arrangement: (rows, folded, hidden) =>
      rows === "lanes" ? byLanes(folded) : withoutHidden((byTasks ??= finished(tasksArranged(null))).arrangement, hidden),

    /** Whether each track by tasks is drawn in one way during a search. @param {Match | null} match */
    suits: (match) => byTasks?.match === telling(match),

    /**
     * Makes the arrangement by tasks, also to be drawn at any zoom; from the start where another is wanted meanwhile.
     * @param {() => Match | null | undefined} wanted for which search; undefined where none is wanted any longer
     * @returns {Generator<void, boolean, void>} whether it made one
     */
    *prepare(wanted) {
      let isNew = false;
      for (let match = wanted(); match !== undefined; match = wanted()) {
        const own = telling(match);
        if (byTasks?.match === own) return isNew;
        const making = tasksArranged(own);
        let step = making.next();
        for (; !step.done && wanted() === match; step = making.next()) yield;
        if (!step.done) continue;
        byTasks = step.value;
        isNew = true;
      }
      return isNew;
    },

    /** Whether there is an arrangement by tasks. */
    isPrepared: () => byTasks !== null,
  };
}

/**
 * The place in its lane of a span of a band's track.
 * @param {Pick<Band, "lane" | "origins">} band
 * @param {number} track
 * @param {number} span
 * @returns {Place}
 */
export function placeOf({ lane, origins }, track, span) {
  if (!origins) return { lane, track, span };
  const { sources, source, span: spans } = origins[track];
  const own = sources[source[span]];
  return { lane: own.lane, track: own.track, span: spans[span] };
}

/**
 * The lanes of each process, in the trace's order.
 * @param {Trace} trace
 */
export function lanesByProcess(trace) {
  /** @type {Map<number, number[]>} */
  const lanes = new Map();
  trace.lanes.forEach(({ process }, lane) => {
    const list = lanes.get(process);
    if (list) list.push(lane);
    else lanes.set(process, [lane]);
  });
  return lanes;
}

/**
 * @param {Trace} trace
 * @param {ReadonlySet<number>} folded
 * @returns {Arrangement}
 */
function lanesArranged(trace, folded) {
  const bandsOf = (/** @type {[number, number[]]} */ [process, lanes]) =>
    folded.has(process) ? [strip(process, lanes)] : lanes.map((lane) => laneBand(trace, lane));
  const all = [...lanesByProcess(trace)];
  const bands = !trace.sides
    ? all.flatMap(bandsOf)
    : trace.sides.flatMap(({ process }, side) => {
        const isOpen = !folded.has(process);
        const own = isOpen ? all.filter(([other]) => trace.processes[other].side === side) : [];
        return [sideBand(trace, process, side, isOpen), ...own.flatMap(bandsOf)];
      });
  const bandOf = new Map(bands.flatMap(({ lane, isFolded }, band) => (isFolded ? [] : [[lane, band]])));
  return {
    by: "lanes",
    sections: trace.processes,
    bands,
    find({ lane, track, span }) {
      const band = bandOf.get(lane);
      return band === undefined ? null : { band, track, span };
    },
  };
}

/**
 * @param {number} process
 * @param {number[]} lanes
 * @returns {Band}
 */
function strip(process, lanes) {
  const label = `${lanes.length} ${lanes.length === 1 ? "lane" : "lanes"}`;
  return { section: process, lane: lanes[0], task: -1, isFolded: true, label, tracks: [], origins: null };
}

/**
 * The first band of a side.
 * @param {Trace} trace
 * @param {number} section
 * @param {number} side
 * @param {boolean} isOpen
 * @returns {Band}
 */
function sideBand(trace, section, side, isOpen) {
  const { from, to } = (trace.sides ?? [])[side];
  const label = `${to - from} ${to - from === 1 ? "lane" : "lanes"}`;
  return { section, lane: from, task: -1, isFolded: true, side, isOpen, label, tracks: [], origins: null };
}

/**
 * @param {Trace} trace
 * @param {number} lane
 * @returns {Band}
 */
function laneBand(trace, lane) {
  const { process, label, tracks } = trace.lanes[lane];
  return { section: process, lane, task: -1, isFolded: false, label, tracks, origins: null };
}

/**
 * @param {Trace} trace
 * @param {Match} match
 */
function tellsLanesApart({ lanes }, match) {
  return lanes.some((_, lane) => match.maskOf(lane) !== match.maskOf(0));
}

/** @typedef {{task: number, side: number, tracks: Track[], origins: Origin[]}} Packed the tracks of a task; of a pair on one side */

/**
 * What packs the tasks for a search, and keeps what no search changes.
 * @param {Trace} trace
 * @returns {(match: Match | null) => Generator<void, Packed[], void>}
 */
function createTaskBands(trace) {
  const sources = sourcesOf(trace);
  /** @type {import("#page/chart/packing.js").Sorted | null} */
  let sorted = null;
  /** @type {Packed[]} of each task, all its lanes together */
  const whole = [];

  return function* (match) {
    const rows = trace.subjects.length;
    const places = Int32Array.from(trace.keys, ({ row, side = 0 }) => side * rows + row);
    sorted ??= yield* sortedByTask(sources, places, rows * (trace.sides?.length ?? 1));
    /** @type {Packed[]} */
    const out = [];
    for (const [place, runs] of sorted.runs.entries()) {
      if (runs.length === 0) continue;
      const task = place % rows;
      const parts = match ? partsOf(trace, task, runs, ({ source }) => match.maskOf(sources[source].lane)) : [runs];
      if (parts.length === 1) {
        whole[place] ??= yield* ofParts(place, sorted.spans, parts);
        out.push(whole[place]);
      } else out.push(yield* ofParts(place, sorted.spans, parts));
    }
    return out;
  };

  /**
   * @param {number} place of a task, those of the second side after all of the first
   * @param {Int32Array} spans
   * @param {readonly import("#page/chart/packing.js").Run[][]} parts which share no track
   * @returns {Generator<void, Packed, void>}
   */
  function* ofParts(place, spans, parts) {
    const task = place % trace.subjects.length;
    /** @type {Packed} */
    const own = { task, side: Math.floor(place / trace.subjects.length), tracks: [], origins: [] };
    for (const part of parts) {
      const { tracks, origins } = yield* packed(sources, spans, part, task >= trace.tasks.length);
      for (const track of tracks) {
        mipOf(track);
        yield;
      }
      own.tracks = own.tracks.concat(tracks);
      own.origins = own.origins.concat(origins);
    }
    return own;
  }
}

/**
 * The tracks of tasks with the keys that their spans have in another trace.
 * @param {Trace} trace
 * @param {readonly Packed[]} tasks
 * @returns {Generator<void, Packed[], void>}
 */
function* withKeysOf(trace, tasks) {
  const slots = slotsFor(trace.keys.length);
  /** @type {Packed[]} */
  const out = [];
  for (const { task, side, tracks, origins } of tasks) {
    /** @type {Track[]} */
    const own = [];
    for (const [index, track] of tracks.entries()) {
      const { sources, source, span } = origins[index];
      const keys = sources.map(({ lane, track }) => trace.lanes[lane].tracks[track].key);
      const key = track.key.map((_, at) => keys[source[at]][span[at]]);
      const isSame = key.every((value, at) => value === track.key[at]);
      own.push(isSame ? track : yield* rekeyed(track, key, slots));
    }
    out.push({ task, side, tracks: own, origins });
  }
  return out;
}

/**
 * The runs of a task by which of its keys match in their lane, those that match on top.
 * @template Run
 * @param {Trace} trace
 * @param {number} task
 * @param {readonly Run[]} runs
 * @param {(run: Run) => Uint8Array} maskOf
 * @returns {Run[][]}
 */
function partsOf({ keys }, task, runs, maskOf) {
  const own = [...keys.keys()].filter((key) => keys[key].row === task);
  /** @type {Map<string, Run[]>} */
  const parts = new Map();
  for (const run of runs) {
    const mask = maskOf(run);
    const matching = own.map((key) => mask[key]).join("");
    const part = parts.get(matching);
    if (part) part.push(run);
    else parts.set(matching, [run]);
  }
  return [...parts].sort(([one], [other]) => (one < other ? 1 : -1)).map(([, part]) => part);
}

/**
 * @param {Trace} trace
 * @param {readonly Packed[]} tasks
 * @returns {Arrangement}
 */
function tasksOf(trace, tasks) {
  const inOrder = tasks
    .map((own) => ({ ...own, first: own.tracks.reduce((least, { start }) => Math.min(least, start[0]), Infinity) }))
    .sort((one, other) => one.first - other.first);
  /** @type {Arrangement["sections"]} */
  const sections = [];
  /** @type {Band[]} */
  const bands = [];
  const bandOf = new Map();
  for (const side of trace.sides ? [0, 1] : [0]) {
    const own = inOrder.filter((task) => task.side === side);
    if (trace.sides) {
      const { process } = trace.sides[side];
      bands.push(sideBand(trace, sections.push(trace.processes[process]) - 1, side, true));
    }
    /** @type {Map<number, typeof own>} */
    const groups = new Map();
    for (const task of own) {
      const { group } = trace.subjects[task.task];
      const list = groups.get(group);
      if (list) list.push(task);
      else groups.set(group, [task]);
    }
    for (const [group, tasks] of groups) {
      const label = trace.raw[group] === "" ? "" : trace.names[group];
      const section = sections.push({ label, id: "", title: label }) - 1;
      for (const { task, tracks, origins } of tasks) {
        bandOf.set(`${side} ${task}`, bands.length);
        bands.push({ section, lane: -1, task, isFolded: false, label: trace.names[trace.subjects[task].task], tracks, origins });
      }
    }
  }
  return {
    by: "tasks",
    sections,
    bands,
    find(place) {
      const { row, side = 0 } = trace.keys[trace.lanes[place.lane].tracks[place.track].key[place.span]];
      const band = bandOf.get(`${side} ${row}`);
      return band === undefined ? null : foundIn(bands[band], band, trace, place);
    },
  };
}

/**
 * The arrangement by tasks without the bands of some, unless no band would stay.
 * @param {Arrangement} whole
 * @param {ReadonlySet<number>} hidden rows of the table
 * @returns {Arrangement}
 */
function without(whole, hidden) {
  const kept = [...whole.bands.keys()].filter((band) => !hidden.has(whole.bands[band].task));
  if (kept.length === whole.bands.length || kept.every((band) => whole.bands[band].task < 0)) return whole;
  const bandAfter = new Map(kept.map((band, place) => [band, place]));
  return {
    ...whole,
    bands: kept.map((band) => whole.bands[band]),
    find(place) {
      const found = whole.find(place);
      const band = found && bandAfter.get(found.band);
      return found && band !== undefined && band !== null ? { ...found, band } : null;
    },
  };
}

/**
 * @param {Pick<Band, "tracks" | "origins">} band
 * @param {number} index of the band
 * @param {Trace} trace
 * @param {Place} place
 */
function foundIn({ tracks, origins }, index, trace, place) {
  const start = trace.lanes[place.lane].tracks[place.track].start[place.span];
  for (const [track, origin] of (origins ?? []).entries()) {
    const { start: starts } = tracks[track];
    for (let span = lowerBound(starts, start); starts[span] === start; span += 1) {
      const { lane, track: own } = origin.sources[origin.source[span]];
      const isIt = lane === place.lane && own === place.track && origin.span[span] === place.span;
      if (isIt) return { band: index, track, span };
    }
  }
  return null;
}
