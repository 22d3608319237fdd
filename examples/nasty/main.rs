//! Writes nasty inputs: files as crashes, editors, spreadsheets, other programs and attackers leave them.
//!
//! Takes a new directory, and writes below it about 120 inputs: `csv` and `gz` are PerformancePy's rows, unless a name
//! says otherwise; `records` are hand-written records; `json` are Chrome traces; `fs` has links, pipes and odd file
//! names, on Unix alone. The same bytes on every machine, except for what gzip makes of them.
//! `tests/it/nasty.rs` says what each of them has to give. Start the fuzzers with them, too: see CONTRIBUTING.md.

mod csv;
mod files;
mod json;

use std::io;
use std::path::Path;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(directory), None) = (arguments.next(), arguments.next()) else {
        anyhow::bail!("usage: nasty DIRECTORY");
    };
    let directory = Path::new(&directory);
    write_all(directory).with_context(|| format!("cannot write to {}", directory.display()))
}

fn write_all(directory: &Path) -> io::Result<()> {
    for (name, content) in [csv::inputs(), json::inputs(), files::inputs()].concat() {
        let path = directory.join(name);
        std::fs::create_dir_all(path.parent().expect("it is below the directory"))?;
        std::fs::write(path, content)?;
    }
    #[cfg(unix)]
    files::write_special(directory)?;
    Ok(())
}

/// A path below the directory, and the bytes of the file.
type Input = (String, Vec<u8>);
