//! How far a report has come, for whoever wants to show it.
//!
//! The threads that work add to counters, any other one looks at them; nobody waits, and nothing depends on
//! what is seen. Knows no terminal and no clock.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// The counters of a report that is being made. A clone is of the same report, and sees each as it was a moment
/// ago.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    all_bytes: AtomicU64,
    bytes: AtomicU64,
    rows: AtomicU64,
    is_rendering: AtomicBool,
}

impl Progress {
    /// How many bytes all files have, gzipped ones as they are; 0 before they are found.
    pub fn all_bytes(&self) -> u64 {
        self.0.all_bytes.load(Relaxed)
    }

    /// How many of them have been read; more than all where files have grown meanwhile.
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Relaxed)
    }

    /// How many rows there are in the files that have been read to their end.
    pub fn rows(&self) -> u64 {
        self.0.rows.load(Relaxed)
    }

    /// Whether all that was found is read, and the page is being made.
    pub fn is_rendering(&self) -> bool {
        self.0.is_rendering.load(Relaxed)
    }

    pub(crate) fn will_read(&self, bytes: u64) {
        self.0.all_bytes.fetch_add(bytes, Relaxed);
        self.0.is_rendering.store(false, Relaxed);
    }

    /// The same reader, whose bytes are counted.
    pub(crate) fn counting<R: Read>(&self, reader: R) -> impl Read + use<R> {
        Counting { reader, counters: Arc::clone(&self.0) }
    }

    pub(crate) fn did_read_rows(&self, rows: usize) {
        self.0.rows.fetch_add(rows as u64, Relaxed);
    }

    pub(crate) fn will_render(&self) {
        self.0.is_rendering.store(true, Relaxed);
    }
}

struct Counting<R> {
    reader: R,
    counters: Arc<Counters>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.counters.bytes.fetch_add(length as u64, Relaxed);
        Ok(length)
    }
}
