//! The whole program: `waterfall DIR -o PAGE` in a process of its own, as users run it.
//!
//! CPU time (user and system, all threads) and peak memory are what the system reports of an ended process
//! (`wait4`). The peak is never less than this process had in memory when it started the other one, so this one
//! keeps nothing. The records are in the page cache.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

use crate::{Case, floor, median};

/// Measures a case and prints its line of the table.
pub(crate) fn measure(case: &Case, records: &Path) {
    let page = records.with_file_name("page.html");
    let newlines = case.lines();
    let [mut floors_ns, mut cpu_ns, mut wall_ns, mut peaks] = [const { Vec::new() }; 4];
    for _ in 0..case.rounds {
        floors_ns.push(floor::cpu_ns(records, newlines));
        let begin = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_waterfall"))
            .args([records, Path::new("-o"), &page])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program can be run");
        let ended = child.wait4().expect("it can be waited for");
        wall_ns.push(ns(begin.elapsed()));
        assert!(ended.status.success(), "{}: {}", case.name, ended.status);
        cpu_ns.push(ns(ended.rusage.utime + ended.rusage.stime));
        peaks.push(ended.rusage.maxrss);
    }
    let (floor_ns, cpu_ns) = (median(floors_ns), median(cpu_ns));
    let (wall_ns, peak) = (median(wall_ns), median(peaks));
    let page_length = page.metadata().expect("there is a page").len();
    println!(
        "| {} | {:.1} | {:.2} | {:.3} | {:.2} | {:.0} | {:.1} |",
        case.label,
        cpu_ns / floor_ns,
        cpu_ns / 1e9,
        floor_ns / 1e9,
        wall_ns / 1e9,
        peak / 1e6,
        page_length as f64 / 1e6,
    );
}

fn ns(duration: Duration) -> u64 {
    duration.as_nanos() as u64 // hours at most
}
