//! Runs a command and records it as one span, so that a shell script becomes a waterfall.
//!
//! Takes names, a directory and a command; gives how the command ended, how long it took, and what could not be
//! recorded. Recording never keeps the command from running, and never changes how it ends. The command inherits input,
//! output and environment. Its row is in the file before it starts, so a kill leaves an unfinished span. The span has
//! the attributes that the caller gives, the command's exit code or the signal that ended it, and its CPU time. Prints
//! nothing. Must not know the report: nothing here reads or draws a trace.
//!
//! The tasks that one process runs, such as a shell, become the lanes of that process: one lane per task, more if
//! runs of that task overlap.

mod attributes;
mod caller;
mod record;

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant, SystemTime};

use recorder::format::{Content, FileName, NAME_LIMIT, Record, Row, Stamp};
use recorder::switches::{self, CpuSwitch, Switches};
use recorder::writer::{OpenRow, Writer};

use self::attributes::Attributes;
use crate::command::{self, Ended, Runner};
pub use crate::command::{Error, Signals};

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
    /// Label of the group that the task belongs to, such as the name of the script.
    pub group: String,
    /// Name of the task, and of its lane.
    pub task: String,
    /// Names and values of attributes of the span. Names that begin with `@` are reserved.
    pub attributes: Vec<(String, String)>,
    /// Colour of the span, as `#rrggbb`, or `wait` if the command only waits; any other text is left out.
    pub color: Option<String>,
    /// Directory for the record, created if it does not exist. `None` records nothing.
    pub directory: Option<PathBuf>,
    /// UTC offset of the times in the record, in minutes, positive to the east, clamped to 23:59 either way.
    pub bias_minutes: i32,
    /// Whether to fill in [`Outcome::timing`].
    pub timing: bool,
    /// Whether the span gets the CPU time of the command, and of those of its children that were waited for.
    pub cpu: bool,
    /// How signals reach the command; [`Task::new`] leaves them alone.
    pub signals: Signals,
}

/// How a command ended, and what became of its record.
#[derive(Debug)]
pub struct Outcome {
    /// How the command ended, or why it did not run.
    pub status: Result<ExitStatus, Error>,
    /// From just before its start to just after its end.
    pub elapsed: Duration,
    /// What could not be recorded, if anything.
    pub loss: Option<Loss>,
    /// `[TIMING] compile: 2.34 ms`, if [`Task::timing`] is set and the task is recorded.
    pub timing: Option<String>,
}

/// What is missing from the records.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Loss {
    /// The whole span.
    #[error("cannot record the task in {}", directory.display())]
    Span {
        /// The directory for the record.
        directory: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// An attribute of the span, such as its exit code.
    #[error("cannot record an attribute of the task in {}", directory.display())]
    Attribute {
        /// The directory for the record.
        directory: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
    /// The rest of a long name or value.
    #[error("the record has only the first 1,000 bytes of {what}")]
    Cut {
        /// Such as `the name of the task`.
        what: &'static str,
    },
    /// The end of the span, which is shown as unfinished.
    #[error("cannot record the end of the task in {}", directory.display())]
    End {
        /// The directory for the record.
        directory: PathBuf,
        /// The error of the system.
        source: io::Error,
    },
}

impl Task {
    /// A task that is recorded in `directory`, with times in UTC. Leaves signals alone.
    pub fn new(group: impl Into<String>, task: impl Into<String>, directory: impl Into<PathBuf>) -> Task {
        Task {
            group: group.into(),
            task: task.into(),
            attributes: Vec::new(),
            color: None,
            directory: Some(directory.into()),
            bias_minutes: 0,
            timing: false,
            cpu: false,
            signals: Signals::Left,
        }
    }

    /// A task that is recorded as the environment says, by the same variables as a Recorder. It is not recorded if
    /// `WATERFALL` is 0 or `WATERFALL_TASKS` leaves it out. The record goes to `directory`, else `WATERFALL_DIR`,
    /// else `./records`. `WATERFALL_BIAS`, `WATERFALL_TIMING` and `WATERFALL_CPU` apply, too.
    pub fn from_env(group: impl Into<String>, task: impl Into<String>, directory: Option<PathBuf>) -> Task {
        let switches = Switches::from_env();
        let directory = directory.or(switches.directory).unwrap_or_else(|| "records".into());
        let mut task = Task::new(group, task, directory);
        task.bias_minutes = switches.bias_minutes;
        task.timing = switches.timing;
        task.cpu = switches.cpu != CpuSwitch::Off;
        if switches.power == Some(false) || !switches.tasks.passes(&task.group, &task.task) {
            task.directory = None;
        }
        task
    }

    /// Runs a command to its end and records it as one span, as far as that is possible.
    ///
    /// A command that cannot be started is a span, too, as long as the attempt took. One that has ended gives the span
    /// an attribute `exit_code`, or `signal` if a signal has ended it, and `cpu` if [`Task::cpu`] is set.
    pub fn run(&self, command: &mut Command) -> Outcome {
        // Before the record: from here on a signal reaches the command, and the span gets its end.
        let runner = Runner::once(self.signals);
        let prepared = runner.prepare();
        let file = self.directory.as_deref().map(|directory| self.create(directory));
        let start = Moment::now();
        let begun = file.map(|file| file.and_then(|(file, name)| self.begin(file, name, start.unix_ns)));
        let Ended { status, usage, .. } = prepared.run(command, |_| ());
        let elapsed = start.instant.elapsed();

        // Several threads use more, but the span is on a CPU all the time.
        let cpu = usage.filter(|_| self.cpu).map(|usage| (usage.user + usage.system).min(elapsed));
        let end_ns = start.unix_ns.saturating_add(saturate(elapsed.as_nanos()));
        let loss = self.directory.clone().zip(begun).and_then(|(directory, begun)| match begun {
            Err(source) => Some(Loss::Span { directory, source }),
            Ok((open, attributes)) => {
                let ended = open.end(self.stamp(end_ns));
                let given = attributes.and_then(|attributes| give_ending(attributes, &status, cpu));
                match (ended, given) {
                    (Err(source), _) => Some(Loss::End { directory, source }),
                    (Ok(()), Err(source)) => Some(Loss::Attribute { directory, source }),
                    (Ok(()), Ok(())) => self.cut_text().map(|what| Loss::Cut { what }),
                }
            }
        });
        let is_timed = self.timing && self.directory.is_some();
        let timing = is_timed.then(|| switches::timing_line(&self.task, end_ns - start.unix_ns));
        Outcome { status, elapsed, loss, timing }
    }

    /// Writes the row, and then the attributes of the caller. Without a row there is no attribute.
    fn begin(
        &self,
        file: Writer,
        name: FileName,
        start_ns: i64,
    ) -> io::Result<(OpenRow, io::Result<Attributes>)> {
        let directory = file.path().parent().unwrap_or(Path::new("")).to_owned();
        let open = record::begin(file, &self.row(start_ns))?;
        let attributes = Attributes::create(&directory, &name, open.row_at(), start_ns);
        let given = attributes.and_then(|mut attributes| {
            self.attributes.iter().try_for_each(|(name, value)| attributes.give(name, value))?;
            Ok(attributes)
        });
        Ok((open, given))
    }

    /// Creates the file. Its name depends on the caller and the task alone, except for the numbers of lane and part.
    fn create(&self, directory: &Path) -> io::Result<(Writer, FileName)> {
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

    /// What is too long for a record.
    fn cut_text(&self) -> Option<&'static str> {
        let names = [("the name of the group", &self.group), ("the name of the task", &self.task)];
        let attributes = self.attributes.iter().flat_map(|(name, value)| {
            [("the name of an attribute", name), ("the value of an attribute", value)]
        });
        let too_long = |&(_, text): &(&str, &String)| text.len() > NAME_LIMIT;
        names.into_iter().chain(attributes).find(too_long).map(|(what, _)| what)
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

/// Gives the attributes that show how a command ended, and its CPU time.
fn give_ending(
    mut attributes: Attributes,
    status: &Result<ExitStatus, Error>,
    cpu: Option<Duration>,
) -> io::Result<()> {
    let Ok(status) = status else { return Ok(()) };
    match (status.code(), command::signal(*status)) {
        (Some(code), _) => attributes.give("exit_code", &code.to_string()),
        (None, Some(signal)) => attributes.give("signal", &signal.to_string()),
        (None, None) => Ok(()),
    }?;
    cpu.map_or(Ok(()), |cpu| attributes.give("cpu", &format!("{}ns", cpu.as_nanos())))
}

/// What to print about a switch with an unknown value, if the environment has one.
pub(crate) fn unknown_switch() -> Option<String> {
    let switches = Switches::from_env();
    let value = switches.unknown_cpu.filter(|_| switches.power != Some(false))?;
    Some(switches::unknown_cpu_line(&value))
}

impl Outcome {
    /// The exit code that a shell would report: the command's own, 128 + the signal that ended it, 127 if it was
    /// not found, 126 if it could not be run for another reason.
    pub fn code(&self) -> i32 {
        command::code(&self.status)
    }

    /// Ends this process as the command ended, with its [`code`](Outcome::code). If a Ctrl-C ended the command, the
    /// signal itself ends this process, so that bash ends a calling script, too.
    pub fn exit(&self) -> ! {
        command::exit(&self.status)
    }
}

/// A moment by the wall clock and by the monotonic clock.
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
