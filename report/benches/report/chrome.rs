//! Reading a Chrome trace into columns, compared with `serde_json` passing over the same bytes in memory.
//!
//! The events are as VizTracer writes them: one line, blanks after separators, times with three decimals, an argument.
//! Figures are CPU time of all threads. Each round measures the floor first.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::de::IgnoredAny;
use waterfall::internals::{Way, read_rows};

use crate::clock::{ClockId, time_ns};
use crate::{Case, median};

/// Measures and prints a table.
pub(crate) fn measure(case: &Case) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let path = directory.path().join("trace.json");
    write(&path, case.rows).expect("a file can be written");
    let bytes = fs::read(&path).expect("it can be read");
    let (mut floors_ns, mut cpu_ns) = (Vec::new(), Vec::new());
    for _ in 0..case.rounds {
        floors_ns.push(time_ns(ClockId::ProcessCPUTime, || {
            black_box(serde_json::from_slice::<IgnoredAny>(&bytes).expect("it is JSON"));
        }));
        cpu_ns.push(time_ns(ClockId::ProcessCPUTime, || {
            let (lanes, problems, _) = read_rows(&path, Way::FAST, None);
            assert_eq!(problems.total(), 0, "{:?}", problems.first());
            assert_eq!(black_box(lanes.iter().map(|rows| rows.len()).sum::<usize>()), case.rows);
        }));
    }
    println!("\n| {}: CPU of all threads | x floor | ms | ns a byte |\n|---|---:|---:|---:|", case.label);
    let floor_ns = median(floors_ns);
    for (label, ns) in [("the floor: serde_json passes over it", floor_ns), ("into columns", median(cpu_ns))]
    {
        println!("| {label} | {:.2} | {:.0} | {:.2} |", ns / floor_ns, ns / 1e6, ns / bytes.len() as f64);
    }
}

fn write(path: &Path, events: usize) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    write!(file, "{{\"traceEvents\": [")?;
    for event in 0..events {
        let (tid, at, name) = (784 + event % 8, 2_013_098_513 + event * 3, event % 300);
        let separator = if event == 0 { "" } else { ", " };
        write!(
            file,
            "{separator}{{\"pid\": 784, \"tid\": {tid}, \"ts\": {at}.{:03}, \"ph\": \"X\", \"cat\": \"fee\", \"dur\": \
             {}.{:03}, \"name\": \"fn_{name} (/app/child.py:{name})\", \"args\": {{\"n\": \"{}\"}}}}",
            event % 1000,
            event % 50,
            event * 7 % 1000,
            event % 100,
        )?;
    }
    write!(file, "], \"displayTimeUnit\": \"ns\"}}")?;
    file.flush()
}
