//! Comparisons: two sides of runs, read and compared.
//!
//! Takes names of runs, directories and files; gives the figures of their runs and what changed between the sides.
//! Each side says how it was read. What cannot be compared is an error, never a side that passes.

mod baseline;
mod cautions;
mod design;
mod error;
mod family;
mod finding;
mod kept;
mod layout;
mod load;
mod loading;
mod metrics;
mod notes;
mod numbering;
mod page;
mod repeats;
mod side;
mod thresholds;
mod turns;

use std::env;
use std::path::PathBuf;

use crate::analysis::{self, PartOf, WallParts};
use crate::gate::{self, Check, Figure, Gate, Threshold, Thresholds};
use crate::outputs::{Comparison, SideRead};
use crate::sources::{ColumnMap, Progress};

pub(crate) use baseline::{Baseline, BaselineError, path as baseline_path};
pub use error::CompareError;
pub(crate) use loading::{How, with_figures};
pub(crate) use metrics::Benchmarks;
pub(crate) use numbering::listed;
pub(crate) use page::{Drawing, page};
pub(crate) use repeats::{differences, figures_of, repeats};
pub(crate) use side::{Side, between, title_of, why_unusable};

use family::{Family, Wall, family};
use finding::{Found, find};
use metrics::Metrics;
use page::page_without_runs;
use side::SideRun;

/// A comparison to be made: two sides, and the changes that count.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let (before, after) = (directory.path().join("before"), directory.path().join("after"));
/// # for directory in [&before, &after] {
/// #     let pp = recorder::Recorder::new("download", directory, 480);
/// #     pp.start("save");
/// #     pp.dump();
/// # }
/// use waterfall::gate::{Reason, Verdict};
///
/// let thresholds = vec!["5%".parse()?, "save=10% and 2ms".parse()?];
/// let compare = waterfall::Compare { thresholds, ..waterfall::Compare::of(before, after) };
/// let comparison = compare.compute()?;
/// // One run a side shows no difference from noise.
/// assert_eq!(comparison.verdict(), Verdict::Inconclusive(Reason::FewRuns));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Compare {
    /// The runs that are compared with: the name of kept runs, such as `before` or `before@3..7`; a file of any format, a
    /// baseline or a file of metrics; a directory; or the name of a baseline, in this order. A directory whose
    /// subdirectories are all named by numbers is a set of runs, one each; any other is one run.
    pub baseline: PathBuf,
    /// The runs that are judged, named in the same way.
    pub candidate: PathBuf,
    /// The smallest changes that count. A task's name goes before a pattern, and that before one for all; of two of one
    /// rank, the later one counts. Without any, 5 %; for a task's total also 0.5 % of the baseline's wall time.
    pub thresholds: Vec<Threshold>,
    /// Whether each directory is one run, also if all its subdirectories are numbers.
    pub one_run: bool,
    /// As [`Reading::assumed_offset_s`](crate::Reading::assumed_offset_s).
    pub assumed_offset_s: Option<i32>,
    /// As [`Reading::columns`](crate::Reading::columns).
    pub columns: ColumnMap,
    /// The most spans that the page shows of each two runs, as [`Reading::detail`](crate::Reading::detail). All other runs
    /// share as many again. By default [`DETAIL`](crate::reading::DETAIL).
    pub detail: Option<u64>,
    /// The room for attributes of the page, as [`Report::attributes`](crate::Report::attributes), shared in the same way.
    pub attributes: Option<u64>,
    /// Progress of the reading, for another thread to show.
    pub progress: Progress,
}

/// Both sides, as they were read.
enum Sides {
    Runs(Side, Side),
    Metrics(Metrics, Metrics),
}

impl Compare {
    /// The comparison of two sides with the default thresholds.
    pub fn of(baseline: impl Into<PathBuf>, candidate: impl Into<PathBuf>) -> Compare {
        Compare { baseline: baseline.into(), candidate: candidate.into(), ..Compare::default() }
    }

    /// Reads both sides and compares them. Kept runs are looked for in the working directory, else in the nearest one
    /// above it. Runs without kept figures are read one after another, each at the cost of
    /// [`Reading::load`](crate::Reading::load).
    ///
    /// # Errors
    ///
    /// [`CompareError`] if a side is missing, failed or empty, or if a threshold is for nothing.
    pub fn compute(&self) -> Result<Comparison, CompareError> {
        self.compare(&self.sides()?)
    }

    /// As [`Compare::compute`], and renders the page of the comparison: one self-contained HTML document. It draws
    /// the runs whose rows or summary are still there, of each side at most the 30 in the middle by length, two at a time,
    /// and opens with the run of median length of each side. Reads the rows of all that it draws, one run after another,
    /// and needs memory for the page.
    ///
    /// # Errors
    ///
    /// As [`Compare::compute`]. A run whose rows cannot be read is not drawn, and the page says so.
    pub fn compute_and_render(&self) -> Result<(Comparison, String), CompareError> {
        let sides = self.sides()?;
        let comparison = self.compare(&sides)?;
        let html = match &sides {
            Sides::Runs(baseline, candidate) => page(&comparison, [baseline, candidate], &self.drawing()),
            Sides::Metrics(baseline, candidate) => {
                page_without_runs(&comparison, [&baseline.label, &candidate.label])
            }
        };
        Ok((comparison, html))
    }

    fn compare(&self, sides: &Sides) -> Result<Comparison, CompareError> {
        match sides {
            Sides::Runs(baseline, candidate) => {
                compare(baseline.clone(), candidate.clone(), &self.thresholds)
            }
            Sides::Metrics(baseline, candidate) => metrics::compare(baseline, candidate, &self.thresholds),
        }
    }

    fn drawing(&self) -> Drawing {
        Drawing {
            detail: self.detail,
            attributes: self.attributes,
            assumed_offset_s: self.assumed_offset_s,
            columns: self.columns.clone(),
            progress: self.progress.clone(),
        }
    }

    fn sides(&self) -> Result<Sides, CompareError> {
        let how = How {
            one_run: self.one_run,
            assumed_offset_s: self.assumed_offset_s,
            columns: self.columns.clone(),
            progress: self.progress.clone(),
        };
        let directory =
            env::current_dir().map_err(|source| CompareError::System { path: PathBuf::from("."), source })?;
        let baseline = find(&self.baseline, &directory, &how)?;
        let candidate = find(&self.candidate, &directory, &how)?;
        match (baseline, candidate) {
            (Found::Runs(baseline), Found::Runs(candidate)) => Ok(Sides::Runs(baseline, candidate)),
            (Found::Metrics(baseline), Found::Metrics(candidate)) => Ok(Sides::Metrics(baseline, candidate)),
            (Found::Metrics(metrics), Found::Runs(runs)) | (Found::Runs(runs), Found::Metrics(metrics)) => {
                Err(CompareError::Mixed { metrics: metrics.label, runs: runs.label })
            }
        }
    }
}

/// Compares two sides of runs.
///
/// # Errors
///
/// [`CompareError::ZeroBaseline`] if all figures of the baseline are 0, [`CompareError::Threshold`] if a threshold is for
/// a task that neither side has, [`CompareError::NotCompared`] if it is for one that cannot be compared, and
/// [`CompareError::NothingInCommon`] without a figure.
pub(crate) fn compare(
    baseline: Side,
    candidate: Side,
    thresholds: &[Threshold],
) -> Result<Comparison, CompareError> {
    if baseline.runs.iter().all(|run| run.figures.is_zero()) {
        return Err(CompareError::ZeroBaseline { name: baseline.label });
    }
    let sides = [&baseline, &candidate];
    let wall = Wall::of(sides);
    let Family { pairs, unknown, only, notes: not_compared } =
        family(sides, wall, &Thresholds::new(thresholds.to_vec()));
    let design = design::design(sides);
    let changes = [gate::changes(pairs, design), unknown].concat();
    thresholds::check(sides, thresholds, &changes)?;
    if changes.is_empty() {
        let [baseline, candidate] = sides.map(|side| side.label.clone());
        return Err(CompareError::NothingInCommon { baseline, candidate });
    }
    let cautions = cautions::cautions(sides, design);
    let notes = notes::notes(sides, design, wall, &changes, not_compared);
    let has_wall = changes.iter().any(|change| change.figure == Figure::Wall);
    let attribution = parts(&baseline, wall)
        .zip(parts(&candidate, wall))
        .filter(|_| has_wall)
        .map(|(baseline, candidate)| analysis::attribution(&baseline, &candidate));
    let in_turn = notes::in_turn(sides, design);
    let mut comparison = Comparison {
        sides: [baseline, candidate].map(|side| SideRead {
            label: side.label,
            read: side.read,
            runs: side.runs.into_iter().map(|run| run.name).collect(),
        }),
        gate: Gate { checks: changes.into_iter().map(Check::Change).collect() },
        design,
        attribution,
        only,
        cautions,
        notes,
    };
    let is_complete = design.is_paired() && comparison.is_decided();
    comparison.notes.extend(in_turn.filter(|_| !is_complete));
    Ok(comparison)
}

/// The parts of the wall time of each run; `None` if they are not known of every run.
fn parts(side: &Side, wall: Wall) -> Option<Vec<WallParts>> {
    side.runs.iter().map(|run| parts_of(run, wall)).collect()
}

fn parts_of(SideRun { figures, .. }: &SideRun, wall: Wall) -> Option<WallParts> {
    let mut parts = vec![(PartOf::IdleBetween, figures.idle_ns?)];
    for task in &figures.tasks {
        let of = PartOf::Task { group: task.group.clone(), task: task.task.clone() };
        parts.push((of, task.share_ns?));
    }
    if let Some(others) = figures.others {
        parts.push((PartOf::OtherTasks, others.share_ns?));
    }
    if let Some(around) = figures.around.filter(|_| wall == Wall::OfCommands) {
        parts.push((PartOf::IdleBefore, around.before_ns));
        parts.push((PartOf::IdleAfter, around.after_ns));
    }
    Some(parts)
}
