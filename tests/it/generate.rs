//! The generator of large directories: `examples/generate.rs` wrote what it says that it wrote.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Output;

use recorder::format::FileName;

use crate::dump::{example, problems, read};
use crate::processes::{Bounded, program};

fn generate(arguments: &str, directory: &Path) -> Output {
    program(example("generate")).args(arguments.split(' ')).arg(directory).run()
}

/// Its two lines of output; it must succeed and print nothing on stderr.
#[track_caller]
fn said(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {stderr}", output.status);
    assert_eq!(stderr, "");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The bytes of each file by name.
fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    (fs::read_dir(directory).unwrap())
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
        })
        .collect()
}

/// Runs it and reads what it wrote; `expected` is the number of rows, lanes, processes and files.
#[track_caller]
fn check(arguments: &str, expected: [usize; 4]) {
    let directory = tempfile::tempdir().unwrap();
    let said = said(&generate(arguments, directory.path()));
    let files = files(directory.path());
    let bytes: usize = files.values().map(Vec::len).sum();
    let [rows, lanes, processes, file_count] = expected;
    let line = format!(
        "{rows} rows in {lanes} lanes of {processes} processes, {file_count} files, {} kB",
        bytes / 1000
    );
    assert_eq!(said, format!("{line}\n{}\n", directory.path().display()));

    let (trace, found) = read(directory.path());
    assert_eq!(problems(&found), [""; 0]);
    assert_eq!([trace.span_count(), trace.lanes().len(), trace.processes().len(), files.len()], expected);
}

#[test]
fn what_it_wrote_is_read_without_a_problem() {
    check("--rows 5000 --lanes 64", [5000, 64, 8, 64]);
    check("--rows 5000 --lanes 20 --files 50", [5000, 20, 3, 50]);
    check("--rows 7 --lanes 3 --files 7", [7, 3, 1, 7]);
    check("--rows 1 --lanes 1", [1, 1, 1, 1]);
}

#[test]
fn there_are_as_many_tasks_as_were_asked_for() {
    for names in [1, 100, 3000] {
        let directory = tempfile::tempdir().unwrap();
        said(&generate(&format!("--rows 3000 --lanes 9 --names {names}"), directory.path()));
        let (trace, _) = read(directory.path());
        let spans = trace.lanes().iter().flat_map(|lane| lane.spans.iter());
        let tasks: BTreeSet<_> = spans.map(|span| trace.keys().key(span.key).task).collect();
        assert_eq!(tasks.len(), names);
    }
}

#[test]
fn each_span_has_two_attributes_if_they_are_asked_for() {
    let directory = tempfile::tempdir().unwrap();
    let line = said(&generate("--rows 3000 --lanes 9 --files 20 --attributes", directory.path()));
    assert!(line.starts_with("3000 rows in 9 lanes of 2 processes, 29 files, "), "{line}");
    let (trace, found) = read(directory.path());
    assert_eq!(problems(&found), [""; 0]);
    let mut items = BTreeSet::new();
    for lane in trace.lanes() {
        for span in 0..lane.spans.len() {
            let own: Vec<_> = lane.spans.attributes().of(span).collect();
            assert!(matches!(own[..], [("item", _), ("kind", _)]), "{own:?}");
            items.insert(own[0].1.to_owned());
        }
    }
    assert_eq!(items.len(), 3000);
}

#[test]
fn there_is_something_of_everything() {
    let directory = tempfile::tempdir().unwrap();
    said(&generate("--rows 50000 --lanes 16", directory.path()));
    let (trace, _) = read(directory.path());
    let spans: Vec<_> = trace.lanes().iter().flat_map(|lane| lane.spans.iter()).collect();
    let count = |is_one: &dyn Fn(&_) -> bool| spans.iter().filter(|span| is_one(span)).count();
    let name = |span: &waterfall::model::Span| trace.keys().name(trace.keys().key(span.key).task);
    assert!(count(&|span| span.duration_ns() == Some(0)) > 10, "instants");
    assert!(count(&|span| span.duration_ns() > Some(30_000_000)) > 3, "long spans");
    assert!((4..20).contains(&count(&|span| span.end.is_none())), "unfinished spans");
    assert!(count(&|span| trace.keys().key(span.key).color().is_some()) > 100, "spans with a colour");
    assert!(count(&|span| name(span).contains('"')) > 100, "names in quotes");
}

#[test]
fn a_lane_goes_on_in_another_file_when_none_of_its_spans_is_open() {
    let directory = tempfile::tempdir().unwrap();
    said(&generate("--rows 2000 --lanes 8 --files 40", directory.path()));
    let mut parts = BTreeMap::<_, Vec<_>>::new();
    for name in files(directory.path()).keys() {
        let (trace, _) = read(&directory.path().join(name));
        let extent_ns = (trace.origin_ns(), trace.origin_ns() + trace.end().ns());
        let name = FileName::parse(name).unwrap();
        parts.entry((name.pid, name.lane)).or_default().push((name.part, extent_ns));
    }
    for parts in parts.values_mut() {
        parts.sort();
        assert!(parts.iter().map(|(part, _)| *part).eq(0..parts.len() as u32));
        assert!(parts.windows(2).all(|two| two[0].1.1 < two[1].1.0), "{parts:?}");
    }
}

#[test]
fn the_same_arguments_give_the_same_bytes() {
    let written = ["1", "3"].map(|threads| {
        let directory = tempfile::tempdir().unwrap();
        let mut command = program(example("generate"));
        command.args(["--rows", "3000", "--lanes", "5"]).arg(directory.path());
        said(&command.env("RAYON_NUM_THREADS", threads).run());
        files(directory.path())
    });
    assert!(written[0] == written[1]);
}

#[test]
fn a_directory_that_holds_something_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join("mine.csv"), "mine").unwrap();
    let output = generate("--rows 10 --lanes 1", directory.path());
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && stderr.contains("is not empty"), "{stderr}");
    assert_eq!(files(directory.path()), BTreeMap::from([("mine.csv".into(), b"mine".to_vec())]));
}

#[test]
fn what_cannot_be_is_refused_before_anything_is_written() {
    let directory = tempfile::tempdir().unwrap();
    for (arguments, message) in [
        ("--rows 10 --lanes 0", "no lane"),
        ("--rows 10 --lanes 3 --files 2", "2 files are too few for 3 lanes"),
        ("--rows 10 --lanes 11", "10 rows are too few for 11 files"),
        ("--rows 10 --lanes 1 --names 11", "a row has one name"),
    ] {
        let output = generate(arguments, directory.path());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && stderr.contains(message), "{arguments}: {stderr}");
    }
    assert!(files(directory.path()).is_empty());
}
