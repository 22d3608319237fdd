//! Rows held against the crates `csv` and `chrono`, whole and at each moment at which their writer is killed.

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
fn plain(group: &str, task: &str, times_ns: (i64, Option<i64>), offset_minutes: i32, color: &str) -> Vec<u8> {
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

/// The contents of a file at each moment at which a writer that appends this row may be killed.
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

/// The same for a writer that stores the row over a fill. The bytes of a store can arrive in any order; these are some
/// of the many orders.
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

fn attribute(name: &str, value: &str) -> Row {
    let mut row = Row::default();
    row.fill_attribute(&Attribute { lane: 1, part: 0, row: 4096, start_ns: 5, name, value });
    row
}

fn check_no_kill_opens_a_quote(first: &str, second: &str) {
    check_no_kill_opens_a_quote_in(&row(first, second));
    check_no_kill_opens_a_quote_in(&attribute(first, second));
}

/// The header matters only as a line before the row.
fn check_no_kill_opens_a_quote_in(row: &Row) {
    for states in [killed_while_appending(row), killed_while_storing(row)] {
        assert_eq!(states.last().unwrap()[HEADER.len()..], row.to_bytes());
        for mut file in states {
            // By the rule of CRLF it is no row before it is final.
            let is_row = file[HEADER.len()..].windows(2).any(|end| end == b"\r\n");
            let is_final = file[HEADER.len()..] == row.to_bytes();
            assert_eq!(is_row, is_final, "{}", String::from_utf8_lossy(&file));
            file.extend(b"\nlater,task,start,end,\r\n");
            let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(&file[..]);
            let last = reader.records().last().unwrap().unwrap();
            assert_eq!(last, vec!["later", "task", "start", "end", ""], "{}", String::from_utf8_lossy(&file));
        }
    }
}

#[test]
fn a_row_is_one_line_whose_end_is_blank_until_it_is_known() {
    let row = row("download", "save");
    let text = "download,save,2026-11-20T22:43:18.123456789+08:00,                                   ,\r\n";
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
    // The two bytes of é do not fit after 999.
    let cut = row(&"y".repeat(NAME_LIMIT + 1), &format!("{}é", "x".repeat(NAME_LIMIT - 1)));
    assert_eq!(cut.cut_names(), 2);
    let names = format!("{},{},2026", "y".repeat(NAME_LIMIT), "x".repeat(NAME_LIMIT - 1));
    assert!(cut.to_bytes().starts_with(names.as_bytes()));
}

#[test]
fn an_attribute_is_six_fields() {
    let mut row = Row::default();
    let mut text = |lane, row_at, start_ns, name, value| {
        row.fill_attribute(&Attribute { lane, part: 2, row: row_at, start_ns, name, value });
        assert_eq!(row.end_at(), 0);
        String::from_utf8(row.to_bytes()).unwrap()
    };
    assert_eq!(text(0, 28, 123_456_789, "url", "a.png"), "0,2,28,123456789,url,a.png\r\n");
    assert_eq!(text(17, 0, 5, "a,b", "say \"hi\"\n"), "17,2,0,000000005,\"a,b\",\"say \"\"hi\"\" \"\r\n");
    let longest = format!("{},2,{},999999999,,\r\n", u32::MAX, u64::MAX);
    assert_eq!(text(u32::MAX, u64::MAX, 999_999_999, "", ""), longest);
}

#[test]
fn the_longest_attribute_fits_and_a_cut_value_is_known_from_a_cut_name() {
    let quotes = |length| "\"".repeat(length);
    let mut row = Row::default();
    let mut fill = |name: &str, value: &str| {
        let (lane, part, row_at, start_ns) = (u32::MAX, u32::MAX, u64::MAX, 999_999_999);
        row.fill_attribute(&Attribute { lane, part, row: row_at, start_ns, name, value });
        assert!(row.length() <= Row::MAX_LENGTH);
        (row.cut_names(), row.is_value_cut())
    };
    assert_eq!(fill(&quotes(NAME_LIMIT), &quotes(NAME_LIMIT)), (0, false));
    assert_eq!(fill(&quotes(NAME_LIMIT + 1), "v"), (1, false));
    assert_eq!(fill("n", &quotes(NAME_LIMIT + 1)), (0, true));
    assert_eq!(fill("n", "v"), (0, false));
}

#[test]
fn what_is_no_color_and_no_wait_is_left_out() {
    let start = Stamp::new(0, 0);
    for color in ["red\",\n", "waiting", "Wait"] {
        let record = Record { group: "g", task: "t", start, end: None, color };
        assert!(Row::new(&record).to_bytes().ends_with(b" ,\r\n"));
    }
}

#[test]
fn no_kill_leaves_a_quote_open() {
    for name in [
        ",", "\"", "a,", ",a", "a\"", "\"a", "\",", ",\"", "\",\"", ",\",", "\"\"", ",,", "a\",\"b", "a\"\n,",
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
fn a_text_is_plain_if_all_its_bytes_are() {
    let is_plain_byte = |byte: u8| (b' '..=b'~').contains(&byte) && byte != b'"' && byte != b',';
    for length in 0..20 {
        for at in 0..length {
            for byte in (0..=u8::MAX).step_by(if cfg!(miri) { 11 } else { 1 }) {
                for others in [b' ', b'~', b'!', b'-'] {
                    let mut text = vec![others; length];
                    text[at] = byte;
                    assert_eq!(is_plain(&text), is_plain_byte(byte), "{text:?}");
                }
            }
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
    // Each case reads some hundreds of files.
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
            (
                ("[ab\n]{0,2}", "[ab,]{0,2}", "|wait|red|#00000[ab]"),
                0_i64..3_000_000_000, prop::option::of(0_i64..9), 0..3, -1..1,
            ),
            1..30,
        ),
    ) {
        let mut row = Row::default();
        for ((group, task, color), start_ns, lasts_ns, kind, minutes) in records {
            let start = Stamp::new(start_ns, minutes);
            let mut fresh = Row::default();
            if kind == 2 {
                let start_ns = (start_ns % 1_000_000_000) as u32;
                let attribute =
                    Attribute { lane: 1, part: 0, row: start_ns.into(), start_ns, name: &group, value: &task };
                row.fill_attribute(&attribute);
                fresh.fill_attribute(&attribute);
            } else if kind == 1 {
                let sample = Sample { group: &group, counter: &task, time: start, value: 0.5 };
                row.fill_sample(&sample);
                fresh.fill_sample(&sample);
            } else {
                let end = lasts_ns.map(|lasts_ns| Stamp::new(start_ns + lasts_ns, minutes));
                let record = Record { group: &group, task: &task, start, end, color: &color };
                row.fill(&record);
                fresh.fill(&record);
            }
            // Stored, and copied as a whole.
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
        minutes in -1439..=1439, color in "|wait|#[0-9a-fA-F]{6}",
    ) {
        let stamp = |unix_ns| Stamp::new(unix_ns, minutes);
        let (start, end) = (stamp(start_ns), end_ns.map(stamp));
        let row = Row::new(&Record { group: &group, task: &task, start, end, color: &color });
        let plain = plain(&group, &task, (start_ns, end_ns), minutes, &color);
        let bytes = row.to_bytes();
        prop_assert_eq!(String::from_utf8_lossy(&bytes), String::from_utf8_lossy(&plain));
    }

    #[test]
    fn an_attribute_is_what_csv_writes(
        lane: u32, part: u32, row_at: u64, start_ns in 0..1_000_000_000_u32,
        name in ".{0,80}", value in "(?s).{0,80}|[a,\"\r\n]{0,9}",
    ) {
        let mut row = Row::default();
        row.fill_attribute(&Attribute { lane, part, row: row_at, start_ns, name: &name, value: &value });
        let spaced = |text: &str| text.replace(|c: char| c.is_control(), " ");
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        let numbers = [lane.to_string(), part.to_string(), row_at.to_string(), format!("{start_ns:09}")];
        writer.write_record(numbers.into_iter().chain([spaced(&name), spaced(&value)])).unwrap();
        let bytes = row.to_bytes();
        let plain = writer.into_inner().unwrap();
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
