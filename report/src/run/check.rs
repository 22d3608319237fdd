//! Checks whether a run keeps its limits: budgets for its tasks, thresholds for the whole run.

use super::Run;
use crate::gate::{Budget, Gate, Thresholds};
use crate::report::{Error, Stats};
use crate::sources::Progress;

impl Run {
    /// The checks of a run that recorded a span. Reads its records only if there are budgets.
    pub(crate) fn check(
        &self,
        thresholds: &Thresholds,
        budgets: Vec<Budget>,
        progress: &Progress,
    ) -> Result<Gate, Error> {
        let mut checks = thresholds.checks(self.metadata.elapsed_ns, self.metadata.resources.peak());
        if !budgets.is_empty() {
            let mut stats = Stats { budgets, ..Stats::of(self.place.records()) };
            stats.reading.progress = progress.clone();
            checks.extend(stats.compute()?.gate.checks);
        }
        Ok(Gate { checks })
    }
}
