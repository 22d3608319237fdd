//! Statistics as text, JSON, Markdown and CSV: one file for each format, and one for the distributions in the text.
//!
//! Takes computed figures and the tasks to show. Computes nothing; the caller chooses where the text goes.

mod csv;
mod distribution;
mod json;
mod markdown;
mod text;

use crate::analysis::{CounterFigures, Distribution, Overview, TaskStatistics};
use crate::gate::Gate;
use crate::model::{Summary, Trace};
use crate::text::{Problems, Zone, units};

/// The figures of a trace, ready to be written as text, JSON, Markdown or CSV.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Statistics {
    /// The summary that they were computed from.
    pub summary: Summary,
    /// The trace of the summary. It has at least the longest spans of each lane.
    pub(crate) trace: Trace,
    pub(crate) overview: Overview,
    /// The requested tasks: by self time, the largest first, then by total, then by name.
    pub(crate) tasks: Vec<TaskStatistics>,
    /// The distributions of the first of these tasks, in their order, if tasks were asked for by name.
    pub(crate) distributions: Vec<Distribution>,
    /// The checks of budgets.
    pub gate: Gate,
    /// One for each (group, counter).
    pub(crate) counters: Vec<CounterFigures>,
    /// The zone of clock times.
    pub zone: Zone,
    /// The problems in the input.
    pub problems: Problems,
}

/// Whether median, p95 and p99 are exact.
fn has_exact_quantiles(row: &TaskStatistics) -> bool {
    row.durations.is_none_or(|of| of.exact)
}

impl Statistics {
    /// The names of a task's group and of the task.
    fn names(&self, task: &TaskStatistics) -> (&str, &str) {
        task.task.names(self.summary.keys())
    }

    /// What the signs in these rows mean, a line each.
    fn signs(&self, rows: &[TaskStatistics]) -> Vec<String> {
        let mut signs = Vec::new();
        if rows.iter().any(|row| !has_exact_quantiles(row)) {
            signs.push("~ approximate (at most 0.4 % off): the task has more than 4,096 spans".into());
        }
        if rows.iter().any(|row| !row.exact) {
            let open = rows.iter().filter_map(|row| row.open_at_once).max();
            let open = open.map_or(String::new(), |open| {
                format!(", up to {} of them open at once", units::count(u64::from(open)))
            });
            signs.push(format!(
                "* spans of a lane overlap without nesting{open}: time counts for the one that started last"
            ));
        }
        signs
    }
}
