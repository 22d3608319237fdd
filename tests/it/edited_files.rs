//! Files that people and other programs edited or wrote: what is clear is read, all else is named with what to do.

use std::fs;

use waterfall::{ReadError, Reading};

use crate::dump::{dump, dump_counters, problems};

/// Reads a file of this text. Returns the dump of its spans or counters, and its problems; `None` if nothing in it
/// could be read.
fn read(text: impl AsRef<[u8]>) -> (Option<String>, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("x.csv");
    fs::write(&path, text).unwrap();
    match Reading::of(path).load() {
        Ok(loaded) => (Some(dump(&loaded.trace) + &dump_counters(&loaded.trace)), problems(&loaded.problems)),
        Err(ReadError::NothingReadable { problems: found, .. }) => (None, problems(&found)),
        Err(error) => panic!("{error}"),
    }
}

/// Checks that a text says the same as another one, which has no problem.
#[track_caller]
fn check_same(text: &str, plain: &str) {
    let (expected, none) = read(plain);
    assert_eq!(none, [""; 0], "{plain}");
    assert!(expected.as_ref().is_some_and(|dump| dump.contains(" | ")), "nothing was read of {plain}");
    assert_eq!(read(text), (expected, none), "{text}");
}

/// Checks that nothing is read of a text, for this reason.
#[track_caller]
fn check_skipped(text: impl AsRef<[u8]>, reason: &str) {
    assert_eq!(read(text), (None, vec![format!("x.csv:1: skipped: {reason}")]));
}

const ROW: &str = "prep,load,2026-03-05T10:00:00Z,2026-03-05T10:00:01Z,";
const SAMPLE: &str = "prep,queue,2026-03-05T10:00:00Z,17";
const PERFORMANCE_PY_ROW: &str = "[g-p1tM] x,2026-11-20 22:54:51.1,2026-11-20 22:54:51.2,100 ms,na";

#[test]
fn a_header_may_be_in_capitals_and_have_spaces_around_its_names() {
    for header in [
        "Group,Task,Start,End,Color",
        "GROUP,TASK,START,END,COLOR",
        "group, task, start, end, color",
        "\u{FEFF} Group ,task\t,START , eND,color ",
        "\"Group\",\"Task\",\"Start\",\"End\",\"Color\"",
    ] {
        check_same(&format!("{header}\n{ROW}\n"), &format!("group,task,start,end,color\n{ROW}\n"));
    }
    check_same(
        &format!("Group, Counter, TIME, Value\n{SAMPLE}\n"),
        &format!("group,counter,time,value\n{SAMPLE}\n"),
    );
    for header in [
        "task,start,finish,description,color",
        "TASK,START,FINISH,DESCRIPTION,COLOR",
        "Task, Start, Finish, Description, Color",
    ] {
        check_same(
            &format!("{header}\n{PERFORMANCE_PY_ROW}\n"),
            &format!("Task,Start,Finish,Description,Color\n{PERFORMANCE_PY_ROW}\n"),
        );
    }
}

#[test]
fn of_a_column_that_is_there_twice_the_first_is_read_and_that_is_told() {
    let (dump, problems) = read(
        "group,task,start,end,Start, end ,end\n\
         prep,load,2026-03-05T10:00:00Z,2026-03-05T10:00:01Z,2026-03-05T10:00:01Z,2026-03-05T10:00:09Z,\n",
    );
    assert_eq!(dump.unwrap(), "- x\n  prep | load | 0 1000000000\n");
    assert_eq!(
        problems,
        [
            "x.csv:1: column end is there 3 times, as columns 4, 6 and 7: column 4 is read",
            "x.csv:1: column start is there twice, as columns 3 and 5: column 3 is read",
        ]
    );
    let (_, problems) = read(format!("note,note,group,task,start,end,color\na,b,{ROW}\n"));
    assert_eq!(problems, ["x.csv:1: column `note` is there twice, as columns 1 and 2: column 1 is read"]);
}

#[test]
fn a_damaged_header_is_taken_for_the_format_that_it_is_nearest_to() {
    for (header, format, missing, question) in [
        (
            "Group,Task,Start,Color",
            "record",
            "column end",
            "end; say it: --columns 'task=Task,start=Start,end=???'",
        ),
        (
            "Start,End",
            "record",
            "columns group and task",
            "task; say it: --columns 'task=???,start=Start,end=End'",
        ),
        (
            "Task,Start,Description,Color",
            "PerformancePy",
            "column Finish",
            "end; say it: --columns 'task=Task,start=Start,end=???'",
        ),
        (
            "task,finish",
            "PerformancePy",
            "column Start",
            "start; say it: --columns 'task=task,start=???,end=finish'",
        ),
    ] {
        let columns = header.replace(',', ", ");
        check_skipped(
            format!("{header}\n1,2,3,4\n"),
            &format!(
                "the header looks like that of a {format} file, but has no {missing}; as a table, cannot tell which \
                 column is the {question} (columns: {columns})"
            ),
        );
    }
    check_skipped(
        "GROUP,COUNTER,VALUE\n1,2,3\n",
        "the header looks like that of a counter file, but has no column time",
    );
}

#[test]
fn other_separators_than_commas_are_read() {
    for plain in [
        format!("group,task,start,end,color\n{ROW}\n"),
        format!("group,counter,time,value\n{SAMPLE}\n"),
        format!(
            "\"Group\",\"Task\",\"Start\",\"End\"\n\"prep\",\"a \"\"b\"\"\",{}\n",
            "2026-03-05T10:00:00Z,".repeat(2).trim_end_matches(',')
        ),
        format!("Task,Start,Finish,Description,Color\n{PERFORMANCE_PY_ROW}\n"),
    ] {
        for separator in [";", "\t", "|"] {
            check_same(&plain.replace(',', separator), &plain);
            check_same(&format!("sep={separator}\r\n{}", plain.replace(',', separator)), &plain);
        }
    }
}

#[test]
fn utf_16_is_read_with_a_mark_and_named_without_one() {
    let text = format!("group,task,start,end,color\n{ROW}\n");
    for end in ["\n", "\r\n"] {
        for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let encoded =
                |text: &str| -> Vec<u8> { text.replace('\n', end).encode_utf16().flat_map(bytes).collect() };
            assert_eq!(read(encoded(&format!("\u{feff}{text}"))), read(&text));
            check_skipped(encoded(&text), "the file is UTF-16; save it as UTF-8");
        }
    }
}

/// The times of [`ROW`] in another form, in quotes.
fn row(start: &str, end: &str) -> String {
    format!("prep,load,\"{start}\",\"{end}\",")
}

#[test]
fn times_that_leave_no_doubt_are_read_as_they_are_meant() {
    let file = |row: &str| format!("group,task,start,end,color\n{row}\n");
    let plain = file("prep,load,2026-03-05T10:00:00.123456789+00:00,2026-03-05T10:00:02.500000000+00:00,");
    for (start, end) in [
        ("2026-03-05T10:00:00,123456789+00:00", "2026-03-05T10:00:02,500000000+00:00"),
        ("2026-03-05T11:00:00.123456789+0100", "2026-03-05T11:00:02.5+0100"),
        ("2026-03-05T11:00:00.123456789+01", "2026-03-05T11:00:02.5+01"),
        ("2026-03-05 18:00:00.123456789 +0800", "2026-03-05 18:00:02.500000000 +0800"),
        ("2026-03-05t10:00:00.123456789z", "2026-03-05t10:00:02.5z"),
        (" 2026-03-05T10:00:00.123456789Z ", "  2026-03-05T10:00:02.5Z "),
    ] {
        check_same(&file(&row(start, end)), &plain);
    }
    check_same(
        "group , counter , time , value\nprep,queue, 2026-03-05T11:00:00+0100 , 17 \n",
        &format!("group,counter,time,value\n{SAMPLE}\n"),
    );
    check_same(
        "Task,Start,Finish,Description,Color\n\
         [g-p1tM] x,\"2026-11-20 22:54:51,1\",\"2026-11-20 22:54:51,2\",100 ms,na\n",
        &format!("Task,Start,Finish,Description,Color\n{PERFORMANCE_PY_ROW}\n"),
    );
    check_same(
        &file(&format!("{} #CA562C ", row("2026-03-05T10:00:00Z", "2026-03-05T10:00:01Z"))),
        &file(&format!("{ROW}#ca562c")),
    );
    check_same(&file(&format!("{}NA", row("2026-03-05T10:00:00Z", "2026-03-05T10:00:01Z"))), &file(ROW));
}

#[test]
fn numbers_are_times_since_1970_and_their_unit_is_told() {
    let plain = "group,task,start,end\n\
                 prep,load,2026-03-05T10:00:00Z,2026-03-05T10:00:02Z\n\
                 prep,save,2026-03-05T10:00:02.25Z,2026-03-05T10:00:03.5Z\n";
    for (unit, load, save) in [
        ("seconds", "1772704800,1772704802", "1772704802.25,1772704803.5"),
        ("milliseconds", "1772704800000,1772704802000", "1772704802250,1772704803500.0"),
        ("microseconds", "1772704800000000,1772704802000000", "1772704802250000,1772704803500000"),
        ("nanoseconds", "1772704800000000000,1772704802000000000", "1772704802250000000,1772704803500000000"),
    ] {
        let (dump, problems) = read(format!("group,task,start,end\nprep,load,{load}\nprep,save,{save}\n"));
        assert_eq!(dump, read(plain).0);
        assert_eq!(problems, [format!("x.csv:2: times are numbers: read as {unit} since 1970, UTC")]);
    }
    let (dump, problems) = read("Task,Start,Finish\n[g-p1tM] x,1772704800,1772704802.25\n");
    assert_eq!(dump.unwrap(), "1 M\n  g | x | 0 2250000000\n");
    assert_eq!(problems, ["x.csv:2: times are numbers: read as seconds since 1970, UTC"]);
    let (dump, problems) = read("group,counter,time,value\ng,c,1772704800,1\ng,c,1772704800.5,1772704801\n");
    assert_eq!(dump.unwrap(), "- g | c | 0:1.0 500000000:1772704801.0\n");
    assert_eq!(problems, ["x.csv:2: times are numbers: read as seconds since 1970, UTC"]);
}

#[test]
fn numbers_of_several_units_in_one_file_are_told() {
    let (dump, problems) = read(
        "group,task,start,end\ng,t,2026-03-05T10:00:00Z,1772704802000\n\
         g,t,1772704800,1772704802\ng,t,1772704800,1772704802000000000\n",
    );
    assert_eq!(dump.unwrap().matches(" | t | 0 2000000000\n").count(), 3);
    let told = "x.csv:2: times are numbers of different sizes: each is read by its own number of digits, as \
                milliseconds (line 2), seconds (line 3), nanoseconds (line 4) since 1970, UTC";
    assert_eq!(problems, [told]);
}

#[test]
fn a_time_split_by_its_decimal_comma_is_named_in_every_format() {
    let good = "2026-03-05T10:00:00Z";
    let advice = "put the time in quotes, or write a point";
    for (header, good, bad, time) in [
        (
            "group,task,start,end",
            format!("g,t,{good},{good}"),
            "g,t,2026-03-05T10:00:00,123456789+00:00,2026-03-05T10:00:02,500000000+00:00",
            "2026-03-05T10:00:00,123456789+00:00",
        ),
        // As many fields as the header has.
        (
            "group,task,start,end,color",
            format!("g,t,{good},{good},"),
            "g,t,2026-03-05T10:00:00,25,2026-03-05T10:00:02Z",
            "2026-03-05T10:00:00,25",
        ),
        (
            "group,task,start,end,color",
            format!("g,t,{good},{good},"),
            "g,t,2026-03-05T10:00:00,2026-03-05T10:00:02,500",
            "2026-03-05T10:00:02,500",
        ),
        ("group,counter,time,value", format!("g,c,{good},1"), "g,c,1772704800,25,1", "1772704800,25"),
        (
            "Task,Start,Finish,Description,Color",
            PERFORMANCE_PY_ROW.to_owned(),
            "[g-p1tM] x,2026-11-20 22:54:51,1,2026-11-20 22:54:51,2,100 ms,na",
            "2026-11-20 22:54:51,1",
        ),
        (
            "Task,Start,Finish",
            "[g-p1tM] x,2026-11-20 22:54:51,2026-11-20 22:54:52".to_owned(),
            "[g-p1tM] x,2026-11-20 22:54:51,2026-11-20 22:54:52,456",
            "2026-11-20 22:54:52,456",
        ),
    ] {
        let (dump, problems) = read(format!("{header}\n{good}\n{bad}\n"));
        assert_eq!(dump.unwrap().matches(" | ").count() / 2, 1, "{bad}");
        assert_eq!(
            problems,
            [format!("x.csv:3: row skipped: a decimal comma in the time `{time}`: {advice}")]
        );
    }
}

#[test]
fn an_end_that_its_writer_did_not_finish_is_no_time() {
    let (dump, problems) = read(
        "group,task,start,end\ng,t,2026-03-05T10:00:00Z,2026-03-05T10:00:02    \ng,u,2026-03-05T10:00:00Z,\n",
    );
    assert_eq!(dump.unwrap(), "- x\n  g | u | 0 unfinished\n");
    assert_eq!(
        problems,
        ["x.csv:2: row skipped: end `2026-03-05T10:00:02    ` ends in spaces: it may be cut off"]
    );
}
