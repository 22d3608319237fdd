//! `run.json`: what is known of a run. Version 1.
//!
//! One JSON object; keys stand in the order of [`Metadata`], more may be added without a new version; lengths of time
//! are in ns, sizes in bytes, moments RFC 3339 in UTC. It is written before the command starts, with blanks behind it,
//! and written over in place when that has ended: so it is there whatever is killed, and a full disk does not keep a
//! run from saying how it ended. Whoever says that it runs and whose process is gone was killed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::machine::{Machine, Revision};
use super::process::Process;
use crate::gate::Measured;

/// The file's name, in the directory of a run.
pub(crate) const FILE: &str = "run.json";

const VERSION: u32 = 1;

/// So much is kept free for what is known later.
const ROOM: usize = 2048;

/// What is known of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Metadata {
    /// 1.
    pub version: u32,
    /// Under which name it is kept.
    pub name: String,
    /// Which run of the name.
    pub number: u64,
    /// The command and its arguments; what is no Unicode in them is replaced.
    pub command: Vec<String>,
    /// The directory in which it ran.
    pub directory: String,
    /// The scenario, if it was of one.
    pub scenario: Option<String>,
    /// Which of how many repeats it was.
    pub repeat: (u32, u32),
    /// Just before the command was started.
    pub start: String,
    /// Just after it had ended.
    pub end: Option<String>,
    /// From one to the other by a clock that nobody sets.
    pub elapsed_ns: Option<u64>,
    /// How it ended.
    pub outcome: Outcome,
    /// The process that runs the command.
    pub process: Process,
    /// Where it ran.
    pub machine: Machine,
    /// What git says of the directory; `None` where it says nothing.
    pub git: Option<Revision>,
    /// The version of waterfall.
    pub waterfall: String,
    /// What it used.
    pub resources: Resources,
    /// What it recorded; `None` where that is not known.
    pub recorded: Option<Recorded>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub(crate) enum Outcome {
    /// It has not: it runs, or was killed with the process that ran it.
    Running,
    /// With an exit code.
    Exited {
        /// Which.
        code: i32,
    },
    /// By a signal.
    Signalled {
        /// Which.
        signal: i32,
    },
    /// It could not be started.
    NotStarted {
        /// What the system says.
        reason: String,
    },
}

/// What a run used. What is `None` is not recorded on that system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Resources {
    /// CPU time in the code of its processes.
    pub user_ns: Option<u64>,
    /// CPU time in the system.
    pub system_ns: Option<u64>,
    /// The most memory that one of its processes had resident: exact, the kernel's own figure; `None` too where that is
    /// not more than waterfall itself had, which the kernel counts in.
    pub peak_process_bytes: Option<u64>,
    /// There, and there alone, what waterfall had: no process of the command had more.
    pub peak_process_at_most_bytes: Option<u64>,
    /// The most memory that all of its processes had resident at once, as sampled; memory that they share is in it once
    /// for each. `None` too where they were gone before the first look.
    pub peak_tree_bytes: Option<u64>,
    /// How often that was sampled.
    pub samples: u64,
    /// How many samples could not be written.
    pub lost_samples: u64,
}

impl Resources {
    /// The most memory that is known: of all processes together, and never less than that of the largest one. Where
    /// that one's is not known it may have been more, see [`Resources::peak`].
    pub(crate) fn peak_bytes(&self) -> Option<u64> {
        self.peak_process_bytes.max(self.peak_tree_bytes)
    }

    /// The most memory, in bytes, as far as it is known.
    pub(crate) fn peak(&self) -> Option<Measured> {
        let bytes = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        match (self.peak_bytes(), self.peak_process_at_most_bytes) {
            (Some(known), Some(bound)) if known < bound => {
                Some(Measured::Between(bytes(known), bytes(bound)))
            }
            (Some(known), _) => Some(Measured::Exact(bytes(known))),
            (None, Some(bound)) => Some(Measured::AtMost(bytes(bound))),
            (None, None) => None,
        }
    }

    /// The CPU time of all processes together, their own and the system's for them, in ns.
    pub(crate) fn cpu_ns(&self) -> Option<u64> {
        Some(self.user_ns?.saturating_add(self.system_ns?))
    }
}

/// What a run recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recorded {
    /// Spans that ended.
    pub spans: u64,
    /// Spans that did not.
    pub unfinished: u64,
    /// Last end less first start.
    pub wall_ns: i64,
    /// What was wrong with the records.
    pub problems: u64,
}

impl Recorded {
    /// All spans, whether they ended or not.
    pub(crate) fn span_count(self) -> u64 {
        self.spans + self.unfinished
    }
}

impl Metadata {
    /// Whether it recorded no span.
    pub(crate) fn is_silent(&self) -> bool {
        self.recorded.is_none_or(|recorded| recorded.span_count() == 0)
    }
}

impl Outcome {
    /// Whether it ended with exit code 0.
    pub(crate) fn is_success(&self) -> bool {
        *self == Outcome::Exited { code: 0 }
    }
}

/// The index of the run of median length, of an even number the shorter of the two. Runs that failed do not count beside
/// others: they may have ended early.
///
/// # Panics
///
/// When there is no run.
pub(crate) fn median(runs: &[&Metadata]) -> usize {
    let mut by_length: Vec<usize> = (0..runs.len()).filter(|&run| runs[run].outcome.is_success()).collect();
    if by_length.is_empty() {
        by_length = (0..runs.len()).collect();
    }
    by_length.sort_by_key(|&run| runs[run].elapsed_ns);
    by_length[(by_length.len() - 1) / 2]
}

/// Writes it to a new file, with room for what is known later.
pub(crate) fn create(path: &Path, metadata: &Metadata) -> io::Result<()> {
    let mut text = text_of(metadata);
    text.resize(text.len() + ROOM, b' ');
    text.push(b'\n');
    File::create_new(path)?.write_all(&text)
}

/// Writes it over what is there.
pub(crate) fn replace(path: &Path, metadata: &Metadata) -> io::Result<()> {
    let mut text = text_of(metadata);
    let length = usize::try_from(fs::metadata(path)?.len()).unwrap_or(usize::MAX);
    if text.len() < length {
        text.resize(length - 1, b' ');
        text.push(b'\n');
    }
    OpenOptions::new().write(true).open(path)?.write_all(&text)
}

fn text_of(metadata: &Metadata) -> Vec<u8> {
    serde_json::to_vec_pretty(metadata).expect("strings and numbers are JSON")
}

/// Reads what is known of a run.
///
/// # Errors
///
/// When the file cannot be read, or is of another version, or is no such thing.
pub(crate) fn read(path: &Path) -> io::Result<Metadata> {
    let invalid = |message: String| io::Error::new(ErrorKind::InvalidData, message);
    let metadata: Metadata =
        serde_json::from_slice(&fs::read(path)?).map_err(|error| invalid(error.to_string()))?;
    if metadata.version == VERSION {
        Ok(metadata)
    } else {
        Err(invalid(format!("unknown version {}, expected {VERSION}", metadata.version)))
    }
}

/// The version that is written.
pub(crate) fn version() -> u32 {
    VERSION
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &str = include_str!("../../../tests/data/run/version-1.json");

    #[test]
    fn what_is_known_of_a_run_stays_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("run.json");
        fs::write(&path, GOLDEN).unwrap();
        let mut metadata = read(&path).unwrap();
        assert_eq!(String::from_utf8(text_of(&metadata)).unwrap(), GOLDEN.trim_end());
        assert_eq!(metadata.resources.peak_bytes(), Some(74_231_808));

        // The end is written over the beginning, and the file keeps its length.
        fs::remove_file(&path).unwrap();
        (metadata.end, metadata.recorded, metadata.outcome) = (None, None, Outcome::Running);
        create(&path, &metadata).unwrap();
        let length = fs::metadata(&path).unwrap().len();
        metadata.outcome = Outcome::NotStarted { reason: "no such file".into() };
        replace(&path, &metadata).unwrap();
        assert_eq!(read(&path).unwrap(), metadata);
        assert_eq!(fs::metadata(&path).unwrap().len(), length);
    }

    #[test]
    fn another_version_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("run.json");
        fs::write(&path, GOLDEN.replace("\"version\": 1", "\"version\": 2")).unwrap();
        assert_eq!(read(&path).unwrap_err().to_string(), "unknown version 2, expected 1");
    }
}
