//! Attributes after the end of a process that was killed.

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::thread;

use waterfall_recorder::Recorder;
use waterfall_recorder::format::Content;

use crate::crashes::{Moments, kills};
use crate::progress::Progress;
use crate::records::{Records, lines_that_are_no_rows};

/// The work that a thread of the killed program repeats for ever with spans `<thread> <count>`. Each gets the attribute
/// `early` when it starts and `late` when it ends, with the name of the span as the value. Reports both when they have
/// returned.
type Work = fn(&Recorder, &dyn Fn(u64) -> String, &dyn Fn(u64), &dyn Fn(u64));

const GUARDS: u64 = 100;

const WORKS: [Work; 3] = [
    |pp, task, early, late| {
        for count in 1.. {
            let task = task(count);
            pp.start_with(&task, &[("early", &task)]);
            early(count);
            pp.record("late", &task);
            late(count);
            pp.dump();
        }
    },
    // Long rows with quotes, so that the window moves.
    |pp, task, early, late| {
        let filler = "\",".repeat(500);
        for count in 1.. {
            let task = task(count);
            pp.start_with(&task, &[("filler, \"long\"", &filler), ("early", &task)]);
            early(count);
            pp.record("late", &task);
            late(count);
            pp.dump();
        }
    },
    // Many at once, each with attributes from two threads.
    |pp, task, early, late| {
        let mut guards = VecDeque::new();
        for count in 1.. {
            guards.push_back(pp.span(task(count)).with("early", task(count)));
            early(count);
            if count > GUARDS {
                let guard = guards.pop_front().unwrap();
                let of = task(count - GUARDS);
                if count % 50 == 0 {
                    thread::scope(|scope| {
                        scope.spawn(|| guard.record("late", of));
                    });
                } else {
                    guard.record("late", of);
                }
                late(count - GUARDS);
            }
        }
    },
];

#[test]
fn a_kill_loses_no_attribute_that_was_given_and_none_is_at_another_row() {
    let records = Records::new();
    let mut moments = Moments::new();
    let progress = Progress::of(records.path());
    for round in 0..kills() {
        let child = records.child(|records| {
            let threads = [0, 1, 2].map(|n| {
                let (pp, progress) = (records.recorder(), Progress::of(records.path()));
                thread::spawn(move || {
                    let task = |count| format!("{n} {count}");
                    let early = |count| progress.started(n, count);
                    WORKS[n](&pp, &task, &early, &|count| progress.ended(n, count));
                })
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        progress.reset();
        let child = if round % 4 == 3 { child.env("WATERFALL_JOURNAL", "write") } else { child };
        moments.kill_at_any(child.spawn(), &progress);
        check_killed(&records, &progress, round);
        let _ = fs::remove_dir_all(records.path());
    }
}

/// Checks that every attribute whose call returned is at its span, that there is at most one more of each, and that
/// only the end of a file is torn.
fn check_killed(records: &Records, progress: &Progress, round: u64) {
    let given = records.given();
    for given in &given {
        let is_filler = given.name.starts_with("filler");
        assert!(is_filler || given.value == given.span.task, "round {round}: {given:?}");
    }
    for n in 0..WORKS.len() {
        let values = |name: &str| -> HashSet<u64> {
            let given = given.iter().filter(|given| given.name == name);
            let numbers = given.filter_map(|given| given.value.strip_prefix(&format!("{n} ")));
            numbers.map(|number| number.parse().unwrap()).collect()
        };
        let (early, late) = progress.of_thread(n);
        for (name, returned) in [("early", early), ("late", late)] {
            let found = values(name);
            assert!((returned..=returned + 1).contains(&(found.len() as u64)), "round {round}: {n} {name}");
            assert!((1..=returned).all(|count| found.contains(&count)), "round {round}: {n} {name}");
        }
    }
    for file in records.files_of(Content::Attributes) {
        let torn = lines_that_are_no_rows(&fs::read(&file).unwrap());
        assert!(torn <= 1, "round {round}: {torn} torn lines in {}", file.display());
    }
}
