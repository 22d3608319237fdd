//! A process, told apart from a later one with the same id.

use serde::{Deserialize, Serialize};

/// A process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    /// Its id.
    pub pid: u32,
    /// When it started, in the system's ticks since its boot; `None` where that is not told.
    pub start_ticks: Option<u64>,
}

impl Process {
    /// This one.
    pub(crate) fn this() -> Process {
        let pid = std::process::id();
        Process { pid, start_ticks: start_ticks(pid) }
    }

    /// Whether it lives: not another one that got its id, where the system tells them apart.
    pub(crate) fn lives(self) -> bool {
        match self.start_ticks {
            Some(ticks) => start_ticks(self.pid) == Some(ticks),
            None => is_there(self.pid),
        }
    }
}

#[cfg(unix)]
fn is_there(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw);
    pid.is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
}

#[cfg(not(unix))]
fn is_there(_: u32) -> bool {
    false
}

/// When a process started, in ticks since the system's boot; `None` when it is not there, or the system does not say.
#[cfg(target_os = "linux")]
fn start_ticks(pid: u32) -> Option<u64> {
    let process = procfs::process::Process::new(i32::try_from(pid).ok()?).ok()?;
    Some(process.stat().ok()?.starttime)
}

#[cfg(not(target_os = "linux"))]
fn start_ticks(_: u32) -> Option<u64> {
    None
}
