//! The page of `waterfall compare -o`: what it shows of two sides, and of runs that cannot be drawn.

use std::fs;
use std::path::Path;

use crate::processes::{Bounded, WATERFALL, program, text, waterfall};

/// A run of one span of this length in ms, in a file of its own.
fn run(directory: &Path, side: &str, number: usize, task: &str, ms: u64) {
    let path = directory.join(side).join(format!("{number}/records.csv"));
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let rows = format!(
        "sim,load,2026-11-30T10:{number:02}:00.000000000+00:00,2026-11-30T10:{number:02}:00.500000000+00:00,\r\n\
         sim,{task},2026-11-30T10:{number:02}:01.000000000+00:00,2026-11-30T10:{number:02}:02.{ms:03}000000+00:00,\r\n"
    );
    fs::write(path, format!("group,task,start,end,color\r\n{rows}")).unwrap();
}

/// The page, and what is printed to stdout and stderr.
#[track_caller]
fn page(directory: &Path, arguments: &[&str]) -> (String, String, String) {
    let all = [&["compare"], arguments, &["-o", "compare.html"]].concat();
    let output = program(WATERFALL).current_dir(directory).args(all).run();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let html = fs::read_to_string(directory.join("compare.html")).unwrap();
    (html, text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_page_has_the_verdict_the_bar_and_a_run_of_each_side() {
    let directory = tempfile::tempdir().unwrap();
    for number in 1..=4 {
        run(directory.path(), "old", number, "save", 100 + number as u64);
        run(directory.path(), "new", number, "save", 600 + number as u64);
    }
    let (html, printed, _) = page(directory.path(), &["old", "new"]);
    assert!(printed.ends_with("compare.html\n"), "{printed}");
    assert!(html.contains(r#"<strong class="judged worse">Regression</strong>: 0.50"#));
    assert!(html.contains(r#"data-shown="a2,b2""#), "the shorter of the middle two");
    assert!(html.contains(r#"<span class="sum">more time <b>+0.50 s</b></span>"#));
    assert_eq!(html.matches("<template data-run").count(), 7, "all runs but the first shown");
    let (again, json, told) = page(directory.path(), &["old", "new", "--format", "json"]);
    assert!(again == html, "the same input gives the same page");
    assert!(json.starts_with('{') && told == "compare.html\n", "{told}");
}

#[test]
fn names_add_no_element_and_metrics_have_no_chart() {
    let directory = tempfile::tempdir().unwrap();
    for number in 1..=2 {
        run(directory.path(), "old", number, "<img src=x>", 100);
        run(directory.path(), "new", number, "<img src=x>", 600);
    }
    assert!(!page(directory.path(), &["old", "new"]).0.contains("<img"));
    let metrics = r#"{"benchmarks": {"thumb": {"success": true, "images_per_second": 61.3}}}"#;
    fs::write(directory.path().join("m.json"), metrics).unwrap();
    let (html, ..) = page(directory.path(), &["m.json", "m.json"]);
    assert!(html.contains("No chart: metrics have no spans.") && html.contains("61.3/s"));
}

#[test]
fn of_runs_that_cannot_be_drawn_and_tasks_of_one_side_the_page_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    for number in 1..=2 {
        run(directory, "old", number, "save", 100);
        run(directory, "new", number, "store", 100);
    }
    let (html, ..) = page(directory, &["old", "new"]);
    let one_sided = html.split(r#"<table id="one-sided""#).nth(1).unwrap();
    assert!(one_sided.contains("save") && one_sided.contains("store"));

    // Two kept runs: one is a baseline, too, and the other has lost its records.
    let task = r#""$WATERFALL_PROGRAM" task --group sh --task step -- true"#;
    let arguments = ["run", "--repeat", "2", "--save-baseline", "--", "sh", "-c", task];
    let kept = waterfall(directory, &arguments);
    assert_eq!(kept.status.code(), Some(0), "{}", text(&kept.stderr));
    fs::remove_dir_all(directory.join(".waterfall/runs/latest/1/records")).unwrap();
    let (html, ..) = page(directory, &["waterfall-baselines/latest.json", "latest"]);
    assert!(html.contains("No run of the baseline is in the chart: only its figures are kept."));
    assert!(html.contains("1 of 2 runs of the candidate is not in the chart: its records are gone."));
    assert!(html.contains(r#"data-shown="b2""#));
}

#[test]
fn a_comparison_is_printed_even_if_its_page_cannot_be_written() {
    let directory = tempfile::tempdir().unwrap();
    run(directory.path(), "old", 1, "save", 100);
    let arguments = ["compare", "old", "old", "--format", "json", "-o", "."];
    let output = program(WATERFALL).current_dir(directory.path()).args(arguments).run();
    assert_eq!(output.status.code(), Some(5), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains(r#""exit_code": 5"#), "{}", text(&output.stdout));
}

#[test]
fn of_very_many_runs_the_page_draws_those_in_the_middle_and_counts_all() {
    let directory = tempfile::tempdir().unwrap();
    for number in 1..=40 {
        run(directory.path(), "many", number, "save", 100 + number as u64);
    }
    let (html, ..) = page(directory.path(), &["many", "many"]);
    assert_eq!(html.matches("<template data-run").count(), 59, "30 of each side");
    assert!(
        html.contains("The chart has only 30 of 40 runs of the baseline: those in the middle by length.")
    );
    assert!(html.contains(r#"data-shown="a20,b20""#));
    assert!(html.contains("baseline: 40 runs, from "), "for screen readers");
    assert!(html.matches("<circle").count() < 3 * 2 * 32 + 10, "{}", html.matches("<circle").count());
}
