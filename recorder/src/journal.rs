//! A journal: one thread's record file, to which rows are appended and whose ends are filled in.
//!
//! Takes rows and gives each row's [`EndSlot`]; a slot outlives the journal and works on every
//! thread. Rows lie one after another from the header on: after a refused or short write the next
//! row takes the same place. Here a write goes straight to the system; the mapped window will come
//! behind the same three calls, `open`, `append` and `write`. Must not know clocks or stacks.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use crate::format::{Content, FileName, HEADER, Row, STAMP_LENGTH};
use crate::limits;
use crate::process::{self, Process};
use crate::system;

/// The writing end of a record file.
pub(crate) struct Journal {
    file: Arc<RecordFile>,
    directory: Arc<Path>,
    thread: String,
    /// Where the next row goes.
    length: u64,
    /// Up to where the file is known not to meet the limit on file sizes.
    checked_to: u64,
    /// When the file was last seen to be there, in nanoseconds since the Unix epoch ...
    seen_ns: i64,
    /// ... and how long it was then.
    seen_length: u64,
}

impl Journal {
    /// Creates a file with a header, and its directory when that is not there.
    pub(crate) fn open(directory: &Arc<Path>, thread: &str) -> io::Result<Self> {
        let file = RecordFile::create(directory, thread)?;
        let path = file.path.clone();
        let (directory, thread) = (directory.clone(), thread.to_owned());
        let mut journal = Self {
            file: Arc::new(file),
            directory,
            thread,
            length: 0,
            checked_to: 0,
            seen_ns: i64::MIN,
            seen_length: 0,
        };
        let written =
            journal.make_room(HEADER.len()).and_then(|()| journal.file.write_at(HEADER.as_bytes(), 0));
        if let Err(error) = written {
            let _ = fs::remove_file(path);
            return Err(error);
        }
        journal.length = HEADER.len() as u64;
        journal.seen_length = journal.length;
        Ok(journal)
    }

    /// Whether someone else has removed or shortened the file, as far as the last look can tell:
    /// one is taken a second after the one before, and when the file has grown much. About 2 us.
    pub(crate) fn has_lost_its_file(&mut self, now_ns: i64) -> bool {
        let is_due = now_ns.saturating_sub(self.seen_ns) >= LOOK_EVERY_NS
            || self.length - self.seen_length >= CHECK_EVERY;
        if !is_due {
            return false;
        }
        if !self.file.holds(self.length, self.seen_length) {
            return true;
        }
        (self.seen_ns, self.seen_length) = (now_ns, self.length);
        false
    }

    /// Writes a row to the file; gives the place of its end. One write, or a few for a row with
    /// quotes. After an error the file is as before.
    pub(crate) fn append(&mut self, row: &Row) -> io::Result<EndSlot> {
        self.make_room(row.as_bytes().len())?;
        let at = self.length;
        if let Err(error) = row.append_with(|offset, bytes| self.file.write_at(bytes, at + offset as u64)) {
            // The next row takes this place, but may be shorter than what is there now.
            let _ = self.file.with(|file| file.set_len(at));
            return Err(error);
        }
        self.length += row.as_bytes().len() as u64;
        Ok(EndSlot { file: self.file.clone(), at: at + row.end_at() as u64 })
    }

    /// Whether a thread of this name may go on with this journal for this directory.
    pub(crate) fn serves(&self, directory: &Path, thread: &str) -> bool {
        self.thread == thread && self.directory.as_os_str() == directory.as_os_str()
    }

    /// The file, for what is said about a loss.
    pub(crate) fn path(&self) -> &Path {
        &self.file.path
    }

    /// Whether no row is open: no slot of this journal is left, on any thread.
    pub(crate) fn is_at_rest(&mut self) -> bool {
        Arc::get_mut(&mut self.file).is_some()
    }

    /// Whether this process made the journal, and not the parent that it was forked from.
    pub(crate) fn is_of(&self, process: Process) -> bool {
        self.file.process == process
    }

    /// Keeps the file from growing over the limit on file sizes, of which the process would die.
    fn make_room(&mut self, bytes: usize) -> io::Result<()> {
        let end = self.length + bytes as u64;
        if end > self.checked_to {
            let limit = limits::file_size();
            if end > limit {
                return Err(ErrorKind::FileTooLarge.into());
            }
            self.checked_to = limit.min(end + CHECK_EVERY);
        }
        Ok(())
    }
}

/// The place of a row's end in its file: 35 bytes that are blank until the span has ended.
#[derive(Debug)]
pub(crate) struct EndSlot {
    file: Arc<RecordFile>,
    at: u64,
}

impl EndSlot {
    /// Fills in the end, on whichever thread.
    pub(crate) fn write(&self, end: &[u8; STAMP_LENGTH]) -> io::Result<()> {
        self.file.write_at(end, self.at)
    }

    /// Whether this process wrote the row, and not the parent that it was forked from.
    pub(crate) fn is_of(&self, process: Process) -> bool {
        self.file.process == process
    }

    /// The file, for what is said about a loss.
    pub(crate) fn path(&self) -> &Path {
        &self.file.path
    }
}

/// How far a file grows between two looks: at the limit, which the program may change, and at the
/// file, which others may.
const CHECK_EVERY: u64 = 256 * 1024;

/// How long rows are written without a look at the file.
const LOOK_EVERY_NS: i64 = 1_000_000_000;

/// How many lane numbers are tried when files of those names exist. They can only be another
/// machine's of the same name, whose process began to record within the same 4 ms.
const TRIES: u32 = 1000;

static NEXT_LANE: AtomicU32 = AtomicU32::new(0);

#[derive(Debug)]
struct RecordFile {
    path: PathBuf,
    process: Process,
    /// `None` when too many files are open: the file is then opened for each write.
    open: Option<OpenFile>,
}

impl RecordFile {
    fn create(directory: &Path, thread: &str) -> io::Result<Self> {
        let process = Process::current();
        let mut name = FileName {
            host: process::host_name(),
            pid: std::process::id(),
            process_start_ns: process.start_ns(),
            lane: 0,
            thread: thread.to_owned(),
            part: 0,
            content: Content::Records,
        };
        let mut result = Err(ErrorKind::AlreadyExists.into());
        for _ in 0..TRIES {
            name.lane = NEXT_LANE.fetch_add(1, Ordering::Relaxed);
            let path = directory.join(name.to_string());
            result = create_new(&path).map(|file| Self { path, process, open: OpenFile::keep(file) });
            if !matches!(&result, Err(error) if error.kind() == ErrorKind::AlreadyExists) {
                break;
            }
        }
        result
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.with(|file| system::write_at(file, bytes, offset))
    }

    /// Whether the file of this name is at least `length` bytes long and still has its first
    /// `seen_length`. Later rows fill a shortened file up again, but leave a hole for the last of
    /// those bytes, which ended a line. What the system does not tell is taken to be well.
    fn holds(&self, length: u64, seen_length: u64) -> bool {
        match fs::metadata(&self.path) {
            Ok(found) if found.len() < length => return false,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return false;
            }
            _ => {}
        }
        let last = self.with(|file| system::byte_at(file, seen_length - 1));
        last.map_or(true, |last| last == Some(b'\n'))
    }

    fn with<R>(&self, work: impl FnOnce(&File) -> io::Result<R>) -> io::Result<R> {
        match &self.open {
            Some(open) => work(&open.file),
            None => work(&OpenOptions::new().read(true).write(true).open(&self.path)?),
        }
    }
}

/// Creates a file, and the directories above it only when they turn out to be missing.
fn create_new(path: &Path) -> io::Result<File> {
    let create = || OpenOptions::new().read(true).write(true).create_new(true).open(path);
    match (create(), path.parent()) {
        (Err(error), Some(directory)) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(directory)?;
            create()
        }
        (result, _) => result,
    }
}

static OPEN_FILES: AtomicUsize = AtomicUsize::new(0);

/// A file that stays open, one of at most [`limits::open_files`].
#[derive(Debug)]
struct OpenFile {
    file: File,
}

impl OpenFile {
    fn keep(file: File) -> Option<Self> {
        let open = Self { file };
        // Dropped when it is one too many, which takes it off the count again.
        (OPEN_FILES.fetch_add(1, Ordering::Relaxed) < limits::open_files()).then_some(open)
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        OPEN_FILES.fetch_sub(1, Ordering::Relaxed);
    }
}
