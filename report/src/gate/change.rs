//! A figure of two sides of runs: how it changed, and the verdict on it.

use super::check::{Figure, Outcome, Subject};
use super::threshold::Threshold;

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
    /// What follows from all of that.
    pub verdict: Verdict,
}

/// The typical figure of both sides, and how they differ.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Estimate {
    /// The geometric mean of the baseline's runs; of the middle 60 % of them from 8 runs a side. The plain mean where a
    /// run has 0.
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
