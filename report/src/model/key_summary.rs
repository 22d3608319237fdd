//! What a summary keeps of one key in a lane: sums over its spans, or the number of its point events.
//!
//! A commutative monoid of integers. Unfinished spans are counted apart. A summary file may contain any number, so sums
//! saturate. Knows no lanes.

use super::time::union;
use super::{KeyId, Span, Time};

/// Summary of one key's spans in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeySummary {
    /// The key of the spans.
    pub key: KeyId,
    /// First start, and last end or start.
    pub extent_ns: (i64, i64),
    /// Earliest start of an unfinished span.
    pub unfinished_ns: Option<i64>,
    /// Number of unfinished spans. The fields below ignore them.
    pub unfinished: u64,
    /// Number of finished spans, including instants.
    pub count: u64,
    /// Sum of durations.
    pub total_ns: i128,
    /// Sum of squared durations, in ns²; saturates at the greatest `u128`.
    pub squares: u128,
    /// The shortest and the longest duration; `(i64::MAX, 0)` without finished spans.
    pub range_ns: (i64, i64),
}

/// Summary of one key's point events in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PointSummary {
    /// The key of the point events.
    pub key: KeyId,
    /// The first and the last.
    pub extent_ns: (i64, i64),
    /// How many there are; more than 0.
    pub count: u64,
}

impl PointSummary {
    /// Adds the point events of `other`.
    pub(crate) fn merge(&mut self, other: &PointSummary) {
        self.extent_ns = union(self.extent_ns, other.extent_ns);
        self.count = self.count.saturating_add(other.count); // a summary file may contain any number
    }
}

impl KeySummary {
    /// The summary of no spans.
    pub(crate) fn new(key: KeyId) -> KeySummary {
        KeySummary {
            key,
            extent_ns: (i64::MAX, i64::MIN),
            unfinished_ns: None,
            unfinished: 0,
            count: 0,
            total_ns: 0,
            squares: 0,
            range_ns: (i64::MAX, 0),
        }
    }

    /// Adds a span of the key.
    pub(crate) fn add(&mut self, span: &Span) {
        let start_ns = span.start.ns();
        self.extent_ns = union(self.extent_ns, (start_ns, span.end.map_or(start_ns, Time::ns)));
        let Some(duration_ns) = span.duration_ns() else {
            self.unfinished += 1;
            self.unfinished_ns = [self.unfinished_ns, Some(start_ns)].into_iter().flatten().min();
            return;
        };
        self.count += 1;
        self.total_ns += i128::from(duration_ns);
        let square = u128::from(duration_ns.unsigned_abs()) * u128::from(duration_ns.unsigned_abs());
        self.squares = self.squares.saturating_add(square);
        self.range_ns = union(self.range_ns, (duration_ns, duration_ns));
    }

    /// Adds the spans of `other`.
    pub(crate) fn merge(&mut self, other: &KeySummary) {
        self.extent_ns = union(self.extent_ns, other.extent_ns);
        // A summary file may contain any number.
        self.unfinished = self.unfinished.saturating_add(other.unfinished);
        self.unfinished_ns = [self.unfinished_ns, other.unfinished_ns].into_iter().flatten().min();
        self.count = self.count.saturating_add(other.count);
        self.total_ns = self.total_ns.saturating_add(other.total_ns);
        self.squares = self.squares.saturating_add(other.squares);
        self.range_ns = union(self.range_ns, other.range_ns);
    }
}
