//! Notes: what the figures of a comparison do not show, but a reader must know.
//!
//! Takes two sides and what was compared; gives sentences. None of them changes a verdict.

use std::collections::{BTreeMap, BTreeSet};

use super::cautions;
use super::family::{Name, Tasks, Wall, mean};
use super::numbering::{first_of, listed};
use super::side::{Side, SideRun};
use super::turns::Turn;
use crate::gate::{Change, Design, Figure, Subject, Verdict};
use crate::runs::TaskFigures;
use crate::text::{quoted, units};

/// Counts that differ by less are not told.
const CLEARLY: f64 = 0.05;

const BASELINE: &str = "baseline";
const CANDIDATE: &str = "candidate";

/// All notes on two sides. `not_compared` says what was not compared and why.
pub(super) fn notes(
    sides: [&Side; 2],
    design: Design,
    wall: Wall,
    changes: &[Change],
    not_compared: Vec<String>,
) -> Vec<String> {
    let (are_same, overlap) = shared(sides);
    let mut notes: Vec<String> = sides[0].notes.clone();
    notes.extend(sides[1].notes.iter().filter(|note| !sides[0].notes.contains(note)).cloned());
    notes.extend(overlap);
    notes.extend(cautions::commands(sides).filter(|_| design.is_paired()));
    notes.extend(commits(sides));
    notes.extend(of_wall(sides, wall));
    notes.extend(not_compared);
    notes.extend(counts(sides));
    if are_same {
        notes.extend(outliers(changes, 0, sides[0], "both sides"));
    } else {
        notes.extend(outliers(changes, 0, sides[0], "the baseline"));
        notes.extend(outliers(changes, 1, sides[1], "the candidate"));
        notes.extend(order(sides).filter(|_| !design.is_paired()));
    }
    notes
}

/// What sides that took turns lack: a partner of each run, or pairs until all is decided. The latter is worth a word only
/// if something is not decided.
pub(super) fn in_turn(sides: [&Side; 2], design: Design) -> Option<String> {
    let [(one, at_most), (other, _)] = [last_turn(sides[0])?, last_turn(sides[1])?];
    match design {
        Design::Sequential { is_last: false, .. } => Some(format!(
            "There are only {} of at most {at_most} pairs, and not every figure is decided.",
            sides[0].runs.len()
        )),
        Design::Independent if one.is_of_same_comparison(other) => Some(
            "The sides took turns, but not every run has its partner, so they are not compared in pairs: name the same \
             repeats of both."
                .into(),
        ),
        _ => None,
    }
}

/// The turn of the last run of a side, and how many there may have been.
fn last_turn(side: &Side) -> Option<(&Turn, u32)> {
    let turn = side.runs.last()?.in_turn.as_ref()?;
    Some((turn, turn.pairs()))
}

/// Whether both sides are the same runs, by their names and figures; and a note if they share any.
fn shared([baseline, candidate]: [&Side; 2]) -> (bool, Option<String>) {
    let is_same = |one: &SideRun, other: &SideRun| one.name == other.name && one.figures == other.figures;
    let both: Vec<&str> = (baseline.runs.iter())
        .filter(|one| candidate.runs.iter().any(|other| is_same(one, other)))
        .map(|run| run.name.as_str())
        .collect();
    match both.len() {
        0 => (false, None),
        count if count == baseline.runs.len() && count == candidate.runs.len() => {
            (true, Some("Both sides are the same runs.".into()))
        }
        1 => (false, Some(format!("1 run is on both sides: {}.", both[0]))),
        count => (false, Some(format!("{count} runs are on both sides: {}.", listed(&both)))),
    }
}

/// Whether the sides can be told from the order in which their runs were made.
fn order(sides: [&Side; 2]) -> Option<String> {
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

/// Why the time of commands is not compared, although there were some.
fn of_wall(sides: [&Side; 2], wall: Wall) -> Option<String> {
    let has_command = sides.into_iter().flat_map(|side| &side.runs).any(|run| run.command.is_some());
    (wall == Wall::OfSpans && has_command).then(|| {
        "Not every run has a command whose time includes all its spans, so the wall time is from the first start of a \
         span to the last end."
            .into()
    })
}

/// Tasks that ran clearly more or less often in all runs of the candidate than in any of the baseline.
fn counts(sides: [&Side; 2]) -> Option<String> {
    let [baseline, candidate] = sides.map(Tasks::of);
    let mut differing: Vec<(f64, String)> = Vec::new();
    for name in baseline.names() {
        let Some(runs) = baseline.get(name).zip(candidate.get(name)) else { continue };
        let count = |runs: &[Option<&TaskFigures>]| {
            let counts = runs.iter().map(|task| task.map_or(0, |task| task.count));
            counts.collect::<Vec<u64>>()
        };
        let (one, other) = (count(runs.0), count(runs.1));
        let (least, most) = (one.iter().min(), one.iter().max());
        let is_apart = other.iter().min() > most || other.iter().max() < least;
        let (one, other) = (mean(runs.0, |task| task.count), mean(runs.1, |task| task.count));
        let change = if one > 0.0 { (other / one - 1.0).abs() } else { f64::INFINITY };
        if is_apart && change >= CLEARLY {
            differing.push((change, in_words(name, one, other)));
        }
    }
    differing.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let texts: Vec<String> = differing.into_iter().map(|(_, text)| text).collect();
    (!texts.is_empty()).then(|| format!("Spans per run differ: {}.", first_of(&texts)))
}

fn in_words((group, task): Name<'_>, baseline: f64, candidate: f64) -> String {
    let name = if group.is_empty() { task.to_owned() } else { format!("{group} / {task}") };
    format!("{} {} to {}", quoted(&name), number(baseline), number(candidate))
}

/// A mean count: whole if it is an integer.
fn number(mean: f64) -> String {
    if mean.fract() == 0.0 { units::count(mean as u64) } else { units::number(mean) }
}

/// The runs that are far from the others of a side, each with the figures in which it is. A figure that did not change
/// in spite of them is not worth a word.
fn outliers(changes: &[Change], index: usize, side: &Side, which: &str) -> Option<String> {
    let mut runs: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    let is_told = |change: &&Change| change.figure == Figure::Wall || change.verdict != Verdict::NoChange;
    for change in changes.iter().filter(is_told) {
        for &run in &change.outliers[index] {
            runs.entry(run).or_default().push(figure_in_words(change));
        }
    }
    let words: Vec<String> = (runs.iter())
        .map(|(&run, figures)| format!("{} ({})", side.runs[run].name, first_of(figures)))
        .collect();
    let they_are = if words.len() == 1 { "it is" } else { "they are" };
    (!words.is_empty()).then(|| {
        format!("Far from the other runs of {which}: {}; {they_are} still included.", first_of(&words))
    })
}

fn figure_in_words(change: &Change) -> String {
    match (&change.subject, change.figure) {
        (Subject::Task { task, .. }, Figure::Total) => quoted(task),
        (Subject::Task { task, .. }, figure) => format!("{figure} of {}", quoted(task)),
        (_, figure) => figure.to_string(),
    }
}
