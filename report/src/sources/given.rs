//! Given attributes: those of attribute files, on their way to the rows of record files.
//!
//! A row is known by its file and the offset of its first byte; the digits of its start prove that it is still the same
//! row. Takes attributes in any order, gives each record file those of its rows, and counts what no row took. Must not
//! know how files are read.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rayon::prelude::*;
use recorder::format::{Content, FileName};

use super::cpu;
use super::named;
use crate::model::{Dictionary, Rows};
use crate::text::{Problems, units};

/// Whether a file has the name that a recorder gives its attribute files.
pub(super) fn is_attribute_file(path: &Path) -> bool {
    named::name(path).is_some_and(|name| name.content == Content::Attributes)
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

    /// Each with its row, in the order of the record files and then of the lines: lane, part, offset, nanoseconds, name
    /// and value.
    pub(super) fn listed(&self) -> Vec<(u32, u32, u64, u32, String, String)> {
        let of_file = |&((lane, part), ref of): &((u32, u32), OfFile)| {
            let entry = |entry: usize| {
                let Entry { at, fraction_ns, name, .. } = of.entries[entry];
                let (name, value) = (of.names.text(name).to_owned(), of.value(entry).to_owned());
                (lane, part, at, fraction_ns, name, value)
            };
            (0..of.entries.len()).map(entry).collect::<Vec<_>>()
        };
        self.files.iter().flat_map(of_file).collect()
    }
}

/// The attributes of an attribute file, and its name.
pub(super) struct GivenBy {
    pub(super) path: PathBuf,
    /// Whether it was read only for the rows of files that are read: others are not reported.
    pub(super) is_added: bool,
    pub(super) given: Given,
}

/// The attributes of all attribute files.
#[derive(Default)]
pub(super) struct AllGiven {
    /// By the record file that has their rows, until that is read.
    files: Mutex<HashMap<PathBuf, OfFile>>,
    /// The number of those that no row took, by record file.
    lost: Mutex<BTreeMap<PathBuf, u64>>,
    /// Those of record files that are not read.
    others: Vec<Other>,
}

/// A number of attributes from one file, of rows in a record file that is not read.
struct Other {
    given_by: PathBuf,
    record_file: RecordFile,
    count: u64,
}

/// What an attribute says of its record file, and what its own file adds: the directory and the process.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct RecordFile {
    directory: PathBuf,
    process: String,
    lane: u32,
    part: u32,
}

impl RecordFile {
    fn new(path: &Path, name: &FileName, lane: u32, part: u32) -> RecordFile {
        let directory = path.parent().unwrap_or(Path::new("")).to_owned();
        RecordFile { directory, process: named::identity(name), lane, part }
    }

    fn has(&self, name: &FileName) -> bool {
        let is_records = name.content == Content::Records;
        is_records
            && (name.lane, name.part) == (self.lane, self.part)
            && named::identity(name) == self.process
    }
}

/// A record file that may have the rows of attributes.
struct Known<'a> {
    path: &'a Path,
    thread: String,
    is_read: bool,
}

impl AllGiven {
    /// Puts the attributes of some files together, given in any order. `record_files` are those that will be read,
    /// `unread` are others of the same processes.
    pub(super) fn of<'a>(
        read: Vec<GivenBy>,
        record_files: impl Iterator<Item = &'a Path>,
        unread: &'a [PathBuf],
    ) -> AllGiven {
        let mut files: HashMap<PathBuf, OfFile> = HashMap::new();
        let mut others = Vec::new();
        if read.is_empty() {
            return AllGiven::default();
        }
        let mut known: HashMap<RecordFile, Vec<Known<'a>>> = HashMap::new();
        let unread = unread.iter().map(|path| (path.as_path(), false));
        for (path, is_read) in record_files.map(|path| (path, true)).chain(unread) {
            if let Some(name) = named::name(path).filter(|name| name.content == Content::Records) {
                let key = RecordFile::new(path, &name, name.lane, name.part);
                known.entry(key).or_default().push(Known { path, thread: name.thread, is_read });
            }
        }
        known.values_mut().for_each(|files| files.sort_by_key(|file| file.path));
        let named = |given: GivenBy| Some((named::name(&given.path)?, given));
        let mut read: Vec<(FileName, GivenBy)> = read.into_iter().filter_map(named).collect();
        // Two threads may have given a span the same name: then the order of the files decides.
        read.sort_by(|(one, by), (other, by_other)| {
            (one.lane, one.part, &by.path).cmp(&(other.lane, other.part, &by_other.path))
        });
        for (name, GivenBy { path, is_added, given }) in read {
            for ((lane, part), of) in given.files {
                let record_file = RecordFile::new(&path, &name, lane, part);
                // Several programs of one process may have used the same numbers, for threads of different names.
                let files_of_row = known.get(&record_file).map_or(&[][..], Vec::as_slice);
                let same_thread = files_of_row.iter().find(|file| file.thread == name.thread);
                match same_thread.or(files_of_row.first()) {
                    Some(file) if file.is_read => {
                        files.entry(file.path.to_owned()).or_default().append(of);
                    }
                    None if !is_added => {
                        let (given_by, count) = (path.clone(), of.entries.len() as u64);
                        others.push(Other { given_by, record_file, count });
                    }
                    Some(_) | None => {}
                }
            }
        }
        files.par_iter_mut().for_each(|(_, of)| of.sort());
        AllGiven { files: Mutex::new(files), lost: Mutex::default(), others }
    }

    /// Runs `read` with those of a file's rows, which are gone then. So a lane's attributes are here or in its rows.
    pub(super) fn with<R>(&self, path: &Path, read: impl FnOnce(Option<&OfFile>) -> R) -> R {
        let of = locked(&self.files).remove(path);
        let read = read(of.as_ref());
        if let Some(of) = of {
            let lost = of.entries.len() as u64 - of.taken.load(Ordering::Relaxed);
            locked(&self.lost).insert(path.to_owned(), lost);
        }
        read
    }

    /// Reports those that no row took. `has_beside` tells whether the directory of an attribute file, given by its
    /// name, has a record file that is not read: one that is a copy, that was not asked for, or that is younger than
    /// the list of files.
    pub(super) fn report_lost(
        &self,
        has_beside: impl Fn(&Path, &dyn Fn(&FileName) -> bool) -> bool,
        problems: &mut Problems,
    ) {
        let attributes = |count| units::counted(count, "attribute");
        for (path, &lost) in locked(&self.lost).iter().filter(|(_, lost)| **lost > 0) {
            problems.add(path, None, format!("{} of its rows {CHANGED}", attributes(lost)));
        }
        for Other { given_by, record_file, count } in &self.others {
            if !has_beside(given_by, &|name| record_file.has(name)) {
                let RecordFile { process, lane, part, .. } = record_file;
                let message = format!(
                    "{} not shown: of rows in {process}.{lane}-<thread>.{part}.csv, which is not there",
                    attributes(*count)
                );
                problems.add(given_by, None, message);
            }
        }
    }
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

const CHANGED: &str = "not shown: these rows are not where the attributes say. An edited, joined or shortened file loses its \
                       attributes";

/// The attributes of one record file's rows, sorted by row. Of one row, the last of a name counts.
#[derive(Default)]
pub(super) struct OfFile {
    entries: Vec<Entry>,
    names: Dictionary,
    /// The values, in the order of the entries.
    text: String,
    /// Number of those that rows have taken.
    taken: AtomicU64,
}

/// Costs 24 bytes, and those of the value.
#[derive(Clone, Copy)]
struct Entry {
    at: u64,
    fraction_ns: u32,
    /// Id of the name.
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

    /// The id of a name. In most programs, names come again in the same order.
    fn name(&mut self, name: &str) -> u32 {
        let next = self.entries.last().map_or(0, |last| last.name + 1);
        let likely = if (next as usize) < self.names.len() { next } else { 0 };
        let is_it = self.names.len() > 0 && self.names.text(likely) == name;
        if is_it { likely } else { self.names.id(name) }
    }

    fn value(&self, entry: usize) -> &str {
        let start = entry.checked_sub(1).map_or(0, |before| self.entries[before].value_end);
        &self.text[start..self.entries[entry].value_end]
    }

    fn append(&mut self, later: OfFile) {
        if self.entries.is_empty() {
            *self = later;
            return;
        }
        for entry in 0..later.entries.len() {
            let Entry { at, fraction_ns, name, .. } = later.entries[entry];
            let row = Row { lane: 0, part: 0, at, fraction_ns };
            self.push(row, later.names.text(name), later.value(entry));
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

    /// Notes the attributes of the row that begins at an offset, behind those before it. `index` is its index among the
    /// rows of the file or the chunk.
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
            let name = of.names.text(of.entries[entry as usize].name);
            cpu::attach(rows, index as usize, name, of.value(entry as usize));
        }
    }
}
