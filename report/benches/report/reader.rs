//! Reading record files into columns. Rows as a recorder writes them have a fast reader; the plain reader is the
//! reference that every way of reading must agree with.
//!
//! Figures are CPU time of all threads, since a large file is read in chunks on all of them. Journals are read one
//! after the other. Each round counts the newlines first, so that both figures of a ratio come from the same
//! moment.

use std::fs;
use std::hint::black_box;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use waterfall::internals::{Way, read_rows};

use crate::clock::{ClockId, time_ns};
use crate::{Case, floor, median};

/// Measures each way and prints a table of them.
pub(crate) fn measure(case: &Case, records: &Path) {
    let journals = journals(records).expect("the records are there");
    let whole = [records.with_file_name("whole.csv")];
    join(&journals, &whole[0]).expect("a file can be written");
    let ways: [(&str, &[PathBuf], Way); 3] = [
        ("into columns", &journals, Way::FAST),
        ("into columns, all in one file, in chunks", &whole, Way::FAST),
        ("into columns, by the plain reader", &journals, Way::PLAIN),
    ];
    let mut floors_ns = Vec::new();
    let mut cpu_ns = [const { Vec::new() }; 3];
    for _ in 0..case.rounds {
        floors_ns.push(floor::cpu_ns(records, case.lines()));
        for ((_, files, way), cpu_ns) in ways.iter().zip(&mut cpu_ns) {
            let read = || {
                let rows: usize = files.iter().map(|file| row_count(file, *way)).sum();
                assert_eq!(black_box(rows), case.rows);
            };
            cpu_ns.push(time_ns(ClockId::ProcessCPUTime, read));
        }
    }

    println!("\n| {}: CPU of all threads | x floor | ms | ns a row |\n|---|---:|---:|---:|", case.label);
    let floor_ns = median(floors_ns);
    let labels = ways.iter().map(|(label, ..)| *label);
    let all = labels.zip(cpu_ns.map(median));
    for (label, ns) in [("the floor: newlines counted", floor_ns)].into_iter().chain(all) {
        println!("| {label} | {:.2} | {:.0} | {:.1} |", ns / floor_ns, ns / 1e6, ns / case.rows as f64);
    }
}

fn row_count(file: &Path, way: Way) -> usize {
    let (lanes, problems, _) = read_rows(file, way, None);
    assert_eq!(problems.total(), 0, "{:?}", problems.first());
    lanes.iter().map(|rows| rows.len()).sum()
}

fn journals(directory: &Path) -> io::Result<Vec<PathBuf>> {
    fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect()
}

/// Joins the rows of all journals below one header.
fn join(journals: &[PathBuf], whole: &Path) -> io::Result<()> {
    let mut file = fs::File::create(whole)?;
    for (number, journal) in journals.iter().enumerate() {
        let bytes = fs::read(journal)?;
        let header = if number == 0 { 0 } else { recorder::format::HEADER.len() };
        file.write_all(&bytes[header..])?;
    }
    Ok(())
}
