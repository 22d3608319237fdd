//! Tables: CSV and TSV files of any other program, with a header line.
//!
//! Takes a file whose columns `header` knows; gives its rows by process and lane, and all other columns as
//! attributes. Quoted fields may have line ends. Where no column names a lane, `lanes` makes them. A row without
//! an end is unfinished. A fault that leaves a row drawable becomes a problem, and the row stays; all other rows are
//! refused one by one. Memory: the rows, and a row of at most 1 MiB.

pub(super) mod columns;
mod form;
pub(super) mod header;
mod lanes;
mod times;
mod unit;

use std::collections::HashMap;
use std::io;

use csv::ByteRecord;

use self::columns::Role;
use self::header::Places;
use self::times::{Base, Seen, Times, note};
use super::color;
use super::cpu;
use super::fields::{self, Quoting, Splitter, quoting, quoting_inside};
use super::format::{About, Format};
use super::header::{repeated, repeated_others};
use super::journal::Offsets;
use super::lines::LineEnd;
use super::named;
use super::part::{Content, Found, Origin, Part, Stopped};
use super::source::Source;
use super::stamp::{self, Stamp};
use super::{diagnosis, lines};
use crate::model::{FIRST_NS, Kind, LAST_NS, LaneIdentity, ProcessIdentity, Rows};
use crate::text::units;

pub(super) struct Tables;

impl Format for Tables {
    fn name(&self) -> &'static str {
        "table"
    }

    fn about(&self) -> About {
        About {
            what: "CSV and TSV of any program",
            told_by: "a header with usual names for a task, a start, and an end or a duration, such as \
                      `Task,Start,Finish,Resource`; or with the names that `--columns` gives",
            reads: "spans with their group, process, lane and colour; other columns are attributes; separators `,`, `;`, \
                    tab and `|`; without a column of lanes, the smallest number of lanes without overlap",
            leaves: "a first column without a name, which is an index",
            clock: "wall clock for dates and times since 1970, which `--columns` can give a form, a unit and a zone; an \
                    origin of its own for other numbers",
        }
    }

    fn endings(&self) -> &'static [&'static str] {
        &[".csv", ".tsv"]
    }

    fn wanted(&self) -> String {
        "A row has a task, a start, and an end or a duration, each in the column that the header names; `--columns` says \
         which and how its times are written"
            .into()
    }

    fn read(&self, source: &mut Source<'_>, header: &ByteRecord) -> Result<Found, Stopped> {
        let map = &source.options.columns;
        let places = Places::find(header, map);
        for (name, positions) in repeated_others(header, &[]) {
            source.problem(1, repeated(&fields::quoted(name.as_bytes()), &positions));
        }
        let mut table = Table {
            attributes: places.attributes(header),
            times: Times::new(map, places.units()),
            date: places.date(),
            lanes: Lanes::default(),
            without_start: (0, 0),
            header,
            places,
        };
        let result = read_rows(source, &mut table);
        let Table { times, mut lanes, places, without_start, .. } = table;
        times.report(source);
        if let (count @ 1.., first) = without_start {
            let rows = units::counted(count, "row");
            source.problem(first, format!("{rows} without a start, such as pending jobs: skipped"));
        }
        if !places.has(Role::Lane) {
            lanes.deal(source);
        }
        let origin = match times.base() {
            Some(Base::Own) => Origin::Own { unix_ns: None },
            Some(Base::Wall) | None => Origin::Epoch,
        };
        let parts = lanes.parts(source, places.has(Role::Group));
        Stopped::or_parts(parts, origin, result)
    }
}

struct Table<'a> {
    header: &'a ByteRecord,
    places: Places,
    attributes: Vec<(usize, String)>,
    times: Times<'a>,
    /// The column of the dates of times of day.
    date: Option<usize>,
    lanes: Lanes,
    /// How many rows have no start.
    without_start: Seen,
}

/// Reads the rows below the header.
fn read_rows(source: &mut Source<'_>, table: &mut Table<'_>) -> io::Result<()> {
    let separator = source.separator;
    let mut splitter = Splitter::new(separator);
    let mut record = ByteRecord::new();
    let mut pending = Pending::default();
    while let Some(line) = source.lines.next()? {
        let (number, end) = (line.number, line.end);
        let text = match line.text {
            Ok(text) => text,
            Err(fault) => {
                pending.give_up(source, table, &mut splitter);
                source.refuse_fault(number, fault);
                continue;
            }
        };
        if pending.is_empty() && text.is_empty() {
            continue;
        }
        if pending.is_empty() && quoting(text, separator) == Quoting::Whole {
            splitter.split(text, &mut record);
            table.take(source, number, end, &record);
            continue;
        }
        // Only the new line is looked at: the quote before it is open.
        let quoting =
            if pending.is_empty() { quoting(text, separator) } else { quoting_inside(text, separator) };
        pending.push(number, text, end);
        match quoting {
            Quoting::Whole => {
                splitter.split(&pending.text, &mut record);
                let number = pending.clear();
                table.take(source, number, end, &record);
            }
            Quoting::Open if pending.can_go_on() => {}
            Quoting::Open | Quoting::Broken => pending.give_up(source, table, &mut splitter),
        }
    }
    pending.give_up(source, table, &mut splitter);
    Ok(())
}

/// Lines that may form a row together: a quote is open at the end of each.
#[derive(Default)]
struct Pending {
    text: Vec<u8>,
    /// The number of each line, where it begins, and how it ended.
    lines: Vec<(u64, usize, LineEnd)>,
}

/// The most lines of a row: in one with more, a quote is not closed.
const MOST_LINES: usize = 1000;

impl Pending {
    fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    fn push(&mut self, number: u64, line: &[u8], end: LineEnd) {
        if !self.is_empty() {
            self.text.push(b'\n');
        }
        self.lines.push((number, self.text.len(), end));
        self.text.extend_from_slice(line);
    }

    fn can_go_on(&self) -> bool {
        self.lines.len() < MOST_LINES && self.text.len() < lines::LONGEST
    }

    /// Clears the lines and gives the number of the first.
    fn clear(&mut self) -> u64 {
        let first = self.lines.first().map_or(0, |line| line.0);
        self.text.clear();
        self.lines.clear();
        first
    }

    /// Refuses the first line, and takes each of the others as a row.
    fn give_up(&mut self, source: &mut Source<'_>, table: &mut Table<'_>, splitter: &mut Splitter) {
        let mut record = ByteRecord::new();
        for (place, &(number, start, line_end)) in self.lines.iter().enumerate() {
            let end = self.lines.get(place + 1).map_or(self.text.len(), |next| next.1 - 1);
            let line = &self.text[start..end];
            if place == 0 || quoting(line, source.separator) != Quoting::Whole {
                source.refuse(number, "row", "a quote is not closed, or text follows it");
            } else if !line.is_empty() {
                splitter.split(line, &mut record);
                table.take(source, number, line_end, &record);
            }
        }
        self.clear();
    }
}

/// A row's times, in ns; the start may have an offset.
struct Extent {
    start: Stamp,
    end_ns: Option<i64>,
}

impl Table<'_> {
    /// Takes a row, or reports why it is not one.
    fn take(&mut self, source: &mut Source<'_>, line: u64, end: LineEnd, record: &ByteRecord) {
        if record == self.header {
            return; // of a second file that was appended
        }
        let (assumed, times) = (source.assumed, self.times);
        let Err(why) = self.row(source, line, end, record) else { return };
        (source.assumed, self.times) = (assumed, times); // a refused row does not count
        let why = source.decimal_comma(record).unwrap_or(why);
        match end {
            LineEnd::None => source.refuse_torn(line, "incomplete last row", why),
            LineEnd::CrLf | LineEnd::Lf => source.refuse(line, "row", why),
        }
    }

    fn row(
        &mut self,
        source: &mut Source<'_>,
        line: u64,
        end: LineEnd,
        record: &ByteRecord,
    ) -> Result<(), String> {
        let count = self.header.len();
        let roles = Role::ALL.into_iter().filter_map(|role| self.places.column(role));
        let least = if end == LineEnd::None { count } else { roles.max().map_or(count, |last| last + 1) };
        let has_more = record.iter().skip(count).any(|field| !field.is_empty());
        if record.len() < least || has_more {
            return Err(diagnosis::of_count(record, count));
        }
        let Some(extent) = self.extent(source, line, end, record)? else {
            note(&mut self.without_start, line);
            return Ok(());
        };
        let field =
            |role: Role| self.places.column(role).and_then(|column| record.get(column)).unwrap_or_default();
        let kind = kind(source, line, field(Role::Color).trim_ascii());
        let task = source.name(line, field(Role::Task).trim_ascii());
        let group = source.name(line, field(Role::Group).trim_ascii());
        let process = source.name(line, field(Role::Process).trim_ascii());
        let lane = source.name(line, field(Role::Lane).trim_ascii());
        let lane = self.lanes.lane(&process, &lane);
        let key = lane.rows.keys.intern(&group, &task, kind);
        lane.rows.push(extent.start.0, extent.end_ns, key);
        lane.offsets.note(extent.start);
        let row = lane.rows.len() - 1;
        for (column, name) in self.attributes.iter().take_while(|(column, _)| *column < record.len()) {
            let value = &record[*column];
            if !value.is_empty() {
                let value = source.name(line, value);
                cpu::attach_column(&mut lane.rows, row, name, &value);
            }
        }
        Ok(())
    }

    /// The times of a row, from two of start, end and duration. `None` if it says that it has no start.
    fn extent(
        &mut self,
        source: &mut Source<'_>,
        line: u64,
        line_end: LineEnd,
        record: &ByteRecord,
    ) -> Result<Option<Extent>, String> {
        let field = |role: Role| self.places.column(role).map(|column| record[column].trim_ascii());
        let (start, end, duration) = (field(Role::Start), field(Role::End), field(Role::Duration));
        let needed = if start.is_some() { [start, None] } else { [end, duration] };
        if needed.into_iter().flatten().any(is_nothing) {
            return Ok(None);
        }
        if let (LineEnd::None, Some(start), Some(end)) = (line_end, start, end)
            && record.get(record.len() - 1).is_some_and(|last| last.trim_ascii() == end)
            && is_shorter(end, start)
        {
            return Err("its last field may be cut off".into());
        }
        let mut moment = |role: Role, field| self.moment(source, line, record, role, field);
        let (start, end_ns) = match (start, end, duration) {
            (Some(start_field), Some(end_field), _) => {
                let start = moment(Role::Start, start_field)?;
                if is_nothing(end_field) {
                    return Ok(Some(Extent { start, end_ns: None }));
                }
                let times = self.times;
                let mut end = self.moment(source, line, record, Role::End, end_field)?;
                if end.0 < start.0 && times.has_later_readings() {
                    self.times = times;
                    self.times.reads_later = true;
                    end = self.moment(source, line, record, Role::End, end_field)?;
                    self.times.reads_later = false;
                }
                if end.1.is_some() != start.1.is_some() {
                    return Err(stamp::ONE_OFFSET.into());
                }
                let is_across =
                    end.0 < start.0 && self.times.is_across_midnight(line, start_field, end_field);
                (start, end.0 + if is_across { DAY_NS } else { 0 })
            }
            (Some(start), None, Some(duration)) => {
                let start = moment(Role::Start, start)?;
                if is_nothing(duration) {
                    return Ok(Some(Extent { start, end_ns: None }));
                }
                let ns = self.times.duration(source, line, duration)?;
                (start, start.0.checked_add(ns).ok_or("its duration is too long")?)
            }
            (None, Some(end), Some(duration)) => {
                let end = moment(Role::End, end)?;
                let ns = self.times.duration(source, line, duration)?;
                let start_ns = end.0.checked_sub(ns).ok_or("its duration is too long")?;
                ((start_ns, end.1), end.0)
            }
            _ => unreachable!("the header has two of them"),
        };
        if end_ns < start.0 {
            source.problem(line, "ends before it starts: drawn with a length of 0");
        }
        if start.0 < FIRST_NS || end_ns > LAST_NS {
            return Err("its duration is too long".into());
        }
        Ok(Some(Extent { start, end_ns: Some(end_ns.max(start.0)) }))
    }

    /// The time in a field. A time of day gets the date of its row, if there is a column of dates.
    fn moment(
        &mut self,
        source: &mut Source<'_>,
        line: u64,
        record: &ByteRecord,
        role: Role,
        field: &[u8],
    ) -> Result<Stamp, String> {
        let with_role = |why: String| format!("{} {why}", role.key());
        if let Some(column) = self.date
            && std::str::from_utf8(field).is_ok_and(unit::is_time_of_day)
        {
            let date = record.get(column).unwrap_or_default().trim_ascii();
            if is_nothing(date) {
                return Err(format!("{} has no date", with_role(fields::quoted(field))));
            }
            match self.times.moment(source, line, role, &[date, b" ", field].concat()) {
                Err(why) if self.times.base().is_none() => {
                    let column = fields::quoted(self.header[column].trim_ascii());
                    let why = with_role(why);
                    source.problem(line, format!("times of day are read without the column {column}: {why}"));
                    self.date = None;
                }
                read => return read.map_err(with_role),
            }
        }
        self.times.moment(source, line, role, field).map_err(with_role)
    }
}

const DAY_NS: i64 = 86_400_000_000_000;

/// Whether a field says that there is no value, as pandas, Slurm and others write it.
fn is_nothing(field: &[u8]) -> bool {
    const NOTHING: [&[u8]; 9] = [b"", b"-", b"nat", b"nan", b"none", b"null", b"na", b"n/a", b"unknown"];
    NOTHING.iter().any(|nothing| field.eq_ignore_ascii_case(nothing))
}

/// Whether a date and time at the end of a file may have lost its last digits: the other one of the row has more.
fn is_shorter(end: &[u8], start: &[u8]) -> bool {
    end.len() < start.len() && end.contains(&b'-') && !stamp::shows_its_end(end)
}

/// What a colour's field says. Reports one that is no colour.
fn kind(source: &mut Source<'_>, line: u64, field: &[u8]) -> Kind {
    if field.is_empty() {
        return Kind::Work(None);
    }
    let kind = color::kind(field);
    if kind == Kind::Work(None) && !is_nothing(field) {
        let field = fields::quoted(field);
        source
            .problem(line, format!("color {field} is neither #rrggbb nor wait: the report chooses a colour"));
    }
    kind
}

/// The lanes of one file, in the order in which they appear.
#[derive(Default)]
struct Lanes {
    lanes: Vec<Lane>,
    /// By process and name.
    places: HashMap<String, HashMap<String, usize>>,
    /// The place of the last one.
    latest: usize,
}

struct Lane {
    /// As in the file; empty without such a column.
    process: String,
    name: String,
    rows: Rows,
    offsets: Offsets,
}

impl Lanes {
    fn lane(&mut self, process: &str, name: &str) -> &mut Lane {
        let is_it = |lane: &Lane| lane.process == process && lane.name == name;
        if !self.lanes.get(self.latest).is_some_and(is_it) {
            let known = self.places.get(process).and_then(|lanes| lanes.get(name));
            self.latest = known.copied().unwrap_or(self.lanes.len());
        }
        if self.latest == self.lanes.len() {
            self.places.entry(process.to_owned()).or_default().insert(name.to_owned(), self.latest);
            let (process, name, rows) = (process.to_owned(), name.to_owned(), Rows::new());
            self.lanes.push(Lane { process, name, rows, offsets: Offsets::default() });
        }
        &mut self.lanes[self.latest]
    }

    /// Deals the rows of each process to lanes of its own.
    fn deal(&mut self, source: &mut Source<'_>) {
        let (mut count, mut is_full) = (0, false);
        let dealt = self.lanes.drain(..).flat_map(|Lane { process, rows, offsets, .. }| {
            let (lane_of, lanes) = lanes::without_overlap(&rows);
            count += u64::from(lanes);
            is_full |= lanes == lanes::MOST;
            let lane = move |(rows, number): (Rows, u32)| {
                let mut offsets = offsets.clone();
                if number > 1 {
                    offsets.assumed = 0; // they count once
                }
                Lane { process: process.clone(), name: number.to_string(), rows, offsets }
            };
            rows.dealt(&lane_of, lanes).into_iter().zip(1..).map(lane)
        });
        self.lanes = dealt.collect();
        if count > 0 {
            let lanes = units::counted(count, "lane");
            let what = if is_full {
                "the most that are made, where some overlap"
            } else {
                "the fewest without overlap"
            };
            source.facts.push(format!("no column names a lane, so the spans are in {lanes}, {what}"));
        }
    }

    fn parts(self, source: &mut Source<'_>, has_groups: bool) -> Vec<Part> {
        let path = source.path;
        let stem = named::stem(path);
        (self.lanes.into_iter())
            .map(|Lane { process, name, mut rows, offsets }| {
                if let Some(message) = cpu::mend(&mut rows) {
                    source.problems.add(path, None, message);
                }
                rows.offset_s = offsets.of_earliest();
                let identity = match process.as_str() {
                    "" => path.to_string_lossy().into_owned(),
                    process => format!("{}/p{process}", path.display()),
                };
                let pid = process.parse().ok();
                let own_name = (pid.is_none() && !process.is_empty()).then_some(process);
                let lane = LaneIdentity { identity: format!("{identity} t{name}"), thread: name, order: 0 };
                let name = own_name.or_else(|| (!has_groups).then(|| stem.clone()));
                Part {
                    process: ProcessIdentity { identity, host: None, pid, name, order: 0 },
                    content: Content::Lane(lane, rows),
                    assumed: offsets.assumed,
                }
            })
            .collect()
    }
}
