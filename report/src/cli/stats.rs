//! `waterfall stats`: shows task statistics and checks budgets.

use std::io;
use std::path::PathBuf;

use anyhow::Context;
use clap::error::ErrorKind;
use clap::{Args, ValueEnum};

use super::exit::{Outcome, Usage};
use super::progress_line::ProgressLine;
use super::reading::ReadingArgs;
use super::report::instants;
use super::scenario;
use super::terminal::{note, note_plain, print, print_problems, print_styled, stdout_width, timeless};
use crate::analysis::Overview;
use crate::gate::Budget;
use crate::outputs::{self, Statistics};
use crate::report::{self, Stats};
use crate::text::{NoMatch, units};

pub(super) const HELP: &str = "\
Examples:
  waterfall stats records
  waterfall stats records --task 'render*'
  waterfall stats records --task render -o render.html
  waterfall stats records --task render --slowest 100
  waterfall stats records --task download --by url
  waterfall stats records --wait 'lock*' --wait db/acquire
  waterfall stats records --budget 'render=16ms@p95' --budget 'frame=33.3ms@mean'
  waterfall stats .waterfall/runs/render/3 --scenario render
  waterfall stats records --format json | jq '.tasks[0]'

A budget is TASK=LIMIT@FIGURE. FIGURE is mean, median, min, max or a percentile such as p95 or p99.9. A task exactly \
at its limit meets the budget. Budgets are checked for all tasks, even for those that --task and --group hide. \
wall=90s and peak_memory=2GB are budgets of the whole run.

cpu and wait are parts of the self time: on a CPU, as far as the CPU time of spans is known, and in spans that are \
declared waits. Other time is off the CPU or not known; the JSON has all four parts.

--by prints one row for each value of the attribute, and one for the spans without it; the rows of a task sum to the \
task. More than 12 numbers are put into at most 12 ranges with edges 1, 2 and 5 x 10^n, or further apart. Up to 100,000 \
values of a task are told apart. Budgets are of whole tasks.

Quantiles use linear interpolation, and sd divides by the count; NumPy does the same by default. For tasks with more \
than 4,096 spans, p50, p95 and p99 are marked ~: they are at most 0.4 % off.

Exit codes:
  0  success
  1  a budget was broken, or --strict was given and the input had a problem
  2  wrong usage, or a name that matches nothing
  3  no readable input, or no readable row in it
  5  the output could not be written";

#[derive(Debug, Args)]
pub(super) struct StatsArgs {
    #[command(flatten)]
    reading: ReadingArgs,

    /// Show only tasks that match this pattern (* and ?), or `group/task`, with the distributions of their durations;
    /// may be repeated
    #[arg(long, value_name = "GLOB")]
    task: Vec<String>,

    /// Show only tasks of groups that match this pattern; may be repeated
    #[arg(long, value_name = "GLOB")]
    group: Vec<String>,

    /// Split the figures of each task by the values of this attribute, numbers in at most 12 ranges
    #[arg(long, value_name = "NAME")]
    by: Option<String>,

    /// How many of the slowest spans of each task to list; needs --task [default: 5 as text, 20 as JSON]
    #[arg(long, value_name = "N", requires = "task")]
    slowest: Option<usize>,

    /// Limit for a task or the whole run, for example 'render=16ms@p95' or wall=90s; may be repeated
    #[arg(long, value_name = "BUDGET")]
    budget: Vec<Budget>,

    /// Also check the budgets of this scenario of waterfall.toml, in this directory or above
    #[arg(long, value_name = "S")]
    scenario: Option<String>,

    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Write the page of the whole run to this file; it opens with the section of the first of the tasks; needs --task
    #[arg(short, long, value_name = "FILE", requires = "task")]
    output: Option<PathBuf>,

    /// Exit with 1 if the input had any problem
    #[arg(long)]
    strict: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Table for the terminal
    Text,
    /// JSON for programs
    Json,
    /// Table for issues and pull requests
    Markdown,
    /// Table for spreadsheets; names and values that look like formulas get a leading apostrophe
    Csv,
}

impl StatsArgs {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        if self.output.as_deref().is_some_and(|path| path.as_os_str() == "-") {
            let message = "--output needs a file name: the statistics already go to stdout";
            return Err(Usage::new(Some("stats"), ErrorKind::ValueValidation, message).into());
        }
        let stats = self.stats()?;
        let (statistics, html) = self.compute(&stats)?;
        self.print(&statistics)?;
        if let Some((path, html)) = self.output.as_ref().zip(html) {
            report::write(path, &html)?;
            note_plain(&path.display().to_string());
        }
        let problems = statistics.problems.total();
        note(&summary(&statistics.overview, statistics.profiles.len() as u64, problems));
        if stats.reading.selection.has_window() {
            note(
                "spans that overlap the time window count in full: the time is from the first start to the last end",
            );
        }
        let is_failed = !statistics.gate.is_passed() || self.strict && statistics.problems.total() > 0;
        Ok(Outcome::of_gate(!is_failed))
    }

    fn stats(&self) -> anyhow::Result<Stats> {
        let reading = self.reading.reading(Some("stats"))?;
        let mut budgets = scenario::find(self.scenario.as_deref())?.budgets;
        budgets.extend_from_slice(&self.budget);
        Ok(Stats {
            reading,
            zone: self.reading.zone(),
            groups: self.group.clone(),
            tasks: self.task.clone(),
            by: self.by.clone(),
            slowest: self.slowest,
            budgets,
        })
    }

    /// The statistics, and the page if `--output` asks for one. A name that matches nothing is a usage error.
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
        if let Some((_, error)) = computed.0.gate.unmatched().next() {
            return Err(no_match(error).into());
        }
        Ok(computed)
    }

    fn print(&self, statistics: &Statistics) -> anyhow::Result<()> {
        self.format.print(statistics).context("cannot write the statistics to stdout")?;
        if self.format == Format::Csv && !statistics.profiles.is_empty() {
            let profiles = units::counted(statistics.profiles.len() as u64, "profile");
            note(&format!("{profiles} not in the CSV, which is of tasks: use --format json"));
        }
        if self.format == Format::Csv && !statistics.gate.checks.is_empty() {
            // The rows have no column for checks.
            let lines = outputs::lines(&statistics.gate, statistics.cpu_use.as_ref(), None);
            note(anstream::adapter::strip_str(&lines).to_string().trim_end());
        }
        print_problems(&statistics.problems);
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

/// `50 spans in 19 lanes of 7 processes, 0.97 s, 0 problems`; with `, 9 instants` after the processes if there are any.
fn summary(overview: &Overview, profiles: u64, problems: u64) -> String {
    let timeless = timeless(overview.timings, profiles);
    if overview.lanes == 0 && !timeless.is_empty() {
        return format!("{timeless}{}", units::counted(problems, "problem"));
    }
    format!(
        "{} in {} of {}{}, {}, {timeless}{}",
        units::counted(overview.spans + overview.unfinished, "span"),
        units::counted(overview.lanes as u64, "lane"),
        units::counted(overview.processes as u64, "process"),
        instants(overview.instants),
        units::seconds(overview.wall_ns()),
        units::counted(problems, "problem"),
    )
}
