//! A started span: what its end needs, and the guard that ends it.
//!
//! A span ends once, on any thread, and never before its start. A clock that nobody can set measures its duration,
//! whatever happens to the wall clock. The end of a span from before a fork is counted, and nothing is written. Must
//! know nothing of files except the place of the end.

use std::sync::Arc;

use crate::clock;
use crate::format::Stamp;
use crate::record_file::RecordFile;
use crate::switches;
use crate::system;
use crate::thread;

/// A guard that ends the span of a task when it is dropped, also while unwinding.
///
/// [`Recorder::span`](crate::Recorder::span) makes it. It may be dropped on another thread; the span stays in the lane
/// where it started. If it is never dropped (`mem::forget`), the span stays unfinished.
#[must_use = "the span ends when the guard is dropped: bind it, as in `let _span = ...`"]
#[derive(Debug)]
pub struct Span {
    /// `None` when recording is off, or for a call from inside another one.
    unended: Option<Unended>,
}

impl Span {
    #[inline]
    pub(crate) fn new(unended: Option<Unended>) -> Self {
        Self { unended }
    }
}

impl Drop for Span {
    #[inline]
    fn drop(&mut self) {
        if let Some(unended) = &self.unended {
            unended.end();
        }
    }
}

/// What a guard needs to end its span.
#[derive(Debug)]
pub(crate) struct Unended {
    pub(crate) started: Started,
    /// `None` when the task is not selected, or its row could not be written and was counted.
    pub(crate) slot: Option<EndSlot>,
    /// The name of the task, if its time is to be printed.
    pub(crate) timed: Option<Box<str>>,
}

impl Unended {
    fn end(&self) {
        let now_ns = clock::boot_ns();
        thread::with(|state| {
            if let Some(slot) = &self.slot {
                state.end_anywhere(slot, |clock_offset_ns| self.started.end_stamp(now_ns, clock_offset_ns));
            }
            if let Some(task) = &self.timed {
                self.started.print_time(task, now_ns);
            }
        });
    }
}

/// The place of a row's end in its file. While it exists, no other thread takes over the file.
#[derive(Debug)]
pub(crate) struct EndSlot {
    pub(crate) file: Arc<RecordFile>,
    pub(crate) end_at: u64,
}

/// What is kept of a span while it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Started {
    /// In nanoseconds since boot.
    pub(crate) start_ns: i64,
    pub(crate) offset_minutes: i32,
}

impl Started {
    /// The stamp of an end at `now_ns`, in a file whose stamps are `clock_offset_ns` ahead of the clock.
    #[inline]
    pub(crate) fn end_stamp(self, now_ns: i64, clock_offset_ns: i64) -> Stamp {
        let end_ns = now_ns.max(self.start_ns);
        Stamp::new(end_ns.wrapping_add(clock_offset_ns), self.offset_minutes)
    }

    /// Prints the time of a task to stderr.
    pub(crate) fn print_time(self, task: &str, now_ns: i64) {
        let line = switches::timing_line(task, (now_ns - self.start_ns).max(0));
        system::say(format_args!("{line}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_never_ends_before_its_start() {
        let started = Started { start_ns: 1000, offset_minutes: 0 };
        assert_eq!(started.end_stamp(999, 5), Stamp::new(1005, 0));
        assert_eq!(started.end_stamp(1001, 5), Stamp::new(1006, 0));
    }
}
