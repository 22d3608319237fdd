//! PerformancePy's own CSV files: `Task,Start,Finish,Description,Color`.
//!
//! Takes a file's lines, gives the rows of each (pid, thread) in it. PerformancePy does not quote names, so a name
//! may contain commas, quotes and line ends. The last four fields have a fixed form; everything before them is the
//! name. Times are local, mostly without an offset; if they differ from the description, they count. `Task` is
//! `[{group}-p{pid}t{thread}] {task}`: the group ends at the first `-p<digits>t` that has a `] ` after it, the thread
//! at the first such `] `.

use std::io;
use std::path::Path;

use csv::ByteRecord;

use super::fields::{self, Splitter};
use super::format::{About, Clock, Format};
use super::header::{Columns, positions};
use super::lines::LineEnd;
use super::part::{Content, Found, Origin, Part, Stopped};
use super::source::Source;
use super::{diagnosis, stamp, times};
use crate::model::{Color, LaneIdentity, ProcessIdentity, Rows};

/// The columns, in PerformancePy's order.
const NAMES: [&str; 5] = ["Task", "Start", "Finish", "Description", "Color"];

/// A file with a name of more lines than this is something else.
const LONGEST_NAME_LINES: usize = 64;

pub(super) struct PerformancePy;

impl Format for PerformancePy {
    fn name(&self) -> &'static str {
        "PerformancePy"
    }

    fn about(&self) -> About {
        About {
            what: "Files of PerformancePy",
            told_by: "a header with the columns `Task,Start,Finish` and `Description` in any order, or names that begin with \
                      `[group-p<pid>t<thread>] `",
            reads: "spans with their group, process, thread and colour, also where names break the CSV",
            leaves: "the description, which repeats the duration",
            clock: "local time without an offset: read as UTC, or as `--bias` says",
        }
    }

    fn clock(&self) -> Clock {
        Clock::Local
    }

    /// A file may lack description and colour.
    fn columns(&self) -> Option<Columns> {
        Some(Columns { names: &NAMES, needed: 3 })
    }

    fn example(&self) -> Option<&'static str> {
        Some("[download-p17tMainThread] save,2026-11-20 22:43:18.500000,2026-11-20 22:43:19.000000,500 ms,na")
    }

    /// plotly's own `Task,Start,Finish,Resource` is a table of something else, if no name has PerformancePy's form. So is
    /// one with a description whose first times are shorter than any of PerformancePy.
    fn accepts(&self, header: &ByteRecord, rows: &[u8]) -> bool {
        let Places { task, description, .. } =
            Places::in_header(header).expect("the header has the needed columns");
        let mut lines = rows.split(|&byte| byte == b'\n');
        let first = lines.clone().next().unwrap_or_default();
        match description {
            Some(_) => !has_short_dates(first) || (task == 0 && lines.any(has_prefix)),
            None => rows.is_empty() || (task == 0 && has_prefix(first)),
        }
    }

    fn read(&self, source: &mut Source<'_>, header: &ByteRecord) -> Result<Found, Stopped> {
        let places = Places::in_header(header).expect("the header has the needed columns");
        let mut lanes = Lanes::default();
        let result = read_rows(source, &places, &mut lanes);
        Stopped::or_parts(lanes.parts(source.path), Origin::Epoch, result)
    }
}

struct Places {
    task: usize,
    start: usize,
    finish: usize,
    description: Option<usize>,
    color: Option<usize>,
    /// Number of all columns.
    count: usize,
    /// Whether the columns are PerformancePy's five in their order. Then names are not quoted.
    is_raw: bool,
}

impl Places {
    fn in_header(header: &ByteRecord) -> Option<Places> {
        let places = positions(header, NAMES);
        let [task, start, finish, description, color] = places;
        let is_raw = header.len() == NAMES.len() && places == [0, 1, 2, 3, 4].map(Some);
        let count = header.len();
        Some(Places { task: task?, start: start?, finish: finish?, description, color, count, is_raw })
    }
}

fn read_rows(source: &mut Source<'_>, places: &Places, lanes: &mut Lanes) -> io::Result<()> {
    // Lines that are not a row yet: the beginning of a name with line ends, or of an incomplete row.
    let mut pending = Pending::default();
    let mut is_after_torn = false;
    let separator = source.separator;
    let header = NAMES.join(char::from(separator).encode_utf8(&mut [0; 4]));
    let mut splitter = Splitter::new(separator);
    let (mut record, mut record_at_commas) = (ByteRecord::new(), ByteRecord::new());
    while let Some(line) = source.lines.next()? {
        let (number, is_last) = (line.number, line.end == LineEnd::None);
        let bytes = match line.text {
            Ok(bytes) => bytes,
            Err(fault) => {
                refuse(source, pending.give_up());
                source.refuse_fault(number, fault);
                is_after_torn = true;
                continue;
            }
        };
        if pending.is_empty() && bytes.is_empty() || bytes.eq_ignore_ascii_case(header.as_bytes()) {
            continue; // a blank line, or the header of a second file appended to this one
        }
        let is_beginning = has_prefix(bytes);
        if std::mem::replace(&mut is_after_torn, false) && !is_beginning {
            source.refuse(number, "row", "it may be the rest of the torn row above");
            is_after_torn = true;
            continue;
        }
        let incomplete = if is_beginning { pending.give_up() } else { None };
        pending.push(number, bytes);
        refuse(source, incomplete);
        match split(&pending.bytes, separator, places, &mut splitter, &mut record) {
            Form::Row if is_last && !is_whole(&record, places) => {}
            Form::Row => {
                let first_line = pending.take();
                row(source, places, first_line, &record, lanes);
            }
            Form::Refused => {
                splitter.split(&pending.bytes, &mut record_at_commas);
                let first_line = pending.take();
                let why = source
                    .decimal_comma(&record_at_commas)
                    .or_else(|| why_no_time(places, &record))
                    .unwrap_or_else(|| diagnosis::of_count(&record, places.count));
                source.refuse(first_line, "row", why);
            }
            // Only a name that is known to begin here may go on in the next line.
            Form::Incomplete if pending.line_count >= LONGEST_NAME_LINES || !pending.is_begun() => {
                refuse(source, pending.give_up());
            }
            Form::Incomplete => {}
        }
    }
    if let Some((line, text)) = pending.give_up() {
        source.refuse_torn(line, INCOMPLETE, text); // its writer may be about to finish it
    }
    Ok(())
}

const INCOMPLETE: &str = "incomplete row";

fn refuse(source: &mut Source<'_>, incomplete: Option<(u64, String)>) {
    if let Some((line, text)) = incomplete {
        source.refuse(line, INCOMPLETE, text);
    }
}

/// Lines that may form a row together.
#[derive(Default)]
struct Pending {
    first_line: u64,
    line_count: usize,
    bytes: Vec<u8>,
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.line_count == 0
    }

    fn push(&mut self, number: u64, line: &[u8]) {
        if self.is_empty() {
            self.first_line = number;
        } else {
            self.bytes.push(b'\n');
        }
        self.line_count += 1;
        self.bytes.extend_from_slice(line);
    }

    /// Whether the first line has a group, a pid and a thread, or a quote.
    fn is_begun(&self) -> bool {
        self.bytes.starts_with(b"\"") || has_prefix(&self.bytes)
    }

    /// Clears the lines and returns the number of the first.
    fn take(&mut self) -> u64 {
        self.line_count = 0;
        self.bytes.clear();
        self.first_line
    }

    /// Gives up the lines, if there are any, as an incomplete row: the number of the first, and their text.
    fn give_up(&mut self) -> Option<(u64, String)> {
        (!self.is_empty()).then(|| {
            let text = fields::quoted(&self.bytes);
            (self.take(), text)
        })
    }
}

enum Form {
    /// A row with valid times.
    Row,
    /// A row with invalid times or too many fields.
    Refused,
    /// Not a row yet.
    Incomplete,
}

/// Splits lines into the fields of a row: at the last four separators, since names are not quoted. As CSV, if the columns
/// have another order, or if a spreadsheet has quoted the times.
fn split(
    bytes: &[u8],
    separator: u8,
    places: &Places,
    splitter: &mut Splitter,
    record: &mut ByteRecord,
) -> Form {
    if places.is_raw {
        record.clear();
        let mut fields: Vec<&[u8]> = bytes.rsplitn(NAMES.len(), |&byte| byte == separator).collect();
        fields.reverse();
        fields.into_iter().for_each(|field| record.push_field(field));
    } else {
        splitter.split(bytes, record);
    }
    let last = places.task.max(places.start).max(places.finish);
    if record.len() <= last || (places.is_raw && record.len() < NAMES.len()) {
        return Form::Incomplete;
    }
    if !places.is_raw && record.len() > places.count {
        return Form::Refused;
    }
    if has_times(record, places) {
        return Form::Row;
    }
    if places.is_raw && memchr::memchr(b'"', bytes).is_some() {
        let mut quoted = ByteRecord::new();
        splitter.split(bytes, &mut quoted);
        if quoted.len() == NAMES.len() && has_times(&quoted, places) {
            *record = quoted;
            return Form::Row;
        }
    }
    if !places.is_raw || is_whole(record, places) { Form::Refused } else { Form::Incomplete }
}

fn has_times(record: &ByteRecord, places: &Places) -> bool {
    let is_time = |field| std::str::from_utf8(field).is_ok_and(|text| stamp::parse(text, 0).is_ok());
    is_time(&record[places.start]) && is_time(&record[places.finish])
}

/// Whether description and colour have PerformancePy's form: `15 ms`, `na` or `#ca562c`. If not, a last line without
/// an end may be cut off.
fn is_whole(record: &ByteRecord, places: &Places) -> bool {
    let is_duration = |field: &[u8]| {
        let number = field.strip_suffix(b" ms").unwrap_or_default();
        let digits = number.strip_prefix(b"-").unwrap_or(number);
        !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
    };
    // `#ca5` may be the beginning of `#ca562c`.
    let is_color = |field: &[u8]| {
        field.eq_ignore_ascii_case(b"na") || (field.len() == "#rrggbb".len() && color(field).is_some())
    };
    places.description.is_none_or(|column| record.get(column).is_some_and(is_duration))
        && places.color.is_none_or(|column| record.get(column).is_some_and(is_color))
}

/// Why a row has no start, or else no finish.
fn why_no_time(places: &Places, record: &ByteRecord) -> Option<String> {
    [("Start", places.start), ("Finish", places.finish)].into_iter().find_map(|(name, column)| {
        times::moment(&record[column], 0).err().map(|error| format!("{name} {error}"))
    })
}

fn row(source: &mut Source<'_>, places: &Places, line: u64, record: &ByteRecord, lanes: &mut Lanes) {
    let (Ok((start_ns, offset)), Ok((mut end_ns, end_offset))) =
        (source.moment(line, &record[places.start]), source.moment(line, &record[places.finish]))
    else {
        unreachable!("`split` has read both");
    };
    if offset.is_some() != end_offset.is_some() {
        source.refuse(line, "row", stamp::ONE_OFFSET);
        return;
    }
    if end_ns < start_ns {
        source.problem(line, "ends before it starts: drawn as an instant");
        end_ns = start_ns;
    }
    let field = places.color.and_then(|column| record.get(column)).unwrap_or_default();
    let color = color(field);
    if color.is_none() && !field.is_empty() && !field.eq_ignore_ascii_case(b"na") {
        let field = fields::quoted(field);
        source.problem(line, format!("color {field} is not #rrggbb: the report chooses a colour"));
    }
    let unquoted = unquoted(&record[places.task]);
    let text = source.name(line, &unquoted);
    let Name { group, pid, thread, task } = Name::of(&text);
    let lane = lanes.lane(pid, thread);
    let last_start_ns = lane.last_start_ns.replace(start_ns);
    lane.assumed += u64::from(offset.is_none());
    let key = lane.rows.keys.intern(group, task, color);
    lane.rows.push(start_ns, Some(end_ns), key);
    // PerformancePy writes a row when its task ends, so an inner task's row may come before its outer one's. But no
    // row ends before the row above it began.
    if last_start_ns.is_some_and(|last_ns| end_ns < last_ns) {
        source.problem(line, "ends before the row above starts: was the clock set back?");
    }
}

/// `#rrggbb` or `#rgb`, as plotly accepts them.
fn color(field: &[u8]) -> Option<Color> {
    let digits = std::str::from_utf8(field).ok()?.strip_prefix('#')?;
    match digits.len() {
        3 => Color::from_hex(&digits.chars().flat_map(|digit| [digit, digit]).collect::<String>()),
        _ => Color::from_hex(digits),
    }
}

/// Removes the quotes of a file that a spreadsheet saved again. PerformancePy's own fields begin with `[`.
fn unquoted(field: &[u8]) -> Vec<u8> {
    let inner = field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\""));
    match inner {
        Some(inner) if field.starts_with(b"\"[") => {
            let mut previous_was_quote = false;
            let is_first_of_pair = |&byte: &u8| {
                previous_was_quote = byte == b'"' && !previous_was_quote;
                !previous_was_quote
            };
            inner.iter().copied().filter(is_first_of_pair).collect()
        }
        _ => field.to_vec(),
    }
}

/// Whether a line is the beginning of a row.
fn has_prefix(line: &[u8]) -> bool {
    let line = line.strip_prefix(b"\"").unwrap_or(line);
    line.starts_with(b"[") && std::str::from_utf8(line).map_or(true, |line| Name::of(line).pid.is_some())
}

/// Whether two fields of a line with any separator are dates such as `2009-01-01`, `2009/1/1` or `2009-01-01 06:00`.
fn has_short_dates(line: &[u8]) -> bool {
    let is_short_date = |field: &&[u8]| {
        let field = field.trim_ascii();
        let field = field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\"")).unwrap_or(field);
        let is_date = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b':' | b' ' | b'T');
        matches!(field, [_, _, _, _, b'-' | b'/', ..])
            && field.iter().all(is_date)
            && std::str::from_utf8(field).is_ok_and(|text| stamp::parse(text, 0).is_err())
    };
    line.split(|byte| b",;\t|".contains(byte)).filter(is_short_date).count() >= 2
}

/// The parts of a `Task` field.
struct Name<'a> {
    group: &'a str,
    pid: Option<u32>,
    thread: &'a str,
    task: &'a str,
}

impl<'a> Name<'a> {
    /// Splits a `Task` field. Without a prefix, all of it is the task.
    fn of(text: &'a str) -> Name<'a> {
        let whole = Name { group: "", pid: None, thread: "", task: text };
        // Without a `] ` there is no prefix: no need to look for one at every `-p`.
        let Some(inner) = text.strip_prefix('[').filter(|inner| inner.contains("] ")) else { return whole };
        for (at, _) in inner.match_indices("-p") {
            let rest = &inner[at + 2..];
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let Some(thread_and_task) = rest[digits..].strip_prefix('t') else { continue };
            let Ok(pid) = rest[..digits].parse() else { continue };
            let Some((thread, task)) = thread_and_task.split_once("] ") else { continue };
            return Name { group: &inner[..at], pid: Some(pid), thread, task };
        }
        whole
    }
}

/// The lanes of one file, in the order in which they appear.
#[derive(Default)]
struct Lanes(Vec<LaneRows>);

struct LaneRows {
    pid: Option<u32>,
    thread: String,
    rows: Rows,
    /// Number of rows without an offset from UTC.
    assumed: u64,
    last_start_ns: Option<i64>,
}

impl Lanes {
    fn lane(&mut self, pid: Option<u32>, thread: &str) -> &mut LaneRows {
        // From the back, since most files have the rows of one thread after those of another.
        let known = self.0.iter().rposition(|lane| lane.pid == pid && lane.thread == thread);
        let index = known.unwrap_or_else(|| {
            let thread = thread.into();
            self.0.push(LaneRows { pid, thread, rows: Rows::new(), assumed: 0, last_start_ns: None });
            self.0.len() - 1
        });
        &mut self.0[index]
    }

    /// One part a lane. Its identity has the file's directory and (pid, thread), so the files of a process become
    /// one.
    fn parts(self, path: &Path) -> Vec<Part> {
        let directory = path.parent().unwrap_or(Path::new("")).display();
        (self.0.into_iter())
            .map(|LaneRows { pid, thread, rows, assumed, .. }| {
                let process = match pid {
                    Some(pid) => format!("{directory}/p{pid}"),
                    None => path.display().to_string(),
                };
                let lane = format!("{process} {thread}");
                Part {
                    process: ProcessIdentity { identity: process, host: None, pid, ..Default::default() },
                    content: Content::SpreadLane(
                        LaneIdentity { identity: lane, thread, ..Default::default() },
                        rows,
                    ),
                    assumed,
                }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Name, unquoted};

    #[track_caller]
    fn check(text: &str, group: &str, pid: Option<u32>, thread: &str, task: &str) {
        let name = Name::of(text);
        assert_eq!((name.group, name.pid, name.thread, name.task), (group, pid, thread, task));
    }

    #[test]
    fn names_are_taken_apart_where_performancepy_put_them_together() {
        check("[download-p17489tMainThread] save image", "download", Some(17489), "MainThread", "save image");
        check("[g-p1tT] ", "g", Some(1), "T", "");
        check("[-p1t] x", "", Some(1), "", "x");
        check("[g,h-p1tT] a,b", "g,h", Some(1), "T", "a,b");
        check("[x] y-p7tz] a] b", "x] y", Some(7), "z", "a] b");
        check("[a-pt-p7tz] b", "a-pt", Some(7), "z", "b");
        check("plain task", "", None, "", "plain task");
        check("[g-p99999999999tT] x", "", None, "", "[g-p99999999999tT] x");
    }

    #[test]
    fn quotes_of_a_spreadsheet_are_undone_and_others_kept() {
        assert_eq!(unquoted(br#""[g-p1tT] say ""hi"", bye""#), br#"[g-p1tT] say "hi", bye"#);
        assert_eq!(unquoted(br#"[g-p1tT] "quoted""#), br#"[g-p1tT] "quoted""#);
        assert_eq!(unquoted(br#""g-p1tT] x"#), br#""g-p1tT] x"#);
    }
}
