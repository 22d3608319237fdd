//! One check: a subject, what is expected of one of its figures, and what came of it.
//!
//! A budget limits the figure of one run. A threshold is the smallest change between two sides of runs that counts.

use super::change::Change;
use super::figure::Figure;
use super::subject::Subject;
use crate::analysis::QUANTILE_ERROR;

/// One check.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Check {
    /// A budget: the most that a figure may be.
    Limit(Limited),
    /// A threshold: a figure of two sides, and whether it became worse.
    Change(Change),
}

/// A figure held against a limit. A figure equal to its limit meets it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Limited {
    /// The run or the task that is checked.
    pub subject: Subject,
    /// The limit that the figure is compared with.
    pub limit: Limit,
    /// The figure. `None` when it is unknown, for example because no span of the task ended.
    pub measured: Option<Measured>,
    /// The task's spans. `None` for a check of a run.
    pub spans: Option<SpanCounts>,
}

/// A figure and the most that it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limit {
    /// The figure that is limited.
    pub figure: Figure,
    /// The greatest value that meets the limit: ns for durations, bytes for memory.
    pub at_most: i64,
    /// The limit as text: a budget as the user wrote it, a limit of a run in its unit, such as `90.0 s`.
    pub text: String,
}

/// A measured figure, as precisely as it is known. A limit is compared with its highest possible value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Measured {
    /// Exactly this value.
    Exact(i64),
    /// This value, at most 0.4 % off: a quantile of more than 4,096 durations.
    About(i64),
    /// Between these two values, inclusive.
    Between(i64, i64),
    /// At most this value.
    AtMost(i64),
}

/// Counts of the spans of a checked task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanCounts {
    /// The number of finished spans.
    pub count: u64,
    /// The number of spans that took longer than the limit, as (at least, at most).
    pub over: (u64, u64),
}

impl Check {
    /// The run or the task that is checked.
    pub fn subject(&self) -> &Subject {
        match self {
            Check::Limit(Limited { subject, .. }) | Check::Change(Change { subject, .. }) => subject,
        }
    }
}

impl Limited {
    /// Whether the limit is met; not without a measured figure.
    pub fn is_met(&self) -> bool {
        self.measured.is_some_and(|measured| measured.highest() <= self.limit.at_most)
    }

    /// Whether the error of the figure leaves it certain whether the limit is met.
    pub fn is_certain(&self) -> bool {
        let Some(Measured::About(value)) = self.measured else { return true };
        (value - self.limit.at_most).unsigned_abs() as f64 > value as f64 * QUANTILE_ERROR
    }
}

impl Measured {
    /// The highest possible value.
    pub fn highest(self) -> i64 {
        match self {
            Measured::Exact(value)
            | Measured::About(value)
            | Measured::Between(_, value)
            | Measured::AtMost(value) => value,
        }
    }
}
