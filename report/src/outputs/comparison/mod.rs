//! A comparison of two sides of runs, as text, JSON, Markdown and parts of a page: one file for each format, and one for
//! the sentences.
//!
//! Takes computed changes and shares of the wall time. Computes nothing; the caller chooses where the text goes.

mod cells;
#[cfg(test)]
mod drawn;
mod json;
mod markdown;
mod page;
mod progress;
#[cfg(test)]
mod tests;
mod text;
mod words;

pub(super) use json::figure as figure_key;

use crate::analysis::Attribution;
use crate::gate::{Change, Design, Figure, Gate, LEAST_RUNS, Reason, Subject, Verdict};

/// The most rows of the table in text and Markdown.
const MOST: usize = 30;
/// The most tasks of one side that text and Markdown name.
const MOST_ONE_SIDED: usize = 5;

/// How the runs of two sides differ.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Comparison {
    /// Baseline and candidate.
    pub(crate) sides: [SideRead; 2],
    /// A check for each figure: the wall time first, then tasks. Their rule is a change.
    pub gate: Gate,
    /// How the runs of both sides belong together.
    pub design: Design,
    /// Where the difference in wall time went. `None` if that is not known of every run.
    pub(crate) attribution: Option<Attribution>,
    /// The tasks that only the baseline has, and those that only the candidate has.
    pub(crate) only: [Vec<OneSided>; 2],
    /// What makes the sides hard to compare, one sentence each. Shown before the figures.
    pub(crate) cautions: Vec<String>,
    /// What else a reader must know, one sentence each.
    pub(crate) notes: Vec<String>,
}

/// How a side was read.
#[derive(Debug, Clone)]
pub(crate) struct SideRead {
    /// As the user named it.
    pub(crate) label: String,
    /// One line, printed after the label: `5 runs, before/3 to before/7, made 2026-11-30 10:00 to 10:02 UTC, commit
    /// 1a2b3c4`.
    pub(crate) read: String,
    /// The name of each run.
    pub(crate) runs: Vec<String>,
}

/// A task of one side.
#[derive(Debug, Clone)]
pub(crate) struct OneSided {
    pub(crate) group: String,
    pub(crate) task: String,
    /// Finished spans a run, on average.
    pub(crate) count: f64,
    /// Their total a run, on average, in ns.
    pub(crate) total_ns: f64,
}

/// Baseline and candidate, as outputs name them.
pub(crate) const SIDES: [&str; 2] = ["baseline", "candidate"];

/// The key of a run in the address of a page: `a3` for the third run of the baseline.
pub(crate) fn run_key(side: usize, run: usize) -> String {
    format!("{}{}", ["a", "b"][side], run + 1)
}

impl Comparison {
    /// The verdict on all figures: a regression if there is any; else inconclusive if any figure is; else an
    /// improvement if there is any; else no change.
    pub fn verdict(&self) -> Verdict {
        self.gate.verdict().unwrap_or(Verdict::Inconclusive(Reason::FewRuns))
    }

    /// The wall time.
    fn wall(&self) -> Option<&Change> {
        self.gate.changes().find(|change| is_wall(change))
    }

    /// The changes in the order of the table: the wall time, then by verdict, then by the size of the difference.
    fn rows(&self) -> Vec<&Change> {
        let mut rows: Vec<&Change> = self.gate.changes().collect();
        rows.sort_by(|one, other| {
            let rank = |change: &Change| (!is_wall(change), rank(change.verdict), unit(change.figure));
            rank(one).cmp(&rank(other)).then(difference(other).abs().total_cmp(&difference(one).abs()))
        });
        rows
    }

    /// The tasks of one side, the greatest total first.
    fn one_sided(&self, side: usize) -> Vec<&OneSided> {
        let mut tasks: Vec<&OneSided> = self.only[side].iter().collect();
        tasks.sort_by(|one, other| other.total_ns.total_cmp(&one.total_ns));
        tasks
    }
}

fn is_wall(change: &Change) -> bool {
    change.subject == Subject::Run && change.figure == Figure::Wall
}

/// Whether single values were compared, so that nothing could be tested.
fn is_untested(change: &Change) -> bool {
    let is_decided = !matches!(change.verdict, Verdict::Inconclusive(_));
    is_decided && change.baseline.len().min(change.candidate.len()) < LEAST_RUNS
}

/// What the values of a figure are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Nanoseconds,
    Count,
    Bytes,
    PerSecond,
}

fn unit(figure: Figure) -> Unit {
    match figure {
        Figure::Wall | Figure::Total | Figure::Mean | Figure::Percentile(_) => Unit::Nanoseconds,
        Figure::PeakMemory => Unit::Bytes,
        Figure::Count => Unit::Count,
        Figure::Throughput => Unit::PerSecond,
    }
}

/// The place of a verdict in the table.
fn rank(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Regression => 0,
        Verdict::Inconclusive(_) => 1,
        Verdict::Improvement => 2,
        Verdict::NoChange => 3,
    }
}

/// Candidate less baseline, in the unit of the figure.
fn difference(change: &Change) -> f64 {
    change.estimate.map_or(0.0, |estimate| estimate.candidate - estimate.baseline)
}
