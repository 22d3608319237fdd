//! From files to a trace: finds them, tells their format, reads them in parallel and merges them.
//!
//! The format is told by a file's first line, never by its name. Each format has a file of its own that
//! gives the rows of lanes or the samples of counters; none knows another. Damaged input is skipped, counted
//! and told as a [`Problem`], and everything else is read. Sorts and computes nothing.

mod counters;
mod fields;
mod files;
mod journal;
mod lines;
mod performance_py;
mod problem;
mod records;
mod stamp;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use csv::ByteRecord;
use flate2::bufread::MultiGzDecoder;
use rayon::prelude::*;

pub use problem::{Problem, Problems};

use crate::model::{LaneIdentity, ProcessIdentity, Rows, SampleRows, Trace, TraceBuilder};
use lines::{LineEnd, Lines};

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

/// What a file holds of one lane, or of one process's counters.
struct Part {
    process: ProcessIdentity,
    content: Content,
    /// How many of the rows carried no offset.
    assumed: u64,
}

enum Content {
    Lane(LaneIdentity, Rows),
    Samples(SampleRows),
}

/// A file being read: its lines below the first, and what is to be told of it.
struct Source<'a> {
    path: &'a Path,
    lines: Lines<Box<dyn BufRead>>,
    /// How the first line ended.
    header_end: LineEnd,
    /// Seconds east of UTC for stamps that do not say; `None`: 0, to be mentioned.
    assumed_offset_s: Option<i32>,
    problems: &'a mut Problems,
}

impl Source<'_> {
    fn problem(&mut self, line: u64, message: impl Into<String>) {
        self.problems.add(self.path, Some(line), message);
    }
}

/// Reads every file of a known format among `inputs` and, below those that are directories, every
/// `*.csv` and `*.csv.gz`. Stamps that name no offset are taken as `assumed_offset_s` seconds east of UTC,
/// or 0 where that is `None`.
///
/// Costs memory for all rows, 20 bytes a span and 16 a sample, and the names; reads in parallel over files.
///
/// # Errors
///
/// [`Error::NothingReadable`] when not one file was of a known format. An empty journal is of a known
/// format: records without a span are a trace.
pub fn read(inputs: &[PathBuf], assumed_offset_s: Option<i32>) -> Result<Loaded, Error> {
    let (files, mut problems) = files::find(inputs);
    let read: Vec<(Option<Vec<Part>>, Problems)> = (files.par_iter())
        .map(|path| {
            let mut problems = Problems::new();
            (read_file(path, assumed_offset_s, &mut problems), problems)
        })
        .collect();

    let mut builder = TraceBuilder::new();
    let (mut readable, mut assumed, mut assumed_samples) = (0, 0, 0);
    for (parts, file_problems) in read {
        problems.merge(file_problems);
        readable += usize::from(parts.is_some());
        for part in parts.into_iter().flatten() {
            match part.content {
                Content::Lane(lane, rows) => {
                    assumed += part.assumed;
                    builder.add(part.process, lane, rows);
                }
                Content::Samples(rows) => {
                    assumed_samples += part.assumed;
                    builder.add_samples(part.process, rows);
                }
            }
        }
    }
    if readable == 0 {
        return Err(Error::NothingReadable { inputs: inputs.to_vec(), problems });
    }
    Ok(Loaded { trace: builder.finish(), problems, assumed, assumed_samples })
}

/// The rows of one file; `None` when it is of no known format.
fn read_file(path: &Path, assumed_offset_s: Option<i32>, problems: &mut Problems) -> Option<Vec<Part>> {
    match open(path).and_then(|reader| read_lines(path, reader, assumed_offset_s, problems)) {
        Ok(parts) => parts,
        Err(error) => {
            problems.add(path, None, format!("cannot be read: {error}"));
            None
        }
    }
}

/// The bytes that the file held when it was opened, out of gzip where its first bytes say so.
fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut reader = BufReader::with_capacity(1 << 16, file.take(length));
    if reader.fill_buf()?.starts_with(&[0x1f, 0x8b]) {
        return Ok(Box::new(BufReader::new(MultiGzDecoder::new(reader))));
    }
    Ok(Box::new(reader))
}

fn read_lines(
    path: &Path,
    reader: Box<dyn BufRead>,
    assumed_offset_s: Option<i32>,
    problems: &mut Problems,
) -> io::Result<Option<Vec<Part>>> {
    let mut lines = Lines::new(reader);
    let Some(first) = lines.next()? else {
        let nuls = lines.nul_count();
        if journal::name(path).is_some() {
            // Its thread was stopped between opening the file and its first write.
            return Ok(Some(Vec::new()));
        }
        let message = if nuls == 0 { "is empty" } else { "holds NUL bytes and nothing else" };
        problems.add(path, None, message);
        return Ok(None);
    };
    let header_end = first.end;
    let bytes = first.bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first.bytes);
    // A header cut in the middle of its CRLF.
    let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes).to_vec();
    let mut header = ByteRecord::new();
    fields::split(&bytes, &mut header);

    let mut source = Source { path, lines, header_end, assumed_offset_s, problems };
    let has_all = |columns: &[&str]| columns.iter().all(|column| position(&header, column).is_some());
    let is_cut = |columns: &[&str]| header_end == LineEnd::None && !has_all(columns);
    let parts = if let Some(message) = no_text(&bytes) {
        source.problem(1, message);
        None
    } else if let Some(columns) = records::Columns::of(&header).filter(|_| !is_cut(&records::NAMES)) {
        Some(records::read(&mut source, &columns))
    } else if let Some(columns) = counters::Columns::of(&header).filter(|_| !is_cut(&counters::NAMES)) {
        Some(counters::read(&mut source, &columns))
    } else if let Some(columns) =
        performance_py::Columns::of(&header).filter(|_| !is_cut(&performance_py::NAMES))
    {
        Some(performance_py::read(&mut source, &columns))
    } else if header_end == LineEnd::None && journal::is_header_beginning(path, &bytes) {
        Some(Ok(Vec::new()))
    } else {
        let message = unknown(&bytes, &header);
        source.problem(1, message);
        None
    };
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
            problems.add(path, None, format!("reading stopped: {error}; the rows before that are kept"));
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
