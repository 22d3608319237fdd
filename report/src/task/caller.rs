//! The caller: the process that runs the tasks, such as a shell, as far as it can be recognised.
//!
//! All tasks of one script must have the same caller, also those in its subshells (`( ... )`, a function with `&`),
//! if the system shows what is one: Linux does. A later process with the same id must differ, and so must one in
//! another container. If the caller records by itself, it is the same process there. Knows nothing of records.

use std::fs;
use std::process;

use recorder::format;

/// A process that calls `waterfall`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) pid: u32,
    /// As in the names of record files; 0 if the system does not say.
    pub(super) start_ns: u64,
}

/// The process that started this one, or its shell, if that process is a subshell. This process, where processes have
/// no parents (Windows), and in a container whose first process it is or which it has entered: its parent is outside.
pub(super) fn caller() -> Caller {
    #[cfg(unix)]
    let parent = Some(std::os::unix::process::parent_id()).filter(|&parent| parent > 0);
    #[cfg(not(unix))]
    let parent = None;
    let shown = shown_caller(parent.is_some());
    shown.unwrap_or_else(|| Caller { pid: parent.unwrap_or_else(process::id), start_ns: 0 })
}

/// The caller as `/proc` shows it: this process or, if its parent can be seen, the parent or the parent's shell.
///
/// `/proc` may have the ids of another pid namespace, one that contains ours. So the way to the caller begins at
/// `/proc/self`, and the id in our namespace is read there. A parent that we can see is in our namespace.
fn shown_caller(has_parent: bool) -> Option<Caller> {
    let stat_of = |place: &str| Stat::parse(&fs::read(format!("/proc/{place}/stat")).ok()?);
    let own = stat_of("self")?;
    let (place, stat) = if has_parent {
        let (pid, stat) = shell_of(own.parent, |pid| stat_of(&pid.to_string()))?;
        (pid.to_string(), stat)
    } else {
        ("self".to_owned(), own)
    };
    let pid = pid_in_own_namespace(&fs::read_to_string(format!("/proc/{place}/status")).ok()?)?;
    let namespace = fs::read_link("/proc/self/ns/pid").ok()?;
    let boot_id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    let start_ns =
        format::process_start_ns(stat.start_ticks, boot_id.trim(), &namespace.to_string_lossy(), pid);
    Some(Caller { pid, start_ns })
}

/// Goes up from a process while it is only a copy of its parent. Gives its id, as `/proc` has it.
fn shell_of(pid: u32, stat_of: impl Fn(u32) -> Option<Stat>) -> Option<(u32, Stat)> {
    let (mut pid, mut stat) = (pid, stat_of(pid)?);
    while stat.is_copy {
        // An orphan's parent is another program, or cannot be seen.
        let Some(parent) = stat_of(stat.parent).filter(|parent| parent.name == stat.name) else { break };
        (pid, stat) = (stat.parent, parent);
    }
    Some((pid, stat))
}

/// The id of a process in its own namespace: the last one of `NSpid`.
fn pid_in_own_namespace(status: &str) -> Option<u32> {
    let ids = status.lines().find_map(|line| line.strip_prefix("NSpid:"))?;
    ids.split_ascii_whitespace().next_back()?.parse().ok()
}

/// What `/proc/<pid>/stat` says about a process.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stat {
    name: Vec<u8>,
    parent: u32,
    /// Whether it has executed no program since it was forked, as a subshell.
    is_copy: bool,
    /// In hundredths of a second since boot.
    start_ticks: u64,
}

/// `PF_FORKNOEXEC` of Linux's `sched.h`: forked, but did not exec.
const COPY_FLAG: u64 = 0x40;

impl Stat {
    /// Reads fields 2, 4, 9 and 22. Field 2 is the name of the program in parentheses, and may contain any byte,
    /// also spaces and parentheses. The fields after it are a letter and numbers.
    fn parse(stat: &[u8]) -> Option<Stat> {
        let name_start = stat.iter().position(|&byte| byte == b'(')?;
        let name_end = stat.iter().rposition(|&byte| byte == b')')?;
        let after_name = std::str::from_utf8(&stat[name_end + 1..]).ok()?;
        let number = |field: usize| -> Option<u64> {
            after_name.split_ascii_whitespace().nth(field - 3)?.parse().ok()
        };
        Some(Stat {
            name: stat.get(name_start..name_end)?.to_vec(),
            parent: number(4)?.try_into().ok()?,
            is_copy: number(9)? & COPY_FLAG != 0,
            start_ticks: number(22)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_its_program_is_called() {
        let numbers = "S 16 2 3 4 5 4194368 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21";
        for name in ["sh", "a b", "a) S 1 2 (", "", "\u{e9}"] {
            let stat = Stat::parse(format!("17 ({name}) {numbers}\n").as_bytes());
            let name = format!("({name}").into_bytes();
            assert_eq!(stat, Some(Stat { name, parent: 16, is_copy: true, start_ticks: 4711 }));
        }
        for cut_short in [&b"17 (\xff\n) R 1 2 3"[..], b"", b") ("] {
            assert_eq!(Stat::parse(cut_short), None);
        }
    }

    #[test]
    fn the_id_is_that_of_the_innermost_namespace() {
        assert_eq!(pid_in_own_namespace("Name:\tsh\nNSpid:\t4711\nNSpgid:\t1\n"), Some(4711));
        assert_eq!(pid_in_own_namespace("NSpid:\t4711\t12\t1\n"), Some(1));
        assert_eq!(pid_in_own_namespace("Name:\tsh\n"), None);
    }

    /// The caller if process 4 starts us. The parent of each process is the one before it.
    #[track_caller]
    fn check(names: [&str; 4], copies: [bool; 4], expected: u32) {
        let stat_of = |pid: u32| {
            let place = pid.checked_sub(1)? as usize;
            let name = names[place].into();
            Some(Stat { name, parent: pid - 1, is_copy: copies[place], start_ticks: pid.into() })
        };
        let (pid, stat) = shell_of(4, stat_of).unwrap();
        assert_eq!((pid, stat.start_ticks), (expected, expected.into()));
    }

    #[test]
    fn a_subshell_is_the_shell() {
        check(["init", "bash", "sh", "sh"], [false, false, false, false], 4);
        check(["init", "bash", "sh", "sh"], [false, false, false, true], 3);
        check(["init", "sh", "sh", "sh"], [false, false, true, true], 2);
    }

    #[test]
    fn an_orphan_stays_what_it_is() {
        check(["init", "init", "init", "sh"], [false, false, false, true], 4);
        check(["sh", "sh", "sh", "sh"], [true, true, true, true], 1);
    }

    #[test]
    fn the_caller_stays_the_same() {
        assert_eq!(caller(), caller());
        assert!(caller().start_ns > 0 || !cfg!(target_os = "linux"));
    }
}
