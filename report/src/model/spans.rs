//! The spans of one lane, in columns, with their CPU time and their attributes.

use super::attributes::Attributes;
use super::time::{FIRST_NS, LAST_NS};
use super::{KeyId, Time};

/// The duration of a span whose end was never written.
const UNFINISHED: i64 = -1;

/// The CPU time of a span of which it is not known.
const NOT_KNOWN: i64 = -1;

/// Three columns of equal length: start, duration, key. Costs 20 bytes a span, 8 for CPU times if any is known, and
/// what its attributes cost.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans {
    start_ns: Vec<i64>,
    duration_ns: Vec<i64>,
    key: Vec<KeyId>,
    /// As long as the others, or empty if no CPU time is known.
    cpu_ns: Vec<i64>,
    attributes: Attributes,
}

/// One run of a task: `[start, end)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When the task began.
    pub start: Time,
    /// When it ended, never before `start`; `None` when its end was never written.
    pub end: Option<Time>,
    /// Its task and group, and the user's colour.
    pub key: KeyId,
}

impl Span {
    /// End less start, in ns; `None` when unfinished.
    pub fn duration_ns(&self) -> Option<i64> {
        self.end.map(|end| end.since(self.start))
    }
}

impl Spans {
    /// Number of spans.
    pub fn len(&self) -> usize {
        self.key.len()
    }

    /// Whether there are no spans.
    pub fn is_empty(&self) -> bool {
        self.key.is_empty()
    }

    /// All spans, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Span> + Clone + '_ {
        (0..self.len()).map(|index| self.at(index))
    }

    /// The span at `index`.
    ///
    /// # Panics
    ///
    /// When `index` is not below [`len`](Spans::len).
    pub fn at(&self, index: usize) -> Span {
        let start = Time::since_origin(self.start_ns[index]);
        let duration = self.duration_ns[index];
        let end = (duration != UNFINISHED).then(|| Time::since_origin(start.ns() + duration));
        Span { start, end, key: self.key[index] }
    }

    /// The CPU time that its thread used during the span at `index`, in ns; `None` if it is not known. It includes what
    /// ran inside the span, and may exceed the span's duration by the errors of two clocks.
    ///
    /// # Panics
    ///
    /// When `index` is not below [`len`](Spans::len).
    pub fn cpu_ns(&self, index: usize) -> Option<i64> {
        assert!(index < self.len(), "span {index} of {}", self.len());
        self.cpu_ns.get(index).copied().filter(|&ns| ns != NOT_KNOWN)
    }

    /// Whether the CPU time of any span is known.
    pub fn has_cpu(&self) -> bool {
        !self.cpu_ns.is_empty()
    }

    /// The attributes, by the indices of the spans.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Appends a span, in ns since the Unix epoch. An end before the start counts as the start. Times before 1969 or
    /// after 2260 count as [`FIRST_NS`] or [`LAST_NS`].
    pub(super) fn push(&mut self, start_ns: i64, end_ns: Option<i64>, key: KeyId) {
        self.start_ns.push(start_ns.clamp(FIRST_NS, LAST_NS));
        self.duration_ns.push(UNFINISHED);
        if let Some(end_ns) = end_ns {
            self.finish(self.key.len(), end_ns);
        }
        self.key.push(key);
        if self.has_cpu() {
            self.cpu_ns.push(NOT_KNOWN);
        }
    }

    /// Sets the end of a span.
    pub(super) fn finish(&mut self, index: usize, end_ns: i64) {
        self.duration_ns[index] = (end_ns.min(LAST_NS) - self.start_ns[index]).max(0);
    }

    /// Sets the CPU time of a span. Less than 0 counts as 0.
    pub(super) fn set_cpu(&mut self, index: usize, ns: i64) {
        self.cpu_ns.resize(self.len(), NOT_KNOWN);
        self.cpu_ns[index] = ns.max(0);
    }

    /// Replaces each known CPU time, or leaves it out. Gives the number of those left out.
    pub(super) fn mend_cpu(&mut self, mend: impl Fn(Span, i64) -> Option<i64>) -> u64 {
        let mut left_out = 0;
        for index in 0..self.cpu_ns.len() {
            let cpu_ns = self.cpu_ns[index];
            if cpu_ns != NOT_KNOWN {
                let mended = mend(self.at(index), cpu_ns);
                left_out += u64::from(mended.is_none());
                self.cpu_ns[index] = mended.unwrap_or(NOT_KNOWN);
            }
        }
        self.forget_unknown();
        left_out
    }

    /// Drops the column of CPU times if none is known.
    fn forget_unknown(&mut self) {
        if self.cpu_ns.iter().all(|&ns| ns == NOT_KNOWN) {
            self.cpu_ns = Vec::new();
        }
    }

    /// Gives back the memory that only further attributes need.
    pub(super) fn shrink_attributes(&mut self) {
        self.attributes.shrink();
    }

    /// Gives a span an attribute. If the span already has one of this name, the value is replaced.
    pub(super) fn attach(&mut self, index: usize, name: &str, value: &str) {
        self.attributes.insert(index, name, value);
    }

    pub(super) fn retain(&mut self, keep: impl Fn(Span) -> bool) {
        let mut kept = 0;
        let mut places = Vec::new();
        for index in 0..self.len() {
            let is_kept = keep(self.at(index));
            if !self.attributes.is_empty() {
                places.push(is_kept.then_some(kept));
            }
            if is_kept {
                self.start_ns[kept] = self.start_ns[index];
                self.duration_ns[kept] = self.duration_ns[index];
                self.key[kept] = self.key[index];
                if self.has_cpu() {
                    self.cpu_ns[kept] = self.cpu_ns[index];
                }
                kept += 1;
            }
        }
        self.attributes.move_spans(|index| places[index]);
        self.start_ns.truncate(kept);
        self.duration_ns.truncate(kept);
        self.key.truncate(kept);
        self.cpu_ns.truncate(kept);
        self.forget_unknown();
    }

    pub(super) fn rename(&mut self, key: impl Fn(KeyId) -> KeyId) {
        self.key.iter_mut().for_each(|own| *own = key(*own));
    }

    /// Appends all of `other`. An empty `self` takes over its memory.
    pub(super) fn append(&mut self, mut other: Spans) {
        if self.is_empty() {
            *self = other;
            return;
        }
        if self.has_cpu() || other.has_cpu() {
            self.cpu_ns.resize(self.key.len(), NOT_KNOWN);
            other.cpu_ns.resize(other.key.len(), NOT_KNOWN);
            self.cpu_ns.append(&mut other.cpu_ns);
        }
        self.attributes.append(other.attributes, self.key.len());
        self.start_ns.append(&mut other.start_ns);
        self.duration_ns.append(&mut other.duration_ns);
        self.key.append(&mut other.key);
    }

    /// Moves all times by `-origin_ns`.
    pub(super) fn rebase(&mut self, origin_ns: i64) {
        self.start_ns.iter_mut().for_each(|start_ns| *start_ns -= origin_ns);
    }

    /// Moves all times by `ns`, as far as the accepted times reach.
    pub(super) fn shift(&mut self, ns: i64) {
        for (start_ns, duration_ns) in self.start_ns.iter_mut().zip(&mut self.duration_ns) {
            *start_ns = start_ns.saturating_add(ns).clamp(FIRST_NS, LAST_NS);
            *duration_ns = (*duration_ns).min(LAST_NS - *start_ns);
        }
    }

    /// Sorts by start, the longest first. An unfinished span is longer than any other. Stable.
    pub(super) fn sort(&mut self) {
        // UNFINISHED is -1: as an unsigned number it is the greatest of all.
        let rank = |index: usize| (self.start_ns[index], !(self.duration_ns[index] as u64));
        if (0..self.len()).is_sorted_by_key(rank) {
            return;
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|&index| rank(index));
        self.start_ns = order.iter().map(|&index| self.start_ns[index]).collect();
        self.duration_ns = order.iter().map(|&index| self.duration_ns[index]).collect();
        self.key = order.iter().map(|&index| self.key[index]).collect();
        if self.has_cpu() {
            self.cpu_ns = order.iter().map(|&index| self.cpu_ns[index]).collect();
        }
        if !self.attributes.is_empty() {
            let mut places = vec![0; order.len()];
            order.iter().enumerate().for_each(|(place, &index)| places[index] = place);
            self.attributes.move_spans(|index| Some(places[index]));
        }
    }

    /// Least start and greatest start or end, in ns; `None` without spans.
    pub(crate) fn extent_ns(&self) -> Option<(i64, i64)> {
        let first = self.start_ns.iter().copied().min()?;
        let ends = self.start_ns.iter().zip(&self.duration_ns);
        let last = ends.map(|(start, duration)| start + (*duration).max(0)).max()?;
        Some((first, last))
    }
}
