//! A started span: what its end needs, and the guard that ends it.
//!
//! A span ends once, on any thread, and never before its start. A clock that nobody can set measures its duration,
//! whatever happens to the wall clock. Any thread can give it attributes until then. The end and the attributes of a
//! span from before a fork are counted, and nothing is written. Must know nothing of files except the place of a row.

use std::fmt::Display;
use std::sync::Arc;

use crate::attribute::SpanRow;
use crate::clock;
use crate::cpu::Reading;
use crate::format::Stamp;
use crate::record_file::{RecordFile, Target};
use crate::switches;
use crate::system;
use crate::thread::{self, ThreadState};

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

    /// Gives the span an attribute, such as the URL of a request, and returns the span.
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # let pp = waterfall_recorder::Recorder::new("download", directory.path(), 0);
    /// # let url = "https://example.org/1.png";
    /// let span = pp.span("request").with("url", url).with("attempt", 2);
    /// span.record("status", 200); // known later
    /// # drop(span);
    /// # let files = std::fs::read_dir(directory.path())?;
    /// # let files = files.map(|file| file?.file_name().into_string().map_err(|_| std::fmt::Error.into()));
    /// # let files: Vec<String> = files.collect::<Result<_, Box<dyn std::error::Error>>>()?;
    /// # assert!(files.iter().any(|file| file.ends_with(".attributes.csv")), "{files:?}");
    /// # assert_eq!(pp.losses().total(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// The attribute is in its file when this returns. Names and values of more than 1,000 bytes are cut and counted
    /// ([`Loss::NameCut`](crate::Loss::NameCut), [`Loss::ValueCut`](crate::Loss::ValueCut)). Names that begin with
    /// `@` are reserved. A name can be given again: the last value counts. An empty value is a value.
    ///
    /// Nothing is formatted or written for a span that is not recorded.
    ///
    /// # Panics
    ///
    /// If the `Display` of the value panics. The recorder itself never does.
    #[inline]
    pub fn with(self, name: impl AsRef<str>, value: impl Display) -> Self {
        if let Some((unended, slot)) = self.recorded() {
            // Its start is the latest time that is known without reading the clock.
            slot.give(name.as_ref(), &value, unended.started, || unended.started.start_ns);
        }
        self
    }

    /// Gives the span an attribute that is known later, such as the status of a response. Any thread may call it.
    ///
    /// If several threads give a span the same name, the order of the calls does not decide which value counts, but the
    /// numbers of their files. So give a name on one thread only. Otherwise as [`with`](Span::with).
    ///
    /// # Panics
    ///
    /// If the `Display` of the value panics.
    pub fn record(&self, name: impl AsRef<str>, value: impl Display) {
        if let Some((unended, slot)) = self.recorded() {
            slot.give(name.as_ref(), &value, unended.started, clock::boot_ns);
        }
    }

    /// What there is of a span with a row.
    #[inline]
    fn recorded(&self) -> Option<(&Unended, &EndSlot)> {
        let unended = self.unended.as_ref()?;
        Some((unended, unended.slot.as_ref()?))
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
    /// `None` if its CPU time is not recorded.
    pub(crate) reading: Option<Reading>,
}

impl Unended {
    fn end(&self) {
        let now_ns = clock::boot_ns();
        thread::with(|state| match self.reading {
            None => self.end_at(state, now_ns),
            Some(reading) => self.end_measured(state, reading, now_ns),
        });
    }

    #[inline]
    fn end_at(&self, state: &mut ThreadState, now_ns: i64) {
        if let Some(slot) = &self.slot {
            state.end_anywhere(slot, |clock_offset_ns| self.started.end_stamp(now_ns, clock_offset_ns));
        }
        if let Some(task) = &self.timed {
            self.started.print_time(task, now_ns);
        }
    }

    /// Ends the span, and gives it its CPU time if this is its thread.
    #[cold]
    fn end_measured(&self, state: &mut ThreadState, reading: Reading, now_ns: i64) {
        let (now_ns, cpu_ns) = state.meter().end(reading, self.started.start_ns, now_ns);
        self.end_at(state, now_ns);
        if let Some((slot, cpu_ns)) = self.slot.as_ref().zip(cpu_ns) {
            state.give_cpu(slot.file.target(), &slot.row(self.started), cpu_ns, now_ns);
        }
    }
}

/// The place of a row's end in its file. While it exists, no other thread takes over the file.
#[derive(Debug)]
pub(crate) struct EndSlot {
    pub(crate) file: Arc<RecordFile>,
    pub(crate) end_at: u64,
}

impl EndSlot {
    fn give(&self, name: &str, value: &dyn Display, started: Started, now: impl FnOnce() -> i64) {
        give(self.file.target(), &self.row(started), name, value, now());
    }

    fn row(&self, started: Started) -> SpanRow {
        SpanRow::new(&self.file, self.end_at, started)
    }
}

/// Gives the span of a row an attribute. `now_ns` is a time since its start.
///
/// The value is formatted before the thread is marked busy, because its `Display` may record or panic.
#[inline(never)] // one copy for all types of values
pub(crate) fn give(target: &Arc<Target>, row: &SpanRow, name: &str, value: &dyn Display, now_ns: i64) {
    let Some(mut attribute) = thread::take_attribute_row() else { return };
    row.fill(&mut attribute, name, value);
    let mut attribute = Some(attribute);
    thread::with(|state| attribute.take().map(|filled| state.give(target, row, filled, name, now_ns)));
}

/// What is kept of a span while it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Started {
    /// In nanoseconds since boot.
    pub(crate) start_ns: i64,
    pub(crate) offset_minutes: i32,
    /// The offset of its end in its row, if it has one.
    pub(crate) end_in_row: u32,
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
        let started = Started { start_ns: 1000, offset_minutes: 0, end_in_row: 0 };
        assert_eq!(started.end_stamp(999, 5), Stamp::new(1005, 0));
        assert_eq!(started.end_stamp(1001, 5), Stamp::new(1006, 0));
    }
}
