//! Several runs on one page, and how their figures vary.

use crate::page::Page;

/// One page for several runs of a command: it opens with one run, and the reader can switch to the others.
#[derive(Debug, Clone)]
pub struct Repeats {
    /// The runs, in order; their numbers differ.
    pub runs: Vec<Repeat>,
    /// Index of the run that the page opens with.
    pub shown: usize,
    /// How figures vary between the runs: one line each.
    pub spreads: Vec<Spread>,
    /// Number of further spreads that are not listed.
    pub more_spreads: u64,
}

/// One of several runs.
#[derive(Debug, Clone)]
pub struct Repeat {
    /// The number that selects this run in the page's address; see [`Data::run`](crate::Data::run).
    pub number: u64,
    /// How long it took, and how it ended if it failed: `2.34 s, exit code 1`.
    pub summary: String,
    /// The page of this run alone.
    pub page: Page,
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
    /// The run's [`Repeat::number`].
    pub run: u64,
    /// The value, with its unit.
    pub value: String,
    /// The value divided by the largest one, 0 to 1.
    pub part: f64,
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
