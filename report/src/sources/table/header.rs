//! The header of a table: which of its columns make a span.
//!
//! Takes a header and the user's column map; gives a column for each role. The map's columns come first. Other roles
//! are found by their usual names, in any case and with any blanks, underscores and the like; a unit may follow, as in
//! `duration_ms` or `elapsed (s)`. Columns without a role are attributes. Where a role is missing, gives the option to
//! write. Reads no row.

use std::collections::HashSet;

use csv::ByteRecord;

use super::columns::{self, ColumnMap, Role};
use super::unit::TimeUnit;
use crate::sources::header::all_of;

/// The usual names of a role, the surest first.
fn usual_names(role: Role) -> impl Iterator<Item = &'static str> {
    let names = match role {
        Role::Task => {
            "task taskname name spanname span activity activityname event eventname operation operationname label jobname \
             job step stepname stage phase function action title"
        }
        Role::Start => {
            "start starttime starttimestamp startts startdate startedat started begin begintime begints begintimestamp \
             beginning from ts timestamp starttimeunix datetime time"
        }
        Role::End => {
            "end endtime endtimestamp endts enddate endedat ended finish finishtime finishedat finished stop stoptime \
             stopped stoppedat completed completedat completiontime to until endtimeunix"
        }
        Role::Duration => "duration dur elapsed elapsedtime took timetaken runtime walltime length",
        Role::Lane => {
            "resource lane thread threadname threadid tid worker workername workerid machine host hostname node nodename \
             nodelist instance pod executor agent runner server slot track"
        }
        Role::Group => "group category cat",
        Role::Process => "process processname pid processid rank",
        Role::Color => "color colour",
    };
    names.split_ascii_whitespace()
}

/// The usual names are looked for among this many columns: no table of spans has more before its times.
const MOST_COLUMNS: usize = 1000;

/// Which columns make a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sources) struct Places {
    /// By role.
    columns: [Option<usize>; Role::ALL.len()],
    units: [Option<TimeUnit>; Role::ALL.len()],
    /// The column of dates beside times of day.
    date: Option<usize>,
}

/// The units in the names of the columns of times. That of a start is also that of an end without one, and the reverse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Units {
    pub(super) start: Option<TimeUnit>,
    pub(super) end: Option<TimeUnit>,
    pub(super) duration: Option<TimeUnit>,
}

impl Places {
    /// Finds the columns in a header. The map counts if the header has all of its columns.
    pub(in crate::sources) fn find(header: &ByteRecord, map: &ColumnMap) -> Places {
        let mut places = Places { columns: Default::default(), units: Default::default(), date: None };
        if map.missing_in(header).is_empty() {
            for (role, position) in map.positions(header) {
                places.set(header, role, position);
            }
        }
        let names: Vec<Name> = header.iter().take(MOST_COLUMNS).map(Name::of).collect();
        for role in Role::ALL {
            let is_enough = match role {
                Role::Start => places.has(Role::End) && places.has(Role::Duration),
                Role::End => places.has(Role::Start) && places.has(Role::Duration),
                Role::Duration => places.has(Role::Start) && places.has(Role::End),
                _ => false,
            };
            if is_enough || places.has(role) {
                continue;
            }
            let is_free = |position: &usize| !places.columns.contains(&Some(*position));
            let at =
                |usual: &str| (0..names.len()).filter(is_free).find(|position| names[*position].is(usual));
            let found = usual_names(role).find_map(at);
            places.set(header, role, found);
        }
        let is_date = |position: &usize| names[*position].is("date") || names[*position].is("day");
        let is_free = |position: &usize| !places.columns.contains(&Some(*position));
        places.date = (0..names.len()).filter(is_free).find(is_date);
        places
    }

    fn set(&mut self, header: &ByteRecord, role: Role, position: Option<usize>) {
        self.columns[role as usize] = position;
        self.units[role as usize] = position.and_then(|position| Name::of(&header[position]).unit);
    }

    pub(super) fn column(&self, role: Role) -> Option<usize> {
        self.columns[role as usize]
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.column(role).is_some()
    }

    /// The column of dates, which also is an attribute.
    pub(super) fn date(&self) -> Option<usize> {
        self.date
    }

    pub(super) fn units(&self) -> Units {
        let unit = |role: Role| self.units[role as usize];
        let (start, end) = (unit(Role::Start), unit(Role::End));
        Units { start: start.or(end), end: end.or(start), duration: unit(Role::Duration) }
    }

    /// Whether a row of these columns is a span.
    pub(in crate::sources) fn make_spans(&self) -> bool {
        self.has(Role::Task) && self.time_count() == 2
    }

    fn time_count(&self) -> usize {
        [Role::Start, Role::End, Role::Duration].into_iter().filter(|role| self.has(*role)).count()
    }

    /// The columns of attributes, ascending, and their names; of each name, the first. A first column without a name is the index that pandas writes.
    pub(super) fn attributes(&self, header: &ByteRecord) -> Vec<(usize, String)> {
        let is_role = |position: usize| self.columns.contains(&Some(position));
        let name = |position: usize| match String::from_utf8_lossy(header[position].trim_ascii()).into_owned()
        {
            empty if empty.is_empty() => format!("column {}", position + 1),
            name => name,
        };
        let is_index = |position: usize| position == 0 && header[0].trim_ascii().is_empty();
        let roles = self.columns.iter().flatten().map(|position| name(*position));
        let mut seen: HashSet<String> = roles.collect();
        (0..header.len())
            .filter(|&position| !is_role(position) && !is_index(position))
            .map(|position| (position, name(position)))
            .filter(|(_, name)| seen.insert(name.clone()))
            .collect()
    }

    /// What to ask a user whose header lacks a role. `None` if no column is known as a time: then it may be a table of
    /// something else.
    pub(in crate::sources) fn question(&self, header: &ByteRecord) -> Option<String> {
        if self.time_count() == 0 || self.make_spans() {
            return None;
        }
        let (missing, option) = self.missing(header);
        let missing: Vec<&str> = missing.into_iter().map(Role::key).collect();
        let (verb, missing) = match missing.as_slice() {
            [one] => ("column is the", (*one).to_owned()),
            several => ("columns are the", all_of(several)),
        };
        let columns = columns::listed(header);
        Some(format!("cannot tell which {verb} {missing}; say it: {option} (columns: {columns})"))
    }

    /// The option to write, with `???` for what only the user knows.
    pub(in crate::sources) fn option(&self, header: &ByteRecord) -> String {
        self.missing(header).1
    }

    fn missing(&self, header: &ByteRecord) -> (Vec<Role>, String) {
        let roles = match (self.has(Role::Start), self.has(Role::End), self.has(Role::Duration)) {
            (_, false, true) => [Role::Task, Role::Start, Role::Duration],
            _ => [Role::Task, Role::Start, Role::End],
        };
        let missing = roles.into_iter().filter(|role| !self.has(*role)).collect();
        let parts = roles.map(|role| match self.column(role) {
            Some(position) => format!("{}={}", role.key(), columns::written(header, position)),
            None => format!("{}=???", role.key()),
        });
        (missing, format!("--columns '{}'", parts.join(",")))
    }
}

/// The name of a column, without what differs between programs.
struct Name {
    /// Its letters and digits, in lower case.
    letters: String,
    /// The same without the unit at the end.
    without_unit: String,
    unit: Option<TimeUnit>,
}

impl Name {
    fn of(field: &[u8]) -> Name {
        const LONGEST: usize = 100; // no usual name is longer
        let text = String::from_utf8_lossy(&field[..field.len().min(LONGEST)]).to_lowercase();
        let words: Vec<&str> =
            text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let letters = words.concat();
        let (unit, without_unit) = match words.as_slice() {
            [first @ .., last] if !first.is_empty() && TimeUnit::of_name(last).is_some() => {
                (TimeUnit::of_name(last), first.concat())
            }
            // `durationMs`
            _ => ["ns", "us", "\u{b5}s", "ms", "sec", "secs", "seconds"]
                .into_iter()
                .find_map(|unit| Some((TimeUnit::of_name(unit), letters.strip_suffix(unit)?.to_owned())))
                .unwrap_or((None, letters.clone())),
        };
        Name { letters, without_unit, unit }
    }

    fn is(&self, usual: &str) -> bool {
        self.letters == usual || self.without_unit == usual
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(header: &str) -> ByteRecord {
        ByteRecord::from(header.split(',').collect::<Vec<_>>())
    }

    /// The columns of a header by their roles: `task=Task start=Begin`.
    fn found(header: &str, map: &str) -> String {
        let (header, map) =
            (record(header), if map.is_empty() { ColumnMap::default() } else { map.parse().unwrap() });
        let places = Places::find(&header, &map);
        let role = |role: Role| {
            Some(format!("{}={}", role.key(), String::from_utf8_lossy(&header[places.column(role)?])))
        };
        Role::ALL.into_iter().filter_map(role).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn usual_names_are_known_in_any_spelling() {
        for (header, expected) in [
            ("Task,Start,Finish,Resource", "task=Task start=Start end=Finish lane=Resource"),
            (",Activity,START_TIME,End Time", "task=Activity start=START_TIME end=End Time"),
            ("name,ts,dur,tid,pid,cat", "task=name start=ts duration=dur lane=tid group=cat process=pid"),
            ("Job Name,began,from,to", "task=Job Name start=from end=to"),
            (
                "step,started-at,elapsed (s),worker",
                "task=step start=started-at duration=elapsed (s) lane=worker",
            ),
            ("event,timestamp_us,durationMs", "task=event start=timestamp_us duration=durationMs"),
            ("JobID,JobName,Start,End,NodeList", "task=JobName start=Start end=End lane=NodeList"),
            ("task,start,end,duration", "task=task start=start end=end"),
            ("name,task,end,dur", "task=task end=end duration=dur"),
        ] {
            assert_eq!(found(header, ""), expected, "{header}");
        }
    }

    #[test]
    fn the_users_columns_come_before_usual_names() {
        assert_eq!(found("task,name,start,end", "task=name"), "task=name start=start end=end");
        assert_eq!(found("a,b,start,end,dur", "task=a,start=b,duration=dur"), "task=a start=b duration=dur");
        assert_eq!(
            found("task,start,end", "lane=gone"),
            "task=task start=start end=end",
            "it is for another file"
        );
    }

    #[test]
    fn units_are_in_the_names_of_columns() {
        use TimeUnit::{Microseconds, Milliseconds, Nanoseconds, Seconds};
        for (header, start, end, duration) in [
            ("task,start_us,dur", Some(Microseconds), Some(Microseconds), None),
            ("task,start,elapsed (s)", None, None, Some(Seconds)),
            ("task,startNs,duration [ms]", Some(Nanoseconds), Some(Nanoseconds), Some(Milliseconds)),
            ("task,start,end_s", Some(Seconds), Some(Seconds), None),
            ("task,start_ms,end_s", Some(Milliseconds), Some(Seconds), None),
            ("task,start,end", None, None, None),
        ] {
            let units = Places::find(&record(header), &ColumnMap::default()).units();
            assert_eq!(units, Units { start, end, duration }, "{header}");
        }
    }

    #[test]
    fn what_is_missing_is_asked_for_with_the_files_own_columns() {
        let question =
            |header: &str| Places::find(&record(header), &ColumnMap::default()).question(&record(header));
        assert_eq!(
            question("Name,Begin,Price").unwrap(),
            "cannot tell which column is the end; say it: --columns 'task=Name,start=Begin,end=???' \
             (columns: Name, Begin, Price)"
        );
        assert_eq!(
            question("What,Took").unwrap(),
            "cannot tell which columns are the task and start; say it: \
             --columns 'task=???,start=???,duration=Took' (columns: What, Took)"
        );
        assert_eq!(question("id,name,price"), None);
        assert_eq!(question("task,start,end"), None);
    }

    #[test]
    fn all_other_columns_are_attributes_but_for_an_index() {
        let header = record(",task,start,end,url,,url");
        let places = Places::find(&header, &ColumnMap::default());
        assert_eq!(places.attributes(&header), [(4, "url".to_owned()), (5, "column 6".to_owned())]);
    }
}
