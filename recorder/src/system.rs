//! What differs between systems: bytes at a place in a file, and stderr without its lock.
//!
//! `std` has both for Unix and for Windows, under other names. Must not know what is written.

use std::fs::File;
use std::io::{self, Write};

/// Writes all bytes at an offset by one call to the system, or fails.
///
/// A short write to a file means a full disk or quota, and is not continued: what would follow is
/// the same as an error, or at a limit on file sizes the signal that kills the process.
pub(crate) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    loop {
        match sys::write_at(file, bytes, offset) {
            Ok(written) if written == bytes.len() => return Ok(()),
            Ok(_) => return Err(io::ErrorKind::StorageFull.into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The byte at an offset, if the file is that long.
pub(crate) fn byte_at(file: &File, offset: u64) -> io::Result<Option<u8>> {
    let mut byte = [0];
    Ok((sys::read_at(file, &mut byte, offset)? == 1).then_some(byte[0]))
}

/// Puts a line on stderr, control characters escaped, errors ignored.
///
/// Through a handle of its own: the lock of `std`'s stderr may be held by a thread that waits for
/// a full pipe, and in a forked child by a thread that no longer exists.
pub(crate) fn say(line: &str) {
    let mut text = String::with_capacity(line.len() + 1);
    for character in line.chars() {
        if character.is_control() {
            text.extend(character.escape_default());
        } else {
            text.push(character);
        }
    }
    text.push('\n');
    let _ = match sys::stderr() {
        Ok(mut stderr) => stderr.write_all(text.as_bytes()),
        // No file is left to open, which is just what the line may have to say.
        Err(_) => io::stderr().write_all(text.as_bytes()),
    };
}

#[cfg(unix)]
mod sys {
    use std::fs::File;
    use std::io;
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileExt;

    pub(super) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
        file.write_at(bytes, offset)
    }

    pub(super) fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        file.read_at(bytes, offset)
    }

    pub(super) fn stderr() -> io::Result<File> {
        io::stderr().as_fd().try_clone_to_owned().map(File::from)
    }
}

#[cfg(windows)]
mod sys {
    use std::fs::File;
    use std::io;
    use std::os::windows::fs::FileExt;
    use std::os::windows::io::AsHandle;

    pub(super) fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<usize> {
        file.seek_write(bytes, offset)
    }

    pub(super) fn read_at(file: &File, bytes: &mut [u8], offset: u64) -> io::Result<usize> {
        file.seek_read(bytes, offset)
    }

    pub(super) fn stderr() -> io::Result<File> {
        io::stderr().as_handle().try_clone_to_owned().map(File::from)
    }
}
