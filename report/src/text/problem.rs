//! Problems: what was wrong with an input, where, and how it was handled.
//!
//! Damaged input is expected, so a problem is a value beside the rows, never an error. The total is exact. Only the
//! first hundred problems by (path, line) are kept, so a million bad rows cost no memory.

use std::path::{Path, PathBuf};

use super::terminal;

/// Most problems that are kept.
const KEPT: usize = 100;

/// One thing that was wrong with an input.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file or directory, as reached from the input.
    pub path: PathBuf,
    /// The line, counted from 1; `None` for the file as a whole.
    pub line: Option<u64>,
    /// What was wrong and how it was handled: lower case, without a full stop. May quote the input. A very long message
    /// has no middle.
    pub message: String,
}

impl Problem {
    /// The place as text: `records/a.csv:118`.
    pub fn place(&self) -> String {
        let path = self.path.display();
        self.line.map_or(path.to_string(), |line| format!("{path}:{line}"))
    }
}

/// All problems of some inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    total: u64,
    first: Vec<Problem>,
}

impl Problems {
    /// Makes an empty collection.
    pub fn new() -> Problems {
        Problems::default()
    }

    /// Number of problems, including those that are not kept.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The first problems by (path, line), at most a hundred.
    pub fn first(&self) -> &[Problem] {
        &self.first
    }

    pub(crate) fn add(&mut self, path: &Path, line: Option<u64>, message: impl Into<String>) {
        self.total = self.total.saturating_add(1);
        let problem =
            Problem { path: path.to_owned(), line, message: terminal::cut(&message.into()).into_owned() };
        let place = self.first.partition_point(|earlier| *earlier <= problem);
        if place < KEPT {
            self.first.insert(place, problem);
            self.first.truncate(KEPT);
        }
    }

    pub(crate) fn rename(&mut self, path: impl Fn(&Path) -> PathBuf) {
        for problem in &mut self.first {
            problem.path = path(&problem.path);
        }
        self.first.sort();
    }

    /// From a summary file: the listed problems, and the number of others.
    pub(crate) fn of_first(unlisted: u64, mut first: Vec<Problem>) -> Problems {
        let total = unlisted.saturating_add(first.len() as u64);
        first.sort();
        first.truncate(KEPT);
        for problem in &mut first {
            problem.message = terminal::cut(&problem.message).into_owned();
        }
        Problems { total, first }
    }

    /// Adds `lines` to the line numbers.
    pub(crate) fn move_down(&mut self, lines: u64) {
        for line in self.first.iter_mut().filter_map(|problem| problem.line.as_mut()) {
            *line += lines;
        }
    }

    /// Adds the problems of `other`.
    pub fn merge(&mut self, other: Problems) {
        self.total = self.total.saturating_add(other.total);
        self.first.extend(other.first);
        self.first.sort();
        self.first.truncate(KEPT);
    }
}
