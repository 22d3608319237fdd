//! `waterfall stats`: figures of tasks, and whether they keep their budgets.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::error::ErrorKind;
use clap::{Args, ValueEnum};

use super::exit::{self, Usage};
use super::progress_line::ProgressLine;
use super::reading::ReadingArgs;
use super::scenario;
use super::terminal::{print, print_styled, stdout_width, tell, tell_problems};
use crate::analysis::Overview;
use crate::gate::Budget;
use crate::outputs::{self, Statistics};
use crate::report::{self, Stats};
use crate::text::{NoMatch, terminal, units};

pub(super) const HELP: &str = "\
Examples:
  waterfall stats records
  waterfall stats records --task 'render*'
  waterfall stats records --task render -o render.html
  waterfall stats records --budget 'render=16ms@p95' --budget 'frame=33.3ms@mean'
  waterfall stats .waterfall/runs/render/3 --scenario render
  waterfall stats records --format json | jq '.tasks[0]'

A budget is TASK=TARGET@FIGURE: the figure is one of mean, median, min, max, p95, p99.9 ...; a task that exactly \
reaches its target keeps the budget. Budgets are of all tasks, whatever --task and --group choose for the table.

Quantiles are interpolated linearly, sd is over the count, both as NumPy has it. Of tasks with more than 4,096 spans \
p50, p95 and p99 are at most 0.4 % off, and marked ~.

Exit codes: 0 done; 1 a broken budget, or --strict and a problem; 2 wrong usage, also a name that matches nothing; 3 \
nothing readable in the input; 5 the output could not be written.";

#[derive(Debug, Args)]
pub(super) struct StatsArgs {
    #[command(flatten)]
    reading: ReadingArgs,

    /// Tell of tasks that match, or of `group/task` (* and ?), and how their durations are distributed; may be given
    /// more than once
    #[arg(long, value_name = "GLOB")]
    task: Vec<String>,

    /// Tell of tasks of groups that match; may be given more than once
    #[arg(long, value_name = "GLOB")]
    group: Vec<String>,

    /// What a task may take, as 'render=16ms@p95'; may be given more than once
    #[arg(long, value_name = "BUDGET")]
    budget: Vec<Budget>,

    /// What tasks may take by this scenario of waterfall.toml, here or above
    #[arg(long, value_name = "S")]
    scenario: Option<String>,

    /// How to tell it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Write a page here that shows how the tasks of --task are distributed, above the chart of the whole run
    #[arg(short, long, value_name = "FILE", requires = "task")]
    output: Option<PathBuf>,

    /// Exit with 1 when there was any problem with the input
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for the terminal
    Text,
    /// For programs
    Json,
    /// For issues and pull requests
    Markdown,
    /// For spreadsheets: a name that one would take for a formula has an apostrophe before it
    Csv,
}

impl StatsArgs {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        if self.output.as_deref().is_some_and(|path| path.as_os_str() == "-") {
            let message = "the page needs a file of its own: stdout has the figures";
            return Err(Usage::new(Some("stats"), ErrorKind::ValueValidation, message).into());
        }
        let stats = self.stats(scenario::find(self.scenario.as_deref())?.budgets)?;
        let (statistics, html) = self.compute(&stats)?;
        self.print(&statistics)?;
        if let Some((path, html)) = self.output.as_ref().zip(html) {
            report::write(path, &html)?;
            tell(&terminal::plain(&path.display().to_string()));
        }
        tell(&summary(&statistics.overview, statistics.problems.total()));
        if stats.reading.selection.has_window() {
            tell(
                "spans that touch the window count whole, and time is that from the first of them to the last",
            );
        }
        let is_failed = !statistics.gate.is_passed() || self.strict && statistics.problems.total() > 0;
        Ok(if is_failed { ExitCode::from(exit::GATE) } else { ExitCode::SUCCESS })
    }

    fn stats(&self, mut budgets: Vec<Budget>) -> Result<Stats, Usage> {
        budgets.extend_from_slice(&self.budget);
        Ok(Stats {
            reading: self.reading.reading(Some("stats"))?,
            zone: self.reading.zone(),
            groups: self.group.clone(),
            tasks: self.task.clone(),
            budgets,
        })
    }

    /// The figures, and the page where one was asked for. A name that matches nothing is wrong usage.
    fn compute(&self, stats: &Stats) -> anyhow::Result<(Statistics, Option<String>)> {
        let progress = ProgressLine::begin(&stats.reading.progress);
        let computed = match &self.output {
            Some(_) => stats.render().map(|(statistics, html)| (statistics, Some(html))),
            None => stats.compute().map(|statistics| (statistics, None)),
        };
        drop(progress); // stdout may be the same terminal
        let no_match = |error: &NoMatch| Usage::new(Some("stats"), ErrorKind::InvalidValue, error);
        let computed = match computed {
            Err(report::Error::NoMatch(error)) => return Err(no_match(&error).into()),
            computed => computed?,
        };
        if let Some(error) = computed.0.gate.unmatched().next() {
            return Err(no_match(error).into());
        }
        Ok(computed)
    }

    fn print(&self, statistics: &Statistics) -> anyhow::Result<()> {
        self.format.print(statistics).context("cannot write the statistics to stdout")?;
        if self.format == Format::Csv && !statistics.gate.checks.is_empty() {
            // The rows have no place for them.
            let lines = outputs::lines(&statistics.gate.checks, None);
            tell(anstream::adapter::strip_str(&lines).to_string().trim_end());
        }
        tell_problems(&statistics.problems);
        Ok(())
    }
}

impl Format {
    fn print(self, statistics: &Statistics) -> io::Result<()> {
        match self {
            Format::Text => print_styled(&statistics.text(stdout_width())),
            Format::Json => print(statistics.json().as_bytes()),
            Format::Markdown => print(statistics.markdown().as_bytes()),
            Format::Csv => print(statistics.csv().as_bytes()),
        }
    }
}

/// `50 spans in 19 lanes of 7 processes, 0.97 s, 0 problems`.
fn summary(overview: &Overview, problems: u64) -> String {
    format!(
        "{} in {} of {}, {}, {}",
        units::counted(overview.spans + overview.unfinished, "span"),
        units::counted(overview.lanes as u64, "lane"),
        units::counted(overview.processes as u64, "process"),
        units::seconds(overview.wall_ns()),
        units::counted(problems, "problem"),
    )
}
