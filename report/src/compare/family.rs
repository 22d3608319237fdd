//! The family of a comparison: the figures that are compared with each other, and the tasks that only one side has.
//!
//! Takes two sides and thresholds. The family is the wall time, the totals of the tasks that both sides have, and the
//! figures that thresholds name. A task that a run does not have took no time there, unless the run may have it among
//! the tasks that it does not list: such a task is not compared, and a note says so. A figure that is not known of every
//! run is not tested.

use std::collections::BTreeMap;

use super::side::{Side, SideRun};
use crate::gate::{Change, Figure, Pair, Reason, Subject, Threshold, Thresholds, Verdict};
use crate::model::Percentile;
use crate::outputs::OneSided;
use crate::runs::TaskFigures;
use crate::text::{quoted, units};

/// What is compared.
#[derive(Debug, Default)]
pub(super) struct Family {
    pub(super) pairs: Vec<Pair>,
    /// The figures that are not known of every run.
    pub(super) unknown: Vec<Change>,
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
    pub(super) fn of_run(self, run: &SideRun) -> u64 {
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
    pub(super) fn may_hide(&self, name: Name<'a>) -> bool {
        let is_listed = |run: usize| self.get(name).is_some_and(|runs| runs[run].is_some());
        self.has_others.iter().enumerate().any(|(run, has_others)| *has_others && !is_listed(run))
    }
}

/// What is compared of two sides.
pub(super) fn family(sides: [&Side; 2], wall: Wall, thresholds: &Thresholds) -> Family {
    let mut family = Family::default();
    family.add_run(sides, wall, thresholds);
    let wall = family.pairs.iter().find(|pair| pair.figure == Figure::Wall);
    let wall_ns = wall.map(|wall| wall.baseline.iter().sum::<f64>() / wall.baseline.len() as f64);
    let sides = sides.map(Tasks::of);
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
    fn add_run(&mut self, sides: [&Side; 2], wall: Wall, thresholds: &Thresholds) {
        let walls = sides.map(|side| side.runs.iter().map(|run| wall.of_run(run)).collect::<Vec<u64>>());
        match walls.iter().position(|walls| walls.iter().all(|wall| *wall == 0)) {
            Some(side) => self.notes.push(no_wall(sides[side])),
            None => {
                let known = |walls: Vec<u64>| walls.into_iter().map(|wall| Some(wall as f64)).collect();
                self.add(Subject::Run, Figure::Wall, thresholds.of_run(Figure::Wall), walls.map(known));
            }
        }
        let peaks = sides.map(|side| side.runs.iter().map(|run| Some(run.peak_bytes? as f64)).collect());
        self.add(Subject::Run, Figure::PeakMemory, thresholds.of_run(Figure::PeakMemory), peaks);
    }

    fn add_task(
        &mut self,
        (group, task): Name<'_>,
        sides: [&[Option<&TaskFigures>]; 2],
        figures: Vec<(Figure, Threshold)>,
    ) {
        for (figure, threshold) in figures {
            let subject = Subject::Task { group: group.to_owned(), task: task.to_owned() };
            let values = sides.map(|runs| runs.iter().map(|task| value(figure, *task)).collect());
            self.add(subject, figure, Some(threshold), values);
        }
    }

    /// Adds a figure of the runs of both sides, unless it has no threshold.
    fn add(
        &mut self,
        subject: Subject,
        figure: Figure,
        threshold: Option<Threshold>,
        sides: [Vec<Option<f64>>; 2],
    ) {
        let Some(threshold) = threshold else { return };
        let is_known = sides.iter().flatten().all(Option::is_some);
        let [baseline, candidate] = sides.map(|runs| runs.into_iter().flatten().collect());
        if is_known {
            self.pairs.push(Pair { subject, figure, threshold, baseline, candidate });
        } else {
            let verdict = Verdict::Inconclusive(Reason::NotKnown);
            let (estimate, outliers) = (None, Default::default());
            let change =
                Change { subject, figure, threshold, baseline, candidate, estimate, outliers, verdict };
            self.unknown.push(change);
        }
    }
}

/// Why the wall time is not compared with a side of which it is 0. Spans that took time would make it longer.
fn no_wall(side: &Side) -> String {
    let label = quoted(&side.label);
    let has_durations = side.runs.iter().flat_map(|run| &run.figures.tasks).any(|task| task.total_ns > 0);
    let why = match has_durations {
        true => format!("{label} has durations without moments"),
        false => format!("it is 0 in all runs of {label}"),
    };
    format!("The wall time is not compared: {why}.")
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
    OneSided {
        group: group.to_owned(),
        task: task.to_owned(),
        count: mean(runs, |task| task.count),
        total_ns: mean(runs, |task| task.total_ns),
    }
}

/// The mean over the runs of a side, of which some may not have the task.
pub(super) fn mean(runs: &[Option<&TaskFigures>], of: fn(&TaskFigures) -> u64) -> f64 {
    runs.iter().flatten().map(|task| of(task) as f64).sum::<f64>() / runs.len().max(1) as f64
}
