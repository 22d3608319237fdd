//! A row: one record, or one sample of a counter, as the bytes that go to the file.
//!
//! Takes the fields, gives a line ending in CRLF, where its `end` field stands, and the order in
//! which the bytes may be stored so that a file is valid CSV whenever its writer is killed. A row
//! can be filled again and again; its memory grows to that of the longest. Must not know files.

use std::convert::Infallible;
use std::fmt::{self, Write};

use super::stamp::{FRACTION_AT, Fraction};
use super::{BLANK_END, NAME_LIMIT, STAMP_LENGTH, Stamp, Stamper, is_color};

/// The fields of a row of a record file.
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

/// The fields of a row of a counter file.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// The label of the Recorder.
    pub group: &'a str,
    /// What was counted.
    pub counter: &'a str,
    /// When it had the value.
    pub time: Stamp,
    /// The value, which must be finite to be read back.
    pub value: f64,
}

/// A row in its final form, line end included.
///
/// Filled again with the same names within the same second, it changes nine digits only.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// With spaces in place of the digits of the start's fraction.
    bytes: Vec<u8>,
    /// Where the start, or a sample's time, begins.
    start_at: usize,
    fraction: Fraction,
    end_at: usize,
    /// Where the quotes around the two names stand, if there are any.
    quotes: [Option<(usize, usize)>; 2],
    is_quoted: bool,
    cut_names: u32,
    /// Where the first name ends and the second one begins and ends, when the next record may have the
    /// same ones and everything else but the fraction, too.
    names: Option<(usize, usize)>,
    stamper: Stamper,
}

impl Row {
    /// The most bytes that a row of a record file may have: both names all of quotes, which are
    /// doubled. A sample's row is shorter.
    pub const MAX_LENGTH: usize =
        2 * (2 * NAME_LIMIT + 2) + 2 * STAMP_LENGTH + "#rrggbb".len() + ",,,,\r\n".len();

    /// A row of a record. About 100 ns; [`Row::fill`] takes 10 to 30 once the row has its memory.
    #[must_use]
    pub fn new(record: &Record<'_>) -> Self {
        let mut row = Self::default();
        row.fill(record);
        row
    }

    /// Makes this the row of a record; see [`Row::cut_names`] for what may be missing.
    #[inline]
    pub fn fill(&mut self, record: &Record<'_>) {
        match self.stamper.fraction_ns(record.start) {
            Some(fraction_ns) if self.repeats(record) => self.fraction = Fraction::new(fraction_ns),
            _ => self.fill_anew(record),
        }
    }

    /// Makes this the row of a sample. The value is written so that reading it gives the same `f64`.
    pub fn fill_sample(&mut self, sample: &Sample<'_>) {
        self.begin(sample.group, sample.counter);
        self.push_start(sample.time);
        self.push(b",");
        let _ = write!(Text(&mut self.bytes), "{:?}", sample.value); // never fails
        self.push(b"\r\n");
        self.names = None;
    }

    /// The row's bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.bytes.clone();
        self.put_fraction(&mut bytes);
        bytes
    }

    /// How many bytes it has.
    #[inline]
    #[must_use]
    pub fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Where the 35 bytes of the `end` field begin, counted from the row's first byte. A sample's row
    /// has none, and gives 0.
    #[inline]
    #[must_use]
    pub fn end_at(&self) -> usize {
        self.end_at
    }

    /// How many of the two names were longer than [`NAME_LIMIT`] and have been cut.
    #[inline]
    #[must_use]
    pub fn cut_names(&self) -> u32 {
        self.cut_names
    }

    /// Appends the row to a file by calls of `write(offset within the row, bytes)`: one for a row
    /// without quotes, since a file's end moves once its bytes are there; else as
    /// [`Row::store_with`].
    ///
    /// # Errors
    ///
    /// The first error of `write`; nothing is written after it.
    pub fn append_with<E>(&self, mut write: impl FnMut(usize, &[u8]) -> Result<(), E>) -> Result<(), E> {
        if self.is_quoted { self.store_quoted_with(&mut write) } else { write(0, &self.to_bytes()) }
    }

    /// Stores the row over a fill of `\n` by calls of `store(offset within the row, bytes)`, in an
    /// order that leaves valid CSV behind, and no line that is taken for a row, wherever it is cut
    /// short: between two calls, or within one, whatever part of its bytes has arrived. A `store` that
    /// goes from left to right leaves at most one line.
    ///
    /// A row without quotes is stored from left to right. Of one with quotes:
    ///
    /// 1. The row as a line that is no row: a space for every quote and every quoted comma, and
    ///    `\n` for its `\r`.
    /// 2. Inside each quoted field its quotes, the closing one, too. They mean nothing, since the field
    ///    does not begin with one.
    /// 3. The opening quotes.
    /// 4. Inside the quotes the commas.
    /// 5. The `\r`, which makes it a row. It must not be seen before the rest.
    ///
    /// # Errors
    ///
    /// The first error of `store`; nothing is stored after it.
    #[inline]
    pub fn store_with<E>(&self, mut store: impl FnMut(usize, &[u8]) -> Result<(), E>) -> Result<(), E> {
        if self.is_quoted {
            return self.store_quoted_with(&mut store);
        }
        let commit_at = self.bytes.len() - 2;
        let fraction_at = self.start_at + FRACTION_AT;
        store(0, &self.bytes[..fraction_at])?;
        self.fraction.store_with(fraction_at, &mut store)?;
        let rest_at = fraction_at + Fraction::LENGTH;
        store(rest_at, &self.bytes[rest_at..commit_at])?;
        store(commit_at, b"\r")
    }

    #[cold]
    fn store_quoted_with<E>(&self, store: &mut impl FnMut(usize, &[u8]) -> Result<(), E>) -> Result<(), E> {
        let row = self.to_bytes();
        let quoted = || self.quotes.iter().flatten().copied();
        let commit_at = row.len() - 2;
        let mut line = row.clone();
        line[commit_at] = b'\n';
        for (opening, closing) in quoted() {
            blank(&mut line[opening..=closing], b"\",");
        }
        store(0, &line)?;
        for (opening, closing) in quoted() {
            line[opening + 1..=closing].copy_from_slice(&row[opening + 1..=closing]);
            blank(&mut line[opening + 1..=closing], b",");
            store(opening + 1, &line[opening + 1..=closing])?;
        }
        for (opening, _) in quoted() {
            store(opening, b"\"")?;
        }
        for (opening, closing) in quoted() {
            store(opening + 1, &row[opening + 1..closing])?;
        }
        store(commit_at, b"\r")
    }

    fn put_fraction(&self, bytes: &mut [u8]) {
        if self.bytes.is_empty() {
            return; // never filled
        }
        let Ok(()) = self.fraction.store_with(self.start_at + FRACTION_AT, |at, digits| {
            bytes[at..at + digits.len()].copy_from_slice(digits);
            Ok::<_, Infallible>(())
        });
    }

    /// Whether a record, which lies in the same second, differs from the last one in its fraction alone.
    #[inline]
    fn repeats(&self, record: &Record<'_>) -> bool {
        let Some((first_end, second_end)) = self.names else { return false };
        record.end.is_none()
            && record.color.is_empty()
            && self.bytes.get(..first_end).is_some_and(|group| is_same(group, record.group.as_bytes()))
            && (self.bytes.get(first_end + 1..second_end))
                .is_some_and(|task| is_same(task, record.task.as_bytes()))
    }

    #[inline(never)] // nor its saving of registers in the other case
    fn fill_anew(&mut self, record: &Record<'_>) {
        self.begin(record.group, record.task);
        self.push_start(record.start);
        self.push(b",");
        self.end_at = self.bytes.len();
        match record.end {
            Some(end) => {
                let end = self.stamper.stamp(end).to_bytes();
                self.push(&end);
            }
            None => self.push(&BLANK_END),
        }
        self.push(b",");
        if is_color(record.color) {
            self.push(record.color.as_bytes());
        }
        self.push(b"\r\n");
        let may_repeat = record.end.is_none() && record.color.is_empty();
        if !may_repeat || self.is_quoted || self.cut_names > 0 {
            self.names = None;
        }
    }

    /// Starts with the two names.
    fn begin(&mut self, group: &str, name: &str) {
        self.bytes.clear();
        (self.end_at, self.cut_names, self.is_quoted) = (0, 0, false);
        self.quotes = [None; 2];
        self.push_name(group, 0);
        let first_end = self.bytes.len();
        self.push(b",");
        self.push_name(name, 1);
        self.names = Some((first_end, self.bytes.len()));
    }

    /// Appends a comma and a stamp.
    fn push_start(&mut self, start: Stamp) {
        let text = self.stamper.stamp(start);
        self.bytes.push(b',');
        self.start_at = self.bytes.len();
        self.bytes.extend_from_slice(text.second());
        self.fraction = text.fraction();
    }

    /// Appends a name as a field, the first or the second one.
    fn push_name(&mut self, name: &str, place: usize) {
        // No early end: without one the loop is as fast as it gets.
        let is_plain = name
            .bytes()
            .fold(true, |plain, byte| plain & (matches!(byte, b' '..=b'~') & !matches!(byte, b'"' | b',')));
        if is_plain && name.len() <= NAME_LIMIT {
            self.push(name.as_bytes());
            return;
        }
        let name = match name.char_indices().find(|(at, c)| at + c.len_utf8() > NAME_LIMIT) {
            None => name,
            Some((limit, _)) => {
                self.cut_names += 1;
                &name[..limit]
            }
        };
        let opening = self.bytes.len();
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
        if is_quoted {
            self.push(b"\"");
            self.quotes[place] = Some((opening, self.bytes.len() - 1));
            self.is_quoted = true;
        }
    }

    #[inline]
    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}

/// Whether two texts are equal. For those of 4 to 16 bytes, which most names are, without a call: their
/// first bytes and their last ones, which overlap.
#[inline]
fn is_same(a: &[u8], b: &[u8]) -> bool {
    fn ends<const N: usize>(text: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
        Some((text.first_chunk()?, text.last_chunk()?))
    }
    a.len() == b.len()
        && match a.len() {
            8..=16 => ends::<8>(a) == ends(b),
            4..=7 => ends::<4>(a) == ends(b),
            _ => a == b,
        }
}

/// Takes formatted text.
struct Text<'a>(&'a mut Vec<u8>);

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

/// Puts spaces in place of some bytes.
fn blank(text: &mut [u8], blanked: &[u8]) {
    text.iter_mut().filter(|byte| blanked.contains(byte)).for_each(|byte| *byte = b' ');
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

    /// What is in a file at each moment at which a writer who appends this row may be killed.
    fn killed_while_appending(row: &Row) -> Vec<Vec<u8>> {
        let mut states = Vec::new();
        let mut file = HEADER.as_bytes().to_vec();
        let start = file.len();
        row.append_with(|offset, bytes| {
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

    /// The same of a writer who stores it over a fill, the bytes of a store arriving in any order: some
    /// of the many.
    fn killed_while_storing(row: &Row) -> Vec<Vec<u8>> {
        let mut states = Vec::new();
        let mut file = [HEADER.as_bytes(), &vec![b'\n'; row.length()]].concat();
        let mut random = 1_u64;
        row.store_with(|offset, bytes| {
            let place = HEADER.len() + offset..HEADER.len() + offset + bytes.len();
            for _ in 0..8 {
                let mut state = file.clone();
                for (byte, &stored) in state[place.clone()].iter_mut().zip(bytes) {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    if random >> 63 == 0 {
                        *byte = stored;
                    }
                }
                states.push(state);
            }
            file[place].copy_from_slice(bytes);
            states.push(file.clone());
            Ok::<_, ()>(())
        })
        .unwrap();
        states
    }

    fn check_no_kill_opens_a_quote(group: &str, task: &str) {
        let row = row(group, task);
        for states in [killed_while_appending(&row), killed_while_storing(&row)] {
            assert_eq!(states.last().unwrap()[HEADER.len()..], row.to_bytes());
            for mut file in states {
                // No row by the rule of CRLF before it is final.
                let is_row = file[HEADER.len()..].windows(2).any(|end| end == b"\r\n");
                let is_final = file[HEADER.len()..] == row.to_bytes();
                assert_eq!(is_row, is_final, "{}", String::from_utf8_lossy(&file));
                file.extend(b"\nlater,task,start,end,\r\n");
                let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(&file[..]);
                let last = reader.records().last().unwrap().unwrap();
                assert_eq!(
                    last,
                    vec!["later", "task", "start", "end", ""],
                    "{}",
                    String::from_utf8_lossy(&file)
                );
            }
        }
    }

    #[test]
    fn a_row_is_one_line_whose_end_is_blank_until_it_is_known() {
        let row = row("download", "save");
        let text =
            "download,save,2026-11-20T22:43:18.123456789+08:00,                                   ,\r\n";
        assert_eq!(str::from_utf8(&row.to_bytes()).unwrap(), text);
        let end_at = row.end_at();
        assert_eq!(row.to_bytes()[end_at..][..STAMP_LENGTH], BLANK_END);
    }

    #[test]
    fn the_longest_row_fits() {
        let stamp = Stamp::new(0, 0);
        let quotes = "\"".repeat(NAME_LIMIT);
        let record = Record { group: &quotes, task: &quotes, start: stamp, end: None, color: "#ca562c" };
        assert_eq!(Row::new(&record).to_bytes().len(), Row::MAX_LENGTH);
    }

    #[test]
    fn long_names_are_cut_at_a_character_boundary() {
        let fitting = row("g", &"x".repeat(NAME_LIMIT));
        assert_eq!(fitting.cut_names(), 0);
        // 999 bytes and the two of é do not fit.
        let cut = row(&"y".repeat(NAME_LIMIT + 1), &format!("{}é", "x".repeat(NAME_LIMIT - 1)));
        assert_eq!(cut.cut_names(), 2);
        let names = format!("{},{},2026", "y".repeat(NAME_LIMIT), "x".repeat(NAME_LIMIT - 1));
        assert!(cut.to_bytes().starts_with(names.as_bytes()));
    }

    #[test]
    fn what_is_no_color_is_left_out() {
        let start = Stamp::new(0, 0);
        let record = Record { group: "g", task: "t", start, end: None, color: "red\",\n" };
        assert!(Row::new(&record).to_bytes().ends_with(b" ,\r\n"));
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
    fn a_row_without_quotes_is_appended_at_once() {
        let mut writes = 0;
        row("g", "t")
            .append_with(|_, _| {
                writes += 1;
                Ok::<_, ()>(())
            })
            .unwrap();
        assert_eq!(writes, 1);
    }

    #[test]
    fn texts_are_the_same_only_when_all_their_bytes_are() {
        let text: Vec<u8> = (0..20).collect();
        for length in 0..=text.len() {
            assert!(is_same(&text[..length], &text.clone()[..length]));
            assert!(length == 0 || !is_same(&text[..length], &text[..length - 1]));
            for at in 0..length {
                let mut other = text[..length].to_vec();
                other[at] += 1;
                assert!(!is_same(&text[..length], &other), "byte {at} of {length}");
            }
        }
    }

    #[test]
    fn a_row_that_is_filled_again_keeps_nothing_of_the_last_one() {
        let (start, end) = (Stamp::new(5, 0), Some(Stamp::new(7, 0)));
        let records = [
            Record { group: "a,b", task: "say \"hi\"", start, end, color: "#ca562c" },
            Record { group: "g", task: &"x".repeat(NAME_LIMIT + 1), start, end: None, color: "" },
            Record { group: "g", task: "t", start, end: None, color: "" },
        ];
        let mut row = Row::default();
        for record in records {
            row.fill(&record);
            let fresh = Row::new(&record);
            assert_eq!(row.to_bytes(), fresh.to_bytes());
            assert_eq!(row.end_at(), fresh.end_at());
            assert_eq!((row.quotes, row.cut_names), (fresh.quotes, fresh.cut_names));
        }
    }

    #[test]
    fn a_sample_is_four_fields() {
        let mut row = Row::default();
        let time = Stamp::new(1_795_185_798_123_456_789, 480);
        let mut text = |group, value| {
            row.fill_sample(&Sample { group, counter: "queue", time, value });
            String::from_utf8(row.to_bytes()).unwrap()
        };
        assert_eq!(text("g", 17.0), "g,queue,2026-11-20T22:43:18.123456789+08:00,17.0\r\n");
        assert_eq!(text("a,b", -1e21), "\"a,b\",queue,2026-11-20T22:43:18.123456789+08:00,-1e21\r\n");
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
        fn rows_one_after_another_are_those_that_stand_alone(
            records in prop::collection::vec(
                ("[ab\n]{0,2}", "[ab,]{0,2}", 0_i64..3_000_000_000, prop::option::of(0_i64..9), any::<bool>(), -1..1),
                1..30,
            ),
        ) {
            let mut row = Row::default();
            for (group, task, start_ns, lasts_ns, is_sample, minutes) in records {
                let start = Stamp::new(start_ns, minutes);
                let mut fresh = Row::default();
                if is_sample {
                    let sample = Sample { group: &group, counter: &task, time: start, value: 0.5 };
                    row.fill_sample(&sample);
                    fresh.fill_sample(&sample);
                } else {
                    let end = lasts_ns.map(|lasts_ns| Stamp::new(start_ns + lasts_ns, minutes));
                    let record = Record { group: &group, task: &task, start, end, color: "" };
                    row.fill(&record);
                    fresh.fill(&record);
                }
                // As it is stored, and as a whole.
                let mut stored = vec![b'\n'; row.length()];
                row.store_with(|at, bytes| {
                    stored[at..at + bytes.len()].copy_from_slice(bytes);
                    Ok::<_, ()>(())
                })
                .unwrap();
                prop_assert_eq!(&stored[..], fresh.to_bytes());
                prop_assert_eq!(row.to_bytes(), fresh.to_bytes());
            }
        }

        #[test]
        fn a_row_is_what_csv_and_chrono_write(
            group in ".{0,80}", task in "(?s).{0,80}|[a,\"\r\n]{0,9}", start_ns: i64, end_ns: Option<i64>,
            minutes in -1439..=1439, color in "|#[0-9a-fA-F]{6}",
        ) {
            let stamp = |unix_ns| Stamp::new(unix_ns, minutes);
            let (start, end) = (stamp(start_ns), end_ns.map(stamp));
            let row = Row::new(&Record { group: &group, task: &task, start, end, color: &color });
            let plain = plain(&group, &task, (start_ns, end_ns), minutes, &color);
            let bytes = row.to_bytes();
            prop_assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&plain));
        }

        #[test]
        fn a_value_is_read_back_to_the_bit(value: f64) {
            prop_assume!(value.is_finite());
            let mut row = Row::default();
            let sample = Sample { group: "g", counter: "c", time: Stamp::new(0, 0), value };
            row.fill_sample(&sample);
            let text = String::from_utf8(row.to_bytes()).unwrap();
            let read: f64 = text.trim_end().rsplit(',').next().unwrap().parse().unwrap();
            prop_assert_eq!(read.to_bits(), value.to_bits());
        }
    }
}
