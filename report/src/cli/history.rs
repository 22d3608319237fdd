//! `waterfall history`: the figures of all runs ever kept of a name, and where they changed.

use std::env;
use std::io;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::exit::Outcome;
use super::progress_line::ProgressLine;
use super::terminal::{line, print, print_styled, stdout_width};
use crate::history::Wanted;
use crate::outputs::{self, History};
use crate::sources::Progress;

pub(super) const HELP: &str = "\
Examples:
  waterfall history before
  waterfall history before -o history.html
  waterfall history before after --task 'io/*'
  waterfall history before --format json
  waterfall history metrics/ -o history.html

A NAME is the name of kept runs, else the path of a directory: of kept runs in 1, 2, ..., or of CTHarvester's metrics, \
one file for each measurement. All runs that were ever kept are used, also those whose records are gone. The repeats \
of one command are one point: their median. A run that failed, has not ended or recorded nothing is named and not \
counted.

A figure changed where its level did for good: a single slow run is no change. At most 5 % of histories in which \
nothing changed have a change point in any figure, if the noise has no long tail and no run depends on the one before \
it. A machine that is slower for some hours makes change points. Change points are looked for from 6 points on, in the wall time and \
in tasks that take at least 0.5 % of it.

Exit codes:
  0  success, whether or not anything changed
  2  wrong usage, or a task that no run has
  3  a name has no runs, or none that can be used
  5  the output could not be written";

#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// Name of kept runs, or a directory of kept runs or of metrics; each has a section of its own
    #[arg(value_name = "NAME", required = true)]
    names: Vec<PathBuf>,

    /// Write a page to this file and print its path; - prints the page itself
    #[arg(long, short, value_name = "FILE", conflicts_with = "format")]
    output: Option<PathBuf>,

    /// Output format without --output
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Show only tasks or benchmarks that match this pattern, beside the wall time; may be repeated
    #[arg(long, value_name = "GLOB")]
    task: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Sentences and a table for the terminal
    Text,
    /// JSON for programs
    Json,
}

impl HistoryArgs {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let directory = env::current_dir().context("cannot determine the working directory")?;
        let progress = Progress::default();
        let shown = ProgressLine::begin(&progress);
        let wanted = Wanted { names: self.names, tasks: self.task, progress: progress.clone() };
        let read = wanted.read(&directory);
        drop(shown); // stdout may be the same terminal
        let history = read?;
        match &self.output {
            None => write(&history, self.format).context("cannot write the history to stdout")?,
            Some(path) if path.as_os_str() == "-" => {
                print(history.html().as_bytes()).context("cannot write the page to stdout")?;
            }
            Some(path) => {
                outputs::replace(path, history.html().as_bytes())
                    .with_context(|| format!("cannot write {}", path.display()))?;
                print(&line(path)).context("cannot write to stdout")?;
            }
        }
        Ok(Outcome::Done)
    }
}

fn write(history: &History, format: Format) -> io::Result<()> {
    match format {
        Format::Text => print_styled(&history.text(stdout_width())),
        Format::Json => print(history.json().as_bytes()),
    }
}
