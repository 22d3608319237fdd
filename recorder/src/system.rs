//! What the system does for the recorder: the only module with unsafe code.
//!
//! `std` has bytes at a place in a file, under other names for Unix and for Windows; for the rest it has
//! nothing: a file as memory ([`mapping`]), a clock that runs while the machine sleeps, limits, file
//! systems, and a word that a fork wipes (`unix`). Everything it offers is safe to call, and on every
//! system there. Must not know what is written, nor what a number is good for.

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
    boot_ns, file_system, fork_word, identity, limit, link_count, make_fork_word, page_size,
};

/// What a process may have only so much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Resource {
    /// Files open at a time.
    OpenFiles,
    /// Bytes in a file: growing one beyond kills the process by SIGXFSZ.
    FileSize,
    /// Bytes of address space.
    AddressSpace,
}

/// Writes all bytes at an offset by one call to the system, or fails.
///
/// A short write to a file means a full disk or quota, and is not continued: what would follow is
/// the same as an error, or at a limit on file sizes the signal that kills the process.
pub(crate) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    match uninterrupted(|| sys::write_at(file, bytes, offset)) {
        Ok(written) if written == bytes.len() => Ok(()),
        Ok(_) => Err(io::ErrorKind::StorageFull.into()),
        Err(error) => Err(error),
    }
}

/// Fills a range with `\n` behind some other beginning, by one call to the system; gives how many bytes
/// were written, none only at a full disk.
#[cfg(target_os = "linux")]
pub(crate) fn fill_some_at(file: &File, beginning: &[u8], offset: u64, length: usize) -> io::Result<usize> {
    static BLOCK: [u8; 16 << 10] = [b'\n'; 16 << 10];
    uninterrupted(|| sys::write_filled_at(file, beginning, &BLOCK, length, offset))
}

/// Elsewhere nothing is mapped, and nothing filled.
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

/// The byte at an offset, if the file is that long.
pub(crate) fn byte_at(file: &File, offset: u64) -> io::Result<Option<u8>> {
    let mut byte = [0];
    Ok((sys::read_at(file, &mut byte, offset)? == 1).then_some(byte[0]))
}

/// Puts a line on stderr, control characters escaped, errors ignored. Allocates nothing, since what
/// it has to say may be about an allocator, and opens nothing, since it may be about open files.
///
/// Not through `std`'s stderr, whose lock may be held by a thread that waits for a full pipe, and in a
/// forked child by a thread that no longer exists.
pub(crate) fn say(line: fmt::Arguments<'_>) {
    let mut stderr = Stderr { buffer: [0; 1024], length: 0 };
    let _ = stderr.write_fmt(line);
    stderr.push(b"\n");
    stderr.flush();
}

struct Stderr {
    /// Long enough for most lines, which are then written at once.
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
