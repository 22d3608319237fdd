//! The record format, version 1: what is in a record file, and what the file is called.
//!
//! Pure: no I/O, no clock, no allocation but for the names that [`FileName::parse`] decodes. It is
//! all of the recorder that a reader needs. What follows is the whole specification.
//!
//! # A records directory
//!
//! Every regular file below it, at any depth, whose name ends in `.csv` or `.csv.gz` (in any case)
//! holds records. A file is written by one thread at a time and never by two processes; who merges
//! them needs no lock. An empty file, or one that holds a beginning of the header and nothing
//! else, is an empty journal and no problem when it is named as a recorder names it; under another name
//! nobody can tell it from a file that lost its rows, and a reader says so.
//!
//! # A file
//!
//! RFC 4180 CSV in UTF-8 with a header line; readers find columns by name and ignore further ones:
//!
//! ```
//! use waterfall_recorder::format::{Stamp, is_unfinished, parse_stamp};
//!
//! let sample = concat!(
//!     "group,task,start,end,color\r\n",
//!     "download,image,2026-11-20T22:43:18.123456789+08:00,2026-11-20T22:43:19.000000000+08:00,\r\n",
//!     "download,\"save, \"\"a\"\"\",2026-11-20T22:43:18.500000000+08:00,",
//!     "                                   ,#ca562c\r\n",
//! );
//! let rows: Vec<_> = csv::Reader::from_reader(sample.as_bytes()).records().collect::<Result<_, _>>()?;
//! assert_eq!(parse_stamp(rows[0][2].as_bytes()), Some((1_795_185_798_123_456_789, 8 * 3600)));
//! assert_eq!(&rows[1][1], "save, \"a\"");
//! assert!(is_unfinished(rows[1][3].as_bytes()));
//! # Ok::<(), csv::Error>(())
//! ```
//!
//! - **Lines** end in CRLF. In a file whose header ends in CRLF a line **is a row if and only if it
//!   and the line before it end in CRLF** (the header counts as one before). Every other line is
//!   what a killed or a still running writer has not finished; it is counted and reported, never
//!   parsed. The writer gives a row its `\r` last, and space that it grew ahead of its rows is
//!   filled with `\n`, so lines of `\n` alone are fill; so are NUL bytes (left by a power loss). A
//!   live file is read to the length that it had when it was opened.
//! - **`group`, `task`**: any text of at most 1,000 bytes without control characters, quoted when
//!   it holds `,` or `"`. A recorder puts a space for each control character, and cuts longer
//!   names at a character boundary and counts the cut. So a row is always one line.
//! - **`start`, `end`**: RFC 3339 with exactly nine fractional digits and a numeric offset, always
//!   35 bytes: [`Stamp`]. `end` is never before `start`; both are equal for an instant. An offset of
//!   zero is `+00:00`.
//! - An `end` of 35 spaces: the task had not ended when the file was last written. One of 35 bytes
//!   with a space anywhere but at byte 10: its last write was cut short by a kill. Both are
//!   unfinished spans and no problem: [`is_unfinished`]. Spaces turn into an end's final bytes and
//!   no other byte of a row ever changes.
//! - **`color`**: `#rrggbb`, or empty for "the reader chooses" (`na` is read as empty).
//! - **Quotes**: a field's opening quote is stored after its other quotes, and its commas after that
//!   ([`Row::store_with`]), so at every moment the file is valid CSV in which no open quote swallows
//!   later lines.
//! - **Order**: rows stand in the order in which the spans' starts were called. Starts may still
//!   decrease (the system's clock can be set back), so a reader checks and sorts.
//!
//! Scripts and other languages may write the same columns with LF and with stamps of fewer digits, and
//! leave the `end` of a span that has not ended empty, or of any number of spaces. In such a file
//! a last line without its line end is a row only when all its fields are valid and the last one cannot be
//! a part of a longer one, as a number can.
//!
//! # Counters
//!
//! Numbers over time (the length of a queue, bytes in flight) stand in files of their own beside the
//! records, told from them by their first line, and by the same rules about lines, names and quotes:
//!
//! ```
//! use waterfall_recorder::format::parse_stamp;
//!
//! let sample = concat!(
//!     "group,counter,time,value\r\n",
//!     "download,queue,2026-11-20T22:43:18.123456789+08:00,17.0\r\n",
//! );
//! let rows: Vec<_> = csv::Reader::from_reader(sample.as_bytes()).records().collect::<Result<_, _>>()?;
//! assert_eq!(parse_stamp(rows[0][2].as_bytes()), Some((1_795_185_798_123_456_789, 8 * 3600)));
//! assert_eq!(rows[0][3].parse(), Ok(17.0));
//! # Ok::<(), csv::Error>(())
//! ```
//!
//! - **`group`, `counter`**: as `group` and `task` of a record. A counter is one of its process: the
//!   samples of all its threads are one series, in the order of their times.
//! - **`time`**: a stamp, as `start`. **`value`**: a finite decimal number, perhaps with an exponent
//!   (`1e21`); the counter has it from then until its next sample.
//!
//! # A file's name
//!
//! `<host>.<pid>-<process start>.<lane>-<thread>.<part>.csv`, for counters with `.counters.csv`:
//! [`FileName`]. Equal host, pid and process start: one process. Files whose names differ only in the
//! part: one lane; the next part begins when none of its spans is open. A lane belongs to threads of
//! one name, one after another; `mixed` to threads of any. Files with other names are lanes of
//! their own.

mod file_name;
mod row;
mod stamp;

pub use file_name::{Content, FileName};
pub use row::{Record, Row, Sample};
pub use stamp::{MAX_OFFSET_MINUTES, STAMP_LENGTH, Stamp, StampText, Stamper, parse_stamp};

/// The version of the format that this module describes.
pub const VERSION: u32 = 1;

/// The names of the columns, in the order in which the recorder writes them.
pub const COLUMNS: [&str; 5] = ["group", "task", "start", "end", "color"];

/// The first line of every record file, with its line end.
pub const HEADER: &str = "group,task,start,end,color\r\n";

/// The names of a counter file's columns, in the order in which the recorder writes them.
pub const COUNTER_COLUMNS: [&str; 4] = ["group", "counter", "time", "value"];

/// The first line of every counter file, with its line end.
pub const COUNTER_HEADER: &str = "group,counter,time,value\r\n";

/// The `end` of a span that has not ended: as many spaces as a stamp has bytes.
pub const BLANK_END: [u8; STAMP_LENGTH] = [b' '; STAMP_LENGTH];

/// The most bytes that a group or a task may have; a recorder cuts longer ones.
pub const NAME_LIMIT: usize = 1000;

/// Whether an `end` field says that its span has no end: empty, of spaces alone, or a stamp cut short.
///
/// A space at byte 10 alone is no sign of that: people write `2026-11-20 22:43:18...`.
#[must_use]
pub fn is_unfinished(end: &[u8]) -> bool {
    let is_cut_short =
        || end.len() == STAMP_LENGTH && end.iter().enumerate().any(|(at, &byte)| byte == b' ' && at != 10);
    end.iter().all(|&byte| byte == b' ') || is_cut_short()
}

/// Whether a text is a colour: `#` and six hexadecimal digits.
#[must_use]
pub fn is_color(text: &str) -> bool {
    match text.as_bytes() {
        [b'#', digits @ ..] => digits.len() == 6 && digits.iter().all(u8::is_ascii_hexdigit),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_the_columns() {
        assert_eq!(HEADER, format!("{}\r\n", COLUMNS.join(",")));
        assert_eq!(COUNTER_HEADER, format!("{}\r\n", COUNTER_COLUMNS.join(",")));
    }

    #[test]
    fn an_end_is_unfinished_when_blank_or_cut_short() {
        let whole = *b"2026-11-20T22:43:18.123456789+08:00";
        assert!(is_unfinished(&BLANK_END));
        assert!(!is_unfinished(&whole));
        assert!(!is_unfinished(b"2026-11-20 22:43:18.123456789+08:00"));
        assert!(!is_unfinished(b"2026-11-20 22:43:18"));
        assert!(!is_unfinished(b" na "));
        for blanks in [0, 1, 11, 34, 36, 1000] {
            assert!(is_unfinished(&vec![b' '; blanks]), "{blanks} blanks");
        }
        for written in 0..STAMP_LENGTH {
            let mut end = BLANK_END;
            end[..written].copy_from_slice(&whole[..written]);
            assert!(is_unfinished(&end), "{written} bytes of a stamp");
        }
    }

    #[test]
    fn a_color_is_a_hash_and_six_hexadecimal_digits() {
        for color in ["#ca562c", "#CA562C", "#000000"] {
            assert!(is_color(color), "{color}");
        }
        for other in ["", "na", "#ca562", "#ca562cc", "ca562c", "#ca562g", "#ca56\u{e9}"] {
            assert!(!is_color(other), "{other}");
        }
    }
}
