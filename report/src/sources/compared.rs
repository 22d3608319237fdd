//! Compared: files that are no trace, and that only comparisons read.
//!
//! Takes a file, looks at its first keys, gives its contents. Does not know what they mean.

use std::fs::File;
use std::io::{self, Read};
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

/// What a file is, and its decoded contents; `None` if it may be a trace.
///
/// # Errors
///
/// If it cannot be read or decompressed.
pub(crate) fn compared(path: &Path) -> io::Result<Option<(Compared, Vec<u8>)>> {
    let mut decoded = decoded(File::open(path)?, 1 << 16)?;
    let compared = match json::kind(&decoded.beginning) {
        Some(Kind::Baseline) => Compared::Baseline,
        Some(Kind::Benchmarks) => Compared::Metrics,
        _ => return Ok(None),
    };
    let mut contents = Vec::new();
    decoded.reader.read_to_end(&mut contents)?;
    Ok(Some((compared, contents)))
}
