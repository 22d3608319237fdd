//! A started span: what its end needs, and the guard that ends it.
//!
//! A span ends once, on whichever thread, never before its start. The end of one from before a fork
//! is counted and writes nothing. Must not know files, but by the place of the end.

use crate::clock;
use crate::format::Stamp;
use crate::journal::EndSlot;
use crate::losses::{self, Loss};
use crate::process::Process;
use crate::switches;
use crate::system;
use crate::thread;

/// A span of a task that ends when this guard is dropped, also while unwinding.
///
/// Made by [`Recorder::span`](crate::Recorder::span). It may be dropped on another thread; the span
/// stays in the lane where it started. Forgotten (`mem::forget`) it stays unfinished.
#[must_use = "the span ends when the guard is dropped: bind it, as in `let _span = ...`"]
#[derive(Debug)]
pub struct Span {
    started: Option<Started>,
}

impl Span {
    /// A guard of nothing, when recording is off or the call was refused.
    pub(crate) fn new(started: Option<Started>) -> Self {
        Self { started }
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if let Some(started) = self.started.take() {
            let now_ns = clock::now_ns();
            thread::with(|state| started.end(now_ns, state.process()));
        }
    }
}

/// What is kept of a span while it runs.
#[derive(Debug)]
pub(crate) struct Started {
    pub(crate) start_ns: i64,
    pub(crate) offset_minutes: i32,
    /// `None` when the task was not selected, or its row could not be written and was counted.
    pub(crate) slot: Option<EndSlot>,
    /// The task's name, when its time is to be told on stderr.
    pub(crate) timed: Option<String>,
}

impl Started {
    pub(crate) fn end(self, now_ns: i64, process: Option<Process>) {
        let end_ns = now_ns.max(self.start_ns);
        if let Some(slot) = self.slot {
            if process.is_none_or(|process| !slot.is_of(process)) {
                losses::count(Loss::Forked, || slot.path().display().to_string());
                return;
            }
            if let Err(error) = slot.write(&Stamp::new(end_ns, self.offset_minutes).to_bytes()) {
                losses::count(Loss::EndRefused, || format!("{}: {error}", slot.path().display()));
            }
        }
        if let Some(task) = self.timed {
            system::say(&switches::timing_line(&task, end_ns - self.start_ns));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::format::{Record, Row};

    #[test]
    fn a_span_never_ends_before_its_start() {
        let directory = tempfile::tempdir().unwrap();
        let start = Stamp::new(1000, 0);
        let row = Row::new(&Record { group: "g", task: "t", start, end: None, color: "" });
        thread::with(|state| {
            let slot = state.lane(&directory.path().into()).append(&row, 1000);
            Started { start_ns: 1000, offset_minutes: 0, slot, timed: None }.end(999, state.process());
        });
        let file = fs::read_dir(directory.path()).unwrap().next().unwrap().unwrap().path();
        let written = fs::read_to_string(file).unwrap();
        let start = String::from_utf8(start.to_bytes().to_vec()).unwrap();
        assert!(written.ends_with(&format!("g,t,{start},{start},\r\n")), "{written}");
    }
}
