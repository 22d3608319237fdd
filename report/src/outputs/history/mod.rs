//! A history of runs, as text, JSON and a page: one file for each format, and one for the sentences.
//!
//! Takes points in order and the figures at each, with their levels. Computes no statistic; the caller chooses where the
//! text goes.

mod json;
mod page;
mod text;
mod words;

use crate::analysis::Level;

/// The most figures that text lists, and the most that a page draws of a section. Figures that changed come first.
const MOST_ROWS: usize = 30;
const MOST_CHARTS: usize = 60;

/// The histories of one or more names.
#[derive(Debug, Clone)]
pub(crate) struct History {
    pub(crate) sections: Vec<Section>,
}

/// The history of one name.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// As the user named it.
    pub(crate) label: String,
    /// How it was read, printed after the label: `104 runs in 24 points, made 2026-11-01 10:00 to 2026-11-30 12:00 UTC`.
    pub(crate) read: String,
    pub(crate) unit: SeriesUnit,
    /// In order.
    pub(crate) points: Vec<Point>,
    /// The wall time first, if there is one; then the greatest last level first.
    pub(crate) series: Vec<Series>,
    /// What is not counted and why, each without a full stop: `before/7 failed (exit code 3)`.
    pub(crate) left_out: Vec<String>,
    /// What else a reader must know, one sentence each.
    pub(crate) notes: Vec<String>,
}

/// What the numbers of a section are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SeriesUnit {
    /// Durations in ns, of which less is better.
    Nanoseconds,
    /// Rates, of which more is better.
    PerSecond,
}

/// The runs of one command, or one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Point {
    /// `before/7`, `before/3 to before/7`, or the name of a file.
    pub(crate) name: String,
    /// When it began, in ns since the Unix epoch.
    pub(crate) start_ns: Option<i64>,
    /// Whether that is UTC; else it is a clock without an offset.
    pub(crate) is_utc: bool,
    /// The short hash, with a `+` if files differed from it.
    pub(crate) commit: Option<String>,
    /// The number of runs.
    pub(crate) runs: usize,
}

/// A figure at every point.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    /// Whether it is the wall time, and no task or benchmark.
    pub(crate) is_whole: bool,
    /// The group of a task.
    pub(crate) group: String,
    /// The name of the task, of the benchmark, or of the figure.
    pub(crate) name: String,
    /// By point; `None` where it is not known.
    pub(crate) values: Vec<Option<Value>>,
    /// Its levels: more than one if it changed.
    pub(crate) levels: Vec<Level>,
    /// Whether change points were looked for.
    pub(crate) is_tested: bool,
}

/// A figure at one point: of several runs, the median and the range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Value {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) greatest: f64,
}

impl Series {
    /// The levels on both sides of each change, in order.
    fn changes(&self) -> impl DoubleEndedIterator<Item = (&Level, &Level)> {
        self.levels.windows(2).map(|pair| (&pair[0], &pair[1]))
    }

    /// Its last value.
    fn last(&self) -> Option<Value> {
        self.values.iter().rev().find_map(|value| *value)
    }
}

impl Section {
    /// How many of its figures were tested.
    fn tested(&self) -> usize {
        self.series.iter().filter(|series| series.is_tested).count()
    }

    /// Its figures in the order of tables: the wall time, those that changed, then the others.
    fn rows(&self) -> Vec<&Series> {
        let mut rows: Vec<&Series> = self.series.iter().collect();
        rows.sort_by_key(|series| (!series.is_whole, series.levels.len() < 2));
        rows
    }
}

/// A relative change from one level to the next: 0.12 for 12 % more.
fn relative(before: &Level, after: &Level) -> Option<f64> {
    (before.median > 0.0).then(|| after.median / before.median - 1.0)
}
