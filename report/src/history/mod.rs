//! Histories: the figures of all runs ever kept of a name, or of all files of metrics in a directory, in order.
//!
//! Takes names and directories; gives the figures at each point with their change points. Nothing is left out silently.

mod error;
mod kept;
mod metrics;
mod series;

use std::path::{self, Path, PathBuf};

use crate::outputs::{History, Section};
use crate::runs::{Name, Store};
use crate::sources::Progress;
use crate::text::{self, NoMatch, TaskGlobs};

pub(crate) use error::HistoryError;

/// A history to be made.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// Names of kept runs, directories of kept runs and directories with files of metrics.
    pub(crate) names: Vec<PathBuf>,
    /// Globs of the tasks or benchmarks that are shown; all without any.
    pub(crate) tasks: Vec<String>,
    /// Progress of the reading, for another thread to show.
    pub(crate) progress: Progress,
}

impl Wanted {
    /// Reads the history of each name, with kept runs near `directory`. Costs about the reading of each `run.json`; runs of
    /// older versions without figures are read whole.
    ///
    /// # Errors
    ///
    /// [`HistoryError`] if a name has no run that can be used, or if no task matches.
    pub(crate) fn read(&self, directory: &Path) -> Result<History, HistoryError> {
        let store = Store::near(directory);
        let sections = self.names.iter().map(|name| self.section(name, &store));
        let sections = sections.collect::<Result<Vec<Section>, HistoryError>>()?;
        let matches_any = |glob: &&String| {
            let globs = TaskGlobs::new(std::slice::from_ref(*glob));
            let mut series = sections.iter().flat_map(|section| &section.series);
            series.any(|series| !series.is_whole && globs.matches(&series.group, &series.name))
        };
        if let Some(glob) = self.tasks.iter().find(|glob| !matches_any(glob)) {
            let all = Wanted { tasks: Vec::new(), ..self.clone() };
            let all = all.names.iter().filter_map(|name| all.section(name, &store).ok());
            let names: Vec<String> =
                all.flat_map(|section| section.series).map(|series| series.name).collect();
            return Err(HistoryError::NoTask(NoMatch::new("task", glob, names)));
        }
        Ok(History { sections })
    }

    /// The name of kept runs goes before a path, as in a comparison.
    fn section(&self, argument: &Path, store: &Store) -> Result<Section, HistoryError> {
        let label = argument.to_string_lossy().into_owned();
        let globs = TaskGlobs::new(&self.tasks);
        if !label.contains(path::is_separator) || !argument.exists() {
            let system = |source| HistoryError::System { path: argument.to_owned(), source };
            let names = store.names().map_err(system)?;
            if let Some(name) = names.iter().find(|name| name.as_str() == label) {
                let places = store.places(name).map_err(system)?;
                let directories = places.iter().map(|place| place.directory().to_owned()).collect();
                return kept::section(&label, directories, &globs, &self.progress);
            }
            if !argument.exists() {
                let hint = match names.is_empty() {
                    true => "; make runs with `waterfall run --name NAME -- CMD`".into(),
                    false => text::proposal(without_range(&label), names.iter().map(Name::as_str)),
                };
                return Err(HistoryError::Missing { name: label, hint });
            }
        }
        if !argument.is_dir() {
            return Err(HistoryError::NoDirectory { name: label });
        }
        match kept::directories(argument)? {
            runs if runs.is_empty() => metrics::section(&label, argument, &globs),
            runs => kept::section(&label, runs, &globs, &self.progress),
        }
    }
}

/// `before` of `before@3..7`: a history is of all runs.
fn without_range(label: &str) -> &str {
    label.split_once('@').map_or(label, |(name, _)| name)
}
