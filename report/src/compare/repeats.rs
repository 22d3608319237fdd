//! Repeats: the runs of one program as one side, and their figures.
//!
//! Takes what a user names, or kept runs; gives their figures in the order in which the runs were made, as a comparison
//! would compare them. Cautions say if the runs are not repeats of one program on one machine.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use super::error::CompareError;
use super::family::{Family, Wall, family};
use super::finding::{Found, find};
use super::loading::How;
use super::side::{Side, SideRun};
use crate::gate::{Repeated, Threshold, Thresholds};
use crate::runs::Revision;
use crate::sources::Progress;
use crate::text::units;

/// The side that an argument names, as for a comparison, in the order in which its runs were made.
///
/// # Errors
///
/// [`CompareError`] if there is no such thing, or if one of its runs cannot be compared.
pub(crate) fn repeats(argument: &Path, progress: &Progress) -> Result<Side, CompareError> {
    let directory =
        env::current_dir().map_err(|source| CompareError::System { path: PathBuf::from("."), source })?;
    let how = How { progress: progress.clone(), ..How::default() };
    match find(argument, &directory, &how)? {
        Found::Runs(mut side) => {
            if side.runs.iter().all(|run| run.start_ns.is_some()) {
                side.runs.sort_by_key(|run| run.start_ns);
            }
            Ok(side)
        }
        Found::Metrics(metrics) => Err(CompareError::Unusable {
            run: crate::text::quoted(&metrics.label),
            why: "is a file of metrics, which has no runs".into(),
            hint: String::new(),
        }),
    }
}

/// The figures of these runs that a comparison with these thresholds compares, each with its threshold; and notes on what
/// is not compared.
pub(crate) fn figures_of(side: &Side, thresholds: &[Threshold]) -> (Vec<Repeated>, Vec<String>) {
    let sides = [side, side];
    let Family { pairs, notes, .. } = family(sides, Wall::of(sides), &Thresholds::new(thresholds.to_vec()));
    let repeated = pairs.into_iter().map(|pair| Repeated {
        subject: pair.subject,
        figure: pair.figure,
        threshold: pair.threshold,
        runs: pair.baseline,
    });
    (repeated.collect(), [side.notes.clone(), notes].concat())
}

/// Why the runs may differ by more than chance, one sentence each.
pub(crate) fn differences(side: &Side) -> Vec<String> {
    let count = |of: &dyn Fn(&SideRun) -> Option<String>| {
        side.runs.iter().filter_map(of).collect::<BTreeSet<String>>().len() as u64
    };
    let all = [
        (count(&|run| run.command.as_ref().map(|command| command.join("\0"))), "command"),
        (count(&|run| run.machine.as_ref().map(|machine| machine.host.clone())), "machine"),
        (count(&|run| run.git.as_ref().map(Revision::short)), "commit"),
    ];
    let several = all.into_iter().filter(|(count, _)| *count > 1);
    several
        .map(|(count, noun)| {
            let of = units::counted(count, noun);
            format!("The runs are of {of}: what differs between these counts as noise here.")
        })
        .collect()
}
