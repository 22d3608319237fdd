//! The cases that criterion measures: one line of the table each, in a process of its own.
//!
//! So no case finds the files, memory or switches of another one, and its records can be removed as soon as it ends.
//! Records go to `WATERFALL_DIR`, which the parent sets.

use std::hint::black_box;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Barrier;
use std::time::Duration;
use std::{env, fs, io, thread};

use criterion::{Bencher, Criterion, SamplingMode};
use waterfall_recorder::Recorder;

use crate::clock::{ClockId, time_ns};
use crate::cpu_time::CpuTime;
use crate::floor::{BIAS_MINUTES, Floor, GROUP, TASK, clock_reads, thread_clock_reads};
use crate::role::{self, Role};

/// One line of the table.
pub(crate) struct Case {
    /// The name for criterion, and the directory of the figures.
    pub(crate) name: &'static str,
    pub(crate) label: &'static str,
    /// A switch to set in its process.
    pub(crate) switch: Option<(&'static str, &'static str)>,
    bench: fn(&mut Bencher<'_, CpuTime>),
}

const fn case(name: &'static str, label: &'static str, bench: fn(&mut Bencher<'_, CpuTime>)) -> Case {
    Case { name, label, switch: None, bench }
}

const fn switched(mut case: Case, name: &'static str, value: &'static str) -> Case {
    case.switch = Some((name, value));
    case
}

/// The case with which all others are compared.
pub(crate) const FLOOR: &str = "floor";
/// The case with which those on several threads and processes are compared.
pub(crate) const PAIR: &str = "pair";

pub(crate) const CASES: [Case; 25] = [
    case(FLOOR, "the floor: two clock reads, and the pair's bytes formatted into RAM", floor),
    case("clock", "two clock reads alone", clock),
    case(PAIR, "`start` and `dump`, one thread", pair),
    case("span", "`span`", span),
    case("wait", "`wait`", wait),
    case("start-wait", "`start_wait` and `dump`", start_wait),
    case("instant", "`instant`", instant),
    case(
        "floor-attributes",
        "the floor of a pair with two `&str` attributes: also their bytes formatted into RAM",
        floor_attributes,
    ),
    case("attributes", "`start_with` two `&str` attributes, and `dump`", attributes),
    case("span-attributes", "`span` with two `&str` attributes", span_attributes),
    case("numbers", "`start_with` two integers as attributes, and `dump`", numbers),
    case("unusual", "`start_with` a URL with a comma and a JSON text, and `dump`", unusual),
    case("quoted", "`start` and `dump`, a comma and quotes in the name", quoted),
    case("threads", "`start` and `dump`, on each of 8 threads at once", threads),
    case("processes", "`start` and `dump`, in each of 8 processes at once", processes),
    switched(
        case("write", "`start` and `dump` with `WATERFALL_JOURNAL=write`", pair),
        "WATERFALL_JOURNAL",
        "write",
    ),
    case("thread-clock", "two reads of the thread's CPU time alone", thread_clock),
    switched(case("cpu", "`start` and `dump` with `WATERFALL_CPU=1`", pair), "WATERFALL_CPU", "1"),
    switched(case("cpu-span", "`span` with `WATERFALL_CPU=1`", span), "WATERFALL_CPU", "1"),
    switched(
        case("cpu-long", "`start` and `dump`, shorter than `WATERFALL_CPU=1ms`", pair),
        "WATERFALL_CPU",
        "1ms",
    ),
    switched(case("cpu-share", "`start` and `dump` with `WATERFALL_CPU=1%`", pair), "WATERFALL_CPU", "1%"),
    switched(case("off", "`start` and `dump` with `WATERFALL=0`", pair), "WATERFALL", "0"),
    switched(case("off-span", "`span` with `WATERFALL=0`", span), "WATERFALL", "0"),
    switched(case("off-instant", "`instant` with `WATERFALL=0`", instant), "WATERFALL", "0"),
    case("floor-again", "the floor once more, at the end: how steady the machine was", floor),
];

/// The group of all cases, and the directory above theirs.
pub(crate) const CRITERION_GROUP: &str = "recorder";

/// Measures a case, unless the command line selects others, and leaves its figures in a directory.
pub(crate) fn measure(name: &str, figures: &Path) {
    let case = CASES.iter().find(|case| case.name == name).expect("the parent names a case");
    // Short, because a second of pairs is a gigabyte of records.
    let mut criterion = Criterion::default()
        .with_measurement(CpuTime)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(500))
        .sample_size(if name == "processes" { 10 } else { 50 })
        .output_directory(figures)
        .configure_from_args();
    let mut group = criterion.benchmark_group(CRITERION_GROUP);
    // Samples of equal length, so that each has its share of the work that comes once in many rows.
    group.sampling_mode(SamplingMode::Flat);
    group.bench_function(case.name, case.bench);
    group.finish();
}

fn recorder() -> Recorder {
    Recorder::new(GROUP, "records", BIAS_MINUTES)
}

fn floor(bencher: &mut Bencher<'_, CpuTime>) {
    let mut floor = Floor::new();
    bencher.iter(|| floor.pair());
}

fn clock(bencher: &mut Bencher<'_, CpuTime>) {
    bencher.iter(clock_reads);
}

fn thread_clock(bencher: &mut Bencher<'_, CpuTime>) {
    bencher.iter(thread_clock_reads);
}

fn pair(bencher: &mut Bencher<'_, CpuTime>) {
    let pp = recorder();
    bencher.iter(|| {
        pp.start(black_box(TASK));
        pp.dump();
    });
}

fn span(bencher: &mut Bencher<'_, CpuTime>) {
    let pp = recorder();
    bencher.iter(|| drop(pp.span(black_box(TASK))));
}

fn wait(bencher: &mut Bencher<'_, CpuTime>) {
    let pp = recorder();
    bencher.iter(|| drop(pp.wait(black_box(TASK))));
}

fn start_wait(bencher: &mut Bencher<'_, CpuTime>) {
    let pp = recorder();
    bencher.iter(|| {
        pp.start_wait(black_box(TASK));
        pp.dump();
    });
}

fn instant(bencher: &mut Bencher<'_, CpuTime>) {
    let pp = recorder();
    bencher.iter(|| pp.instant(black_box(TASK)));
}

const URL: &str = "https://example.org/images/4711.png";
const STATUS: &str = "200 OK";

fn floor_attributes(bencher: &mut Bencher<'_, CpuTime>) {
    let mut floor = Floor::new();
    bencher.iter(|| floor.pair_with(black_box([("url", URL), ("status", STATUS)])));
}

fn attributes(bencher: &mut Bencher<'_, CpuTime>) {
    let pp = recorder();
    bencher.iter(|| {
        pp.start_with(black_box(TASK), &[("url", &black_box(URL)), ("status", &black_box(STATUS))]);
        pp.dump();
    });
}

fn span_attributes(bencher: &mut Bencher<'_, CpuTime>) {
    let pp = recorder();
    bencher.iter(|| {
        drop(pp.span(black_box(TASK)).with("url", black_box(URL)).with("status", black_box(STATUS)));
    });
}

fn numbers(bencher: &mut Bencher<'_, CpuTime>) {
    let pp = recorder();
    bencher.iter(|| {
        pp.start_with(black_box(TASK), &[("bytes", &black_box(81_233_u64)), ("status", &black_box(200_u32))]);
        pp.dump();
    });
}

fn unusual(bencher: &mut Bencher<'_, CpuTime>) {
    let pp = recorder();
    let (url, json) = ("https://example.org/images/47,11.png", r#"{"status": 200, "from": "cache"}"#);
    bencher.iter(|| {
        pp.start_with(black_box(TASK), &[("url", &black_box(url)), ("answer", &black_box(json))]);
        pp.dump();
    });
}

fn quoted(bencher: &mut Bencher<'_, CpuTime>) {
    let pp = recorder();
    bencher.iter(|| {
        pp.start(black_box("save, \"a\""));
        pp.dump();
    });
}

const AT_ONCE: u64 = 8;

fn threads(bencher: &mut Bencher<'_, CpuTime>) {
    let pp = recorder();
    bencher.iter_custom(|pairs| {
        let begin = Barrier::new(AT_ONCE as usize);
        let wait = || {
            begin.wait();
        };
        let run = || cpu_ns(&pp, pairs, wait);
        let total_ns: u64 = thread::scope(|scope| {
            let threads: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(run)).collect();
            threads.into_iter().map(|thread| thread.join().expect("recording never panics")).sum()
        });
        total_ns / AT_ONCE
    });
}

fn processes(bencher: &mut Bencher<'_, CpuTime>) {
    let directory = env::var_os("WATERFALL_DIR").expect("the parent sets it");
    bencher.iter_custom(|pairs| {
        // With fewer, the first process would end before the last one begins.
        let pairs_each = pairs.max(100_000);
        let mut children: Vec<Child> = (0..AT_ONCE)
            .map(|_| {
                role::command(Role::Process { pairs: pairs_each })
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .spawn()
                    .expect("this program can be run")
            })
            .collect();
        children.iter_mut().for_each(|child| drop(child.stdin.take())); // they begin
        let total_ns: u64 = children.into_iter().map(role::printed_number).sum();
        // Remove their records: the next ones are in files of other names.
        if let Err(error) = fs::remove_dir_all(&directory) {
            assert_eq!(error.kind(), io::ErrorKind::NotFound, "{error}");
        }
        (u128::from(total_ns / AT_ONCE) * u128::from(pairs) / u128::from(pairs_each)) as u64
    });
}

/// The CPU time of one of several processes for its pairs, after its parent lets it begin.
pub(crate) fn process_ns(pairs: u64) -> u64 {
    cpu_ns(&recorder(), pairs, || drop(io::copy(&mut io::stdin(), &mut io::sink())))
}

/// The CPU time of this thread for its pairs, after `wait`. The first pairs, which open its file, are not measured.
fn cpu_ns(pp: &Recorder, pairs: u64, wait: impl FnOnce()) -> u64 {
    let record = |pairs| {
        for _ in 0..pairs {
            pp.start(black_box(TASK));
            pp.dump();
        }
    };
    record(100);
    wait();
    time_ns(ClockId::ThreadCPUTime, || record(pairs))
}
