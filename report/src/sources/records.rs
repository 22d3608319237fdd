//! Records: the format that `waterfall-recorder` writes, version 1.
//!
//! Its specification is `recorder::format`. Takes a file's lines, gives the rows of its lane. Which lines are
//! rows is told by `journal`; a fault that leaves a row drawable is a problem beside it.

use std::path::Path;

use csv::ByteRecord;
use recorder::format;

use super::stamp::Stamp;
use super::{Content, Part, Parts, Source, fields, first_missing, journal, name, positions};
use crate::model::{Color, LaneIdentity, Rows};

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

/// Reads the rows below the header.
pub(super) fn read(source: &mut Source<'_>, columns: &Columns) -> Parts {
    let mut rows = Rows::new();
    let mut offsets = journal::Offsets::default();
    let result = journal::read_rows(
        source,
        |record| is_surely_whole(columns, record),
        |source, line, record| {
            let row = row(source, columns, line, record)?;
            offsets.note(row.start);
            let key = rows.keys.intern(&row.group, &row.task, row.color);
            rows.push(row.start.0, row.end_ns, key);
            Ok(())
        },
    );
    rows.offset_s = offsets.of_earliest();
    let content = Content::Lane(lane(source.path), rows);
    let parts = vec![Part { process: journal::process(source.path), content, assumed: offsets.assumed }];
    match result {
        Ok(()) => Ok(parts),
        Err(error) => Err((parts, error)),
    }
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
    let start =
        journal::moment(source, line, &record[columns.start]).map_err(|error| format!("start {error}"))?;
    let end = &record[columns.end];
    let mut end_ns = match format::is_unfinished(end) {
        true => None,
        false => Some(journal::moment(source, line, end).map_err(|error| format!("end {error}"))?.0),
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

/// A journal's lane is the path without the part; any other file is a lane of its own.
pub(super) fn lane(path: &Path) -> LaneIdentity {
    match journal::name(path) {
        Some(journal) => {
            let directory = path.parent().unwrap_or(Path::new("")).to_string_lossy();
            let process = journal::process(path).identity;
            let lane =
                Path::new(&*directory).join(format!("{process}.{}-{}.*.csv", journal.lane, journal.thread));
            let thread = match journal.thread.as_str() {
                "-" => format!("thread {}", journal.lane),
                _ => journal.thread,
            };
            LaneIdentity { identity: lane.to_string_lossy().into_owned(), thread }
        }
        None => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let thread = name.split(".csv").next().unwrap_or(&name).to_owned();
            LaneIdentity { identity: path.to_string_lossy().into_owned(), thread }
        }
    }
}
