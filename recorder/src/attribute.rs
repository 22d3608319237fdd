//! An attribute on its way to a file: the row that it belongs to, and its value as text.
//!
//! A row is named by numbers, so that it stays the same row whatever happens to the lane that wrote it. A value is
//! formatted into a buffer on the stack, before the thread is marked busy: its `Display` may record, or panic. Must not
//! know lanes or stacks.

use std::fmt::{self, Display, Write};
use std::str;

use crate::format::{self, NAME_LIMIT};
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
    #[inline]
    pub(crate) fn new(file: &RecordFile, row_at: u64, started: Started) -> Self {
        let (lane, part) = file.lane_and_part();
        let unix_ns = started.start_ns.wrapping_add(file.clock_offset_ns());
        let start_ns = unix_ns.rem_euclid(1_000_000_000) as u32;
        Self { process: file.process(), lane, part, row_at, start_ns }
    }

    #[inline]
    pub(crate) fn attribute<'a>(&self, name: &'a str, value: &'a str) -> format::Attribute<'a> {
        let Self { lane, part, row_at: row, start_ns, .. } = *self;
        format::Attribute { lane, part, row, start_ns, name, value }
    }
}

/// The text of a value, cut at 1,000 bytes.
pub(crate) struct ValueText {
    bytes: [u8; NAME_LIMIT],
    length: usize,
    is_cut: bool,
}

impl ValueText {
    /// Formats a value. If its `Display` gives up, the text until then is the value.
    #[inline]
    pub(crate) fn of(value: &dyn Display) -> Self {
        let mut text = Self { bytes: [0; NAME_LIMIT], length: 0, is_cut: false };
        let _ = write!(text, "{value}");
        text
    }

    #[inline]
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.bytes[..self.length]).unwrap_or_default() // whole characters, so it never is the default
    }

    #[inline]
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }
}

impl Write for ValueText {
    /// Never fails: a `Display` might panic then.
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = NAME_LIMIT - self.length;
        let mut fitting = text.len();
        if self.is_cut {
            fitting = 0;
        } else if fitting > room {
            self.is_cut = true;
            fitting = (0..=room).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        }
        self.bytes[self.length..self.length + fitting].copy_from_slice(&text.as_bytes()[..fitting]);
        self.length += fitting;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
