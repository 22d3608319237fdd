//! `waterfall compare` with commands: two programs in turn, compared in pairs.
//!
//! The programs write record files with durations of their own, so no verdict depends on the machine's speed. Their spans
//! last minutes by their stamps; so the wall time of a run is that of its spans.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use crate::processes::{text, waterfall};

/// A program whose `save` takes `$1` s, and some ms more or less in each run. A file has one line for each run of any
/// program in this directory: who ran. Later runs take longer, as on a machine that becomes warmer: 3 s a run.
const PROGRAM: &str = r#"#!/bin/sh
[ "$WATERFALL" = 0 ] && { echo "warm $1" >> order; exit; }
runs=$(cat order 2>/dev/null | grep -vc warm)
echo "$1 $2" >> order
echo "a program prints"
[ "$2" = fail ] && [ "$runs" -ge 3 ] && exit 7
[ "$2" = silent ] && exit
[ "$2" = typed ] && [ "$runs" -ge 3 ] && { kill -INT $PPID; exec sleep 900; }
[ "$2" = caught ] && [ "$runs" -ge 3 ] && { trap 'exit 0' INT; kill -INT $PPID; while :; do sleep 0.05; done; }
ms=$(($1 * 1000 + runs * 3000 + runs * runs * 37 % 101))
mkdir -p "$WATERFALL_DIR"
{
  echo group,task,start,end,color
  echo sim,load,2026-11-30T10:00:00.000000000+00:00,2026-11-30T10:01:00.000000000+00:00,
  printf 'sim,save,2026-11-30T10:01:00.000000000+00:00,2026-11-30T%02d:%02d:%02d.%03d000000+00:00,\n' \
    $((10 + (60000 + ms) / 3600000)) $(((60000 + ms) / 60000 % 60)) $(((60000 + ms) / 1000 % 60)) $((ms % 1000))
} > "$WATERFALL_DIR/records.csv"
"#;

fn project() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("simulate");
    fs::write(&path, PROGRAM).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

fn compare(directory: &Path, arguments: &[&str]) -> Output {
    waterfall(directory, &[&["compare"], arguments].concat())
}

#[track_caller]
fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", text(&output.stdout), text(&output.stderr)))
}

/// The verdict on a task, and its change in whole percent.
#[track_caller]
fn of_task(json: &Value, task: &str) -> (String, i64) {
    let check = json["checks"].as_array().unwrap().iter().find(|check| check["task"] == task).unwrap();
    let percent = (check["change"].as_f64().unwrap() * 100.0).round() as i64;
    (check["verdict"].as_str().unwrap().to_owned(), percent)
}

fn run_json(directory: &Path, run: &str) -> Value {
    let path = directory.join(".waterfall/runs").join(run).join("run.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn two_commands_take_turns_and_are_compared_in_pairs_now_and_later() {
    let directory = project();
    let path = directory.path();
    let commands = ["--baseline-command", "./simulate 200", "--candidate-command", "./simulate '220'"];
    let options =
        ["old", "new", "--repeat", "6", "--warmup", "1", "--format", "json", "--fail-on-regression"];
    let output = compare(path, &[&commands[..], &options].concat());
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let order = fs::read_to_string(path.join("order")).unwrap();
    let order: Vec<&str> = order.lines().map(str::trim).collect();
    let abba = ["200", "220", "220", "200"];
    assert_eq!(order, [&["warm 200", "warm 220"], &abba[..], &abba, &abba].concat());

    // Drift is six times the noise, and in both runs of a pair.
    let found = json(&output);
    assert_eq!(of_task(&found, "save"), ("regression".into(), 9));
    assert_eq!(of_task(&found, "load"), ("no_change".into(), 0));
    assert_eq!((&found["design"], &found["looks"]), (&"pairs".into(), &Value::Null));
    assert_eq!(found["sides"]["baseline"]["runs"][5], "old/6");
    let told = text(&output.stderr);
    let last = told.lines().find(|line| line.starts_with("pair 6 of 6: baseline ")).unwrap();
    assert!(last.contains("; wall time so far +6.") || last.contains("; wall time so far +7."), "{last}");
    assert_eq!(told.matches("a program prints").count(), 12, "stdout is for the comparison: {told}");
    assert_eq!(told.matches("warm-up 1 of 1 of the ").count(), 2);

    let run = run_json(path, "new/6");
    assert_eq!(run["in_turn"], serde_json::json!({ "with": "old", "until_decided": false }));
    assert_eq!(run["process"], run_json(path, "old/6")["process"]);
    let later = compare(path, &["old", "new", "--format", "json"]);
    let mut later = json(&later);
    later["exit_code"] = 1.into();
    assert_eq!(later, found);
    let shown = text(&compare(path, &["old", "new"]).stdout);
    assert!(
        shown.contains("Method: pairs in turn (ABBA), paired t on logarithms, corrected for "),
        "{shown}"
    );
    assert!(!shown.contains("before those of"), "the order does not decide: {shown}");
    let shown = text(&compare(path, &["old", "new", "--format", "markdown"]).stdout);
    assert!(shown.contains("Measured: 6 runs a side, pairs in turn (ABBA), paired t"), "{shown}");
    let some = json(&compare(path, &["old@1..5", "new@2..6", "--format", "json"]));
    assert_eq!(some["design"], "independent", "no run has its partner");
    assert!(some["notes"].to_string().contains("The sides took turns, but not every run has its partner"));
}

#[test]
fn until_decided_a_clear_difference_needs_few_pairs_and_doubt_lasts_as_long_as_allowed() {
    let directory = project();
    let path = directory.path();
    let commands = ["--baseline-command", "./simulate 200", "--candidate-command", "./simulate 900"];
    let options = ["--until-decided", "--at-most", "20", "--format", "json", "-o", "page.html"];
    let output = compare(path, &[&commands[..], &options].concat());
    let found = json(&output);
    assert_eq!(found["verdict"], "regression", "{found:#}");
    let pairs = found["sides"]["baseline"]["runs"].as_array().unwrap().len();
    assert!((4..20).contains(&pairs), "{pairs}");
    assert_eq!(found["looks"], 8);
    assert!(text(&output.stderr).contains("pair 4 of at most 20: baseline "));
    let mut later = json(&compare(path, &["baseline", "candidate", "--format", "json"]));
    later["exit_code"] = found["exit_code"].clone();
    assert_eq!(later, found, "it ended early, as it should");
    let page = fs::read_to_string(path.join("page.html")).unwrap();
    assert!(page.contains(r#"<strong class="judged worse">Regression</strong>"#));
    assert_eq!(page.matches("<template data-run").count(), 2 * pairs - 1, "all runs but the first shown");

    let commands = ["--baseline-command", "./simulate 200", "--candidate-command", "./simulate 200"];
    let options =
        ["a", "b", "--until-decided", "--at-most", "4", "--threshold", "0.001%", "--fail-on-inconclusive"];
    let output = compare(path, &[&commands[..], &options].concat());
    assert_eq!(output.status.code(), Some(4), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains(" and 1 look (Bonferroni), "), "{}", text(&output.stdout));
    let stopped = text(&compare(path, &["a@1..3", "b@1..3"]).stdout);
    let expected = "There are only 3 of at most 4 pairs, and not every figure is decided.";
    assert!(stopped.replace('\n', " ").contains(expected), "{stopped}");
}

#[test]
fn a_run_that_fails_or_records_nothing_ends_the_comparison_and_what_ran_is_kept() {
    let directory = project();
    let path = directory.path();
    let of = |candidate: &str| {
        let commands = ["--baseline-command", "./simulate 200", "--candidate-command", candidate];
        compare(path, &[&commands[..], &["--repeat", "5"]].concat())
    };
    let output = of("./simulate 200 fail");
    assert_eq!(output.status.code(), Some(7));
    let told = text(&output.stderr);
    let expected = "run 3 of the candidate (`candidate/3`) did not succeed (exit code 7), so nothing was compared; `waterfall compare baseline@1..2 candidate@1..2` compares the 2 pairs before it";
    assert!(told.contains(expected), "{told}");
    assert!(output.stdout.is_empty());
    let kept = compare(path, &["baseline@1..2", "candidate@1..2", "--format", "json"]);
    assert_eq!(json(&kept)["design"], "pairs");

    let output = of("./simulate 200 silent");
    assert_eq!(output.status.code(), Some(3));
    let told = text(&output.stderr);
    assert!(
        told.contains("run 1 of the candidate (`candidate/4`) recorded no span, so nothing was compared"),
        "{told}"
    );
    assert_eq!(of("./no-such-program").status.code(), Some(127));
}

#[test]
fn a_signal_ends_the_comparison_and_what_ran_is_kept() {
    for (how, code, outcome, why) in [
        ("typed", 130, serde_json::json!({"state": "signalled", "signal": 2}), "killed by signal 2"),
        ("caught", 3, serde_json::json!({"state": "exited", "code": 0}), "a signal stopped it"),
    ] {
        let directory = project();
        let path = directory.path();
        let candidate = format!("./simulate 200 {how}");
        let commands = ["--baseline-command", "./simulate 200", "--candidate-command", &candidate];
        let output = compare(path, &[&commands[..], &["--repeat", "5"]].concat());
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{told}");
        let expected = format!(
            "run 3 of the candidate (`candidate/3`) did not succeed ({why}), so nothing was compared; `waterfall compare baseline@1..2 candidate@1..2` compares the 2 pairs before it"
        );
        assert!(told.contains(&expected), "{told}");
        assert!(output.stdout.is_empty());
        assert_eq!(run_json(path, "candidate/3")["outcome"], outcome);
        assert!(
            !path.join(".waterfall/runs/baseline/4").exists()
                && !path.join(".waterfall/runs/candidate/4").exists()
        );
        let kept = compare(path, &["baseline@1..2", "candidate@1..2", "--format", "json"]);
        assert_eq!(json(&kept)["design"], "pairs");
    }
}

#[test]
fn scenarios_say_how_both_sides_are_run_and_what_counts() {
    let directory = project();
    let path = directory.path();
    let scenarios = r#"
[scenario.old]
command = ["./simulate", "200"]
repeat = 4
warmup = 1
tasks = ["save", "load"]
[scenario.new]
command = ["./simulate", "220"]
environment = { THREADS = "8" }
compare = { thresholds = ["save=50%"] }
"#;
    fs::write(path.join("waterfall.toml"), scenarios).unwrap();
    fs::create_dir(path.join("below")).unwrap();
    let options = ["--baseline-scenario", "old", "--candidate-scenario", "new", "--format", "json"];
    let output = compare(&path.join("below"), &options);
    let found = json(&output);
    assert_eq!(of_task(&found, "save").0, "no_change", "{found:#}");
    assert_eq!(found["sides"]["candidate"]["runs"].as_array().unwrap().len(), 4);
    assert_eq!(run_json(path, "candidate/1")["scenario"], "new");
    assert_eq!(text(&output.stderr).matches("warm-up").count(), 1);
}

#[test]
fn a_threshold_that_matches_nothing_ends_the_comparison_after_the_first_pair() {
    let directory = project();
    let commands = ["--baseline-command", "./simulate 200", "--candidate-command", "./simulate 200"];
    let output = compare(directory.path(), &[&commands[..], &["--threshold", "sav=3%"]].concat());
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("the threshold `sav=3%` cannot be used"), "{told}");
    assert_eq!(fs::read_to_string(directory.path().join("order")).unwrap().lines().count(), 2);
}

#[test]
fn what_cannot_be_run_in_turn_is_refused_before_anything_runs() {
    let directory = project();
    let command = ["--baseline-command", "./simulate 200"];
    let both = ["--baseline-command", "./simulate 200", "--candidate-command", "./simulate 200"];
    for (arguments, told) in [
        (&[][..], "name two sides, or give the commands of both"),
        (&["a", "b", "--repeat", "3"], "--repeat is for commands that are run in turn"),
        (&command, "the candidate has no command: add --candidate-command"),
        (&[&both[..], &["a", "a"]].concat(), "both sides would be kept as `a`"),
        (&[&both[..], &["a@3"]].concat(), "`a@3` cannot be a run name"),
        (&[&both[..], &["-o", "-"]].concat(), "the comparison itself goes to stdout"),
        (&[&both[..], &["--one-run"]].concat(), "--one-run, --bias and --columns are for sides that exist"),
        (&[&both[..], &["--until-decided", "--at-most", "3"]].concat(), "3 is not in 4.."),
        (
            &[&command[..], &["--candidate-command", "a 'b"]].concat(),
            "a quote is left open in --candidate-command",
        ),
    ] {
        let output = compare(directory.path(), arguments);
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(told), "no {told:?} in:\n{stderr}");
    }
    assert!(!directory.path().join("order").exists());
}
