//! Where the difference in wall time between two sides went.
//!
//! Takes the shares of the wall time of each run of both sides, gives their means over the runs. Means are linear, so
//! the parts sum to the mean wall times, and their differences to the difference, exactly and in ns.

/// The mean wall times of both sides, and the parts that they consist of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribution {
    /// The mean wall time of the baseline's runs, rounded to ns.
    pub(crate) baseline_ns: i64,
    pub(crate) candidate_ns: i64,
    /// By the absolute difference, the greatest first, ties by name.
    pub(crate) parts: Vec<Part>,
}

/// A part of the wall time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) of: PartOf,
    pub(crate) baseline_ns: i64,
    pub(crate) candidate_ns: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PartOf {
    Task {
        group: String,
        task: String,
    },
    /// Tasks that are not listed by a side.
    OtherTasks,
    /// No span had begun.
    IdleBefore,
    /// No span ran between the first and the last.
    IdleBetween,
    /// The last span had ended.
    IdleAfter,
}
