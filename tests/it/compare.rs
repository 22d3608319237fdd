//! `waterfall compare`: two sides of runs, read from what the user names, with a verdict that the exit code repeats.
//!
//! The runs are record files with stamps of their own, so no verdict depends on the machine's speed.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::dump::{data, nasty};
use crate::processes::{Bounded, WATERFALL, program};

/// Lengths that differ little from run to run, in ms.
const STEADY: [u64; 5] = [1000, 1004, 998, 1002, 996];
/// A fifth more.
const SLOWER: [u64; 5] = [1200, 1204, 1198, 1202, 1196];
/// The same mean as `STEADY`, and too much noise.
const NOISY: [u64; 5] = [700, 1400, 900, 1250, 750];

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn compare(directory: &Path, arguments: &[&str]) -> Output {
    program(WATERFALL).current_dir(directory).arg("compare").args(arguments).run()
}

/// The comparison as JSON.
#[track_caller]
fn json(directory: &Path, arguments: &[&str]) -> Value {
    let output = compare(directory, &[arguments, &["--format", "json"]].concat());
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn gzipped(content: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(content).unwrap();
    gzip.finish().unwrap()
}

/// Checks the exit code, and that stderr says this.
#[track_caller]
fn refused(directory: &Path, arguments: &[&str], code: i32, told: &str) {
    let output = compare(directory, arguments);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert!(stderr.contains(told), "no {told:?} in:\n{stderr}");
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
}

/// A moment, in ms after an hour.
fn stamp(ms: u64) -> String {
    let (minute, second, ms) = (ms / 60_000, ms / 1000 % 60, ms % 1000);
    format!("2026-11-30T10:{minute:02}:{second:02}.{ms:03}000000+00:00")
}

/// A record file of one run: tasks one after another, each with its length in ms, from some ms after the hour on.
fn records(mut at_ms: u64, tasks: &[(&str, u64)]) -> String {
    let mut text = "group,task,start,end,color\r\n".to_owned();
    for (task, ms) in tasks {
        let (start, end) = (stamp(at_ms), stamp(at_ms + ms));
        text.push_str(&format!("sim,{task},{start},{end},\r\n"));
        at_ms += ms;
    }
    text
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A set of runs in numbered directories. Each begins a minute after the one before and takes `load` and then `save`,
/// which has one of these lengths.
fn runs(directory: &Path, name: &str, from_minute: u64, save_ms: &[u64]) {
    for (index, &ms) in save_ms.iter().enumerate() {
        let path = directory.join(name).join(format!("{}/records.csv", index + 1));
        let at_ms = (from_minute + index as u64) * 60_000;
        write(&path, &records(at_ms, &[("load", 500), ("save", ms)]));
    }
}

/// Sets of runs: `steady` and `slower` one after the other, `noisy` after both, and `few`.
fn sides() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    runs(directory.path(), "steady", 0, &STEADY);
    runs(directory.path(), "slower", 10, &SLOWER);
    runs(directory.path(), "noisy", 20, &NOISY);
    runs(directory.path(), "few", 30, &STEADY[..3]);
    directory
}

/// The verdict of a figure of a task; of the whole run without a task.
#[track_caller]
fn verdict<'a>(json: &'a Value, task: Option<&str>) -> &'a str {
    let checks = json["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["task"].as_str() == task);
    check.unwrap_or_else(|| panic!("{task:?} is not in {json:#}"))["verdict"].as_str().unwrap()
}

#[test]
fn two_runs_of_napari_are_inconclusive_and_their_numbers_are_shown() {
    let directory = data("real/napari");
    let output = compare(&directory, &["slicing-traces-latest.json", "slicing-traces-test.json"]);
    assert_eq!(output.status.code(), Some(0));
    let told = text(&output.stdout);
    let first: Vec<&str> = told.lines().take(2).collect();
    assert_eq!(
        first,
        [
            "baseline   slicing-traces-latest.json: 1 run, a file (Chrome trace)",
            "candidate  slicing-traces-test.json: 1 run, a file (Chrome trace)",
        ]
    );
    let row = told.lines().find(|line| line.starts_with("wall time")).unwrap();
    for shown in ["1.11 s", "0.87 s", "−21.4 %", "inconclusive"] {
        assert!(row.contains(shown), "{told}");
    }
    let arguments = ["slicing-traces-latest.json", "slicing-traces-test.json", "--fail-on-inconclusive"];
    assert_eq!(compare(&directory, &arguments).status.code(), Some(4));
}

#[test]
fn of_ctharvesters_metrics_one_is_an_improvement_and_one_a_regression() {
    let directory = data("real/ctharvester");
    let baseline = "3-real.baseline.json";
    for (candidate, expected, change, code) in [
        ("4-real-same.current.json", "improvement", "+10.2 %", 0),
        ("5-real-slower.current.json", "regression", "−74.8 %", 1),
    ] {
        let output = compare(&directory, &[baseline, candidate, "--fail-on-regression"]);
        assert_eq!(output.status.code(), Some(code));
        let told = text(&output.stdout);
        assert!(
            told.contains("3-real.baseline.json: metrics of 1 benchmark, made 2026-11-20 15:08 UTC\n"),
            "{told}"
        );
        let row = told.lines().find(|line| line.starts_with("thumbnail_generation")).unwrap();
        for shown in [change, &format!("{expected} (not tested)")] {
            assert!(row.contains(shown), "no {shown:?} in:\n{told}");
        }
        let json = json(&directory, &[baseline, candidate]);
        assert_eq!(json["verdict"], *expected);
        assert!(json["checks"][0]["p"].is_null());
    }
}

#[test]
fn metrics_that_cannot_be_compared_never_pass() {
    let (kept, directory) = nasty("json");
    let against = |baseline: &str, candidate: &str| {
        let output = compare(&directory, &[baseline, candidate, "--fail-on-regression"]);
        (output.status.code(), text(&output.stderr))
    };
    let base = "gate-base-100.json";
    assert_eq!(against(base, "gate-m20.json").0, Some(0));
    assert_eq!(against(base, "gate-m20-01.json").0, Some(1));
    assert_eq!(against(base, "gate-zero.json").0, Some(1));
    for (baseline, candidate, told) in [
        ("gate-zero.json", base, "is 0 in every figure"),
        (base, "gate-failed.json", "its benchmark `thumbnail_generation` failed"),
        ("gate-failed.json", base, "its benchmark `thumbnail_generation` failed"),
        (base, "gate-other-bench.json", "its benchmark `x` does not say whether it succeeded"),
    ] {
        let (code, stderr) = against(baseline, candidate);
        assert_eq!(code, Some(3), "{baseline} and {candidate}");
        assert!(stderr.contains(told), "{stderr}");
    }
    let (code, stderr) = against(base, "strings.json");
    assert_eq!(code, Some(2));
    assert!(stderr.contains("compare two files of metrics, or two sides of runs"), "{stderr}");
    drop(kept);
}

#[test]
fn numbered_directories_are_runs_and_a_slower_task_is_found_and_explains_the_wall_time() {
    let directory = sides();
    let output = compare(directory.path(), &["steady", "slower"]);
    let told = text(&output.stdout);
    let expected = "\
baseline   steady: 5 runs, one in each of its directories: 1 to 5, made 2026-11-30 10:00 to 10:04 UTC
candidate  slower: 5 runs, one in each of its directories: 1 to 5, made 2026-11-30 10:10 to 10:14 UTC
";
    assert!(told.starts_with(expected), "{told}");
    assert!(told.contains("Regression: 0.20 s slower: all of it in `save`."), "{told}");
    assert!(
        told.contains("All runs of the baseline were made before those of the candidate"),
        "a drift of the machine is not told from a change: {told}"
    );
    let json = json(directory.path(), &["steady", "slower"]);
    let verdicts = [None, Some("save"), Some("load")].map(|task| verdict(&json, task));
    assert_eq!(verdicts, ["regression", "regression", "no_change"]);
    let parts = json["wall"]["parts"].as_array().unwrap();
    assert_eq!(parts[0]["task"], "save");
    let sum: i64 = parts.iter().map(|part| part["difference_ns"].as_i64().unwrap()).sum();
    assert_eq!(json["wall"]["difference_ns"], sum);
    assert_eq!(sum, 200_000_000);
}

#[test]
fn one_run_is_what_the_user_says_it_is() {
    let directory = sides();
    let output = compare(directory.path(), &["steady", "slower", "--one-run"]);
    let told = text(&output.stdout);
    let first = "baseline   steady: 1 run, a directory with 5 files (record), made 2026-11-30 10:00 UTC\n";
    assert!(told.starts_with(first), "{told}");
    assert!(told.contains("inconclusive"), "{told}");
    // A record file beside the numbers, or another directory, says the same.
    fs::write(directory.path().join("steady/more.csv"), records(0, &[("more", 1)])).unwrap();
    fs::create_dir(directory.path().join("slower/logs")).unwrap();
    let told = text(&compare(directory.path(), &["steady", "slower"]).stdout);
    assert!(told.starts_with("baseline   steady: 1 run, a directory with 6 files (record)"), "{told}");
    assert!(told.contains("\ncandidate  slower: 1 run, a directory with 5 files (record)"), "{told}");
    assert!(
        told.contains("`slower` is one run, although it has 6 directories: to make each a run"),
        "{told}"
    );
}

#[test]
fn a_set_of_runs_is_no_different_from_itself() {
    let directory = sides();
    let json = json(directory.path(), &["steady", "steady"]);
    assert_eq!(json["verdict"], "no_change");
    let same = Value::from("Both sides are the same runs.");
    assert!(json["notes"].as_array().unwrap().contains(&same), "{json:#}");
}

#[test]
fn the_exit_code_is_what_the_user_asked_to_fail_on_and_the_json_says_the_same() {
    let directory = sides();
    let (regression, inconclusive) = ("--fail-on-regression", "--fail-on-inconclusive");
    for (candidate, expected, codes) in [
        // Without options, with the first, with the second, with both.
        ("steady", "no_change", [0, 0, 0, 0]),
        ("slower", "regression", [0, 1, 1, 1]),
        ("noisy", "inconclusive", [0, 0, 4, 4]),
        ("few", "inconclusive", [0, 0, 4, 4]),
    ] {
        let options: [&[&str]; 4] = [&[], &[regression], &[inconclusive], &[regression, inconclusive]];
        for (options, code) in options.into_iter().zip(codes) {
            let arguments = [&["steady", candidate, "--format", "json"], options].concat();
            let output = compare(directory.path(), &arguments);
            assert_eq!(output.status.code(), Some(code), "{arguments:?}");
            let json: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(
                (json["verdict"].as_str(), json["exit_code"].as_i64()),
                (Some(expected), Some(code.into()))
            );
        }
    }
    // A regression goes before something inconclusive. Who fails on doubt fails on a regression, too.
    for (index, (slow, noisy)) in SLOWER.into_iter().zip(NOISY).enumerate() {
        let path = directory.path().join(format!("both/{}/records.csv", index + 1));
        write(&path, &records(0, &[("load", noisy / 2), ("save", slow)]));
    }
    for (options, code) in [(vec![regression, inconclusive], 1), (vec![inconclusive], 1), (vec![], 0)] {
        let arguments = [vec!["steady", "both", "--format", "json"], options].concat();
        let output = compare(directory.path(), &arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(
            (json["verdict"].as_str(), json["exit_code"].as_i64()),
            (Some("regression"), Some(code.into()))
        );
    }
    let back = json(directory.path(), &["slower", "steady"]);
    assert_eq!((back["verdict"].as_str(), back["exit_code"].as_i64()), (Some("improvement"), Some(0)));
}

#[test]
fn a_task_of_one_side_is_named_and_has_no_verdict() {
    let directory = sides();
    for (index, ms) in STEADY.into_iter().enumerate() {
        let path = directory.path().join(format!("more/{}/records.csv", index + 1));
        write(&path, &records(0, &[("load", 500), ("save", ms), ("verify", 300)]));
    }
    let told = text(&compare(directory.path(), &["steady", "more"]).stdout);
    assert!(told.contains("Only in the candidate: sim / verify (1 span, 0.30 s a run)"), "{told}");
    let told = "nothing is compared for the threshold `verify=5%`: `steady` has no such task";
    refused(directory.path(), &["steady", "more", "--threshold", "verify=5%"], 3, told);
    refused(directory.path(), &["more", "steady", "--threshold", "verify=5%"], 3, told);
    let glob = ["steady", "more", "--threshold", "sim/*=5%"];
    assert_eq!(compare(directory.path(), &glob).status.code(), Some(0), "a glob needs one task");
    let json = json(directory.path(), &["more", "steady"]);
    assert_eq!(json["only_in_baseline"][0]["task"], "verify");
    let checks = json["checks"].as_array().unwrap();
    assert!(checks.iter().all(|check| check["task"] != "verify"), "{json:#}");
}

#[test]
fn a_task_that_did_not_run_took_no_time_and_ran_no_times() {
    let directory = sides();
    // In two of five runs there is no `save`.
    for (index, ms) in STEADY.into_iter().enumerate() {
        let path = directory.path().join(format!("seldom/{}/records.csv", index + 1));
        let all = [("load", 500), ("save", ms)];
        write(&path, &records(0, if index < 2 { &all[..1] } else { &all }));
    }
    let json = json(directory.path(), &["seldom", "seldom", "--threshold", "save=1@count"]);
    let of_save = |figure: &str| {
        let checks = json["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["task"] == "save" && check["figure"] == figure);
        check.unwrap_or_else(|| panic!("{json:#}"))["baseline_runs"].clone()
    };
    assert_eq!(of_save("count"), serde_json::json!([0, 0, 1, 1, 1]));
    assert_eq!(of_save("total_ns")[0], 0);
    // What did not run has no median, so nothing is said of it.
    let arguments = ["seldom", "steady", "--threshold", "save=5%@median"];
    let json = self::json(directory.path(), &arguments);
    let checks = json["checks"].as_array().unwrap();
    let median = checks.iter().find(|check| check["figure"] == "p50_ns").unwrap();
    assert_eq!((&median["verdict"], &median["reason"]), (&"inconclusive".into(), &"not_known".into()));
    let told = text(&compare(directory.path(), &arguments).stdout);
    assert!(told.contains("A figure that is not known of every run has no verdict."), "{told}");
    // In no run of the candidate did any time pass in `save`.
    for index in 1..=5 {
        let path = directory.path().join(format!("instant/{index}/records.csv"));
        write(&path, &records(0, &[("load", 500), ("save", 0)]));
    }
    let json = self::json(directory.path(), &["instant", "instant"]);
    assert_eq!(verdict(&json, Some("save")), "no_change");
    let json = self::json(directory.path(), &["instant", "steady", "--threshold", "save=5%"]);
    assert_eq!(verdict(&json, Some("save")), "inconclusive", "there is no ratio to 0");
    let json = self::json(directory.path(), &["instant", "steady"]);
    assert_eq!(
        verdict(&json, Some("save")),
        "regression",
        "by default, it is more than a part of the wall time"
    );
    let json = self::json(directory.path(), &["instant", "steady", "--threshold", "save=5ms"]);
    assert_eq!(verdict(&json, Some("save")), "regression");
}

#[test]
fn a_baseline_of_zero_is_an_error_and_so_is_a_side_without_a_span() {
    let directory = sides();
    write(&directory.path().join("zero/1/records.csv"), &records(0, &[("save", 0)]));
    refused(directory.path(), &["zero", "steady"], 3, "the baseline `zero` is 0 in every figure");
    assert_eq!(compare(directory.path(), &["steady", "zero"]).status.code(), Some(0));
    write(&directory.path().join("empty/1/records.csv"), &records(0, &[]));
    refused(directory.path(), &["steady", "empty"], 3, "empty/1 recorded no span");
    fs::create_dir_all(directory.path().join("bare/1")).unwrap();
    refused(directory.path(), &["bare", "steady"], 3, "cannot use bare/1: no readable record file in bare/1");
}

#[test]
fn problems_in_an_input_are_counted_and_the_first_is_shown() {
    let directory = sides();
    let path = directory.path().join("slower/2/records.csv");
    let torn = fs::read_to_string(&path).unwrap() + "sim,save,2026-11-30T10:1\r\n";
    fs::write(&path, torn).unwrap();
    let told = text(&compare(directory.path(), &["steady", "slower"]).stdout);
    let note = "The input of `slower` has 1 problem, in 1 of 5 runs: slower/2/records.csv:4: ";
    assert!(told.contains(note), "{told}");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "sim,save,2026-11-30T10:1\r\n").unwrap();
    let told = text(&compare(directory.path(), &["steady", "slower"]).stdout);
    let note = "has 2 problems, in 1 of 5 runs, the first: slower/2/records.csv:4: ";
    assert!(told.contains(note) && told.contains("; `waterfall stats slower/2` lists more."), "{told}");
}

#[test]
fn thresholds_come_from_options_and_scenarios_and_must_be_for_something() {
    let directory = sides();
    let of = |options: &[&str]| {
        let json = json(directory.path(), &[&["steady", "slower"], options].concat());
        [Some("save"), None].map(|task| verdict(&json, task).to_owned())
    };
    assert_eq!(of(&["--threshold", "save=30%"]), ["no_change", "regression"]);
    assert_eq!(of(&["--threshold", "30%", "--threshold", "wall=1%"]), ["no_change", "regression"]);
    let toml = "[scenario.nightly.compare]\nthresholds = [\"30%\", \"wall=40%\"]\n";
    fs::write(directory.path().join("waterfall.toml"), toml).unwrap();
    assert_eq!(of(&["--scenario", "nightly"]), ["no_change", "no_change"]);
    assert_eq!(of(&["--scenario", "nightly", "--threshold", "wall=5%"]), ["no_change", "regression"]);
    refused(
        directory.path(),
        &["steady", "slower", "--threshold", "sav=5%"],
        2,
        "the threshold `sav=5%` cannot be used: no task matches `sav`; did you mean `save`?",
    );
    refused(directory.path(), &["steady", "slower", "--threshold", "save"], 2, "invalid value 'save'");
    refused(directory.path(), &["steady", "slower", "--scenario", "x"], 2, "has no scenario `x`");
}

#[test]
fn hostile_names_neither_command_a_terminal_nor_break_a_table() {
    let directory = tempfile::tempdir().unwrap();
    let task = "a\u{1b}[31m|b<script>`\u{202e}";
    for side in ["one", "other"] {
        for (index, ms) in STEADY.into_iter().enumerate() {
            let path = directory.path().join(format!("{side}\u{1b}[31m/{}/records.csv", index + 1));
            let only = format!("{side} {task}");
            write(&path, &records(0, &[(task, ms), (&only, ms)]));
        }
    }
    let sides = ["one\u{1b}[31m", "other\u{1b}[31m"];
    for format in ["text", "markdown", "json"] {
        let output = compare(directory.path(), &[&sides[..], &["--format", format]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        let told = text(&output.stdout);
        let is_command = |it: char| it.is_control() && it != '\n' || ('\u{202a}'..='\u{202e}').contains(&it);
        let escaped = if format == "json" { told.replace('\u{202e}', "") } else { told.clone() };
        assert!(!escaped.contains(is_command), "{format}: {told:?}");
        if format == "markdown" {
            assert!(!told.contains("<script>"), "{told}");
            let rows = told.lines().filter(|line| line.starts_with('|'));
            for row in rows {
                assert_eq!(row.replace("\\|", "").matches('|').count(), 7, "{row}");
            }
        }
        if format == "json" {
            let json: Value = serde_json::from_str(&told).unwrap();
            assert_eq!(json["checks"][1]["task"], task);
        }
    }
}

#[test]
fn a_baseline_is_told_by_what_is_in_its_file() {
    let directory = sides();
    let golden = fs::read(data("baselines/version-1.json")).unwrap();
    for (name, content) in [("kept.txt", golden.clone()), ("kept.gz", gzipped(&golden))] {
        fs::write(directory.path().join(name), content).unwrap();
        let told = text(&compare(directory.path(), &[name, name]).stdout);
        assert!(told.starts_with(&format!("baseline   {name}: a baseline of ")), "{told}");
    }
    let metrics = fs::read(data("real/ctharvester/3-real.baseline.json")).unwrap();
    fs::write(directory.path().join("metrics.gz"), gzipped(&metrics)).unwrap();
    assert_eq!(json(directory.path(), &["metrics.gz", "metrics.gz"])["verdict"], "no_change");
    let damaged = text(&golden).replacen("\"version\": 1", "\"version\": 99", 1);
    fs::write(directory.path().join("new.json"), damaged).unwrap();
    refused(directory.path(), &["new.json", "steady"], 3, "has version 99");
}

#[test]
fn the_order_of_the_runs_is_told_where_it_could_feign_a_change() {
    let directory = sides();
    let order = |sides: [&str; 2]| {
        let json = json(directory.path(), &sides);
        let notes = json["notes"].as_array().unwrap().iter().map(|note| note.as_str().unwrap().to_owned());
        notes.filter(|note| note.contains("made")).collect::<Vec<String>>()
    };
    assert!(order(["steady", "slower"])[0].starts_with("All runs of the baseline were made before"));
    assert!(order(["slower", "steady"])[0].starts_with("All runs of the candidate were made before"));
    runs(directory.path(), "between", 2, &STEADY);
    assert_eq!(order(["steady", "between"]), [""; 0], "the runs took turns");
}

#[test]
fn durations_without_moments_are_compared_without_a_wall_time() {
    let directory = data("real/neurospatial");
    let log = "timing-log.txt";
    let json = json(&directory, &[log, log]);
    let checks = json["checks"].as_array().unwrap();
    assert!(!checks.is_empty() && checks.iter().all(|check| check["subject"] == "task"), "{json:#}");
    assert!(
        json["notes"].to_string().contains("The wall time is not compared: `timing-log.txt` has durations")
    );
    assert!(json["wall"].is_null(), "{json:#}");
    // Spans of no length have moments.
    let directory = sides();
    write(&directory.path().join("zero/1/records.csv"), &records(0, &[("save", 0)]));
    let json = self::json(directory.path(), &["steady", "zero"]);
    let note = "The wall time is not compared: it is 0 in all runs of `zero`.";
    assert!(json["notes"].to_string().contains(note), "{json:#}");
    refused(
        directory.path(),
        &["steady", "zero", "--threshold", "wall=5%"],
        3,
        "nothing is compared for the threshold `wall=5%`: `zero` has no wall time",
    );
}

#[test]
fn sides_without_a_common_figure_never_pass() {
    let directory = tempfile::tempdir().unwrap();
    let log = |task: &str| format!("2026-11-20 15:12:06,419 1 MainThread a INFO [TIMING] {task}: 4.09 ms\n");
    fs::write(directory.path().join("one.txt"), log("one")).unwrap();
    fs::write(directory.path().join("other.txt"), log("other")).unwrap();
    let told = "`one.txt` and `other.txt` have nothing in common that can be compared";
    refused(directory.path(), &["one.txt", "other.txt"], 3, told);
}

#[test]
fn weights_without_times_are_refused_and_told_why() {
    let directory = sides();
    fs::write(directory.path().join("profile.folded"), "main;parse;read 12\nmain;save 7\n").unwrap();
    refused(
        directory.path(),
        &["profile.folded", "steady"],
        3,
        "`profile.folded` is a profile without times: its samples or weights have no durations",
    );
}
