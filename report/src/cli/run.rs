//! `waterfall run`: runs a command under a name, and keeps what it recorded and used.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use clap::error::ErrorKind;

use super::baseline::{BaselineArgs, Baselines};
use super::exit::{Outcome, Usage};
use super::progress_line::ProgressLine;
use super::reading::WaitArg;
use super::scenario;
use super::terminal::{
    line, note, note_plain, print, print_error, print_problems, print_styled, stdout_width, warn,
};
use crate::command::{self, Ended};
use crate::gate::{Budget, Gate};
use crate::outputs;
use crate::report::{self, Repeats, Report};
use crate::run::{Event, Executed, Plan, Run, Scenario};
use crate::runs::{self, Metadata, Name};
use crate::sources::Progress;

pub(super) const HELP: &str = "\
Examples:
  waterfall run -- cargo run --release --example download
  waterfall run --name before --repeat 5 --warmup 1 -- ./simulate
  waterfall run --scenario render
  waterfall run --repeat 5 --save-baseline main -- ./simulate
  waterfall run --repeat 5 --compare-baseline main -- ./simulate

Each run is kept in .waterfall/runs/NAME/NUMBER/: its records, its description (run.json) and its page. Each name keeps \
its last ten runs in full, and all repeats of its last command; older runs keep run.json and a summary. Repeats share \
one page, stored with the last run. The page opens with the run of median duration; budgets and limits apply to that \
run. Any instrumented program records into the run's directory, because WATERFALL_DIR names it. WATERFALL_CPU is 1% for \
the command, unless it is set: a recorder measures the CPU time of spans while that costs at most 1 % of a thread's \
time. WATERFALL_CPU=0 switches it off.

On Linux, the CPU time of other processes is sampled, too. If they used more than a tenth of the machine's cores, or a \
virtual machine's host withheld more than a twentieth of its CPU time, the terminal and the page say so.

A baseline contains the figures of several runs, in waterfall-baselines/NAME.json: commit this file. A comparison uses \
all repeats; with fewer than four on a side it is always inconclusive. The baseline is read before the command starts. \
--save-baseline alone always replaces the baseline. With --compare-baseline, the runs replace it only if the comparison \
finds an improvement or no change. Runs that fail, record nothing or are stopped by a signal are never saved and never \
pass.

A threshold is the smallest change that counts: [SUBJECT=]CHANGE[@FIGURE]; the default is 5%. SUBJECT is wall, \
peak_memory or a task. FIGURE is total, count, mean, median, min, max, p95 or p99. With '5% and 2ms', a change must \
reach both.

Scenarios are described in waterfall.toml, in this directory or one above. A scenario runs in the directory of that \
file, and its runs are kept there. All keys are optional:
  [scenario.render]
  command = [\"./render\", \"--frames=100\"]
  tasks = [\"frame\", \"io/*\"]  # record only these
  wait = [\"lock*\"]  # these tasks are waits, as with --wait
  environment = { THREADS = \"8\" }
  repeat = 5
  warmup = 1
  budgets = [\"frame=16ms@p95\"]  # time limits for tasks
  thresholds = { wall = \"90 s\", peak_memory = \"2 GB\" }  # limits for a run
  [scenario.render.compare]
  baseline = \"main\"  # compare with it, as with --compare-baseline
  thresholds = [\"5%\", \"wall=3%\"]  # smallest changes that count
  fail_on_inconclusive = true

Exit codes: the command's own; or
  1      a budget or limit was broken, or the comparison found a regression
  2      wrong usage, or a threshold that matches nothing
  3      the command recorded no span, the baseline cannot be used, or a signal
         stopped runs that were to be compared or saved
  4      the comparison is inconclusive, and --fail-on-inconclusive was given
  5      the run, its page, the comparison or the baseline could not be written
  126    the command could not be started
  127    the command was not found
  128+N  signal N ended the command";

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Name to keep the runs under [default: the scenario's name, else latest]
    #[arg(long, value_name = "NAME")]
    name: Option<Name>,

    /// Number of runs [default: the scenario's, else 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    repeat: Option<u32>,

    /// Number of warm-up runs before these, without recording [default: the scenario's, else 0]
    #[arg(long, value_name = "W")]
    warmup: Option<u32>,

    /// Scenario of waterfall.toml to run, in the directory of that file
    #[arg(long, value_name = "S")]
    scenario: Option<String>,

    /// Limit for a task or the whole run, for example 'render=16ms@p95', wall=90s or peak_memory=2GB; may be repeated
    #[arg(long, value_name = "BUDGET")]
    budget: Vec<Budget>,

    #[command(flatten)]
    baseline: BaselineArgs,

    #[command(flatten)]
    wait: WaitArg,

    /// Command to run, with its arguments [default: the scenario's]
    #[arg(last = true, value_name = "CMD")]
    command: Vec<OsString>,
}

impl RunArgs {
    pub(super) fn run(self) -> anyhow::Result<Outcome> {
        let scenario = scenario::find(self.scenario.as_deref())?;
        let directory = match &scenario.directory {
            Some(directory) => directory.clone(),
            None => env::current_dir().context("cannot determine the working directory")?,
        };
        let plan = self.plan(&scenario, directory)?;
        if plan.command.is_empty() {
            let message = "no command given: put it after `--`, or set `command` in the scenario";
            return Err(Usage::new(Some("run"), ErrorKind::MissingRequiredArgument, message).into());
        }
        let baselines = self.baseline.read(&scenario, &plan)?;
        if let Some(message) = plan.unknown_cpu() {
            warn(message);
        }
        let mut reading = None;
        let Executed { runs, failed_warmup } = plan.execute(|event| print_event(event, &mut reading))?;
        if let Some(ended) = failed_warmup {
            warn("a warm-up run failed, so nothing was recorded");
            if let Err(error) = &ended.status {
                print_error(error);
            }
            return Ok(end_as_command(&ended, &baselines));
        }
        let Some(last) = runs.last() else { return Ok(Outcome::Unfinished) };
        if !last.metadata.is_silent() {
            last.unmatched_waits.iter().for_each(warn);
        }
        if !last.ended.is_success() {
            return Ok(end_as_failed(last, &runs, &baselines));
        }
        if last.metadata.is_silent() {
            write_page(&runs, &Gate::default())?;
            print_problems(&last.problems);
            match last.problems.total() {
                0 => warn(format_args!("the command recorded no span: {}", why_silent(&plan))),
                _ => warn("the command recorded no span that could be read"),
            }
            warn_unused(&baselines);
            return Ok(Outcome::NothingRecorded);
        }
        let budgets = [scenario.thresholds, scenario.budgets, self.budget].concat();
        let checked = median(&runs);
        let gate = check(checked, budgets)?;
        let is_page_written =
            write_page(&runs, &gate).inspect_err(|error| warn(format_args!("{error:#}"))).is_ok();
        print_gate(checked, &gate)?;
        let comparison = baselines.compare(&runs)?;
        if let Some(comparison) = &comparison {
            print_styled(&comparison.text(stdout_width())).context("cannot write to stdout")?;
            baselines.write_markdown(comparison)?;
        }
        baselines.save(&runs, comparison.as_ref())?;
        if !is_page_written || runs.iter().any(|run| !run.losses.is_empty()) {
            return Ok(Outcome::Unfinished);
        }
        Ok(match &comparison {
            Some(comparison) if gate.is_passed() => {
                Outcome::of_verdict(comparison.verdict(), true, baselines.fail_on_inconclusive)
            }
            _ => Outcome::of_gate(gate.is_passed()),
        })
    }

    /// Options of the command line win over the scenario.
    fn plan(&self, scenario: &Scenario, directory: PathBuf) -> Result<Plan, Usage> {
        let of_scenario = match &self.scenario {
            Some(name) if self.name.is_none() => Some(name.parse().map_err(|error| {
                let message = format!(
                    "the scenario's name cannot be a run name ({error}): give the runs another name with --name"
                );
                Usage::new(Some("run"), ErrorKind::ValueValidation, message)
            })?),
            _ => None,
        };
        let own = self.command.clone();
        let command =
            if own.is_empty() { scenario.command.iter().map(OsString::from).collect() } else { own };
        Ok(Plan {
            name: self.name.clone().or(of_scenario).unwrap_or_else(Name::latest),
            command,
            directory,
            repeat: self.repeat.or(scenario.repeat).unwrap_or(1),
            warmup: self.warmup.or(scenario.warmup).unwrap_or(0),
            scenario: self.scenario.clone(),
            tasks: scenario.tasks.clone(),
            waits: [scenario.wait.clone(), self.wait.wait.clone()].concat(),
            environment: scenario.environment.clone(),
            is_output_ours: false,
        })
    }
}

/// Writes the page of the runs so far, and ends as the last command ended.
fn end_as_failed(last: &Run, runs: &[Run], baselines: &Baselines) -> Outcome {
    if let Err(error) = write_page(runs, &Gate::default()) {
        warn(format_args!("{error:#}"));
    }
    if last.metadata.outcome.is_success() {
        warn("a signal stopped the run, so its budgets were not checked");
    }
    end_as_command(&last.ended, baselines)
}

/// Ends as a command ended that failed or was asked to end. Returns only if its exit code is 0 and the user asked for a
/// comparison or a baseline: what was not done does not pass.
fn end_as_command(ended: &Ended, baselines: &Baselines) -> Outcome {
    warn_unused(baselines);
    if command::code(&ended.status) == 0 && baselines.undone().is_some() {
        return Outcome::NotEnded;
    }
    command::exit(&ended.status);
}

/// Says what was asked for and not done with the runs.
fn warn_unused(baselines: &Baselines) {
    if let Some(undone) = baselines.undone() {
        warn(format_args!("so these runs were {undone}"));
    }
}

fn check(run: &Run, budgets: Vec<Budget>) -> Result<Gate, report::Error> {
    let progress = Progress::default();
    let _line = ProgressLine::begin(&progress);
    run.check(budgets, &progress)
}

fn print_gate(run: &Run, gate: &Gate) -> anyhow::Result<()> {
    let used = report::cpu_use(&run.metadata);
    print_styled(&outputs::lines(gate, Some(&used), stdout_width())).context("cannot write to stdout")?;
    for (check, reason) in gate.unmatched() {
        warn(format_args!("budget {} broken: {reason}", check.limit.text));
    }
    Ok(())
}

/// A likely reason why nothing was recorded.
pub(super) fn why_silent(plan: &Plan) -> String {
    match plan.tasks.as_slice() {
        [] => "a program records with `Recorder::new(\"group\", \"records\", 0)`, a shell script with \
               `waterfall task` (without --directory), anything else by writing record files to $WATERFALL_DIR"
            .into(),
        globs => format!("the scenario records only `{}`", globs.join("`, `")),
    }
}

/// The run of median length: the page opens with it, and the gate checks it.
fn median(runs: &[Run]) -> &Run {
    &runs[runs::median(&runs.iter().map(|run| &run.metadata).collect::<Vec<_>>())]
}

/// Writes one page for all runs that recorded a span into the directory of the last of them, and prints its path.
/// `gate` has the checks of the median run.
fn write_page(runs: &[Run], gate: &Gate) -> anyhow::Result<()> {
    let shown: Vec<&Run> = runs.iter().filter(|run| !run.metadata.is_silent()).collect();
    let Some(last) = shown.last() else { return Ok(()) };
    let path = last.place.page();
    let median = median(runs).place.number;
    let report = |run: &Run| {
        let is_checked = run.place.number == median;
        let used = report::cpu_use(&run.metadata);
        let checks = gate.limits().filter(|_| is_checked);
        let facts = checks.map(|check| outputs::sentence(check, Some(&used))).collect();
        // The report finds the run's description in its directory.
        Report { facts, ..Report::of(run.place.directory()) }
    };
    let html = match shown.as_slice() {
        [only] => {
            let report = report(only);
            let _progress = ProgressLine::begin(&report.reading.progress);
            report.render()?.html
        }
        several => {
            let runs = several.iter().map(|run| (run.metadata.clone(), report(run))).collect();
            let repeats = Repeats { runs, ..Repeats::default() };
            let _progress = ProgressLine::begin(&repeats.progress);
            repeats.render()?
        }
    };
    report::write(&path, &html)?;
    print(&line(&path)).context("cannot write to stdout")
}

/// Prints what happens. `reading` is the progress line of the current reading, erased before anything else is
/// printed.
pub(super) fn print_event(event: Event<'_>, reading: &mut Option<ProgressLine>) {
    *reading = None;
    match event {
        Event::Warmup(number, all) => note(&format!("warm-up {number} of {all}")),
        Event::Begin(Metadata { repeat: (_, 1), .. }) => {}
        Event::Read(progress) => *reading = ProgressLine::begin(progress),
        Event::NotPruned(error) => warn(format_args!("an older run keeps its rows: {error}")),
        Event::Begin(metadata) => note(&format!("run {} of {}", metadata.repeat.0, metadata.repeat.1)),
        Event::End(run) => {
            if let Err(error) = &run.ended.status {
                print_error(error);
            }
            run.losses.iter().for_each(warn);
            note_plain(&run.metadata.line());
            if let Some(disturbed) = report::disturbed(&run.metadata) {
                note_plain(&disturbed);
            }
        }
    }
}
