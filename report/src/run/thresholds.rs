//! Thresholds: what a whole run may take, and whether it did. Budgets are those of its tasks.

use super::metadata::Metadata;
use crate::outputs::units;

/// What a whole run may take; what is `None` it may take at will.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Thresholds {
    /// From the command's start to its end, in ns.
    pub wall_ns: Option<u64>,
    /// [`Resources::peak_bytes`](super::Resources::peak_bytes).
    pub peak_memory_bytes: Option<u64>,
}

/// Whether a run kept a threshold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Whether it did: a figure that is not known keeps none.
    pub is_met: bool,
    /// As a sentence: `wall 4.21 s, at most 90.0 s`.
    pub told: String,
}

impl Thresholds {
    /// Of each threshold whether a run kept it.
    pub fn check(&self, run: &Metadata) -> Vec<Kept> {
        let kept = |what: &str, limit: Option<u64>, measured: Option<u64>, text: fn(u64) -> String| {
            limit.map(|limit| Kept {
                is_met: measured.is_some_and(|measured| measured <= limit),
                told: format!(
                    "{what} {}, at most {}",
                    measured.map_or("not recorded here".into(), text),
                    text(limit)
                ),
            })
        };
        let wall = kept("wall", self.wall_ns, run.elapsed_ns, |ns| units::duration(ns.into()));
        let memory = kept("peak memory", self.peak_memory_bytes, run.resources.peak_bytes(), units::bytes);
        wall.into_iter().chain(memory).collect()
    }
}
