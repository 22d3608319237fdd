//! Runs a command under a name, and keeps what it recorded, what it used, and a description of the run.
//!
//! Takes a plan, gives the outcome of each run. The command inherits input, output and environment, and receives
//! the signals that are meant for us. Prints nothing and draws no page. A run that fails ends the plan. Its own
//! directory says how it ended, whatever happens to this process meanwhile.

mod check;
#[cfg(target_os = "linux")]
mod delays;
mod in_turn;
mod load;
mod machine_time;
mod pruning;
mod resources;
mod scenario;
mod series;
mod tree;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use recorder::switches::{CpuSwitch, unknown_cpu_line};

use crate::analysis::{self, Division};
use crate::command::{self, Ended, Peak, Runner};
use crate::reading::{Inputs, Loaded, Reading, unmatched_waits};
use crate::report;
use crate::runs::metadata;
use crate::runs::{
    Busy, Figures, Machine, Metadata, Name, Outcome, Place, Process, Recorded, Resources, Revision,
};
use crate::sources::Progress;
use crate::text::{NoMatch, Problems, Zone};

pub(crate) use in_turn::{ExecutedTurns, Turns};
pub(crate) use scenario::{Error as ScenarioError, Scenario};

use resources::{Sampled, Sampler};
use series::Series;

/// The variable that says of which spans a recorder measures the CPU time.
const CPU: &str = "WATERFALL_CPU";
/// Its value in a run unless the user sets one: as many spans as cost at most this part of each thread's time.
const CPU_PART: &str = "1%";

/// What to run.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    pub name: Name,
    /// The program and its arguments; never empty.
    pub command: Vec<OsString>,
    /// Where the command runs, and where `.waterfall` is.
    pub directory: PathBuf,
    /// At least 1.
    pub repeat: u32,
    /// The number of unrecorded runs before the others.
    pub warmup: u32,
    pub scenario: Option<String>,
    /// Globs of the tasks to record; empty: all tasks.
    pub tasks: Vec<String>,
    /// Globs of the tasks that are declared waits.
    pub waits: Vec<String>,
    /// Variables that are added to those of this process.
    pub environment: BTreeMap<String, String>,
    /// Whether the command writes its output to our stderr, because ours is for something else.
    pub is_output_ours: bool,
}

/// What happens while a plan runs, for display.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    /// An unrecorded run begins: the first of two is `(1, 2)`.
    Warmup(u32, u32),
    Begin(&'a Metadata),
    /// The command has ended, and its records are being read.
    Read(&'a Progress),
    End(&'a Run),
    /// Rows of older runs could not be removed. They do no harm.
    NotPruned(&'a io::Error),
}

/// A finished run.
#[derive(Debug)]
pub(crate) struct Run {
    pub place: Place,
    pub metadata: Metadata,
    pub ended: Ended,
    /// What was wrong with its records.
    pub problems: Problems,
    /// The globs of waits that match none of its tasks.
    pub unmatched_waits: Vec<NoMatch>,
    /// What could not be kept, one sentence each.
    pub losses: Vec<String>,
}

/// The outcome of a plan.
#[derive(Debug)]
pub(crate) struct Executed {
    /// In the order in which they ran.
    pub runs: Vec<Run>,
    /// The unrecorded run that failed; then there are no recorded runs.
    pub failed_warmup: Option<Ended>,
}

/// Why a plan was not completed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The directory or description of a run could not be written, so its command was not started.
    #[error("cannot store the run below {}", directory.display())]
    Keep {
        /// The directory in which `.waterfall` should be.
        directory: PathBuf,
        source: io::Error,
    },
}

impl Plan {
    /// Runs the command as often as planned, one run after the other, until a run fails, records no span or is
    /// asked to end.
    ///
    /// # Errors
    ///
    /// [`Error::Keep`] if a run's directory or description cannot be written. The runs before it are kept.
    ///
    /// # Panics
    ///
    /// If the command is empty.
    pub(crate) fn execute(&self, mut notify: impl FnMut(Event<'_>)) -> Result<Executed, Error> {
        let runner = Runner::of_several();
        if let Some(ended) = self.warm_up(&runner, &mut notify)? {
            return Ok(Executed { runs: Vec::new(), failed_warmup: Some(ended) });
        }
        let mut series = Series::new(self, &runner, None);
        for _ in 1..=self.repeat {
            if series.next(&mut notify)?.ends_a_plan() {
                break;
            }
        }
        Ok(Executed { runs: series.end(&mut notify), failed_warmup: None })
    }

    fn unkept(&self, source: io::Error) -> Error {
        Error::Keep { directory: self.directory.clone(), source }
    }

    /// What to print if `WATERFALL_CPU` has an unknown value, which the command does not get.
    pub(crate) fn unknown_cpu(&self) -> Option<String> {
        let value = self.cpu().filter(|value| CpuSwitch::parse(value).is_none())?;
        Some(format!("{}; the command gets {CPU_PART}", unknown_cpu_line(&value)))
    }

    /// What the user has set `WATERFALL_CPU` to.
    fn cpu(&self) -> Option<Cow<'_, str>> {
        let of_scenario = self.environment.get(CPU).map(Cow::from);
        of_scenario.or_else(|| env::var_os(CPU).map(|value| value.to_string_lossy().into_owned().into()))
    }

    /// The command with its environment, except for where to record.
    fn command(&self) -> Command {
        let (program, arguments) = self.command.split_first().expect("a plan has a command");
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.directory).envs(&self.environment);
        if self.is_output_ours {
            command.stdout(io::stderr());
        }
        command
    }

    /// The description of a run that is about to begin.
    fn begun(&self, place: &Place, number: u32, machine: &Machine, git: &Option<Revision>) -> Metadata {
        Metadata {
            version: metadata::version(),
            name: place.name.to_string(),
            number: place.number,
            command: self.command.iter().map(|part| part.to_string_lossy().into_owned()).collect(),
            directory: self.directory.to_string_lossy().into_owned(),
            scenario: self.scenario.clone(),
            waits: self.waits.clone(),
            repeat: (number, self.repeat),
            in_turn: None,
            start: stamp(resources::unix_ns()),
            end: None,
            elapsed_ns: None,
            outcome: Outcome::Running,
            process: Process::this(),
            machine: machine.clone(),
            git: git.clone(),
            waterfall: env!("CARGO_PKG_VERSION").into(),
            resources: Resources::default(),
            load: None,
            recorded: None,
            figures: None,
        }
    }

    fn run(
        &self,
        runner: &Runner,
        place: Place,
        mut metadata: Metadata,
        notify: &mut impl FnMut(Event<'_>),
    ) -> Run {
        let mut command = self.command();
        command.env("WATERFALL", "1").env("WATERFALL_DIR", place.records());
        if self.cpu().is_none_or(|value| CpuSwitch::parse(&value).is_none()) {
            command.env(CPU, CPU_PART);
        }
        if !self.tasks.is_empty() {
            command.env("WATERFALL_TASKS", self.tasks.join(","));
        }
        let mut sampled = Sampled::default();
        let prepared = runner.prepare();
        let start_ns = resources::unix_ns();
        metadata.start = stamp(start_ns);
        let ended = prepared.run(&mut command, |pid| Sampler::begin(pid, &place.records(), &mut sampled));
        metadata.end = Some(stamp(resources::unix_ns()));
        metadata.elapsed_ns = u64::try_from(ended.elapsed.as_nanos()).ok();
        metadata.outcome = outcome(&ended);
        metadata.resources = resources(&ended, &sampled);
        metadata.load = sampled.load;
        let mut losses = Vec::new();
        // Keep how it ended before reading its records, which may take long.
        let kept = metadata::replace(&place.metadata(), &metadata);
        let progress = Progress::default();
        notify(Event::Read(&progress));
        let read = read(&place, &self.waits, (start_ns, metadata.elapsed_ns), &progress);
        metadata.recorded = read.as_ref().map(|read| read.recorded);
        let kept = kept.and_then(|()| metadata::replace(&place.metadata(), &metadata));
        // Figures may need more room than there is. Then what is known so far stays.
        metadata.figures = read.as_ref().and_then(|read| read.figures.clone());
        if let Err(error) = kept.and_then(|()| metadata::replace(&place.metadata(), &metadata)) {
            losses.push(format!("run.json could not be written: {error}"));
        }
        if let Some(error) = sampled.error {
            losses
                .push(format!("{} samples of its resource use could not be written: {error}", sampled.lost));
        }
        let (problems, unmatched_waits) =
            read.map_or_else(Default::default, |read| (read.problems, read.unmatched_waits));
        Run { place, metadata, ended, problems, unmatched_waits, losses }
    }
}

impl Run {
    /// Whether no run of its plan follows: it failed, recorded no span or was asked to end.
    pub(crate) fn ends_a_plan(&self) -> bool {
        !self.ended.is_success() || self.metadata.is_silent()
    }
}

impl Ended {
    /// Whether the command succeeded, and no signal asked it to end.
    pub(crate) fn is_success(&self) -> bool {
        !self.is_asked_to_end && self.status.as_ref().is_ok_and(ExitStatus::success)
    }
}

fn outcome(ended: &Ended) -> Outcome {
    match &ended.status {
        Err(error @ command::Error::Start { source, .. }) => {
            Outcome::NotStarted { reason: format!("{error}: {source}") }
        }
        Ok(status) if status.code().is_none() => {
            Outcome::Signalled { signal: command::code(&ended.status) - 128 }
        }
        _ => Outcome::Exited { code: command::code(&ended.status) },
    }
}

fn resources(ended: &Ended, sampled: &Sampled) -> Resources {
    let (peak_process_bytes, peak_process_at_most_bytes) = match ended.usage.map(|usage| usage.peak_process) {
        Some(Peak::Exact(bytes)) => (Some(bytes), None),
        Some(Peak::AtMost(bytes)) => (None, Some(bytes)),
        None => (None, None),
    };
    let ns = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    Resources {
        user_ns: ended.usage.map(|usage| ns(usage.user)),
        system_ns: ended.usage.map(|usage| ns(usage.system)),
        peak_process_bytes,
        peak_process_at_most_bytes,
        peak_tree_bytes: sampled.peak_bytes,
        run_queue_ns: sampled.run_queue_ns,
        samples: sampled.samples,
        lost_samples: sampled.lost,
    }
}

/// What was read of a run's records.
struct Read {
    recorded: Recorded,
    /// `None` without a span.
    figures: Option<Figures>,
    problems: Problems,
    unmatched_waits: Vec<NoMatch>,
}

/// Reads the records of a run, with globs of waits, and with the start of its command and the time that it took. No
/// readable row means no spans; after any other error the answer is unknown: `None`.
fn read(
    place: &Place,
    waits: &[String],
    (start_ns, elapsed_ns): (i64, Option<u64>),
    progress: &Progress,
) -> Option<Read> {
    let inputs = Inputs::Paths(vec![place.records()]);
    let reading = Reading { inputs, waits: waits.to_vec(), progress: progress.clone(), ..Reading::default() };
    let (summary, problems, figures) = match reading.load() {
        Ok(loaded) => {
            let figures = report::figures(&loaded, elapsed_ns.map(|elapsed_ns| (start_ns, elapsed_ns)));
            let Loaded { summary, problems, .. } = loaded;
            (summary, problems, Some(figures))
        }
        Err(error) => (Default::default(), error.problems()?.clone(), None),
    };
    let overview = analysis::overview(&summary);
    let recorded = Recorded {
        spans: overview.spans,
        unfinished: overview.unfinished,
        wall_ns: overview.wall_ns(),
        problems: problems.total(),
        busy: Some(busy(overview.division)),
    };
    let unmatched_waits = unmatched_waits(waits, summary.keys());
    let figures = figures.filter(|_| recorded.span_count() > 0);
    Some(Read { recorded, figures, problems, unmatched_waits })
}

fn busy(division: Division) -> Busy {
    let ns = |ns: i128| u64::try_from(ns).unwrap_or(u64::MAX);
    Busy {
        on_cpu_ns: ns(division.on_cpu_ns),
        wait_ns: ns(division.wait_ns),
        off_cpu_ns: ns(division.off_cpu_ns),
        not_known_ns: ns(division.not_known_ns),
    }
}

/// The current time in UTC.
pub(crate) fn now() -> String {
    stamp(resources::unix_ns())
}

/// A time, in ns since the Unix epoch, in UTC.
fn stamp(unix_ns: i64) -> String {
    Zone::Fixed(0).stamp(unix_ns)
}
