//! The spans of one lane, in columns.

use super::{KeyId, Time};

/// Stands for the duration of a span whose end was never written.
const UNFINISHED: i64 = -1;

/// Three columns of one length: start, duration, key. 20 bytes a span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans {
    start_ns: Vec<i64>,
    duration_ns: Vec<i64>,
    key: Vec<KeyId>,
}

/// One run of a task: `[start, end)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// When the task began.
    pub start: Time,
    /// When it ended, never before `start`; `None` when its end was never written.
    pub end: Option<Time>,
    /// Which task of which group, in which colour.
    pub key: KeyId,
}

impl Span {
    /// End less start in ns; `None` when unfinished.
    pub fn duration_ns(&self) -> Option<i64> {
        self.end.map(|end| end.since(self.start))
    }
}

impl Spans {
    /// How many.
    pub fn len(&self) -> usize {
        self.key.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.key.is_empty()
    }

    /// All, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Span> + Clone + '_ {
        (0..self.len()).map(|index| self.at(index))
    }

    /// The span at `index`, which must be below [`len`](Spans::len).
    pub fn at(&self, index: usize) -> Span {
        let start = Time::since_origin(self.start_ns[index]);
        let duration = self.duration_ns[index];
        let end = (duration != UNFINISHED).then(|| Time::since_origin(start.ns() + duration));
        Span { start, end, key: self.key[index] }
    }

    /// Appends one; an end before the start counts as the start.
    pub(super) fn push(&mut self, start_ns: i64, end_ns: Option<i64>, key: KeyId) {
        self.start_ns.push(start_ns);
        self.duration_ns.push(match end_ns {
            Some(end_ns) => end_ns.saturating_sub(start_ns).max(0),
            None => UNFINISHED,
        });
        self.key.push(key);
    }

    /// Appends all of `other`, its keys replaced by `key`.
    pub(super) fn append(&mut self, other: &Spans, key: impl Fn(KeyId) -> KeyId) {
        self.start_ns.extend_from_slice(&other.start_ns);
        self.duration_ns.extend_from_slice(&other.duration_ns);
        self.key.extend(other.key.iter().copied().map(key));
    }

    /// Moves all by `-origin_ns`; what would lie after [`Time::LATEST`] is moved up to there.
    pub(super) fn rebase(&mut self, origin_ns: i64) {
        for (start_ns, duration_ns) in self.start_ns.iter_mut().zip(&mut self.duration_ns) {
            *start_ns = start_ns.saturating_sub(origin_ns).min(Time::LATEST.ns());
            *duration_ns = (*duration_ns).min(Time::LATEST.ns() - *start_ns);
        }
    }

    /// Sorts by start, the longest first; an unfinished span is longer than any other. Stable.
    pub(super) fn sort(&mut self) {
        // Unfinished is -1: as an unsigned number the longest of all.
        let rank = |index: usize| (self.start_ns[index], !(self.duration_ns[index] as u64));
        if (0..self.len()).is_sorted_by_key(rank) {
            return;
        }
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|&index| rank(index));
        self.start_ns = order.iter().map(|&index| self.start_ns[index]).collect();
        self.duration_ns = order.iter().map(|&index| self.duration_ns[index]).collect();
        self.key = order.iter().map(|&index| self.key[index]).collect();
    }

    /// The least start and the greatest start or end, in ns; `None` when empty.
    pub(super) fn extent_ns(&self) -> Option<(i64, i64)> {
        let first = self.start_ns.iter().copied().min()?;
        let ends = self.start_ns.iter().zip(&self.duration_ns);
        let last = ends.map(|(start, duration)| start.saturating_add((*duration).max(0))).max()?;
        Some((first, last))
    }
}
