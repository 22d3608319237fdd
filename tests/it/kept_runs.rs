//! What is kept of a run: its figures in run.json, and of older runs a summary instead of their rows.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::processes::{Bounded, WATERFALL, program, text, waterfall};

/// What a command prints.
#[track_caller]
fn printed(directory: &Path, arguments: &[&str]) -> String {
    let output = waterfall(directory, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// A line of shell that records a span of a task around a command.
fn span(task: &str, command: &str) -> String {
    format!("\"$WATERFALL_PROGRAM\" task --group sh --task {task} -- {command}")
}

/// Runs a line of shell some times. Each time is a plan of its own.
#[track_caller]
fn run(directory: &Path, times: usize, script: &str) {
    for _ in 0..times {
        printed(directory, &["run", "--wait", "lo*", "--", "sh", "-c", script]);
    }
}

/// The directory of a run.
fn place(directory: &Path, run: &str) -> PathBuf {
    directory.join(".waterfall/runs").join(run)
}

fn run_json(directory: &Path, run: &str) -> Value {
    serde_json::from_slice(&fs::read(place(directory, run).join("run.json")).unwrap()).unwrap()
}

/// The names in a directory, in order.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name());
    entries.map(|name| name.into_string().unwrap()).collect::<BTreeSet<_>>().into_iter().collect()
}

/// What `waterfall stats` computes of a run: the numbers of the whole, and those of each task.
#[track_caller]
fn stats(directory: &Path, run: &str) -> Value {
    let all: Value = serde_json::from_str(&printed(directory, &["stats", "--format", "json", run])).unwrap();
    json!([all["wall_ns"], all["spans"], all["division"], all["tasks"]])
}

const SUMMARY: &str = "records.waterfall-summary.gz";

#[test]
fn of_runs_older_than_the_last_ten_a_summary_stays_that_has_the_same_figures() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    run(directory, 1, &format!("{} & {}; wait", span("work", "true"), span("lock", "true")));
    let (figures, described) = (stats(directory, "latest/1"), run_json(directory, "latest/1"));
    run(directory, 10, &span("step", "true"));
    assert_eq!(names(&place(directory, "latest/1")), [SUMMARY, "run.json"]);
    assert_eq!(names(&place(directory, "latest/2")), ["records", "run.json", "waterfall.html"]);
    assert_eq!(run_json(directory, "latest/1"), described);
    assert_eq!(names(&directory.join(".waterfall/runs/latest")).len(), 11, "nothing else is left");

    assert_eq!(stats(directory, "latest/1"), figures, "its declared wait, too");
    assert_eq!(stats(directory, "latest@1"), figures, "as a comparison names it");
    let listed = printed(directory, &["runs"]);
    let kept = listed.lines().map(|line| ["kept", "summary", "rows"].map(|word| line.contains(word)));
    let expected =
        [vec![[true, false, false], [false, true, false]], vec![[false, false, true]; 10]].concat();
    assert_eq!(kept.collect::<Vec<_>>(), expected, "{listed}");
    printed(directory, &[".waterfall/runs/latest/1"]);
    let page = fs::read_to_string(place(directory, "latest/1").join("waterfall.html")).unwrap();
    assert!(page.contains("latest 1") && page.contains("Declared as waits: tasks that match lo*."));

    // The next run takes the next number, prunes the next one, and leaves what was pruned.
    let before = fs::metadata(place(directory, "latest/1").join(SUMMARY)).unwrap().modified().unwrap();
    run(directory, 1, &span("step", "true"));
    assert_eq!(fs::metadata(place(directory, "latest/1").join(SUMMARY)).unwrap().modified().unwrap(), before);
    assert_eq!(names(&place(directory, "latest/1")), [SUMMARY, "run.json", "waterfall.html"]);
    assert_eq!(names(&place(directory, "latest/2")), [SUMMARY, "run.json"]);
    assert!(place(directory, "latest/12").join("records").is_dir());
}

#[test]
fn two_pruned_runs_are_read_together_as_two_runs() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    // A program whose files have the same name in each run.
    let row = "group,task,start,end\\ng,a,2026-11-20T14:43:18+00:00,2026-11-20T14:43:19+00:00\\n";
    run(directory, 2, &format!("printf '{row}' > \"$WATERFALL_DIR/own.csv\""));
    // Its rows are from another day, so the time before and after them is not known.
    let described = run_json(directory, "latest/1");
    assert_eq!(
        (&described["figures"]["wall_ns"], &described["figures"]["around"]),
        (&json!(1_000_000_000), &Value::Null)
    );
    let compared = printed(directory, &["compare", "latest@1", "latest@2"]);
    assert!(compared.contains("Not every run has a command whose time includes all its spans"), "{compared}");
    run(directory, 10, &span("step", "true"));
    let together = printed(directory, &["stats", "--format", "json", "latest/1", "latest/2"]);
    let together: Value = serde_json::from_str(&together).unwrap();
    assert_eq!((&together["spans"], &together["lanes"]), (&json!(2), &json!(2)), "{together}");
    assert_eq!(together["problem_count"], json!(0), "{together}");
}

#[test]
fn a_summary_beside_its_records_is_read_only_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let rows = "group,task,start,end\ng,a,2026-11-20T14:43:18+00:00,2026-11-20T14:43:19+00:00\n";
    fs::create_dir(directory.join("records")).unwrap();
    fs::write(directory.join("records/own.csv"), rows).unwrap();
    let summary = waterfall(directory, &["summarize", "records"]).stdout;
    for name in ["node.waterfall-summary", "records.waterfall-summary", "a-records.waterfall-summary.gz"] {
        fs::write(directory.join("records").join(name), &summary).unwrap();
    }
    let stats = |input: &str| -> Value {
        serde_json::from_str(&printed(directory, &["stats", "--format", "json", input])).unwrap()
    };
    let [all, named] = [stats("records"), stats("records/node.waterfall-summary")];
    assert_eq!((&all["spans"], &all["problem_count"]), (&json!(1), &json!(0)), "{all}");
    assert_eq!(named["spans"], json!(1));
}

#[test]
fn a_run_that_cannot_be_summarised_is_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    run(directory, 4, &span("step", "true"));
    let [unreadable, unwritable, foreign, cut] =
        ["latest/1", "latest/2", "latest/3", "latest/4"].map(|run| place(directory, run));
    fs::remove_dir_all(unreadable.join("records")).unwrap();
    fs::create_dir(unreadable.join("records")).unwrap();
    fs::write(unreadable.join("records/notes.csv"), "not,a,record\n").unwrap();
    fs::create_dir_all(unwritable.join(SUMMARY).join("x")).unwrap();
    fs::write(foreign.join("records/notes.txt"), "of the user").unwrap();
    // A compressed file that lacks its end.
    fs::write(cut.join("records/cut.csv.gz"), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]).unwrap();
    let figures = stats(directory, "latest/2");
    run(directory, 9, &span("step", "true"));
    let last = waterfall(directory, &["run", "--", "sh", "-c", &span("step", "true")]);
    let (told, warning) = (text(&last.stderr), "an older run keeps its rows: latest 2: ");
    assert_eq!((last.status.code(), told.matches(warning).count()), (Some(0), 1), "{told}");
    for kept in [&unreadable, &foreign, &cut] {
        assert_eq!(names(kept), ["records", "run.json", "waterfall.html"]);
    }
    assert_eq!(fs::read_to_string(unreadable.join("records/notes.csv")).unwrap(), "not,a,record\n");
    assert_eq!(names(&unwritable), ["records", SUMMARY, "run.json", "waterfall.html"]);
    assert_eq!(stats(directory, "latest/2"), figures);
}

#[test]
fn a_pruning_that_was_cut_short_loses_nothing_and_is_completed_by_the_next() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    run(directory, 1, &span("step", "true"));
    let (figures, first) = (stats(directory, "latest/1"), place(directory, "latest/1"));
    let removed = directory.join(".waterfall/removed/latest-1");
    fs::create_dir(directory.join(".waterfall/removed")).unwrap();
    // It was killed before the summary had its name.
    fs::rename(first.join("records"), &removed).unwrap();
    run(directory, 10, &span("step", "true"));
    assert_eq!(names(&first), [SUMMARY, "run.json"]);
    assert_eq!(stats(directory, "latest/1"), figures);
    // It was killed after that.
    fs::create_dir(&removed).unwrap();
    fs::write(removed.join("a.csv"), "").unwrap();
    fs::write(first.join("waterfall.html"), "").unwrap();
    run(directory, 1, &span("step", "true"));
    assert_eq!(names(&first), [SUMMARY, "run.json"]);
    assert_eq!(names(&directory.join(".waterfall/removed")), [""; 0]);
    assert_eq!(stats(directory, "latest/1"), figures);
}

#[test]
fn hidden_directories_are_no_part_of_a_set_of_runs() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let rows = "group,task,start,end\ng,a,2026-11-20T14:43:18+00:00,2026-11-20T14:43:19+00:00\n";
    for run in ["set/1", "set/2", "set/.old"] {
        fs::create_dir_all(directory.join(run)).unwrap();
        fs::write(directory.join(run).join("own.csv"), rows).unwrap();
    }
    let compared = printed(directory, &["compare", "set", "set"]);
    assert!(compared.contains("2 runs, one in each of its directories: 1 and 2"), "{compared}");
}

#[test]
fn a_run_of_an_earlier_release_gets_its_figures_while_it_has_its_rows() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    run(directory, 1, &span("step", "true"));
    let described = run_json(directory, "latest/1");
    let mut older = described.clone();
    assert!(older.as_object_mut().unwrap().remove("figures").is_some());
    fs::write(place(directory, "latest/1").join("run.json"), older.to_string()).unwrap();
    run(directory, 10, &span("step", "true"));
    assert_eq!(names(&place(directory, "latest/1")), [SUMMARY, "run.json"]);
    assert_eq!(run_json(directory, "latest/1"), described);
}

#[test]
fn the_figures_of_a_run_sum_to_its_time() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let both = format!("{} & {}; wait; {}", span("a", "true"), span("b", "true"), span("lock", "true"));
    run(directory, 1, &format!("{both}; {}; true", span("a", "sh -c 'exit 3'")));
    let described = run_json(directory, "latest/1");
    let figures = &described["figures"];
    let ns = |value: &Value| value.as_u64().unwrap();
    let tasks = figures["tasks"].as_array().unwrap();
    let shares: u64 = tasks.iter().map(|task| ns(&task["share_ns"])).sum();
    assert_eq!(shares + ns(&figures["idle_ns"]), ns(&figures["wall_ns"]));
    assert_eq!(figures["wall_ns"], described["recorded"]["wall_ns"]);
    let around = ns(&figures["around"]["before_ns"]) + ns(&figures["around"]["after_ns"]);
    assert_eq!(around + ns(&figures["wall_ns"]), ns(&described["elapsed_ns"]));

    let names: Vec<&str> = tasks.iter().map(|task| task["task"].as_str().unwrap()).collect();
    assert_eq!(names, ["a", "b", "lock"]);
    let stats = stats(directory, "latest/1");
    for task in tasks {
        let found = stats[3].as_array().unwrap().iter().find(|row| row["task"] == task["task"]).unwrap();
        for figure in ["group", "count", "total_ns"] {
            assert_eq!(task[figure], found[figure], "{figure} of {task}");
        }
        let same = ["mean_ns", "min_ns", "p95_ns", "p99_ns", "max_ns"].map(|figure| (figure, figure));
        for (figure, of_stats) in same.into_iter().chain([("median_ns", "p50_ns")]) {
            assert_eq!(task["durations"][figure], found[of_stats], "{figure} of {task}");
        }
    }
}

#[test]
fn a_killed_run_has_its_figures_and_one_without_a_span_has_none() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let killed = format!("{}; kill -9 $$", span("step", "true"));
    waterfall(directory, &["run", "--name", "killed", "--", "sh", "-c", &killed]);
    let described = run_json(directory, "killed/1");
    assert_eq!(described["outcome"]["state"], "signalled");
    assert_eq!(described["figures"]["tasks"][0]["count"], 1);
    waterfall(directory, &["run", "--name", "silent", "--", "true"]);
    assert_eq!(run_json(directory, "silent/1").get("figures"), None);
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_the_figures_of_many_tasks_are_lost_but_not_how_the_run_ended() {
    const SCRIPT: &str = r#"
        mount -t tmpfs -o size=1m disk "$1" && cd "$1" || exit
        echo a disk
        "$WATERFALL_PROGRAM" run --name full -- sh -c "$2" 2> "$3/told"
        echo "code $?"
        cp .waterfall/runs/full/1/run.json "$3"
        ls -A .waterfall/runs/full/1"#;
    let (disk, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut rows = "group,task,start,end\n".to_owned();
    for task in 0..200 {
        rows += &format!("g,task {task},2026-11-20T14:43:18+00:00,2026-11-20T14:43:19+00:00\n");
    }
    fs::write(kept.path().join("rows.csv"), rows).unwrap();
    let command = format!(
        "cp '{}' \"$WATERFALL_DIR\"; cat /dev/zero > filled; true",
        kept.path().join("rows.csv").display()
    );
    let output = program("sh")
        .args(["-c", "exec unshare -rm sh -c \"$@\"", "sh", SCRIPT, "sh"])
        .args([disk.path(), Path::new(&command), kept.path()])
        .env("WATERFALL_PROGRAM", WATERFALL)
        .run();
    assert_ne!(output.status.code(), Some(127), "no unshare; as root: apt-get install util-linux");
    if !output.stdout.starts_with(b"a disk") {
        writeln!(std::io::stderr(), "skipped: no disk of its own for a test here: {output:?}").unwrap();
        return;
    }
    let told = fs::read_to_string(kept.path().join("told")).unwrap();
    assert_eq!(text(&output.stdout), "a disk\ncode 5\nrecords\nrun.json\n", "{told}");
    assert!(told.contains("run.json could not be written: No space left on device"), "{told}");
    let found: Value = serde_json::from_slice(&fs::read(kept.path().join("run.json")).unwrap()).unwrap();
    assert_eq!(found["outcome"], json!({"state": "exited", "code": 0}));
    assert_eq!((&found["recorded"]["spans"], found.get("figures")), (&json!(200), None));
}
