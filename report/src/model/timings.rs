//! Timings: durations of tasks without moments, as a log has them.
//!
//! Takes durations one by one; gives the sums and the [`Durations`] of each task. Sums are a commutative monoid. A
//! timing belongs to no lane: it has no self time, and lengthens no run.

use super::durations::Durations;
use super::key::Keys;
use super::time::union;

/// Sums over the timings of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timed {
    /// Number of timings.
    pub(crate) count: u64,
    /// Sum of the durations, in ns.
    pub(crate) total_ns: i128,
    /// Sum of the squared durations, in ns²; saturates at the greatest `u128`.
    pub(crate) squares: u128,
    /// The shortest and the longest duration; `(i64::MAX, 0)` without timings.
    pub(crate) range_ns: (i64, i64),
}

impl Default for Timed {
    fn default() -> Timed {
        Timed { count: 0, total_ns: 0, squares: 0, range_ns: (i64::MAX, 0) }
    }
}

impl Timed {
    /// One timing.
    pub(crate) fn of(duration_ns: i64) -> Timed {
        let square = u128::from(duration_ns.unsigned_abs()).pow(2);
        let (total_ns, range_ns) = (duration_ns.into(), (duration_ns, duration_ns));
        Timed { count: 1, total_ns, squares: square, range_ns }
    }

    /// Adds other timings. A summary file may contain any number, so sums saturate.
    pub(crate) fn merge(&mut self, other: &Timed) {
        self.count = self.count.saturating_add(other.count);
        self.total_ns = self.total_ns.saturating_add(other.total_ns);
        self.squares = self.squares.saturating_add(other.squares);
        self.range_ns = union(self.range_ns, other.range_ns);
    }
}

/// Timings that are being added up.
#[derive(Debug, Default)]
pub(crate) struct Timings {
    pub(super) keys: Keys,
    /// By index of the key, as `durations`.
    pub(super) sums: Vec<Timed>,
    pub(super) durations: Vec<Durations>,
}

impl Timings {
    /// Adds a timing, which must not be negative.
    pub(crate) fn push(&mut self, group: &str, task: &str, duration_ns: i64) {
        let index = self.keys.intern(group, task, None).index();
        if index == self.sums.len() {
            self.sums.push(Timed::default());
            self.durations.push(Durations::default());
        }
        self.sums[index].merge(&Timed::of(duration_ns));
        self.durations[index].push(duration_ns);
    }

    /// Number of timings.
    pub(crate) fn len(&self) -> usize {
        self.sums.iter().map(|of| of.count as usize).sum()
    }
}
