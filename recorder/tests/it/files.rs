//! Names, colours, stamps and directories as they are in the files.

use std::env;
use std::fs;
use std::sync::Barrier;
use std::thread;

use waterfall_recorder::{Loss, Recorder};

use crate::records::{Records, assert_lost};

#[test]
fn a_recorder_may_be_shared_cloned_and_printed() {
    fn check<T: Send + Sync + Clone + std::fmt::Debug>(_: &T) {}
    fn check_guard<T: Send + 'static>(_: &T) {}
    let records = Records::new();
    let pp = records.recorder();
    check(&pp);
    check_guard(&pp.span("save"));
}

#[test]
fn names_of_any_kind_are_kept() {
    let records = Records::new();
    let names = [
        "a,b",
        "say \"hi\"",
        "",
        " ",
        "(.*",
        "</script>",
        "\u{1f980} \u{5de5}\u{4f5c}",
        "\",",
        ",",
        "../../etc",
    ];
    for name in names {
        let pp = records.recorder_of(name, 0);
        pp.start(name);
        pp.dump();
    }
    let spans: Vec<_> = records.spans().into_iter().map(|span| (span.group, span.task)).collect();
    assert_eq!(spans, names.map(|name| (name.to_owned(), name.to_owned())));
    assert!(records.spans().iter().all(|span| span.end_ns.is_some()));
}

#[test]
fn control_characters_become_spaces() {
    let records = Records::new();
    records.recorder().instant("two\r\nlines\t,\u{0}");
    records.span("two  lines , ");
}

#[test]
fn a_long_name_is_cut_and_counted() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.instant("x".repeat(5000));
        assert_lost(&pp, &[(Loss::NameCut, 1)]);
        assert_eq!(pp.losses().total(), 0);
    });
    child.succeed();
    records.span(&"x".repeat(1000));
}

#[test]
fn colors_are_kept_and_others_counted() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        for color in ["#ca562c", "", "na", "red"] {
            pp.start_colored(color, color);
            pp.dump();
        }
        assert_lost(&pp, &[(Loss::ColorIgnored, 1)]);
    });
    child.succeed();
    let colors: Vec<_> = records.spans().into_iter().map(|span| span.color).collect();
    assert_eq!(colors, ["#ca562c", "", "", ""]);
}

#[test]
fn an_offset_is_kept_up_to_a_minute_less_than_a_day() {
    let records = Records::new();
    for bias_minutes in [-330, 0, i32::MAX, i32::MIN] {
        records.recorder_of("g", bias_minutes).instant("t");
    }
    let offsets: Vec<_> = records.spans().into_iter().map(|span| span.offset_s).collect();
    assert_eq!(offsets, [-330 * 60, 0, 86_340, -86_340]);
}

#[test]
fn nothing_is_created_before_the_first_record() {
    let records = Records::new();
    let pp = records.recorder();
    assert!(!records.path().exists());
    pp.instant("t");
    assert_eq!(records.files().len(), 1);
}

#[test]
fn a_relative_directory_stays_where_it_was_when_the_recorder_was_made() {
    let records = Records::new();
    let child = records.child(|records| {
        fs::create_dir_all(records.path()).unwrap();
        env::set_current_dir(records.path().parent().unwrap()).unwrap();
        let pp = Recorder::new("g", "records", 0);
        env::set_current_dir(env::temp_dir()).unwrap();
        pp.instant("t");
    });
    child.succeed();
    records.span("t");
}

#[test]
fn a_directory_that_cannot_be_made_costs_only_the_records() {
    let records = Records::new();
    let child = records.child(|records| {
        // A file where the directory should be.
        fs::create_dir_all(records.path().parent().unwrap()).unwrap();
        fs::write(records.path(), "").unwrap();
        let pp = records.recorder();
        for _ in 0..3 {
            pp.start("outer");
            drop(pp.span("inner"));
            pp.dump();
        }
        assert_lost(&pp, &[(Loss::NoFile, 6)]);
    });
    let stderr = child.succeed();
    assert_eq!(stderr.matches("waterfall: ").count(), 1, "{stderr}");
    assert!(stderr.contains("no record file could be opened"), "{stderr}");
    assert_eq!(fs::read(records.path()).unwrap(), b"");
}

/// Records enough to make the recorder check its file again.
fn record_much(pp: &Recorder) {
    for _ in 0..500 {
        pp.instant("x".repeat(1000));
    }
}

#[test]
fn when_the_directory_is_removed_the_loss_is_told_and_a_new_file_begun() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.start("before");
        fs::remove_dir_all(records.path()).unwrap();
        record_much(&pp);
        pp.dump();
        pp.time("after", || ());
        assert_lost(&pp, &[(Loss::FileLost, 1)]);
    });
    let stderr = child.succeed();
    assert_eq!(stderr.matches("waterfall: a record file was removed or shortened").count(), 1, "{stderr}");
    assert_eq!(records.files().len(), 1);
    assert!(records.span("after").end_ns.is_some());
    assert!(records.spans().iter().all(|span| span.task != "before"));
}

#[test]
fn when_the_file_is_shortened_the_loss_is_told_and_a_new_file_begun() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.instant("before");
        let shortened = records.files().remove(0);
        fs::write(&shortened, "").unwrap();
        record_much(&pp);
        pp.time("after", || ());
        assert_lost(&pp, &[(Loss::FileLost, 1)]);
        fs::remove_file(shortened).unwrap(); // it has no header any more
    });
    // If the file were mapped, the next store would kill the program by SIGBUS.
    child.env("WATERFALL_JOURNAL", "write").succeed();
    assert_eq!(records.files().len(), 1);
    assert!(records.span("after").end_ns.is_some());
}

#[test]
fn each_thread_goes_on_in_a_new_file_of_its_own() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        let barrier = Barrier::new(3);
        thread::scope(|scope| {
            for task in ["one", "other"] {
                let (pp, barrier) = (pp.clone(), &barrier);
                scope.spawn(move || {
                    pp.instant("before");
                    barrier.wait();
                    barrier.wait();
                    record_much(&pp);
                    pp.instant(task);
                });
            }
            barrier.wait();
            fs::remove_dir_all(records.path()).unwrap();
            barrier.wait();
        });
        assert_lost(&pp, &[(Loss::FileLost, 2)]);
    });
    child.succeed();
    assert_eq!(records.files().len(), 2);
    assert_ne!(records.span("one").file, records.span("other").file);
}
