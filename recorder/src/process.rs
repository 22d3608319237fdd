//! The identity of this process and of its machine.
//!
//! A pid can be used again, also at the same time in another container. So a process is its pid and a number that the
//! format specifies. One word holds the number, and a fork wipes it. So all threads agree without a lock, and a forked
//! child gets a number of its own. Must not know record files.

use std::env;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::clock;
use crate::format;
use crate::system;

/// A process: the number in the names of its files, never 0. Two values are equal only within one process, not between
/// it and its forked children.
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
        let parent = LATEST.load(Ordering::Relaxed);
        let fresh = Self::begin_after(parent, shown_start_ns());
        match system::fork_word().compare_exchange(0, fresh.0, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => {
                LATEST.store(fresh.0, Ordering::Relaxed);
                fresh
            }
            Err(other_thread) => Self(other_thread),
        }
    }

    /// This process, by the number that the system shows, or else by the current time. It differs from its parent,
    /// whose files it must not take for its own.
    fn begin_after(parent: u64, shown: Option<u64>) -> Self {
        match shown {
            Some(number) => Self(if number == parent { number + 1 } else { number }),
            None => Self(u64::try_from(clock::wall_ns()).unwrap_or(0).max(parent + 1)),
        }
    }

    /// What distinguishes it from other processes with its pid.
    pub(crate) fn start_ns(self) -> u64 {
        self.0
    }
}

/// The number of this process by what `/proc` shows. `None` on other systems, and where `/proc` is hidden.
fn shown_start_ns() -> Option<u64> {
    let stat = fs::read("/proc/self/stat").ok()?;
    // The second field is the name of the program in parentheses, and may contain any byte.
    let after_name = stat.rsplit(|&byte| byte == b')').next()?;
    let start_ticks = std::str::from_utf8(after_name).ok()?.split_ascii_whitespace().nth(22 - 3)?;
    let start_ticks = start_ticks.parse().ok().filter(|&ticks| ticks > 0)?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    let boot_id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let pid = std::process::id();
    Some(format::process_start_ns(start_ticks, boot_id.trim(), &namespace.to_string_lossy(), pid))
}

/// The name of this machine for the names of record files, or `localhost` if the system has none.
#[must_use]
pub fn host_name() -> String {
    let from_kernel = fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let from_shell = ["HOSTNAME", "COMPUTERNAME"].into_iter().filter_map(|name| env::var(name).ok());
    let mut names = from_kernel.into_iter().chain(from_shell).map(|name| name.trim().to_owned());
    names.find(|name| !name.is_empty()).unwrap_or_else(|| "localhost".to_owned())
}

/// The number of this process, or that of its parent in a forked child that has not recorded.
static LATEST: AtomicU64 = AtomicU64::new(0);

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
    fn a_forked_child_is_never_its_parent() {
        // As in a child with its parent's pid that started in the same tick, in another namespace.
        for (parent, shown) in [(7, Some(7)), (7, Some(8)), (u64::MAX / 2, None), (1, None)] {
            let child = Process::begin_after(parent, shown);
            assert!(child.0 != parent && child.0 > 0);
        }
    }

    #[cfg(all(target_os = "linux", not(miri)))]
    #[test]
    fn the_number_is_the_start_of_the_process_and_stays_the_same() {
        let shown = shown_start_ns().unwrap();
        assert_eq!(Some(shown), shown_start_ns());
        let since_boot_ns = u64::try_from(clock::boot_ns()).unwrap();
        assert!(shown <= since_boot_ns + 10_000_000 && Process::current().start_ns() == shown);
    }

    #[test]
    fn the_machine_has_a_name() {
        let name = host_name();
        assert!(!name.is_empty() && name == name.trim());
    }
}
