//! The journal's logic on a plain buffer, with small steps, a small disk, and Miri looking on.

use std::cell::Cell;

use super::*;
use crate::format::{HEADER, Record, Stamp, Stamper};
use crate::system::Memory;

/// A file of a known capacity, in memory.
struct Plain {
    memory: Arc<Memory>,
    length: Cell<u64>,
    /// The maximum lengths by the disk and by the limit of the process.
    disk: Cell<u64>,
    limit: Cell<u64>,
    is_mappable: bool,
    /// The number of windows that fit into the address space.
    windows: Cell<u32>,
    is_ours: Cell<bool>,
}

const CAPACITY: u64 = 1 << 17;

impl Plain {
    fn new(is_mappable: bool) -> Self {
        let unlimited = || Cell::new(CAPACITY);
        Self {
            memory: Arc::new(Memory::new(CAPACITY as usize)),
            length: Cell::new(0),
            disk: unlimited(),
            limit: unlimited(),
            is_mappable,
            windows: Cell::new(u32::MAX),
            is_ours: Cell::new(true),
        }
    }

    fn text(&self) -> String {
        String::from_utf8(self.memory.read(0..self.length.get() as usize)).unwrap()
    }
}

impl Medium for Plain {
    fn header(&self) -> &'static str {
        HEADER
    }

    fn is_mappable(&self) -> bool {
        self.is_mappable
    }

    fn map(&self, offset: u64, length: usize) -> io::Result<Mapping> {
        let left = self.windows.get().checked_sub(1).ok_or(ErrorKind::OutOfMemory)?;
        self.windows.set(left);
        assert_eq!(offset % STEPS.page, 0);
        // The range may reach beyond the capacity, but a test must not store there.
        Ok(self.memory.map(offset as usize, length.min((CAPACITY - offset) as usize)))
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        match self.write_some_at(bytes, offset)? {
            written if written == bytes.len() => Ok(()),
            _ => Err(ErrorKind::StorageFull.into()),
        }
    }

    fn set_length(&self, length: u64) -> io::Result<()> {
        assert!(length <= self.length.get());
        self.length.set(length);
        Ok(())
    }

    fn fill_some_at(&self, beginning: &[u8], offset: u64, length: usize) -> io::Result<usize> {
        let mut bytes = vec![b'\n'; length.min(100)];
        bytes[..beginning.len()].copy_from_slice(beginning);
        self.write_some_at(&bytes, offset)
    }

    fn size_limit(&self) -> u64 {
        self.limit.get()
    }

    fn holds(&self, length: u64, _seen_length: u64) -> bool {
        self.length.get() >= length
    }

    fn is_ours(&self) -> bool {
        self.is_ours.get()
    }
}

impl Plain {
    /// Writes as much as fits on the disk.
    fn write_some_at(&self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        assert!(offset + bytes.len() as u64 <= self.limit.get(), "SIGXFSZ");
        assert!(offset <= self.length.get(), "a hole");
        let room = self.disk.get().saturating_sub(offset) as usize;
        if room == 0 {
            return Err(ErrorKind::StorageFull.into());
        }
        let bytes = &bytes[..bytes.len().min(room)];
        self.memory.write_at(offset as usize, bytes);
        self.length.set(self.length.get().max(offset + bytes.len() as u64));
        Ok(bytes.len())
    }
}

/// So small that a few rows reach every limit.
const STEPS: Steps = Steps { window: 1024, page: 256, first: 128, last: CHECK_EVERY, rotation: 4096 };

fn journal(is_mappable: bool) -> Journal<Plain> {
    Journal::begin(Plain::new(is_mappable), STEPS).unwrap()
}

fn row(task: &str) -> Row {
    Row::new(&Record { group: "g", task, start: Stamp::new(5, 0), end: None, color: "" })
}

fn append(journal: &mut Journal<Plain>, task: &str) -> io::Result<u64> {
    let row = row(task);
    if !journal.has_room_for(&row) {
        journal.make_room(row.length())?;
    }
    journal.append_open(&row)
}

fn end(journal: &mut Journal<Plain>, end_at: u64) {
    journal.end(end_at, Stamper::default().stamp(Stamp::new(7, 0))).unwrap();
}

/// Fails unless the file consists of the header, these rows (the task, and whether it has ended) and fill. Does not use
/// a CSV reader, because making one takes Miri a minute.
#[track_caller]
fn check(journal: &Journal<Plain>, rows: &[(String, bool)]) {
    let mut expected = HEADER.to_owned();
    for (task, has_ended) in rows {
        let row = String::from_utf8(row(task).to_bytes()).unwrap();
        let end = String::from_utf8(Stamp::new(7, 0).to_bytes().to_vec()).unwrap();
        expected += &if *has_ended { row.replace(&" ".repeat(end.len()), &end) } else { row };
    }
    let text = journal.medium.text();
    let (written, fill) = text.split_at_checked(expected.len()).unwrap_or((&text, ""));
    assert_eq!(written, expected, "mapped: {}", journal.medium.is_mappable);
    assert!(fill.bytes().all(|byte| byte == b'\n'), "{fill:?}");
}

/// Rows of a task `t` that have not ended.
fn open_rows(count: usize) -> Vec<(String, bool)> {
    vec![("t".to_owned(), false); count]
}

#[test]
fn rows_and_ends_are_in_the_file_at_once() {
    for is_mappable in [true, false] {
        let mut journal = journal(is_mappable);
        let mut expected = Vec::new();
        let mut open = Vec::new();
        let rows_in_all = if cfg!(miri) { 13 } else { 40 };
        for n in 0..rows_in_all {
            let task = if n % 7 == 0 { format!("task, \"{n}\"") } else { format!("task {n}") };
            open.push((append(&mut journal, &task).unwrap(), n));
            expected.push((task, false));
            check(&journal, &expected);
            // Ends of rows near and far, some after the window has moved.
            if n % 3 == 2 {
                let (end_at, n) = open.remove(n % open.len());
                end(&mut journal, end_at);
                expected[n].1 = true;
                check(&journal, &expected);
            }
        }
        assert_eq!(journal.open_rows as usize, open.len());
    }
}

#[test]
fn at_rest_a_file_is_as_long_as_its_rows_and_goes_on_there() {
    for is_mappable in [true, false] {
        let mut journal = journal(is_mappable);
        for task in ["one", "two"] {
            append(&mut journal, task).unwrap();
            journal.rest();
            assert!(journal.medium.text().ends_with("\r\n"));
        }
        let medium = journal.medium.clone();
        append(&mut journal, "three").unwrap();
        check(&journal, &["one", "two", "three"].map(|task| (task.to_owned(), false)));
        drop(journal);
        assert!(medium.text().ends_with("\r\n"));
    }
}

#[test]
fn the_file_of_a_forked_childs_parent_is_left_alone() {
    let mut journal = journal(true);
    append(&mut journal, "t").unwrap();
    let medium = journal.medium.clone();
    medium.is_ours.set(false);
    let before = medium.text();
    drop(journal);
    assert_eq!(medium.text(), before);
    assert!(before.ends_with("\n\n"));
}

/// Appends rows until one is refused. Returns how many were not.
fn fill(journal: &mut Journal<Plain>) -> usize {
    let refused = (0..).find(|_| append(journal, "t").is_err()).unwrap();
    assert!(append(journal, "t").is_err(), "refused once and then not");
    refused
}

#[test]
fn a_full_disk_takes_the_rows_that_fit_and_more_once_it_has_room() {
    for is_mappable in [true, false] {
        let mut journal = journal(is_mappable);
        let length = row("t").length() as u64;
        // Room for nine rows and a half.
        journal.medium.disk.set(HEADER.len() as u64 + 9 * length + length / 2);
        assert_eq!(fill(&mut journal), 9, "mapped: {is_mappable}");
        check(&journal, &open_rows(9));
        journal.medium.disk.set(CAPACITY);
        append(&mut journal, "t").unwrap();
        check(&journal, &open_rows(10));
    }
}

#[test]
fn a_limit_on_file_sizes_is_never_met() {
    for is_mappable in [true, false] {
        let length = row("t").length() as u64;
        let plain = Plain::new(is_mappable);
        plain.limit.set(HEADER.len() as u64 + 9 * length);
        let mut journal = Journal::begin(plain, STEPS).unwrap();
        assert_eq!(fill(&mut journal), 9, "mapped: {is_mappable}");
        journal.medium.limit.set(CAPACITY);
        append(&mut journal, "t").unwrap();
        check(&journal, &open_rows(10));

        let plain = Plain::new(is_mappable);
        plain.limit.set(HEADER.len() as u64 - 1);
        assert!(Journal::begin(plain, STEPS).is_err());
        let plain = Plain::new(is_mappable);
        plain.disk.set(HEADER.len() as u64 - 1);
        assert!(Journal::begin(plain, STEPS).is_err());
    }
}

#[test]
fn without_address_space_the_system_writes() {
    let plain = Plain::new(true);
    plain.windows.set(1);
    let mut journal = Journal::begin(plain, STEPS).unwrap();
    let open = append(&mut journal, "t").unwrap();
    for _ in 0..20 {
        append(&mut journal, "t").unwrap();
    }
    assert!(journal.window.is_none() && !journal.maps);
    assert!(journal.medium.text().ends_with("\r\n"), "fill that a reader could see rows written over");
    end(&mut journal, open);
    let mut rows = open_rows(21);
    rows[0].1 = true;
    check(&journal, &rows);
}

#[test]
fn a_long_file_is_to_be_rotated_when_no_row_is_open() {
    for is_mappable in [true, false] {
        let mut journal = journal(is_mappable);
        let first = append(&mut journal, "first").unwrap();
        while journal.length < STEPS.rotation {
            let end_at = append(&mut journal, "t").unwrap();
            assert!(!journal.is_to_be_rotated());
            end(&mut journal, end_at);
        }
        let second = append(&mut journal, "second").unwrap();
        end(&mut journal, first);
        assert!(!journal.is_to_be_rotated());
        end(&mut journal, second);
        assert!(journal.is_to_be_rotated());
        assert!(!journal.has_room_for(&row("t")), "the next row must come to ask");
        // The row of a guard, on any thread.
        let guard = journal.medium.clone();
        assert!(!journal.is_to_be_rotated());
        for _ in 0..2 {
            let end_at = append(&mut journal, "t").unwrap();
            end(&mut journal, end_at);
        }
        assert!(journal.has_room_for(&row("t")), "every row asks while a guard is out");
        drop(guard);
        assert!(journal.is_to_be_rotated());
        journal.put_off_rotation();
        assert!(!journal.is_to_be_rotated());
        append(&mut journal, "t").unwrap();
    }
}

#[test]
fn a_file_that_was_shortened_is_lost_and_stored_to_no_more() {
    let mut journal = journal(true);
    append(&mut journal, "t").unwrap();
    assert!(!journal.has_lost_its_file());
    journal.medium.length.set(10);
    assert!(journal.has_lost_its_file());
    assert!(journal.window.is_none());
    let medium = journal.medium.clone();
    drop(journal);
    assert_eq!(medium.length.get(), 10, "somebody else's file was cut");
}
