//! The parts of the work, in this process: CPU time of all its threads.
//!
//! Calls what users of the library can call. The input of a stage is made before the measurement, and its result is
//! dropped after it.

use std::hint::black_box;
use std::path::Path;

use waterfall::internals::{CpuUse, analyse, summary_of, wall_shares};
use waterfall::{Reading, Report};

use crate::clock::{ClockId, time_ns};
use crate::{Case, floor, median};

/// Measures each stage and prints a table of them.
pub(crate) fn measure(case: &Case, records: &Path) {
    let reading = Reading::of(records);
    let report = Report::of(records);
    let loaded = reading.load().expect("the records can be read");

    println!("\n| {}: CPU of all threads | x floor | ms | ns a row |\n|---|---:|---:|---:|", case.label);
    let floor_ns = median((0..case.rounds).map(|_| floor::cpu_ns(records, case.lines())).collect());
    let print = |label: &str, ns: f64| {
        println!("| {label} | {:.1} | {:.0} | {:.0} |", ns / floor_ns, ns / 1e6, ns / case.rows as f64);
    };
    print("the floor: newlines counted", floor_ns);
    print("`Reading::load`: reading, nesting, statistics, bins", cpu_ns(case, || reading.load()));
    if case.attributes {
        let mut reading = reading.clone();
        reading.split_by.all = true;
        print("`Reading::load` with figures by every attribute", cpu_ns(case, || reading.load()));
    }
    print("`summary_of`: nesting, statistics, bins alone", cpu_ns(case, || summary_of(&loaded.trace)));
    print("`wall_shares`: the wall time, shared by all lanes", cpu_ns(case, || wall_shares(&loaded.trace)));
    print(
        "`analyse`, of the summary",
        cpu_ns(case, || analyse(&loaded.trace, &loaded.summary, CpuUse::default())),
    );
    print("`Report::render`: all of these, and the page", cpu_ns(case, || report.render()));
}

/// The CPU time of a stage, without dropping its result.
fn cpu_ns<T>(case: &Case, stage: impl Fn() -> T) -> f64 {
    let run = || {
        let mut result = None;
        let cpu_ns = time_ns(ClockId::ProcessCPUTime, || result = Some(black_box(stage())));
        drop(result);
        cpu_ns
    };
    median((0..case.rounds).map(|_| run()).collect())
}
