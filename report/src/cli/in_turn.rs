//! The commands of `waterfall compare`: runs a baseline and a candidate in turn, and compares them in pairs.
//!
//! Takes options and scenarios, gives the sides and their comparison. One line a pair says on stderr what came of it so
//! far. Stdout is for the comparison, so what the commands print goes to stderr.

use std::env;
use std::ffi::OsString;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use clap::error::ErrorKind;

use super::exit::{Outcome, Usage, end_as_command};
use super::progress_line::ProgressLine;
use super::run::why_silent;
use super::scenario;
use super::terminal::{note, note_plain, print_error, print_problems, warn};
use crate::compare::{self, CompareError, Side};
use crate::gate::{self, LEAST_RUNS, Threshold};
use crate::outputs::{Comparison, SIDES};
use crate::run::{Event, ExecutedTurns, Plan, Run, Scenario, Turns};
use crate::runs::{Metadata, Name, Place};
use crate::text::{quoted, units};

/// Pairs by default.
const PAIRS: u32 = 10;
/// The most pairs until a comparison is decided, by default.
const MOST_PAIRS: u32 = 60;
/// Words that mean something to a shell alone.
const OF_A_SHELL: [&str; 9] = ["|", "||", "&&", "&", ";", ">", ">>", "<", "2>&1"];

#[derive(Debug, Args)]
pub(super) struct InTurnArgs {
    /// Command of the baseline. Runs both commands in turn, and compares them in pairs
    #[arg(long, value_name = "CMD")]
    baseline_command: Option<String>,

    /// Command of the candidate
    #[arg(long, value_name = "CMD")]
    candidate_command: Option<String>,

    /// Scenario of waterfall.toml that says how to run the baseline
    #[arg(long, value_name = "S")]
    baseline_scenario: Option<String>,

    /// Scenario of waterfall.toml that says how to run the candidate
    #[arg(long, value_name = "S")]
    candidate_scenario: Option<String>,

    /// Number of pairs of runs [default: the greater one of the scenarios, else 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    repeat: Option<u32>,

    /// Number of warm-up runs of each side, without recording [default: those of its scenario, else 0]
    #[arg(long, value_name = "W")]
    warmup: Option<u32>,

    /// Run pairs until every figure is decided
    #[arg(long, conflicts_with = "repeat")]
    until_decided: bool,

    /// Maximum number of pairs until all is decided [default: 60]
    #[arg(long, value_name = "N", requires = "until_decided", value_parser = clap::value_parser!(u32).range(LEAST_RUNS as i64..))]
    at_most: Option<u32>,
}

/// Two sides to be run in turn, and how they are judged.
#[derive(Debug)]
pub(super) struct InTurn {
    turns: Turns,
    /// Of the scenarios.
    pub(super) thresholds: Vec<Threshold>,
    /// Whether a scenario asks for it.
    pub(super) fail_on_inconclusive: bool,
}

/// What came of two sides in turn.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) comparison: Comparison,
    pub(super) sides: [Side; 2],
    /// Whether something of a run could not be kept.
    pub(super) has_losses: bool,
}

impl InTurnArgs {
    /// Whether commands are to be run; else the sides are what exists.
    ///
    /// # Errors
    ///
    /// A [`Usage`] if an option needs commands, and there are none.
    pub(super) fn is_asked(&self) -> Result<bool, Usage> {
        let has_side =
            self.commands().iter().any(Option::is_some) || self.scenarios().iter().any(Option::is_some);
        let option = match self {
            _ if has_side => None,
            InTurnArgs { repeat: Some(_), .. } => Some("--repeat"),
            InTurnArgs { warmup: Some(_), .. } => Some("--warmup"),
            InTurnArgs { until_decided: true, .. } => Some("--until-decided"),
            _ => None,
        };
        match option {
            Some(option) => Err(missing(format!(
                "{option} is for commands that are run in turn: add --baseline-command and --candidate-command"
            ))),
            None => Ok(has_side),
        }
    }

    fn commands(&self) -> [Option<&str>; 2] {
        [self.baseline_command.as_deref(), self.candidate_command.as_deref()]
    }

    fn scenarios(&self) -> [Option<&str>; 2] {
        [self.baseline_scenario.as_deref(), self.candidate_scenario.as_deref()]
    }

    /// What to run. The runs are kept under `names`, by default `baseline` and `candidate`.
    ///
    /// # Errors
    ///
    /// A [`Usage`] if a side has no command or no possible name, and the errors of scenarios.
    pub(super) fn read(&self, names: [Option<&Path>; 2]) -> anyhow::Result<InTurn> {
        let scenarios = self.scenarios();
        let scenarios = [scenario::find(scenarios[0])?, scenario::find(scenarios[1])?];
        // Both scenarios are of one file.
        let directory = match scenarios.iter().find_map(|scenario| scenario.directory.clone()) {
            Some(directory) => directory,
            None => env::current_dir().context("cannot determine the working directory")?,
        };
        let of_scenarios = scenarios.iter().filter_map(|scenario| scenario.repeat).max();
        let pairs = match self.until_decided {
            true => self.at_most.unwrap_or(MOST_PAIRS),
            false => self.repeat.or(of_scenarios).unwrap_or(PAIRS),
        };
        let plan = |side: usize| self.plan(side, names[side], &scenarios[side], (directory.clone(), pairs));
        let plans = [plan(0)?, plan(1)?];
        if plans[0].name == plans[1].name {
            let message = format!(
                "both sides would be kept as {}: name them differently",
                quoted(plans[0].name.as_str())
            );
            return Err(Usage::new(Some("compare"), ErrorKind::ValueValidation, message).into());
        }
        let compare = || scenarios.iter().map(|scenario| &scenario.compare);
        Ok(InTurn {
            turns: Turns { plans, until_decided: self.until_decided },
            thresholds: compare().flat_map(|compare| compare.thresholds.clone()).collect(),
            fail_on_inconclusive: compare().any(|compare| compare.fail_on_inconclusive),
        })
    }

    fn plan(
        &self,
        side: usize,
        name: Option<&Path>,
        scenario: &Scenario,
        (directory, repeat): (PathBuf, u32),
    ) -> Result<Plan, Usage> {
        let which = SIDES[side];
        let invalid = |message| Usage::new(Some("compare"), ErrorKind::ValueValidation, message);
        let name = name.map_or(which.into(), Path::to_string_lossy);
        let name: Name = name
            .parse()
            .map_err(|error| invalid(format!("{} cannot be a run name: {error}", quoted(&name))))?;
        let own = self.commands()[side].map(|text| {
            let parts = shlex::split(text);
            parts
                .ok_or_else(|| invalid(format!("a quote is left open in --{which}-command {}", quoted(text))))
        });
        if let Some(word) = own.iter().flatten().flatten().find(|word| OF_A_SHELL.contains(&word.as_str())) {
            warn(format_args!(
                "no shell runs the {which}, so `{word}` is one of its arguments: a shell's command is \
                 --{which}-command \"sh -c '...'\""
            ));
        }
        let command = own.transpose()?.unwrap_or_else(|| scenario.command.clone());
        if command.is_empty() {
            return Err(missing(match scenario.directory {
                _ if self.commands()[side].is_some() => format!("--{which}-command is empty"),
                None => format!("the {which} has no command: add --{which}-command"),
                Some(_) => {
                    format!("the {which} has no command: add --{which}-command, or `command` in its scenario")
                }
            }));
        }
        Ok(Plan {
            name,
            command: command.into_iter().map(OsString::from).collect(),
            directory,
            repeat,
            warmup: self.warmup.or(scenario.warmup).unwrap_or(0),
            scenario: self.scenarios()[side].map(str::to_owned),
            tasks: scenario.tasks.clone(),
            waits: scenario.wait.clone(),
            environment: scenario.environment.clone(),
            is_output_ours: true,
        })
    }
}

fn missing(message: String) -> Usage {
    Usage::new(Some("compare"), ErrorKind::MissingRequiredArgument, message)
}

impl InTurn {
    /// Runs both sides in turn, and compares them. Gives the outcome alone if a run recorded nothing or was stopped; a
    /// command that failed ends this process as it ended.
    ///
    /// # Errors
    ///
    /// If a run cannot be kept, or if the sides cannot be compared.
    pub(super) fn execute(&self, thresholds: &[Threshold]) -> anyhow::Result<Result<Compared, Outcome>> {
        let Turns { plans, until_decided } = &self.turns;
        plans.iter().filter_map(Plan::unknown_cpu).for_each(warn);
        if plans[0].repeat < LEAST_RUNS as u32 {
            warn(format_args!(
                "the comparison will be inconclusive with fewer than {LEAST_RUNS} pairs: use --repeat 10"
            ));
        }
        let looks = gate::looks(plans[0].repeat);
        let mut last = None;
        let mut reading = None;
        let executed = self.turns.execute(
            |side, event| print_event(side, event, &mut reading),
            |runs| {
                let compared = compare_runs(runs, thresholds);
                note_plain(&self.progress(runs, compared.as_ref().ok()));
                let is_look = looks.contains(&(runs[0].len() as u32));
                let is_over =
                    *until_decided && is_look && compared.as_ref().is_ok_and(Comparison::is_decided);
                // More pairs would not mend a threshold that matches nothing.
                let is_wrong = compared.as_ref().is_err_and(|error| error.is_usage());
                if runs[0].len() == 1
                    && !is_wrong
                    && let Err(error) = &compared
                {
                    warn(format_args!("so far, nothing can be compared: {error}"));
                }
                last = Some(compared);
                if is_over || is_wrong { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
        )?;
        if let Some((side, ended)) = executed.failed_warmup {
            warn(format_args!("a warm-up run of the {} failed, so nothing was recorded", SIDES[side]));
            if let Err(error) = &ended.status {
                print_error(error);
            }
            return Ok(Err(end_as_command(&ended)));
        }
        let unmatched = executed.runs.iter().filter_map(|runs| runs.last());
        unmatched.filter(|run| !run.metadata.is_silent()).flat_map(|run| &run.unmatched_waits).for_each(warn);
        if let Some(side) = executed.ended_by {
            return Ok(Err(self.end_as_failed(side, &executed)));
        }
        let Some(compared) = last else { return Ok(Err(Outcome::Unfinished)) };
        let comparison = compared?;
        if *until_decided {
            let pairs = units::counted(executed.runs[0].len() as u64, "pair");
            match comparison.is_decided() {
                true => note(&format!("decided after {pairs}")),
                false => note(&format!("not decided after {pairs}, the most that --at-most allows")),
            }
        }
        let has_losses = executed.runs.iter().flatten().any(|run| !run.losses.is_empty());
        let sides = sides([&executed.runs[0], &executed.runs[1]])?;
        Ok(Ok(Compared { comparison, sides, has_losses }))
    }

    /// `pair 4 of 10: baseline 4.21 s, candidate 5.02 s; wall time so far +19.0 % (+12.0 to +26.0)`
    fn progress(&self, runs: [&[Run]; 2], comparison: Option<&Comparison>) -> String {
        let pair = runs[0].len();
        let length = |side: usize| runs[side].last().map_or("-".into(), |run| run.metadata.length());
        let wall = comparison.and_then(Comparison::wall_so_far);
        let wall = wall.map_or(String::new(), |wall| format!("; wall time so far {wall}"));
        format!(
            "pair {pair} of {}{}: baseline {}, candidate {}{wall}",
            if self.turns.until_decided { "at most " } else { "" },
            self.turns.plans[0].repeat,
            length(0),
            length(1)
        )
    }

    /// Says which run ended the comparison and what is kept, and ends as its command ended.
    fn end_as_failed(&self, side: usize, executed: &ExecutedTurns) -> Outcome {
        let which = SIDES[side];
        let Some(last) = executed.runs[side].last() else { return Outcome::Unfinished };
        let run = format!("run {} of the {which}", last.metadata.repeat.0);
        let name = quoted(&format!("{}/{}", last.place.name, last.place.number));
        let pairs = last.metadata.repeat.0 - 1;
        let undone = match pairs {
            0 => "so nothing was compared".to_owned(),
            _ => format!(
                "so nothing was compared; `waterfall compare {}` compares the {} before it",
                [0, 1].map(|side| kept(&executed.runs[side], pairs)).join(" "),
                units::counted(pairs.into(), "pair")
            ),
        };
        if last.ended.is_success() {
            print_problems(&last.problems);
            warn(format_args!("{run} ({name}) recorded no span, {undone}"));
            if last.problems.total() == 0 {
                warn(why_silent(&self.turns.plans[side]));
            }
            return Outcome::NothingRecorded;
        }
        let why = match last.metadata.outcome.is_success() {
            true => "a signal stopped it".into(),
            false => last.metadata.outcome_in_words(),
        };
        warn(format_args!("{run} ({name}) did not succeed ({why}), {undone}"));
        end_as_command(&last.ended)
    }
}

/// The first runs of a side, as a comparison names them: `before@3..7`.
fn kept(runs: &[Run], count: u32) -> String {
    let numbers = runs.iter().take(count as usize).map(|run| run.place.number);
    let (first, last) = (numbers.clone().min().unwrap_or(0), numbers.max().unwrap_or(0));
    format!("{}@{first}..{last}", runs[0].place.name)
}

/// The sides of these runs, compared.
fn compare_runs(runs: [&[Run]; 2], thresholds: &[Threshold]) -> Result<Comparison, CompareError> {
    let [baseline, candidate] = sides(runs)?;
    compare::compare(baseline, candidate, thresholds)
}

fn sides(runs: [&[Run]; 2]) -> Result<[Side; 2], CompareError> {
    let side = |side: usize| {
        let kept: Vec<(Place, Metadata)> =
            runs[side].iter().map(|run| (run.place.clone(), run.metadata.clone())).collect();
        let name = kept.first().map_or(SIDES[side], |(place, _)| place.name.as_str());
        Side::of_runs(name, &kept)
    };
    Ok([side(0)?, side(1)?])
}

/// Prints what happens, except for runs that ended as they should: a line for each pair says that.
fn print_event(side: usize, event: Event<'_>, reading: &mut Option<ProgressLine>) {
    *reading = None;
    match event {
        Event::Warmup(number, all) => note(&format!("warm-up {number} of {all} of the {}", SIDES[side])),
        Event::Begin(_) => {}
        Event::Read(progress) => *reading = ProgressLine::begin(progress),
        Event::NotPruned(error) => warn(format_args!("an older run keeps its rows: {error}")),
        Event::End(run) => {
            if let Err(error) = &run.ended.status {
                print_error(error);
            }
            run.losses.iter().for_each(warn);
        }
    }
}
