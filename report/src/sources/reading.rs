//! Reading: from files to the rows of whole lanes, in parallel.
//!
//! Takes files and a function; gives the function's result for each lane, the samples of counters and the summaries.
//! They are in the order of the files, whatever the number of threads. Reads the files of one lane one after another,
//! all others at the same time.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use recorder::format::FileName;

use super::axis::{self, Axis, FileClock, Placed, Shifts};
use super::detection::{Detected, detect};
use super::finding::{File, Files};
use super::format::{Clock, Format};
use super::given::{self, AllGiven, GivenBy};
use super::named;
use super::options::{Options, Way};
use super::part::{Content, Found, LaneRows, Origin, Part, Stopped};
use super::progress::Progress;
use super::source::Source;
use super::table::columns::ColumnsFound;
use crate::model::union;
use crate::model::{self, LaneIdentity, ProcessIdentity, Rows, SampleRows, Summary};
use crate::text::Problems;

#[derive(Debug)]
pub(crate) struct Read<T> {
    /// The function's result for each lane, in the order of the files.
    pub(crate) lanes: Vec<T>,
    /// The samples of each file with counters.
    pub(crate) samples: Vec<(ProcessIdentity, SampleRows)>,
    /// What has no time: profiles and timings.
    pub(crate) timeless: Summary,
    /// The summaries, each with the name of its file.
    pub(crate) summaries: Vec<(PathBuf, Summary)>,
    pub(crate) problems: Problems,
    /// Number of spans without an offset from UTC, for which one was assumed.
    pub(crate) assumed: u64,
    /// Number of counter samples without an offset from UTC.
    pub(crate) assumed_samples: u64,
    /// What is known of the clock of each file with times, in the order of the files.
    pub(crate) clocks: Vec<FileClock>,
    /// The clock by which these are drawn; `None` if none has times.
    pub(crate) clock: Option<model::Clock>,
    /// By how much each file was moved.
    pub(crate) shifts: Shifts,
    /// Whether the columns that the user named were found.
    pub(crate) columns: ColumnsFound,
    /// Number of files of a known format, including empty journals.
    pub(crate) readable: usize,
    /// Number of those that were read to their end.
    pub(crate) whole: usize,
    /// Number of files of which a row or a summary was read.
    pub(crate) filled: usize,
    /// Number of files of a known format of which every row was refused.
    pub(crate) refused: usize,
}

impl<T> Read<T> {
    fn new(problems: Problems) -> Read<T> {
        Read {
            lanes: Vec::new(),
            samples: Vec::new(),
            timeless: Summary::new(),
            summaries: Vec::new(),
            problems,
            assumed: 0,
            assumed_samples: 0,
            clocks: Vec::new(),
            clock: None,
            shifts: Shifts::default(),
            columns: ColumnsFound::default(),
            readable: 0,
            whole: 0,
            filled: 0,
            refused: 0,
        }
    }

    fn append(&mut self, other: Read<T>) {
        self.lanes.extend(other.lanes);
        self.samples.extend(other.samples);
        self.timeless.merge(other.timeless);
        self.summaries.extend(other.summaries);
        self.problems.merge(other.problems);
        self.assumed += other.assumed;
        self.assumed_samples += other.assumed_samples;
        self.clocks.extend(other.clocks);
        self.columns.join(other.columns);
        self.readable += other.readable;
        self.whole += other.whole;
        self.filled += other.filled;
        self.refused += other.refused;
    }

    /// The name of a summary among these with the figures of the `next` one. Then both are of one file and its copy.
    fn equal_summary(&self, next: &Summary) -> Option<&Path> {
        self.summaries.iter().find(|(_, summary)| summary.equals(next)).map(|(name, _)| &**name)
    }
}

impl Files {
    /// Reads the files in parallel. Passes the rows of each file to `declare`, with its name, and each lane to `take`
    /// on any thread, as soon as all of its rows are there; only `take` can keep the rows. Does not read files of a
    /// single lane that `wanted` rejects. Moves the files as `axis` says; or as far as they were moved before, if that
    /// is given, as it must be if `axis` aligns inputs. A second call reads no further than the first, but sees what a
    /// program has filled in since.
    pub(crate) fn read<'a, T: Send>(
        &'a self,
        options: &Options,
        axis: &Axis,
        known: Option<&Shifts>,
        wanted: impl Fn(&LaneIdentity) -> bool + Sync,
        declare: impl Fn(&Path, &mut Rows) + Sync,
        take: impl Fn(LaneRows) -> T + Sync,
    ) -> Read<T> {
        let is_wanted = |unit: &&Vec<File>| {
            let is_journal = unit.iter().any(|file| named::name(&file.name).is_some());
            !is_journal || unit.iter().any(|file| wanted(&named::lane(&file.name)))
        };
        let is_of_attributes =
            |unit: &&Vec<File>| unit.iter().any(|file| given::is_attribute_file(&file.name));
        let (givers, units): (Vec<_>, Vec<_>) = self.units.iter().partition(is_of_attributes);
        let units: Vec<_> = units.into_iter().filter(is_wanted).collect();
        self.progress.will_read(givers.iter().chain(&units).copied().flatten().map(File::length).sum());
        let read_all = |units: Vec<&'a Vec<File>>, given: &AllGiven| -> Vec<Unit<'a, T>> {
            let shift = |name: &Path, extent_ns| {
                known.map_or_else(|| axis.offset_of(name, extent_ns), |known| known.of_file(name))
            };
            let how = How { options, given, progress: &self.progress, can_float: known.is_none() };
            let read = |unit: &'a Vec<File>| read_unit(unit, &how, shift, &declare, &take);
            units.into_par_iter().map(read).collect()
        };
        let mut read = read_all(givers, &AllGiven::default());
        let given = read.iter_mut().flat_map(|unit| std::mem::take(&mut unit.given)).collect();
        let record_files = units.iter().copied().flatten().map(|file| &*file.name);
        let given = AllGiven::of(given, record_files, &self.unread);
        read.extend(read_all(units, &given));
        let mut all = Read::new(self.problems.clone());
        let mut spread: Vec<LaneRows> = Vec::new();
        let mut floating: Vec<(&File, Vec<Part>)> = Vec::new();
        for unit in read {
            if let [(name, summary)] = &*unit.read.summaries
                && let Some(first) = all.equal_summary(summary)
            {
                let message = format!("skipped: a copy of {}, which has the same lanes", first.display());
                all.problems.add(name, None, message);
                continue;
            }
            all.append(unit.read);
            spread.extend(unit.spread);
            floating.extend(unit.floating);
        }
        let by_wall = all.summaries.iter().filter(|(_, summary)| summary.clock() != Some(model::Clock::Own));
        let start_ns = by_wall.filter_map(|(_, summary)| Some(summary.extent_ns()?.0)).min();
        all.shifts = Shifts::of(&mut all.clocks, start_ns, axis, &mut all.problems);
        all.clock = axis::clock_of(&all.clocks, start_ns.is_some());
        let (mut floated, mut whole) = (Unit::new(), Vec::new());
        for (file, parts) in floating {
            let shift_ns = all.shifts.of_file(&file.name);
            for mut part in parts {
                part.content.shift(shift_ns);
                floated.add(file, part, &mut whole);
            }
        }
        all.append(floated.read);
        spread.extend(whole.into_iter().chain(floated.spread));
        let file_named = |name: &Path| self.units.iter().flatten().find(|file| *file.name == *name);
        let has_beside = |name: &Path, is_it: &dyn Fn(&FileName) -> bool| {
            file_named(name).is_some_and(|file| file.has_beside(is_it))
        };
        given.report_lost(has_beside, &mut all.problems);
        let spread: Vec<T> = joined(spread).into_par_iter().map(&take).collect();
        all.lanes.extend(spread);
        all
    }
}

/// The results for files that belong together.
struct Unit<'a, T> {
    read: Read<T>,
    /// Parts of lanes that may continue in other units.
    spread: Vec<LaneRows>,
    /// The parts of files with an origin of their own, until all others are read. Their times are not moved yet.
    floating: Vec<(&'a File, Vec<Part>)>,
    /// Attributes of rows in other units.
    given: Vec<GivenBy>,
}

/// How the files of units are read.
struct How<'a> {
    options: &'a Options,
    given: &'a AllGiven,
    progress: &'a Progress,
    /// Whether files with an origin of their own wait for all others.
    can_float: bool,
}

/// Reads files that belong together, one after another.
fn read_unit<'a, T>(
    files: &'a [File],
    how: &How<'_>,
    shift: impl Fn(&Path, Option<(i64, i64)>) -> i64,
    declare: impl Fn(&Path, &mut Rows),
    take: impl Fn(LaneRows) -> T,
) -> Unit<'a, T> {
    let &How { options, given, progress, can_float } = how;
    let mut unit = Unit::new();
    let mut whole: Vec<LaneRows> = Vec::new();
    for file in files {
        let mut problems = Problems::new();
        let mut read = read_file(file, options.way, options, given, progress, &mut problems);
        let found = read.found.take();
        unit.read.columns.join(std::mem::take(&mut read.columns));
        if !file.is_added {
            unit.read.problems.merge(problems);
            unit.read.readable += usize::from(found.is_some());
            unit.read.whole += usize::from(read.is_whole);
        }
        match found {
            Some(found @ Found::Parts(..)) if found.is_empty() && read.facts.is_empty() => {}
            Some(Found::Parts(mut parts, origin)) => {
                let is_rows = |part: &Part| !matches!(part.content, Content::Attributes(_));
                unit.read.filled += usize::from(parts.iter().any(is_rows));
                let extents_ns = parts.iter().filter_map(|part| part.content.extent_ns());
                let extent_ns = extents_ns.reduce(union);
                if parts.iter().any(is_rows) {
                    unit.read.clocks.push(read.clock(file, origin, extent_ns));
                }
                for part in &mut parts {
                    if let Content::Lane(_, rows) | Content::SpreadLane(_, rows) = &mut part.content {
                        declare(&file.name, rows);
                    }
                    progress.did_read_rows(if is_rows(part) { part.content.len() } else { 0 });
                }
                if can_float && matches!(origin, Origin::Own { .. }) {
                    unit.floating.push((file, parts));
                    continue;
                }
                let shift_ns = shift(&file.name, extent_ns);
                for mut part in parts {
                    if shift_ns != 0 {
                        part.content.shift(shift_ns);
                    }
                    unit.add(file, part, &mut whole);
                }
            }
            Some(Found::Summary(summary)) => {
                unit.read.filled += 1;
                unit.read.summaries.push((file.name.clone(), *summary));
            }
            Some(Found::Refused) => unit.read.refused += usize::from(!file.is_added),
            None => {}
        }
    }
    unit.read.lanes = joined(whole).into_iter().map(take).collect();
    unit
}

impl<T> Unit<'_, T> {
    /// The results for no file.
    fn new() -> Self {
        Unit { read: Read::new(Problems::new()), spread: Vec::new(), floating: Vec::new(), given: Vec::new() }
    }

    /// Adds a part of a file. Puts it into `whole` if no files but these contain its lane.
    fn add(&mut self, file: &File, part: Part, whole: &mut Vec<LaneRows>) {
        let Part { process, content, assumed } = part;
        match content {
            Content::Attributes(given) => {
                self.given.push(GivenBy { path: file.name.clone(), is_added: file.is_added, given });
            }
            Content::Samples(rows) => {
                self.read.assumed_samples += assumed;
                self.read.samples.push((process, rows));
            }
            Content::Lane(lane, rows) => {
                self.read.assumed += assumed;
                whole.push(LaneRows { process, lane, rows });
            }
            Content::SpreadLane(lane, rows) => {
                self.read.assumed += assumed;
                self.spread.push(LaneRows { process, lane, rows });
            }
            timeless => self.read.timeless.merge(timeless.timeless(&file.name).unwrap_or_default()),
        }
    }
}

/// Joins the rows of each lane, in the order in which lanes appear. Omits lanes without rows.
fn joined(parts: Vec<LaneRows>) -> Vec<LaneRows> {
    let mut lanes: Vec<LaneRows> = Vec::new();
    let mut places: HashMap<(ProcessIdentity, LaneIdentity), usize> = HashMap::new();
    for part in parts.into_iter().filter(|part| !part.rows.is_empty()) {
        match places.entry((part.process.clone(), part.lane.clone())) {
            Entry::Occupied(place) => lanes[*place.get()].rows.append(part.rows),
            Entry::Vacant(place) => {
                place.insert(lanes.len());
                lanes.push(part);
            }
        }
    }
    lanes
}

/// A file that was read.
pub(super) struct ReadFile {
    /// Its content; `None` if its format is unknown.
    pub(super) found: Option<Found>,
    /// The name of its format; empty if that is unknown.
    pub(super) format: &'static str,
    /// Whether its times are local ones, of which some have no offset.
    pub(super) is_local: bool,
    /// What its reader says of it, in sentences.
    pub(super) facts: Vec<String>,
    /// Whether its format is known, and it was read to its end.
    is_whole: bool,
    columns: ColumnsFound,
}

impl ReadFile {
    /// What is known of its clock before it is placed on the axis.
    fn clock(&self, file: &File, origin: Origin, extent_ns: Option<(i64, i64)>) -> FileClock {
        FileClock {
            name: file.name.clone(),
            input: file.input,
            format: self.format,
            origin,
            is_local: self.is_local,
            extent_ns,
            facts: self.facts.clone(),
            shift_ns: 0,
            placed: Placed::Wall,
        }
    }
}

/// Reads one file.
pub(super) fn read_file(
    file: &File,
    way: Way,
    options: &Options,
    given: &AllGiven,
    progress: &Progress,
    problems: &mut Problems,
) -> ReadFile {
    let mut read = ReadFile {
        found: None,
        format: "",
        is_local: false,
        facts: Vec::new(),
        is_whole: false,
        columns: ColumnsFound::default(),
    };
    let found = file.open(way, progress).and_then(|bytes| {
        given.with(&file.name, |of_rows| {
            let mut source = Source::new(&file.name, bytes, way, options);
            source.given = of_rows;
            let found = match detect(&mut source) {
                Ok(Detected::Format(format, header)) => {
                    read.format = format.name();
                    let found = format.read(&mut source, &header);
                    read.is_whole = found.is_ok();
                    read.is_local = format.clock() == Clock::Local && source.assumed.offset().is_some();
                    finish(&mut source, format, found)
                }
                Ok(Detected::EmptyJournal) => {
                    read.is_whole = true;
                    Ok(Some(Found::Parts(Vec::new(), Origin::Epoch)))
                }
                Ok(Detected::Unknown) => Ok(None),
                Err(error) => Err(error),
            };
            problems.merge(source.problems);
            (read.facts, read.columns) = (source.facts, source.columns);
            found
        })
    });
    read.found = found.unwrap_or_else(|error| {
        problems.add(&file.name, None, format!("cannot be read: {error}"));
        None
    });
    read.is_whole &= matches!(read.found, Some(Found::Parts(..) | Found::Summary(_)));
    read
}

/// Reports what was assumed and skipped in a file, and why it was not read to its end.
fn finish(
    source: &mut Source<'_>,
    format: &dyn Format,
    read: Result<Found, Stopped>,
) -> io::Result<Option<Found>> {
    if let (Clock::Wall, None, Some(line)) =
        (format.clock(), source.options.assumed_offset_s, source.assumed.offset())
    {
        source.problem(line, "time without a UTC offset: read as UTC; use --bias to set another");
    }
    if let Some((line, message)) = source.assumed.units() {
        source.problem(line, message);
    }
    let (path, nuls) = (source.path, source.lines.nul_count());
    if nuls > 0 {
        let message =
            format!("rows may be lost, for example after a power loss: the file has {nuls} NUL bytes");
        source.problems.add(path, None, message);
    }
    let found = match read {
        Ok(found) => found,
        Err(Stopped { kept: Some(found), error }) => {
            let message = format!("reading stopped: {error}; the rows before it are kept");
            source.problems.add(path, None, message);
            found
        }
        Err(Stopped { kept: None, error }) => return Err(error),
    };
    if let Some(message) = source.refused.message(&format.wanted()).filter(|_| found.is_empty()) {
        source.problems.add(path, None, message);
        return Ok(Some(Found::Refused));
    }
    Ok(Some(found))
}

/// The rows of one file's lanes, its problems, and its number of rows without an offset. For the bench and the fuzz
/// target, which compare ways of reading.
#[doc(hidden)]
pub fn read_rows(path: &Path, way: Way, assumed_offset_s: Option<i32>) -> (Vec<Rows>, Problems, u64) {
    let mut problems = Problems::new();
    let file = File::new(Some(path.to_owned()), path.to_owned());
    let options = Options { assumed_offset_s, ..Options::default() };
    let given = AllGiven::default();
    let found = read_file(&file, way, &options, &given, &Progress::default(), &mut problems).found;
    let Some(Found::Parts(parts, _)) = found else { return (Vec::new(), problems, 0) };
    let assumed = parts.iter().map(|part| part.assumed).sum();
    let rows = parts.into_iter().filter_map(|part| match part.content {
        Content::Lane(_, rows) | Content::SpreadLane(_, rows) => Some(rows),
        _ => None,
    });
    (rows.collect(), problems, assumed)
}

/// The attributes of one attribute file, each with its row, and its problems. For the fuzz target, which compares ways
/// of reading.
#[doc(hidden)]
#[expect(clippy::type_complexity, reason = "only compared")]
pub fn read_attributes(path: &Path, way: Way) -> (Vec<(u32, u32, u64, u32, String, String)>, Problems) {
    let mut problems = Problems::new();
    let file = File::new(Some(path.to_owned()), path.to_owned());
    let (options, given) = (Options::default(), AllGiven::default());
    let found = read_file(&file, way, &options, &given, &Progress::default(), &mut problems).found;
    let Some(Found::Parts(parts, _)) = found else { return (Vec::new(), problems) };
    let listed = parts.iter().flat_map(|part| match &part.content {
        Content::Attributes(given) => given.listed(),
        _ => Vec::new(),
    });
    (listed.collect(), problems)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_filled_in_between_two_readings_is_seen() {
        use std::os::unix::fs::FileExt;
        let directory = tempfile::tempdir().unwrap();
        let row = |task: &str, second: u32| {
            format!("g,{task},2026-11-20T14:00:0{second}.0+00:00,2026-11-20T14:00:0{second}.5+00:00,\r\n")
        };
        let path = directory.path().join("host.7-18f.0-main.0.csv");
        let head = format!("group,task,start,end,color\r\n{}", row("a", 0));
        let new = row("born later", 1);
        fs::write(&path, format!("{head}{}", "\n".repeat(new.len()))).unwrap();
        let files = Files::find(&[directory.path().to_owned()], None, &Progress::default());
        let (options, axis) = (Options::default(), Axis::default());
        let rows = || files.read(&options, &axis, None, |_| true, |_, _| (), |lane| lane.rows.len()).lanes;
        assert_eq!(rows(), [1]);
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(new.as_bytes(), head.len() as u64).unwrap();
        assert_eq!(rows(), [2], "the length is that of the first time, the bytes are those of now");
    }
}
