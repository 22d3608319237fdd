//! Loading: a directory or a file becomes one run of a side.
//!
//! Takes a path; gives the run's figures and what a reader must know of them. The description of a kept run has its
//! figures. Without it, or without figures in it, they are computed from the records.

use std::path::{Path, PathBuf};

use super::error::CompareError;
use super::side::{SideRun, title_of, why_unusable};
use crate::model::Clock;
use crate::reading::{Inputs, Loaded, Reading};
use crate::report::{figures, with_waits_of_runs};
use crate::runs::{Metadata, metadata};
use crate::sources::{ColumnMap, Progress};
use crate::text::terminal;

/// How the files of a side are read.
#[derive(Debug, Clone, Default)]
pub(super) struct How {
    pub(super) one_run: bool,
    pub(super) assumed_offset_s: Option<i32>,
    pub(super) columns: ColumnMap,
    pub(super) progress: Progress,
}

/// A run as it was loaded.
#[derive(Debug)]
pub(super) struct LoadedRun {
    pub(super) run: SideRun,
    /// The problems in its input.
    pub(super) problems: u64,
    /// The number of its files, and the names of their formats. 0 if none of them was looked at.
    pub(super) files: usize,
    pub(super) formats: Vec<&'static str>,
}

/// Loads what is at `path`: the directory of a kept run, another directory, or a file.
///
/// # Errors
///
/// [`CompareError`] if the run failed or has not ended, or if nothing can be read.
pub(super) fn load(path: &Path, how: &How) -> Result<LoadedRun, CompareError> {
    let description = path.join(metadata::FILE);
    if !description.is_file() {
        return load_records(path, how);
    }
    let run =
        metadata::read(&description).map_err(|source| CompareError::System { path: description, source })?;
    if let Some(why) = why_unusable(&run) {
        let hint = "; compare other runs".into();
        return Err(CompareError::Unusable { run: title_of(&run), why, hint });
    }
    let (run, problems) = with_figures(path, run, how)?;
    let run = SideRun::of_kept(&run);
    Ok(LoadedRun { run, problems, files: 0, formats: Vec::new() })
}

/// A kept run with its figures, and the number of problems in its records. Older descriptions have no figures: they are
/// computed from the run's directory.
///
/// # Errors
///
/// [`CompareError::Read`] if they have to be computed and nothing can be read.
pub(super) fn with_figures(
    directory: &Path,
    mut run: Metadata,
    how: &How,
) -> Result<(Metadata, u64), CompareError> {
    if run.figures.is_some() {
        let problems = run.recorded.map_or(0, |recorded| recorded.problems);
        return Ok((run, problems));
    }
    let loaded = read(directory, how)?;
    let command = run.start_ns().zip(run.elapsed_ns);
    run.figures = Some(figures(&loaded, command));
    Ok((run, loaded.problems.total()))
}

fn load_records(path: &Path, how: &How) -> Result<LoadedRun, CompareError> {
    let loaded = read(path, how)?;
    let has_clock = loaded.summary.clock() == Some(Clock::Wall) && loaded.trace.span_count() > 0;
    let mut formats: Vec<&'static str> = loaded.clocks.iter().map(|clock| clock.format).collect();
    let files = formats.len();
    formats.sort_unstable();
    formats.dedup();
    let run = SideRun {
        name: terminal::plain(&path.to_string_lossy()),
        start_ns: has_clock.then(|| loaded.trace.origin_ns()),
        peak_bytes: None,
        machine: None,
        git: None,
        load: None,
        figures: figures(&loaded, None),
    };
    Ok(LoadedRun { run, problems: loaded.problems.total(), files, formats })
}

fn read(path: &Path, how: &How) -> Result<Loaded, CompareError> {
    let reading = Reading {
        inputs: Inputs::Paths(vec![path.to_owned()]),
        assumed_offset_s: how.assumed_offset_s,
        columns: how.columns.clone(),
        progress: how.progress.clone(),
        ..Reading::default()
    };
    let own = || PathBuf::from(path);
    with_waits_of_runs(&reading).load().map_err(|source| CompareError::Read { path: own(), source })
}
