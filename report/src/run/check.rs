//! Checks whether a run keeps its budgets.

use super::Run;
use crate::gate::{self, Budget, Check, Gate};
use crate::report::{Error, Stats};
use crate::sources::Progress;

impl Run {
    /// The checks of a run that recorded a span. Reads its records only if there are budgets of tasks.
    pub(crate) fn check(&self, budgets: Vec<Budget>, progress: &Progress) -> Result<Gate, Error> {
        let whole = self.metadata.whole();
        let of_run = budgets.iter().filter_map(|budget| gate::check_of_run(budget, whole));
        let mut checks: Vec<Check> = of_run.map(Check::Limit).collect();
        let budgets: Vec<Budget> = budgets.into_iter().filter(|budget| budget.task.is_some()).collect();
        if !budgets.is_empty() {
            let mut stats = Stats { budgets, ..Stats::of(self.place.records()) };
            stats.reading.progress = progress.clone();
            checks.extend(stats.compute()?.gate.checks);
        }
        Ok(Gate { checks })
    }
}
