//! The machine and the sources of a run: what must be the same if two runs are to be compared.
//!
//! Asks the system and git. What they do not answer is unknown, and not an error.

use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Machine {
    pub host: String,
    /// The number of threads that a program can run at once.
    pub cores: Option<usize>,
    /// The total memory of the machine.
    pub memory_bytes: Option<u64>,
    /// The operating system and its release.
    pub system: String,
}

/// The commit that was checked out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Revision {
    /// The full hash.
    pub commit: String,
    /// Whether tracked files differ from it.
    pub dirty: bool,
}

impl Machine {
    pub(crate) fn this() -> Machine {
        Machine {
            host: recorder::host_name(),
            cores: thread::available_parallelism().ok().map(usize::from),
            memory_bytes: sys::memory_bytes(),
            system: sys::name(),
        }
    }
}

impl Revision {
    /// The revision of a directory; `None` without git, or without a repository that has a commit.
    pub(crate) fn of(directory: &Path) -> Option<Revision> {
        let commit = git(directory, &["rev-parse", "--verify", "HEAD"])?;
        let changes = git(directory, &["status", "--porcelain", "--untracked-files=no"])?;
        Some(Revision { commit, dirty: !changes.is_empty() })
    }

    /// The short hash, with a `+` if tracked files differ: `deff0c7+`.
    pub(crate) fn short(&self) -> String {
        let commit: String = self.commit.chars().take(7).collect();
        if self.dirty { commit + "+" } else { commit }
    }
}

/// The output of git, which leaves its own files unchanged.
fn git(directory: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(directory).env("GIT_OPTIONAL_LOCKS", "0");
    let output = command.stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

#[cfg(target_os = "linux")]
mod sys {
    use std::fs;

    use procfs::Current;

    pub(super) fn memory_bytes() -> Option<u64> {
        Some(procfs::Meminfo::current().ok()?.mem_total)
    }

    /// `Debian GNU/Linux 12 (bookworm), Linux 6.1.0-18-amd64`.
    pub(super) fn name() -> String {
        let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let kernel = format!("Linux {}", release.trim());
        let about = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let pretty = about.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
        match pretty.map(|name| name.trim_matches(['"', '\''])).filter(|name| !name.is_empty()) {
            Some(name) => format!("{name}, {kernel}"),
            None => kernel,
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod sys {
    pub(super) fn memory_bytes() -> Option<u64> {
        None
    }

    pub(super) fn name() -> String {
        format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
    }
}
