//! Statistics as text, JSON, Markdown and CSV: a file a format, and one for the distributions in the text.
//!
//! Takes what was computed and which tasks are wanted. Computes nothing; where the text goes is the caller's choice.

mod csv;
mod distribution;
mod json;
mod markdown;
mod text;

use crate::analysis::{CounterFigures, Distribution, Overview, TaskStatistics};
use crate::gate::Gate;
use crate::model::{Summary, Trace};
use crate::text::{Problems, Zone};

/// The figures of a trace, to be written as text, JSON, Markdown or CSV.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Statistics {
    /// What they were computed from.
    pub summary: Summary,
    /// Its lanes, with the longest of their spans at least.
    pub(crate) trace: Trace,
    pub(crate) overview: Overview,
    /// The tasks that were asked for, by self time, the largest first; then by total, then by name.
    pub(crate) tasks: Vec<TaskStatistics>,
    /// The distributions of the first of these tasks, in their order, where they were asked for.
    pub(crate) distributions: Vec<Distribution>,
    /// Whether budgets are kept.
    pub gate: Gate,
    /// One per (group, counter).
    pub(crate) counters: Vec<CounterFigures>,
    /// The zone of clock times.
    pub zone: Zone,
    /// What was wrong with the input.
    pub problems: Problems,
}

impl Statistics {
    /// The names of the task's group and of itself.
    fn names(&self, task: &TaskStatistics) -> (&str, &str) {
        task.task.names(self.summary.keys())
    }
}
