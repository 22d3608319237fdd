//! A descriptor of ours: an open file whose number may be taken away from us at any time.
//!
//! A program may close every descriptor, as daemons do, or put another file on our number with `dup2`. Then the number
//! is somebody else's. So it is compared with the identity of our file before each use and before it is closed. Once
//! it is another file, it is never used again, and never closed. A number below 3 is not used at all, because programs
//! print there.
//!
//! Between a comparison and the call after it, another thread can still change the number: the system has no call for
//! both. A program that opens our own file under our number is not noticed. Must not know journals or names of files.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::mem;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::system::{self, Identity};

/// An open file for reading and writing, the only way to it.
#[derive(Debug)]
pub(crate) struct Descriptor {
    /// `None` only while it is dropped.
    file: Option<File>,
    identity: Identity,
    /// Whether its number was seen to be another file. That never changes back: the number could be ours again for a
    /// moment, while another thread uses the file under a new descriptor.
    is_lost: AtomicBool,
}

impl Descriptor {
    /// Creates a file that did not exist.
    pub(crate) fn create_new(path: &Path) -> io::Result<Self> {
        Self::open(OpenOptions::new().create_new(true), path)
    }

    /// Opens a file that was created before. `NotFound` if there is another file in its place.
    pub(crate) fn open_again(path: &Path, identity: Identity) -> io::Result<Self> {
        let again = Self::open(&mut OpenOptions::new(), path)?;
        if again.identity == identity { Ok(again) } else { Err(ErrorKind::NotFound.into()) }
    }

    fn open(options: &mut OpenOptions, path: &Path) -> io::Result<Self> {
        let file = system::above_stderr(options.read(true).write(true).open(path)?)?;
        let identity = system::identity(&file)?;
        Ok(Self { file: Some(file), identity, is_lost: AtomicBool::new(false) })
    }

    /// Distinguishes the file from every other, whatever their names.
    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }

    /// The file, for one use. `None` if the descriptor is no longer ours.
    pub(crate) fn file(&self) -> Option<&File> {
        let is_same = |file: &&File| system::identity(file).is_ok_and(|identity| identity == self.identity);
        let file = self.file.as_ref().filter(|_| !self.is_lost.load(Ordering::Relaxed)).filter(is_same);
        if file.is_none() {
            self.is_lost.store(true, Ordering::Relaxed);
        }
        file
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        if self.file().is_none() {
            // Its number is somebody else's.
            mem::forget(self.file.take());
        }
    }
}
