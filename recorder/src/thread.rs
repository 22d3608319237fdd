//! What a thread has of its own: its lanes, one a directory, and its stack of started spans.
//!
//! [`with`] is the only way to it, and never runs inside itself. A thread that is ending, whose
//! state is gone already, gets one for the call. The journals of an ended thread go to the pool; a
//! forked child drops those of its parent. Must not know Recorders, but by their numbers.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::Arc;

use crate::lane::Lane;
use crate::losses::{self, Loss};
use crate::pool;
use crate::process::Process;
use crate::span::Started;

/// Runs `work` with this thread's state. A call from inside another one is counted and not run.
pub(crate) fn with<R>(work: impl FnOnce(&mut ThreadState) -> R) -> Option<R> {
    let Some(_busy) = Busy::enter() else {
        losses::count(Loss::Reentrant, || "an allocator or a signal handler records".to_owned());
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
    stack: Vec<(RecorderId, Started)>,
}

/// Tells the stack entries of one Recorder from those of others.
pub(crate) type RecorderId = u64;

impl ThreadState {
    const fn new() -> Self {
        Self { process: None, lanes: Vec::new(), stack: Vec::new() }
    }

    /// The process in which this call runs.
    pub(crate) fn process(&self) -> Option<Process> {
        self.process
    }

    /// This thread's lane in a directory, its file opened if it can be.
    pub(crate) fn lane(&mut self, directory: &Arc<Path>) -> &mut Lane {
        let known = self.lanes.iter().position(|lane| lane.serves(directory));
        let place = known.unwrap_or_else(|| {
            self.lanes.push(Lane::new(directory.clone()));
            self.lanes.len() - 1
        });
        let lane = &mut self.lanes[place];
        lane.open();
        lane
    }

    pub(crate) fn push(&mut self, recorder: RecorderId, started: Started) {
        self.stack.push((recorder, started));
    }

    /// Takes the newest entry of a Recorder.
    pub(crate) fn pop(&mut self, recorder: RecorderId) -> Option<Started> {
        let place = self.stack.iter().rposition(|&(owner, _)| owner == recorder)?;
        Some(self.stack.remove(place).1)
    }

    /// In a forked child: lets go of the parent's journals. What is on the stack stays, so that
    /// each end of a span from before the fork is counted as that.
    fn enter_process(&mut self, process: Process) {
        if self.process != Some(process) {
            self.lanes.clear();
            self.process = Some(process);
        }
    }
}

impl Drop for ThreadState {
    fn drop(&mut self) {
        // The stack is still there: a journal with a row that it holds open is not at rest.
        for journal in self.lanes.drain(..).filter_map(Lane::into_journal) {
            pool::give(journal);
        }
    }
}

thread_local! {
    // Has no destructor, so it is there as long as the thread.
    static BUSY: Cell<bool> = const { Cell::new(false) };
    static STATE: RefCell<ThreadState> = const { RefCell::new(ThreadState::new()) };
}

/// Held while the thread is inside [`with`].
struct Busy;

impl Busy {
    fn enter() -> Option<Self> {
        let was_busy = BUSY.try_with(|busy| busy.replace(true)).unwrap_or(true);
        // Not `then_some`, whose refused value would be dropped, and so end the outer call's turn.
        (!was_busy).then(|| Self)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let _ = BUSY.try_with(|busy| busy.set(false));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_span_of_a_recorder_comes_first() {
        let started = |start_ns| Started { start_ns, offset_minutes: 0, slot: None, timed: None };
        let mut state = ThreadState::new();
        for (recorder, start_ns) in [(1, 10), (2, 20), (1, 30)] {
            state.push(recorder, started(start_ns));
        }
        let popped = [1, 1, 1, 2].map(|recorder| state.pop(recorder).map(|started| started.start_ns));
        assert_eq!(popped, [Some(30), Some(10), None, Some(20)]);
    }
}
