//! Kept runs as sides of `waterfall compare`: names, latest repeats, ranges, and runs that cannot be compared.
//!
//! The descriptions of the runs are written here as `waterfall run` writes them.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::dump::data;
use crate::processes::{Bounded, WATERFALL, program};

/// The pid of a `waterfall` that is gone.
const GONE: u32 = 4_000_000;

/// Exit code, stdout and stderr of a comparison.
fn compare(directory: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = program(WATERFALL).current_dir(directory).arg("compare").args(arguments).run();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// The line that says how a side was read.
#[track_caller]
fn read(directory: &Path, arguments: &[&str], side: &str) -> String {
    let (code, stdout, stderr) = compare(directory, arguments);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    stdout.lines().find_map(|line| line.strip_prefix(side)).unwrap().trim_start().to_owned()
}

#[track_caller]
fn refused(directory: &Path, arguments: &[&str], code: i32, told: &str) {
    let (found, stdout, stderr) = compare(directory, arguments);
    assert_eq!((found, stdout.as_str()), (Some(code), ""), "{stderr}");
    assert!(stderr.contains(told), "no {told:?} in:\n{stderr}");
}

fn path(directory: &Path, name: &str, number: u64) -> PathBuf {
    directory.join(".waterfall/runs").join(name).join(number.to_string())
}

/// Changes the description of a run.
fn change(directory: &Path, name: &str, number: u64, changes: &[(&str, Value)]) {
    let path = path(directory, name, number).join("run.json");
    let mut run: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    for (key, value) in changes {
        run[*key] = value.clone();
    }
    fs::write(&path, run.to_string()).unwrap();
}

/// Keeps a run whose command took these ms, with 100 ms before and after its only span.
fn keep(directory: &Path, name: &str, number: u64, repeat: (u32, u32), ms: u64) {
    let golden = fs::read(data("run/version-1-figures.json")).unwrap();
    let run = path(directory, name, number);
    fs::create_dir_all(run.join("records")).unwrap();
    fs::write(run.join("run.json"), golden).unwrap();
    let (span_ns, edge_ns) = ((ms - 200) * 1_000_000, 100_000_000);
    let durations = json!({"mean_ns": span_ns, "min_ns": span_ns, "median_ns": span_ns, "p95_ns": span_ns,
        "p99_ns": span_ns, "max_ns": span_ns});
    let task = json!({"group": "sim", "task": "save", "count": 1, "total_ns": span_ns, "share_ns": span_ns,
        "durations": durations});
    let figures = json!({"wall_ns": span_ns, "around": {"before_ns": edge_ns, "after_ns": edge_ns}, "idle_ns": 0,
        "tasks": [task], "others": null});
    let plan = GONE + u32::try_from(number).unwrap() - repeat.0; // one process keeps all repeats
    change(
        directory,
        name,
        number,
        &[
            ("name", json!(name)),
            ("number", json!(number)),
            ("repeat", json!(repeat)),
            ("start", json!(format!("2026-11-30T10:{number:02}:00.000000000+00:00"))),
            ("elapsed_ns", json!(ms * 1_000_000)),
            ("outcome", json!({"state": "exited", "code": 0})),
            ("process", json!({"pid": plan, "start_ticks": 7})),
            ("figures", figures),
        ],
    );
}

/// Runs 1 and 2 of `before` of an earlier command, and 3 to 7 of the last one; the five of `after` are slower.
fn kept() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for number in 1..=2 {
        keep(directory.path(), "before", number, (number as u32, 2), 3000);
    }
    for (index, noise) in [0, 4, 2, 1, 3].into_iter().enumerate() {
        let repeat = (index as u32 + 1, 5);
        keep(directory.path(), "before", index as u64 + 3, repeat, 1000 + noise);
        keep(directory.path(), "after", index as u64 + 11, repeat, 1300 + noise);
    }
    directory
}

#[test]
fn a_name_is_its_latest_repeats() {
    let directory = kept();
    let directory = directory.path();
    let (code, stdout, _) = compare(directory, &["before", "after", "--fail-on-regression"]);
    assert_eq!(code, Some(1));
    let expected = "\
baseline   before: 5 runs, before/3 to before/7, made 2026-11-30 10:03 to 10:07 UTC, commit 99e7f9a+
candidate  after: 5 runs, after/11 to after/15, made 2026-11-30 10:11 to 10:15 UTC, commit 99e7f9a+
";
    assert!(stdout.starts_with(expected), "{stdout}");
    assert!(stdout.contains("0.30 s slower: all of it in `"), "{stdout}");
    for note in [
        "Not compared: before/1 and before/2, which belong to other commands; `before@1..7` names all.",
        "Files differed from the commit (+) when the baseline was made.",
    ] {
        assert!(stdout.replace('\n', " ").contains(note), "no {note:?} in:\n{stdout}");
    }
    // From a directory below, the same runs are found.
    let below = directory.join("below");
    fs::create_dir(&below).unwrap();
    assert!(
        read(&below, &["before", "after"], "baseline").starts_with("before: 5 runs, before/3 to before/7")
    );
}

#[test]
fn numbers_and_ranges_choose_other_runs() {
    let directory = kept();
    let directory = directory.path();
    for (argument, expected) in [
        ("before@1..4", "before@1..4: 4 runs, before/1 to before/4, made"),
        ("before@6..7", "before@6..7: 2 runs, before/6 and before/7, made"),
        ("before@2", "before@2: 1 run, before/2, made 2026-11-30 10:02 UTC"),
        ("before/2", "before/2: 1 run, before/2, made 2026-11-30 10:02 UTC"),
        (".waterfall/runs/before/2", ".waterfall/runs/before/2: 1 run, before/2, made"),
        (".waterfall/runs/before/2/run.json", ".waterfall/runs/before/2/run.json: 1 run, before/2, made"),
        (
            ".waterfall/runs/after",
            ".waterfall/runs/after: 5 runs, one in each of its directories: 11 to 15, made",
        ),
    ] {
        let line = read(directory, &[argument, "after"], "baseline");
        assert!(line.starts_with(expected), "{line}");
    }
    // A name may look like a range.
    keep(directory, "before@1", 4, (1, 1), 1000);
    let line = read(directory, &["before@1", "after"], "baseline");
    assert!(line.starts_with("before@1: 1 run, before@1/4, made"), "{line}");
}

#[test]
fn what_no_run_has_as_its_name_is_told_with_what_may_be_meant() {
    let directory = kept();
    let directory = directory.path();
    refused(
        directory,
        &["befor", "after"],
        3,
        "no runs, file, directory or baseline is named `befor`; did you mean `before`?",
    );
    refused(directory, &["before", "afer@1"], 3, "did you mean `after`?");
    refused(directory, &["before@3..9", "after"], 3, "before/8 does not exist; `before` has 1 to 7");
    refused(
        directory,
        &["before@7..3", "after"],
        2,
        "`before@7..3` names no runs: write before@3 or before@3..7",
    );
    refused(directory, &["before@x", "after"], 2, "write before@3 or before@3..7");
    let empty = tempfile::tempdir().unwrap();
    refused(
        empty.path(),
        &["before", "after"],
        3,
        "make runs with `waterfall run --name NAME --repeat 5 -- CMD`",
    );
}

#[test]
fn a_run_that_failed_or_did_not_end_is_never_compared_and_never_left_out() {
    let directory = kept();
    let directory = directory.path();
    for (outcome, why) in [
        (json!({"state": "exited", "code": 3}), "before/5 failed (exit code 3)"),
        (json!({"state": "signalled", "signal": 9}), "before/5 failed (killed by signal 9)"),
        (json!({"state": "running"}), "before/5 did not end: waterfall was killed"),
        (
            json!({"state": "not-started", "reason": "no such file"}),
            "before/5 failed (not started: no such file)",
        ),
    ] {
        change(directory, "before", 5, &[("outcome", outcome)]);
        refused(directory, &["before", "after"], 3, &format!("{why}; `before@6..7` names other runs"));
        refused(directory, &[".waterfall/runs/before", "after"], 3, &format!("{why}; compare other runs"));
        refused(directory, &["before/5", "after"], 3, why);
        assert_eq!(compare(directory, &["before@1..4", "after"]).0, Some(0));
    }
    let this = std::process::id();
    let alive = json!({"pid": this, "start_ticks": null});
    change(directory, "before", 5, &[("outcome", json!({"state": "running"})), ("process", alive)]);
    if cfg!(unix) {
        refused(directory, &["before/5", "after"], 3, "before/5 has not ended");
    }
    fs::write(path(directory, "before", 5).join("run.json"), "{").unwrap();
    refused(directory, &["before/5", "after"], 3, "cannot read ");
}

#[test]
fn a_run_without_figures_is_read_from_its_records() {
    let directory = kept();
    let directory = directory.path();
    for number in 3..=7 {
        change(directory, "before", number, &[("figures", Value::Null)]);
    }
    refused(directory, &["before", "after"], 3, "before/3 recorded no span; there is nothing to compare");
    for number in 3..=7 {
        let day = format!("2026-11-30T10:{number:02}");
        let records =
            format!("group,task,start,end,color\r\nsim,save,{day}:00.1+00:00,{day}:00.9+00:00,\r\n");
        fs::write(path(directory, "before", number).join("records/r.csv"), records).unwrap();
    }
    let (code, stdout, stderr) = compare(directory, &["before", "after", "--format", "json"]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let json: Value = serde_json::from_str(&stdout).unwrap();
    // From the command's start to its end, although the span is shorter.
    assert_eq!(json["checks"][0]["baseline_runs"][0], 1_000_000_000_u64);
    assert_eq!(json["checks"][1]["baseline_runs"][0], 800_000_000_u64);
}

#[test]
fn runs_of_commands_and_other_records_are_compared_without_the_commands_own_time() {
    let directory = kept();
    let directory = directory.path();
    for number in 1..=4 {
        let run = directory.join(format!("records/{number}/r.csv"));
        fs::create_dir_all(run.parent().unwrap()).unwrap();
        let day = format!("2026-11-30T10:{number:02}");
        fs::write(
            run,
            format!("group,task,start,end,color\r\nsim,save,{day}:00.1+00:00,{day}:00.9+00:00,\r\n"),
        )
        .unwrap();
    }
    let (_, stdout, _) = compare(directory, &["before", "records", "--format", "json"]);
    let json: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(json["checks"][0]["baseline_runs"][0], 800_000_000_u64);
    let notes = json["notes"].to_string();
    assert!(notes.contains("Not every run has a command whose time includes all its spans"), "{notes}");
}

#[test]
fn a_run_far_from_the_others_is_named_and_counts() {
    let directory = kept();
    let directory = directory.path();
    keep(directory, "after", 13, (3, 5), 2600);
    let (_, stdout, _) = compare(directory, &["before", "after"]);
    let told = stdout.replace('\n', " ");
    let note =
        "Far from the other runs of the candidate: after/13 (wall time, `save`); it is still included.";
    assert!(told.contains(note), "{stdout}");
    assert_eq!(told.matches("Far from").count(), 1, "{stdout}");
    let told = compare(directory, &["after", "after"]).1;
    assert_eq!(told.matches("Far from the other runs of both sides").count(), 1, "{told}");
    assert!(stdout.contains("inconclusive"), "{stdout}");
}

#[test]
fn machines_and_counts_that_differ_are_told() {
    let directory = kept();
    let directory = directory.path();
    for number in 11..=15 {
        let file = path(directory, "after", number).join("run.json");
        let mut run: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        run["machine"]["host"] = "other\u{1b}[31m".into();
        run["figures"]["tasks"][0]["count"] = 4.into();
        fs::write(&file, run.to_string()).unwrap();
    }
    let (_, stdout, _) = compare(directory, &["before", "after", "--format", "json"]);
    let json: Value = serde_json::from_str(&stdout).unwrap();
    let has = |key: &str, part: &str| {
        let lines: Vec<&str> =
            json[key].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        assert!(lines.iter().any(|line| line.contains(part)), "no {part:?} in {lines:#?}");
    };
    has(
        "cautions",
        "on different machines or systems: the baseline on build (Debian GNU/Linux 12 (bookworm), Linux 6.1.0, 8 cores)",
    );
    has("cautions", "the candidate on other\\u{1b}[31m (");
    has("notes", "Spans per run differ: `sim / save` 1 to 4.");
    change(directory, "after", 11, &[("command", json!(["./other", "a b"]))]);
    let (_, stdout, _) = compare(directory, &["before", "after"]);
    let caution = stdout.find("The sides ran different commands: the baseline `").unwrap();
    assert!(stdout[caution..].contains("the candidate `./other 'a b'`, `"), "{stdout}");
    assert!(stdout.find("Regression: ").unwrap() < caution && caution < stdout.find("wall time ").unwrap());
}

#[test]
fn a_task_that_a_run_may_have_among_the_others_is_not_compared() {
    let directory = kept();
    let directory = directory.path();
    let rename = |number: u64, task: &str, others: Value| {
        let file = path(directory, "after", number).join("run.json");
        let mut run: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        run["figures"]["tasks"][0]["task"] = task.into();
        run["figures"]["others"] = others;
        fs::write(&file, run.to_string()).unwrap();
    };
    rename(13, "load", json!({"tasks": 2, "count": 2, "total_ns": 2, "share_ns": 0}));
    let (_, stdout, _) = compare(directory, &["before", "after", "--format", "json"]);
    let json: Value = serde_json::from_str(&stdout).unwrap();
    let subjects: Vec<&Value> =
        json["checks"].as_array().unwrap().iter().map(|check| &check["task"]).collect();
    assert_eq!(subjects, [&Value::Null], "only the wall time is left");
    assert!(json["notes"].to_string().contains("1 task not compared: a run may have it among"), "{json:#}");
    assert_eq!(json["only_in_candidate"][0]["task"], "load");
    let told =
        "nothing is compared for the threshold `save=5%`: a run of `after` may have it among its smallest";
    refused(directory, &["before", "after", "--threshold", "save=5%"], 3, told);
}

#[test]
fn a_peak_of_memory_that_is_not_exact_is_not_compared() {
    let directory = kept();
    let directory = directory.path();
    let arguments = ["before", "after", "--threshold", "peak_memory=5%", "--format", "json"];
    let peak = || {
        let json: Value = serde_json::from_str(&compare(directory, &arguments).1).unwrap();
        let checks = json["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["figure"] == "peak_memory_bytes").unwrap();
        [check["verdict"].clone(), check["reason"].clone()]
    };
    assert_eq!(peak(), [json!("no_change"), Value::Null]);
    let resources = json!({"user_ns": 1, "system_ns": 1, "peak_process_bytes": null,
        "peak_process_at_most_bytes": 99_000_000, "peak_tree_bytes": 74_231_808, "run_queue_ns": 0, "samples": 1,
        "lost_samples": 0});
    change(directory, "after", 12, &[("resources", resources)]);
    assert_eq!(peak(), [json!("inconclusive"), json!("not_known")]);
}

#[test]
fn runs_that_are_not_compared_may_be_damaged_or_just_begin() {
    let directory = kept();
    let directory = directory.path();
    fs::write(path(directory, "before", 2).join("run.json"), "{").unwrap();
    fs::create_dir_all(path(directory, "before", 8).join("records")).unwrap();
    let line = read(directory, &["before", "after"], "baseline");
    assert!(line.starts_with("before: 5 runs, before/3 to before/7, made"), "{line}");
    let line = read(directory, &["before@4..7", "after"], "baseline");
    assert!(line.starts_with("before@4..7: 4 runs, before/4 to before/7, made"), "{line}");
    refused(directory, &["before@1..4", "after"], 3, "cannot read ");
}

#[test]
fn of_two_commands_at_once_the_repeats_of_the_last_are_compared() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    for number in 1..=8_u64 {
        let repeat = (number.div_ceil(2) as u32, 4);
        keep(directory, "both", number, repeat, 1000 + number);
        let process = json!({"pid": GONE + number as u32 % 2, "start_ticks": 7});
        change(directory, "both", number, &[("process", process)]);
    }
    let (_, stdout, _) = compare(directory, &["both", "both@1..8"]);
    assert!(
        stdout.starts_with("baseline   both: 4 runs, both/2, both/4, both/6 and both/8, made"),
        "{stdout}"
    );
    let note = "Not compared: both/1, both/3, both/5 and both/7, which belong to other commands; `both@1..8` names all.";
    assert!(stdout.contains(note), "{stdout}");
}

#[test]
fn repeats_that_are_missing_are_told_and_those_still_to_come_are_waited_for() {
    let directory = kept();
    let directory = directory.path();
    fs::remove_dir_all(path(directory, "before", 4)).unwrap();
    let (code, stdout, _) = compare(directory, &["before", "after"]);
    assert_eq!(code, Some(0));
    let note = "Not compared: before/1 and before/2, which belong to other commands.";
    assert!(stdout.contains(note), "a range with a gap names no runs: {stdout}");
    assert!(
        stdout.starts_with("baseline   before: 4 runs, before/3 and before/5 to before/7, made"),
        "{stdout}"
    );
    assert!(stdout.contains("`before` has only 4 of the 5 runs of its last command."), "{stdout}");
    let alive = json!({"pid": std::process::id(), "start_ticks": null});
    for number in [3, 5, 6, 7] {
        change(directory, "before", number, &[("process", alive.clone())]);
    }
    if cfg!(unix) {
        let told = "`before` has not ended: 4 of its 5 runs have begun; `before@5..7` names other runs";
        refused(directory, &["before", "after"], 3, told);
    }
}

#[test]
fn runs_on_both_sides_are_told() {
    let directory = kept();
    let directory = directory.path();
    let (_, stdout, _) = compare(directory, &["before@1..4", "before@3..7"]);
    assert!(stdout.contains("2 runs are on both sides: before/3 and before/4."), "{stdout}");
    let (_, stdout, _) = compare(directory, &["before@3..7", "before"]);
    assert!(stdout.contains("Both sides are the same runs."), "{stdout}");
}

#[test]
fn a_name_of_runs_goes_before_a_path_and_a_path_before_the_name_of_a_baseline() {
    let directory = kept();
    let directory = directory.path();
    fs::create_dir(directory.join("before")).unwrap();
    let (_, stdout, _) = compare(directory, &["before", "after"]);
    assert!(stdout.starts_with("baseline   before: 5 runs, before/3 to before/7, made"), "{stdout}");
    let note = "`before` names kept runs; `./before` names what is at this path.";
    assert!(stdout.contains(note), "{stdout}");
    refused(directory, &["./before", "after"], 3, "no readable record file in ./before");

    let baselines = directory.join("waterfall-baselines");
    fs::create_dir(&baselines).unwrap();
    fs::copy(data("baselines/version-1.json"), baselines.join("main.json")).unwrap();
    fs::copy(data("baselines/version-1.json"), baselines.join("after.json")).unwrap();
    let below = directory.join("below");
    fs::create_dir(&below).unwrap();
    for directory in [directory, &below] {
        let line = read(directory, &["main", "after"], "baseline");
        assert!(line.starts_with("main: waterfall-baselines/main.json, a baseline of 2 runs: "), "{line}");
        let line = read(directory, &["main", "after"], "candidate");
        assert!(line.starts_with("after: 5 runs, after/11 to after/15"), "{line}");
        refused(directory, &["mian", "after"], 3, "did you mean `main`?");
    }
    fs::create_dir(directory.join("main")).unwrap();
    refused(directory, &["main", "after"], 3, "no readable record file in main");
}
