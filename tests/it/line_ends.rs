//! Files that an editor or another program changed: every row in them is read, whatever their line ends.

use std::fs;

use proptest::prelude::*;

use crate::dump::{data, dump, problems, read};

const HEADER: &str = "group,task,start,end,color";

fn row(task: usize) -> String {
    format!("g,task {task},2026-11-20T22:00:{task:02}Z,2026-11-20T22:00:{task:02}.5Z,#ca562c")
}

/// The number of spans in a file of this name and text, and its problems.
fn read_as(name: &str, text: &str) -> (usize, Vec<String>) {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join(name), text).unwrap();
    let (trace, found) = read(directory.path());
    (trace.span_count(), problems(&found))
}

#[test]
fn a_file_whose_last_line_end_an_editor_changed_is_read_whole() {
    let (trace, found) = read(&data("line_ends/lf-last.csv"));
    assert_eq!(found.total(), 0);
    assert_eq!(
        trace.span_count(),
        fs::read_to_string(data("line_ends/lf-last.csv")).unwrap().lines().count() - 1
    );
}

#[test]
fn joined_files_are_read_with_the_header_in_their_middle() {
    let text = fs::read_to_string(data("line_ends/joined.csv")).unwrap();
    let (trace, found) = read(&data("line_ends/joined.csv"));
    assert_eq!(found.total(), 0, "{:?}", problems(&found));
    assert_eq!(trace.span_count(), text.lines().filter(|line| !line.starts_with("group,")).count());
    // With a byte order mark, and for counters.
    let (one, two) =
        (format!("\u{feff}{HEADER}\r\n{}\r\n", row(1)), format!("\u{feff}{HEADER}\n{}\n", row(2)));
    assert_eq!(read_as("x.csv", &format!("{one}{two}{one}")), (3, vec![]));
    let performance_py = "Task,Start,Finish,Description,Color\n\
                          [g-p1tM] x,2026-11-20 22:54:51.1,2026-11-20 22:54:51.2,100 ms,na\n";
    assert_eq!(
        read_as("x.csv", &format!("{performance_py}{}", performance_py.replace("Task,Start", "TASK,start"))),
        (2, vec![])
    );
    let counters = "group,counter,time,value\ng,c,2026-11-20T22:00:00Z,1\n";
    assert_eq!(read_as("x.csv", &counters.repeat(2)), (0, vec![]));
}

#[test]
fn rows_below_a_header_of_other_columns_are_not_read_by_the_first() {
    let other = "task,group,start,end,color\nmixed up,g,2026-11-20T22:00:00Z,2026-11-20T22:00:01Z,\n";
    let text = format!("{HEADER}\n{}\n{other}", row(1));
    let message = "x.csv:3: a second header, with other columns: nothing from here on was read. Save these rows as a \
                   file of their own";
    assert_eq!(read_as("x.csv", &text), (1, vec![message.to_owned()]));
}

#[test]
fn under_a_recorders_name_a_refused_line_says_why_and_what_to_do() {
    let name = "host.7-18f32c0000000000.0-main.0.csv";
    let text = format!("{HEADER}\r\n{}\r\n{}\n{}\r\n", row(1), row(2), row(3));
    let message = "incomplete row skipped: its writer did not finish it (or an editor changed the line ends: then give \
                   the file another name)";
    assert_eq!(
        read_as(name, &text),
        (1, vec![format!("{name}:3: {message}"), format!("{name}:4: {message}")])
    );
    assert_eq!(read_as("another name.csv", &text), (3, vec![]));
}

#[test]
fn a_file_with_line_feeds_alone_may_have_a_recorders_name() {
    let text = format!("{HEADER}\n{}\n{}\r\n", row(1), row(2));
    assert_eq!(read_as("host.7-18f32c0000000000.0-main.0.csv", &text), (2, vec![]));
}

proptest! {
    #[test]
    fn line_ends_headers_and_blank_lines_change_no_row(
        lines in prop::collection::vec((0_usize..3, prop::sample::select(vec!["\r\n", "\n"])), 1..12),
        has_last_end: bool,
    ) {
        let mut text = format!("{HEADER}\r\n");
        let mut rows = 0;
        for (number, (kind, end)) in lines.iter().enumerate() {
            text += &match kind {
                0 => HEADER.to_owned(),
                1 => String::new(),
                _ => row(number),
            };
            rows += usize::from(*kind == 2);
            text += end;
        }
        if !has_last_end {
            text.truncate(text.trim_end_matches(['\r', '\n']).len());
        }
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("edited.csv");
        fs::write(&path, &text).unwrap();
        let (trace, found) = read(&path);
        prop_assert_eq!((trace.span_count(), problems(&found)), (rows, vec![]), "{}", dump(&trace));
    }
}
