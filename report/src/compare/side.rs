//! A side of a comparison: its runs, and how they were read.
//!
//! Takes runs and their descriptions, gives a side that is never empty and in which no run failed. The line that says
//! how it was read names the runs, when they were made, and from which commit.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::CompareError;
use super::numbering::listed;
use super::turns::Turn;
use crate::gate::Measured;
use crate::runs::{Figures, Load, Machine, Metadata, Outcome, Place, Revision};
use crate::text::{Zone, quoted, terminal, units};

/// A clock up to its minutes: `2026-11-30 10:02`.
const MINUTES: usize = "2026-11-30 10:02".len();
const DAY: usize = "2026-11-30".len();

/// One side of a comparison.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    /// As the user named it.
    pub(crate) label: String,
    /// How it was read, one line that follows the label: `5 runs, before/3 to before/7, made 2026-11-30 10:00 to 10:02
    /// UTC, commit 1a2b3c4`.
    pub(crate) read: String,
    /// Never empty, and none of them failed.
    pub(crate) runs: Vec<SideRun>,
    /// What else a reader must know, one sentence each.
    pub(crate) notes: Vec<String>,
}

/// One run of a side.
#[derive(Debug, Clone, Default)]
pub(crate) struct SideRun {
    /// `before/3`, or a path, safe for a terminal.
    pub(crate) name: String,
    /// When it began, in ns since the Unix epoch; `None` without a wall clock.
    pub(crate) start_ns: Option<i64>,
    /// `None` if it is not known exactly.
    pub(crate) peak_bytes: Option<u64>,
    /// The program and its arguments.
    pub(crate) command: Option<Vec<String>>,
    pub(crate) machine: Option<Machine>,
    pub(crate) git: Option<Revision>,
    /// What else the machine did meanwhile.
    pub(crate) load: Option<Load>,
    /// Its place in a comparison in turn.
    pub(crate) in_turn: Option<Turn>,
    pub(crate) figures: Figures,
    /// The directory or file with its rows, or with their summary; `None` if only its figures are kept.
    pub(crate) rows: Option<PathBuf>,
}

impl Side {
    /// The side of these runs. `what` says what they are; when and from which commit they were made is added.
    ///
    /// # Errors
    ///
    /// [`CompareError::Unusable`] if there is no run, or a run has nothing to compare.
    pub(crate) fn new(label: &str, what: &str, mut runs: Vec<SideRun>) -> Result<Side, CompareError> {
        runs.iter_mut().for_each(|run| run.name = terminal::plain(&run.name));
        if runs.is_empty() {
            let (run, why) = (quoted(label), "has no run".into());
            return Err(CompareError::Unusable { run, why, hint: String::new() });
        }
        if let Some(empty) = runs.iter().find(|run| run.figures.is_empty()) {
            let (run, why) = (empty.name.clone(), "recorded no span".into());
            return Err(CompareError::Unusable { run, why, hint: "; there is nothing to compare".into() });
        }
        let read = [what.to_owned(), made(&runs), commits(&runs)].concat();
        Ok(Side { label: label.to_owned(), read, runs, notes: Vec::new() })
    }

    /// The side of kept runs of one name, in the order of their numbers, whose figures are known.
    ///
    /// # Errors
    ///
    /// [`CompareError::Unusable`] if there is no run, or if one failed, has not ended or recorded no span.
    pub(crate) fn of_runs(label: &str, runs: &[(Place, Metadata)]) -> Result<Side, CompareError> {
        let failed = runs.iter().find_map(|(_, run)| Some((title_of(run), why_unusable(run)?)));
        if let Some((run, why)) = failed {
            return Err(CompareError::Unusable { run, why, hint: String::new() });
        }
        let side_runs: Vec<SideRun> =
            runs.iter().map(|(place, run)| SideRun::of_kept(run, place.directory())).collect();
        let names: Vec<String> = side_runs.iter().map(|run| run.name.clone()).collect();
        let what = format!("{}, {}", units::counted(names.len() as u64, "run"), listed(&names));
        Side::new(label, &what, side_runs)
    }
}

impl SideRun {
    /// A kept run that did not fail, with its directory.
    pub(super) fn of_kept(run: &Metadata, directory: &Path) -> SideRun {
        SideRun {
            name: title_of(run),
            start_ns: run.start_ns(),
            peak_bytes: peak_bytes(run),
            command: Some(run.command.clone()),
            machine: Some(run.machine.clone()),
            git: run.git.clone(),
            load: run.load,
            in_turn: Turn::of(run),
            figures: run.figures.clone().unwrap_or_default(),
            rows: Some(directory.to_owned()),
        }
    }
}

/// A kept run: `before/3`. Its description may name anything.
pub(crate) fn title_of(run: &Metadata) -> String {
    terminal::plain(&format!("{}/{}", run.name, run.number))
}

/// Why a kept run is not compared; `None` if it may be.
pub(crate) fn why_unusable(run: &Metadata) -> Option<String> {
    match &run.outcome {
        outcome if outcome.is_success() => None,
        Outcome::Running if run.process.lives() => Some("has not ended".into()),
        Outcome::Running => Some("did not end: waterfall was killed".into()),
        _ => Some(format!("failed ({})", terminal::plain(&run.outcome_in_words()))),
    }
}

/// The peak memory of a kept run, if it is known exactly.
pub(super) fn peak_bytes(run: &Metadata) -> Option<u64> {
    match run.resources.peak() {
        Some(Measured::Exact(bytes)) => u64::try_from(bytes).ok(),
        _ => None,
    }
}

/// When the runs were made, if that is known of each: `, made 2026-11-30 10:00 to 10:02 UTC`.
fn made(runs: &[SideRun]) -> String {
    let starts: Option<BTreeSet<i64>> = runs.iter().map(|run| run.start_ns).collect();
    let Some((first, last)) = starts.and_then(|starts| starts.first().copied().zip(starts.last().copied()))
    else {
        return String::new();
    };
    format!(", made {} UTC", between(first, last))
}

/// `2026-11-30 10:00`, or `2026-11-30 10:00 to 10:02`.
pub(crate) fn between(first_ns: i64, last_ns: i64) -> String {
    let clock = |ns| Zone::Fixed(0).clock(ns).chars().take(MINUTES).collect::<String>();
    let (first, last) = (clock(first_ns), clock(last_ns));
    match (first.get(..DAY), last.get(..DAY)) {
        _ if first == last => first,
        (Some(day), Some(other)) if day == other => format!("{first} to {}", last[DAY..].trim_start()),
        _ => format!("{first} to {last}"),
    }
}

/// The commits of the runs, as far as they are known: `, commit 1a2b3c4+`.
fn commits(runs: &[SideRun]) -> String {
    let commits: BTreeSet<String> =
        runs.iter().filter_map(|run| run.git.as_ref()).map(Revision::short).collect();
    let commits: Vec<String> = commits.into_iter().map(|commit| terminal::plain(&commit)).collect();
    match commits.as_slice() {
        [] => String::new(),
        [only] => format!(", commit {only}"),
        [one, other] => format!(", commits {one} and {other}"),
        _ => format!(", {}", units::counted(commits.len() as u64, "commit")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::metadata::unix_ns;

    #[test]
    fn the_time_of_runs_has_no_more_than_is_needed() {
        let minutes = |from: &str, to: &str| between(unix_ns(from).unwrap(), unix_ns(to).unwrap());
        let (first, second) = ("2026-11-30T10:00:59Z", "2026-11-30T12:02:03+02:00");
        assert_eq!(minutes(first, "2026-11-30T10:00:00Z"), "2026-11-30 10:00");
        assert_eq!(minutes(first, second), "2026-11-30 10:00 to 10:02");
        assert_eq!(minutes(first, "2026-12-01T00:00:00Z"), "2026-11-30 10:00 to 2026-12-01 00:00");
    }
}
