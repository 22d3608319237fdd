//! The guard, the closure and the instant.

use std::panic;
use std::thread;

use crate::records::Records;

#[test]
fn guards_end_in_any_order() {
    let records = Records::new();
    let pp = records.recorder();
    let first = pp.span("first");
    let second = pp.span_colored("second", "#ca562c");
    drop(first);
    assert!(records.span("first").end_ns.is_some() && records.span("second").end_ns.is_none());
    drop(second);
    assert!(records.span("second").end_ns.is_some());
    assert_eq!(records.span("second").color, "#ca562c");
}

#[test]
fn a_guard_is_not_ended_by_dump() {
    let records = Records::new();
    let pp = records.recorder();
    pp.start("outer");
    let guard = pp.span("guarded");
    pp.dump();
    assert!(records.span("outer").end_ns.is_some() && records.span("guarded").end_ns.is_none());
    drop(guard);
    assert!(records.span("guarded").end_ns.is_some());
}

#[test]
fn a_guard_ends_on_another_thread() {
    let records = Records::new();
    let guard = records.recorder().span("handed over");
    thread::spawn(move || drop(guard)).join().unwrap();
    assert!(records.span("handed over").end_ns.is_some());
    assert_eq!(records.files().len(), 1);
}

#[test]
fn a_guard_ends_after_its_thread() {
    let records = Records::new();
    let pp = records.recorder();
    let guard = thread::spawn(move || pp.span("outlives its thread")).join().unwrap();
    assert_eq!(records.span("outlives its thread").end_ns, None);
    drop(guard);
    assert!(records.span("outlives its thread").end_ns.is_some());
}

#[test]
fn a_panic_ends_its_guards() {
    let records = Records::new();
    let pp = records.recorder();
    let result = thread::spawn(move || {
        let _outer = pp.span("outer");
        pp.time("inner", || panic::resume_unwind(Box::new("not printed")))
    });
    assert!(result.join().is_err());
    assert!(records.span("outer").contains(&records.span("inner")));
}

#[test]
fn a_timed_closure_gives_what_it_returns() {
    let records = Records::new();
    assert_eq!(records.recorder().time("sum", || 1 + 1), 2);
    assert!(records.span("sum").end_ns.is_some());
}

#[test]
fn an_instant_ends_where_it_starts() {
    let records = Records::new();
    records.recorder().instant("hit");
    let span = records.span("hit");
    assert_eq!(span.end_ns, Some(span.start_ns));
}
