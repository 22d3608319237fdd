//! The trace: everything loaded, merged and ordered.
//!
//! Spans are in columns, not structs: a lane has three arrays of equal length. Every [`Trace`] is sorted: processes
//! and the lanes of a process by the order of their source, then by their first start, spans of a lane by start and the longest first, counters by name.

use std::sync::Arc;

use super::counter::{Counter, Counters};
use super::identity::{LaneIdentity, ProcessIdentity};
use super::key::Keys;
use super::spans::Spans;
use super::time::Time;

/// Everything loaded, merged and ordered.
#[derive(Debug, Clone)]
pub struct Trace {
    pub(super) origin_ns: i64,
    pub(super) end: Time,
    pub(super) offset_s: Option<i32>,
    pub(super) keys: Arc<Keys>,
    pub(super) processes: Vec<Process>,
    pub(super) lanes: Vec<Lane>,
    pub(super) counters: Vec<Counter>,
}

/// One process: a section of the chart.
#[derive(Debug, Clone)]
pub struct Process {
    /// Its identity, from its records.
    pub identity: ProcessIdentity,
    /// Its groups in the order of their first starts, as ids for [`Keys::name`].
    pub groups: Vec<u32>,
}

/// One lane: a thread of a process, or threads of one name one after another.
#[derive(Debug, Clone)]
pub struct Lane {
    /// Its identity, from its records.
    pub identity: LaneIdentity,
    /// Index into [`Trace::processes`].
    pub process: usize,
    /// Sorted by start, the longest first; equal spans in record order. A lane without its rows has only its longest
    /// spans.
    pub spans: Spans,
}

impl Trace {
    /// The first start or point event, in ns since the Unix epoch. Without any the first sample, else 0.
    pub fn origin_ns(&self) -> i64 {
        self.origin_ns
    }

    /// The last end, or the last start of an unfinished span or the last point event if that is later. Without any the
    /// last sample.
    pub fn end(&self) -> Time {
        self.end
    }

    /// Seconds east of UTC of the earliest record, if its stamp names an offset.
    pub fn offset_s(&self) -> Option<i32> {
        self.offset_s
    }

    /// The keys of spans.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The processes, in the order of their source, then of their first starts.
    pub fn processes(&self) -> &[Process] {
        &self.processes
    }

    #[cfg(test)]
    pub(crate) fn processes_mut(&mut self) -> &mut [Process] {
        &mut self.processes
    }

    /// The lanes by process, then in the order of their source, then of their first starts. Ties by thread, with numbers by value.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// The counters by group and name, with numbers by value. Those of one name are in the order of their processes;
    /// processes without lanes come last. Samples may be before the origin or after the end.
    pub fn counters(&self) -> &[Counter] {
        &self.counters
    }

    /// Number of spans in the trace.
    pub fn span_count(&self) -> usize {
        self.lanes.iter().map(|lane| lane.spans.len()).sum()
    }

    /// The spans of one of its lanes, in ns since the Unix epoch.
    pub(crate) fn unix_spans(&self, lane: &Lane) -> Spans {
        let mut spans = lane.spans.clone();
        spans.rebase(-self.origin_ns);
        spans
    }

    /// The samples of its counters, in ns since the Unix epoch.
    pub(crate) fn samples(&self) -> Counters {
        (self.counters.iter())
            .map(|counter| {
                let identity = (counter.process.clone(), counter.group.clone(), counter.name.clone());
                let mut samples = counter.samples.clone();
                samples.rebase(-self.origin_ns);
                (identity, samples)
            })
            .collect()
    }

    /// `time` in ns since the Unix epoch.
    pub fn unix_ns(&self, time: Time) -> i64 {
        self.origin_ns.saturating_add(time.ns())
    }
}
