//! Copies of record files: each row is counted once, and the page says which file was left out for which.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use crate::dump::{data, dump_counters, read};

const HEADER: &str = "group,task,start,end,color\r\n";
const NAME: &str = "node1.77-18f32c0000000000.0-main.0.csv";

/// A row of a task that runs for half a second from `start_ns` after 10:00 on.
fn row(task: &str, start_ns: u64) -> String {
    let stamp = |ns: u64| {
        let (seconds, ns) = (ns / 1_000_000_000, ns % 1_000_000_000);
        format!("2026-03-05T10:{:02}:{:02}.{ns:09}+00:00", seconds / 60, seconds % 60)
    };
    format!("prep,{task},{},{},\r\n", stamp(start_ns), stamp(start_ns + 500_000_000))
}

/// The same row before its task ended.
fn unfinished(row: &str) -> String {
    let end = row.len() - ",\r\n".len();
    let blank = " ".repeat("2026-03-05T10:00:00.000000000+00:00".len());
    format!("{}{blank},\r\n", &row[..end - blank.len()])
}

fn rows(count: u64) -> Vec<String> {
    (0..count).map(|n| row(["load", "save"][n as usize % 2], n * 1_000_000_007)).collect()
}

fn write(directory: &Path, file: &str, rows: &[String]) {
    let path = directory.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, format!("{HEADER}{}", rows.concat())).unwrap();
}

/// Checks the number of spans, and the problems, in which the directory's path is left out.
#[track_caller]
fn check(directory: &Path, spans: usize, expected: &[&str]) {
    let (trace, problems) = read(directory);
    let prefix = format!("{}/", directory.display());
    let told: Vec<String> = (problems.first().iter())
        .map(|problem| format!("{}: {}", problem.path.display(), problem.message).replace(&prefix, ""))
        .collect();
    assert_eq!(
        (trace.span_count(), told.iter().map(String::as_str).collect::<Vec<_>>()),
        (spans, expected.to_vec())
    );
}

#[test]
fn a_checkpoint_beside_a_record_file_is_told_and_not_counted() {
    let copy = ".ipynb_checkpoints/node1.77-18f32c0000000000.0-main.0-checkpoint.csv";
    check(&data("copies"), 2, &[&format!("{copy}: skipped: a copy of {NAME}, which has all of its rows")]);
}

#[test]
fn names_that_programs_give_to_copies_are_known_even_where_the_times_prove_nothing() {
    for copy in [
        "node1.77-18f32c0000000000.0-main.0 (1).csv",
        "node1.77-18f32c0000000000.0-main.0 - Copy.csv",
        "node1.77-18f32c0000000000.0-main.0 copy 2.csv",
        "Copy of node1.77-18f32c0000000000.0-main.0.csv",
        "node1.77-18f32c0000000000.0-main.0.sync-conflict-20260305-101500-ABCDEFG.csv",
        "node1.77-18f32c0000000000.0-main.0 (conflicted copy 2026-03-05 101500).csv",
        "backup/node1.77-18f32c0000000000.0-main.0.csv",
    ] {
        let directory = tempfile::tempdir().unwrap();
        let one_row = ["prep,load,2026-03-05T10:00:00Z,2026-03-05T10:00:02Z,\r\n".to_owned()];
        write(directory.path(), NAME, &one_row);
        write(directory.path(), copy, &one_row);
        let problem = format!("{copy}: skipped: a copy of {NAME}, which has all of its rows");
        check(directory.path(), 1, &[&problem]);
    }
}

#[test]
fn under_any_name_two_rows_to_the_fraction_of_a_second_tell_a_copy() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "monday.csv", &rows(2));
    write(directory.path(), "saved/old run.csv", &rows(2));
    check(
        directory.path(),
        2,
        &["saved/old run.csv: skipped: a copy of monday.csv, which has all of its rows"],
    );
}

#[test]
fn where_a_copy_is_not_certain_both_are_counted_and_told() {
    let problem = "b.csv: may be a copy of a.csv, which has all of its rows, too: if it is, remove one";
    let whole_seconds = vec!["g,load,2026-03-05 10:00:00Z,2026-03-05 10:00:02Z,\r\n".to_owned(); 3];
    for rows in [rows(1), whole_seconds] {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), "a.csv", &rows);
        write(directory.path(), "b.csv", &rows);
        check(directory.path(), 2 * rows.len(), &[problem]);
    }
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "a.csv", &rows(1));
    write(directory.path(), "b (1).csv", &rows(1));
    check(directory.path(), 2, &[&problem.replace("b.csv", "b (1).csv")]);
}

#[test]
fn of_an_older_and_a_newer_copy_the_newer_one_counts_whatever_their_names() {
    for (older, newer) in [(NAME, "a (1).csv"), ("a (1).csv", NAME)] {
        let directory = tempfile::tempdir().unwrap();
        let rows = rows(5);
        write(directory.path(), newer, &rows);
        write(directory.path(), older, &[rows[0].clone(), rows[1].clone(), unfinished(&rows[2])]);
        let problem = format!("{older}: skipped: a copy of {newer}, which has all of its rows");
        check(directory.path(), 5, &[&problem]);
        // As many rows, of which the last has ended only in one of the files.
        write(directory.path(), older, &[&rows[..4], &[unfinished(&rows[4])]].concat());
        check(directory.path(), 5, &[&problem]);
        assert!(read(directory.path()).0.lanes()[0].spans.iter().all(|span| span.end.is_some()));
    }
}

#[test]
fn rows_that_only_the_copy_has_are_told() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "a.csv", &rows(9));
    write(directory.path(), "b.csv", &[&rows(9)[..5], &[row("by hand", 1)]].concat());
    let problem = "b.csv: skipped: a copy of a.csv, except for 1 row: to see them, read this file alone";
    check(directory.path(), 9, &[problem]);
}

#[test]
fn workers_that_begin_alike_are_no_copies() {
    let directory = tempfile::tempdir().unwrap();
    let begin = rows(2);
    for worker in 0..3 {
        let own = (0..9).map(|n| row("step", 3_000_000_000 + 10_000_000 * n + worker));
        write(
            directory.path(),
            &format!("{worker}.csv"),
            &begin.iter().cloned().chain(own).collect::<Vec<_>>(),
        );
    }
    check(directory.path(), 3 * 11, &[]);
    // Two containers may even have one file name: the rows tell them apart.
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), &format!("a/{NAME}"), &[row("load", 1), row("save", 2)]);
    write(directory.path(), &format!("b/{NAME}"), &[row("load", 3), row("save", 4)]);
    check(directory.path(), 4, &[]);
}

#[test]
fn workers_whose_steps_begin_alike_and_end_otherwise_are_no_copies() {
    let step = |end: &str| format!("g,step,2026-03-05T10:00:00Z,2026-03-05T10:00:0{end}Z,\r\n");
    for names in [["gpu0.csv", "gpu1.csv"], ["worker (1).csv", "worker (2).csv"]] {
        let directory = tempfile::tempdir().unwrap();
        write(directory.path(), names[0], &[step("0.37"), step("1.41")]);
        write(directory.path(), names[1], &[step("0.52"), step("1.88")]);
        check(directory.path(), 4, &[]);
    }
}

#[test]
fn a_copy_is_found_below_any_number_of_blank_lines_and_refused_rows() {
    for filler in ["\r\n", "not a row\r\n"] {
        let directory = tempfile::tempdir().unwrap();
        let rows = [&vec![filler.to_owned(); 9_000][..], &rows(3)].concat();
        write(directory.path(), "a.csv", &rows);
        write(directory.path(), "b.csv", &rows);
        assert_eq!(read(directory.path()).0.span_count(), 3);
    }
}

#[test]
fn files_without_rows_are_nobodys_copies() {
    let directory = tempfile::tempdir().unwrap();
    for lane in 0..3 {
        write(directory.path(), &format!("node1.77-18f32c0000000000.{lane}-main.0.csv"), &[]);
    }
    check(directory.path(), 0, &[]);
}

#[cfg(unix)]
#[test]
fn a_hard_link_is_one_file_with_two_names_even_with_a_single_row() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "a.csv", &rows(1));
    fs::hard_link(directory.path().join("a.csv"), directory.path().join("b.csv")).unwrap();
    check(directory.path(), 1, &["b.csv: skipped: another name of the same file as a.csv (a hard link)"]);
}

#[test]
fn copies_of_counter_files_and_of_performance_pys_files_are_copies() {
    let directory = tempfile::tempdir().unwrap();
    let text =
        "group,counter,time,value\ng,queue,2026-03-05T10:00:00.1Z,1\ng,queue,2026-03-05T10:00:00.2Z,2\n";
    fs::write(directory.path().join("counted.csv"), text).unwrap();
    fs::write(directory.path().join("counted (1).csv"), text).unwrap();
    let problem = "counted (1).csv: skipped: a copy of counted.csv, which has all of its rows";
    check(directory.path(), 0, &[problem]);
    let counters = dump_counters(&read(directory.path()).0);
    assert_eq!(counters, "- g | queue | 0:1.0 100000000:2.0\n");

    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("backup")).unwrap();
    for file in ["a.csv", "backup/a.csv"] {
        fs::copy(data("nasty/crlf.csv"), directory.path().join(file)).unwrap();
    }
    check(directory.path(), 2, &["backup/a.csv: skipped: a copy of a.csv, which has all of its rows"]);
}

#[test]
fn a_copied_summary_is_counted_once() {
    let directory = tempfile::tempdir().unwrap();
    let summary = fs::read(data("summary/version-1.summary")).unwrap();
    let paths = ["a.summary", "b.summary"].map(|name| directory.path().join(name));
    paths.iter().for_each(|path| fs::write(path, &summary).unwrap());
    let spans = |paths: &[std::path::PathBuf]| {
        let inputs = waterfall::Inputs::Paths(paths.to_vec());
        let (summary, problems) = waterfall::Reading { inputs, ..Default::default() }.summarise().unwrap();
        (summary.span_count(), problems.total())
    };
    let (once, problems) = spans(&paths[..1]);
    assert_eq!(spans(&paths), (once, problems + 1));
}

proptest! {
    /// Whatever is copied, in whatever state and to whatever place, the figures stay those of the originals.
    #[test]
    fn copies_change_no_figure(
        lanes in prop::collection::vec(prop::collection::btree_set(0_u64..3_000_000_000_000, 2..9), 1..4),
        copies in prop::collection::vec(
            (any::<prop::sample::Index>(), 2_usize..9, any::<bool>(), prop::sample::select(vec![
                "x/", "0/x/", ".old/", "Copy of ", "",
            ])),
            0..4,
        ),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let lanes: Vec<Vec<String>> = (lanes.iter().enumerate())
            .map(|(lane, starts)| starts.iter().map(|&start_ns| row(&format!("t{lane}"), start_ns)).collect())
            .collect();
        let name = |lane: usize| format!("node1.77-18f32c0000000000.{lane}-main.0.csv");
        for (lane, rows) in lanes.iter().enumerate() {
            write(directory.path(), &name(lane), rows);
        }
        for (number, (of, length, is_running, place)) in copies.iter().enumerate() {
            let of = of.index(lanes.len());
            let mut rows = lanes[of][..lanes[of].len().min(*length)].to_vec();
            if *is_running {
                let last = rows.pop().unwrap();
                rows.push(unfinished(&last));
            }
            write(directory.path(), &format!("{place}{number}-{}", name(of)), &rows);
        }
        let (trace, problems) = read(directory.path());
        let all = lanes.concat().len();
        prop_assert_eq!((trace.span_count(), problems.total()), (all, copies.len() as u64));
        prop_assert!(trace.lanes().iter().all(|lane| lane.spans.iter().all(|span| span.end.is_some())));
    }
}
