//! A process, distinguished from a later one with the same id.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Process {
    pub pid: u32,
    /// When it started, in ticks of the system since its boot; `None` if the system does not say.
    pub start_ticks: Option<u64>,
}

impl Process {
    /// This process.
    pub(crate) fn this() -> Process {
        let pid = std::process::id();
        Process { pid, start_ticks: start_ticks(pid) }
    }

    /// Whether it still runs. A later process with its id does not count, if the system can distinguish them.
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

/// When a process started, in ticks since the system's boot; `None` if it is gone, or if the system does not say.
#[cfg(target_os = "linux")]
fn start_ticks(pid: u32) -> Option<u64> {
    let process = procfs::process::Process::new(i32::try_from(pid).ok()?).ok()?;
    Some(process.stat().ok()?.starttime)
}

#[cfg(not(target_os = "linux"))]
fn start_ticks(_: u32) -> Option<u64> {
    None
}
