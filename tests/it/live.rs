//! Files that are read while they are written: what was read as a row stays that row.

use std::collections::HashMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Condvar, Mutex};
use std::thread;

use recorder::Recorder;
use waterfall::model::{KeyId, Time};

use crate::dump::read;
use crate::processes::{BOUND, Bounded, program, until};

const WRITERS: usize = 8;

/// The number of passes of the reader; `WATERFALL_TEST_PASSES=1000` is the full run.
fn passes() -> usize {
    env::var("WATERFALL_TEST_PASSES").map_or(200, |passes| passes.parse().unwrap())
}

/// By the n-th pass, each writer may have written n times this number of rows in a directory.
const ROWS_A_PASS: usize = 20;
/// Passes in one directory, so that reading it stays quick.
const PASSES_A_DIRECTORY: usize = 10;

/// The task of a writer's n-th row in a directory. A quarter of the writers have quoted names.
fn task(writer: usize, n: usize) -> String {
    if writer.is_multiple_of(4) { format!("{writer} {n}, \"quoted\", {n}") } else { format!("{writer} {n}") }
}

/// The pass that the reader is at.
#[derive(Default)]
struct Pass {
    number: Mutex<usize>,
    moved: Condvar,
}

impl Pass {
    fn move_to(&self, number: usize) {
        *self.number.lock().unwrap() = number;
        self.moved.notify_all();
    }

    fn wait_for(&self, number: usize) {
        let at = self.number.lock().unwrap();
        let (at, waited) = self.moved.wait_timeout_while(at, BOUND, |at| *at < number).unwrap();
        assert!(!waited.timed_out(), "waited {BOUND:?} for pass {number} of the reader, which is at {at}");
    }
}

/// Records, pass by pass, until the reader is done.
fn write(writer: usize, directories: &[PathBuf], pass: &Pass) {
    for (place, directory) in directories.iter().enumerate() {
        let pp = Recorder::new("g", directory, 0);
        for n in 0..PASSES_A_DIRECTORY * ROWS_A_PASS {
            pass.wait_for(place * PASSES_A_DIRECTORY + n / ROWS_A_PASS);
            match n % 3 {
                0 => pp.instant(task(writer, n)),
                1 => {
                    pp.start_with(task(writer, n), &[("n", &n)]);
                    pp.dump();
                }
                _ => {
                    pp.start(task(writer, n));
                    thread::yield_now();
                    pp.dump();
                }
            }
        }
        assert_eq!(pp.losses().total(), 0);
    }
}

/// A row as an earlier pass read it: its lane, start and end, in Unix nanoseconds.
type Taken = (String, i64, Option<i64>);

fn check_pass(directory: &Path, taken: &mut HashMap<(usize, usize), Taken>) {
    let (trace, problems) = read(directory);
    for problem in problems.first() {
        assert_eq!(
            problem.message,
            "incomplete row skipped: its writer did not finish it (or an editor changed the line ends: then give the file another name)",
            "{}",
            problem.place()
        );
    }
    // One in each record file, and one in each attribute file.
    assert!(problems.total() <= 2 * WRITERS as u64, "{} torn rows", problems.total());
    let names: Vec<_> = trace.keys().all().iter().map(|key| trace.keys().name(key.task)).collect();
    let name_of = |key: KeyId| names[key.index()];
    let unix_ns = |time: Time| trace.origin_ns() + time.ns();
    let mut rows = 0;
    for lane in trace.lanes() {
        let numbers: Vec<_> = (lane.spans.iter().enumerate())
            .map(|(index, span)| {
                let name = name_of(span.key);
                let mut words = name.split([' ', ',']);
                let mut number = || words.next().unwrap().parse::<usize>().unwrap();
                let (writer, n) = (number(), number());
                assert_eq!(name, task(writer, n), "a line that was not written whole");
                let row = (lane.identity.identity.clone(), unix_ns(span.start), span.end.map(unix_ns));
                let earlier = taken.insert((writer, n), row.clone());
                let own: Vec<_> = lane.spans.attributes().of(index).collect();
                let value = n.to_string();
                // The row may be younger than what was read of the attributes. An end that was read before is not.
                let may_lack = earlier.as_ref().is_none_or(|(.., end)| end.is_none());
                let is_right = if n % 3 == 1 {
                    own == [("n", &*value)] || own.is_empty() && may_lack
                } else {
                    own.is_empty()
                };
                assert!(is_right, "row {n} of writer {writer} has the attributes {own:?}");
                if let Some((lane, start, end)) = earlier {
                    assert_eq!((&lane, start), (&row.0, row.1), "row {n} of writer {writer} has changed");
                    assert!(
                        end.is_none() || end == row.2,
                        "the end of row {n} of writer {writer} has changed"
                    );
                }
                rows += 1;
                n
            })
            .collect();
        assert!(numbers.iter().enumerate().all(|(place, &n)| place == n), "a row is missing: {numbers:?}");
    }
    assert_eq!(rows, taken.len(), "rows that were taken before are gone");
}

/// Lets the writers run to their end when the reader is done or has failed.
struct FreeWriters<'a>(&'a Pass);

impl Drop for FreeWriters<'_> {
    fn drop(&mut self) {
        self.0.move_to(usize::MAX);
    }
}

#[test]
fn a_reader_of_files_that_are_being_written_takes_no_torn_row_and_none_that_changes() {
    let root = tempfile::tempdir().unwrap();
    let directories: Vec<_> =
        (0..passes() / PASSES_A_DIRECTORY).map(|n| root.path().join(n.to_string())).collect();
    let pass = Pass::default();
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (directories, pass) = (&directories, &pass);
            scope.spawn(move || write(writer, directories, pass));
        }
        let _free = FreeWriters(&pass);
        for (place, directory) in directories.iter().enumerate() {
            let mut taken = HashMap::new();
            pass.move_to(place * PASSES_A_DIRECTORY);
            // A directory without a file would be an error.
            until("a writer's first file", || {
                fs::read_dir(directory).is_ok_and(|mut files| files.next().is_some())
            });
            for n in 0..PASSES_A_DIRECTORY {
                // While this pass reads, the writers write their next rows.
                pass.move_to(place * PASSES_A_DIRECTORY + n);
                check_pass(directory, &mut taken);
            }
            // On a busy machine, no writer may have come this far yet.
            until("a writer's first row", || {
                if taken.is_empty() {
                    check_pass(directory, &mut taken);
                }
                !taken.is_empty()
            });
        }
    });
}

#[test]
fn no_cpu_time_that_is_read_while_it_is_written_is_of_another_or_an_unfinished_span() {
    // The variable is read by each new recorder. So this is the test above, in a process of its own.
    let name = "live::a_reader_of_files_that_are_being_written_takes_no_torn_row_and_none_that_changes";
    let output = program(env::current_exe().unwrap())
        .args([name, "--exact"])
        .envs([("WATERFALL_CPU", "1"), ("WATERFALL_TEST_PASSES", "50")])
        .run();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
