//! Summaries: the same lanes give the same bytes, wherever they were summarised and however they were merged. A
//! report of summaries says what the report of the records says.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use proptest::prelude::*;
use waterfall::{Inputs, Reading};

use crate::dump::{data, root};
use crate::processes::{Bounded, WATERFALL, program};

fn waterfall(directory: &Path, arguments: &[&str], stdin: &[u8]) -> Output {
    let mut running = program(WATERFALL)
        .current_dir(directory)
        .env_remove("WATERFALL_DIR")
        .args(arguments)
        .stdin(Stdio::piped())
        .start();
    let mut pipe = running.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = pipe.write_all(&stdin); // the program may have ended already
    });
    let output = running.finish();
    writer.join().unwrap();
    output
}

/// The summary that a command writes.
#[track_caller]
fn summary(directory: &Path, arguments: &[&str], stdin: &[u8]) -> Vec<u8> {
    let output = waterfall(directory, arguments, stdin);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// The tables, figures and sentences of a page, without its chart.
fn told(html: &str) -> String {
    let json = html.split_once(r#"id="data">"#).unwrap().1.split_once("</script>").unwrap().0;
    let json: serde_json::Value = serde_json::from_str(json).unwrap();
    let figures = html.split_once(r#"<dl id="figures">"#).unwrap().1.split_once("</dl>").unwrap().0;
    let findings =
        html.split_once(r#"<ol id="findings">"#).map_or("", |(_, rest)| rest.split_once("</ol>").unwrap().0);
    let parts = ["names", "tasks", "ledger", "concurrency", "wall_ns", "origin_ns", "processes"];
    let parts: Vec<String> = parts.iter().map(|part| format!("{part} {}", json[*part])).collect();
    format!("{figures}{findings}{}", parts.join("\n"))
}

/// The tasks of a page by the values of their attributes.
fn splits(html: &str) -> serde_json::Value {
    let json = html.split_once(r#"id="data">"#).unwrap().1.split_once("</script>").unwrap().0;
    let mut data: serde_json::Value = serde_json::from_str(json).unwrap();
    data["splits"].take()
}

/// The pause before a span and its length, both in us; its task, of which one is a wait; and whether another span runs
/// in it. Of every second lane, CPU times are known.
type Row = (u32, u32, u8, bool);

/// Files as the recorder names them: `lanes` lanes in parts. Every part has only finished spans, except that the
/// last part may end with an unfinished one. One more file is written by hand.
fn write_records(directory: &Path, lanes: &[Vec<Vec<Row>>]) -> Vec<PathBuf> {
    let mut paths = Vec::new();
    for (lane, parts) in lanes.iter().enumerate() {
        let mut at_us = lane as u64 * 10;
        for (part, rows) in parts.iter().enumerate() {
            let has_cpu = lane % 2 == 1;
            let mut text = String::from("group,task,start,end,color");
            text.push_str(if has_cpu { ",cpu\r\n" } else { "\r\n" });
            for (row, &(gap, length, task, nests)) in rows.iter().enumerate() {
                at_us += u64::from(gap);
                let end_us = at_us + u64::from(length);
                let color = ["#ca562c", "wait", "", "", "", ""][usize::from(task)];
                let is_open = part + 1 == parts.len() && row + 1 == rows.len() && task == 5;
                let end = if is_open { " ".repeat(35) } else { stamp(end_us) };
                let cpu = |us: u32| {
                    if has_cpu && !is_open { format!(",{us}us") } else { ",".repeat(usize::from(has_cpu)) }
                };
                let (known, of_inner) = (
                    cpu(length - length / 3),
                    if row % 2 == 0 { cpu(length / 5) } else { cpu(0).replace("0us", "") },
                );
                text.push_str(&format!(
                    "g{},\"t, {task}\",{},{end},{color}{known}\r\n",
                    task % 2,
                    stamp(at_us)
                ));
                if nests && !is_open {
                    let inner = stamp(at_us + u64::from(length) / 2);
                    text.push_str(&format!("g1,inner,{inner},{},{of_inner}\r\n", stamp(end_us)));
                }
                at_us = end_us;
            }
            let name = format!("host.{}-18f32c0000000000.{lane}-main.{part}.csv", 100 + lane % 2);
            let path = directory.join(name);
            fs::write(&path, text).unwrap();
            paths.push(path);
        }
    }
    let path = directory.join("by hand.csv");
    // Equal spans that differ in their attributes.
    let mut text = String::from("group,task,start,end,color,url,\"a \\ name\"\ng,x,bad,bad,,,\n");
    for attributes in ["\"tab\t, \\n\",2", ",", "\"tab\t, \\n\",10", "b,", ",1"] {
        text.push_str(&format!("g,x,2026-11-20 14:00:00,2026-11-20 14:00:00.5,,{attributes}\n"));
    }
    fs::write(&path, text).unwrap();
    paths.push(path);
    paths
}

fn stamp(us: u64) -> String {
    format!("2026-11-20T14:00:{:02}.{:06}000+00:00", us / 1_000_000, us % 1_000_000)
}

/// The summary that the library writes for files, named relative to `root`.
fn written(root: &Path, paths: &[PathBuf]) -> Vec<u8> {
    let inputs = Inputs::Below { root: root.to_owned(), paths: paths.to_vec() };
    let reading = Reading { inputs, ..Reading::default() };
    let (summary, problems) = reading.summarise().unwrap();
    let mut text = Vec::new();
    waterfall::write_summary(&summary, &problems, &mut text).unwrap();
    text
}

/// Whether a finished span whose CPU time is known takes any time.
fn has_known_time(lanes: &[Vec<Vec<Row>>]) -> bool {
    lanes.iter().skip(1).step_by(2).any(|parts| {
        let rows: Vec<&Row> = parts.iter().flatten().collect();
        let is_open = |at: usize| at + 1 == rows.len() && rows[at].2 == 5;
        (0..rows.len()).any(|at| rows[at].1 > 0 && !is_open(at))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_partition_and_any_merge_tree_give_the_same_bytes(
        lanes in prop::collection::vec(
            prop::collection::vec(
                prop::collection::vec((0u32..40_000, 0u32..90_000, 0u8..6, any::<bool>()), 1..12), 1..4), 1..5),
        order in any::<u64>(),
        groups in 1usize..6,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut paths = write_records(directory.path(), &lanes);
        let whole = written(directory.path(), std::slice::from_ref(&directory.path().to_owned()));

        // Deal the files out in some order, summarise each share, and merge two by two, or all at once.
        paths.sort_by_key(|path| path.to_string_lossy().bytes().fold(order, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)));
        let mut parts: Vec<Vec<u8>> = paths
            .chunks(paths.len().div_ceil(groups))
            .map(|paths| written(directory.path(), paths))
            .collect();
        let all = directory.path().join("all.summary");
        fs::write(&all, parts.concat()).unwrap();
        prop_assert!(written(directory.path(), &[all]) == whole, "one after the other");

        let mut lines: Vec<&[u8]> = parts.iter().flat_map(|part| part.split_inclusive(|&byte| byte == b'\n')).collect();
        lines[1..].reverse();
        let mixed = directory.path().join("mixed.summary");
        fs::write(&mixed, lines.concat()).unwrap();
        prop_assert!(written(directory.path(), &[mixed]) == whole, "the lines in another order");

        while parts.len() > 1 {
            let at = (order as usize) % (parts.len() - 1);
            let two = [parts.remove(at + 1), parts.remove(at)];
            let files: Vec<PathBuf> = two.iter().enumerate().map(|(index, text)| {
                let path = directory.path().join(format!("{index}.summary"));
                fs::write(&path, text).unwrap();
                path
            }).collect();
            parts.push(written(directory.path(), &files));
        }
        prop_assert!(parts[0] == whole, "two by two");
        let text = String::from_utf8(whole).unwrap();
        prop_assert_eq!(text.contains("\ncpu\t"), has_known_time(&lanes), "{}", text);
        prop_assert!(text.contains("\ta \\\\ name\t10\turl\ttab\\t, \\\\n\n"), "{text}");
    }
}

/// A merged summary of these summaries.
fn merged(directory: &Path, parts: &[Vec<u8>]) -> String {
    let path = directory.join("parts.summary");
    fs::write(&path, parts.concat()).unwrap();
    let (summary, problems) = Reading::of(&path).summarise().unwrap();
    let mut text = Vec::new();
    waterfall::write_summary(&summary, &problems, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// Compares summaries. Tells only the first line that differs, and of it what bins leave readable.
#[track_caller]
fn assert_same(one: &str, other: &str) {
    let alike = one.lines().zip(other.lines()).take_while(|(one, other)| one == other).count();
    let next = |text: &str| format!("{:.400}", text.lines().nth(alike).unwrap_or("the end"));
    assert!(one == other, "{} and {}", next(one), next(other));
}

#[test]
fn attributes_and_cpu_time_are_in_summaries_of_single_files() {
    let directory = tempfile::tempdir().unwrap();
    let recorded = directory.path().join("recorded");
    let pp = recorder::Recorder::new("g", &recorded, 0);
    let guard = pp.span("handed over").with("first", 1);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            guard.record("cpu", "7ns"); // in a file of this thread, though the row is in one of the other
            guard.record("second", "x");
            pp.span("work").record("cpu", "5ns");
        });
    });
    drop(guard);
    drop(pp.span("alone").with("cpu", "3ns"));
    for (root, cpu) in [(recorded, true), (data("waits/1"), true), (data("attributes/1"), false)] {
        let whole = String::from_utf8(written(&root, std::slice::from_ref(&root))).unwrap();
        assert!(whole.contains("\ncpu\t") == cpu);
        let mut paths: Vec<PathBuf> =
            fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for parts in 2..=paths.len() {
            let part = |part: usize| {
                let own = paths.iter().enumerate().filter(|(index, _)| index % parts == part);
                written(&root, &own.map(|(_, path)| path.clone()).collect::<Vec<_>>())
            };
            let parts: Vec<Vec<u8>> = (0..parts).map(part).collect();
            assert_same(&merged(directory.path(), &parts), &whole);
        }
        // As people do it, with names relative to a directory.
        let names = paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap());
        let parts: Vec<Vec<u8>> = names.map(|name| summary(&root, &["summarize", name], b"")).collect();
        assert_same(&merged(directory.path(), &parts), &whole);
    }
}

#[test]
fn a_record_file_alone_is_read_with_the_attributes_of_its_rows_and_no_others() {
    let directory = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(data("waits/1")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, directory.path().join(path.file_name().unwrap())).unwrap();
    }
    let process = "build.16243-18f32c0000000000";
    // What is wrong with these files is told where they are read themselves.
    fs::write(directory.path().join(format!("{process}.9-x.0.attributes.csv")), "damaged").unwrap();
    fs::write(directory.path().join("build.16243-99.0-main.0.attributes.csv"), "of another process").unwrap();
    let loaded = Reading::of(directory.path().join(format!("{process}.1-io-1.0.csv"))).load().unwrap();
    assert_eq!((loaded.problems.total(), loaded.trace.lanes().len()), (0, 1), "{:?}", loaded.problems);
    assert!(
        (0..loaded.trace.lanes()[0].spans.len())
            .any(|span| loaded.trace.lanes()[0].spans.cpu_ns(span).is_some())
    );

    // An attribute file alone is nobody's mistake.
    let own = directory.path().join(format!("{process}.3-io-1.0.attributes.csv"));
    let (summary, problems) = Reading::of(&own).summarise().unwrap();
    assert_eq!((summary.span_count(), problems.total()), (0, 0));
    // A record file that cannot be read is not made good by the attribute files beside it.
    fs::write(directory.path().join(format!("{process}.1-io-1.0.csv")), "nothing known\nat all\n").unwrap();
    assert!(Reading::of(directory.path().join(format!("{process}.1-io-1.0.csv"))).load().is_err());
}

#[test]
fn the_filters_write_what_the_library_does_from_files_and_from_stdin() {
    let directory = tempfile::tempdir().unwrap();
    let lanes = vec![
        vec![vec![(5, 70, 0, true), (10, 20, 1, false)], vec![(3, 9, 5, false)]],
        vec![vec![(1, 2, 3, true)]],
    ];
    let paths = write_records(directory.path(), &lanes);
    let names: Vec<&str> = paths.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    let whole = summary(directory.path(), &[&["summarize"], names.as_slice()].concat(), b"");
    assert_eq!(String::from_utf8_lossy(&whole), String::from_utf8_lossy(&written(directory.path(), &paths)));

    let above = directory.path().parent().unwrap();
    let root = directory.path().file_name().unwrap().to_str().unwrap();
    assert!(summary(above, &["summarize", "--root", root, root], b"") == whole);

    // Summarise each file from stdin, one of them in gzip, then merge from stdin.
    let mut parts = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let mut bytes = fs::read(directory.path().join(name)).unwrap();
        if index == 1 {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(&bytes).unwrap();
            bytes = gzip.finish().unwrap();
        }
        parts.extend(summary(directory.path(), &["summarize", "--lane", name, "-"], &bytes));
    }
    assert!(summary(directory.path(), &["merge"], &parts) == whole);
    fs::write(directory.path().join("parts.summary"), &parts).unwrap();
    assert!(summary(directory.path(), &["merge", "parts.summary"], b"") == whole);
}

#[test]
fn a_summary_is_text_that_stays_as_it_is() {
    let text = written(&root().join("tests/data"), &[data("summary/records")]);
    let golden = fs::read_to_string(data("summary/version-1.summary")).unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), golden);
}

#[test]
fn a_summary_from_before_the_number_of_open_spans_was_in_it_is_still_read() {
    let directory = tempfile::tempdir().unwrap();
    let records = data("nasty/overlap-same-thread.csv");
    let text = String::from_utf8(written(&root().join("tests/data"), &[records])).unwrap();
    let older: String = (text.lines())
        .map(|line| match line.strip_prefix("lane\t") {
            Some(_) => format!("{}\n", line.rsplit_once('\t').unwrap().0),
            None => format!("{line}\n"),
        })
        .collect();
    assert_ne!(older, text);
    let figures = |text: &str| {
        fs::write(directory.path().join("x.summary"), text).unwrap();
        let output = waterfall(directory.path(), &["stats", "x.summary", "--format", "json"], b"");
        let mut figures: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let open = figures["open_at_once"].take();
        figures["tasks"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .for_each(|task| assert_eq!(task["open_at_once"].take(), open));
        (open, figures)
    };
    let (now, before) = (figures(&text), figures(&older));
    assert_eq!((now.0, before.0), (2.into(), serde_json::Value::Null));
    assert_eq!(now.1, before.1, "no other figure needs it");
}

#[test]
fn the_longest_spans_of_a_summary_keep_their_attributes_and_what_it_lacks_is_said() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("all.summary"), written(Path::new("/nowhere"), &[data("attributes/1")]))
        .unwrap();
    let stats = |arguments: &[&str]| {
        waterfall(directory.path(), &[&["stats", "all.summary"], arguments].concat(), b"")
    };
    let json = |output: Output| serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    let figures = json(stats(&["--task", "image", "--format", "json"]));
    let slowest = &figures["slowest"][0]["spans"][2]["attributes"];
    assert_eq!(slowest["url"], "a.example/1,2.png", "{figures}");

    let split = json(stats(&["--by", "url", "--format", "json"]));
    assert_eq!(split["attributes_unknown"], 8);
    let tasks = split["tasks"].as_array().unwrap();
    assert!(
        tasks.iter().all(|task| task["by"] == serde_json::json!({"name": "url", "value": null})),
        "{split}"
    );
    let text = String::from_utf8(stats(&["--by", "url"]).stdout).unwrap();
    let note = "8 spans come from summaries, which have only the attributes of the longest spans: they count as spans \
                without attributes.";
    assert!(text.contains(note), "{text}");
    let page = waterfall::Report::of(directory.path().join("all.summary")).render().unwrap().html;
    assert!(page.contains(note), "the page says it, too");
}

#[test]
fn a_report_of_a_summary_says_what_that_of_the_records_says() {
    for input in [
        "performance_py/records",
        "summary/records",
        "records/1",
        "counters/1",
        "waits/1",
        "nasty/overlap-same-thread.csv",
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("all.summary");
        fs::write(&path, written(Path::new("/nowhere"), &[data(input)])).unwrap();
        let of_records = waterfall::Report::of(data(input)).render().unwrap();
        let of_summary = waterfall::Report::of(&path).render().unwrap();
        assert_eq!(told(&of_summary.html), told(&of_records.html), "{input}");
        let is_open = |html: &str| html.contains(r#""open":true"#);
        assert_eq!(
            is_open(&of_summary.html),
            is_open(&of_records.html),
            "{input}: what never ended is drawn"
        );
        assert_eq!(
            (of_summary.spans, of_summary.lanes, of_summary.problems.total()),
            (of_records.spans, of_records.lanes, of_records.problems.total()),
            "{input}"
        );
    }
}

#[test]
fn with_less_detail_every_table_says_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let rows = |count: usize| vec![(0..count).map(|row| (row as u32 % 7, 40, row as u8 % 5, true)).collect()];
    write_records(directory.path(), &[rows(40), rows(400), rows(90), rows(300)]);
    let report = |detail| {
        let mut report = waterfall::Report::of(directory.path());
        report.reading.detail = detail;
        report.render().unwrap()
    };
    let full = report(waterfall::DETAIL);
    assert_eq!(full.spans, 1665);
    assert_eq!(splits(&full.html)[1]["values"], 2);
    for detail in [0, 100, 1000, 1664, 1665] {
        let less = report(detail);
        assert_eq!(told(&less.html), told(&full.html), "--detail {detail}");
        assert_eq!(splits(&less.html), splits(&full.html), "--detail {detail}");
        let note = "lanes are summarised: the chart";
        assert_eq!(less.html.contains(note), detail < 1665, "--detail {detail}");
    }
}

#[test]
fn what_chooses_among_rows_is_refused_of_a_summary_and_what_chooses_among_tasks_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("all.summary");
    fs::write(&path, written(directory.path(), &[data("summary/records")])).unwrap();
    for option in [["--from", "+1s"], ["--to", "+1s"], ["--bias", "480"]] {
        let output = waterfall(directory.path(), &["report", "all.summary", option[0], option[1]], b"");
        assert_eq!(output.status.code(), Some(2), "{option:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("need records, and the input is a summary"), "{told}");
    }
    let output = waterfall(directory.path(), &["report", "all.summary", "--task", "save"], b"");
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.ends_with("\n2 spans in 1 lane of 1 process, 1 counter, 3.10 s, 2 problems; 8 spans left out\n"),
        "{told}"
    );
}

#[test]
fn damaged_lines_of_a_summary_are_told_and_the_others_read() {
    let directory = tempfile::tempdir().unwrap();
    let text = String::from_utf8(written(directory.path(), &[data("summary/records")])).unwrap();
    let count = text.lines().count();
    let bad = [
        "",
        "no such kind\t1",
        "lane\tp",
        "key\ta\tb\tg\tt\t\tx",
        "durations\tg\tt\t\t5 -7",
        "long\tp\tl\tg\tt\t\t0\t-1",
        "counter\tp\tg\tc\t\t\t1\t0\t5:NaN",
        "text\\q",
        "waterfall-summary\t2",
    ];
    fs::write(directory.path().join("x.summary"), format!("{text}{}\n", bad.join("\n"))).unwrap();
    let told = String::from_utf8(summary(directory.path(), &["merge", "x.summary"], b"")).unwrap();
    let problems: Vec<_> = told.lines().filter(|line| line.starts_with("problem\tx.summary")).collect();
    assert_eq!(problems.len(), bad.len(), "{problems:#?}");
    for (index, (problem, line)) in problems.iter().zip(count + 1..).enumerate() {
        let expected = format!("problem\tx.summary\t{line}\tsummary line skipped: ");
        assert!(problem.starts_with(&expected), "{}: {problem}", bad[index]);
    }
    let others: Vec<_> = told.lines().filter(|line| !line.starts_with("problem\tx.summary")).collect();
    assert_eq!(others, text.lines().collect::<Vec<_>>());
    // A summary that is cut anywhere is read as far as it goes.
    for cut in (0..text.len()).step_by(97) {
        fs::write(directory.path().join("cut.summary"), &text.as_bytes()[..cut]).unwrap();
        let output = waterfall(directory.path(), &["merge", "cut.summary"], b"");
        assert!(matches!(output.status.code(), Some(0 | 3)), "{cut} bytes");
    }
}

/// A record of `task`: `start_ns` since the Unix epoch, `length_ns` long.
fn record(task: &str, start_ns: i64, length_ns: i64) -> String {
    let stamp = |ns: i64| chrono::DateTime::from_timestamp_nanos(ns).to_rfc3339();
    format!("g,{task},{},{},\n", stamp(start_ns), stamp(start_ns + length_ns))
}

#[test]
fn thousands_of_spans_of_a_task_and_a_clock_at_the_epoch_pass_through_text() {
    let directory = tempfile::tempdir().unwrap();
    for (file, first_ns) in [("early.csv", -3_000_000_000), ("late.csv", 5_000_000_000)] {
        let rows: String = (0..5000)
            .map(|row| record("many", first_ns + row * 1_000_000, 1 + row * row % 900_000))
            .collect();
        fs::write(directory.path().join(file), format!("group,task,start,end,color\n{rows}")).unwrap();
    }
    let of = |name: &str| written(Path::new("/nowhere"), &[directory.path().join(name)]);
    let (early, late) = (of("early.csv"), of("late.csv"));
    assert!(String::from_utf8_lossy(&early).contains("\nbuckets\tg\tmany\t\t"));
    let both = directory.path().join("both.summary");
    fs::write(&both, [late, early].concat()).unwrap();
    let whole = written(
        Path::new("/nowhere"),
        &[directory.path().join("early.csv"), directory.path().join("late.csv")],
    );
    assert_eq!(
        String::from_utf8(written(Path::new("/nowhere"), std::slice::from_ref(&both))),
        String::from_utf8(whole)
    );
    let of_summary = waterfall::Report::of(&both).render().unwrap();
    fs::remove_file(&both).unwrap();
    let of_records = waterfall::Report::of(directory.path()).render().unwrap();
    assert_eq!((of_summary.spans, of_summary.problems.total()), (10_000, 0));
    assert_eq!(told(&of_summary.html), told(&of_records.html));
}

#[test]
fn a_lane_that_comes_twice_is_told_and_what_merge_wrote_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let one = written(&root().join("tests/data"), &[data("summary/records")]);
    let twice = summary(directory.path(), &["merge"], &[one.clone(), one].concat());
    fs::write(directory.path().join("twice.merged"), &twice).unwrap();
    let output = waterfall(directory.path(), &["report", "twice.merged"], b"");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("it came twice, or two lanes have this name"), "{told}");
    assert!(told.contains("\n20 spans in 3 lanes of 2 processes"), "{told}");
}

#[test]
fn what_no_spans_have_is_refused_line_by_line() {
    let directory = tempfile::tempdir().unwrap();
    let lane = "lane\tp\tl\t\t\tmain\t100\t200\t0\t0\t1";
    let key = |sums: &str| format!("key\tp\tl\tg\tt\t\t100\t200\t{sums}");
    let good = key("0\t\t2\t60\t60\t1800\t30\t30\t0\t100:1 1:1");
    for (bad, what) in [
        (key("0\t\t2\t60\t60\t1800\t40\t30\t0\t"), "do not fit the number of its spans"),
        (key("0\t\t0\t60\t60\t1800\t30\t30\t0\t"), "do not fit the number of its spans"),
        (key("0\t\t2\t60\t-1\t1800\t30\t30\t0\t"), "do not fit the number of its spans"),
        (key("0\t\t2\t600\t60\t1800\t30\t300\t0\t"), "do not fit the number of its spans"),
        (key("0\t\t0\t0\t0\t0\t9223372036854775807\t0\t0\t"), "do not fit the number of its spans"),
        ("buckets\tg\tt\t\t".into(), "its buckets are invalid"),
        ("earliest\t5\t2147483647".into(), "a day or more"),
        ("counter\tp\tg\tc\t\t\t1\t0\t9223372036854775807:1.0".into(), "from 1969 to 2260"),
        ("long\tp\tl\tg\tt\t\t100\t30\turl".into(), "too few fields"), // a name without a value
        ("long\tp\tl\tg\tt\t\t100\t30\turl\t\\x".into(), "invalid `\\` escape"),
        ("waterfall-summary\t2\nlane\tx".into(), "unknown version \"2\""),
    ] {
        let text = format!("waterfall-summary\t1\n{lane}\n{good}\n{bad}\n");
        fs::write(directory.path().join("x.summary"), text).unwrap();
        let output = waterfall(directory.path(), &["report", "x.summary"], b"");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(what), "{bad}: {told}");
        assert!(told.contains("2 spans in 1 lane of 1 process, 100 ns, 1 problem"), "{bad}: {told}");
    }
    // Sums that no machine can hold, and sums that fit no lane.
    let most = u64::MAX;
    for lines in [
        format!("{lane}\n{good}\nbuckets\tg\tt\t\t5:{most}\nbuckets\tg\tt\t\t5:{most}"),
        format!("{lane}\n{good}\nproblems\t{most}\nproblem\ta\t\tb"),
        format!("{lane}\n{}", key("0\t\t2\t60\t60\t1800\t30\t30\t0\t500:60")),
        "lane\tp\tl\t\t\tmain\t100\t100\t0\t0\t1\nkey\tp\tl\tg\tt\t\t100\t100\t0\t\t1\t0\t0\t0\t0\t0\t0\t100:1"
            .into(),
    ] {
        fs::write(directory.path().join("x.summary"), format!("waterfall-summary\t1\n{lines}\n")).unwrap();
        for command in ["report", "merge"] {
            let output = waterfall(directory.path(), &[command, "x.summary"], b"");
            // None of the last one's lanes can be read.
            let code = if lines.starts_with("lane\tp\tl\t\t\tmain\t100\t100") { 3 } else { 0 };
            assert_eq!(output.status.code(), Some(code), "{lines}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
}
