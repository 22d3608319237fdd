//! A comparison of two sides of runs, as text, JSON and Markdown.

use crate::analysis::Attribution;
use crate::gate::Gate;

/// How the runs of two sides differ.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Comparison {
    /// Baseline and candidate.
    pub(crate) sides: [SideRead; 2],
    /// A check for each figure: the wall time first, then tasks. Their rule is a change.
    pub gate: Gate,
    /// Where the difference in wall time went. `None` if that is not known of every run.
    pub(crate) attribution: Option<Attribution>,
    /// The tasks that only the baseline has, and those that only the candidate has.
    pub(crate) only: [Vec<OneSided>; 2],
    /// What else a reader must know, one sentence each.
    pub(crate) notes: Vec<String>,
}

/// How a side was read.
#[derive(Debug, Clone)]
pub(crate) struct SideRead {
    /// As the user named it.
    pub(crate) label: String,
    /// One line: `5 runs: before/3 to before/7, made 10:00 to 10:02 UTC on 2026-11-30, commit 1a2b3c4`.
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
