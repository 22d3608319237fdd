//! Holes: where a power loss or a lost write took a part of a file away, no row appears that nobody wrote.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use waterfall::model::Trace;
use waterfall::{ReadError, Reading};

use crate::dump::{data, dump, problems, read};

const JOURNAL: &str = "host.7-18f32c0000000000.0-main.0.csv";
const BY_HAND: &str = "by hand.csv";

#[test]
fn rows_that_a_hole_touches_are_torn_and_no_task_is_made_of_two() {
    let (trace, found) = read(&data("torn").join("node1.77-18f32c0000000000.0-main.0.csv"));
    assert_eq!(problems(&found).len(), 2, "{:?}", problems(&found));
    let told = problems(&found);
    assert!(
        told[0].contains(": rows may be lost, for example after a power loss: the file has "),
        "{told:?}"
    );
    assert!(
        told[1].ends_with("torn row skipped: it contains NUL bytes, where a part of the file was lost"),
        "{told:?}"
    );
    for lane in trace.lanes() {
        for span in lane.spans.iter() {
            assert!(
                span.duration_ns().is_some_and(|ns| ns <= 50_000_000),
                "no span took longer: {}",
                dump(&trace)
            );
        }
    }
}

#[test]
fn what_follows_a_hole_without_a_line_end_may_lack_its_beginning() {
    let (trace, found) = read(&data("nasty/nul-middle.csv"));
    assert_eq!(trace.span_count(), 1);
    let told = problems(&found);
    assert_eq!(
        told,
        [
            "nul-middle.csv: rows may be lost, for example after a power loss: the file has 512 NUL bytes",
            "nul-middle.csv:3: torn row skipped: it contains NUL bytes, where a part of the file was lost",
        ]
    );
}

#[test]
fn the_rest_of_a_torn_row_is_no_row_of_performance_py() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pp.csv");
    let times = "2026-11-20 22:54:51.300000,2026-11-20 22:54:51.400000,100 ms,na";
    let text = format!(
        "Task,Start,Finish,Description,Color\n[g-p1tmain] a\0\0\0wo\nlines,{times}\n[g-p1tmain] whole,{times}\n"
    );
    fs::write(&path, text).unwrap();
    let (trace, found) = read(&path);
    assert_eq!((trace.span_count(), found.total()), (1, 3), "{:?}", problems(&found));
    assert!(dump(&trace).contains("g | whole"));
}

/// A row of its own group and task.
fn row(number: usize) -> String {
    let stamp = |ns: usize| format!("2026-11-20T22:43:{:02}.{:09}+08:00", 10 + number, ns);
    format!("group {number},task {number},{},{},\r\n", stamp(number), stamp(500_000_000 + number))
}

/// What is read, as `group | task | start duration`.
fn rows(trace: &Trace) -> BTreeSet<String> {
    let starts = |line: &str| -> String {
        let mut parts: Vec<&str> = line.trim().rsplitn(3, ' ').collect();
        let start: i64 = parts[1].parse().unwrap();
        let unix_ns = (trace.origin_ns() + start).to_string();
        parts[1] = &unix_ns;
        parts.reverse();
        parts.join(" ")
    };
    dump(trace).lines().filter(|line| line.starts_with("  ")).map(starts).collect()
}

/// The rows of a file; none if none could be read.
fn rows_of(path: &Path) -> BTreeSet<String> {
    match Reading::of(path).load() {
        Ok(loaded) => rows(&loaded.trace),
        Err(error) => {
            assert!(matches!(error, ReadError::NoRow { .. }), "{error}");
            BTreeSet::new()
        }
    }
}

proptest! {
    /// Bytes that a hole has replaced by NULs: each row that is read is one that was written, and each row is read
    /// whose line, and the line end before it, no hole has touched.
    #[test]
    fn holes_invent_no_row_and_hide_no_whole_one(
        count in 1_usize..9,
        holes in prop::collection::vec((any::<prop::sample::Index>(), 1_usize..200), 1..4),
        is_journal: bool,
    ) {
        let written: Vec<String> = (0..count).map(row).collect();
        let header = "group,task,start,end,color\r\n";
        let whole = format!("{header}{}", written.concat());
        let mut bytes = whole.clone().into_bytes();
        for (at, length) in holes {
            let at = header.len() + at.index(bytes.len() - header.len());
            let end = bytes.len().min(at + length);
            bytes[at..end].fill(0);
        }
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(if is_journal { JOURNAL } else { BY_HAND });
        fs::write(&path, &whole).unwrap();
        let all = rows(&read(&path).0);
        prop_assert_eq!(all.len(), count);
        fs::write(&path, &bytes).unwrap();
        let found = rows_of(&path);
        prop_assert!(found.is_subset(&all), "{:?}", found.difference(&all));
        let mut at = header.len();
        for (number, row) in written.iter().enumerate() {
            let is_untouched = !bytes[at - 2..at + row.len()].contains(&0);
            if is_untouched {
                let task = format!("| task {number} |");
                prop_assert!(found.iter().any(|found| found.contains(&task)), "row {} is missing", number);
            }
            at += row.len();
        }
    }

    /// Bytes that are gone, with fill of line feeds in their place: in a journal no row is made of two.
    #[test]
    fn what_fill_replaces_in_a_journal_joins_no_rows(
        count in 2_usize..9, at in any::<prop::sample::Index>(), length in 1_usize..200, fill in 0_usize..3,
    ) {
        let header = "group,task,start,end,color\r\n";
        let whole = format!("{header}{}", (0..count).map(row).collect::<String>());
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(JOURNAL);
        fs::write(&path, &whole).unwrap();
        let all = rows(&read(&path).0);
        // What a recorder has not stored yet is fill of line feeds.
        let at = header.len() + at.index(whole.len() - header.len());
        let end = whole.len().min(at + length);
        let text = format!("{}{}{}", &whole[..at], "\n".repeat(end - at + fill), &whole[end..]);
        fs::write(&path, text).unwrap();
        let found = rows_of(&path);
        prop_assert!(found.is_subset(&all), "{:?}", found.difference(&all));
    }
}

#[test]
fn a_row_whose_quotes_are_broken_is_none() {
    let times = "2026-11-20T22:00:00Z,2026-11-20T22:00:01Z";
    for row in [
        format!("g,\"a\"b,{times},"),
        format!("g,\"a,{times},"),
        format!("g,a,{times},\"#ca562c"),
        format!("\"g\" ,a,{times},"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let text = format!("group,task,start,end,color\ng,whole,{times},\n{row}\n");
        fs::write(directory.path().join(BY_HAND), text).unwrap();
        let (trace, found) = read(directory.path());
        assert_eq!((trace.span_count(), found.total()), (1, 1), "{row}: {:?}", problems(&found));
    }
}

#[test]
fn a_row_of_which_one_time_has_an_offset_is_refused_since_its_length_is_unknown() {
    let told = ["only one of its times has an offset from UTC: write both with one"];
    for (header, row) in [
        ("group,task,start,end", "g,t,2026-11-20T10:00:00+08:00,2026-11-20T10:00:01"),
        (
            "Task,Start,Finish,Description,Color",
            "[g-p1tM] x,2026-11-20 10:00:00+08:00,2026-11-20 10:00:01,1 ms,na",
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(BY_HAND), format!("{header}\n{row}\n")).unwrap();
        let (spans, found) = crate::dump::read_spans(directory.path());
        assert_eq!(spans, 0);
        assert!(problems(&found).iter().any(|problem| problem.contains(told[0])), "{:?}", problems(&found));
    }
}
