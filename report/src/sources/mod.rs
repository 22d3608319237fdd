//! From files to lanes: finds them, tells their format, reads them in parallel.
//!
//! The format is told by a file's first line, never by its name. Each format has a file of its own that
//! gives the rows of lanes, the samples of counters or a summary; none knows another. A lane is handed over when all
//! of its rows are there, whatever files it is in. Damaged input is skipped, counted and told as a [`Problem`], and
//! everything else is read. Sorts and computes nothing.

mod counters;
mod fields;
mod files;
mod journal;
mod lines;
mod performance_py;
mod problem;
mod records;
mod source;
mod stamp;
mod strict;
mod summary;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use csv::ByteRecord;
use rayon::prelude::*;

pub use problem::{Problem, Problems};
#[doc(hidden)]
pub use source::Way;

use crate::Progress;
use crate::model::{LaneIdentity, ProcessIdentity, Rows, SampleRows, Summary, Trace, TraceBuilder};
use fields::Splitter;
use lines::LineEnd;
use source::{Bytes, Source};

/// Why there is no trace.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No file of a known format was found.
    #[error("no record files could be read in {}", list(.inputs))]
    NothingReadable {
        /// Where they were looked for.
        inputs: Vec<PathBuf>,
        /// What was found instead.
        problems: Problems,
    },
    /// What chooses among rows was asked of a summary, which has none.
    #[error(
        "--bias, --from and --to choose among rows, and a summary has none: give --bias to `waterfall summarize`, and the others to a report of the records"
    )]
    NoRows,
}

fn list(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// What was read.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// All rows of all files.
    pub trace: Trace,
    /// What was wrong with them.
    pub problems: Problems,
    /// How many spans carried no offset from UTC, so that it had to be assumed.
    pub assumed: u64,
    /// How many samples of counters did not.
    pub assumed_samples: u64,
}

/// All rows of a lane.
#[derive(Debug)]
pub struct LaneRows {
    /// Whose thread it is.
    pub process: ProcessIdentity,
    /// Which.
    pub lane: LaneIdentity,
    /// In the order in which they were read.
    pub rows: Rows,
}

/// What was read, lane by lane.
#[derive(Debug)]
pub struct Read<T> {
    /// What was made of each lane, in the order of the files.
    pub lanes: Vec<T>,
    /// The samples of each file of counters.
    pub samples: Vec<(ProcessIdentity, SampleRows)>,
    /// The summaries among the files.
    pub summaries: Vec<Summary>,
    /// What was wrong with them.
    pub problems: Problems,
    /// How many spans carried no offset from UTC, so that it had to be assumed.
    pub assumed: u64,
    /// How many samples of counters did not.
    pub assumed_samples: u64,
}

/// What a file holds of one lane, or of one process's counters.
struct Part {
    process: ProcessIdentity,
    content: Content,
    /// How many of the rows carried no offset.
    assumed: u64,
}

enum Content {
    Lane(LaneIdentity, Rows),
    /// Of a lane that may go on in any other file.
    SpreadLane(LaneIdentity, Rows),
    Samples(SampleRows),
}

impl Content {
    /// How many rows.
    fn len(&self) -> usize {
        match self {
            Content::Lane(_, rows) | Content::SpreadLane(_, rows) => rows.len(),
            Content::Samples(rows) => rows.len(),
        }
    }
}

/// What a file holds.
enum Found {
    Parts(Vec<Part>),
    Summary(Box<Summary>),
}

/// Reads every file of a known format among `inputs` and, below those that are directories, every
/// `*.csv` and `*.csv.gz`. Stamps that name no offset are taken as `assumed_offset_s` seconds east of UTC,
/// or 0 where that is `None`.
///
/// Costs memory for all rows, 20 bytes a span and 16 a sample, and the names; reads in parallel over files.
///
/// A summary has no rows, and nothing of it is here.
///
/// # Errors
///
/// [`Error::NothingReadable`] when not one file was of a known format. An empty journal is of a known
/// format: records without a span are a trace.
pub fn read(inputs: &[PathBuf], assumed_offset_s: Option<i32>) -> Result<Loaded, Error> {
    let read = Input::find(inputs, None).lanes(assumed_offset_s, |_| true, |lane| lane)?;
    let mut builder = TraceBuilder::new();
    for LaneRows { process, lane, rows } in read.lanes {
        builder.add(process, lane, rows);
    }
    for (process, rows) in read.samples {
        builder.add_samples(process, rows);
    }
    let Read { problems, assumed, assumed_samples, .. } = read;
    Ok(Loaded { trace: builder.finish(), problems, assumed, assumed_samples })
}

/// The files of some inputs.
#[derive(Debug)]
pub struct Input {
    inputs: Vec<PathBuf>,
    /// Those that belong to one lane stand together.
    units: Vec<Vec<File>>,
    problems: Problems,
    progress: Progress,
}

impl Input {
    /// Finds the files among `inputs` and, below those that are directories, every `*.csv` and `*.csv.gz`. Lanes and
    /// problems are named by their paths as reached from the inputs, or below `root` where one is given.
    pub fn find(inputs: &[PathBuf], root: Option<&Path>) -> Input {
        let (paths, mut problems) = files::find(inputs);
        if let Some(root) = root {
            problems.rename(|path| files::below(root, path));
        }
        let files = paths.into_iter().map(|path| {
            let name = root.map_or_else(|| path.clone(), |root| files::below(root, &path));
            File::of(Some(path), name)
        });
        let mut units: Vec<Vec<File>> = Vec::new();
        let mut unit_of_lane: HashMap<String, usize> = HashMap::new();
        for file in files {
            match journal::name(&file.name) {
                Some(_) => {
                    let unit = *unit_of_lane.entry(records::lane(&file.name).identity).or_insert(units.len());
                    if unit == units.len() {
                        units.push(Vec::new());
                    }
                    units[unit].push(file);
                }
                None => units.push(vec![file]),
            }
        }
        Input { inputs: inputs.to_vec(), units, problems, progress: Progress::default() }
    }

    /// The standard input, as if it were a file of that name.
    pub fn stdin(name: PathBuf) -> Input {
        let units = vec![vec![File::of(None, name)]];
        Input { inputs: vec!["-".into()], units, problems: Problems::new(), progress: Progress::default() }
    }

    /// The same, which tells how far it has been read.
    pub fn watched(self, progress: &Progress) -> Input {
        Input { progress: progress.clone(), ..self }
    }

    /// Reads the files in parallel and gives each lane to `take` as soon as all of its rows are there, on any thread;
    /// then its rows are gone, unless `take` keeps them. Files of one lane alone for which `wanted` says no are not
    /// read. Stamps that name
    /// no offset are taken as `assumed_offset_s` seconds east of UTC, or 0 where that is `None`. Reading again reads no
    /// further than the first time; what a program has filled in meanwhile is seen.
    ///
    /// # Errors
    ///
    /// [`Error::NothingReadable`] when not one file was of a known format.
    pub fn lanes<T: Send>(
        &self,
        assumed_offset_s: Option<i32>,
        wanted: impl Fn(&LaneIdentity) -> bool + Sync,
        take: impl Fn(LaneRows) -> T + Sync,
    ) -> Result<Read<T>, Error> {
        let is_wanted = |unit: &&Vec<File>| {
            let is_journal = unit.iter().any(|file| journal::name(&file.name).is_some());
            !is_journal || unit.iter().any(|file| wanted(&records::lane(&file.name)))
        };
        let units: Vec<_> = self.units.iter().filter(is_wanted).collect();
        self.progress.will_read(units.iter().copied().flatten().map(File::length).sum());
        let read: Vec<Unit<T>> = units
            .into_par_iter()
            .map(|unit| read_unit(unit, assumed_offset_s, &self.progress, &take))
            .collect();
        let mut all = Read {
            lanes: Vec::new(),
            samples: Vec::new(),
            summaries: Vec::new(),
            problems: self.problems.clone(),
            assumed: 0,
            assumed_samples: 0,
        };
        let mut readable = 0;
        let mut spread: Vec<LaneRows> = Vec::new();
        for unit in read {
            readable += unit.readable;
            all.lanes.extend(unit.lanes);
            spread.extend(unit.spread);
            all.samples.extend(unit.samples);
            all.summaries.extend(unit.summaries);
            all.problems.merge(unit.problems);
            all.assumed += unit.assumed;
            all.assumed_samples += unit.assumed_samples;
        }
        if readable == 0 {
            return Err(Error::NothingReadable { inputs: self.inputs.clone(), problems: all.problems });
        }
        let spread: Vec<T> = joined(spread).into_par_iter().map(&take).collect();
        all.lanes.extend(spread);
        Ok(all)
    }
}

/// A file to be read.
#[derive(Debug)]
struct File {
    /// `None`: the standard input.
    path: Option<PathBuf>,
    /// What lanes and problems are named by.
    name: PathBuf,
    /// How long it was when it was first looked at: what is appended later belongs to no reading.
    length: OnceLock<u64>,
}

impl File {
    fn of(path: Option<PathBuf>, name: PathBuf) -> File {
        File { path, name, length: OnceLock::new() }
    }

    /// How long it was when it was first asked for; 0 where that is not known.
    fn length(&self) -> u64 {
        let now = || self.path.as_ref().and_then(|path| fs::metadata(path).ok()).map_or(0, |file| file.len());
        *self.length.get_or_init(now)
    }

    /// The bytes that the file held when it was first looked at.
    fn open(&self, way: Way, progress: &Progress) -> io::Result<Bytes> {
        match &self.path {
            None => Bytes::of(progress.counting(io::stdin()), way),
            Some(path) => Bytes::of_file(fs::File::open(path)?, self.length(), way, progress),
        }
    }
}

/// What was read of files that belong together.
struct Unit<T> {
    lanes: Vec<T>,
    spread: Vec<LaneRows>,
    samples: Vec<(ProcessIdentity, SampleRows)>,
    summaries: Vec<Summary>,
    problems: Problems,
    assumed: u64,
    assumed_samples: u64,
    /// How many of the files were of a known format.
    readable: usize,
}

fn read_unit<T>(
    files: &[File],
    assumed_offset_s: Option<i32>,
    progress: &Progress,
    take: impl Fn(LaneRows) -> T,
) -> Unit<T> {
    let mut unit = Unit {
        lanes: Vec::new(),
        spread: Vec::new(),
        samples: Vec::new(),
        summaries: Vec::new(),
        problems: Problems::new(),
        assumed: 0,
        assumed_samples: 0,
        readable: 0,
    };
    let mut whole: Vec<LaneRows> = Vec::new();
    for file in files {
        let Some(found) = read_file(file, Way::FAST, assumed_offset_s, progress, &mut unit.problems) else {
            continue;
        };
        unit.readable += 1;
        let parts = match found {
            Found::Parts(parts) => parts,
            Found::Summary(summary) => {
                unit.summaries.push(*summary);
                continue;
            }
        };
        for Part { process, content, assumed } in parts {
            progress.did_read_rows(content.len());
            match content {
                Content::Samples(rows) => {
                    unit.assumed_samples += assumed;
                    unit.samples.push((process, rows));
                }
                Content::Lane(lane, rows) => {
                    unit.assumed += assumed;
                    whole.push(LaneRows { process, lane, rows });
                }
                Content::SpreadLane(lane, rows) => {
                    unit.assumed += assumed;
                    unit.spread.push(LaneRows { process, lane, rows });
                }
            }
        }
    }
    unit.lanes = joined(whole).into_iter().map(take).collect();
    unit
}

/// The rows of each lane together, in the order in which lanes come; no lane without a row.
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

/// The rows of one file's lanes, what was wrong with it, and how many rows carried no offset. For the bench and
/// the fuzz target, which hold one way of reading against another.
#[doc(hidden)]
pub fn read_rows(path: &Path, way: Way, assumed_offset_s: Option<i32>) -> (Vec<Rows>, Problems, u64) {
    let mut problems = Problems::new();
    let file = File::of(Some(path.to_owned()), path.to_owned());
    let found = read_file(&file, way, assumed_offset_s, &Progress::default(), &mut problems);
    let Some(Found::Parts(parts)) = found else { return (Vec::new(), problems, 0) };
    let assumed = parts.iter().map(|part| part.assumed).sum();
    let rows = parts.into_iter().filter_map(|part| match part.content {
        Content::Lane(_, rows) | Content::SpreadLane(_, rows) => Some(rows),
        Content::Samples(_) => None,
    });
    (rows.collect(), problems, assumed)
}

/// What is in one file; `None` when it is of no known format.
fn read_file(
    file: &File,
    way: Way,
    assumed_offset_s: Option<i32>,
    progress: &Progress,
    problems: &mut Problems,
) -> Option<Found> {
    let found = file.open(way, progress).and_then(|mut bytes| {
        if summary::is_one(bytes.reader.fill_buf()?) {
            return summary::read(&file.name, bytes.reader, problems)
                .map(|summary| Some(Found::Summary(Box::new(summary))));
        }
        let mut source = Source::new(&file.name, bytes, way, assumed_offset_s);
        let parts = read_lines(&mut source);
        problems.merge(source.problems);
        Ok(parts?.map(Found::Parts))
    });
    found.unwrap_or_else(|error| {
        problems.add(&file.name, None, format!("cannot be read: {error}"));
        None
    })
}

fn read_lines(source: &mut Source<'_>) -> io::Result<Option<Vec<Part>>> {
    let path = source.path;
    let Some(first) = source.lines.next()? else {
        let nuls = source.lines.nul_count();
        if journal::name(path).is_some() {
            // Its thread was stopped between opening the file and its first write.
            return Ok(Some(Vec::new()));
        }
        let message = if nuls == 0 { "is empty" } else { "holds NUL bytes and nothing else" };
        source.problems.add(path, None, message);
        return Ok(None);
    };
    let header_end = first.end;
    let bytes = first.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first.bytes);
    // A header cut in the middle of its CRLF.
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes).to_vec();
    let mut header = ByteRecord::new();
    Splitter::default().split(&bytes, &mut header);
    source.header_end = header_end;
    source.previous_end = header_end;

    let has_all = |columns: &[&str]| columns.iter().all(|column| position(&header, column).is_some());
    let is_cut = |columns: &[&str]| header_end == LineEnd::None && !has_all(columns);
    let parts = if let Some(message) = no_text(&bytes) {
        source.problem(1, message);
        None
    } else if let Some(columns) = records::Columns::of(&header).filter(|_| !is_cut(&records::NAMES)) {
        Some(records::read(source, &columns))
    } else if let Some(columns) = counters::Columns::of(&header).filter(|_| !is_cut(&counters::NAMES)) {
        Some(counters::read(source, &columns))
    } else if let Some(columns) =
        performance_py::Columns::of(&header).filter(|_| !is_cut(&performance_py::NAMES))
    {
        Some(performance_py::read(source, &columns))
    } else if header_end == LineEnd::None && journal::is_header_beginning(path, &bytes) {
        Some(Ok(Vec::new()))
    } else {
        let message = unknown(&bytes, &header);
        source.problem(1, message);
        None
    };
    if let (None, Some(line)) = (source.assumed_offset_s, source.first_assumed) {
        source.problem(line, "a time without an offset is taken as UTC; --bias says otherwise");
    }
    let nuls = source.lines.nul_count();
    if nuls > 0 && parts.is_some() {
        source.problems.add(
            path,
            None,
            format!("{nuls} NUL bytes skipped: rows may be lost, as after a power loss"),
        );
    }
    match parts {
        Some(Err((parts, error))) => {
            source.problems.add(
                path,
                None,
                format!("reading stopped: {error}; the rows before that are kept"),
            );
            Ok(Some(parts))
        }
        Some(Ok(parts)) => Ok(Some(parts)),
        None => Ok(None),
    }
}

/// What a format gives: its parts, or those up to where the file could not be read further.
type Parts = Result<Vec<Part>, (Vec<Part>, io::Error)>;

/// Says why a first line is no line of text that could be a header.
fn no_text(line: &[u8]) -> Option<&'static str> {
    if line.starts_with(b"\xFF\xFE") || line.starts_with(b"\xFE\xFF") {
        Some("skipped: the file is UTF-16; save it as UTF-8")
    } else if line.contains(&b'\r') {
        Some("skipped: its lines end in a bare carriage return; save it with line feeds")
    } else {
        None
    }
}

/// Says what a file of no known format looks like, and what was expected.
fn unknown(line: &[u8], header: &ByteRecord) -> String {
    for (name, found) in [
        ("counter", counters::missing(header)),
        ("record", records::missing(header)),
        ("PerformancePy", performance_py::missing(header)),
    ] {
        if let Some(column) = found {
            return format!("skipped: the header of a {name} file without the column {column}");
        }
    }
    let expected = "neither record columns (group,task,start,end,color) nor a counter's \
                    (group,counter,time,value) nor PerformancePy's (Task,Start,Finish,Description,Color)";
    let mut by_semicolon = ByteRecord::new();
    line.split(|&byte| byte == b';').for_each(|field| by_semicolon.push_field(field));
    let is_known = records::Columns::of(&by_semicolon).is_some()
        || counters::Columns::of(&by_semicolon).is_some()
        || performance_py::Columns::of(&by_semicolon).is_some();
    if is_known {
        return "skipped: its columns are separated by semicolons; save it with commas".into();
    }
    format!("skipped: its first line is {}, {expected}", fields::quoted(line))
}

/// Where each of `names` stands in a header.
fn positions<const N: usize>(header: &ByteRecord, names: [&str; N]) -> [Option<usize>; N] {
    names.map(|name| position(header, name))
}

fn position(header: &ByteRecord, name: &str) -> Option<usize> {
    header.iter().position(|field| field.trim_ascii() == name.as_bytes())
}

/// The first of `names` that a header lacks, when it has at least two of them.
fn first_missing<const N: usize>(header: &ByteRecord, names: [&'static str; N]) -> Option<&'static str> {
    let found = positions(header, names);
    let missing = (0..N).find(|&index| found[index].is_none())?;
    (found.iter().flatten().count() >= 2).then_some(names[missing])
}

/// A name as text; one that is not UTF-8 is a problem, and shown with U+FFFD for its bad bytes.
fn name<'a>(source: &mut Source<'_>, line: u64, bytes: &'a [u8]) -> std::borrow::Cow<'a, str> {
    let name = String::from_utf8_lossy(bytes);
    if matches!(name, std::borrow::Cow::Owned(_)) {
        source.problem(line, "a name is not UTF-8: its bad bytes are shown as \u{FFFD}");
    }
    name
}
