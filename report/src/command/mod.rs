//! A command that is run to its end in our place: it inherits what we have, gets the signals that are meant for us, and
//! we end as it ended.
//!
//! Takes a command, gives how it ended and what the system counted of it. Prints nothing. Must know neither records nor
//! the report.

mod signals;

use std::io::{self, ErrorKind};
use std::process::{self, Command, ExitStatus};
use std::time::{Duration, Instant};

use signals::{Caught, Gate};
use wait4::{ResUse, Wait4};

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its status, or why it has none.
    pub status: Result<ExitStatus, Error>,
    /// From just before it was started until it had ended, or could not be started.
    pub elapsed: Duration,
    /// What the system counted.
    pub usage: Option<Usage>,
    /// Whether a signal came meanwhile that asks to end, such as a typed Ctrl-C.
    pub is_asked_to_end: bool,
}

/// What the system counted of a command and those of its descendants that were waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usage {
    /// CPU time in its own code, of all threads together.
    pub user: Duration,
    /// CPU time in the system.
    pub system: Duration,
    /// The most memory that one of these processes had resident.
    pub peak_process: Peak,
}

/// The most memory that a process had resident, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peak {
    /// So much.
    Exact(u64),
    /// Not more than this process had when it started the command: Linux counts that in, so no less can be told.
    AtMost(u64),
}

/// Why there is no exit status.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The command could not be started.
    #[error("cannot run {program}")]
    Start {
        /// The program's name, or path.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// The system does not tell how the command ended.
    #[error("cannot wait for {program}")]
    Wait {
        /// The program's name, or path.
        program: String,
        /// What the system says.
        source: io::Error,
    },
}

/// How signals reach a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signals {
    /// They do to this process what they always do.
    Left,
    /// Those that ask this process to end (or are for its own use: `SIGUSR1`, `SIGUSR2`) go to the command instead.
    /// **They are taken over for the rest of the process's life** and do nothing after the run, so this is for a program
    /// that is nothing but the command's wrapper.
    Passed,
}

/// Whoever runs commands: one after the other, never two at once.
pub(crate) struct Runner {
    signals: Signals,
    /// Where signals are passed: what they do between the commands.
    gate: Option<Gate>,
}

impl Runner {
    /// A runner of one command.
    pub(crate) fn once(signals: Signals) -> Runner {
        Runner { signals, gate: None }
    }

    /// A runner of several: signals are passed while one runs, and end this process while none does.
    pub(crate) fn of_several() -> Runner {
        Runner { signals: Signals::Passed, gate: Some(Gate::new()) }
    }

    /// Catches signals for a command that is about to be run.
    pub(crate) fn prepare(&self) -> Prepared<'_> {
        let caught = (self.signals == Signals::Passed).then(Caught::new);
        let open = self.gate.as_ref().inspect(|gate| gate.set_open(false)).map(Opening);
        Prepared { caught, _open: open }
    }
}

/// A runner that waits for its command: no signal from here on is lost.
pub(crate) struct Prepared<'a> {
    caught: Option<Caught>,
    _open: Option<Opening<'a>>,
}

/// Opens the gate again.
struct Opening<'a>(&'a Gate);

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.0.set_open(true);
    }
}

impl Prepared<'_> {
    /// Runs a command to its end. `started` is told its process's id; what it gives is dropped when the command has
    /// ended, and before the system forgets it.
    pub(crate) fn run<T>(self, command: &mut Command, started: impl FnOnce(u32) -> T) -> Ended {
        let program = command.get_program().to_string_lossy().into_owned();
        forget_own_peak();
        let start = Instant::now();
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(source) => {
                let status = Err(Error::Start { program, source });
                return Ended { status, elapsed: start.elapsed(), usage: None, is_asked_to_end: false };
            }
        };
        let own_bytes = own_peak_bytes();
        let watching = started(child.id());
        let mut elapsed = Duration::ZERO;
        let ended = || {
            elapsed = start.elapsed();
            drop(watching);
        };
        let (waited, is_asked_to_end) = match self.caught {
            Some(caught) => caught.wait(&mut child, ended),
            None => {
                let waited = child.wait4();
                ended();
                (waited, false)
            }
        };
        let (status, usage) = match waited {
            Ok(ResUse { status, rusage }) => {
                let peak_process = match rusage.maxrss {
                    bytes if bytes > own_bytes => Peak::Exact(bytes),
                    bytes => Peak::AtMost(bytes),
                };
                (Ok(status), Some(Usage { user: rusage.utime, system: rusage.stime, peak_process }))
            }
            Err(source) => (Err(Error::Wait { program, source }), None),
        };
        Ended { status, elapsed, usage, is_asked_to_end }
    }
}

/// Lets the system forget what this process had resident before: what was read meanwhile is nothing of the command's.
#[cfg(target_os = "linux")]
fn forget_own_peak() {
    // Where that cannot be written a greater bound stays.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

#[cfg(not(target_os = "linux"))]
fn forget_own_peak() {}

/// The most memory that this process had resident so far; 0 where the system counts it in no child.
#[cfg(target_os = "linux")]
fn own_peak_bytes() -> u64 {
    let status = procfs::process::Process::myself().and_then(|own| own.status());
    status.ok().and_then(|status| status.vmhwm).map_or(0, |kilobytes| kilobytes * 1024)
}

#[cfg(not(target_os = "linux"))]
fn own_peak_bytes() -> u64 {
    0
}

/// The exit code by which a shell would tell it: the command's own, 128 + the signal that ended it, 127
/// when it was not found, 126 when it could not be run for another reason.
pub(crate) fn code(status: &Result<ExitStatus, Error>) -> i32 {
    match status {
        Ok(status) => status.code().or_else(|| signals::code(*status)).unwrap_or(NOT_RUN),
        Err(Error::Start { source, .. }) if source.kind() == ErrorKind::NotFound => NOT_FOUND,
        Err(_) => NOT_RUN,
    }
}

/// Ends this process as the command ended: with its [`code`]. After a Ctrl-C that ended the command it
/// is the signal itself that ends us, which is the same 130 to a script; but of a mere code bash would
/// think that the command took the key for its own, and would go on with the script.
pub(crate) fn exit(status: &Result<ExitStatus, Error>) -> ! {
    if let Ok(status) = *status {
        signals::die_of_key(status);
    }
    process::exit(code(status))
}

const NOT_RUN: i32 = 126;
const NOT_FOUND: i32 = 127;
