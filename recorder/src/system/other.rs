//! Systems other than Unix: no forks, no known limits, no mapped files.

use std::fs::{File, Metadata};
use std::io;
use std::num::NonZeroI64;
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use super::{Identity, Resource};

#[cfg(windows)]
pub(super) use windows::{read_at, write_at, write_to_stderr};

#[cfg(windows)]
mod windows {
    use std::fs::File;
    use std::io::{self, Write};
    use std::os::windows::fs::FileExt;
    use std::os::windows::io::AsHandle;

    pub(in crate::system) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
        file.seek_write(bytes, offset)
    }

    pub(in crate::system) fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        file.seek_read(bytes, offset)
    }

    pub(in crate::system) fn write_to_stderr(bytes: &[u8]) -> io::Result<()> {
        io::stderr().as_handle().try_clone_to_owned().map(File::from)?.write_all(bytes)
    }
}

/// Not known here. A removed file is noticed only by its path.
pub(crate) fn link_count(_metadata: &Metadata) -> u64 {
    1
}

/// Not known here: all files are the same.
pub(crate) fn identity(_file: &File) -> io::Result<Identity> {
    Ok((0, 0))
}

/// Files have no numbers here that a program could mistake for its output.
pub(crate) fn above_stderr(file: File) -> io::Result<File> {
    Ok(file)
}

/// Nobody puts a file in the place of stderr here.
pub(crate) fn remember_stderr() {}

/// Nanoseconds since some moment, by a clock that nobody can set.
pub(crate) fn boot_ns() -> i64 {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    let now = Instant::now();
    let first = *FIRST.get_or_init(|| now);
    i64::try_from(now.saturating_duration_since(first).as_nanos()).unwrap_or(i64::MAX)
}

/// Not known here.
pub(crate) fn thread_cpu_ns() -> Option<NonZeroI64> {
    None
}

/// The size of a page of memory, in bytes.
pub(crate) fn page_size() -> usize {
    1 << 16
}

/// No known limits.
pub(crate) fn limit(_resource: Resource) -> Option<u64> {
    None
}

/// Not known here.
pub(crate) fn file_system(_file: &File) -> Option<u64> {
    None
}

/// A word that is zero until something is stored.
pub(crate) fn fork_word() -> &'static AtomicU64 {
    static WORD: AtomicU64 = AtomicU64::new(0);
    &WORD
}

/// The word exists from the beginning.
pub(crate) fn make_fork_word() {}
