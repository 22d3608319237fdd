//! Runs: a command is run by name, what it records and what it uses is kept, and what is known of it stands beside that.
//!
//! Takes a plan, gives what became of each run. The command inherits input, output and environment, and signals meant
//! for us go to it. Prints nothing and draws no page. A run that fails ends the plan, and says so in its own directory,
//! whatever happens to us meanwhile.

mod check;
mod resources;
mod scenario;
mod tree;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};
use std::time::{Duration, SystemTime};

use crate::analysis;
use crate::command::{self, Ended, Peak, Runner};
use crate::reading::{self, Inputs, Reading};
use crate::runs::metadata;
use crate::runs::{
    KEPT, Machine, Metadata, Name, Outcome, Place, Process, Recorded, Resources, Revision, Store,
};
use crate::sources::Progress;
use crate::text::Zone;

pub(crate) use scenario::Scenario;

use resources::{Sampled, Sampler};

/// What to run.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The name under which its runs are kept.
    pub name: Name,
    /// The command and its arguments, at least one.
    pub command: Vec<OsString>,
    /// Where it is run, and where `.waterfall` is.
    pub directory: PathBuf,
    /// How often, at least once.
    pub repeat: u32,
    /// How often before that, without recording.
    pub warmup: u32,
    /// The scenario that it is of.
    pub scenario: Option<String>,
    /// Globs of the tasks to record; none: all.
    pub tasks: Vec<String>,
    /// More variables for it.
    pub environment: BTreeMap<String, String>,
}

/// What happens, for whoever wants to tell of it.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    /// A run without recording begins: the first of two is `(1, 2)`.
    Warmup(u32, u32),
    /// A run begins.
    Begin(&'a Metadata),
    /// Its command has ended, and what it recorded is looked at.
    Read(&'a Progress),
    /// A run has ended.
    End(&'a Run),
}

/// A run that is over.
#[derive(Debug)]
pub(crate) struct Run {
    /// Where it is kept.
    pub place: Place,
    /// What is known of it.
    pub metadata: Metadata,
    /// How the command ended.
    pub ended: Ended,
    /// What of that could not be kept, a sentence each.
    pub losses: Vec<String>,
}

/// What became of a plan.
#[derive(Debug)]
pub(crate) struct Executed {
    /// The runs, the first one first.
    pub runs: Vec<Run>,
    /// A run without recording that failed, so that there are no others.
    pub failed_warmup: Option<Ended>,
}

/// Why a plan was not carried out to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// The directory of a run could not be made, so its command was not started.
    #[error("cannot store the run below {}", directory.display())]
    Keep {
        /// Where `.waterfall` should be.
        directory: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Plan {
    /// Runs the command as often as planned, one after the other, until one fails or is asked to end.
    ///
    /// # Errors
    ///
    /// [`Error::Keep`] when a run's directory or what is known of it cannot be written; the runs before it are kept.
    ///
    /// # Panics
    ///
    /// When there is no command.
    pub(crate) fn execute(&self, mut told: impl FnMut(Event<'_>)) -> Result<Executed, Error> {
        let store = Store::below(&self.directory);
        let unkept = |source| Error::Keep { directory: self.directory.clone(), source };
        let runner = Runner::of_several();
        for number in 1..=self.warmup {
            told(Event::Warmup(number, self.warmup));
            // Who does not know that it is switched off writes where nobody looks.
            let nowhere = tempfile::tempdir().map_err(unkept)?;
            let mut command = self.command();
            command.env("WATERFALL", "0").env("WATERFALL_DIR", nowhere.path());
            let ended = runner.prepare().run(&mut command, |_| ());
            if !ended.is_success() {
                return Ok(Executed { runs: Vec::new(), failed_warmup: Some(ended) });
            }
        }
        let (machine, git) = (Machine::this(), Revision::of(&self.directory));
        let mut runs: Vec<Run> = Vec::new();
        for number in 1..=self.repeat {
            let place = store.create(&self.name).map_err(unkept)?;
            let metadata = self.begun(&place, number, &machine, &git);
            metadata::create(&place.metadata(), &metadata)
                .inspect_err(|_| place.discard())
                .map_err(unkept)?;
            told(Event::Begin(&metadata));
            let run = self.run(&runner, place, metadata, &mut told);
            told(Event::End(&run));
            let is_last = !run.ended.is_success() || run.metadata.is_silent();
            runs.push(run);
            if is_last {
                break;
            }
        }
        // What cannot be removed is in nobody's way.
        let _ = store.prune(&self.name, KEPT.max(runs.len()));
        Ok(Executed { runs, failed_warmup: None })
    }

    /// The command in its environment, but for where to record.
    fn command(&self) -> Command {
        let (program, arguments) = self.command.split_first().expect("a plan has a command");
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.directory).envs(&self.environment);
        command
    }

    /// What is known of a run that is about to begin.
    fn begun(&self, place: &Place, number: u32, machine: &Machine, git: &Option<Revision>) -> Metadata {
        Metadata {
            version: metadata::version(),
            name: place.name.to_string(),
            number: place.number,
            command: self.command.iter().map(|part| part.to_string_lossy().into_owned()).collect(),
            directory: self.directory.to_string_lossy().into_owned(),
            scenario: self.scenario.clone(),
            repeat: (number, self.repeat),
            start: now(),
            end: None,
            elapsed_ns: None,
            outcome: Outcome::Running,
            process: Process::this(),
            machine: machine.clone(),
            git: git.clone(),
            waterfall: env!("CARGO_PKG_VERSION").into(),
            resources: Resources::default(),
            recorded: None,
        }
    }

    fn run(
        &self,
        runner: &Runner,
        place: Place,
        mut metadata: Metadata,
        told: &mut impl FnMut(Event<'_>),
    ) -> Run {
        let mut command = self.command();
        command.env("WATERFALL", "1").env("WATERFALL_DIR", place.records());
        if !self.tasks.is_empty() {
            command.env("WATERFALL_TASKS", self.tasks.join(","));
        }
        let mut sampled = Sampled::default();
        let prepared = runner.prepare();
        metadata.start = now();
        let ended = prepared.run(&mut command, |pid| Sampler::begin(pid, &place.records(), &mut sampled));
        metadata.end = Some(now());
        metadata.elapsed_ns = u64::try_from(ended.elapsed.as_nanos()).ok();
        metadata.outcome = outcome(&ended);
        metadata.resources = resources(&ended, &sampled);
        let mut losses = Vec::new();
        // How it ended is kept before its records are looked at: that may take long.
        let kept = metadata::replace(&place.metadata(), &metadata);
        let progress = Progress::default();
        told(Event::Read(&progress));
        metadata.recorded = recorded(&place, &progress);
        if let Err(error) = kept.and_then(|()| metadata::replace(&place.metadata(), &metadata)) {
            losses.push(format!("run.json could not be written: {error}"));
        }
        if let Some(error) = sampled.error {
            losses
                .push(format!("{} samples of its resource use could not be written: {error}", sampled.lost));
        }
        Run { place, metadata, ended, losses }
    }
}

impl Ended {
    /// Whether the command did what it should, and nobody asked it to end.
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
        samples: sampled.samples,
        lost_samples: sampled.lost,
    }
}

/// What there is in a run's records; `None` where nothing can be read.
fn recorded(place: &Place, progress: &Progress) -> Option<Recorded> {
    let inputs = Inputs::Paths(vec![place.records()]);
    let reading = Reading { inputs, progress: progress.clone(), ..Reading::default() };
    let none = Recorded { spans: 0, unfinished: 0, wall_ns: 0, problems: 0 };
    match reading.summarise() {
        Ok((summary, problems)) => {
            let overview = analysis::overview(&summary);
            Some(Recorded {
                spans: overview.spans,
                unfinished: overview.unfinished,
                wall_ns: overview.wall_ns(),
                problems: problems.total(),
            })
        }
        Err(reading::Error::NothingReadable { problems, .. }) => {
            Some(Recorded { problems: problems.total(), ..none })
        }
        Err(_) => None,
    }
}

/// The time, in UTC.
fn now() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Zone::Fixed(0).stamp(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
