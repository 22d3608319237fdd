//! Inputs with different clocks are on one axis, and it is said how they came there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use crate::dump::data;
use crate::processes::{Bounded, WATERFALL, program};

/// A directory with records of two seconds from 2026-11-20T14:00:00Z on, a trace with a clock of its own, and one that
/// says when its own was 0.
struct Inputs(tempfile::TempDir);

const START_NS: i64 = 1_795_183_200_000_000_000;

impl Inputs {
    fn new() -> Inputs {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, text: String| fs::write(directory.path().join(name), text).unwrap();
        write("a.csv", "group,task,start,end\ng,load,2026-11-20T14:00:00Z,2026-11-20T14:00:02Z\n".into());
        let event = json!([{"ph": "X", "name": "own", "pid": 1, "tid": 1, "ts": 7_000_000, "dur": 500_000}]);
        write("own.json", event.to_string());
        let anchored = json!({
            "traceEvents": [{"ph": "X", "name": "said", "pid": 2, "tid": 2, "ts": 1_000_000, "dur": 250_000}],
            "baseTimeNanoseconds": START_NS,
        });
        write("said.json", anchored.to_string());
        Inputs(directory)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn stats(inputs: &[PathBuf], arguments: &[&str]) -> Output {
    program(WATERFALL).arg("stats").args(inputs).args(arguments).run()
}

fn json_of(inputs: &[PathBuf], arguments: &[&str]) -> Value {
    let output = stats(inputs, &[arguments, &["--format", "json"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text_of(inputs: &[PathBuf], arguments: &[&str]) -> String {
    String::from_utf8(stats(inputs, arguments).stdout).unwrap()
}

/// The name of a file, how it was placed, and its first time on the axis.
fn placed(document: &Value) -> Vec<(String, String, i64)> {
    let place = |input: &Value| {
        let file =
            Path::new(input["file"].as_str().unwrap()).file_name().unwrap().to_string_lossy().into_owned();
        let first_ns = input["first_ns"].as_i64().unwrap() + input["shift_ns"].as_i64().unwrap();
        (file, input["placed"].as_str().unwrap().to_owned(), first_ns)
    };
    document["inputs"].as_array().unwrap().iter().map(place).collect()
}

fn place(file: &str, placed: &str, after_ns: i64) -> (String, String, i64) {
    (file.into(), placed.into(), START_NS + after_ns)
}

#[test]
fn a_trace_with_a_clock_of_its_own_is_drawn_from_the_start_of_the_records_and_this_is_told() {
    let inputs = Inputs::new();
    let directory = [inputs.path("")];
    let document = json_of(&directory, &[]);
    assert_eq!(
        placed(&document),
        [
            place("a.csv", "wall clock", 0),
            place("own.json", "at the start of the others", 0),
            place("said.json", "origin in the file", 1_000_000_000),
        ]
    );
    assert_eq!((&document["clock"], &document["wall_ns"]), (&json!("wall"), &json!(2_000_000_000_i64)));
    let text = text_of(&directory, &[]);
    assert!(
        text.contains("own.json (Chrome trace) has a clock of its own and does not say when it began"),
        "{text}"
    );
    assert!(text.contains("--offset own.json=DURATION"), "{text}");
    assert!(text.contains("a.csv (record) has wall-clock times."), "{text}");
}

#[test]
fn an_offset_moves_a_file_and_says_so() {
    let inputs = Inputs::new();
    let directory = [inputs.path("")];
    let arguments = ["--offset", "own.json=1.5s", "--offset", "said.json=-1s", "--offset", "nowhere.csv=1h"];
    let found = placed(&json_of(&directory, &arguments));
    assert_eq!(found[1], place("own.json", "at the start of the others", 1_500_000_000));
    assert_eq!(found[2], place("said.json", "origin in the file", 0));
    let text = text_of(&directory, &arguments);
    assert!(text.contains("own.json is drawn 1.50 s later (--offset)."), "{text}");
    assert!(text.contains("said.json is drawn 1.00 s earlier (--offset)."), "{text}");
    let typo = stats(&directory, &["--offset", "nowhere.csv=1h", "--strict"]);
    let told = String::from_utf8_lossy(&typo.stderr).into_owned();
    assert!(told.contains("nowhere.csv: --offset moves nothing: no file with times has this name"), "{told}");
}

#[test]
fn aligned_inputs_begin_at_one_moment() {
    let inputs = Inputs::new();
    let all = ["a.csv", "own.json", "said.json"].map(|name| inputs.path(name));
    let found = placed(&json_of(&all, &["--align", "start"]));
    assert!(found.iter().all(|(.., first_ns)| *first_ns == START_NS), "{found:?}");
    assert!(
        text_of(&all, &["--align", "start"]).contains("all inputs begin at the same moment (--align start)")
    );
}

#[test]
fn alone_it_keeps_its_own_times() {
    let inputs = Inputs::new();
    let document = json_of(&[inputs.path("own.json")], &[]);
    assert_eq!(
        (&document["clock"], &document["start"]),
        (&json!("own"), &json!("1970-01-01T00:00:07.000000000+00:00"))
    );
    let text = text_of(&[inputs.path("own.json")], &[]);
    assert!(text.contains("does not say when it began: times are since the start."), "{text}");
}

#[test]
fn a_summary_keeps_what_its_times_count_from() {
    let inputs = Inputs::new();
    let summarise = |arguments: &[&str]| {
        let output = program(WATERFALL).arg("summarize").args(arguments).current_dir(inputs.path("")).run();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    fs::write(inputs.path("own.summary"), summarise(&["own.json"])).unwrap();
    fs::write(inputs.path("wall.summary"), summarise(&["a.csv", "own.json", "--offset", "own.json=1s"]))
        .unwrap();
    let own = json_of(&[inputs.path("own.summary")], &[]);
    assert_eq!(
        (&own["clock"], &own["start"]),
        (&json!("own"), &json!("1970-01-01T00:00:07.000000000+00:00"))
    );
    assert_eq!(json_of(&[inputs.path("wall.summary")], &[])["clock"], "wall");
    let mixed = [inputs.path("own.summary"), inputs.path("wall.summary")];
    assert_eq!(json_of(&mixed, &[])["clock"], "mixed");
    assert!(text_of(&mixed, &[]).contains("The summaries have different clocks"));
    let refused = stats(&mixed, &["--align", "start"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("need records, and the input is a summary"));
}

#[test]
fn two_files_of_one_moment_with_different_biases_get_a_hint() {
    let directory = [data("performance_py/broken/mixed-bias")];
    let text = text_of(&directory, &[]);
    assert!(text.contains("almost exactly 8 hours after"), "{text}");
    let option = text.split("use ").nth(1).unwrap().trim_end().trim_end_matches('.');
    let (name, offset) = option.split_once(' ').unwrap();
    assert!(offset.ends_with("gmt8-17538.csv=-8h"), "{offset}");
    let moved = json_of(&directory, &[name, offset]);
    assert!(moved["wall_ns"].as_i64().unwrap() < 1_000_000_000, "{}", moved["wall_ns"]);
    assert!(!text_of(&directory, &[name, offset]).contains("almost exactly"));
}

#[test]
fn what_would_be_out_of_range_is_not_moved_and_this_is_a_problem() {
    let inputs = Inputs::new();
    let event = json!({"ph": "X", "name": "a", "pid": 1, "tid": 1, "ts": 5, "dur": 1000});
    let far = json!({"traceEvents": [event], "baseTimeNanoseconds": i64::MAX});
    fs::write(inputs.path("far.json"), far.to_string()).unwrap();
    let document = json_of(&[inputs.path("far.json")], &[]);
    assert_eq!((&document["clock"], &document["busy_ns"]), (&json!("own"), &json!(1_000_000)));
    assert!(document["problems"][0]["what"].as_str().unwrap().contains("before 1969 or after 2260"));
    for file in ["a.csv", "own.json"] {
        let moved = json_of(&[inputs.path(file)], &["--offset", &format!("{file}=2562047h")]);
        assert_eq!(moved["inputs"][0]["shift_ns"], 0);
        assert!(moved["problems"][0]["what"].as_str().unwrap().contains("--offset is left out"), "{file}");
    }
}
