//! Point events: instants of a source belong to no task and enter no figure, but they are read, counted and kept.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::dump::{dump, problems, read};
use crate::processes::{Bounded, WATERFALL, program};

/// Spans and point events as the page's CSV has them. `b` at 50 ms and `zero` start and end at one moment: only the
/// former says that it is a point event.
const ROWS: [&str; 7] = [
    "g,a,00.010,00.100,",
    "g,b,00.050,00.050,point",
    "g,b,00.050,00.050,point",
    ",first,00.000,00.000,point",
    "g,zero,00.020,00.020,",
    "g,a,00.200,00.300,",
    "g,b,00.450,00.450,point",
];

/// A file with these rows, whose stamps are seconds of a minute.
fn file(directory: &Path, rows: &[&str], columns: &str) {
    let stamp = |second: &str| format!("2026-11-20T22:54:{second}000000Z");
    let row = |row: &&str| {
        let mut fields: Vec<String> = row.split(',').map(str::to_owned).collect();
        (fields[2], fields[3]) = (stamp(&fields[2]), stamp(&fields[3]));
        fields.join(",") + "\n"
    };
    let text = rows.iter().map(row).collect::<String>();
    fs::write(directory.join("points.csv"), format!("group,task,start,end,color{columns}\n{text}")).unwrap();
}

fn run(arguments: &[&str], input: &Path) -> String {
    let output = program(WATERFALL).args(arguments).arg(input).env_remove("CLICOLOR_FORCE").run();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

/// The statistics without what they say of each file.
fn json(input: &Path) -> Value {
    let output = program(WATERFALL).args(["stats", "--format", "json"]).arg(input).run();
    let mut of: Value = serde_json::from_slice(&output.stdout).unwrap();
    of.as_object_mut().unwrap().remove("inputs");
    of
}

#[test]
fn a_point_event_is_an_instant_and_a_span_without_length_is_a_span() {
    let directory = tempfile::tempdir().unwrap();
    file(directory.path(), &ROWS, "");
    let of = json(directory.path());
    assert_eq!((&of["spans"], &of["instants"], &of["max_depth"]), (&3.into(), &4.into(), &2.into()));
    let tasks: Vec<&str> =
        of["tasks"].as_array().unwrap().iter().map(|task| task["task"].as_str().unwrap()).collect();
    assert_eq!(tasks, ["a", "zero"]);
    assert_eq!(of["busy_ns"], 190_000_000);
    assert_eq!(of["wall_ns"], 450_000_000, "they lengthen the run");
}

#[test]
fn every_output_counts_instants_beside_spans_and_lists_no_task_for_them() {
    let directory = tempfile::tempdir().unwrap();
    file(directory.path(), &ROWS, "");
    let text = run(&["stats"], directory.path());
    assert!(text.contains("4 instants (point events, not in the table)\n"), "{text}");
    assert!(text.contains("3 spans in 1 lane of 1 process, 4 instants, 0.45 s, 0 problems"), "{text}");
    assert!(!text.contains("g / b"), "{text}");
    let csv = run(&["stats", "--format", "csv"], directory.path());
    assert_eq!(csv.lines().filter(|line| line.starts_with("g,")).count(), 2, "{csv}");
    let page = directory.path().join("page.html");
    let said = run(&["-o", page.to_str().unwrap()], directory.path());
    assert!(said.contains("3 spans in 1 lane of 1 process, 4 instants, 0.45 s"), "{said}");
    let html = fs::read_to_string(page).unwrap();
    assert!(html.contains("1 process, 3 spans, 0 unfinished, 4 instants"));
}

#[test]
fn a_summary_keeps_the_instants_and_merging_adds_them_up() {
    let directory = tempfile::tempdir().unwrap();
    file(directory.path(), &ROWS, "");
    let summary = directory.path().join("kept.summary");
    let output = program(WATERFALL).arg("summarize").arg(directory.path()).run();
    fs::write(&summary, &output.stdout).unwrap();
    let (of_records, of_summary) = (json(&directory.path().join("points.csv")), json(&summary));
    assert_eq!(of_records, of_summary);
    let again = program(WATERFALL).arg("merge").arg(&summary).run();
    assert_eq!(again.stdout, output.stdout, "it is read as it was written");
    let ((whole, _), (kept, found)) = (read(&directory.path().join("points.csv")), read(&summary));
    assert_eq!(problems(&found), [""; 0]);
    assert_eq!(dump(&kept), dump(&whole), "a lane of few rows is whole in a summary");
}

#[test]
fn a_lane_of_instants_alone_is_read_and_is_in_no_count_of_lanes() {
    let directory = tempfile::tempdir().unwrap();
    file(directory.path(), &[ROWS[1], ROWS[6]], "");
    let of = json(directory.path());
    assert_eq!((&of["spans"], &of["instants"], &of["lanes"]), (&0.into(), &2.into(), &0.into()));
    let summary = directory.path().join("kept.summary");
    fs::write(&summary, program(WATERFALL).arg("summarize").arg(directory.path()).run().stdout).unwrap();
    assert_eq!(json(&summary), of);
    run(&["-o", directory.path().join("page.html").to_str().unwrap()], directory.path());
}

#[test]
fn a_task_is_split_without_the_instants_of_its_name() {
    let directory = tempfile::tempdir().unwrap();
    let rows = ["g,a,00.010,00.100,,x", "g,a,00.050,00.050,point,y", "g,a,00.200,00.300,,x"];
    file(directory.path(), &rows, ",kind");
    let csv = run(&["stats", "--by", "kind", "--format", "csv"], directory.path());
    let split: Vec<&str> = csv.lines().filter(|line| line.starts_with("g,a,")).collect();
    assert_eq!(split.len(), 1, "{csv}");
    assert!(split[0].contains(",kind,x"), "{csv}");
}

#[test]
fn a_point_event_that_takes_time_is_a_span_and_a_problem() {
    let directory = tempfile::tempdir().unwrap();
    file(directory.path(), &["g,a,00.010,00.100,point"], "");
    let (trace, found) = read(directory.path());
    assert_eq!(trace.span_count(), 1);
    assert!(
        problems(&found)[0].contains("color `point` is neither #rrggbb nor wait"),
        "{:?}",
        problems(&found)
    );
    assert_eq!(json(directory.path())["instants"], 0);
}

#[test]
fn a_task_without_a_group_stands_alone_where_people_read_and_csv_keeps_the_field() {
    let directory = tempfile::tempdir().unwrap();
    file(directory.path(), &[",alone,00.010,00.100,", "g,b,00.200,00.210,"], "");
    let text = run(&["stats"], directory.path());
    assert!(text.contains("\nalone "), "{text}");
    assert!(!text.contains("(unnamed)"), "{text}");
    assert_eq!(json(directory.path())["tasks"][0]["group"], "");
    let page = directory.path().join("page.html");
    run(&["-o", page.to_str().unwrap()], directory.path());
    assert!(fs::read_to_string(page).unwrap().contains("alone took the most time"));
}
