//! Finding: which runs an argument names.
//!
//! Takes an argument of the user; gives a side of runs, or a file of metrics. What exists as a path is that path; else
//! it is the name of kept runs. Of a directory whose subdirectories are all numbers, each is a run. A run that cannot
//! be compared is an error that says how to name others, and is never left out.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::baseline::Baseline;
use super::error::CompareError;
use super::loading::{How, LoadedRun, load, with_figures};
use super::metrics::Metrics;
use super::side::{Side, listed, title_of, why_unusable};
use crate::runs::{Metadata, Name, Place, Store, metadata};
use crate::sources::{Compared, compared, is_readable_name};
use crate::text::{self, quoted, terminal, units};

/// What an argument names.
#[derive(Debug)]
pub(super) enum Found {
    Runs(Side),
    Metrics(Metrics),
}

/// Finds and reads what `argument` names, with kept runs near `directory`.
///
/// # Errors
///
/// [`CompareError`] if there is no such thing, or if one of its runs cannot be compared.
pub(super) fn find(argument: &Path, directory: &Path, how: &How) -> Result<Found, CompareError> {
    let label = argument.to_string_lossy();
    if !argument.exists() {
        return of_name(&label, directory, how).map(Found::Runs);
    }
    if argument.is_dir() {
        let runs = if how.one_run { Vec::new() } else { numbered(argument)? };
        return match runs.as_slice() {
            [] => of_one(&label, argument, how).map(Found::Runs),
            runs => of_set(&label, runs, how).map(Found::Runs),
        };
    }
    if argument.file_name() == Some(OsStr::new(metadata::FILE)) {
        return of_one(&label, argument.parent().unwrap_or(Path::new(".")), how).map(Found::Runs);
    }
    let unread = |source| CompareError::System { path: argument.to_owned(), source };
    // Opening a pipe would wait for its writer; the reading says that it is no file.
    let kind = if argument.is_file() { compared(argument).map_err(unread)? } else { None };
    match kind {
        Some(Compared::Baseline) => {
            let bytes = fs::read(argument).map_err(unread)?;
            let baseline = Baseline::parse(argument, &bytes)?;
            baseline.into_side(&label).map(Found::Runs)
        }
        Some(Compared::Metrics) => {
            let bytes = fs::read(argument).map_err(unread)?;
            Metrics::parse(&label, &bytes).map(Found::Metrics)
        }
        None => of_one(&label, argument, how).map(Found::Runs),
    }
}

/// The runs in a directory whose subdirectories are all numbers, in their order. None if it is a kept run, has another
/// subdirectory, or a file beside them that may be records.
fn numbered(directory: &Path) -> Result<Vec<PathBuf>, CompareError> {
    let unread = |source| CompareError::System { path: directory.to_owned(), source };
    let mut runs: Vec<(u64, String, PathBuf)> = Vec::new();
    for entry in fs::read_dir(directory).map_err(unread)? {
        let path = entry.map_err(unread)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
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
    let problems: Vec<(String, u64)> =
        loaded.iter().map(|loaded| (loaded.run.name.clone(), loaded.problems)).collect();
    let mut side = Side::new(label, what, loaded.into_iter().map(|loaded| loaded.run).collect())?;
    side.notes.extend(problems_in_words(label, &problems));
    Ok(side)
}

/// `The input of `before` has 12 problems, in 2 of 5 runs; `waterfall stats before/3` lists those of the first.`
fn problems_in_words(label: &str, problems: &[(String, u64)]) -> Option<String> {
    let with: Vec<&(String, u64)> = problems.iter().filter(|(_, count)| *count > 0).collect();
    let (first, _) = with.first()?;
    let total: u64 = with.iter().map(|(_, count)| count).sum();
    let (all, total) = (problems.len(), units::counted(total, "problem"));
    let place = if all > 1 { format!(", in {} of {all} runs", with.len()) } else { String::new() };
    let of_first = if with.len() > 1 { " of the first" } else { "" };
    Some(format!(
        "The input of {} has {total}{place}; `waterfall stats {first}` lists those{of_first}.",
        quoted(label)
    ))
}

/// Kept runs that an argument chooses.
struct Chosen {
    name: Name,
    which: Which,
}

enum Which {
    /// The runs of the last command: all of its repeats.
    Latest,
    /// These numbers, inclusive.
    Range(u64, u64),
}

/// The side of kept runs: `before`, `before@3..7`, `before@3` or `before/3`.
fn of_name(argument: &str, directory: &Path, how: &How) -> Result<Side, CompareError> {
    let store = Store::near(directory);
    let unread = |source| CompareError::System { path: directory.to_owned(), source };
    let names = store.names().map_err(unread)?;
    let Chosen { name, which } = chosen(argument, &names)?;
    let mut runs: Vec<(Place, Metadata)> = Vec::new();
    for place in store.places(&name).map_err(unread)? {
        let path = place.metadata();
        let run = store.read(&place).map_err(|source| CompareError::System { path, source })?;
        runs.push((place, run));
    }
    let (wanted, note) = match which {
        Which::Latest => latest(&name, &runs),
        Which::Range(first, last) => (in_range(&name, &runs, first, last)?, None),
    };
    let mut problems = Vec::new();
    let mut side_runs = Vec::new();
    for (place, run) in wanted {
        if let Some(why) = why_unusable(run) {
            return Err(CompareError::Unusable { run: title_of(run), why, hint: others(&name, &runs) });
        }
        let (run, count) = with_figures(place.directory(), run.clone(), how)?;
        problems.push((title_of(&run), count));
        side_runs.push((place.clone(), run));
    }
    let mut side = Side::of_runs(argument, &side_runs)?;
    side.notes.extend(note);
    side.notes.extend(problems_in_words(argument, &problems));
    Ok(side)
}

/// The name and the numbers that an argument means. A name that has runs goes before all other meanings.
fn chosen(argument: &str, names: &[Name]) -> Result<Chosen, CompareError> {
    let known = |text: &str| names.iter().find(|name| name.as_str() == text).cloned();
    if let Some(name) = known(argument) {
        return Ok(Chosen { name, which: Which::Latest });
    }
    let parts = argument.rsplit_once('@').or_else(|| argument.rsplit_once('/'));
    if let Some((name, numbers)) = parts.and_then(|(name, numbers)| Some((known(name)?, numbers))) {
        let (first, last) = numbers.split_once("..").unwrap_or((numbers, numbers));
        let range = first.parse().ok().zip(last.parse().ok()).filter(|(first, last)| first <= last);
        return match range {
            Some((first, last)) => Ok(Chosen { name, which: Which::Range(first, last) }),
            None => Err(CompareError::Range { argument: argument.to_owned(), run: name.to_string() }),
        };
    }
    let hint = match names {
        [] => "; make runs with `waterfall run --name NAME --repeat 5 -- CMD`".into(),
        names => {
            let wanted = parts.map_or(argument, |(name, _)| name);
            text::proposal(wanted, names.iter().map(Name::as_str))
        }
    };
    Err(CompareError::Missing { name: argument.to_owned(), hint })
}

/// The repeats of the last command of a name, and a note if others of its runs are not compared.
fn latest<'a>(name: &Name, runs: &'a [(Place, Metadata)]) -> (Vec<&'a (Place, Metadata)>, Option<String>) {
    let Some((_, last)) = runs.last() else { return (Vec::new(), None) };
    // Repeats have the same `waterfall`, whose process other runs do not have.
    let is_repeat = |run: &Metadata| run.process == last.process && run.repeat.1 == last.repeat.1;
    let wanted: Vec<&(Place, Metadata)> = runs.iter().filter(|(_, run)| is_repeat(run)).collect();
    let note = match runs.len() - wanted.len() {
        0 => None,
        others => Some(format!(
            "{} of {} came before its last command and {} not compared; `{}@{}..{}` names all.",
            units::counted(others as u64, "run"),
            quoted(name.as_str()),
            if others == 1 { "is" } else { "are" },
            terminal::plain(name.as_str()),
            runs[0].0.number,
            last.number,
        )),
    };
    (wanted, note)
}

/// The runs with these numbers. Each of them must exist.
fn in_range<'a>(
    name: &Name,
    runs: &'a [(Place, Metadata)],
    first: u64,
    last: u64,
) -> Result<Vec<&'a (Place, Metadata)>, CompareError> {
    let wanted: Vec<&(Place, Metadata)> =
        runs.iter().filter(|(place, _)| (first..=last).contains(&place.number)).collect();
    let numbers: Vec<u64> = wanted.iter().map(|(place, _)| place.number).collect();
    let missing = (first..=last).zip(numbers.iter().map(Some).chain(std::iter::repeat(None)));
    let missing = missing.into_iter().find(|(number, found)| *found != Some(number));
    match missing {
        None => Ok(wanted),
        Some((number, _)) => Err(CompareError::Unusable {
            run: terminal::plain(&format!("{name}/{number}")),
            why: "does not exist".into(),
            hint: format!(
                "; {} has {}",
                quoted(name.as_str()),
                ranges(runs.iter().map(|(place, _)| place.number))
            ),
        }),
    }
}

/// How to name the last runs in a row that can be compared.
fn others(name: &Name, runs: &[(Place, Metadata)]) -> String {
    let usable = runs.iter().filter(|(_, run)| why_unusable(run).is_none() && !run.is_silent());
    let rows = in_rows(usable.map(|(place, _)| place.number));
    let plain = terminal::plain(name.as_str());
    match rows.last() {
        None => format!("; no run of {} can be compared", quoted(name.as_str())),
        Some((first, last)) if first == last => format!("; `{plain}@{first}` names another run"),
        Some((first, last)) => format!("; `{plain}@{first}..{last}` names other runs"),
    }
}

/// Numbers in words: `1 to 4, 6`.
fn ranges(numbers: impl Iterator<Item = u64>) -> String {
    let range = |(first, last)| if first == last { format!("{first}") } else { format!("{first} to {last}") };
    in_rows(numbers).into_iter().map(range).collect::<Vec<_>>().join(", ")
}

/// Ascending numbers as rows without a gap, each with its first and last.
fn in_rows(numbers: impl Iterator<Item = u64>) -> Vec<(u64, u64)> {
    let mut rows: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match rows.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => rows.push((number, number)),
        }
    }
    rows
}
