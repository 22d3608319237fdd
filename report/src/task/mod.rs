//! A task: a command that is run and recorded as one span, so that a shell script makes a waterfall.
//!
//! Takes names, a directory and a command; gives how the command ended, what it took, and what could not be
//! recorded. Recording never keeps the command from running and never changes how it ends: it inherits
//! input, output and environment, and the row is in the file before it starts, so a kill leaves an
//! unfinished span. Prints nothing. Must not know the report: nothing here reads or draws a trace.
//!
//! The lanes of one calling process (one shell, say) are the tasks that it runs; `record` says how.

mod caller;
mod record;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant, SystemTime};

use recorder::format::{Content, FileName, Record, Row, Stamp};
use recorder::switches::{self, Switches};
use recorder::writer::Writer;

use crate::command::{self, Error, Runner, Signals};

/// A command's run as it is to be recorded.
///
/// ```
/// # #[cfg(unix)] {
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// use std::process::Command;
/// use waterfall::task::Task;
///
/// let task = Task::new("build", "compile", directory.path());
/// let outcome = task.run(Command::new("sh").args(["-c", "exit 3"]));
/// assert_eq!(outcome.code(), 3);
///
/// let rendered = waterfall::Report::of(directory.path()).render()?;
/// assert_eq!((rendered.spans, rendered.lanes), (1, 1));
/// # Ok(())
/// # }
/// # main().unwrap()
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Task {
    /// The label of what the task belongs to.
    pub group: String,
    /// What runs; also the name of its lane.
    pub task: String,
    /// `#rrggbb`; anything else is left out.
    pub color: Option<String>,
    /// Where the record goes, created when it is not there; `None`: nothing is recorded.
    pub directory: Option<PathBuf>,
    /// Minutes east of UTC in which the stamps are written, clamped to 23:59 either way.
    pub bias_minutes: i32,
    /// Whether [`Outcome::timing`] is wanted.
    pub timing: bool,
    /// What becomes of signals.
    pub signals: Signals,
}

/// What became of a command, and of its record.
#[derive(Debug)]
pub struct Outcome {
    /// How the command ended, or why it did not run.
    pub status: Result<ExitStatus, Error>,
    /// From just before its start to just after its end.
    pub elapsed: Duration,
    /// What could not be recorded, if anything.
    pub loss: Option<Loss>,
    /// `[TIMING] compile: 2.34 ms`, when that is wanted of a recorded task.
    pub timing: Option<String>,
}

/// What of a run is not in the records.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Loss {
    /// The span.
    #[error("cannot record the task in {}", directory.display())]
    Span {
        /// Where it should have been.
        directory: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The span's end: it is shown as unfinished.
    #[error("cannot record the end of the task in {}", directory.display())]
    End {
        /// Where it should have been.
        directory: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl Task {
    /// A task that is recorded in a directory, its stamps in UTC, and leaves signals alone.
    pub fn new(group: impl Into<String>, task: impl Into<String>, directory: impl Into<PathBuf>) -> Task {
        Task {
            group: group.into(),
            task: task.into(),
            color: None,
            directory: Some(directory.into()),
            bias_minutes: 0,
            timing: false,
            signals: Signals::Left,
        }
    }

    /// A task that is recorded as the environment asks, by the same variables as a Recorder: not with
    /// `WATERFALL=0` nor when `WATERFALL_TASKS` leaves it out; into `directory`, else `WATERFALL_DIR`, else
    /// `./records`; with `WATERFALL_BIAS` and `WATERFALL_TIMING`.
    pub fn from_env(group: impl Into<String>, task: impl Into<String>, directory: Option<PathBuf>) -> Task {
        let switches = Switches::from_env();
        let directory = directory.or(switches.directory).unwrap_or_else(|| "records".into());
        let mut task = Task::new(group, task, directory);
        task.bias_minutes = switches.bias_minutes;
        task.timing = switches.timing;
        if switches.power == Some(false) || !switches.tasks.passes(&task.group, &task.task) {
            task.directory = None;
        }
        task
    }

    /// Runs a command to its end and records it as one span, as far as that is possible.
    ///
    /// A command that cannot be started is a span, too: of the time that the attempt took.
    pub fn run(&self, command: &mut Command) -> Outcome {
        // Before the record: a kill from here on reaches the command, and the span gets its end.
        let runner = Runner::once(self.signals);
        let prepared = runner.prepare();
        let file = self.directory.as_deref().map(|directory| self.create(directory));
        let start = Moment::now();
        let begun = file.map(|file| file.and_then(|file| record::begin(file, &self.row(start.unix_ns))));
        let status = prepared.run(command, |_| ()).status;
        let elapsed = start.instant.elapsed();

        let end_ns = start.unix_ns.saturating_add(saturate(elapsed.as_nanos()));
        let loss = self.directory.clone().zip(begun).and_then(|(directory, begun)| match begun {
            Err(source) => Some(Loss::Span { directory, source }),
            Ok(open) => open.end(self.stamp(end_ns)).err().map(|source| Loss::End { directory, source }),
        });
        let is_timed = self.timing && self.directory.is_some();
        let timing = is_timed.then(|| switches::timing_line(&self.task, end_ns - start.unix_ns));
        Outcome { status, elapsed, loss, timing }
    }

    /// Creates the file, but for the numbers of lane and part a function of the caller and the task.
    fn create(&self, directory: &Path) -> io::Result<Writer> {
        let caller = caller::caller();
        record::create(
            directory,
            FileName {
                host: recorder::host_name(),
                pid: caller.pid,
                process_start_ns: caller.start_ns,
                lane: 0,
                thread: self.task.clone(),
                part: 0,
                content: Content::Records,
            },
        )
    }

    fn row(&self, start_ns: i64) -> Row {
        Row::new(&Record {
            group: &self.group,
            task: &self.task,
            start: self.stamp(start_ns),
            end: None,
            color: self.color.as_deref().unwrap_or_default(),
        })
    }

    fn stamp(&self, unix_ns: i64) -> Stamp {
        Stamp::new(unix_ns, self.bias_minutes)
    }
}

impl Outcome {
    /// The exit code by which a shell would tell it, as [`command::code`] has it.
    pub fn code(&self) -> i32 {
        command::code(&self.status)
    }

    /// Ends this process as the command ended, as [`command::exit`] does.
    pub fn exit(&self) -> ! {
        command::exit(&self.status)
    }
}

/// A moment by the wall clock and by the one that never runs backwards.
struct Moment {
    unix_ns: i64,
    instant: Instant,
}

impl Moment {
    fn now() -> Moment {
        let unix_ns = match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => saturate(after.as_nanos()),
            Err(before) => -saturate(before.duration().as_nanos()),
        };
        Moment { unix_ns, instant: Instant::now() }
    }
}

fn saturate(ns: u128) -> i64 {
    i64::try_from(ns).unwrap_or(i64::MAX)
}
