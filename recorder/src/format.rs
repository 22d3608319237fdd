//! The record format, version 1: the content and the names of record files.
//!
//! This page is the whole specification. A reader needs no other part of the recorder. The module is pure: no I/O,
//! no clock, and no allocation except for the names that [`FileName::parse`] decodes.
//!
//! # A records directory
//!
//! Every regular file below it, at any depth, whose name ends in `.csv`, `.csv.gz` or `.csv.zst` (in any case) holds
//! records. One thread at a time writes a file, and never two processes, so a reader needs no lock to merge them.
//!
//! A file that is empty, or holds only a beginning of the header, is an empty journal if a recorder's name is on it.
//! Under any other name it might have lost its rows, so a reader reports it.
//!
//! # A file
//!
//! RFC 4180 CSV in UTF-8 with a header line. Readers find columns by name. Additional ones in a record file are
//! attributes; in other files they are ignored.
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
//! - **Lines** end in CRLF. If the header ends in CRLF, a line **is a row if and only if it and the line before it
//!   end in CRLF**; the header counts as a line before. Any other line is one that a killed or still running writer
//!   has not finished: readers count and report it, and never parse it. The writer stores the `\r` of a row last.
//!   Space that it took ahead of its rows is filled with `\n`, so lines of `\n` alone are fill. So are lines of NUL
//!   bytes alone, which a power loss leaves. A line with NUL bytes and text is torn, and never a row: what is left of
//!   it may be of two rows, or lack its beginning. A reader reads a live file up to the length that the file had when
//!   it was opened.
//! - **`group`, `task`**: any text of at most 1,000 bytes without control characters, quoted if it contains `,` or
//!   `"`. A recorder writes a space for each control character, so a row is always one line. It cuts longer names at
//!   a character boundary and counts the cut.
//! - **`start`, `end`**: RFC 3339 with exactly nine fractional digits and a numeric offset, always 35 bytes:
//!   [`Stamp`]. An offset of zero is `+00:00`. `end` is never before `start`; both are equal for an instant.
//! - **Unfinished spans**: an `end` of 35 spaces means that the task had not ended when the file was last written.
//!   A stamp in which spaces stand for some bytes, not only for byte 10, was cut short by a kill. Both are unfinished
//!   spans and no problem: [`is_unfinished`]. Spaces turn into the final bytes of an end; no other byte of a row ever
//!   changes.
//! - **`color`**: `#rrggbb`, or empty if the reader chooses (`na` is read as empty). Or `wait`, in small letters: the
//!   span says that it waits, for example at a lock or for a queue. A wait has no colour of its own. It is a wait from
//!   the first moment, because the field is a part of its row.
//! - **Quotes** are stored in an order that keeps the file valid CSV at every moment, so that no open quote swallows
//!   later lines: first the row with spaces for its quotes and its quoted commas; then the quotes of a field except
//!   the opening one; then the opening quotes; then the commas; then the `\r`.
//! - **Order**: rows are in the order in which the spans were started. A start can still be less than the one before
//!   it, because the system's clock can be set back. So a reader checks and sorts.
//!
//! Scripts and other languages may write the same columns with LF, their names in any case and with spaces around
//! them. Of columns with one name, a reader takes the first and reports it.
//!
//! They may write times in other forms than a stamp, as long as these leave no doubt: fewer digits, a blank for the
//! `T`, small letters, `Z`, `+08` or `+0800`, a decimal comma in a quoted field, spaces before it. A number is the time
//! since 1970 in UTC: in seconds with 10 digits before the point, in ms with 13, in us with 16, in ns with 19. A reader
//! reports that it took numbers for times, and in which unit.
//!
//! They may leave the `end` of an unfinished span empty, or fill it with any number of spaces. In such a file a last
//! line without a line end is a row only if all its fields are valid and the last field cannot be the beginning of a
//! longer one. A number can be: `17` may have been `175`. So can a name.
//!
//! The rule of CRLF is for files that are named as recorders name them: [`FileName`]. Under any other name, lines may
//! end in LF, CRLF or both, and the header may come again, as in two files that were joined.
//!
//! # Counters
//!
//! Numbers over time, such as the length of a queue or the bytes in flight, are in files of their own beside the
//! records. Their first line differs; the rules for lines, names and quotes are the same:
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
//! - **`group`, `counter`**: like `group` and `task` of a record. A counter belongs to its process: the samples of
//!   all its threads are one series, in the order of their times.
//! - **`time`**: a stamp, like `start`. **`value`**: a finite decimal number, perhaps with an exponent (`1e21`). The
//!   counter has this value until its next sample.
//!
//! # Attributes
//!
//! An attribute is a name and a value that belong to one span, such as a URL. Names that begin with `@` are reserved:
//! later versions use them for links between spans. No attribute is a part of its task's name.
//!
//! A recorder writes attributes to files of their own beside the records. Their first line differs; the rules for
//! lines, fill, names and quotes are the same:
//!
//! ```
//! use waterfall_recorder::format::{ATTRIBUTE_HEADER, HEADER};
//!
//! // `build.4711-18f32c0000000000.0-main.0.csv`
//! let records = concat!(
//!     "group,task,start,end,color\r\n",
//!     "download,image,2026-11-20T22:43:18.123456789+08:00,2026-11-20T22:43:19.000000000+08:00,\r\n",
//! );
//! // `build.4711-18f32c0000000000.1-main.0.attributes.csv`
//! let sample = concat!(
//!     "lane,part,row,start,name,value\r\n",
//!     "0,0,28,123456789,url,\"a.example/1,2.png\"\r\n",
//!     "0,0,28,123456789,bytes,81233\r\n",
//! );
//! let rows: Vec<_> = csv::Reader::from_reader(sample.as_bytes()).records().collect::<Result<_, _>>()?;
//! assert_eq!(&rows[0][5], "a.example/1,2.png");
//! let row = &records[rows[1][2].parse::<usize>()?..];
//! assert!(row.starts_with("download,image,") && row.contains(&rows[1][3]));
//! # assert!(records.starts_with(HEADER) && sample.starts_with(ATTRIBUTE_HEADER));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - The **lane** and the part in an attribute file's own name order the files of a process.
//! - **`lane`, `part`**: the numbers in the name of the record file that holds the span. It is a file of the same
//!   host, pid and process start, in the same directory. A process that runs `waterfall task`, or executes another
//!   program, can have several files with these numbers. Then it is the one whose name has the thread of the attribute
//!   file's name.
//! - **`row`**: the offset in that file of the first byte of the span's row. It counts uncompressed bytes, also where
//!   the file is compressed by gzip or zstd.
//! - **`start`**: the nine digits of the fraction in that row's `start`. If the row at the offset has other digits, or
//!   no row begins there, someone has changed the record file. Then the attribute belongs to a row that is gone: a
//!   reader counts and reports it, and never gives it to another row.
//! - **`name`, `value`**: texts of at most 1,000 bytes without control characters, written like `group` and `task`.
//! - **`cpu`** with a duration as its value, such as `81233ns` or `1.5 ms`: the CPU time of the span's thread from the
//!   start of the span to its end, with that of the spans inside it. A recorder writes whole nanoseconds. With any
//!   other value, `cpu` is an attribute like all others.
//! - **Order**: the row of a span is in its file before its attributes are in theirs. So a reader of live files fixes
//!   the lengths of the attribute files before those of the record files. Then each attribute that it reads has its
//!   row.
//! - **A name given twice** for one span: the last row of a file counts. If several threads gave it, that in the file
//!   with the greatest lane number counts, and among parts of one lane that in the last part.
//!
//! In record files that scripts and other languages write, **every column beyond the five is an attribute of that
//! name**: `group,task,start,end,color,url,bytes`. An empty cell means that the span has no such attribute. The file's
//! name does not matter for that.
//!
//! # A file's name
//!
//! `<host>.<pid>-<process start>.<lane>-<thread>.<part>.csv`, `.counters.csv` for counters, or `.attributes.csv` for
//! attributes: [`FileName`].
//!
//! - Files with equal host, pid and process start come from one process. A reader only compares the process start.
//!   On Linux it is the start since boot, and differs between boots and between containers: [`process_start_ns`]. Where
//!   the system does not show that, it is the time of the process's first record since 1970. Other writers may use any
//!   number that no other process with the pid has, such as the current time in nanoseconds.
//! - Files whose names differ only in the part are one lane. The next part begins when no span of the lane is open.
//! - A lane belongs to threads of one name, one after another. A lane named `mixed` belongs to threads of any name.
//! - A file with any other name is a lane of its own.

mod file_name;
mod process_start;
mod row;
mod stamp;

pub use file_name::{Content, FileName};
pub use process_start::process_start_ns;
pub use row::{Attribute, Record, Row, Sample};
pub use stamp::{MAX_OFFSET_MINUTES, STAMP_LENGTH, Stamp, parse_stamp};
#[doc(hidden)] // for the bench's floor
pub use stamp::{StampText, Stamper};

/// The version of the format that this module describes.
pub const VERSION: u32 = 1;

/// The columns of a record file, in the order in which the recorder writes them.
pub const COLUMNS: [&str; 5] = ["group", "task", "start", "end", "color"];

/// The first line of every record file, with its line end.
pub const HEADER: &str = "group,task,start,end,color\r\n";

/// The columns of a counter file, in the order in which the recorder writes them.
pub const COUNTER_COLUMNS: [&str; 4] = ["group", "counter", "time", "value"];

/// The first line of every counter file, with its line end.
pub const COUNTER_HEADER: &str = "group,counter,time,value\r\n";

/// The columns of an attribute file, in the order in which the recorder writes them.
pub const ATTRIBUTE_COLUMNS: [&str; 6] = ["lane", "part", "row", "start", "name", "value"];

/// The first line of every attribute file, with its line end.
pub const ATTRIBUTE_HEADER: &str = "lane,part,row,start,name,value\r\n";

/// The `end` of a span that has not ended: 35 spaces, the length of a stamp.
pub const BLANK_END: [u8; STAMP_LENGTH] = [b' '; STAMP_LENGTH];

/// The `color` of a span that says that it waits.
pub const WAIT: &str = "wait";

/// The maximum length in bytes of a group, a task, a counter, and the name or value of an attribute. A recorder cuts
/// longer ones.
pub const NAME_LIMIT: usize = 1000;

/// Whether an `end` field means that its span has not ended: it is empty, only spaces, or a stamp cut short.
///
/// A space at byte 10 alone does not mean that: people write `2026-11-20 22:43:18...`.
#[must_use]
pub fn is_unfinished(end: &[u8]) -> bool {
    const FORM: &[u8; STAMP_LENGTH] = b"0000-00-00T00:00:00.000000000+00:00";
    let fits = |(&byte, &form): (&u8, &u8)| match form {
        _ if byte == b' ' => true,
        b'0' => byte.is_ascii_digit(),
        b'+' => matches!(byte, b'+' | b'-'),
        _ => byte == form,
    };
    let has_space = || end.iter().enumerate().any(|(at, &byte)| byte == b' ' && at != 10);
    let is_cut_short = || end.len() == STAMP_LENGTH && has_space() && end.iter().zip(FORM).all(fits);
    end.iter().all(|&byte| byte == b' ') || is_cut_short()
}

/// Whether a text is a colour: `#` and six hexadecimal digits, in any case.
#[must_use]
pub fn is_color(text: &str) -> bool {
    match text.as_bytes() {
        [b'#', digits @ ..] => digits.len() == 6 && digits.iter().all(u8::is_ascii_hexdigit),
        _ => false,
    }
}

/// Whether a recorder writes a text as `color`: a colour or [`WAIT`].
pub(crate) fn is_color_field(text: &str) -> bool {
    text == WAIT || is_color(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_the_columns() {
        assert_eq!(HEADER, format!("{}\r\n", COLUMNS.join(",")));
        assert_eq!(COUNTER_HEADER, format!("{}\r\n", COUNTER_COLUMNS.join(",")));
        assert_eq!(ATTRIBUTE_HEADER, format!("{}\r\n", ATTRIBUTE_COLUMNS.join(",")));
    }

    #[test]
    fn an_end_is_unfinished_when_blank_or_cut_short() {
        let whole = *b"2026-11-20T22:43:18.123456789+08:00";
        assert!(is_unfinished(&BLANK_END));
        assert!(!is_unfinished(&whole));
        assert!(!is_unfinished(b"2026-11-20 22:43:18.123456789+08:00"));
        assert!(!is_unfinished(b"2026-11-20 22:43:18"));
        assert!(!is_unfinished(b" na "));
        assert!(!is_unfinished(b"2026-11-20 22:43:18.123456789 +0800"), "`stat` prints this");
        assert!(!is_unfinished(b" 2026-11-20T22:43:18.12345678+08:00"));
        assert!(!is_unfinished(b"35 bytes of something that has none"));
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
        for other in ["", "na", "wait", "#ca562", "#ca562cc", "ca562c", "#ca562g", "#ca56\u{e9}"] {
            assert!(!is_color(other), "{other}");
        }
    }
}
