//! Lines of a file, with their ends and numbers.
//!
//! Takes any reader, plain or gzip; gives one line at a time in bounded memory: it skips the part of a line after
//! [`LONGEST`] bytes. NUL bytes are padding that a power loss left; it removes and counts them. Code that knows the
//! form of the next lines may take them unchanged from the buffer. Knows no columns.

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
    /// Without the line end and without NULs.
    pub(super) bytes: &'a [u8],
    pub(super) end: LineEnd,
    /// Whether it was longer than [`LONGEST`].
    pub(super) is_cut: bool,
}

pub(super) struct Lines<R> {
    reader: R,
    /// Position of the next line in the file.
    at: u64,
    /// Position at which the lines end at the latest.
    until: u64,
    line: Vec<u8>,
    number: u64,
    nul_count: u64,
}

impl<R: BufRead> Lines<R> {
    /// The lines of a reader that begins at position `at` of its file.
    pub(super) fn new(reader: R, at: u64) -> Lines<R> {
        Lines { reader, at, until: u64::MAX, line: Vec::new(), number: 0, nul_count: 0 }
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

    /// Number of NUL bytes removed so far.
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
        fill(&mut self.reader, self.until - self.at)
    }

    /// Takes `bytes` of the buffer. They must be `lines` whole lines without NULs.
    pub(super) fn take(&mut self, bytes: usize, lines: u64) {
        self.reader.consume(bytes);
        self.at += bytes as u64;
        self.number += lines;
    }

    /// The next line; `None` at the end of the file. Text after the last line end counts as a line.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let mut length = 0;
        let has_end = loop {
            let chunk = fill(&mut self.reader, self.until - self.at)?;
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
        let is_cut = length > self.line.len();
        let (bytes, end) = match self.line.as_slice() {
            bytes if is_cut || !has_end => (bytes, LineEnd::None),
            [bytes @ .., b'\r', b'\n'] => (bytes, LineEnd::CrLf),
            [bytes @ .., _] => (bytes, LineEnd::Lf),
            [] => unreachable!("the length is not 0"),
        };
        Ok(Some(Line { number: self.number, bytes, end, is_cut }))
    }
}

/// The next bytes of a reader, at most `left`.
fn fill<R: BufRead>(reader: &mut R, left: u64) -> io::Result<&[u8]> {
    if left == 0 {
        return Ok(&[]);
    }
    while let Err(error) = reader.fill_buf() {
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
    let bytes = reader.fill_buf()?; // already in the buffer
    Ok(&bytes[..bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX))])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the lines, as `number:text:end`, when read through a buffer of every small size.
    #[track_caller]
    fn check(input: &[u8], expected: &[&str]) {
        for capacity in 1..9 {
            let mut lines = Lines::new(io::BufReader::with_capacity(capacity, input), 0);
            let mut found = Vec::new();
            while let Some(line) = lines.next().unwrap() {
                let text = String::from_utf8_lossy(line.bytes);
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
    fn nuls_are_fill() {
        check(b"a\r\n\0\0\0b\r\n\0\0", &["1:a:CrLf", "2:b:CrLf"]);
        let mut lines = Lines::new(&b"\0a\0\n\0"[..], 0);
        while lines.next().unwrap().is_some() {}
        assert_eq!(lines.nul_count(), 3);
    }

    #[test]
    fn an_endless_line_is_cut_and_the_next_one_is_whole() {
        let mut input = vec![b'x'; 3 * LONGEST];
        input.extend(b"\nnext\n");
        let mut lines = Lines::new(&input[..], 0);
        let first = lines.next().unwrap().unwrap();
        assert_eq!((first.is_cut, first.bytes.len()), (true, LONGEST));
        let second = lines.next().unwrap().unwrap();
        assert_eq!((second.is_cut, second.bytes, second.number), (false, &b"next"[..], 2));
    }
}
