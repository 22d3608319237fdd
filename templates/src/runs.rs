//! Several runs on one page, and how their figures vary.

use crate::comparison::Compared;
use crate::page::Page;

/// One page for several runs: it opens with one or two of them, and the reader can choose others.
#[derive(Debug, Clone)]
pub struct Runs {
    /// The runs, at least one, in order; their keys differ.
    pub runs: Vec<Run>,
    /// The runs that are drawn when the page opens: one index of `runs`, or two different ones, from the top.
    pub shown: Vec<usize>,
    /// The two sides of a comparison; `None` for repeats of one command.
    pub sides: Option<[RunsSide; 2]>,
    /// How figures vary between the runs: one line each.
    pub spreads: Vec<Spread>,
    /// Number of further spreads that are not listed.
    pub more_spreads: u64,
    /// What the page says of the two sides of a comparison.
    pub compared: Option<Compared>,
}

/// One of several runs.
#[derive(Debug, Clone)]
pub struct Run {
    /// What selects this run in the page's address, lower-case letters and digits: `3`, or `a3` for the third run of a
    /// comparison's baseline.
    pub key: String,
    /// What it is called: `3`, or the name of its file.
    pub name: String,
    /// How long it took, and how it ended if it failed: `2.34 s, exit code 1`.
    pub summary: String,
    /// The page of this run alone.
    pub page: Page,
}

/// One side of a comparison.
#[derive(Debug, Clone)]
pub struct RunsSide {
    /// What it is called: `baseline`.
    pub label: String,
    /// How it was read, in one line: `old, 5 runs`.
    pub about: String,
    /// Its runs that can be drawn: indices of [`Runs::runs`].
    pub runs: Vec<usize>,
}

/// How one figure varies between runs.
#[derive(Debug, Clone)]
pub struct Spread {
    /// The group of a task; `None` for a figure of the whole run.
    pub group: Option<String>,
    /// Name of the task, or of the figure.
    pub name: String,
    /// Number of runs that lack this figure.
    pub missing: usize,
    /// The smallest value, with its unit.
    pub least: String,
    /// The median, with its unit; for an even number of values, the mean of the middle two.
    pub median: String,
    /// The median divided by the largest value, 0 to 1.
    pub median_part: f64,
    /// The largest value, with its unit.
    pub greatest: String,
    /// Largest minus smallest value, relative to the median: `3.1 %`.
    pub apart: String,
    /// The single values, in the order of the runs.
    pub dots: Vec<Dot>,
}

/// The value of a figure in one run.
#[derive(Debug, Clone)]
pub struct Dot {
    /// The run's number, which is its [`Run::key`].
    pub run: u64,
    /// The value, with its unit.
    pub value: String,
    /// The value divided by the largest one, 0 to 1.
    pub part: f64,
}

impl Runs {
    /// The keys of the runs that the page opens with, as its address would have them: `a3,b2`.
    pub(crate) fn first_shown(&self) -> String {
        let keys = self.shown.iter().map(|&index| self.runs[index].key.as_str());
        keys.collect::<Vec<_>>().join(",")
    }
}

impl Spread {
    /// The strip as text, for screen readers.
    pub(crate) fn description(&self) -> String {
        let dots = self.dots.iter().map(|dot| format!("run {}: {}", dot.run, dot.value));
        dots.collect::<Vec<_>>().join(", ")
    }
}

/// The position of a part (0 to 1) along a strip, in the strip's units.
pub(crate) fn along(part: &f64) -> String {
    format!("{:.1}", 6.0 + 200.0 * part)
}
