//! A lane: a thread's journal in one directory, or the lack of it.
//!
//! Takes rows and gives the places of their ends. A lane outlives its journals: one that cannot be
//! opened is tried for again after a pause, one whose file was taken away is replaced. What cannot
//! be written is counted here. Must not know stacks or other lanes.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use crate::clock;
use crate::format::Row;
use crate::journal::{EndSlot, Journal};
use crate::losses::{self, Loss};
use crate::pool;

/// Where a thread records in one directory.
pub(crate) struct Lane {
    directory: Arc<Path>,
    journal: Option<Journal>,
    /// The system's last refusal, while nothing new is tried.
    refusal: Option<Refusal>,
}

impl Lane {
    pub(crate) fn new(directory: Arc<Path>) -> Self {
        Self { directory, journal: None, refusal: None }
    }

    /// Whether it is the one for this directory.
    pub(crate) fn serves(&self, directory: &Path) -> bool {
        self.directory.as_os_str() == directory.as_os_str()
    }

    /// Opens the journal that is missing: one from the pool, or a new one.
    pub(crate) fn open(&mut self) {
        if self.journal.is_some() {
            return;
        }
        let now_ns = clock::now_ns();
        if !self.is_pausing(now_ns) {
            let adopted = pool::adopt(&self.directory, name_of(&thread::current()));
            self.take(adopted.map_or_else(|| self.create(), Ok), now_ns);
        }
    }

    /// Appends a row; a loss is counted and gives `None`.
    pub(crate) fn append(&mut self, row: &Row, now_ns: i64) -> Option<EndSlot> {
        let is_pausing = self.is_pausing(now_ns);
        if !is_pausing {
            self.replace_lost_file(now_ns);
        }
        let loss = match &mut self.journal {
            None => Loss::NoFile,
            Some(_) if is_pausing => Loss::RowRefused,
            Some(journal) => match journal.append(row) {
                Ok(slot) => {
                    self.refusal = None;
                    return Some(slot);
                }
                Err(error) => {
                    self.refuse(error, now_ns);
                    Loss::RowRefused
                }
            },
        };
        let error = self.refusal.as_ref().map(|refusal| &refusal.error);
        losses::count(loss, || match error {
            Some(error) => format!("{}: {error}", self.directory.display()),
            None => self.directory.display().to_string(),
        });
        None
    }

    /// The journal, which is no longer needed here.
    pub(crate) fn into_journal(self) -> Option<Journal> {
        self.journal
    }

    /// Goes on in a new file where someone else has removed or shortened the old one.
    fn replace_lost_file(&mut self, now_ns: i64) {
        let Some(lost) = self.journal.take_if(|journal| journal.has_lost_its_file(now_ns)) else { return };
        losses::count(Loss::FileLost, || {
            format!("{}: rows of the last second may be lost, too", lost.path().display())
        });
        // None from the pool: its last span may have ended after `now_ns`, where the row starts.
        self.take(self.create(), now_ns);
    }

    fn create(&self) -> io::Result<Journal> {
        Journal::open(&self.directory, name_of(&thread::current()))
    }

    fn take(&mut self, opened: io::Result<Journal>, now_ns: i64) {
        match opened {
            Ok(journal) => self.journal = Some(journal),
            Err(error) => self.refuse(error, now_ns),
        }
    }

    fn is_pausing(&self, now_ns: i64) -> bool {
        self.refusal.as_ref().is_some_and(|refusal| now_ns < refusal.retry_ns)
    }

    fn refuse(&mut self, error: io::Error, now_ns: i64) {
        self.refusal = Some(Refusal { error, retry_ns: now_ns.saturating_add(BACK_OFF_NS) });
    }
}

/// How long nothing is tried after the system has refused: a full disk stays full for a while, and
/// asking costs more than a record.
const BACK_OFF_NS: i64 = 100_000_000;

struct Refusal {
    error: io::Error,
    /// When to try again, in nanoseconds since the Unix epoch.
    retry_ns: i64,
}

fn name_of(thread: &thread::Thread) -> &str {
    thread.name().unwrap_or("-")
}

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};
    use std::path::PathBuf;

    use tempfile::TempDir;

    use super::*;
    use crate::format::{HEADER, Record, Stamp};

    const SECOND_NS: i64 = 1_000_000_000;

    fn row(task: &str) -> Row {
        Row::new(&Record { group: "g", task, start: Stamp::new(0, 0), end: None, color: "" })
    }

    fn lane(directory: &TempDir) -> Lane {
        let mut lane = Lane::new(directory.path().join("records").into());
        lane.open();
        lane
    }

    fn file_of(lane: &Lane) -> PathBuf {
        lane.journal.as_ref().unwrap().path().to_owned()
    }

    /// Writes a row, does `damage` to the file, and writes rows before and after the next look.
    fn check_replaced(damage: impl FnOnce(PathBuf)) {
        let directory = tempfile::tempdir().unwrap();
        let mut lane = lane(&directory);
        let file = file_of(&lane);
        let lost = losses::losses().count(Loss::FileLost);
        assert!(lane.append(&row("before"), 0).is_some());
        damage(file.clone());
        assert!(lane.append(&row("unseen"), SECOND_NS - 1).is_some());
        assert_eq!(file_of(&lane), file, "no look before its time");
        assert!(lane.append(&row("after"), SECOND_NS).is_some());
        assert_ne!(file_of(&lane), file);
        assert!(losses::losses().count(Loss::FileLost) > lost);
        let written = fs::read_to_string(file_of(&lane)).unwrap();
        let rows = written.strip_prefix(HEADER).unwrap();
        assert!(rows.starts_with("g,after,") && rows.lines().count() == 1, "{written}");
    }

    fn shorten(file: PathBuf, length: u64) {
        OpenOptions::new().write(true).open(file).unwrap().set_len(length).unwrap();
    }

    #[test]
    fn a_removed_file_is_replaced_at_the_next_look() {
        check_replaced(|file| fs::remove_file(file).unwrap());
        check_replaced(|file| fs::remove_dir_all(file.parent().unwrap()).unwrap());
        check_replaced(|file| {
            fs::remove_dir_all(file.parent().unwrap()).unwrap();
            fs::create_dir(file.parent().unwrap()).unwrap();
        });
    }

    #[test]
    fn a_shortened_file_is_replaced_although_later_rows_made_it_long_again() {
        for length in [0, 1, HEADER.len() as u64 - 1] {
            check_replaced(|file| shorten(file, length));
        }
    }

    #[test]
    fn a_file_that_is_replaced_by_a_copy_is_let_go_of() {
        check_replaced(|file| {
            let copy = fs::read(&file).unwrap();
            fs::remove_file(&file).unwrap();
            fs::write(&file, copy).unwrap();
        });
    }

    #[test]
    fn a_file_that_grows_fast_is_looked_at_by_its_length() {
        let directory = tempfile::tempdir().unwrap();
        let mut lane = lane(&directory);
        let file = file_of(&lane);
        assert!(lane.append(&row("before"), 0).is_some());
        fs::remove_file(&file).unwrap();
        for _ in 0..256 {
            assert!(lane.append(&row(&"x".repeat(1000)), 0).is_some());
        }
        assert_ne!(file_of(&lane), file);
    }

    #[test]
    fn a_file_that_is_still_there_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let mut lane = lane(&directory);
        let file = file_of(&lane);
        for second in 0..10 {
            assert!(lane.append(&row("t"), second * SECOND_NS).is_some());
        }
        assert_eq!(file_of(&lane), file);
    }

    #[test]
    fn where_no_new_file_can_be_made_the_next_is_tried_for_after_a_pause() {
        let directory = tempfile::tempdir().unwrap();
        let mut lane = lane(&directory);
        let records = directory.path().join("records");
        fs::remove_dir_all(&records).unwrap();
        fs::write(&records, "in the way").unwrap();
        assert!(lane.append(&row("t"), 0).is_none());
        fs::remove_file(&records).unwrap();
        assert!(lane.append(&row("t"), BACK_OFF_NS - 1).is_none() && !records.exists());
        lane.open(); // asks the clock, by which that pause is long over
        assert!(lane.append(&row("t"), BACK_OFF_NS).is_some());
    }

    #[test]
    fn after_a_refusal_nothing_is_tried_for_a_while() {
        let directory = tempfile::tempdir().unwrap();
        let mut lane = lane(&directory);
        assert!(lane.append(&row("t"), 0).is_some());
        lane.refuse(io::ErrorKind::StorageFull.into(), 1000);
        assert!(lane.append(&row("t"), 1000).is_none());
        assert!(lane.append(&row("t"), 1000 + BACK_OFF_NS - 1).is_none());
        assert!(lane.append(&row("t"), 1000 + BACK_OFF_NS).is_some());
        assert!(lane.append(&row("t"), 1001).is_some(), "a row that was written ends the pause");
    }
}
