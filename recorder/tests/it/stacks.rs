//! `start` and `dump`: nested, interleaved, unbalanced.

use waterfall_recorder::Loss;

use crate::records::{Records, assert_lost};

#[test]
fn a_start_and_a_dump_are_one_row() {
    let records = Records::new();
    let pp = records.recorder_of("download", 480);
    pp.start("save");
    pp.dump();
    let span = records.span("save");
    assert_eq!((span.group.as_str(), span.color.as_str(), span.offset_s), ("download", "", 480 * 60));
    assert!(span.end_ns.is_some());
}

#[test]
fn a_task_that_still_runs_is_unfinished() {
    let records = Records::new();
    let pp = records.recorder();
    pp.start("save");
    assert_eq!(records.span("save").end_ns, None);
    pp.dump();
    assert!(records.span("save").end_ns.is_some());
}

#[test]
fn nested_tasks_end_inside_out() {
    let records = Records::new();
    let pp = records.recorder();
    pp.start("outer");
    pp.start("inner");
    pp.dump();
    assert!(records.span("inner").end_ns.is_some() && records.span("outer").end_ns.is_none());
    pp.dump();
    assert_eq!(records.tasks(), ["outer", "inner"]);
    assert!(records.span("outer").contains(&records.span("inner")));
}

#[test]
fn recorders_interleave_on_one_thread() {
    let records = Records::new();
    let (first, second) = (records.recorder(), records.recorder());
    first.start("first");
    second.start("second");
    first.dump();
    assert!(records.span("first").end_ns.is_some() && records.span("second").end_ns.is_none());
    second.dump();
    assert!(records.span("second").end_ns.is_some());
    assert_eq!(records.tasks(), ["first", "second"]);
}

#[test]
fn a_clone_ends_what_the_other_started() {
    let records = Records::new();
    let pp = records.recorder();
    pp.start("save");
    pp.clone().dump();
    assert!(records.span("save").end_ns.is_some());
}

#[test]
fn many_short_recorders_share_their_threads_file() {
    let records = Records::new();
    for _ in 0..1000 {
        let pp = records.recorder();
        pp.start("save");
        pp.dump();
    }
    assert_eq!(records.tasks().len(), 1000);
}

#[test]
fn a_dump_without_a_start_is_counted() {
    let records = Records::new();
    let child = records.child(|records| {
        let (pp, other) = (records.recorder(), records.recorder());
        pp.dump();
        other.start("of another recorder");
        pp.dump();
        assert_lost(&pp, &[(Loss::NotStarted, 2)]);
    });
    let stderr = child.succeed();
    assert_eq!(stderr.matches("waterfall: dump or record without start").count(), 1, "{stderr}");
    assert_eq!(records.span("of another recorder").end_ns, None);
}
