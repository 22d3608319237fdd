//! Journals: what the files have in common that `waterfall-recorder` writes, whatever their rows hold.
//!
//! Takes a file's name, lines and stamps; gives the process that wrote it, its rows and their moments. In a
//! file whose header ends in CRLF a line is a row iff it and the line before it end in CRLF; files written by
//! hand, with LF, may leave out their last line end. Refuses what is no row, one problem a line, and reads on.
//! Knows no column.

use std::io;
use std::path::Path;

use csv::ByteRecord;
use recorder::format;

use super::fields;
use super::lines::LineEnd;
use super::source::Source;
use super::stamp::{self, Stamp};
use crate::model::{LaneIdentity, ProcessIdentity};

/// The parts of a journal's name; `None` for a file that is not named as a recorder names its own.
pub(super) fn name(path: &Path) -> Option<format::FileName> {
    format::FileName::parse(path.file_name()?.to_str()?)
}

/// Whether a journal's first line is a header that was cut short.
pub(super) fn is_header_beginning(path: &Path, line: &[u8]) -> bool {
    name(path).is_some_and(|journal| journal.content.header().as_bytes().starts_with(line))
}

/// The process that wrote the file: a journal's by its host, pid and start; any other file is one of its own.
pub(super) fn process(path: &Path) -> ProcessIdentity {
    match name(path) {
        Some(journal) => ProcessIdentity {
            identity: format!("{}.{}-{:x}", journal.host, journal.pid, journal.process_start_ns),
            host: Some(journal.host),
            pid: Some(journal.pid),
        },
        None => ProcessIdentity { identity: path.to_string_lossy().into_owned(), host: None, pid: None },
    }
}

/// A journal's lane is the path without the part; any other file is a lane of its own.
pub(super) fn lane(path: &Path) -> LaneIdentity {
    match name(path) {
        Some(journal) => {
            let directory = path.parent().unwrap_or(Path::new("")).to_string_lossy();
            let process = process(path).identity;
            let lane =
                Path::new(&*directory).join(format!("{process}.{}-{}.*.csv", journal.lane, journal.thread));
            let thread = match journal.thread.as_str() {
                "-" => format!("thread {}", journal.lane),
                _ => journal.thread,
            };
            LaneIdentity { identity: lane.to_string_lossy().into_owned(), thread }
        }
        None => {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let thread = file.split(".csv").next().unwrap_or(&file).to_owned();
            LaneIdentity { identity: path.to_string_lossy().into_owned(), thread }
        }
    }
}

/// What a kind of journal makes of its rows.
pub(super) trait TakeRows {
    /// Takes rows off the front of `bytes` as long as nothing about them is to be told, and says how much it
    /// took. Such rows end as those of the file are to. Whatever it leaves comes by [`take`](TakeRows::take).
    fn take_strict(&mut self, bytes: &[u8]) -> Taken {
        let _ = bytes;
        Taken::default()
    }

    /// Takes a row by its line and fields, or says why it is none.
    fn take(&mut self, source: &mut Source<'_>, line: u64, record: &ByteRecord) -> Result<(), String>;

    /// Whether the last field of a line without its end is all there.
    fn is_surely_whole(&self, record: &ByteRecord) -> bool;
}

/// How much was taken, in whole lines.
#[derive(Default)]
pub(super) struct Taken {
    pub(super) bytes: usize,
    pub(super) lines: u64,
}

/// Reads the rows below the header, or those of a chunk.
pub(super) fn read_rows(source: &mut Source<'_>, rows: &mut impl TakeRows) -> io::Result<()> {
    let needs_crlf = source.header_end == LineEnd::CrLf;
    let mut splitter = fields::Splitter::default();
    let mut record = ByteRecord::new();
    loop {
        if !needs_crlf || source.previous_end == LineEnd::CrLf {
            let taken = rows.take_strict(source.lines.buffered()?);
            source.lines.take(taken.bytes, taken.lines);
        }
        let Some(line) = source.lines.next()? else { return Ok(()) };
        let (number, end) = (line.number, line.end);
        let previous_end = std::mem::replace(&mut source.previous_end, end);
        let is_committed = !needs_crlf || (previous_end == LineEnd::CrLf && end == LineEnd::CrLf);
        if line.bytes.is_empty() {
            continue; // fill
        }
        if line.is_cut {
            source.problem(number, "line longer than 1 MiB skipped");
            continue;
        }
        if !is_committed {
            source.problem(number, "incomplete row skipped: the writer did not finish it");
            continue;
        }
        splitter.split(line.bytes, &mut record);
        let taken = if end == LineEnd::None && !rows.is_surely_whole(&record) {
            Err("its last field may be cut off".into())
        } else {
            rows.take(source, number, &record)
        };
        match taken {
            Ok(()) => {}
            Err(message) if end == LineEnd::None => {
                source.problem(number, format!("incomplete last row skipped: {message}"));
            }
            Err(message) => source.problem(number, format!("row skipped: {message}")),
        }
    }
}

/// What a file's stamps say of offsets from UTC.
#[derive(Default)]
pub(super) struct Offsets {
    /// How many stamps carried none.
    pub(super) assumed: u64,
    earliest: Option<Stamp>,
}

impl Offsets {
    /// Takes the stamp of a row.
    pub(super) fn note(&mut self, stamp: Stamp) {
        self.assumed += u64::from(stamp.1.is_none());
        if self.earliest.is_none_or(|earliest| stamp.0 < earliest.0) {
            self.earliest = Some(stamp);
        }
    }

    /// Takes those of the rows behind these.
    pub(super) fn join(&mut self, later: Offsets) {
        self.assumed += later.assumed;
        if let Some(stamp) = later.earliest.filter(|later| self.earliest.is_none_or(|own| later.0 < own.0)) {
            self.earliest = Some(stamp);
        }
    }

    /// That of the earliest stamp, if it carries one: of those of one moment the first row's.
    pub(super) fn of_earliest(&self) -> Option<i32> {
        self.earliest.and_then(|(_, offset)| offset)
    }
}

/// A stamp: the format's own, or any that `stamp` reads.
pub(super) fn moment(source: &mut Source<'_>, line: u64, field: &[u8]) -> Result<Stamp, String> {
    if let Some((unix_ns, offset)) = format::parse_stamp(field) {
        return Ok((unix_ns, Some(offset)));
    }
    let stamp = (std::str::from_utf8(field).map_err(|_| "is not UTF-8"))
        .and_then(|text| stamp::parse(text, source.assumed_offset_s.unwrap_or(0)))
        .map_err(|error| format!("{} {error}", fields::quoted(field)))?;
    if stamp.1.is_none() {
        source.first_assumed.get_or_insert(line);
    }
    Ok(stamp)
}
