//! Reading a table of another program into columns, compared with counting the newlines in the same bytes.
//!
//! The rows have what a spreadsheet's have: a task, two times with milliseconds, a lane and two attributes.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use crate::{Case, columns, floor};

/// Measures and prints a table.
pub(crate) fn measure(case: &Case) {
    let directory = tempfile::tempdir().expect("a directory can be made");
    let path = directory.path().join("table.csv");
    write(&path, case.rows).expect("a file can be written");
    let floor_ns = || floor::cpu_ns(directory.path(), case.rows + 1);
    columns::measure(case, &path, "the floor: newlines counted", floor_ns);
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
