//! Runs a command to its end in place of this process: it inherits what we have and gets the signals that are meant
//! for us, and we end as it ended.
//!
//! Takes a command, gives how it ended and what the system counted for it. Prints nothing. Must know neither
//! records nor the report.

mod signals;

use std::io::{self, ErrorKind};
use std::process::{self, Command, ExitStatus};
use std::time::{Duration, Instant};

pub(crate) use signals::signal;
use signals::{Caught, Gate};
use wait4::{ResUse, Wait4};

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its status, or why there is none.
    pub status: Result<ExitStatus, Error>,
    /// From just before its start to its end, or until the start failed.
    pub elapsed: Duration,
    /// `None` if there is no status.
    pub usage: Option<Usage>,
    /// Whether a signal asked to end meanwhile, such as a typed Ctrl-C.
    pub is_asked_to_end: bool,
}

/// What the system counted for a command and for those of its descendants that were waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Usage {
    /// CPU time in their own code, of all threads together.
    pub user: Duration,
    /// CPU time of the system for them.
    pub system: Duration,
    /// The most resident memory of any one of them.
    pub peak_process: Peak,
}

/// The most resident memory of a process, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peak {
    Exact(u64),
    /// Not more than this process had when it started the command: Linux includes that, so the exact figure is
    /// unknown.
    AtMost(u64),
}

/// Why there is no exit status.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The command could not be started.
    #[error("cannot run {program}")]
    Start {
        /// The name or path of the program.
        program: String,
        /// The error of the system.
        source: io::Error,
    },
    /// The system does not say how the command ended.
    #[error("cannot wait for {program}")]
    Wait {
        /// The name or path of the program.
        program: String,
        /// The error of the system.
        source: io::Error,
    },
}

/// How signals reach a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signals {
    /// Signals do to this process what they always do.
    Left,
    /// Signals that ask this process to end go to the command instead, and so do `SIGUSR1` and `SIGUSR2`. **This
    /// process catches them for the rest of its life** and ignores them after the run, so use this only in a
    /// program that does nothing but run the command.
    Passed,
}

/// Runs commands one after the other, never two at once.
pub(crate) struct Runner {
    signals: Signals,
    /// If signals are passed: what they do between two commands.
    gate: Option<Gate>,
}

impl Runner {
    /// A runner for one command.
    pub(crate) fn once(signals: Signals) -> Runner {
        Runner { signals, gate: None }
    }

    /// A runner for several commands. While one runs, signals go to it; between two, they end this process.
    pub(crate) fn of_several() -> Runner {
        Runner { signals: Signals::Passed, gate: Some(Gate::new()) }
    }

    /// Catches signals for a command that will run next.
    pub(crate) fn prepare(&self) -> Prepared<'_> {
        let caught = (self.signals == Signals::Passed).then(Caught::new);
        let open = self.gate.as_ref().inspect(|gate| gate.set_open(false)).map(Opening);
        Prepared { caught, _open: open }
    }
}

/// A runner that is ready for its command: from here on no signal is lost.
pub(crate) struct Prepared<'a> {
    caught: Option<Caught>,
    _open: Option<Opening<'a>>,
}

/// Opens the gate again when it is dropped.
struct Opening<'a>(&'a Gate);

impl Drop for Opening<'_> {
    fn drop(&mut self) {
        self.0.set_open(true);
    }
}

impl Prepared<'_> {
    /// Runs a command to its end. Calls `started` with its process id. What `started` returns is dropped when the
    /// command has ended; if signals are passed, that is before the system forgets the id.
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

/// Makes the system forget the peak memory of this process so far: what was read meanwhile has nothing to do with
/// the command.
#[cfg(target_os = "linux")]
fn forget_own_peak() {
    // If this fails, only the bound is higher.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

#[cfg(not(target_os = "linux"))]
fn forget_own_peak() {}

/// The most resident memory of this process so far; 0 if the system does not include it in that of a child.
#[cfg(target_os = "linux")]
fn own_peak_bytes() -> u64 {
    let status = procfs::process::Process::myself().and_then(|own| own.status());
    status.ok().and_then(|status| status.vmhwm).map_or(0, |kilobytes| kilobytes * 1024)
}

#[cfg(not(target_os = "linux"))]
fn own_peak_bytes() -> u64 {
    0
}

/// The exit code that a shell would report: the command's own, 128 + the signal that ended it, 127 if it was not
/// found, 126 if it could not be run for another reason.
pub(crate) fn code(status: &Result<ExitStatus, Error>) -> i32 {
    match status {
        Ok(status) => status.code().or_else(|| signal(*status).map(|signal| 128 + signal)).unwrap_or(NOT_RUN),
        Err(Error::Start { source, .. }) if source.kind() == ErrorKind::NotFound => NOT_FOUND,
        Err(_) => NOT_RUN,
    }
}

/// Ends this process as the command ended, with its [`code`]. If a Ctrl-C ended the command, the signal itself ends
/// this process, unless it is the first one of a container. A script sees the same 130, but after a plain exit code
/// bash would think that the command had handled the key, and would go on with the script.
pub(crate) fn exit(status: &Result<ExitStatus, Error>) -> ! {
    if let Ok(status) = *status {
        signals::die_of_key(status);
    }
    process::exit(code(status))
}

const NOT_RUN: i32 = 126;
const NOT_FOUND: i32 = 127;
