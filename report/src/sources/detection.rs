//! Detection: which format a file has.
//!
//! Takes the beginning of a file; gives its format and its header, or reports what the file looks like instead. Only
//! the content decides: the name of a file says no more than whether a search of a directory includes it.

use std::cmp::Reverse;
use std::io;

use csv::ByteRecord;

use super::fields::{self, Splitter};
use super::format::Format;
use super::formats::{FORMATS, with_columns};
use super::header::{Columns, all_of, repeated};
use super::journal;
use super::json;
use super::lines::{Fault, LineEnd};
use super::named;
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
    if let Some(kind) = json::kind(beginning) {
        return Ok(of_json(source, kind));
    }
    let path = source.path;
    let Some(first) = source.lines.next()? else {
        let nuls = source.lines.nul_count();
        if named::name(path).is_some() {
            return Ok(Detected::EmptyJournal);
        }
        let message = if nuls == 0 { "is empty" } else { "contains only NUL bytes" };
        source.problems.add(path, None, message);
        return Ok(Detected::Unknown);
    };
    let (end, text) = (first.end, first.text.map(<[u8]>::to_vec));
    let line = match text {
        _ if is_every_second_byte_nul(source) => Err("skipped: the file is UTF-16; save it as UTF-8"),
        Err(Fault::TooLong) => {
            Err("skipped: its first line, which should be the header, is longer than 1 MiB")
        }
        Err(Fault::Torn) => Err("skipped: its first line, which should be the header, contains NUL bytes"),
        Ok(line) => header_line(&line).map(<[u8]>::to_vec),
    };
    source.header_end = end;
    source.previous_end = end;
    Ok(match line {
        Ok(line) => of_header(source, &line, end),
        Err(message) => {
            source.problem(1, message);
            Detected::Unknown
        }
    })
}

/// A file of JSON that is no trace. The description of a kept run lies beside its records.
fn of_json(source: &mut Source<'_>, kind: json::Kind) -> Detected {
    let path = source.path;
    if kind == json::Kind::Run && path.file_name().is_some_and(|name| name == "run.json") {
        return Detected::EmptyJournal;
    }
    let what = match kind {
        json::Kind::Benchmarks => "figures of benchmarks, not a trace",
        _ => "JSON, but not a trace",
    };
    let message = format!(
        "skipped: {what}; expected Chrome trace events (an array of objects with `ph`, or an object with \
         `traceEvents`) or a speedscope file"
    );
    source.problems.add(path, None, message);
    Detected::Unknown
}

/// Whether half of the bytes so far are NULs, as in a header in UTF-16. The line feed cuts a character in two.
fn is_every_second_byte_nul(source: &Source<'_>) -> bool {
    let (bytes, nuls) = (source.lines.at(), source.lines.nul_count());
    bytes > 2 && bytes.abs_diff(2 * nuls) <= 1
}

/// A first line without its mark, or why it is no header.
fn header_line(line: &[u8]) -> Result<&[u8], &'static str> {
    let line = journal::without_mark(line);
    // The header may be cut inside its CRLF.
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.contains(&b'\r') {
        return Err("skipped: its lines end in a carriage return alone; save it with line feeds");
    }
    Ok(line)
}

/// Detects the format by the first line.
fn of_header(source: &mut Source<'_>, line: &[u8], end: LineEnd) -> Detected {
    let mut header = ByteRecord::new();
    Splitter::default().split(line, &mut header);
    // A line without an end may be the beginning of a header with more columns.
    let fits = |columns: &Columns| match end {
        LineEnd::None => columns.are_all_in(&header),
        _ => columns.suffice_in(&header),
    };
    if let Some((format, columns)) = with_columns().find(|(_, columns)| fits(columns)) {
        for (name, positions) in columns.repeated_in(&header) {
            source.problem(1, repeated(name, &positions));
        }
        return Detected::Format(format, header);
    }
    if end == LineEnd::None && named::is_header_beginning(source.path, line) {
        return Detected::EmptyJournal;
    }
    let message = unknown(line, &header);
    source.problem(1, message);
    Detected::Unknown
}

/// What a file of unknown format looks like, and what was expected.
fn unknown(line: &[u8], header: &ByteRecord) -> String {
    for (separator, name) in [(b'\t', "tabs"), (b';', "semicolons")] {
        if with_columns().any(|(_, columns)| columns.suffice_in(&split_at(separator, line))) {
            return format!("skipped: its columns are separated by {name}; save it with commas");
        }
    }
    let nearest = with_columns()
        .filter_map(|(format, columns)| Some((columns.missing_in(header)?, columns, format)))
        .min_by_key(|(missing, columns, _)| (missing.len(), Reverse(columns.count_in(header))));
    if let Some((missing, _, format)) = nearest {
        let name = format.name();
        let lacks = match missing.as_slice() {
            [] => "the file ends in it".into(),
            [column] => format!("has no column {column}"),
            columns => format!("has no columns {}", all_of(columns)),
        };
        let article = if name.starts_with('a') { "an" } else { "a" };
        return format!("skipped: the header looks like that of {article} {name} file, but {lacks}");
    }
    let expected: Vec<String> = with_columns()
        .filter(|(format, _)| format.example().is_some())
        .map(|(format, columns)| format!("a {} file ({columns})", format.name()))
        .collect();
    format!(
        "skipped: unknown format; the first line is {}, expected the header of {}",
        fields::quoted(line),
        expected.join(" or "),
    )
}

/// The fields of a line with another separator than the comma.
fn split_at(separator: u8, line: &[u8]) -> ByteRecord {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).delimiter(separator).from_reader(line);
    let mut record = ByteRecord::new();
    reader.read_byte_record(&mut record).expect("reading from memory works");
    record
}
