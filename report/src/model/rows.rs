//! Rows of one lane, as a source reads them.

use std::collections::HashMap;
use std::sync::Arc;

use super::key::{KeyId, Keys};
use super::spans::{Span, Spans};
use super::time::Time;

/// Rows of one lane, in ns since the Unix epoch, with the names they use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// The names that these rows use.
    pub keys: Keys,
    /// Seconds east of UTC of the row that starts first, if its stamp names an offset.
    pub offset_s: Option<i32>,
    pub(super) spans: Spans,
}

impl Rows {
    /// Makes an empty collection.
    pub fn new() -> Rows {
        Rows::default()
    }

    /// Appends a span. `end_ns` is `None` for an unfinished span; an end before the start counts as the start. Times
    /// before 1969 or after 2260 count as [`FIRST_NS`](super::FIRST_NS) or [`LAST_NS`](super::LAST_NS).
    pub fn push(&mut self, start_ns: i64, end_ns: Option<i64>, key: KeyId) {
        self.spans.push(start_ns, end_ns, key);
    }

    /// Ends the unfinished row at `index`. An end before the start counts as the start.
    pub(crate) fn finish(&mut self, index: usize, end_ns: i64) {
        self.spans.finish(index, end_ns);
    }

    /// Gives the row at `index` an attribute. If it already has one of this name, the value is replaced.
    pub fn attach(&mut self, index: usize, name: &str, value: &str) {
        self.spans.attach(index, name, value);
    }

    /// Sets the CPU time of the row at `index`, in ns. Less than 0 counts as 0.
    pub fn set_cpu(&mut self, index: usize, ns: i64) {
        self.spans.set_cpu(index, ns);
    }

    /// Replaces each known CPU time, or leaves it out. Gives the number of those left out.
    pub(crate) fn mend_cpu(&mut self, mend: impl Fn(Span, i64) -> Option<i64>) -> u64 {
        self.spans.mend_cpu(mend)
    }

    /// Makes declared waits of the tasks that `is_wait` accepts, given by group and task.
    pub(crate) fn declare_waits(&mut self, is_wait: impl Fn(&str, &str) -> bool) {
        if let Some((keys, renamed)) = self.keys.with_waits(is_wait) {
            self.keys = keys;
            self.spans.rename(|key| renamed[key.index()]);
        }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Number of rows that are spans, and not point events.
    pub fn span_count(&self) -> usize {
        if !self.keys.has_points() {
            return self.len();
        }
        self.spans.iter().filter(|span| !self.keys.key(span.key).is_point()).count()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The spans in the order of reading, with times in ns since the Unix epoch.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Span> + '_ {
        self.spans.iter()
    }

    /// First start, in ns since the Unix epoch; `None` without rows.
    pub fn first_ns(&self) -> Option<i64> {
        self.spans.extent_ns().map(|extent_ns| extent_ns.0)
    }

    /// Moves all times by `ns`. Times count as in [`push`](Rows::push).
    pub(crate) fn shift(&mut self, ns: i64) {
        self.spans.shift(ns);
    }

    /// First start, and last end or start; `None` without rows.
    pub(crate) fn extent_ns(&self) -> Option<(i64, i64)> {
        self.spans.extent_ns()
    }

    /// Appends the rows of another part of the lane.
    pub fn append(&mut self, other: Rows) {
        if self.is_empty() {
            *self = other;
            return;
        }
        if other.first_ns().is_some_and(|first_ns| self.first_ns().is_some_and(|own_ns| first_ns < own_ns)) {
            self.offset_s = other.offset_s;
        }
        self.extend(other);
    }

    /// Appends the rows that follow these in one file. The cost does not depend on the number of rows already here.
    /// Leaves the offset as it is.
    pub fn extend(&mut self, later: Rows) {
        let Rows { keys, mut spans, .. } = later;
        let copied: Vec<KeyId> = keys.ids().map(|id| self.keys.copy(&keys, id)).collect();
        spans.rename(|key| copied[key.index()]);
        self.spans.append(spans);
    }

    /// Deals the rows to a number of lanes, in their order. `lane_of` gives the lane of each. The offset stays behind.
    pub(crate) fn dealt(&self, lane_of: &[u32], lanes: u32) -> Vec<Rows> {
        let mut dealt = vec![Rows::new(); lanes as usize];
        let mut keys: HashMap<(u32, KeyId), KeyId> = HashMap::new();
        for (index, (span, &lane)) in self.spans.iter().zip(lane_of).enumerate() {
            let rows = &mut dealt[lane as usize];
            let copied = keys.entry((lane, span.key)).or_insert_with(|| rows.keys.copy(&self.keys, span.key));
            rows.push(span.start.ns(), span.end.map(Time::ns), *copied);
            let place = rows.len() - 1;
            if let Some(ns) = self.spans.cpu_ns(index) {
                rows.set_cpu(place, ns);
            }
            for (name, value) in self.spans.attributes().of(index) {
                rows.attach(place, name, value);
            }
        }
        dealt
    }

    /// Keeps the spans for which `keep` returns true. `keep` gets times in ns since the Unix epoch.
    pub fn retain(&mut self, keep: impl Fn(Span) -> bool) {
        self.spans.retain(keep);
    }

    /// The spans in the model's order and in ns since the Unix epoch, and their keys.
    pub fn sorted(mut self) -> (Arc<Keys>, Spans) {
        self.spans.sort();
        self.spans.shrink_attributes();
        (Arc::new(self.keys), self.spans)
    }
}
