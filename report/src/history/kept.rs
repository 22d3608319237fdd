//! The history of kept runs: all runs of a name, those of one command at one point.
//!
//! Takes the directories of runs. Reads only their descriptions, which have the figures; the records only of runs of older
//! versions. Runs that failed, have not ended or recorded nothing are named and not counted.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::error::HistoryError;
use super::series::{self, AtPoint};
use crate::compare::{How, between, listed, title_of, why_unusable, with_figures};
use crate::outputs::{Point, Section, SeriesUnit};
use crate::runs::{Figures, Metadata, Revision, metadata};
use crate::sources::Progress;
use crate::text::{TaskGlobs, terminal, units};

/// The directories of runs in a directory, in the order of their numbers: all that are numbers if any of them has a
/// description. Those without one are left out later, by name.
///
/// # Errors
///
/// [`HistoryError::System`] if the directory cannot be listed.
pub(super) fn directories(directory: &Path) -> Result<Vec<PathBuf>, HistoryError> {
    let system = |source| HistoryError::System { path: directory.to_owned(), source };
    let mut found: Vec<(u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir(directory).map_err(system)? {
        let path = entry.map_err(system)?.path();
        let number = path.file_name().and_then(|name| name.to_str()?.parse().ok());
        found.extend(number.filter(|_| path.is_dir()).map(|number| (number, path)));
    }
    if !found.iter().any(|(_, path)| path.join(metadata::FILE).is_file()) {
        return Ok(Vec::new());
    }
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// The history of the runs in these directories.
///
/// # Errors
///
/// [`HistoryError::NothingUsable`] if none of them can be used.
pub(super) fn section(
    label: &str,
    directories: Vec<PathBuf>,
    globs: &TaskGlobs,
    progress: &Progress,
) -> Result<Section, HistoryError> {
    let how = How { progress: progress.clone(), ..How::default() };
    let read: Vec<Result<(Metadata, Figures), String>> =
        directories.par_iter().map(|directory| usable(directory, &how)).collect();
    let mut runs = Vec::new();
    let mut left_out = Vec::new();
    for run in read {
        match run {
            Ok(run) => runs.push(run),
            Err(why) => left_out.push(why),
        }
    }
    if runs.is_empty() {
        let others = left_out.len().saturating_sub(1);
        let first = left_out.into_iter().next().unwrap_or_else(|| "there is none".into());
        return Err(HistoryError::NothingUsable { name: label.to_owned(), first, others });
    }
    let of_commands = runs.iter().all(|(_, figures)| figures.around.is_some());
    let points: Vec<AtPoint> =
        runs.chunk_by(|one, next| is_repeat(&one.0, &next.0)).map(|runs| point(runs, of_commands)).collect();
    let mut notes = notes(&runs);
    if !of_commands {
        notes.push(
            "The wall time is that of the spans: the time of the command around them is not known of every run.".into(),
        );
    }
    let read = read_as(&runs, &points);
    let (series, points) = series::series(points, SeriesUnit::Nanoseconds, globs);
    Ok(Section {
        label: label.to_owned(),
        read,
        unit: SeriesUnit::Nanoseconds,
        points,
        series,
        left_out,
        notes,
    })
}

/// A run with its figures, or why it is left out.
fn usable(directory: &Path, how: &How) -> Result<(Metadata, Figures), String> {
    let place = || terminal::plain(&directory.to_string_lossy());
    let description = directory.join(metadata::FILE);
    if !description.exists() {
        return Err(format!("{} has no {} (yet)", place(), metadata::FILE));
    }
    let run = metadata::read(&description)
        .map_err(|error| format!("{} is damaged: {}", place(), terminal::plain(&error.to_string())))?;
    if let Some(why) = why_unusable(&run) {
        return Err(format!("{} {why}", title_of(&run)));
    }
    if run.is_silent() {
        return Err(format!("{} recorded no span", title_of(&run)));
    }
    let title = title_of(&run);
    let (mut run, _) = with_figures(directory, run, how)
        .map_err(|error| format!("{title} has no figures, and its records cannot be read: {error}"))?;
    let figures = run.figures.take().unwrap_or_default();
    if figures.is_empty() { Err(format!("{title} recorded no span")) } else { Ok((run, figures)) }
}

/// Whether a run is the next repeat of the same command.
fn is_repeat(one: &Metadata, next: &Metadata) -> bool {
    one.process == next.process && one.repeat.1 == next.repeat.1 && one.repeat.0 < next.repeat.0
}

fn point(runs: &[(Metadata, Figures)], of_commands: bool) -> AtPoint {
    let names: Vec<String> = runs.iter().map(|(run, _)| title_of(run)).collect();
    let first = &runs[0].0;
    let mut at = AtPoint::new(Point {
        name: listed(&names),
        start_ns: first.start_ns(),
        is_utc: true,
        commit: first.git.as_ref().map(Revision::short),
        runs: runs.len(),
    });
    for (_, figures) in runs {
        let wall_ns = if of_commands { figures.whole_ns() } else { figures.wall_ns };
        at.add(None, wall_ns as f64);
        for task in &figures.tasks {
            at.add(Some((&task.group, &task.task)), task.total_ns as f64);
        }
    }
    at
}

/// `104 runs at 24 points, made 2026-11-01 10:00 to 2026-11-30 12:00 UTC, 12 commits`.
fn read_as(runs: &[(Metadata, Figures)], points: &[AtPoint]) -> String {
    let count = units::counted(runs.len() as u64, "run");
    let at = match points.len() == runs.len() {
        true => String::new(),
        false => format!(" of {}", units::counted(points.len() as u64, "command")),
    };
    let starts: BTreeSet<i64> = runs.iter().filter_map(|(run, _)| run.start_ns()).collect();
    let made = starts.first().zip(starts.last());
    let made = made.map_or(String::new(), |(first, last)| format!(", made {} UTC", between(*first, *last)));
    let commits: BTreeSet<String> =
        runs.iter().filter_map(|(run, _)| run.git.as_ref()).map(Revision::short).collect();
    let commits = match commits.len() {
        0 => String::new(),
        1 => format!(", commit {}", terminal::plain(commits.first().map_or("", String::as_str))),
        count => format!(", {}", units::counted(count as u64, "commit")),
    };
    format!("{count}{at}{made}{commits}")
}

/// What makes the runs hard to compare.
fn notes(runs: &[(Metadata, Figures)]) -> Vec<String> {
    let hosts: BTreeSet<String> = runs.iter().map(|(run, _)| terminal::quoted(&run.machine.host)).collect();
    let commands: BTreeSet<&[String]> = runs.iter().map(|(run, _)| run.command.as_slice()).collect();
    let mut notes = Vec::new();
    if hosts.len() > 1 {
        let first = hosts.iter().next().map_or("", String::as_str);
        notes.push(format!(
            "The runs were made on {}, {first} among them: a change of the machine looks like a change of the program.",
            units::counted(hosts.len() as u64, "machine")
        ));
    }
    if commands.len() > 1 {
        let count = units::counted(commands.len() as u64, "different command");
        notes.push(format!(
            "The runs have {count}: a change of the command looks like a change of the program."
        ));
    }
    notes
}
