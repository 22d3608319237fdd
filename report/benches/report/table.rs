//! Reading a table of another program into columns, compared with counting the newlines in the same bytes.
//!
//! The rows have what a spreadsheet's have: a task, two times with milliseconds, a lane and two attributes. Figures are
//! CPU time of all threads. Each round counts the newlines first.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use waterfall::internals::{Way, read_rows};

use crate::clock::{ClockId, time_ns};
use crate::{Case, floor, median};

/// Measures and prints a table.
pub(crate) fn measure(case: &Case) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let path = directory.path().join("table.csv");
    write(&path, case.rows).expect("a file can be written");
    let bytes = fs::metadata(&path).expect("it is there").len();
    let (mut floors_ns, mut cpu_ns) = (Vec::new(), Vec::new());
    for _ in 0..case.rounds {
        floors_ns.push(floor::cpu_ns(directory.path(), case.rows + 1));
        cpu_ns.push(time_ns(ClockId::ProcessCPUTime, || {
            let (lanes, problems, _) = read_rows(&path, Way::FAST, None);
            assert_eq!(problems.total(), 0, "{:?}", problems.first());
            assert_eq!(black_box(lanes.iter().map(|rows| rows.len()).sum::<usize>()), case.rows);
        }));
    }
    println!("\n| {}: CPU of all threads | x floor | ms | ns a byte |\n|---|---:|---:|---:|", case.label);
    let floor_ns = median(floors_ns);
    for (label, ns) in [("the floor: newlines counted", floor_ns), ("into columns", median(cpu_ns))] {
        println!("| {label} | {:.2} | {:.1} | {:.2} |", ns / floor_ns, ns / 1e6, ns / bytes as f64);
    }
}

fn write(path: &Path, rows: usize) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(file, "name,start,end,worker,size,url")?;
    let time = |ms: usize| {
        let (hours, minutes, seconds) = (ms / 3_600_000 % 24, ms / 60_000 % 60, ms / 1000 % 60);
        format!("2026-11-20T{hours:02}:{minutes:02}:{seconds:02}.{:03}Z", ms % 1000)
    };
    for row in 0..rows {
        let (name, worker, size, url) = (row % 300, row % 8, row % 100, row % 50);
        let (start, end) = (time(row * 3), time(row * 3 + 5));
        writeln!(file, "fn_{name},{start},{end},worker {worker},{size},http://example.org/{url}")?;
    }
    file.flush()
}
