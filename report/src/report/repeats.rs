//! One page of several runs of a command. It opens with the run of median length; the reader can choose the others.
//!
//! Takes the metadata and the report of each run. Gives the page of all runs, with how much their figures vary.

use super::several::OneRun;
use super::{Error, Report};
use crate::analysis::{self, NAMED, Spread, Totals};
use crate::outputs::{self, Line};
use crate::runs::{self, Metadata};
use crate::sources::Progress;
use crate::text::units;

#[derive(Debug, Clone, Default)]
pub(crate) struct Repeats {
    /// The runs in their order, at least one, each with its report. The report's output and progress are ignored.
    pub(crate) runs: Vec<(Metadata, Report)>,
    pub(crate) progress: Progress,
}

impl Repeats {
    /// Reads, merges, analyses and renders.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if a run's records cannot be read.
    ///
    /// # Panics
    ///
    /// If there is no run.
    pub(crate) fn render(&self) -> Result<String, Error> {
        let known: Vec<&Metadata> = self.runs.iter().map(|(metadata, _)| metadata).collect();
        let shown = runs::median(&known);
        let mut totals = Vec::new();
        let mut runs = Vec::new();
        for (metadata, report) in &self.runs {
            let mut report = report.clone();
            report.reading.progress = self.progress.clone();
            let name = metadata.number.to_string();
            let summary = length_and_failure(metadata);
            let one = OneRun { key: name.clone(), name, summary, report };
            let (run, loaded) = one.page(self.runs.len(), runs.len() == shown)?;
            // All tasks, even those without a row of their own in this run's table.
            let (tasks, _) = analysis::statistics(&loaded.summary, usize::MAX);
            totals.push(analysis::totals(&tasks, loaded.summary.keys()));
            runs.push(run);
        }
        let (spreads, more_spreads) = spreads(&known, &totals);
        let shown = vec![shown];
        Ok(templates::render_runs(&templates::Runs {
            runs,
            shown,
            sides: None,
            spreads,
            more_spreads,
            compared: None,
        }))
    }
}

/// The length of a run, and how it ended if it failed: `2.34 s, exit code 1`.
fn length_and_failure(run: &Metadata) -> String {
    match run.outcome.is_success() {
        true => run.length(),
        false => format!("{}, {}", run.length(), run.outcome_in_words()),
    }
}

/// How much the figures of the runs vary, and the number of tasks without a line.
fn spreads(runs: &[&Metadata], totals: &[Totals]) -> (Vec<templates::Spread>, u64) {
    let whole = |name, of: fn(&Metadata) -> Option<u64>, unit| {
        let values = runs.iter().map(|run| of(run).map(i128::from)).collect();
        Spread::of(values).map(|spread| Line { group: None, name, spread, unit })
    };
    let bytes = |count| units::bytes(u64::try_from(count).unwrap_or(0));
    let of_runs = [
        whole("whole command", |run| run.elapsed_ns, units::duration),
        whole("CPU time", |run| run.resources.cpu_ns(), units::duration),
        whole("peak memory", |run| run.resources.peak_bytes(), bytes),
    ];
    let tasks = analysis::spreads(totals);
    let more = tasks.len().saturating_sub(NAMED) as u64;
    let of_tasks = tasks.into_iter().take(NAMED).map(|((group, name), spread)| Line {
        group: Some(group),
        name,
        spread,
        unit: units::duration,
    });
    let lines: Vec<Line<'_>> = of_runs.into_iter().flatten().chain(of_tasks).collect();
    let numbers: Vec<u64> = runs.iter().map(|run| run.number).collect();
    (outputs::spreads(&numbers, &lines), more)
}
