//! Thresholds: the smallest change of a figure between two sides of runs that counts.

use super::check::Figure;

/// The smallest change that counts. Where both parts are given, a change must reach both.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Threshold {
    /// What it applies to.
    pub scope: Scope,
    /// The figure. `None` for the wall time of a run and the total of a task.
    pub figure: Option<Figure>,
    /// As a part of the baseline: 0.05 for 5 %.
    pub relative: Option<f64>,
    /// In the figure's unit: ns, bytes or a count.
    pub absolute: Option<i64>,
    /// As the user wrote it, such as `save=5% and 2ms@p95`.
    pub text: String,
}

/// What a threshold applies to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// Every figure without a threshold of its own.
    All,
    /// The whole run.
    Run,
    /// Tasks that match a name or glob: `task` or `group/task`.
    Tasks(String),
}
