//! What a thread has of its own: its lanes, one a directory and kind, and its stack of started spans.
//!
//! [`with`] is the only way to it, and never runs inside itself. A thread that is ending, whose
//! state is gone already, gets one for the call. The journals of an ended thread go to the pool; a
//! forked child drops those of its parent. Must not know Recorders, but by their numbers.

use std::cell::{Cell, RefCell};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{Ordering, compiler_fence};

use crate::format::{Content, Row, Stamp, Stamper};
use crate::lane::{Ending, Lane, RowPlace};
use crate::losses::{self, Loss};
use crate::pool;
use crate::process::Process;
use crate::record_file::Target;
use crate::span::{EndSlot, Started};

/// Runs `work` with this thread's state. A call from inside another one is counted and not run.
#[inline]
pub(crate) fn with<R>(work: impl FnOnce(&mut ThreadState) -> R) -> Option<R> {
    let Some(_busy) = Busy::enter() else {
        losses::count(Loss::Reentrant, format_args!("an allocator or a signal handler records"));
        return None;
    };
    let work = |state: &mut ThreadState| {
        state.enter_process(Process::current());
        work(state)
    };
    // `work` is taken only where it runs, so that it is still there when the state is gone.
    let mut work = Some(work);
    let done = STATE.try_with(|state| {
        let mut state = state.try_borrow_mut().ok()?;
        work.take().map(|work| work(&mut state))
    });
    match work {
        None => done.ok().flatten(),
        Some(work) => Some(work(&mut ThreadState::new())),
    }
}

/// The state of a thread.
pub(crate) struct ThreadState {
    process: Option<Process>,
    lanes: Vec<Lane>,
    stack: Vec<Entry>,
    /// The row that is being written, kept for what the next one has in common with it.
    row: Row,
    /// The same for ends.
    stamper: Stamper,
}

/// Tells the stack entries of one Recorder from those of others.
pub(crate) type RecorderId = u64;

struct Entry {
    recorder: RecorderId,
    started: Started,
    place: Place,
}

/// Where the end of a started span goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nowhere: the task was not selected, or its row could not be written and was counted.
    Nowhere,
    /// Into a row of the lane with this index.
    Row(usize, RowPlace),
    /// Into a row of the process from which this one was forked.
    Parent,
}

impl ThreadState {
    fn new() -> Self {
        let (lanes, stack) = (Vec::new(), Vec::new());
        Self { process: None, lanes, stack, row: Row::default(), stamper: Stamper::default() }
    }

    /// This thread's lane for rows of a kind, its file opened if it can be.
    #[inline]
    pub(crate) fn lane(&mut self, target: &Arc<Target>, content: Content) -> usize {
        let known = self.lanes.iter().position(|lane| lane.serves(target, content));
        let place = known.unwrap_or_else(|| {
            self.lanes.push(Lane::new(target.clone(), content));
            self.lanes.len() - 1
        });
        self.lanes[place].open();
        place
    }

    /// Appends a row to a lane, as [`Lane::append`].
    #[inline]
    pub(crate) fn append(
        &mut self,
        lane: usize,
        now_ns: i64,
        ending: Ending,
        fill: impl FnMut(&mut Row, i64),
    ) -> Option<RowPlace> {
        self.lanes[lane].append(&mut self.row, now_ns, ending, fill)
    }

    /// The row that was filled last.
    #[inline]
    pub(crate) fn row(&self) -> &Row {
        &self.row
    }

    /// Keeps a started span for [`end_newest`](Self::end_newest).
    #[inline]
    pub(crate) fn push(&mut self, recorder: RecorderId, started: Started, row: Option<(usize, RowPlace)>) {
        let place = row.map_or(Place::Nowhere, |(lane, row)| Place::Row(lane, row));
        self.stack.push(Entry { recorder, started, place });
    }

    /// Ends the newest span of a Recorder; gives what was kept of it.
    #[inline]
    pub(crate) fn end_newest(&mut self, recorder: RecorderId, now_ns: i64) -> Option<Started> {
        let at = match self.stack.last() {
            Some(entry) if entry.recorder == recorder => self.stack.len() - 1,
            _ => self.stack.iter().rposition(|entry| entry.recorder == recorder)?,
        };
        let Entry { started, place, .. } = self.stack.remove(at);
        match place {
            Place::Nowhere => {}
            Place::Row(lane, row) => {
                let stamp = |clock_offset_ns| started.end_stamp(now_ns, clock_offset_ns);
                let ended = self.lanes[lane].end(row, &mut self.stamper, stamp);
                if let Err(error) = ended {
                    self.lanes[lane].count_refused_end(&error);
                }
            }
            Place::Parent => losses::count(Loss::Forked, format_args!("a span of the parent process")),
        }
        Some(started)
    }

    /// The slot of the row that was appended to a lane just now.
    pub(crate) fn slot(&self, lane: usize, row: RowPlace) -> Option<EndSlot> {
        self.lanes[lane].file().map(|file| EndSlot { file: file.clone(), end_at: row.end_at() })
    }

    /// Fills in the end of a row that any thread may have begun.
    pub(crate) fn end_anywhere(&mut self, slot: &EndSlot, stamp: impl FnOnce(i64) -> Stamp) {
        let path = || slot.file.path().display();
        if !self.process.is_some_and(|process| slot.file.is_of(process)) {
            losses::count(Loss::Forked, format_args!("{}", path()));
            return;
        }
        let end = self.stamper.stamp(stamp(slot.file.clock_offset_ns()));
        let here = self.lanes.iter_mut().find_map(|lane| lane.write_end(&slot.file, slot.end_at, end));
        let written: io::Result<()> = here.unwrap_or_else(|| slot.file.write_end(slot.end_at, end));
        if let Err(error) = written {
            losses::count(Loss::EndRefused, format_args!("{}: {error}", path()));
        }
    }

    /// In a forked child: lets go of the parent's journals. What is on the stack stays, so that
    /// each end of a span from before the fork is counted as that.
    #[inline]
    fn enter_process(&mut self, process: Process) {
        if self.process != Some(process) {
            self.leave_parent();
            self.process = Some(process);
        }
    }

    #[cold]
    fn leave_parent(&mut self) {
        self.lanes.clear();
        for entry in &mut self.stack {
            if matches!(entry.place, Place::Row(..)) {
                entry.place = Place::Parent;
            }
        }
    }
}

impl Drop for ThreadState {
    fn drop(&mut self) {
        // Rows on the stack stay open for ever: their journal is not at rest.
        for journal in self.lanes.drain(..).filter_map(Lane::into_journal) {
            pool::give(journal);
        }
    }
}

thread_local! {
    // Has no destructor, so it is there as long as the thread.
    static BUSY: Cell<bool> = const { Cell::new(false) };
    static STATE: RefCell<ThreadState> = RefCell::new(ThreadState::new());
}

/// Held while the thread is inside [`with`].
struct Busy;

impl Busy {
    #[inline]
    fn enter() -> Option<Self> {
        let was_busy = BUSY.try_with(|busy| busy.replace(true)).unwrap_or(true);
        // A signal handler on this thread sees the mark before anything that follows.
        compiler_fence(Ordering::SeqCst);
        // Not `then_some`, whose refused value would be dropped, and so end the outer call's turn.
        (!was_busy).then(|| Self)
    }
}

impl Drop for Busy {
    #[inline]
    fn drop(&mut self) {
        compiler_fence(Ordering::SeqCst);
        let _ = BUSY.try_with(|busy| busy.set(false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_span_of_a_recorder_comes_first() {
        let mut state = ThreadState::new();
        for (recorder, start_ns) in [(1, 10), (2, 20), (1, 30)] {
            state.push(recorder, Started { start_ns, offset_minutes: 0, timed: None }, None);
        }
        let mut end = |recorder| state.end_newest(recorder, 40).map(|started| started.start_ns);
        assert_eq!([1, 1, 1, 2].map(&mut end), [Some(30), Some(10), None, Some(20)]);
    }
}
