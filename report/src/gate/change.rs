//! A figure of two sides of runs: how it changed, and the verdict on it.
//!
//! Takes the figures of a comparison, which are one family of tests; gives each its estimate, interval and verdict.

use super::check::{Outcome, Subject};
use super::figure::Figure;
use super::threshold::Threshold;
use crate::analysis::{Difference, Scale, TRIMMED_FROM, holm, outliers};

/// The least runs a side for a verdict.
const LEAST_RUNS: usize = 4;
/// The rate of false alarms over all figures of a comparison.
const ALPHA: f64 = 0.05;
/// The probability that an interval contains the true change.
const LEVEL: f64 = 0.9;
/// So that a change of exactly the threshold counts, although logarithms are rounded.
const ROUNDING: f64 = 1e-9;

/// A figure of both sides, to be compared.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pair {
    pub(crate) subject: Subject,
    pub(crate) figure: Figure,
    pub(crate) threshold: Threshold,
    /// The figure of each run: ns, bytes or a count.
    pub(crate) baseline: Vec<f64>,
    pub(crate) candidate: Vec<f64>,
}

/// How one figure differs between two sides.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Change {
    /// The run or the task that is compared.
    pub subject: Subject,
    /// The figure that is compared.
    pub figure: Figure,
    /// The smallest change that counts.
    pub threshold: Threshold,
    /// The figure of each run of the baseline: ns, bytes or a count.
    pub baseline: Vec<f64>,
    /// The figure of each run of the candidate.
    pub candidate: Vec<f64>,
    /// The typical figures and their difference. `None` if a side has no run with this figure.
    pub estimate: Option<Estimate>,
    /// The runs of the baseline and of the candidate that are far from the other runs of their side, as their indices.
    /// Only where a side has fewer than 8 runs, so that they may hide or feign a change.
    pub outliers: [Vec<usize>; 2],
    /// What follows from all of that.
    pub verdict: Verdict,
}

/// The typical figure of both sides, and how they differ.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Estimate {
    /// The geometric mean of the baseline's runs. From 8 runs a side, the highest and the lowest fifth (rounded down)
    /// do not count in it. The plain mean where a run of one of the sides has 0.
    pub baseline: f64,
    /// The same of the candidate's runs.
    pub candidate: f64,
    /// Candidate / baseline - 1, so 0.2 for 20 % more. `None` if the baseline is 0.
    pub change: Option<f64>,
    /// The 90 % interval of `change`. `None` if a side has fewer than two runs, or `change` is `None`.
    pub interval: Option<(f64, f64)>,
    /// The probability of a difference at least as great if nothing changed, adjusted over all figures by Holm's
    /// method. `None` if nothing was tested.
    pub p: Option<f64>,
}

/// What a comparison says about a figure, or about all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Significantly worse, by at least the threshold.
    Regression,
    /// Significantly better, by at least the threshold.
    Improvement,
    /// Shown to be inside the threshold.
    NoChange,
    /// None of these.
    Inconclusive(Reason),
}

/// Why a figure is inconclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// A side has fewer than four runs.
    FewRuns,
    /// The runs of a side differ too much. About this many runs a side would decide at the same noise; `None` beyond
    /// 1,000.
    Noise(Option<u32>),
    /// The baseline is 0, so there is no ratio, and no absolute threshold decides.
    NoRatio,
}

impl Change {
    /// Broken by a regression; met by an improvement and if nothing changed.
    pub fn outcome(&self) -> Outcome {
        match self.verdict {
            Verdict::Regression => Outcome::Broken,
            Verdict::Improvement | Verdict::NoChange => Outcome::Met,
            Verdict::Inconclusive(_) => Outcome::Inconclusive,
        }
    }
}

impl Verdict {
    /// The verdict on several figures: the first of regression, inconclusive, improvement, no change that one of them
    /// has. `None` without figures. Of reasons, few runs goes first, then the greatest number of runs needed.
    pub fn overall(verdicts: impl IntoIterator<Item = Verdict>) -> Option<Verdict> {
        verdicts.into_iter().max_by_key(|verdict| match verdict {
            Verdict::Regression => (3, u32::MAX),
            Verdict::Inconclusive(Reason::FewRuns) => (2, u32::MAX),
            Verdict::Inconclusive(Reason::NoRatio) => (2, u32::MAX - 1),
            Verdict::Inconclusive(Reason::Noise(runs)) => (2, runs.unwrap_or(u32::MAX - 2)),
            Verdict::Improvement => (1, 0),
            Verdict::NoChange => (0, 0),
        })
    }
}

/// How far a figure may go down or up before the change counts, on the scale of its difference.
#[derive(Debug, Clone, Copy)]
struct Margin {
    down: f64,
    up: f64,
}

impl Margin {
    /// `None` for a part of 0.
    fn of(threshold: &Threshold, difference: &Difference) -> Option<Margin> {
        let (baseline, _) = difference.typical();
        let relative = threshold.relative.unwrap_or(0.0);
        let absolute = threshold.absolute.unwrap_or(0) as f64;
        if difference.scale == Scale::Plain {
            let margin = absolute.max(relative * baseline);
            return (margin > 0.0).then_some(Margin { down: margin, up: margin });
        }
        // A figure cannot go down by its whole value or more.
        let down = if absolute < baseline { -(-absolute / baseline).ln_1p() } else { f64::INFINITY };
        let up = (absolute / baseline).ln_1p();
        // As much faster as it would be slower: from 1.05 s to 1 s is an improvement by 5 %, as the way back is a
        // regression by 5 %.
        Some(Margin { down: down.max(relative.ln_1p()), up: up.max(relative.ln_1p()) })
    }

    fn is_reached_up(&self, size: f64) -> bool {
        size >= self.up * (1.0 - ROUNDING)
    }

    fn is_reached_down(&self, size: f64) -> bool {
        -size >= self.down * (1.0 - ROUNDING)
    }
}

/// What changed between two sides, in the order of the family. Its figures share one rate of false alarms.
pub(crate) fn changes(family: Vec<Pair>) -> Vec<Change> {
    let differences: Vec<Option<Difference>> =
        family.iter().map(|pair| Difference::between(&pair.baseline, &pair.candidate)).collect();
    let mut tested: Vec<(usize, f64)> = Vec::new();
    for (index, (pair, difference)) in family.iter().zip(&differences).enumerate() {
        let p = difference.filter(|_| pair.has_runs()).and_then(|difference| difference.p());
        tested.extend(p.map(|p| (index, p)));
    }
    let adjusted = holm(&tested.iter().map(|(_, p)| *p).collect::<Vec<f64>>());
    let mut p = vec![None; family.len()];
    for ((index, _), adjusted) in tested.iter().zip(adjusted) {
        p[*index] = Some(adjusted);
    }
    let alpha = ALPHA / tested.len().max(1) as f64;
    let judged = family.into_iter().zip(differences).zip(p);
    judged.map(|((pair, difference), p)| pair.judge(difference, p, alpha)).collect()
}

impl Pair {
    fn has_runs(&self) -> bool {
        self.baseline.len().min(self.candidate.len()) >= LEAST_RUNS
    }

    /// `p` is adjusted, `alpha` is not.
    fn judge(self, difference: Option<Difference>, p: Option<f64>, alpha: f64) -> Change {
        let interval = difference.and_then(|difference| difference.interval(LEVEL));
        let estimate = difference.map(|difference| {
            let (baseline, candidate) = difference.typical();
            let part = |size: f64| difference.relative(size);
            let interval = interval.and_then(|(low, high)| part(low).zip(part(high)));
            Estimate { baseline, candidate, change: part(difference.size()), interval, p }
        });
        let margin = difference.and_then(|difference| Margin::of(&self.threshold, &difference));
        let verdict = self.verdict(difference, margin, p, alpha);
        let outliers = difference.zip(margin).map(|(difference, margin)| self.outliers(&difference, &margin));
        Change {
            subject: self.subject,
            figure: self.figure,
            threshold: self.threshold,
            baseline: self.baseline,
            candidate: self.candidate,
            estimate,
            outliers: outliers.unwrap_or_default(),
            verdict,
        }
    }

    fn verdict(
        &self,
        difference: Option<Difference>,
        margin: Option<Margin>,
        p: Option<f64>,
        alpha: f64,
    ) -> Verdict {
        let Some((difference, p)) = difference.zip(p) else { return Verdict::Inconclusive(Reason::FewRuns) };
        if self.baseline.iter().chain(&self.candidate).all(|&figure| figure == 0.0) {
            return Verdict::NoChange;
        }
        let Some(margin) = margin else { return Verdict::Inconclusive(Reason::NoRatio) };
        let size = difference.size();
        match difference.interval(LEVEL) {
            _ if p < ALPHA && margin.is_reached_up(size) => Verdict::Regression,
            _ if p < ALPHA && margin.is_reached_down(size) => Verdict::Improvement,
            Some((low, high)) if -margin.down <= low && high <= margin.up => Verdict::NoChange,
            _ => {
                let runs = difference.runs_needed((margin.down, margin.up), alpha);
                Verdict::Inconclusive(Reason::Noise(runs))
            }
        }
    }

    fn outliers(&self, difference: &Difference, margin: &Margin) -> [Vec<usize>; 2] {
        if !self.has_runs() || self.baseline.len().min(self.candidate.len()) >= TRIMMED_FROM {
            return Default::default();
        }
        let is_far = |&(_, distance): &(usize, f64)| distance > margin.up || -distance > margin.down;
        [&self.baseline, &self.candidate].map(|side| {
            outliers(difference.scale, side).into_iter().filter(is_far).map(|(index, _)| index).collect()
        })
    }
}
