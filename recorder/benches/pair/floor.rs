//! The floor: the work that no recorder of such rows can avoid. Every figure is a ratio to it.
//!
//! It reads a clock twice and formats the same bytes into memory that is overwritten again and again: a row with a
//! blank end, then the end in its place. It has no file, no state of a thread and no stack of started tasks, and leaves
//! nothing after a kill.

use std::convert::Infallible;
use std::hint::black_box;

use waterfall_recorder::format::{Attribute, Record, Row, Stamp, Stamper};

use crate::clock::{ClockId, read_ns};

/// The label of the Recorder in all benches.
pub(crate) const GROUP: &str = "download";
/// The task in all benches except the one of a quoted name.
pub(crate) const TASK: &str = "save";
/// Its minutes east of UTC.
pub(crate) const BIAS_MINUTES: i32 = 480;

/// As much as a recorder maps at once, and more than the near caches of the processor hold.
const RING_LENGTH: usize = 4 << 20;

/// The memory, and where the next row goes.
pub(crate) struct Floor {
    ring: Vec<u8>,
    next_at: usize,
    row: Row,
    attribute_row: Row,
    stamper: Stamper,
}

impl Floor {
    pub(crate) fn new() -> Self {
        let ring = vec![b'\n'; RING_LENGTH];
        Self {
            ring,
            next_at: 0,
            row: Row::default(),
            attribute_row: Row::default(),
            stamper: Stamper::default(),
        }
    }

    /// The work of one `start` and one `dump`.
    pub(crate) fn pair(&mut self) {
        let row_at = self.start();
        black_box(&mut self.ring); // so that the row is there before its end is
        self.dump(row_at);
    }

    /// The work of a pair with attributes.
    pub(crate) fn pair_with(&mut self, attributes: [(&str, &str); 2]) {
        let row_at = self.start();
        for (name, value) in attributes {
            let row = row_at as u64;
            self.attribute_row.fill_attribute(&Attribute { lane: 0, part: 0, row, start_ns: 0, name, value });
            store_row(&mut self.ring, &mut self.next_at, &self.attribute_row);
        }
        black_box(&mut self.ring);
        self.dump(row_at);
    }

    /// Returns the offset of the row.
    fn start(&mut self) -> usize {
        let (group, task) = black_box((GROUP, TASK));
        let record = Record { group, task, start: now(), end: None, color: "" };
        self.row.fill(&record);
        store_row(&mut self.ring, &mut self.next_at, &self.row)
    }

    fn dump(&mut self, row_at: usize) {
        let end_at = row_at + self.row.end_at();
        let Ok(()) =
            self.stamper.stamp(now()).store_with(|at, bytes| store(&mut self.ring, end_at + at, bytes));
    }
}

/// Returns the offset of the row.
fn store_row(ring: &mut [u8], next_at: &mut usize, row: &Row) -> usize {
    if RING_LENGTH - *next_at < row.length() {
        *next_at = 0;
    }
    let row_at = *next_at;
    *next_at += row.length();
    let Ok(()) = row.store_with(|at, bytes| store(ring, row_at + at, bytes));
    row_at
}

fn store(ring: &mut [u8], at: usize, bytes: &[u8]) -> Result<(), Infallible> {
    ring[at..at + bytes.len()].copy_from_slice(bytes);
    Ok(())
}

/// The two reads of the clock alone.
pub(crate) fn clock_reads() {
    black_box((now_ns(), now_ns()));
}

/// The two reads of the thread's clock that the CPU time of a span takes.
pub(crate) fn thread_clock_reads() {
    black_box((read_ns(ClockId::ThreadCPUTime), read_ns(ClockId::ThreadCPUTime)));
}

fn now() -> Stamp {
    Stamp::new(now_ns(), BIAS_MINUTES)
}

/// Since the boot, so the stamps are in 1970. That does not change their cost.
fn now_ns() -> i64 {
    read_ns(SPAN_CLOCK) as i64
}

/// It runs while the system is suspended, as spans do.
#[cfg(target_os = "linux")]
const SPAN_CLOCK: ClockId = ClockId::Boottime;
#[cfg(not(target_os = "linux"))]
const SPAN_CLOCK: ClockId = ClockId::Monotonic;
