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
    assert_eq!(problems, [""; 0], "a column that is not read");
}

#[test]
fn a_damaged_header_is_taken_for_the_format_that_it_is_nearest_to() {
    for (header, format, missing) in [
        ("Group,Task,Start,Color", "record", "column end"),
        ("Task,Start,End,Color", "record", "column group"),
        ("Start,End", "record", "columns group and task"),
        ("Task,Start,Description,Color", "PerformancePy", "column Finish"),
        ("task,finish", "PerformancePy", "column Start"),
        ("GROUP,COUNTER,VALUE", "counter", "column time"),
    ] {
        check_skipped(
            format!("{header}\n1,2,3,4\n"),
            &format!("the header looks like that of a {format} file, but has no {missing}"),
        );
    }
}

#[test]
fn other_separators_than_commas_are_named() {
    for header in [
        "Group,Task,Start,End,Color",
        "group,counter,time,value",
        "\"Group\",\"Counter\",\"Time\",\"Value\"",
        "task,start,finish",
    ] {
        for (separator, name) in [("\t", "tabs"), (";", "semicolons")] {
            check_skipped(
                format!("{}\r\na\r\n", header.replace(',', separator)),
                &format!("its columns are separated by {name}; save it with commas"),
            );
        }
    }
}

#[test]
fn utf_16_is_named_with_and_without_a_mark() {
    for mark in ["", "\u{FEFF}"] {
        for end in ["\n", "\r\n"] {
            let text = format!("{mark}group,task,start,end,color{end}{ROW}{end}");
            for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
                let bytes: Vec<u8> = text.encode_utf16().flat_map(bytes).collect();
                check_skipped(bytes, "the file is UTF-16; save it as UTF-8");
            }
        }
    }
}
