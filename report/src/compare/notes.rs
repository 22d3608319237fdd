//! Notes: what the figures of a comparison do not show, but a reader must know.
//!
//! Takes two sides and what was compared; gives sentences. None of them changes a verdict.

use std::collections::BTreeSet;

use super::family::{Name, Tasks, Wall};
use super::load::unequal_load;
use super::side::{Side, SideRun};
use crate::gate::{Change, Subject};
use crate::runs::{Machine, TaskFigures};
use crate::text::{quoted, terminal, units};

/// The most tasks or runs that a sentence names.
const NAMED: usize = 3;
/// Counts that differ by less are not told.
const CLEARLY: f64 = 0.05;

const BASELINE: &str = "baseline";
const CANDIDATE: &str = "candidate";

/// All notes on two sides.
pub(super) fn notes(baseline: &Side, candidate: &Side, wall: Wall, changes: &[Change]) -> Vec<String> {
    let sides = [baseline, candidate];
    let mut notes: Vec<String> = sides.iter().flat_map(|side| side.notes.clone()).collect();
    notes.extend(order(sides));
    notes.extend(machines(sides));
    notes.extend(unequal_load(sides));
    notes.extend(commits(sides));
    notes.extend(of_wall(sides, wall));
    notes.extend(counts(sides));
    notes.extend(outliers(sides, changes));
    notes
}

/// Whether the sides can be told from the order in which their runs were made.
fn order(sides: [&Side; 2]) -> Option<String> {
    if are_same(sides) {
        return Some("Both sides are the same runs.".into());
    }
    let starts = |side: &Side| side.runs.iter().map(|run| run.start_ns).collect::<Option<Vec<i64>>>();
    let Some((one, other)) = starts(sides[0]).zip(starts(sides[1])) else {
        return Some(
            "It is not known in which order the runs were made, so a change of the machine meanwhile may look like a \
             change of the program."
                .into(),
        );
    };
    let is_before = |one: &[i64], other: &[i64]| one.iter().max() < other.iter().min();
    let (first, second) = if is_before(&one, &other) {
        (BASELINE, CANDIDATE)
    } else if is_before(&other, &one) {
        (CANDIDATE, BASELINE)
    } else {
        return None;
    };
    Some(format!(
        "All runs of the {first} were made before those of the {second}, so a change of the machine meanwhile looks like \
         a change of the program."
    ))
}

/// Whether both sides have the same runs, by their names and figures.
fn are_same([baseline, candidate]: [&Side; 2]) -> bool {
    let is_same = |(one, other): (&SideRun, &SideRun)| one.name == other.name && one.figures == other.figures;
    baseline.runs.len() == candidate.runs.len() && baseline.runs.iter().zip(&candidate.runs).all(is_same)
}

fn machines(sides: [&Side; 2]) -> Option<String> {
    let machines = sides.map(|side| {
        let machines = side.runs.iter().filter_map(|run| run.machine.as_ref());
        let machine = |of: &Machine| {
            let cores = of.cores.map_or(String::new(), |cores| format!(", {cores} cores"));
            terminal::plain(&format!("{} ({}{cores})", of.host, of.system))
        };
        machines.map(machine).collect::<BTreeSet<String>>()
    });
    let [one, other] = &machines;
    let listed = |of: &BTreeSet<String>| first_of(&of.iter().cloned().collect::<Vec<_>>());
    (!one.is_empty() && !other.is_empty() && one != other).then(|| {
        format!(
            "The sides were made on different machines or systems: the baseline on {}, the candidate on {}.",
            listed(one),
            listed(other)
        )
    })
}

/// Sides whose code is not that of one commit.
fn commits(sides: [&Side; 2]) -> Vec<String> {
    let mut notes = Vec::new();
    for (side, which) in sides.into_iter().zip([BASELINE, CANDIDATE]) {
        let revisions: Vec<_> = side.runs.iter().filter_map(|run| run.git.as_ref()).collect();
        let commits: BTreeSet<&str> = revisions.iter().map(|git| git.commit.as_str()).collect();
        if commits.len() > 1 {
            notes.push(format!("The runs of the {which} are of {} commits.", commits.len()));
        }
        if revisions.iter().any(|git| git.dirty) {
            notes.push(format!("Files differed from the commit (+) when the {which} was made."));
        }
    }
    notes
}

/// Why the time of commands is not compared, although some runs have it.
fn of_wall(sides: [&Side; 2], wall: Wall) -> Option<String> {
    let has_command = sides.into_iter().flat_map(|side| &side.runs).any(|run| run.figures.around.is_some());
    (wall == Wall::OfSpans && has_command).then(|| {
        "The time of the command is not known of every run, so the wall time is from the first start of a span to the \
         last end."
            .into()
    })
}

/// Tasks that ran clearly more or less often in all runs of the candidate than in any of the baseline.
fn counts(sides: [&Side; 2]) -> Option<String> {
    let [baseline, candidate] = sides.map(Tasks::of);
    let mut differing: Vec<(f64, String)> = Vec::new();
    for name in baseline.names() {
        let Some((one, other)) = baseline.get(name).zip(candidate.get(name)) else { continue };
        let count = |runs: &[Option<&TaskFigures>]| {
            let counts = runs.iter().map(|task| task.map_or(0, |task| task.count));
            counts.collect::<Vec<u64>>()
        };
        let (one, other) = (count(one), count(other));
        let (least, most) = (one.iter().min(), one.iter().max());
        let is_apart = other.iter().min() > most || other.iter().max() < least;
        let (one, other) = (mean(&one), mean(&other));
        let change = if one > 0.0 { (other / one - 1.0).abs() } else { f64::INFINITY };
        if is_apart && change >= CLEARLY {
            differing.push((change, in_words(name, one, other)));
        }
    }
    differing.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let texts: Vec<String> = differing.into_iter().map(|(_, text)| text).collect();
    (!texts.is_empty()).then(|| format!("Counts a run differ: {}.", first_of(&texts)))
}

fn mean(counts: &[u64]) -> f64 {
    counts.iter().map(|count| *count as f64).sum::<f64>() / counts.len().max(1) as f64
}

fn in_words((group, task): Name<'_>, baseline: f64, candidate: f64) -> String {
    let name = if group.is_empty() { task.to_owned() } else { format!("{group} / {task}") };
    format!("{} {} to {}", quoted(&name), number(baseline), number(candidate))
}

/// A mean count: whole if it is an integer.
fn number(mean: f64) -> String {
    if mean.fract() == 0.0 { units::count(mean as u64) } else { units::number(mean) }
}

/// The runs that are far from the other runs of their side.
fn outliers(sides: [&Side; 2], changes: &[Change]) -> Vec<String> {
    let mut notes = Vec::new();
    for (index, side) in sides.into_iter().enumerate() {
        // A run that is far off in several figures is named once.
        let mut runs: Vec<(usize, Vec<String>)> = Vec::new();
        for change in changes {
            // Figures that not all runs have say nothing of which run it was.
            let known = [&change.baseline, &change.candidate][index].len();
            for &run in change.outliers[index].iter().filter(|_| known == side.runs.len()) {
                let figure = figure_in_words(change);
                match runs.iter_mut().find(|(own, _)| *own == run) {
                    Some((_, figures)) => figures.push(figure),
                    None => runs.push((run, vec![figure])),
                }
            }
        }
        notes.extend(runs.into_iter().map(|(run, figures)| {
            format!(
                "The run {} is far from the others of its side in {}. It counts all the same.",
                side.runs[run].name,
                first_of(&figures)
            )
        }));
    }
    notes
}

fn figure_in_words(change: &Change) -> String {
    match &change.subject {
        Subject::Task { task, .. } => format!("the {} of {}", change.figure, quoted(task)),
        _ => format!("the {}", change.figure),
    }
}

/// The first of some texts: `a, b, c and 4 more`.
fn first_of(texts: &[String]) -> String {
    let first = texts.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match texts.len().saturating_sub(NAMED) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}
