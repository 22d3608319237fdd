//! The row of a span, for attributes that belong to it.
//!
//! It is named by numbers, so that it stays the same row whatever happens to the lane that wrote it. Must not know
//! lanes or stacks.

use std::fmt::Display;

use crate::format::{Attribute, Row};
use crate::process::Process;
use crate::record_file::RecordFile;
use crate::span::Started;

/// The row of a span in a record file of this process, or of the one that it was forked from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpanRow {
    pub(crate) process: Process,
    lane: u32,
    part: u32,
    /// The offset of its first byte in the file.
    row_at: u64,
    /// The fraction of its start, as in the row.
    start_ns: u32,
}

impl SpanRow {
    /// The row of a span whose end is at an offset of a file.
    #[inline]
    pub(crate) fn new(file: &RecordFile, end_at: u64, started: Started) -> Self {
        let (lane, part) = file.lane_and_part();
        let unix_ns = started.start_ns.wrapping_add(file.clock_offset_ns());
        let start_ns = unix_ns.rem_euclid(1_000_000_000) as u32;
        let row_at = end_at - u64::from(started.end_in_row);
        Self { process: file.process(), lane, part, row_at, start_ns }
    }

    /// Fills the row of an attribute. Runs the `Display` of the value.
    pub(crate) fn fill(&self, row: &mut Row, name: &str, value: &dyn Display) {
        let Self { lane, part, row_at, start_ns, .. } = *self;
        let attribute = Attribute { lane, part, row: row_at, start_ns, name, value: "" };
        row.fill_attribute_with(&attribute, value);
    }
}

#[cfg(test)]
mod tests;
