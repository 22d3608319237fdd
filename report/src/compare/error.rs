//! Errors: why two sides cannot be compared.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use crate::reading;
use crate::text::quoted;

/// Why there is no comparison. None of them is a verdict: a side that cannot be used never passes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompareError {
    /// A side is neither kept runs, a file, a directory nor a baseline.
    #[error("no runs, file, directory or baseline is named {}{hint}", quoted(name))]
    Missing {
        /// As the user named it.
        name: String,
        /// What it may have meant, as the end of a sentence.
        hint: String,
    },
    /// What follows the `@` is neither a number nor a range.
    #[error("{} names no runs: write {run}@3 or {run}@3..7", quoted(argument))]
    Range {
        /// As the user wrote it.
        argument: String,
        /// The name before the `@`.
        run: String,
    },
    /// A run failed, has not ended, or has nothing to compare.
    #[error("{run} {why}{hint}")]
    Unusable {
        /// The run: `before/3`, or a path.
        run: String,
        /// What is wrong with it.
        why: String,
        /// What to do, as the end of a sentence.
        hint: String,
    },
    /// Nothing could be read where a run should be.
    #[error("cannot use {}", path.display())]
    Read {
        /// Where the run should be.
        path: PathBuf,
        /// Why nothing was read.
        source: reading::Error,
    },
    /// The system did not give a file, a directory or the list of runs.
    #[error("cannot read {}", path.display())]
    System {
        /// The file or directory.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A file with a baseline is damaged, or nothing can be compared with it.
    #[error(transparent)]
    Baseline(Box<dyn Error + Send + Sync>),
    /// All figures of the baseline are 0.
    #[error("the baseline {} is 0 in every figure, so there is nothing to compare with", quoted(name))]
    ZeroBaseline {
        /// As the user named it.
        name: String,
    },
    /// One side is a file of metrics, the other has runs.
    #[error(
        "{} is a file of metrics, and {} is not: compare two files of metrics, or two sides of runs",
        quoted(metrics),
        quoted(runs)
    )]
    Mixed {
        /// The side that is a file of metrics.
        metrics: String,
        /// The side that is not.
        runs: String,
    },
    /// A threshold is wrong for these sides: it matches nothing, or metrics do not have it.
    #[error("the threshold {} cannot be used: {why}", quoted(threshold))]
    Threshold {
        /// As the user wrote it.
        threshold: String,
        /// What is wrong with it.
        why: String,
    },
    /// What a threshold names cannot be compared, because a side may not have it.
    #[error("nothing is compared for the threshold {}: {why}", quoted(threshold))]
    NotCompared {
        /// As the user wrote it.
        threshold: String,
        /// Which side lacks it.
        why: String,
    },
    /// The sides have no figure in common.
    #[error(
        "{} and {} have nothing in common that can be compared: neither a task nor a wall time",
        quoted(baseline),
        quoted(candidate)
    )]
    NothingInCommon {
        /// As the user named it.
        baseline: String,
        /// As the user named it.
        candidate: String,
    },
}

impl CompareError {
    /// Whether the arguments contradict each other or the input, and no side is at fault.
    pub fn is_usage(&self) -> bool {
        match self {
            CompareError::Range { .. } | CompareError::Mixed { .. } | CompareError::Threshold { .. } => true,
            CompareError::Read { source, .. } => matches!(source, reading::Error::NoRows),
            _ => false,
        }
    }
}
