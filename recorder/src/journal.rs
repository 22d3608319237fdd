//! A journal: appends rows to a file and fills in their ends. All bytes of a row are written here.
//!
//! Rows follow each other after the header. If the file can be mapped, a row is stored into a window of memory, over
//! space that was filled with `\n` before. Its `\r` comes last, so a killed writer leaves at most one torn line.
//! Otherwise the system writes the row to the end of the file, and after a refused or short write the next row takes
//! the same place. All work that needs the system is in `make_room` and `has_lost_its_file`, so that `append` of a
//! mapped row never fails or waits. Must not know clocks, threads or the meaning of a row.

use std::convert::Infallible;
use std::fs;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use crate::format::{Row, StampText};
use crate::limits::Share;
use crate::record_file::RecordFile;
use crate::system::{self, Mapping};

/// What a journal writes to: a record file, or a plain buffer in tests.
pub(crate) trait Medium {
    /// The first line, with its line end.
    fn header(&self) -> &'static str;
    /// Whether it may be mapped, to store rows into memory.
    fn is_mappable(&self) -> bool;
    /// Maps a range that begins at a whole page. It may reach beyond the end.
    fn map(&self, offset: u64, length: usize) -> io::Result<Mapping>;
    /// Writes all bytes or fails.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Fills a range, or a first part of it, with a beginning and then `\n`. Returns the number of bytes written.
    fn fill_some_at(&self, beginning: &[u8], offset: u64, length: usize) -> io::Result<usize>;
    /// Cuts it to a length.
    fn set_length(&self, length: u64) -> io::Result<()>;
    /// The maximum length.
    fn size_limit(&self) -> u64;
    /// Whether it is still there, has at least `length` bytes, and kept the first `seen_length` bytes since an earlier
    /// check. True where the system gives no answer.
    fn holds(&self, length: u64, seen_length: u64) -> bool;
    /// Whether this process made it, not the parent that it was forked from.
    fn is_ours(&self) -> bool;
}

/// The sizes in which a journal takes space.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps {
    /// Bytes mapped at a time. 64 MiB would use up the address space, and its worst row takes 2 ms instead of 0.24.
    /// With 1 MiB the cost of mapping is visible in every thousandth row.
    window: usize,
    /// Mapped ranges begin at multiples of this.
    page: u64,
    /// Bytes by which the file grows first. Doubled each time ...
    first: u64,
    /// ... up to this.
    last: u64,
    /// Rows go on in another file once this one has this length.
    rotation: u64,
}

impl Steps {
    fn of_system() -> Self {
        let page = system::page_size() as u64;
        #[cfg(not(test))]
        let rotation = ROTATION;
        #[cfg(test)]
        let rotation = ROTATION_HERE.get();
        Self { window: 4 << 20, page, first: 16 << 10, last: CHECK_EVERY, rotation }
    }
}

/// The writing end of a record file.
#[derive(Debug)]
pub(crate) struct Journal<M: Medium = RecordFile> {
    medium: Arc<M>,
    steps: Steps,
    /// `Some` while rows are stored into memory.
    window: Option<Window>,
    /// Whether a window is mapped when the next row needs one.
    maps: bool,
    /// The length of header and rows: where the next row goes.
    length: u64,
    /// The end of the space for rows that need no call to the system.
    room_end: u64,
    /// The end of the fill, if the file is mapped.
    grown_to: u64,
    /// Bytes by which the file grows next.
    step: u64,
    /// The length of the rows at the last check of the file.
    seen_length: u64,
    /// The length at which to ask next whether to go on in another file.
    rotation_at: u64,
    /// Rows whose end comes through this journal. Other open rows hold the medium.
    open_rows: u32,
    /// Whether someone has removed or shortened the file.
    is_lost: bool,
}

#[derive(Debug)]
struct Window {
    mapping: Mapping,
    start: u64,
    _share: Share,
}

impl Window {
    fn end(&self) -> u64 {
        self.start + self.mapping.length() as u64
    }

    /// Stores bytes at an offset of the file. Nobody sees the `\r` of a row before the rest.
    fn store(&mut self, at: u64, bytes: &[u8]) {
        let at = (at - self.start) as usize;
        match bytes {
            [byte] => self.mapping.publish(at, *byte),
            _ => self.mapping.store(at, bytes),
        }
    }
}

impl Journal {
    /// Begins in a new file. After an error the file is removed.
    pub(crate) fn in_file(file: RecordFile) -> io::Result<Self> {
        let path = file.path().to_owned();
        Self::begin(file, Steps::of_system()).inspect_err(|_| {
            let _ = fs::remove_file(path);
        })
    }
}

impl<M: Medium> Journal<M> {
    /// Writes the header and the first fill. After an error the medium is of no use.
    fn begin(medium: M, steps: Steps) -> io::Result<Self> {
        let maps = medium.is_mappable();
        let mut journal = Self {
            medium: Arc::new(medium),
            steps,
            window: None,
            maps,
            length: 0,
            room_end: 0,
            grown_to: 0,
            step: steps.first,
            seen_length: 0,
            rotation_at: steps.rotation,
            open_rows: 0,
            is_lost: false,
        };
        let header = journal.medium.header().as_bytes();
        let length = header.len() as u64;
        if maps {
            let limit = journal.medium.size_limit().min(steps.first);
            if limit < length {
                return Err(ErrorKind::FileTooLarge.into());
            }
            // Header and fill in one call, so that a file that a reader finds has its header.
            journal.grown_to = journal.medium.fill_some_at(header, 0, limit as usize)? as u64;
            if journal.grown_to < length {
                return Err(ErrorKind::StorageFull.into());
            }
        } else {
            journal.make_room(header.len())?;
            journal.medium.write_at(header, 0)?;
        }
        (journal.length, journal.seen_length) = (length, length);
        Ok(journal)
    }

    /// The medium while nobody else holds it.
    #[cfg(test)]
    pub(crate) fn medium_mut(&mut self) -> Option<&mut M> {
        Arc::get_mut(&mut self.medium)
    }

    pub(crate) fn medium(&self) -> &Arc<M> {
        &self.medium
    }

    /// Whether a row can be appended without calling [`make_room`](Self::make_room).
    #[inline]
    pub(crate) fn has_room_for(&self, row: &Row) -> bool {
        row.length() as u64 <= self.room_end.saturating_sub(self.length)
    }

    /// Appends a row for which there is room. Returns the offset of its end. After an error the file is as before. A
    /// mapped row is never refused.
    #[inline]
    pub(crate) fn append(&mut self, row: &Row) -> io::Result<u64> {
        let at = self.length;
        match &mut self.window {
            Some(window) => {
                let Ok(()) = row.store_with(|offset, bytes| {
                    window.store(at + offset as u64, bytes);
                    Ok::<_, Infallible>(())
                });
            }
            None => self.write(row)?,
        }
        self.length += row.length() as u64;
        Ok(at + row.end_at() as u64)
    }

    /// Appends a row whose end [`end`](Self::end) fills in.
    #[inline]
    pub(crate) fn append_open(&mut self, row: &Row) -> io::Result<u64> {
        let end_at = self.append(row)?;
        self.open_rows += 1;
        Ok(end_at)
    }

    /// Fills in the end of a row that [`append_open`](Self::append_open) has appended.
    #[inline]
    pub(crate) fn end(&mut self, end_at: u64, end: StampText<'_>) -> io::Result<()> {
        self.open_rows = self.open_rows.saturating_sub(1);
        self.write_end(end_at, end)
    }

    /// Fills in the end of a row of this file.
    #[inline]
    pub(crate) fn write_end(&mut self, end_at: u64, end: StampText<'_>) -> io::Result<()> {
        if self.length >= self.rotation_at && self.open_rows == 0 {
            // So that the next row asks whether to go on in another file, but not every row while a guard is out.
            self.room_end = self.length;
            self.rotation_at = self.length + self.steps.last;
        }
        match &mut self.window {
            Some(window) if window.start <= end_at => {
                let Ok(()) = end.store_with(|offset, bytes| {
                    window.store(end_at + offset as u64, bytes);
                    Ok::<_, Infallible>(())
                });
                Ok(())
            }
            _ => self.write_end_by_system(end_at, end),
        }
    }

    #[inline(never)]
    fn write_end_by_system(&self, end_at: u64, end: StampText<'_>) -> io::Result<()> {
        self.medium.write_at(&end.to_bytes(), end_at)
    }

    /// Checks whether someone has removed or shortened the file. From then on only ends are written to it. Takes about
    /// 0.5 us.
    pub(crate) fn has_lost_its_file(&mut self) -> bool {
        let length = if self.maps { self.grown_to.max(self.length) } else { self.length };
        self.is_lost = !self.medium.holds(length, self.seen_length);
        self.seen_length = self.length;
        if self.is_lost {
            // A store behind the end of the file would kill the process.
            self.window = None;
        }
        self.is_lost
    }

    /// Makes room for a row and for some of the next ones. Never lets the file grow beyond the limit on file sizes,
    /// which would kill the process. After an error the room is as before.
    pub(crate) fn make_room(&mut self, bytes: usize) -> io::Result<()> {
        let needed = self.length + bytes as u64;
        while self.room_end < needed {
            if !self.maps {
                let limit = self.medium.size_limit();
                if needed > limit {
                    return Err(ErrorKind::FileTooLarge.into());
                }
                self.room_end = limit.min(needed + CHECK_EVERY);
                continue;
            }
            if self.grown_to < needed {
                self.grow(needed)?;
            }
            if self.window.as_ref().is_none_or(|window| window.end() < needed) && self.move_window().is_err()
            {
                // No address space: from now on the system writes, and only to the end of the file, so that readers
                // never see a part of a row.
                self.medium.set_length(self.length)?;
                (self.maps, self.room_end) = (false, self.length);
                continue;
            }
            let window_end = self.window.as_ref().map_or(0, Window::end);
            self.room_end = self.grown_to.min(window_end);
        }
        if self.length < self.steps.rotation {
            self.room_end = self.room_end.min(self.steps.rotation.max(needed));
        }
        Ok(())
    }

    /// Whether rows should go on in another file, and can because none of this one is open.
    pub(crate) fn is_to_be_rotated(&mut self) -> bool {
        self.length >= self.steps.rotation && self.is_at_rest()
    }

    /// Postpones the next rotation until the file is twice as long.
    pub(crate) fn put_off_rotation(&mut self) {
        self.steps.rotation = self.steps.rotation.saturating_mul(2);
        self.rotation_at = self.steps.rotation;
    }

    /// Whether no row is open on any thread: no end will come through this journal or through the medium.
    pub(crate) fn is_at_rest(&mut self) -> bool {
        self.open_rows == 0 && Arc::get_mut(&mut self.medium).is_some()
    }

    /// Whether the end of a row will come through this journal.
    pub(crate) fn has_open_rows(&self) -> bool {
        self.open_rows > 0
    }

    /// Cuts the file to its rows and unmaps the memory. Rows can still be appended.
    pub(crate) fn rest(&mut self) {
        self.window = None;
        if self.maps && !self.is_lost && self.medium.set_length(self.length).is_ok() {
            (self.grown_to, self.step) = (self.length, self.steps.first);
        }
        self.room_end = self.length;
    }

    /// Lets the system append a row to the end of the file.
    #[inline(never)]
    fn write(&mut self, row: &Row) -> io::Result<()> {
        let at = self.length;
        let written = row.append_with(|offset, bytes| self.medium.write_at(bytes, at + offset as u64));
        if written.is_err() {
            self.room_end = at;
            // The next row takes this place, but may be shorter than what was written.
            let _ = self.medium.set_length(at);
        }
        written
    }

    /// Fills the file up to `needed` and some more. After an error it is filled as far as there was space.
    fn grow(&mut self, needed: u64) -> io::Result<()> {
        let limit = self.medium.size_limit();
        if needed > limit {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let from = self.grown_to;
        // To a whole number of steps, so that the system can take many pages at once.
        let target = limit.min(needed.max((from / self.step + 1) * self.step));
        while self.grown_to < target {
            match self.medium.fill_some_at(b"", self.grown_to, (target - self.grown_to) as usize) {
                Ok(written @ 1..) => self.grown_to += written as u64,
                _ if self.grown_to >= needed => break,
                Ok(_) => return Err(ErrorKind::StorageFull.into()),
                Err(error) => return Err(error),
            }
        }
        self.step = (self.step * 2).min(self.steps.last);
        self.populate(from);
        Ok(())
    }

    /// Maps the memory for the next rows, instead of that for the last ones.
    fn move_window(&mut self) -> io::Result<()> {
        self.window = None;
        let start = self.length / self.steps.page * self.steps.page;
        let share = Share::of_address_space(self.steps.window).ok_or(ErrorKind::OutOfMemory)?;
        let mapping = self.medium.map(start, self.steps.window)?;
        self.window = Some(Window { mapping, start, _share: share });
        self.populate(self.length);
        Ok(())
    }

    /// Lets the system prepare the pages of the fill from an offset on.
    fn populate(&mut self, from: u64) {
        if let Some(window) = &mut self.window {
            let (from, to) = (from.max(window.start), self.grown_to.min(window.end()));
            if from < to {
                window.mapping.populate((from - window.start) as usize..(to - window.start) as usize);
            }
        }
    }
}

impl<M: Medium> Drop for Journal<M> {
    fn drop(&mut self) {
        // In a forked child the file belongs to the parent.
        if self.medium.is_ours() {
            self.rest();
        }
    }
}

/// The number of bytes after which the limit and the file are checked again. The program may have changed the limit,
/// and others the file.
const CHECK_EVERY: u64 = 256 << 10;

const ROTATION: u64 = 256_000_000;

#[cfg(test)]
thread_local! {
    /// The rotation of the files that this thread creates.
    pub(crate) static ROTATION_HERE: std::cell::Cell<u64> = const { std::cell::Cell::new(ROTATION) };
}

#[cfg(test)]
mod tests;
