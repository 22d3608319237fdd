//! `waterfall stats`: figures of tasks, and whether they keep their budgets.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::error::ErrorKind;
use clap::{Args, ValueEnum};
use waterfall::analysis::Overview;
use waterfall::budget::Budget;
use waterfall::outputs::{self, Statistics, Zone, terminal, units};
use waterfall::{Moment, Selection, Stats, stats};

use super::inputs::InputArgs;
use super::scenario;
use super::telling::{print, print_styled, stdout_width, tell, tell_problems};
use super::{EXIT_GATE, refuse};
use crate::progress_line::ProgressLine;

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
    inputs: InputArgs,

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

    /// Read spans that end at or after T: +12.5s since the start, or RFC 3339
    #[arg(long, value_name = "T")]
    from: Option<Moment>,

    /// Read spans that start at or before T
    #[arg(long, value_name = "T")]
    to: Option<Moment>,

    /// Tell moments in this zone of the IANA database [default: the offset of the earliest record]
    #[arg(long, value_name = "IANA")]
    timezone: Option<chrono_tz::Tz>,

    /// Minutes east of UTC: for the moments told, and for records that carry no offset
    #[arg(long, value_name = "MIN", allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-1439..=1439))]
    bias: Option<i32>,

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
        self.check();
        let stats = self.stats(scenario::find(self.scenario.as_deref())?.budgets);
        let progress = ProgressLine::begin(&stats.progress);
        let computed = match &self.output {
            Some(path) => {
                stats.render().map(|(statistics, problems, html)| (statistics, problems, Some((path, html))))
            }
            None => stats.compute().map(|(statistics, problems)| (statistics, problems, None)),
        };
        drop(progress); // stdout may be the same terminal
        let (statistics, problems, page) = match computed {
            Ok(computed) => computed,
            Err(stats::Error::NoMatch(error)) => refuse(Some("stats"), ErrorKind::InvalidValue, error),
            Err(error) => return Err(error.into()),
        };
        if let Some(error) = statistics.unmatched.first() {
            refuse(Some("stats"), ErrorKind::InvalidValue, error);
        }
        self.format.print(&statistics).context("cannot write the statistics to stdout")?;
        if self.format == Format::Csv && !statistics.verdicts.is_empty() {
            // The rows have no place for them.
            tell(
                anstream::adapter::strip_str(&outputs::verdicts(&statistics.verdicts, None))
                    .to_string()
                    .trim_end(),
            );
        }
        tell_problems(&problems);
        if let Some((path, html)) = page {
            outputs::replace(path, html.as_bytes())
                .with_context(|| format!("cannot write the page to {}", path.display()))?;
            tell(&terminal::plain(&path.display().to_string()));
        }
        tell(&summary(&statistics.overview, problems.total()));
        if stats.from.is_some() || stats.to.is_some() {
            tell(
                "spans that touch the window count whole, and time is that from the first of them to the last",
            );
        }
        let is_failed = !statistics.are_budgets_kept() || self.strict && problems.total() > 0;
        Ok(if is_failed { ExitCode::from(EXIT_GATE) } else { ExitCode::SUCCESS })
    }

    /// Ends the program where what was said contradicts itself.
    fn check(&self) {
        let window = Selection { from: self.from, to: self.to, ..Selection::default() };
        let wrong = if window.is_reversed() {
            format!("the window of `{window}` ends before it begins")
        } else if self.output.as_deref().is_some_and(|path| path.as_os_str() == "-") {
            "the page needs a file of its own: stdout has the figures".into()
        } else {
            return;
        };
        refuse(Some("stats"), ErrorKind::ValueValidation, wrong);
    }

    fn stats(&self, mut budgets: Vec<Budget>) -> Stats {
        budgets.extend_from_slice(&self.budget);
        let bias = self.bias.map(|minutes| minutes * 60);
        Stats {
            inputs: self.inputs.paths(),
            assumed_offset_s: bias,
            zone: self.timezone.map(Zone::Named).or(bias.map(Zone::Fixed)),
            from: self.from,
            to: self.to,
            groups: self.group.clone(),
            tasks: self.task.clone(),
            budgets,
            ..Stats::default()
        }
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
