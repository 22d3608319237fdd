//! The cost of a report, from the records to the page, compared with counting the newlines in the same bytes;
//! that of a table, too; that of a Chrome trace with `serde_json` passing over its bytes.
//!
//! `examples/generate.rs` makes the records in a directory that is removed at the end. Its parent is
//! `WATERFALL_BENCH_DIR`, else the system's temporary directory. Ten million rows take 2 GB there, for moments. A
//! count precedes each run, so that both meet the same machine. Figures are medians. `cargo bench -p waterfall --
//! binary/1M` measures that case alone. Prints tables for BENCHMARKS.md.

#![expect(clippy::print_stdout, reason = "its output is a table")]

mod chrome;
#[path = "../../../recorder/benches/pair/clock.rs"]
mod clock;
mod columns;
mod floor;
#[expect(dead_code, reason = "it is a program, too, which prints what it wrote")]
#[path = "../../../examples/generate.rs"]
mod generate;
mod process;
mod reader;
mod stages;
mod table;

use std::env;
use std::path::{Path, PathBuf};

use generate::Plan;

/// Rows, lanes, files and names for the generator, and the number of rounds.
struct Case {
    name: &'static str,
    label: &'static str,
    rows: usize,
    lanes: usize,
    files: Option<usize>,
    names: Option<usize>,
    attributes: bool,
    rounds: usize,
}

const fn case(name: &'static str, label: &'static str, rows: usize, rounds: usize) -> Case {
    Case { name, label, rows, lanes: 64, files: None, names: None, attributes: false, rounds }
}

/// The whole program, each run in a process of its own.
const BINARY: [Case; 6] = [
    case("binary/100k", "100 k rows, 64 lanes", 100_000, 5),
    case("binary/1M", "1 M rows, 64 lanes", 1_000_000, 5),
    case("binary/10M", "10 M rows, 64 lanes", 10_000_000, 3),
    Case {
        names: Some(1_000_000),
        ..case("binary/names", "1 M rows of 1 M different names, 64 lanes", 1_000_000, 3)
    },
    Case {
        attributes: true,
        ..case("binary/attributes", "1 M rows with two attributes each, 64 lanes", 1_000_000, 5)
    },
    Case {
        files: Some(5_000),
        lanes: 2_000,
        ..case("binary/files", "1 M rows, 2,000 lanes, 5,000 files", 1_000_000, 5)
    },
];

/// The reader alone, in this process.
const READER: Case = case("reader", "2 M rows, 64 lanes", 2_000_000, 9);

/// A Chrome trace, in this process.
const CHROME: Case = case("chrome", "1 M events of a Chrome trace, 8 threads", 1_000_000, 5);

/// A table of another program, in this process.
const TABLE: Case = case("table", "100 k rows of a table, 8 lanes, two attributes", 100_000, 9);

/// The parts of the work, in this process.
const STAGES: Case = case("stages", "1 M rows, 64 lanes", 1_000_000, 5);

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return; // `cargo test` also runs benches, to see whether they start
    }
    let filter = arguments.iter().find(|argument| !argument.starts_with("--"));
    let is_asked = |case: &Case| filter.is_none_or(|filter| case.name.contains(filter.as_str()));

    let binary: Vec<&Case> = BINARY.iter().filter(|case| is_asked(case)).collect();
    if !binary.is_empty() {
        println!("\n| the whole program | x floor | CPU s | floor, CPU s | wall s | peak MB | page MB |");
        println!("|---|---:|---:|---:|---:|---:|---:|");
    }
    for case in binary {
        with_records(case, |records| process::measure(case, records));
    }
    // After the processes: their measured peak memory is never less than ours.
    if is_asked(&READER) {
        with_records(&READER, |records| reader::measure(&READER, records));
    }
    if is_asked(&CHROME) {
        chrome::measure(&CHROME);
    }
    if is_asked(&TABLE) {
        table::measure(&TABLE);
    }
    if is_asked(&STAGES) {
        with_records(&STAGES, |records| stages::measure(&STAGES, records));
    }
}

impl Case {
    /// The number of lines of all files. Each has a header.
    fn lines(&self) -> usize {
        let of_attributes = if self.attributes { 2 * self.rows + self.lanes } else { 0 };
        self.rows + self.files.unwrap_or(self.lanes) + of_attributes
    }
}

/// Makes the records of a case in a directory of its own.
fn with_records(case: &Case, measure: impl FnOnce(&Path)) {
    let parent = env::var_os("WATERFALL_BENCH_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let directory = tempfile::tempdir_in(parent).expect("a directory can be made");
    let records = directory.path().join("records");
    let &Case { rows, lanes, files, names, attributes, .. } = case;
    let plan = Plan { rows, lanes, files, names, attributes, directory: records.clone() };
    plan.write().expect("records can be written");
    measure(&records);
}

/// The middle figure, or the later of the two middle ones.
fn median(mut figures: Vec<u64>) -> f64 {
    figures.sort_unstable();
    figures[figures.len() / 2] as f64
}
