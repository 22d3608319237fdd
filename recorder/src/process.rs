//! Which process this is, on which machine.
//!
//! A pid alone is used again, so a process is its pid and the time of its first record. Both are in
//! one word that a fork wipes: all threads agree without a lock, and a forked child gets a word of
//! its own. Must not know files.

use std::env;
use std::fs;
use std::sync::atomic::Ordering;

use crate::clock;
use crate::system;

/// A process: equal only within one, and never in its forked children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process(u64);

impl Process {
    /// The process that calls. Costs a load from memory.
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
        let start_ns = u64::try_from(clock::wall_ns()).unwrap_or(0);
        // Never 0, which means that no thread has recorded yet.
        let fresh = (start_ns & !PID_MASK).max(PID_MASK + 1) | u64::from(std::process::id()) & PID_MASK;
        match system::fork_word().compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => Self(fresh),
            Err(other_thread) => Self(other_thread),
        }
    }

    /// When the process first recorded, in nanoseconds since the Unix epoch, to 4 ms.
    pub(crate) fn start_ns(self) -> u64 {
        self.0 & !PID_MASK
    }
}

/// The name of this machine as it stands in the names of record files, or `localhost`.
#[must_use]
pub fn host_name() -> String {
    let from_kernel = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let from_shell = ["HOSTNAME", "COMPUTERNAME"].into_iter().filter_map(|name| env::var(name).ok());
    let mut names = from_kernel.into_iter().chain(from_shell).map(|name| name.trim().to_owned());
    names.find(|name| !name.is_empty()).unwrap_or_else(|| "localhost".to_owned())
}

/// The low 22 bits of the word are the pid's: Linux has no greater ones. The others are the time's.
const PID_MASK: u64 = (1 << 22) - 1;

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
    fn the_machine_has_a_name() {
        let name = host_name();
        assert!(!name.is_empty() && name == name.trim());
    }
}
