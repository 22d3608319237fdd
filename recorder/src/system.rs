//! Calls to the system: the only module with unsafe code.
//!
//! `std` can write at an offset of a file, under different names on Unix and on Windows. The rest is missing there: a
//! mapped file ([`mapping`]), a clock that runs while the machine sleeps, limits, file systems, and a word that a fork
//! wipes (`unix`). Every function here is safe to call, and exists on every system. Must not know what is written, nor
//! what a number is used for.

mod mapping;
#[cfg(not(unix))]
#[path = "system/other.rs"]
mod sys;
#[cfg(unix)]
#[path = "system/unix.rs"]
mod sys;

use std::fmt::{self, Write as _};
use std::fs::File;
use std::io;

pub(crate) use mapping::Mapping;
#[cfg(test)]
pub(crate) use mapping::Memory;
pub(crate) use sys::{
    above_stderr, boot_ns, file_system, fork_word, identity, limit, link_count, make_fork_word, page_size,
    remember_stderr, thread_cpu_ns,
};

/// The device and the inode of a file.
pub(crate) type Identity = (u64, u64);

/// A resource that is limited for each process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    /// Files open at the same time.
    OpenFiles,
    /// Bytes in a file. SIGXFSZ kills a process that lets a file grow beyond it.
    FileSize,
    /// Bytes of address space.
    AddressSpace,
}

/// Writes all bytes at an offset by one call to the system, or fails.
///
/// A short write to a file means a full disk or quota. It is not continued: the next call would return the same as an
/// error, or send the signal that kills the process at a limit on file sizes.
pub(crate) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    match uninterrupted(|| sys::write_at(file, bytes, offset)) {
        Ok(written) if written == bytes.len() => Ok(()),
        Ok(_) => Err(io::ErrorKind::StorageFull.into()),
        Err(error) => Err(error),
    }
}

/// Fills a range with a beginning and then `\n`, by one call to the system. Returns the number of bytes written, which
/// is 0 only on a full disk.
#[cfg(target_os = "linux")]
pub(crate) fn fill_some_at(file: &File, beginning: &[u8], offset: u64, length: usize) -> io::Result<usize> {
    static BLOCK: [u8; 16 << 10] = [b'\n'; 16 << 10];
    uninterrupted(|| sys::write_filled_at(file, beginning, &BLOCK, length, offset))
}

/// Elsewhere nothing is mapped, so nothing is filled.
#[cfg(not(target_os = "linux"))]
pub(crate) fn fill_some_at(_: &File, _: &[u8], _: u64, _: usize) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

fn uninterrupted<R>(mut call: impl FnMut() -> io::Result<R>) -> io::Result<R> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// The byte at an offset, or `None` behind the end of the file.
pub(crate) fn byte_at(file: &File, offset: u64) -> io::Result<Option<u8>> {
    let mut byte = [0];
    Ok((sys::read_at(file, &mut byte, offset)? == 1).then_some(byte[0]))
}

/// Prints a line to stderr, with control characters escaped and errors ignored. Prints nothing if stderr is no longer
/// what it was at [`remember_stderr`]. Allocates nothing and opens nothing, because the line may be about an allocator
/// or about open files.
///
/// Does not use the stderr of `std`: a thread that waits for a full pipe may hold its lock, and in a forked child a
/// thread that no longer exists.
pub(crate) fn say(line: fmt::Arguments<'_>) {
    let mut stderr = Stderr { buffer: [0; 1024], length: 0 };
    let _ = stderr.write_fmt(line);
    stderr.push(b"\n");
    stderr.flush();
}

struct Stderr {
    /// Long enough to write most lines at once.
    buffer: [u8; 1024],
    length: usize,
}

impl Stderr {
    fn push(&mut self, bytes: &[u8]) {
        if self.length + bytes.len() > self.buffer.len() {
            self.flush();
        }
        self.buffer[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }

    fn flush(&mut self) {
        let _ = sys::write_to_stderr(&self.buffer[..self.length]);
        self.length = 0;
    }
}

impl fmt::Write for Stderr {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            if character.is_control() {
                character
                    .escape_default()
                    .for_each(|part| self.push(part.encode_utf8(&mut [0; 4]).as_bytes()));
            } else {
                self.push(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
        Ok(())
    }
}
