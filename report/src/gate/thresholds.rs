//! Thresholds: limits for a whole run. Budgets are limits for its tasks.

use super::check::{Check, Figure, Limit, Measured, Subject};
use crate::text::units;

/// Limits for a whole run. `None` means no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Thresholds {
    /// The most wall time, from the command's start to its end, in ns.
    pub(crate) wall_ns: Option<u64>,
    /// The most memory of the command's processes, in bytes.
    pub(crate) peak_memory_bytes: Option<u64>,
}

impl Thresholds {
    /// A check for each threshold. The run took `elapsed_ns` and used up to `peak` bytes of memory.
    pub(crate) fn checks(&self, elapsed_ns: Option<u64>, peak: Option<Measured>) -> Vec<Check> {
        let check = |figure, at_most, text, measured| Check {
            subject: Subject::Run,
            limit: Limit { figure, at_most: saturate(at_most), text },
            measured,
            spans: None,
        };
        let elapsed = elapsed_ns.map(|ns| Measured::Exact(saturate(ns)));
        let wall = self.wall_ns.map(|ns| check(Figure::Wall, ns, units::duration(ns.into()), elapsed));
        let memory =
            self.peak_memory_bytes.map(|bytes| check(Figure::PeakMemory, bytes, units::bytes(bytes), peak));
        wall.into_iter().chain(memory).collect()
    }
}

fn saturate(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
