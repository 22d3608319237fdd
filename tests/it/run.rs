//! `waterfall run` and `waterfall runs`: real commands, kept by name, whatever happens to them.

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::processes::{Bounded, Running, WATERFALL, program, text, waterfall};

/// A line of shell that records one span.
const RECORDS: &str = r#""$WATERFALL_PROGRAM" task --group sh --task step -- true"#;

fn run_json(directory: &Path, run: &str) -> Value {
    let path = directory.join(".waterfall/runs").join(run).join("run.json");
    serde_json::from_slice(&fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        .unwrap()
}

/// A `waterfall run` whose command has recorded a span and printed so: `RECORDS; echo recorded; ..`.
fn begun(directory: &Path, arguments: &[&str]) -> Running {
    let mut command = program(WATERFALL);
    command.current_dir(directory).args(arguments).env("WATERFALL_PROGRAM", WATERFALL);
    let mut running = command.start();
    assert_eq!(running.line(), "recorded\n");
    running
}

/// All files below a directory, with their contents.
fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let entries =
        walkdir::WalkDir::new(directory).sort_by_file_name().into_iter().map(|entry| entry.unwrap());
    let files = entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
    files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn repeats_are_kept_one_by_one_and_have_one_page() {
    let directory = tempfile::tempdir().unwrap();
    let output =
        waterfall(directory.path(), &["run", "--repeat", "3", "--warmup", "1", "--", "sh", "-c", RECORDS]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told = text(&output.stderr);
    assert!(told.starts_with("warm-up 1 of 1\nrun 1 of 3\nlatest 1: "), "{told}");
    for run in ["latest/1", "latest/2", "latest/3"] {
        let found = run_json(directory.path(), run);
        assert_eq!(found["outcome"], json!({"state": "exited", "code": 0}));
        assert_eq!(found["recorded"]["spans"], 1, "the warm-up records nothing");
        assert!(found["elapsed_ns"].as_u64().unwrap() > 0);
    }
    let told = text(&output.stdout);
    assert!(told.ends_with("latest/3/waterfall.html\n"), "{told}");
    let page = fs::read_to_string(directory.path().join(told.trim_end())).unwrap();
    assert!(page.contains("peak memory") && page.contains("sh / "), "what it used and what its task took");
    for run in 1..=3 {
        assert_eq!(page.matches(&format!("<bdi>latest {run}</bdi>")).count(), 1, "each run is in the page");
    }
    let pages = files(directory.path()).iter().filter(|(path, _)| path.ends_with("waterfall.html")).count();
    assert_eq!(pages, 1);
    let listed = text(&waterfall(directory.path(), &["runs"]).stdout);
    assert_eq!(listed.lines().filter(|line| line.ends_with("exit code 0")).count(), 3, "{listed}");
}

#[test]
fn a_command_that_recorded_nothing_is_an_error_and_no_older_page_is_told() {
    let directory = tempfile::tempdir().unwrap();
    waterfall(directory.path(), &["run", "--", "sh", "-c", RECORDS]);
    let output = waterfall(directory.path(), &["run", "--", "true"]);
    assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(3), ""));
    assert!(text(&output.stderr).contains("the command recorded no span"));
    if cfg!(target_os = "linux") {
        let found = &run_json(directory.path(), "latest/2")["resources"];
        assert!(found["peak_process_bytes"].is_null(), "it is not said to have had our memory: {found}");
        assert!(found["peak_process_at_most_bytes"].is_u64(), "{found}");
    }
    assert!(!directory.path().join(".waterfall/runs/latest/2/waterfall.html").exists());
}

#[test]
fn a_failing_and_a_killed_command_say_so_and_end_the_repeats() {
    let directory = tempfile::tempdir().unwrap();
    for (name, script, code, state) in [
        ("fails", "exit 7", 7, json!({"state": "exited", "code": 7})),
        ("killed", "kill -9 $$", 137, json!({"state": "signalled", "signal": 9})),
    ] {
        let script = format!("{RECORDS}; {script}");
        let output =
            waterfall(directory.path(), &["run", "--name", name, "--repeat", "3", "--", "sh", "-c", &script]);
        assert_eq!(output.status.code(), Some(code));
        let found = run_json(directory.path(), &format!("{name}/1"));
        assert_eq!((&found["outcome"], &found["recorded"]["spans"]), (&state, &1.into()));
        assert!(!directory.path().join(format!(".waterfall/runs/{name}/2")).exists());
    }
    let output = waterfall(directory.path(), &["run", "--name", "none", "--", "no such command"]);
    assert_eq!(output.status.code(), Some(127));
    assert_eq!(run_json(directory.path(), "none/1")["outcome"]["state"], "not-started");
}

#[test]
fn a_run_that_was_killed_with_waterfall_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let script = format!("{RECORDS}; echo recorded; kill -STOP $$");
    let mut running = begun(directory.path(), &["run", "--", "sh", "-c", &script]);
    let listed = text(&waterfall(directory.path(), &["runs"]).stdout);
    assert!(listed.ends_with("running\n"), "{listed}");
    running.kill();
    let listed = text(&waterfall(directory.path(), &["runs"]).stdout);
    assert!(listed.ends_with("waterfall was killed\n"), "{listed}");
    let orphan = fs::read_to_string(directory.path().join(".waterfall/runs/latest/1/run.json")).unwrap();
    assert!(orphan.contains(r#""state": "running""#));
}

#[test]
fn a_signal_in_the_middle_ends_the_run_and_all_repeats() {
    use rustix::process::Signal;
    let sleeps = format!("{RECORDS}; echo recorded; exec sleep 900");
    let catches = format!("trap 'exit 0' INT TERM; {RECORDS}; echo recorded; while :; do sleep 0.05; done");
    for (name, script, signal, outcome, told) in [
        (
            "interrupted",
            &sleeps,
            Signal::INT,
            json!({"state": "signalled", "signal": 2}),
            "killed by signal 2",
        ),
        (
            "terminated",
            &sleeps,
            Signal::TERM,
            json!({"state": "signalled", "signal": 15}),
            "killed by signal 15",
        ),
        ("caught-int", &catches, Signal::INT, json!({"state": "exited", "code": 0}), "exit code 0"),
        ("caught-term", &catches, Signal::TERM, json!({"state": "exited", "code": 0}), "exit code 0"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        waterfall(directory.path(), &["run", "--name", "other", "--", "sh", "-c", RECORDS]);
        let other = directory.path().join(".waterfall/runs/other");
        let before = files(&other);
        let arguments = ["run", "--name", name, "--repeat", "3", "--", "sh", "-c", script];
        let mut running = begun(directory.path(), &arguments);
        running.send(signal);
        let line = running.line();
        let output = running.finish();
        let code = output.status.code().or(output.status.signal().map(|signal| 128 + signal));
        let expected = outcome.get("signal").map_or(0, |signal| 128 + signal.as_i64().unwrap());
        assert_eq!(code.map(i64::from), Some(expected), "{}", text(&output.stderr));
        let found = run_json(directory.path(), &format!("{name}/1"));
        assert_eq!((&found["outcome"], &found["recorded"]["spans"]), (&outcome, &json!(1)));
        assert!(line.ends_with(&format!("{name}/1/waterfall.html\n")), "its page is told: {line}");
        assert!(!directory.path().join(format!(".waterfall/runs/{name}/2")).exists(), "no repeat follows");
        let listed = text(&waterfall(directory.path(), &["runs", name]).stdout);
        assert!(listed.ends_with(&format!("{told}\n")) && listed.lines().count() == 2, "{listed}");
        assert!(files(&other) == before, "runs of another name are as they were");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_fills_the_disk_says_how_it_ended_and_touches_no_other() {
    // A disk of 4 MB: there is room for the page of one run, and the command fills the rest.
    const SCRIPT: &str = r#"
        mount -t tmpfs -o size=4m disk "$1" && cd "$1" || exit
        echo a disk
        "$WATERFALL_PROGRAM" run --name other -- sh -c "$2" || exit
        find .waterfall/runs/other -type f -exec sha256sum {} + | sort > "$3/before"
        "$WATERFALL_PROGRAM" run --name full -- sh -c "$2; cat /dev/zero > filled; true" 2> "$3/told"
        echo "code $?"
        find .waterfall/runs/other -type f -exec sha256sum {} + | sort > "$3/after"
        "$WATERFALL_PROGRAM" runs full
        cp .waterfall/runs/full/1/run.json "$3"
        ls .waterfall/runs/full/1"#;
    let (disk, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let output = program("sh")
        .args(["-c", "exec unshare -rm sh -c \"$@\"", "sh", SCRIPT, "sh"])
        .args([disk.path(), Path::new(RECORDS), kept.path()])
        .env("WATERFALL_PROGRAM", WATERFALL)
        .run();
    assert_ne!(output.status.code(), Some(127), "no unshare; as root: apt-get install util-linux");
    if !output.stdout.starts_with(b"a disk") {
        writeln!(std::io::stderr(), "skipped: no disk of its own for a test here: {output:?}").unwrap();
        return;
    }
    let printed = text(&output.stdout);
    assert!(output.status.success(), "{printed}{}", text(&output.stderr));
    let told = fs::read_to_string(kept.path().join("told")).unwrap();
    assert!(printed.contains("code 5\n"), "{printed}{told}");
    assert!(told.contains("runs/full/1/waterfall.html: No space left on device"), "{told}");
    assert!(printed.contains("exit code 0\n"), "the list says how it ended: {printed}");
    assert!(!printed.ends_with("waterfall.html\n"), "there is no half a page: {printed}");
    let found: Value = serde_json::from_slice(&fs::read(kept.path().join("run.json")).unwrap()).unwrap();
    assert_eq!(
        (&found["outcome"], &found["recorded"]["spans"]),
        (&json!({"state": "exited", "code": 0}), &json!(1))
    );
    let kept = |name| fs::read_to_string(kept.path().join(name)).unwrap();
    assert!(!kept("before").is_empty() && kept("before") == kept("after"), "the other run is as it was");
}

#[test]
fn every_run_of_a_name_is_listed_and_no_other_name_is_touched() {
    let directory = tempfile::tempdir().unwrap();
    waterfall(directory.path(), &["run", "--name", "other", "--", "sh", "-c", RECORDS]);
    let other = directory.path().join(".waterfall/runs/other");
    let before = files(&other);
    assert!(before.len() >= 3);
    for _ in 0..12 {
        assert_eq!(waterfall(directory.path(), &["run", "--", "sh", "-c", RECORDS]).status.code(), Some(0));
    }
    let listed = text(&waterfall(directory.path(), &["runs", "latest"]).stdout);
    let numbers: Vec<&str> =
        listed.lines().skip(1).map(|line| line.split_whitespace().nth(1).unwrap()).collect();
    assert_eq!(numbers, (1..=12).map(|number| number.to_string()).collect::<Vec<_>>());
    assert!(files(&other) == before);
}

#[test]
fn a_scenario_says_what_to_run_and_what_it_may_take() {
    let directory = tempfile::tempdir().unwrap();
    let toml = "[scenario.quick]\ncommand = [\"sh\", \"-c\", 'test \"$KEY\" = value && \"$WATERFALL_PROGRAM\" task --group sh --task step -- true \
                && \"$WATERFALL_PROGRAM\" task --group sh --task other -- true']\n\
                tasks = [\"step\"]\nenvironment = { KEY = \"value\" }\nrepeat = 2\nbudgets = [\"step=1h@max\"]\n";
    fs::write(directory.path().join("waterfall.toml"), toml).unwrap();
    let output = waterfall(directory.path(), &["run", "--scenario", "quick"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("met"), "{}", text(&output.stdout));
    assert_eq!(run_json(directory.path(), "quick/2")["recorded"]["spans"], 1);

    let output = waterfall(directory.path(), &["run", "--scenario", "quick", "--budget", "step=0ns@max"]);
    assert_eq!(output.status.code(), Some(1));
    for (budget, verdicts, code) in [(None, 1, 0), (Some("step=0ns@max"), 2, 1)] {
        let arguments = ["stats", ".waterfall/runs/quick/2", "--scenario", "quick"];
        let budgets = budget.iter().flat_map(|budget| ["--budget", budget]);
        let output = waterfall(directory.path(), &arguments.into_iter().chain(budgets).collect::<Vec<_>>());
        let told = text(&output.stdout);
        assert_eq!((told.matches("at most").count(), output.status.code()), (verdicts, Some(code)), "{told}");
    }
    fs::write(directory.path().join("waterfall.toml"), format!("{toml}thresholds = {{ wall = \"1 ns\" }}\n"))
        .unwrap();
    let output = waterfall(directory.path(), &["run", "--scenario", "quick"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("limit 1 ns: broken"));

    let output = waterfall(directory.path(), &["run", "--scenario", "quik"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("has no scenario `quik`; did you mean `quick`?"));
}

#[test]
fn a_scenario_runs_where_its_file_is_and_runs_are_found_from_below() {
    let directory = tempfile::tempdir().unwrap();
    let below = directory.path().join("src/deep");
    fs::create_dir_all(&below).unwrap();
    let toml =
        format!("[scenario.here]\ncommand = [\"sh\", \"-c\", 'test -e waterfall.toml && {RECORDS}']\n");
    fs::write(directory.path().join("waterfall.toml"), toml).unwrap();
    let output = waterfall(&below, &["run", "--scenario", "here", "--budget", "step=1h@max"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(run_json(directory.path(), "here/1")["recorded"]["spans"], 1);
    let page = fs::read_to_string(directory.path().join(".waterfall/runs/here/1/waterfall.html")).unwrap();
    let note =
        page.split("Budget step=1h@max for sh / step: ").nth(1).unwrap().split("</li>").next().unwrap();
    assert!(note.contains(", met."), "the page has the verdict: {note}");
    let arguments = ["report", ".waterfall/runs/here/1", "-o", "-"];
    let again = text(&waterfall(directory.path(), &arguments).stdout);
    assert!(again.contains("<bdi>here 1</bdi>") && again.contains("<dt>CPU time</dt>"), "it knows the run");
    let listed = text(&waterfall(&below, &["runs"]).stdout);
    assert!(listed.lines().nth(1).unwrap().starts_with("here"), "{listed}");
    assert!(!below.join(".waterfall").exists());
}

#[test]
fn examples_in_other_languages_record_where_a_run_wants_it_and_nowhere_in_a_warm_up() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let directory = tempfile::tempdir().unwrap();
    for (name, interpreter, file, spans) in
        [("shell", "sh", "record.sh", 8), ("python", "python3", "record.py", 49)]
    {
        let mut command = program(WATERFALL);
        command.args(["run", "--name", name, "--warmup", "1", "--", interpreter]).arg(examples.join(file));
        let output = command.current_dir(directory.path()).env("WATERFALL_BIN", WATERFALL).run();
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        assert_eq!(run_json(directory.path(), &format!("{name}/1"))["recorded"]["spans"], spans);
    }
    let beside = fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(beside.collect::<Vec<_>>(), [".waterfall"]);
}

#[test]
fn a_repeat_that_fails_is_shown_as_such_and_stands_for_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let script = format!("{RECORDS}; case \"$WATERFALL_DIR\" in */3/*) exit 4 ;; */1/*) sleep 0.3 ;; esac");
    let output = waterfall(directory.path(), &["run", "--repeat", "5", "--", "sh", "-c", &script]);
    assert_eq!(output.status.code(), Some(4));
    let elapsed_ns = |run: &str| run_json(directory.path(), run)["elapsed_ns"].as_u64().unwrap();
    let [shorter, longer] = if elapsed_ns("latest/1") < elapsed_ns("latest/2") { [0, 1] } else { [1, 0] };
    let page = fs::read_to_string(directory.path().join(text(&output.stdout).trim_end())).unwrap();
    let runs = page.split("id=\"runs\"").nth(1).unwrap().split("</nav>").next().unwrap();
    let runs: Vec<&str> = runs.split("data-run=").skip(1).collect();
    assert_eq!(runs.len(), 3);
    assert!(runs[2].contains(", exit code 4") && !runs[2].contains("median"), "{runs:?}");
    assert!(runs[shorter].contains(", median"), "of the others the shorter: {runs:?}");
    assert!(!runs[longer].contains(", median"), "only one: {runs:?}");
}

#[test]
fn another_run_of_the_name_removes_nothing_of_a_plan_under_way() {
    let directory = tempfile::tempdir().unwrap();
    // During the eleventh repeat, another plan of the same name runs.
    let script = format!(
        "{RECORDS}; case \"$WATERFALL_DIR\" in */11/*) \"$WATERFALL_PROGRAM\" run --name x -- sh -c 'unset WATERFALL_DIR; \
         \"$WATERFALL_PROGRAM\" task --directory .waterfall/runs/x/12/records --group sh --task step -- true' ;; esac"
    );
    let output =
        waterfall(directory.path(), &["run", "--name", "x", "--repeat", "11", "--", "sh", "-c", &script]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(run_json(directory.path(), "x/12")["recorded"]["spans"], 1);
    assert_eq!(run_json(directory.path(), "x/1")["recorded"]["spans"], 1, "the other one has not removed it");
}

#[cfg(unix)]
#[test]
fn a_name_that_is_a_link_is_refused_and_what_it_leads_to_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        waterfall(directory.path(), &["run", "--name", "x", "--", "sh", "-c", RECORDS]);
    }
    let runs = directory.path().join(".waterfall/runs");
    let before = files(&runs);
    std::os::unix::fs::symlink("x", runs.join("y")).unwrap();
    let output = waterfall(directory.path(), &["run", "--name", "y", "--", "sh", "-c", RECORDS]);
    assert_eq!(output.status.code(), Some(5), "{}", text(&output.stderr));
    fs::remove_file(runs.join("y")).unwrap();
    assert!(files(&runs) == before);
}

#[test]
fn a_budget_of_no_task_hides_no_other_and_a_name_of_no_directory_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let budgets = ["run", "--budget", "none=1s@max", "--budget", "step=1h@max", "--", "sh", "-c", RECORDS];
    let output = waterfall(directory.path(), &budgets);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no task matches `none`"), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("met"), "{}", text(&output.stdout));
    fs::write(directory.path().join("waterfall.toml"), "[scenario.\"a/b\"]\n").unwrap();
    let output = waterfall(directory.path(), &["run", "--scenario", "a/b", "--", "sh", "-c", RECORDS]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        text(&output.stderr).contains("give the runs another name with --name"),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn a_kept_run_is_read_by_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let record = |step: &str| {
        let script = format!("\"$WATERFALL_PROGRAM\" task --group sh --task {step} -- true");
        waterfall(directory.path(), &["run", "--name", "night", "--", "sh", "-c", &script]);
    };
    record("first");
    record("second");
    let below = directory.path().join("below");
    fs::create_dir(&below).unwrap();
    for (arguments, step, number) in [
        (["stats", "night"], "second", 2),
        (["stats", "night/1"], "first", 1),
        (["stats", "night/2"], "second", 2),
    ] {
        let output = waterfall(&below, &arguments);
        assert!(text(&output.stdout).contains(&format!("sh / {step}")), "{}", text(&output.stdout));
        let told = text(&output.stderr);
        assert!(told.starts_with(&format!("{} is a kept run: reading ", arguments[1])), "{told}");
        assert!(told.lines().next().unwrap().ends_with(&format!(".waterfall/runs/night/{number}")), "{told}");
    }
    let page = waterfall(&below, &["night", "-o", "-"]);
    assert!(
        text(&page.stdout).contains("<bdi>night 2</bdi>") && !text(&page.stderr).contains("did you mean")
    );
    let unknown = waterfall(&below, &["stats", "night/3"]);
    assert!(unknown.status.code() == Some(3) && text(&unknown.stderr).contains("No such file"));
}

#[test]
fn several_runs_in_one_page_are_named_and_told() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["before", "after"] {
        waterfall(directory.path(), &["run", "--name", name, "--", "sh", "-c", RECORDS]);
    }
    let told = "The input has 2 runs: before 1, after 1. All figures are of them together, as of one run.";
    let page = waterfall(directory.path(), &["report", "before", "after", "-o", "-"]);
    assert!(text(&page.stdout).contains("<title>before 1, after 1</title>"));
    assert!(text(&page.stdout).contains(told), "the page says so");
    for output in [page, waterfall(directory.path(), &["stats", "before", "after"])] {
        assert!(text(&output.stderr).lines().any(|line| line == told), "{}", text(&output.stderr));
    }
}

#[test]
fn budgets_of_the_whole_run_need_no_file() {
    let directory = tempfile::tempdir().unwrap();
    let run = |budget| {
        waterfall(directory.path(), &["run", "--name", "n", "--budget", budget, "--", "sh", "-c", RECORDS])
    };
    for (output, verdict, code) in [
        (run("wall=1h"), "limit 60.0 min: met\n", 0),
        (run("wall=1ns"), "limit 1 ns: broken\n", 1),
        (run("peak_memory=1 kB"), "limit 1.00 kB: broken\n", 1),
        (
            waterfall(directory.path(), &["stats", "n", "--budget", "peak_memory=100GB"]),
            "limit 100 GB: met\n",
            0,
        ),
        (waterfall(directory.path(), &["stats", "n", "--budget", "wall=1ns"]), "limit 1 ns: broken\n", 1),
        (waterfall(directory.path(), &["stats", "n", "--budget=wall=1ns", "--format=csv"]), "broken\n", 1),
        (
            waterfall(directory.path(), &["stats", "n", "--budget=wall=1ns", "--format=markdown"]),
            "broken\n",
            1,
        ),
    ] {
        let told = text(&output.stdout) + &text(&output.stderr);
        assert!(told.contains(verdict), "{told}");
        assert_eq!(output.status.code(), Some(code), "{told}");
    }
    let arguments =
        ["stats", "n", "--format", "json", "--budget", "peak_memory=100GB", "--budget", "wall=1ns"];
    let document: Value = serde_json::from_slice(&waterfall(directory.path(), &arguments).stdout).unwrap();
    let found = run_json(directory.path(), "n/3");
    assert_eq!(document["run_budgets"][0]["target"], 100_000_000_000_u64);
    let wall = &document["run_budgets"][1];
    assert_eq!((&wall["figure"], &wall["met"]), (&json!("wall_ns"), &json!(false)));
    assert_eq!(wall["measured"], found["elapsed_ns"], "of the command, not only of its spans");
}

#[cfg(target_os = "linux")]
#[test]
fn the_memory_of_a_run_is_its_own_however_much_was_read_before() {
    let directory = tempfile::tempdir().unwrap();
    let script = "\
import os, time
row = 'g,t,2026-11-20T22:00:00.000000000+00:00,2026-11-20T22:00:01.000000000+00:00,\\r\\n'
with open(os.environ['WATERFALL_DIR'] + '/x.csv', 'w', newline='') as records:
    records.write('group,task,start,end,color\\r\\n' + row)
    for _ in range(300): records.write(row * 1000)
held = bytearray(60_000_000)\n";
    fs::write(directory.path().join("hold.py"), script).unwrap();
    let output = waterfall(directory.path(), &["run", "--repeat", "2", "--", "python3", "hold.py"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let peaks = [1, 2].map(|run| {
        let found = &run_json(directory.path(), &format!("latest/{run}"))["resources"]["peak_process_bytes"];
        found.as_u64().unwrap_or_else(|| panic!("run {run} has a figure"))
    });
    assert!(peaks.iter().all(|peak| (60_000_000..100_000_000).contains(peak)), "{peaks:?}");
}

#[test]
fn the_scenario_that_the_help_shows_is_one() {
    let directory = tempfile::tempdir().unwrap();
    let help = text(&waterfall(directory.path(), &["run", "--help"]).stdout);
    let shown = help.split_once("  [scenario.render]\n").unwrap().1.split("\n\n").next().unwrap();
    let toml = directory.path().join("waterfall.toml");
    fs::write(toml, format!("[scenario.render]\n{shown}\n")).unwrap();
    let script = r#"test "$THREADS" = 8 && "$WATERFALL_PROGRAM" task --group sh --task frame -- true"#;
    let output = waterfall(
        directory.path(),
        &["run", "--scenario", "render", "--save-baseline", "--", "sh", "-c", script],
    );
    // A busy machine may break the budget. A scenario that cannot be read would exit with 2.
    assert!(matches!(output.status.code(), Some(0 | 1)), "{}", text(&output.stderr));
    assert_eq!(run_json(directory.path(), "render/5")["recorded"]["spans"], 1);
    assert!(directory.path().join("waterfall-baselines/main.json").exists());
    assert!(text(&output.stdout).contains("limit 90.0 s"), "{}", text(&output.stdout));
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["../x", "a/b", ".", ""] {
        let output = waterfall(directory.path(), &["run", "--name", name, "--", "true"]);
        assert_eq!(output.status.code(), Some(2), "{name}");
    }
    assert_eq!(files(directory.path()), []);
}

#[test]
fn a_run_that_cannot_be_kept_is_not_begun() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join(".waterfall"), "a file").unwrap();
    let output = waterfall(directory.path(), &["run", "--", "touch", "begun"]);
    assert_eq!(output.status.code(), Some(5), "{}", text(&output.stderr));
    assert!(!directory.path().join("begun").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn memory_and_cpu_are_those_of_all_processes() {
    let directory = tempfile::tempdir().unwrap();
    // Two processes that each hold 60 MB and use CPU, until the rows show the memory of both, and CPU.
    let hold = "\
import glob, os, resource
held = bytearray(60_000_000)
def rows_of(counter):
    rows = [row for path in glob.glob(os.environ['WATERFALL_DIR'] + '/*resources*') for row in open(path, newline='')]
    return [float(row.split(',')[-1]) for row in rows if counter in row and row.endswith('\\r\\n')]
def is_seen():
    return max(rows_of('memory'), default=0) > 120 and max(rows_of('CPU, cores\"'), default=0) > 0
def has_burnt():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime > 0.02
while not (is_seen() and has_burnt()): pass\n";
    fs::write(directory.path().join("hold.py"), hold).unwrap();
    let script = format!("{RECORDS}; python3 hold.py & python3 hold.py & wait");
    let output = waterfall(directory.path(), &["run", "--", "sh", "-c", &script]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let found = &run_json(directory.path(), "latest/1")["resources"];
    let of = |key: &str| found[key].as_u64().unwrap();
    let (one, all) = (of("peak_process_bytes"), of("peak_tree_bytes"));
    assert!(of("user_ns") > 20_000_000, "two times 20 ms: {found}");
    assert!((60_000_000..110_000_000).contains(&one), "{found}");
    assert!((120_000_000..220_000_000).contains(&all), "{found}");

    let stats = waterfall(directory.path(), &["stats", ".waterfall/runs/latest/1", "--format", "json"]);
    let stats: Value = serde_json::from_slice(&stats.stdout).unwrap();
    let counters = stats["counters"].as_array().unwrap();
    let names = counters.iter().map(|counter| counter["name"].as_str().unwrap());
    // On a busy machine.
    let optional = ["CPU, cores (others)", "CPU, cores (stolen)", "CPU, threads waiting"];
    let names: Vec<&str> = names.filter(|name| !optional.contains(name)).collect();
    assert_eq!(names, ["CPU, cores", "memory, MB", "read, MB/s", "written, MB/s"]);
    assert!(counters[0]["greatest"].as_f64().unwrap() > 0.0, "they were busy");
    let memory = counters.iter().find(|counter| counter["name"] == "memory, MB").unwrap();
    assert_eq!((memory["greatest"].as_f64().unwrap() * 1e6).round() as u64, all);
    assert_eq!(memory["last"], 0.0, "the command has ended");
}
