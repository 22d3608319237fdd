//! A file being read: its lines, and what is to be told of it.
//!
//! Takes a file and gives its bytes up to a length, out of gzip where its first bytes say so. A large plain
//! file can be split into chunks that are read at the same time: each begins behind a line that was seen from
//! end to end, for how that one ends says whether the next can be a row. Joined in their order, they tell what
//! one pass would have told. Knows no column.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;

use flate2::bufread::MultiGzDecoder;

use super::lines::{LineEnd, Lines};
use super::progress::Progress;
use crate::text::Problems;

/// How files are read. Every way gives the same; others than [`Way::FAST`] are there to be held against it.
#[derive(Debug, Clone, Copy)]
pub struct Way {
    /// How many bytes are asked for at once, 2 or more.
    pub buffer_bytes: usize,
    /// How long a chunk is.
    pub chunk_bytes: u64,
    /// Whether rows as a recorder writes them have a reader of their own.
    pub is_strict: bool,
}

impl Way {
    /// That of a report.
    pub const FAST: Way = Way { buffer_bytes: 1 << 16, chunk_bytes: 1 << 22, is_strict: true };
    /// One line after the other.
    pub const PLAIN: Way = Way { buffer_bytes: 1 << 16, chunk_bytes: u64::MAX, is_strict: false };
}

/// The bytes of a file, out of gzip.
pub(super) struct Bytes {
    pub(super) reader: Box<dyn BufRead + Send>,
    is_gzip: bool,
    /// Where they can be read from any place on.
    plain: Option<Plain>,
}

impl Bytes {
    /// Those of a reader.
    pub(super) fn of(reader: impl Read + Send + 'static, way: Way) -> io::Result<Bytes> {
        let mut reader = BufReader::with_capacity(way.buffer_bytes, reader);
        let is_gzip = reader.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let reader: Box<dyn BufRead + Send> = if is_gzip {
            Box::new(BufReader::with_capacity(way.buffer_bytes, MultiGzDecoder::new(reader)))
        } else {
            Box::new(reader)
        };
        Ok(Bytes { reader, is_gzip, plain: None })
    }

    /// The first `length` of a file.
    pub(super) fn of_file(file: File, length: u64, way: Way, progress: &Progress) -> io::Result<Bytes> {
        let plain = Plain { file: Arc::new(file), length, progress: progress.clone() };
        let bytes = Bytes::of(plain.reader(0), way)?;
        Ok(Bytes { plain: (!bytes.is_gzip).then_some(plain), ..bytes })
    }
}

/// A file being read, or a chunk of it.
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) way: Way,
    pub(super) lines: Lines<Box<dyn BufRead + Send>>,
    /// Where it can be read from any place on.
    plain: Option<Plain>,
    /// How the first line ended.
    pub(super) header_end: LineEnd,
    /// How the line ended that stands before the next one.
    pub(super) previous_end: LineEnd,
    /// Seconds east of UTC for stamps that do not say; `None`: 0, to be mentioned.
    pub(super) assumed_offset_s: Option<i32>,
    /// The first line with a stamp that does not say.
    pub(super) first_assumed: Option<u64>,
    pub(super) problems: Problems,
}

impl<'a> Source<'a> {
    /// All lines of a file of that name.
    pub(super) fn new(path: &'a Path, bytes: Bytes, way: Way, assumed_offset_s: Option<i32>) -> Source<'a> {
        Source {
            path,
            way,
            lines: Lines::new(bytes.reader, 0),
            plain: bytes.plain,
            header_end: LineEnd::None,
            previous_end: LineEnd::None,
            assumed_offset_s,
            first_assumed: None,
            problems: Problems::new(),
        }
    }

    pub(super) fn problem(&mut self, line: u64, message: impl Into<String>) {
        self.problems.add(self.path, Some(line), message);
    }

    /// A name as text; one that is not UTF-8 is a problem, and shown with U+FFFD for its bad bytes.
    pub(super) fn name<'b>(&mut self, line: u64, bytes: &'b [u8]) -> Cow<'b, str> {
        let name = String::from_utf8_lossy(bytes);
        if matches!(name, Cow::Owned(_)) {
            self.problem(line, "a name is not UTF-8: its invalid bytes are shown as \u{FFFD}");
        }
        name
    }

    /// Gives the lines that were not taken yet as chunks, and leaves none; or leaves all where one chunk would
    /// hold them. Chunks count their lines from 1 until they are [joined](Source::join).
    pub(super) fn split(&mut self) -> Vec<Source<'a>> {
        let Some(plain) = self.plain.take() else { return Vec::new() };
        let mut edges = Vec::new();
        let mut at = self.lines.at().saturating_add(self.way.chunk_bytes);
        while at < plain.length {
            let next_at = at.saturating_add(self.way.chunk_bytes);
            // Without an edge there, the chunk before is a longer one; an error comes again where it is read.
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
                Source { lines, plain: None, previous_end, problems: Problems::new(), ..*self }
            })
            .collect();
        chunks.reverse();
        self.lines.end_at(until);
        chunks
    }

    /// Takes over what `later` has to tell, the chunk behind this one.
    pub(super) fn join(&mut self, mut later: Source<'a>) {
        let above = self.lines.number();
        later.problems.move_down(above);
        self.problems.merge(later.problems);
        self.first_assumed = self.first_assumed.or(later.first_assumed.map(|line| line + above));
        self.lines.count(&later.lines);
    }
}

/// The first place behind `at` where a line begins, and how the line before it ended, if there is one before
/// `next_at`.
fn edge(plain: &Plain, at: u64, next_at: u64) -> io::Result<Option<(u64, LineEnd)>> {
    let mut lines = Lines::new(BufReader::new(PlainReader { plain: plain.clone(), at }), at);
    lines.end_at(next_at);
    lines.next()?; // what may be the rest of one
    let end = lines.next()?.map_or(LineEnd::None, |line| line.end);
    Ok((end != LineEnd::None).then(|| (lines.at(), end)))
}

/// A file that is not compressed.
#[derive(Clone)]
struct Plain {
    file: Arc<File>,
    /// What is appended later is not read.
    length: u64,
    progress: Progress,
}

impl Plain {
    fn reader(&self, at: u64) -> impl Read + Send + use<> {
        self.progress.counting(PlainReader { plain: self.clone(), at })
    }
}

/// Reads by place, so that threads share one open file, which stays the same whatever its path becomes.
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
