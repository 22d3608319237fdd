//! Statistics as JSON, version 1, for programs. [`Statistics::json`] specifies it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Number;

use super::{Row, Statistics};
use crate::analysis::{
    self, CounterFigures, CpuUse, Distribution, ProfileFigures, QUANTILE_ERROR, SpanIndex, Split, Value,
};
use crate::gate::{Figure, Limited, Measured, Subject};
use crate::model::{PARTS, Unit};
use crate::outputs::profiles::{amount, unit_name};
use crate::text;

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    start: Option<String>,
    end: Option<String>,
    wall_ns: i64,
    spans: u64,
    unfinished: u64,
    instants: u64,
    lanes: usize,
    processes: usize,
    max_depth: u32,
    problems: Vec<Problem<'a>>,
    tasks: Vec<Task<'a>>,
    counters: Vec<Counter<'a>>,
    problem_count: u64,
    busy_ns: i128,
    budgets: Vec<Budget<'a>>,
    run_budgets: Vec<RunBudget<'a>>,
    open_at_once: Option<u32>,
    slowest: Vec<Slowest<'a>>,
    attributes_unknown: Option<u64>,
    division: Division,
    run: Option<Run>,
    clock: Option<String>,
    inputs: Vec<Input<'a>>,
    timings: u64,
    profiles: Vec<Profile<'a>>,
}

/// What is known of the clock of an input.
#[derive(Serialize)]
struct Input<'a> {
    file: &'a str,
    files: u64,
    format: &'a str,
    placed: &'a str,
    first_ns: Option<i64>,
    last_ns: Option<i64>,
    shift_ns: i64,
    notes: &'a [String],
}

/// A profile, or one of its functions. Weights are numbers of ns, of bytes, or as the source has them.
#[derive(Serialize)]
struct Profile<'a> {
    source: &'a str,
    name: &'a str,
    unit: &'static str,
    stacks: u64,
    total: Number,
    functions: Vec<Function<'a>>,
}

#[derive(Serialize)]
struct Function<'a> {
    function: &'a str,
    #[serde(rename = "self")]
    own: Number,
    total: Number,
    self_share: f64,
    total_share: f64,
}

/// How a kept run used the machine.
#[derive(Serialize)]
struct Run {
    elapsed_ns: Option<u64>,
    cores: Option<u64>,
    cpu_ns: Option<u64>,
    run_queue_ns: Option<u64>,
    sampled_ns: Option<u64>,
    cpus: Option<u64>,
    others_cpu_ns: Option<u64>,
    steal_ns: Option<u64>,
    runnable_ns: Option<u64>,
}

/// What lanes did in a time.
#[derive(Serialize)]
struct Division {
    on_cpu_ns: i128,
    wait_ns: i128,
    off_cpu_ns: i128,
    not_known_ns: i128,
}

#[derive(Serialize)]
struct Slowest<'a> {
    group: &'a str,
    task: &'a str,
    spans: Vec<Slow<'a>>,
    summarised_lanes: usize,
}

#[derive(Serialize)]
struct Slow<'a> {
    process: &'a str,
    thread: &'a str,
    start: String,
    duration_ns: Option<i64>,
    attributes: BTreeMap<&'a str, &'a str>,
    cpu_ns: Option<i64>,
}

/// What the spans of a part of a task have in common.
#[derive(Serialize)]
struct ByValue<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Option<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    more_than: Option<usize>,
}

#[derive(Serialize)]
struct Problem<'a> {
    path: Cow<'a, str>,
    line: Option<u64>,
    what: &'a str,
}

#[derive(Serialize)]
struct Task<'a> {
    group: &'a str,
    task: &'a str,
    count: u64,
    total_ns: i128,
    self_ns: i128,
    min_ns: Option<i64>,
    mean_ns: Option<i64>,
    p50_ns: Option<i64>,
    p95_ns: Option<i64>,
    p99_ns: Option<i64>,
    max_ns: Option<i64>,
    sd_ns: Option<i64>,
    unfinished: u64,
    rate_hz: Option<f64>,
    share: f64,
    self_exact: bool,
    quantile_error: f64,
    open_at_once: Option<u32>,
    division: Division,
    timings: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<ByValue<'a>>,
}

#[derive(Serialize)]
struct Counter<'a> {
    group: &'a str,
    name: &'a str,
    processes: usize,
    samples: u64,
    least: f64,
    greatest: f64,
    last: f64,
}

#[derive(Serialize)]
struct Budget<'a> {
    budget: &'a str,
    group: &'a str,
    task: &'a str,
    target_ns: i64,
    measured_ns: Option<i64>,
    exact: bool,
    met: bool,
    count: u64,
    over: [u64; 2],
}

#[derive(Serialize)]
struct RunBudget<'a> {
    budget: &'a str,
    figure: &'static str,
    target: i64,
    measured: Option<i64>,
    met: bool,
}

impl Statistics {
    /// The statistics as one JSON object, version 1, ended by a line feed.
    ///
    /// Times are integer nanoseconds. Keys have this order; more may follow them without a new version. An unknown
    /// value is `null`.
    ///
    /// | key | what |
    /// |---|---|
    /// | `version` | 1 |
    /// | `start`, `end` | the first start or instant, and the last end, start or instant: RFC 3339, nine digits; `null` without any |
    /// | `wall_ns` | `end` minus `start` |
    /// | `spans` | finished spans, zero-length ones included |
    /// | `unfinished` | spans whose end was never written; they enter no other figure of a task |
    /// | `instants` | point events of the source, which belong to no task and enter no other figure; 0 for record files |
    /// | `lanes`, `processes` | the number of those with a span |
    /// | `max_depth` | the most spans of a lane that contain one another; 1 when nothing nests |
    /// | `problems` | the first hundred, each `{path, line, what}` |
    /// | `tasks` | see below |
    /// | `counters` | each `{group, name, processes, samples, least, greatest, last}` |
    /// | `problem_count` | the number of all problems |
    /// | `busy_ns` | time in which a lane ran a span, summed over lanes |
    /// | `budgets` | each `{budget, group, task, target_ns, measured_ns, exact, met, count, over: [least, most]}` |
    /// | `run_budgets` | each `{budget, figure, target, measured, met}`; `figure` is `wall_ns` or `peak_memory_bytes` |
    /// | `open_at_once` | the most finished spans of a lane that ran at one time, over the lanes where spans overlap without nesting; `null` without such a lane |
    /// | `slowest` | for each of the first twelve tasks, if tasks were asked for by name: `{group, task, spans, summarised_lanes}`; see below |
    /// | `attributes_unknown` | if the tasks are split by an attribute: the number of spans of summaries, which have only the attributes of their longest spans; they count as spans without the attribute |
    /// | `run` | if the only input is a run kept by `waterfall run`: how it used the machine; see below |
    /// | `division` | what the lanes did in `busy_ns`: see below |
    /// | `clock` | what times count from: `wall` (1970 in UTC), `own` (a moment that no input tells; it takes the place of 1970 in all times here), `mixed` (summaries of both kinds); `null` without times |
    /// | `inputs` | the files with rows, see below |
    /// | `timings` | durations without start and end, such as those of `[TIMING]` lines; they are no spans, but count in their tasks |
    /// | `profiles` | functions with their weights, from stacks without times: see below |
    ///
    /// The keys of a task:
    ///
    /// - `group`, `task`, `count`, `total_ns`, `self_ns`
    /// - `min_ns`, `mean_ns`, `p50_ns`, `p95_ns`, `p99_ns`, `max_ns`: `null` when `count` is 0
    /// - `sd_ns`, `unfinished`
    /// - `rate_hz`: finished spans per second of wall time
    /// - `share`: `self_ns` as a part of the busy time, 0 to 1; the shares of all tasks sum to 1
    /// - `self_exact`: false when spans of a lane overlap without nesting; then time counts for the one that started
    ///   last
    /// - `quantile_error`: 0 when p50, p95 and p99 are exact, else the part by which they may be off; min and max of
    ///   the spans without an attribute (`by`) may be off by it, too
    /// - `open_at_once`: as above, over the lanes of the task
    /// - `division`: as below, of `self_ns`
    /// - `timings`: how many of `count` are timings; these have no part in `self_ns`, `share`, `rate_hz` and `division`
    /// - `by`, only if the tasks are split by an attribute (`--by`): then there is an entry for each value, and the
    ///   entries of a task sum to it. `{name, value}` is a value; its `null` means the spans without the attribute.
    ///   `{name, from, to}` is a range of numbers, `to` not included: more than twelve numbers are put into at most
    ///   twelve ranges with edges 1, 2 and 5 x 10^n, or further apart. `{name, more_than}` are all values, where there
    ///   are more than that number, 100,000, and not all are numbers. Values come by self time, or by total if the
    ///   self time of the task is less than half of its total; ranges in ascending order; spans without it last.
    ///
    /// `slowest` has at most twenty `spans` of each task (`--slowest` changes that), the longest first: `{process,
    /// thread, start, duration_ns, attributes, cpu_ns}`. Unfinished spans are not among them. `attributes` is an object
    /// of names and values, which are strings. `cpu_ns` is the CPU time of the thread during the span. If the task has
    /// spans in `summarised_lanes`, only the longest spans of these lanes are known.
    ///
    /// A profile is `{source, name, unit, stacks, total, functions}`, the profiles by source, then by name. `unit` is
    /// `nanoseconds`, `bytes` or `none`, and what all weights count; they are integers unless the source has fractions.
    /// `total` is the weight of all its `stacks`. `functions` are `{function, self, total, self_share, total_share}`, by
    /// `self`, the greatest first: the weight of the stacks that end in the function, and of those that contain it, once
    /// each even if it calls itself. Shares are parts of the weight of all stacks, 0 to 1.
    ///
    /// The keys of `run`:
    ///
    /// - `elapsed_ns`: from the start of the command to its end
    /// - `cores`: the number of cores that it could use at once
    /// - `cpu_ns`: CPU time of its processes
    /// - `run_queue_ns`: time in which their threads could have run but waited for a core, summed over threads: at
    ///   least so much
    /// - `sampled_ns`: the time of which the following keys are, from the first sample to the last one
    /// - `cpus`: the number of the machine's CPUs
    /// - `others_cpu_ns`: CPU time of everything but these processes and `waterfall`
    /// - `steal_ns`: time in which a virtual CPU had work but its host ran something else, summed over CPUs
    /// - `runnable_ns`: time in which a thread of any process ran or waited for a CPU, summed over threads; divided by
    ///   `sampled_ns` it is their mean number
    ///
    /// A `division` is `{on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns}`, whose sum is the time that it divides: on a
    /// CPU; in spans that say that they wait; off the CPU, waiting for something else or for a CPU; and neither a
    /// wait nor covered by a span of known CPU time.
    ///
    /// Each of `inputs` is `{file, files, format, placed, first_ns, last_ns, shift_ns, notes}`: `files` alike, of which
    /// `file` is the first; how they were `placed` on the axis; their times by their own clock, and by how much they were
    /// moved; and `notes` in sentences: what was left out on purpose, how it was read. `first_ns` is `null` where there
    /// are no times.
    ///
    /// Quantiles use linear interpolation, the standard deviation is over the count (NumPy's defaults). The mean,
    /// the standard deviation and quantiles are rounded down to the ns.
    pub fn json(&self) -> String {
        let overview = &self.overview;
        let stamp = |unix_ns| self.zone.stamp(unix_ns);
        let document = Document {
            version: VERSION,
            start: overview.extent_ns.map(|(first_ns, _)| stamp(first_ns)),
            end: overview.extent_ns.map(|(_, last_ns)| stamp(last_ns)),
            wall_ns: overview.wall_ns(),
            spans: overview.spans,
            unfinished: overview.unfinished,
            instants: overview.instants,
            lanes: overview.lanes,
            processes: overview.processes,
            max_depth: overview.max_depth,
            problems: self.problems.first().iter().map(problem).collect(),
            tasks: self.rows().iter().map(|row| self.task(row)).collect(),
            counters: self.counters.iter().map(|figures| self.counter(figures)).collect(),
            problem_count: self.problems.total(),
            busy_ns: overview.busy_ns,
            budgets: self.gate.limits().filter_map(budget).collect(),
            run_budgets: self.gate.of_runs().map(run_budget).collect(),
            open_at_once: overview.open_at_once,
            slowest: self.distributions.iter().map(|of| self.slowest(of)).collect(),
            attributes_unknown: self.by.as_ref().map(|_| self.attributes_unknown),
            run: self.cpu_use.map(run),
            timings: overview.timings,
            profiles: self.profiles.iter().map(profile).collect(),
            division: division(overview.division),
            clock: self.summary.clock().map(|clock| clock.to_string()),
            inputs: self.inputs.iter().map(input).collect(),
        };
        let mut text = serde_json::to_string_pretty(&document).expect("strings and numbers are JSON");
        text.push('\n');
        text
    }

    fn task<'a>(&'a self, &Row { figures: row, part }: &Row<'a>) -> Task<'a> {
        let (group, task) = self.names(row);
        let durations = row.durations;
        Task {
            group,
            task,
            count: row.count,
            total_ns: row.total_ns,
            self_ns: row.self_ns,
            min_ns: durations.map(|of| of.min_ns),
            mean_ns: durations.map(|of| of.mean_ns),
            p50_ns: durations.map(|of| of.median_ns),
            p95_ns: durations.map(|of| of.p95_ns),
            p99_ns: durations.map(|of| of.p99_ns),
            max_ns: durations.map(|of| of.max_ns),
            sd_ns: durations.and_then(|of| of.sd_ns),
            unfinished: row.unfinished,
            rate_hz: row.rate(&self.overview),
            share: row.share,
            self_exact: row.exact,
            quantile_error: if durations.is_none_or(|of| of.exact) { 0.0 } else { QUANTILE_ERROR },
            open_at_once: row.open_at_once,
            division: division(row.division),
            timings: row.timings,
            by: part.map(|(value, split)| by_value(value, split)),
        }
    }

    fn slowest<'a>(&'a self, of: &Distribution) -> Slowest<'a> {
        let (group, task) = self.names(&self.tasks[of.row]);
        let slow = |at: &SpanIndex| {
            let lane = &self.trace.lanes()[at.lane];
            let span = lane.spans.at(at.span);
            Slow {
                process: &self.trace.processes()[lane.process].identity.identity,
                thread: &lane.identity.thread,
                start: self.zone.stamp(self.trace.unix_ns(span.start)),
                duration_ns: span.duration_ns(),
                attributes: lane.spans.attributes().of(at.span).collect(),
                cpu_ns: lane.spans.cpu_ns(at.span),
            }
        };
        Slowest { group, task, spans: of.slowest.iter().map(slow).collect(), summarised_lanes: of.summarised }
    }

    fn counter<'a>(&'a self, figures: &CounterFigures) -> Counter<'a> {
        let series = &self.trace.counters()[figures.series.clone()];
        let samples = |of: &crate::model::Counter| {
            self.summary.counter(&of.process, &of.group, &of.name).map_or(0, crate::model::Thinned::count)
        };
        Counter {
            group: &series[0].group,
            name: &series[0].name,
            processes: series.len(),
            samples: series.iter().map(samples).sum(),
            least: figures.least,
            greatest: figures.greatest,
            last: figures.last,
        }
    }
}

fn input(input: &super::Input) -> Input<'_> {
    Input {
        file: &input.file,
        files: input.files,
        format: input.format,
        placed: input.placed,
        first_ns: input.extent_ns.map(|of| of.0),
        last_ns: input.extent_ns.map(|of| of.1),
        shift_ns: input.shift_ns,
        notes: &input.facts,
    }
}

fn profile(of: &ProfileFigures) -> Profile<'_> {
    let unit = of.identity.unit;
    let number =
        |weight: i128| match i64::try_from(if unit == Unit::Seconds { weight } else { weight / PARTS }) {
            Ok(whole) if unit == Unit::Seconds || weight % PARTS == 0 => whole.into(),
            _ => Number::from_f64(amount(unit, weight)).expect("a weight is finite"),
        };
    let functions = of.functions.iter().map(|function| Function {
        function: &function.name,
        own: number(function.weights.own),
        total: number(function.weights.total),
        self_share: function.own_share,
        total_share: function.total_share,
    });
    Profile {
        source: &of.identity.source,
        name: &of.identity.name,
        unit: unit_name(unit),
        stacks: of.stacks,
        total: number(of.total),
        functions: functions.collect(),
    }
}

fn division(of: analysis::Division) -> Division {
    let analysis::Division { on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns } = of;
    Division { on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns }
}

fn by_value<'a>(value: &'a Value, split: &'a Split) -> ByValue<'a> {
    let of = ByValue { name: &split.name, value: None, from: None, to: None, more_than: None };
    match value {
        Value::Text(text) => ByValue { value: Some(Some(text)), ..of },
        Value::Range(range) => ByValue { from: Some(range.from), to: Some(range.to), ..of },
        Value::Others(_) | Value::Any => ByValue { more_than: Some(split.most), ..of },
        Value::Without => ByValue { value: Some(None), ..of },
    }
}

fn problem(problem: &text::Problem) -> Problem<'_> {
    Problem { path: problem.path.to_string_lossy(), line: problem.line, what: &problem.message }
}

fn run(CpuUse { elapsed_ns, cores, cpu_ns, run_queue_ns, machine }: CpuUse) -> Run {
    Run {
        elapsed_ns,
        cores,
        cpu_ns,
        run_queue_ns,
        sampled_ns: machine.map(|of| of.sampled_ns),
        cpus: machine.map(|of| of.cpus),
        others_cpu_ns: machine.and_then(|of| of.others_cpu_ns),
        steal_ns: machine.and_then(|of| of.steal_ns),
        runnable_ns: machine.and_then(|of| of.runnable_ns),
    }
}

fn run_budget(check: &Limited) -> RunBudget<'_> {
    RunBudget {
        budget: &check.limit.text,
        figure: if check.limit.figure == Figure::PeakMemory { "peak_memory_bytes" } else { "wall_ns" },
        target: check.limit.at_most,
        measured: check.measured.map(Measured::highest),
        met: check.is_met(),
    }
}

/// The check of a task; `None` for others.
fn budget(check: &Limited) -> Option<Budget<'_>> {
    let (Subject::Task { group, task }, Some(spans)) = (&check.subject, check.spans) else { return None };
    Some(Budget {
        budget: &check.limit.text,
        group,
        task,
        target_ns: check.limit.at_most,
        measured_ns: check.measured.map(Measured::highest),
        exact: !matches!(check.measured, Some(Measured::About(_))),
        met: check.is_met(),
        count: spans.count,
        over: spans.over.into(),
    })
}
