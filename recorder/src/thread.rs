//! The state of a thread: a lane for each directory and kind of row, and its stack of started spans.
//!
//! [`with`] is the only access to it, and never runs inside itself. A thread that is ending, whose state is already
//! gone, gets one for the call. The journals of an ended thread go to the pool. A forked child drops those of its
//! parent. Must know nothing of Recorders except their numbers.

use std::cell::{Cell, RefCell};
use std::io;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::{Ordering, compiler_fence};

use crate::attribute::SpanRow;
use crate::cpu::{self, Meter, Reading};
use crate::format::{Content, Row, Stamp, Stamper};
use crate::lane::{Ending, Fields, Item, Lane, RowPlace};
use crate::losses::{self, Loss, Named};
use crate::pool;
use crate::process::Process;
use crate::record_file::Target;
use crate::span::{EndSlot, Started};

/// Runs `work` with this thread's state, once. Counts a call from inside another one and does not run it.
///
/// Passes everything by reference. The captures of a closure are stored in small pieces; moving it loads them in large
/// ones, for which the processor waits.
#[inline]
pub(crate) fn with<R>(mut work: impl FnMut(&mut ThreadState) -> R) -> Option<R> {
    let Some(_busy) = Busy::enter() else {
        losses::count(Loss::Reentrant, format_args!("an allocator or a signal handler records"));
        return None;
    };
    let done = STATE.try_with(|state| {
        let mut state = state.try_borrow_mut().ok()?;
        state.enter_process(Process::current());
        Some(work(&mut state))
    });
    done.unwrap_or_else(|_| {
        let mut state = ThreadState::new();
        state.enter_process(Process::current());
        Some(work(&mut state))
    })
}

/// The state of a thread.
pub(crate) struct ThreadState {
    process: Option<Process>,
    lanes: Vec<Lane>,
    /// The lane that was used last for each kind of row.
    latest_lanes: [usize; Content::COUNT],
    stack: Vec<Entry>,
    /// The tasks whose times are to be printed, each with its place on the stack.
    timed: Vec<(usize, Box<str>)>,
    /// The last row, kept because the next one has much in common with it.
    row: Row,
    /// The last end, kept for the same reason.
    stamper: Stamper,
    meter: Meter,
}

/// Distinguishes the stack entries of one Recorder from those of others.
pub(crate) type RecorderId = u64;

#[derive(Clone, Copy)]
struct Entry {
    recorder: RecorderId,
    started: Started,
    lane: usize,
    place: Place,
    /// `None` if its CPU time is not recorded.
    reading: Option<Reading>,
}

/// Where the end of a started span goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nowhere: the task is not selected, or its row could not be written and was counted.
    Nowhere,
    /// Into a row of the lane.
    Row(RowPlace),
    /// Into a row of the process that forked this one.
    Parent,
}

impl ThreadState {
    fn new() -> Self {
        Self {
            process: None,
            lanes: Vec::new(),
            latest_lanes: [0; Content::COUNT],
            stack: Vec::new(),
            timed: Vec::new(),
            row: Row::default(),
            stamper: Stamper::default(),
            meter: Meter::new(),
        }
    }

    /// What this thread spends on reading its CPU time.
    pub(crate) fn meter(&mut self) -> &mut Meter {
        &mut self.meter
    }

    /// This thread's lane for rows of a kind. Opens its file if possible.
    #[inline]
    pub(crate) fn lane(&mut self, target: &Arc<Target>, content: Content) -> usize {
        let latest = self.latest_lanes[content as usize];
        match self.lanes.get(latest) {
            Some(lane) if lane.is_open_for(target, content) => latest,
            _ => self.find_lane(target, content),
        }
    }

    #[inline(never)]
    fn find_lane(&mut self, target: &Arc<Target>, content: Content) -> usize {
        let known = self.lanes.iter().position(|lane| lane.serves(target, content));
        let found = known.unwrap_or_else(|| {
            self.lanes.push(Lane::new(target.clone(), content));
            self.lanes.len() - 1
        });
        self.lanes[found].open();
        self.latest_lanes[content as usize] = found;
        found
    }

    /// Appends a row to a lane, as [`Lane::append`] does. Returns whether it was written.
    #[inline]
    pub(crate) fn append(&mut self, lane: usize, item: &mut Item<'_>) -> bool {
        self.lanes[lane].append(&mut self.row, item, Ending::Elsewhere).is_some()
    }

    /// Appends a row whose end [`end_newest`](Self::end_newest) fills in. Returns whether it was written.
    #[inline]
    pub(crate) fn start(
        &mut self,
        recorder: RecorderId,
        lane: usize,
        item: &mut Item<'_>,
        started: Started,
        reading: Option<Reading>,
    ) -> bool {
        let row = self.lanes[lane].append(&mut self.row, item, Ending::Here);
        let place = row.map_or(Place::Nowhere, |end_at| Place::Row(self.lanes[lane].place(end_at)));
        let started = Started { end_in_row: self.row.end_at() as u32, ..started };
        self.stack.push(Entry { recorder, started, lane, place, reading });
        row.is_some()
    }

    /// Keeps a span that is not recorded, so that its `dump` does not end another one.
    pub(crate) fn start_unrecorded(&mut self, recorder: RecorderId, started: Started) {
        self.stack.push(Entry { recorder, started, lane: 0, place: Place::Nowhere, reading: None });
    }

    /// Appends a row whose end comes through the slot, from any thread.
    pub(crate) fn start_anywhere(&mut self, lane: usize, item: &mut Item<'_>) -> Option<EndSlot> {
        let lane = &mut self.lanes[lane];
        let end_at = lane.append(&mut self.row, item, Ending::Elsewhere)?.get();
        lane.file().map(|file| EndSlot { file: file.clone(), end_at })
    }

    /// Appends the row of an attribute, counts what was cut, and keeps the row for the next attribute.
    #[inline]
    pub(crate) fn give(
        &mut self,
        target: &Arc<Target>,
        span: &SpanRow,
        mut row: Box<Row>,
        name: &str,
        now_ns: i64,
    ) {
        self.append_attribute(target, span, &mut row, name, now_ns);
        drop(ATTRIBUTE_ROW.replace(Some(ManuallyDrop::new(row))).map(ManuallyDrop::into_inner));
    }

    /// Gives a span of this process its CPU time.
    #[cold]
    pub(crate) fn give_cpu(&mut self, target: &Arc<Target>, span: &SpanRow, cpu_ns: i64, now_ns: i64) {
        if self.process == Some(span.process) {
            let mut row = kept_attribute_row().unwrap_or_else(new_attribute_row);
            span.fill(&mut row, cpu::NAME, &format_args!("{cpu_ns}ns"));
            self.give(target, span, row, cpu::NAME, now_ns);
        }
    }

    fn append_attribute(
        &mut self,
        target: &Arc<Target>,
        span: &SpanRow,
        row: &mut Row,
        name: &str,
        now_ns: i64,
    ) {
        if self.process != Some(span.process) {
            count_forked();
            return;
        }
        let lane = self.lane(target, Content::Attributes);
        let mut item = Item { now_ns, offset_minutes: 0, fields: Fields::Attribute };
        if self.lanes[lane].append(row, &mut item, Ending::Elsewhere).is_some() {
            if row.cut_names() > 0 {
                losses::count(Loss::NameCut, format_args!("attribute {}", Named(name)));
            }
            if row.is_value_cut() {
                losses::count(Loss::ValueCut, format_args!("attribute {}", Named(name)));
            }
        }
    }

    /// The row of the newest span of a Recorder, for its attributes. `None` if it has no row in a file of this process,
    /// or there is no such span, which is counted.
    #[inline]
    pub(crate) fn newest_row(&self, recorder: RecorderId, group: &str) -> Option<SpanRow> {
        let Some(entry) = self.stack.iter().rfind(|entry| entry.recorder == recorder) else {
            losses::count(Loss::NotStarted, format_args!("group {}", Named(group)));
            return None;
        };
        match entry.place {
            Place::Row(place) => self.lanes[entry.lane].span_row(place, entry.started),
            Place::Nowhere => None,
            Place::Parent => {
                count_forked();
                None
            }
        }
    }

    /// The row that was filled last.
    #[inline]
    pub(crate) fn row(&self) -> &Row {
        &self.row
    }

    /// Has the time of the span that was started last printed at its end.
    #[cold]
    pub(crate) fn time_newest(&mut self, task: &str) {
        self.timed.push((self.stack.len() - 1, task.into()));
    }

    /// Ends the newest span of a Recorder. Returns whether there was one.
    #[inline]
    pub(crate) fn end_newest(&mut self, recorder: RecorderId, target: &Arc<Target>, now_ns: i64) -> bool {
        let Some(at) = self.stack.iter().rposition(|entry| entry.recorder == recorder) else { return false };
        let entry = &self.stack[at];
        match entry.reading {
            Some(reading) if reading.is_measured() => self.end_measured(at, target, now_ns),
            Some(reading) => {
                self.meter.note(reading, now_ns.saturating_sub(entry.started.start_ns));
                self.end_at(at, now_ns);
            }
            None => self.end_at(at, now_ns),
        }
        true
    }

    /// Ends the span at a place of the stack.
    #[inline]
    fn end_at(&mut self, at: usize, now_ns: i64) {
        let entry = self.stack[at];
        match entry.place {
            Place::Row(row) => {
                let stamp = |clock_offset_ns| entry.started.end_stamp(now_ns, clock_offset_ns);
                let lane = &mut self.lanes[entry.lane];
                if let Err(error) = lane.end(row, &mut self.stamper, stamp) {
                    lane.count_refused_end(&error);
                }
            }
            Place::Nowhere => {}
            Place::Parent => count_forked(),
        }
        if at + 1 == self.stack.len() {
            self.stack.truncate(at);
        } else {
            self.stack.remove(at);
        }
        if !self.timed.is_empty() {
            self.print_time(at, entry.started, now_ns);
        }
    }

    /// Ends the span at a place of the stack, and gives it its CPU time.
    #[cold]
    fn end_measured(&mut self, at: usize, target: &Arc<Target>, now_ns: i64) {
        let entry = self.stack[at];
        let Some(reading) = entry.reading else { return };
        let (now_ns, cpu_ns) = self.meter.end(reading, entry.started.start_ns, now_ns);
        // Known before the end, with which the lane may give up the file.
        let row = match entry.place {
            Place::Row(place) if cpu_ns.is_some() => self.lanes[entry.lane].span_row(place, entry.started),
            _ => None,
        };
        self.end_at(at, now_ns);
        if let Some((row, cpu_ns)) = row.zip(cpu_ns) {
            self.give_cpu(target, &row, cpu_ns, now_ns);
        }
    }

    /// Prints the time of the span that was at a place of the stack, if that was asked for.
    #[cold]
    fn print_time(&mut self, at: usize, started: Started, now_ns: i64) {
        let timed =
            self.timed.iter().rposition(|&(place, _)| place == at).map(|known| self.timed.remove(known));
        self.timed.iter_mut().filter(|(place, _)| *place > at).for_each(|(place, _)| *place -= 1);
        if let Some((_, task)) = timed {
            started.print_time(&task, now_ns);
        }
    }

    /// Fills in the end of a row that any thread may have started.
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

    /// In a forked child, drops the journals of the parent. The stack stays, so that each end of a span from before the
    /// fork is counted.
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

#[cold]
fn count_forked() {
    losses::count(Loss::Forked, format_args!("a span of the parent process"));
}

impl Drop for ThreadState {
    fn drop(&mut self) {
        // Rows on the stack stay open for ever, so their journal is not at rest.
        for journal in self.lanes.drain(..).filter_map(Lane::into_journal) {
            pool::give(journal);
        }
        drop(ATTRIBUTE_ROW.take().map(ManuallyDrop::into_inner));
    }
}

/// The row of this thread for its next attribute, which has much in common with the last one. `None` for a call from
/// inside another one, which is counted.
///
/// A value that gives an attribute while it is formatted gets a new row. All memory of a row is allocated inside
/// [`with`]: an allocator that records never meets itself here.
#[inline]
pub(crate) fn take_attribute_row() -> Option<Box<Row>> {
    kept_attribute_row().or_else(|| with(|_| new_attribute_row()))
}

#[inline]
fn kept_attribute_row() -> Option<Box<Row>> {
    ATTRIBUTE_ROW.try_with(Cell::take).ok().flatten().map(ManuallyDrop::into_inner)
}

fn new_attribute_row() -> Box<Row> {
    Box::new(Row::with_memory())
}

thread_local! {
    // Has no destructor, which would have to be registered here. The thread's state drops it.
    static ATTRIBUTE_ROW: Cell<Option<ManuallyDrop<Box<Row>>>> = const { Cell::new(None) };
    // Has no destructor, so it exists as long as the thread.
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
        // Not `then_some`: it would drop the refused value, and so clear the mark of the outer call.
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
    use std::path::Path;

    use super::*;

    #[test]
    fn the_newest_span_of_a_recorder_comes_first() {
        let (mut state, target) = (ThreadState::new(), Arc::new(Target::new(Path::new("records"), false)));
        for (recorder, start_ns) in [(1, 10), (2, 20), (1, 30)] {
            state.start_unrecorded(recorder, Started { start_ns, offset_minutes: 0, end_in_row: 0 });
        }
        let starts = |state: &ThreadState| {
            let entries = state.stack.iter();
            entries.map(|entry| (entry.recorder, entry.started.start_ns)).collect::<Vec<_>>()
        };
        assert!(state.end_newest(1, &target, 40));
        assert_eq!(starts(&state), [(1, 10), (2, 20)]);
        assert!(state.end_newest(1, &target, 40));
        assert_eq!(starts(&state), [(2, 20)]);
        assert!(
            !state.end_newest(1, &target, 40)
                && state.end_newest(2, &target, 40)
                && !state.end_newest(2, &target, 40)
        );
    }
}
