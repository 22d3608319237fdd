//! Compared: files that are no trace, and that only comparisons read.
//!
//! Takes a file, looks at its first keys. Does not read them further.

use std::fs::File;
use std::io;
use std::path::Path;

use super::bytes::decoded;
use super::json::{self, Kind};

/// A file that only comparisons read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compared {
    /// The figures of some runs.
    Baseline,
    /// Figures of benchmarks, as CTHarvester writes them.
    Metrics,
}

/// What a file is; `None` if it may be a trace.
pub(crate) fn compared(path: &Path) -> io::Result<Option<Compared>> {
    let beginning = decoded(File::open(path)?, 1 << 16)?.beginning;
    Ok(match json::kind(&beginning) {
        Some(Kind::Baseline) => Some(Compared::Baseline),
        Some(Kind::Benchmarks) => Some(Compared::Metrics),
        _ => None,
    })
}
