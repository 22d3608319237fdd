//! The trace: everything loaded, merged and ordered.
//!
//! Columns, not structs: a lane's spans are three arrays of one length. Every [`Trace`] is sorted: processes by their
//! first start, a process's lanes by thread, a lane's spans by start, the longest first; counters by name.

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
    /// What its records call it.
    pub identity: ProcessIdentity,
    /// Its groups, in the order of their first starts: each resolves with [`Keys::name`].
    pub groups: Vec<u32>,
}

/// One lane: a thread of a process, or threads of one name one after another.
#[derive(Debug, Clone)]
pub struct Lane {
    /// What its records call it.
    pub identity: LaneIdentity,
    /// Index into [`Trace::processes`].
    pub process: usize,
    /// By start, the longest first; equal ones in record order. Of a lane that is summarised its longest alone.
    pub spans: Spans,
}

impl Trace {
    /// The first start, in ns since the Unix epoch; where there is no span the first sample, else 0.
    pub fn origin_ns(&self) -> i64 {
        self.origin_ns
    }

    /// The last end, or the last start of an unfinished span where that is later; where there is no span the
    /// last sample.
    pub fn end(&self) -> Time {
        self.end
    }

    /// Seconds east of UTC that the earliest record was written with, where it said so.
    pub fn offset_s(&self) -> Option<i32> {
        self.offset_s
    }

    /// What spans can be.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// In the order of their first starts.
    pub fn processes(&self) -> &[Process] {
        &self.processes
    }

    /// By process, in a process by thread: `main` first, then by name, numbers by value.
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes
    }

    /// By group and name, numbers by value; of one name in the order of their processes, those without a lane
    /// last. Their samples may lie before the origin and after the end.
    pub fn counters(&self) -> &[Counter] {
        &self.counters
    }

    /// How many spans are here.
    pub fn span_count(&self) -> usize {
        self.lanes.iter().map(|lane| lane.spans.len()).sum()
    }

    /// The spans of one of its lanes, in ns since the Unix epoch.
    pub fn unix_spans(&self, lane: &Lane) -> Spans {
        let mut spans = lane.spans.clone();
        spans.rebase(-self.origin_ns);
        spans
    }

    /// The samples of its counters, in ns since the Unix epoch.
    pub fn samples(&self) -> Counters {
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
