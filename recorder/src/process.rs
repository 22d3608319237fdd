//! The identity of this process and of its machine.
//!
//! A pid can be used again, so a process is its pid and the time of its first record. One word holds both, and a fork
//! wipes it. So all threads agree without a lock, and a forked child gets a word of its own. Must not know files.

use std::env;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock;
use crate::system;

/// A process. Two values are equal only within one process, not between it and its forked children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process(u64);

impl Process {
    /// The calling process. Costs a load from memory.
    #[inline]
    pub(crate) fn current() -> Self {
        match system::fork_word().load(Ordering::Relaxed) {
            0 => Self::begin(),
            seen => Self(seen),
        }
    }

    /// The first call in this process.
    #[cold]
    fn begin() -> Self {
        system::make_fork_word();
        let fresh = Self::begin_after(LATEST_START_NS.load(Ordering::Relaxed));
        match system::fork_word().compare_exchange(0, fresh.0, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => {
                LATEST_START_NS.store(fresh.start_ns(), Ordering::Relaxed);
                fresh
            }
            Err(other_thread) => Self(other_thread),
        }
    }

    /// This process, beginning now and after its parent, which in another namespace may have the same pid. Never 0,
    /// which means that no thread has recorded yet.
    fn begin_after(parent_start_ns: u64) -> Self {
        let now_ns = u64::try_from(clock::wall_ns()).unwrap_or(0) & !PID_MASK;
        let start_ns = now_ns.max(parent_start_ns + PID_MASK + 1);
        Self(start_ns | u64::from(std::process::id()) & PID_MASK)
    }

    /// When the process first recorded, in nanoseconds since the Unix epoch, rounded to 4 ms.
    pub(crate) fn start_ns(self) -> u64 {
        self.0 & !PID_MASK
    }
}

/// The name of this machine for the names of record files, or `localhost` if the system has none.
#[must_use]
pub fn host_name() -> String {
    let from_kernel = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let from_shell = ["HOSTNAME", "COMPUTERNAME"].into_iter().filter_map(|name| env::var(name).ok());
    let mut names = from_kernel.into_iter().chain(from_shell).map(|name| name.trim().to_owned());
    names.find(|name| !name.is_empty()).unwrap_or_else(|| "localhost".to_owned())
}

/// The low 22 bits of the word are the pid; Linux has no greater pids. The others are the time.
const PID_MASK: u64 = (1 << 22) - 1;

/// The start of this process, or of its parent in a forked child that has not recorded.
static LATEST_START_NS: AtomicU64 = AtomicU64::new(0);

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn all_threads_agree_on_the_process() {
        let threads: Vec<_> = (0..8).map(|_| thread::spawn(Process::current)).collect();
        let processes: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert!(processes.iter().all(|&process| process == Process::current()));
        assert!(Process::current().start_ns() > 0);
    }

    #[test]
    fn a_process_that_begins_anew_with_the_same_pid_is_another() {
        let parent = Process::current();
        // As in a child with its parent's pid, which begins within the same 4 ms.
        let child = Process::begin_after(parent.start_ns());
        assert!(child.0 & PID_MASK == parent.0 & PID_MASK && child.start_ns() > parent.start_ns());
    }

    #[test]
    fn the_machine_has_a_name() {
        let name = host_name();
        assert!(!name.is_empty() && name == name.trim());
    }
}
