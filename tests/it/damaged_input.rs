//! Damaged input: each fault is one problem with its place, and everything else is drawn.

use std::fs;
use std::path::Path;

use waterfall::{ReadError, Reading};

use crate::dump::{data, dump, problems, read, read_spans};
use crate::processes::{Bounded, WATERFALL, program, within};

/// Checks the number of spans in a file of `nasty`, and its problems; `Err` if nothing in it could be read.
#[track_caller]
fn check(file: &str, expected: Result<usize, ()>, expected_problems: &[&str]) {
    let result = Reading::of(data("nasty").join(file)).load();
    let (spans, found) = match result {
        Ok(loaded) => (Ok(loaded.trace.span_count()), loaded.problems),
        Err(ReadError::NothingReadable { problems, .. }) => (Err(()), problems),
        Err(error) => panic!("{error}"),
    };
    assert_eq!(
        (spans, problems(&found)),
        (expected, expected_problems.iter().map(|&text| text.to_owned()).collect())
    );
}

#[test]
fn shapes_that_spreadsheets_and_editors_leave_are_read() {
    for (file, spans) in [
        ("blank-lines.csv", 2),
        ("bom.csv", 2),
        ("crlf.csv", 2),
        ("no-final-newline.csv", 2),
        ("header-only.csv", 0),
        ("header-only-no-newline.csv", 0),
        ("header-twice.csv", 2),
        ("columns-reordered.csv", 1),
        ("comma-pp.csv", 4),
        ("newline-pp.csv", 2),
        ("newline-rfc4180.csv", 1),
        ("quotes-rfc4180.csv", 1),
        ("unclosed-quote.csv", 3),
        ("description-lies.csv", 3),
        ("no-prefix.csv", 2),
        ("names-empty.csv", 4),
        ("good.csv.gz", 2),
        ("named-csv.csv", 2),
        ("not-gzip.csv.gz", 2),
        ("semicolon.csv", 2),
        ("utf16le.csv", 2),
        ("hand-written/offsets.csv", 6),
        ("hand-written/one-ns.csv", 10),
    ] {
        check(file, Ok(spans), &[]);
    }
}

#[test]
fn a_carriage_return_is_no_part_of_a_colour() {
    let (trace, _) = read(&data("nasty/crlf.csv"));
    assert!(dump(&trace).ends_with("100000000 #ca562c\n"), "{}", dump(&trace));
}

#[test]
fn files_of_something_else_are_named_with_what_they_are() {
    let neither = "expected the header of a record file (group,task,start,end,color) or a counter file \
                   (group,counter,time,value) or a PerformancePy file (Task,Start,Finish,Description,Color)";
    check(
        "foreign.csv",
        Err(()),
        &[&format!(
            "foreign.csv:1: skipped: unknown format; the first line is `id,name,price`, {neither}; if it is a table of \
             spans, say which columns make one: --columns 'task=name,start=???,end=???'"
        )],
    );
    check(
        "foreign-partial.csv",
        Err(()),
        &[
            "foreign-partial.csv:1: skipped: the header looks like that of a PerformancePy file, but has no column Finish; \
             as a table, cannot tell which column is the end; say it: --columns 'task=Task,start=Start,end=???' \
             (columns: Task, Start, Owner)",
        ],
    );
    check(
        "html-page.csv",
        Err(()),
        &[&format!(
            "html-page.csv:1: skipped: unknown format; the first line is `<!DOCTYPE html><title>404</title>`, {neither}"
        )],
    );
    check(
        "cr-only.csv",
        Err(()),
        &["cr-only.csv:1: skipped: its lines end in a carriage return alone; save it with line feeds"],
    );
    check("empty.csv", Err(()), &["empty.csv: is empty"]);
    check(
        "truncated-4.csv",
        Err(()),
        &[
            "truncated-4.csv:1: skipped: the header looks like that of a PerformancePy file, but the file ends in it",
        ],
    );
    check("bomb.csv.gz", Err(()), &["bomb.csv.gz: contains only NUL bytes"]);
}

#[test]
fn a_row_cut_short_is_never_taken_as_whole() {
    for cut in 0..3 {
        let name = format!("truncated-{cut}.csv");
        let problem = format!(
            "{name}:3: incomplete row skipped: `[download-p100tMainThread] second,2026-11-20 22:54:51.400000...`"
        );
        check(&name, Ok(1), &[&problem]);
    }
    check(
        "truncated-3.csv",
        Ok(1),
        &["truncated-3.csv:3: incomplete row skipped: `[download-p100tMainThread] sec`"],
    );
    check(
        "truncated.csv.gz",
        Ok(1),
        &["truncated.csv.gz: reading stopped: incomplete deflate stream; the rows before it are kept"],
    );
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
    fs::copy(data("nasty/good.csv.gz"), directory.path().join("good.csv.gz")).unwrap();
    let (trace, found) = read(directory.path());
    assert_eq!(trace.span_count(), 2);
    assert_eq!(problems(&found), ["good.csv.gz: skipped: the uncompressed file beside it is read instead"]);
}

#[test]
fn bad_times_are_told_with_their_line() {
    check(
        "bad-times.csv",
        Ok(4),
        &[
            "bad-times.csv:2: row skipped: Start `2026-02-30 00:00:00.000000` is not a date and time: write it as 2026-11-20T22:43:18.5+08:00",
            "bad-times.csv:3: row skipped: Start `2026-11-20 24:00:00.000000` is not a date and time: write it as 2026-11-20T22:43:18.5+08:00",
            "bad-times.csv:5: ends before the row above starts: was the clock set back?",
            "bad-times.csv:7: row skipped: Start `20/11/2026 22:54` has day and month in an uncertain order: write it as 2026-11-20T22:43:18.5+08:00",
            "bad-times.csv:8: row skipped: Start `` is empty: write it as 2026-11-20T22:43:18.5+08:00",
            "bad-times.csv:9: row skipped: Start `NaT` is not a date and time: write it as 2026-11-20T22:43:18.5+08:00",
        ],
    );
    let out = "is out of range: use times from 1969 to 2260";
    check(
        "years.csv",
        Ok(3),
        &[
            "years.csv:4: `2262-04-11 23:47:16.853000` is later than any time that a page can show: moved to 2260",
            "years.csv:4: `2262-04-11 23:47:16.854000` is later than any time that a page can show: moved to 2260",
            &format!("years.csv:5: row skipped: Finish `2262-04-11 23:47:16.855000` {out}"),
            &format!("years.csv:6: row skipped: Start `9999-12-31 23:59:59.998000` {out}"),
            &format!("years.csv:7: row skipped: Start `0001-01-01 00:00:00.000000` {out}"),
        ],
    );
    // A recorder's own form is no exception.
    let directory = tempfile::tempdir().unwrap();
    let row = "g,t,1700-01-01T00:00:00.000000000+00:00,1700-01-01T00:00:01.000000000+00:00,";
    fs::write(directory.path().join("x.csv"), format!("group,task,start,end,color\r\n{row}\r\n")).unwrap();
    let told = problems(&read_spans(directory.path()).1);
    assert!(
        told.iter().any(|told| told.contains(&format!("`1700-01-01T00:00:00.000000000+00:00` {out}"))),
        "{told:?}"
    );
    check(
        "hand-written/offset-bad.csv",
        Ok(1),
        &[
            "offset-bad.csv:2: row skipped: start `2026-11-20T22:00:00+24:00` is not a date and time: write it as 2026-11-20T22:43:18.5+08:00",
            "offset-bad.csv:3: row skipped: start `2026-11-20T22:00:00+05:61` is not a date and time: write it as 2026-11-20T22:43:18.5+08:00",
            "offset-bad.csv:4: time without a UTC offset: read as UTC; use --bias to set another",
        ],
    );
}

#[test]
fn clocks_that_were_set_back_are_told_and_nothing_is_negative() {
    check(
        "end-before-start.csv",
        Ok(2),
        &[
            "end-before-start.csv:2: ends before it starts: drawn as an instant",
            "end-before-start.csv:3: ends before the row above starts: was the clock set back?",
        ],
    );
    check(
        "clock-step.csv",
        Ok(2),
        &["clock-step.csv:3: ends before the row above starts: was the clock set back?"],
    );
}

#[test]
fn summer_time_is_the_offsets_business() {
    let (trace, _) = read(&data("nasty/hand-written/dst-new-york.csv"));
    let mut lengths: Vec<_> = trace.lanes()[0].spans.iter().filter_map(|span| span.duration_ns()).collect();
    lengths.sort_unstable();
    assert_eq!(lengths, [1_000_000_000, 2_000_000_000, 2_000_000_000]);
}

#[test]
fn names_that_are_not_utf_8_are_drawn_with_their_bad_bytes_replaced() {
    let bad = "a name is not UTF-8: its invalid bytes are shown as \u{fffd}";
    check(
        "nonutf8.csv",
        Ok(3),
        &[2, 3, 4].map(|line| format!("nonutf8.csv:{line}: {bad}")).each_ref().map(String::as_str),
    );
    assert!(dump(&read(&data("nasty/nonutf8.csv")).0).contains("caf\u{fffd}"));
}

#[test]
fn bad_colours_fall_back_to_the_reports_own() {
    let (trace, found) = read(&data("nasty/colours.csv"));
    assert_eq!((trace.span_count(), found.total()), (12, 7));
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
fn what_is_no_regular_file_is_told_and_never_opened() {
    use std::os::unix::fs::symlink;
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    fs::copy(data("nasty/crlf.csv"), root.join("good.csv")).unwrap();
    fs::create_dir(root.join("x.csv")).unwrap();
    fs::copy(data("nasty/comma-pp.csv"), root.join("x.csv/.hidden.CSV")).unwrap();
    symlink("loop-b.csv", root.join("loop-a.csv")).unwrap();
    symlink("loop-a.csv", root.join("loop-b.csv")).unwrap();
    symlink("nowhere", root.join("dangling.csv")).unwrap();
    symlink("nowhere", root.join("dangling.txt")).unwrap();
    symlink(".", root.join("selfdir")).unwrap();
    symlink("good.csv", root.join("same.csv")).unwrap();
    symlink("/dev/zero", root.join("endless.csv")).unwrap();
    let made = program("mkfifo").arg(root.join("fifo.csv")).run();
    assert!(made.status.success());

    let (trace, found) = within("a reader that should open no pipe", {
        let root = root.to_owned();
        move || read(&root)
    });
    assert_eq!(trace.span_count(), 2 + 4, "both files, each read once");
    let told: Vec<String> = (problems(&found).into_iter())
        .map(|problem| problem.replace(&root.display().to_string(), "ROOT"))
        .map(|problem| problem.split(" (os error").next().unwrap().to_owned())
        .collect();
    assert_eq!(
        told,
        [
            "dangling.csv: cannot be read: No such file or directory",
            "endless.csv: skipped: not a regular file",
            "fifo.csv: skipped: not a regular file",
            "loop-a.csv: cannot be read: Too many levels of symbolic links",
            "loop-b.csv: cannot be read: Too many levels of symbolic links",
            "selfdir: skipped: a link to ROOT, which is above it",
            "x.csv: is a directory named like a record file: read as a directory",
        ]
    );
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
