//! Counters: samples of numbers over time, as `waterfall-recorder` writes them, version 1.
//!
//! The specification is `recorder::format`, section "Counters": `group,counter,time,value`. Takes a file's lines,
//! gives the samples of its process. `journal` decides which lines are rows. Refuses a row whose value is not a
//! finite number.

use csv::ByteRecord;
use recorder::format;

use super::format::{About, Format};
use super::header::{Columns, positions};
use super::journal::{self, LineStart, TakeRows};
use super::named;
use super::part::{Content, Found, Origin, Part, Stopped};
use super::source::Source;
use super::{diagnosis, fields};
use crate::model::SampleRows;

pub(super) struct Counters;

impl Format for Counters {
    fn name(&self) -> &'static str {
        "counter"
    }

    fn about(&self) -> About {
        About {
            what: "Counter files of `waterfall-recorder`",
            told_by: "a header with the columns `group,counter,time,value`, in any order",
            reads: "samples of numbers",
            leaves: "other columns",
            clock: "wall clock",
        }
    }

    fn columns(&self) -> Option<Columns> {
        Some(Columns { names: &format::COUNTER_COLUMNS, needed: 4 })
    }

    fn example(&self) -> Option<&'static str> {
        Some("download,queue,2026-11-20T22:43:18.5+08:00,17")
    }

    fn read(&self, source: &mut Source<'_>, header: &ByteRecord) -> Result<Found, Stopped> {
        let places = Places::in_header(header).expect("the header has the needed columns");
        let mut counted =
            CounterRows { places, rows: SampleRows::new(), offsets: journal::Offsets::default() };
        let result = journal::read_rows(source, &mut counted).map(|_| ());
        let CounterRows { mut rows, offsets, .. } = counted;
        rows.offset_s = offsets.of_earliest();
        let content = Content::Samples(rows);
        let part = Part { process: named::process(source.path), content, assumed: offsets.assumed };
        Stopped::or_parts(vec![part], Origin::Epoch, result)
    }
}

#[derive(PartialEq, Eq)]
struct Places {
    group: usize,
    counter: usize,
    time: usize,
    value: usize,
    /// Number of all columns.
    count: usize,
}

impl Places {
    fn in_header(header: &ByteRecord) -> Option<Places> {
        let [group, counter, time, value] = positions(header, format::COUNTER_COLUMNS);
        Some(Places { group: group?, counter: counter?, time: time?, value: value?, count: header.len() })
    }
}

struct CounterRows {
    places: Places,
    rows: SampleRows,
    offsets: journal::Offsets,
}

impl TakeRows for CounterRows {
    fn take(&mut self, source: &mut Source<'_>, line: LineStart, record: &ByteRecord) -> Result<(), String> {
        let line = line.number;
        let places = &self.places;
        if record.len() != places.count {
            return Err(diagnosis::of_count(record, places.count));
        }
        let value = value(&record[places.value])?;
        let time = source.moment(line, &record[places.time]).map_err(|error| format!("time {error}"))?;
        self.offsets.note(time);
        let group = source.name(line, &record[places.group]);
        let counter = source.name(line, &record[places.counter]);
        self.rows.push(&group, &counter, time.0, value);
        Ok(())
    }

    fn repeats_header(&self, record: &ByteRecord) -> Option<bool> {
        Places::in_header(record).map(|places| places == self.places)
    }

    /// No column of ours shows its end: `1` may be the beginning of `17`, and `+05` that of `+05:45`.
    fn is_surely_whole(&self, record: &ByteRecord) -> bool {
        let Places { group, counter, time, value, .. } = self.places;
        ![group, counter, time, value].contains(&(record.len() - 1))
    }
}

/// A finite number; may have an exponent.
fn value(field: &[u8]) -> Result<f64, String> {
    let number = std::str::from_utf8(field).ok().and_then(|text| text.trim_ascii().parse::<f64>().ok());
    match number {
        Some(number) if number.is_finite() => Ok(number),
        Some(_) => Err(format!("value {} is not finite", fields::quoted(field))),
        None => Err(format!("value {} is not a number", fields::quoted(field))),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::model::Trace;
    use crate::reading::{Error, Loaded, Reading};

    const AT: &str = "2026-11-20T22:43:18.000000000+08:00";

    /// Reads a file of this name and text. Returns one line a counter, and the problems as `line: message`.
    fn read_text(file: &str, text: &str) -> (Vec<String>, Vec<String>) {
        let (trace, problems) = load(file, text, None);
        (dump(&trace), problems)
    }

    fn load(file: &str, text: &str, assumed_offset_s: Option<i32>) -> (Trace, Vec<String>) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(file);
        fs::write(&path, text).unwrap();
        let reading = Reading { assumed_offset_s, ..Reading::of(path) };
        let Loaded { trace, problems, .. } = reading.load().unwrap();
        let problems = (problems.first().iter())
            .map(|problem| format!("{}: {}", problem.line.unwrap_or(0), problem.message));
        (trace, problems.collect())
    }

    /// Group, counter, and each sample as `ns since the first:value`.
    fn dump(trace: &Trace) -> Vec<String> {
        (trace.counters().iter())
            .map(|counter| {
                let samples = counter.samples.iter().map(|(time, value)| format!(" {}:{value}", time.ns()));
                format!("{}/{}{}", counter.group, counter.name, samples.collect::<String>())
            })
            .collect()
    }

    #[test]
    fn rows_are_samples_whatever_the_files_name_and_the_order_of_its_columns() {
        let text = format!(
            "note,value,time,counter,group\r\nx,17.0,{AT},queue,download\r\ny,-1e21,{AT},\"a, \"\"b\"\"\",download\r\n"
        );
        for file in ["mine.CSV", "h.1-ff.0-main.0.counters.csv", "h.1-ff.0-main.0.csv"] {
            let (counters, problems) = read_text(file, &text);
            assert_eq!(counters, ["download/a, \"b\" 0:-1000000000000000000000", "download/queue 0:17"]);
            assert_eq!(problems, [""; 0], "{file}");
        }
    }

    #[test]
    fn a_value_that_is_no_finite_number_is_told_and_its_row_skipped() {
        let values = ["", "x", "0x10", "1,5", "NaN", "inf", "1e400", " 1", "1_000", "1e3", "+.5"];
        let rows: String = values.map(|value| format!("g,c,{AT},\"{value}\"\n")).concat();
        let (counters, problems) = read_text("x.csv", &format!("group,counter,time,value\n{rows}"));
        assert_eq!(counters, ["g/c 0:1 0:1000 0:0.5"]);
        let told = |line: usize, value: &str, what: &str| {
            format!("{line}: row skipped: value `{value}` is not {what}")
        };
        let mut expected: Vec<_> =
            values[..4].iter().enumerate().map(|(row, value)| told(row + 2, value, "a number")).collect();
        expected.extend(
            ["NaN", "inf", "1e400"].iter().enumerate().map(|(row, value)| told(row + 6, value, "finite")),
        );
        expected.push(told(10, "1_000", "a number"));
        assert_eq!(problems, expected);
    }

    #[test]
    fn a_line_is_a_row_only_when_it_and_the_line_before_it_are_whole() {
        let text = format!(
            "group,counter,time,value\r\ng,a,{AT},1.0\r\ng,torn,{AT},2.0\ng,after torn,{AT},3.0\r\ng,a,{AT},4.0\r\n\n\n\n"
        );
        let (counters, problems) = read_text("h.1-ff.0-main.0.counters.csv", &text);
        assert_eq!(counters, ["g/a 0:1 0:4"]);
        assert_eq!(
            problems,
            [3, 4].map(|line| format!("{line}: incomplete row skipped: its writer did not finish it (or an editor changed the line ends: then give the file another name)"))
        );
    }

    #[test]
    fn any_beginning_of_a_journal_gives_the_beginning_of_its_samples() {
        let rows: String =
            (0..9).map(|value| format!("g,\"a, {}\",{AT},{value}7.5\r\n", value % 2)).collect();
        let text = format!("group,counter,time,value\r\n{rows}");
        for cut in 0..text.len() {
            let (counters, problems) = read_text("h.1-ff.0-main.0.counters.csv", &text[..cut]);
            let whole = text[..cut].matches("\r\n").count().saturating_sub(1);
            let found: usize = counters.iter().map(|counter| counter.matches(':').count()).sum();
            assert_eq!(found, whole, "{cut} bytes");
            assert!(problems.len() <= 1, "{problems:?}");
            if cut <= "group,counter,time,value\r\n".len() {
                assert_eq!(problems, [""; 0], "an empty journal is no problem");
            }
        }
    }

    #[test]
    fn a_number_at_the_end_of_a_hand_written_file_may_be_cut() {
        let text = "group,counter,time,value\ng,c,2026-11-20 22:00:00Z,1\ng,c,2026-11-20 22:00:01Z,17";
        let (counters, problems) = read_text("x.csv", text);
        assert_eq!(counters, ["g/c 0:1"]);
        assert_eq!(problems, ["3: incomplete last row skipped: its last field may be cut off"]);
        for (columns, row, is_whole) in [
            ("value,group,counter,time", "17,g,c,2026-11-20T22:00:01.5+08:00", false),
            ("time,value,counter,group", "2026-11-20T22:00:01Z,17,c,g", false),
            ("time,value,counter,group,note", "2026-11-20T22:00:01Z,17,c,g,x", true),
        ] {
            let (counters, _) = read_text("x.csv", &format!("{columns}\n{row}"));
            assert_eq!(counters.len(), usize::from(is_whole), "{row}");
        }
    }

    #[test]
    fn times_without_an_offset_are_assumed_and_told_once() {
        let text = "group,counter,time,value\ng,c,2026-11-20 22:00:00,1\ng,c,2026-11-20 22:00:01,2\n";
        let (trace, problems) = load("x.csv", text, None);
        assert_eq!(problems, ["2: time without a UTC offset: read as UTC; use --bias to set another"]);
        let (shifted, problems) = load("x.csv", text, Some(3600));
        assert_eq!(problems, [""; 0]);
        assert_eq!(trace.origin_ns() - shifted.origin_ns(), 3_600_000_000_000);
    }

    #[test]
    fn what_is_no_time_or_has_other_fields_is_told() {
        let text = format!(
            "group,counter,time,value\ng,c,yesterday,1\ng,a, b,{AT},1\ng,c,{AT}\n\u{7}<b>,\u{202e}c,{AT},1\n"
        );
        let (counters, problems) = read_text("x.csv", &text);
        assert_eq!(counters, ["\u{7}<b>/\u{202e}c 0:1"], "names are kept as they are");
        assert_eq!(
            problems,
            [
                "2: row skipped: time `yesterday` is not a date and time: write it as 2026-11-20T22:43:18.5+08:00",
                "3: row skipped: it has 5 fields, the header has 4",
                "4: row skipped: it has 3 fields, the header has 4",
            ]
        );
    }

    #[test]
    fn a_header_without_a_column_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("x.csv");
        fs::write(&path, "group,counter,value\ng,c,1\n").unwrap();
        let error = Reading::of(path).load().unwrap_err();
        let Error::NothingReadable { problems, .. } = error else { panic!("{error}") };
        let told = "skipped: the header looks like that of a counter file, but has no column time";
        assert_eq!(problems.first()[0].message, told);
    }
}
