//! The trace: everything loaded, merged and ordered.
//!
//! Columns, not structs: a lane's spans are three arrays of one length. A [`TraceBuilder`] is the only way
//! in, so that every [`Trace`] is sorted: processes by their first start, a process's lanes by thread, a
//! lane's spans by start, the longest first; counters by name. Knows no path, no format and no float for time.

mod builder;
mod counter;
mod key;
mod spans;
mod time;

pub use builder::{LaneIdentity, ProcessIdentity, Rows, TraceBuilder};
pub use counter::{Counter, SampleRows, Samples};
pub use key::{Color, Key, KeyId, Keys};
pub use spans::{Span, Spans};
pub use time::Time;

/// Everything loaded, merged and ordered.
#[derive(Debug, Clone)]
pub struct Trace {
    pub(super) origin_ns: i64,
    pub(super) end: Time,
    pub(super) offset_s: Option<i32>,
    pub(super) keys: Keys,
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
    /// By start, the longest first; equal ones in record order. Never empty.
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

    /// How many spans there are.
    pub fn span_count(&self) -> usize {
        self.lanes.iter().map(|lane| lane.spans.len()).sum()
    }

    /// The spans and counters for which the functions say so, as a trace of its own: its origin is the first
    /// start kept. Of the counters the samples of `window`, widened to where spans are kept, and the last before.
    pub fn select(
        &self,
        keep: impl Fn(KeyId, Span) -> bool,
        keep_counter: impl Fn(&Counter) -> bool,
        window: (Time, Time),
    ) -> Trace {
        let mut builder = TraceBuilder::new();
        for lane in &self.lanes {
            let mut rows = Rows::new();
            rows.offset_s = self.offset_s;
            for span in lane.spans.iter().filter(|span| keep(span.key, *span)) {
                let key = rows.keys.copy(&self.keys, span.key);
                let end_ns = span.end.map(|end| self.unix_ns(end));
                rows.push(self.unix_ns(span.start), end_ns, key);
            }
            let process = self.processes[lane.process].identity.clone();
            builder.add(process, lane.identity.clone(), rows);
        }
        let (mut from, mut to) = window;
        if let Some((first_ns, last_ns)) = builder.extent_ns() {
            let since_origin = |unix_ns: i64| Time::since_origin(unix_ns.saturating_sub(self.origin_ns));
            (from, to) = (from.min(since_origin(first_ns)), to.max(since_origin(last_ns)));
        }
        for counter in self.counters.iter().filter(|counter| keep_counter(counter)) {
            let mut rows = SampleRows::new();
            rows.offset_s = self.offset_s;
            for (time, value) in counter.samples.within(from, to) {
                rows.push(&counter.group, &counter.name, self.unix_ns(time), value);
            }
            builder.add_samples(counter.process.clone(), rows);
        }
        builder.finish()
    }

    /// `time` in ns since the Unix epoch.
    pub fn unix_ns(&self, time: Time) -> i64 {
        self.origin_ns.saturating_add(time.ns())
    }
}
