//! Statistics as text, JSON, Markdown and CSV: a file a format, and one for the distributions in the text.
//!
//! Takes what was computed and which tasks are wanted. Computes nothing; where the text goes is the caller's choice.

mod csv;
mod distribution;
mod json;
mod markdown;
mod text;

use crate::analysis::{CounterFigures, Distribution, Overview, TaskStatistics};
use crate::budget::Verdict;
use crate::model::{Summary, Trace};
use crate::stats::NoMatch;

use super::{Zone, terminal, units};

/// The figures of a trace.
#[derive(Debug, Clone)]
pub struct Statistics {
    /// What they were computed from.
    pub summary: Summary,
    /// Its lanes, with the longest of their spans at least.
    pub trace: Trace,
    /// What there is.
    pub overview: Overview,
    /// The tasks that are wanted, by self time, the largest first; then by total, then by name.
    pub tasks: Vec<TaskStatistics>,
    /// The distributions of these, in their order, where they are wanted.
    pub distributions: Vec<Distribution>,
    /// Whether budgets are kept.
    pub verdicts: Vec<Verdict>,
    /// Why budgets are of no task: nothing keeps these.
    pub unmatched: Vec<NoMatch>,
    /// One per (group, counter).
    pub counters: Vec<CounterFigures>,
    /// The zone of clock times.
    pub zone: Zone,
    /// The first problems met while reading.
    pub problems: Vec<Problem>,
    /// How many there were in all.
    pub problem_count: u64,
}

/// Something that was wrong with the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: String,
    /// The line, counted from 1.
    pub line: Option<u64>,
    /// What was wrong there and what was done about it.
    pub what: String,
}

impl Statistics {
    /// Whether every budget is kept.
    pub fn are_budgets_kept(&self) -> bool {
        self.unmatched.is_empty() && self.verdicts.iter().all(Verdict::is_met)
    }

    /// The names of the task's group and of itself.
    pub fn names(&self, task: &TaskStatistics) -> (&str, &str) {
        task.task.names(self.summary.keys())
    }

    /// Spans that ended, in a second of wall time.
    fn rate(&self, task: &TaskStatistics) -> Option<f64> {
        let wall_ns = self.overview.wall_ns();
        (wall_ns > 0).then(|| task.count as f64 * 1e9 / wall_ns as f64)
    }
}

/// `group / task`.
pub(super) fn label((group, task): (&str, &str)) -> String {
    let shown = |name: &str| if name.is_empty() { "(unnamed)".to_owned() } else { terminal::plain(name) };
    format!("{} / {}", shown(group), shown(task))
}

/// A rate: `61.3/s`.
pub(super) fn per_second(rate: f64) -> String {
    format!("{}/s", units::ratio(rate))
}
