//! Values as text; and all that threads can do with attributes, in any order, in files that rotate soon.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

use proptest::prelude::*;

use super::*;
use crate::format::{ATTRIBUTE_HEADER, Content, FileName, HEADER, NAME_LIMIT};
use crate::journal::ROTATION_HERE;
use crate::{Recorder, Span};

/// Formats as several texts, one after another.
struct Parts(&'static [&'static str]);

impl Display for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| f.write_str(part))
    }
}

fn check(value: &dyn Display, expected: &str, is_cut: bool) {
    let mut row = Row::default();
    row.fill_attribute_with(
        &Attribute { lane: 0, part: 0, row: 28, start_ns: 0, name: "n", value: "" },
        value,
    );
    let text = String::from_utf8(row.to_bytes()).unwrap();
    let text = text.strip_prefix("0,0,28,000000000,n,").unwrap().strip_suffix("\r\n").unwrap();
    assert_eq!((text, row.is_value_cut()), (expected, is_cut));
}

#[test]
fn a_value_is_its_text() {
    check(&81_233, "81233", false);
    check(&format_args!("{}x{}", 640, 480), "640x480", false);
    check(&"", "", false);
    check(&"x".repeat(NAME_LIMIT), &"x".repeat(NAME_LIMIT), false);
}

#[test]
fn a_long_value_is_cut_at_a_whole_character() {
    let almost = "x".repeat(NAME_LIMIT - 1);
    check(&format!("{almost}yz"), &format!("{almost}y"), true);
    check(&format!("{almost}\u{e9}"), &almost, true);
}

#[test]
fn nothing_follows_a_cut() {
    let long: &'static str = "x".repeat(NAME_LIMIT - 1).leak();
    check(&Parts([long, "\u{e9}", "later"].as_slice().to_vec().leak()), long, true);
}

#[test]
fn a_display_that_gives_up_leaves_its_beginning() {
    struct Failing;
    impl Display for Failing {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("beginning")?;
            Err(fmt::Error)
        }
    }
    check(&Failing, "beginning", false);
}

/// What a thread does next. Spans and guards are chosen among those that there are.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Starts a span with this many attributes.
    Start(usize),
    Record,
    Dump,
    /// Makes a guard with an attribute.
    Guard,
    RecordGuard(usize),
    DropGuard(usize),
    /// Ends, so that the next thread of its name takes over its files.
    End,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..4_usize).prop_map(Step::Start),
        3 => Just(Step::Record),
        3 => Just(Step::Dump),
        2 => Just(Step::Guard),
        4 => any::<usize>().prop_map(Step::RecordGuard),
        2 => any::<usize>().prop_map(Step::DropGuard),
        1 => Just(Step::End),
    ]
}

type Work = Box<dyn FnOnce() + Send>;

/// A thread that does one thing after another, and waits in between.
struct Worker {
    work: Option<Sender<Work>>,
    thread: Option<JoinHandle<()>>,
    /// The spans that are started on it.
    stack: Vec<String>,
}

impl Worker {
    fn new(name: &str) -> Self {
        let (work, works) = mpsc::channel::<Work>();
        let run = move || {
            ROTATION_HERE.set(700);
            works.into_iter().for_each(|work| work());
        };
        let thread = thread::Builder::new().name(name.to_owned()).spawn(run).unwrap();
        Self { work: Some(work), thread: Some(thread), stack: Vec::new() }
    }

    fn run<R: Send + 'static>(&self, work: impl FnOnce() -> R + Send + 'static) -> R {
        let (done, result) = mpsc::channel();
        self.work.as_ref().unwrap().send(Box::new(move || done.send(work()).unwrap())).unwrap();
        result.recv().unwrap()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.work = None;
        self.thread.take().unwrap().join().unwrap();
    }
}

/// Does the steps, one after another, each on one of three threads. Returns all that was given as `(task, name,
/// value)`.
fn run(pp: &Recorder, steps: Vec<(usize, Step)>) -> Vec<[String; 3]> {
    let mut workers = [Worker::new("a"), Worker::new("b"), Worker::new("b")];
    let mut guards: Vec<(String, Span)> = Vec::new();
    let mut given = Vec::new();
    let mut give = |task: &str| {
        let number = given.len();
        let (name, value) = (format!("n{}, \"x\"", number % 3), format!("{number}"));
        given.push([task.to_owned(), name.clone(), value.clone()]);
        (name, value)
    };
    for (at, (worker, step)) in steps.into_iter().enumerate() {
        let (task, pp) = (format!("task {at}"), pp.clone());
        let worker = &mut workers[worker];
        match step {
            Step::Start(count) => {
                let attributes: Vec<_> = (0..count).map(|_| give(&task)).collect();
                worker.stack.push(task.clone());
                worker.run(move || {
                    let attributes: Vec<(&str, &dyn Display)> = attributes
                        .iter()
                        .map(|(name, value)| (name.as_str(), value as &dyn Display))
                        .collect();
                    pp.start_with(task, &attributes);
                });
            }
            Step::Record => {
                if let Some(task) = worker.stack.last() {
                    let (name, value) = give(task);
                    worker.run(move || pp.record(name, value));
                }
            }
            Step::Dump => {
                if worker.stack.pop().is_some() {
                    worker.run(move || pp.dump());
                }
            }
            Step::Guard => {
                let (name, value) = give(&task);
                guards.push((task.clone(), worker.run(move || pp.span(task).with(name, value))));
            }
            Step::RecordGuard(guard) if !guards.is_empty() => {
                let (task, span) = guards.swap_remove(guard % guards.len());
                let (name, value) = give(&task);
                let span = worker.run(move || {
                    span.record(name, value);
                    span
                });
                guards.push((task, span));
            }
            Step::DropGuard(guard) if !guards.is_empty() => {
                let (_, span) = guards.swap_remove(guard % guards.len());
                worker.run(move || drop(span));
            }
            Step::RecordGuard(_) | Step::DropGuard(_) => {}
            Step::End => {
                let name = worker.thread.as_ref().unwrap().thread().name().unwrap().to_owned();
                let ended = std::mem::replace(worker, Worker::new(&name));
                drop(ended);
            }
        }
    }
    given
}

/// All attributes of a directory as `(task, name, value)`, and the number of record files that they name.
fn read(directory: &Path) -> (Vec<[String; 3]>, usize) {
    let files: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    let named = |content| {
        let names =
            files.iter().map(|file| (FileName::parse(file.file_name().unwrap().to_str().unwrap()), file));
        names.filter_map(move |(name, file)| Some((name.filter(|name| name.content == content)?, file)))
    };
    let records: HashMap<_, _> = named(Content::Records)
        .map(|(name, file)| ((name.lane, name.part), fs::read(file).unwrap()))
        .collect();
    let mut found = Vec::new();
    let mut parts = std::collections::HashSet::new();
    for (_, file) in named(Content::Attributes) {
        let text = fs::read_to_string(file).unwrap();
        let rows = text.strip_prefix(ATTRIBUTE_HEADER).unwrap().trim_end_matches('\n');
        for row in csv::ReaderBuilder::new().has_headers(false).from_reader(rows.as_bytes()).into_records() {
            let row = row.unwrap();
            let place = (row[0].parse().unwrap(), row[1].parse().unwrap());
            let (file, at) = (&records[&place], row[2].parse::<usize>().unwrap());
            assert!(at >= HEADER.len() && file[..at].ends_with(b"\r\n"), "{row:?}");
            let of =
                csv::ReaderBuilder::new().has_headers(false).from_reader(&file[at..]).into_records().next();
            let of = of.unwrap().unwrap();
            assert_eq!(of[2][20..29], row[3], "{row:?} of {of:?}");
            found.push([&of[1], &row[4], &row[5]].map(str::to_owned));
            parts.insert(place);
        }
    }
    (found, parts.len())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_attribute_is_at_the_row_that_it_was_given_to(
        steps in prop::collection::vec((0..3_usize, step()), 1..120), may_map: bool,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let mut switches = crate::Switches::from_env();
        switches.writes = !may_map;
        let pp = Recorder::with_switches("g, \"h\"", directory.path(), 0, switches);
        let mut given = run(&pp, steps);
        let mut found = if given.is_empty() { Vec::new() } else { read(directory.path()).0 };
        given.sort();
        found.sort();
        prop_assert_eq!(found, given);
    }
}

#[test]
fn attributes_of_all_parts_are_at_their_rows() {
    let directory = tempfile::tempdir().unwrap();
    let pp = Recorder::new("g", directory.path(), 0);
    let steps = (0..60).map(|at| (0, [Step::Start(2), Step::Record, Step::Dump][at % 3])).collect();
    let given = run(&pp, steps);
    let (found, parts) = read(directory.path());
    assert_eq!((found.len(), given.len()), (60, 60));
    assert!(parts > 2, "{parts} parts");
}
