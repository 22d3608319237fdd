//! Finding: which runs an argument names.
//!
//! Takes an argument of the user; gives a side of runs, or a file of metrics. The name of kept runs goes before a path,
//! and a path before the name of a baseline. Of a directory whose subdirectories are all numbers, each is a run.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{self, Path, PathBuf};

use super::baseline::{self, Baseline, baselines};
use super::error::CompareError;
use super::kept;
use super::loading::{How, LoadedRun, faults_in_words, load};
use super::metrics::Metrics;
use super::numbering::listed;
use super::side::Side;
use crate::runs::{Name, Store, metadata};
use crate::sources::{Compared, compared, is_readable_name};
use crate::text::{self, quoted, terminal, units};

/// What an argument names.
#[derive(Debug)]
pub(super) enum Found {
    Runs(Side),
    Metrics(Metrics),
}

/// Finds and reads what `argument` names, with kept runs and baselines near `directory`.
///
/// # Errors
///
/// [`CompareError`] if there is no such thing, or if one of its runs cannot be compared.
pub(super) fn find(argument: &Path, directory: &Path, how: &How) -> Result<Found, CompareError> {
    let label = argument.to_string_lossy();
    let (exists, is_name) = (argument.exists(), !label.contains(path::is_separator));
    if is_name || !exists {
        let store = Store::near(directory);
        let names =
            store.names().map_err(|source| CompareError::System { path: directory.to_owned(), source })?;
        match kept::chosen(&label, &names) {
            Some(chosen) => {
                let mut side = kept::side(&label, chosen?, &store, how)?;
                side.notes.extend(exists.then(|| not_the_path(&label)));
                return Ok(Found::Runs(side));
            }
            None if exists => {}
            None => return of_baseline(&label, directory, &names).map(Found::Runs),
        }
    }
    if argument.is_dir() {
        return of_directory(&label, argument, how).map(Found::Runs);
    }
    if argument.file_name() == Some(OsStr::new(metadata::FILE)) {
        return of_one(&label, argument.parent().unwrap_or(Path::new(".")), how).map(Found::Runs);
    }
    let unread = |source| CompareError::System { path: argument.to_owned(), source };
    // Opening a pipe would wait for its writer; the reading says that it is no file.
    let kind = if argument.is_file() { compared(argument).map_err(unread)? } else { None };
    match kind {
        Some((Compared::Baseline, contents)) => {
            let baseline = Baseline::parse(argument, &contents)?;
            baseline.into_side(&label).map(Found::Runs)
        }
        Some((Compared::Metrics, contents)) => Metrics::parse(&label, &contents).map(Found::Metrics),
        None => of_one(&label, argument, how).map(Found::Runs),
    }
}

fn not_the_path(label: &str) -> String {
    let path = terminal::plain(&format!(".{}{label}", path::MAIN_SEPARATOR));
    format!("{} names kept runs; `{path}` names what is at this path.", quoted(label))
}

/// The side of a baseline that is named without its directory: in `directory`, else in the nearest one above.
fn of_baseline(label: &str, directory: &Path, runs: &[Name]) -> Result<Side, CompareError> {
    let missing = |proposal: String| CompareError::Missing { name: label.to_owned(), hint: proposal };
    let near = directory.ancestors().find(|directory| baselines(directory).is_some());
    let names: Vec<Name> = near.and_then(baselines).unwrap_or_default();
    if let Some((directory, name)) = near.zip(names.iter().find(|name| name.as_str() == label)) {
        let path = baseline::path(directory, name);
        let mut side = Baseline::read(&path, name)?.into_side(label)?;
        let below = path.strip_prefix(directory).unwrap_or(&path);
        side.read = format!("{}, {}", terminal::plain(&below.to_string_lossy()), side.read);
        return Ok(side);
    }
    if runs.is_empty() && names.is_empty() {
        return Err(missing("; make runs with `waterfall run --name NAME --repeat 5 -- CMD`".into()));
    }
    let wanted = label.rsplit_once('@').or_else(|| label.rsplit_once('/')).map_or(label, |(name, _)| name);
    let known: BTreeSet<&str> = runs.iter().chain(&names).map(Name::as_str).collect();
    Err(missing(text::proposal(wanted, known)))
}

/// The side of a directory: of one run, or of a set of runs.
fn of_directory(label: &str, path: &Path, how: &How) -> Result<Side, CompareError> {
    if how.one_run {
        return of_one(label, path, how);
    }
    let runs = numbered(path)?;
    if !runs.is_empty() {
        return of_set(label, &runs, how);
    }
    let mut side = of_one(label, path, how)?;
    let count = subdirectories(path);
    if count > 1 && !path.join(metadata::FILE).is_file() {
        side.notes.push(format!(
            "{} is one run, although it has {count} directories: to make each a run, name them 1, 2, ..., with no record \
             file beside them.",
            quoted(label)
        ));
    }
    Ok(side)
}

fn subdirectories(path: &Path) -> usize {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.path().is_dir() && !entry.file_name().to_string_lossy().starts_with('.'))
        .count()
}

/// The runs in a directory whose subdirectories are all numbers, in their order; hidden ones do not count. None if it is
/// a kept run, has another subdirectory, or a file beside them that may be records.
fn numbered(directory: &Path) -> Result<Vec<PathBuf>, CompareError> {
    let unread = |source| CompareError::System { path: directory.to_owned(), source };
    let mut runs: Vec<(u64, String, PathBuf)> = Vec::new();
    for entry in fs::read_dir(directory).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name.starts_with('.') {
            continue;
        }
        if !path.is_dir() {
            if is_readable_name(&name) {
                return Ok(Vec::new());
            }
            continue;
        }
        let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
        match name.parse().ok().filter(|_| is_number) {
            Some(number) => runs.push((number, name, path)),
            None => return Ok(Vec::new()),
        }
    }
    runs.sort();
    Ok(runs.into_iter().map(|(.., path)| path).collect())
}

/// The side of one directory or file.
fn of_one(label: &str, path: &Path, how: &How) -> Result<Side, CompareError> {
    let loaded = load(path, how)?;
    let formats = match loaded.formats.as_slice() {
        [] => String::new(),
        formats => format!(" ({})", formats.join(", ")),
    };
    let what = match (loaded.run.machine.is_some(), path.is_dir()) {
        (true, _) => format!("1 run, {}", loaded.run.name),
        (_, true) => {
            format!("1 run, a directory with {}{formats}", units::counted(loaded.files as u64, "file"))
        }
        (_, false) => format!("1 run, a file{formats}"),
    };
    side(label, &what, vec![loaded])
}

/// The side of a directory of numbered runs.
fn of_set(label: &str, paths: &[PathBuf], how: &How) -> Result<Side, CompareError> {
    let loaded: Vec<LoadedRun> = paths.iter().map(|path| load(path, how)).collect::<Result<_, _>>()?;
    let numbers: Vec<String> =
        paths.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
    let (runs, directories) = (units::counted(loaded.len() as u64, "run"), listed(&numbers));
    side(label, &format!("{runs}, one in each of its directories: {directories}"), loaded)
}

/// The side of runs as they were loaded, with a note on the problems in their input.
fn side(label: &str, what: &str, loaded: Vec<LoadedRun>) -> Result<Side, CompareError> {
    let mut faults = Vec::new();
    let mut runs = Vec::new();
    for loaded in loaded {
        faults.push((loaded.run.name.clone(), loaded.faults));
        runs.push(loaded.run);
    }
    let mut side = Side::new(label, what, runs)?;
    side.notes.extend(faults_in_words(label, &faults));
    Ok(side)
}
