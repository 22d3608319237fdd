//! `run.json`: the description of a run. Version 1.
//!
//! One JSON object. Its keys have the order of [`Metadata`]; new keys do not need a new version. Durations are in
//! ns, sizes in bytes, times RFC 3339 in UTC. The file is written before the command starts, padded with blanks,
//! and overwritten in place when the command has ended. So it exists whatever is killed, and a full disk does not
//! keep a run from saying how it ended. What does not fit, such as the figures of many tasks, replaces the file as a
//! whole or not at all. A run that says it is running, but whose process is gone, was killed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::figures::Figures;
use super::machine::{Machine, Revision};
use super::process::Process;
use crate::gate::{Measured, Whole};
use crate::outputs;

pub(crate) const FILE: &str = "run.json";

const VERSION: u32 = 1;

/// The bytes that are kept free for what is known later.
const ROOM: usize = 2048;

/// The description of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Metadata {
    pub version: u32,
    pub name: String,
    /// Counted from 1 for each name.
    pub number: u64,
    /// The program and its arguments; what is not Unicode is replaced.
    pub command: Vec<String>,
    /// The directory in which the command ran.
    pub directory: String,
    pub scenario: Option<String>,
    /// Globs of the tasks that are declared waits; absent without any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<String>,
    /// Which repeat of how many: `(2, 5)` is the second of five.
    pub repeat: (u32, u32),
    /// The other side of a comparison in turn; absent in other runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_turn: Option<InTurn>,
    /// Just before the command started.
    pub start: String,
    /// Just after it ended.
    pub end: Option<String>,
    /// From `start` to `end` by a monotonic clock.
    pub elapsed_ns: Option<u64>,
    pub outcome: Outcome,
    /// The process of `waterfall` that runs the command.
    pub process: Process,
    pub machine: Machine,
    /// The revision of the directory; `None` if git knows none.
    pub git: Option<Revision>,
    /// The version of `waterfall`.
    pub waterfall: String,
    pub resources: Resources,
    /// `None` if it was not sampled.
    pub load: Option<Load>,
    /// `None` if what it recorded is not known.
    pub recorded: Option<Recorded>,
    /// What comparisons use; absent in older descriptions, and if it recorded no span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
}

/// That a run took turns with runs of another name. Runs of both names that have the same `process`, and the same number
/// of `repeat`, are a pair.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InTurn {
    /// The name of the runs of the other side.
    pub with: String,
    /// Whether the runs were to end as soon as the comparison is decided. Then `repeat` has the most pairs that there
    /// may be.
    pub until_decided: bool,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub(crate) enum Outcome {
    /// It still runs, or was killed together with the process that ran it.
    Running,
    Exited {
        code: i32,
    },
    Signalled {
        signal: i32,
    },
    NotStarted {
        reason: String,
    },
}

/// What a run used; `None` if the system does not show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Resources {
    /// CPU time of the processes in their own code.
    pub user_ns: Option<u64>,
    /// CPU time of the system for them.
    pub system_ns: Option<u64>,
    /// The most resident memory of any one process: the exact figure of the kernel. It is also `None` if it is not
    /// more than that of `waterfall` itself, which the kernel includes.
    pub peak_process_bytes: Option<u64>,
    /// Only in that case: the memory of `waterfall`. No process of the command had more.
    pub peak_process_at_most_bytes: Option<u64>,
    /// The most resident memory of all processes at once, as sampled. Memory that they share counts once for each.
    /// It is also `None` if they ended before the first look.
    pub peak_tree_bytes: Option<u64>,
    /// The time in which threads could have run but waited for a core, summed over all threads, as sampled. It lacks
    /// what a thread waited after the last look at it.
    pub run_queue_ns: Option<u64>,
    /// The number of samples.
    pub samples: u64,
    /// The number of samples that could not be written.
    pub lost_samples: u64,
}

impl Resources {
    /// The most memory that is known: of all processes together, and never less than that of the largest one. If
    /// that is not known, the true figure may be higher: see [`Resources::peak`].
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

    /// The CPU time of all processes together, user and system, in ns.
    pub(crate) fn cpu_ns(&self) -> Option<u64> {
        Some(self.user_ns?.saturating_add(self.system_ns?))
    }
}

/// What the machine did from the first look at the command's processes to the last one; `None` if the system does not
/// show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Load {
    /// The time between the two looks.
    pub sampled_ns: u64,
    /// The number of the machine's CPUs. The command may be allowed fewer.
    pub cpus: u64,
    /// CPU time of all processes but those of the command and `waterfall`, and of the system's own work.
    pub others_cpu_ns: Option<u64>,
    /// The time in which a virtual CPU had work, but its host ran something else, summed over CPUs.
    pub steal_ns: Option<u64>,
    /// The time in which a thread of any process ran or waited for a CPU, summed over threads, as sampled. Divided by
    /// `sampled_ns` it is their mean number.
    pub runnable_ns: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recorded {
    /// Finished spans.
    pub spans: u64,
    pub unfinished: u64,
    /// Last end less first start.
    pub wall_ns: i64,
    /// The number of problems in the records.
    pub problems: u64,
    /// What its lanes did while they were busy; `None` in older descriptions.
    pub busy: Option<Busy>,
}

/// What lanes did while they were busy, in lanes x ns. The parts sum to the busy time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Busy {
    pub on_cpu_ns: u64,
    /// In declared waits.
    pub wait_ns: u64,
    /// Neither.
    pub off_cpu_ns: u64,
    /// No wait was declared, and no CPU time is known.
    pub not_known_ns: u64,
}

impl Busy {
    /// The part of the busy time that was on a CPU, 0 to 1. `None` if that is not known of at least half of the time
    /// that is no declared wait.
    pub(crate) fn on_cpu(self) -> Option<f64> {
        let known_ns = self.on_cpu_ns.saturating_add(self.off_cpu_ns);
        let busy_ns = known_ns.saturating_add(self.wait_ns).saturating_add(self.not_known_ns);
        (known_ns > 0 && known_ns >= self.not_known_ns).then(|| self.on_cpu_ns as f64 / busy_ns as f64)
    }
}

impl Recorded {
    /// All spans, finished or not.
    pub(crate) fn span_count(self) -> u64 {
        self.spans + self.unfinished
    }
}

impl Metadata {
    /// When the command started, in ns since the Unix epoch.
    pub(crate) fn start_ns(&self) -> Option<i64> {
        unix_ns(&self.start)
    }

    /// What budgets of the whole run are held against.
    pub(crate) fn whole(&self) -> Whole {
        let wall_ns = self.elapsed_ns.map(|ns| i64::try_from(ns).unwrap_or(i64::MAX));
        Whole { wall_ns, peak: self.resources.peak() }
    }

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

/// A time that a description has as text, in ns since the Unix epoch.
pub(crate) fn unix_ns(stamp: &str) -> Option<i64> {
    chrono::DateTime::parse_from_rfc3339(stamp).ok()?.timestamp_nanos_opt()
}

/// The index of the run of median length; of an even number, the shorter one of the middle two. If any run
/// succeeded, failed runs do not count: they may have ended early.
///
/// # Panics
///
/// If there is no run.
pub(crate) fn median(runs: &[&Metadata]) -> usize {
    let mut by_length: Vec<usize> = (0..runs.len()).filter(|&run| runs[run].outcome.is_success()).collect();
    if by_length.is_empty() {
        by_length = (0..runs.len()).collect();
    }
    by_length.sort_by_key(|&run| runs[run].elapsed_ns);
    by_length[(by_length.len() - 1) / 2]
}

/// Writes a description to a new file, with room for what is known later.
pub(crate) fn create(path: &Path, metadata: &Metadata) -> io::Result<()> {
    let mut text = text_of(metadata);
    text.resize(text.len() + ROOM, b' ');
    text.push(b'\n');
    File::create_new(path)?.write_all(&text)
}

/// Overwrites the description in a file. A longer one replaces the file as a whole: if there is no room for it, the file
/// stays as it is.
pub(crate) fn replace(path: &Path, metadata: &Metadata) -> io::Result<()> {
    let mut text = text_of(metadata);
    let length = usize::try_from(fs::metadata(path)?.len()).unwrap_or(usize::MAX);
    if text.len() >= length {
        text.push(b'\n');
        return outputs::prepare(path, &text)?.place();
    }
    text.resize(length - 1, b' ');
    text.push(b'\n');
    OpenOptions::new().write(true).open(path)?.write_all(&text)
}

/// A description without line breaks and blanks, for a run that must be small.
pub(crate) fn compact(metadata: &Metadata) -> Vec<u8> {
    let mut text = serde_json::to_vec(metadata).expect("strings and numbers are JSON");
    text.push(b'\n');
    text
}

fn text_of(metadata: &Metadata) -> Vec<u8> {
    serde_json::to_vec_pretty(metadata).expect("strings and numbers are JSON")
}

/// Reads a description.
///
/// # Errors
///
/// If the file cannot be read, has another version, or is not a description.
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

    const GOLDEN: &str = include_str!("../../../tests/data/run/version-1-figures.json");
    /// The same run as earlier releases wrote it: without its figures.
    const WITHOUT_FIGURES: &str = include_str!("../../../tests/data/run/version-1-load.json");
    /// Also without its load and its run-queue delay.
    const WITHOUT_LOAD: &str = include_str!("../../../tests/data/run/version-1.json");

    #[test]
    fn what_is_known_of_a_run_stays_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("run.json");
        fs::write(&path, GOLDEN).unwrap();
        let mut metadata = read(&path).unwrap();
        assert_eq!(String::from_utf8(text_of(&metadata)).unwrap(), GOLDEN.trim_end());
        assert_eq!(metadata.resources.peak_bytes(), Some(74_231_808));

        // The file of an ended run overwrites that of the begun one, and has the same length.
        fs::remove_file(&path).unwrap();
        (metadata.end, metadata.recorded, metadata.outcome) = (None, None, Outcome::Running);
        create(&path, &metadata).unwrap();
        let length = fs::metadata(&path).unwrap().len();
        metadata.outcome = Outcome::NotStarted { reason: "no such file".into() };
        replace(&path, &metadata).unwrap();
        assert_eq!(read(&path).unwrap(), metadata);
        assert_eq!(fs::metadata(&path).unwrap().len(), length);

        // What does not fit makes the file longer.
        metadata.command = vec!["x".repeat(ROOM); 2];
        replace(&path, &metadata).unwrap();
        assert_eq!(read(&path).unwrap(), metadata);
        assert!(fs::metadata(&path).unwrap().len() > length);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn in_an_older_description_what_was_not_sampled_is_not_known() {
        let directory = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            let path = directory.path().join("run.json");
            fs::write(&path, text).unwrap();
            super::read(&path).unwrap()
        };
        let (older, mut newer) = (read(WITHOUT_FIGURES), read(GOLDEN));
        let figures = newer.figures.take().unwrap();
        assert_eq!(older, newer);
        assert_eq!(older.start_ns(), Some(1_795_185_798_123_456_789));
        assert_eq!(figures.whole_ns(), older.elapsed_ns.unwrap());
        let shares: u64 = figures.tasks.iter().map(|task| task.share_ns.unwrap()).sum();
        assert_eq!(shares + figures.idle_ns.unwrap(), figures.wall_ns);

        let (older, mut newer) = (read(WITHOUT_LOAD), read(WITHOUT_FIGURES));
        (newer.load, newer.resources.run_queue_ns) = (None, None);
        newer.recorded.as_mut().unwrap().busy = None;
        assert_eq!(older, newer);
    }

    #[test]
    fn the_part_on_a_cpu_is_known_if_half_of_the_time_that_is_no_wait_is() {
        let part = |[on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns]: [u64; 4]| {
            Busy { on_cpu_ns, wait_ns, off_cpu_ns, not_known_ns }.on_cpu()
        };
        assert_eq!(part([1, 2, 1, 0]), Some(0.25));
        assert_eq!(part([1, 2, 2, 3]), Some(0.125));
        assert_eq!([part([1, 2, 1, 3]), part([0, 4, 0, 0]), part([0, 0, 0, 0])], [None; 3]);
    }

    #[test]
    fn another_version_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("run.json");
        fs::write(&path, GOLDEN.replace("\"version\": 1", "\"version\": 2")).unwrap();
        assert_eq!(read(&path).unwrap_err().to_string(), "unknown version 2, expected 1");
    }
}
