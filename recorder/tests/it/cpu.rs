//! The CPU time of spans: `WATERFALL_CPU`.

use std::fs;
use std::hint::black_box;
use std::thread;
use std::time::Duration;

use waterfall_recorder::format::Content;
use waterfall_recorder::{Loss, Recorder};

use crate::forks::fork;
use crate::records::{Child, Records, Span, assert_lost};

/// The CPU time of a span, if it has one. It is in its file once, and in the form that the format specifies.
fn cpu_ns(records: &Records, task: &str) -> Option<i64> {
    let given = records.attributes_of(task);
    let mut values = given.iter().filter_map(|given| given.strip_prefix("cpu="));
    let ns = values.next().map(|value| value.strip_suffix("ns").unwrap().parse().unwrap());
    assert!(values.next().is_none() && ns.is_none_or(|ns: i64| ns >= 0), "{given:?}");
    ns
}

fn duration_ns(span: &Span) -> i64 {
    span.end_ns.unwrap() - span.start_ns
}

/// Uses the processor until this thread has used it for so long.
fn work(time: Duration) {
    let until = thread_cpu() + time;
    while thread_cpu() < until {
        (0..1000).for_each(|number| _ = black_box(number));
    }
}

fn thread_cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

fn every(child: Child) -> Child {
    child.env("WATERFALL_CPU", "1")
}

#[test]
fn without_the_switch_there_is_no_cpu_time_and_no_file_for_it() {
    for off in [None, Some(""), Some("0"), Some("0%"), Some("off")] {
        let records = Records::new();
        let mut child = records.child(|records| {
            let pp = records.recorder();
            pp.start("started");
            drop(pp.span("guarded"));
            pp.dump();
        });
        if let Some(value) = off {
            child = child.env("WATERFALL_CPU", value);
        }
        assert_eq!(child.succeed(), "");
        assert_eq!((records.spans().len(), records.files_of(Content::Attributes).len()), (2, 0));
    }
}

#[test]
fn an_unknown_switch_is_off_and_printed_once() {
    let records = Records::new();
    let child = records.child(|records| {
        records.recorder().time("save", || ());
        records.recorder_of("other", 0).time("save", || ());
    });
    let stderr = child.env("WATERFALL_CPU", "banana").succeed();
    let line = "waterfall: unknown value \"banana\" of WATERFALL_CPU: use 0, 1, a duration such as 50us, or a \
                percentage such as 1% (no CPU times are recorded)\n";
    assert_eq!((stderr.as_str(), records.given().len()), (line, 0));
}

#[test]
fn work_is_on_the_processor_and_sleep_is_not() {
    const TIME: Duration = Duration::from_millis(40);
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.start("work");
        work(TIME);
        pp.dump();
        pp.time("work, guarded", || work(TIME));
        pp.start("sleep");
        thread::sleep(TIME);
        pp.dump();
        let waiting = pp.wait("wait");
        thread::sleep(TIME);
        drop(waiting);
        assert_lost(&pp, &[]);
    });
    every(child).succeed();
    let time_ns = TIME.as_nanos() as i64;
    for task in ["work", "work, guarded"] {
        let (cpu_ns, duration_ns) = (cpu_ns(&records, task).unwrap(), duration_ns(&records.span(task)));
        assert!(time_ns <= cpu_ns && cpu_ns <= duration_ns + duration_ns / 100, "{cpu_ns} of {duration_ns}");
    }
    for task in ["sleep", "wait"] {
        // What the system does for a sleep counts, but is little even where it is slow.
        let (cpu_ns, duration_ns) = (cpu_ns(&records, task).unwrap(), duration_ns(&records.span(task)));
        assert!(duration_ns >= time_ns && cpu_ns < time_ns / 2, "{cpu_ns} of {duration_ns}");
    }
}

#[test]
fn the_cpu_time_of_a_span_contains_those_inside_it() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.start("outer");
        let guard = pp.span("guarded");
        pp.start("inner");
        work(Duration::from_millis(1));
        pp.dump();
        work(Duration::from_millis(1));
        drop(guard);
        pp.dump();
    });
    every(child).succeed();
    let [outer, guarded, inner] = ["outer", "guarded", "inner"].map(|task| cpu_ns(&records, task).unwrap());
    assert!(inner >= 1_000_000 && guarded >= inner + 1_000_000 && outer >= guarded);
}

#[test]
fn spans_end_in_any_order_with_their_cpu_time() {
    let records = Records::new();
    let child = records.child(|records| {
        let (pp, qq) = (records.recorder(), records.recorder_of("q", 0));
        pp.start("first");
        work(Duration::from_millis(1));
        qq.start("second");
        pp.dump();
        work(Duration::from_millis(1));
        qq.dump();
        pp.dump();
        assert_lost(&pp, &[(Loss::NotStarted, 1)]);
    });
    every(child).succeed();
    let [first, second] = ["first", "second"].map(|task| cpu_ns(&records, task).unwrap());
    assert!(first >= 1_000_000 && second >= 1_000_000);
}

#[test]
fn a_span_that_ends_on_another_thread_has_no_cpu_time() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        let guard = pp.span("handed over").with("n", 1);
        thread::spawn(move || drop(guard)).join().unwrap();
        let clone = pp.clone();
        drop(thread::spawn(move || clone.span("outlives its thread")).join().unwrap());
        // Comes back to its thread before it ends.
        let guard = pp.span("there and back");
        drop(thread::spawn(move || guard).join().unwrap());
        assert_lost(&pp, &[]);
    });
    every(child).succeed();
    assert_eq!(records.attributes_of("handed over"), ["n=1"]);
    assert_eq!(cpu_ns(&records, "outlives its thread"), None);
    assert!(cpu_ns(&records, "there and back").is_some());
    assert!(records.spans().iter().all(|span| span.end_ns.is_some()));
}

#[test]
fn a_forked_child_gives_cpu_time_to_its_own_spans_only() {
    let records = Records::new();
    let program = records.child(|records| {
        let pp = records.recorder();
        pp.start("started");
        let guard = std::mem::ManuallyDrop::new(pp.span("guarded"));
        let clone = pp.clone();
        fork(|| {
            clone.dump();
            drop(std::mem::ManuallyDrop::into_inner(guard));
            clone.time("of the child", || ());
            assert_lost(&clone, &[(Loss::Forked, 2)]);
        });
        pp.dump();
        assert_lost(&pp, &[]);
    });
    every(program).succeed();
    assert!(cpu_ns(&records, "started").is_some() && cpu_ns(&records, "of the child").is_some());
    assert_eq!(cpu_ns(&records, "guarded"), None);
    assert_eq!(records.given().len(), 2);
}

#[test]
fn a_moment_and_an_unfinished_span_have_no_cpu_time() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.instant("moment");
        pp.start("unfinished");
        std::mem::forget(pp.span("forgotten"));
    });
    every(child).succeed();
    assert_eq!((records.spans().len(), records.given().len()), (3, 0));
}

#[test]
fn cpu_time_follows_what_the_program_gives() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        pp.start_with("started", &[("url", &"a.png")]);
        pp.record("cpu", "mine");
        pp.dump();
        drop(pp.span("guarded").with("url", "b.png"));
        assert_lost(&pp, &[]);
    });
    every(child).succeed();
    let names = |task| {
        let names = records.attributes_of(task).into_iter();
        names.map(|given| given.split_once('=').unwrap().0.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        (names("started"), names("guarded")),
        (vec!["url".into(), "cpu".into(), "cpu".into()], vec!["url".into(), "cpu".into()])
    );
    assert!(records.attributes_of("started").pop().unwrap().ends_with("ns"), "the last one counts");
}

#[test]
fn cpu_time_is_in_its_file_when_the_call_returns() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        for number in 1..=3 {
            pp.time(format!("guarded {number}"), || ());
            pp.start(format!("started {number}"));
            pp.dump();
            // Reads the files while this thread has them open.
            assert_eq!(records.given().len(), 2 * number);
        }
    });
    every(child).succeed();
}

/// Records short spans, of which most contain others.
fn many(pp: &Recorder) {
    for number in 0..3000 {
        pp.start("outer");
        for _ in 0..number % 3 {
            pp.time("inner", || black_box(number));
        }
        pp.dump();
    }
}

const SPANS: usize = 3000 + 1000 + 2 * 1000;

#[test]
fn a_share_of_100_is_every_span_and_a_tiny_one_is_few() {
    let given = |share: &str| {
        let records = Records::new();
        let child = records.child(|records| many(&records.recorder()));
        child.env("WATERFALL_CPU", share).succeed();
        assert_eq!(records.spans().len(), SPANS);
        records.given().len()
    };
    assert_eq!(given("100%"), SPANS);
    // A thread can spend 200 us at once, and the CPU time of a span costs more than 100 ns anywhere.
    let few = given("0.0001%");
    assert!((1..2000).contains(&few), "{few}");
}

#[test]
fn a_share_measures_long_spans_whatever_runs_beside_them() {
    const ROUNDS: usize = 20;
    for is_inside in [true, false] {
        let records = Records::new();
        let child = records.child(|records| {
            let pp = records.recorder();
            let outer = is_inside.then(|| pp.span("outer"));
            for _ in 0..ROUNDS {
                (0..500).for_each(|number| pp.time("item", || _ = black_box(number)));
                pp.start("sleep");
                thread::sleep(Duration::from_millis(3));
                pp.dump();
                pp.time("sleep, guarded", || thread::sleep(Duration::from_millis(3)));
            }
            drop(outer);
            assert_lost(&pp, &[]);
        });
        child.env("WATERFALL_CPU", "1%").succeed();
        let given = records.given();
        let known = |task: &str| given.iter().filter(|given| given.span.task == task).count();
        assert_eq!(["sleep", "sleep, guarded"].map(known), [ROUNDS; 2]);
        assert!(known("item") < ROUNDS * 500 / 2, "{}", known("item"));
    }
}

#[test]
fn only_spans_of_a_length_have_their_cpu_time() {
    let records = Records::new();
    let child = records.child(|records| {
        let pp = records.recorder();
        many(&pp);
        pp.start("long");
        pp.time("long, guarded", || work(Duration::from_millis(20)));
        pp.dump();
    });
    child.env("WATERFALL_CPU", "20ms").succeed();
    let long = records.spans().into_iter().filter(|span| duration_ns(span) >= 20_000_000);
    let long: Vec<_> = long.collect();
    let mut given: Vec<_> = records.given().into_iter().map(|given| given.span).collect();
    given.sort_by_key(|span| span.start_ns);
    assert_eq!(given, long);
    // And perhaps some for which the machine had no time.
    assert!(long.len() >= 2 && long[long.len() - 2].task == "long");
}

#[test]
fn the_rows_are_the_same_with_and_without() {
    let rows = |value: &str| {
        let records = Records::new();
        let child = records.child(|records| {
            let pp = records.recorder();
            many(&pp);
            pp.start("left open, \"quoted\"");
            drop(pp.wait("wait"));
        });
        child.env("WATERFALL_CPU", value).succeed();
        let rows = records.spans().into_iter().map(|span| (span.task, span.color, span.end_ns.is_some()));
        rows.collect::<Vec<_>>()
    };
    let without = rows("0");
    for value in ["1", "1%", "1us"] {
        assert_eq!(rows(value), without, "{value}");
    }
}

#[test]
fn an_end_is_in_its_file_even_if_its_cpu_time_has_no_file() {
    let records = Records::new();
    let child = records.child(|records| {
        let (pp, moved) = (records.recorder(), records.path().with_file_name("moved"));
        pp.start("started");
        let guard = pp.span("guarded");
        // Something else in the place of the directory, so that no file can be made there.
        fs::rename(records.path(), &moved).unwrap();
        fs::write(records.path(), "").unwrap();
        drop(guard);
        pp.dump();
        fs::remove_file(records.path()).unwrap();
        fs::rename(moved, records.path()).unwrap();
        assert_lost(&pp, &[(Loss::NoFile, 2)]);
    });
    every(child).succeed();
    assert_eq!((records.spans().len(), records.given().len()), (2, 0));
    assert!(records.spans().iter().all(|span| span.end_ns.is_some()));
}
