//! `waterfall compare`: compares two sides of runs.

use std::io;
use std::path::PathBuf;

use anyhow::Context;
use clap::error::ErrorKind;
use clap::{Args, ValueEnum};

use super::exit::{Outcome, Usage};
use super::in_turn::{Compared, InTurnArgs};
use super::progress_line::ProgressLine;
use super::reading::{BiasArg, ColumnsArg};
use super::report::size;
use super::scenario;
use super::terminal::{line, note_plain, print, print_styled, stdout_width};
use crate::compare::{self, Compare, Drawing};
use crate::gate::Threshold;
use crate::outputs::Comparison;
use crate::reading::DETAIL;
use crate::report;
use crate::sources::Progress;

pub(super) const HELP: &str = "\
Examples:
  waterfall compare before after
  waterfall compare before@3..7 after
  waterfall compare runs-a runs-b --threshold 3%
  waterfall compare main after --fail-on-regression
  waterfall compare before after --threshold 'save=10% and 2ms'
  waterfall compare before after -o compare.html
  waterfall compare before after --format markdown >> comment.md
  waterfall compare old.json new.json
  waterfall compare --repeat 10 --warmup 1 \\
    --baseline-command './old --steps 100' \\
    --candidate-command './new --steps 100'
  waterfall compare old new --until-decided --baseline-scenario old \\
    --candidate-scenario new

A side is the name of kept runs, else a path, else the name of a baseline:
  NAME        latest repeats: all runs of the last `waterfall run --name NAME`
  NAME@3..7   runs 3 to 7
  NAME@3      run 3, also written NAME/3
  DIRECTORY   one run; or one run in each subdirectory, if all are numbers
  FILE        one run of any format, a baseline, or CTHarvester's metrics
  BASELINE    the runs in waterfall-baselines/BASELINE.json
The output begins with how each side was read. A run that failed or recorded nothing is an error: name other runs. \
Profiles without times have no durations, so they cannot be compared.

The wall time and the total of each task are compared. A threshold is the smallest change that counts: \
[SUBJECT=]CHANGE[@FIGURE]. SUBJECT is wall, peak_memory, or the name or pattern of a task. Without SUBJECT, it applies \
to everything that has no threshold of its own. CHANGE is 5%, 2ms or '5% and 2ms': then a change must reach both. FIGURE \
is total, count, mean, median, min, max, p95 or p99. Names override patterns; of two equal ones, the later one counts. \
The default is 5%; a task's total must also change by 0.5 % of the wall time.

A verdict needs at least four runs on each side. Metrics are single numbers, and higher is better: they are not tested, \
and more than 20 % lower is a regression.

-o writes a page: the verdict, where the difference went, every figure with its interval and runs, and a chart with a \
run of each side, one above the other. It opens with the runs of median length; you can choose others. A run whose \
records are gone is drawn from its summary; one of which only the figures are kept, such as that of a baseline, is not \
drawn. Of a side with more than 30 runs, the 30 in the middle by length are drawn.

With commands, the two sides are run in turn: baseline and candidate, then candidate and baseline, and so on (ABBA). All \
runs are kept under the names BASELINE and CANDIDATE, by default `baseline` and `candidate`, and compared in pairs. So a \
machine that becomes slower meanwhile does not decide. A command is split into words as a shell would, and not run by a \
shell. With scenarios, both commands run in the directory of waterfall.toml. The commands' output goes to stderr. With \
--until-decided, there are pairs until every figure is decided, at most --at-most; of the 5 % of false alarms, the last \
look at the figures spends half, and all looks before it share the other half. A run that fails ends the comparison with \
the command's own exit code; a threshold that matches nothing ends it after the first pair.

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
    baseline: Option<PathBuf>,

    /// Runs to judge, named in the same way
    #[arg(value_name = "CANDIDATE")]
    candidate: Option<PathBuf>,

    #[command(flatten)]
    in_turn: InTurnArgs,

    /// Smallest change that counts, for example 5%, wall=3%, 'save=10% and 2ms' or 'io/*=8%@p95'; may be repeated
    #[arg(long, value_name = "THRESHOLD")]
    threshold: Vec<Threshold>,

    /// Also use the thresholds of this scenario of waterfall.toml, in this directory or above; --threshold overrides
    /// them
    #[arg(long, value_name = "S")]
    scenario: Option<String>,

    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// Also write a page of the comparison to this file
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// Maximum number of spans that the page shows of two runs; the other runs share as many again
    #[arg(long, value_name = "N", default_value_t = DETAIL, requires = "output")]
    detail: u64,

    /// Room for attributes on the page, compressed, shared in the same way
    #[arg(long, value_name = "SIZE", default_value = "16MB", value_parser = size, requires = "output")]
    attributes: u64,

    /// Exit with 1 if any figure has a regression
    #[arg(long)]
    fail_on_regression: bool,

    /// Exit with 4 if the verdict is inconclusive, and with 1 if any figure has a regression
    #[arg(long)]
    fail_on_inconclusive: bool,

    /// Treat each directory as one run, even if all its subdirectories are numbers
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
        if self.output.as_deref().is_some_and(|path| path.as_os_str() == "-") {
            let message =
                "the comparison itself goes to stdout, so the page needs a file: for example -o compare.html";
            return Err(Usage::new(Some("compare"), ErrorKind::ValueValidation, message).into());
        }
        let scenario = scenario::find(self.scenario.as_deref())?;
        let thresholds = [scenario.compare.thresholds.as_slice(), &self.threshold].concat();
        if self.in_turn.is_asked()? {
            return self.run_in_turn(&thresholds);
        }
        let (Some(baseline), Some(candidate)) = (self.baseline.clone(), self.candidate.clone()) else {
            let message =
                "name two sides, or give the commands of both: --baseline-command and --candidate-command";
            return Err(Usage::new(Some("compare"), ErrorKind::MissingRequiredArgument, message).into());
        };
        let progress = Progress::default();
        let compare = Compare {
            baseline,
            candidate,
            thresholds,
            one_run: self.one_run,
            assumed_offset_s: self.bias.offset_s(),
            columns: self.columns.map(Some("compare"))?,
            detail: Some(self.detail),
            attributes: Some(self.attributes),
            progress: progress.clone(),
        };
        let line = ProgressLine::begin(&progress);
        let compared = match &self.output {
            Some(_) => compare.compute_and_render().map(|(comparison, html)| (comparison, Some(html))),
            None => compare.compute().map(|comparison| (comparison, None)),
        };
        drop(line); // stdout may be the same terminal
        let (comparison, html) = compared?;
        let verdict = comparison.verdict();
        let outcome = Outcome::of_verdict(verdict, self.fail_on_regression, self.fail_on_inconclusive);
        self.finish(&comparison, outcome, html)
    }

    /// Writes the page, if any, and prints the comparison. That is printed even if the page cannot be written: commands
    /// may have run for hours.
    fn finish(
        &self,
        comparison: &Comparison,
        outcome: Outcome,
        html: Option<String>,
    ) -> anyhow::Result<Outcome> {
        // The JSON says how this ends.
        let written = match self.output.as_deref().zip(html) {
            Some((path, html)) => report::write(path, &html),
            None => Ok(()),
        };
        let outcome = if written.is_ok() { outcome } else { Outcome::Unfinished };
        self.print(comparison, outcome).context("cannot write the comparison to stdout")?;
        written?;
        self.print_path()?;
        Ok(outcome)
    }

    /// How the runs of the page are drawn that were made in turn.
    fn drawing(&self) -> Drawing {
        Drawing { detail: Some(self.detail), attributes: Some(self.attributes), ..Drawing::default() }
    }

    /// JSON and Markdown have stdout to themselves.
    fn print_path(&self) -> anyhow::Result<()> {
        let Some(path) = &self.output else { return Ok(()) };
        match self.format {
            Format::Text => print(&line(path)).context("cannot write to stdout"),
            Format::Json | Format::Markdown => {
                note_plain(&path.display().to_string());
                Ok(())
            }
        }
    }

    /// Runs the commands of both sides in turn, and compares them.
    fn run_in_turn(self, thresholds: &[Threshold]) -> anyhow::Result<Outcome> {
        if self.one_run || self.bias.offset_s().is_some() || self.columns.is_given() {
            let message = "--one-run, --bias and --columns are for sides that exist, and not for commands";
            return Err(Usage::new(Some("compare"), ErrorKind::ArgumentConflict, message).into());
        }
        let in_turn = self.in_turn.read([self.baseline.as_deref(), self.candidate.as_deref()])?;
        let thresholds = [in_turn.thresholds.as_slice(), thresholds].concat();
        let Compared { comparison, sides, has_losses } = match in_turn.execute(&thresholds)? {
            Ok(compared) => compared,
            Err(outcome) => return Ok(outcome),
        };
        let on_inconclusive = self.fail_on_inconclusive || in_turn.fail_on_inconclusive;
        let outcome =
            match Outcome::of_verdict(comparison.verdict(), self.fail_on_regression, on_inconclusive) {
                Outcome::Done if has_losses => Outcome::Unfinished,
                outcome => outcome,
            };
        let html = self.output.as_ref().map(|_| {
            let drawing = self.drawing();
            let _line = ProgressLine::begin(&drawing.progress);
            compare::page(&comparison, [&sides[0], &sides[1]], &drawing)
        });
        self.finish(&comparison, outcome, html)
    }

    fn print(&self, comparison: &Comparison, outcome: Outcome) -> io::Result<()> {
        match self.format {
            Format::Text => print_styled(&comparison.text(stdout_width())),
            Format::Json => print(comparison.json(outcome.code()).as_bytes()),
            Format::Markdown => print(comparison.markdown().as_bytes()),
        }
    }
}
