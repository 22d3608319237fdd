//! Traces that their own programs wrote: the figures are those that another program found in the files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::dump::data;
use crate::processes::{Bounded, WATERFALL, program};

/// What another program found, by file.
fn truth() -> BTreeMap<String, Value> {
    serde_json::from_slice(&fs::read(data("real/TRUTH.json")).unwrap()).unwrap()
}

/// What `waterfall stats` finds.
fn stats(inputs: &[&str]) -> Value {
    let paths = inputs.iter().map(|input| data("real").join(input));
    let output = program(WATERFALL).args(["stats", "--format", "json"]).args(paths).run();
    assert_eq!(output.status.code(), Some(0), "{inputs:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What it finds in one file; nothing in these files is a problem.
fn stats_of(file: &str) -> Value {
    let found = stats(&[file]);
    assert_eq!(found["problem_count"], 0, "{file}: {}", found["problems"]);
    found
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no integer"))
}

#[test]
fn every_file_is_in_the_truth_and_in_the_readme() {
    let readme = fs::read_to_string(data("real/README.md")).unwrap();
    let (truth, root) = (truth(), data("real"));
    let mut found = BTreeSet::new();
    for entry in walkdir::WalkDir::new(&root).min_depth(2) {
        let path = entry.unwrap().into_path();
        let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        // Metrics are no trace. The programs that made some of the traces are there, too.
        if !name.starts_with("ctharvester/")
            && !["py", "rs", "cpp"].map(Some).contains(&path.extension().and_then(|ending| ending.to_str()))
        {
            assert!(truth.contains_key(&name), "{name} is not in TRUTH.json");
            found.insert(name);
        }
    }
    assert_eq!(found.len(), truth.len(), "TRUTH.json names a file that is not there");
    for name in found {
        let stem = Path::new(&name).file_stem().unwrap().to_str().unwrap();
        let family = stem.split(['-', '_']).next().unwrap();
        assert!(readme.contains(&format!("`{stem}`")) || readme.contains(&format!("`{family}-")), "{name}");
    }
}

#[test]
fn functions_that_a_killed_child_never_left_are_unfinished() {
    let (found, expected) = (stats_of("viztracer/made-fork.json"), &truth()["viztracer/made-fork.json"]);
    for (ours, theirs) in [
        ("spans", "spans"),
        ("unfinished", "unfinished_B"),
        ("instants", "instants"),
        ("processes", "processes"),
        ("lanes", "tracks"),
    ] {
        assert_eq!(found[ours], expected[theirs], "{ours}");
    }
    assert_eq!(number(&found["wall_ns"]), number(&expected["max_end"]) - number(&expected["min_start"]));
    let totals = found["tasks"].as_array().unwrap().iter().map(|task| number(&task["total_ns"]));
    assert_eq!(totals.sum::<i64>(), number(&expected["sum_durations"]));
}

#[test]
fn profiles_have_the_weights_of_their_files() {
    for (file, expected) in truth() {
        let expected: Vec<(i64, i64)> = if let Some(profiles) = expected["profiles"].as_array() {
            // Weights are in seconds, and we have them in ns.
            let ns = |seconds: &Value| (seconds.as_f64().unwrap() * 1e9).round() as i64;
            profiles.iter().map(|of| (number(&of["samples"]), ns(&of["weights_sum"]))).collect()
        } else if expected["roots"].is_object() {
            vec![(number(&expected["lines"]), number(&expected["samples"]))]
        } else {
            continue;
        };
        let found = stats_of(&file);
        let profiles = found["profiles"].as_array().unwrap();
        let found: Vec<_> = profiles.iter().map(|of| (number(&of["stacks"]), number(&of["total"]))).collect();
        assert_eq!(found, expected, "{file}");
    }
}

#[test]
fn timings_have_the_sums_of_their_log() {
    for (file, expected) in truth() {
        let Some(expected) = expected["by_name"].as_object() else { continue };
        let found = stats_of(&file);
        let tasks = found["tasks"].as_array().unwrap();
        assert_eq!(tasks.len(), expected.len());
        for task in tasks {
            let of = &expected[task["task"].as_str().unwrap()];
            assert_eq!(task["count"], of["count"], "{task}");
            let ms: f64 = of["sum_ms"].as_str().unwrap().parse().unwrap();
            assert_eq!(number(&task["total_ns"]), (ms * 1e6).round() as i64, "{task}");
        }
    }
}

#[test]
fn one_command_merges_records_and_traces_of_several_programs() {
    let inputs = [
        "../summary/records",
        "viztracer/pool-min.json",
        "napari/slicing-traces-test.json",
        "py-spy/made-raw.txt",
    ];
    let merged = stats(&inputs);
    for key in ["spans", "instants", "lanes", "processes", "problem_count"] {
        let alone = inputs.iter().map(|input| number(&stats(&[input])[key]));
        assert_eq!(number(&merged[key]), alone.sum::<i64>(), "{key}");
    }
    assert_eq!(merged["profiles"].as_array().unwrap().len(), 1);
    // Each starts where the records start, so nothing is decades apart.
    assert!(number(&merged["wall_ns"]) < 60_000_000_000, "{}", merged["wall_ns"]);
}
