//! The lines of a file, with their ends and numbers.
//!
//! Takes any reader, plain or gzip; gives one line at a time in bounded memory: of a line longer than
//! [`LONGEST`] the rest is passed over. NUL bytes are fill that a power loss left: they are taken out and
//! counted. Knows nothing of columns.

use std::io::{self, BufRead};

/// Longer lines are cut: no record needs this much, and a file that is no text may have no line end at all.
pub(super) const LONGEST: usize = 1 << 20;

/// How a line ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    CrLf,
    Lf,
    /// The file ended.
    None,
}

/// One line.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: u64,
    /// Without its end and without NULs.
    pub(super) bytes: &'a [u8],
    pub(super) end: LineEnd,
    /// Whether it was longer than [`LONGEST`].
    pub(super) is_cut: bool,
}

/// The lines of a reader.
pub(super) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    number: u64,
    nul_count: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Lines<R> {
        Lines { reader, buffer: Vec::new(), number: 0, nul_count: 0 }
    }

    /// How many NUL bytes were taken out so far.
    pub(super) fn nul_count(&self) -> u64 {
        self.nul_count
    }

    /// The next line; `None` at the end of the file. What stands after the last line end is a line when it
    /// is not empty.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.buffer.clear();
        let mut length = 0;
        let has_end = loop {
            let chunk = match self.reader.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if chunk.is_empty() {
                break false;
            }
            let newline = chunk.iter().position(|&byte| byte == b'\n');
            let taken = newline.map_or(chunk.len(), |at| at + 1);
            for &byte in &chunk[..taken] {
                if byte == 0 {
                    self.nul_count += 1;
                } else {
                    length += 1;
                    if self.buffer.len() < LONGEST {
                        self.buffer.push(byte);
                    }
                }
            }
            self.reader.consume(taken);
            if newline.is_some() {
                break true;
            }
        };
        if length == 0 {
            return Ok(None);
        }
        self.number += 1;
        let is_cut = length > self.buffer.len();
        let (bytes, end) = match self.buffer.as_slice() {
            bytes if is_cut || !has_end => (bytes, LineEnd::None),
            [bytes @ .., b'\r', b'\n'] => (bytes, LineEnd::CrLf),
            [bytes @ .., _] => (bytes, LineEnd::Lf),
            [] => unreachable!("the length is not 0"),
        };
        Ok(Some(Line { number: self.number, bytes, end, is_cut }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each line as `number:text:end`, read through a buffer of every small size.
    #[track_caller]
    fn check(input: &[u8], expected: &[&str]) {
        for capacity in 1..9 {
            let mut lines = Lines::new(io::BufReader::with_capacity(capacity, input));
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
        let mut lines = Lines::new(&b"\0a\0\n\0"[..]);
        while lines.next().unwrap().is_some() {}
        assert_eq!(lines.nul_count(), 3);
    }

    #[test]
    fn an_endless_line_is_cut_and_the_next_one_is_whole() {
        let mut input = vec![b'x'; 3 * LONGEST];
        input.extend(b"\nnext\n");
        let mut lines = Lines::new(&input[..]);
        let first = lines.next().unwrap().unwrap();
        assert_eq!((first.is_cut, first.bytes.len()), (true, LONGEST));
        let second = lines.next().unwrap().unwrap();
        assert_eq!((second.is_cut, second.bytes, second.number), (false, &b"next"[..], 2));
    }
}
