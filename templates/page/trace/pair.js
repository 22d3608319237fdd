// @ts-check
// The pair: two runs as one trace, one above the other, on the time since the start of each.
//
// Takes the data of two runs and what they are called. Names and tasks are united, so that colours, legend, search and
// table are shared; keys, processes, lanes and spans of the second come behind those of the first. Each side begins
// with a process of its own, which has no lane: it stands for all that follow. A side has a trace of its lanes alone,
// with the same names, keys and tasks, and its own length: figures of a side are computed from that. Pure.

import { outline } from "#page/trace/data.js";

/**
 * @typedef {import("#page/trace/data.js").Data} Data
 * @typedef {import("#page/trace/data.js").Trace} Trace
 * @typedef {import("#page/trace/data.js").Task} Task
 * @typedef {import("#page/trace/data.js").Side} Side
 * @typedef {import("#page/trace/decode.js").Rows} Rows
 * @typedef {import("#page/trace/decode.js").Samples} Samples
 * @typedef {import("#page/trace/attributes.js").Column} Column
 * @typedef {import("#page/trace/attributes.js").Load} Load
 *
 * @typedef {{key: Int32Array, share: Uint8Array}} Cells
 * @typedef {{label: string, about: string}} Name of a side
 * @typedef {{rows: Rows[], samples: Samples[]}} Decoded
 */

/** What a task has on a side that does not have it. */
const NONE = {
  count: 0,
  timings: 0,
  unfinished: 0,
  total_ns: 0,
  self_ns: 0,
  exact: true,
  mean_ns: null,
  median_ns: null,
  p95_ns: null,
  max_ns: null,
  exact_quantiles: true,
  division: { on_cpu_ns: 0, wait_ns: 0, off_cpu_ns: 0, not_known_ns: 0 },
  share: 0,
};

/** What the second adds to the numbers of the keys that its chunks have. @param {readonly [Data, Data]} datas */
export function keyShift([first]) {
  return first.keys.length;
}

/**
 * @param {readonly [Data, Data]} datas
 * @param {readonly [Cells, Cells]} cells whose keys are those of their own run; the second's are changed
 * @param {readonly [Name, Name]} names
 * @param {readonly [Load, Load]} loads of the attributes
 * @param {string | null} run by which an address chooses them
 * @returns {Trace} without rows and samples
 */
export function pairOutline(datas, cells, names, loads, run) {
  const { data, rowsOf } = united(datas, names);
  const attributes = attributesOf(datas, loads);
  const noCells = { key: new Int32Array(0), share: new Uint8Array(0) };
  const known = outline({ ...data, attributes: attributes.shapes }, noCells, attributes.load, run);
  const shift = keyShift(datas);
  cells[1].key.forEach((key, at, all) => (all[at] = key === 0 ? 0 : key + shift));
  const count = datas[0].lanes.length;
  const lanes = known.lanes.map((lane, index) => {
    const side = index < count ? 0 : 1;
    const { first_ns, width_ns, count: bins } = datas[side].raster;
    const from = (index - side * count) * bins;
    const { key, share } = cells[side];
    return { ...lane, raster: { first: first_ns, width: width_ns, key: key.subarray(from, from + bins), share: share.subarray(from, from + bins) } };
  });
  const base = data.keys.length;
  const keys = known.keys.map((key, index) => ({ ...key, side: index % base < shift ? 0 : 1 }));
  const processes = known.processes.map((process, index) => ({ ...process, ...sideOf(datas, index) }));
  return withSides({ ...known, lanes, keys, processes }, datas, names, rowsOf);
}

/**
 * @param {Trace} known
 * @param {readonly [Data, Data]} datas
 * @param {readonly [Decoded, Decoded]} decoded rows have the shifted keys
 * @returns {Trace} the whole
 */
export function pairComplete(known, datas, decoded) {
  const rows = [...decoded[0].rows, ...decoded[1].rows].values();
  const summarised = datas.flatMap(({ lanes }) => lanes.map((lane) => lane.summarised));
  const samples = samplesOf(known, datas, decoded).values();
  const whole = {
    ...known,
    hasRows: true,
    lanes: known.lanes.map((lane, index) => ({
      ...lane,
      isSummarised: summarised[index],
      tracks: lane.tracks.map((track) => ({ ...track, ...rows.next().value })),
    })),
    counters: known.counters.map((counter) => ({
      ...counter,
      series: counter.series.map((series) => ({ ...series, ...samples.next().value })),
    })),
  };
  const sides = (whole.sides ?? []).map((side) => ({
    ...side,
    trace: { ...side.trace, hasRows: true, lanes: whole.lanes.slice(side.from, side.to) },
  }));
  return { ...whole, sides };
}

/** Which side a process is of, and whether it stands for it. @param {readonly [Data, Data]} datas @param {number} index */
function sideOf(datas, index) {
  const second = datas[0].processes.length + 1;
  return { side: index < second ? 0 : 1, isSide: index === 0 || index === second };
}

/**
 * @param {Trace} trace
 * @param {readonly [Data, Data]} datas
 * @param {readonly [Name, Name]} names
 * @param {readonly [number[], number[]]} rowsOf
 * @returns {Trace}
 */
function withSides(trace, datas, names, rowsOf) {
  const sides = datas.map((data, index) => {
    const [from, to] = index === 0 ? [0, datas[0].lanes.length] : [datas[0].lanes.length, trace.lanes.length];
    /** @type {Task[]} */
    const tasks = trace.tasks.map(({ group, task }) => ({ ...NONE, group, task }));
    data.tasks.forEach((task, row) => {
      const { group, task: name } = trace.tasks[rowsOf[index][row]];
      tasks[rowsOf[index][row]] = { ...task, group, task: name };
    });
    const bins = data.concurrency;
    const own = {
      ...trace,
      wall: data.wall_ns,
      zone: { origin: BigInt(data.origin_ns), name: data.zone.name, offsets: data.zone.offsets },
      lanes: trace.lanes.slice(from, to),
      laneCount: data.lanes.filter((lane) => lane.has_spans).length,
      tasks,
      ledger: { ...data.ledger, tasks: data.ledger.tasks.map(({ task, ns }) => ({ task: rowsOf[index][task], ns })) },
      bins: { first: bins.first_ns, width: bins.width_ns, busy: bins.busy_ns, waiting: bins.wait_ns, onCpu: bins.on_cpu_ns, offCpu: bins.off_cpu_ns },
    };
    const process = trace.processes.findIndex(({ side, isSide }) => isSide && side === index);
    return { label: names[index].label, about: names[index].about, from, to, process, trace: own };
  });
  const countingSides = datas.flatMap(({ counting }, side) => counting.map(() => side));
  const [{ trace: one }, { trace: other }] = sides;
  return { ...trace, countingSides, bins: one.bins, laneCount: one.laneCount + other.laneCount, sides };
}

/**
 * The data of both, but for what has rows of its own: rasters, attributes and chunks.
 * @param {readonly [Data, Data]} datas
 * @param {readonly [Name, Name]} called
 */
function united(datas, called) {
  const [first, second] = datas;
  const names = [...first.names];
  const known = new Map(names.map((name, index) => [name, index]));
  const nameOf = (/** @type {number} */ index, /** @type {number} */ side) => {
    if (side === 0) return index;
    const name = second.names[index];
    const found = known.get(name) ?? names.push(name) - 1;
    known.set(name, found);
    return found;
  };
  /** @template {{group: number, task: number}} Of @param {Of} of @param {number} side @returns {Of} */
  const renamed = (of, side) => ({ ...of, group: nameOf(of.group, side), task: nameOf(of.task, side) });
  const { rows: tasks, rowsOf } = unitedRows(datas.map((data, side) => data.tasks.map((task) => renamed(task, side))), sumOfTasks);
  const { rows: points } = unitedRows(
    datas.map((data, side) => data.points.map((point) => renamed(point, side))),
    (one, other) => ({ ...one, count: one.count + other.count }),
  );
  const lanes = [first.lanes.length, 0];
  const processesBefore = [1, first.processes.length + 2];
  const place = (/** @type {[number, number, number]} */ [lane, track, span], /** @type {number} */ side) =>
    /** @type {[number, number, number]} */ ([lane + (side === 0 ? 0 : lanes[0]), track, span]);
  const counting = datas.flatMap(({ counting }, side) => counting.map((name) => `${called[side].label}: ${name}`));
  /** @type {Data} */
  const data = {
    origin_ns: first.origin_ns,
    wall_ns: Math.max(first.wall_ns, second.wall_ns),
    zone: first.zone,
    has_clock: false,
    duration_only: first.duration_only && second.duration_only,
    names,
    keys: datas.flatMap(({ keys }, side) => keys.map((key) => renamed(key, side))),
    points,
    processes: datas.flatMap(({ processes }, side) => {
      const { label, about } = called[side];
      return [{ label, id: about, title: about === "" ? label : `${label}, ${about}` }, ...processes];
    }),
    lanes: datas.flatMap((data, side) => data.lanes.map((lane) => ({ ...lane, process: lane.process + processesBefore[side] }))),
    row_chunks: [],
    raster: first.raster,
    concurrency: first.concurrency,
    counters: countersOf(datas).map(({ group, name, from }) => ({
      group,
      name,
      series: from.map(({ side, series }) => ({ ...series, process: series.process + (side === 0 ? 0 : first.counting.length) })),
    })),
    sample_chunks: [],
    counting,
    more_counters: first.more_counters + second.more_counters,
    attributes: [],
    attributes_left_out: first.attributes_left_out + second.attributes_left_out,
    attributes_short_ns: longerOf(first.attributes_short_ns, second.attributes_short_ns),
    more_attributes: first.more_attributes + second.more_attributes,
    attributes_command: null, // there is one for each run
    tasks,
    ledger: ledgerOf(datas, rowsOf),
    findings: [],
    distributions: datas.flatMap(({ distributions }, side) =>
      distributions.map((own) => ({
        ...own,
        task: rowsOf[side][own.task],
        side,
        slowest: own.slowest.map((slow) => ({ ...slow, place: place(slow.place, side) })),
      })),
    ),
    splits: [],
    asked: [...new Set(datas.flatMap(({ asked }, side) => asked.map((row) => rowsOf[side][row])))],
    more_asked: first.more_asked + second.more_asked,
    profiles: datas.flatMap(({ profiles }, side) => profiles.map((own) => ({ ...own, source: `${called[side].label}: ${own.source}` }))),
    more_profiles: first.more_profiles + second.more_profiles,
  };
  return { data, rowsOf };
}

/**
 * Rows of both sides by name, those with the most self time first.
 * @template {{group: number, task: number}} Row
 * @param {readonly Row[][]} sides
 * @param {(one: Row, other: Row) => Row} sum
 */
function unitedRows(sides, sum) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {Map<string, number>} */
  const known = new Map();
  const places = sides.map((own) =>
    own.map((row) => {
      const name = `${row.group} ${row.task}`;
      const found = known.get(name);
      if (found === undefined) {
        known.set(name, rows.push(row) - 1);
        return rows.length - 1;
      }
      rows[found] = sum(rows[found], row);
      return found;
    }),
  );
  const weight = (/** @type {any} */ row) => row.self_ns ?? row.count;
  const order = [...rows.keys()].sort((one, other) => weight(rows[other]) - weight(rows[one]));
  const placeOf = new Map(order.map((row, place) => [row, place]));
  const moved = places.map((own) => own.map((row) => placeOf.get(row) ?? row));
  return { rows: order.map((row) => rows[row]), rowsOf: /** @type {[number[], number[]]} */ (moved) };
}

/** @param {Task} one @param {Task} other @returns {Task} */
function sumOfTasks(one, other) {
  const add = (/** @type {"count" | "timings" | "unfinished" | "total_ns" | "self_ns"} */ name) => one[name] + other[name];
  const [count, total_ns] = [add("count"), add("total_ns")];
  return {
    ...one,
    count,
    total_ns,
    timings: add("timings"),
    unfinished: add("unfinished"),
    self_ns: add("self_ns"),
    exact: one.exact && other.exact,
    mean_ns: count > 0 ? Math.floor(total_ns / count) : null,
    median_ns: null, // of both together it is not known
    p95_ns: null,
    max_ns: longerOf(one.max_ns, other.max_ns),
    exact_quantiles: true,
    division: sumOfParts(one.division, other.division),
    share: (one.share + other.share) / 2,
  };
}

/** @template {Record<string, number>} Parts @param {Parts} one @param {Parts} other @returns {Parts} */
function sumOfParts(one, other) {
  const parts = Object.keys(one).map((name) => [name, one[name] + other[name]]);
  return /** @type {Parts} */ (Object.fromEntries(parts));
}

/** @param {number | null} one @param {number | null} other */
function longerOf(one, other) {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

/**
 * @param {readonly [Data, Data]} datas
 * @param {readonly [number[], number[]]} rowsOf
 * @returns {Data["ledger"]}
 */
function ledgerOf([{ ledger: one }, { ledger: other }], rowsOf) {
  /** @type {Map<number, number>} */
  const tasks = new Map();
  for (const [side, { tasks: own }] of [one, other].entries())
    for (const { task, ns } of own) tasks.set(rowsOf[side][task], (tasks.get(rowsOf[side][task]) ?? 0) + ns);
  return {
    total_ns: one.total_ns + other.total_ns,
    tasks: [...tasks].map(([task, ns]) => ({ task, ns })).sort((a, b) => b.ns - a.ns),
    division: sumOfParts(one.division, other.division),
    idle_before_ns: one.idle_before_ns + other.idle_before_ns,
    idle_between_ns: one.idle_between_ns + other.idle_between_ns,
    idle_after_ns: one.idle_after_ns + other.idle_after_ns,
    unfinished_ns: one.unfinished_ns + other.unfinished_ns,
    alive_at_once: 0, // they did not run at one time
  };
}

/**
 * The counters of both by name, each with where its series are.
 * @param {readonly [Data, Data]} datas
 */
function countersOf(datas) {
  /** @type {Map<string, {group: string, name: string, from: {side: number, index: number, series: Data["counters"][number]["series"][number]}[]}>} */
  const counters = new Map();
  datas.forEach((data, side) => {
    let index = 0;
    for (const { group, name, series } of data.counters) {
      const key = JSON.stringify([group, name]);
      const own = counters.get(key) ?? { group, name, from: [] };
      counters.set(key, own);
      for (const one of series) own.from.push({ side, index: index++, series: one });
    }
  });
  return [...counters.values()];
}

/**
 * The samples of all series in the order of the pair's counters.
 * @param {Trace} _known
 * @param {readonly [Data, Data]} datas
 * @param {readonly [Decoded, Decoded]} decoded
 */
function samplesOf(_known, datas, decoded) {
  return countersOf(datas).flatMap(({ from }) => from.map(({ side, index }) => decoded[side].samples[index]));
}

/**
 * The attributes of both by name: the spans of the second have the numbers after those of the first.
 * @param {readonly [Data, Data]} datas
 * @param {readonly [Load, Load]} loads
 */
function attributesOf(datas, loads) {
  const [first, second] = datas;
  const before = first.lanes.reduce((sum, { tracks }) => tracks.reduce((own, { count }) => own + count, sum), 0);
  const all = [...first.attributes, ...second.attributes];
  const shapes = all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index);
  const load = async () => {
    const [one, other] = await Promise.all(loads.map((own) => own()));
    return shapes.map(({ name }) => {
      const [a, b] = [one[first.attributes.findIndex((own) => own.name === name)], other[second.attributes.findIndex((own) => own.name === name)]];
      const moved = b && { ...b, span: b.span.map((span) => span + before) };
      return a && moved ? joinedColumns(a, moved) : (a ?? moved);
    });
  };
  return { shapes, load };
}

/** @param {Omit<Column, "name">} one @param {Omit<Column, "name">} other whose spans come behind @returns {Omit<Column, "name">} */
function joinedColumns(one, other) {
  const [values, length] = [one.ends.length, one.text.length];
  const joined = (/** @type {Uint32Array} */ a, /** @type {Uint32Array} */ b) => {
    const out = new Uint32Array(a.length + b.length);
    out.set(a);
    out.set(b, a.length);
    return out;
  };
  return {
    span: joined(one.span, other.span),
    value: joined(one.value, other.value.map((value) => value + values)),
    text: one.text + other.text,
    ends: joined(one.ends, other.ends.map((end) => end + length)),
  };
}
