//! The files after the end of a process, whatever ended it.

use std::collections::VecDeque;
use std::env;
use std::fs;
use std::process;
use std::thread;
use std::time::{Duration, Instant};

use waterfall_recorder::Recorder;

use crate::progress::Progress;
use crate::records::{Records, Running, lines_that_are_no_rows};

/// The number of kills of a test. `WATERFALL_TEST_KILLS=1000` is the full run.
pub(crate) fn kills() -> u64 {
    env::var("WATERFALL_TEST_KILLS").map_or(60, |kills| kills.parse().unwrap())
}

/// The work that a thread of the killed program repeats for ever with spans of a task. It reports each start and end
/// that returned.
type Work = fn(&Recorder, &str, &dyn Fn(u64), &dyn Fn(u64));

/// Guards at the same time, each with a row of more than 1,000 bytes: more than fit into a window of 4 MiB.
const GUARDS: u64 = 4200;

const WORKS: [(&str, Work); 4] = [
    ("plain", start_and_dump),
    ("quoted, \"with\" everything,", start_and_dump),
    // So many at once that the first ones end after the window has moved.
    ("guarded", |pp, task, started, ended| {
        let mut guards = VecDeque::new();
        for count in 1.. {
            guards.push_back(pp.span(task));
            started(count);
            if count > GUARDS {
                guards.pop_front();
                ended(count - GUARDS);
            }
        }
    }),
    ("instant", |pp, task, started, ended| {
        for count in 1.. {
            pp.instant(task);
            started(count);
            ended(count);
        }
    }),
];

fn start_and_dump(pp: &Recorder, task: &str, started: &dyn Fn(u64), ended: &dyn Fn(u64)) {
    for count in 1.. {
        pp.start(task);
        started(count);
        pp.dump();
        ended(count);
    }
}

#[test]
fn a_kill_loses_no_row_whose_start_and_no_end_whose_dump_returned() {
    let records = Records::new();
    let mut moments = Moments::new();
    let progress = Progress::of(records.path());
    for round in 0..kills() {
        let child = records.child(|records| {
            let threads = [0, 1, 2, 3].map(|n| {
                // Long rows in two of the files, so that the windows there move.
                let group = if n % 2 == 0 { "g".repeat(1000) } else { "g".to_owned() };
                let (pp, progress) = (records.recorder_of(&group, 0), Progress::of(records.path()));
                thread::spawn(move || {
                    let started = |count| progress.started(n, count);
                    let (task, work) = WORKS[n];
                    work(&pp, task, &started, &|count| progress.ended(n, count));
                })
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        });
        progress.reset();
        moments.kill_at_any(child.spawn(), &progress);
        check_killed(&records, &progress, round);
        let _ = fs::remove_dir_all(records.path());
    }
}

/// Checks that every start and end that returned is in the files, that there is at most one more of each, and that only
/// the end of a file is torn.
fn check_killed(records: &Records, progress: &Progress, round: u64) {
    let spans = records.spans();
    for (n, (task, _)) in WORKS.iter().enumerate() {
        let (started, ended) = progress.of_thread(n);
        let spans: Vec<_> = spans.iter().filter(|span| span.task == *task).collect();
        let finished = spans.iter().filter(|span| span.end_ns.is_some()).count() as u64;
        let rows = spans.len() as u64;
        assert!((started..=started + 1).contains(&rows), "round {round}: {rows} rows, {started} started");
        assert!((ended..=ended + 1).contains(&finished), "round {round}: {finished} ends of {ended}");
        let first_open = spans.iter().position(|span| span.end_ns.is_none()).unwrap_or(spans.len());
        assert_eq!(
            first_open as u64, finished,
            "round {round}: {task}: the rows with ends are not the first ones"
        );
    }
    assert_eq!(spans.len(), spans.iter().filter(|span| WORKS.iter().any(|work| work.0 == span.task)).count());
    for file in records.files() {
        let torn = lines_that_are_no_rows(&fs::read(&file).unwrap());
        assert!(torn <= 1, "round {round}: {torn} torn lines in {}", file.display());
    }
}

/// Moments that differ between runs, so that many runs try many of them.
pub(crate) struct Moments(u64);

impl Moments {
    pub(crate) fn new() -> Self {
        Self(u64::from(process::id()) << 32 | 1)
    }

    /// Kills a process at a moment. Most kills come after it has begun to record, one in eight at any moment.
    pub(crate) fn kill_at_any(&mut self, mut child: Running, progress: &Progress) {
        if self.below(8) > 0 {
            while progress.of_thread(0).0 == 0 {
                thread::yield_now();
                child.check_runs();
            }
        }
        let moment = Instant::now() + Duration::from_nanos(self.below(12_000_000));
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        child.kill();
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 32) % limit
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
fn a_thread_that_is_left_running_at_the_end_of_the_program_loses_nothing() {
    let records = Records::new();
    let progress = Progress::of(records.path());
    let child = records.child(|records| {
        let (pp, progress) = (records.recorder(), Progress::of(records.path()));
        let (work, told) = (pp.clone(), Progress::of(records.path()));
        thread::spawn(move || {
            start_and_dump(&work, "plain", &|count| told.started(0, count), &|count| told.ended(0, count));
        });
        pp.start("main");
        while progress.of_thread(0).1 < 20_000 {
            thread::yield_now();
        }
        // Returns from main, while the other thread is somewhere in the middle.
    });
    child.succeed();
    let (started, ended) = progress.of_thread(0);
    let spans: Vec<_> = records.spans().into_iter().filter(|span| span.task == "plain").collect();
    let finished = spans.iter().filter(|span| span.end_ns.is_some()).count() as u64;
    assert!(spans.len() as u64 >= started && finished >= ended && ended >= 20_000);
    assert_eq!(records.span("main").end_ns, None);
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
