//! A comparison as JSON, version 1, for programs. `docs/comparing.md` specifies it.

use serde::Serialize;
use serde_json::Number;

use super::{Comparison, OneSided, SideRead, Unit, unit};
use crate::analysis::{Attribution, Part, PartOf};
use crate::gate::{Change, Design, Figure, LEAST_RUNS, Reason, Subject, Verdict};

const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    verdict: &'static str,
    exit_code: u8,
    sides: Sides<'a>,
    design: &'static str,
    looks: Option<u32>,
    cautions: &'a [String],
    wall: Option<Wall<'a>>,
    checks: Vec<Check<'a>>,
    only_in_baseline: Vec<Only<'a>>,
    only_in_candidate: Vec<Only<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Sides<'a> {
    baseline: Side<'a>,
    candidate: Side<'a>,
}

#[derive(Serialize)]
struct Side<'a> {
    label: &'a str,
    read: &'a str,
    runs: &'a [String],
}

#[derive(Serialize)]
struct Wall<'a> {
    baseline_ns: i64,
    candidate_ns: i64,
    difference_ns: i64,
    parts: Vec<WallPart<'a>>,
}

#[derive(Serialize)]
struct WallPart<'a> {
    part: &'static str,
    group: Option<&'a str>,
    task: Option<&'a str>,
    baseline_ns: i64,
    candidate_ns: i64,
    difference_ns: i64,
}

#[derive(Serialize)]
struct Check<'a> {
    subject: &'static str,
    group: Option<&'a str>,
    task: Option<&'a str>,
    figure: String,
    baseline: Option<Number>,
    candidate: Option<Number>,
    change: Option<f64>,
    interval: Option<(f64, f64)>,
    p: Option<f64>,
    threshold: Threshold<'a>,
    verdict: &'static str,
    reason: Option<&'static str>,
    runs_needed: Option<u32>,
    baseline_runs: Vec<Option<Number>>,
    candidate_runs: Vec<Option<Number>>,
}

#[derive(Serialize)]
struct Threshold<'a> {
    text: &'a str,
    relative: Option<f64>,
    absolute: Option<i64>,
}

#[derive(Serialize)]
struct Only<'a> {
    group: &'a str,
    task: &'a str,
    count: Option<Number>,
    total_ns: Option<Number>,
}

impl Comparison {
    /// The comparison as one JSON object, version 1, ended by a line feed. `exit_code` is the code that the program
    /// exits with.
    pub fn json(&self, exit_code: u8) -> String {
        let [baseline, candidate] = [0, 1].map(|side| self::side(&self.sides[side]));
        let only = |side| self.one_sided(side).into_iter().map(self::only).collect();
        let document = Document {
            version: VERSION,
            verdict: verdict(self.verdict()),
            exit_code,
            sides: Sides { baseline, candidate },
            design: if self.design.is_paired() { "pairs" } else { "independent" },
            looks: match self.design {
                Design::Sequential { looks, .. } => Some(looks),
                _ => None,
            },
            cautions: &self.cautions,
            wall: self.attribution.as_ref().map(wall),
            checks: self.rows().into_iter().map(check).collect(),
            only_in_baseline: only(0),
            only_in_candidate: only(1),
            notes: &self.notes,
        };
        let mut text = serde_json::to_string_pretty(&document).expect("strings and numbers are JSON");
        text.push('\n');
        text
    }
}

fn side(SideRead { label, read, runs }: &SideRead) -> Side<'_> {
    Side { label, read, runs }
}

fn only(OneSided { group, task, count, total_ns }: &OneSided) -> Only<'_> {
    Only { group, task, count: number(*count), total_ns: number(total_ns.round()) }
}

fn wall(of: &Attribution) -> Wall<'_> {
    Wall {
        baseline_ns: of.baseline_ns,
        candidate_ns: of.candidate_ns,
        difference_ns: of.difference_ns(),
        parts: of.parts.iter().map(wall_part).collect(),
    }
}

fn wall_part(part: &Part) -> WallPart<'_> {
    let (kind, group, task) = match &part.of {
        PartOf::Task { group, task } => ("task", Some(group.as_str()), Some(task.as_str())),
        PartOf::OtherTasks => ("other_tasks", None, None),
        PartOf::IdleBefore => ("idle_before", None, None),
        PartOf::IdleBetween => ("idle_between", None, None),
        PartOf::IdleAfter => ("idle_after", None, None),
    };
    WallPart {
        part: kind,
        group,
        task,
        baseline_ns: part.baseline_ns,
        candidate_ns: part.candidate_ns,
        difference_ns: part.difference_ns(),
    }
}

fn check(change: &Change) -> Check<'_> {
    let (subject, group, task) = match &change.subject {
        Subject::Task { group, task } => ("task", Some(group.as_str()), Some(task.as_str())),
        Subject::Run => ("run", None, None),
        Subject::Unmatched(_) => ("unmatched", None, None),
    };
    let estimate = change.estimate;
    let (reason, runs_needed) = match change.verdict {
        Verdict::Inconclusive(Reason::FewRuns) => (Some("few_runs"), Some(LEAST_RUNS as u32)),
        Verdict::Inconclusive(Reason::Noise(runs)) => (Some("noise"), runs),
        Verdict::Inconclusive(Reason::NoRatio) => (Some("no_ratio"), None),
        Verdict::Inconclusive(Reason::NotKnown) => (Some("not_known"), None),
        _ => (None, None),
    };
    let typical = |value: f64| match unit(change.figure) {
        Unit::Nanoseconds | Unit::Bytes => number(value.round()),
        Unit::Count | Unit::PerSecond => number(value),
    };
    Check {
        subject,
        group,
        task,
        figure: figure(change.figure),
        baseline: estimate.and_then(|of| typical(of.baseline)),
        candidate: estimate.and_then(|of| typical(of.candidate)),
        change: estimate.and_then(|of| of.change),
        interval: estimate.and_then(|of| of.interval),
        p: estimate.and_then(|of| of.p),
        threshold: Threshold {
            text: &change.threshold.text,
            relative: change.threshold.relative,
            absolute: change.threshold.absolute,
        },
        verdict: verdict(change.verdict),
        reason,
        runs_needed,
        baseline_runs: change.baseline.iter().copied().map(number).collect(),
        candidate_runs: change.candidate.iter().copied().map(number).collect(),
    }
}

/// The key of a figure, with the unit of its values: `wall_ns`, `peak_memory_bytes`, `count`, `p95_ns`.
pub(in crate::outputs) fn figure(figure: Figure) -> String {
    match figure {
        Figure::Wall => "wall_ns".into(),
        Figure::PeakMemory => "peak_memory_bytes".into(),
        Figure::Count => "count".into(),
        Figure::Throughput => "throughput_per_second".into(),
        Figure::Total | Figure::Mean | Figure::Percentile(_) => format!("{figure}_ns"),
    }
}

/// Whole numbers as integers. `None` if it is not finite.
fn number(value: f64) -> Option<Number> {
    let is_whole = value.fract() == 0.0 && value.abs() < 9e15;
    if is_whole { Some(Number::from(value as i64)) } else { Number::from_f64(value) }
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Regression => "regression",
        Verdict::Improvement => "improvement",
        Verdict::NoChange => "no_change",
        Verdict::Inconclusive(_) => "inconclusive",
    }
}
