//! Column maps: which columns of a table make its spans, as `--columns` says it.
//!
//! Takes the option's text: `task=Name,start=Begin,end=Finish,lane=Worker`. A column is a name, in any case, or a number
//! such as `#3`. What has a comma is in double quotes. Roles that are not given are found by the usual names. Keeps
//! whether the columns were found in any file, since a mistyped name must not go unnoticed. Reads no row.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use chrono_tz::Tz;
use csv::ByteRecord;

use super::form::Form;
use super::unit::TimeUnit;
use crate::text::{proposal, terminal, units};

/// What a column is to a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Task,
    Start,
    End,
    Duration,
    Lane,
    Group,
    Process,
    Color,
}

impl Role {
    pub(super) const ALL: [Role; 8] = [
        Role::Task,
        Role::Start,
        Role::End,
        Role::Duration,
        Role::Lane,
        Role::Group,
        Role::Process,
        Role::Color,
    ];

    /// Its key in the option.
    pub(super) fn key(self) -> &'static str {
        ["task", "start", "end", "duration", "lane", "group", "process", "color"][self as usize]
    }
}

/// Why a map is refused that has three columns of times.
const ONE_TOO_MANY: &str = "start, end and duration are one too many: leave one out";

/// The keys that are no columns.
const OTHER_KEYS: [&str; 4] = ["unit", "duration-unit", "format", "zone"];

/// A column as the user gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    Named(String),
    /// Counted from 0.
    At(usize),
}

impl Column {
    fn position(&self, header: &ByteRecord) -> Option<usize> {
        match self {
            Column::At(position) => Some(*position).filter(|position| *position < header.len()),
            Column::Named(name) => {
                let at =
                    |is_it: &dyn Fn(&[u8]) -> bool| header.iter().position(|field| is_it(field.trim_ascii()));
                let name = name.as_bytes();
                at(&|field| field == name).or_else(|| at(&|field| field.eq_ignore_ascii_case(name)))
            }
        }
    }

    fn text(&self) -> String {
        match self {
            Column::Named(name) => name.clone(),
            Column::At(position) => format!("#{}", position + 1),
        }
    }
}

/// Which columns of a table make its spans, and how its times are written.
///
/// Parsed from `task=Name,start=Begin,end=Finish,lane=Worker`. Keys: `task`, `start`, `end`, `duration`, `lane`, `group`,
/// `process` and `color` for columns by name or by number (`#3`); `unit` and `duration-unit` (`ns`, `us`, `ms`, `s`,
/// `min`, `h`, `d`) for numbers; `format` (strftime) and `zone` (IANA) for dates. What has a comma is in double quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMap {
    /// As it was given.
    text: String,
    columns: Vec<(Role, Column)>,
    /// The unit of times that are numbers.
    pub(super) unit: Option<TimeUnit>,
    /// The unit of durations that are numbers.
    pub(super) duration_unit: Option<TimeUnit>,
    /// The form of times.
    pub(super) form: Option<Form>,
    /// The zone of times without an offset.
    pub(super) zone: Option<Tz>,
}

impl ColumnMap {
    /// The text that it was parsed from; `None` if it says nothing.
    pub(crate) fn text(&self) -> Option<&str> {
        Some(self.text.as_str()).filter(|text| !text.is_empty())
    }

    /// Joins maps that were given one after another.
    ///
    /// # Errors
    ///
    /// The message names a key that is given twice.
    pub(crate) fn joined(maps: &[ColumnMap]) -> Result<ColumnMap, String> {
        if maps.is_empty() {
            return Ok(ColumnMap::default());
        }
        maps.iter().map(|map| map.text.as_str()).collect::<Vec<_>>().join(",").parse()
    }

    /// Whether it names any column.
    pub(crate) fn has_columns(&self) -> bool {
        !self.columns.is_empty()
    }

    /// The position of each column in a header; `None` where the header lacks it.
    pub(super) fn positions(&self, header: &ByteRecord) -> impl Iterator<Item = (Role, Option<usize>)> {
        self.columns.iter().map(|(role, column)| (*role, column.position(header)))
    }

    /// The columns that a header lacks.
    pub(in crate::sources) fn missing_in(&self, header: &ByteRecord) -> Vec<String> {
        let is_missing = |column: &&Column| column.position(header).is_none();
        self.columns.iter().map(|(_, column)| column).filter(is_missing).map(Column::text).collect()
    }
}

impl FromStr for ColumnMap {
    type Err = String;

    fn from_str(text: &str) -> Result<ColumnMap, String> {
        let mut map = ColumnMap { text: text.to_owned(), ..ColumnMap::default() };
        let mut seen: Vec<String> = Vec::new();
        for part in split_outside_quotes(text)? {
            let Some((key, value)) = part.split_once('=') else {
                return Err(format!(
                    "{} has no `=`: write task=NAME,start=NAME,...",
                    terminal::quoted(&part)
                ));
            };
            let (key, value) = (key.trim(), value.trim());
            if value.is_empty() {
                return Err(format!("nothing is given for {}", terminal::quoted(key)));
            }
            if seen.iter().any(|earlier| earlier == key) {
                return Err(format!("{} is given twice", terminal::quoted(key)));
            }
            seen.push(key.to_owned());
            map.set(key, value)?;
        }
        let has = |role| map.columns.iter().any(|(known, _)| *known == role);
        if has(Role::Start) && has(Role::End) && has(Role::Duration) {
            return Err(ONE_TOO_MANY.into());
        }
        Ok(map)
    }
}

impl ColumnMap {
    fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        if let Some(role) = Role::ALL.into_iter().find(|role| role.key() == key) {
            let number = value.strip_prefix('#').and_then(|number| number.parse::<usize>().ok());
            let column = match number {
                Some(0) => return Err("columns are counted from #1".into()),
                Some(number) => Column::At(number - 1),
                None => Column::Named(value.to_owned()),
            };
            self.columns.push((role, column));
            return Ok(());
        }
        match key {
            "unit" => self.unit = Some(value.parse()?),
            "duration-unit" => self.duration_unit = Some(value.parse()?),
            "zone" => {
                let unknown =
                    || format!("unknown zone {}: use a name such as Europe/Paris", terminal::quoted(value));
                self.zone = Some(value.parse().map_err(|_| unknown())?);
            }
            "format" => {
                let invalid = || {
                    let value = terminal::quoted(value);
                    format!("invalid format {value}: use strftime's letters, such as %d.%m.%Y %H:%M:%S")
                };
                self.form = Some(Form::of(value).ok_or_else(invalid)?);
            }
            _ => {
                let keys = Role::ALL.into_iter().map(Role::key).chain(OTHER_KEYS);
                return Err(format!("unknown key {}{}", terminal::quoted(key), proposal(key, keys)));
            }
        }
        Ok(())
    }
}

/// The parts between commas, without the quotes around what may have commas. A doubled quote stands for one.
fn split_outside_quotes(text: &str) -> Result<Vec<String>, String> {
    let mut parts = vec![String::new()];
    let (mut is_quoted, mut chars) = (false, text.chars().peekable());
    while let Some(c) = chars.next() {
        let part = parts.last_mut().expect("there is at least one");
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => part.extend(chars.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => parts.push(String::new()),
            c => part.push(c),
        }
    }
    if is_quoted { Err("a quote is not closed".into()) } else { Ok(parts) }
}

/// A column as the option has it, for a user to copy into single quotes.
pub(super) fn written(header: &ByteRecord, position: usize) -> String {
    let name = header.get(position).unwrap_or_default().trim_ascii();
    let is_plain = |c: char| {
        !c.is_control() && c != '\'' && terminal::plain(c.encode_utf8(&mut [0; 4])).len() == c.len_utf8()
    };
    match std::str::from_utf8(name) {
        Ok(name)
            if !name.is_empty()
                && name.len() <= 60
                && !name.starts_with('#')
                && name.chars().all(is_plain) =>
        {
            match name.contains([',', '"']) {
                true => format!("\"{}\"", name.replace('"', "\"\"")),
                false => name.to_owned(),
            }
        }
        _ => format!("#{}", position + 1),
    }
}

/// The columns of a file for a message: `Name, Begin, Price`.
pub(super) fn listed(header: &ByteRecord) -> String {
    const MOST: usize = 20;
    let mut names: Vec<String> =
        (0..header.len().min(MOST)).map(|position| written(header, position)).collect();
    if header.len() > MOST {
        names.push(units::counted((header.len() - MOST) as u64, "more column"));
    }
    names.join(", ")
}

/// Whether the columns that the user named were found in any file.
#[derive(Debug, Clone, Default)]
pub(crate) enum ColumnsFound {
    /// No file has a header that could have them.
    #[default]
    NotLookedFor,
    /// No file has all of them; what the nearest one lacks.
    Missing(MissingColumns),
    Found,
}

/// What a file lacks of the columns that the user named.
#[derive(Debug, Clone)]
pub(crate) struct MissingColumns {
    path: PathBuf,
    columns: Vec<String>,
    names: Vec<String>,
    listed: String,
}

impl ColumnsFound {
    /// Looks for the columns in the header of a file.
    pub(in crate::sources) fn in_header(map: &ColumnMap, path: &Path, header: &ByteRecord) -> ColumnsFound {
        let columns = map.missing_in(header);
        if columns.is_empty() {
            return ColumnsFound::Found;
        }
        const MOST: usize = 1000;
        let text = |field: &[u8]| String::from_utf8_lossy(field.trim_ascii()).into_owned();
        let names = header.iter().take(MOST).map(text).collect();
        ColumnsFound::Missing(MissingColumns {
            path: path.to_owned(),
            columns,
            names,
            listed: listed(header),
        })
    }

    /// Adds what another file has. Of files that lack as many columns, the first counts.
    pub(in crate::sources) fn join(&mut self, other: ColumnsFound) {
        let rank = |found: &ColumnsFound| match found {
            ColumnsFound::Found => 0,
            ColumnsFound::Missing(missing) => missing.columns.len(),
            ColumnsFound::NotLookedFor => usize::MAX,
        };
        if rank(&other) < rank(self) {
            *self = other;
        }
    }

    /// What is wrong with the columns that the user named, if no file has all of them.
    pub(crate) fn error(&self) -> Option<String> {
        match self {
            ColumnsFound::Found => None,
            ColumnsFound::NotLookedFor => Some(
                "no file has the columns of --columns: none of the inputs is a table of another program"
                    .into(),
            ),
            ColumnsFound::Missing(MissingColumns { path, columns, names, listed }) => {
                let quoted: Vec<String> = columns.iter().map(|name| terminal::quoted(name)).collect();
                let noun = if columns.len() == 1 { "column" } else { "columns" };
                let near = proposal(&columns[0], names.iter().map(String::as_str));
                Some(format!(
                    "no file has the {noun} {} of --columns{near} (columns of {}: {listed})",
                    quoted.join(" and "),
                    terminal::plain(&path.display().to_string()),
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn map(text: &str) -> ColumnMap {
        text.parse().unwrap()
    }

    #[test]
    fn columns_are_found_by_name_in_any_case_and_by_number() {
        let header = ByteRecord::from(vec!["name", " Name ", "Begin, s", "x\"y"]);
        let map = map("task=Name, start=\"begin, s\",end=#4,lane=\"x\"\"y\"");
        let positions: Vec<_> =
            map.positions(&header).map(|(role, position)| (role.key(), position)).collect();
        assert_eq!(positions, [("task", Some(1)), ("start", Some(2)), ("end", Some(3)), ("lane", Some(3))]);
        assert_eq!(map.missing_in(&header), [""; 0]);
        assert_eq!(map.missing_in(&ByteRecord::from(vec!["name"])), ["begin, s", "#4", "x\"y"]);
    }

    #[test]
    fn what_is_no_map_is_refused_with_what_to_write() {
        for (text, message) in [
            ("Name", "`Name` has no `=`: write task=NAME,start=NAME,..."),
            ("task=", "nothing is given for `task`"),
            ("task=a,task=b", "`task` is given twice"),
            ("tsk=a", "unknown key `tsk`; did you mean `task`?"),
            ("task=\"a", "a quote is not closed"),
            ("start=a,end=b,duration=c", "start, end and duration are one too many: leave one out"),
            ("lane=#0", "columns are counted from #1"),
            ("zone=Paris", "unknown zone `Paris`: use a name such as Europe/Paris"),
            ("format=%d.%Q", "invalid format `%d.%Q`: use strftime's letters, such as %d.%m.%Y %H:%M:%S"),
            ("unit=parsec", "unknown unit `parsec`: use ns, us, ms, s, min, h or d"),
        ] {
            assert_eq!(text.parse::<ColumnMap>(), Err(message.to_owned()), "{text}");
        }
    }

    #[test]
    fn maps_are_joined_and_no_key_is_given_twice() {
        let joined =
            |texts: &[&str]| ColumnMap::joined(&texts.iter().map(|text| map(text)).collect::<Vec<_>>());
        assert_eq!(joined(&[]), Ok(ColumnMap::default()));
        assert_eq!(joined(&["task=\"a,b\"", "end=c,unit=ms"]), Ok(map("task=\"a,b\",end=c,unit=ms")));
        assert_eq!(joined(&["task=a", "lane=b,task=a"]), Err("`task` is given twice".into()));
        assert_eq!(joined(&["zone=UTC", "start=a,end=b", "duration=c"]).unwrap_err(), ONE_TOO_MANY);
    }

    #[test]
    fn a_map_of_a_header_that_is_copied_from_a_message_is_read() {
        let names = ["a,b", "c\"d", "#e", "f=g", "", "it's", "\u{1b}[31m", "plain name"];
        let header = ByteRecord::from(names.to_vec());
        for (position, name) in names.into_iter().enumerate() {
            let map = map(&format!("task={}", written(&header, position)));
            let found: Vec<_> = map.positions(&header).collect();
            assert_eq!(found, [(Role::Task, Some(position))], "{name}");
        }
    }
}
