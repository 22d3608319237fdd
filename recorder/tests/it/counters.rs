//! Counters: numbers over time, in files of their own.

use std::thread;

use waterfall_recorder::Loss;
use waterfall_recorder::format::Content;

use crate::records::{Records, assert_lost, name_of};

#[test]
fn a_value_is_kept_with_its_time() {
    let records = Records::new();
    let pp = records.recorder_of("download", 480);
    pp.start("around");
    for value in [17.0, -0.5, 1e300, 0.1 + 0.2] {
        pp.counter("queue, \"in\"", value);
    }
    pp.dump();
    let span = records.span("around");
    let samples = records.samples();
    let values: Vec<_> = samples.iter().map(|sample| sample.3).collect();
    assert_eq!(values, [17.0, -0.5, 1e300, 0.1 + 0.2]);
    for (group, counter, time_ns, _) in samples {
        assert_eq!((group.as_str(), counter.as_str()), ("download", "queue, \"in\""));
        assert!(span.start_ns <= time_ns && time_ns <= span.end_ns.unwrap());
    }
}

#[test]
fn only_a_thread_that_counts_has_a_file_for_it() {
    let records = Records::new();
    let pp = records.recorder();
    pp.instant("t");
    let clone = pp.clone();
    thread::spawn(move || clone.counter("queue", 1.0)).join().unwrap();
    let files = records.files_of(Content::Counters);
    assert_eq!((records.files().len(), files.len()), (1, 1));
    assert_ne!(name_of(&files[0]).lane, name_of(&records.files()[0]).lane);
}

#[test]
fn what_is_no_number_is_counted_and_left_out() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 0.0] {
            pp.counter("queue", value);
        }
        pp.counter("x".repeat(1001), 1.0);
        assert_lost(&pp, &[(Loss::NotFinite, 3), (Loss::NameCut, 1)]);
    });
    child.succeed();
    assert_eq!(records.samples().len(), 2);
}

#[test]
fn switched_off_nothing_is_counted() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.counter("queue", 1.0);
        pp.counter("queue", f64::NAN);
        assert_lost(&pp, &[]);
    });
    child.env("WATERFALL", "0").succeed();
    assert!(!records.path().exists());
}
