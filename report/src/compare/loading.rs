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
use crate::text::{Problems, quoted, terminal, units};

/// How the files of a side are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct How {
    pub(crate) one_run: bool,
    pub(crate) assumed_offset_s: Option<i32>,
    pub(crate) columns: ColumnMap,
    pub(crate) progress: Progress,
}

/// A run as it was loaded.
#[derive(Debug)]
pub(super) struct LoadedRun {
    pub(super) run: SideRun,
    pub(super) faults: Faults,
    /// The number of its files, and the names of their formats. 0 if none of them was looked at.
    pub(super) files: usize,
    pub(super) formats: Vec<&'static str>,
}

/// What was wrong with the input of a run.
#[derive(Debug)]
pub(crate) struct Faults {
    pub(crate) total: u64,
    /// The first problem with its place, if the input was read now.
    pub(crate) first: Option<String>,
}

impl Faults {
    fn of(problems: &Problems) -> Faults {
        let first = problems.first().first();
        let first = first.map(|first| terminal::plain(&format!("{}: {}", first.place(), first.message)));
        Faults { total: problems.total(), first }
    }
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
    let (run, faults) = with_figures(path, run, how)?;
    let run = SideRun::of_kept(&run, path);
    Ok(LoadedRun { run, faults, files: 0, formats: Vec::new() })
}

/// A kept run with its figures, and what was wrong with its records. Older descriptions have no figures: they are
/// computed from the run's directory.
///
/// # Errors
///
/// [`CompareError::Read`] if they have to be computed and nothing can be read.
pub(crate) fn with_figures(
    directory: &Path,
    mut run: Metadata,
    how: &How,
) -> Result<(Metadata, Faults), CompareError> {
    if run.figures.is_some() {
        let total = run.recorded.map_or(0, |recorded| recorded.problems);
        return Ok((run, Faults { total, first: None }));
    }
    let loaded = read(directory, how)?;
    let command = run.start_ns().zip(run.elapsed_ns);
    run.figures = Some(figures(&loaded, command));
    Ok((run, Faults::of(&loaded.problems)))
}

fn load_records(path: &Path, how: &How) -> Result<LoadedRun, CompareError> {
    let loaded = read(path, how)?;
    let figures = figures(&loaded, None);
    if figures.is_empty() && loaded.summary.profiles().len() > 0 {
        return Err(CompareError::Unusable {
            run: quoted(&path.to_string_lossy()),
            why: "is a profile without times: its samples or weights have no durations".into(),
            hint: "; compare files with spans or timings".into(),
        });
    }
    let has_clock = loaded.summary.clock() == Some(Clock::Wall) && loaded.trace.span_count() > 0;
    let mut formats: Vec<&'static str> = loaded.clocks.iter().map(|clock| clock.format).collect();
    let files = formats.len();
    formats.sort_unstable();
    formats.dedup();
    let run = SideRun {
        name: terminal::plain(&path.to_string_lossy()),
        start_ns: has_clock.then(|| loaded.trace.origin_ns()),
        peak_bytes: None,
        command: None,
        machine: None,
        git: None,
        load: None,
        in_turn: None,
        figures,
        rows: Some(path.to_owned()),
    };
    Ok(LoadedRun { run, faults: Faults::of(&loaded.problems), files, formats })
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

/// `The input of `before` has 12 problems, in 2 of 5 runs; `waterfall stats before/3` lists those of the first.` With
/// the first problem if it is known.
pub(super) fn faults_in_words(label: &str, faults: &[(String, Faults)]) -> Option<String> {
    let with: Vec<&(String, Faults)> = faults.iter().filter(|(_, faults)| faults.total > 0).collect();
    let (run, first) = with.first()?;
    let total: u64 = with.iter().map(|(_, faults)| faults.total).sum();
    let (all, problems) = (faults.len(), units::counted(total, "problem"));
    let place = if all > 1 { format!(", in {} of {all} runs", with.len()) } else { String::new() };
    let head = format!("The input of {} has {problems}{place}", quoted(label));
    Some(match &first.first {
        Some(first) if total == 1 => format!("{head}: {first}."),
        Some(first) => format!("{head}, the first: {first}; `waterfall stats {run}` lists more."),
        None => format!("{head}; `waterfall stats {run}` lists those of the first."),
    })
}
