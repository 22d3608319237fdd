//! A record file: created under a new name, written at offsets, checked, and mapped.
//!
//! The journal that appends to it and the guards whose rows are in it share it. It stays open while the limit on open
//! files has room, and while nobody closes its descriptor. Otherwise it is opened for each use. Must not know rows.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{self, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::clock;
use crate::descriptor::Descriptor;
use crate::format::{Content, FileName, StampText};
use crate::journal::Medium;
use crate::limits::{self, Share};
use crate::process::{self, Process};
use crate::system::{self, Identity, Mapping};

/// The directory for records, and how they are written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// An absolute path.
    pub(crate) directory: PathBuf,
    /// Whether files may be mapped, on file systems where that is safe.
    pub(crate) may_map: bool,
}

impl Target {
    /// A relative directory starts from the working directory of now.
    pub(crate) fn new(directory: &Path, may_map: bool) -> Self {
        let directory = if directory.as_os_str().is_empty() { Path::new(".") } else { directory };
        let directory = path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        Self { directory, may_map }
    }
}

#[derive(Debug)]
pub(crate) struct RecordFile {
    target: Arc<Target>,
    name: FileName,
    path: PathBuf,
    process: Process,
    /// All stamps of this file are this much ahead of the boot clock.
    clock_offset_ns: i64,
    /// Differs from that of another file that has taken its place.
    identity: Identity,
    /// `None` when too many files are open: then this one is opened for each use.
    open: Option<(Descriptor, Share)>,
}

impl RecordFile {
    /// Creates the first file of a lane.
    pub(crate) fn create(target: &Arc<Target>, content: Content, thread: &str) -> io::Result<Self> {
        let process = Process::current();
        let mut name = FileName {
            host: process::host_name(),
            pid: std::process::id(),
            process_start_ns: process.start_ns(),
            lane: 0,
            thread: thread.to_owned(),
            part: 0,
            content,
        };
        let mut result = Err(ErrorKind::AlreadyExists.into());
        for _ in 0..TRIES {
            name.lane = NEXT_LANE.fetch_add(1, Ordering::Relaxed);
            result = Self::create_named(target, &name, process);
            if !matches!(&result, Err(error) if error.kind() == ErrorKind::AlreadyExists) {
                break;
            }
        }
        result
    }

    /// Creates the next file of this lane.
    pub(crate) fn create_next_part(&self) -> io::Result<Self> {
        let part = self.name.part.checked_add(1).ok_or(ErrorKind::InvalidInput)?;
        let mut next =
            Self::create_named(&self.target, &FileName { part, ..self.name.clone() }, self.process)?;
        // A lane has one clock.
        next.clock_offset_ns = self.clock_offset_ns;
        Ok(next)
    }

    /// Creates a file, and its directory if that is missing. With `AlreadyExists` another name may work.
    pub(crate) fn create_named(target: &Arc<Target>, name: &FileName, process: Process) -> io::Result<Self> {
        let path = target.directory.join(name.to_string());
        let descriptor = create_new(&path)?;
        Ok(Self {
            target: target.clone(),
            name: name.clone(),
            path,
            process,
            clock_offset_ns: clock::offset_ns(),
            identity: descriptor.identity(),
            open: Share::of_open_files().map(|share| (descriptor, share)),
        })
    }

    /// Whether rows of this kind, for this target and from a thread of this name belong here.
    pub(crate) fn serves(&self, target: &Target, content: Content, thread: &str) -> bool {
        self.name.content == content && self.name.thread == thread && *self.target == *target
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// All stamps of this file are this much ahead of the boot clock.
    pub(crate) fn clock_offset_ns(&self) -> i64 {
        self.clock_offset_ns
    }

    /// The numbers in its name.
    pub(crate) fn lane_and_part(&self) -> (u32, u32) {
        (self.name.lane, self.name.part)
    }

    pub(crate) fn process(&self) -> Process {
        self.process
    }

    /// Where the other files of its lane are.
    pub(crate) fn target(&self) -> &Arc<Target> {
        &self.target
    }

    /// Pretends that its clock was different.
    #[cfg(test)]
    pub(crate) fn shift_clock(&mut self, by_ns: i64) {
        self.clock_offset_ns += by_ns;
    }

    /// Whether this process made the file, not the parent that it was forked from.
    pub(crate) fn is_of(&self, process: Process) -> bool {
        self.process == process
    }

    /// Fills in an end, on any thread.
    pub(crate) fn write_end(&self, at: u64, end: StampText<'_>) -> io::Result<()> {
        self.write_at(&end.to_bytes(), at)
    }

    /// Does one thing with the file.
    fn with<R>(&self, work: impl FnOnce(&File) -> io::Result<R>) -> io::Result<R> {
        if let Some(file) = self.open.as_ref().and_then(|(descriptor, _)| descriptor.file()) {
            return work(file);
        }
        let again = Descriptor::open_again(&self.path, self.identity)?;
        again.file().ok_or_else(|| ErrorKind::NotFound.into()).and_then(work)
    }
}

impl Medium for RecordFile {
    fn header(&self) -> &'static str {
        self.name.content.header()
    }

    /// True only where a store to space that was written before never fails. On a full btrfs it raises SIGBUS, and
    /// network and FUSE file systems have other surprises.
    fn is_mappable(&self) -> bool {
        const EXT4: u64 = 0xEF53; // also of ext2 and ext3
        const XFS: u64 = 0x5846_5342;
        const TMPFS: u64 = 0x0102_1994;
        let file_system = || self.with(|file| Ok(system::file_system(file))).ok().flatten();
        self.target.may_map && matches!(file_system(), Some(EXT4 | XFS | TMPFS))
    }

    fn map(&self, offset: u64, length: usize) -> io::Result<Mapping> {
        self.with(|file| Mapping::of_file(file, offset, length))
    }

    /// Reads the limit on file sizes each time. The program may have lowered it below the length of the file, and then
    /// a write behind it kills the process.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        if offset + bytes.len() as u64 > limits::file_size() {
            return Err(ErrorKind::FileTooLarge.into());
        }
        self.with(|file| system::write_at(file, bytes, offset))
    }

    fn fill_some_at(&self, beginning: &[u8], offset: u64, length: usize) -> io::Result<usize> {
        self.with(|file| system::fill_some_at(file, beginning, offset, length))
    }

    fn set_length(&self, length: u64) -> io::Result<()> {
        self.with(|file| file.set_len(length))
    }

    fn size_limit(&self) -> u64 {
        limits::file_size()
    }

    fn holds(&self, length: u64, seen_length: u64) -> bool {
        let holds = self.with(|file| {
            let metadata = file.metadata()?;
            let is_there = system::link_count(&metadata) > 0 && (cfg!(unix) || self.path.exists());
            // Later rows make a shortened file long again, but leave a hole where its last byte was, which ended a
            // line.
            let is_whole = || system::byte_at(file, seen_length - 1).map_or(true, |last| last == Some(b'\n'));
            Ok(is_there && metadata.len() >= length && is_whole())
        });
        holds.unwrap_or_else(|error| !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory))
    }

    fn is_ours(&self) -> bool {
        self.is_of(Process::current())
    }
}

/// How many lane numbers are tried when files of those names exist. Such files are those of another program that this
/// process ran before it executed this one.
const TRIES: u32 = 10_000;

static NEXT_LANE: AtomicU32 = AtomicU32::new(0);

/// Creates a file. Creates the directories above it only if that fails because they are missing.
fn create_new(path: &Path) -> io::Result<Descriptor> {
    let create = || Descriptor::create_new(path);
    match (create(), path.parent()) {
        (Err(error), Some(directory)) if error.kind() == ErrorKind::NotFound => {
            fs::create_dir_all(directory).map_err(|error| match error.kind() {
                // Another name of the file would not help.
                ErrorKind::AlreadyExists => ErrorKind::NotADirectory.into(),
                _ => error,
            })?;
            create()
        }
        (result, _) => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(directory: &tempfile::TempDir) -> Arc<Target> {
        Arc::new(Target { directory: directory.path().to_owned(), may_map: true })
    }

    #[test]
    fn the_next_part_of_a_lane_has_the_same_clock() {
        let directory = tempfile::tempdir().unwrap();
        let mut file = RecordFile::create(&target(&directory), Content::Records, "t").unwrap();
        file.shift_clock(1);
        let next = file.create_next_part().unwrap();
        assert_eq!(next.clock_offset_ns(), file.clock_offset_ns());
        assert_eq!((next.name.lane, next.name.part), (file.name.lane, 1));
        // An existing file is not touched.
        assert_eq!(file.create_next_part().unwrap_err().kind(), ErrorKind::AlreadyExists);
    }

    #[test]
    fn a_file_that_is_opened_for_each_use_is_known_from_one_in_its_place() {
        let directory = tempfile::tempdir().unwrap();
        let mut file = RecordFile::create(&target(&directory), Content::Records, "t").unwrap();
        file.open = None;
        file.write_at(b"ours", 0).unwrap();
        let theirs = directory.path().join("theirs");
        fs::write(&theirs, "theirs").unwrap();
        fs::rename(theirs, file.path()).unwrap();
        assert!(cfg!(not(unix)) || file.write_at(b"ours", 0).is_err() && !file.holds(4, 4));
        assert!(cfg!(not(unix)) || fs::read(file.path()).unwrap() == b"theirs");
    }
}
