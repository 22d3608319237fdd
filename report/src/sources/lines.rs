//! Lines of a file, with their ends and numbers.
//!
//! Takes any reader, plain or gzip; gives one line at a time in bounded memory: a line of more than [`LONGEST`] bytes
//! has no text. NUL bytes are what a power loss or a lost write left in the place of others. Lines of nothing else are
//! fill; a line of text and NULs is torn: a part of it may be missing, or the rest may be of another line. So it has
//! no text either. Counts NULs. Code that knows the form of the next lines may take them unchanged from the buffer.
//! Knows no columns.

use std::fmt;
use std::io::{self, BufRead};

use memchr::memchr;

/// Longer lines are cut. No record needs that much, and a file that is not text may have no line end at all.
pub(super) const LONGEST: usize = 1 << 20;

/// How a line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    CrLf,
    Lf,
    /// The end of the file.
    None,
}

#[derive(Debug)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: u64,
    /// Without the line end.
    pub(super) text: Result<&'a [u8], Fault>,
    pub(super) end: LineEnd,
}

/// Why the text of a line is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    TooLong,
    Torn,
}

/// Why the line is no row.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::TooLong => "its line is longer than 1 MiB",
            Fault::Torn => "it contains NUL bytes, where a part of the file was lost",
        })
    }
}

pub(super) struct Lines<R> {
    reader: R,
    /// Position of the next line in the file.
    at: u64,
    /// Position at which the lines end at the latest.
    until: u64,
    line: Vec<u8>,
    /// Bytes that were put back: these and then those of the reader are next.
    again: io::Cursor<Vec<u8>>,
    number: u64,
    nul_count: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of a reader that begins at position `at` of its file.
    pub(super) fn new(reader: R, at: u64) -> Lines<R> {
        let (line, again) = (Vec::new(), io::Cursor::default());
        Lines { reader, at, until: u64::MAX, line, again, number: 0, nul_count: 0 }
    }

    /// Position of the next line in the file.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// Ends the lines at a position; nothing after it is read.
    pub(super) fn end_at(&mut self, until: u64) {
        self.until = until;
    }

    /// Number of lines taken so far, including those that [`count`](Lines::count) added.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Number of NUL bytes so far.
    pub(super) fn nul_count(&self) -> u64 {
        self.nul_count
    }

    /// Adds the lines and NUL bytes of `later`, which follow these, to the counts.
    pub(super) fn count(&mut self, later: &Lines<R>) {
        self.number += later.number;
        self.nul_count += later.nul_count;
    }

    /// The next bytes in the buffer, unchanged; empty at the end of the file.
    pub(super) fn buffered(&mut self) -> io::Result<&[u8]> {
        fill(&mut self.again, &mut self.reader, self.until - self.at)
    }

    /// Takes `bytes` of the buffer, in which `lines` lines end. Code that takes NULs counts them.
    pub(super) fn take(&mut self, bytes: usize, lines: u64) {
        match rest_of(&self.again) {
            [] => self.reader.consume(bytes),
            _ => self.again.consume(bytes),
        }
        self.at += bytes as u64;
        self.number += lines;
    }

    /// Puts the last bytes that were taken back; so many lines end in them.
    pub(super) fn put_back(&mut self, mut bytes: Vec<u8>, lines: u64) {
        self.at -= bytes.len() as u64;
        self.number -= lines;
        bytes.extend_from_slice(rest_of(&self.again));
        self.again = io::Cursor::new(bytes);
    }

    /// Counts NUL bytes that were taken.
    pub(super) fn count_nuls(&mut self, nuls: u64) {
        self.nul_count += nuls;
    }

    /// The next line; `None` at the end of the file. Text after the last line end counts as a line.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let nuls_before = self.nul_count;
        let mut length = 0;
        let has_end = loop {
            let chunk = fill(&mut self.again, &mut self.reader, self.until - self.at)?;
            if chunk.is_empty() {
                break false;
            }
            let newline = memchr(b'\n', chunk);
            let taken = newline.map_or(chunk.len(), |at| at + 1);
            let mut rest = &chunk[..taken];
            while !rest.is_empty() {
                let (text, behind) = rest.split_at(memchr(0, rest).unwrap_or(rest.len()));
                length += text.len();
                let room = LONGEST - self.line.len();
                self.line.extend_from_slice(&text[..text.len().min(room)]);
                let nuls = behind.iter().take_while(|&&byte| byte == 0).count();
                self.nul_count += nuls as u64;
                rest = &behind[nuls..];
            }
            self.take(taken, 0);
            if newline.is_some() {
                break true;
            }
        };
        if length == 0 {
            return Ok(None);
        }
        self.number += 1;
        let is_too_long = length > self.line.len();
        let (bytes, end) = match self.line.as_slice() {
            bytes if is_too_long || !has_end => (bytes, LineEnd::None),
            [bytes @ .., b'\r', b'\n'] => (bytes, LineEnd::CrLf),
            [bytes @ .., _] => (bytes, LineEnd::Lf),
            [] => unreachable!("the length is not 0"),
        };
        let text = if is_too_long {
            Err(Fault::TooLong)
        } else if self.nul_count > nuls_before && !bytes.is_empty() {
            Err(Fault::Torn)
        } else {
            Ok(bytes)
        };
        Ok(Some(Line { number: self.number, text, end }))
    }
}

fn rest_of(again: &io::Cursor<Vec<u8>>) -> &[u8] {
    usize::try_from(again.position()).ok().and_then(|at| again.get_ref().get(at..)).unwrap_or_default()
}

/// The next bytes, those that were put back before those of a reader; at most `left`.
fn fill<'a, R: BufRead>(
    again: &'a mut io::Cursor<Vec<u8>>,
    reader: &'a mut R,
    left: u64,
) -> io::Result<&'a [u8]> {
    if left == 0 {
        return Ok(&[]);
    }
    let bytes = match rest_of(again) {
        [] => {
            while let Err(error) = reader.fill_buf() {
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
            reader.fill_buf()? // already in the buffer
        }
        rest => rest,
    };
    Ok(&bytes[..bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX))])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the lines, as `number:text:end` or `number:fault:end`, when read through a buffer of every small size.
    #[track_caller]
    fn check(input: &[u8], expected: &[&str]) {
        for capacity in 1..9 {
            let mut lines = Lines::new(io::BufReader::with_capacity(capacity, input), 0);
            let mut found = Vec::new();
            while let Some(line) = lines.next().unwrap() {
                let text = line.text.map_or_else(
                    |fault| format!("{fault:?}"),
                    |bytes| String::from_utf8_lossy(bytes).into_owned(),
                );
                found.push(format!("{}:{text}:{:?}", line.number, line.end));
            }
            assert_eq!(found, expected, "read {capacity} bytes at a time");
        }
    }

    #[test]
    fn each_kind_of_end_is_told() {
        check(b"a\r\nb\n\nc", &["1:a:CrLf", "2:b:Lf", "3::Lf", "4:c:None"]);
        check(b"a\rb\r\n\r\n", &["1:a\rb:CrLf", "2::CrLf"]);
        check(b"", &[]);
    }

    #[test]
    fn nuls_alone_are_fill_and_a_line_with_any_is_torn() {
        check(b"a\r\n\0\0\n\0\r\nb\r\n\0\0", &["1:a:CrLf", "2::Lf", "3::CrLf", "4:b:CrLf"]);
        check(b"a\0b\r\nc\r\n", &["1:Torn:CrLf", "2:c:CrLf"]);
        check(b"\0a\n\0\0b", &["1:Torn:Lf", "2:Torn:None"]);
        check(b"a\0\0\nb\n", &["1:Torn:Lf", "2:b:Lf"]);
        let mut lines = Lines::new(&b"\0a\0\n\0"[..], 0);
        while lines.next().unwrap().is_some() {}
        assert_eq!(lines.nul_count(), 3);
    }

    #[test]
    fn an_endless_line_has_no_text_and_the_next_one_is_whole() {
        let mut input = vec![b'x'; 3 * LONGEST];
        input.extend(b"\nnext\n");
        let mut lines = Lines::new(&input[..], 0);
        let first = lines.next().unwrap().unwrap();
        assert_eq!(first.text, Err(Fault::TooLong));
        let second = lines.next().unwrap().unwrap();
        assert_eq!((second.text, second.number), (Ok(&b"next"[..]), 2));
    }
}
