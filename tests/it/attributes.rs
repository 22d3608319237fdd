//! Attributes: each is read at the span that it was given to, and at no other.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::thread;

use proptest::prelude::*;
use proptest::sample::Index;
use recorder::format::{ATTRIBUTE_HEADER, Attribute, Content, FileName, HEADER, Record, Row, Stamp};
use recorder::{Recorder, Span};
use waterfall::model::Trace;

use crate::dump::{problems, read};

/// The attributes of each span, by its task. Tasks must be different.
fn by_task(trace: &Trace) -> BTreeMap<String, Vec<(String, String)>> {
    let mut all = BTreeMap::new();
    for lane in trace.lanes() {
        for (index, span) in lane.spans.iter().enumerate() {
            let task = trace.keys().name(trace.keys().key(span.key).task).to_owned();
            let own =
                lane.spans.attributes().of(index).map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert!(all.insert(task, own.collect()).is_none(), "two spans of one task");
        }
    }
    all
}

/// What a thread is told to do. Spans are known by a number.
enum Step {
    /// Starts a span with a guard, and sends the guard back.
    Guard(usize, Sender<Span>),
    /// Gives the span of a guard an attribute, and sends the guard back.
    Give(Span, String, Sender<Span>),
    End(Span, Sender<()>),
    /// Starts a span that only this thread can end.
    Start(usize, Sender<()>),
    /// Gives the newest of those an attribute.
    Record(String, Sender<()>),
    Dump(Sender<()>),
}

/// A thread that does what it is told, one step after another.
fn worker(pp: &Recorder) -> Sender<Step> {
    let (tell, steps) = mpsc::channel();
    let pp = pp.clone();
    thread::spawn(move || {
        for step in steps {
            match step {
                Step::Guard(number, back) => back.send(pp.span(number.to_string())).unwrap(),
                Step::Give(span, value, back) => {
                    span.record("value", value);
                    back.send(span).unwrap();
                }
                Step::End(span, done) => {
                    drop(span);
                    done.send(()).unwrap();
                }
                Step::Start(number, done) => {
                    pp.start_with(number.to_string(), &[("first", &number)]);
                    done.send(()).unwrap();
                }
                Step::Record(value, done) => {
                    pp.record("value", value);
                    done.send(()).unwrap();
                }
                Step::Dump(done) => {
                    pp.dump();
                    done.send(()).unwrap();
                }
            }
        }
    });
    tell
}

/// Has a thread do a step, and waits for what it sends back.
fn told<T>(thread: &Sender<Step>, step: impl FnOnce(Sender<T>) -> Step) -> T {
    let (back, sent) = mpsc::channel();
    thread.send(step(back)).unwrap();
    sent.recv().unwrap()
}

const THREADS: usize = 3;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn attributes_of_any_thread_are_read_at_the_span_that_they_were_given_to(
        steps in prop::collection::vec((0usize..THREADS, 0u8..6, any::<Index>()), 1..80),
    ) {
        let directory = tempfile::tempdir().unwrap();
        let pp = Recorder::new("g", directory.path(), 0);
        let workers: Vec<_> = (0..THREADS).map(|_| worker(&pp)).collect();
        // The attributes that each span must have.
        let mut expected: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        let mut guards: Vec<(usize, Span)> = Vec::new();
        let mut stacks: Vec<Vec<usize>> = vec![Vec::new(); THREADS];
        let mut count = 0;
        for (thread, kind, place) in steps {
            let worker = &workers[thread];
            count += 1;
            let value = format!("value {count}, \"of\" {}", thread);
            let mut give = |number: usize, name: &str, value: &str| {
                expected.entry(number.to_string()).or_default().insert(name.into(), value.into());
            };
            match kind {
                0 => {
                    guards.push((count, told(worker, |back| Step::Guard(count, back))));
                    expected.entry(count.to_string()).or_default();
                }
                1 if !guards.is_empty() => {
                    let place = place.index(guards.len());
                    let (number, span) = guards.swap_remove(place);
                    // One thread gives it all of its values, so that their order is known.
                    let owner = &workers[number % THREADS];
                    guards.push((number, told(owner, |back| Step::Give(span, value.clone(), back))));
                    give(number, "value", &value);
                }
                2 if !guards.is_empty() => {
                    let (_, span) = guards.swap_remove(place.index(guards.len()));
                    told(worker, |done| Step::End(span, done));
                }
                3 => {
                    stacks[thread].push(count);
                    told(worker, |done| Step::Start(count, done));
                    give(count, "first", &count.to_string());
                }
                4 => if let Some(&number) = stacks[thread].last() {
                    told(worker, |done| Step::Record(value.clone(), done));
                    give(number, "value", &value);
                },
                5 if stacks[thread].pop().is_some() => told(worker, Step::Dump),
                _ => {}
            }
        }
        // While the threads still run.
        if expected.is_empty() {
            return Ok(());
        }
        let (trace, found) = read(directory.path());
        prop_assert_eq!(problems(&found), [""; 0]);
        let expected: BTreeMap<_, Vec<_>> =
            expected.into_iter().map(|(task, own)| (task, own.into_iter().collect())).collect();
        prop_assert_eq!(by_task(&trace), expected);
    }

    #[test]
    fn attributes_of_rotated_parts_in_any_file_of_the_process_are_read_at_their_rows(
        parts in prop::collection::vec((0u32..3, prop::collection::vec((0u8..4, 0i64..3), 0..20)), 1..6),
        given in prop::collection::vec((any::<Index>(), "[ab]", "[a-c,\" ]{0,3}"), 0..60),
        files in 1usize..4,
    ) {
        let directory = tempfile::tempdir().unwrap();
        let name = |lane: u32, part: u32, content: Content| FileName {
            host: "h".into(), pid: 1, process_start_ns: 255, lane, thread: "t".into(), part, content,
        };
        // Rows of several parts of several lanes, some torn, some after fill, many with equal digits.
        let mut rows: Vec<(Attribute<'_>, String)> = Vec::new();
        let mut parts_of = [0; 3];
        let mut count = 0;
        for (lane, own) in parts {
            let part = parts_of[lane as usize];
            parts_of[lane as usize] += 1;
            let mut text = HEADER.as_bytes().to_vec();
            for (kind, fraction_ns) in own {
                count += 1;
                let task = format!("{count:04}");
                let start = Stamp::new(1_795_185_780_000_000_000 + count * 1_000_000_000 + fraction_ns, 0);
                let row = Row::new(&Record { group: "g", task: &task, start, end: Some(start), color: "" });
                let at = text.len() as u64;
                match kind {
                    0 => text.extend(b"\n\r\n"),
                    1 => text.extend(b"torn,\n\r\n"),
                    _ => {
                        text.extend(row.to_bytes());
                        let start_ns = fraction_ns as u32;
                        rows.push((Attribute { lane, part, row: at, start_ns, name: "", value: "" }, task));
                    }
                }
            }
            fs::write(directory.path().join(name(lane, part, Content::Records).to_string()), text).unwrap();
        }
        // Attributes in the files of several threads. Of one span and name, all are in one file.
        let mut expected: BTreeMap<String, BTreeMap<String, String>> =
            rows.iter().map(|(_, task)| (task.clone(), BTreeMap::new())).collect();
        let mut texts = vec![ATTRIBUTE_HEADER.as_bytes().to_vec(); files];
        for (place, name, value) in given.iter().filter(|_| !rows.is_empty()) {
            let (row, task) = &rows[place.index(rows.len())];
            let mut bytes = Row::default();
            bytes.fill_attribute(&Attribute { name, value, ..*row });
            texts[(row.row as usize + name.len()) % files].extend(bytes.to_bytes());
            expected.get_mut(task).unwrap().insert(name.clone(), value.clone());
        }
        for (index, text) in texts.into_iter().enumerate() {
            let lane = 100 - index as u32;
            fs::write(directory.path().join(name(lane, 0, Content::Attributes).to_string()), text).unwrap();
        }
        if rows.is_empty() {
            return Ok(());
        }
        let (trace, found) = read(directory.path());
        let torn = |message: &str| message.contains("its writer did not finish it");
        prop_assert!(found.first().iter().all(|problem| torn(&problem.message)), "{:?}", problems(&found));
        let expected: BTreeMap<_, Vec<_>> =
            expected.into_iter().map(|(task, own)| (task, own.into_iter().collect())).collect();
        prop_assert_eq!(by_task(&trace), expected);
    }
}

#[test]
fn a_program_gives_its_spans_attributes_and_they_are_read() {
    let directory = tempfile::tempdir().unwrap();
    let pp = Recorder::new("download", directory.path(), 480);
    let request = pp.span("request").with("url", "https://example.org/?a=1,2").with("bytes", 81_233);
    thread::scope(|scope| scope.spawn(|| request.record("status", 200)).join()).unwrap();
    drop(request);
    assert_eq!(pp.losses().total(), 0);
    assert_eq!(
        by_task(&read_all(directory.path())),
        BTreeMap::from([(
            "request".to_owned(),
            [("bytes", "81233"), ("status", "200"), ("url", "https://example.org/?a=1,2")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec()
        )])
    );
}

fn read_all(directory: &Path) -> Trace {
    let (trace, found) = read(directory);
    assert_eq!(problems(&found), [""; 0]);
    trace
}
