//! Attributes: which span has which name and value, as `waterfall-recorder` writes them, version 1.
//!
//! The specification is `recorder::format`, section "Attributes": `lane,part,row,start,name,value`. Takes the lines of
//! an attribute file, gives its attributes by the record file that has their rows; `given` brings both together.
//! `journal` decides which lines are rows. Must not know record files.

use csv::ByteRecord;
use memchr::{memchr, memchr3};
use recorder::format;

use super::format::{About, Format};
use super::given::{self, Given, Row};
use super::header::{Columns, positions};
use super::journal::{self, LineStart, TakeRows, Taken};
use super::named;
use super::part::{Content, Found, Origin, Part, Stopped};
use super::source::Source;
use super::{diagnosis, fields};

pub(super) struct Attributes;

impl Format for Attributes {
    fn name(&self) -> &'static str {
        "attribute"
    }

    fn about(&self) -> About {
        About {
            what: "Attribute files of `waterfall-recorder`",
            told_by: "its header",
            reads: "the attributes of the rows of the record files beside it",
            leaves: "",
            clock: "none: its rows belong to those of record files",
        }
    }

    fn columns(&self) -> Option<Columns> {
        Some(Columns { names: &format::ATTRIBUTE_COLUMNS, needed: 6 })
    }

    fn wanted(&self) -> String {
        "People give a span an attribute by a further column of its record file".into()
    }

    fn read(&self, source: &mut Source<'_>, header: &ByteRecord) -> Result<Found, Stopped> {
        let places = Places::in_header(header).expect("the header has the needed columns");
        if !given::is_attribute_file(source.path) {
            source.problems.add(source.path, None, NAMELESS);
            return Ok(Found::Parts(Vec::new(), Origin::Epoch));
        }
        let is_plain = source.way.is_strict && source.separator == b',' && places.are_a_recorders();
        let mut rows = AttributeRows { places, is_plain, given: Given::default() };
        let result = journal::read_rows(source, &mut rows).map(|_| ());
        let content = Content::Attributes(rows.given);
        Stopped::or_parts(
            vec![Part { process: named::process(source.path), content, assumed: 0 }],
            Origin::Epoch,
            result,
        )
    }
}

const NAMELESS: &str = "skipped: the name of an attribute file says which process its rows are of; rename this file to what \
                        the recorder called it, <host>.<process>.<thread>.<part>.attributes.csv";

#[derive(PartialEq, Eq)]
struct Places {
    lane: usize,
    part: usize,
    row: usize,
    start: usize,
    name: usize,
    value: usize,
    /// Number of all columns.
    count: usize,
}

impl Places {
    fn in_header(header: &ByteRecord) -> Option<Places> {
        let [lane, part, row, start, name, value] = positions(header, format::ATTRIBUTE_COLUMNS);
        let count = header.len();
        Some(Places { lane: lane?, part: part?, row: row?, start: start?, name: name?, value: value?, count })
    }

    /// Whether these are exactly the format's columns, in its order.
    fn are_a_recorders(&self) -> bool {
        let Places { lane, part, row, start, name, value, count } = *self;
        (lane, part, row, start, name, value, count) == (0, 1, 2, 3, 4, 5, 6)
    }
}

struct AttributeRows {
    places: Places,
    /// Whether plain rows may be taken without splitting them.
    is_plain: bool,
    given: Given,
}

impl TakeRows for AttributeRows {
    /// Takes rows without quotes and with nothing unusual.
    fn take_strict(&mut self, bytes: &[u8], _: u64) -> Taken {
        let mut taken = Taken::default();
        if !self.is_plain {
            return taken;
        }
        while let Some((length, row, name, value)) = plain_row(&bytes[taken.bytes..]) {
            self.given.push(row, name, value);
            taken.bytes += length;
            taken.lines += 1;
        }
        taken
    }

    fn take(&mut self, source: &mut Source<'_>, line: LineStart, record: &ByteRecord) -> Result<(), String> {
        let places = &self.places;
        if record.len() != places.count {
            return Err(diagnosis::of_count(record, places.count));
        }
        let row = Row {
            lane: read(record, places.lane, "lane", "a number of a file", small_number)?,
            part: read(record, places.part, "part", "a number of a file", small_number)?,
            at: read(record, places.row, "row", "an offset in a file", number)?,
            fraction_ns: read(record, places.start, "start", "the nine digits of a fraction", fraction)?,
        };
        let name = source.name(line.number, &record[places.name]);
        let value = source.name(line.number, &record[places.value]);
        self.given.push(row, &name, &value);
        Ok(())
    }

    fn repeats_header(&self, record: &ByteRecord) -> Option<bool> {
        Places::in_header(record).map(|places| places == self.places)
    }

    /// No column of ours shows its end.
    fn is_surely_whole(&self, record: &ByteRecord) -> bool {
        self.places.count > 6 && record.len() == self.places.count
    }
}

/// The row at the beginning of `bytes`, with its length. `None` if it is incomplete, or needs a closer look.
fn plain_row(bytes: &[u8]) -> Option<(usize, Row, &str, &str)> {
    let newline = memchr(b'\n', bytes)?;
    let line = bytes[..newline].strip_suffix(b"\r")?;
    if memchr3(b'"', b'\r', b'\0', line).is_some() {
        return None;
    }
    let mut rest = line;
    let mut field = || {
        let comma = memchr(b',', rest)?;
        let field = &rest[..comma];
        rest = &rest[comma + 1..];
        Some(field)
    };
    let row = Row {
        lane: small_number(field()?)?,
        part: small_number(field()?)?,
        at: number(field()?)?,
        fraction_ns: fraction(field()?)?,
    };
    let name = std::str::from_utf8(field()?).ok()?;
    let value = std::str::from_utf8(rest).ok().filter(|value| !value.contains(','))?;
    Some((newline + 1, row, name, value))
}

/// A field of a row, or why it is not what it should be.
fn read<T>(
    record: &ByteRecord,
    column: usize,
    name: &str,
    what: &str,
    read: impl Fn(&[u8]) -> Option<T>,
) -> Result<T, String> {
    let field = &record[column];
    read(field).ok_or_else(|| format!("{name} {} is not {what}", fields::quoted(field)))
}

/// A whole number of at most 19 digits.
fn number(field: &[u8]) -> Option<u64> {
    let is_number = (1..=19).contains(&field.len()) && field.iter().all(u8::is_ascii_digit);
    is_number.then(|| field.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}

fn small_number(field: &[u8]) -> Option<u32> {
    number(field).and_then(|number| u32::try_from(number).ok())
}

/// The nanoseconds of nine digits.
fn fraction(field: &[u8]) -> Option<u32> {
    small_number(field).filter(|_| field.len() == 9)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::path::Path;

    use proptest::prelude::*;
    use recorder::format::{ATTRIBUTE_HEADER, Attribute, HEADER, Record, Row, Stamp};

    use crate::reading::{Inputs, Loaded, Reading};
    use crate::sources::{Way, read_attributes};

    const START_NS: i64 = 1_795_185_780_123_456_789;
    const RECORDS: &str = "h.1-ff.0-main.0.csv";
    const ATTRIBUTES: &str = "h.1-ff.1-main.0.attributes.csv";

    /// A record file with these tasks, and the offset of each row. Rows start a second and a nanosecond after each
    /// other.
    fn records(tasks: &[&str]) -> (String, Vec<u64>) {
        let (mut text, mut at) = (HEADER.to_owned(), Vec::new());
        for (index, task) in tasks.iter().enumerate() {
            let start = Stamp::new(START_NS + index as i64 * 1_000_000_001, 480);
            let row = Row::new(&Record { group: "g", task, start, end: Some(start), color: "" });
            at.push(text.len() as u64);
            text += std::str::from_utf8(&row.to_bytes()).unwrap();
        }
        (text, at)
    }

    /// The row that gives an attribute to the row of an index, at an offset of the first part of lane 0.
    fn attribute(index: u32, row: u64, name: &str, value: &str) -> String {
        let mut bytes = Row::default();
        bytes.fill_attribute(&Attribute {
            lane: 0,
            part: 0,
            row,
            start_ns: 123_456_789 + index,
            name,
            value,
        });
        String::from_utf8(bytes.to_bytes()).unwrap()
    }

    fn write(directory: &Path, files: &[(&str, &str)]) {
        for (name, text) in files {
            fs::write(directory.join(name), text).unwrap();
        }
    }

    /// Each span as `task name=value ...`, in order of start, and the problems as `file:line: message`.
    fn load(inputs: Vec<&Path>) -> (Vec<String>, Vec<String>) {
        let inputs = Inputs::Paths(inputs.into_iter().map(Path::to_owned).collect());
        let Loaded { trace, problems, .. } = Reading { inputs, ..Reading::default() }.load().unwrap();
        let mut spans: Vec<_> = (trace.lanes().iter())
            .flat_map(|lane| lane.spans.iter().enumerate().map(move |(index, span)| (lane, index, span)))
            .map(|(lane, index, span)| {
                let own = lane.spans.attributes().of(index).map(|(name, value)| format!(" {name}={value}"));
                let task = trace.keys().name(trace.keys().key(span.key).task);
                (span.start, format!("{task}{}", own.collect::<String>()))
            })
            .collect();
        spans.sort();
        let problems = problems.first().iter().map(|problem| {
            let file = problem.path.file_name().unwrap_or_default().to_string_lossy();
            format!("{file}:{}: {}", problem.line.unwrap_or(0), problem.message)
        });
        (spans.into_iter().map(|(_, span)| span).collect(), problems.collect())
    }

    /// Loads a directory with these files.
    fn load_files(files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), files);
        load(vec![directory.path()])
    }

    const NONE: [&str; 0] = [];

    #[test]
    fn attributes_are_read_at_their_spans_and_the_last_of_a_name_counts() {
        let (rows, at) = records(&["a", "b", "c"]);
        let given = [
            attribute(2, at[2], "url", "x, \"y\""),
            attribute(0, at[0], "bytes", "17"),
            attribute(2, at[2], "bytes", "1"),
            attribute(2, at[2], "bytes", ""),
            attribute(0, at[0], "caf\u{e9}", "\u{202e}<b>"),
        ];
        let text = ATTRIBUTE_HEADER.to_owned() + &given.concat();
        let (spans, problems) = load_files(&[(RECORDS, &rows), (ATTRIBUTES, &text)]);
        assert_eq!(spans, ["a bytes=17 caf\u{e9}=\u{202e}<b>", "b", "c bytes= url=x, \"y\""]);
        assert_eq!(problems, NONE);
    }

    #[test]
    fn of_two_threads_that_give_one_name_the_one_with_the_greater_lane_counts() {
        let (rows, at) = records(&["a"]);
        let given = |value| ATTRIBUTE_HEADER.to_owned() + &attribute(0, at[0], "name", value);
        let (of_10, of_2) = (given("ten"), given("two"));
        let files = [("h.1-ff.10-t.0.attributes.csv", &*of_10), ("h.1-ff.2-t.0.attributes.csv", &of_2)];
        let (spans, problems) = load_files(&[(RECORDS, &*rows), files[0], files[1]]);
        assert_eq!((spans, problems.len()), (vec!["a name=ten".to_owned()], 0));
    }

    #[test]
    fn of_record_files_with_equal_numbers_the_one_of_the_same_thread_is_meant() {
        // As of a shell's commands, each a lane named like its task, with numbers of their own.
        let (rows, at) = records(&["a"]);
        let given = |value| ATTRIBUTE_HEADER.to_owned() + &attribute(0, at[0], "task", value);
        let (of_cc, of_ld) = (given("cc"), given("ld"));
        let (spans, problems) = load_files(&[
            ("h.1-ff.0-cc.0.csv", &rows),
            ("h.1-ff.0-cc.0.attributes.csv", &of_cc),
            ("h.1-ff.0-ld.0.csv", &rows.replace("g,a", "g,b")),
            ("h.1-ff.0-ld.0.attributes.csv", &of_ld),
        ]);
        assert_eq!((spans, problems.len()), (vec!["a task=cc".into(), "b task=ld".into()], 0));
    }

    #[test]
    fn a_lane_keeps_a_thousand_names_and_the_others_are_told() {
        let (rows, at) = records(&["a", "b"]);
        let given = (0..1003).map(|name| attribute(0, at[0], &format!("n{name}"), "v"));
        let text =
            ATTRIBUTE_HEADER.to_owned() + &given.chain([attribute(1, at[1], "n7", "w")]).collect::<String>();
        let (spans, problems) = load_files(&[(RECORDS, &rows), (ATTRIBUTES, &text)]);
        assert_eq!((spans[0].matches("=v").count(), &*spans[1]), (1000, "b n7=w"));
        assert_eq!(problems.len(), 1);
        assert!(
            problems[0].ends_with("3 attributes left out: a lane has at most 1,000 names of attributes"),
            "{problems:?}"
        );
    }

    #[test]
    fn a_compressed_record_file_keeps_its_attributes() {
        let (rows, at) = records(&["a", "b"]);
        let text = ATTRIBUTE_HEADER.to_owned() + &attribute(1, at[1], "n", "v");
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in [(RECORDS, &rows), (ATTRIBUTES, &text)] {
            let file = fs::File::create(directory.path().join(format!("{name}.gz"))).unwrap();
            let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            gzip.write_all(text.as_bytes()).unwrap();
            gzip.finish().unwrap();
        }
        assert_eq!(load(vec![directory.path()]), (vec!["a".into(), "b n=v".into()], vec![]));
    }

    #[test]
    fn rows_that_were_edited_get_no_attribute_of_another_row_and_that_is_told() {
        let (rows, at) = records(&["a", "b", "c"]);
        let given: String = (0..3).map(|index| attribute(index, at[index as usize], "n", "v")).collect();
        let text = ATTRIBUTE_HEADER.to_owned() + &given;
        let length = (at[2] - at[1]) as usize;
        let changed = |rows: String| load_files(&[(RECORDS, &rows), (ATTRIBUTES, &text)]);
        let without_b = rows[..at[1] as usize].to_owned() + &rows[at[1] as usize + length..];
        let told = |lost: &str| {
            format!(
                "{RECORDS}:0: {lost} of its rows not shown: these rows are not where the attributes say. An edited, joined or \
                 shortened file loses its attributes"
            )
        };
        let (spans, problems) = changed(without_b);
        assert_eq!((spans, problems), (vec!["a n=v".into(), "c".into()], vec![told("2 attributes")]));
        let (spans, problems) = changed(rows[..at[2] as usize].to_owned());
        assert_eq!((spans, problems), (vec!["a n=v".into(), "b n=v".into()], vec![told("1 attribute")]));
        let (spans, problems) = changed(rows.replace("g,a,", "gg,a,"));
        assert_eq!(problems, [told("2 attributes")]);
        assert_eq!(spans, ["a n=v", "b", "c"]);
    }

    #[test]
    fn attributes_without_their_record_file_are_told_unless_it_was_not_asked_for() {
        let (rows, at) = records(&["a"]);
        let text = ATTRIBUTE_HEADER.to_owned() + &attribute(0, at[0], "n", "v");
        let other = ("h.1-ff.7-other.0.csv", &*rows);
        let (spans, problems) = load_files(&[other, (ATTRIBUTES, &text)]);
        assert_eq!(spans, ["a"]);
        assert_eq!(
            problems,
            [format!(
                "{ATTRIBUTES}:0: 1 attribute not shown: of rows in h.1-ff.0-<thread>.0.csv, which is not there"
            )]
        );
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), &[(RECORDS, &rows), other, (ATTRIBUTES, &text)]);
        let [other, attributes] = [other.0, ATTRIBUTES].map(|name| directory.path().join(name));
        assert_eq!(load(vec![&other, &attributes]), (vec!["a".into()], vec![]));
        // A copy of the directory is left out with its attributes.
        let copy = directory.path().join("copy");
        fs::create_dir(&copy).unwrap();
        fs::remove_file(other).unwrap();
        write(&copy, &[(RECORDS, &rows), (ATTRIBUTES, &text)]);
        let (spans, problems) = load(vec![directory.path()]);
        assert_eq!((spans, problems.len()), (vec!["a n=v".into()], 1), "the problem is the copy");
    }

    #[test]
    fn an_attribute_file_with_another_name_is_told() {
        let (rows, at) = records(&["a"]);
        let text = ATTRIBUTE_HEADER.to_owned() + &attribute(0, at[0], "n", "v");
        let (spans, problems) = load_files(&[(RECORDS, &rows), ("notes.csv", &text)]);
        assert_eq!(spans, ["a"]);
        assert_eq!(problems, [format!("notes.csv:0: {}", super::NAMELESS)]);
    }

    #[test]
    fn what_is_no_attribute_is_told_and_any_beginning_of_a_file_gives_the_beginning_of_its_attributes() {
        let (rows, at) = records(&["a"]);
        let bad = [
            "0,0,27,123456789,n\r\n",
            "-1,0,27,123456789,n,v\r\n",
            "0,x,27,123456789,n,v\r\n",
            "0,0,27,12345678,n,v\r\n",
            "0,0,99999999999999999999,123456789,n,v\r\n",
            "0,0,27,123456789,n,torn\n",
        ];
        let text = ATTRIBUTE_HEADER.to_owned() + &bad.concat();
        let (spans, problems) = load_files(&[(RECORDS, &rows), (ATTRIBUTES, &text)]);
        assert_eq!((spans, problems.len()), (vec!["a".into()], 1 + bad.len()), "{problems:?}");
        assert!(
            problems[0].ends_with("People give a span an attribute by a further column of its record file")
        );
        assert!(problems[2].ends_with("row skipped: lane `-1` is not a number of a file"), "{problems:?}");

        let whole: String = (0..5).map(|value| attribute(0, at[0], &format!("n{value}"), "\"v\"")).collect();
        let whole = ATTRIBUTE_HEADER.to_owned() + &whole + "\n\n\n";
        for cut in 0..whole.len() {
            let (spans, problems) = load_files(&[(RECORDS, &rows), (ATTRIBUTES, &whole[..cut])]);
            let expected = whole[..cut].matches("\r\n").count().saturating_sub(1);
            assert_eq!(spans[0].matches('=').count(), expected, "{cut} bytes");
            assert!(problems.len() <= 1, "{problems:?}");
        }
    }

    #[test]
    fn a_column_that_is_not_the_formats_is_an_attribute() {
        let text = "Task,url,start,end,group,bytes,url,,\u{202e}\n\
                    save,a.png,2026-11-20 22:43:18Z,2026-11-20 22:43:19Z,g,17,b.png,1,\n\
                    load,,2026-11-20 22:43:20Z,2026-11-20 22:43:21Z,g,,,,\"x, y\"\n\
                    load,c.png,2026-11-20 22:43:22Z,2026-11-20 22:43:23Z,g,,,,cut o";
        let (spans, problems) = load_files(&[("mine.csv", text)]);
        assert_eq!(spans, ["save bytes=17 column 8=1 url=a.png", "load \u{202e}=x, y", "load url=c.png"]);
        assert_eq!(
            problems,
            [
                "mine.csv:1: column `url` is there twice, as columns 2 and 7: column 2 is read",
                "mine.csv:4: attribute `\\u{202e}` left out: it may be cut off at the file's end",
            ]
        );
    }

    proptest! {
        #[test]
        fn an_attribute_file_says_the_same_whichever_way_it_is_read(
            lines in prop::collection::vec(
                ("(0|1|4294967295|4294967296|x|-1|)", "(0|7|007|18446744073709551616|9999999999999999999)",
                 "(000000000|123456789|12345678|1234567890)", "([a\u{e9},\"\0 ]|\"\"){0,4}", "(\r\n|\n|\r\r\n|\n\n|\n\r\n)"),
                0..12,
            ),
            buffer_bytes in 2usize..300,
            cut in any::<prop::sample::Index>(),
        ) {
            let lines = lines.into_iter().map(|(lane, row, start, rest, end)| {
                format!("{lane},0,{row},{start},n,{rest}{end}")
            });
            let text = ATTRIBUTE_HEADER.to_owned() + &lines.collect::<String>();
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join(ATTRIBUTES);
            fs::write(&path, &text.as_bytes()[..cut.index(text.len() + 1)]).unwrap();
            let way = Way { buffer_bytes, ..Way::FAST };
            prop_assert_eq!(read_attributes(&path, way), read_attributes(&path, Way::PLAIN));
        }
    }

    #[test]
    fn attributes_of_a_long_file_are_found_in_each_of_its_chunks() {
        let tasks: Vec<String> = (0..120_000).map(|index| format!("task {}", index % 7)).collect();
        let (rows, at) = records(&tasks.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(rows.len() > 2 << 22, "three chunks");
        let given = (0..at.len()).step_by(3).map(|index| {
            // Starts are more than a second apart.
            let fraction = (123_456_789 + index as u32) % 1_000_000_000 - 123_456_789;
            attribute(fraction, at[index], "index", &index.to_string())
        });
        let text = ATTRIBUTE_HEADER.to_owned() + &given.collect::<String>();
        let (spans, problems) = load_files(&[(RECORDS, &rows), (ATTRIBUTES, &text)]);
        assert_eq!(problems, NONE);
        for (index, span) in spans.iter().enumerate() {
            let expected = if index % 3 == 0 { format!(" index={index}") } else { String::new() };
            assert_eq!(*span, format!("{}{expected}", tasks[index]));
        }
    }
}
