//! A row: one record as the bytes that go to the file.
//!
//! Takes the fields, gives a line ending in CRLF, where its `end` field stands, and the order in
//! which the bytes may be stored so that a file is valid CSV whenever its writer is killed. Works
//! in a buffer of fixed size: the longest possible row fits. Must not know files.

use super::{BLANK_END, NAME_LIMIT, STAMP_LENGTH, Stamp, is_color};

/// The fields of a row.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The label of the Recorder.
    pub group: &'a str,
    /// What ran.
    pub task: &'a str,
    /// When it started.
    pub start: Stamp,
    /// When it ended; `None` while it runs.
    pub end: Option<Stamp>,
    /// `#rrggbb`; anything else is written as empty.
    pub color: &'a str,
}

/// A row in its final form, line end included.
#[derive(Clone, Debug)]
pub struct Row {
    bytes: [u8; Row::MAX_LENGTH],
    length: usize,
    end_at: usize,
    /// Where the quotes around the group and the task stand, if there are any.
    quotes: [Option<(usize, usize)>; 2],
    cut_names: u32,
}

impl Row {
    /// The most bytes that a row may have: both names all of quotes, which are doubled.
    pub const MAX_LENGTH: usize =
        2 * (2 * NAME_LIMIT + 2) + 2 * STAMP_LENGTH + "#rrggbb".len() + ",,,,\r\n".len();

    /// Writes a record into a row. About 100 ns; see [`Row::cut_names`] for what may be missing.
    #[must_use]
    pub fn new(record: &Record<'_>) -> Self {
        let bytes = [0; Self::MAX_LENGTH];
        let mut row = Self { bytes, length: 0, end_at: 0, quotes: [None; 2], cut_names: 0 };
        row.quotes[0] = row.push_name(record.group);
        row.push(b",");
        row.quotes[1] = row.push_name(record.task);
        row.push(b",");
        row.push(&record.start.to_bytes());
        row.push(b",");
        row.end_at = row.length;
        row.push(&record.end.map_or(BLANK_END, Stamp::to_bytes));
        row.push(b",");
        if is_color(record.color) {
            row.push(record.color.as_bytes());
        }
        row.push(b"\r\n");
        row
    }

    /// The row's bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// Where the 35 bytes of the `end` field begin, counted from the row's first byte.
    #[must_use]
    pub fn end_at(&self) -> usize {
        self.end_at
    }

    /// How many of the two names were longer than [`NAME_LIMIT`] and have been cut.
    #[must_use]
    pub fn cut_names(&self) -> u32 {
        self.cut_names
    }

    /// Stores the row by calls of `store(offset within the row, bytes)`, in an order that leaves
    /// valid CSV behind wherever it is cut short, within a call or between two.
    ///
    /// A row without quotes is one call, since its `\r` is among its last bytes. Else a reader that
    /// knows nothing of our rule about CRLF must never see a field open without its end:
    ///
    /// 1. the row as a line that is no row: a space for every quote and every quoted comma, and
    ///    `\n` for its `\r`;
    /// 2. for each quoted field the closing quote, then the opening one, a byte each (a closing
    ///    quote alone stands inside an unquoted field, where it means nothing: the byte before it
    ///    is no comma);
    /// 3. the final row. Cut between two inner quotes it has a field that closes early, followed
    ///    by bytes without comma up to the old closing quote, which again means nothing.
    ///
    /// # Errors
    ///
    /// The first error of `store`; nothing is stored after it.
    pub fn store_with<E>(&self, mut store: impl FnMut(usize, &[u8]) -> Result<(), E>) -> Result<(), E> {
        if self.quotes != [None; 2] {
            let mut line = self.clone();
            for &(opening, closing) in self.quotes.iter().flatten() {
                for byte in &mut line.bytes[opening..=closing] {
                    if matches!(byte, b'"' | b',') {
                        *byte = b' ';
                    }
                }
            }
            line.bytes[self.length - 2] = b'\n';
            store(0, line.as_bytes())?;
            for &(opening, closing) in self.quotes.iter().flatten() {
                store(closing, b"\"")?;
                store(opening, b"\"")?;
            }
        }
        store(0, self.as_bytes())
    }

    /// Appends a name as a field; gives the places of its quotes when it needs them.
    fn push_name(&mut self, name: &str) -> Option<(usize, usize)> {
        let name = match name.char_indices().find(|(at, c)| at + c.len_utf8() > NAME_LIMIT) {
            None => name,
            Some((limit, _)) => {
                self.cut_names += 1;
                &name[..limit]
            }
        };
        if name.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b',' | b'"') || byte == b' ') {
            self.push(name.as_bytes()); // most names: 20 ns less
            return None;
        }
        let opening = self.length;
        let is_quoted = name.contains([',', '"']);
        if is_quoted {
            self.push(b"\"");
        }
        for character in name.chars() {
            match character {
                '"' => self.push(b"\"\""),
                _ if character.is_control() => self.push(b" "),
                _ => self.push(character.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        if !is_quoted {
            return None;
        }
        self.push(b"\"");
        Some((opening, self.length - 1))
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes[self.length..self.length + bytes.len()].copy_from_slice(bytes);
        self.length += bytes.len();
    }
}

#[cfg(test)]
mod tests {
    use std::str;

    use chrono::{DateTime, FixedOffset, SecondsFormat};
    use proptest::prelude::*;

    use super::*;
    use crate::format::HEADER;

    fn row(group: &str, task: &str) -> Row {
        let start = Stamp::new(1_795_185_798_123_456_789, 480);
        Row::new(&Record { group, task, start, end: None, color: "" })
    }

    /// The same row by chrono and the csv crate.
    fn plain(
        group: &str,
        task: &str,
        times_ns: (i64, Option<i64>),
        offset_minutes: i32,
        color: &str,
    ) -> Vec<u8> {
        let name = |name: &str| {
            let spaced = name.chars().map(|c| if c.is_control() { ' ' } else { c });
            spaced.collect::<String>()
        };
        let stamp = |unix_ns| {
            let offset = FixedOffset::east_opt(offset_minutes * 60).unwrap();
            DateTime::from_timestamp_nanos(unix_ns)
                .with_timezone(&offset)
                .to_rfc3339_opts(SecondsFormat::Nanos, false)
        };
        let end = times_ns.1.map_or(" ".repeat(35), stamp);
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        writer.write_record([&name(group), &name(task), &stamp(times_ns.0), &end, color]).unwrap();
        writer.into_inner().unwrap()
    }

    /// What is in a file at each moment at which a writer of this row may be killed.
    fn killed_at_every_byte(row: &Row) -> Vec<Vec<u8>> {
        let mut states = Vec::new();
        let mut file = HEADER.as_bytes().to_vec();
        let start = file.len();
        row.store_with(|offset, bytes| {
            for (at, &byte) in bytes.iter().enumerate() {
                states.push(file.clone());
                let at = start + offset + at;
                if at == file.len() {
                    file.push(byte);
                }
                file[at] = byte;
            }
            Ok::<_, ()>(())
        })
        .unwrap();
        states.push(file);
        states
    }

    fn check_no_kill_opens_a_quote(group: &str, task: &str) {
        let row = row(group, task);
        let states = killed_at_every_byte(&row);
        assert_eq!(states.last().unwrap()[HEADER.len()..], *row.as_bytes());
        for mut file in states {
            // No row by the rule of CRLF before it is final.
            let is_row = file[HEADER.len()..].windows(2).any(|end| end == b"\r\n");
            assert_eq!(is_row, file[HEADER.len()..] == *row.as_bytes(), "{}", String::from_utf8_lossy(&file));
            file.extend(b"\nlater,task,start,end,\r\n");
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(&file[..]);
            let last = reader.records().last().unwrap().unwrap();
            assert_eq!(last, vec!["later", "task", "start", "end", ""], "{}", String::from_utf8_lossy(&file));
        }
    }

    #[test]
    fn a_row_is_one_line_whose_end_is_blank_until_it_is_known() {
        let row = row("download", "save");
        let text =
            "download,save,2026-11-20T22:43:18.123456789+08:00,                                   ,\r\n";
        assert_eq!(str::from_utf8(row.as_bytes()).unwrap(), text);
        assert_eq!(row.as_bytes()[row.end_at()..][..STAMP_LENGTH], BLANK_END);
    }

    #[test]
    fn the_longest_row_fits() {
        let stamp = Stamp::new(0, 0);
        let quotes = "\"".repeat(NAME_LIMIT);
        let record = Record { group: &quotes, task: &quotes, start: stamp, end: None, color: "#ca562c" };
        assert_eq!(Row::new(&record).as_bytes().len(), Row::MAX_LENGTH);
    }

    #[test]
    fn long_names_are_cut_at_a_character_boundary() {
        let fitting = row("g", &"x".repeat(NAME_LIMIT));
        assert_eq!(fitting.cut_names(), 0);
        // 999 bytes and the two of é do not fit.
        let cut = row(&"y".repeat(NAME_LIMIT + 1), &format!("{}é", "x".repeat(NAME_LIMIT - 1)));
        assert_eq!(cut.cut_names(), 2);
        let names = format!("{},{},2026", "y".repeat(NAME_LIMIT), "x".repeat(NAME_LIMIT - 1));
        assert!(cut.as_bytes().starts_with(names.as_bytes()));
    }

    #[test]
    fn what_is_no_color_is_left_out() {
        let start = Stamp::new(0, 0);
        let record = Record { group: "g", task: "t", start, end: None, color: "red\",\n" };
        assert!(Row::new(&record).as_bytes().ends_with(b" ,\r\n"));
    }

    #[test]
    fn no_kill_leaves_a_quote_open() {
        for name in [
            ",", "\"", "a,", ",a", "a\"", "\"a", "\",", ",\"", "\",\"", ",\",", "\"\"", ",,", "a\",\"b",
            "a\"\n,",
        ] {
            check_no_kill_opens_a_quote(name, "task");
            check_no_kill_opens_a_quote("group", name);
            check_no_kill_opens_a_quote(name, name);
        }
    }

    #[test]
    fn a_row_without_quotes_is_stored_at_once() {
        let mut stores = 0;
        row("g", "t")
            .store_with(|_, _| {
                stores += 1;
                Ok::<_, ()>(())
            })
            .unwrap();
        assert_eq!(stores, 1);
    }

    #[test]
    fn nothing_is_stored_after_an_error() {
        for failing in 0..4 {
            let mut stores = 0;
            let result = row("g", "a,b").store_with(|_, _| {
                stores += 1;
                if stores > failing { Err(failing) } else { Ok(()) }
            });
            assert_eq!((result, stores), (Err(failing), failing + 1));
        }
    }

    proptest! {
        // Each case reads some hundred files.
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn no_kill_leaves_a_quote_open_in_any_name(group in "[a,\"\n]{0,6}", task in "[ a,\"]{0,8}") {
            check_no_kill_opens_a_quote(&group, &task);
        }
    }

    proptest! {
        #[test]
        fn a_row_is_what_csv_and_chrono_write(
            group in ".{0,80}", task in "(?s).{0,80}|[a,\"\r\n]{0,9}", start_ns: i64, end_ns: Option<i64>,
            minutes in -1439..=1439, color in "|#[0-9a-fA-F]{6}",
        ) {
            let stamp = |unix_ns| Stamp::new(unix_ns, minutes);
            let (start, end) = (stamp(start_ns), end_ns.map(stamp));
            let row = Row::new(&Record { group: &group, task: &task, start, end, color: &color });
            let plain = plain(&group, &task, (start_ns, end_ns), minutes, &color);
            prop_assert_eq!(String::from_utf8_lossy(row.as_bytes()), String::from_utf8_lossy(&plain));
        }
    }
}
