//! The waits of kept runs: globs that belong to a run count for its records, in every command, and for no others.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::processes::{text, waterfall};

/// What a command prints.
#[track_caller]
fn printed(directory: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = waterfall(directory, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    output.stdout
}

/// A line of shell that records a span of a task.
fn records(task: &str) -> String {
    format!("\"$WATERFALL_PROGRAM\" task --group sh --task {task} -- true")
}

/// Runs a command that records a span of each task, under a name and with globs of waits. Gives its messages.
#[track_caller]
fn run(directory: &Path, name: &str, tasks: &[&str], waits: &[&str]) -> String {
    let script = tasks.iter().map(|task| records(task)).collect::<Vec<_>>().join("; ");
    let waits = waits.iter().flat_map(|glob| ["--wait", glob]).collect::<Vec<_>>();
    let output = waterfall(
        directory,
        &[&["run", "--name", name], waits.as_slice(), &["--", "sh", "-c", &script]].concat(),
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stderr)
}

fn run_json(directory: &Path, run: &str) -> Value {
    let path = directory.join(".waterfall/runs").join(run).join("run.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// `waterfall stats --format json`.
#[track_caller]
fn stats(directory: &Path, arguments: &[&str]) -> Value {
    let output = printed(directory, &[&["stats", "--format", "json"], arguments].concat());
    serde_json::from_slice(&output).unwrap()
}

/// The tasks of which all time is a wait.
#[track_caller]
fn waits(directory: &Path, arguments: &[&str]) -> Vec<String> {
    let figures = stats(directory, arguments);
    let tasks = figures["tasks"].as_array().unwrap().iter();
    let waits = tasks.filter(|task| task["division"]["wait_ns"] == task["self_ns"]);
    let mut waits: Vec<String> = waits.map(|task| task["task"].as_str().unwrap().to_owned()).collect();
    waits.sort();
    waits
}

/// The division of the busy time without the units in its names: on CPU, wait, off CPU, not known.
fn parts(division: &Value) -> [i64; 4] {
    ["on_cpu_ns", "wait_ns", "off_cpu_ns", "not_known_ns"].map(|part| division[part].as_i64().unwrap())
}

#[test]
fn a_kept_run_keeps_the_waits_that_were_declared_for_it() {
    let directory = tempfile::tempdir().unwrap();
    let toml = "[scenario.locks]\ncommand = [\"sh\", \"-c\", '\"$WATERFALL_PROGRAM\" task --group sh --task lock -- true; \
                \"$WATERFALL_PROGRAM\" task --group sh --task pop -- true; \"$WATERFALL_PROGRAM\" task --group sh --task work -- true']\nwait = [\"lo*\"]\n";
    fs::write(directory.path().join("waterfall.toml"), toml).unwrap();
    let output = waterfall(directory.path(), &["run", "--scenario", "locks", "--wait", "sh/pop"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(run_json(directory.path(), "locks/1")["waits"], json!(["lo*", "sh/pop"]));
    let page = fs::read_to_string(directory.path().join(".waterfall/runs/locks/1/waterfall.html")).unwrap();
    assert!(page.contains("Declared as waits: tasks that match lo*, sh/pop."));
    let waits = |arguments: &[&str]| waits(directory.path(), arguments);
    assert_eq!(waits(&["locks"]), ["lock", "pop"]);
    assert_eq!(waits(&["locks", "--wait", "work"]), ["lock", "pop", "work"]);
    assert_eq!(waits(&[".waterfall/runs/locks/1/records"]), Vec::<String>::new(), "they belong to the run");
    waterfall(directory.path(), &["run", "--", "sh", "-c", &records("step")]);
    assert!(run_json(directory.path(), "latest/1").get("waits").is_none());
}

#[test]
fn a_kept_run_says_itself_how_long_its_declared_waits_were() {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), "mine", &["mix", "work"], &["mi*"]);
    let figures = stats(directory.path(), &["mine"]);
    let of_stats = parts(&figures["division"]);
    assert_eq!(parts(&run_json(directory.path(), "mine/1")["recorded"]["busy"]), of_stats);
    assert!(of_stats[1] > 0, "{figures}");
}

#[test]
fn a_summary_of_a_kept_run_has_its_waits() {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), "mine", &["mix", "work"], &["mi*"]);
    let kept = ".waterfall/runs/mine/1";
    let of_run = printed(directory.path(), &["summarize", "--root", kept, kept]);
    let of_records = printed(
        directory.path(),
        &["summarize", "--root", kept, "--wait", "mi*", &format!("{kept}/records")],
    );
    assert_eq!(text(&of_run), text(&of_records));
    assert!(printed(directory.path(), &["merge", kept]).starts_with(b"waterfall"));
    for (command, name) in [(&["summarize", kept][..], "one.summary"), (&["merge", kept], "other.summary")] {
        fs::write(directory.path().join(name), printed(directory.path(), command)).unwrap();
        assert_eq!(waits(directory.path(), &[name]), ["mix"], "{command:?}");
    }
}

#[test]
fn the_waits_of_one_run_are_no_waits_of_another_input() {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), "one", &["lock", "work"], &["lo*"]);
    run(directory.path(), "two", &["lock", "work"], &["work"]);
    let [of_one, of_two] = ["one", "two"].map(|run| stats(directory.path(), &[run]));
    let together = stats(directory.path(), &["one", "two"]);
    let sum = |figures: &[&Value], task: &str| -> i64 {
        let rows = figures.iter().flat_map(|figures| figures["tasks"].as_array().unwrap());
        rows.filter(|row| row["task"] == task).map(|row| row["division"]["wait_ns"].as_i64().unwrap()).sum()
    };
    for task in ["lock", "work"] {
        let waited = sum(&[&together], task);
        assert_eq!(waited, sum(&[&of_one, &of_two], task), "{task}");
        assert!(waited > 0, "{task}");
    }
    let page = text(&printed(directory.path(), &["report", "-o", "-", "one", "two"]));
    assert!(page.contains("Declared as waits in one 1: tasks that match lo*."));
    assert!(page.contains("Declared as waits in two 1: tasks that match work."));

    // Records that are of no run, and a glob for all inputs.
    let none = ".waterfall/runs/two/1/records";
    assert_eq!(sum(&[&stats(directory.path(), &["one", none])], "lock"), sum(&[&of_one], "lock"));
    let all = stats(directory.path(), &["one", none, "--wait", "lock"]);
    assert_eq!(
        sum(&[&all], "lock"),
        sum(&[&stats(directory.path(), &["one", "two", "--wait", "lock"])], "lock")
    );
}

#[test]
fn a_run_tells_which_of_its_waits_match_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let told = run(directory.path(), "mine", &["lock"], &["lok", "lo*"]);
    assert!(told.contains("waterfall: no task matches `lok`; did you mean `lock`?\n"), "{told}");
    assert_eq!(told.matches("no task matches").count(), 1, "{told}");
}
