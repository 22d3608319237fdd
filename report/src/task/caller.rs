//! The caller: the process that runs the tasks, such as a shell, as far as it can be recognised.
//!
//! All tasks of one script must have the same caller, also those in its subshells (`( ... )`, a function with `&`),
//! if the system shows what is one: Linux does. A later process with the same id must differ. Knows nothing of
//! records.

/// A process that calls `waterfall`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) pid: u32,
    /// In ns since the system's boot; 0 if the system does not say.
    pub(super) start_ns: u64,
}

/// The process that started this one, or its shell, if that process is a subshell. Where processes have no parents
/// (Windows), this process.
pub(super) fn caller() -> Caller {
    #[cfg(unix)]
    let pid = std::os::unix::process::parent_id();
    #[cfg(not(unix))]
    let pid = std::process::id();
    caller_from(pid, |pid| Stat::parse(&std::fs::read(format!("/proc/{pid}/stat")).ok()?))
}

/// Goes up from a process while it is only a copy of its parent.
fn caller_from(pid: u32, stat_of: impl Fn(u32) -> Option<Stat>) -> Caller {
    let Some(mut stat) = stat_of(pid) else { return Caller { pid, start_ns: 0 } };
    let mut pid = pid;
    while stat.is_copy {
        // An orphan's parent is another program, or cannot be seen.
        let Some(parent) = stat_of(stat.parent).filter(|parent| parent.name == stat.name) else { break };
        (pid, stat) = (stat.parent, parent);
    }
    Caller { pid, start_ns: stat.start_ns }
}

/// What `/proc/<pid>/stat` says about a process.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stat {
    name: Vec<u8>,
    parent: u32,
    /// Whether it has executed no program since it was forked, as a subshell.
    is_copy: bool,
    start_ns: u64,
}

/// A tick of the times in `/proc`. Linux counts them in hundredths of a second on every machine of today.
const TICK_NS: u64 = 10_000_000;

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
            start_ns: number(22)?.checked_mul(TICK_NS)?,
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
            assert_eq!(stat, Some(Stat { name, parent: 16, is_copy: true, start_ns: 47_110_000_000 }));
        }
        for cut_short in [&b"17 (\xff\n) R 1 2 3"[..], b"", b") ("] {
            assert_eq!(Stat::parse(cut_short), None);
        }
    }

    /// The caller if process 4 starts us. The parent of each process is the one before it.
    #[track_caller]
    fn check(names: [&str; 4], copies: [bool; 4], expected: u32) {
        let stat_of = |pid: u32| {
            let place = pid.checked_sub(1)? as usize;
            let name = names[place].into();
            Some(Stat { name, parent: pid - 1, is_copy: copies[place], start_ns: pid.into() })
        };
        assert_eq!(caller_from(4, stat_of), Caller { pid: expected, start_ns: expected.into() });
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
