//! Detection: which format a file has.
//!
//! Takes the beginning of a file; gives its format and its header, or reports what the file looks like instead. Only the
//! content decides: the name of a file says no more than whether a search of a directory includes it.

use std::io;

use csv::ByteRecord;

use super::fields::{self, Splitter};
use super::format::Format;
use super::formats::{FORMATS, with_columns};
use super::header::Columns;
use super::journal;
use super::lines::{Fault, LineEnd};
use super::source::Source;

pub(super) enum Detected {
    /// A file of this format, with its header. The header is empty for a format without one.
    Format(&'static dyn Format, ByteRecord),
    /// A journal without rows: its thread was stopped before it wrote the whole header.
    EmptyJournal,
    /// No known format; a problem explains why.
    Unknown,
}

/// Detects the format of a file, and takes its header line if it has one.
pub(super) fn detect(source: &mut Source<'_>) -> io::Result<Detected> {
    let beginning = source.lines.buffered()?;
    if let Some(format) = FORMATS.iter().find(|format| format.begins(beginning)) {
        return Ok(Detected::Format(*format, ByteRecord::new()));
    }
    let is_utf16 = beginning.starts_with(b"\xFF\xFE") || beginning.starts_with(b"\xFE\xFF");
    let path = source.path;
    let Some(first) = source.lines.next()? else {
        let nuls = source.lines.nul_count();
        if journal::name(path).is_some() {
            return Ok(Detected::EmptyJournal);
        }
        let message = if nuls == 0 { "is empty" } else { "contains only NUL bytes" };
        source.problems.add(path, None, message);
        return Ok(Detected::Unknown);
    };
    let end = first.end;
    let first = match first.text {
        Ok(first) => first,
        Err(fault) => {
            let message = match fault {
                _ if is_utf16 => "skipped: the file is UTF-16; save it as UTF-8",
                Fault::TooLong => "skipped: its first line, which should be the header, is longer than 1 MiB",
                Fault::Torn => "skipped: its first line, which should be the header, contains NUL bytes",
            };
            source.problem(1, message);
            return Ok(Detected::Unknown);
        }
    };
    let line = journal::without_mark(first);
    // The header may be cut inside its CRLF.
    let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
    source.header_end = end;
    source.previous_end = end;
    Ok(of_header(source, &line, end))
}

/// Detects the format by the first line.
fn of_header(source: &mut Source<'_>, line: &[u8], end: LineEnd) -> Detected {
    if let Some(message) = why_not_text(line) {
        source.problem(1, message);
        return Detected::Unknown;
    }
    let mut header = ByteRecord::new();
    Splitter::default().split(line, &mut header);
    // A line without an end may be the beginning of a header with more columns.
    let fits = |columns: &Columns| match end {
        LineEnd::None => columns.are_all_in(&header),
        _ => columns.suffice_in(&header),
    };
    if let Some(format) = with_columns().find(|(_, columns)| fits(columns)).map(|(format, _)| format) {
        return Detected::Format(format, header);
    }
    if end == LineEnd::None && journal::is_header_beginning(source.path, line) {
        return Detected::EmptyJournal;
    }
    let message = unknown(line, &header);
    source.problem(1, message);
    Detected::Unknown
}

/// Why a first line cannot be a header: it is not text.
fn why_not_text(line: &[u8]) -> Option<&'static str> {
    if line.contains(&b'\r') {
        Some("skipped: its lines end in a carriage return alone; save it with line feeds")
    } else {
        None
    }
}

/// What a file of unknown format looks like, and what was expected.
fn unknown(line: &[u8], header: &ByteRecord) -> String {
    let nearest = with_columns()
        .filter_map(|(format, columns)| Some((columns.missing_in(header)?, format)))
        .min_by_key(|(missing, _)| missing.len());
    if let Some((missing, format)) = nearest {
        return format!(
            "skipped: the header looks like that of a {} file, but has no column {}",
            format.name(),
            missing[0]
        );
    }
    let mut by_semicolon = ByteRecord::new();
    line.split(|&byte| byte == b';').for_each(|field| by_semicolon.push_field(field));
    if with_columns().any(|(_, columns)| columns.suffice_in(&by_semicolon)) {
        return "skipped: its columns are separated by semicolons; save it with commas".into();
    }
    let expected: Vec<String> =
        with_columns().map(|(format, columns)| format!("a {} file ({columns})", format.name())).collect();
    format!(
        "skipped: unknown format; the first line is {}, expected the header of {}",
        fields::quoted(line),
        expected.join(" or "),
    )
}
