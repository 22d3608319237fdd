//! A trace as text for assertions, and the paths of test data and examples.

use std::env;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use waterfall::model::Trace;
use waterfall::{Problems, Reading};

use crate::processes::{Bounded, program};

/// A path below `tests/data`.
pub(crate) fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data").join(path)
}

/// Inputs of `examples/nasty` whose names begin like this, and the path of the one with this name. They are gone with
/// the directory.
pub(crate) fn nasty(name: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let written = program(example("nasty")).arg(directory.path()).arg(name).run();
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let path = directory.path().join(name);
    (directory, path)
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// An example that the same `cargo test` has built.
pub(crate) fn example(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap(); // <target>/<profile>/deps/it-<hash>
    let examples = test.ancestors().nth(2).unwrap().join("examples");
    let example = examples.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    let path = example.display();
    assert!(example.exists(), "{path} is missing, run: cargo build --example {name}");
    example
}

/// Reads one input in which possibly no row can be read. Gives the number of spans and the problems.
pub(crate) fn read_spans(input: &Path) -> (usize, Problems) {
    match Reading::of(input).load() {
        Ok(loaded) => (loaded.trace.span_count(), loaded.problems),
        Err(error) => (0, error.problems().expect("an error of the input").clone()),
    }
}

/// Reads one input, which must be readable.
pub(crate) fn read(input: &Path) -> (Trace, Problems) {
    let loaded = Reading::of(input).load().expect("the input is readable");
    (loaded.trace, loaded.problems)
}

/// One line per lane, then one per span: group, task, start and duration in ns, colour or `wait`.
pub(crate) fn dump(trace: &Trace) -> String {
    let mut text = String::new();
    for lane in trace.lanes() {
        let process = &trace.processes()[lane.process].identity;
        let pid = process.pid.map_or("-".into(), |pid| pid.to_string());
        text.push_str(&format!("{pid} {}\n", lane.identity.thread));
        for span in lane.spans.iter() {
            let key = trace.keys().key(span.key);
            let duration = span.duration_ns().map_or("unfinished".into(), |ns| ns.to_string());
            let look = key.kind.to_string();
            let color = if look.is_empty() { look } else { format!(" {look}") };
            let (group, task) = (trace.keys().name(key.group), trace.keys().name(key.task));
            text.push_str(&format!("  {group} | {task} | {} {duration}{color}\n", span.start.ns()));
        }
    }
    text
}

/// One line per counter of a process: pid, group, name, then its samples as `time:value`, with times in ns.
pub(crate) fn dump_counters(trace: &Trace) -> String {
    let mut text = String::new();
    for counter in trace.counters() {
        let pid = counter.process.pid.map_or("-".into(), |pid| pid.to_string());
        let samples = counter.samples.iter().map(|(time, value)| format!(" {}:{value:?}", time.ns()));
        let samples: String = samples.collect();
        text.push_str(&format!("{pid} {} | {} |{samples}\n", counter.group, counter.name));
    }
    text
}

/// The problems as `file:line: message`.
pub(crate) fn problems(problems: &Problems) -> Vec<String> {
    (problems.first().iter())
        .map(|problem| {
            let name = problem.path.file_name().unwrap().to_string_lossy();
            let line = problem.line.map_or(String::new(), |line| format!(":{line}"));
            format!("{name}{line}: {}", problem.message)
        })
        .collect()
}
