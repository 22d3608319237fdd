//! A gate in CI: the README's way from a slow program to one, and what baselines promise on that way.
//!
//! The programs write record files with durations of their own, so that no verdict depends on the machine's speed. Their
//! spans last minutes by their stamps; so the wall time of a run is that of its spans.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;

use crate::dump::root;
use crate::processes::{Bounded, WATERFALL, program};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A directory with a program `./simulate`.
struct Project {
    directory: tempfile::TempDir,
}

impl Project {
    /// `load` takes 60 s, and each run's `save` one of these numbers of ms, in turn.
    fn new(save_ms: &[u32]) -> Project {
        let project = Project { directory: tempfile::tempdir().unwrap() };
        project.change(save_ms);
        project
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Changes the program.
    fn change(&self, save_ms: &[u32]) {
        self.program(&script(save_ms));
    }

    fn program(&self, script: &str) {
        let path = self.path().join("simulate");
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = program(WATERFALL);
        command.current_dir(self.path()).arg("run").args(arguments).run()
    }

    /// Five runs of the program with these options.
    fn five(&self, options: &[&str]) -> Output {
        self.run(&[options, &["--repeat", "5", "--", "./simulate"]].concat())
    }

    fn baseline(&self, name: &str) -> PathBuf {
        self.path().join("waterfall-baselines").join(format!("{name}.json"))
    }

    fn runs(&self) -> usize {
        let runs = fs::read_dir(self.path().join(".waterfall/runs/latest"));
        runs.map_or(0, Iterator::count)
    }
}

/// A shell script that records `load` and `save`.
fn script(save_ms: &[u32]) -> String {
    let (count, save_ms): (usize, Vec<String>) =
        (save_ms.len(), save_ms.iter().map(u32::to_string).collect());
    let day = "2020-01-01T00:0";
    format!(
        r#"#!/bin/sh
test "$WATERFALL" = 0 && exit
number=${{WATERFALL_DIR%/records}}
number=${{number##*/}}
set -- {save_ms}
shift $(((number - 1) % {count}))
{{
  printf 'group,task,start,end,color\r\n'
  printf 'sim,load,{day}0:00.000000000+00:00,{day}1:00.000000000+00:00,\r\n'
  printf 'sim,save,{day}1:00.000000000+00:00,{day}1:%02d.%03d000000+00:00,\r\n' $(($1 / 1000)) $(($1 % 1000))
}} > "$WATERFALL_DIR/simulate.csv"
"#,
        save_ms = save_ms.join(" "),
    )
}

#[track_caller]
fn check(output: &Output, code: i32) {
    assert_eq!(output.status.code(), Some(code), "{}{}", text(&output.stdout), text(&output.stderr));
}

/// Checks the exit code, and that stdout or stderr says this.
#[track_caller]
fn told(output: &Output, code: i32, expected: &str) {
    check(output, code);
    let all = text(&output.stdout) + &text(&output.stderr);
    assert!(all.contains(expected), "no {expected:?} in:\n{all}");
}

/// The blocks of one language in a section of the README, as one text.
fn of_readme(section: &str, language: &str) -> String {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let section = readme.split(&format!("\n## {section}\n")).nth(1).expect("the README has this section");
    let section = section.split("\n## ").next().unwrap();
    let begin = format!("```{language}\n");
    let blocks = section.split(begin.as_str()).skip(1);
    blocks.map(|block| block.split("```").next().unwrap()).collect()
}

#[test]
fn the_way_of_the_readme_leads_from_a_slow_program_to_a_gate() {
    let section = "From a slow program to a gate in CI";
    let shell = of_readme(section, "sh");
    let lines: Vec<&str> = shell.lines().collect();
    let [look, save] = lines[..] else { panic!("to look and to save: {lines:?}") };
    let yaml = of_readme(section, "yaml");
    let steps: Vec<&str> =
        yaml.lines().filter_map(|line| line.split_once("run: ")).map(|(_, step)| step).collect();
    let [build, gate] = steps[..] else { panic!("to build and to check: {steps:?}") };

    let project = Project::new(&[2000]);
    fs::write(project.path().join("waterfall.toml"), of_readme(section, "toml")).unwrap();
    // What is built here is a copy of the source.
    let change = |save_ms: &[u32]| fs::write(project.path().join("simulate.sh"), script(save_ms)).unwrap();
    fs::write(
        project.path().join("Makefile"),
        "simulate:\n\tcp simulate.sh simulate && chmod +x simulate\n.PHONY: simulate\n",
    )
    .unwrap();
    let directories = Path::new(WATERFALL).parent().unwrap().display().to_string();
    let path = format!("{directories}:{}", std::env::var("PATH").unwrap_or_default());
    let shell =
        |line: &str| program("sh").args(["-c", line]).current_dir(project.path()).env("PATH", &path).run();

    let looked = shell(look);
    check(&looked, 0);
    assert!(text(&looked.stdout).ends_with("waterfall.html\n"), "it prints the path of a page");
    told(&shell(save), 0, "saved the baseline `main`: 5 runs in ");

    change(&[2000]);
    check(&shell(build), 0);
    told(&shell(gate), 0, "no change");
    let comment = project.path().join("comparison.md");
    assert!(fs::read_to_string(&comment).unwrap().contains("no change"));

    change(&[3000]);
    check(&shell(build), 0);
    let slower = shell(gate);
    told(&slower, 1, "sim / save");
    let of_save =
        text(&slower.stdout).lines().find(|line| line.starts_with("sim / save")).unwrap().to_owned();
    assert!(of_save.contains("+50.0 %") && of_save.contains("regression"), "{of_save}");
    let of_load =
        text(&slower.stdout).lines().find(|line| line.starts_with("sim / load")).unwrap().to_owned();
    assert!(of_load.contains("no change"), "{of_load}");
    let comment = fs::read_to_string(comment).unwrap();
    assert!(comment.contains("regression") && comment.contains("save"), "{comment}");

    // An intended change is saved by the same line as the first baseline.
    told(&shell(save), 0, "saved the baseline `main`");
    check(&shell(gate), 0);
}

#[test]
fn a_baseline_is_compared_with_before_it_is_replaced_and_never_by_something_slower() {
    let project = Project::new(&[2000]);
    let both = ["--compare-baseline", "--save-baseline"];
    told(&project.five(&both), 3, "; save one with --save-baseline alone first");
    assert_eq!(project.runs(), 0);
    told(&project.five(&["--save-baseline"]), 0, "saved the baseline `latest`: 5 runs in ");
    let saved = || fs::read(project.baseline("latest")).unwrap();
    let before = saved();

    project.change(&[3000]);
    let slower = project.five(&both);
    told(&slower, 1, "the baseline `latest` was not replaced: the comparison found a regression; ");
    assert!(saved() == before);
    project.change(&[1000, 3000, 2000, 2900, 1100]);
    let noisy = project.five(&both);
    told(&noisy, 0, "the baseline `latest` was not replaced: the comparison is inconclusive; ");
    assert!(saved() == before);

    project.change(&[1000]);
    told(&project.five(&both), 0, "improvement");
    let faster = saved();
    assert!(faster != before);
    project.change(&[2000]);
    told(&project.five(&["--compare-baseline"]), 1, "regression");
    assert!(saved() == faster, "only compared");

    // Saved alone, it is replaced whatever it was.
    told(&project.five(&["--save-baseline"]), 0, "saved the baseline `latest`: 5 runs in ");
    assert!(saved() != faster);
    told(&project.five(&["--compare-baseline"]), 0, "no change");
}

#[test]
fn what_is_no_baseline_is_told_before_anything_runs() {
    let project = Project::new(&[2000]);
    check(&project.five(&["--save-baseline", "main"]), 0);
    let runs = project.runs();
    let good = fs::read_to_string(project.baseline("main")).unwrap();
    let line = 1 + good.lines().position(|line| line.contains("\"runs\"")).unwrap();
    let zero = |text: String| {
        let zeros = |line: &str| {
            line.split_inclusive("_ns\": ")
                .map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()))
                .collect::<Vec<_>>()
                .join("0")
        };
        text.lines().map(zeros).collect::<Vec<_>>().join("\n")
    };
    let with = |key: &str, value: Value| {
        let mut baseline: Value = serde_json::from_str(&good).unwrap();
        *baseline.pointer_mut(key).unwrap() = value;
        serde_json::to_string_pretty(&baseline).unwrap()
    };
    for (name, contents, message) in [
        (
            "cut",
            good[..good.find("\"runs\"").unwrap()].to_owned(),
            format!("cut.json:{} is damaged: EOF while parsing", line),
        ),
        (
            "word",
            good.replacen("\"runs\": [", "\"runs\": [7,", 1),
            format!("word.json:{line} is damaged: invalid type: integer `7`"),
        ),
        ("nothing", String::new(), "nothing.json:1 is damaged: EOF while parsing".into()),
        ("binary", "\u{1}\u{2}".into(), "binary.json:1 is damaged: expected value".into()),
        ("other", r#"{"format": "other", "version": 1}"#.into(), "other.json is not a baseline".into()),
        (
            "newer",
            with("/version", 2.into()),
            "newer.json has version 2, and this waterfall reads version 1; ".into(),
        ),
        ("empty", with("/runs", Value::Array(Vec::new())), "empty.json: it has no run; ".into()),
        (
            "silent",
            with("/runs/3/figures/tasks", Value::Array(Vec::new())),
            "the run `latest/4` recorded no span; ".into(),
        ),
        ("zero", zero(good.clone()), "zero.json: every figure is 0; ".into()),
    ] {
        fs::write(project.baseline(name), contents).unwrap();
        for options in
            [&["--compare-baseline", name][..], &["--compare-baseline", name, "--save-baseline", name]]
        {
            let output = project.five(options);
            told(&output, 3, &message);
            assert_eq!(text(&output.stdout), "");
        }
    }
    told(&project.five(&["--compare-baseline", "mian"]), 3, "no baseline `mian`: there is no file ");
    told(
        &project.five(&["--compare-baseline", "mian"]),
        3,
        "save one with --save-baseline alone first; did you mean `main`?",
    );
    let two_names = project.five(&["--compare-baseline", "main", "--save-baseline", "new"]);
    told(&two_names, 2, "--save-baseline new and --compare-baseline main have different names");
    told(&project.five(&["--compare-baseline", "main", "--save-baseline"]), 2, "--save-baseline latest and ");
    fs::create_dir(project.baseline("directory")).unwrap();
    told(&project.five(&["--compare-baseline", "directory"]), 3, "cannot read the baseline ");
    told(&project.five(&["--compare-baseline", "../main"]), 2, "it begins or ends with a dot");
    assert_eq!(project.runs(), runs, "nothing has run");
    check(&project.five(&["--compare-baseline", "main"]), 0);
}

#[test]
fn runs_that_fail_or_record_nothing_are_never_saved_and_never_pass() {
    let project = Project::new(&[2000]);
    check(&project.five(&["--save-baseline"]), 0);
    let before = fs::read(project.baseline("latest")).unwrap();
    let good = script(&[2000]);
    let unused = |options: &[&str]| match options {
        ["--save-baseline", ..] => "so these runs were not saved as a baseline\n",
        ["--compare-baseline"] => "so these runs were not compared with a baseline\n",
        _ => "so these runs were not compared with a baseline, and not saved as one\n",
    };
    for (script, code) in [
        (format!("{good}exit 7\n"), 7),
        (format!("{good}test $((number % 3)) -ne 0\n"), 1),
        (format!("{good}kill -9 $$\n"), 137),
        ("#!/bin/sh\n".into(), 3),
        (format!("{good}printf 'group,task,start,end,color\\r\\n' > \"$WATERFALL_DIR/simulate.csv\"\n"), 3),
    ] {
        project.program(&script);
        for options in
            [&["--save-baseline"][..], &["--compare-baseline"], &["--compare-baseline", "--save-baseline"]]
        {
            told(&project.five(options), code, unused(options));
        }
        let options = ["--save-baseline", "first"];
        told(&project.five(&options), code, unused(&options));
    }
    assert!(fs::read(project.baseline("latest")).unwrap() == before);
    assert!(!project.baseline("first").exists());
}

#[test]
fn a_run_that_a_signal_ended_well_does_not_pass_and_is_not_saved() {
    let project = Project::new(&[2000]);
    check(&project.five(&["--save-baseline"]), 0);
    let before = fs::read(project.baseline("latest")).unwrap();
    // It asks waterfall to end, as a typed Ctrl-C does, and waits until it is asked itself. What it waits for ends with
    // it, even if `kill` comes before that program has started, and holds no pipe of ours.
    let ends =
        "trap 'kill $!; exit 0' TERM\ntail --pid=$$ -f /dev/null >/dev/null 2>&1 &\nkill -TERM $PPID\nwait\n";
    let runs = (script(&[2000]) + ends, &[][..]);
    let warm_ups = (format!("#!/bin/sh\n{ends}"), &["--warmup", "1"][..]);
    for (script, options) in [runs, warm_ups] {
        project.program(&script);
        check(&project.five(options), 0);
        for (option, unused) in [
            ("--compare-baseline", "so these runs were not compared with a baseline\n"),
            ("--save-baseline", "so these runs were not saved as a baseline\n"),
        ] {
            told(&project.five(&[options, &[option]].concat()), 3, unused);
        }
    }
    assert!(fs::read(project.baseline("latest")).unwrap() == before);
}

#[test]
fn a_baseline_that_someone_else_replaced_meanwhile_is_not_replaced() {
    let project = Project::new(&[2000]);
    check(&project.five(&["--save-baseline"]), 0);
    let baseline = project.baseline("latest");
    let other = fs::read_to_string(&baseline).unwrap().replacen("latest/5", "latest/6", 1);
    fs::write(project.path().join("other"), &other).unwrap();
    let replace = "cp ../../../../../other ../../../../../waterfall-baselines/latest.json\n";
    let in_run = format!("cd \"$WATERFALL_DIR\"\n{replace}");
    project.program(&(script(&[2000]) + &in_run));
    let both = ["--compare-baseline", "--save-baseline"];
    let changed = project.five(&both);
    told(
        &changed,
        5,
        "latest.json was not replaced: it is no longer the file that these runs were compared with",
    );
    assert!(text(&changed.stdout).contains("no change"), "they are compared all the same");
    assert_eq!(fs::read_to_string(&baseline).unwrap(), other);
    project.change(&[2000]);
    told(&project.five(&both), 0, "saved the baseline `latest`: 5 runs in ");
}

#[test]
fn a_threshold_for_no_task_is_told_before_the_runs_and_after_the_page() {
    let project = Project::new(&[2000]);
    check(&project.five(&["--save-baseline"]), 0);
    let none = project.five(&["--compare-baseline", "--threshold", "sav=10%"]);
    told(&none, 2, "waterfall: a threshold is for nothing in the baseline: ");
    let stderr = text(&none.stderr);
    let position = |text: &str| stderr.find(text).unwrap_or_else(|| panic!("no {text:?} in:\n{stderr}"));
    assert!(position("in the baseline") < position("run 1 of 5"), "{stderr}");
    assert!(text(&none.stdout).ends_with("waterfall.html\n"), "the page is there");

    // A task that only these runs have is no fault.
    let new = script(&[2000]).replace("sim,save", "sim,sav");
    project.program(&new);
    told(&project.five(&["--compare-baseline", "--threshold", "load=10%"]), 0, "sav");
}

#[test]
fn the_comparison_is_written_as_markdown_only_if_it_was_made() {
    let project = Project::new(&[2000]);
    told(&project.five(&["--markdown", "out.md"]), 2, "--markdown needs a baseline to compare with");
    told(&project.five(&["--save-baseline", "--markdown", "out.md"]), 2, "--markdown needs a baseline");
    check(&project.five(&["--save-baseline"]), 0);
    let compared = ["--compare-baseline", "--markdown", "out.md"];
    let markdown = project.path().join("out.md");

    project.program("#!/bin/sh\nexit 7\n");
    check(&project.five(&compared), 7);
    assert!(!markdown.exists(), "nothing was compared");
    project.change(&[3000]);
    check(&project.five(&compared), 1);
    let slower = fs::read_to_string(&markdown).unwrap();
    assert!(slower.contains("regression") && slower.contains("| "), "{slower}");
    let refused = project.five(&["--compare-baseline", "--markdown", "simulate/out.md"]);
    told(&refused, 5, "waterfall: cannot write the comparison to simulate/out.md: ");
}

#[test]
fn the_exit_code_says_what_the_checks_say() {
    let project = Project::new(&[2000]);
    check(&project.five(&["--save-baseline"]), 0);
    let (same, slower, faster, noisy): (&[u32], &[u32], &[u32], &[u32]) =
        (&[2000], &[3000], &[1000], &[1000, 3000, 2000, 2900, 1100]);
    let (met, broken) = ("load=2min@max", "load=1s@max");
    for (save_ms, budget, code, strict_code) in [
        (same, met, 0, 0),
        (same, broken, 1, 1),
        (slower, met, 1, 1),
        (slower, broken, 1, 1),
        (faster, met, 0, 0),
        (faster, broken, 1, 1),
        (noisy, met, 0, 4),
        (noisy, broken, 1, 1),
    ] {
        project.change(save_ms);
        let options = ["--compare-baseline", "--budget", budget];
        check(&project.five(&options), code);
        check(&project.five(&[&options[..], &["--fail-on-inconclusive"]].concat()), strict_code);
    }
}

#[test]
fn a_scenario_has_budgets_thresholds_and_a_baseline_and_one_exit_code() {
    let project = Project::new(&[2000]);
    let write = |compare: &str| {
        let toml = format!(
            "[scenario.sim]\ncommand = [\"./simulate\"]\nrepeat = 5\nbudgets = [\"load=2min@max\"]\n{compare}"
        );
        fs::write(project.path().join("waterfall.toml"), toml).unwrap();
    };
    let run = |options: &[&str]| project.run(&[&["--scenario", "sim"], options].concat());
    write("compare = { baseline = \"main\", thresholds = [\"60%\"] }\n");
    told(&run(&[]), 3, "save one with --save-baseline alone first");
    assert_eq!(project.runs(), 0);
    told(&run(&["--save-baseline"]), 0, "saved the baseline `main`: 5 runs in ");
    told(&run(&[]), 0, "no change");

    project.change(&[3000]);
    told(&run(&[]), 0, "no change"); // 50 % more of `save` is less than the threshold
    told(&run(&["--threshold", "save=10%"]), 1, "regression");
    told(&run(&["--threshold", "save=10%", "--budget", "load=1s@max"]), 1, "broken");
    let stats = program(WATERFALL)
        .current_dir(project.path())
        .args(["stats", "sim", "--scenario", "sim", "--format", "json"])
        .run();
    check(&stats, 0);
    told(&run(&["--threshold", "sav=10%"]), 2, "`sav`");

    write("compare = { baseline = \"main\", fail_on_inconclusive = true }\n");
    project.change(&[1000, 3000, 2000, 2900, 1100]);
    told(&run(&[]), 4, "inconclusive");
    told(&run(&["--save-baseline"]), 0, "saved the baseline `main`");
    write("compare = { thresholds = [\"10%\"], fail_on_inconclusive = true }\n");
    project.change(&[2000]);
    check(&run(&[]), 0);
    told(&run(&["--compare-baseline"]), 3, "no baseline `sim`");
    told(&run(&["--compare-baseline", "main"]), 4, "inconclusive");
}

#[test]
fn options_that_have_no_comparison_are_told_and_so_are_too_few_runs() {
    let project = Project::new(&[2000]);
    told(&project.five(&["--threshold", "5%"]), 2, "--threshold needs a baseline to compare with");
    told(&project.five(&["--fail-on-inconclusive"]), 2, "--fail-on-inconclusive needs a baseline");
    told(&project.five(&["--save-baseline", "--threshold", "5%"]), 2, "--threshold needs a baseline");
    told(&project.five(&["--compare-baseline", "--threshold", "five"]), 2, "--threshold");
    assert_eq!(project.runs(), 0);

    let few = project.run(&["--save-baseline", "--repeat", "2", "--", "./simulate"]);
    told(&few, 0, "waterfall: each comparison will be inconclusive with fewer than 4 runs: use --repeat 5");
    let last = "waterfall: with a baseline of 2 runs, each comparison will be inconclusive: save one with --repeat 5\n";
    assert!(text(&few.stderr).ends_with(last), "{}", text(&few.stderr));
    let few = project.run(&["--compare-baseline", "--repeat", "3", "--", "./simulate"]);
    told(&few, 0, "waterfall: this comparison will be inconclusive with fewer than 4 runs: use --repeat 5");
    told(&few, 0, "the baseline has 2 runs: the comparison will be inconclusive; ");
    told(&few, 0, "A verdict needs at least 4 runs a side.");
    assert!(
        text(&few.stderr).find("will be inconclusive") < text(&few.stderr).find("run 1 of 3"),
        "before any run"
    );
}

#[test]
fn runs_of_another_command_are_compared_and_told() {
    let project = Project::new(&[2000]);
    check(&project.five(&["--save-baseline"]), 0);
    let caution = "The sides ran different commands: the baseline `./simulate`, the candidate `sh simulate`.";
    told(&project.run(&["--compare-baseline", "--repeat", "5", "--", "sh", "simulate"]), 0, caution);
    let same = project.five(&["--compare-baseline"]);
    assert!(!text(&same.stdout).contains("different commands"), "{}", text(&same.stdout));
}

#[test]
fn a_baseline_has_no_rows_no_directory_and_no_process_and_its_size_is_that_of_its_tasks() {
    let project = Project::new(&[2000]);
    check(&project.five(&["--save-baseline"]), 0);
    let of_two_spans = fs::read_to_string(project.baseline("latest")).unwrap();
    for absent in [&*project.path().to_string_lossy(), "pid", "directory", "2020-01-01"] {
        assert!(!of_two_spans.contains(absent), "{absent}: {of_two_spans}");
    }
    let row = "sim,save,2020-01-01T00:01:02.000000000+00:00,2020-01-01T00:01:02.001000000+00:00,";
    let many = format!(
        "for n in 1 2 3 4 5 6 7 8 9; do printf '{row}\\r\\n'; done >> \"$WATERFALL_DIR/simulate.csv\"\n"
    );
    project.program(&(script(&[2000]) + &many));
    check(&project.five(&["--save-baseline"]), 0);
    let of_many_spans = fs::read_to_string(project.baseline("latest")).unwrap();
    assert!(of_many_spans.contains("\"count\": 10"), "{of_many_spans}");
    assert_eq!(of_many_spans.lines().count(), of_two_spans.lines().count());
    let tasks =
        of_two_spans.lines().filter(|line| line.trim_start().starts_with("{\"group\": \"sim\"")).count();
    assert_eq!(tasks, 5 * 2, "a line for each task of each run");
}
