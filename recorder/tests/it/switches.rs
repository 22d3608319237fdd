//! The environment variables.

use std::fs;

use waterfall_recorder::Recorder;

use crate::records::Records;

#[test]
fn waterfall_0_switches_everything_off() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.start("save");
        pp.dump();
        pp.dump();
        drop(pp.span("save"));
        pp.instant("save");
        assert_eq!(pp.time("save", || 7), 7);
        assert_eq!(pp.losses().total(), 0);
        drop(Recorder::from_env("g").span("save"));
    });
    let stderr = child
        .env("WATERFALL", "0")
        .env("WATERFALL_DIR", records.path())
        .env("WATERFALL_TIMING", "1")
        .succeed();
    assert!(!records.path().exists() && stderr.is_empty(), "{stderr}");
}

#[test]
fn waterfall_dir_wins_over_the_directory_in_the_code() {
    let records = Records::new();
    let elsewhere = records.path().with_file_name("else where");
    let child = records.child(|records| records.recorder().instant("save"));
    child.env("WATERFALL_DIR", &elsewhere).succeed();
    assert!(!records.path().exists());
    assert_eq!(fs::read_dir(elsewhere).unwrap().count(), 1);
}

#[test]
fn from_env_records_only_when_asked() {
    let records = Records::new();
    let child = records.child(|_| Recorder::from_env("g").instant("save"));
    let empty = records.path().ancestors().nth(2).unwrap();
    child.directory(empty).succeed();
    assert_eq!(fs::read_dir(empty).unwrap().count(), 0);
}

#[test]
fn from_env_records_where_waterfall_dir_says_with_its_bias() {
    let records = Records::new();
    let child = records.child(|_| Recorder::from_env("g").instant("save"));
    child.env("WATERFALL_DIR", records.path()).env("WATERFALL_BIAS", "-330").succeed();
    assert_eq!(records.span("save").offset_s, -330 * 60);
}

#[test]
fn waterfall_1_records_below_the_working_directory() {
    let records = Records::new();
    let directory = records.path().parent().unwrap();
    fs::create_dir_all(directory).unwrap();
    let child = records.child(|_| Recorder::from_env("g").instant("save"));
    child.env("WATERFALL", "1").directory(directory).succeed();
    assert_eq!(records.span("save").offset_s, 0);
}

#[test]
fn waterfall_tasks_selects_and_dumps_still_pair() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.start("save image");
        pp.start("load");
        pp.dump();
        pp.instant("load");
        drop(pp.span("load"));
        assert_eq!(records.span("save image").end_ns, None);
        pp.dump();
        assert_eq!(pp.losses().total(), 0);
    });
    child.env("WATERFALL_TASKS", "save*,other").succeed();
    assert_eq!(records.tasks(), ["save image"]);
    assert!(records.span("save image").end_ns.is_some());
}

#[test]
fn waterfall_timing_tells_each_end_on_stderr() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.start("save");
        pp.dump();
        drop(pp.span("evil\u{1b}[2J\n"));
    });
    let stderr = child.env("WATERFALL_TIMING", "1").succeed();
    let lines: Vec<_> = stderr.lines().collect();
    assert!(lines[0].starts_with("[TIMING] save: ") && lines[0].ends_with(" ms"), "{stderr}");
    assert!(lines[1].starts_with("[TIMING] evil\\u{1b}[2J\\n: "), "{stderr}");
    assert_eq!((lines.len(), records.spans().len()), (2, 2));
}
