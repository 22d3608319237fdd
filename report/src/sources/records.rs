//! Records: the format that `waterfall-recorder` writes, version 1.
//!
//! The specification is `recorder::format`. Takes a file's lines, gives the rows of its lane, with the attributes that
//! attribute files or columns of its own give them. `journal` decides which lines are rows. `strict` reads rows exactly
//! as a recorder writes them, this module all others. A fault that leaves a row drawable becomes a problem, and the row
//! stays.

use std::io;

use csv::ByteRecord;
use rayon::prelude::*;
use recorder::format;

use super::color;
use super::cpu;
use super::format::{About, Format};
use super::given::Finder;
use super::header::{Columns, others, positions, repeated, repeated_others};
use super::journal::{self, Ending, LineStart, TakeRows, Taken};
use super::lines::LineEnd;
use super::named;
use super::part::{Content, Found, Origin, Part, Stopped};
use super::source::Source;
use super::stamp::{self, Stamp};
use super::strict::StrictReader;
use super::{diagnosis, fields};
use crate::model::{Kind, Rows};

pub(super) struct Records;

impl Format for Records {
    fn name(&self) -> &'static str {
        "record"
    }

    fn about(&self) -> About {
        About {
            what: "Record files of `waterfall-recorder`, or of any program that writes them",
            told_by: "a header with the columns `group,task,start,end`, in any order",
            reads: "spans, colours, declared waits; other columns are attributes",
            leaves: "",
            clock: "wall clock; a time without an offset is read as UTC, or as `--bias` says",
        }
    }

    /// A file may lack the colour.
    fn columns(&self) -> Option<Columns> {
        Some(Columns { names: &format::COLUMNS, needed: 4 })
    }

    fn example(&self) -> Option<&'static str> {
        Some("download,save,2026-11-20T22:43:18.5+08:00,2026-11-20T22:43:19+08:00,")
    }

    /// Reads the chunks of a large file in parallel.
    fn read(&self, source: &mut Source<'_>, header: &ByteRecord) -> Result<Found, Stopped> {
        let places = Places::in_header(header).expect("the header has the needed columns");
        for (name, positions) in repeated_others(header, &format::COLUMNS) {
            source.problem(1, repeated(&fields::quoted(name.as_bytes()), &positions));
        }
        let mut all = RecordRows::new(source, &places);
        let result = read_chunks(source, &mut all);
        let RecordRows { mut rows, offsets, finder, .. } = all;
        finder.attach(&mut rows);
        if let Some(message) = cpu::mend(&mut rows) {
            source.problems.add(source.path, None, message);
        }
        rows.offset_s = offsets.of_earliest();
        let content = Content::Lane(named::lane(source.path), rows);
        let part = Part { process: named::process(source.path), content, assumed: offsets.assumed };
        Stopped::or_parts(vec![part], Origin::Epoch, result)
    }
}

#[derive(PartialEq, Eq)]
struct Places {
    group: usize,
    task: usize,
    start: usize,
    end: usize,
    color: Option<usize>,
    /// The columns of attributes, and their names.
    attributes: Vec<(usize, String)>,
    /// Number of all columns.
    count: usize,
}

impl Places {
    fn in_header(header: &ByteRecord) -> Option<Places> {
        let [group, task, start, end, color] = positions(header, format::COLUMNS);
        let (attributes, count) = (others(header, &format::COLUMNS), header.len());
        Some(Places { group: group?, task: task?, start: start?, end: end?, color, attributes, count })
    }

    /// Whether these are exactly the format's columns, in its order.
    fn are_a_recorders(&self) -> bool {
        let Places { group, task, start, end, color, count, .. } = *self;
        (group, task, start, end, color, count) == (0, 1, 2, 3, Some(4), 5)
    }
}

/// Reads the rows below the header: first those that are not in chunks, then the chunks in parallel.
fn read_chunks<'s: 'a, 'a>(source: &mut Source<'s>, all: &mut RecordRows<'a>) -> io::Result<()> {
    let mut chunks = source.split().into_iter();
    let mut ending = journal::read_rows(source, all)?;
    // A few at a time, so that the next chunks reuse the memory that these had before they were joined.
    while chunks.len() > 0 && ending == Ending::Whole {
        let few: Vec<Source<'s>> = chunks.by_ref().take(4 * rayon::current_num_threads()).collect();
        let places: &'a Places = all.places;
        let read: Vec<_> = (few.into_par_iter())
            .map(|mut chunk| {
                let mut rows = RecordRows::new(&chunk, places);
                let result = journal::read_rows(&mut chunk, &mut rows);
                (chunk, rows, result)
            })
            .collect();
        for (chunk, rows, result) in read {
            source.join(chunk);
            all.offsets.join(rows.offsets);
            all.finder.join(rows.finder, all.rows.len());
            all.rows.extend(rows.rows);
            ending = result?;
            if ending == Ending::OtherHeader {
                break;
            }
        }
    }
    Ok(())
}

struct RecordRows<'a> {
    places: &'a Places,
    /// Present if the columns are a recorder's.
    strict: Option<StrictReader>,
    rows: Rows,
    finder: Finder<'a>,
    offsets: journal::Offsets,
}

impl<'a> RecordRows<'a> {
    fn new(source: &Source<'a>, places: &'a Places) -> RecordRows<'a> {
        let is_strict = source.way.is_strict && source.separator == b',';
        let strict = (is_strict && places.are_a_recorders())
            .then(|| StrictReader::new(source.header_end == LineEnd::CrLf));
        let finder = Finder::new(source.given, source.lines.at());
        RecordRows { places, strict, rows: Rows::new(), finder, offsets: journal::Offsets::default() }
    }

    /// Gives the last row what its own columns say. The end of a line may have lost a part of its last field.
    fn attach(&mut self, source: &mut Source<'_>, line: u64, record: &ByteRecord) {
        let row = self.rows.len() - 1;
        for (column, name) in self.places.attributes.iter().filter(|(column, _)| !record[*column].is_empty())
        {
            if source.previous_end == LineEnd::None && *column + 1 == record.len() {
                let name = fields::quoted(name.as_bytes());
                source
                    .problem(line, format!("attribute {name} left out: it may be cut off at the file's end"));
                continue;
            }
            let value = source.name(line, &record[*column]);
            cpu::attach_column(&mut self.rows, row, name, &value);
        }
    }
}

impl TakeRows for RecordRows<'_> {
    fn take_strict(&mut self, bytes: &[u8], at: u64) -> Taken {
        let mut taken = Taken::default();
        let Some(strict) = &mut self.strict else { return taken };
        while let Some(row) = strict.row(&bytes[taken.bytes..], &mut self.rows.keys) {
            self.finder.row(at + taken.bytes as u64, row.start_ns, self.rows.len());
            self.offsets.note((row.start_ns, Some(row.offset_s)));
            self.rows.push(row.start_ns, row.end_ns, row.key);
            taken.bytes += row.length;
            taken.lines += 1;
        }
        taken
    }

    fn take(&mut self, source: &mut Source<'_>, line: LineStart, record: &ByteRecord) -> Result<(), String> {
        let row = row(source, self.places, line.number, record)?;
        let key = self.rows.keys.intern(&row.group, &row.task, row.kind);
        self.offsets.note(row.start);
        self.finder.row(line.at, row.start.0, self.rows.len());
        self.rows.push(row.start.0, row.end_ns, key);
        self.attach(source, line.number, record);
        Ok(())
    }

    fn repeats_header(&self, record: &ByteRecord) -> Option<bool> {
        Places::in_header(record).map(|places| places == *self.places)
    }

    /// A whole colour has seven bytes, is `na`, `wait` or `point`, or is left to the report. A whole stamp is as long as the
    /// other one, or ends in its offset. A name may have lost any part. What is no column of ours may be incomplete.
    fn is_surely_whole(&self, record: &ByteRecord) -> bool {
        let last = record.len() - 1;
        let length = |column: usize| record.get(column).map(<[u8]>::len);
        if self.places.color == Some(last) {
            let field = color_field(self.places, record);
            let is_word = color::kind(field) == Kind::Wait || color::is_point(field);
            color::is_none(field) || field.len() == "#rrggbb".len() || is_word
        } else if last == self.places.start || last == self.places.end {
            length(self.places.start) == length(self.places.end) || stamp::shows_its_end(&record[last])
        } else {
            last != self.places.group && last != self.places.task
        }
    }
}

struct Row<'a> {
    group: std::borrow::Cow<'a, str>,
    task: std::borrow::Cow<'a, str>,
    start: Stamp,
    end_ns: Option<i64>,
    kind: Kind,
}

/// Checks every field of a row. A fault that leaves the row drawable is a problem, any other is the error.
fn row<'a>(
    source: &mut Source<'_>,
    places: &Places,
    line: u64,
    record: &'a ByteRecord,
) -> Result<Row<'a>, String> {
    if record.len() != places.count {
        return Err(diagnosis::of_count(record, places.count));
    }
    let start = source.moment(line, &record[places.start]).map_err(|error| format!("start {error}"))?;
    let end = &record[places.end];
    let is_padded = |column: usize| record[column].ends_with(b" ");
    let end = match format::is_unfinished(end) {
        true => None,
        false if is_padded(places.end) && !is_padded(places.start) => {
            return Err(format!("end {} ends in spaces: it may be cut off", fields::quoted(end)));
        }
        false => Some(source.moment(line, end).map_err(|error| format!("end {error}"))?),
    };
    if end.is_some_and(|end| end.1.is_some() != start.1.is_some()) {
        return Err(stamp::ONE_OFFSET.into());
    }
    let mut end_ns = end.map(|end| end.0);
    let field = color_field(places, record);
    let is_point = color::is_point(field) && end_ns == Some(start.0);
    let kind = if is_point { Kind::Point } else { color::kind(field) };
    if kind == Kind::Work(None) && !color::is_none(field) {
        // What follows a decimal comma is no colour.
        if let Some(message) = source.decimal_comma(record) {
            return Err(message);
        }
        let field = fields::quoted(field);
        source
            .problem(line, format!("color {field} is neither #rrggbb nor wait: the report chooses a colour"));
    }
    if end_ns.is_some_and(|end_ns| end_ns < start.0) {
        source.problem(line, "ends before it starts: drawn as an instant");
        end_ns = Some(start.0);
    }
    let group = source.name(line, &record[places.group]);
    let task = source.name(line, &record[places.task]);
    Ok(Row { group, task, start, end_ns, kind })
}

/// The colour's field; empty if the file has no such column.
fn color_field<'a>(places: &Places, record: &'a ByteRecord) -> &'a [u8] {
    places.color.and_then(|column| record.get(column)).unwrap_or_default().trim_ascii()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;
    use recorder::format::{self, Record, Stamp};

    use crate::sources::lines::LONGEST;
    use crate::sources::{Way, read_rows};

    /// Reads a file of these bytes in the given way and the plain way. Both must give the same.
    #[track_caller]
    fn check(bytes: &[u8], way: Way, assumed_offset_s: Option<i32>) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("h.1-ff.0-main.0.csv");
        fs::write(&path, bytes).unwrap();
        let plain = read_rows(&path, Way::PLAIN, assumed_offset_s);
        assert_eq!(read_rows(&path, way, assumed_offset_s), plain, "{:?}", String::from_utf8_lossy(bytes));
    }

    /// Ways of all sizes, so that the edge of a buffer or a chunk falls on every byte of a line.
    fn way() -> impl Strategy<Value = Way> {
        let bytes = || prop_oneof![2..20_usize, 20..400_usize, Just(1_usize << 16)];
        (bytes(), bytes(), prop::bool::weighted(0.8)).prop_map(|(buffer_bytes, chunk_bytes, is_strict)| Way {
            buffer_bytes,
            chunk_bytes: chunk_bytes as u64,
            is_strict,
        })
    }

    /// A row as a recorder writes it.
    fn recorded() -> impl Strategy<Value = Vec<u8>> {
        let name = || prop_oneof![8 => "[ab]", 2 => "[a-c ]{0,40}", 1 => "[\", a\u{e9}]{0,4}"];
        let color = prop::sample::select(vec!["", "", "", "#ca562c", "#CA562C", "#000000", "wait"]);
        let minutes = prop::sample::select(vec![480, 480, 480, 0, -1]);
        let start_ns = prop_oneof![8 => 0..120_000_000_000_i64, 1 => Just(59_999_999_999_i64)];
        let duration_ns = prop_oneof![4 => 0..2_000_000_000_i64, 1 => Just(0_i64), 1 => -1_000_i64..0];
        let end = prop_oneof![4 => duration_ns.prop_map(Some), 1 => Just(None)];
        (name(), name(), start_ns, end, minutes, color).prop_map(
            |(group, task, after_ns, duration_ns, minutes, color)| {
                let start_ns = 1_795_185_780_000_000_000 + after_ns;
                let end = duration_ns.map(|ns| Stamp::new(start_ns + ns, minutes));
                let start = Stamp::new(start_ns, minutes);
                format::Row::new(&Record { group: &group, task: &task, start, end, color }).to_bytes()
            },
        )
    }

    /// A line as people and other programs write it, and the beginnings and ends of lines.
    fn written_by_hand() -> impl Strategy<Value = Vec<u8>> {
        let field = || {
            prop::sample::select(vec![
                "",
                "a",
                "b \"c\"",
                "\"a,b\"",
                "\"",
                "2026-11-20T22:43:18.123456789+08:00",
                "2026-11-20T22:43:18.12345678\0+08:00",
                "2026-11-20T22:43:1         9+08:00",
                "2026-11-20T22:43:61.123456789+08:00",
                "2026-13-20T22:43:18.123456789+08:00",
                "2026-11-20T22:43:18.123456789-00:00",
                "2262-04-11T23:47:16.854775807+00:00",
                "2262-04-11T23:47:16.854775808+00:00",
                "1677-09-21T00:12:43.145224193+00:00",
                "2026-11-20 22:43:18.5",
                "2026-11-20 22:43:19Z",
                "2026-11-20 22:43:18.123456789 +0800",
                "\"2026-11-20T22:43:18,5+08\"",
                "2026-11-20T22:43:18",
                "1795185798",
                "1795185798.25",
                "1795185798123",
                "17.5",
                "                                   ",
                "  ",
                "na",
                "#ca562c",
                "#ca562",
                "#ca562g",
                "wait",
                "Wait",
                "wai",
                "81233ns",
                "-1 s",
            ])
        };
        let end = prop::sample::select(vec!["\r\n", "\n", "", "\r", "\0\n", "\r\0\n", "\n\n\n\n"]);
        (prop::collection::vec(field(), 0..7), end)
            .prop_map(|(fields, end)| [fields.join(",").as_bytes(), end.as_bytes()].concat())
    }

    fn file() -> impl Strategy<Value = Vec<u8>> {
        let header = prop_oneof![
            8 => Just(format::HEADER),
            2 => Just("group,task,start,end,color\n"),
            1 => prop::sample::select(vec![
                "\u{FEFF}group,task,start,end,color\r\n",
                "group,task,start,end,color,note\r\n",
                "task,group,start,end,color\r\n",
                "group,task,start,end\r\n",
                "group,task,start,end,cpu\r\n",
                "group,task,start,end,color",
                "\n",
            ]),
        ];
        let line = prop_oneof![
            6 => recorded(),
            1 => (recorded(), any::<prop::sample::Index>()).prop_map(|(mut row, cut)| {
                row.truncate(cut.index(row.len()));
                row
            }),
            1 => recorded().prop_map(|row| [&row[..row.len() - 2], b"\n"].concat()),
            1 => written_by_hand(),
        ];
        let lines = prop::collection::vec(line, 0..24);
        // Replaces a byte anywhere, and cuts off all after some place.
        let byte = prop::sample::select(b"\n\r\0\", :#a09\xFF".to_vec());
        let changes = prop::collection::vec((any::<prop::sample::Index>(), byte), 0..4);
        let cut = prop::option::weighted(0.2, any::<prop::sample::Index>());
        (header, lines, changes, cut).prop_map(|(header, lines, changes, cut)| {
            let mut bytes = [header.as_bytes(), &lines.concat()].concat();
            for (place, byte) in changes {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
            bytes.truncate(cut.map_or(bytes.len(), |cut| cut.index(bytes.len())));
            bytes
        })
    }

    proptest! {
        #[test]
        fn a_file_says_the_same_whichever_way_it_is_read(
            bytes in file(), way in way(), assumed_offset_s in prop::option::of(Just(3600)),
        ) {
            check(&bytes, way, assumed_offset_s);
        }
    }

    #[test]
    fn a_long_line_is_judged_alike_wherever_an_edge_falls() {
        let row = |group: &str| {
            format!("{group},t,2026-11-20T22:43:18.123456789+08:00,2026-11-20T22:43:19.123456789+08:00,\r\n")
        };
        for length in [2000, 2001, format::Row::MAX_LENGTH, LONGEST - 80, LONGEST, 2 * LONGEST] {
            let lines = [row("a"), row(&"x".repeat(length)), row("behind it"), row("b"), row("c")];
            let text = format!("{}{}", format::HEADER, lines.concat());
            for (buffer_bytes, chunk_bytes) in [(1 << 16, 1 << 24), (5000, 3000), (1 << 22, 1 << 20)] {
                check(text.as_bytes(), Way { buffer_bytes, chunk_bytes, is_strict: true }, None);
            }
        }
    }

    #[test]
    fn more_keys_than_are_kept_are_all_told_apart() {
        let row = |n: usize| {
            let start = Stamp::new(1_795_185_780_000_000_000, 0);
            let (task, color) = (n / 3, ["", "#ca562c", "wait"][n % 3]);
            let record = Record { group: "g", task: &task.to_string(), start, end: Some(start), color };
            format::Row::new(&record).to_bytes()
        };
        let rows: Vec<u8> = (0..20_000).flat_map(|n| row(n % 9_000)).collect();
        let bytes = [format::HEADER.as_bytes(), &rows].concat();
        for chunk_bytes in [100_000, 1 << 24] {
            check(&bytes, Way { chunk_bytes, ..Way::FAST }, None);
        }
    }
}
