//! Threads and their files.

use std::collections::HashSet;
use std::sync::{Arc, Barrier};
use std::thread::{self, Builder};

use waterfall_recorder::Recorder;
use waterfall_recorder::format::FileName;

use crate::records::{Records, assert_lost, name_of};

fn run_thread(name: &str, run: impl FnOnce() + Send + 'static) {
    Builder::new().name(name.to_owned()).spawn(run).unwrap().join().unwrap();
}

#[test]
fn threads_that_run_at_once_have_a_file_each() {
    let records = Records::new();
    let pp = records.recorder();
    let barrier = Arc::new(Barrier::new(8));
    let threads = (0..8).map(|n| {
        let (pp, barrier) = (pp.clone(), barrier.clone());
        thread::spawn(move || {
            for _ in 0..500 {
                pp.start(format!("task {n}"));
                pp.start("inner");
                pp.dump();
                pp.dump();
            }
            barrier.wait();
        })
    });
    threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());

    assert_eq!(records.files().len(), 8);
    for n in 0..8 {
        let spans: Vec<_> =
            records.spans().into_iter().filter(|span| span.task == format!("task {n}")).collect();
        assert_eq!(spans.len(), 500);
        assert!(spans.iter().all(|span| span.file == spans[0].file && span.end_ns.is_some()));
    }
    assert_eq!(records.spans().len(), 8 * 1000);
}

#[test]
fn thousands_of_short_threads_of_one_name_leave_few_files() {
    let records = Records::new();
    let child = records.child(|records| {
        for _ in 0..500 {
            let threads = (0..4).map(|_| {
                let pp = records.recorder();
                Builder::new().name("worker".into()).spawn(move || pp.time("work", || ())).unwrap()
            });
            threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
        }
    });
    child.succeed();
    assert_eq!(records.spans().len(), 2000);
    // Four at once, and one more each time that a thread found the pool locked for too long.
    assert!(records.files().len() < 10, "{} files", records.files().len());
}

#[test]
fn thousands_of_threads_of_different_names_leave_a_thousand_files_and_mixed_ones() {
    let records = Records::new();
    let child = records.child(|records| {
        for n in 0..1500 {
            let pp = records.recorder();
            let name = format!("worker {n}");
            let task = name.clone();
            run_thread(&name, move || pp.time(task, || ()));
        }
        // A thread whose file waits in the pool gets that one.
        let pp = records.recorder();
        run_thread("worker 7", move || pp.instant("again"));
        assert_lost(&records.recorder(), &[]);
    });
    child.succeed();
    assert_eq!(records.files().len(), 1025);
    let spans = records.spans();
    assert_eq!(spans.len(), 1501);
    for span in spans {
        let thread = name_of(&span.file).thread;
        let is_named = thread == span.task || (span.task == "again" && thread == "worker 7");
        assert!(is_named || thread == "mixed", "{} in the lane {thread}", span.task);
    }
}

#[test]
fn a_file_belongs_to_threads_of_one_name() {
    let records = Records::new();
    for name in ["reader", "writer", "reader"] {
        let pp = records.recorder();
        run_thread(name, move || pp.instant(name));
    }
    let spans = records.spans();
    let files: HashSet<_> = spans.iter().map(|span| (&span.task, &span.file)).collect();
    assert_eq!((spans.len(), files.len(), records.files().len()), (3, 2, 2));
}

#[test]
fn a_file_with_an_open_guard_is_nobodys_afterwards() {
    let records = Records::new();
    let pp = records.recorder();
    let (sender, receiver) = std::sync::mpsc::channel();
    let first = pp.clone();
    run_thread("worker", move || sender.send(first.span("open")).unwrap());
    run_thread("worker", move || pp.instant("later"));
    drop(receiver.recv().unwrap());
    assert_ne!(records.span("open").file, records.span("later").file);
}

#[test]
fn a_file_with_a_task_never_dumped_is_nobodys_afterwards() {
    let records = Records::new();
    for task in ["open", "later"] {
        let pp = records.recorder();
        run_thread("worker", move || pp.start(task));
    }
    assert_eq!(records.span("open").end_ns, None);
    assert_ne!(records.span("open").file, records.span("later").file);
}

#[test]
fn a_thread_may_record_in_several_directories() {
    let (one, other) = (Records::new(), Records::new());
    let (pp, qq) = (one.recorder(), other.recorder());
    pp.start("one");
    qq.start("other");
    pp.dump();
    qq.dump();
    assert!(one.span("one").end_ns.is_some() && other.span("other").end_ns.is_some());
    assert_eq!((one.files().len(), other.files().len()), (1, 1));
}

/// Records while its thread drops its thread-locals.
struct Farewell(Recorder);

impl Drop for Farewell {
    fn drop(&mut self) {
        self.0.instant("instant");
        self.0.time("time", || ());
        drop(self.0.span("span"));
    }
}

thread_local! {
    static FAREWELL: std::cell::RefCell<Option<Farewell>> = const { std::cell::RefCell::new(None) };
}

#[test]
fn other_thread_locals_may_record_while_they_are_dropped() {
    // Dropped once before and once after the recorder's own thread-local.
    for records_first in [true, false] {
        let records = Records::new();
        let pp = records.recorder();
        run_thread("worker", move || {
            if records_first {
                pp.instant("before");
            }
            FAREWELL.set(Some(Farewell(pp.clone())));
            if !records_first {
                pp.instant("before");
            }
        });
        let tasks: HashSet<_> = records.spans().into_iter().map(|span| span.task).collect();
        assert_eq!(tasks, HashSet::from(["before", "instant", "time", "span"].map(String::from)));
        assert!(records.spans().iter().all(|span| span.end_ns.is_some()));
    }
}

#[test]
fn files_are_named_after_their_thread() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.instant(thread::current().name().unwrap());
        let clone = pp.clone();
        thread::spawn(move || clone.instant("-")).join().unwrap();
        run_thread("pool/worker 1", move || pp.instant("pool/worker 1"));
    });
    child.succeed();
    for span in records.spans() {
        let name = FileName::parse(span.file.file_name().unwrap().to_str().unwrap()).unwrap();
        assert_eq!((name.thread, name.part), (span.task, 0));
    }
    assert_eq!(records.spans().len(), 3);
}
