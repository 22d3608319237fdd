//! Errors: why there is no history.

use std::io;
use std::path::PathBuf;

use crate::text::{NoMatch, quoted};

/// Why there is no history.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HistoryError {
    #[error("no runs and no directory are named {}{hint}", quoted(name))]
    Missing { name: String, hint: String },
    #[error("{} is a file: name its directory, or the name of kept runs", quoted(name))]
    NoDirectory { name: String },
    /// A directory with neither runs nor metrics.
    #[error(
        "{} has neither kept runs in directories 1, 2, ... nor files of metrics; `waterfall runs` lists kept runs",
        quoted(name)
    )]
    NothingFound { name: String },
    /// There are runs or files, but none of them can be used.
    #[error("no run of {} can be used: {first}{}", quoted(name), more(*others))]
    NothingUsable { name: String, first: String, others: usize },
    #[error(transparent)]
    NoTask(NoMatch),
    #[error("cannot read {}", path.display())]
    System { path: PathBuf, source: io::Error },
}

impl HistoryError {
    /// Whether the arguments are wrong, and no run is at fault.
    pub(crate) fn is_usage(&self) -> bool {
        matches!(self, HistoryError::NoTask(_) | HistoryError::NoDirectory { .. })
    }
}

fn more(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => "; and one other cannot be used".into(),
        others => format!("; and {others} others cannot be used"),
    }
}
