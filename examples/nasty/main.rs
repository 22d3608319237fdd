//! Writes nasty inputs: files as crashes, editors, spreadsheets, other programs and attackers leave them.
//!
//! Takes a new directory, and writes below it about 120 inputs, or only those whose names begin as asked. `csv` and `gz`
//! are PerformancePy's files where the name does not say something else; `records` are hand-written records; `json` are
//! Chrome traces; `fs` has links, pipes and odd file names, on Unix alone. They are the same on every machine.
//! `tests/it/nasty.rs` has what each of them must give. The fuzzers begin with them, too: see CONTRIBUTING.md.

mod csv;
mod files;
mod json;

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let directory = PathBuf::from(arguments.next().context("usage: nasty DIRECTORY [BEGINNING...]")?);
    let beginnings: Vec<String> =
        arguments.map(|beginning| beginning.to_string_lossy().into_owned()).collect();
    write(&directory, &beginnings).with_context(|| format!("cannot write to {}", directory.display()))
}

fn write(directory: &Path, beginnings: &[String]) -> io::Result<()> {
    let is_asked =
        |name: &str| beginnings.is_empty() || beginnings.iter().any(|beginning| name.starts_with(beginning));
    for (name, content) in [csv::inputs(), json::inputs(), files::inputs()].concat() {
        if is_asked(&name) {
            let path = directory.join(name);
            fs::create_dir_all(path.parent().expect("it is below the directory"))?;
            fs::write(path, content)?;
        }
    }
    #[cfg(unix)]
    if is_asked("fs") {
        files::write_special(directory)?;
    }
    Ok(())
}

/// A path below the directory, and the bytes of the file.
type Input = (String, Vec<u8>);
