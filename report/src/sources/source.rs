//! A file being read: its lines, and what to report about them.
//!
//! Takes a file and gives its bytes up to a length, as `bytes` decodes them. It can split a large plain file into chunks
//! that are read in parallel. Each chunk begins after a line that was seen whole, because the end of that line decides
//! whether the next can be a row. Joined in order, chunks report what one pass reports. Knows no columns.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use csv::ByteRecord;

use super::assumed::Assumed;
use super::bytes::{Decoded, decoded};
use super::diagnosis;
use super::given::OfFile;
use super::lines::{Fault, LineEnd, Lines};
use super::options::{Options, Way};
use super::progress::Progress;
use super::refused::Refused;
use super::table::columns::ColumnsFound;
use crate::text::Problems;

/// The bytes of a file, decoded.
pub(super) struct Bytes {
    decoded: Decoded,
    /// Present if reading can begin at any position.
    plain: Option<Plain>,
}

impl Bytes {
    pub(super) fn of(reader: impl Read + Send + 'static, way: Way) -> io::Result<Bytes> {
        Ok(Bytes { decoded: decoded(reader, way.buffer_bytes)?, plain: None })
    }

    /// The first `length` bytes of a file.
    pub(super) fn of_file(file: File, length: u64, way: Way, progress: &Progress) -> io::Result<Bytes> {
        let plain = Plain { file: Arc::new(file), length, progress: progress.clone() };
        let decoded = decoded(plain.reader(0), way.buffer_bytes)?;
        Ok(Bytes { plain: decoded.is_plain.then_some(plain), decoded })
    }
}

/// A file being read, or a chunk of it.
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) way: Way,
    /// The attributes of its rows that are in other files.
    pub(super) given: Option<&'a OfFile>,
    pub(super) lines: Lines<Box<dyn BufRead + Send>>,
    /// The first bytes of the file, as many as show its format. A chunk has none.
    pub(super) beginning: Vec<u8>,
    /// Present if reading can begin at any position.
    plain: Option<Plain>,
    /// The end of the first line.
    pub(super) header_end: LineEnd,
    /// The end of the line before the next one.
    pub(super) previous_end: LineEnd,
    /// What separates the fields of a line.
    pub(super) separator: u8,
    pub(super) options: &'a Options,
    pub(super) assumed: Assumed,
    pub(super) refused: Refused,
    /// Whether the columns that the user named are here.
    pub(super) columns: ColumnsFound,
    /// What its reader says of the file, in sentences: what it left out on purpose, how it read it. Chunks have none.
    pub(super) facts: Vec<String>,
    pub(super) problems: Problems,
}

impl<'a> Source<'a> {
    pub(super) fn new(path: &'a Path, bytes: Bytes, way: Way, options: &'a Options) -> Source<'a> {
        Source {
            path,
            way,
            given: None,
            lines: Lines::new(bytes.decoded.reader, 0),
            beginning: bytes.decoded.beginning,
            plain: bytes.plain,
            header_end: LineEnd::None,
            previous_end: LineEnd::None,
            separator: b',',
            options,
            assumed: Assumed::default(),
            refused: Refused::default(),
            columns: ColumnsFound::default(),
            facts: Vec::new(),
            problems: Problems::new(),
        }
    }

    /// The part of the beginning that was not taken yet.
    pub(super) fn below(&self) -> &[u8] {
        usize::try_from(self.lines.at()).ok().and_then(|at| self.beginning.get(at..)).unwrap_or_default()
    }

    pub(super) fn problem(&mut self, line: u64, message: impl Into<String>) {
        self.problems.add(self.path, Some(line), message);
    }

    /// Reports a line that is no row: `what` skipped, and why.
    pub(super) fn refuse(&mut self, line: u64, what: &str, why: impl Into<String>) {
        self.refuse_as(false, line, what, why.into());
    }

    /// Reports a line of which a part is missing.
    pub(super) fn refuse_torn(&mut self, line: u64, what: &str, why: impl Into<String>) {
        self.refuse_as(true, line, what, why.into());
    }

    /// Reports a line without a text.
    pub(super) fn refuse_fault(&mut self, line: u64, fault: Fault) {
        let what = if fault == Fault::Torn { "torn row" } else { "row" };
        self.refuse(line, what, fault.to_string());
    }

    fn refuse_as(&mut self, is_torn: bool, line: u64, what: &str, why: String) {
        self.problem(line, format!("{what} skipped: {why}"));
        self.refused.note(line, why, is_torn);
    }

    /// Whether a decimal comma splits a time into two of these fields, and what to do.
    pub(super) fn decimal_comma(&self, record: &ByteRecord) -> Option<String> {
        if self.separator == b',' { diagnosis::of_decimal_comma(record) } else { None }
    }

    /// A name as text. Reports a name that is not UTF-8, and replaces its invalid bytes by U+FFFD.
    pub(super) fn name<'b>(&mut self, line: u64, bytes: &'b [u8]) -> Cow<'b, str> {
        let name = String::from_utf8_lossy(bytes);
        if matches!(name, Cow::Owned(_)) {
            self.problem(line, "a name is not UTF-8: its invalid bytes are shown as \u{FFFD}");
        }
        name
    }

    /// Splits the lines that were not taken yet into chunks, and leaves none; or leaves all, if one chunk would
    /// contain them. Chunks count their lines from 1 until they are [joined](Source::join).
    pub(super) fn split(&mut self) -> Vec<Source<'a>> {
        let Some(plain) = self.plain.take() else { return Vec::new() };
        let mut edges = Vec::new();
        let mut at = self.lines.at().saturating_add(self.way.chunk_bytes);
        while at < plain.length {
            let next_at = at.saturating_add(self.way.chunk_bytes);
            // Without an edge here, the chunk before is longer. An error occurs again where the chunk is read.
            edges.extend(edge(&plain, at, next_at).ok().flatten());
            at = next_at;
        }
        if edges.is_empty() {
            return Vec::new();
        }
        edges.insert(0, (self.lines.at(), self.previous_end));
        let mut until = u64::MAX;
        let mut chunks: Vec<Source<'a>> = (edges.into_iter().rev())
            .map(|(at, previous_end)| {
                let reader = BufReader::with_capacity(self.way.buffer_bytes, plain.reader(at));
                let mut lines = Lines::new(Box::new(reader) as _, at);
                lines.end_at(until);
                until = at;
                let (assumed, refused, problems) = (Assumed::default(), Refused::default(), Problems::new());
                let (columns, facts) = (ColumnsFound::default(), Vec::new());
                Source {
                    lines,
                    beginning: Vec::new(),
                    plain: None,
                    previous_end,
                    assumed,
                    refused,
                    columns,
                    facts,
                    problems,
                    ..*self
                }
            })
            .collect();
        chunks.reverse();
        self.lines.end_at(until);
        chunks
    }

    /// Adds the problems and counts of `later`, the chunk after this one.
    pub(super) fn join(&mut self, mut later: Source<'a>) {
        let above = self.lines.number();
        later.problems.move_down(above);
        self.problems.merge(later.problems);
        self.assumed.join(later.assumed, above);
        self.refused.join(later.refused, above);
        self.lines.count(&later.lines);
    }
}

/// The first position after `at` where a line begins, and the end of the line before it; `None` if there is none
/// before `next_at`.
fn edge(plain: &Plain, at: u64, next_at: u64) -> io::Result<Option<(u64, LineEnd)>> {
    let mut lines = Lines::new(BufReader::new(PlainReader { plain: plain.clone(), at }), at);
    lines.end_at(next_at);
    lines.next()?; // may be the rest of a line
    let end = lines.next()?.map_or(LineEnd::None, |line| line.end);
    Ok((end != LineEnd::None).then(|| (lines.at(), end)))
}

#[derive(Clone)]
struct Plain {
    file: Arc<File>,
    /// Bytes appended later are not read.
    length: u64,
    progress: Progress,
}

impl Plain {
    fn reader(&self, at: u64) -> impl Read + Send + use<> {
        self.progress.counting(PlainReader { plain: self.clone(), at })
    }
}

/// Reads by position. So threads share one open file, which stays the same whatever happens to its path.
struct PlainReader {
    plain: Plain,
    at: u64,
}

impl Read for PlainReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.plain.length - self.at).unwrap_or(usize::MAX);
        let room = buffer.len().min(left);
        let (file, buffer) = (&*self.plain.file, &mut buffer[..room]);
        #[cfg(unix)]
        let read = std::os::unix::fs::FileExt::read_at(file, buffer, self.at)?;
        #[cfg(windows)]
        let read = std::os::windows::fs::FileExt::seek_read(file, buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
