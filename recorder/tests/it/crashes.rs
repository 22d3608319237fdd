//! What is left when a process ends, in whichever way.

use std::io::{Read, Write};
use std::process;
use std::thread;

use crate::records::Records;

/// What a killed program has said: a byte each time that a `start` or `dump` of a thread returned.
const SAID: [[u8; 2]; 2] = [[1, 2], [3, 4]];
const TASKS: [&str; 2] = ["plain", "quoted, \"with\" everything,"];

#[test]
fn a_kill_loses_no_row_whose_start_and_no_end_whose_dump_returned() {
    let mut random = 1_u64;
    for round in 0..25 {
        let records = Records::new();
        let child = records.child(|records| {
            let threads = [0, 1].map(|n| {
                let pp = records.recorder();
                thread::spawn(move || {
                    let mut stdout = std::io::stdout();
                    loop {
                        pp.start(TASKS[n]);
                        stdout.write_all(&[SAID[n][0], b'\n']).unwrap();
                        pp.dump();
                        stdout.write_all(&[SAID[n][1], b'\n']).unwrap();
                    }
                })
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        let mut child = child.spawn();
        let mut stdout = child.stdout.take().unwrap();
        // The moment of the kill: after so many bytes have come, and wherever the child is then.
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut said = vec![0; 200 + (random >> 52) as usize * 4];
        stdout.read_exact(&mut said).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        stdout.read_to_end(&mut said).unwrap();

        let spans = records.spans();
        for n in [0, 1] {
            let returned = SAID[n].map(|byte| said.iter().filter(|&&said| said == byte).count());
            let spans: Vec<_> = spans.iter().filter(|span| span.task == TASKS[n]).collect();
            let ended = spans.iter().filter(|span| span.end_ns.is_some()).count();
            let started = returned[0]..=returned[0] + 1;
            assert!(started.contains(&spans.len()), "round {round}: {} of {started:?} rows", spans.len());
            let dumped = returned[1]..=returned[1] + 1;
            assert!(dumped.contains(&ended), "round {round}: {ended} of {dumped:?} ends");
        }
    }
}

#[test]
fn an_abort_leaves_running_tasks_unfinished() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.instant("before");
        pp.start("running");
        process::abort();
    });
    assert!(!child.output().status.success());
    assert_eq!(records.tasks(), ["before", "running"]);
    assert_eq!(records.span("running").end_ns, None);
}

#[test]
fn an_exit_leaves_running_tasks_of_all_threads_unfinished() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.start("main");
        let _guard = pp.span("guarded");
        let clone = pp.clone();
        thread::spawn(move || {
            clone.time("done", || ());
            clone.start("in a thread");
            process::exit(7);
        });
        loop {
            thread::park();
        }
    });
    assert_eq!(child.output().status.code(), Some(7));
    for task in ["main", "guarded", "in a thread"] {
        assert_eq!(records.span(task).end_ns, None, "{task}");
    }
    assert!(records.span("done").end_ns.is_some());
}

#[test]
fn a_panic_loses_nothing() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        let _guard = pp.span("guarded");
        pp.start("started");
        panic!("as it was meant to");
    });
    assert!(!child.output().status.success());
    assert!(records.span("guarded").end_ns.is_some());
    assert_eq!(records.span("started").end_ns, None);
}
