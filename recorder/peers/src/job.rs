//! The job of a recorder: to record batches of spans, and then to be measured or killed.
//!
//! Measured is the CPU time of the recording thread and of the whole process. To be killed, the process sends itself
//! SIGKILL at full speed, between two spans and in the middle of a batch. So it can report exactly how many spans had
//! ended, without a counter in each of them.

use std::cell::Cell;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{fs, iter};

use crate::clock::{ClockId, read_ns, time_ns};

/// Spans in a batch. A recorder with frames or root spans puts them into one.
pub(crate) const BATCH_LENGTH: u64 = 1000;

const BATCHES_A_ROUND: u64 = 50;
/// Longer than fastrace keeps its spans.
const KILL_AFTER: Duration = Duration::from_millis(1250);
/// Spans in the last batch of a killed process.
const LAST_BATCH_LENGTH: u64 = 337;

pub(crate) struct Job {
    end: End,
    directory: PathBuf,
    /// The results of [`Job::repeat`], if this is measured.
    measured: Cell<Option<Measured>>,
}

enum End {
    Measure { rounds: usize },
    Kill { said: PathBuf },
}

#[derive(Clone, Copy)]
struct Measured {
    thread_ns: f64,
    process_start_ns: u64,
    spans: u64,
}

/// The figures that a measured process prints.
pub(crate) struct Figures {
    /// CPU time of the recording thread for each span.
    pub(crate) thread_ns: f64,
    /// CPU time of all threads for each span, including the work after the last span.
    pub(crate) process_ns: f64,
    pub(crate) spans: u64,
}

/// A number of spans, perhaps the last ones of the process.
pub(crate) struct Batch<'a> {
    length: u64,
    /// The file for the number of ended spans, and how many had ended before this batch.
    last: Option<(&'a Path, u64)>,
}

impl Batch<'_> {
    /// A range with one number for each span.
    pub(crate) fn spans(&self) -> Range<u64> {
        0..self.length
    }

    /// To be called when the last span has ended, but not yet the frame or root span of the batch.
    pub(crate) fn spans_ended(&self) {
        if let Some((said, before)) = self.last {
            fs::write(said, (before + self.length).to_string()).expect("the number can be written");
            let this = rustix::process::getpid();
            rustix::process::kill_process(this, rustix::process::Signal::KILL).expect("it may be killed");
        }
    }
}

impl Job {
    pub(crate) fn to_measure(directory: PathBuf, rounds: usize) -> Self {
        Self { end: End::Measure { rounds }, directory, measured: Cell::new(None) }
    }

    pub(crate) fn to_be_killed(directory: PathBuf, said: PathBuf) -> Self {
        Self { end: End::Kill { said }, directory, measured: Cell::new(None) }
    }

    /// A file for a recorder that wants one.
    pub(crate) fn file(&self) -> PathBuf {
        self.directory.join("spans")
    }

    /// A directory for a recorder that makes its own files.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Records batch after batch.
    pub(crate) fn repeat(&self, mut record: impl FnMut(&Batch<'_>)) {
        let whole = Batch { length: BATCH_LENGTH, last: None };
        match &self.end {
            End::Measure { rounds } => {
                let process_start_ns = read_ns(ClockId::ProcessCPUTime);
                let round =
                    || time_ns(ClockId::ThreadCPUTime, || (0..BATCHES_A_ROUND).for_each(|_| record(&whole)));
                let mut rounds_ns: Vec<u64> = iter::repeat_with(round).take(*rounds).collect();
                rounds_ns.sort_unstable();
                let median_ns = rounds_ns[rounds / 2];
                let spans_a_round = BATCHES_A_ROUND * BATCH_LENGTH;
                self.measured.set(Some(Measured {
                    thread_ns: median_ns as f64 / spans_a_round as f64,
                    process_start_ns,
                    spans: spans_a_round * *rounds as u64,
                }));
            }
            End::Kill { said } => {
                let start = Instant::now();
                let mut ended = 0;
                while start.elapsed() < KILL_AFTER {
                    record(&whole);
                    ended += BATCH_LENGTH;
                }
                let last = Batch { length: LAST_BATCH_LENGTH, last: Some((said, ended)) };
                record(&last);
                last.spans_ended();
            }
        }
    }

    /// To be called when the recorder has written everything.
    pub(crate) fn figures(&self) -> Figures {
        let Measured { thread_ns, process_start_ns, spans } = self.measured.get().expect("it is measured");
        let process_ns = read_ns(ClockId::ProcessCPUTime) - process_start_ns;
        Figures { thread_ns, process_ns: process_ns as f64 / spans as f64, spans }
    }
}
