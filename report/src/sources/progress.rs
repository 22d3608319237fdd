//! Progress of a report, for code that shows it.
//!
//! Working threads add to counters, any other thread reads them. No thread waits, and nothing depends on what is
//! read. Knows no terminal and no clock.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

/// Progress of one report. Clones share it. Each counter shows a recent value.
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
    /// Size of all files in bytes, compressed if they are gzip files; 0 until they are found.
    pub fn all_bytes(&self) -> u64 {
        self.0.all_bytes.load(Relaxed)
    }

    /// Bytes read so far. Exceeds [`all_bytes`](Progress::all_bytes) if files grow meanwhile.
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Relaxed)
    }

    /// Number of rows in the files that were read to their end.
    pub fn rows(&self) -> u64 {
        self.0.rows.load(Relaxed)
    }

    /// Whether reading is complete and the page is being made.
    pub fn is_rendering(&self) -> bool {
        self.0.is_rendering.load(Relaxed)
    }

    pub(crate) fn will_read(&self, bytes: u64) {
        self.0.all_bytes.fetch_add(bytes, Relaxed);
        self.0.is_rendering.store(false, Relaxed);
    }

    /// The same reader, but counts its bytes.
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
