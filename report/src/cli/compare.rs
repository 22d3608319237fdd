//! `waterfall compare`: compares two sides of runs.

use std::io;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};

use super::exit::Outcome;
use super::progress_line::ProgressLine;
use super::reading::{BiasArg, ColumnsArg};
use super::scenario;
use super::terminal::{print, print_styled, stdout_width};
use crate::compare::Compare;
use crate::gate::Threshold;
use crate::outputs::Comparison;
use crate::sources::Progress;

pub(super) const HELP: &str = "\
Examples:
  waterfall compare before after
  waterfall compare before@3..7 after
  waterfall compare runs-a runs-b --threshold 3%
  waterfall compare main after --fail-on-regression
  waterfall compare before after --threshold 'save=10% and 2ms' --threshold wall=3%
  waterfall compare before after --format markdown >> comment.md
  waterfall compare old.json new.json

A side is the name of kept runs, else a path, else the name of a baseline:
  NAME        its latest repeats: all runs of its last command
  NAME@3..7   these runs
  NAME@3      this run, also as NAME/3
  DIRECTORY   one run; if its subdirectories are all named by numbers, one run in each
  FILE        one run of any format; a baseline; or CTHarvester's metrics. Not
              profiles without times, which have no durations
The output begins with how each side was read. A run that failed, or recorded nothing, is an error: name other runs.

The wall time and the total of each task are compared. A threshold is [SUBJECT=]CHANGE[@FIGURE]. SUBJECT is wall, \
peak_memory, or a task's name or pattern; without one, everything that has no threshold of its own. CHANGE is 5%, 2ms, \
or both as '5% and 2ms': then a change must reach both. FIGURE is total, count, mean, median, min, max, p95 or p99. \
A name goes before a pattern, and that before one for all; then the later one counts. Without thresholds, 5 % counts; \
of a task's total, it must also be 0.5 % of the wall time.

Each side needs at least four runs for a verdict. Metrics are single numbers, of which higher is better: they are not \
tested, and more than 20 % lower is a regression.

Exit codes:
  0  success, whatever the verdict, unless an option asks to fail
  1  a regression, and --fail-on-regression or --fail-on-inconclusive was given
  2  wrong usage, or a threshold that matches nothing
  3  a side is missing, failed, empty or 0 in every figure, or what a threshold
     names cannot be compared
  4  inconclusive, and --fail-on-inconclusive was given
  5  the output could not be written";

#[derive(Debug, Args)]
pub(super) struct CompareArgs {
    /// Runs to compare with: a name of kept runs, a directory or a file
    #[arg(value_name = "BASELINE")]
    baseline: PathBuf,

    /// Runs to judge, named in the same way
    #[arg(value_name = "CANDIDATE")]
    candidate: PathBuf,

    /// Smallest change that counts, for example 5%, wall=3%, 'save=10% and 2ms' or 'io/*=8%@p95'; may be repeated
    #[arg(long, value_name = "THRESHOLD")]
    threshold: Vec<Threshold>,

    /// Also use the thresholds in `compare` of this scenario of waterfall.toml, in this directory or above; --threshold
    /// goes before them
    #[arg(long, value_name = "S")]
    scenario: Option<String>,

    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Exit with 1 if any figure has a regression
    #[arg(long)]
    fail_on_regression: bool,

    /// Exit with 4 if the verdict is inconclusive, and with 1 if any figure has a regression
    #[arg(long)]
    fail_on_inconclusive: bool,

    /// Take each directory for one run, also if all its subdirectories are numbers
    #[arg(long)]
    one_run: bool,

    #[command(flatten)]
    bias: BiasArg,

    #[command(flatten)]
    columns: ColumnsArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Table for the terminal
    Text,
    /// JSON for programs
    Json,
    /// Table for issues and pull requests
    Markdown,
}

impl CompareArgs {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let scenario = scenario::find(self.scenario.as_deref())?;
        let progress = Progress::default();
        let compare = Compare {
            baseline: self.baseline.clone(),
            candidate: self.candidate.clone(),
            thresholds: [scenario.compare.thresholds.as_slice(), &self.threshold].concat(),
            one_run: self.one_run,
            assumed_offset_s: self.bias.offset_s(),
            columns: self.columns.map(Some("compare"))?,
            progress: progress.clone(),
        };
        let line = ProgressLine::begin(&progress);
        let compared = compare.compute();
        drop(line); // stdout may be the same terminal
        let comparison = compared?;
        let verdict = comparison.verdict();
        let outcome = Outcome::of_verdict(verdict, self.fail_on_regression, self.fail_on_inconclusive);
        self.print(&comparison, outcome).context("cannot write the comparison to stdout")?;
        Ok(outcome)
    }

    fn print(&self, comparison: &Comparison, outcome: Outcome) -> io::Result<()> {
        match self.format {
            Format::Text => print_styled(&comparison.text(stdout_width())),
            Format::Json => print(comparison.json(outcome.code()).as_bytes()),
            Format::Markdown => print(comparison.markdown().as_bytes()),
        }
    }
}
