//! `waterfall calibrate`: measures the noise of a command, and derives thresholds from it.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::error::ErrorKind;
use clap::{Args, ValueEnum};

use super::exit::{Outcome, Usage, end_as_command};
use super::progress_line::ProgressLine;
use super::reading::WaitArg;
use super::run::print_event;
use super::scenario;
use super::terminal::{print, print_error, print_problems, print_styled, stdout_width, warn};
use crate::calibrate::{LEAST_RUNS, calibrate, save};
use crate::compare::{Side, repeats, title_of};
use crate::gate::{LEAST_RUNS as LEAST_A_SIDE, Proposal};
use crate::outputs::{Calibration, Saved};
use crate::run::{Executed, Plan, Run, Scenario};
use crate::runs::{Metadata, Name, Place};
use crate::sources::Progress;

const COMMAND: Option<&str> = Some("calibrate");
/// The name of the runs, or its end behind the name of a scenario.
const NAME: &str = "calibration";
/// The number of runs a side for which thresholds are, unless the scenario says how often it repeats.
const A_SIDE: u32 = 10;

pub(super) const HELP: &str = "\
Examples:
  waterfall calibrate -- ./simulate
  waterfall calibrate --runs 40 --warmup 1 -- ./simulate
  waterfall calibrate --scenario render
  waterfall calibrate --scenario render --no-save
  waterfall calibrate before@3..40
  waterfall calibrate before --format json

Runs the command 20 times or more, and keeps the runs as `waterfall run` does. NAME uses runs that exist, named as for \
`waterfall compare`; nothing is run then.

Noise is the standard deviation of a figure's logarithm, in percent: of all runs, and of runs that follow each other, as \
in pairs. It is at most as great as its upper bound with a probability of 90 %. False alarms are counted by splits of \
the runs into two sides, in which nothing changed: n runs against the next n, and n pairs in turn (ABBA). The smallest \
change is the one that a comparison with the proposed threshold finds in four of five tries at the upper bound of the \
noise.

A threshold is the change that 10 runs a side, or as many as the scenario repeats, show in four of five tries, rounded \
up to 1, 1.5, 2, 3, 4, 5, 7 or 10 % and so on. Half of the changes of just this size are measured below it, so the \
smallest change that is found reliably is greater. With --scenario, thresholds are written to waterfall.toml. There, a \
threshold for the same figure is replaced; all else in the file stays, and what changed is printed. Without a scenario, \
they are printed.

The command's own output goes to stderr.

Exit codes:
  0  success
  2  wrong usage, such as --runs below 20
  3  the command recorded no span, there are fewer than 20 runs, one of them
     cannot be used, or a signal stopped them
  5  waterfall.toml, a run or the output could not be written
  else the exit code of the command, if it failed, as in `waterfall run`";

#[derive(Debug, Args)]
pub(super) struct CalibrateArgs {
    /// Kept runs to use instead of running a command: a name such as before or before@3..40, or a directory
    #[arg(value_name = "NAME", conflicts_with_all = ["name", "runs", "warmup", "command", "wait"])]
    kept: Option<PathBuf>,

    /// Number of runs, at least 20
    #[arg(long, value_name = "N", default_value_t = LEAST_RUNS, value_parser = clap::value_parser!(u32).range(i64::from(LEAST_RUNS)..))]
    runs: u32,

    /// Number of warm-up runs before these, without recording [default: the scenario's, else 0]
    #[arg(long, value_name = "W")]
    warmup: Option<u32>,

    /// Name to keep the runs under [default: calibration, or SCENARIO-calibration]
    #[arg(long, value_name = "NAME")]
    name: Option<Name>,

    /// Scenario of waterfall.toml to run, whose thresholds are written there
    #[arg(long, value_name = "S")]
    scenario: Option<String>,

    /// Only print the thresholds of the scenario, and leave waterfall.toml as it is
    #[arg(long, requires = "scenario")]
    no_save: bool,

    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    #[command(flatten)]
    wait: WaitArg,

    /// Command to run, with its arguments [default: the scenario's]
    #[arg(last = true, value_name = "CMD")]
    command: Vec<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Tables for the terminal
    Text,
    /// JSON for programs
    Json,
}

impl CalibrateArgs {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let scenario = scenario::find(self.scenario.as_deref())?;
        let (side, is_kept) = match &self.kept {
            Some(kept) => (self.read(kept)?, true),
            None => match self.execute(&scenario)? {
                Made::Side(side, is_kept) => (side, is_kept),
                Made::Nothing(outcome) => return Ok(outcome),
            },
        };
        let a_side = scenario.repeat.filter(|repeat| *repeat as usize >= LEAST_A_SIDE).unwrap_or(A_SIDE);
        let calibration = calibrate(&side, &scenario.compare.thresholds, a_side)?;
        let saved = self.save(&scenario, &calibration);
        let is_saved = saved.as_ref().is_none_or(Result::is_ok);
        let outcome = if is_saved && is_kept { Outcome::Done } else { Outcome::Unfinished };
        // What was measured is printed even if it could not be saved.
        self.print(&calibration, saved.as_ref().and_then(|saved| saved.as_ref().ok()), outcome)
            .context("cannot write the calibration to stdout")?;
        if let Some(Err(error)) = saved {
            return Err(error.into());
        }
        Ok(outcome)
    }

    fn read(&self, kept: &Path) -> anyhow::Result<Side> {
        let progress = Progress::default();
        let _line = ProgressLine::begin(&progress);
        Ok(repeats(kept, &progress)?)
    }

    fn execute(&self, scenario: &Scenario) -> anyhow::Result<Made> {
        let plan = self.plan(scenario)?;
        if let Some(message) = plan.unknown_cpu() {
            warn(message);
        }
        let mut reading = None;
        let Executed { runs, failed_warmup } = plan.execute(|event| print_event(event, &mut reading))?;
        drop(reading);
        if let Some(ended) = failed_warmup {
            warn("a warm-up run failed, so nothing was recorded");
            if let Err(error) = &ended.status {
                print_error(error);
            }
            return Ok(Made::Nothing(end_as_command(&ended)));
        }
        let Some(last) = runs.last() else { return Ok(Made::Nothing(Outcome::Unfinished)) };
        if !last.ended.is_success() {
            let why = match last.metadata.outcome.is_success() {
                true => "a signal stopped it".into(),
                false => last.metadata.outcome_in_words(),
            };
            let run = title_of(&last.metadata);
            warn(format_args!("there is no calibration, because {run} did not succeed ({why})"));
            return Ok(Made::Nothing(end_as_command(&last.ended)));
        }
        if last.metadata.is_silent() {
            print_problems(&last.problems);
            warn("there is no calibration, because the command recorded no span");
            return Ok(Made::Nothing(Outcome::NothingRecorded));
        }
        last.unmatched_waits.iter().for_each(warn);
        let is_kept = runs.iter().all(|run| run.losses.is_empty());
        let kept: Vec<(Place, Metadata)> =
            runs.into_iter().map(|Run { place, metadata, .. }| (place, metadata)).collect();
        Ok(Made::Side(Side::of_runs(plan.name.as_str(), &kept)?, is_kept))
    }

    /// Options of the command line win over the scenario.
    fn plan(&self, scenario: &Scenario) -> anyhow::Result<Plan> {
        let own = self.command.clone();
        let command =
            if own.is_empty() { scenario.command.iter().map(OsString::from).collect() } else { own };
        if command.is_empty() {
            let message =
                "no command given: put it after `--`, set `command` in the scenario, or name kept runs";
            return Err(Usage::new(COMMAND, ErrorKind::MissingRequiredArgument, message).into());
        }
        let directory = match &scenario.directory {
            Some(directory) => directory.clone(),
            None => env::current_dir().context("cannot determine the working directory")?,
        };
        Ok(Plan {
            name: self.name()?,
            command,
            directory,
            repeat: self.runs,
            warmup: self.warmup.or(scenario.warmup).unwrap_or(0),
            scenario: self.scenario.clone(),
            tasks: scenario.tasks.clone(),
            waits: [scenario.wait.clone(), self.wait.wait.clone()].concat(),
            environment: scenario.environment.clone(),
            is_output_ours: true,
        })
    }

    /// A name of their own, so that the latest runs of a scenario stay the latest.
    fn name(&self) -> Result<Name, Usage> {
        if let Some(name) = &self.name {
            return Ok(name.clone());
        }
        let name = match &self.scenario {
            Some(scenario) => format!("{scenario}-{NAME}"),
            None => NAME.to_owned(),
        };
        name.parse().map_err(|error| {
            let message = format!(
                "the scenario's name cannot be a run name ({error}): give the runs another name with --name"
            );
            Usage::new(COMMAND, ErrorKind::ValueValidation, message)
        })
    }

    /// Writes the thresholds of a scenario; `None` without a scenario or a threshold.
    fn save(
        &self,
        scenario: &Scenario,
        calibration: &Calibration,
    ) -> Option<Result<Saved, crate::calibrate::SaveError>> {
        let path = scenario.path()?;
        let proposals: Vec<&Proposal> = calibration.proposals().collect();
        (!proposals.is_empty()).then(|| save(&path, &scenario.name, &proposals, !self.no_save))
    }

    fn print(
        &self,
        calibration: &Calibration,
        saved: Option<&Saved>,
        outcome: Outcome,
    ) -> std::io::Result<()> {
        match self.format {
            Format::Text => print_styled(&calibration.text(saved, stdout_width())),
            Format::Json => print(calibration.json(saved, outcome.code()).as_bytes()),
        }
    }
}

/// What came of running the command.
enum Made {
    /// Its runs, and whether all of them were kept whole.
    Side(Side, bool),
    Nothing(Outcome),
}
