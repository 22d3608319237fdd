//! Rows of one lane, as a source reads them.

use std::sync::Arc;

use super::key::{KeyId, Keys};
use super::spans::{Span, Spans};

/// Rows of one lane, in ns since the Unix epoch, with the names they use.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    /// The names that these rows use.
    pub keys: Keys,
    /// Seconds east of UTC of the row that starts first, where it said so.
    pub offset_s: Option<i32>,
    pub(super) spans: Spans,
}

impl Rows {
    /// No rows.
    pub fn new() -> Rows {
        Rows::default()
    }

    /// Appends a span; `end_ns` is `None` when it is unfinished, and counts as `start_ns` when before it. Moments
    /// before 1969 or after 2260 count as the first or the last that there is.
    pub fn push(&mut self, start_ns: i64, end_ns: Option<i64>, key: KeyId) {
        self.spans.push(start_ns, end_ns, key);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The first start, in ns since the Unix epoch; `None` when empty.
    pub fn first_ns(&self) -> Option<i64> {
        self.spans.extent_ns().map(|extent_ns| extent_ns.0)
    }

    /// Appends those of another part of the lane.
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

    /// Appends those that stand behind these in one file, in time that does not depend on how many these are; the
    /// offset stays as it is.
    pub fn extend(&mut self, later: Rows) {
        let Rows { keys, mut spans, .. } = later;
        let copied: Vec<KeyId> = keys.ids().map(|id| self.keys.copy(&keys, id)).collect();
        spans.rename(|key| copied[key.index()]);
        self.spans.append(spans);
    }

    /// Keeps the spans for which the function says so, which is given them in ns since the Unix epoch.
    pub fn retain(&mut self, keep: impl Fn(Span) -> bool) {
        self.spans.retain(keep);
    }

    /// The spans in the model's order, in ns since the Unix epoch, and what they can be.
    pub fn sorted(mut self) -> (Arc<Keys>, Spans) {
        self.spans.sort();
        (Arc::new(self.keys), self.spans)
    }
}
