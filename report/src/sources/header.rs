//! Headers: the columns of a file and their positions.
//!
//! A column is found by its name in any case, with or without spaces around it. If several have the name, the first
//! counts. Knows no format.

use std::collections::HashMap;
use std::fmt;

use csv::ByteRecord;

/// The columns of a format's header line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    /// All columns in the format's order, the needed ones first.
    pub(super) names: &'static [&'static str],
    /// Number of columns that a file needs.
    pub(super) needed: usize,
}

impl Columns {
    /// Whether a header has all needed columns.
    pub(super) fn suffice_in(&self, header: &ByteRecord) -> bool {
        self.needed().iter().all(|name| position(header, name).is_some())
    }

    /// Whether a header has all columns of the format.
    pub(super) fn are_all_in(&self, header: &ByteRecord) -> bool {
        self.names.iter().all(|name| position(header, name).is_some())
    }

    /// The needed columns that a header lacks. `None` when it has fewer than two of them: then it does not look like a
    /// damaged header of this format.
    pub(super) fn missing_in(&self, header: &ByteRecord) -> Option<Vec<&'static str>> {
        let missing: Vec<_> =
            self.needed().iter().copied().filter(|name| position(header, name).is_none()).collect();
        (self.needed - missing.len() >= 2).then_some(missing)
    }

    /// Number of the format's columns that a header has.
    pub(super) fn count_in(&self, header: &ByteRecord) -> usize {
        self.names.iter().filter(|name| position(header, name).is_some()).count()
    }

    /// The columns of the format that a header has more than once, each with its positions.
    pub(super) fn repeated_in(&self, header: &ByteRecord) -> Vec<(&'static str, Vec<usize>)> {
        (self.names.iter())
            .map(|&name| (name, all_positions(header, name).collect::<Vec<_>>()))
            .filter(|(_, positions)| positions.len() > 1)
            .collect()
    }

    fn needed(&self) -> &'static [&'static str] {
        &self.names[..self.needed]
    }
}

/// `group,task,start,end,color`.
impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names.join(","))
    }
}

/// The columns of a header that are none of `names`: of each name, the first position. A column without a name is
/// called by its number.
pub(super) fn others(header: &ByteRecord, names: &[&str]) -> Vec<(usize, String)> {
    all_others(header, names).into_iter().map(|(name, positions)| (positions[0], name)).collect()
}

/// The names of other columns that a header has more than once, each with its positions.
pub(super) fn repeated_others(header: &ByteRecord, names: &[&str]) -> Vec<(String, Vec<usize>)> {
    all_others(header, names).into_iter().filter(|(_, positions)| positions.len() > 1).collect()
}

fn all_others(header: &ByteRecord, names: &[&str]) -> Vec<(String, Vec<usize>)> {
    let mut others: Vec<(String, Vec<usize>)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (position, field) in header.iter().enumerate() {
        let name = match String::from_utf8_lossy(field.trim_ascii()).into_owned() {
            empty if empty.is_empty() => format!("column {}", position + 1),
            name => name,
        };
        if names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            continue;
        }
        let place = *places.entry(name.clone()).or_insert(others.len());
        if place == others.len() {
            others.push((name, Vec::new()));
        }
        others[place].1.push(position);
    }
    others
}

/// Position of each of `names` in a header.
pub(super) fn positions<const N: usize>(header: &ByteRecord, names: [&str; N]) -> [Option<usize>; N] {
    names.map(|name| position(header, name))
}

fn position(header: &ByteRecord, name: &str) -> Option<usize> {
    all_positions(header, name).next()
}

fn all_positions(header: &ByteRecord, name: &str) -> impl Iterator<Item = usize> {
    let is_named = |field: &[u8]| field.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
    header.iter().enumerate().filter(move |(_, field)| is_named(field)).map(|(position, _)| position)
}

/// `column start is there twice, as columns 3 and 5: column 3 is read`.
pub(super) fn repeated(name: &str, positions: &[usize]) -> String {
    let places: Vec<String> = positions.iter().map(|position| (position + 1).to_string()).collect();
    let times = if let [_, _] = positions { "twice".into() } else { format!("{} times", positions.len()) };
    format!("column {name} is there {times}, as columns {}: column {} is read", all_of(&places), places[0])
}

/// `start`, `start and end`, `task, start and end`.
pub(super) fn all_of(texts: &[impl AsRef<str>]) -> String {
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    match texts.as_slice() {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => texts.concat(),
    }
}
