//! One page of several runs of a command: it opens with the one of median length, the others can be chosen in it.
//!
//! Takes what is known of each run and the report of each; gives the page that has them all, and how far their figures
//! lie apart. All of them are in memory at once, so each has its part of the spans that a page shows.

use std::path::{Path, PathBuf};

use crate::analysis::{self, NAMED};
use crate::run::{self, Metadata};
use crate::{DETAIL, Error, Made, Progress, Report, outputs, sources};

/// A page of several runs to be made.
#[derive(Debug, Clone, Default)]
pub struct Repeats {
    /// The runs in their order, at least one, each with its report; of these `output` and `progress` mean nothing.
    pub runs: Vec<(Metadata, Report)>,
    /// How far the page has come.
    pub progress: Progress,
}

impl Repeats {
    /// Renders the page into its file, which is there whole or as it was before.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] when a run's records cannot be read, [`Error::Write`] when the file could not be written.
    ///
    /// # Panics
    ///
    /// When there is no run.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let html = self.render()?;
        outputs::replace(path, html.as_bytes())
            .map_err(|source| Error::Write { path: PathBuf::from(path), source })
    }

    /// Reads, merges, analyses and renders.
    ///
    /// # Errors
    ///
    /// [`sources::Error`] when a run's records cannot be read.
    ///
    /// # Panics
    ///
    /// When there is no run.
    pub fn render(&self) -> Result<String, sources::Error> {
        let known: Vec<&Metadata> = self.runs.iter().map(|(metadata, _)| metadata).collect();
        let shown = run::median(&known);
        let mut totals = Vec::new();
        let mut runs = Vec::new();
        for (index, (metadata, report)) in self.runs.iter().enumerate() {
            let detail = report.detail.unwrap_or(DETAIL) / self.runs.len() as u64;
            let report = Report { detail: Some(detail), progress: self.progress.clone(), ..report.clone() };
            let loaded = report.load()?;
            let Made { mut page, .. } = report.make(&loaded);
            page.data.run = (index != shown).then_some(metadata.number);
            // Of all tasks, also those without a row of their own in this run's table.
            let (tasks, _) = analysis::statistics(&loaded.summary, usize::MAX);
            totals.push(analysis::totals(&tasks, loaded.summary.keys()));
            let told = match metadata.outcome.is_success() {
                true => metadata.length(),
                false => format!("{}, {}", metadata.length(), metadata.outcome_in_words()),
            };
            runs.push(templates::Repeat { number: metadata.number, told, page });
        }
        let tasks = analysis::spreads(&totals);
        let listed = &tasks[..tasks.len().min(NAMED)];
        Ok(templates::render_repeats(&templates::Repeats {
            runs,
            shown,
            spreads: outputs::spreads(&known, listed),
            more_spreads: (tasks.len() - listed.len()) as u64,
        }))
    }
}
