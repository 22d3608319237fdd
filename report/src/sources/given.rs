//! Given attributes: those of attribute files, on their way to the rows of record files.
//!
//! A row is known by its file and the offset of its first byte; the digits of its start prove that it is still the same
//! row. Takes attributes in any order, gives each record file those of its rows, and counts what no row took. Must not
//! know how files are read.

use std::collections::{BTreeMap, HashMap, btree_map};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use recorder::format::{Content, FileName};

use super::journal;
use crate::model::Rows;
use crate::text::{Problems, units};

/// Whether a file has the name that a recorder gives its attribute files.
pub(super) fn is_attribute_file(path: &Path) -> bool {
    journal::name(path).is_some_and(|name| name.content == Content::Attributes)
}

/// The row of an attribute: in which record file of its process it is, where it begins there, and the fraction of a
/// second of its start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) lane: u32,
    pub(super) part: u32,
    pub(super) at: u64,
    pub(super) fraction_ns: u32,
}

/// The attributes of an attribute file.
#[derive(Default)]
pub(super) struct Given {
    /// By lane and part of the record file that has their rows.
    files: Vec<((u32, u32), OfFile)>,
    places: HashMap<(u32, u32), usize>,
    /// The place of the last one.
    latest: usize,
}

impl Given {
    pub(super) fn push(&mut self, row: Row, name: &str, value: &str) {
        let key = (row.lane, row.part);
        if self.files.get(self.latest).is_none_or(|(latest, _)| *latest != key) {
            self.latest = *self.places.entry(key).or_insert_with(|| {
                self.files.push((key, OfFile::default()));
                self.files.len() - 1
            });
        }
        self.files[self.latest].1.push(row, name, value);
    }

    /// Number of attributes.
    pub(super) fn len(&self) -> usize {
        self.files.iter().map(|(_, of)| of.entries.len()).sum()
    }

    /// Each with its row, in the order of the record files and then of the lines.
    pub(super) fn listed(&self) -> Vec<String> {
        let of_file = |((lane, part), of): &((u32, u32), OfFile)| {
            let entry = |entry: usize| {
                let Entry { at, fraction_ns, name, .. } = of.entries[entry];
                format!(
                    "{lane},{part},{at},{fraction_ns:09},{:?},{:?}",
                    of.names[name as usize],
                    of.value(entry)
                )
            };
            (0..of.entries.len()).map(entry).collect::<Vec<_>>()
        };
        self.files.iter().flat_map(of_file).collect()
    }
}

/// The attributes of all attribute files.
#[derive(Default)]
pub(super) struct AllGiven {
    files: BTreeMap<RecordFile, OfFile>,
}

/// A record file by its directory, process, lane and part.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct RecordFile {
    directory: PathBuf,
    process: String,
    lane: u32,
    part: u32,
}

impl RecordFile {
    /// The one with this name; `None` for a file that no recorder has named.
    fn named(path: &Path) -> Option<RecordFile> {
        let name = journal::name(path).filter(|name| name.content == Content::Records)?;
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        let process = journal::identity(&name);
        Some(RecordFile { directory, process, lane: name.lane, part: name.part })
    }
}

impl AllGiven {
    /// Puts the attributes of some files together. `read` has each file's name and attributes, in any order.
    pub(super) fn of(mut read: Vec<(PathBuf, Given)>) -> AllGiven {
        // Two threads may have given a span the same name: then the order of the files decides.
        read.sort_by_cached_key(|(path, _)| journal::name(path).map(|name| (name.lane, name.part)));
        let mut all = AllGiven::default();
        for (path, given) in read {
            let directory = path.parent().unwrap_or(Path::new(""));
            let process = journal::process(&path).identity;
            for ((lane, part), of) in given.files {
                let (directory, process) = (directory.to_owned(), process.clone());
                let key = RecordFile { directory, process, lane, part };
                match all.files.entry(key) {
                    btree_map::Entry::Vacant(entry) => {
                        entry.insert(OfFile { given_by: path.clone(), ..of });
                    }
                    btree_map::Entry::Occupied(mut entry) => entry.get_mut().append(of),
                }
            }
        }
        all.files.values_mut().for_each(OfFile::sort);
        all
    }

    /// Those of a file's rows.
    pub(super) fn of_file(&self, path: &Path) -> Option<&OfFile> {
        let of = self.files.get(&RecordFile::named(path)?)?;
        let _ = of.path.set(path.to_owned());
        Some(of)
    }

    /// Reports those that no row took. `has_beside` tells whether the directory of an attribute file, given by its name,
    /// has a record file that was not read: one that is a copy, that was not asked for, or that is younger than the list
    /// of files.
    pub(super) fn tell(
        &self,
        has_beside: impl Fn(&Path, &dyn Fn(&FileName) -> bool) -> bool,
        problems: &mut Problems,
    ) {
        for (key, of) in &self.files {
            let lost = of.entries.len() as u64 - of.taken.load(Ordering::Relaxed);
            let lost_ones = units::counted(lost, "attribute");
            let is_it = |name: &FileName| {
                let is_records = name.content == Content::Records;
                is_records
                    && (name.lane, name.part) == (key.lane, key.part)
                    && journal::identity(name) == key.process
            };
            match of.path.get() {
                _ if lost == 0 => {}
                Some(path) => problems.add(path, None, format!("{lost_ones} of its rows {CHANGED}")),
                None if has_beside(&of.given_by, &is_it) => {}
                None => {
                    let message = format!(
                        "{lost_ones} not shown: the record file that has their rows is not there, {}.{}-<thread>.{}.csv",
                        key.process, key.lane, key.part
                    );
                    problems.add(&of.given_by, None, message);
                }
            }
        }
    }
}

const CHANGED: &str = "not shown: these rows are not where the attributes say. An edited, joined or shortened file loses its \
                       attributes";

/// The attributes of one record file's rows, sorted by row. Of one row, the last of a name counts.
#[derive(Default)]
pub(super) struct OfFile {
    entries: Vec<Entry>,
    names: Vec<Box<str>>,
    /// The values, in the order of the entries.
    text: String,
    /// Number of those that rows have taken.
    taken: AtomicU64,
    /// The record file, once it is read.
    path: OnceLock<PathBuf>,
    /// The first of the attribute files.
    given_by: PathBuf,
}

/// Costs 24 bytes, and those of the value.
#[derive(Clone, Copy)]
struct Entry {
    at: u64,
    fraction_ns: u32,
    /// Index into the names.
    name: u32,
    /// Where the value ends in the text. It begins where the one before it ends.
    value_end: usize,
}

impl OfFile {
    fn push(&mut self, row: Row, name: &str, value: &str) {
        let name = self.name(name);
        self.text.push_str(value);
        let value_end = self.text.len();
        self.entries.push(Entry { at: row.at, fraction_ns: row.fraction_ns, name, value_end });
    }

    /// The index of a name. In most programs, names come again in the same order.
    fn name(&mut self, name: &str) -> u32 {
        let after = self.entries.last().map_or(0, |last| last.name as usize + 1);
        let is_it = |place: &usize| *self.names[*place] == *name;
        let likely = [after, 0].into_iter().find(|place| *place < self.names.len() && is_it(place));
        let known = likely.or_else(|| (0..self.names.len()).find(is_it));
        known.unwrap_or_else(|| {
            self.names.push(name.into());
            self.names.len() - 1
        }) as u32
    }

    fn value(&self, entry: usize) -> &str {
        let start = entry.checked_sub(1).map_or(0, |before| self.entries[before].value_end);
        &self.text[start..self.entries[entry].value_end]
    }

    fn append(&mut self, later: OfFile) {
        for entry in 0..later.entries.len() {
            let Entry { at, fraction_ns, name, .. } = later.entries[entry];
            let row = Row { lane: 0, part: 0, at, fraction_ns };
            self.push(row, &later.names[name as usize], later.value(entry));
        }
    }

    /// Sorts by row, and keeps the order of those of one row.
    fn sort(&mut self) {
        if self.entries.is_sorted_by_key(|entry| entry.at) {
            return;
        }
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by_key(|&entry| self.entries[entry].at);
        let mut text = String::with_capacity(self.text.len());
        let sorted = order.into_iter().map(|entry| {
            text.push_str(self.value(entry));
            Entry { value_end: text.len(), ..self.entries[entry] }
        });
        self.entries = sorted.collect();
        self.text = text;
    }
}

/// Goes along the rows of a record file, or of a chunk of it, and finds their attributes.
pub(super) struct Finder<'a> {
    of: Option<&'a OfFile>,
    /// The entry of the next row that has one.
    next: usize,
    /// Rows by their index, and their entries.
    found: Vec<(u32, u32)>,
}

impl<'a> Finder<'a> {
    /// Begins at an offset in the file.
    pub(super) fn new(of: Option<&'a OfFile>, at: u64) -> Finder<'a> {
        let next = of.map_or(0, |of| of.entries.partition_point(|entry| entry.at < at));
        Finder { of, next, found: Vec::new() }
    }

    /// Notes the attributes of the row that begins at an offset, behind those before it. `index` is its index among the rows
    /// of the file or the chunk.
    #[inline]
    pub(super) fn row(&mut self, at: u64, start_ns: i64, index: usize) {
        if let Some(of) = self.of
            && of.entries.get(self.next).is_some_and(|entry| entry.at <= at)
        {
            self.find(of, at, start_ns, index);
        }
    }

    fn find(&mut self, of: &OfFile, at: u64, start_ns: i64, index: usize) {
        while let Some(entry) = of.entries.get(self.next).filter(|entry| entry.at <= at) {
            if entry.at == at && i64::from(entry.fraction_ns) == start_ns.rem_euclid(1_000_000_000) {
                self.found.push((index as u32, self.next as u32));
            }
            self.next += 1;
        }
    }

    /// Adds what was found in the chunk after this one, whose first row has the index `rows` here.
    pub(super) fn join(&mut self, later: Finder<'_>, rows: usize) {
        self.found.extend(later.found.into_iter().map(|(index, entry)| (index + rows as u32, entry)));
    }

    /// Gives all rows of the file what was found for them.
    pub(super) fn attach(self, rows: &mut Rows) {
        let Some(of) = self.of else { return };
        of.taken.fetch_add(self.found.len() as u64, Ordering::Relaxed);
        for (index, entry) in self.found {
            let name = &of.names[of.entries[entry as usize].name as usize];
            rows.attach(index as usize, name, of.value(entry as usize));
        }
    }
}
