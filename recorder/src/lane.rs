//! A lane: the journal of a thread for one kind of row in one directory, or the lack of it.
//!
//! Takes rows and returns their places. A lane outlives its journals. If a journal cannot be opened, the lane tries
//! again after a pause. If its file was removed or the clock was set, the lane replaces it. If it is long, the lane
//! goes on in the next part. So all stamps of a file come from one clock, and setting the wall clock makes no two spans
//! of a file overlap. Counts what cannot be written. Must not know stacks.

use std::io;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::thread;

use crate::attribute::SpanRow;
use crate::clock;
use crate::format::{Content, Record, Row, Sample, Stamp, StampText, Stamper};
use crate::journal::Journal;
use crate::losses::{self, Loss};
use crate::pool;
use crate::record_file::{RecordFile, Target};
use crate::span::Started;

/// Where a thread records rows of one kind in one directory.
pub(crate) struct Lane {
    target: Arc<Target>,
    content: Content,
    journal: Option<OpenJournal>,
    /// Journals that were replaced while rows were open, until these rows end.
    retired: Vec<OpenJournal>,
    /// When to check the file and the clock next, in nanoseconds since boot.
    look_ns: i64,
    /// How many journals the lane has had.
    journals: u64,
    /// The last refusal by the system. Nothing is tried until its time to retry.
    refusal: Option<Refusal>,
}

struct OpenJournal {
    journal: Journal,
    /// All stamps of its file are this much ahead of the boot clock.
    clock_offset_ns: i64,
    /// Different for each journal of the lane.
    number: u64,
}

/// A row whose end comes through its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RowPlace {
    journal: u64,
    end_at: NonZeroU64,
}

/// Where a row's end comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// From the lane, on this thread.
    Here,
    /// From anywhere else, or it is already there.
    Elsewhere,
}

/// What to write into a row, once the offset of its file's stamps to the boot clock is known.
pub(crate) struct Item<'a> {
    pub(crate) now_ns: i64,
    pub(crate) offset_minutes: i32,
    /// Their times are ignored. A record with an end ends now.
    pub(crate) fields: Fields<'a>,
}

pub(crate) enum Fields<'a> {
    Record(Record<'a>),
    Sample(Sample<'a>),
    /// The row is already filled, and has to be finished.
    Attribute,
}

impl Item<'_> {
    #[inline]
    fn fill(&mut self, row: &mut Row, clock_offset_ns: i64) {
        let now = Stamp::new(self.now_ns.wrapping_add(clock_offset_ns), self.offset_minutes);
        match &mut self.fields {
            Fields::Record(record) => {
                record.start = now;
                if let Some(end) = &mut record.end {
                    *end = now;
                }
                row.fill(record);
            }
            Fields::Sample(sample) => {
                sample.time = now;
                row.fill_sample(sample);
            }
            Fields::Attribute => row.finish(),
        }
    }
}

impl Lane {
    pub(crate) fn new(target: Arc<Target>, content: Content) -> Self {
        let (journal, retired, refusal) = (None, Vec::new(), None);
        Self { target, content, journal, retired, look_ns: i64::MIN, journals: 0, refusal }
    }

    /// Whether this is the lane for these rows.
    pub(crate) fn serves(&self, target: &Arc<Target>, content: Content) -> bool {
        self.content == content && (Arc::ptr_eq(&self.target, target) || *self.target == **target)
    }

    /// Whether this is surely the lane for these rows, and has a journal.
    #[inline]
    pub(crate) fn is_open_for(&self, target: &Arc<Target>, content: Content) -> bool {
        self.content == content && Arc::ptr_eq(&self.target, target) && self.journal.is_some()
    }

    /// Opens a journal if there is none: one from the pool, or a new one.
    pub(crate) fn open(&mut self) {
        if self.journal.is_none() {
            self.open_any();
        }
    }

    /// Appends a row. Returns the offset of its end in the file, or counts a loss and returns `None`.
    #[inline(always)] // each caller has a kind of row of its own
    pub(crate) fn append(
        &mut self,
        row: &mut Row,
        item: &mut Item<'_>,
        ending: Ending,
    ) -> Option<NonZeroU64> {
        if let Some(open) = self.journal.as_mut().filter(|_| item.now_ns < self.look_ns) {
            item.fill(row, open.clock_offset_ns);
            if open.journal.has_room_for(row) {
                return match open.append(row, ending) {
                    Ok(end_at) => end_at,
                    Err(error) => self.lose(error, item.now_ns),
                };
            }
        }
        self.append_slowly(row, item, ending)
    }

    /// The place of the row that was appended last, from the offset of its end.
    #[inline]
    pub(crate) fn place(&self, end_at: NonZeroU64) -> RowPlace {
        RowPlace { journal: self.journals, end_at }
    }

    /// The row of an open span for its attributes. `None` if its file was lost, which was counted then.
    pub(crate) fn span_row(&self, place: RowPlace, started: Started) -> Option<SpanRow> {
        let open = self.journal.iter().chain(&self.retired).find(|open| open.number == place.journal)?;
        Some(SpanRow::new(open.journal.medium(), place.end_at.get(), started))
    }

    /// Fills in the end of a row. `stamp` makes it from the offset of the file's stamps to the clock. Does nothing for
    /// a row whose file was lost, which was counted then.
    #[inline]
    pub(crate) fn end(
        &mut self,
        place: RowPlace,
        stamper: &mut Stamper,
        stamp: impl FnOnce(i64) -> Stamp,
    ) -> io::Result<()> {
        match &mut self.journal {
            Some(open) if open.number == place.journal => {
                open.journal.end(place.end_at.get(), stamper.stamp(stamp(open.clock_offset_ns)))
            }
            _ => self.end_retired(place, stamper, stamp),
        }
    }

    /// The file of the row that was appended last, to fill in its end from anywhere.
    pub(crate) fn file(&self) -> Option<&Arc<RecordFile>> {
        self.journal.as_ref().map(|open| open.journal.medium())
    }

    /// Fills in an end if the file is this lane's, which is faster than through the file. Otherwise `None`.
    pub(crate) fn write_end(
        &mut self,
        file: &Arc<RecordFile>,
        end_at: u64,
        end: StampText<'_>,
    ) -> Option<io::Result<()>> {
        let open = self.journal.as_mut().filter(|open| Arc::ptr_eq(open.journal.medium(), file))?;
        Some(open.journal.write_end(end_at, end))
    }

    /// Counts an end that the system refused.
    #[cold]
    pub(crate) fn count_refused_end(&self, error: &io::Error) {
        losses::count(Loss::EndRefused, format_args!("{}: {error}", self.target.directory.display()));
    }

    /// Gives up the journal.
    pub(crate) fn into_journal(self) -> Option<Journal> {
        self.journal.map(|open| open.journal)
    }

    /// [`append`](Self::append) when there is something to do first.
    #[cold]
    #[inline(never)]
    fn append_slowly(&mut self, row: &mut Row, item: &mut Item<'_>, ending: Ending) -> Option<NonZeroU64> {
        let now_ns = item.now_ns;
        let is_pausing = self.refusal.as_ref().is_some_and(|refusal| now_ns < refusal.retry_ns);
        if !is_pausing {
            self.look(now_ns);
            self.rotate();
        }
        let Some(open) = self.journal.as_mut().filter(|_| !is_pausing) else {
            return self.count_loss();
        };
        item.fill(row, open.clock_offset_ns);
        match open.journal.make_room(row.length()).and_then(|()| open.append(row, ending)) {
            Ok(end_at) => {
                self.refusal = None;
                end_at
            }
            Err(error) => self.lose(error, now_ns),
        }
    }

    /// [`end`](Self::end) of a row in a journal that was replaced.
    #[cold]
    #[inline(never)]
    fn end_retired(
        &mut self,
        place: RowPlace,
        stamper: &mut Stamper,
        stamp: impl FnOnce(i64) -> Stamp,
    ) -> io::Result<()> {
        let Some(at) = self.retired.iter().position(|open| open.number == place.journal) else {
            return Ok(());
        };
        let open = &mut self.retired[at];
        let ended = open.journal.end(place.end_at.get(), stamper.stamp(stamp(open.clock_offset_ns)));
        if !open.journal.has_open_rows() {
            self.retired.swap_remove(at);
        }
        ended
    }

    /// Goes on in a new file if someone removed or shortened the old one, or set the clock. Takes no file from the
    /// pool, because its last span may have ended after the time of the row.
    fn look(&mut self, now_ns: i64) {
        let Some(open) = &mut self.journal else { return };
        if open.journal.has_lost_its_file() {
            losses::count(
                Loss::FileLost,
                format_args!(
                    "{}: rows of the last second may also be lost",
                    open.journal.medium().path().display()
                ),
            );
        } else if open.clock_offset_ns == clock::look() {
            self.look_ns = now_ns.saturating_add(LOOK_EVERY_NS);
            return;
        }
        let replaced = self.journal.take();
        match self.create() {
            Ok(journal) => self.take(journal),
            Err(error) => self.refuse(error, now_ns),
        }
        if let Some(mut open) = replaced.filter(|open| open.journal.has_open_rows()) {
            open.journal.rest();
            self.retired.push(open);
        }
    }

    /// Goes on in the next part if the file is long and none of its rows is open.
    fn rotate(&mut self) {
        let Some(open) = self.journal.as_mut() else { return };
        if open.journal.is_to_be_rotated() {
            let next = open.journal.medium().create_next_part();
            match next.and_then(Journal::in_file) {
                Ok(journal) => self.take(journal),
                Err(_) => open.journal.put_off_rotation(),
            }
        }
    }

    fn open_any(&mut self) {
        let now_ns = clock::boot_ns();
        if self.refusal.as_ref().is_some_and(|refusal| now_ns < refusal.retry_ns) {
            return;
        }
        let clock_offset_ns = clock::look();
        let adopted = pool::adopt(&self.target, self.content, name_of(&thread::current()));
        match adopted.filter(|journal| journal.medium().clock_offset_ns() == clock_offset_ns) {
            Some(journal) => self.take(journal),
            None => match self.create() {
                Ok(journal) => self.take(journal),
                Err(error) => self.refuse(error, now_ns),
            },
        }
    }

    fn create(&self) -> io::Result<Journal> {
        let thread = thread::current();
        let name = if pool::is_full() { pool::MIXED } else { name_of(&thread) };
        Journal::in_file(RecordFile::create(&self.target, self.content, name)?)
    }

    fn take(&mut self, journal: Journal) {
        self.journals += 1;
        self.look_ns = i64::MIN; // check with the first row: one from the pool was not checked lately
        let clock_offset_ns = journal.medium().clock_offset_ns();
        self.journal = Some(OpenJournal { journal, clock_offset_ns, number: self.journals });
    }

    fn refuse(&mut self, error: io::Error, now_ns: i64) {
        self.refusal = Some(Refusal { error, retry_ns: now_ns.saturating_add(BACK_OFF_NS) });
    }

    /// Counts a row that the system refused.
    #[cold]
    fn lose(&mut self, error: io::Error, now_ns: i64) -> Option<NonZeroU64> {
        self.refuse(error, now_ns);
        self.count_loss()
    }

    fn count_loss(&self) -> Option<NonZeroU64> {
        let loss = if self.journal.is_some() { Loss::RowRefused } else { Loss::NoFile };
        let directory = self.target.directory.display();
        match &self.refusal {
            Some(Refusal { error, .. }) => losses::count(loss, format_args!("{directory}: {error}")),
            None => losses::count(loss, format_args!("{directory}")),
        }
        None
    }
}

impl OpenJournal {
    /// Appends a row for which there is room. Its end is never at 0, where the header is.
    #[inline]
    fn append(&mut self, row: &Row, ending: Ending) -> io::Result<Option<NonZeroU64>> {
        let end_at = match ending {
            Ending::Here => self.journal.append_open(row),
            Ending::Elsewhere => self.journal.append(row),
        }?;
        Ok(NonZeroU64::new(end_at))
    }
}

/// How long rows are written without a check of the file and the clock.
const LOOK_EVERY_NS: i64 = 1_000_000_000;

/// How long nothing is tried after a refusal. A full disk stays full for a while, and a try costs more than a record.
const BACK_OFF_NS: i64 = 100_000_000;

struct Refusal {
    error: io::Error,
    /// When to try again, in nanoseconds since boot.
    retry_ns: i64,
}

fn name_of(thread: &thread::Thread) -> &str {
    thread.name().unwrap_or("-")
}

#[cfg(test)]
mod tests;
