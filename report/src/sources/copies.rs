//! Copies: which files have the rows of another one.
//!
//! Checkpoints, sync conflicts, backup folders and hard links would make every figure twice as large. Takes found
//! files; gives those to read, and a problem that names both files for each that is left out. A file is a copy if it is
//! the same file under another name, or if it begins with the other's first row and most of its rows are there too,
//! with the same ends. That is certain with two rows whose times have fractions of a second, or with one row if the
//! name is that of a copy. A file whose rows are all in another one, but which proves neither, is read and reported. A
//! file without rows is nobody's copy; neither is a file of attributes, which follow the rows of its directory. Reads
//! the beginning of every file, and the whole of those that begin alike.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use rayon::prelude::*;

use super::finding::{File, Files};
use super::given::{self, AllGiven};
use super::named;
use super::options::{Options, Way};
use super::part::{Content, Found, Part};
use super::progress::Progress;
use super::reading::read_file;
use crate::model::Time;
use crate::text::{Problems, units};

/// How much of a file is read to find its first row: the first length is enough for nearly every file. Blank lines and
/// refused rows may come before that row.
const BEGINNINGS: [u64; 3] = [8 << 10, 800 << 10, u64::MAX];
const BEGINNING: Way = Way { buffer_bytes: BEGINNINGS[0] as usize, chunk_bytes: u64::MAX, is_strict: true };

impl Files {
    /// Leaves out copies. Costs the opening of each file.
    pub(crate) fn without_copies(mut self, options: &Options) -> Files {
        let files: Vec<&File> = self.units.iter().flatten().collect();
        if files.len() < 2 {
            return self;
        }
        let mut copies: HashSet<&Path> = leave_out_links(&files, &mut self.problems);
        let has_rows = |file: &&File| !copies.contains(&*file.name) && !given::is_attribute_file(&file.name);
        for alike in alike(files.into_iter().filter(has_rows).collect(), options) {
            copies.extend(leave_out_copies(alike, options, &mut self.problems));
        }
        let copies: HashSet<_> = copies.into_iter().map(Path::to_owned).collect();
        for unit in &mut self.units {
            unit.retain(|file| !copies.contains(&file.name));
        }
        self.units.retain(|unit| !unit.is_empty());
        self
    }
}

/// Leaves out all but the first name of each file.
fn leave_out_links<'a>(files: &[&'a File], problems: &mut Problems) -> HashSet<&'a Path> {
    let mut first_of: HashMap<(u64, u64), &Path> = HashMap::new();
    let mut links = HashSet::new();
    for file in files {
        let Some(inode) = file.linked() else { continue };
        let first = *first_of.entry(inode).or_insert(&file.name);
        if first != file.name {
            let message =
                format!("skipped: another name of the same file as {} (a hard link)", first.display());
            if !file.is_added {
                problems.add(&file.name, None, message);
            }
            links.insert(&*file.name);
        }
    }
    links
}

/// The files that have their first row in common, in groups of two or more.
fn alike<'a>(files: Vec<&'a File>, options: &Options) -> Vec<Vec<&'a File>> {
    let first_rows: Vec<_> = files.par_iter().map(|file| first_row(file, options)).collect();
    let mut groups: BTreeMap<(i64, Name), Vec<&File>> = BTreeMap::new();
    for (file, first_row) in files.into_iter().zip(first_rows) {
        if let Some(first_row) = first_row {
            groups.entry(first_row).or_default().push(file);
        }
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

fn first_row(file: &File, options: &Options) -> Option<(i64, Name)> {
    let mut read = 0;
    BEGINNINGS.into_iter().find_map(|bytes| {
        if read >= file.length() {
            return None;
        }
        read = bytes;
        let tables = tables(&file.beginning(bytes), BEGINNING, options);
        let (names, rows) = tables.iter().find(|(_, rows)| !rows.is_empty())?;
        Some((rows[0].start_ns, names[rows[0].name].clone()))
    })
}

/// Of files that begin alike, leaves out the copies of others. Keeps the one with the most rows.
fn leave_out_copies<'a>(alike: Vec<&'a File>, options: &Options, problems: &mut Problems) -> Vec<&'a Path> {
    let mut names = HashMap::new();
    let mut read: Vec<Rows<'a>> = alike.into_iter().map(|file| Rows::of(file, options, &mut names)).collect();
    read.sort_by_cached_key(Rows::rank);
    let mut kept: Vec<Rows<'a>> = Vec::new();
    let mut copies = Vec::new();
    for rows in read {
        let found = kept.iter().find_map(|other| Some((other, rows.as_copy_of(other)?)));
        match found {
            None => kept.push(rows),
            Some((other, Copy { is_certain, missing })) => {
                let (file, of) = (&*rows.file.name, other.file.name.display());
                let message = match (is_certain, missing) {
                    (true, 0) => format!("skipped: a copy of {of}, which has all of its rows"),
                    (true, missing) => {
                        let rows = units::counted(missing, "row");
                        format!(
                            "skipped: a copy of {of}, except for {rows}: to see them, read this file alone"
                        )
                    }
                    (false, _) => {
                        format!("may be a copy of {of}, which has all of its rows, too: if it is, remove one")
                    }
                };
                problems.add(file, None, message);
                if is_certain {
                    copies.push(file);
                } else {
                    kept.push(rows);
                }
            }
        }
    }
    copies
}

struct Rows<'a> {
    file: &'a File,
    /// Sorted.
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    start_ns: i64,
    /// Index of the name.
    name: usize,
    /// The end of a span in ns, or the bits of a sample's value. `None` for an unfinished span.
    end: Option<i64>,
    /// Whether its start or end has a fraction of a second.
    has_fraction: bool,
}

struct Copy {
    is_certain: bool,
    /// Number of rows that are not in the other file.
    missing: u64,
}

impl Rows<'_> {
    fn of<'a>(file: &'a File, options: &Options, known: &mut HashMap<Name, usize>) -> Rows<'a> {
        let mut rows = Vec::new();
        for (names, of_part) in tables(file, Way::FAST, options) {
            let mut number = |name| {
                let next = known.len();
                *known.entry(name).or_insert(next)
            };
            let numbers: Vec<usize> = names.into_iter().map(&mut number).collect();
            rows.extend(of_part.into_iter().map(|row| Row { name: numbers[row.name], ..row }));
        }
        rows.sort_unstable();
        Rows { file, rows }
    }

    /// Sorts the file that is to be read before its copies.
    fn rank(&self) -> impl Ord + use<> {
        let name = &self.file.name;
        let is_foreign = named::name(name).is_none();
        let finished = self.rows.iter().filter(|row| row.end.is_some()).count();
        let rows = (Reverse(self.rows.len()), Reverse(finished));
        (rows, original(name).1, is_foreign, name.components().count(), name.clone())
    }

    /// What makes this a copy of a file that has the same first row and at least as many rows. `None` if nothing does.
    fn as_copy_of(&self, other: &Rows<'_>) -> Option<Copy> {
        let (mut shared, mut exact) = (0, 0);
        let mut others = &other.rows[..];
        let key = |row: &Row| (row.start_ns, row.name);
        for own in self.rows.chunk_by(|one, next| key(one) == key(next)) {
            others = &others[others.partition_point(|other| key(other) < key(&own[0]))..];
            let alike = &others[..others.partition_point(|other| key(other) == key(&own[0]))];
            let count = in_common(own, alike);
            shared += count;
            exact += own.iter().filter(|row| row.has_fraction).count().min(count);
        }
        let missing = self.rows.len() - shared;
        let is_certain = (exact >= 2 || self.is_named_like(other)) && shared > missing;
        (is_certain || missing == 0).then_some(Copy { is_certain, missing: missing as u64 })
    }

    /// Whether one name is that of a copy of the other, or both are of one recorder's file in two directories.
    fn is_named_like(&self, other: &Rows<'_>) -> bool {
        let (name, is_copy) = original(&self.file.name);
        let (other_name, is_other_copy) = original(&other.file.name);
        name == other_name && (is_copy || is_other_copy || named::name(&self.file.name).is_some())
    }
}

/// How many of some rows are among others of the same start and name, all sorted by their ends: those that end alike,
/// and those that were not finished yet in one of the files.
fn in_common(own: &[Row], others: &[Row]) -> usize {
    let mut left = others.iter().map(|other| other.end).peekable();
    let is_alike = |row: &&Row| {
        while left.next_if(|end| *end < row.end).is_some() {}
        left.next_if_eq(&row.end).is_some()
    };
    let alike = own.iter().filter(is_alike).count();
    // Of the unfinished ones, only one of the files has any left.
    let unfinished = |rows: &[Row]| rows.iter().filter(|row| row.end.is_none()).count();
    let grown = unfinished(own).abs_diff(unfinished(others));
    alike + grown.min(own.len() - alike).min(others.len() - alike)
}

/// What a row is called: the pid and the thread where rows name them, the group, the task or counter.
type Name = (Option<u32>, String, String, String);

/// Names, and rows by the index of their name.
type Table = (Vec<Name>, Vec<Row>);

/// The rows of each part of a file, in its order. What cannot be read is reported when the file is read for good.
fn tables(file: &File, way: Way, options: &Options) -> Vec<Table> {
    match read_file(file, way, options, &AllGiven::default(), &Progress::default(), &mut Problems::new())
        .found
    {
        Some(Found::Parts(parts, _)) => parts.into_iter().map(table).collect(),
        Some(Found::Summary(_) | Found::Refused) | None => Vec::new(),
    }
}

fn table(Part { process, content, .. }: Part) -> Table {
    let (pid, thread, rows) = match content {
        Content::Attributes(_) | Content::Profile(..) | Content::Timings(_) => return Table::default(),
        Content::Lane(_, rows) => (None, String::new(), rows),
        Content::SpreadLane(lane, rows) => (process.pid, lane.thread, rows),
        Content::Samples(rows) => {
            let mut table = Table::default();
            for (group, counter, samples) in rows.into_series() {
                let name = table.0.len();
                table.0.push((None, String::new(), group, counter));
                table.1.extend(samples.iter().map(|(time, value)| {
                    let (start_ns, end) = (time.ns(), Some(value.to_bits().cast_signed()));
                    Row { start_ns, name, end, has_fraction: has_fraction(start_ns) }
                }));
            }
            return table;
        }
    };
    let name = |id| rows.keys.name(id).to_owned();
    let names = rows.keys.all().iter().map(|key| (pid, thread.clone(), name(key.group), name(key.task)));
    let spans = rows.iter().map(|span| {
        let (start_ns, end) = (span.start.ns(), span.end.map(Time::ns));
        let has_fraction = has_fraction(start_ns) || end.is_some_and(has_fraction);
        Row { start_ns, name: span.key.index(), end, has_fraction }
    });
    (names.collect(), spans.collect())
}

fn has_fraction(ns: i64) -> bool {
    ns % 1_000_000_000 != 0
}

/// A mark that programs add to the name of a copy, in lower case, and whether a text may follow it.
type Mark = (&'static str, fn(&str) -> bool);

const MARKS: [Mark; 6] = [
    ("-checkpoint", str::is_empty),
    (".sync-conflict-", |_| true),
    (" (conflicted copy", |_| true),
    (" (", |rest| rest.strip_suffix(')').is_some_and(is_number)),
    (" - copy", |rest| rest.is_empty() || rest.starts_with(" (")),
    (" copy", |rest| rest.is_empty() || rest.strip_prefix(' ').is_some_and(is_number)),
];

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The name of which a name is that of a copy, as editors, desktops and programs that keep folders in step give them;
/// in lower case, without its ending. And whether it is one.
fn original(path: &Path) -> (String, bool) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    let stem = name.strip_suffix(".gz").unwrap_or(&name);
    let stem = stem.strip_suffix(".csv").unwrap_or(stem);
    let unmarked = stem.strip_prefix("copy of ").or_else(|| {
        let cut = |(mark, may_follow): &Mark| {
            let (before, rest) = stem.rsplit_once(mark)?;
            (!before.is_empty() && may_follow(rest)).then_some(before)
        };
        MARKS.iter().find_map(cut)
    });
    (unmarked.unwrap_or(stem).to_owned(), unmarked.is_some())
}
