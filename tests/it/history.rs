//! `waterfall history`: all runs ever kept of a name, and the runs at which a figure changed.
//!
//! The descriptions of the runs are written by these tests, so no figure depends on the machine's speed.

use std::fs;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::dump::root;
use crate::processes::{text, waterfall};

/// The description of a run whose one task, `save`, took some ms; made on a day of November at this commit.
fn run(name: &str, number: u64, save_ms: u64) -> Value {
    let example = fs::read_to_string(root().join("tests/data/run/version-1-figures.json")).unwrap();
    let mut run: Value = serde_json::from_str(&example).unwrap();
    run["name"] = json!(name);
    run["number"] = json!(number);
    run["repeat"] = json!([1, 1]);
    run["start"] = json!(format!("2026-11-{:02}T10:00:00+00:00", number));
    run["process"] = json!({ "pid": 1000 + number, "start_ticks": number });
    run["outcome"] = json!({ "state": "exited", "code": 0 });
    run["git"] = json!({ "commit": format!("{:07}000", number / 2), "dirty": false });
    run["recorded"] =
        json!({ "spans": 1, "unfinished": 0, "wall_ns": 1_000_000_000, "problems": 0, "busy": null });
    let total_ns = save_ms * 1_000_000;
    let task = json!({ "group": "sim", "task": "save", "count": 1, "total_ns": total_ns, "share_ns": total_ns, "durations": null });
    run["figures"] = json!({
        "wall_ns": 10_000_000_000_u64, "around": null, "idle_ns": 0, "tasks": [task], "others": null
    });
    run
}

fn keep(directory: &Path, run: &Value) {
    let of = format!(".waterfall/runs/{}/{}", run["name"].as_str().unwrap(), run["number"]);
    let path = directory.join(of);
    fs::create_dir_all(&path).unwrap();
    fs::write(path.join("run.json"), run.to_string()).unwrap();
}

/// Twenty runs, slower by an eighth from the 13th on.
fn kept() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for number in 1..=20 {
        let ms = if number < 13 { 1600 } else { 1800 } + 10 * (number % 3);
        keep(directory.path(), &run("before", number, ms));
    }
    directory
}

#[track_caller]
fn says(directory: &Path, arguments: &[&str], code: i32, told: &str) {
    let output = waterfall(directory, &[&["history"], arguments].concat());
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(told), "no {told:?} in:\n{said}");
}

#[test]
fn the_run_and_the_commit_at_which_a_task_became_slower_are_named() {
    let directory = kept();
    let told = "At before/13 (commit 0000006, 2026-11-13 10:00 UTC): `sim / save` became 12.4 % slower (1.61 s to \
                1.81 s).\nNothing else changed: 1 other figure without a change point.";
    says(directory.path(), &["before"], 0, told);
    says(
        directory.path(),
        &["before"],
        0,
        "before: 20 runs, made 2026-11-01 10:00 to 2026-11-20 10:00 UTC, 11 commits",
    );
    says(directory.path(), &["before", "--task", "sa*"], 0, "12.4 % slower");
    says(directory.path(), &[".waterfall/runs/before"], 0, told);
}

#[test]
fn a_run_that_failed_or_is_damaged_is_named_and_not_counted() {
    let directory = kept();
    let mut failed = run("before", 21, 9000);
    failed["outcome"] = json!({ "state": "exited", "code": 3 });
    keep(directory.path(), &failed);
    fs::write(directory.path().join(".waterfall/runs/before/5/run.json"), "{").unwrap();
    says(directory.path(), &["before"], 0, "Left out: before/21 failed (exit code 3).");
    says(directory.path(), &["before"], 0, "is damaged");
    fs::create_dir(directory.path().join(".waterfall/runs/before/22")).unwrap();
    for name in ["before", ".waterfall/runs/before"] {
        says(directory.path(), &[name], 0, "22 has no run.json (yet).");
    }
    says(directory.path(), &["before"], 0, "before: 19 runs");
}

#[test]
fn repeats_of_one_command_are_one_point() {
    let directory = tempfile::tempdir().unwrap();
    for number in 1..=6 {
        let mut run = run("before", number, 1000 + 10 * number);
        run["repeat"] = json!([(number - 1) % 3 + 1, 3]);
        run["process"] = json!({ "pid": 7 + (number - 1) / 3, "start_ticks": 1 });
        keep(directory.path(), &run);
    }
    let output = waterfall(directory.path(), &["history", "before", "--format", "json"]);
    let history: Value = serde_json::from_slice(&output.stdout).unwrap();
    let of = &history["histories"][0];
    assert_eq!(of["points"][1]["name"], "before/4 to before/6");
    assert_eq!(of["points"][1]["runs"], 3);
    let save = &of["figures"][1];
    assert_eq!(
        (&save["subject"], &save["group"], &save["name"]),
        (&json!("task"), &json!("sim"), &json!("save"))
    );
    assert_eq!(save["values"], json!([1_020_000_000, 1_050_000_000]));
    assert_eq!(save["greatest"][1], 1_060_000_000);
    assert_eq!((&save["tested"], &save["changes"]), (&json!(false), &json!([])));
    says(
        directory.path(),
        &["before"],
        0,
        "There are too few points to look for changes: a figure needs 6, and there are 2.",
    );
}

#[test]
fn a_directory_of_metrics_is_a_history_in_the_order_of_its_time_stamps() {
    let directory = tempfile::tempdir().unwrap();
    let metrics = directory.path().join("metrics");
    fs::create_dir(&metrics).unwrap();
    for day in 1..=20 {
        let rate = if day < 13 { 60.0 } else { 50.0 } + f64::from(day % 3) / 10.0;
        let timestamp = format!("2026-11-{day:02}T10:00:00.123456");
        let mesh = json!({ "success": day != 4, "images_per_second": 7.0 });
        let file = json!({ "timestamp": timestamp, "system": {}, "benchmarks": { "thumbnail": { "success": true, "images_per_second": rate }, "mesh": mesh } });
        // The names of the files go backwards.
        fs::write(metrics.join(format!("m{:02}.json", 99 - day)), file.to_string()).unwrap();
    }
    fs::write(metrics.join("torn.json"), "{\"timestamp\": \"2026\", \"benchmarks\": {").unwrap();
    says(
        directory.path(),
        &["metrics"],
        0,
        "At m86.json (2026-11-13 10:00): `thumbnail` became 16.6 % lower (60.1/s to 50.1/s).",
    );
    says(
        directory.path(),
        &["metrics"],
        0,
        "`mesh` has no figure in 1 file: the last time, in `m95.json`, it failed.",
    );
    says(directory.path(), &["metrics"], 0, "Left out: `torn.json` is not a file of metrics");
}

#[test]
fn times_with_and_without_an_offset_and_figures_that_are_never_known_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let metrics = directory.path().join("metrics");
    fs::create_dir(&metrics).unwrap();
    for day in 1..=8 {
        let offset = if day < 3 { "+02:00" } else { "" };
        let file = json!({ "timestamp": format!("2026-11-{day:02}T10:00:00{offset}"),
            "benchmarks": { "mesh": { "success": false } } });
        fs::write(metrics.join(format!("m{day}.json")), file.to_string()).unwrap();
    }
    let told = "6 of 8 files have a time without an offset from UTC. It is taken as UTC";
    says(directory.path(), &["metrics"], 0, told);
    let told = "No figure can be tested: none is known, and greater than 0, at 6 points or more.";
    says(directory.path(), &["metrics"], 0, told);
}

#[test]
fn the_page_is_one_file_that_says_the_same_and_is_the_same_again() {
    let directory = kept();
    let mut hostile = run("before", 14, 1800);
    hostile["figures"]["tasks"][0]["task"] = json!("</script><img src=x>");
    keep(directory.path(), &hostile);
    let page = || {
        says(directory.path(), &["before", "-o", "out/history.html"], 0, "history.html");
        fs::read_to_string(directory.path().join("out/history.html")).unwrap()
    };
    let html = page();
    assert!(html.contains("At before/13 (commit 0000006, 2026-11-13 10:00 UTC)"));
    assert!(!html.contains("<img") && !html.contains("://"));
    assert_eq!(html, page());
}

#[test]
fn what_has_no_history_is_an_error_that_says_what_to_do() {
    let directory = kept();
    let at = directory.path();
    says(at, &["befor"], 3, "no runs and no directory are named `befor`; did you mean `before`?");
    says(at, &["before@3..7"], 3, "no runs and no directory are named");
    says(at, &["before", "--task", "sve"], 2, "no task matches `sve`");
    says(at, &["before", "--task", "save", "--task", "laod"], 2, "no task matches `laod`");
    fs::create_dir(at.join("empty")).unwrap();
    says(at, &["empty"], 3, "has neither kept runs in directories 1, 2, ... nor files of metrics");
    fs::write(at.join("file"), "").unwrap();
    says(at, &["./file"], 2, "is a file: name its directory");
    let mut failed = run("failed", 1, 9000);
    failed["outcome"] = json!({ "state": "exited", "code": 3 });
    keep(at, &failed);
    says(at, &["failed"], 3, "no run of `failed` can be used: failed/1 failed (exit code 3)");
    let output = waterfall(tempfile::tempdir().unwrap().path(), &["history", "before"]);
    assert!(text(&output.stderr).contains("make runs with `waterfall run --name NAME -- CMD`"));
}

#[test]
#[expect(clippy::print_stdout, reason = "it is what the test is for")]
fn what_a_history_of_1000_runs_costs() {
    let directory = tempfile::tempdir().unwrap();
    for number in 1..=1000 {
        let mut run = run("before", number, 0);
        run["start"] =
            json!(format!("2026-{:02}-{:02}T10:00:00+00:00", 1 + number / 28 % 12, 1 + number % 28));
        let tasks = (0..50_u64).map(|task| {
            // Noise of 2 %, the same each time.
            let mixed = (number * 50 + task).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let noise = (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 40;
            let total_ns = 1_000_000_000 * (1 + task % 7) + noise * (1 + task % 7);
            let durations = json!({ "mean_ns": total_ns / 9, "min_ns": total_ns / 20, "median_ns": total_ns / 9,
                "p95_ns": total_ns / 8, "p99_ns": total_ns / 7, "max_ns": total_ns / 5 });
            json!({ "group": "sim", "task": format!("task{task:02}"), "count": 9, "total_ns": total_ns,
                "share_ns": total_ns / 9, "durations": durations })
        });
        run["figures"]["tasks"] = tasks.collect();
        keep(directory.path(), &run);
    }
    for arguments in [&["history", "before", "-o", "history.html"][..], &["history", "before"]] {
        let begin = Instant::now();
        assert_eq!(waterfall(directory.path(), arguments).status.code(), Some(0));
        println!("waterfall {}: {:?}", arguments.join(" "), begin.elapsed());
    }
}
