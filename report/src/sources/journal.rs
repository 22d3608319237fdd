//! Journals: what all files of `waterfall-recorder` have in common, whatever their rows contain.
//!
//! Takes a file's lines and stamps; gives its rows and their times. Under a name that a recorder writes, and with a
//! header that ends in CRLF, a line is a row only when it and the line before it end in CRLF. Any other file may mix
//! line ends, lack the last one, and repeat its header. Skips each line that is not a row, reports one problem for it,
//! and reads on. Knows no columns.

use std::io;

use csv::ByteRecord;

use super::fields::{self, Quoting};
use super::lines::LineEnd;
use super::named;
use super::source::Source;
use super::stamp::Stamp;

/// Takes the rows of one kind of journal.
pub(super) trait TakeRows {
    /// Takes rows off the front of `bytes`, which begin at an offset of the file, while there is nothing to report
    /// about them, and returns how much it took. These rows must have the file's line end. The rows that remain go to
    /// [`take`](TakeRows::take).
    fn take_strict(&mut self, bytes: &[u8], at: u64) -> Taken {
        let _ = (bytes, at);
        Taken::default()
    }

    /// Takes a row by its line and fields, or returns why it is not one.
    fn take(&mut self, source: &mut Source<'_>, line: LineStart, record: &ByteRecord) -> Result<(), String>;

    /// Whether the columns of a second header are those of the first. `None` if the line is no header of this format.
    fn repeats_header(&self, record: &ByteRecord) -> Option<bool>;

    /// Whether the last field of a line without an end is complete.
    fn is_surely_whole(&self, record: &ByteRecord) -> bool;
}

/// Where a line begins.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineStart {
    /// Counted from 1.
    pub(super) number: u64,
    /// Offset of its first byte in the file, uncompressed.
    pub(super) at: u64,
}

/// How much was taken; always whole lines.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) bytes: usize,
    pub(super) lines: u64,
}

/// Whether all was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(super) enum Ending {
    /// Up to the end of the file or the chunk.
    Whole,
    /// Up to a second header with other columns.
    OtherHeader,
}

/// Reads the rows below the header, or those of a chunk.
pub(super) fn read_rows(source: &mut Source<'_>, rows: &mut impl TakeRows) -> io::Result<Ending> {
    let is_journal = named::name(source.path).is_some();
    let needs_crlf = is_journal && source.header_end == LineEnd::CrLf;
    let mut splitter = fields::Splitter::new(source.separator);
    let mut record = ByteRecord::new();
    loop {
        if !needs_crlf || source.previous_end == LineEnd::CrLf {
            let at = source.lines.at();
            let taken = rows.take_strict(source.lines.buffered()?, at);
            source.lines.take(taken.bytes, taken.lines);
        }
        let at = source.lines.at();
        let Some(line) = source.lines.next()? else { return Ok(Ending::Whole) };
        let (number, end) = (line.number, line.end);
        let previous_end = std::mem::replace(&mut source.previous_end, end);
        let is_committed = !needs_crlf || (previous_end == LineEnd::CrLf && end == LineEnd::CrLf);
        let text = match line.text {
            Ok([]) => continue, // padding
            Ok(_) if !is_committed => {
                source.refuse_torn(number, "incomplete row", UNCOMMITTED);
                continue;
            }
            Ok(text) => text,
            Err(fault) => {
                source.refuse_fault(number, fault);
                continue;
            }
        };
        let text = if is_journal { text } else { without_mark(text) };
        if fields::quoting(text, source.separator) != Quoting::Whole {
            source.refuse(number, "row", "a quote is not closed, or text follows it: a row is one line, so no value may have a line break");
            continue;
        }
        splitter.split(text, &mut record);
        let assumed = source.assumed;
        let is_cut = end == LineEnd::None && !rows.is_surely_whole(&record);
        let taken = if is_cut {
            Err("its last field may be cut off".into())
        } else {
            rows.take(source, LineStart { number, at }, &record)
        };
        let Err(why) = taken else { continue };
        source.assumed = assumed; // the times of a refused row do not count
        if !is_journal && let Some(is_same) = rows.repeats_header(&record) {
            if is_same {
                continue;
            }
            source.problem(number, OTHER_HEADER);
            return Ok(Ending::OtherHeader);
        }
        let what = if end == LineEnd::None { "incomplete last row" } else { "row" };
        match source.decimal_comma(&record) {
            Some(comma) => source.refuse(number, what, comma),
            None if is_cut => source.refuse_torn(number, what, why),
            None => source.refuse(number, what, why),
        }
    }
}

/// The file may be one that a program still writes, or one that an editor has changed.
const UNCOMMITTED: &str = "its writer did not finish it (or an editor changed the line ends: \
                           then give the file another name)";

const OTHER_HEADER: &str = "a second header, with other columns: nothing from here on was read. Save these rows as a \
                            file of their own";

/// A line without the byte order mark that files have at their beginning, and joined files in the middle.
pub(super) fn without_mark(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line)
}

/// The offsets from UTC of a file's stamps.
#[derive(Debug, Clone, Default)]
pub(super) struct Offsets {
    /// Number of stamps without one.
    pub(super) assumed: u64,
    earliest: Option<Stamp>,
}

impl Offsets {
    /// Notes the stamp of a row.
    pub(super) fn note(&mut self, stamp: Stamp) {
        self.assumed += u64::from(stamp.1.is_none());
        if self.earliest.is_none_or(|earliest| stamp.0 < earliest.0) {
            self.earliest = Some(stamp);
        }
    }

    /// Adds the stamps of later rows.
    pub(super) fn join(&mut self, later: Offsets) {
        self.assumed += later.assumed;
        if let Some(stamp) = later.earliest.filter(|later| self.earliest.is_none_or(|own| later.0 < own.0)) {
            self.earliest = Some(stamp);
        }
    }

    /// The offset of the earliest stamp, if that has one. Of equal times, the first row's counts.
    pub(super) fn of_earliest(&self) -> Option<i32> {
        self.earliest.and_then(|(_, offset)| offset)
    }
}
