//! Nasty inputs: what each of `examples/nasty` gives, by name. One bad file never stops the others.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::dump::{data, nasty};
use crate::processes::{Bounded, WATERFALL, program};

/// What `waterfall stats --strict` gives for an input.
struct Case {
    input: &'static str,
    /// Number of spans, also unfinished ones, and of point events; `None` if nothing can be read.
    found: Option<(u64, u64)>,
    /// A part of the message of each problem, in their order.
    problems: &'static [&'static str],
    /// Where and how long its spans must be, if that is what is nasty.
    times: Option<Times>,
}

/// The times of an input.
#[derive(Debug)]
struct Times {
    /// Of all finished spans together, in ns.
    sum_ns: u64,
    /// The first start and the last end, without the offset from UTC.
    from: &'static str,
    to: &'static str,
}

impl Case {
    const fn lasting(mut self, sum_ns: u64, from: &'static str, to: &'static str) -> Case {
        self.times = Some(Times { sum_ns, from, to });
        self
    }
}

const fn read(input: &'static str, spans: u64, problems: &'static [&'static str]) -> Case {
    Case { input, found: Some((spans, 0)), problems, times: None }
}

const fn points(input: &'static str, spans: u64, points: u64, problems: &'static [&'static str]) -> Case {
    Case { input, found: Some((spans, points)), problems, times: None }
}

const fn nothing(input: &'static str, problems: &'static [&'static str]) -> Case {
    Case { input, found: None, problems, times: None }
}

const BACK: &str = "ends before the row above starts: was the clock set back?";
const INSTANT: &str = "ends before it starts: drawn as an instant";
const NOT_UTF8: &str = "a name is not UTF-8: its invalid bytes are shown as \u{fffd}";
const OPEN_QUOTE: &str = "row skipped: a quote is not closed, or text follows it";
const CUT_SECOND: &str =
    "incomplete row skipped: `[download-p100tMainThread] second,2026-11-20 22:54:51.400000...`";
const NO_TRACE: &str = "skipped: JSON, but not a trace; expected Chrome trace events";
const METRICS: &str =
    "skipped: figures of benchmarks, not a trace; `waterfall compare` compares two such files";

/// Texts that crashes, editors, spreadsheets and other programs leave.
const CSV: &[Case] = &[
    nothing("csv/empty.csv", &["is empty"]),
    read("csv/header-only.csv", 0, &[]),
    read("csv/header-only-no-newline.csv", 0, &[]),
    read("csv/blank-lines.csv", 2, &[]),
    read("csv/no-final-newline.csv", 2, &[]),
    read("csv/bom.csv", 2, &[]),
    read("csv/crlf.csv", 2, &[]),
    nothing("csv/cr-only.csv", &["its lines end in a carriage return alone; save it with line feeds"]),
    read("csv/utf16le.csv", 2, &[]),
    read("csv/truncated-0.csv", 1, &[CUT_SECOND]).lasting(
        14_927_000,
        "2026-11-20T22:54:51.347682",
        "2026-11-20T22:54:51.362609",
    ),
    read("csv/truncated-1.csv", 1, &[CUT_SECOND]).lasting(
        14_927_000,
        "2026-11-20T22:54:51.347682",
        "2026-11-20T22:54:51.362609",
    ),
    read("csv/truncated-2.csv", 1, &[CUT_SECOND]).lasting(
        14_927_000,
        "2026-11-20T22:54:51.347682",
        "2026-11-20T22:54:51.362609",
    ),
    read("csv/truncated-3.csv", 1, &["incomplete row skipped: `[download-p100tMainThread] sec`"]).lasting(
        14_927_000,
        "2026-11-20T22:54:51.347682",
        "2026-11-20T22:54:51.362609",
    ),
    nothing(
        "csv/truncated-4.csv",
        &["the header looks like that of a PerformancePy file, but the file ends in it"],
    ),
    read(
        "csv/nul-tail.csv",
        2,
        &["rows may be lost, for example after a power loss: the file has 4096 NUL bytes"],
    ),
    nothing("csv/nul-only.csv", &["contains only NUL bytes"]),
    read(
        "csv/nul-middle.csv",
        1,
        &[
            "rows may be lost, for example after a power loss: the file has 512 NUL bytes",
            "torn row skipped: it contains NUL bytes, where a part of the file was lost",
        ],
    ),
    read("csv/quotes-pp.csv", 3, &[]),
    read("csv/quotes-rfc4180.csv", 1, &[]),
    read("csv/comma-pp.csv", 4, &[]),
    read("csv/comma-all-pp.csv", 2, &[]),
    read("csv/comma-group-pp.csv", 1, &[]),
    read("csv/newline-pp.csv", 2, &[]),
    read("csv/newline-rfc4180.csv", 1, &[]),
    read("csv/unclosed-quote.csv", 3, &[]),
    read("csv/stray-quotes.csv", 8_997, &[OPEN_QUOTE, OPEN_QUOTE, OPEN_QUOTE]),
    read("csv/unicode.csv", 6, &[]),
    read("csv/html.csv", 12, &[]),
    read("csv/formula.csv", 6, &[]),
    read("csv/ansi.csv", 3, &[]),
    read("csv/name-200k.csv", 1, &[]),
    read("csv/names-empty.csv", 4, &[]),
    read("csv/no-prefix.csv", 2, &[]),
    read("csv/names-10k.csv", 10_000, &[]).lasting(
        9_000_000_000,
        "2026-11-20T22:54:00",
        "2026-11-20T22:54:09.9999",
    ),
    read("csv/row-huge.csv", 2, &["row skipped: its line is longer than 1 MiB"]),
    read(
        "csv/colours.csv",
        12,
        &[
            "color `#abcdef80` is not #rrggbb: the report chooses a colour",
            "color `red` is not #rrggbb: the report chooses a colour",
            "color `rgb(1 2 3)` is not #rrggbb: the report chooses a colour",
            "color `#GGGGGG` is not #rrggbb: the report chooses a colour",
            "color `red;background:url(//evil)` is not #rrggbb: the report chooses a colour",
            "color `\"><script>alert(1)</script>` is not #rrggbb: the report chooses a colour",
            "color `url(javascript:alert(1))` is not #rrggbb: the report chooses a colour",
        ],
    ),
    read("csv/nonutf8.csv", 3, &[NOT_UTF8, NOT_UTF8, NOT_UTF8]),
    read("csv/end-before-start.csv", 2, &[INSTANT, BACK]).lasting(
        14_927_000,
        "2026-11-20T22:54:51.347682",
        "2026-11-20T22:54:52",
    ),
    read("csv/clock-step.csv", 2, &[BACK]).lasting(
        2_000_000_000,
        "2026-11-20T22:54:12",
        "2026-11-20T22:54:52",
    ),
    read("csv/identical-times.csv", 7, &[]).lasting(
        29_854_000,
        "2026-11-20T22:54:51.347682",
        "2026-11-20T22:54:51.362609",
    ),
    read("csv/overlap-same-thread.csv", 2, &[]).lasting(
        4_000_000_000,
        "2026-11-20T22:54:51",
        "2026-11-20T22:54:54",
    ),
    read("csv/description-lies.csv", 3, &[]).lasting(
        44_781_000,
        "2026-11-20T22:54:51.347682",
        "2026-11-20T22:54:51.362609",
    ),
    read(
        "csv/years.csv",
        3,
        &[
            "`2262-04-11 23:47:16.853000` is later than any time that a page can show: moved to 2260",
            "`2262-04-11 23:47:16.854000` is later than any time that a page can show: moved to 2260",
            "row skipped: Finish `2262-04-11 23:47:16.855000` is out of range: use times from 1969 to 2260",
            "row skipped: Start `9999-12-31 23:59:59.998000` is out of range: use times from 1969 to 2260",
            "row skipped: Start `0001-01-01 00:00:00.000000` is out of range: use times from 1969 to 2260",
        ],
    )
    .lasting(2_000_000, "1969-12-31T23:59:59.999", "2260-09-15T11:47:18.345293823"),
    read(
        "csv/bad-times.csv",
        4,
        &[
            "row skipped: Start `2026-02-30 00:00:00.000000` is not a date and time: write it as \
             2026-11-20T22:43:18.5+08:00",
            "row skipped: Start `2026-11-20 24:00:00.000000` is not a date and time: write it as",
            BACK,
            "row skipped: Start `20/11/2026 22:54` has day and month in an uncertain order: write it as",
            "row skipped: Start `` is empty: write it as",
            "row skipped: Start `NaT` is not a date and time: write it as",
        ],
    )
    .lasting(392_463_000, "2026-11-20T22:54:51", "2026-11-20T22:55:00"),
    read("csv/far-apart.csv", 2, &[]).lasting(
        15_927_000,
        "1999-01-01T00:00:00",
        "2026-11-20T22:54:51.362609",
    ),
    read("csv/dst-naive.csv", 2, &[INSTANT, BACK]).lasting(
        1_000_000_000,
        "2025-03-09T02:30:00",
        "2025-11-02T01:59:59.5",
    ),
    nothing("csv/foreign.csv", &["say which columns make one: --columns 'task=name,start=???,end=???'"]),
    nothing(
        "csv/foreign-partial.csv",
        &["has no column Finish; as a table, cannot tell which column is the end; say it: --columns"],
    ),
    read("csv/columns-reordered.csv", 1, &[]).lasting(
        14_927_000,
        "2026-11-20T22:54:51.347682",
        "2026-11-20T22:54:51.362609",
    ),
    read("csv/semicolon.csv", 2, &[]).lasting(
        114_927_000,
        "2026-11-20T22:54:51.347682",
        "2026-11-20T22:54:51.5",
    ),
    read("csv/header-twice.csv", 2, &[]),
    nothing(
        "csv/no-header.csv",
        &["skipped: it has no header, since its first line `[download-p100tMainThread] first,"],
    ),
    nothing("csv/binary.csv", &["its first line, which should be the header, contains NUL bytes"]),
    nothing(
        "csv/html-page.csv",
        &[
            "skipped: unknown format, see `waterfall formats`; the first line is `<!DOCTYPE html><title>404</title>`",
        ],
    ),
    read("csv/pid-reuse.csv", 2, &[]),
    read("records/one-ns.csv", 10, &[]).lasting(10, "2026-11-20T22:54:51", "2026-11-20T22:54:51.000000019"),
    read("records/dst-new-york.csv", 3, &[]).lasting(
        5_000_000_000,
        "2025-03-09T01:59:59",
        "2025-11-02T01:30:01",
    ),
    read("records/dst-lord-howe.csv", 2, &[]).lasting(
        4_000_000_000,
        "2025-04-06T01:59:59",
        "2025-10-05T02:30:01",
    ),
    read("records/offsets.csv", 6, &[]).lasting(6_000_000_000, "2026-11-21T12:00:00", "2026-11-21T12:00:01"),
    read(
        "records/offset-bad.csv",
        1,
        &[
            "row skipped: start `2026-11-20T22:00:00+24:00` is not a date and time: write it as",
            "row skipped: start `2026-11-20T22:00:00+05:61` is not a date and time: write it as",
            "time without a UTC offset: read as UTC; use --bias to set another",
        ],
    )
    .lasting(1_000_000_000, "2026-11-20T22:00:00", "2026-11-20T22:00:01"),
    read("mixed-offset/utc.csv", 1, &[]),
    read("mixed-offset/gmt8.csv", 1, &[]),
];

/// Compressed files, and directories of several.
const FILES: &[Case] = &[
    read("gz/good.csv.gz", 2, &[]),
    read("gz/named-csv.csv", 2, &[]),
    read(
        "gz/truncated.csv.gz",
        1,
        &["reading stopped: incomplete deflate stream; the rows before it are kept"],
    ),
    read("gz/members.csv.gz", 3, &[BACK]),
    nothing("gz/bomb.csv.gz", &["contains only NUL bytes"]),
    read("gz/not-gzip.csv.gz", 2, &[]),
    read("copy", 2, &["skipped: a copy of "]),
    read("mixed", 4, &[]),
    read("mixed-offset", 2, &[]).lasting(2_000_000_000, "2026-11-20T14:54:51", "2026-11-20T22:54:52.5"),
    read("5k-files", 5000, &[]).lasting(2_500_000_000_000, "2026-11-20T22:00:00", "2026-11-20T22:59:59.5"),
];

/// Chrome traces, and JSON of other kinds.
const JSON: &[Case] = &[
    read("json/unclosed.json", 2, &[]),
    read("json/unclosed-mid.json", 1, &["incomplete last event skipped: the file ends in it"]),
    read("json/unclosed-object.json", 1, &["the file ends early: its end is missing"]),
    read("json/empty-array.json", 0, &[]),
    nothing("json/empty-object.json", &[NO_TRACE]),
    read("json/events-empty.json", 0, &[]),
    nothing("json/foreign.json", &[NO_TRACE]),
    nothing(
        "json/scalar.json",
        &["skipped: unknown format, see `waterfall formats`; the first line is `42`"],
    ),
    read("json/ndjson.json", 3, &[]),
    read("json/b-without-e.json", 3, &[]).lasting(
        3_000,
        "1970-01-01T00:00:00.000001",
        "1970-01-01T00:00:00.00001",
    ),
    read("json/e-without-b.json", 1, &["end of `a` skipped: nothing has begun"]).lasting(
        2_000,
        "1970-01-01T00:00:00.000001",
        "1970-01-01T00:00:00.000003",
    ),
    read(
        "json/be-crossed.json",
        2,
        &["an end named `a` ends `b`, which began last", "an end named `b` ends `a`, which began last"],
    )
    .lasting(4_000, "1970-01-01T00:00:00.000001", "1970-01-01T00:00:00.000004"),
    read("json/e-no-name.json", 1, &[]).lasting(
        2_000,
        "1970-01-01T00:00:00.000001",
        "1970-01-01T00:00:00.000003",
    ),
    read("json/out-of-order.json", 2, &[]).lasting(
        11_000,
        "1970-01-01T00:00:00.0000005",
        "1970-01-01T00:00:00.0000095",
    ),
    read("json/x-no-dur.json", 1, &["the event has no dur: drawn with a length of 0"]).lasting(
        0,
        "1970-01-01T00:00:00.000001",
        "1970-01-01T00:00:00.000001",
    ),
    read("json/x-negative.json", 1, &["the event has a negative dur: drawn with a length of 0"]).lasting(
        0,
        "1970-01-01T00:00:00.000001",
        "1970-01-01T00:00:00.000001",
    ),
    read("json/numbers-as-text.json", 1, &[]).lasting(
        500_000,
        "1970-01-01T00:00:00.001",
        "1970-01-01T00:00:00.0015",
    ),
    read("json/nan.json", 1, &["event skipped: ts `NaN` is not finite"]).lasting(
        2_000,
        "1970-01-01T00:00:00.000001",
        "1970-01-01T00:00:00.000003",
    ),
    read("json/big-numbers.json", 1, &["event skipped: ts `1e308` is too large"]).lasting(
        1,
        "2026-11-20T15:08:53.622021123",
        "2026-11-20T15:08:53.622021124",
    ),
    read(
        "json/unknown-ph.json",
        1,
        &["7 items skipped, this is the first: no event, or one of an unknown phase `ph`"],
    ),
    points(
        "json/all-ph.json",
        3,
        6,
        &[
            "event skipped: a counter without a number in args",
            "event skipped: the value `text` of a counter is not a number",
        ],
    )
    .lasting(6_000, "1970-01-01T00:00:00.000001", "1970-01-01T00:00:00.000003"),
    read("json/meta-only.json", 0, &[]),
    read("json/strings.json", 4, &[]),
    nothing("json/deep.json", &[NO_TRACE]),
    read("json/deep-args.json", 1, &[]),
    points("json/duplicate-keys.json", 0, 1, &[]),
    read("json/bom.json", 1, &[]),
    read(
        "json/nul-tail.json",
        1,
        &["rows may be lost, for example after a power loss: the file has 1000 NUL bytes"],
    ),
    read("json/nest-5000.json", 5000, &[]),
    read("json/many-tracks.json", 10_000, &[]),
    read("json/zero-dur.json", 3, &[]).lasting(
        5_000,
        "1970-01-01T00:00:00.000001",
        "1970-01-01T00:00:00.000006",
    ),
    // Metrics of a benchmark are no trace.
    nothing("json/gate-base-100.json", &[METRICS]),
    nothing("json/gate-m20.json", &[METRICS]),
    nothing("json/gate-m20-01.json", &[METRICS]),
    nothing("json/gate-zero.json", &[METRICS]),
    nothing("json/gate-failed.json", &[METRICS]),
    nothing("json/gate-other-bench.json", &[METRICS]),
];

/// What is wrong with the outcome of a case; empty if nothing is.
fn wrong(case: &Case, directory: &Path) -> String {
    let arguments = ["stats", "--format", "json", "--strict", case.input];
    let output = program(WATERFALL).current_dir(directory).args(arguments).run();
    let mut times = None;
    let (found, problems): (_, Vec<String>) = if output.stdout.is_empty() {
        let stderr = String::from_utf8_lossy(&output.stderr);
        (None, stderr.lines().filter(|line| !line.starts_with("waterfall: ")).map(String::from).collect())
    } else {
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let count = |key: &str| json[key].as_u64().unwrap();
        let problems = json["problems"].as_array().unwrap().iter();
        let problems = problems.map(|problem| problem["what"].as_str().unwrap().into());
        let moment = |key: &str| {
            let text = json[key].as_str().unwrap_or_default();
            let date_time = &text[..text.len() - text.len().min("+00:00".len())];
            date_time.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let tasks = json["tasks"].as_array().unwrap().iter();
        let sum_ns: u64 = tasks.map(|task| task["total_ns"].as_u64().unwrap()).sum();
        times = Some((sum_ns, moment("start"), moment("end")));
        (Some((count("spans") + count("unfinished"), count("instants"))), problems.collect())
    };
    let are_told = problems.len() == case.problems.len()
        && problems.iter().zip(case.problems).all(|(problem, expected)| problem.contains(expected));
    let code = match case.found {
        None => 3,
        Some(_) => i32::from(!case.problems.is_empty()),
    };
    let lasts = case.times.as_ref().is_none_or(|Times { sum_ns, from, to }| {
        times.as_ref().is_some_and(|(sum, start, end)| sum == sum_ns && start == from && end == to)
    });
    if found == case.found && are_told && lasts && output.status.code() == Some(code) {
        return String::new();
    }
    let (input, expected) = (case.input, (case.found, &case.times));
    format!("{input}: {found:?} {times:?}, not {expected:?}; {}; {problems:#?}\n", output.status)
}

#[track_caller]
fn check(beginning: &str, cases: &[Case]) {
    let (directory, _) = nasty(beginning);
    let wrong: String = cases.iter().map(|case| wrong(case, directory.path())).collect();
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_csv_file_gives_its_whole_rows_and_a_problem_for_all_else() {
    check("", CSV);
}

#[test]
fn a_compressed_file_and_a_directory_of_several_give_what_they_have() {
    check("", FILES);
}

#[test]
fn a_chrome_trace_gives_its_whole_events_and_a_problem_for_all_else() {
    check("json", JSON);
}

#[test]
fn every_nasty_input_has_its_expectation() {
    let (directory, _) = nasty("");
    let expected: BTreeSet<&str> = [CSV, FILES, JSON].into_iter().flatten().map(|case| case.input).collect();
    let folders = ["csv", "gz", "json", "records"];
    for folder in folders {
        for entry in fs::read_dir(directory.path().join(folder)).unwrap() {
            let name = format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap());
            assert!(expected.contains(&*name), "{name}");
        }
    }
    for entry in fs::read_dir(directory.path()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(folders.contains(&&*name) || expected.contains(&*name) || name == "fs", "{name}");
    }
}

#[test]
fn the_files_that_other_tests_read_are_these_inputs() {
    let (directory, made) = nasty("csv");
    for entry in fs::read_dir(data("nasty")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        assert!(fs::read(&path).unwrap() == fs::read(made.join(name)).unwrap(), "{}", path.display());
    }
    drop(directory);
}

#[test]
fn a_directory_of_all_of_them_is_read_and_each_bad_file_is_a_problem() {
    let (directory, _) = nasty("");
    fs::remove_file(directory.path().join("json/many-tracks.json")).unwrap(); // ten thousand lanes take a while
    let run = |command: &[&str]| program(WATERFALL).current_dir(directory.path()).args(command).run();
    for (folder, cases) in [("csv", CSV), ("gz", FILES), ("json", JSON)] {
        let output = run(&["stats", "--format", "json", folder]);
        assert_eq!(output.status.code(), Some(0), "{folder}");
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let told: Vec<&str> = json["problems"]
            .as_array()
            .unwrap()
            .iter()
            .map(|problem| problem["path"].as_str().unwrap())
            .collect();
        for case in cases.iter().filter(|case| case.found.is_none() && case.input.starts_with(folder)) {
            assert!(told.contains(&case.input), "{} is not in {told:?}", case.input);
        }
        // The most that a good file of the folder has.
        let is_there =
            |case: &&Case| case.input.starts_with(folder) && directory.path().join(case.input).exists();
        let most = cases.iter().filter(is_there).filter_map(|case| case.found).max();
        assert!(json["spans"].as_u64() >= most.map(|(spans, _)| spans), "{folder}");
    }
    for input in ["csv", "json/strings.json", "json/nest-5000.json"] {
        let output = run(&["report", input, "-o", "x.html"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_a_problem_and_is_never_opened() {
    let (directory, root) = nasty("fs");
    // Root can read everything. That others get a problem is tested with the command line.
    let is_root = fs::File::open(root.join("unreadable.csv")).is_ok();
    let output =
        program(WATERFALL).current_dir(directory.path()).args(["stats", "--format", "json", "fs"]).run();
    assert_eq!(output.status.code(), Some(0));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut told: Vec<String> = (json["problems"].as_array().unwrap().iter())
        .map(|problem| {
            format!("{}: {}", problem["path"].as_str().unwrap(), problem["what"].as_str().unwrap())
        })
        .map(|problem| problem.split(" (os error").next().unwrap().to_owned())
        .collect();
    told.sort();
    if !is_root {
        told.retain(|problem| problem != "fs/unreadable.csv: cannot be read: Permission denied");
    }
    assert_eq!(
        told,
        [
            "fs/dangling.csv: cannot be read: No such file or directory",
            "fs/endless.csv: skipped: not a regular file",
            "fs/fifo.csv: skipped: not a regular file",
            "fs/loop-a.csv: cannot be read: Too many levels of symbolic links",
            "fs/loop-b.csv: cannot be read: Too many levels of symbolic links",
            "fs/selfdir: skipped: a link to fs, which is above it",
            "fs/x.csv: is a directory named like a record file: read as a directory",
        ]
    );
    // Of the odd names only that without an ending is not read.
    let names = fs::read_dir(root.join("names")).unwrap().count() as u64;
    assert_eq!(json["spans"], 2 + u64::from(is_root) + names - 1);
}

#[cfg(unix)]
#[test]
fn a_file_with_an_odd_name_is_read_when_it_is_named() {
    let (_kept, root) = nasty("fs");
    for entry in fs::read_dir(root.join("names")).unwrap() {
        let name = entry.unwrap().file_name();
        let output =
            program(WATERFALL).current_dir(root.join("names")).args(["stats", "--"]).arg(&name).run();
        assert!(output.stderr.ends_with(b"1 span in 1 lane of 1 process, 14.9 ms, 0 problems\n"), "{name:?}");
    }
}

#[test]
fn hostile_names_neither_command_a_terminal_nor_a_spreadsheet() {
    let (directory, _) = nasty("csv");
    let run = |command: &[&str]| {
        let output = program(WATERFALL).current_dir(directory.path()).args(command).run();
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    for input in ["csv/ansi.csv", "csv/unicode.csv", "csv/newline-pp.csv", "csv/html.csv"] {
        let printed = run(&["stats", input]);
        let is_command = |it: char| it.is_control() && it != '\n' || ('\u{202a}'..='\u{202e}').contains(&it);
        assert!(!printed.contains(is_command), "{input}: {printed:?}");
    }
    let table = run(&["stats", "--format", "csv", "csv/formula.csv"]);
    for line in table.lines().skip(1) {
        for cell in line.split(',') {
            assert!(!cell.trim_start_matches('"').starts_with(['=', '@', '\t']), "{line}");
        }
    }
}

#[test]
fn a_chrome_trace_has_the_times_that_its_events_mean() {
    let (directory, _) = nasty("json");
    for (input, task, total_ns) in [
        ("be-crossed", "a", 3000),
        ("be-crossed", "b", 1000),
        ("e-no-name", "a", 2000),
        ("out-of-order", "a", 2000),
        ("out-of-order", "p", 9000),
        ("x-no-dur", "a", 0),
        ("x-negative", "a", 0),
        ("numbers-as-text", "a", 500_000),
        ("big-numbers", "b", 1),
        ("zero-dur", "a", 5000),
    ] {
        let path = format!("json/{input}.json");
        let output =
            program(WATERFALL).current_dir(directory.path()).args(["stats", "--format", "json", &path]).run();
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let tasks = json["tasks"].as_array().unwrap();
        let found = tasks.iter().find(|found| found["task"] == task).map(|found| &found["total_ns"]);
        assert_eq!(found, Some(&Value::from(total_ns)), "{task} in {input}");
    }
}
