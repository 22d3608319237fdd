//! The page of `waterfall compare -o`: what it shows of two sides, and of runs that cannot be drawn.

use std::fs;
use std::path::Path;

use crate::processes::{Bounded, WATERFALL, program, text};

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
