//! Reading one file into columns, beside a floor that is measured before each run.
//!
//! Figures are CPU time of all threads, medians of the rounds of a case. Prints a table.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use waterfall::internals::{Way, read_rows};

use crate::clock::{ClockId, time_ns};
use crate::{Case, median};

/// Measures a file that has the rows of the case and no problem. `floor_ns` measures the floor.
pub(crate) fn measure(case: &Case, path: &Path, floor: &str, mut floor_ns: impl FnMut() -> u64) {
    let bytes = fs::metadata(path).expect("it is there").len() as f64;
    let (mut floors_ns, mut cpu_ns) = (Vec::new(), Vec::new());
    for _ in 0..case.rounds {
        floors_ns.push(floor_ns());
        cpu_ns.push(time_ns(ClockId::ProcessCPUTime, || {
            let (lanes, problems, _) = read_rows(path, Way::FAST, None);
            assert_eq!(problems.total(), 0, "{:?}", problems.first());
            assert_eq!(black_box(lanes.iter().map(|rows| rows.len()).sum::<usize>()), case.rows);
        }));
    }
    println!("\n| {}: CPU of all threads | x floor | ms | ns a byte |\n|---|---:|---:|---:|", case.label);
    let floor_ns = median(floors_ns);
    for (label, ns) in [(floor, floor_ns), ("into columns", median(cpu_ns))] {
        println!("| {label} | {:.2} | {:.1} | {:.2} |", ns / floor_ns, ns / 1e6, ns / bytes);
    }
}
