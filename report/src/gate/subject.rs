//! Subjects: what a check is about.

use crate::text::NoMatch;

/// The subject of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
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
    /// No task: none that ran matches the budget's name.
    Unmatched(NoMatch),
}
