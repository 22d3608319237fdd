//! One check: a subject, a limit, what was measured, and the outcome.

use std::fmt;

use crate::analysis::QUANTILE_ERROR;
use crate::model::Percentile;
use crate::text::NoMatch;

/// One check. A figure that is equal to its limit keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What is checked.
    pub subject: Subject,
    /// What it must keep.
    pub limit: Limit,
    /// The figure; `None` when it is not known, for example because no span of a task ended.
    pub measured: Option<Measured>,
    /// For a check of a task: its spans.
    pub spans: Option<SpanCounts>,
}

/// What is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A whole run.
    Run,
    /// One task of one group.
    Task {
        /// The name of the group.
        group: String,
        /// The name of the task.
        task: String,
    },
    /// Nothing: the budget names no task that ran.
    Unmatched(NoMatch),
}

/// A figure and the most that it may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Which figure.
    pub figure: Figure,
    /// The greatest value that keeps the limit: ns for lengths of time, bytes for memory.
    pub at_most: i64,
    /// The limit as the user wrote it.
    pub text: String,
}

/// A figure of a run or of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// From a run's start to its end, in ns.
    Wall,
    /// The most memory of a run, in bytes.
    PeakMemory,
    /// The mean of a task's durations, in ns.
    Mean,
    /// A percentile of a task's durations, in ns: 0 is the shortest, 100 the longest.
    Percentile(Percentile),
}

/// A figure as far as it is known. A limit is compared with the highest value that it can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measured {
    /// Exactly this.
    Exact(i64),
    /// This, at most 0.4 % off: a quantile of more than 4,096 durations.
    About(i64),
    /// Between these two.
    Between(i64, i64),
    /// Not more than this.
    AtMost(i64),
}

/// The spans of a task that a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpanCounts {
    /// How many ended.
    pub count: u64,
    /// How many of them took longer than the limit: at least and at most.
    pub over: (u64, u64),
}

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The limit is kept.
    Met,
    /// The limit is exceeded, or nothing was measured.
    Broken,
}

impl Check {
    /// Whether the limit is kept. What was not measured keeps none.
    pub fn outcome(&self) -> Outcome {
        match self.measured {
            Some(measured) if measured.highest() <= self.limit.at_most => Outcome::Met,
            _ => Outcome::Broken,
        }
    }

    /// Whether the error of the figure leaves no doubt about the outcome.
    pub fn is_certain(&self) -> bool {
        let Some(Measured::About(value)) = self.measured else { return true };
        (value - self.limit.at_most).unsigned_abs() as f64 > value as f64 * QUANTILE_ERROR
    }
}

impl Measured {
    /// The highest value that it can have.
    pub fn highest(self) -> i64 {
        match self {
            Measured::Exact(value)
            | Measured::About(value)
            | Measured::Between(_, value)
            | Measured::AtMost(value) => value,
        }
    }
}

/// `wall`, `peak memory`, `mean`, `p95`, `p99.9`, `min`, `max`.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Figure::Wall => f.write_str("wall time"),
            Figure::PeakMemory => f.write_str("peak memory"),
            Figure::Mean => f.write_str("mean"),
            Figure::Percentile(percentile) if *percentile == Percentile::MAX => f.write_str("max"),
            Figure::Percentile(percentile) if percentile.thousandths() == 0 => f.write_str("min"),
            Figure::Percentile(percentile) => {
                let (whole, part) = (percentile.thousandths() / 1000, percentile.thousandths() % 1000);
                let part = format!(".{part:03}");
                write!(f, "p{whole}{}", part.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }
}
