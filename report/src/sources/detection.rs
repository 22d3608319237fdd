//! Detection: which format a file has.
//!
//! Takes the beginning of a file; gives its format and its header, or reports what the file looks like instead. Only
//! the content decides: the name of a file says no more than whether a search of a directory includes it.

use std::cmp::Reverse;
use std::io;

use csv::ByteRecord;

use super::fields::{self, Splitter};
use super::format::Format;
use super::formats::{FORMATS, TABLES, with_columns};
use super::header::{Columns, all_of, repeated};
use super::journal;
use super::json;
use super::lines::{Fault, LineEnd};
use super::named;
use super::source::Source;
use super::table::columns::{ColumnMap, ColumnsFound};
use super::table::header::Places;
use super::times;

/// What may separate the columns of a header, the likeliest first.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

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
    let can_be_guessed = !has_header(source);
    let begins =
        |format: &&&dyn Format| (can_be_guessed || !format.is_guessed()) && format.begins(&source.beginning);
    if let Some(format) = FORMATS.iter().find(begins) {
        return Ok(Detected::Format(*format, ByteRecord::new()));
    }
    if let Some(kind) = json::kind(&source.beginning) {
        return Ok(of_json(source, kind));
    }
    let path = source.path;
    let Some(mut first) = take_line(source)? else {
        let nuls = source.lines.nul_count();
        if named::name(path).is_some() {
            return Ok(Detected::EmptyJournal);
        }
        let message = if nuls == 0 { "is empty" } else { "contains only NUL bytes" };
        source.problems.add(path, None, message);
        return Ok(Detected::Unknown);
    };
    let told = first.text.as_deref().ok().and_then(told_separator);
    if told.is_some()
        && let Some(second) = take_line(source)?
    {
        first = second;
    }
    let FirstLine { number, text, end } = first;
    let line = match &text {
        _ if is_every_second_byte_nul(source) => Err("skipped: the file is UTF-16; save it as UTF-8"),
        Err(Fault::TooLong) => {
            Err("skipped: its first line, which should be the header, is longer than 1 MiB")
        }
        Err(Fault::Torn) => Err("skipped: its first line, which should be the header, contains NUL bytes"),
        Ok(line) => header_line(line),
    };
    source.header_end = end;
    source.previous_end = end;
    match line {
        Ok(line) => of_header(source, &Header { number, line, end, told }),
        Err(message) => {
            source.problem(number, message);
            Ok(Detected::Unknown)
        }
    }
}

/// One of the first lines, which may be the header.
struct FirstLine {
    number: u64,
    text: Result<Vec<u8>, Fault>,
    end: LineEnd,
}

fn take_line(source: &mut Source<'_>) -> io::Result<Option<FirstLine>> {
    let line = source.lines.next()?;
    Ok(line.map(|line| FirstLine { number: line.number, text: line.text.map(<[u8]>::to_vec), end: line.end }))
}

/// The separator that a first line tells as spreadsheets do: `sep=;`.
fn told_separator(line: &[u8]) -> Option<u8> {
    let line = journal::without_mark(line).trim_ascii_start();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let (key, value) = line.split_at_checked(4)?;
    // Anything else that is no letter could be one; these are what programs write.
    (key.eq_ignore_ascii_case(b"sep=")).then_some(*value.first()?).filter(|byte| SEPARATORS.contains(byte))
}

/// A file of JSON that is no trace. The description of a kept run lies beside its records.
fn of_json(source: &mut Source<'_>, kind: json::Kind) -> Detected {
    let path = source.path;
    if kind == json::Kind::Run && path.file_name().is_some_and(|name| name == "run.json") {
        return Detected::EmptyJournal;
    }
    let message = match kind {
        json::Kind::Benchmarks => {
            "skipped: figures of benchmarks, not a trace; `waterfall compare` compares two such files"
        }
        json::Kind::Baseline => "skipped: a baseline, not a trace; `waterfall compare` compares runs with it",
        _ => {
            "skipped: JSON, but not a trace; expected Chrome trace events (an array of objects with `ph`, or an object \
             with `traceEvents`) or a speedscope file"
        }
    };
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

/// A header line.
struct Header<'a> {
    number: u64,
    line: &'a [u8],
    end: LineEnd,
    /// The separator that a line before it tells.
    told: Option<u8>,
}

impl Header<'_> {
    /// Its fields with each separator that it may have.
    fn splits(&self) -> impl Iterator<Item = (u8, ByteRecord)> {
        let separators =
            SEPARATORS.into_iter().filter(|separator| self.told.is_none_or(|told| told == *separator));
        separators.map(|separator| {
            let mut fields = ByteRecord::new();
            Splitter::new(separator).split(self.line, &mut fields);
            (separator, fields)
        })
    }
}

/// Whether the name of a file or its header decides its format, so that nothing in its rows does.
fn has_header(source: &Source<'_>) -> bool {
    let lines = source.beginning.split(|&byte| byte == b'\n').take(2);
    let mut lines = lines.filter_map(|line| header_line(line).ok()).peekable();
    let told = lines.peek().copied().and_then(told_separator);
    let Some(line) = lines.nth(usize::from(told.is_some())) else { return false };
    let header = Header { number: 1, line, end: LineEnd::Lf, told };
    let is_header = |fields: &ByteRecord| {
        with_columns().any(|(_, columns)| columns.suffice_in(fields))
            || Places::find(fields, &source.options.columns).make_spans()
    };
    named::name(source.path).is_some() || header.splits().any(|(_, fields)| is_header(&fields))
}

/// Detects the format by the header. The columns that the user names come first, then those of known formats, then the
/// usual names of tables.
fn of_header(source: &mut Source<'_>, header: &Header<'_>) -> io::Result<Detected> {
    let below = source.below().to_vec();
    let map = &source.options.columns;
    let is_journal = named::name(source.path).is_some();
    if map.has_columns() && !is_journal {
        for (separator, fields) in header.splits() {
            if map.missing_in(&fields).is_empty() && Places::find(&fields, map).make_spans() {
                source.columns = ColumnsFound::Found;
                return Ok(found(source, separator, TABLES, fields));
            }
        }
        let most = header.splits().max_by_key(|(_, fields)| fields.len());
        source.columns = most.map_or(ColumnsFound::NotLookedFor, |(_, fields)| {
            ColumnsFound::in_header(map, source.path, &fields)
        });
    }
    for (separator, fields) in header.splits() {
        // A line without an end may be the beginning of a header with more columns.
        let fits = |format: &dyn Format, columns: &Columns| match header.end {
            LineEnd::None => columns.are_all_in(&fields),
            _ => columns.suffice_in(&fields) && format.accepts(&fields, &below),
        };
        if let Some((format, columns)) = with_columns().find(|(format, columns)| fits(*format, columns)) {
            for (name, positions) in columns.repeated_in(&fields) {
                source.problem(header.number, repeated(name, &positions));
            }
            return Ok(found(source, separator, format, fields));
        }
    }
    if header.end == LineEnd::None && named::is_header_beginning(source.path, header.line) {
        return Ok(Detected::EmptyJournal);
    }
    if header.end != LineEnd::None && !is_journal {
        for (separator, fields) in header.splits() {
            if Places::find(&fields, map).make_spans() {
                return Ok(found(source, separator, TABLES, fields));
            }
        }
    }
    let message = unknown(header, map);
    source.problem(header.number, message);
    Ok(Detected::Unknown)
}

fn found(
    source: &mut Source<'_>,
    separator: u8,
    format: &'static dyn Format,
    fields: ByteRecord,
) -> Detected {
    source.separator = separator;
    Detected::Format(format, fields)
}

/// What a file of unknown format looks like, and what was expected.
fn unknown(header: &Header<'_>, map: &ColumnMap) -> String {
    // The separator of most columns is the likeliest one.
    let (_, fields) = header
        .splits()
        .max_by_key(|(separator, fields)| (fields.len(), *separator == b','))
        .expect("there is a separator");
    let question = Places::find(&fields, map).question(&fields).filter(|_| header.end != LineEnd::None);
    let nearest = with_columns()
        .filter_map(|(format, columns)| Some((columns.missing_in(&fields)?, columns, format)))
        .min_by_key(|(missing, columns, _)| (missing.len(), Reverse(columns.count_in(&fields))));
    if let Some((missing, _, format)) = nearest {
        let name = format.name();
        let lacks = match missing.as_slice() {
            [] => "the file ends in it".into(),
            [column] => format!("has no column {column}"),
            columns => format!("has no columns {}", all_of(columns)),
        };
        let article = if name.starts_with('a') { "an" } else { "a" };
        let question = question.map_or(String::new(), |question| format!("; as a table, {question}"));
        return format!(
            "skipped: the header looks like that of {article} {name} file, but {lacks}{question}"
        );
    }
    if let Some(question) = question {
        return format!("skipped: {question}");
    }
    let expected: Vec<String> = with_columns()
        .filter(|(format, _)| format.example().is_some())
        .map(|(format, columns)| format!("a {} file ({columns})", format.name()))
        .collect();
    let is_row = |field: &[u8]| field.contains(&b':') && times::moment(field, 0).is_ok();
    if fields.iter().any(is_row) {
        return format!(
            "skipped: it has no header, since its first line {} is a row: put the names of its columns above it, such as \
             task,start,end",
            fields::quoted(header.line)
        );
    }
    const LONGEST_NAME: usize = 60; // prose has longer parts between its commas
    let option = if fields.len() < 2 || fields.iter().any(|field| field.len() > LONGEST_NAME) {
        String::new()
    } else {
        format!(
            "; if it is a table of spans, say which columns make one: {}",
            Places::find(&fields, map).option(&fields)
        )
    };
    format!(
        "skipped: unknown format, see `waterfall formats`; the first line is {}, expected the header of {}{option}",
        fields::quoted(header.line),
        expected.join(" or "),
    )
}
