//! `waterfall-baselines/NAME.json`: the figures of some runs, kept for later comparisons. Version 1.
//!
//! One JSON object. Its keys have the order of [`Baseline`]; new keys do not need a new version. Durations are in ns,
//! sizes in bytes, times RFC 3339 in UTC. It has no rows, and its size does not depend on the number of spans, so that
//! it can be committed. A baseline that nothing can be compared with is an error, never a side that passes.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::CompareError;
use super::layout::laid_out;
use super::numbering::listed;
use super::side::{Side, SideRun, peak_bytes};
use crate::gate::{Threshold, Thresholds};
use crate::outputs;
use crate::runs::metadata::unix_ns;
use crate::runs::{Figures, Load, Machine, Metadata, Name, Revision};
use crate::text::{self, NoMatch, quoted, terminal, units};

/// The directory of baselines, below that of the runs.
const DIRECTORY: &str = "waterfall-baselines";

/// The value of the first key. No other JSON has it.
pub(super) const FORMAT: &str = "waterfall baseline";
const VERSION: u32 = 1;

/// The figures of some runs of one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Baseline {
    format: String,
    version: u32,
    /// The version of `waterfall`.
    waterfall: String,
    name: String,
    /// When the file was written.
    saved: String,
    scenario: Option<String>,
    /// The program and its arguments.
    command: Vec<String>,
    machine: Machine,
    /// `None` if git knew none.
    git: Option<Revision>,
    /// Never empty.
    runs: Vec<KeptRun>,
}

/// One of these runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct KeptRun {
    /// Its name and number: `before/3`.
    run: String,
    /// Just before the command started.
    start: String,
    peak_memory_bytes: Option<u64>,
    /// `None` if it was not sampled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    load: Option<Load>,
    figures: Figures,
}

/// The first keys: what must be right before the others mean anything.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

/// Why there is no baseline.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum BaselineError {
    #[error(
        "no baseline {}: there is no file {}; save one with --save-baseline alone first{proposal}",
        quoted(name), path.display()
    )]
    Missing {
        path: PathBuf,
        name: String,
        /// The similar names, as the end of a sentence.
        proposal: String,
    },
    #[error("cannot read the baseline {}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error(
        "the baseline {}:{line} is damaged: {message}; restore the file, or replace it with --save-baseline alone",
        path.display()
    )]
    Damaged {
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        message: String,
    },
    #[error("{} is not a baseline: it has no `\"format\": \"{FORMAT}\"`", .0.display())]
    Other(PathBuf),
    #[error(
        "the baseline {} has version {version}, and this waterfall reads version {VERSION}; use the version of \
         waterfall that saved it, or replace it with --save-baseline alone", path.display()
    )]
    Version { path: PathBuf, version: u32 },
    #[error(
        "nothing can be compared with the baseline {}: {reason}; replace it with --save-baseline alone", path.display()
    )]
    Unusable { path: PathBuf, reason: String },
    #[error("the runs cannot be a baseline: {0}")]
    Refused(String),
    #[error(
        "the baseline {} was not replaced: it is no longer the file that these runs were compared with; compare again",
        .0.display()
    )]
    Changed(PathBuf),
    #[error("cannot write the baseline {}", path.display())]
    Write { path: PathBuf, source: io::Error },
}

impl From<BaselineError> for CompareError {
    fn from(error: BaselineError) -> CompareError {
        CompareError::Baseline(Box::new(error))
    }
}

/// The file of a baseline, with the runs below `directory`.
pub(crate) fn path(directory: &Path, name: &Name) -> PathBuf {
    directory.join(DIRECTORY).join(format!("{name}.json"))
}

impl Baseline {
    /// The baseline of runs that ended well, all of one command.
    ///
    /// # Errors
    ///
    /// [`BaselineError::Refused`] without runs, or with one that failed or recorded nothing.
    pub(crate) fn of(name: &Name, saved: String, runs: &[&Metadata]) -> Result<Baseline, BaselineError> {
        let Some(last) = runs.last() else { return Err(BaselineError::Refused("there are none".into())) };
        let baseline = Baseline {
            format: FORMAT.into(),
            version: VERSION,
            waterfall: env!("CARGO_PKG_VERSION").into(),
            name: name.to_string(),
            saved,
            scenario: last.scenario.clone(),
            command: last.command.clone(),
            machine: last.machine.clone(),
            git: last.git.clone(),
            runs: runs.iter().map(|run| KeptRun::of(run)).collect::<Result<_, BaselineError>>()?,
        };
        baseline.unusable().map_or(Ok(baseline), |reason| Err(BaselineError::Refused(reason)))
    }

    /// Reads the baseline of a name from its file.
    ///
    /// # Errors
    ///
    /// [`BaselineError`] if the file is missing, cannot be read or is no baseline, or if nothing can be compared with it.
    pub(crate) fn read(path: &Path, name: &Name) -> Result<Baseline, BaselineError> {
        match fs::read(path) {
            Ok(bytes) => Baseline::parse(path, &bytes),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(missing(path, name)),
            Err(source) => Err(BaselineError::Read { path: path.to_owned(), source }),
        }
    }

    /// Reads the contents of the file at `path`.
    ///
    /// # Errors
    ///
    /// As [`Baseline::read`].
    pub(crate) fn parse(path: &Path, bytes: &[u8]) -> Result<Baseline, BaselineError> {
        let own = || path.to_owned();
        let head: Head = serde_json::from_slice(bytes).map_err(|error| damaged(path, &error))?;
        if head.format != FORMAT {
            return Err(BaselineError::Other(own()));
        }
        if head.version != VERSION {
            return Err(BaselineError::Version { path: own(), version: head.version });
        }
        let baseline: Baseline = serde_json::from_slice(bytes).map_err(|error| damaged(path, &error))?;
        match baseline.unusable() {
            Some(reason) => Err(BaselineError::Unusable { path: own(), reason }),
            None => Ok(baseline),
        }
    }

    /// Why nothing can be compared with it.
    fn unusable(&self) -> Option<String> {
        if self.runs.is_empty() {
            return Some("it has no run".into());
        }
        if self.runs.iter().all(|kept| kept.figures.is_zero()) {
            return Some("every figure is 0".into());
        }
        self.runs.iter().find_map(|kept| {
            let KeptRun { run, figures, .. } = kept;
            let reason = if figures.is_empty() {
                "recorded no span"
            } else if unix_ns(&kept.start).is_none() {
                "has no valid `start`"
            } else {
                return None;
            };
            Some(format!("the run {} {reason}", quoted(run)))
        })
    }

    pub(crate) fn run_count(&self) -> usize {
        self.runs.len()
    }

    /// The thresholds that are for none of its tasks.
    pub(crate) fn unmatched(&self, thresholds: &[Threshold]) -> Vec<NoMatch> {
        let tasks = self.runs.iter().flat_map(|kept| &kept.figures.tasks);
        let names: BTreeSet<(&str, &str)> =
            tasks.map(|task| (task.group.as_str(), task.task.as_str())).collect();
        Thresholds::new(thresholds.to_vec()).unmatched(&names.into_iter().collect::<Vec<_>>())
    }

    /// The side of its runs, which the user named `label`.
    ///
    /// # Errors
    ///
    /// If nothing can be compared with it; no baseline that was read is such.
    pub(crate) fn into_side(self, label: &str) -> Result<Side, CompareError> {
        let names: Vec<String> = self.runs.iter().map(|kept| kept.run.clone()).collect();
        let what = format!(
            "a baseline of {}: {}",
            units::counted(names.len() as u64, "run"),
            terminal::plain(&listed(&names))
        );
        let runs = self.runs.into_iter().map(|kept| SideRun {
            start_ns: unix_ns(&kept.start),
            peak_bytes: kept.peak_memory_bytes,
            command: Some(self.command.clone()),
            machine: Some(self.machine.clone()),
            git: self.git.clone(),
            load: kept.load,
            in_turn: None,
            figures: kept.figures,
            name: kept.run,
        });
        Side::new(label, &what, runs.collect())
    }

    /// Writes it to a new file that replaces the one at `path` as a whole. Returns the size in bytes.
    ///
    /// # Errors
    ///
    /// [`BaselineError::Write`], and the file is as it was.
    pub(crate) fn write(&self, path: &Path) -> Result<u64, BaselineError> {
        let bytes = laid_out(self).map_err(io::Error::from);
        let written = bytes.and_then(|bytes| {
            outputs::prepare(path, &bytes)?.place()?;
            Ok(bytes.len() as u64)
        });
        written.map_err(|source| BaselineError::Write { path: path.to_owned(), source })
    }
}

impl KeptRun {
    fn of(run: &Metadata) -> Result<KeptRun, BaselineError> {
        let named = format!("{}/{}", run.name, run.number);
        let refused = |reason: &str| BaselineError::Refused(format!("the run {} {reason}", quoted(&named)));
        if !run.outcome.is_success() {
            return Err(refused(&format!("failed ({})", run.outcome_in_words())));
        }
        let figures = run.figures.clone().ok_or_else(|| refused("recorded no span"))?;
        let peak_memory_bytes = peak_bytes(run);
        Ok(KeptRun { start: run.start.clone(), peak_memory_bytes, load: run.load, figures, run: named })
    }
}

/// The names of the baselines below `directory`; `None` if it has no directory of them.
pub(super) fn baselines(directory: &Path) -> Option<Vec<Name>> {
    let paths = fs::read_dir(directory.join(DIRECTORY)).ok()?.flatten().map(|entry| entry.path());
    let is_baseline = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "json");
    Some(paths.filter(is_baseline).filter_map(|path| path.file_stem()?.to_str()?.parse().ok()).collect())
}

/// The error of a baseline that does not exist. It proposes those beside it.
fn missing(path: &Path, name: &Name) -> BaselineError {
    let directory = path.parent().and_then(Path::parent);
    let names = directory.and_then(baselines).unwrap_or_default();
    let proposal = match names.as_slice() {
        [] => String::new(),
        names => text::proposal(name.as_str(), names.iter().map(Name::as_str)),
    };
    BaselineError::Missing { path: path.to_owned(), name: name.to_string(), proposal }
}

/// The fault without its place at the end, which stands before it.
fn damaged(path: &Path, error: &serde_json::Error) -> BaselineError {
    let (message, at) = (error.to_string(), format!(" at line {} column {}", error.line(), error.column()));
    let message = message.strip_suffix(&at).unwrap_or(&message).to_owned();
    BaselineError::Damaged { path: path.to_owned(), line: error.line().max(1), message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runs::Outcome;

    const GOLDEN: &str = include_str!("../../../tests/data/baselines/version-1.json");

    fn golden() -> Baseline {
        parse(GOLDEN).unwrap()
    }

    fn parse(text: &str) -> Result<Baseline, BaselineError> {
        Baseline::parse(Path::new("main.json"), text.as_bytes())
    }

    #[test]
    fn what_is_known_of_a_baseline_stays_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = path(directory.path(), &"main".parse().unwrap());
        let size = golden().write(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), GOLDEN);
        assert_eq!(size, GOLDEN.len() as u64);
        assert_eq!(Baseline::read(&path, &"main".parse().unwrap()).unwrap(), golden());
    }

    #[test]
    fn its_side_has_its_runs() {
        let side = golden().into_side("main").unwrap();
        assert!(side.read.starts_with("a baseline of 2 runs: before/7 and before/8, made "), "{}", side.read);
        assert!(side.read.ends_with(", commit 99e7f9a+"), "{}", side.read);
        let [first, second] = side.runs.as_slice() else { panic!("{side:?}") };
        assert_eq!((first.name.as_str(), first.peak_bytes), ("before/7", Some(74_231_808)));
        assert_eq!(
            second.start_ns.zip(first.start_ns).map(|(second, first)| second - first),
            Some(5_000_000_000)
        );
        assert_eq!(first.figures.whole_ns(), 4_210_000_000);
    }

    #[test]
    fn a_new_key_does_no_harm_and_another_version_is_told() {
        let newer = GOLDEN.replacen("\"version\": 1", "\"version\": 1, \"color\": \"red\"", 1);
        assert_eq!(parse(&newer).unwrap(), golden());
        let error = parse(&GOLDEN.replacen("\"version\": 1", "\"version\": 2, \"runs\": 7", 1)).unwrap_err();
        assert!(
            error.to_string().starts_with("the baseline main.json has version 2, and this waterfall reads")
        );
        let error = parse(&GOLDEN.replacen("waterfall baseline", "else", 1)).unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"main.json is not a baseline: it has no `"format": "waterfall baseline"`"#
        );
    }

    #[test]
    fn a_damaged_file_is_told_with_the_line() {
        let end = GOLDEN.find("\"durations\": {").unwrap();
        for (text, told) in [
            (&GOLDEN[..end], "main.json:43 is damaged: EOF while parsing"),
            (
                &GOLDEN.replacen("\"count\": 2", "\"count\": -2", 1),
                "main.json:43 is damaged: invalid value: integer `-2`",
            ),
            (&GOLDEN.replacen("\"runs\"", "\"run\"", 1), "is damaged: missing field `runs`"),
            ("[]", "main.json:1 is damaged: "),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(told) && !error.contains("column"), "{error}");
        }
    }

    #[test]
    fn what_nothing_can_be_compared_with_is_told() {
        let mut empty = golden();
        empty.runs.clear();
        let mut silent = golden();
        silent.runs[1].figures.tasks.clear();
        let mut zero = golden();
        zero.runs.iter_mut().for_each(|kept| make_zero(&mut kept.figures));
        let mut timeless = golden();
        timeless.runs[0].start = "yesterday".into();
        for (baseline, reason) in [
            (empty, "it has no run"),
            (silent, "the run `before/8` recorded no span"),
            (zero, "every figure is 0"),
            (timeless, "the run `before/7` has no valid `start`"),
        ] {
            let text = String::from_utf8(laid_out(&baseline).unwrap()).unwrap();
            let error = parse(&text).unwrap_err().to_string();
            assert!(error.contains(&format!("the baseline main.json: {reason}; ")), "{error}");
        }
    }

    fn make_zero(figures: &mut Figures) {
        (figures.wall_ns, figures.around) = (0, None);
        figures.tasks.iter_mut().for_each(|task| task.total_ns = 0);
        figures.others = None;
    }

    #[test]
    fn a_baseline_may_have_a_run_that_is_0_or_has_no_wall_time() {
        let mut baseline = golden();
        make_zero(&mut baseline.runs[0].figures);
        (baseline.runs[1].figures.wall_ns, baseline.runs[1].figures.around) = (0, None);
        let text = String::from_utf8(laid_out(&baseline).unwrap()).unwrap();
        assert_eq!(parse(&text).unwrap(), baseline);
    }

    #[test]
    fn only_runs_that_ended_well_become_a_baseline() {
        let run = include_str!("../../../tests/data/run/version-1-load.json");
        let run: Metadata = serde_json::from_str(run).unwrap();
        let figures = Some(golden().runs.remove(0).figures);
        let run = Metadata { figures, outcome: Outcome::Exited { code: 0 }, ..run };
        let name: Name = "main".parse().unwrap();
        let of =
            |runs: &[&Metadata]| Baseline::of(&name, golden().saved, runs).map_err(|error| error.to_string());
        let mut expected = golden();
        expected.runs.truncate(1);
        expected.waterfall = env!("CARGO_PKG_VERSION").into();
        assert_eq!(of(&[&run]), Ok(expected));
        let failed = Metadata { outcome: Outcome::Exited { code: 7 }, number: 8, ..run.clone() };
        let silent = Metadata { figures: None, ..run.clone() };
        for (runs, told) in [
            (vec![&run, &failed], "the runs cannot be a baseline: the run `before/8` failed (exit code 7)"),
            (vec![&silent], "the runs cannot be a baseline: the run `before/7` recorded no span"),
            (vec![], "the runs cannot be a baseline: there are none"),
        ] {
            assert_eq!(of(&runs).unwrap_err(), told);
        }
    }

    #[test]
    fn a_baseline_that_is_missing_proposes_those_that_are_there() {
        let directory = tempfile::tempdir().unwrap();
        let main = path(directory.path(), &"main".parse().unwrap());
        golden().write(&main).unwrap();
        let wanted: Name = "mian".parse().unwrap();
        let error = || missing(&path(directory.path(), &wanted), &wanted).to_string();
        let (near, none) = (error(), fs::remove_file(&main).map(|()| error()).unwrap());
        assert!(near.starts_with("no baseline `mian`: there is no file "), "{near}");
        assert!(
            near.ends_with("; save one with --save-baseline alone first; did you mean `main`?"),
            "{near}"
        );
        assert!(none.ends_with("mian.json; save one with --save-baseline alone first"), "{none}");
    }
}
