//! `waterfall run`: a command by name, what it recorded and what it used; and `waterfall runs`, which lists such runs.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::error::ErrorKind;
use clap::{Args, CommandFactory};
use waterfall::budget::Budget;
use waterfall::outputs::{self, Figure, terminal, units};
use waterfall::run::{self, Event, Executed, Metadata, Name, Plan, Resources, Run, Scenario, Store};
use waterfall::{Repeats, Report, Stats, command, near, stats};

use super::telling::{line, print, print_styled, stdout_width, tell, tell_error};
use super::{Cli, EXIT_GATE, EXIT_UNFINISHED, EXIT_UNREADABLE, EXIT_USAGE};
use crate::progress_line::ProgressLine;

pub(super) const HELP: &str = "\
Examples:
  waterfall run -- cargo run --release --example download
  waterfall run --name before --repeat 5 --warmup 1 -- ./simulate --steps 100
  waterfall run --scenario render

A run is kept in .waterfall/runs/NAME/NUMBER/: its records, what is known of it (run.json) and its page; the last ten of \
a name are. Several repeats have one page, beside the last of them: it opens with the one of median length. The command gets WATERFALL_DIR, so that any instrumented program records there. Scenarios stand in \
waterfall.toml, here or above: [scenario.NAME] with command, tasks, environment, repeat, warmup, budgets, thresholds. Of \
several repeats budgets and thresholds hold for the one of median length.

Exit codes: the command's own; 128 + the number of the signal that ended it; 127 it was not found; 126 it could not be \
run; 1 a broken budget or threshold; 2 wrong usage; 3 it recorded no span; 5 the run or its page could not be written.";

pub(super) const RUNS_HELP: &str = "\
Examples:
  waterfall runs
  waterfall runs before";

#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// Keep the runs under this name [default: that of the scenario, else latest]
    #[arg(long, value_name = "NAME")]
    name: Option<Name>,

    /// Run it so often [default: that of the scenario, else 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    repeat: Option<u32>,

    /// Run it so often before, without recording [default: that of the scenario, else 0]
    #[arg(long, value_name = "W")]
    warmup: Option<u32>,

    /// Run it as this scenario of waterfall.toml says
    #[arg(long, value_name = "S")]
    scenario: Option<String>,

    /// What a task may take, as 'render=16ms@p95'; may be given more than once
    #[arg(long, value_name = "BUDGET")]
    budget: Vec<Budget>,

    /// The command and its arguments [default: those of the scenario]
    #[arg(last = true, value_name = "CMD")]
    command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(super) struct RunsArgs {
    /// List the runs of this name alone
    #[arg(value_name = "NAME")]
    name: Option<Name>,
}

impl RunArgs {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let directory = env::current_dir().context("cannot tell the working directory")?;
        let scenario = match &self.scenario {
            None => Scenario::default(),
            Some(name) => match Scenario::find(name, &directory) {
                Ok(scenario) => scenario,
                Err(error) => {
                    tell_error(&error);
                    return Ok(ExitCode::from(EXIT_USAGE));
                }
            },
        };
        let plan = self.plan(&scenario, directory);
        if plan.command.is_empty() {
            let message = "there is no command: it stands behind `--`, or in the scenario";
            Cli::command().error(ErrorKind::MissingRequiredArgument, message).exit();
        }
        let mut reading = None;
        let Executed { runs, failed_warmup } = plan.execute(|event| tell_event(event, &mut reading))?;
        if let Some(ended) = failed_warmup {
            tell("waterfall: the warm-up failed: nothing was recorded");
            if let Err(error) = &ended.status {
                tell_error(error);
            }
            command::exit(&ended.status);
        }
        let Some(last) = runs.last() else { return Ok(ExitCode::from(EXIT_UNFINISHED)) };
        let written = write_page(&runs);
        if !last.ended.is_success() {
            if let Err(error) = &written {
                tell(&format!("waterfall: {}", terminal::plain(&format!("{error:#}"))));
            }
            command::exit(&last.ended.status);
        }
        written?;
        if last.metadata.is_silent() {
            tell(
                "waterfall: the command recorded no span: does it make a Recorder (`Recorder::new(\"group\", \"records\", \
                 0)`), and do its tasks pass the scenario's? `waterfall task` records a shell's",
            );
            return Ok(ExitCode::from(EXIT_UNREADABLE));
        }
        let budgets = [scenario.budgets.as_slice(), &self.budget].concat();
        let is_kept = check(median(&runs), budgets, &scenario)?;
        if runs.iter().any(|run| !run.losses.is_empty()) {
            return Ok(ExitCode::from(EXIT_UNFINISHED));
        }
        Ok(if is_kept { ExitCode::SUCCESS } else { ExitCode::from(EXIT_GATE) })
    }

    /// What is said here goes before what the scenario says.
    fn plan(&self, scenario: &Scenario, directory: PathBuf) -> Plan {
        let of_scenario = self.scenario.as_ref().and_then(|name| name.parse().ok());
        let own = self.command.clone();
        let command =
            if own.is_empty() { scenario.command.iter().map(OsString::from).collect() } else { own };
        Plan {
            name: self.name.clone().or(of_scenario).unwrap_or_else(Name::latest),
            command,
            directory,
            repeat: self.repeat.or(scenario.repeat).unwrap_or(1),
            warmup: self.warmup.or(scenario.warmup).unwrap_or(0),
            scenario: self.scenario.clone(),
            tasks: scenario.tasks.clone(),
            environment: scenario.environment.clone(),
        }
    }
}

/// The run that stands for all of them.
fn median(runs: &[Run]) -> &Run {
    &runs[run::median(&runs.iter().map(|run| &run.metadata).collect::<Vec<_>>())]
}

/// Writes one page of the runs that recorded a span beside the last of them, and its path to stdout.
fn write_page(runs: &[Run]) -> anyhow::Result<()> {
    let shown: Vec<&Run> = runs.iter().filter(|run| !run.metadata.is_silent()).collect();
    let Some(last) = shown.last() else { return Ok(()) };
    let path = last.place.page();
    match shown.as_slice() {
        [only] => {
            let report = Report { output: Some(path.clone()), ..report(only) };
            let _progress = ProgressLine::begin(&report.progress);
            report.write()?;
        }
        several => {
            let runs = several.iter().map(|run| (run.metadata.clone(), report(run))).collect();
            let repeats = Repeats { runs, ..Repeats::default() };
            let _progress = ProgressLine::begin(&repeats.progress);
            repeats.write(&path)?;
        }
    }
    print(&line(&path)).context("cannot write to stdout")
}

/// What the page shows of a run.
fn report(run: &Run) -> Report {
    Report {
        inputs: vec![run.place.records()],
        title: Some(format!("{} {}", run.place.name, run.place.number)),
        figures: figures(&run.metadata),
        facts: facts(&run.metadata),
        ..Report::default()
    }
}

/// Whether a run keeps its budgets and thresholds, which is told.
fn check(run: &Run, budgets: Vec<Budget>, scenario: &Scenario) -> anyhow::Result<bool> {
    let thresholds = scenario.thresholds.check(&run.metadata);
    for kept in &thresholds {
        print_styled(&format!("{}: {}\n", kept.told, if kept.is_met { "met" } else { "broken" }))?;
    }
    let mut is_kept = thresholds.iter().all(|kept| kept.is_met);
    if !budgets.is_empty() {
        let stats = Stats { budgets, ..Stats::of(run.place.records()) };
        match stats.compute() {
            Ok((statistics, _)) => {
                print_styled(&outputs::verdicts(&statistics.verdicts, stdout_width()))?;
                is_kept &= statistics.are_budgets_kept();
            }
            // A budget of a task that did not run is kept by nothing.
            Err(error @ stats::Error::NoMatch { .. }) => {
                tell_error(&error);
                is_kept = false;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(is_kept)
}

/// Tells what happens; `reading` is the line of what takes its time meanwhile, gone before anything else is told.
fn tell_event(event: Event<'_>, reading: &mut Option<ProgressLine>) {
    *reading = None;
    match event {
        Event::Warmup(number, all) => tell(&format!("warm-up {number} of {all}")),
        Event::Begin(Metadata { repeat: (_, 1), .. }) => {}
        Event::Read(progress) => *reading = ProgressLine::begin(progress),
        Event::Begin(metadata) => tell(&format!("run {} of {}", metadata.repeat.0, metadata.repeat.1)),
        Event::End(run) => {
            if let Err(error) = &run.ended.status {
                tell_error(error);
            }
            run.losses.iter().for_each(|loss| tell(&format!("waterfall: {}", terminal::plain(loss))));
            tell(&terminal::plain(&told(&run.metadata)));
        }
    }
}

/// `latest 3: 4.21 s, 217 spans, peak memory 71.3 MB, CPU 12.4 s, exit code 0`.
fn told(metadata: &Metadata) -> String {
    let spans = metadata.recorded.map_or(0, |recorded| recorded.spans + recorded.unfinished);
    format!(
        "{} {}: {}, {}, peak memory {}, CPU {}, {}",
        metadata.name,
        metadata.number,
        metadata.length(),
        units::counted(spans, "span"),
        peak(&metadata.resources),
        or_not_recorded(metadata.resources.cpu_ns().map(|ns| units::duration(ns.into()))),
        metadata.outcome_in_words(),
    )
}

fn peak(resources: &Resources) -> String {
    match resources.peak_bytes() {
        None if resources.samples > 0 => "unknown".into(), // less than our own, and gone before it was seen
        bytes => or_not_recorded(bytes.map(units::bytes)),
    }
}

fn or_not_recorded(text: Option<String>) -> String {
    text.unwrap_or_else(|| "not recorded here".into())
}

/// What the run used, for the page's head.
fn figures(metadata: &Metadata) -> Vec<Figure> {
    let resources = &metadata.resources;
    let sampled = or_not_recorded(resources.peak_tree_bytes.map(units::bytes));
    let of_one = resources.peak_process_bytes.map(units::bytes);
    let at_least =
        of_one.map(|of_one| format!(", and at least that of the largest one, which is exact ({of_one})"));
    vec![
        Figure {
            label: "peak memory".into(),
            value: peak(resources),
            hint: format!(
                "resident memory of all processes of the command at once, as sampled ({sampled}; shared memory counts \
                 in each){}",
                at_least.unwrap_or_default()
            ),
        },
        Figure {
            label: "CPU time".into(),
            value: or_not_recorded(metadata.resources.cpu_ns().map(|ns| units::duration(ns.into()))),
            hint: "of the command's processes, in their own code and in the system".into(),
        },
    ]
}

/// What the run was, for the page's notes.
fn facts(metadata: &Metadata) -> Vec<String> {
    let Metadata { machine, git, .. } = metadata;
    let commit = git.as_ref().map_or(String::new(), |git| format!(", commit {}", git.short()));
    let memory = or_not_recorded(machine.memory_bytes.map(units::bytes));
    let cores = or_not_recorded(machine.cores.map(|cores| cores.to_string()));
    vec![
        format!(
            "`{}` took {}, {}.",
            metadata.command.join(" "),
            metadata.length(),
            metadata.outcome_in_words()
        ),
        format!("On {}: {cores} cores, {memory} memory, {}{commit}.", machine.host, machine.system),
    ]
}

impl RunsArgs {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let directory = env::current_dir().context("cannot tell the working directory")?;
        let store = Store::below(&directory);
        let names = store.names().context("cannot list the runs")?;
        if let Some(name) = &self.name
            && !names.contains(name)
        {
            let proposal = near::proposal(name.as_str(), names.iter().map(Name::as_str));
            tell(&format!("waterfall: there are no runs of the name `{name}`{proposal}"));
            return Ok(ExitCode::from(EXIT_USAGE));
        }
        let mut runs = Vec::new();
        for name in names.iter().filter(|name| self.name.as_ref().is_none_or(|wanted| wanted == *name)) {
            for place in store.places(name).context("cannot list the runs")? {
                match run::read(&place.metadata()) {
                    Ok(metadata) => runs.push(metadata),
                    Err(error) => tell(&terminal::plain(&format!("{}: {error}", place.metadata().display()))),
                }
            }
        }
        if runs.is_empty() {
            tell("no runs here: waterfall run -- CMD makes one");
            return Ok(ExitCode::SUCCESS);
        }
        print_styled(&outputs::runs(&runs, stdout_width())).context("cannot write to stdout")?;
        Ok(ExitCode::SUCCESS)
    }
}
