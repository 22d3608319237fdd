//! The gate: limits for a run or its tasks, and whether they were met.
//!
//! Budgets of tasks, those of a whole run and later comparisons are one kind of check: a subject, a limit, the
//! measured figure and the outcome. Takes figures, gives checks. Reads no file and prints nothing.

mod budget;
mod change;
mod check;
mod threshold;

pub use budget::{Budget, BudgetError};
pub use change::{Change, Estimate, Reason, Verdict};
pub use check::{Check, Figure, Limit, Limited, Measured, Outcome, SpanCounts, Subject};
pub use threshold::{Scope, Threshold};

pub(crate) use budget::{Whole, check_of_run, checks};

use crate::text::NoMatch;

/// The checks of one reading or of one run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Gate {
    /// In the order of the limits, and for one limit in the order of the tasks; limits that match no task come last.
    pub checks: Vec<Check>,
}

impl Gate {
    /// Whether every limit is met. True without checks.
    pub fn is_passed(&self) -> bool {
        self.checks.iter().all(|check| check.outcome() == Outcome::Met)
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
