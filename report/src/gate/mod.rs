//! The gate: what is expected of a run and its tasks, and whether it came true.
//!
//! A budget limits a figure of one run. A threshold is the smallest change of a figure between two sides of runs that
//! counts. Both are checks: a subject, one of its figures, and what came of it. Takes figures, gives checks. Reads no
//! file and prints nothing.

mod band;
mod budget;
mod change;
mod check;
mod figure;
mod looks;
mod proposal;
#[cfg(test)]
mod simulation;
mod splits;
mod subject;
mod threshold;

pub use budget::{Budget, BudgetError};
pub use change::{Change, Design, Estimate, Reason, Verdict};
pub use check::{Check, Limit, Limited, Measured, SpanCounts};
pub use figure::Figure;
pub use subject::Subject;
pub use threshold::{Scope, Threshold, ThresholdError};

pub(crate) use band::HIGHER;
pub(crate) use budget::{Whole, check_of_run, checks};
pub(crate) use change::{ALPHA, Pair, changes, is_small};
pub(crate) use looks::{LEAST_RUNS, looks};
pub(crate) use proposal::{Proposal, proposed};
pub(crate) use splits::{Alarms, Repeated, alarms};
pub(crate) use threshold::{LEAST_PART_OF_WALL, Thresholds};

use crate::text::NoMatch;

/// The checks of one reading or of one run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gate {
    /// In the order of the limits, and for one limit in the order of the tasks; limits that match no task come last.
    pub checks: Vec<Check>,
}

impl Gate {
    /// Whether every limit is met and no figure has a regression. One that is inconclusive passes. True without checks.
    pub fn is_passed(&self) -> bool {
        self.checks.iter().all(|check| match check {
            Check::Limit(limited) => limited.is_met(),
            Check::Change(change) => change.verdict != Verdict::Regression,
        })
    }

    /// The budgets, in their order.
    pub(crate) fn limits(&self) -> impl Iterator<Item = &Limited> {
        self.checks.iter().filter_map(|check| match check {
            Check::Limit(limited) => Some(limited),
            Check::Change(_) => None,
        })
    }

    /// The comparisons, in their order.
    pub(crate) fn changes(&self) -> impl Iterator<Item = &Change> {
        self.checks.iter().filter_map(|check| match check {
            Check::Change(change) => Some(change),
            Check::Limit(_) => None,
        })
    }

    /// The verdict on all comparisons. `None` without comparisons.
    pub fn verdict(&self) -> Option<Verdict> {
        Verdict::overall(self.changes().map(|change| change.verdict))
    }

    /// The budgets of the whole run, in their order.
    pub(crate) fn of_runs(&self) -> impl Iterator<Item = &Limited> {
        self.limits().filter(|check| check.subject == Subject::Run)
    }

    /// The budgets of tasks, in their order.
    pub(crate) fn of_tasks(&self) -> impl Iterator<Item = &Limited> {
        self.limits().filter(|check| matches!(check.subject, Subject::Task { .. }))
    }

    /// The budgets that match no task, with the reason, in their order.
    pub(crate) fn unmatched(&self) -> impl Iterator<Item = (&Limited, &NoMatch)> {
        self.limits().filter_map(|check| match &check.subject {
            Subject::Unmatched(no_match) => Some((check, no_match)),
            _ => None,
        })
    }
}
