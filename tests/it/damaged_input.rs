//! Damaged input: each fault is one problem with its place, and everything else is drawn.

use std::fs;
use std::path::Path;

use crate::dump::{data, dump, nasty, problems, read, read_spans};
use crate::processes::{Bounded, WATERFALL, program};

#[test]
fn a_carriage_return_is_no_part_of_a_colour() {
    let (trace, _) = read(&data("nasty/crlf.csv"));
    assert!(dump(&trace).ends_with("100000000 #ca562c\n"), "{}", dump(&trace));
}

/// Checks the number of spans and the problems of a directory with these files.
#[track_caller]
fn check_text(files: &[(&str, &str)], expected_spans: usize, expected_problems: &[&str]) {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(directory.path().join(name), text).unwrap();
    }
    let (trace, found) = read(directory.path());
    assert_eq!(
        (trace.span_count(), problems(&found)),
        (expected_spans, expected_problems.iter().map(|&text| text.to_owned()).collect())
    );
}

#[test]
fn a_last_row_without_its_line_end_is_taken_only_when_nothing_can_be_missing() {
    let performance_py =
        "Task,Start,Finish,Description,Color\n[g-p1tM] x,2026-11-20 22:54:51.1,2026-11-20 22:54:51.2,100 ms,";
    let torn =
        "a.csv:2: incomplete row skipped: `[g-p1tM] x,2026-11-20 22:54:51.1,2026-11-20 22:54:51.2,100 m...`";
    for (color, spans, problems) in
        [("na", 1, &[][..]), ("#ca562c", 1, &[]), ("#ca5", 0, &[torn]), ("", 0, &[torn])]
    {
        check_text(&[("a.csv", &format!("{performance_py}{color}"))], spans, problems);
    }
    // With three columns, only the finish can be checked.
    check_text(
        &[("a.csv", "Task,Start,Finish\n[g-p1tM] x,2026-11-20 22:54:51.1,2026-11-20 22:54:51.2")],
        1,
        &[],
    );

    let record = "group,task,start,end,color\ng,t,2026-11-20T22:00:00+08:00,2026-11-20T22:00:01+08:00,";
    let torn = "a.csv:2: incomplete last row skipped: its last field may be cut off";
    for (color, spans, problems) in
        [("na", 1, &[][..]), ("#ca562c", 1, &[]), ("", 1, &[]), ("#ca5", 0, &[torn])]
    {
        check_text(&[("a.csv", &format!("{record}{color}"))], spans, problems);
    }
    let without_color = "group,task,start,end\ng,t,2026-11-20T22:00:00+08:00,2026-11-20T22:00:01";
    check_text(&[("a.csv", without_color)], 0, &[torn]);
    check_text(&[("a.csv", &format!("{without_color}+08:00"))], 1, &[]);
}

#[test]
fn a_file_beside_its_own_gzip_is_read_once() {
    let directory = tempfile::tempdir().unwrap();
    fs::copy(data("nasty/crlf.csv"), directory.path().join("good.csv")).unwrap();
    let (_kept, gzip) = nasty("gz/good.csv.gz");
    fs::copy(gzip, directory.path().join("good.csv.gz")).unwrap();
    let (trace, found) = read(directory.path());
    assert_eq!(trace.span_count(), 2);
    assert_eq!(problems(&found), ["good.csv.gz: skipped: the uncompressed file beside it is read instead"]);
}

#[test]
fn a_year_out_of_range_is_told_also_in_the_form_of_a_recorder() {
    let out = "is out of range: use times from 1969 to 2260";
    let directory = tempfile::tempdir().unwrap();
    let row = "g,t,1700-01-01T00:00:00.000000000+00:00,1700-01-01T00:00:01.000000000+00:00,";
    fs::write(directory.path().join("x.csv"), format!("group,task,start,end,color\r\n{row}\r\n")).unwrap();
    let told = problems(&read_spans(directory.path()).1);
    assert!(
        told.iter().any(|told| told.contains(&format!("`1700-01-01T00:00:00.000000000+00:00` {out}"))),
        "{told:?}"
    );
}

#[test]
fn summer_time_is_the_offsets_business() {
    let (_kept, path) = nasty("records/dst-new-york.csv");
    let (trace, _) = read(&path);
    let mut lengths: Vec<_> = trace.lanes()[0].spans.iter().filter_map(|span| span.duration_ns()).collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [1_000_000_000, 2_000_000_000, 2_000_000_000]);
}

#[test]
fn names_that_are_not_utf_8_are_drawn_with_their_bad_bytes_replaced() {
    let (_kept, path) = nasty("csv/nonutf8.csv");
    assert!(dump(&read(&path).0).contains("caf\u{fffd}"));
}

#[test]
fn bad_colours_fall_back_to_the_reports_own() {
    let (_kept, path) = nasty("csv/colours.csv");
    let (trace, _) = read(&path);
    let colors: Vec<_> =
        trace.keys().all().iter().filter_map(|key| key.color()).map(|color| color.to_string()).collect();
    assert_eq!(colors, ["#aabbcc", "#abcdef"]);
}

#[test]
fn one_row_of_megabytes_costs_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let row = |task: &str| format!("[g-p1tM] {task},2026-11-20 22:54:51.1,2026-11-20 22:54:51.2,100 ms,na\n");
    let text = format!(
        "Task,Start,Finish,Description,Color\n{}{}{}",
        row("a"),
        row(&"x".repeat(3 << 20)),
        row(&"n".repeat(200_000))
    );
    fs::write(directory.path().join("x.csv"), text).unwrap();
    let (trace, found) = read(directory.path());
    assert_eq!(trace.span_count(), 2);
    assert_eq!(problems(&found), ["x.csv:3: row skipped: its line is longer than 1 MiB"]);
}

#[test]
fn a_million_bad_rows_are_counted_and_the_first_hundred_told() {
    let directory = tempfile::tempdir().unwrap();
    let text = format!("group,task,start,end,color\n{}", "x\n".repeat(1000));
    fs::write(directory.path().join("x.csv"), text).unwrap();
    let (_, found) = read_spans(directory.path());
    assert_eq!((found.total(), found.first().len()), (1001, 100));
    let first = &found.first()[0];
    assert!(
        first.line.is_none() && first.message.starts_with("none of its 1,000 rows could be read. Line 2: ")
    );
    assert_eq!(found.first()[99].line, Some(100));
}

#[cfg(unix)]
#[test]
fn a_file_name_that_is_no_text_is_a_file_like_any_other() {
    use std::os::unix::ffi::OsStrExt;
    let directory = tempfile::tempdir().unwrap();
    for (second, name) in [&b"caf\xe9.csv"[..], b"new\nline.csv", b"-rf.csv"].iter().enumerate() {
        let path = directory.path().join(Path::new(std::ffi::OsStr::from_bytes(name)));
        let row = format!("g,t,2026-11-20T22:00:0{second}Z,2026-11-20T22:00:09Z,");
        fs::write(path, format!("group,task,start,end,color\n{row}\n")).unwrap();
    }
    let (trace, found) = read(directory.path());
    assert_eq!((trace.span_count(), found.total()), (3, 0));
}

#[test]
fn a_journal_whose_thread_was_killed_at_once_is_no_problem() {
    let directory = tempfile::tempdir().unwrap();
    for (lane, beginning) in
        ["", "group,ta", "group,task,start,end,color", "group,task,start,end,color\r\n"].iter().enumerate()
    {
        let name = format!("host.12-18f32c0000000000.{lane}-main.0.csv");
        fs::write(directory.path().join(name), beginning).unwrap();
    }
    let (trace, found) = read(directory.path());
    assert_eq!((trace.span_count(), trace.lanes().len(), found.total()), (0, 0, 0));
}

/// The greatest amount that a terminal shows of all messages about a name without end.
const FLOOD: usize = 10_000;

#[test]
fn a_name_of_megabytes_floods_neither_the_terminal_nor_a_table() {
    let long = "x".repeat(900_000);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.csv");
    let (start, end) = ("2026-11-20T22:00:00Z", "2026-11-20T22:00:01Z");
    let rows = [
        format!("{long},{long},{start},{end},"),
        format!("g,t,{long},{end},"),
        format!("g,t,{start},{end},{long}"),
        format!("{long},{start},{end},"),
    ];
    fs::write(&path, format!("group,task,start,end,color\n{}\n", rows.join("\n"))).unwrap();
    for arguments in [
        &["stats"][..],
        &["stats", "--format", "markdown"],
        &["stats", "--task", "*", "--budget", "*=1ms@p50"],
        &["stats", "--task", "xxxy"],
        &["stats", "--budget", "xxxy=1ms@p50"],
        &["report", "--group", "xxxy"],
        &["report", "--group", &long[..100_000]],
        &["report", "--timezone", &long[..100_000]],
        &["stats", "--budget", &long[..100_000]],
        &["runs", &long[..100_000]],
        &["run", "--scenario", &long[..100_000]],
        &["man", &long[..100_000]],
        &[&long[..100_000]],
    ] {
        let output = program(WATERFALL).current_dir(directory.path()).args(arguments).arg(&path).run();
        let printed = output.stdout.len() + output.stderr.len();
        let argument = &arguments[0][..arguments[0].len().min(9)];
        assert!(
            printed < FLOOD,
            "{printed} bytes of {argument}: {:.2000}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    fs::write(&path, format!("Task,Start,Finish,Description,Color\n{}\n", [&*long; 6].join("\n"))).unwrap();
    let output = program(WATERFALL).arg("stats").arg(&path).run();
    assert!(output.stderr.len() < FLOOD, "{} bytes", output.stderr.len());
}
