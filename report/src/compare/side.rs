//! A side of a comparison: the runs that an argument names.

use crate::runs::{Figures, Machine, Revision};

/// One side of a comparison.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    /// As the user named it.
    pub(crate) label: String,
    /// How it was read, one line.
    pub(crate) read: String,
    /// Never empty, and none of them failed.
    pub(crate) runs: Vec<SideRun>,
    /// What else a reader must know, one sentence each.
    pub(crate) notes: Vec<String>,
}

/// One run of a side.
#[derive(Debug, Clone)]
pub(crate) struct SideRun {
    /// `before/3`, or a path.
    pub(crate) name: String,
    /// When it began, in ns since the Unix epoch; `None` without a wall clock.
    pub(crate) start_ns: Option<i64>,
    pub(crate) peak_bytes: Option<u64>,
    pub(crate) machine: Option<Machine>,
    pub(crate) git: Option<Revision>,
    pub(crate) figures: Figures,
}
