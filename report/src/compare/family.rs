//! The family of a comparison: the figures that are compared with each other, and the tasks that only one side has.
//!
//! Takes two sides and thresholds. The family is the wall time, the totals of the tasks that both sides have, and the
//! figures that thresholds name. A task that a run does not have took no time there, unless the run may have it among
//! the tasks that it does not list: such a task is not compared, and a note says so.

use std::collections::BTreeMap;

use super::side::{Side, SideRun};
use crate::gate::{Figure, Pair, Subject, Threshold, Thresholds};
use crate::model::Percentile;
use crate::outputs::OneSided;
use crate::runs::TaskFigures;
use crate::text::{quoted, units};

/// What is compared.
#[derive(Debug)]
pub(super) struct Family {
    pub(super) pairs: Vec<Pair>,
    /// The tasks that only the baseline has, and those that only the candidate has; the greatest totals first.
    pub(super) only: [Vec<OneSided>; 2],
    /// What is not compared and why, one sentence each.
    pub(super) notes: Vec<String>,
}

/// Which wall time the runs have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wall {
    /// That of their commands.
    OfCommands,
    /// From the first start of their spans to the last end.
    OfSpans,
}

impl Wall {
    /// The wall time that all runs of both sides have.
    pub(super) fn of(sides: [&Side; 2]) -> Wall {
        let is_known = |run: &SideRun| run.figures.around.is_some();
        let runs = || sides.into_iter().flat_map(|side| &side.runs);
        if runs().all(is_known) { Wall::OfCommands } else { Wall::OfSpans }
    }

    /// The wall time of a run, in ns.
    fn of_run(self, run: &SideRun) -> u64 {
        match self {
            Wall::OfCommands => run.figures.whole_ns(),
            Wall::OfSpans => run.figures.wall_ns,
        }
    }
}

/// A task by the names of its group and itself.
pub(super) type Name<'a> = (&'a str, &'a str);

/// The figures of each task in each run of a side; `None` where a run does not list it.
pub(super) struct Tasks<'a> {
    by_name: BTreeMap<Name<'a>, Vec<Option<&'a TaskFigures>>>,
    /// Whether each run has tasks that it does not list.
    has_others: Vec<bool>,
}

impl<'a> Tasks<'a> {
    pub(super) fn of(side: &'a Side) -> Tasks<'a> {
        let mut by_name: BTreeMap<Name<'a>, Vec<Option<&'a TaskFigures>>> = BTreeMap::new();
        for (index, run) in side.runs.iter().enumerate() {
            for task in &run.figures.tasks {
                let name = (task.group.as_str(), task.task.as_str());
                by_name.entry(name).or_insert_with(|| vec![None; side.runs.len()])[index] = Some(task);
            }
        }
        Tasks { by_name, has_others: side.runs.iter().map(|run| run.figures.others.is_some()).collect() }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = Name<'a>> {
        self.by_name.keys().copied()
    }

    /// The figures of a task in each run; `None` if no run lists it.
    pub(super) fn get(&self, name: Name<'a>) -> Option<&[Option<&'a TaskFigures>]> {
        self.by_name.get(&name).map(Vec::as_slice)
    }

    /// Whether a run may have the task without listing it.
    fn may_hide(&self, name: Name<'a>) -> bool {
        let is_listed = |run: usize| self.get(name).is_some_and(|runs| runs[run].is_some());
        self.has_others.iter().enumerate().any(|(run, has_others)| *has_others && !is_listed(run))
    }
}

/// What is compared of two sides.
pub(super) fn family(baseline: &Side, candidate: &Side, wall: Wall, thresholds: &Thresholds) -> Family {
    let mut family = Family { pairs: Vec::new(), only: [Vec::new(), Vec::new()], notes: Vec::new() };
    family.add_run(baseline, candidate, wall, thresholds);
    let wall_ns =
        family.pairs.iter().find(|pair| pair.figure == Figure::Wall).map(|wall| mean(&wall.baseline));
    let sides = [Tasks::of(baseline), Tasks::of(candidate)];
    let mut names: Vec<Name<'_>> = sides.iter().flat_map(Tasks::names).collect();
    names.sort_unstable();
    names.dedup();
    let mut hidden = 0;
    for name in names {
        match [sides[0].get(name), sides[1].get(name)] {
            _ if sides.iter().any(|side| side.may_hide(name)) => hidden += 1,
            [Some(one), Some(other)] => {
                family.add_task(name, [one, other], thresholds.of_task(name.0, name.1, wall_ns));
            }
            [Some(only), None] => family.only[0].push(one_sided(name, only)),
            [None, Some(only)] => family.only[1].push(one_sided(name, only)),
            [None, None] => {}
        }
    }
    for only in &mut family.only {
        only.sort_by(|one, other| other.total_ns.total_cmp(&one.total_ns));
    }
    if hidden > 0 {
        family.notes.push(format!(
            "{} not compared: a run may have {} among its smallest tasks, of which only the sum is known.",
            units::counted(hidden, "task"),
            if hidden == 1 { "it" } else { "them" },
        ));
    }
    family
}

impl Family {
    fn add_run(&mut self, baseline: &Side, candidate: &Side, wall: Wall, thresholds: &Thresholds) {
        let sides = [baseline, candidate];
        let walls = sides.map(|side| side.runs.iter().map(|run| wall.of_run(run) as f64).collect::<Vec<_>>());
        let are_zero = |walls: &Vec<f64>| walls.iter().all(|wall| *wall == 0.0);
        if walls.iter().any(are_zero) {
            let label = quoted(&sides[usize::from(!are_zero(&walls[0]))].label);
            self.notes.push(format!("The wall time is not compared: {label} has durations without moments."));
        } else if let Some(threshold) = thresholds.of_run(Figure::Wall) {
            let [baseline, candidate] = walls;
            let (subject, figure) = (Subject::Run, Figure::Wall);
            self.pairs.push(Pair { subject, figure, threshold, baseline, candidate });
        }
        if let Some(threshold) = thresholds.of_run(Figure::PeakMemory) {
            let peaks =
                |side: &Side| side.runs.iter().filter_map(|run| Some(run.peak_bytes? as f64)).collect();
            let (baseline, candidate) = (peaks(baseline), peaks(candidate));
            let (subject, figure) = (Subject::Run, Figure::PeakMemory);
            let pair = Pair { subject, figure, threshold, baseline, candidate };
            for (side, known) in sides.iter().zip([&pair.baseline, &pair.candidate]) {
                if known.len() < side.runs.len() {
                    self.notes.push(format!(
                        "The peak memory is known of {} of {} of {}.",
                        units::count(known.len() as u64),
                        units::counted(side.runs.len() as u64, "run"),
                        quoted(&side.label),
                    ));
                }
            }
            self.pairs.push(pair);
        }
    }

    fn add_task(
        &mut self,
        (group, task): Name<'_>,
        sides: [&[Option<&TaskFigures>]; 2],
        figures: Vec<(Figure, Threshold)>,
    ) {
        for (figure, threshold) in figures {
            let values = |runs: &[Option<&TaskFigures>]| {
                runs.iter().filter_map(|task| value(figure, *task)).collect::<Vec<f64>>()
            };
            let subject = Subject::Task { group: group.to_owned(), task: task.to_owned() };
            let [baseline, candidate] = sides.map(values);
            self.pairs.push(Pair { subject, figure, threshold, baseline, candidate });
        }
    }
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len().max(1) as f64
}

/// The figure of a task in one run. `None` if it has none there: without spans there is no mean.
fn value(figure: Figure, task: Option<&TaskFigures>) -> Option<f64> {
    let durations = || task.and_then(|task| task.durations);
    let ns = match figure {
        Figure::Count => task.map_or(0, |task| task.count),
        Figure::Total => task.map_or(0, |task| task.total_ns),
        Figure::Mean => durations()?.mean_ns,
        Figure::Percentile(percentile) => match percentile {
            Percentile::MIN => durations()?.min_ns,
            Percentile::P50 => durations()?.median_ns,
            Percentile::P95 => durations()?.p95_ns,
            Percentile::P99 => durations()?.p99_ns,
            Percentile::MAX => durations()?.max_ns,
            _ => return None,
        },
        Figure::Wall | Figure::PeakMemory | Figure::Throughput => return None,
    };
    Some(ns as f64)
}

fn one_sided((group, task): Name<'_>, runs: &[Option<&TaskFigures>]) -> OneSided {
    let mean = |of: fn(&TaskFigures) -> u64| {
        runs.iter().flatten().map(|task| of(task) as f64).sum::<f64>() / runs.len().max(1) as f64
    };
    OneSided {
        group: group.to_owned(),
        task: task.to_owned(),
        count: mean(|task| task.count),
        total_ns: mean(|task| task.total_ns),
    }
}
