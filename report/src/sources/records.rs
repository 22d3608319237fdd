//! Records: the format that `waterfall-recorder` writes, version 1.
//!
//! Its specification is `recorder::format`. Takes a file's lines, gives its rows. In a file whose header
//! ends in CRLF a line is a row iff it and the line before it end in CRLF; files written by hand, with LF,
//! may leave out their last line end. Refuses what is no row, one problem a line, and reads on.

use std::io;
use std::path::Path;

use csv::ByteRecord;
use recorder::format;

use super::lines::LineEnd;
use super::stamp::{self, Stamp};
use super::{Part, Parts, Source, fields, first_missing, name, positions};
use crate::model::{Color, LaneIdentity, ProcessIdentity, Rows};

/// The columns, in the order of the format.
pub(super) const NAMES: [&str; 5] = format::COLUMNS;
const NEEDED: [&str; 4] = ["group", "task", "start", "end"];

/// Where the columns stand.
pub(super) struct Columns {
    group: usize,
    task: usize,
    start: usize,
    end: usize,
    color: Option<usize>,
    /// How many there are in all.
    count: usize,
}

impl Columns {
    /// The columns of a header line; `None` when it is none of this format.
    pub(super) fn of(header: &ByteRecord) -> Option<Columns> {
        let [group, task, start, end, color] = positions(header, NAMES);
        let count = header.len();
        Some(Columns { group: group?, task: task?, start: start?, end: end?, color, count })
    }
}

/// The column that a header of this format lacks; `None` when it looks like another's.
pub(super) fn missing(header: &ByteRecord) -> Option<&'static str> {
    first_missing(header, NEEDED)
}

/// Whether the file is named as a recorder names its journals.
pub(super) fn is_journal_name(path: &Path) -> bool {
    journal_name(path).is_some()
}

/// Whether a journal's first line is a header that was cut short.
pub(super) fn is_header_beginning(path: &Path, line: &[u8]) -> bool {
    is_journal_name(path) && format::HEADER.as_bytes().starts_with(line)
}

fn journal_name(path: &Path) -> Option<format::FileName> {
    format::FileName::parse(path.file_name()?.to_str()?)
}

/// Reads the rows below the header.
pub(super) fn read(source: &mut Source<'_>, columns: &Columns) -> Parts {
    let mut rows = Rows::new();
    let mut assumed = 0;
    let result = read_rows(source, columns, &mut rows, &mut assumed);
    let (process, lane) = identities(source.path);
    let parts = vec![Part { process, lane, rows, assumed }];
    match result {
        Ok(()) => Ok(parts),
        Err(error) => Err((parts, error)),
    }
}

fn read_rows(
    source: &mut Source<'_>,
    columns: &Columns,
    rows: &mut Rows,
    assumed: &mut u64,
) -> io::Result<()> {
    let needs_crlf = source.header_end == LineEnd::CrLf;
    let mut follows_crlf = true;
    let mut earliest: Option<i64> = None;
    let mut record = ByteRecord::new();
    while let Some(line) = source.lines.next()? {
        let (number, end) = (line.number, line.end);
        let is_committed = !needs_crlf || (follows_crlf && end == LineEnd::CrLf);
        follows_crlf = end == LineEnd::CrLf;
        if line.bytes.is_empty() {
            continue; // fill
        }
        if line.is_cut {
            source.problem(number, "line of over 1 MiB skipped");
            continue;
        }
        if !is_committed {
            source.problem(number, "torn row skipped: it was not written to its end");
            continue;
        }
        fields::split(line.bytes, &mut record);
        let parsed = if end == LineEnd::None && !is_surely_whole(columns, &record) {
            Err("its last field may be cut".into())
        } else {
            row(source, columns, number, &record)
        };
        match parsed {
            Ok(row) => {
                let (start_ns, offset) = row.start;
                *assumed += u64::from(offset.is_none());
                if earliest.is_none_or(|earliest| start_ns < earliest) {
                    earliest = Some(start_ns);
                    rows.offset_s = offset;
                }
                let key = rows.keys.intern(&row.group, &row.task, row.color);
                rows.push(start_ns, row.end_ns, key);
            }
            Err(message) if end == LineEnd::None => {
                source.problem(number, format!("torn last row skipped: {message}"));
            }
            Err(message) => source.problem(number, format!("row skipped: {message}")),
        }
    }
    Ok(())
}

/// Whether the last field of a line without its end is whole: a colour of seven bytes or none, a stamp as
/// long as the one beside it. Any other field is followed by a comma.
fn is_surely_whole(columns: &Columns, record: &ByteRecord) -> bool {
    let last = record.len() - 1;
    let length = |column: usize| record.get(column).map(<[u8]>::len);
    let is_color = columns.color == Some(last);
    let is_stamp = last == columns.start || last == columns.end;
    if is_color {
        matches!(&record[last], b"na") || length(last) == Some("#rrggbb".len())
    } else {
        !is_stamp || length(columns.start) == length(columns.end)
    }
}

struct Row<'a> {
    group: std::borrow::Cow<'a, str>,
    task: std::borrow::Cow<'a, str>,
    start: Stamp,
    end_ns: Option<i64>,
    color: Option<Color>,
}

/// Checks every field of a row. A fault that leaves the row drawable is a problem; any other is the error.
fn row<'a>(
    source: &mut Source<'_>,
    columns: &Columns,
    line: u64,
    record: &'a ByteRecord,
) -> Result<Row<'a>, String> {
    if record.len() != columns.count {
        return Err(format!("it has {} fields, the header {}", record.len(), columns.count));
    }
    let start = moment(source, line, &record[columns.start]).map_err(|error| format!("start {error}"))?;
    let end = &record[columns.end];
    let mut end_ns = match format::is_unfinished(end) {
        true => None,
        false => Some(moment(source, line, end).map_err(|error| format!("end {error}"))?.0),
    };
    let color = match columns.color.map_or(&b""[..], |column| &record[column]) {
        b"" | b"na" => None,
        field => {
            let color = color(field);
            if color.is_none() {
                let field = fields::quoted(field);
                source.problem(line, format!("color {field} is not #rrggbb: drawn in the report's own"));
            }
            color
        }
    };
    if end_ns.is_some_and(|end_ns| end_ns < start.0) {
        source.problem(line, "ends before it starts: drawn as an instant");
        end_ns = Some(start.0);
    }
    let group = name(source, line, &record[columns.group]);
    let task = name(source, line, &record[columns.task]);
    Ok(Row { group, task, start, end_ns, color })
}

fn color(field: &[u8]) -> Option<Color> {
    let text = std::str::from_utf8(field).ok().filter(|text| format::is_color(text))?;
    Color::from_hex(&text[1..])
}

/// A stamp: the format's own, or any that `stamp` reads.
fn moment(source: &mut Source<'_>, line: u64, field: &[u8]) -> Result<Stamp, String> {
    if let Some((unix_ns, offset)) = format::parse_stamp(field) {
        return Ok((unix_ns, Some(offset)));
    }
    let stamp = (std::str::from_utf8(field).map_err(|_| "is not UTF-8"))
        .and_then(|text| stamp::parse(text, source.assumed_offset_s.unwrap_or(0)))
        .map_err(|error| format!("{} {error}", fields::quoted(field)))?;
    if stamp.1.is_none() && source.assumed_offset_s.is_none() {
        // Said once a file.
        source.assumed_offset_s = Some(0);
        source.problem(line, "a time without an offset is taken as UTC; --bias says otherwise");
    }
    Ok(stamp)
}

/// A journal's lane is the path without the part, its process the host's pid and start; any other file is a
/// lane and a process of its own.
fn identities(path: &Path) -> (ProcessIdentity, LaneIdentity) {
    let directory = path.parent().unwrap_or(Path::new("")).to_string_lossy();
    match journal_name(path) {
        Some(journal) => {
            let process = format!("{}.{}-{:x}", journal.host, journal.pid, journal.process_start_ns);
            let lane =
                Path::new(&*directory).join(format!("{process}.{}-{}.*.csv", journal.lane, journal.thread));
            let thread = match journal.thread.as_str() {
                "-" => format!("thread {}", journal.lane),
                _ => journal.thread,
            };
            (
                ProcessIdentity { identity: process, host: Some(journal.host), pid: Some(journal.pid) },
                LaneIdentity { identity: lane.to_string_lossy().into_owned(), thread },
            )
        }
        None => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let thread = name.split(".csv").next().unwrap_or(&name).to_owned();
            let identity = path.to_string_lossy().into_owned();
            (
                ProcessIdentity { identity: identity.clone(), host: None, pid: None },
                LaneIdentity { identity, thread },
            )
        }
    }
}
