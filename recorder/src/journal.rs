//! A journal: the writing end of a file, to which rows are appended and whose ends are filled in.
//!
//! Rows lie one after another from the header on. Where the file can be mapped, a row is stored into a
//! window of memory over space that was filled with `\n` before, its `\r` last: a killed writer leaves at
//! most one torn line. Elsewhere the system writes it to the file's end; after a refused or short write the
//! next row takes the same place. All work that needs the system is in `make_room` and `look`, so that
//! `append` need not fail or wait. Must not know clocks, threads or what a row says.

use std::convert::Infallible;
use std::fs;
use std::io::{self, ErrorKind};
use std::sync::Arc;

use crate::format::{Row, StampText};
use crate::limits::Share;
use crate::record_file::RecordFile;
use crate::system::{self, Mapping};

/// What a journal is written to: a record file, or in tests a plain buffer.
pub(crate) trait Medium {
    /// The first line, with its line end.
    fn header(&self) -> &'static str;
    /// Whether rows may be stored into memory that is mapped to it.
    fn is_mappable(&self) -> bool;
    /// Maps a range, whose beginning is a whole number of pages; it may reach beyond the end.
    fn map(&self, offset: u64, length: usize) -> io::Result<Mapping>;
    /// Writes all bytes or fails.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Fills a range, or the first of it, with a beginning and then `\n`; gives how many bytes it wrote.
    fn fill_some_at(&self, beginning: &[u8], offset: u64, length: usize) -> io::Result<usize>;
    /// Cuts it to a length.
    fn set_length(&self, length: u64) -> io::Result<()>;
    /// How long it may become.
    fn size_limit(&self) -> u64;
    /// Whether it is still there, at least `length` bytes long, with the first `seen_length` that it had
    /// at an earlier look. What the system does not tell is taken to be well.
    fn holds(&self, length: u64, seen_length: u64) -> bool;
    /// Whether this process may write to it, and not only the parent that it was forked from.
    fn is_ours(&self) -> bool;
}

/// How a journal takes its space.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Steps {
    /// Bytes mapped at a time. 64 MiB would eat a host's address space and have a worst row of 2 ms
    /// against 0.24; with 1 MiB the mapping is seen in every thousandth row.
    window: usize,
    /// Mapped ranges begin at multiples of this.
    page: u64,
    /// Bytes by which the file grows at first; doubled each time ...
    first: u64,
    /// ... up to this.
    last: u64,
    /// Rows go on in another file once this one is so long.
    rotation: u64,
}

impl Steps {
    fn of_system() -> Self {
        let page = system::page_size() as u64;
        Self { window: 4 << 20, page, first: 16 << 10, last: CHECK_EVERY, rotation: 256_000_000 }
    }
}

/// The writing end of a record file.
#[derive(Debug)]
pub(crate) struct Journal<M: Medium = RecordFile> {
    medium: Arc<M>,
    steps: Steps,
    /// `Some` while rows are stored into memory.
    window: Option<Window>,
    /// Whether there will be a window when the next row needs one.
    maps: bool,
    /// Where the next row goes.
    length: u64,
    /// Up to where rows can be written without asking the system for more.
    room_end: u64,
    /// Up to where the file is filled, when it is mapped.
    grown_to: u64,
    /// By how much it grows next.
    step: u64,
    /// How long the file was at the last look.
    seen_length: u64,
    /// How long the file is to be when it is asked next whether to go on in another.
    rotation_at: u64,
    /// Rows whose end will be filled in through this journal; others have a hold on the medium.
    open_rows: u32,
    /// Whether the file has been taken away, and what is there now is somebody else's.
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

    /// Stores bytes at a place of the file, the `\r` of a row so that nobody sees it before the rest.
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
    /// Writes the header, and what the file grows by at first. After an error the medium is of no use.
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
            // Header and fill at once: a file that a reader finds has its header.
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

    /// The medium while nobody else has a hold on it.
    #[cfg(test)]
    pub(crate) fn medium_mut(&mut self) -> Option<&mut M> {
        Arc::get_mut(&mut self.medium)
    }

    pub(crate) fn medium(&self) -> &Arc<M> {
        &self.medium
    }

    /// Whether a row can be appended without [`make_room`](Self::make_room).
    #[inline]
    pub(crate) fn has_room_for(&self, row: &Row) -> bool {
        row.length() as u64 <= self.room_end.saturating_sub(self.length)
    }

    /// Appends a row for which there is room; gives the place of its end. After an error the file is as
    /// before; without one mapped rows are never refused.
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

    /// Appends a row whose end [`end`](Self::end) will fill in.
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
            // So that the next row asks whether to go on elsewhere; not each of them while a guard is out.
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

    /// Whether someone else has removed or shortened the file, as far as a look can tell. Nothing is
    /// written to it from then on but ends. About 0.5 us.
    pub(crate) fn has_lost_its_file(&mut self) -> bool {
        let length = if self.maps { self.grown_to.max(self.length) } else { self.length };
        self.is_lost = !self.medium.holds(length, self.seen_length);
        self.seen_length = self.length;
        if self.is_lost {
            // A store where the file ends now would kill the process.
            self.window = None;
        }
        self.is_lost
    }

    /// Makes room for a row, so that the next ones find some, too. Keeps the file from growing over the
    /// limit on file sizes, of which the process would die. After an error what room there was is left.
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
                // No address space: from here on the system writes. Only to the file's end, so that
                // readers never see a part of a row.
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

    /// Whether rows should go on in another file, and can, since none of this one is open.
    pub(crate) fn is_to_be_rotated(&mut self) -> bool {
        self.length >= self.steps.rotation && self.is_at_rest()
    }

    /// Puts the next rotation off by as much again.
    pub(crate) fn put_off_rotation(&mut self) {
        self.steps.rotation = self.steps.rotation.saturating_mul(2);
        self.rotation_at = self.steps.rotation;
    }

    /// Whether no row is open: none whose end is to come through this journal, nor through the medium,
    /// on any thread.
    pub(crate) fn is_at_rest(&mut self) -> bool {
        self.open_rows == 0 && Arc::get_mut(&mut self.medium).is_some()
    }

    /// Whether rows are open whose end is to come through this journal.
    pub(crate) fn has_open_rows(&self) -> bool {
        self.open_rows > 0
    }

    /// Cuts the file to its rows and lets go of the memory. It can be appended to again.
    pub(crate) fn rest(&mut self) {
        self.window = None;
        if self.maps && !self.is_lost && self.medium.set_length(self.length).is_ok() {
            (self.grown_to, self.step) = (self.length, self.steps.first);
        }
        self.room_end = self.length;
    }

    /// Appends a row to the file's end by the system.
    #[inline(never)]
    fn write(&mut self, row: &Row) -> io::Result<()> {
        let at = self.length;
        let written = row.append_with(|offset, bytes| self.medium.write_at(bytes, at + offset as u64));
        if written.is_err() {
            self.room_end = at;
            // The next row takes this place, but may be shorter than what is there now.
            let _ = self.medium.set_length(at);
        }
        written
    }

    /// Fills the file up to `needed` and some more. After an error as far as there was space.
    fn grow(&mut self, needed: u64) -> io::Result<()> {
        let limit = self.medium.size_limit();
        if needed > limit {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let from = self.grown_to;
        // Up to a whole number of steps, so that the system can take pages by the dozen.
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

    /// Maps the memory into which the next rows go, in place of that of the last ones.
    fn move_window(&mut self) -> io::Result<()> {
        self.window = None;
        let start = self.length / self.steps.page * self.steps.page;
        let share = Share::of_address_space(self.steps.window).ok_or(ErrorKind::OutOfMemory)?;
        let mapping = self.medium.map(start, self.steps.window)?;
        self.window = Some(Window { mapping, start, _share: share });
        self.populate(self.length);
        Ok(())
    }

    /// Has the system prepare what was filled, from a place on.
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
        // In a forked child the file is still its parent's.
        if self.medium.is_ours() {
            self.rest();
        }
    }
}

/// How far a file grows between two looks: at the limit, which the program may change, and at the
/// file, which others may.
const CHECK_EVERY: u64 = 256 << 10;

#[cfg(test)]
mod tests;
