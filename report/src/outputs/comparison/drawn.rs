//! Comparisons for tests, drawn by a few numbers in seconds.

use super::{Comparison, OneSided, SideRead};
use crate::analysis::{PartOf, WallParts, attribution};
use crate::gate::{
    Change, Check, Design, Estimate, Figure, Gate, Reason, Scope, Subject, Threshold, Verdict,
};

pub(super) const NOISE: Verdict = Verdict::Inconclusive(Reason::Noise(Some(12)));
pub(super) const FEW_RUNS: Verdict = Verdict::Inconclusive(Reason::FewRuns);

/// Two sides of five runs without a figure.
pub(super) fn comparison() -> Comparison {
    let side = |name: &str, hour: u32| SideRead {
        label: name.into(),
        read: format!(
            "5 runs, {name}/1 to {name}/5, made 2026-11-30 {hour}:00 to {hour}:02 UTC, commit 1a2b3c4"
        ),
        runs: (1..=5).map(|run| format!("{name}/{run}")).collect(),
    };
    Comparison {
        sides: [side("before", 10), side("after", 11)],
        gate: Gate::default(),
        design: Design::Independent,
        attribution: None,
        only: [Vec::new(), Vec::new()],
        cautions: Vec::new(),
        notes: Vec::new(),
    }
}

impl Comparison {
    /// Adds a figure: of the run if the name is empty, else of a task. Seconds, or what the figure counts.
    pub(super) fn with(
        mut self,
        name: &str,
        figure: Figure,
        sides: [f64; 2],
        verdict: Verdict,
    ) -> Comparison {
        let unit = if super::unit(figure) == super::Unit::Nanoseconds { 1e9 } else { 1.0 };
        let [baseline, candidate] = sides.map(|value| value * unit);
        let change = (baseline > 0.0).then(|| candidate / baseline - 1.0);
        let is_few = verdict == FEW_RUNS;
        let subject = match name.split_once('/') {
            Some((group, task)) => Subject::Task { group: group.into(), task: task.into() },
            None if name.is_empty() => Subject::Run,
            None => Subject::Task { group: String::new(), task: name.into() },
        };
        self.gate.checks.push(Check::Change(Change {
            subject,
            figure,
            threshold: Threshold {
                scope: Scope::All,
                figure: None,
                relative: Some(0.05),
                absolute: None,
                text: "5%".into(),
            },
            baseline: vec![baseline; 5],
            candidate: vec![candidate; 5],
            estimate: Some(Estimate {
                baseline,
                candidate,
                change,
                interval: change.map(|change| (change - 0.03125, change + 0.03125)),
                p: (!is_few).then_some(0.004),
            }),
            outliers: [Vec::new(), Vec::new()],
            verdict,
        }));
        self
    }

    /// Adds the wall time, whose parts are `group/task`, `idle before`, `idle between`, `idle after` or `others`.
    pub(super) fn with_wall(self, verdict: Verdict, parts: &[(&str, f64, f64)]) -> Comparison {
        let side = |seconds: fn(&(&str, f64, f64)) -> f64| -> WallParts {
            let ns = |part| (seconds(part) * 1e9).round() as u64;
            parts.iter().map(|part| (part_of(part.0), ns(part))).collect()
        };
        let of = attribution(&[side(|part| part.1)], &[side(|part| part.2)]);
        let sides = [of.baseline_ns, of.candidate_ns].map(|ns| ns as f64 / 1e9);
        let mut comparison = self.with("", Figure::Wall, sides, verdict);
        comparison.attribution = Some(of);
        comparison
    }

    pub(super) fn only_in_candidate(mut self, group: &str, task: &str) -> Comparison {
        let task = OneSided { group: group.into(), task: task.into(), count: 72.0, total_ns: 0.3e9 };
        self.only[1].push(task);
        self
    }
}

fn part_of(name: &str) -> PartOf {
    match name {
        "idle before" => PartOf::IdleBefore,
        "idle between" => PartOf::IdleBetween,
        "idle after" => PartOf::IdleAfter,
        "others" => PartOf::OtherTasks,
        name => {
            let (group, task) = name.split_once('/').unwrap_or(("", name));
            PartOf::Task { group: group.into(), task: task.into() }
        }
    }
}
