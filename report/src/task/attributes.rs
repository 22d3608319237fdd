//! The attributes of a run: a file beside its record.
//!
//! Takes the name of the record file and the place of its row. Other tasks of one shell have record files with the
//! same numbers, so the thread in the names shows what belongs together. Its caller has written the row before. Must
//! not know commands or clocks.

use std::io;
use std::path::Path;

use recorder::format::{Attribute, Content, FileName, Row};
use recorder::writer::Writer;

pub(super) struct Attributes {
    file: Writer,
    lane: u32,
    part: u32,
    /// The offset of the run's row in the record file.
    row_at: u64,
    /// The fraction of its start.
    start_ns: u32,
}

impl Attributes {
    /// Creates the file for a row of a record file.
    pub(super) fn create(
        directory: &Path,
        record: &FileName,
        row_at: u64,
        start_ns: i64,
    ) -> io::Result<Self> {
        let name = FileName { content: Content::Attributes, ..record.clone() };
        let file = Writer::create(directory, &name)?;
        let start_ns = start_ns.rem_euclid(1_000_000_000) as u32;
        Ok(Attributes { file, lane: record.lane, part: record.part, row_at, start_ns })
    }

    /// Gives the run an attribute.
    pub(super) fn give(&mut self, name: &str, value: &str) -> io::Result<()> {
        let Attributes { lane, part, row_at: row, start_ns, .. } = *self;
        let mut filled = Row::default();
        filled.fill_attribute(&Attribute { lane, part, row, start_ns, name, value });
        self.file.append(&filled).map(drop)
    }
}
