//! Waits: spans that say so in their own rows.

use std::fs;
use std::thread;

use waterfall_recorder::Recorder;

use crate::records::{Records, assert_lost};

/// Waits in each way, and ends all of them but the last one.
fn wait_in_all_ways(pp: &Recorder) {
    pp.start("work");
    pp.start_wait("started");
    pp.dump();
    drop(pp.wait("guarded"));
    pp.start_colored("by its color", "wait");
    pp.dump();
    drop(pp.span_colored("guarded, by its color", "wait"));
    pp.start_wait("still waiting");
    assert_lost(pp, &[]);
}

fn waiting(records: &Records) -> Vec<String> {
    let waits = records.spans().into_iter().filter(|span| span.color == "wait");
    waits.map(|span| span.task).collect()
}

const ALL: [&str; 5] = ["started", "guarded", "by its color", "guarded, by its color", "still waiting"];

#[test]
fn a_wait_says_so_in_its_row() {
    let records = Records::new();
    records.child(|records| wait_in_all_ways(&records.recorder())).succeed();
    assert_eq!(waiting(&records), ALL);
    assert_eq!(records.span("work").color, "");
    assert!(records.span("guarded").end_ns.is_some() && records.span("still waiting").end_ns.is_none());
}

#[test]
fn a_wait_is_one_also_where_no_file_is_mapped() {
    let records = Records::new();
    let child = records.child(|records| wait_in_all_ways(&records.recorder()));
    child.env("WATERFALL_JOURNAL", "write").succeed();
    assert_eq!(waiting(&records), ALL);
}

#[cfg(unix)]
#[test]
fn a_wait_is_in_its_row_when_the_program_is_killed() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        wait_in_all_ways(&pp);
        let _guarded = pp.wait("last");
        fs::write(records.path().join("../is waiting"), "").unwrap();
        loop {
            thread::park();
        }
    });
    let mut child = child.spawn();
    while !records.path().join("../is waiting").exists() {
        thread::yield_now();
        child.check_runs();
    }
    child.kill();
    assert_eq!(waiting(&records), [&ALL[..], &["last"]].concat());
    assert_eq!(records.span("last").end_ns, None);
}

#[test]
fn waits_and_work_in_turn_keep_their_own_rows() {
    let records = Records::new();
    let pp = records.recorder();
    for _ in 0..3 {
        drop(pp.wait("same name"));
        drop(pp.wait("same name"));
        drop(pp.span("same name"));
        drop(pp.span_colored("same name", "#ca562c"));
    }
    let colors: Vec<_> = records.spans().into_iter().map(|span| span.color).collect();
    assert_eq!(colors, ["wait", "wait", "", "#ca562c"].repeat(3));
}
