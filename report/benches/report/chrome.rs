//! Reading a Chrome trace into columns, compared with `serde_json` passing over the same bytes in memory.
//!
//! The events are as VizTracer writes them: one line, blanks after separators, times with three decimals, an argument.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::clock::{ClockId, time_ns};
use crate::{Case, columns};
use serde::de::IgnoredAny;

/// Measures and prints a table.
pub(crate) fn measure(case: &Case) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let path = directory.path().join("trace.json");
    write(&path, case.rows).expect("a file can be written");
    let bytes = fs::read(&path).expect("it can be read");
    columns::measure(case, &path, "the floor: serde_json passes over it", || {
        time_ns(ClockId::ProcessCPUTime, || {
            black_box(serde_json::from_slice::<IgnoredAny>(&bytes).expect("it is JSON"));
        })
    });
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
